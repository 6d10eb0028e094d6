"""How a dated record of real moves is read as moves of a scenario: the rules an analyst writes, and the calendar.

Only what may be written stands here, and how dates become periods; what a record says of the solved game is
`duress.simulate.replay`.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .schema import ASK, PERIOD_MONTHS

OFFER = "offer"
"""Any offer, whatever the terms."""

_PLAIN = (
    "hold", "invite", "concede", "refuse", "accept and keep", "accept and drop", ASK, "grant", "decline", OFFER,
    "stall", "walk out", "accept", "reject", "comply", "breach",
)  # fmt: skip
_COMBINED = ("refuse", "walk out")
"""Moves that may come with raising a lever."""


@dataclass(frozen=True)
class Rule:
    """What rows of a record mean: those that fit all of ``party``, ``kind`` and ``what``, each "" for any.

    One of ``moves``, ``level``, ``government`` and ``aside`` is set.

    Parameters
    ----------
    party, kind : str
        As the row has them.
    what : str
        Words that the row's ``what`` must hold, in any case.
    by : str
        The party of the scenario that moves; "" where the rule is of no move.
    moves : tuple of str
        Moves it may be, in words of `move_words`.
    level : tuple of (str, int) pairs
        Bystander and rank of the level that it is at from then on.
    government : str
        The party whose government changed.
    aside : str
        Why the row is no move of the game.
    """

    party: str = ""
    kind: str = ""
    what: str = ""
    by: str = ""
    moves: tuple[str, ...] = ()
    level: tuple[tuple[str, int], ...] = ()
    government: str = ""
    aside: str = ""

    def fits(self, party: str, kind: str, what: str) -> bool:
        """Whether a row is one of those the rule is for."""
        return (
            (not self.party or self.party == party)
            and (not self.kind or self.kind == kind)
            and self.what.casefold() in what.casefold()
        )


@dataclass(frozen=True)
class Record:
    """How a scenario reads a dated record.

    Parameters
    ----------
    history : str
        File that is read if no other is named; "" for none.
    starts : date
        First day of the first period.
    since : date
        First day that counts as a move: what came before is where the scenario starts from.
    rules : tuple of Rule
        The first that fits decides.
    """

    history: str
    starts: date
    since: date
    rules: tuple[Rule, ...]

    def rule_for(self, party: str, kind: str, what: str) -> int | None:
        """Return the number of the rule that decides about a row; None where none fits."""
        return next((n for n, rule in enumerate(self.rules) if rule.fits(party, kind, what)), None)


def move_words(own_levers: Iterable[str], words: Iterable[str]) -> tuple[str, ...]:
    """Return the words for moves of a party with these levers, where these words can be said at a table."""
    levers = [f"{way} {lever}" for lever in own_levers for way in ("raise", "ease")]
    return (*_PLAIN, *levers, *(f"say {word}" for word in words))


def parts_of(move: str) -> frozenset[str]:
    """Return the words for moves, as in `move_words`, that a move of the game answers to.

    Examples
    --------
    >>> sorted(parts_of("refuse and raise sanctions"))
    ['raise sanctions', 'refuse']
    """
    if move.startswith(f"{OFFER} "):
        return frozenset((OFFER,))
    for first in _COMBINED:
        if move.startswith(f"{first} and raise "):
            return frozenset((first, move.removeprefix(f"{first} and ")))
    return frozenset((move,))


def period_begins(starts: date, unit: str, number: int) -> date:
    """Return the first day of period ``number``, counted from 0.

    Periods of months keep the day of the month, or the last day of a month that is shorter.

    Examples
    --------
    >>> period_begins(date(2019, 1, 31), "month", 1)
    datetime.date(2019, 2, 28)
    """
    if unit in ("day", "week"):
        return starts + timedelta(days=number * (7 if unit == "week" else 1))
    months = starts.month - 1 + number * round(PERIOD_MONTHS[unit])
    year, month = starts.year + months // 12, months % 12 + 1
    return date(year, month, min(starts.day, calendar.monthrange(year, month)[1]))


def period_of(day: date, begins: Sequence[date]) -> int:
    """Return the number of the period that ``day`` falls in, given on which days they begin; -1 before the first."""
    return sum(first <= day for first in begins) - 1
