"""Games are kept, in SQLite and in a real PostgreSQL, and come out as Parquet."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest

from duress import InputError
from duress.play.match import Match, begin
from duress.play.precision import precision_of_people
from duress.play.setting import Setting
from duress.play.store import DATABASE, Store, export
from duress.play.table import HUMAN, Seat
from duress.scenario import load


def binaries() -> Path | None:
    """Return the folder with PostgreSQL's programs, as Debian installs them or on the path."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    folders += [Path(found).parent for found in [shutil.which("initdb")] if found]
    return next((folder for folder in reversed(folders) if (folder / "initdb").is_file()), None)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Run a PostgreSQL server of our own and return its address.

    Not in a folder of pytest's: those are closed to the user that the server runs as.
    """
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="duress-postgres-"))
    become: list[str] = []
    user = getpass.getuser()
    if os.geteuid() == 0:  # which the server refuses to run as
        become, user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"], "postgres"
        try:
            shutil.chown(folder, "postgres", "postgres")
        except LookupError:
            pytest.skip("the tests run as root and there is no user postgres to run a server as")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"
    subprocess.run(
        [*become, programs / "initdb", "-D", data, "-A", "trust", "-U", user, "--no-sync"],
        check=True,
        capture_output=True,
        cwd=folder,
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
    control = [*become, programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
    subprocess.run([*control, "-o", options, "start"], check=True, stdout=subprocess.DEVNULL, cwd=folder)
    try:
        yield f"postgresql://{user}@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL, cwd=folder)
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path / 'games.sqlite'}" if request.param == "sqlite" else request.getfixturevalue("server")
    opened = Store(url)
    for kept in opened.games():
        opened.forget(kept.game)
    yield opened
    opened.close()


def test_a_kept_game_comes_back_with_its_branches(crisis: Setting, store: Store) -> None:
    match = begin(crisis, "Target", against="bluffer", seed=5).move("hold").undo().move("invite")
    number = store.keep(match)
    other = store.keep(begin(crisis, "Coercer", seed=6))
    assert store.match(number, crisis) == match
    assert [kept.game for kept in store.games()] == [other, number]
    further = match.move(1)
    assert store.keep(further, number) == number
    assert store.match(number, crisis) == further
    kept = store.find(number)
    assert (kept.scenario, kept.seed, kept.turns) == ("sanctions-crisis", 5, further.turns)
    store.forget(number)
    with pytest.raises(InputError, match=f"game: {number} is not kept"):
        store.find(number)
    with pytest.raises(InputError, match=f"game: {number} is not kept"):
        store.keep(match, number)
    assert set(store.moves()["game"]) <= {other}


def test_a_sealed_game_is_kept_whole(crisis: Setting, store: Store) -> None:
    match = begin(crisis, seats=(Seat("Coercer", name="Zoë"), Seat("Target")), seed=1, secret=2**62).move("hold")
    assert store.match(store.keep(match), crisis) == match


@pytest.fixture(scope="module")
def games(crisis: Setting) -> list[Match]:
    """Play games between opponents of known precision, 2 and 10."""
    seats = (Seat("Coercer", "equilibrium"), Seat("Target", "sharp"))
    return [begin(crisis, seats=seats, seed=seed).replied() for seed in range(40)]


def test_moves_come_out_as_parquet_from_which_precision_can_be_estimated(
    games: list[Match], store: Store, tmp_path: Path
) -> None:
    assert store.moves().is_empty()
    for game in games:
        store.keep(game)
    with pytest.raises(InputError, match=r"--out: must end in \.parquet"):
        export(store, tmp_path / "moves.csv")
    path = tmp_path / "moves.parquet"
    count = export(store, path)
    table = pl.read_parquet(path)
    assert len(table) == count > 500
    assert (table["worth"].list.len() == table["options"].list.len()).all()
    assert table.select(pl.col("options").list.get(pl.col("chosen")) == pl.col("move")).to_series().all()
    assert table.filter(pl.col("player") == "sharp")["precision"].unique().to_list() == [2.0]
    table.with_columns(player=pl.lit(HUMAN)).write_parquet(path)
    coercer, target, _ = precision_of_people(load("sanctions-crisis"), [path]).sharpness
    assert coercer.value == pytest.approx(2, rel=0.2)
    assert target.value == pytest.approx(10, rel=0.3)


def test_many_keep_at_once_and_nothing_is_lost(crisis: Setting, store: Store) -> None:
    def sit_down(seed: int) -> int:
        match = begin(crisis, "Target", seed=seed)
        number = store.keep(match)
        for _ in range(3):
            if not match.table.over:
                match = match.move(1)
                assert store.keep(match, number) == number
        assert store.match(number, crisis) == match
        return number

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(sit_down, range(24)))
    assert len(set(numbers)) == 24
    assert {kept.game: kept.seed for kept in store.games()} == dict(zip(numbers, range(24), strict=True))


def test_moves_after_going_back_are_marked(crisis: Setting, store: Store) -> None:
    first = begin(crisis, "Target", seed=5).move("hold").move("hold")
    store.keep(first.undo().undo().move("invite").go(first.at).move("hold"))
    table = store.moves().filter(pl.col("player") == "human")
    assert dict(table.group_by("what_if").len().iter_rows()) == {False: 3, True: 1}
    assert table.filter("what_if")["move"].to_list() == ["invite"]


def test_where_games_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crisis: Setting) -> None:
    monkeypatch.delenv(DATABASE, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    Store().close()
    assert (tmp_path / "duress" / "games.sqlite").is_file()
    monkeypatch.setenv(DATABASE, f"sqlite:///{tmp_path / 'other.sqlite'}")
    store = Store()
    store.keep(begin(crisis, "Target"))
    store.close()
    assert (tmp_path / "other.sqlite").is_file()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "is no address of a database; write sqlite:///FILE or postgresql://USER@HOST/NAME"),
        ("nobase://x", "is no address of a database"),
        ("sqlite:////nowhere/at/all.sqlite", "sqlite:////nowhere/at/all.sqlite cannot be used: unable to open"),
    ],
)
def test_a_database_that_cannot_be_used_is_a_sentence(url: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        Store(url)
    assert str(caught.value).startswith(f"{DATABASE}: ")
    assert sentence in str(caught.value)


def test_a_password_is_not_told() -> None:
    with pytest.raises(InputError) as caught:
        Store("postgresql://somebody:hunter2@127.0.0.1:1/none")
    assert "somebody:***@127.0.0.1:1/none cannot be used" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_another_layout_says_so(tmp_path: Path) -> None:
    import sqlite3

    url = f"sqlite:///{tmp_path / 'old.sqlite'}"
    Store(url).close()
    with sqlite3.connect(tmp_path / "old.sqlite") as raw:
        raw.execute("update duress_layout set number = 7")
    raw.close()
    with pytest.raises(InputError, match=r"holds games in layout 7; duress .* reads 1"):
        Store(url)
