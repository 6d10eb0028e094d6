"""`duress replay` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from duress.cli import app

QUICK = ("--beliefs", "5", "--precision", "5")


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_the_bundled_record_is_told_move_by_move_in_eighty_columns(tmp_path: Path) -> None:
    done = run("replay", "iran-2019", *QUICK, "--figures", str(tmp_path / "charts"))
    assert done.exit_code == 0
    assert max(map(len, done.stdout.splitlines())) <= 80
    for said in (
        "Move by move",
        "What the rest was worth after each move",
        "What chance did, as the record tells",
        "Rows that are none of these moves",
        "log-likelihood per move",
    ):
        assert said in done.stdout
    assert (tmp_path / "charts" / "timeline.svg").read_text(encoding="utf-8").startswith("<svg")


def test_as_json_it_is_all_there() -> None:
    answer = json.loads(run("replay", "iran-2019", *QUICK, "--json").stdout)
    told = sum(len(turn["rows"]) for turn in answer["turns"])
    assert told + len(answer["by_chance"]) + len(answer["unused"]) == 25
    assert [row["kind"] for row in answer["by_chance"]] == ["relief", "new_government"]
    assert answer["turns"][0]["rows"][0]["date"] == "2019-06-02"
    assert set(answer["scores"]) == {"moves", "model", "uniform", "marginal", "markov"}


def test_a_record_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    done = run("replay", "iran-2019", str(tmp_path / "none.csv"))
    assert done.exit_code == 2
    assert done.stderr.startswith("there is no file")
    assert run("replay", "strike").exit_code == 2
