"""What a move leads to, after chance and at any beliefs: the half of the certificate that reads the next states.

Letters as in `recompute`, of which this is a part.

References
----------
Fritsch, F. N. & Carlson, R. E. (1980). Monotone piecewise cubic interpolation. SIAM J. Numer. Anal. 17(2), 238-246.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..compiled import kernel

PLANS = 3


class Table(NamedTuple):
    """Work space of one thread, for up to A moves, n belief nodes and C columns.

    | array | shape | meaning |
    |---|---|---|
    | ``sums``, ``slopes`` | (A, n, C) | what each move leads to, after chance, at every u; its slopes |
    | ``posterior`` | (n,) | belief after a move, at every u |
    | ``after`` | (A, C, n) | what each move leads to at its posterior |
    | ``again`` | (A, C, n) | the same at the posterior that Bayes' rule draws from the choices |
    | ``pay`` | (A, 2, 2, 2) | reward to the mover (0) and the other player (1), by type of the mover and of the other |
    | ``discount`` | (A, 2) | factor of the mover and of the other player |
    | ``reward`` | (A, 2) | the mover's expected reward, by own type |
    | ``worth`` | (4, 2, A, n) | of each move to the mover's types: by plan; of plan 0 from ``again`` |
    | ``choice`` | (4, 2, A, n) | logit response to ``worth``; none for plan 1, which takes the best |
    | ``chance`` | (3, A, n) | public chance of each move by a type of the mover, and over both |
    | ``best``, ``total`` | (n,) | the best worth of a move, and sums |
    | ``along_i``, ``along_i_slopes`` | (1, n, C) | worths of a successor along the belief about i |
    | ``along_j``, ``along_j_slopes`` | (1, n, C) | and about j |
    | ``here`` | (1, C, 1) | worths of a successor at one pair of beliefs |
    """

    sums: NDArray[np.float64]
    slopes: NDArray[np.float64]
    posterior: NDArray[np.float64]
    after: NDArray[np.float64]
    again: NDArray[np.float64]
    pay: NDArray[np.float64]
    discount: NDArray[np.float64]
    reward: NDArray[np.float64]
    worth: NDArray[np.float64]
    choice: NDArray[np.float64]
    chance: NDArray[np.float64]
    best: NDArray[np.float64]
    total: NDArray[np.float64]
    along_i: NDArray[np.float64]
    along_i_slopes: NDArray[np.float64]
    along_j: NDArray[np.float64]
    along_j_slopes: NDArray[np.float64]
    here: NDArray[np.float64]


def make_table(most_moves: int, widest: int, slots: int) -> Table:
    """Return work space for up to ``most_moves`` moves, ``widest`` belief nodes, ``slots`` types over both players."""
    a, n, columns = most_moves, widest, PLANS * slots
    table = {
        "sums": (a, n, columns),
        "slopes": (a, n, columns),
        "posterior": (n,),
        "after": (a, columns, n),
        "again": (a, columns, n),
        "pay": (a, 2, 2, 2),
        "discount": (a, 2),
        "reward": (a, 2),
        "worth": (PLANS + 1, 2, a, n),
        "choice": (PLANS + 1, 2, a, n),
        "chance": (3, a, n),
        "best": (n,),
        "total": (n,),
        "along_i": (1, n, columns),
        "along_i_slopes": (1, n, columns),
        "along_j": (1, n, columns),
        "along_j_slopes": (1, n, columns),
        "here": (1, columns, 1),
    }
    return Table(**{name: np.zeros(shape) for name, shape in table.items()})


@kernel
def cell(i, about_i, about_j):
    """Return indices of a pair of nodes in the order of the players."""
    return (about_i, about_j) if i == 0 else (about_j, about_i)


@kernel
def share(types, belief, k):
    """Return the public probability of type ``k``."""
    if types == 1:
        return 1.0
    return belief if k == 1 else 1.0 - belief


@kernel
def clear(sums, a):
    """Set what move a leads to to nothing."""
    for u in range(sums.shape[1]):
        for c in range(sums.shape[2]):
            sums[a, u, c] = 0.0


@kernel
def add_plain(F, s, chance, a, i, w, n, sums):
    """Add to ``sums[a]`` a branch to state s that changes no beliefs, at all n nodes of the belief about i."""
    for u in range(n):
        n0, n1 = cell(i, u, w)
        for c in range(sums.shape[2]):
            sums[a, u, c] += chance * F[s, n0, n1, c]


@kernel
def add_news(g, F, b, a, i, w, nodes_i, nodes_j, t):
    """Add to ``t.sums[a]`` a branch that tells the public of a type, or draws one anew."""
    j, row, redraw = 1 - i, g.likelihood_row[b], g.redraw_row[b]
    drawn = g.redraw_player[redraw] if redraw else -1
    slots = g.types[0] + g.types[1]
    begin_i, begin_j = cell(i, 0, g.types[0])
    chance_j, q_after = _hear(g.likelihood, row, j, g.types[j], nodes_j[w])
    if drawn == j:
        q_after = _newly_drawn(g.redraw, redraw, g.types[j])
    for u in range(nodes_i.shape[0]):
        chance_i, p_after = _hear(g.likelihood, row, i, g.types[i], nodes_i[u])
        if drawn == i:
            p_after = _newly_drawn(g.redraw, redraw, g.types[i])
        _read_anywhere(
            F, g.successor[b], i, p_after, q_after, nodes_i, nodes_j,
            t.along_i, t.along_i_slopes, t.along_j, t.along_j_slopes, t.here,
        )  # fmt: skip
        if drawn >= 0:
            _forget_types(t.here, slots, begin_i if drawn == i else begin_j, g.redraw, redraw, g.types[drawn])
        for plan in range(PLANS):
            for k in range(g.types[i]):
                c = plan * slots + begin_i + k
                t.sums[a, u, c] += g.probability[b] * g.likelihood[row, i, k] * chance_j * t.here[0, c, 0]
            for k in range(g.types[j]):
                c = plan * slots + begin_j + k
                t.sums[a, u, c] += g.probability[b] * g.likelihood[row, j, k] * chance_i * t.here[0, c, 0]


@kernel
def _hear(likelihood, row, player, types, belief):
    """Return a branch's chance in the public's eyes, as far as a player's type enters, and the belief after it."""
    chance = 0.0
    for k in range(types):
        chance += share(types, belief, k) * likelihood[row, player, k]
    if types == 1 or chance == 0.0:  # Nothing to learn; or cannot happen in the public's eyes.
        return chance, belief
    return chance, belief * likelihood[row, player, 1] / chance


@kernel
def _newly_drawn(redraw, row, types):
    """Return the belief in the second type after a new draw."""
    return redraw[row, 1] if types == 2 else 0.0


@kernel
def _forget_types(here, slots, begin, redraw, row, types):
    """Replace the worths of a player's types by what they are worth before the type is drawn."""
    for plan in range(PLANS):
        worth = 0.0
        for k in range(types):
            worth += redraw[row, k] * here[0, plan * slots + begin + k, 0]
        for k in range(types):
            here[0, plan * slots + begin + k, 0] = worth


# Interpolation


@kernel
def place(nodes, belief):
    """Return the interval of a belief and the fraction of it."""
    low, high = 0, nodes.shape[0] - 1
    if high == 0:
        return 0, 0.0
    while high - low > 1:
        middle = (low + high) // 2
        if nodes[middle] <= belief:
            low = middle
        else:
            high = middle
    return low, (belief - nodes[low]) / (nodes[low + 1] - nodes[low])


@kernel
def fill_slopes(nodes, lines, slopes, row, first, last):
    """Write the slopes of ``lines[row]`` at nodes ``first`` to ``last``, every column."""
    n = nodes.shape[0]
    for u in range(first, last + 1):
        inner = 0 < u < n - 1
        middle = min(max(u, 1), n - 2)
        before, behind = 1.0 / (nodes[middle] - nodes[middle - 1]), 1.0 / (nodes[middle + 1] - nodes[middle])
        # The parabola's slope here is this mix of the secants before and behind the middle node.
        mix = (nodes[u] - (nodes[middle - 1] + nodes[middle]) / 2) * 2 / (nodes[middle + 1] - nodes[middle - 1])
        for c in range(lines.shape[2]):
            left = (lines[row, middle, c] - lines[row, middle - 1, c]) * before
            right = (lines[row, middle + 1, c] - lines[row, middle, c]) * behind
            slope = (1.0 - mix) * left + mix * right
            small = min(abs(left), abs(right))
            near = left if u == 0 else right
            limit, other = (small, left * right) if inner else (abs(near), slope * near)
            slope = min(max(slope, -3.0 * limit), 3.0 * limit)
            slopes[row, u, c] = slope if other > 0.0 else 0.0


@kernel
def read(nodes, lines, slopes, row, low, x, out, u, begin, end):
    """Write into ``out[row, :, u]`` some columns of ``lines[row]``, interpolated at fraction x of interval low."""
    h, z = nodes[low + 1] - nodes[low], 1.0 - x
    f0, f1 = (1.0 + 2.0 * x) * z * z, (1.0 + 2.0 * z) * x * x
    m0, m1 = h * x * z * z, -h * z * x * x
    for c in range(begin, end):
        level = f0 * lines[row, low, c] + f1 * lines[row, low + 1, c]
        out[row, c, u] = level + m0 * slopes[row, low, c] + m1 * slopes[row, low + 1, c]


@kernel
def _read_anywhere(F, s, i, p, q, nodes_i, nodes_j, along_i, slopes_i, along_j, slopes_j, here):
    """Write into ``here`` the worths of state s at beliefs p about i and q about j, first along q, then along p."""
    low_i, x_i = place(nodes_i, p)
    low_j, x_j = place(nodes_j, q)
    if x_i == 0.0:
        _read_across(F, s, i, low_i, low_j, x_j, nodes_j, along_j, slopes_j, here)
        return
    for u in range(max(low_i - 1, 0), min(low_i + 3, nodes_i.shape[0])):
        _read_across(F, s, i, u, low_j, x_j, nodes_j, along_j, slopes_j, here)
        for c in range(here.shape[1]):
            along_i[0, u, c] = here[0, c, 0]
    fill_slopes(nodes_i, along_i, slopes_i, 0, low_i, low_i + 1)
    read(nodes_i, along_i, slopes_i, 0, low_i, x_i, here, 0, 0, here.shape[1])


@kernel
def _read_across(F, s, i, u, low, x, nodes_j, along_j, slopes_j, here):
    """Write into ``here`` the worths of state s at node u of the belief about i and any belief about j."""
    if x == 0.0:
        n0, n1 = cell(i, u, low)
        for c in range(here.shape[1]):
            here[0, c, 0] = F[s, n0, n1, c]
        return
    for w in range(max(low - 1, 0), min(low + 3, nodes_j.shape[0])):
        n0, n1 = cell(i, u, w)
        for c in range(here.shape[1]):
            along_j[0, w, c] = F[s, n0, n1, c]
    fill_slopes(nodes_j, along_j, slopes_j, 0, low, low + 1)
    read(nodes_j, along_j, slopes_j, 0, low, x, here, 0, 0, here.shape[1])
