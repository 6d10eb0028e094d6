"""Beliefs on a lattice inside kernels: where a belief lies, and the work space of a stage."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..compiled import kernel
from .interpolation import locate


class Grid(NamedTuple):
    """The two lattices: levels and ranks, which they share, and the beliefs at their points (see `Lattice`)."""

    levels: NDArray[np.float64]
    ranks: NDArray[np.int64]
    points0: NDArray[np.float64]
    points1: NDArray[np.float64]


class Room(NamedTuple):
    """Work space of one thread, for up to A moves, N points, K types of a player and n = A (K - 1) ratios.

    | array | shape | meaning |
    |---|---|---|
    | ``lines`` | (A, N, 2 K) | what each move leads to, after chance, by u: types of the mover, then of the other |
    | ``prior``, ``log_prior`` | (K,) | belief about the mover before it moves; -inf for none |
    | ``expected``, ``reward`` | (A, K) | the mover's expected reward by own type; the same with the tilt of a trace |
    | ``tilt`` | (A, K) | what a trace adds to rewards at λ = 0, and less as it goes on |
    | ``corner``, ``weight`` | (A, K) | cell of the posterior, weights of its corners |
    | ``after`` | (A, K) | posterior |
    | ``q``, ``policy`` | (K, A) | worth of a move by own type, its chance |
    | ``dq`` | (K, A, K - 1) | derivative of ``q`` in the ratios of the same move |
    | ``y``, ``start``, ``best``, ``trial``, ``f``, ``right`` | (n + 1,) | ratios (and log λ); work space |
    | ``z``, ``base``, ``direction``, ``level``, ``scale`` | (n + 1,) | of a trace |
    | ``matrix`` | (n + 1, n + 1) | |
    | ``values`` | (2, K) | value to each player's types |
    | ``here``, ``news`` | (2 K,), (2, K) | work space: values of a successor; beliefs after public news |
    | ``slot``, ``share`` | (3, K) | cells and weights: of the posterior in work, of news about i and j |
    | ``low``, ``fraction``, ``order`` | (K,) | work space: intervals, fractions, order of raising |
    """

    lines: NDArray[np.float64]
    prior: NDArray[np.float64]
    log_prior: NDArray[np.float64]
    expected: NDArray[np.float64]
    reward: NDArray[np.float64]
    tilt: NDArray[np.float64]
    corner: NDArray[np.int64]
    weight: NDArray[np.float64]
    after: NDArray[np.float64]
    q: NDArray[np.float64]
    policy: NDArray[np.float64]
    dq: NDArray[np.float64]
    y: NDArray[np.float64]
    start: NDArray[np.float64]
    best: NDArray[np.float64]
    trial: NDArray[np.float64]
    f: NDArray[np.float64]
    right: NDArray[np.float64]
    z: NDArray[np.float64]
    base: NDArray[np.float64]
    direction: NDArray[np.float64]
    level: NDArray[np.float64]
    scale: NDArray[np.float64]
    matrix: NDArray[np.float64]
    values: NDArray[np.float64]
    here: NDArray[np.float64]
    news: NDArray[np.float64]
    slot: NDArray[np.int64]
    share: NDArray[np.float64]
    low: NDArray[np.int64]
    fraction: NDArray[np.float64]
    order: NDArray[np.int64]


def make_room(most_moves: int, points: int, types: int) -> Room:
    """Return work space for up to ``most_moves`` moves, ``points`` lattice points and ``types`` types of a player."""
    a, k = most_moves, types
    n = a * max(k - 1, 1) + 1
    by_move, whole = (a, k), np.int64
    room = {name: np.zeros(by_move) for name in ("expected", "reward", "tilt", "weight", "after")}
    room |= {name: np.zeros(n) for name in ("y", "start", "best", "trial", "f", "right")}
    room |= {name: np.zeros(n) for name in ("z", "base", "direction", "level", "scale")}
    room |= {name: np.zeros(k) for name in ("prior", "log_prior", "fraction")}
    return Room(
        lines=np.zeros((a, points, 2 * k)), corner=np.zeros(by_move, whole), q=np.zeros((k, a)),
        policy=np.zeros((k, a)), dq=np.zeros((k, a, max(k - 1, 1))), matrix=np.zeros((n, n)), values=np.zeros((2, k)),
        here=np.zeros(2 * k), news=np.zeros((2, k)), slot=np.zeros((3, k), whole), share=np.zeros((3, k)),
        low=np.zeros(k, whole), order=np.zeros(k, whole), **room,
    )  # fmt: skip


# Slices would do, at ten times the time to compile.


@kernel
def fill(n, array, number):
    """Write ``number`` into the first n places."""
    for c in range(n):
        array[c] = number


@kernel
def copy(n, source, target):
    """Copy the first n numbers."""
    for c in range(n):
        target[c] = source[c]


@kernel
def place(levels, ranks, belief, types, low, fraction, order, corners, weights):
    """Write the cell of ``belief``, shape (types,), and the weights of its corners; see `Lattice.place`.

    Corner v is reached from corner v - 1 by raising coordinate ``order[v - 1]`` (0 for type 1 or later).
    """
    later, start = 0.0, 0
    for m in range(types - 2, -1, -1):
        later += belief[m + 1]
        low[m], fraction[m] = locate(levels, later)
        start += ranks[types - 2 - m, low[m]]
    for m in range(types - 1):
        at = m
        while at > 0 and fraction[order[at - 1]] < fraction[m]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = m
    corners[0], above = start, 1.0
    for v in range(1, types):
        m = order[v - 1]
        corners[v] = corners[v - 1] + ranks[types - 2 - m, low[m] + 1] - ranks[types - 2 - m, low[m]]
        weights[v - 1] = above - fraction[m]
        above = fraction[m]
    weights[types - 1] = above
