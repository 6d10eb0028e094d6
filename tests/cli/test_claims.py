"""``duress claims``: the table, JSON, files, and what is refused."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console
from tests.scenario.confrontations import BASE
from typer.testing import CliRunner

from duress.assess.record import CertificateRecord, ClaimResult, Doctrine
from duress.cli import app
from duress.report.claims import markdown, print_claims
from duress.scenario.claims import KINDS, OPPOSITES

QUICK = ["--precision", "2", "--beliefs", "3", "--histories", "200"]


def run(*words: str) -> tuple[int, str, str]:
    found = CliRunner().invoke(app, ["claims", *words])
    return found.exit_code, found.stdout, found.stderr


@pytest.fixture(scope="module")
def dispute(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("claims") / "dispute.yaml"
    path.write_text(BASE, encoding="utf-8")
    return str(path)


def test_the_table_fits_and_tells_every_claim(dispute: str) -> None:
    code, out, _ = run(dispute, "--party", "Union", *QUICK)
    assert code == 0
    assert max(map(cell_len, out.splitlines())) <= 80
    assert "What Union may hold" in out and "What Owners may say instead" in out
    flat = " ".join(out.split())
    assert "duress claims" in flat and "Every stage is solved" in flat
    assert "What Owners demands crosses no red line of Union." in flat


def test_json_repeats_by_its_own_command(dispute: str) -> None:
    code, out, _ = run(dispute, "--party", "Union", *QUICK, "--json")
    assert code == 0
    record = json.loads(out)
    assert {one["claim"] for one in record["claims"]} == set(KINDS)
    words = record["run"]["command"].split()[2:]
    again = json.loads(run(*words, "--json")[1])
    assert again["claims"] == record["claims"]


def test_the_page_and_the_notes_hold_the_claims(dispute: str, tmp_path: Path) -> None:
    page, notes = tmp_path / "a.html", tmp_path / "a.md"
    code, _, _ = run(dispute, *QUICK, "--report", str(page), "--markdown", str(notes))
    assert code == 0
    for kind in OPPOSITES:
        assert kind in page.read_text(encoding="utf-8")
        assert kind in notes.read_text(encoding="utf-8")
    assert "both know" in page.read_text(encoding="utf-8")


def test_the_kinds_are_listed_without_a_scenario() -> None:
    code, out, _ = run("--list")
    assert code == 0
    assert len(out.splitlines()) == len(KINDS)
    assert "answer at once (party, periods)" in out.splitlines()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "name a scenario whose claims to test"),
        (["sanctions-crisis", "--party", "Nobody"], "is not a party"),
        (["sanctions-crisis", "--histories", "5"], "at least 100 are needed"),
        (["sanctions-crisis", "--report", "/nowhere/a.html"], "cannot be written"),
    ],
)
def test_what_is_refused_is_said(words: list[str], said: str) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert said in err


def test_a_name_that_is_markup_or_very_long_is_shown_as_it_is() -> None:
    certificate = CertificateRecord(0.0, 0, {}, {}, {}, 0.0, "Every stage is solved.")
    hostile = "[bold]<b>|" + "x" * 90 + "\x1b[31m"
    one = ClaimResult(hostile, hostile, "fails", -0.2, 0.1, "stakes", {"a": 1.0, "b": 1.2}, "both know", hostile)
    none = ClaimResult("answer at once", "It holds no lever.", "undecided", 0.0, 0.0, "")
    run_by = {"histories": 100, "command": "duress claims x"}
    answer = Doctrine("x", hostile, "month", hostile, "B", (one, none), (), certificate, run_by)
    console = Console(file=io.StringIO(), width=80)
    print_claims(answer, console)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert max(map(cell_len, text.splitlines())) <= 80
    assert "\x1b" not in text and "[bold]" in text
    assert "\\|" in markdown(answer) and "<b>" not in markdown(answer).replace("\\<b", "")
    assert "1.00, 1.20" in text and "−0.20 ± 0.10" in text
