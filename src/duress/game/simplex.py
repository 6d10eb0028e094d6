"""Lattices of public beliefs about a player with any number of types, and the interpolant on them.

A belief about a player with K types is a point b of the simplex with K corners. In the chances of "type m or later",

    x_m = b_m + ... + b_{K-1},   m = 1 .. K - 1,   1 >= x_1 >= ... >= x_{K-1} >= 0,

the lattice is all such chains whose members are levels l_0 = 0 < ... < l_n = 1, the same for every coordinate:
C(n + K - 1, K - 1) points. Levels at l_z = (1 - cos(π z / n)) / 2 crowd near 0 and 1, and so points near every face of
the simplex, where reputations lie. For two types the lattice is the cosine grid of `beliefs`.

Between levels each coordinate has a fraction of its interval; raising the coordinates to their upper levels one after
the other, the largest fraction first, passes the K corners of a cell that holds the belief, and the weights of the
corners are the differences of successive fractions. These cells (Freudenthal's and Kuhn's triangulation) meet face to
face; coordinates in one interval have falling fractions, so that a chain stays a chain and every corner is a point of
the lattice. The interpolant is continuous, linear within a cell, exact for what is linear in belief, and between the
largest and the smallest value at the corners. Where the values are smooth its error is of order h² in the step
h = 1 / n.

References
----------
Freudenthal, H. (1942). Simplizialzerlegungen von beschränkter Flachheit. Ann. Math. 43(3), 580-582.
Lovejoy, W. S. (1991). Computationally feasible bounds for partially observed Markov decision processes. Oper. Res.
39(1), 162-175: the interpolation of values over beliefs, with even levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import comb

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .game import MAX_TYPES


@dataclass(frozen=True)
class Lattice:
    """Points of a belief simplex at which a game is solved.

    Parameters
    ----------
    levels : float64 array, shape (n + 1,)
        What a chance of "type m or later" may be at a point; from 0 to 1.
    ranks : int64 array, shape (MAX_TYPES - 1, n + 1)
        ``ranks[d, z]`` = C(z + d, d + 1). The point whose coordinate m is level z_m has the number
        Σ_m ``ranks[K - 1 - m, z_m]``.
    points : float64 array, shape (N, K)
        The beliefs, by number. The first is certainty of the first type, the last certainty of the last.
    """

    levels: NDArray[np.float64]
    ranks: NDArray[np.int64]
    points: NDArray[np.float64]

    @property
    def types(self) -> int:
        """Number of types, K."""
        return self.points.shape[1]

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.points)

    def place(self, beliefs: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return numbers of the corners of the cells that hold ``beliefs``, and the weights of the corners.

        Parameters
        ----------
        beliefs : float64 array, shape (..., K)

        Returns
        -------
        corners : int64 array, shape (..., K)
        weights : float64 array, shape (..., K)
            Non-negative, summing to 1.
        """
        later = np.minimum(np.cumsum(beliefs[..., :0:-1], axis=-1)[..., ::-1], 1.0)
        low = np.clip(np.searchsorted(self.levels, later, side="right") - 1, 0, len(self.levels) - 2)
        fraction = (later - self.levels[low]) / (self.levels[low + 1] - self.levels[low])
        # Stable: of coordinates alike the first is raised first, which keeps the chain.
        order = np.argsort(-fraction, axis=-1, kind="stable")
        depth = np.arange(self.types - 2, -1, -1)
        rise = self.ranks[depth, low + 1] - self.ranks[depth, low]
        start = self.ranks[depth, low].sum(axis=-1, keepdims=True)
        corners = start + np.cumsum(np.take_along_axis(rise, order, axis=-1), axis=-1)
        falling = np.take_along_axis(fraction, order, axis=-1)
        ends = np.ones((*falling.shape[:-1], 1))
        weights = -np.diff(np.concatenate([ends, falling, 0 * ends], axis=-1), axis=-1)
        return np.concatenate([start, corners], axis=-1), weights

    def read(self, values: NDArray[np.float64], belief: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the interpolant at one ``belief``, shape (K,), of ``values``, shape (N, ...)."""
        corners, weights = self.place(belief)
        return np.tensordot(weights, values[corners], axes=1)


def belief_lattice(types: int, nodes: int) -> Lattice:
    """Return the lattice of beliefs about a player with ``types`` types.

    Parameters
    ----------
    types : int
        1 to 4.
    nodes : int
        Points along an edge of the simplex (between two types), certainties included; at least 3.

    Raises
    ------
    InputError
        If ``types`` or ``nodes`` is out of range.
    """
    if not 1 <= types <= MAX_TYPES:
        raise InputError(f"a player has {types} types; 1 to {MAX_TYPES} are allowed")
    if nodes < 3:
        raise InputError(f"beliefs: {nodes} nodes; at least 3 are needed")
    n = nodes - 1
    levels = (1 - np.cos(np.pi * np.arange(nodes) / n)) / 2
    ranks = np.array([[comb(z + d, d + 1) for z in range(nodes)] for d in range(MAX_TYPES - 1)], np.int64)
    rising = combinations_with_replacement(range(nodes), types - 1)
    chains = np.array(sorted(chain[::-1] for chain in rising), np.int64).reshape(
        comb(n + types - 1, types - 1), types - 1
    )
    ends = np.ones((len(chains), 1))
    points = -np.diff(np.concatenate([ends, levels[chains], 0 * ends], axis=1), axis=1)
    # In row order, whatever order NumPy chose: another layout would be another type to compile kernels for.
    return Lattice(levels, ranks, np.ascontiguousarray(points))
