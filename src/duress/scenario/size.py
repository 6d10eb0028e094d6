"""How large a scenario's game will be, before it is built: states, moves, memory, and what would make it smaller."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .agenda import Agenda
from .news import Tidings
from .passing import outcomes_of
from .phases import Phase
from .protocol import moves_of
from .space import Standing, StateSpace

SAMPLE = 512
"""States of a phase whose moves are counted; of the others as many are taken to be there."""

_PER_STATE = 100
_PER_MOVE = 150
_PER_BRANCH = 66
"""Bytes that building takes at its height, measured: arrays as collected, joined and put in order."""


@dataclass(frozen=True)
class Size:
    """How large a game will be.

    Parameters
    ----------
    states : int
        Exact, those included that cannot be reached.
    moves, branches : int
        Choices, and what chance may make of them; estimated from `SAMPLE` states of each phase.
    memory : int
        Bytes that building it takes at its height, estimated.
    """

    states: int
    moves: int
    branches: int
    memory: int


class _Sampled(StateSpace):
    """A numbering of which only some states of each phase are looked at."""

    def __init__(self, space: StateSpace) -> None:
        super().__init__(space.scenario, space.phases, space.mechanisms)

    def members(self, phase: Phase) -> tuple[NDArray[np.int64], Standing]:
        """Return states evenly from first to last, at most `SAMPLE`."""
        n = self.index[phase.key]
        first, end = int(self.offset[n]), int(self.offset[n + 1])
        states = np.unique(np.linspace(first, end - 1, min(SAMPLE, end - first)).round().astype(np.int64))
        return states, self.standing(states, phase)


def size_of(space: StateSpace, agenda: Agenda) -> Size:
    """Return how large the game of ``space`` will be."""
    sampled = _Sampled(space)
    moves, branches = 0.0, 0.0
    for n, phase in enumerate(space.phases):
        states, at = sampled.members(phase)
        scale = float(space.offset[n + 1] - space.offset[n]) / len(states)
        found = sum(len(move.states) for move in moves_of(sampled, agenda, phase))
        moves += scale * found
        branches += scale * found
        if phase.is_chance:
            moves += scale * len(states)
            branches += scale * len(outcomes_of(at, Tidings()).origin)
    memory = _PER_STATE * space.count + _PER_MOVE * moves + _PER_BRANCH * branches
    return Size(space.count, round(moves), round(branches), round(memory))


def coarser(space: StateSpace, most: int = 3) -> list[str]:
    """Say what halving the values of a component would leave, for those that would leave least."""
    sizes = space.offset[1:] - space.offset[:-1]
    left = {}
    for column, component in enumerate(space.components):
        if component.size > 2:
            free = np.array([space.fixed[phase.key][column] is None for phase in space.phases])
            half = (component.size + 1) // 2
            left[component.key] = half, int((sizes * np.where(free, half / component.size, 1.0)).sum())
    best = sorted(left, key=lambda key: left[key][1])[:most]
    return [
        f"{key} with {left[key][0]} values instead of {space.sizes[space.column[key]]} would leave {left[key][1]:,}"
        for key in best
    ]
