"""The commands about scenarios, as a person or a script would use them."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import duress as du
from duress.cli import app
from duress.scenario import bundled, explain

FAULTY = "parties: {A: {discount: 2}, B: {}}\nissues: {i: {positions: [p, q], values: {A: [0, 1], B: [1]}}}\n"
SENTENCES = [
    "parties.A.discount: must be a number above 0 and below 1; found 2 (line 1)",
    "issues.i.values.B: must hold one number per position, 2 in all (p, q); found 1 (line 2)",
]


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def faulty(tmp_path: Path) -> str:
    file = tmp_path / "faulty.yaml"
    file.write_text(FAULTY, encoding="utf-8")
    return str(file)


def test_check_says_in_one_line_what_a_scenario_is() -> None:
    done = run("check", "sanctions-crisis")
    assert done.exit_code == 0
    assert done.stdout == (
        "sanctions-crisis: A sanctions crisis: Coercer and Target, 2 levers, 1 issue, 36 months, "
        "up to 1,587 states, about 5,148 moves, 1 MB to build, 0 notes\n"
    )
    assert done.stderr == ""


def test_check_puts_notes_on_stderr() -> None:
    done = run("check", "iran-2019")
    assert done.stdout.endswith(
        "US and Iran, 3 levers, 4 issues, 9 quarters, up to 34,435 states, about 108,705 moves, "
        "33 MB to build, 1 note\n"
    )
    assert done.stderr == "note: demand: what US asks for crosses red lines of Iran: missiles, regional forces\n"


def test_check_says_every_fault_on_stderr_and_ends_with_2(faulty: str) -> None:
    done = run("check", faulty)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == SENTENCES


def test_check_explain_reads_it_back() -> None:
    done = run("check", "sanctions-crisis", "--explain")
    assert done.exit_code == 0
    assert done.stdout == explain(du.load("sanctions-crisis"))


def test_check_json_is_for_machines(faulty: str) -> None:
    good = run("check", "iran-2019", "--json")
    said = json.loads(good.stdout)
    assert said["ok"] is True
    assert said["faults"] == []
    assert said["parties"] == ["US", "Iran"]
    assert said["digest"] == du.load("iran-2019").digest
    assert good.stderr == ""
    bad = run("check", faulty, "--json")
    assert bad.exit_code == 2
    said = json.loads(bad.stdout)
    assert said["ok"] is False
    assert [f"{fault['field']}: {fault['sentence']}" for fault in said["faults"]] == SENTENCES
    assert bad.stderr.splitlines() == SENTENCES


def test_check_explain_json_gives_every_value() -> None:
    resolved = json.loads(run("check", "sanctions-crisis", "--explain", "--json").stdout)["scenario"]
    assert resolved["parties"]["Target"]["types"]["fragile"]["bears"] == 1.4
    assert "parties.Target.types" in resolved["defaults"]


def test_a_scenario_that_is_not_there_is_bad_input() -> None:
    done = run("check", "iran-2091")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "did you mean iran-2019?" in done.stderr


def test_scenarios_lists_what_is_bundled() -> None:
    table = run("scenarios")
    assert table.exit_code == 0
    for name in ("iran-2019", "sanctions-crisis"):
        assert name in table.stdout
    words = " ".join(table.stdout.split())
    assert "obligation" in words
    assert "step_takes" in words
    assert max(map(len, table.stdout.splitlines())) <= 80
    listed = json.loads(run("scenarios", "--json").stdout)["scenarios"]
    assert [entry["name"] for entry in listed] == list(bundled())


def test_new_writes_a_start_that_is_valid_and_says_what_to_run_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("new")
    assert done.exit_code == 0
    start, bundled = du.load("my-scenario.yaml"), du.load("sanctions-crisis")
    assert (start.parties, start.horizon, start.notes) == (bundled.parties, 36, ())
    assert [lever.harm for lever in start.levers.values()] == [lever.harm for lever in bundled.levers.values()]
    assert start.issues["policy"].values == bundled.issues["policy"].values
    command = shlex.split(done.stdout)
    assert command == ["duress", "check", "my-scenario.yaml", "--explain"]
    assert run(*command[1:]).exit_code == 0


def test_new_writes_what_it_is_told(tmp_path: Path) -> None:
    words = [
        "--presses",
        "The owners",
        "--endures",
        "Union: #1",
        "--dispute",
        "wages, hours, null",
        "--length",
        "30 weeks",
    ]
    done = run("new", str(tmp_path / "mill"), *words, "--levers", "lockout, 2 strikes; boycott")
    assert done.exit_code == 0, done.stderr
    start = du.load(tmp_path / "mill.yaml")
    assert list(start.parties) == ["The owners", "Union: #1"]
    assert {lever.name: lever.by for lever in start.levers.values()} == {
        "lockout": "The owners",
        "2 strikes": "The owners",
        "boycott": "Union: #1",
    }
    assert list(start.issues) == ["wages", "hours", "null"]
    assert (start.period, start.horizon, start.notes) == ("week", 30, ())


def test_new_asks_at_a_terminal_only_what_is_not_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("duress.cli._at_terminal", lambda: True)
    asked = CliRunner().invoke(app, ["new", "mill", "--length", "12 months"], input="Owners\n\nwages\nlockout\n")
    assert asked.exit_code == 0
    assert asked.stdout.splitlines()[-1] == "duress check mill.yaml --explain"
    start = du.load("mill.yaml")
    assert (list(start.parties), list(start.issues)) == (["Owners", "Target"], ["wages"])
    assert {lever.name: lever.by for lever in start.levers.values()} == {"lockout": "Owners"}
    assert "Who presses? [Coercer]" in asked.stderr
    assert "For how long?" not in asked.stderr


def test_new_says_what_is_wrong_with_an_answer(tmp_path: Path) -> None:
    done = run("new", str(tmp_path / "x"), "--length", "3 fortnights", "--dispute", " , ", "--levers", "a; b; c")
    assert done.exit_code == 2
    assert done.stderr.splitlines() == [
        "dispute: must name at least one issue",
        "levers: must name the levers of two parties, with one semicolon; found 2",
        "length: must be a number of days, weeks, months, quarters, years, such as 36 months; found '3 fortnights'",
    ]
    assert "is given twice" in run("new", str(tmp_path / "x"), "--presses", "A", "--endures", "A").stderr
    assert list(tmp_path.iterdir()) == []


def test_new_quotes_what_a_shell_would_split(tmp_path: Path) -> None:
    path = str(tmp_path / "a file; with 'marks.yaml")
    assert shlex.split(run("new", path).stdout)[2] == path


def test_new_replaces_a_file_only_when_told(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("precious", encoding="utf-8")
    refused = run("new", str(file))
    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert "is there already; name another file, or replace it with --force" in refused.stderr
    assert file.read_text(encoding="utf-8") == "precious"
    assert run("new", str(file), "--force").exit_code == 0
    assert du.load(file).title == "Coercer and Target: policy"


@pytest.mark.parametrize("words", [["no-folder/mine.yaml"], ["folder.yaml", "--force"]])
def test_new_says_why_it_cannot_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.yaml").mkdir()
    done = run("new", *words)
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["folder.yaml"]


def test_the_version_is_printed() -> None:
    done = run("--version")
    assert (done.exit_code, done.stdout) == (0, f"duress {du.__version__}\n")


@pytest.mark.parametrize("words", [["check"], ["chekc", "x"], ["check", "x", "--explian"]])
def test_a_wrong_command_ends_with_2(words: list[str]) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr


def as_a_process(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "duress", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_it_runs_as_a_process(faulty: str) -> None:
    good = as_a_process("check", "iran-2019")
    assert good.returncode == 0
    assert good.stdout.startswith("iran-2019: United States and Iran, spring 2019: ")
    bad = as_a_process("check", faulty)
    assert (bad.returncode, bad.stdout, bad.stderr.splitlines()) == (2, "", SENTENCES)


def test_a_terminal_without_a_letter_gets_its_code() -> None:
    code = "from duress import cli; cli.app = lambda: print('1 \N{MINUS SIGN} 2'); cli.main()"
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == "1 \\u2212 2\n"


@pytest.mark.parametrize("module", ["duress", "duress.scenario", "duress.cli"])
def test_importing_is_light(module: str) -> None:
    heavy = "numba scipy altair polars pydantic jinja2 rich vl_convert sqlalchemy".split()
    code = f"import sys, {module}; print(*[name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
