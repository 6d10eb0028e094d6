"""`duress play` with typed input, and what becomes of the games."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from duress.cli import app
from duress.play.terminal import PROMPT

QUICK = ["play", "sanctions-crisis", "--beliefs", "7", "--precision", "2", "--seed", "5"]


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DURESS_DB", f"sqlite:///{tmp_path / 'games.sqlite'}")


def typed(options: list[str], *lines: str) -> Result:
    return CliRunner().invoke(app, options, input="".join(f"{line}\n" for line in lines), env={"COLUMNS": "80"})


def test_a_whole_game_is_priced_and_unmasked() -> None:
    done = typed([*QUICK, "--as", "target", "--against", "weary"], *["1"] * 60, "q")
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "You are Target, and you are " in said
    assert "Seed 5." in said
    assert "a model, not a forecast" in said.lower()
    before, after = said.split("It is over: ")
    assert "a weary party" not in before
    assert "played by a weary party. Wants it to be over" in after
    assert re.search(r"Coercer was (sincere|tactical)", after)
    assert "Your moves, priced" in after
    assert "the game is over; no more moves can be made" in after
    assert "Kept as game 1: duress play --game 1 goes on with it." in after
    # What is typed is not shown here, so that a prompt runs into the next line.
    assert max(len(line) for line in done.output.replace(PROMPT, "\n").splitlines()) <= 80


def test_it_starts_with_a_choice_and_explains_only_afterwards() -> None:
    done = typed([*QUICK, "--as", "Target"], "1", "q")
    before, after = done.output.split("You chose ", 1)
    for word in ("price", "worth more", "best"):
        assert word not in before.split("Your moves as Target")[1]
    assert re.search(r"best there was|Its price:", after)


def test_every_command_answers() -> None:
    done = typed(
        [*QUICK, "--as", "Target"],
        "h",
        "w",
        "d",
        "p",
        "1",
        "p",
        "u",
        "2",
        "b",
        "b a",
        "s",
        "t 1",
        "l",
        "",
        "x",
        "99",
        "q",
    )
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    for words in (
        "What you may type",
        "What each move leads to, if both play on as in equilibrium",
        "The deal space (stakes per month, on average over types)",
        "You have made none yet.",
        "Back after move 1.",
        "B (here)",
        "'x' is neither a move nor a command; h lists them.",
        "move: 99 cannot be made now; Target may: 1 hold",
    ):
        assert words in said
    assert re.search(r"^.*1\.[A-Za-z0-9_-]{80,}$", done.output, re.MULTILINE)


def test_a_game_that_was_left_goes_on() -> None:
    left = typed([*QUICK, "--as", "Target", "--against", "stubborn"], "1", "1")
    assert left.exit_code == 0
    assert "Kept as game 1" in left.output
    again = typed(["play", "--game", "1"], "p", "1", "q")
    assert "Kept as game 1" in again.output
    assert again.output.count("month 1, hold") == 1
    listed = typed(["play", "--kept"])
    assert re.fullmatch(r"1  sanctions-crisis  seed 5  \d+ moves  (open|over)\n", listed.output)


def test_a_link_goes_on_too() -> None:
    first = typed([*QUICK, "--as", "Target"], "1", "l", "q")
    link = next(found[0] for line in first.output.splitlines() if (found := re.search(r"1\.[A-Za-z0-9_-]{80,}", line)))
    again = typed(["play", "--link", link], "q")
    assert again.exit_code == 0
    assert again.output.split("Where things stand")[1].split("Your move (")[0] in first.output


def test_games_are_exported_for_estimation(tmp_path: Path) -> None:
    typed([*QUICK, "--as", "Target"], "1", "1", "q")
    path = tmp_path / "games.parquet"
    done = typed(["export", "games", "--out", str(path)])
    assert done.exit_code == 0, done.output
    table = pl.read_parquet(path)
    assert table.filter(pl.col("player") == "human")["move"].to_list() == ["hold", "hold"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["play"], "name a scenario to play"),
        (["play", "sanctions-crisis", "--game", "1"], "one of them"),
        ([*QUICK, "--as", "Nobody"], "party: 'Nobody' is not a party"),
        ([*QUICK, "--against", "wizard"], "against: 'wizard' is no opponent; there are equilibrium, sharp"),
        (["play", "--game", "7"], "game: 7 is not kept"),
        (["play", "--link", "2.abc"], "the link is of version 2 of links"),
        (["export", "games"], "duress export games --out FILE.parquet"),
        (["export", "games", "--out", "games.csv"], "--out: must end in .parquet"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_code_2(options: list[str], sentence: str) -> None:
    done = typed(options)
    assert done.exit_code == 2
    assert sentence in done.output
    assert "Traceback" not in done.output


def test_a_store_that_fails_leaves_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DURESS_DB", "sqlite:////nowhere/at/all.sqlite")
    done = typed([*QUICK, "--as", "Target"], "1", "q")
    assert done.exit_code == 0
    assert "The game could not be kept" in done.output
    assert "Its link: 1." in " ".join(done.output.split())


def test_help_imports_no_database() -> None:
    import subprocess

    code = (
        "import sys, duress.cli\n"
        "try: duress.cli.app(['--help'])\n"
        "except SystemExit: pass\n"
        "print('heavy:', [m for m in ('sqlalchemy', 'polars', 'numba') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "play" in done.stdout
    assert done.stdout.rstrip().endswith("heavy: []")
