"""`duress calibrate` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.simulate.test_replay import PLAIN, RULES
from typer.testing import CliRunner, Result

from duress.cli import app
from duress.play.match import begin
from duress.play.setting import prepare
from duress.play.store import Store

RECORD = "date,party,kind,what\n2020-01-03,A,raise squeeze,w\n2020-01-20,B,raise answer,w\n2020-02-02,A,invite,w\n"


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def files(folder: Path) -> tuple[str, str]:
    text = (PLAIN + RULES).replace("  A: {types", "  A: {precision: 4, types").replace("horizon: 5", "horizon: 3")
    (folder / "d.yaml").write_text(text, encoding="utf-8")
    (folder / "h.csv").write_text(RECORD, encoding="utf-8")
    return str(folder / "d.yaml"), str(folder / "h.csv")


def test_it_says_what_fits_and_draws_the_profiles(tmp_path: Path) -> None:
    scenario, record = files(tmp_path)
    command = ["calibrate", scenario, record, "--over", "parties.A.precision:1..20", "--evaluations", "6"]
    done = run(*command, "--points", "3", "--figures", str(tmp_path / "charts"))
    assert done.exit_code == 0
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "number fitted to" in done.stdout
    assert "parties.A.precision: the records" in " ".join(done.stdout.split())
    assert (tmp_path / "charts" / "profiles.svg").read_text(encoding="utf-8").startswith("<svg")
    answer = json.loads(run(*command, "--points", "3", "--json").stdout)
    assert answer["log_likelihood"] >= answer["log_likelihood_before"]


def test_a_number_without_a_range_is_a_fault(tmp_path: Path) -> None:
    scenario, record = files(tmp_path)
    done = run("calibrate", scenario, record, "--over", "parties.A.precision")
    assert done.exit_code == 2
    assert done.stderr == "parties.A.precision: needs a range, LO..HI: the scenario gives it none\n"


def test_games_that_people_played_give_their_precision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DURESS_DB", f"sqlite:///{tmp_path / 'games.sqlite'}")
    store, match = Store(), begin(prepare("sanctions-crisis"), "Target", seed=3)
    for _ in range(3):
        match = match if match.table.over else match.move(1)
    store.keep(match)
    store.close()
    games = str(tmp_path / "games.parquet")
    assert run("export", "games", "--out", games).exit_code == 0
    done = run("calibrate", "sanctions-crisis", games)
    assert done.exit_code == 0
    assert "how sharply people respond" in done.stdout
    answer = json.loads(run("calibrate", "sanctions-crisis", games, "--json").stdout)
    assert answer["sharpness"][0]["party"] == "Target"
    assert answer["sharpness"][0]["moves"] == len(match.view("Target").priced)
    refused = run("calibrate", "sanctions-crisis", games, "record.csv")
    assert refused.exit_code == 2
    assert "no records (.csv) beside them" in " ".join(refused.stderr.split())
