"""A dated record of real moves: read from a CSV file, and each row given its period and its meaning."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..errors import Fault, InputError
from ..scenario.reading.files import LIBRARY, text_of
from ..scenario.record import Record, Rule, period_begins, period_of
from ..scenario.schema import Scenario

COLUMNS = ("date", "party", "kind", "what", "source")
"""Columns of a record; the last may be missing."""

MAX_ROWS = 20_000
_LONGEST = 2000


@dataclass(frozen=True)
class Row:
    """One row of a record, as written; ``line`` is that of the file."""

    date: date
    party: str
    kind: str
    what: str
    source: str
    line: int


NO_RULE = Rule()


@dataclass(frozen=True)
class Placed:
    """A row with the period it falls in, counted from 0, and what the scenario makes of it.

    ``rule`` is the number of the rule that decided, -1 for none; ``why_not`` says why the row is no move of the game,
    "" for one that may be.
    """

    row: Row
    period: int
    rule: int = -1
    means: Rule = NO_RULE
    why_not: str = ""


def history_of(scenario: Scenario) -> Path:
    """Return the file of the record that ``scenario`` names.

    Raises
    ------
    InputError
        If it names none.
    """
    if scenario.record is None or not scenario.record.history:
        raise InputError(f"{scenario.name} names no record of real moves under replay.history; name a CSV file")
    beside = (Path(scenario.path).parent if scenario.path else LIBRARY) / scenario.record.history
    bundled = LIBRARY / scenario.record.history
    return bundled if bundled.exists() and not beside.exists() else beside


def read_rows(path: str | Path) -> tuple[Row, ...]:
    """Return the rows of a record in the order of their dates.

    Raises
    ------
    InputError
        If the file cannot be read, or with every fault it holds.
    """
    name = Path(path).name
    reader = csv.reader(io.StringIO(_text(Path(path)), newline=""), strict=True)
    faults: list[Fault] = []
    rows: list[Row] = []
    try:
        head = [cell.strip().casefold() for cell in next(reader, [])]
        missing = [column for column in COLUMNS[:-1] if column not in head]
        twice = sorted({column for column in head if head.count(column) > 1})
        if missing or twice:
            wrong = f"lacks {', '.join(missing)}" if missing else f"has {', '.join(twice)} twice"
            raise InputError(Fault(name, f"the first line must name the columns {', '.join(COLUMNS)}; it {wrong}"))
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            _read_row(head, cells, reader.line_num, name, rows, faults)
            if len(rows) > MAX_ROWS:
                raise InputError(Fault(name, f"holds more than {MAX_ROWS:,} rows"))
    except csv.Error as error:
        faults.append(Fault(name, f"line {reader.line_num} is no line of a CSV file: {error}"))
    if not rows and not faults:
        faults.append(Fault(name, "holds no row below the names of its columns"))
    if faults:
        raise InputError(faults)
    return tuple(sorted(rows, key=lambda row: row.date))


def _text(path: Path) -> str:
    """Return the text of a file; that it is missing is said of a record, not of a scenario."""
    if not path.exists():
        raise InputError(f"there is no file {str(path)!r}; name a CSV file with the columns {', '.join(COLUMNS)}")
    return text_of(path, str(path)).removeprefix("\ufeff")


def _read_row(
    head: Sequence[str], cells: Sequence[str], line: int, name: str, rows: list[Row], faults: list[Fault]
) -> None:
    if len(cells) != len(head):
        faults.append(Fault(name, f"line {line} has {len(cells)} cells; there must be {len(head)}"))
        return
    found = {column: " ".join(cell.split()) for column, cell in zip(head, cells, strict=True)}
    too_long = [column for column in COLUMNS if len(found.get(column, "")) > _LONGEST]
    if too_long:
        faults.append(Fault(name, f"line {line}: {', '.join(too_long)} must have at most {_LONGEST} characters"))
        return
    try:
        day = date.fromisoformat(found["date"])
    except ValueError:
        faults.append(Fault(name, f"line {line}: date must be a day as YYYY-MM-DD; found {found['date'][:40]!r}"))
        return
    rows.append(Row(day, found["party"], found["kind"], found["what"], found.get("source", ""), line))


def record_of(scenario: Scenario) -> Record:
    """Return how ``scenario`` reads records.

    Raises
    ------
    InputError
        If it does not say.
    """
    if scenario.record is None:
        raise InputError(
            f"{scenario.name} does not say how a record of real moves is read; write it under replay (docs/language.md)"
        )
    return scenario.record


def begins_of(scenario: Scenario) -> tuple[date, ...]:
    """Return the first day of every period, and the day after the last.

    Raises
    ------
    InputError
        If the calendar ends before the last period does.
    """
    record = record_of(scenario)
    try:
        return tuple(period_begins(record.starts, scenario.period, n) for n in range(scenario.horizon + 1))
    except (ValueError, OverflowError):
        last = f"{scenario.horizon} {scenario.period}s from {record.starts}"
        raise InputError(Fault("replay.starts", f"{last} lead beyond the calendar, which ends with 9999")) from None


def place(scenario: Scenario, rows: Sequence[Row]) -> tuple[Placed, ...]:
    """Return every row with its period and what the scenario makes of it."""
    record, begins = record_of(scenario), begins_of(scenario)
    found = []
    for row in rows:
        period = period_of(row.date, begins)
        rule = record.rule_for(row.party, row.kind, row.what)
        if row.date < record.since:
            why = f"before {record.since}: part of where the scenario starts from"
        elif period >= scenario.horizon:
            why = f"after the last {scenario.period}, which ends before {begins[-1]}"
        elif rule is None:
            why = "no rule of the scenario fits it"
        else:
            why = record.rules[rule].aside
        means = NO_RULE if rule is None else record.rules[rule]
        found.append(Placed(row, period, -1 if rule is None else rule, means, why))
    return tuple(found)
