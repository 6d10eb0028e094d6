"""The passing of time: flows accrue, components move by chance, and the confrontation may end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .flows import Flows
from .mechanism import Mechanism
from .news import Tidings
from .phases import Phase
from .space import Standing, StateSpace
from .table import MoveTable


@dataclass(frozen=True)
class Outcomes:
    """What chance may bring to each of n states, b branches in all.

    Parameters
    ----------
    origin : int array, shape (b,)
        The state, from 0 to n - 1, that a branch is of; rising.
    successor : int array, shape (b,)
    chance : array, shape (b, 1 + dates)
        As usual, and in the period of each date of the `Tidings`.
    likelihood_row, redraw_row : int array, shape (b,)
        Rows of the `Tidings` they were heard with.
    """

    origin: NDArray[np.int64]
    successor: NDArray[np.int64]
    chance: NDArray[np.float64]
    likelihood_row: NDArray[np.int64]
    redraw_row: NDArray[np.int64]


@dataclass(frozen=True)
class _Branches:
    """What chance has brought so far: as in `Outcomes`, with the states that follow not yet numbered."""

    origin: NDArray[np.int64]
    after: Standing
    chance: NDArray[np.float64]


def pass_time(space: StateSpace, phase: Phase, flows: Flows, tidings: Tidings, table: MoveTable) -> None:
    """Add the one move of a phase in which time passes or news comes, in all its states."""
    states, at = space.members(phase)
    if phase.is_passing:
        terms = phase.terms if phase.terms >= 0 else flows.agenda.status_quo
        table.add_chance("time passes", states, flows.period_rows(terms, at), True, outcomes_of(at, tidings))
    else:
        table.add_chance("news", states, np.zeros(len(states), np.int64), False, outcomes_of(at, tidings))


def outcomes_of(at: Standing, tidings: Tidings) -> Outcomes:
    """Return what follows in a phase in which time passes or news comes.

    When time passes there is news of the first party there may be any of; of the second there is news in a phase of its
    own, since one move may tell of one party's type only.
    """
    space, phase = at.space, at.phase
    told = parties_told(space.mechanisms)
    if phase.is_passing:
        onward = phase.to_news if len(told) > 1 else phase.onward
        branches, successors = _ended(at, _drifted(at, space.phase(*onward)))
        told = told[:1]
    else:
        branches = _Branches(np.arange(len(at)), at.to(space.phase(*phase.onward)), np.ones(len(at)))
        successors, told = branches.after.numbers, told[1:]
    news = [item for party in told for mechanism in space.mechanisms for item in mechanism.news(party, branches.after)]
    heard = tidings.hear(len(successors), news, late=0 if phase.is_passing else 1)
    return Outcomes(
        branches.origin[heard.origin],
        successors[heard.origin],
        branches.chance[heard.origin, None] * heard.share,
        heard.likelihood_row,
        heard.redraw_row,
    )


def parties_told(mechanisms: Iterable[Mechanism]) -> list[int]:
    """Return the parties there may be news of."""
    return sorted({party for mechanism in mechanisms for party in mechanism.tells_of()})


def _drifted(at: Standing, onward: Phase) -> _Branches:
    """Let every component move that time moves, each by its own chance."""
    space = at.space
    origin, values, chance = np.arange(len(at)), at.to(onward).values, np.ones(len(at))
    for column, component in enumerate(space.components):
        if component.drift is None or space.fixed[onward.key][column] is not None:
            continue
        outcomes = component.drift(at)
        ways = len(outcomes)
        came = np.repeat(np.arange(len(origin)), ways)
        way = np.tile(np.arange(ways), len(origin))
        chances = np.stack([p for _, p in outcomes], axis=1)
        odds = chance[came] * chances[origin[came], way]
        came, way, chance = came[odds > 0], way[odds > 0], odds[odds > 0]
        origin, values = origin[came], values[came]
        values[:, column] = np.stack([value for value, _ in outcomes], axis=1)[origin, way]
    return _Branches(origin, Standing(space, onward, values), chance)


def _ended(at: Standing, branches: _Branches) -> tuple[_Branches, NDArray[np.int64]]:
    """Split off what ends the confrontation; return branches, and the state that each leads to.

    A mechanism that comes first takes its ends from all, the next from what is left.
    """
    space, before = at.space, at.take(branches.origin)
    left = np.ones(len(branches.origin))
    pieces = []
    for mechanism in space.mechanisms:
        gone = np.zeros(len(left))
        for end, chance in mechanism.endings(before, branches.after):
            pieces.append((branches.after.to(end).numbers, left * chance))
            gone = gone + chance
        left = left * (1.0 - gone)
    pieces.append((branches.after.numbers, left))
    shares = np.concatenate([share for _, share in pieces])
    which = np.tile(np.arange(len(left)), len(pieces))
    kept = np.flatnonzero(shares > 0)
    kept = kept[np.argsort(which[kept], kind="stable")]
    successors = np.concatenate([numbers for numbers, _ in pieces])[kept]
    which = which[kept]
    chances = branches.chance[which] * shares[kept]
    return _Branches(branches.origin[which], branches.after.take(which), chances), successors
