"""Other numbers tried: the verdict roughly, then well, and its map over one or two numbers, point by point."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from ..assess.again import Again, Judged
from ..assess.moment import error_at, first_invitation
from ..assess.vary import uncertain, value_at
from ..errors import Fault, InputError
from ..play.setting import BELIEFS
from ..scenario.schema import Scenario, Unsure
from ..simulate.histories import simulate
from ..solve.aqre import AQRE
from ..solve.solution import solve
from .assessing import invited
from .solving import Work

ROUGH = 3
"""Nodes of the grid of beliefs about a party at first: the answer is there in a moment, and may be another."""

HISTORIES = 300
"""Simulated histories in which the first invitation is looked for."""

SIZE = 5
"""Values of each number that the map is drawn over; every other one first, then those between."""

MOST_NUMBERS = 12
"""Numbers that can be moved."""

KEPT = 6
"""Solved games kept to begin others from."""


@dataclass(frozen=True)
class Trial:
    """What is tried.

    Parameters
    ----------
    scenario : Scenario
        Before changes.
    party : str
        Who is invited.
    changes : dict
        Field path -> number.
    over : tuple of str
        Field paths of the numbers the map is over: none, one or two.
    """

    scenario: Scenario
    party: str
    changes: dict[str, float] = field(default_factory=dict)
    over: tuple[str, ...] = ()


@dataclass
class Found:
    """What has been found so far; read by the page while the work goes on.

    Parameters
    ----------
    judged : Judged, optional
        The invitation with the numbers tried.
    rough : bool
        Whether that is on the rough grid, and will be looked at again.
    certificate : str
        Of the case as written on that grid, in a sentence; games with other numbers are solved to the last stage, and
        not certified.
    axes : tuple of tuple of float
        Values of the numbers of the map, rising, those of the first first.
    points : dict
        Values, one of each axis -> the invitation there.
    version : int
        Rises whenever something is added.
    """

    judged: Judged | None = None
    rough: bool = True
    certificate: str = ""
    axes: tuple[tuple[float, ...], ...] = ()
    points: dict[tuple[float, ...], Judged] = field(default_factory=dict)
    version: int = 0


def movable(scenario: Scenario) -> tuple[Unsure, ...]:
    """Return the numbers that can be moved, each with its range: those that an assessment varies."""
    return uncertain(scenario)[0][:MOST_NUMBERS]


def ends_of(number: Unsure) -> tuple[float, float]:
    """Return the least and the greatest value that a number is moved to."""
    low, high = sorted((value_at(number, 0.0), value_at(number, 1.0)))
    return low, high


class Trier:
    """Tries numbers, each game begun from the solution of its scenario as written, which is kept."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[str, str, int], Again] = OrderedDict()

    def run(self, trial: Trial, found: Found, work: Work) -> Found:
        """Find everything there is to find, adding it to ``found`` as it comes.

        Raises
        ------
        InputError
            If the party is never invited, or the game is too large.
        NotSolvedError
            If stages of the scenario as written resist.
        """
        if trial.party not in invited(trial.scenario):
            other = trial.scenario.other(trial.party)
            raise InputError(Fault("party", f"{trial.party} is never invited: talks.invite does not list {other}"))
        for beliefs in (ROUGH, BELIEFS):
            again = self._again(trial, beliefs, work)
            work.step = "Judging with your numbers"
            work(0, 1)
            found.judged = again.with_values(trial.changes, progress=work) if trial.changes else again.base
            found.rough = beliefs == ROUGH
            found.certificate = again.solution.certificate.sentence()
            found.version += 1
        ranges = {number.path: number for number in movable(trial.scenario)}
        numbers = [ranges[path] for path in trial.over if path in ranges]
        found.axes = tuple(_values(number) for number in numbers)
        now = tuple(trial.changes.get(number.path, trial.scenario.numbers[number.path]) for number in numbers)
        wanted = in_turn(found.axes, now)
        for n, point in enumerate(wanted):
            work.step = f"Mapping: {n} of {len(wanted)} cells"

            def part(done: int, total: int, n: int = n) -> None:
                work(n * total + done, len(wanted) * total)

            at = dict(zip((number.path for number in numbers), point, strict=True))
            found.points[point] = again.with_values(trial.changes | at, progress=part)
            found.version += 1
        found.version += 1
        return found

    def _again(self, trial: Trial, beliefs: int, work: Work) -> Again:
        key = (trial.scenario.digest, trial.party, beliefs)
        if key not in self._held:
            work.step = "Solving as written" if beliefs == BELIEFS else "Solving roughly"
            solution = solve(trial.scenario.compile(), AQRE(beliefs=beliefs), work, reuse=True)
            me = list(trial.scenario.parties).index(trial.party)
            moment = first_invitation(solution, me, simulate(solution, HISTORIES, 0))
            self._held[key] = Again(solution, moment, error_at(solution, moment))
            while len(self._held) > KEPT:
                self._held.popitem(last=False)
        self._held.move_to_end(key)
        return self._held[key]


def _values(number: Unsure) -> tuple[float, ...]:
    """Return the values of a number in the map, rising; fewer than `SIZE` where its range is of single values."""
    return tuple(sorted({value_at(number, n / (SIZE - 1)) for n in range(SIZE)}))


def in_turn(axes: tuple[tuple[float, ...], ...], now: tuple[float, ...]) -> list[tuple[float, ...]]:
    """Return the points of a map in the order in which they are looked at, so that the first few say most.

    Those of every other value of each axis come first, then those between; of either, the nearest to the numbers as
    they are now come first, distance taken in steps of the axes.

    Parameters
    ----------
    axes : tuple of tuple of float
        Values of each number, rising.
    now : tuple of float
        The numbers as they are.

    Examples
    --------
    >>> in_turn(((0.0, 1.0, 2.0, 3.0, 4.0),), (3.5,))
    [(4.0,), (2.0,), (0.0,), (3.0,), (1.0,)]
    """
    if not axes:
        return []
    at = [float(np.interp(value, axis, range(len(axis)))) for value, axis in zip(now, axes, strict=True)]

    def rank(places: tuple[int, ...]) -> tuple[bool, float, tuple[int, ...]]:
        apart = sum((n - here) ** 2 for n, here in zip(places, at, strict=True))
        return any(n % 2 for n in places), apart, places

    order = sorted(product(*(range(len(axis)) for axis in axes)), key=rank)
    return [tuple(axis[n] for n, axis in zip(places, axes, strict=True)) for places in order]
