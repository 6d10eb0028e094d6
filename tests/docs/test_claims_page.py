"""The page on claims: its programs run, its scenario is read, and every claim and opposite is on it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.scenario.confrontations import BASE

from duress.assess.claims import registry
from duress.scenario import read
from duress.scenario.claims import KINDS, OPPOSITES
from duress.simulate.interventions import INTERVENTIONS

PAGE = (Path(__file__).parents[2] / "docs" / "claims.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
(LISTED,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_a_program_runs_and_says_something(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    known = set(KINDS)
    try:
        exec(compile(PROGRAMS[number], f"docs/claims.md, program {number}", "exec"), {"__name__": "docs"})
        assert capsys.readouterr().out.strip()
    finally:
        for kind in set(KINDS) - known:
            del KINDS[kind], registry._TESTS[kind]


def test_the_scenario_reads() -> None:
    parties = (("Owners", "Coercer"), ("Union", "Target"))
    text = BASE
    for old, new in parties:
        text = text.replace(old, new)
    assert len(read(text + LISTED, "listed").claims) == 3


def test_every_claim_and_opposite_has_its_row() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| **")]
    assert [re.findall(r"\*\*(.+?)\*\*", row)[0] for row in rows] == list(OPPOSITES)
    for row, opposite in zip(rows, OPPOSITES.values(), strict=True):
        said = re.findall(r"\(\*(.+?)\*\)", row)[0].removeprefix("... ")
        assert opposite.endswith(said)


def test_what_interventions_are_called_is_what_the_page_calls_them() -> None:
    for kind in re.findall(r'Intervention\("\w+", "(.+?)"\)', PAGE):
        assert kind in INTERVENTIONS
