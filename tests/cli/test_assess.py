"""`duress assess` as a person and as a program would use it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from duress.cli import app

QUICK = ["--beliefs", "7", "--precision", "5", "--histories", "100"]
SMALL = """
title: A small dispute
parties: {A: {}, B: {}}
horizon: 4
levers: {
  squeeze: {by: A, levels: [off, on], harm: [0, .4], drain: [0, .1]},
  answer: {by: B, levels: [off, on], harm: [0, .2]},
}
issues: {x: {positions: [p, m, q], values: {A: [0, .5, 1], B: [1, .6, 0]}}}
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_prints_an_answer_of_80_columns_on_stdout_and_nothing_on_stderr(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A path longer than a line would not be cut.
    monkeypatch.chdir(small.parent)
    result = CliRunner().invoke(app, ["assess", small.name, "--party", "B", *QUICK], env={"COLUMNS": "80"})
    assert result.exit_code == 0, result.stderr
    assert "Verdict" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert result.stderr == ""


def test_json_and_report(small: Path, tmp_path: Path) -> None:
    page = tmp_path / "out.html"
    result = CliRunner().invoke(app, ["assess", str(small), "--json", "--report", str(page), *QUICK])
    assert result.exit_code == 0, result.stderr
    record = json.loads(result.stdout)
    assert record["party"] == "B"
    assert record["certificate"]["unsolved"] == 0
    assert page.read_text(encoding="utf-8").lower().startswith("<!doctype html>")


def test_markdown_and_figures(small: Path, tmp_path: Path) -> None:
    note, folder = tmp_path / "out.md", tmp_path / "drawn" / "here"
    result = CliRunner().invoke(
        app, ["assess", str(small), "--markdown", str(note), "--figures", str(folder), "--vary", *QUICK]
    )
    assert result.exit_code == 0, result.stderr
    lines = note.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# A small dispute"
    assert any(line.startswith("| accept and keep | ") for line in lines)
    assert "## What would change the answer" in lines
    signed = lines[lines.index("## What can be signed") : lines.index("## The likeliest path, told")]
    assert any(line.startswith("| no deal | the pressure in force goes on | ") for line in signed)
    assert any(re.match(r"\|.*\boffered\b", line) for line in signed)
    names = {path.stem.removeprefix("small-B-") for path in folder.glob("*.svg")}
    assert {"replies", "deal", "fan", "tornado"} <= names
    assert all("<svg" in path.read_text(encoding="utf-8")[:200] for path in folder.glob("*.svg"))


@pytest.mark.parametrize("command", ["assess", "claims"])
def test_a_page_by_the_name_of_a_markdown_file_is_refused_at_once(small: Path, tmp_path: Path, command: str) -> None:
    result = CliRunner().invoke(app, [command, str(small), "--report", str(tmp_path / "out.md"), *QUICK])
    assert result.exit_code == 2
    assert f"--markdown {tmp_path / 'out.md'}" in result.stderr
    assert not (tmp_path / "out.md").exists()


def test_a_folder_for_figures_that_cannot_be_made_is_refused_at_once(small: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = CliRunner().invoke(app, ["assess", str(small), "--figures", str(tmp_path / "file"), *QUICK])
    assert result.exit_code == 2
    assert "cannot be made a folder" in result.stderr


def test_the_branch_is_taken_and_repeated_in_the_command(small: Path) -> None:
    result = CliRunner().invoke(app, ["assess", str(small), "--json", "--branch", "stagewise", *QUICK])
    assert result.exit_code == 0, result.stderr
    run = json.loads(result.stdout)["run"]
    assert run["branch"] == "stagewise"
    assert "--branch stagewise" in run["command"]


def test_other_starts_are_judged_and_repeated_in_the_command(small: Path) -> None:
    result = CliRunner().invoke(app, ["assess", str(small), "--json", "--starts", "2", *QUICK])
    assert result.exit_code == 0, result.stderr
    record = json.loads(result.stdout)
    assert [e["start"] for e in record["others"]] == [1, 2]
    replies = {r["reply"] for r in record["replies"]}
    assert all(set(by_reply) == replies for e in record["others"] for by_reply in e["value"].values())
    assert "--starts 2" in record["run"]["command"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--party", "C"], "'C' is not a party; the parties are A and B"),
        (["--beliefs", "2"], "at least 3"),
        (["--precision", "1e6"], "0 to 10000 is allowed"),
        (["--histories", "1"], "at least 100"),
        (["--report", "/nowhere/at/all.html"], "cannot be written"),
    ],
)
def test_bad_input_gets_a_sentence_and_exit_code_2(small: Path, arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(app, ["assess", str(small), *arguments])
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_a_faulty_scenario_writes_no_report(small: Path, tmp_path: Path) -> None:
    small.write_text(SMALL.replace("by: A", "by: Nobody"), encoding="utf-8")
    page = tmp_path / "out.html"
    result = CliRunner().invoke(app, ["assess", str(small), "--report", str(page), *QUICK])
    assert result.exit_code == 2
    assert "levers.squeeze.by" in result.stderr
    assert not page.exists()


def test_too_large_a_scenario_is_refused_before_work_starts(tmp_path: Path) -> None:
    levers = ", ".join(
        f"l{n}: {{by: B, levels: [a, b, c, d, e, f, g, h], harm: [0, 1, 2, 3, 4, 5, 6, 7]}}" for n in range(9)
    )
    path = tmp_path / "large.yaml"
    path.write_text(SMALL.replace("levers: {", "levers: {" + levers + ", "), encoding="utf-8")
    for command in ("assess", "check"):
        result = CliRunner().invoke(app, [command, str(path)])
        assert result.exit_code == 2, command
        assert "states; the limit is" in result.stderr


def test_at_says_which_invitation_is_meant(small: Path) -> None:
    command = ["assess", str(small), *QUICK, "--at", "squeeze=on", "--at", "month=2"]
    done = CliRunner().invoke(app, [*command, "--json"])
    situation = json.loads(done.stdout)["situation"]
    assert (situation["period"], situation["levers"][0]["level"]) == (1, "on")
    wrong = CliRunner().invoke(app, [*command, "--at", "squeeze"])
    assert (wrong.exit_code, wrong.stderr) == (2, "--at: must be WHAT=VALUE; found 'squeeze'\n")
