"""The page on sweeps: its program runs, its commands and the program for SLURM say what there is to be said."""

from __future__ import annotations

import inspect
import re
import shlex
from pathlib import Path

import pytest
import typer.main

import duress as du
from duress.cli import app
from duress.scenario.claims import KINDS
from duress.sweep.design import lay_out, over_from

PAGE = (Path(__file__).parents[2] / "docs" / "sweep.md").read_text(encoding="utf-8")
(PROGRAM,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
(ON_SLURM,) = re.findall(r"^```python slurm\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(r"^(duress sweep .+)$", PAGE, re.MULTILINE)


def test_the_program_runs_and_says_something(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(PROGRAM, "docs/sweep.md", "exec"), {"__name__": "__main__"})
    assert "verdict" in capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_asks_for_a_sweep_there_is(command: str) -> None:
    sweep = typer.main.get_command(app).commands["sweep"]  # type: ignore[attr-defined]
    given = sweep.make_context("sweep", shlex.split(command)[2:], resilient_parsing=False).params
    over = over_from(given["over"]) if given["over"] else None
    lay_out(du.load(given["scenario"]), du.Design(given["design"], given["points"], over), given["seed"])
    assert set(given["claim"] or ()) <= set(KINDS)


def test_the_program_for_slurm_calls_what_there_is() -> None:
    calls: list[inspect.BoundArguments] = []

    class Cluster:
        scheduler_address = "tcp://host:8786"

        def __init__(self, **_: object) -> None: ...

        def scale(self, jobs: int) -> None: ...

    class Watched:
        load, Design = staticmethod(du.load), du.Design

        @staticmethod
        def sweep(*given: object, **named: object) -> None:
            calls.append(inspect.signature(du.sweep).bind(*given, **named))

    program = "\n".join(line for line in ON_SLURM.splitlines() if "import " not in line)
    exec(compile(program, "docs/sweep.md", "exec"), {"__name__": "__main__", "du": Watched, "SLURMCluster": Cluster})
    (call,) = calls
    assert call.arguments["cluster"] == "tcp://host:8786"
    assert lay_out(call.arguments["scenario"], call.arguments["design"], 0).base


def test_every_column_of_a_sweep_is_on_the_page() -> None:
    assert du.Sweep.__doc__ is not None
    columns = re.findall(r"``([^`]+)``", du.Sweep.__doc__)
    assert {column for column in columns if f"`{column}`" not in PAGE} <= {"point"}
