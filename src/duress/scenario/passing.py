"""The passing of time: flows accrue, components move by chance, and the confrontation may end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .flows import Flows
from .phases import Phase
from .space import Standing, StateSpace
from .table import MoveTable


@dataclass(frozen=True)
class _Branches:
    """What chance may bring, for each of n states in turn.

    Parameters
    ----------
    origin : int array, shape (b,)
        The state, from 0 to n - 1, that a branch is of; rising.
    after : Standing
        What it leads to, b states.
    chance : array, shape (b,)
    """

    origin: NDArray[np.int64]
    after: Standing
    chance: NDArray[np.float64]


def pass_time(space: StateSpace, phase: Phase, flows: Flows, table: MoveTable) -> None:
    """Add the passing of time in all states of ``phase``."""
    states, at = space.members(phase)
    terms = phase.terms if phase.terms >= 0 else flows.agenda.status_quo
    rows = flows.period_rows(terms, at)
    branches = drifted(at, space.phase(*phase.onward))
    origin, successors, chances = _ended(at, branches)
    table.add_chance("time passes", states, rows, True, origin, successors, chances)


def drifted(at: Standing, onward: Phase) -> _Branches:
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


def _ended(at: Standing, branches: _Branches) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Split off what ends the confrontation; return origin, successor and chance of every branch.

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
    order = np.tile(np.arange(len(left)), len(pieces))
    shares = np.concatenate([share for _, share in pieces])
    kept = np.flatnonzero(shares > 0)
    kept = kept[np.argsort(order[kept], kind="stable")]
    which = order[kept]
    successors = np.concatenate([numbers for numbers, _ in pieces])[kept]
    return branches.origin[which], successors, branches.chance[which] * shares[kept]
