"""``duress simulate``: means on a terminal, JSON, tables on disk, interventions, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from rich.cells import cell_len
from tests.scenario.confrontations import BASE
from typer.testing import CliRunner

from duress.cli import app
from duress.simulate.interventions import INTERVENTIONS

QUICK = ["--precision", "2", "--beliefs", "3", "--histories", "200"]


def run(*words: str) -> tuple[int, str, str]:
    found = CliRunner().invoke(app, ["simulate", *words])
    return found.exit_code, found.stdout, found.stderr


@pytest.fixture(scope="module")
def dispute(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("simulate") / "dispute.yaml"
    path.write_text(BASE, encoding="utf-8")
    return str(path)


def test_means_fit_a_terminal_and_tables_are_written(dispute: str, tmp_path: Path) -> None:
    code, out, _ = run(dispute, *QUICK, "--out", str(tmp_path / "tables"))
    assert code == 0
    assert max(map(cell_len, out.splitlines())) <= 80
    assert "A dispute: 200 simulated histories" in out
    assert "Union answers: accept and keep" in out
    assert len(pl.read_parquet(tmp_path / "tables" / "histories.parquet")) == 200


def test_json_repeats_by_its_own_command_on_any_number_of_threads(dispute: str) -> None:
    code, out, _ = run(dispute, *QUICK, "--json", "--threads", "1")
    assert code == 0
    record = json.loads(out)
    again = json.loads(run(*record["run"]["command"].split()[2:], "--json", "--threads", "3")[1])
    assert again["value"] == record["value"]
    assert again["outcomes"] == record["outcomes"]
    assert json.loads(run(dispute, *QUICK, "--json", "--seed", "1")[1])["value"] != record["value"]


def test_fast_says_how_far_off_it_is(dispute: str) -> None:
    code, out, _ = run(dispute, *QUICK, "--fast")
    assert code == 0
    assert "choices of these histories were solved again at their own beliefs" in " ".join(out.split())
    record = json.loads(run(dispute, *QUICK, "--fast", "--json")[1])
    assert record["run"]["allowance"] == 0.001
    assert 0 < record["run"]["gap"]["mean"] < record["run"]["gap"]["largest"] < 0.01
    assert record["run"]["command"].endswith("--fast")


@pytest.mark.parametrize("both", [[], ["--both-know"]])
def test_an_intervention_keeps_levers_down(dispute: str, both: list[str]) -> None:
    code, out, _ = run(dispute, *QUICK, "--party", "owners", "--does", "never uses its levers", *both, "--json")
    assert code == 0
    record = json.loads(out)
    assert {month["mean"] for month in record["pressure"]["Owners"]} == {0.0}
    assert max(month["mean"] for month in record["pressure"]["Union"]) > 0
    assert record["intervention"]["both_know"] is bool(both)


def test_kinds_of_interventions_are_listed() -> None:
    assert run("sanctions-crisis", "--does", "list")[1].splitlines() == list(INTERVENTIONS)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--party", "Union"], "give --does, too"),
        (["--does", "sulks"], "kind: 'sulks' is no intervention; there are never uses its levers"),
        (["--does", "never talks", "--party", "Nobody"], "'Nobody' is not a party"),
        (["--does", "never uses its levers", "--lever", "lockout"], "'lockout' is not a lever of Union"),
        (["--does", "never talks", "--for", "2", "--both-know"], "only an intervention for good makes a game"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(dispute: str, words: list[str], said: str) -> None:
    code, out, err = run(dispute, *QUICK, *words)
    assert (code, out) == (2, "")
    assert said in err
