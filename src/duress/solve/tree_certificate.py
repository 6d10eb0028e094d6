"""The certificate of a solution on public histories, computed again by code that shares nothing with the solver.

Of the solver it reads which history follows which, and the logarithms of the choices; everything else comes from the
arrays of the game. There are no layers here and no derivatives: one list of choices (a history and a move), one of
edges (a history and the one before), and one pass over them in each direction.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..game.game import Game
from .certificate import Certificate
from .unroll import Histories

Array = NDArray[np.float64]

_VALUE, _BEST, _ANSWER = 0, 1, 2


def certify(tree: Histories, precisions: Array, log_policies: list[Array], values: Array, unsolved: int) -> Certificate:
    """Return the certificate of a behaviour.

    Parameters
    ----------
    tree : Histories
    precisions : float64 array, shape (2,)
    log_policies : list of float64 array, shape (n, m, K_i)
        By layer of ``tree``.
    values : float64 array, shape (H, K0 + K1)
        What the solver says every history is worth to every type; checked.
    unsolved : int
        Histories that the solver says it left.
    """
    found = _Recomputed(tree, precisions, _flat(tree, log_policies))
    found.look_ahead()
    found.look_back()
    right = found.values[:, _VALUE]
    wrong = float(np.max(np.abs(values - right) / (1 + np.abs(right))))
    value, best, answer = found.values[0]
    return Certificate(
        residual=found.residual,
        value_error=wrong if np.isfinite(wrong) else np.inf,
        unsolved=unsolved,
        deviation_gain=_by_type(tree.game, best - value),
        deviation_gain_precision=_by_type(tree.game, best - answer),
        deviation_gain_numerical=_by_type(tree.game, answer - value),
        grid_error=0.0,
    )


def _flat(tree: Histories, log_policies: list[Array]) -> Array:
    """Return the logarithms of all choices, shape (C, 4), in the order of histories and moves."""
    rows = []
    for layer in log_policies:
        row = np.zeros((layer.shape[0] * layer.shape[1], 4))
        row[:, : layer.shape[2]] = layer.reshape(len(row), -1)
        rows.append(row)
    return np.concatenate(rows) if rows else np.zeros((0, 4))


class _Recomputed:
    """Beliefs of every history, and three values of every type: of the behaviour, of the best plan, of the response.

    ``values`` has shape (H, 3, K0 + K1); ``log_beliefs`` (H, K0 + K1).
    """

    def __init__(self, tree: Histories, precisions: Array, log_policy: Array) -> None:
        game = tree.game
        self.game, self.precisions, self.log_policy = game, precisions, log_policy
        self.types = game.types
        self.columns = (slice(0, self.types[0]), slice(self.types[0], sum(self.types)))
        self.decisions = tree.decisions
        self.mover = game.mover[tree.state].astype(np.int64)
        state = tree.state[: tree.decisions]
        counts = np.diff(game.first_move)[state]
        self.first = np.concatenate([[0], np.cumsum(counts)])
        self.history_of = np.repeat(np.arange(tree.decisions), counts)
        offset = np.arange(int(self.first[-1])) - self.first[self.history_of]
        self.row = game.row[game.first_move[state][self.history_of] + offset]
        # Of each history but the first: the choice and the branch of chance that lead to it.
        self.parent, branch = tree.parent, tree.branch
        move = np.searchsorted(game.first_branch, branch, side="right") - 1
        self.choice = self.first[self.parent] + move - game.first_move[tree.state[self.parent]]
        self.chance = game.chances(branch, tree.period[self.parent])
        self.factor = game.likelihood[game.likelihood_row[branch]]
        self.redraw = game.redraw_row[branch].astype(np.int64)
        self.depth = np.full(len(tree), -1)
        self.depth[0] = 0
        for d in range(len(tree)):
            next_ones = (self.depth[self.parent] == d) & (self.parent >= 0)
            if not next_ones.any():
                break
            self.depth[next_ones] = d + 1
        self.log_beliefs = np.zeros((len(tree), sum(self.types)))
        with np.errstate(divide="ignore"):
            self.log_beliefs[0] = np.log(np.concatenate(tree.prior))
        self.values = np.zeros((len(tree), 3, sum(self.types)))
        over = slice(tree.decisions, None)
        self.closing = tree.game.closing[game.closing_row[tree.state[over]]]
        self.residual = 0.0

    def look_ahead(self) -> None:
        """Carry beliefs from the first history on by Bayes' rule."""
        for d in range(1, int(self.depth.max()) + 1):
            edges = np.flatnonzero(self.depth == d)
            for k, columns in enumerate(self.columns):
                before = self.log_beliefs[self.parent[edges], columns]
                chose = self.mover[self.parent[edges]] == k
                after = before + chose[:, None] * self.log_policy[self.choice[edges], : self.types[k]]
                with np.errstate(divide="ignore"):
                    seen = after + np.log(self.factor[edges, k, : self.types[k]])
                # What the public held impossible teaches it nothing.
                after = np.where(np.isneginf(seen).all(axis=1)[:, None], after, seen)
                drawn = (self.redraw[edges] > 0) & (self.game.redraw_player[self.redraw[edges]] == k)
                with np.errstate(divide="ignore"):
                    after[drawn] = np.log(self.game.redraw[self.redraw[edges[drawn]], : self.types[k]])
                after = after - after.max(axis=1, keepdims=True)
                self.log_beliefs[edges, columns] = after - np.log(np.exp(after).sum(axis=1, keepdims=True))

    def look_back(self) -> None:
        """Carry values back from the ends."""
        over, beliefs = slice(self.decisions, None), np.exp(self.log_beliefs)
        first, second = self.columns
        self.values[over, :, first] = np.einsum("hkl,hl->hk", self.closing[:, 0], beliefs[over, second])[:, None]
        self.values[over, :, second] = np.einsum("hkl,hk->hl", self.closing[:, 1], beliefs[over, first])[:, None]
        for d in range(int(self.depth[: self.decisions].max(initial=-1)), -1, -1):
            for i in range(2):
                here = np.flatnonzero((self.depth[: self.decisions] == d) & (self.mover[: self.decisions] == i))
                if len(here):
                    self._decide(i, here, beliefs)

    def _decide(self, i: int, here: NDArray[np.int64], beliefs: Array) -> None:
        """Work out the values of histories at which player ``i`` moves, from those that follow."""
        own, other, j = self.columns[i], self.columns[1 - i], 1 - i
        counts = self.first[here + 1] - self.first[here]
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        choices = np.repeat(self.first[here] - starts, counts) + np.arange(int(counts.sum()))
        at = self.history_of[choices]
        place = np.full(int(self.first[-1]), -1)
        place[choices] = np.arange(len(choices))
        edges = 1 + np.flatnonzero(place[self.choice[1:]] >= 0)  # All but the first history, which nothing leads to.
        to, before = place[self.choice[edges]], self.parent[edges]
        policy = np.exp(self.log_policy[choices, : self.types[i]])
        likely_own = self.factor[edges, i, : self.types[i]]
        likely_other = self.factor[edges, j, : self.types[j]]
        later = self._later(edges)
        by_other = self.chance[edges] * (beliefs[before, other] * likely_other).sum(axis=1)
        by_own = self.chance[edges] * (beliefs[before, own] * policy[to] * likely_own).sum(axis=1)
        worth = np.zeros((len(choices), 3, self.types[i]))
        np.add.at(worth, to, (by_other[:, None] * likely_own)[:, None] * later[:, :, own])
        to_other = np.zeros((len(choices), 3, self.types[j]))
        np.add.at(to_other, to, (by_own[:, None] * likely_other)[:, None] * later[:, :, other])
        reward, discount = self.game.reward[self.row[choices]], self.game.discount[self.row[choices]]
        pair, pair_other = ("ckl,cl->ck", "ckl,ck->cl") if i == 0 else ("ckl,ck->cl", "ckl,cl->ck")
        worth = np.einsum(pair, reward[:, i], beliefs[at, other])[:, None] + discount[:, i, None, None] * worth
        known = np.einsum(pair_other, reward[:, j], beliefs[at, own] * policy)
        to_other = known[:, None] + discount[:, j, None, None] * to_other
        self.values[here, :, other] = np.add.reduceat(to_other, starts, axis=0)
        answers = [_logit(self.precisions[i] * worth[:, n], starts, counts) for n in (_VALUE, _ANSWER)]
        self.residual = max(self.residual, float(np.abs(answers[0] - policy).max()))
        self.values[here, _VALUE, own] = np.add.reduceat(policy * worth[:, _VALUE], starts, axis=0)
        self.values[here, _BEST, own] = np.maximum.reduceat(worth[:, _BEST], starts, axis=0)
        self.values[here, _ANSWER, own] = np.add.reduceat(answers[1] * worth[:, _ANSWER], starts, axis=0)

    def _later(self, edges: NDArray[np.int64]) -> Array:
        """Return the values after edges; a type that is drawn anew expects the average of the new ones."""
        later = self.values[edges]
        for k, columns in enumerate(self.columns):
            drawn = (self.redraw[edges] > 0) & (self.game.redraw_player[self.redraw[edges]] == k)
            draw = self.game.redraw[self.redraw[edges[drawn]], : self.types[k]]
            later[drawn, :, columns] = np.einsum("evk,ek->ev", later[drawn, :, columns], draw)[..., None]
        return later


def _logit(odds: Array, starts: NDArray[np.int64], counts: NDArray[np.int64]) -> Array:
    odds = np.exp(odds - np.repeat(np.maximum.reduceat(odds, starts, axis=0), counts, axis=0))
    return odds / np.repeat(np.add.reduceat(odds, starts, axis=0), counts, axis=0)


def _by_type(game: Game, values: Array) -> dict[str, dict[str, float]]:
    numbers = iter(map(float, values))
    return {p.name: {k: next(numbers) for k in p.types} for p in game.players}
