"""The certificate of a solution on belief lattices, by plain arrays: what `certificate` is for belief grids.

From the values and log-likelihood ratios that the solver wrote, it works out from the game's equations alone whether
behaviour answers the beliefs it creates, whether values add up, and what each type would get by answering the behaviour
of the other as well as it can. Only the definition of the interpolant (`Lattice.place`) is common to both.

| letter | meaning |
|---|---|
| s, a | state; move of the state |
| i, j | who moves in s; the other player |
| u, w | point of the lattice of beliefs about i; about j |
| k, l | type of i; type of j |
| p | plan of a player, the other behaving as in the solution: 0 as in the solution, its values as the solver wrote them; 1 the best of all plans; 2 the logit response to what plan 2 itself leads to |
| c | column: types of player 0, then of player 1 |
| F | worth of a state, shape (S, N0, N1, 3, K0 + K1) |
| X | the same of one state with the mover's belief first, shape (N_i, N_j, 3, K0 + K1) |
"""  # noqa: E501

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..game.game import Game
from ..game.simplex import Lattice
from .certificate import Certificate, Stakes
from .lattice import LatticeInduction

Array = NDArray[np.float64]

_PLANS = 3


def certify_lattice(game: Game, induction: LatticeInduction, coarse: LatticeInduction | None = None) -> Certificate:
    """Return the certificate of ``induction``, a solution of ``game``.

    Parameters
    ----------
    coarse : LatticeInduction, optional
        The same game on lattices with half as many intervals; without it the grid error is not known, and given as 0.
    """
    closing = _closing(game, induction.lattices)
    value_error = _difference(induction.values[game.periods], closing)
    later = np.repeat(closing[..., None, :], _PLANS, axis=3)
    ends, residual = np.flatnonzero(game.mover < 0), 0.0
    for t in range(game.periods - 1, -1, -1):
        now = np.repeat(induction.values[t][..., None, :], _PLANS, axis=3)
        value_error = max(value_error, _difference(induction.values[t][ends], closing[ends]))
        now[ends] = closing[ends][..., None, :]
        checker = _Checker(game.in_period(t), induction)
        for s in (int(s) for level in game.order() for s in level):
            missed, differs = checker.check(s, now, later, induction.ratios[t])
            residual, value_error = max(residual, missed), max(value_error, differs)
        later = now
    first, second = (np.array(p.prior) for p in game.players)
    at_prior = induction.lattices[1].read(induction.lattices[0].read(later[game.start], first), second)
    value, best, answer = at_prior
    return Certificate(
        residual=residual,
        value_error=value_error,
        unsolved=int(induction.unsolved.sum()),
        deviation_gain=_by_type(game, best - value),
        deviation_gain_precision=_by_type(game, best - answer),
        deviation_gain_numerical=_by_type(game, answer - value),
        grid_error=0.0 if coarse is None else _grid_error(game, induction, coarse),
    )


@dataclass(frozen=True)
class _Checker:
    """Works out one state at all pairs of points at once."""

    game: Game
    induction: LatticeInduction

    def check(self, s: int, now: Array, later: Array, ratios: Array) -> tuple[float, float]:
        """Write plans 1 and 2 of state ``s`` into ``now``; return the residual and the value error of plan 0."""
        game, i = self.game, int(self.game.mover[s])
        lattice, precision = self.induction.lattices[i], float(self.induction.precisions[i])
        moves, types = game.moves_of(s), game.types[i]
        own, theirs = self._columns(i), self._columns(1 - i)
        X = _mover_first(now[s], i)
        prior = _log(lattice.points)[:, None, :]
        leads = [self._lead(a, i, later if game.elapsed[a] else now) for a in moves]
        if len(moves) > 1:
            told = [_mover_first(ratios[a], i)[..., : types - 1] for a in moves]
            after = [_normal(prior + np.pad(y, ((0, 0), (0, 0), (1, 0)))) for y in told]
        else:
            after = [np.broadcast_to(lattice.points[:, None, :], (*X.shape[:2], types))]
        onward = [_along(lattice, lead, b) for lead, b in zip(leads, after, strict=True)]
        reward = [self._expected_reward(a, i) for a in moves]
        worth = np.stack([r + o[..., own] for r, o in zip(reward, onward, strict=True)], axis=-1)
        log_choice = _log_response(precision, worth)
        residual = 0.0
        if len(moves) > 1:
            again = []
            for a, lead in enumerate(leads):
                answered = _normal(prior + log_choice[:, :, 0, :, a])
                again.append(reward[a][:, :, 0] + _along(lattice, lead[:, :, :1, own], answered)[:, :, 0])
            answer = np.exp(_log_response(precision, np.stack(again, axis=-1)))
            residual = _worst(np.abs(answer - np.exp(log_choice[:, :, 0])))
        values = (np.exp(log_choice) * worth).sum(axis=-1)
        value_error = _difference(X[:, :, 0, own], values[:, :, 0])
        X[:, :, 1, own] = worth[:, :, 1].max(axis=-1)
        X[:, :, 2, own] = values[:, :, 2]
        chance = lattice.points[:, None, :, None] * np.exp(log_choice[:, :, 0])
        pay = np.stack([self._payoff(a, 1 - i, i) for a in moves])
        values = np.einsum("uwka,akl->uwl", chance, pay)[:, :, None, :]
        for a, o in enumerate(onward):
            values = values + chance[..., a].sum(axis=-1)[:, :, None, None] * o[..., theirs]
        value_error = max(value_error, _difference(X[:, :, 0, theirs], values[:, :, 0]))
        X[:, :, 1:, theirs] = values[:, :, 1:]
        return residual, value_error

    def _columns(self, player: int) -> slice:
        first = self.game.types[0]
        return slice(0, first) if player == 0 else slice(first, first + self.game.types[1])

    def _payoff(self, a: int, player: int, mover: int) -> Array:
        """Return the reward of move ``a`` to a player, by type of the mover and of the other."""
        table = self.game.reward[self.game.row[a], player]
        return table if mover == 0 else table.T

    def _expected_reward(self, a: int, i: int) -> Array:
        """Return the mover's reward by own type over what is believed of the other, shape (1, N_j, 1, K_i)."""
        return (self.induction.lattices[1 - i].points @ self._payoff(a, i, i).T)[None, :, None, :]

    def _lead(self, a: int, i: int, F: Array) -> Array:
        """Return what move ``a`` leads to after chance, discounted, before the public reads it; like X."""
        game, total = self.game, 0.0
        for b in range(int(game.first_branch[a]), int(game.first_branch[a + 1])):
            X = _mover_first(F[game.successor[b]], i)
            if game.likelihood_row[b] or game.redraw_row[b]:
                X = self._after_news(b, i, X)
            total = total + game.probability[b] * X
        discount = np.repeat(game.discount[game.row[a]], game.types)
        return total * discount

    def _after_news(self, b: int, i: int, X: Array) -> Array:
        """Return what branch ``b`` leads to, times its likelihood: it tells of a type, or draws one anew."""
        game, lattices = self.game, self.induction.lattices
        drawn = int(game.redraw_player[game.redraw_row[b]]) if game.redraw_row[b] else -1
        chances, places = {}, {}
        for player in (0, 1):
            likelihood = game.likelihood[game.likelihood_row[b], player, : game.types[player]]
            points = lattices[player].points
            chances[player] = points @ likelihood
            heard = points * likelihood / np.where(chances[player] > 0, chances[player], 1.0)[:, None]
            heard = np.where(chances[player][:, None] > 0, heard, points)
            if player == drawn:
                heard = np.broadcast_to(game.redraw[game.redraw_row[b], : game.types[player]], points.shape)
            places[player] = lattices[player].place(heard)
        (corners_i, weights_i), (corners_j, weights_j) = places[i], places[1 - i]
        here = np.zeros_like(X)
        for v in range(game.types[i]):
            for w in range(game.types[1 - i]):
                weight = weights_i[:, v, None] * weights_j[None, :, w]
                here += weight[..., None, None] * X[corners_i[:, v, None], corners_j[None, :, w]]
        if drawn >= 0:
            columns = self._columns(drawn)
            here[..., columns] = (here[..., columns] @ game.redraw[game.redraw_row[b], : game.types[drawn]])[..., None]
        for player in (0, 1):
            likelihood = game.likelihood[game.likelihood_row[b], player, : game.types[player]]
            seen = chances[1 - player][None, :] if player == i else chances[1 - player][:, None]
            here[..., self._columns(player)] *= likelihood * seen[..., None, None]
        return here


def _mover_first(table: Array, i: int) -> Array:
    """Return a view of ``table``, shape (N0, N1, ...), with the mover's belief first."""
    return table if i == 0 else table.swapaxes(0, 1)


def _along(lattice: Lattice, lead: Array, beliefs: Array) -> Array:
    """Return the interpolant of ``lead``, (N_i, N_j, ...), along its first axis at ``beliefs``, (N_i, N_j, K_i)."""
    corners, weights = lattice.place(beliefs)
    across = np.arange(lead.shape[1])[None, :]
    total = np.zeros_like(lead)
    for v in range(corners.shape[-1]):
        total += weights[..., v, None, None] * lead[corners[..., v], across]
    return total


def _log(chances: Array) -> Array:
    """Return logarithms, -inf of nothing."""
    return np.log(chances, where=chances > 0, out=np.full(chances.shape, -np.inf))


def _normal(logs: Array) -> Array:
    """Return probabilities along the last axis in proportion to what ``logs`` are the logarithms of."""
    odds = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return odds / odds.sum(axis=-1, keepdims=True)


def _log_response(precision: float, worth: Array) -> Array:
    """Return logarithms of the logit response along the last axis."""
    above = precision * (worth - worth.max(axis=-1, keepdims=True))
    return above - np.log(np.exp(above).sum(axis=-1, keepdims=True))


def _closing(game: Game, lattices: tuple[Lattice, Lattice]) -> Array:
    """Return what each state is worth to each type at the horizon, the other's type being as the public believes."""
    payoff = game.closing[game.closing_row]
    first = payoff[:, 0] @ lattices[1].points.T  # (S, K0, N1)
    second = lattices[0].points @ payoff[:, 1]  # (S, N0, K1)
    shape = (game.states, len(lattices[0]), len(lattices[1]))
    by_first = np.broadcast_to(first.swapaxes(1, 2)[:, None, :, :], (*shape, game.types[0]))
    by_second = np.broadcast_to(second[:, :, None, :], (*shape, game.types[1]))
    return np.concatenate([by_first, by_second], axis=3)


def _worst(errors: Array) -> float:
    """Return the largest; infinite if a number is not finite."""
    worst = float(np.max(errors, initial=0.0))
    return worst if np.isfinite(worst) else np.inf


def _difference(found: Array, right: Array) -> float:
    """Return the largest difference relative to one plus the right value."""
    return _worst(np.abs(found - right) / (1 + np.abs(right)))


def _grid_error(game: Game, fine: LatticeInduction, coarse: LatticeInduction) -> float:
    """Return the largest change of a value at the start and the prior, in stakes."""
    priors = [np.array(p.prior) for p in game.players]
    found, rough = (np.concatenate(r.stage(game.start, 0, *priors).values) for r in (fine, coarse))
    return _worst(np.abs(found - rough))


def _by_type(game: Game, values: Array) -> Stakes:
    numbers = iter(map(float, values))
    return {p.name: {k: next(numbers) for k in p.types} for p in game.players}
