"""The page on fitting: its program runs, its commands are commands, its models and utilities are there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main

from duress.cli import _formulas, _names, app
from duress.fit.models import MODELS, model_with

PAGE = (Path(__file__).parents[2] / "docs" / "fit.md").read_text(encoding="utf-8")
(PROGRAM,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(r"^(duress fit .+)$", PAGE, re.MULTILINE)


def test_the_program_runs_and_says_something(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(PROGRAM, "docs/fit.md", "exec"), {"__name__": "docs"})
    said = capsys.readouterr().out
    assert "A maximum was reached." in said
    assert "std_error" in said


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_asks_for_a_fit_there_is(command: str) -> None:
    fit = typer.main.get_command(app).commands["fit"]  # type: ignore[attr-defined]
    given = fit.make_context("fit", shlex.split(command)[2:], resilient_parsing=False).params
    settings = {name: given[name] for name in ("method", "selection", "link", "uncertainty", "largest")}
    model = model_with(given["model"], settings)
    assert set(_formulas(given["utilities"])) <= set(model.utilities)
    assert len(_names(given["outcome"]) or model.outcomes) in (1, len(model.stages), len(model.outcomes))


def test_every_model_has_its_row_with_utilities_it_has() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]
    assert [re.findall(r"`(.+?)`", row)[0] for row in rows] == list(MODELS)
    for row in rows:
        name, *utilities = re.findall(r"`(.+?)`", row)
        assert {utility for utility in utilities if "..." not in utility} <= set(MODELS[name]().utilities)


def test_methods_are_those_there_are() -> None:
    section = PAGE.split("Four ways to estimate it:")[1].split("##")[0]
    for method in ("pl", "npl", "cmle", "ml"):
        assert f"- `{method}" in section
        model_with("crisis-signaling", {"method": method})
