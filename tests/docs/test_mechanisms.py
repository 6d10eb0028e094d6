"""The table of mechanisms: its fields are fields, its tests are tests, the bundled scenarios it names write them."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from duress.scenario import bundled, load
from duress.scenario.in_use import fields_in_use
from duress.scenario.json_schema import watched

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "mechanisms.md").read_text(encoding="utf-8")


class Row(NamedTuple):
    """A row of the table."""

    number: str
    fields: tuple[str, ...]
    tests: tuple[str, ...]
    scenarios: tuple[str, ...]


def rows_of(page: str) -> list[Row]:
    cells = [line.strip("|").split("|") for line in page.splitlines() if re.match(r"\| *\d+ *\|", line)]
    return [
        Row(number.strip(), *(tuple(re.findall(r"`([^`]+)`", cell)) for cell in (fields, tests, scenarios)))
        for number, _, fields, tests, scenarios in cells
    ]


ROWS = rows_of(PAGE)
WRITTEN = {name: fields_in_use(load(name)) for name in bundled()}


def faults(row: Row) -> list[str]:
    """Return what is not as a row says."""
    found = [f"no field {field}" for field in row.fields if field not in watched()]
    for test in row.tests:
        file, _, name = test.partition("::")
        path = ROOT / "tests" / "scenario" / file
        defined = ast.parse(path.read_text(encoding="utf-8")).body if path.is_file() else []
        if name not in {part.name for part in defined if isinstance(part, ast.FunctionDef)}:
            found.append(f"no test {test}")
    using = tuple(name for name, written in WRITTEN.items() if written & set(row.fields))
    if row.scenarios != using:
        found.append(f"used by {', '.join(using)}")
    if not (row.fields and row.tests and row.scenarios):
        found.append("an empty cell")
    return found


def test_there_are_eighteen() -> None:
    assert [row.number for row in ROWS] == [str(number) for number in range(1, 19)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.number)
def test_a_row_is_true(row: Row) -> None:
    assert faults(row) == []


def test_every_optional_part_of_the_language_is_in_some_row_and_in_some_bundled_scenario() -> None:
    """What a scenario may leave out is what a mechanism adds."""
    parts = {path for path in watched() if re.fullmatch(r"(parties|levers)\.\*\.\w+|talks\.\w+|bystanders", path)}
    plain = {"parties.*.precision", "parties.*.discount", "levers.*.start", "parties.*.red_lines", "talks.replies"}
    listed = {field for row in ROWS for field in row.fields}
    assert {part for part in parts - plain if not any(f.startswith(part) for f in listed)} == set()


def test_a_row_that_is_not_true_is_found() -> None:
    true = ROWS[0]
    assert faults(true) == []
    for change in (
        {"fields": (*true.fields, "levers.*.magic")},
        {"tests": (*true.tests, "test_levers.py::test_magic")},
        {"tests": ("test_magic.py::test_magic",)},
        {"scenarios": true.scenarios[1:]},
        {"scenarios": ()},
    ):
        assert faults(true._replace(**change))
