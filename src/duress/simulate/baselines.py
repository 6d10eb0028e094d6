"""How well moves were foretold, beside three ways of foretelling them that know nothing of the game."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

Told = tuple[str, str, float, tuple[str, ...]]
"""Party, its move, the model's probability of it, and the moves it could have made."""


@dataclass(frozen=True)
class Scores:
    """Log-likelihood per move, in nats, over ``moves`` turns with a choice: nearer to 0 is better.

    Parameters
    ----------
    moves : int
    model : float
        By the solved scenario.
    uniform : float
        Every available move as likely as any other.
    marginal : float
        As often as the party made it at its other turns.
    markov : float
        As often as it followed the party's previous move, at its other turns.
    """

    moves: int
    model: float
    uniform: float
    marginal: float
    markov: float


def scores_of(told: Sequence[Told]) -> Scores:
    """Return the log-likelihood per move of the model and of the baselines.

    The baselines are fitted to the same record with the move in question left out, one added to the count of every
    available move (Laplace's rule), so that none foretells a move by having seen it.
    """
    if not told:
        return Scores(0, 0.0, 0.0, 0.0, 0.0)
    previous: dict[str, str] = {}
    pairs: list[tuple[str, str]] = []
    for party, move, _, _ in told:
        pairs.append((party, previous.get(party, "")))
        previous[party] = move
    singles = Counter((party, move) for party, move, _, _ in told)
    doubles = Counter((*pair, move) for pair, (_, move, _, _) in zip(pairs, told, strict=True))
    uniform, marginal, markov = [], [], []
    for pair, (party, move, _, could) in zip(pairs, told, strict=True):
        uniform.append(1.0 / len(could))
        marginal.append(_share({m: singles[party, m] - (m == move) for m in could}, move))
        markov.append(_share({m: doubles[(*pair, m)] - (m == move) for m in could}, move))
    return Scores(
        moves=len(told),
        model=_mean_log([chance for _, _, chance, _ in told]),
        uniform=_mean_log(uniform),
        marginal=_mean_log(marginal),
        markov=_mean_log(markov),
    )


def _share(counts: dict[str, int], move: str) -> float:
    return (counts[move] + 1.0) / (sum(counts.values()) + len(counts))


def _mean_log(chances: Sequence[float]) -> float:
    return math.fsum(math.log(max(chance, 1e-12)) for chance in chances) / len(chances)
