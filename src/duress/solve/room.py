"""Work space of kernels: one set of arrays for each thread, made once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Room(NamedTuple):
    """Work space for stages with up to A moves on belief grids of up to n nodes.

    | array | shape | after a stage |
    |---|---|---|
    | ``own``, ``other`` | (A, 2, n) | continuations of the mover and the other player on the line of own beliefs |
    | ``own_cubics``, ``other_cubics`` | (A, 2, n, 4) | their interpolants |
    | ``expected`` | (A, 2) | mover's expected reward |
    | ``line``, ``line_i`` | (n,) | |
    | ``q``, ``dq``, ``policy`` | (2, A) | value of a move by own type, its derivative in log odds, its chance |
    | ``y``, ``start``, ``f``, ``step``, ``trial`` | (A,) | log-likelihood ratios; work space |
    | ``after`` | (A,) | belief about the mover after each move |
    | ``other_q`` | (2, A) | after `behave`: value of each move to the other player, by that player's type |
    | ``values`` | (2, 2) | value to each player's types |
    """

    own: NDArray[np.float64]
    other: NDArray[np.float64]
    own_cubics: NDArray[np.float64]
    other_cubics: NDArray[np.float64]
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


def make_room(most_moves: int, widest: int) -> Room:
    """Return work space for stages with up to ``most_moves`` moves on grids of up to ``widest`` nodes."""
    a, n = most_moves, widest
    line, cubics, by_type = (a, 2, n), (a, 2, n, 4), (2, a)
    shapes = [line, line, cubics, cubics, (a, 2), (n,), (n,), by_type, by_type, by_type, *[(a,)] * 6, by_type, (2, 2)]
    return Room(*(np.zeros(shape) for shape in shapes))
