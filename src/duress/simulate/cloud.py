"""What the public may stand at after a record that does not tell everything: states and beliefs with their chances.

The states of a scenario hold more than a record of moves tells: stamina that was drained by chance, signs that were
seen, a lever that has lost some of its bite. All of it is public to the parties. So the record is read by exact
filtering: every state that agrees with it is carried, with the beliefs that go with it and with its probability, and
the chance of the next move is the mean over them. Where one state is reached with beliefs so near to one another that
nobody could tell them apart, they are carried as one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..game.game import Game
from ..solve.kernels import in_period
from ..solve.solution import Solution
from .kernels import stages

NEAR = 0.05
"""Log odds of a belief below which two count as one."""

MOST = 3000
"""States with beliefs carried at most: the least likely are left out, and how likely they were is told."""

_CELLS = 16_000
"""Cells of `NEAR` on either side of even odds: more than the log odds of a number can fill."""


@dataclass(frozen=True)
class Cloud:
    """States with beliefs in second types, and their probabilities given the record so far.

    Parameters
    ----------
    state, period : int64 arrays, shape (N,)
    beliefs : float array, shape (N, 2)
    weight : float array, shape (N,)
        They need not add up to 1.
    """

    state: NDArray[np.int64]
    period: NDArray[np.int64]
    beliefs: NDArray[np.float64]
    weight: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.state)

    def __getitem__(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Cloud:
        return Cloud(self.state[which], self.period[which], self.beliefs[which], self.weight[which])

    def mean(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mean of ``value`` (N, ...) over the cloud."""
        return np.tensordot(self.weight, value, axes=1) / self.weight.sum()

    def moved(self, mover: int, after: NDArray[np.float64], chance: NDArray[np.float64]) -> Cloud:
        """Return the cloud once ``mover`` made a move of that chance, and is believed so after it; states as before."""
        beliefs = self.beliefs.copy()
        beliefs[:, mover] = after
        return Cloud(self.state, self.period, beliefs, self.weight * chance)


def begun(solution: Solution) -> Cloud:
    """Return where every record begins."""
    start, prior = np.array([solution.game.start], np.int64), np.array([solution.prior()])
    return Cloud(start, np.zeros(1, np.int64), prior, np.ones(1))


def joined(*clouds: Cloud) -> Cloud:
    """Return all of several clouds."""
    return Cloud(
        *(np.concatenate([getattr(one, name) for one in clouds]) for name in ("state", "period", "beliefs", "weight"))
    )


@dataclass(frozen=True)
class Stages:
    """What the mover does at each of a cloud.

    ``policy`` (N, 2, A) by type and move, ``after`` (N, A) the belief after each move, ``worth`` (N, 2, 2) what the
    rest is worth by player and type, in discounted stakes.
    """

    policy: NDArray[np.float64]
    after: NDArray[np.float64]
    worth: NDArray[np.float64]

    def chances(self, belief: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the public probability of each move, at beliefs (N,) in the mover's second type."""
        return (1.0 - belief[:, None]) * self.policy[:, 0] + belief[:, None] * self.policy[:, 1]


def solve_stages(solution: Solution, cloud: Cloud) -> Stages:
    """Solve the stage of each of a cloud, at its own beliefs; somebody must have a move in each."""
    count, r = len(cloud), solution.induction
    room, most = solution.room(), r.arrays.most_moves
    policy, after, worth = np.zeros((count, 2, most)), np.zeros((count, most)), np.zeros((count, 2, 2))
    for period in np.unique(cloud.period):
        stages(
            in_period(r.arrays, int(period)), r.values[period], r.values[period + 1], r.ratios[period], *r.nodes,
            r.precisions, r.tolerance, room, np.flatnonzero(cloud.period == period), cloud.state, cloud.beliefs, policy,
            after, worth,
        )  # fmt: skip
    return Stages(policy, after, worth)


def value_of_rest(solution: Solution, cloud: Cloud) -> NDArray[np.float64]:
    """Return what the rest is worth at each of a cloud, by player and type, shape (N, 2, 2): discounted stakes."""
    game = solution.game
    over = (game.mover[cloud.state] < 0) | (cloud.period >= game.periods)
    value = np.zeros((len(cloud), 2, 2))
    closing = game.closing[game.closing_row[cloud.state[over]]]
    first, second = (np.stack([1.0 - b, b], axis=1) for b in cloud.beliefs[over].T)
    value[over, 0] = np.einsum("nkl,nl->nk", closing[:, 0], second)
    value[over, 1] = np.einsum("nkl,nk->nl", closing[:, 1], first)
    value[~over] = solve_stages(solution, cloud[~over]).worth
    return value


def after_chance(
    game: Game, cloud: Cloud, moves: NDArray[np.int64]
) -> tuple[Cloud, NDArray[np.int64], NDArray[np.int64]]:
    """Return what chance brings after a move of each of a cloud, numbers in the game.

    With it, for each of what comes: the player whose type is drawn anew, -1 for none, and which of ``cloud`` it comes
    from. Weights add up to those of ``cloud``.
    """
    first = game.first_branch[moves].astype(np.int64)
    ways = game.first_branch[moves + 1] - first
    origin = np.repeat(np.arange(len(cloud)), ways)
    branch = np.arange(len(origin)) + np.repeat(first - (np.cumsum(ways) - ways), ways)
    chance = game.chances(branch, cloud.period[origin])
    factors, beliefs = game.likelihood[game.likelihood_row[branch]], cloud.beliefs[origin].copy()
    for i in (0, 1):
        if game.types[i] == 1:
            chance = chance * factors[:, i, 0]
            continue
        second = beliefs[:, i] * factors[:, i, 1]
        seen = (1.0 - beliefs[:, i]) * factors[:, i, 0] + second
        beliefs[:, i] = np.divide(second, seen, out=beliefs[:, i].copy(), where=seen > 0.0)
        chance = chance * seen
    row = game.redraw_row[branch]
    drawn = np.where(row > 0, game.redraw_player[row], -1)
    for i in (0, 1):
        anew = drawn == i
        beliefs[anew, i] = game.redraw[row[anew], 1] if game.types[i] == 2 else 0.0
    found = Cloud(
        game.successor[branch].astype(np.int64),
        (cloud.period + game.elapsed[moves])[origin],
        beliefs,
        cloud.weight[origin] * chance,
    )
    possible = chance > 0.0
    return found[possible], drawn[possible], origin[possible]


def gathered(cloud: Cloud) -> tuple[Cloud, float]:
    """Return a cloud with those that are one put together, weights adding up to 1, and the share left out."""
    with np.errstate(divide="ignore"):
        odds = np.log(cloud.beliefs) - np.log1p(-cloud.beliefs)
    cells = np.rint(np.clip(odds / NEAR, -_CELLS, _CELLS)).astype(np.int64) + _CELLS
    states = cloud.period * (cloud.state.max(initial=0) + 1) + cloud.state
    keys = (states * (2 * _CELLS + 1) + cells[:, 0]) * (2 * _CELLS + 1) + cells[:, 1]
    _, index, which = np.unique(keys, return_index=True, return_inverse=True)
    weight = np.bincount(which, cloud.weight).astype(float)
    beliefs = np.stack([np.bincount(which, cloud.weight * b) for b in cloud.beliefs.T], axis=1)
    there = weight > 0.0
    index, weight = index[there], weight[there]
    # Rounding carries no belief past certainty.
    beliefs = np.clip(beliefs[there] / weight[:, None], 0.0, 1.0)
    found = Cloud(cloud.state[index], cloud.period[index], beliefs, weight)
    found = found[np.lexsort((found.beliefs[:, 1], found.beliefs[:, 0], found.state, -found.weight))]
    kept, left_out = found[np.arange(min(len(found), MOST))], found.weight[MOST:].sum() / weight.sum()
    return Cloud(kept.state, kept.period, kept.beliefs, kept.weight / kept.weight.sum()), float(left_out)
