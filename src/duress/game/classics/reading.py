"""How textbook quantities are read from a solution: chances, amounts, thresholds, and what happens turn by turn."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from scipy.optimize import brentq

from .entry import Behaved, Solved


def state_number(solution: Solved, name: str) -> int:
    """Return the number of the state called ``name``."""
    game = solution.game
    return next(s for s in range(game.states) if game.state_name(s) == name)


def at(solution: Solved, state: str, beliefs: tuple[float, float], period: int = 0) -> Behaved:
    """Return what the mover does in the state called ``state``."""
    return solution.behaviour(state_number(solution, state), period, beliefs)


def amount(move: str) -> float:
    """Return the number that a move ends with: 0.4 for ``ask 0.4``."""
    return float(move.split()[-1])


def likeliest(policy: Mapping[str, float]) -> float:
    """Return the amount of the likeliest move."""
    return amount(max(policy, key=policy.__getitem__))


def mean(policy: Mapping[str, float]) -> float:
    """Return the expected amount."""
    return sum(chance * amount(move) for move, chance in policy.items())


def threshold(chance: Callable[[float], float], low: float, high: float) -> float:
    """Return the probability between ``low`` and ``high`` at which ``chance`` of it passes one half.

    Raises
    ------
    ValueError
        If it does not pass one half in between.
    """
    ends = (math.log(p / (1 - p)) for p in (low, high))
    odds = brentq(lambda x: chance(1 / (1 + math.exp(-x))) - 0.5, *ends, xtol=1e-9)
    return 1 / (1 + math.exp(-float(odds)))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Turn:
    """One turn: who moves, at what beliefs, and how likely another move than the one followed is, over all types."""

    player: str
    period: int
    beliefs: tuple[float, float]
    leaves: float


def turns_of(solution: Solved, move: str, count: int) -> Iterator[Turn]:
    """Yield the first ``count`` turns of a history in which everybody makes ``move``.

    The prior's beliefs are carried on by Bayes' rule; at most the periods of the game.
    """
    game, beliefs = solution.game, solution.prior()
    state, period = game.start, 0
    for _ in range(count):
        if period == game.periods:
            return
        found, i = solution.behaviour(state, period, beliefs), int(game.mover[state])
        player = game.players[i]
        share = (1 - beliefs[i], beliefs[i])
        kept = sum(p * found.policy[kind][move] for p, kind in zip(share, player.types, strict=False))
        yield Turn(player.name, period, beliefs, 1 - kept)
        number = next(a for a in game.moves_of(state) if game.move_name(a) == move)
        beliefs = (found.after[move], beliefs[1]) if i == 0 else (beliefs[0], found.after[move])
        period += int(game.elapsed[number])
        state = int(game.successors_of(number)[0])
