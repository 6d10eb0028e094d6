"""Every equilibrium of crisis-signaling games: roots in the log odds that B resists, each bracketed and refined.

Probabilities are never clamped, so that there are no roots that a smallest probability made. An equilibrium beyond the
grid has log odds of plus or minus infinity: B resists, or concedes, for sure, as far as numbers tell. Of these the one
in which B concedes may be a corner: where S_A > V_A, A does not challenge, and what B would do is never seen.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize.elementwise import find_root

from .pseudo import log_odds_of_backing_down
from .signaling_game import normal_score

Array = NDArray[np.float64]

FARTHEST = 700.0
"""Log odds beyond which an equilibrium is not looked for: a probability of 1e-304."""

_FAR = np.geomspace(12.0, FARTHEST, 50)
_GRID = np.concatenate([-_FAR[:0:-1], np.linspace(-12.0, 12.0, 241), _FAR[1:]])
_FINER = 16
_APART = 1e-7


class Equilibria(NamedTuple):
    """Equilibria of many games, in ascending order of the game and of the log odds that B resists.

    Parameters
    ----------
    game : array of int, shape (equilibria,)
    t : array, shape (equilibria,)
        Log odds that B resists.
    """

    game: NDArray[np.intp]
    t: Array

    def counts(self, games: int) -> NDArray[np.intp]:
        """Return how many equilibria each game has."""
        return np.bincount(self.game, minlength=games)


def _gap(t: Array, *u: Array) -> Array:
    """Return Φ⁻¹(p) − z, as `pseudo.gap` does, for arrays of any shape."""
    S, V, C, W, WB, a, VB = u
    log_rho = log_odds_of_backing_down(t, S, V, W, a)
    with np.errstate(over="ignore", invalid="ignore"):
        found = normal_score(t) - (WB - C + np.exp(log_rho) * (VB - C))
    return np.nan_to_num(found, nan=0.0, posinf=1e300, neginf=-1e300)


def _brackets(
    u: Array, game: NDArray[np.intp], ts: Array
) -> tuple[NDArray[np.intp], Array, Array, Array, NDArray[np.intp]]:
    """Return brackets of sign changes on rows of grids, and pieces where the gap nearly touches 0 without crossing."""
    values = _gap(ts, *u[game].T[:, :, None])
    row, k = np.nonzero(np.sign(values[:, :-1]) * np.sign(values[:, 1:]) < 0.0)
    size = np.minimum(np.abs(values), 1e100)
    dips = (size[:, 1:-1] <= size[:, :-2]) & (size[:, 1:-1] <= size[:, 2:])
    same = (np.sign(values[:, 1:-1]) == np.sign(values[:, :-2])) & (np.sign(values[:, 1:-1]) == np.sign(values[:, 2:]))
    r, d = np.nonzero(dips & same)
    before, here, after = size[r, d], size[r, d + 1], size[r, d + 2]
    near = here < 2.0 * np.maximum(before - here, after - here)
    r, d = r[near], d[near]
    return game[row], ts[row, k], ts[row, k + 1], np.stack([ts[r, d], ts[r, d + 2]], axis=1), game[r]


def equilibria(u: Array) -> Equilibria:
    """Return every equilibrium of the games with utilities ``u``, shape (games, 7).

    A grid in log odds brackets the roots; where the gap dips towards 0 between three points of it, the piece is looked
    at again, finer, twice. Two equilibria nearer to one another than about 1e-4 in log odds may be missed as a pair.
    """
    games = np.arange(len(u))
    where, low, high, pieces, of = _brackets(u, games, np.broadcast_to(_GRID, (len(u), len(_GRID))))
    found = [(where, low, high)]
    for _ in range(2):
        if not len(of):
            break
        finer = pieces[:, :1] + (pieces[:, 1:] - pieces[:, :1]) * np.linspace(0.0, 1.0, _FINER + 1)
        where, low, high, pieces, of = _brackets(u, of, finer)
        found.append((where, low, high))
    game, low, high = (np.concatenate(parts) for parts in zip(*found, strict=True))
    answer = find_root(_gap, (low, high), args=tuple(u[game].T), tolerances={"xatol": 1e-14, "xrtol": 1e-15})
    t = answer.x
    # A jump over 0 between two infinities is no root: either side of one is small.
    beside = np.abs(_gap(t, *u[game].T)) <= np.abs(_gap(t + _APART, *u[game].T)) + np.abs(_gap(t - _APART, *u[game].T))
    good = beside & (np.abs(_gap(t, *u[game].T)) < 1e-6)
    low, high = (np.flatnonzero(_gap(np.full(len(u), end), *u.T) * end < 0.0) for end in (-FARTHEST, FARTHEST))
    ends = [np.full(len(low), -np.inf), np.full(len(high), np.inf)]
    game, t = np.concatenate([game[good], low, high]), np.concatenate([t[good], *ends])
    order = np.lexsort((t, game))
    game, t = game[order], t[order]
    new = np.ones(len(t), dtype=bool)
    new[1:] = (np.diff(game) > 0) | (t[1:] > t[:-1] + _APART)
    return Equilibria(game[new], t[new])
