"""How sharply people respond: what was played at a precision is found again, and what cannot be told is said."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from rich.console import Console

from duress import InputError
from duress.play.match import begin
from duress.play.precision import MOST, Played, precision_of_people, print_played
from duress.play.prospects import SMALL
from duress.play.setting import Setting
from duress.play.store import Store, export
from duress.play.table import Seat
from duress.scenario import load


def played(setting: Setting, folder: Path, coercer: str, target: str, games: int) -> pl.DataFrame:
    """Return the moves of games between two opponents, as if people had made them."""
    store = Store(f"sqlite:///{folder / 'games.sqlite'}")
    for seed in range(games):
        store.keep(begin(setting, seats=(Seat("Coercer", coercer), Seat("Target", target)), seed=seed).replied())
    export(store, folder / "moves.parquet")
    store.close()
    return pl.read_parquet(folder / "moves.parquet").with_columns(player=pl.lit("human"))


@pytest.fixture(scope="module")
def moves(crisis: Setting, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    return played(crisis, tmp_path_factory.mktemp("played"), "equilibrium", "sharp", 30)


def asked(table: pl.DataFrame, path: Path) -> Played:
    table.write_parquet(path)
    return precision_of_people(load("sanctions-crisis"), [path])


def test_the_precision_that_was_played_at_is_found_again(moves: pl.DataFrame, tmp_path: Path) -> None:
    coercer, target, both = asked(moves, tmp_path / "m.parquet").sharpness
    assert (coercer.party, target.party, both.party) == ("Coercer", "Target", "")
    assert coercer.moves + target.moves == both.moves == len(moves)
    assert coercer.games == 30
    for one, truth in ((coercer, 2.0), (target, 10.0)):
        low, high = one.interval
        assert low is not None and high is not None
        assert low < truth < high
        assert low < one.value < high
        assert one.log_likelihood >= max(one.at_table, one.at_random)
    assert target.interval[0] > target.table == 2.0  # type: ignore[operator]


def test_the_estimate_is_where_a_scan_of_the_likelihood_is_highest(moves: pl.DataFrame, tmp_path: Path) -> None:
    (found,) = asked(moves.filter(pl.col("party") == "Target"), tmp_path / "m.parquet").sharpness
    rows = moves.filter(pl.col("party") == "Target")
    grid = np.linspace(found.value - 2.0, found.value + 2.0, 401)
    total = np.zeros(len(grid))
    for worth, chosen in zip(rows["worth"].to_list(), rows["chosen"], strict=True):
        bent = np.outer(grid, np.array(worth) - max(worth))
        total += bent[:, chosen] - np.log(np.exp(bent).sum(axis=1))
    assert grid[total.argmax()] == pytest.approx(found.value, abs=0.011)
    assert total.max() == pytest.approx(found.log_likelihood)


def test_who_is_always_right_or_worse_than_chance_has_an_end_without_bound(moves: pl.DataFrame, tmp_path: Path) -> None:
    always = moves.with_columns(chosen=pl.col("worth").list.arg_max().cast(pl.Int64))
    never = moves.with_columns(chosen=pl.col("worth").list.arg_min().cast(pl.Int64))
    best, worst = (asked(t, tmp_path / "m.parquet").sharpness[-1] for t in (always, never))
    assert (best.value, best.interval[1], best.best) == (MOST, None, 1.0)
    assert (worst.value, worst.interval[0]) == (0.0, None)
    lost = [max(worth) - worth[chosen] for worth, chosen in zip(never["worth"].to_list(), never["chosen"], strict=True)]
    assert worst.best == sum(value < SMALL for value in lost) / len(lost)


def test_moves_made_after_going_back_are_left_out(moves: pl.DataFrame, tmp_path: Path) -> None:
    before = asked(moves, tmp_path / "m.parquet")
    after = moves.with_columns(what_if=pl.lit(True), chosen=pl.lit(0, pl.Int64))
    both = asked(pl.concat([moves, after]), tmp_path / "m.parquet")
    assert both.sharpness == before.sharpness
    assert both.left_out == len(moves)
    with pytest.raises(InputError, match="only moves made after going back"):
        asked(after, tmp_path / "m.parquet")


def test_two_files_are_two_sets_of_games(moves: pl.DataFrame, tmp_path: Path) -> None:
    for name in "ab":
        moves.write_parquet(tmp_path / f"{name}.parquet")
    twice = precision_of_people(load("sanctions-crisis"), [tmp_path / "a.parquet", tmp_path / "b.parquet"])
    assert twice.sharpness[-1].games == 60
    assert twice.sharpness[-1].value == pytest.approx(asked(moves, tmp_path / "a.parquet").sharpness[-1].value)


def test_what_says_nothing_of_the_scenario_is_a_sentence(moves: pl.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no move of a person in 'iran-2019' as it is; they hold moves in 'sanctions-"):
        moves.write_parquet(tmp_path / "m.parquet")
        precision_of_people(load("iran-2019"), [tmp_path / "m.parquet"])
    with pytest.raises(InputError, match="as it is, in another version,"):
        asked(moves.with_columns(digest=pl.lit("other")), tmp_path / "m.parquet")
    with pytest.raises(InputError, match="lacks worth; `duress export games` writes them"):
        asked(moves.drop("worth"), tmp_path / "m.parquet")
    (tmp_path / "bad.parquet").write_text("no", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        precision_of_people(load("sanctions-crisis"), [tmp_path / "bad.parquet"])
    with pytest.raises(InputError, match="there is no file"):
        precision_of_people(load("sanctions-crisis"), [tmp_path / "none.parquet"])


def test_it_is_told_in_words(moves: pl.DataFrame, tmp_path: Path) -> None:
    console = Console(file=io.StringIO(), width=80)
    print_played(asked(moves, tmp_path / "m.parquet"), console)
    told = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, told.splitlines())) <= 80
    one_line = " ".join(told.split())
    assert re.search(r"At \d\.\d\d a move worth a stake more than another is made \d+\.\d times as often", one_line)
    assert "People as Coercer cannot be told from the equilibrium they played" in one_line
    assert "People as Target responded more sharply than in the equilibrium they played" in one_line
