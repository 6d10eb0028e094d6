"""A game to take away: JSON, a table of its moves, and a Python script that prints the same numbers."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from .. import __version__
from .link import link_of
from .match import Match
from .table import Table
from .view import View, view


def as_json(match: Match, party: str) -> dict[str, Any]:
    """Return all that the seat of ``party`` is shown, the branches, and the link, as plain dictionaries and lists."""
    return {
        "link": _link(match),
        "version": __version__,
        "changes": match.setting.changes,
        "view": match.view(party).as_json(),
        "branches": [
            {"name": b.name, "moves": list(b.moves), "forks_at": b.forks_at, "over": b.over, "current": b.current}
            for b in match.branches
        ],
    }


def _link(match: Match) -> str:
    """Return the link; empty where it would tell what was dealt."""
    return "" if match.sealed else link_of(match)


def moves_csv(match: Match, party: str) -> str:
    """Return the timeline of the current line as CSV: one row for each move and period, with what ``party`` may know.

    Columns: turn, period (from 1), party, move; what the public believes of each type, the pressure each party applies
    and the stamina it has, after it; and for one's own moves, and in the end for all, value, best, best_value, price.
    """
    shown = match.view(party)
    prices = {p.turn: p for moves in _priced_by(shown).values() for p in moves}
    rows = []
    for entry in shown.timeline:
        row: dict[str, Any] = {"turn": entry.turn, "period": entry.period + 1}
        row |= {"party": entry.party, "move": entry.move}
        row |= {f"{p} is {k}": b for p, by in entry.beliefs.items() for k, b in by.items()}
        row |= {f"pressure by {p}": value for p, value in entry.pressure.items()}
        row |= {f"stamina of {p}": value for p, value in entry.stamina.items()}
        price = prices.get(entry.turn) if entry.party else None
        row |= {k: getattr(price, k) if price else "" for k in ("value", "best", "best_value", "price")}
        rows.append(row)
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _priced_by(shown: View) -> dict[str, Any]:
    return shown.ending.priced if shown.ending else {shown.party: shown.priced}


def script(match: Match, party: str) -> str:
    """Return a Python script that plays the current line again and prints what `numbers` prints of it.

    Raises
    ------
    InputError
        If two people play and are not done: the script would tell what was dealt.
    """
    if match.sealed:
        link_of(match)
    setting, table = match.setting, match.table
    method = setting.solution.method
    imports = ["from duress.play.table import Seat, deal"]
    if setting.is_bundled:
        scenario = repr(setting.scenario.name)
    else:
        imports.append("from duress.scenario import read")
        scenario = f"read({setting.text!r}, {setting.scenario.name!r})"
    seats = ", ".join(f"Seat({s.party!r}, {s.player!r}, {s.name!r})" for s in table.seats)
    moves = "\n".join(f"    {name!r}," for name in match.names(match.line()))
    return f'''"""{_plain(setting.game.title)}: a game played again, move by move, with its numbers.

Written by duress {__version__}; other versions may print other numbers. {view(table, party).notes[0]}
"""

import json

from duress.play.download import numbers
from duress.play.setting import prepare
{chr(10).join(imports)}

SCENARIO = {scenario}
CHANGES = json.loads({json.dumps(setting.changes)!r})
MOVES = [
{moves}
]

setting = prepare(SCENARIO, CHANGES, precision={method.precision!r}, beliefs={method.beliefs})
table = deal(setting, ({seats}), seed={table.seed}, secret={table.secret})
for move in MOVES:
    table = table.play(move)
print(numbers(table, {party!r}), end="")
'''


def _plain(title: str) -> str:
    return json.dumps(title, ensure_ascii=True)[1:-1].replace('"', "'")


def numbers(table: Table, party: str) -> str:
    """Return every number of a game as the seat of ``party`` may know it: beliefs by entry, prices, and the end."""
    shown = view(table, party)
    lines = []
    for entry in shown.timeline:
        beliefs = ", ".join(f"{p} {k} {b:.6f}" for p, by in entry.beliefs.items() for k, b in by.items())
        lines.append(f"{entry.period + 1} {entry.party or '-'}: {entry.move or '-'}: {beliefs}")
    for moves in _priced_by(shown).values():
        lines += [f"{p.turn} {p.party} {p.move}: {p.value:.6f}, best {p.best} {p.best_value:.6f}" for p in moves]
    lines.append(f"had by {party} so far: {shown.stakes:.6f}")
    if shown.ending:
        worth = ", ".join(f"{p} {value:.6f}" for p, value in shown.ending.stakes.items())
        lines += [f"ended: {shown.ending.outcome}", f"worth: {worth}"]
    return "\n".join(lines) + "\n"
