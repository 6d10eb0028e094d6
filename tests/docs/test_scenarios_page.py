"""The table of bundled scenarios: each has a row, with the states and words that it has, and can be read in minutes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from duress.scenario import bundled, load
from duress.scenario.reading.files import LIBRARY

PAGE = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text(encoding="utf-8")
ROWS = {
    cells[0].strip(" `"): [cell.strip() for cell in cells[1:]]
    for line in PAGE.splitlines()
    if re.match(r"\| `", line) and (cells := line.strip("|").split("|"))
}
MOST_WORDS = 2500
"""Ten minutes at 250 words a minute."""


def test_every_bundled_scenario_has_a_row() -> None:
    assert list(ROWS) == list(bundled())


@pytest.mark.parametrize("name", bundled())
def test_a_row_says_what_the_file_is(name: str) -> None:
    _, words, states, seconds, verdict = ROWS[name]
    counted = len((LIBRARY / f"{name}.yaml").read_text(encoding="utf-8").split())
    assert int(words.replace(",", "")) == counted <= MOST_WORDS
    assert int(states.replace(",", "")) == load(name).compile().states
    assert re.fullmatch(r"\d+ s", seconds)
    assert re.match(rf"to {load(name).order[1]}: ", verdict)
