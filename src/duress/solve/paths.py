"""Public histories of a solution on belief grids or lattices, the likeliest first, with beliefs carried exactly."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np

from ..game.game import Game
from .lattice_solution import LatticeSolution
from .solution import Solution

ByType = tuple[tuple[float, ...], tuple[float, ...]]
"""Public probability of every type of the first player, and of the second."""


@dataclass(frozen=True)
class Visit:
    """A public history after which somebody chooses.

    Parameters
    ----------
    history : tuple of str
        Moves made, and where chance chose, the state it chose.
    state, period : int
    beliefs : tuple of two tuples of float
        Public probability of each type of either player.
    chance : float
        Public probability of the history.
    player : str
        Who chooses.
    policy : dict
        Type -> move -> probability.
    """

    history: tuple[str, ...]
    state: int
    period: int
    beliefs: ByType
    chance: float
    player: str
    policy: dict[str, dict[str, float]]


def visits(solution: Solution | LatticeSolution, most: int) -> Iterator[Visit]:
    """Yield at most ``most`` public histories after which somebody chooses, in falling order of chance."""
    game = solution.game
    order = count()
    first, second = game.players
    ahead: list[tuple[float, int, tuple[str, ...], int, int, ByType]] = [
        (-1.0, next(order), (), game.start, 0, (first.prior, second.prior))
    ]
    given = 0
    while ahead and given < most:
        negative, _, history, state, period, beliefs = heapq.heappop(ahead)
        if game.mover[state] < 0 or period == game.periods:
            continue
        moves = game.moves_of(state)
        choosing = len(moves) > 1
        player, policy, after = _choices(solution, state, period, beliefs)
        if choosing:
            yield Visit(history, state, period, beliefs, -negative, player, policy)
            given += 1
        mover = int(game.mover[state])
        for a, name in zip(moves, after, strict=True):
            taken = sum(w * choice[name] for w, choice in zip(beliefs[mover], policy.values(), strict=True))
            believed = (after[name], beliefs[1]) if mover == 0 else (beliefs[0], after[name])
            said = (*history, name) if choosing else history
            for chance, news, successor in outcomes(game, a, period, believed if choosing else beliefs):
                if chance * taken > 0.0:
                    told = said
                    if len(game.successors_of(a)) > 1:
                        told = (*said, game.state_name(successor))
                    at = period + int(game.elapsed[a])
                    heapq.heappush(ahead, (negative * taken * chance, next(order), told, successor, at, news))


def _choices(
    solution: Solution | LatticeSolution, state: int, period: int, beliefs: ByType
) -> tuple[str, dict[str, dict[str, float]], dict[str, tuple[float, ...]]]:
    """Return who moves, type -> move -> probability, and move -> public probability of the mover's types after it."""
    if not isinstance(solution, Solution):
        found = solution.behaviour(state, period, beliefs)
        return found.player, found.policy, {move: tuple(after.values()) for move, after in found.after.items()}
    second = [b[1] if len(b) == 2 else 0.0 for b in beliefs]
    here = solution.behaviour(state, period, (second[0], second[1]))
    two = len(here.policy) == 2
    return here.player, here.policy, {move: (1 - p, p) if two else (1.0,) for move, p in here.after.items()}


def outcomes(game: Game, move: int, period: int, beliefs: ByType) -> Iterator[tuple[float, ByType, int]]:
    """Yield what chance may do after ``move`` in ``period``: public probability, beliefs after it, next state."""
    branches = np.arange(game.first_branch[move], game.first_branch[move + 1])
    for branch, probability in zip(branches, game.chances(branches, np.full(len(branches), period)), strict=True):
        chance, updated = float(probability), list(beliefs)
        factors, redraw = game.likelihood[game.likelihood_row[branch]], int(game.redraw_row[branch])
        for i in (0, 1):
            joint = [p * float(f) for p, f in zip(beliefs[i], factors[i], strict=False)]
            seen = sum(joint)
            updated[i] = tuple(p / seen for p in joint) if seen > 0 else beliefs[i]
            chance *= seen
        if redraw:
            i = int(game.redraw_player[redraw])
            updated[i] = tuple(map(float, game.redraw[redraw, : game.types[i]]))
        yield chance, (updated[0], updated[1]), int(game.successor[branch])
