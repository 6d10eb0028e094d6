"""Public histories of a solution on belief grids, the likeliest first, with exact beliefs carried along."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from ..game.game import Game
from .solution import Behaviour, Beliefs, Solution


@dataclass(frozen=True)
class Visit:
    """A public history after which somebody chooses.

    Parameters
    ----------
    history : tuple of str
        Moves made, and where chance chose, the state it chose.
    state, period : int
    beliefs : tuple of two float
        Public probability of each player's second type.
    chance : float
        Public probability of the history.
    behaviour : Behaviour
    """

    history: tuple[str, ...]
    state: int
    period: int
    beliefs: Beliefs
    chance: float
    behaviour: Behaviour


def visits(solution: Solution, most: int) -> Iterator[Visit]:
    """Yield at most ``most`` public histories after which somebody chooses, in falling order of chance."""
    game = solution.game
    order = count()
    ahead: list[tuple[float, int, tuple[str, ...], int, int, Beliefs]] = [
        (-1.0, next(order), (), game.start, 0, solution.prior())
    ]
    given = 0
    while ahead and given < most:
        negative, _, history, state, period, beliefs = heapq.heappop(ahead)
        if game.mover[state] < 0 or period == game.periods:
            continue
        moves = game.moves_of(state)
        choosing = len(moves) > 1
        behaviour = solution.behaviour(state, period, beliefs)
        if choosing:
            yield Visit(history, state, period, beliefs, -negative, behaviour)
            given += 1
        mover = int(game.mover[state])
        share = (1 - beliefs[mover], beliefs[mover])
        for n, a in enumerate(moves):
            name = behaviour.moves[n]
            taken = sum(w * choice[name] for w, choice in zip(share, behaviour.policy.values(), strict=False))
            after = (behaviour.after[name], beliefs[1]) if mover == 0 else (beliefs[0], behaviour.after[name])
            said = (*history, name) if choosing else history
            for chance, news, successor in outcomes(game, a, after if choosing else beliefs):
                if chance * taken > 0.0:
                    told = said
                    if len(game.successors_of(a)) > 1:
                        told = (*said, game.state_name(successor))
                    at = period + int(game.elapsed[a])
                    heapq.heappush(ahead, (negative * taken * chance, next(order), told, successor, at, news))


def outcomes(game: Game, move: int, beliefs: Beliefs) -> Iterator[tuple[float, Beliefs, int]]:
    """Yield what chance may do after ``move``: its public probability, the beliefs after it, and the next state."""
    for branch in range(int(game.first_branch[move]), int(game.first_branch[move + 1])):
        chance, updated = float(game.probability[branch]), list(beliefs)
        factors, redraw = game.likelihood[game.likelihood_row[branch]], int(game.redraw_row[branch])
        for i in (0, 1):
            if game.types[i] == 2:
                seen = (1 - beliefs[i]) * factors[i, 0] + beliefs[i] * factors[i, 1]
                updated[i] = beliefs[i] * factors[i, 1] / seen if seen > 0 else beliefs[i]
            else:
                seen = factors[i, 0]
            chance *= float(seen)
        if redraw:
            updated[int(game.redraw_player[redraw])] = float(game.redraw[redraw, 1])
        yield chance, (float(updated[0]), float(updated[1])), int(game.successor[branch])
