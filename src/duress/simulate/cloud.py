"""What the public may stand at after a record that does not tell everything: states and beliefs with their chances.

The states of a scenario hold more than a record of moves tells: stamina that was drained by chance, signs that were
seen, a lever that has lost some of its bite. All of it is public to the parties. So the record is read by exact
filtering: every state that agrees with it is carried, with the beliefs that go with it and with its probability, and
the chance of the next move is the mean over them. Where one state is reached with beliefs so near to one another that
nobody could tell them apart, they are carried as one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..game.game import Game
from ..solve.paths import ByType, outcomes
from ..solve.solution import Beliefs, Solution

NEAR = 0.05
"""Log odds of a belief below which two count as one."""

MOST = 3000
"""States with beliefs carried at most: the least likely are left out, and how likely they were is told."""


@dataclass(frozen=True)
class Particle:
    """One state with beliefs in second types, and its probability given the record so far."""

    state: int
    period: int
    beliefs: Beliefs
    weight: float


@dataclass(frozen=True)
class Stage:
    """What the mover does at a particle: by type what each move is worth and its chance; belief after each move.

    ``worth`` and ``policy`` have shape (types, moves), ``after`` (moves,).
    """

    mover: int
    moves: tuple[int, ...]
    policy: NDArray[np.float64]
    after: NDArray[np.float64]

    def chances(self, belief: float) -> NDArray[np.float64]:
        """Return the public probability of each move at a belief in the mover's second type."""
        weights = np.array([1.0 - belief, belief])[: len(self.policy)]
        return (weights if len(weights) > 1 else np.ones(1)) @ self.policy


class Stages:
    """Stages of a solution, each solved once."""

    def __init__(self, solution: Solution) -> None:
        self.solution, self.game = solution, solution.game
        self._room = solution.room()
        self._known: dict[tuple[int, int, Beliefs], tuple[Stage, NDArray[np.float64]]] = {}

    def at(self, particle: Particle) -> Stage:
        """Return what the mover does there."""
        return self._solved(particle)[0]

    def value(self, particle: Particle) -> NDArray[np.float64]:
        """Return what the rest is worth there, by player and type, shape (2, 2): discounted stakes."""
        game, state = self.game, particle.state
        if game.mover[state] < 0 or particle.period >= game.periods:
            closing = game.closing[game.closing_row[state]]
            out = np.zeros((2, 2))
            for i in (0, 1):
                weights = _by_type(game, particle.beliefs)[1 - i]
                table = closing[i] if i == 0 else closing[i].T
                out[i, : game.types[i]] = table @ np.array(weights)
            return out
        return self._solved(particle)[1]

    def _solved(self, particle: Particle) -> tuple[Stage, NDArray[np.float64]]:
        key = (particle.state, particle.period, particle.beliefs)
        if key not in self._known:
            room = self.solution.stage(*key, room=self._room)
            moves = tuple(self.game.moves_of(particle.state))
            mover = int(self.game.mover[particle.state])
            policy = room.policy[: self.game.types[mover], : len(moves)].copy()
            stage = Stage(mover, moves, policy, room.after[: len(moves)].copy())
            self._known[key] = stage, room.values.copy()
        return self._known[key]


def _by_type(game: Game, beliefs: Beliefs) -> ByType:
    first, second = ((1.0 - p, p)[: game.types[i]] if game.types[i] > 1 else (1.0,) for i, p in enumerate(beliefs))
    return first, second


def moved(particle: Particle, stage: Stage, move: int) -> Particle:
    """Return the particle once the mover made ``move`` (by number within the state): its belief, not yet its state."""
    beliefs = list(particle.beliefs)
    beliefs[stage.mover] = float(stage.after[move])
    return Particle(particle.state, particle.period, (beliefs[0], beliefs[1]), particle.weight)


def chance_after(game: Game, particle: Particle, move: int) -> Iterable[tuple[Particle, int]]:
    """Yield what chance brings after ``move``, a number in the game: where it leads, and whose type is drawn anew.

    The second number is the player whose type is drawn anew, -1 for none. Weights add up to that of ``particle``.
    """
    at = particle.period + int(game.elapsed[move])
    branches = range(int(game.first_branch[move]), int(game.first_branch[move + 1]))
    ways = outcomes(game, move, particle.period, _by_type(game, particle.beliefs))
    for branch, (chance, news, state) in zip(branches, ways, strict=True):
        if chance <= 0.0:
            continue
        row = int(game.redraw_row[branch])
        drawn = int(game.redraw_player[row]) if row else -1
        beliefs = tuple(by[1] if len(by) > 1 else 0.0 for by in news)
        yield Particle(state, at, (beliefs[0], beliefs[1]), particle.weight * chance), drawn


def gathered(particles: Iterable[Particle]) -> tuple[list[Particle], float]:
    """Return particles with those that are one put together, weights adding up to 1, and the share left out."""
    kept: dict[tuple[int, int, int, int], list[float]] = {}
    for one in particles:
        first, second = one.beliefs
        into = kept.setdefault((one.state, one.period, _cell(first), _cell(second)), [0.0, 0.0, 0.0])
        into[0] += one.weight
        into[1] += one.weight * first
        into[2] += one.weight * second
    found = [
        Particle(state, period, (_clean(p / w), _clean(q / w)), w)
        for (state, period, *_), (w, p, q) in kept.items()
        if w > 0.0
    ]
    found.sort(key=lambda one: (-one.weight, one.state, one.beliefs))
    total = math.fsum(one.weight for one in found)
    found = found[:MOST]
    left = math.fsum(one.weight for one in found)
    return [Particle(p.state, p.period, p.beliefs, p.weight / left) for p in found], 1.0 - left / total


def _cell(belief: float) -> int:
    if belief <= 0.0 or belief >= 1.0:
        return 10**6 if belief >= 1.0 else -(10**6)
    return round((math.log(belief) - math.log1p(-belief)) / NEAR)


def _clean(belief: float) -> float:
    """Return a belief that rounding has not carried past certainty."""
    return min(max(belief, 0.0), 1.0)


def mean(
    particles: Iterable[Particle], value: Callable[[Particle], float | NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return the mean of ``value`` over particles, whose weights need not add up to 1."""
    pairs = [(p.weight, np.asarray(value(p), float)) for p in particles]
    total = math.fsum(w for w, _ in pairs)
    return np.sum([w * x for w, x in pairs], axis=0) / total
