"""Work space of kernels: one set of arrays for each thread, made once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..compiled import inlined
from .interpolation import whole


class Room(NamedTuple):
    """Work space for stages with up to A moves on belief grids of up to n nodes.

    W and m are 4 A and 4 n, up to the next multiple of `WIDE`.

    | array | shape | after a stage |
    |---|---|---|
    | ``lines`` | (n, W) | continuations on the line of the mover's own beliefs; a column is found by `line_of` |
    | ``cubics`` | (4, n, W) | their interpolants |
    | ``sums``, ``previous``, ``first``, ``second``, ``following`` | (m,) | one state's values, four at each node |
    | ``expected`` | (A, 2) | mover's expected reward |
    | ``line``, ``line_i`` | (n,) | |
    | ``q``, ``dq``, ``policy`` | (2, A) | value of a move by own type, its derivative in log odds, its chance |
    | ``y``, ``start``, ``f``, ``step``, ``trial`` | (A,) | log-likelihood ratios; work space |
    | ``after`` | (A,) | belief about the mover after each move |
    | ``other_q`` | (2, A) | after `behave`: value of each move to the other player, by that player's type |
    | ``values`` | (2, 2) | value to each player's types |
    """

    lines: NDArray[np.float64]
    cubics: NDArray[np.float64]
    sums: NDArray[np.float64]
    previous: NDArray[np.float64]
    first: NDArray[np.float64]
    second: NDArray[np.float64]
    following: NDArray[np.float64]
    expected: NDArray[np.float64]
    line: NDArray[np.float64]
    line_i: NDArray[np.float64]
    q: NDArray[np.float64]
    dq: NDArray[np.float64]
    policy: NDArray[np.float64]
    y: NDArray[np.float64]
    start: NDArray[np.float64]
    f: NDArray[np.float64]
    step: NDArray[np.float64]
    trial: NDArray[np.float64]
    after: NDArray[np.float64]
    other_q: NDArray[np.float64]
    values: NDArray[np.float64]


@inlined
def line_of(a, k, other=0):
    """Return the column of a move's continuation: to the mover's type ``k``, or with ``other`` 1 to the other's."""
    return 4 * a + 2 * other + k


def make_room(most_moves: int, widest: int) -> Room:
    """Return work space for stages with up to ``most_moves`` moves on grids of up to ``widest`` nodes."""
    a, n = most_moves, widest
    w, m, by_type = whole(4 * a), whole(4 * n), (2, a)
    shapes = [(n, w), (4, n, w), *[(m,)] * 5, (a, 2), (n,), (n,), *[by_type] * 3, *[(a,)] * 6, by_type, (2, 2)]
    return Room(*(np.zeros(shape) for shape in shapes))
