"""Backward induction over blocks of states, all beliefs of a state at once.

Every pair of belief nodes of a state has the same moves and the same arithmetic, so Newton's method takes its steps at
all of them side by side, in loops a compiler turns into vector instructions. A pair that is solved leaves the rest; one
that resists is left to `kernels.rescue`, which takes its time.

| letter | meaning |
|---|---|
| s, a, i, j | state, move, mover, the other player, as in `kernels` |
| u, w | node of the mover's own belief; node of the other's |
| c | component of value: types of the mover first, then of the other player |
| e | a pair of nodes, u · (nodes of the other's belief) + w |
| b | a lane: one of the pairs solved side by side |
| T | worth of a move at every pair if the public learned nothing from it, shape (A, C, E) |
| cubics | interpolant of T from pair e to the next node of the mover's belief, (A, C, 4 E): in powers of p - p(u) |

What lanes look up is kept in rows of four numbers, which are read at once, and read again side by side from there:
gathering one number here and one there takes longer than what is done with them.

The unknown, its equation and the Newton step are those of `stage`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..compiled import borrowed, copy_four, entry, kernel
from .elementary import ROUNDS, bits_of, exponential, logarithm
from .interpolation import cubic, end_rise, inner_rise, locate, padded
from .kernels import posterior

_MOST_STEPS = 40
_SHORTEST = 1 / 8
_ROUNDING = 1.6e-14
_NEAR, _SHORT = 1e-4, 1e-5
"""Size of F, and length of a step, from which the next step may be the last."""
_WHOLE = np.uint64(0xFFFFFFFF)
_1, _2, _3, _4 = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
"""Unsigned: a number that may be negative counts from the end, and no vector is made of that."""
_OPEN, _SOLVED, _STUCK = 0.0, 1.0, 2.0
"""State of a lane; numbers like all else there, for the sake of vector instructions."""


@entry
def solve_block(game, states, nodes0, nodes1, odds0, odds1, precisions, tolerance, now, later, y_all, resists):
    """Solve every stage of ``states`` that Newton's method solves; write values and log ratios.

    Parameters
    ----------
    game : GameArrays
    states : int64 array
        All that they lead to within the period must be solved already.
    nodes0, nodes1, odds0, odds1 : float64 arrays, shapes (N0,), (N1,)
        Belief nodes and their log odds, infinite at the ends.
    precisions : float64 array, shape (2,)
    tolerance : float
    now, later : float64 arrays, shape (S, N0, N1, K0 + K1)
        ``now`` is modified in place.
    y_all : float64 array, shape (M, N0, N1)
        Start of each stage on entry, its solution on exit.
    resists : bool array, shape (S, N0, N1)
        Set where a stage is left unsolved, with its start in ``y_all`` and no value.

    Returns
    -------
    (int, int)
        Stages done, and stages left.
    """
    g = borrowed(game)
    now, later, y_all, resists = borrowed(now), borrowed(later), borrowed(y_all), borrowed(resists)
    nodes0, nodes1, odds0, odds1 = borrowed(nodes0), borrowed(nodes1), borrowed(odds0), borrowed(odds1)
    most, columns = g.most_moves, g.types[0] + g.types[1]
    pairs = nodes0.shape[0] * nodes1.shape[0]
    # Work space, made once for all states. (Not borrowed: it would be freed after what looks like its last use.)
    widest = max(nodes0.shape[0], nodes1.shape[0])
    worth, total, slopes = np.empty(pairs), np.empty(pairs * columns), np.empty(pairs * columns)
    worths, rows = np.empty((most, columns * pairs)), np.empty((most, columns * 4 * pairs))
    T, cubics = worths.reshape((most, columns, pairs)), rows.reshape((most, columns, 4 * pairs))
    news_room = _news_room(pairs, widest)
    every, packed = _lanes(most, padded(pairs)), _lanes(most, padded(pairs))
    grid0, grid1 = (
        _grid(nodes0, odds0, nodes1.shape[0], columns),
        _grid(nodes1, odds1, nodes0.shape[0], columns),
    )
    solved, left = 0, 0
    for s in borrowed(states):
        i = g.mover[s]
        first = g.first_move[s]
        moves = g.first_move[s + 1] - first
        grid_i, grid_j = borrowed(grid0 if i == 0 else grid1), borrowed(grid1 if i == 0 else grid0)
        n, m = grid_i.nodes.shape[0], grid_j.nodes.shape[0]
        for a in range(moves):
            V = later if g.elapsed[first + a] else now
            _sum_branches(g, V, first + a, a, i, grid_i, grid_j, total, T, news_room)
            _add_own_reward(g, g.row[first + a], a, i, grid_j.nodes, n, T)
        learns = g.types[i] == 2 and moves > 1
        if learns:
            for a in range(moves):
                _fill_slopes(grid_i, m, worths, a, slopes)
                _fill_cubics(grid_i, m, worths, a, slopes, rows)
            resisting = _solve_inside(
                precisions[i], tolerance, moves, first, s, i, grid_i, m, cubics, y_all, resists, every, packed
            )
            left += resisting
            solved += n * m - resisting
            inside = (n - 2) * m
            _respond_plainly(g.types[i], precisions[i], moves, 0, inside, m, T, every.q, every.policy, every.work)
            _respond_plainly(
                g.types[i], precisions[i], moves, (n - 1) * m, inside + m, m, T, every.q, every.policy, every.work
            )
        else:
            _respond_plainly(g.types[i], precisions[i], moves, 0, 0, n * m, T, every.q, every.policy, every.work)
            solved += n * m
        _write_values(g, s, i, first, moves, learns, grid_i.nodes, m, T, cubics, every, total, worth, now)
    return solved, left


class Grid(NamedTuple):
    """The belief about one player: its nodes, and what is looked up of them by pair or by log odds.

    ``per_before`` and ``per_behind``, by pair and once for every component of value, are the inverse widths of the
    intervals before and behind, ``share`` the width of the one before as part of both. ``cells`` divides log odds into
    equal parts, ``per_cell`` to a unit, so small that none holds two edges of intervals. A row of it holds the interval
    in which the cell begins (or the one below, where an edge is its beginning): its number in the lowest bits, where it
    begins and ends as beliefs, and the log odds of its end. The first cell ends where the second interval begins.
    """

    nodes: NDArray[np.float64]
    odds: NDArray[np.float64]
    per_before: NDArray[np.float64]
    per_behind: NDArray[np.float64]
    share: NDArray[np.float64]
    cells: NDArray[np.float64]
    per_cell: float


@kernel
def _grid(nodes, odds, m, columns):
    """Return the `Grid` of ``nodes``, each of which has m pairs."""
    n = nodes.shape[0]
    per_before, per_behind, share = np.zeros(columns * n * m), np.zeros(columns * n * m), np.zeros(columns * n * m)
    for row in range(columns * n):
        u = row % n
        before = nodes[u] - nodes[u - 1] if u > 0 else np.inf
        behind = nodes[u + 1] - nodes[u] if u < n - 1 else np.inf
        for e in range(row * m, (row + 1) * m):
            per_before[e], per_behind[e] = 1.0 / before, 1.0 / behind
            share[e] = before / (before + behind) if u > 0 and u < n - 1 else 0.0
    gap = np.inf if n > 2 else 1.0
    for u in range(2, n - 1):
        gap = min(gap, odds[u] - odds[u - 1])
    per_cell = 1.0 / (0.9 * gap)
    cells = np.empty((int((odds[n - 2] - odds[1]) * per_cell) + 3 if n > 2 else 0, 4))
    u = 1
    for c in range(cells.shape[0]):
        begins = odds[1] + (c - 1.01) / per_cell if c > 0 else -np.inf
        while u < n - 1 and odds[u] < begins:
            u += 1
        low = u - 1
        cells[c, 0], cells[c, 1], cells[c, 2], cells[c, 3] = ROUNDS + low, nodes[low], nodes[low + 1], odds[low + 1]
    return Grid(nodes, odds, per_before, per_behind, share, cells, per_cell)


@kernel
def _sum_branches(g, V, move, a, i, grid_i, grid_j, total, T, news_room):
    """Write into ``T[a]`` the discounted worth of what ``move`` leads to, at every pair of nodes."""
    n, m = grid_i.nodes.shape[0], grid_j.nodes.shape[0]
    columns = g.types[0] + g.types[1]
    size = n * m * columns
    for e in range(size):
        total[e] = 0.0
    news = False
    for branch in range(g.first_branch[move], g.first_branch[move + 1]):
        chance = g.probability[branch]
        if chance == 0.0:
            continue  # what may happen in other periods only
        if g.likelihood_row[branch] > 0 or g.redraw_row[branch] > 0:
            news = True
            continue
        V_next = borrowed(V[g.successor[branch]].reshape(size))
        for e in range(size):
            total[e] += chance * V_next[e]
    d_i, d_j = g.discount[g.row[move], i], g.discount[g.row[move], 1 - i]
    off_i, off_j = (0, g.types[0]) if i == 0 else (g.types[0], 0)
    step_u, step_w = (m * columns, columns) if i == 0 else (columns, n * columns)
    types_i = g.types[i]
    for c in range(columns):
        off, d = (off_i + c, d_i) if c < types_i else (off_j + c - types_i, d_j)
        for u in range(n):
            for w in range(m):
                T[a, c, u * m + w] = d * total[off + u * step_u + w * step_w]
    if news:
        for branch in range(g.first_branch[move], g.first_branch[move + 1]):
            special = g.likelihood_row[branch] > 0 or g.redraw_row[branch] > 0
            if special and g.probability[branch] > 0.0:
                _add_special_branch(g, V, branch, a, i, grid_i, grid_j, d_i, d_j, T, news_room)


class NewsRoom(NamedTuple):
    """Work space of a branch that tells the public something: tables over pairs, and numbers by node."""

    table: NDArray[np.float64]
    slopes: NDArray[np.float64]
    moved: NDArray[np.float64]
    belief_i: NDArray[np.float64]
    belief_j: NDArray[np.float64]
    seen_i: NDArray[np.float64]
    seen_j: NDArray[np.float64]


@kernel
def _news_room(pairs, widest):
    """Make work space for grids of as many pairs, and of at most ``widest`` nodes."""
    return NewsRoom(
        np.empty((1, pairs)),
        np.empty(pairs),
        np.empty(pairs),
        np.empty(widest),
        np.empty(widest),
        np.empty(widest),
        np.empty(widest),
    )


@kernel
def _add_special_branch(g, V, branch, a, i, grid_i, grid_j, d_i, d_j, T, room):
    """Add to ``T[a]`` a branch that tells the public about a type, or draws one anew, at every pair of nodes.

    Beliefs after it depend on each player's own node alone: values are carried along the other's grid, then along the
    mover's, as in `kernels.add_special_branch`.
    """
    j = 1 - i
    n, m = grid_i.nodes.shape[0], grid_j.nodes.shape[0]
    factors, drawn_row = g.likelihood[g.likelihood_row[branch]], g.redraw_row[branch]
    drawn = g.redraw[drawn_row]
    of = g.redraw_player[drawn_row] if drawn_row > 0 else -1
    moves_i = _fill_beliefs(
        grid_i.nodes, g.types[i], factors[i, 0], factors[i, 1], of == i, drawn[1], room.belief_i, room.seen_i
    )
    moves_j = _fill_beliefs(
        grid_j.nodes, g.types[j], factors[j, 0], factors[j, 1], of == j, drawn[1], room.belief_j, room.seen_j
    )
    columns = g.types[0] + g.types[1]
    size = n * m * columns
    V_next = borrowed(V[g.successor[branch]].reshape(size))
    step_u, step_w = (m * columns, columns) if i == 0 else (columns, n * columns)
    for c in range(columns):
        own = c < g.types[i]
        player, k = (i, c) if own else (j, c - g.types[i])
        off = k if player == 0 else g.types[0] + k
        for w in range(m):
            for u in range(n):
                room.table[0, w * n + u] = V_next[off + u * step_u + w * step_w]
        if moves_j:
            _carry(grid_j, room.belief_j, n, room)
        else:
            for e in range(n * m):
                room.moved[e] = room.table[0, e]
        for u in range(n):
            for w in range(m):
                room.table[0, u * m + w] = room.moved[w * n + u]
        if moves_i:
            _carry(grid_i, room.belief_i, m, room)
        else:
            for e in range(n * m):
                room.moved[e] = room.table[0, e]
        first_k, last_k, weight = (0, g.types[player], drawn[k]) if of == player else (k, k + 1, 1.0)
        weight *= g.probability[branch] * (d_i if own else d_j)
        for to in range(first_k, last_k):
            share, row = weight * factors[player, to], to if own else g.types[i] + to
            for u in range(n):
                start = np.uint64(u * m)
                for w in range(m):
                    seen = room.seen_j[w] if own else room.seen_i[u]
                    T[a, row, start + np.uint64(w)] += share * seen * room.moved[start + np.uint64(w)]


@kernel
def _fill_beliefs(nodes, types, factor_first, factor_second, anew, drawn, belief, seen):
    """Write the belief after the news and the news's chance, by node; return whether any belief moves.

    The chances of the news are by type; ``anew`` says that the type is drawn anew afterwards, with chance ``drawn`` of
    the second.
    """
    for u in range(nodes.shape[0]):
        p = nodes[u]
        seen[u] = factor_first if types == 1 else (1.0 - p) * factor_first + p * factor_second
        belief[u] = drawn if anew else posterior(p, factor_first, factor_second)
    return nodes.shape[0] > 1 and (anew or factor_first != factor_second)


@kernel
def _carry(grid, belief, m, room):
    """Write into row r of ``room.moved`` the interpolant of ``room.table`` at ``belief[r]``; rows hold m numbers."""
    nodes = grid.nodes
    _fill_slopes(grid, m, room.table, 0, room.slopes)
    table, slopes, row = room.table, room.slopes, np.uint64(m)
    for r in range(nodes.shape[0]):
        low, z = locate(nodes, belief[r])
        h = nodes[low + 1] - nodes[low]
        begin, start = np.uint64(low * m), np.uint64(r * m)
        for w in range(m):
            e = begin + np.uint64(w)
            room.moved[start + np.uint64(w)] = cubic(table[0, e], table[0, e + row], slopes[e], slopes[e + row], h, z)


@kernel
def _add_own_reward(g, row, a, i, nodes_j, n, T):
    """Add to ``T[a]`` the mover's expected reward."""
    m = nodes_j.shape[0]
    for k in range(g.types[i]):
        if i == 0:
            first, second = g.reward[row, 0, k, 0], g.reward[row, 0, k, g.types[1] - 1]
        else:
            first, second = g.reward[row, 1, 0, k], g.reward[row, 1, g.types[0] - 1, k]
        if first == 0.0 and second == 0.0:
            continue
        for u in range(n):
            for w in range(m):
                T[a, k, u * m + w] += first + nodes_j[w] * (second - first)


@entry
def _respond_plainly(types, precision, moves, pair, lane, count, T, q, policy, work):
    """Respond at ``count`` pairs from ``pair`` on, where the public learns nothing, into lanes from ``lane`` on."""
    begin, start = np.uint64(pair), np.uint64(lane)
    for k in range(types):
        for a in range(moves):
            for b in range(count):
                q[k, a, start + np.uint64(b)] = T[a, k, begin + np.uint64(b)]
        if moves == 1:
            for b in range(count):
                policy[k, 0, start + np.uint64(b)] = 1.0
            continue
        for b in range(count):
            work[0, b], work[1, b] = q[k, 0, start + np.uint64(b)], 0.0
        for a in range(1, moves):
            for b in range(count):
                work[0, b] = max(work[0, b], q[k, a, start + np.uint64(b)])
        for a in range(moves):
            for b in range(count):
                e = start + np.uint64(b)
                policy[k, a, e] = exponential(precision * (q[k, a, e] - work[0, b]))
                work[1, b] += policy[k, a, e]
        for a in range(moves):
            for b in range(count):
                policy[k, a, start + np.uint64(b)] /= work[1, b]


@kernel
def _fill_slopes(grid, m, worths, a, slopes):
    """Write the slopes (see `interpolation`) of T[a], all its components in a row, along the mover's own belief.

    One loop goes through all components: where one ends and the next begins, as at the first node and the last, it
    writes what is written over afterwards.
    """
    n, every = grid.nodes.shape[0], worths.shape[1]
    size, row = n * m, np.uint64(m)
    for b in range(every - 2 * m):
        e = row + np.uint64(b)
        left = (worths[a, e] - worths[a, e - row]) * grid.per_before[e]
        right = (worths[a, e + row] - worths[a, e]) * grid.per_behind[e]
        slopes[e] = inner_rise(left, right, grid.share[e])
    for c in range(every // size):
        first, last = np.uint64(c * size), np.uint64(c * size + (n - 1) * m)
        for w in range(m):
            e = first + np.uint64(w)
            near = (worths[a, e + row] - worths[a, e]) * grid.per_behind[e]
            far = (worths[a, e + row + row] - worths[a, e + row]) * grid.per_behind[e + row]
            slopes[e] = end_rise(near, far, grid.share[e + row])
        for w in range(m):
            e = last + np.uint64(w)
            near = (worths[a, e] - worths[a, e - row]) * grid.per_before[e]
            far = (worths[a, e - row] - worths[a, e - row - row]) * grid.per_before[e - row]
            slopes[e] = end_rise(near, far, 1.0 - grid.share[e - row])


@kernel
def _fill_cubics(grid, m, worths, a, slopes, rows):
    """Write the cubics of T[a] with these slopes; what is written at the last node means nothing."""
    row = np.uint64(m)
    for b in range(worths.shape[1] - m):
        e = np.uint64(b)
        per, r = grid.per_behind[e], _4 * e
        secant = (worths[a, e + row] - worths[a, e]) * per
        m0, m1 = slopes[e], slopes[e + row]
        rows[a, r] = worths[a, e]
        rows[a, r + _1] = m0
        rows[a, r + _2] = (3.0 * secant - (2.0 * m0 + m1)) * per
        rows[a, r + _3] = (m0 + m1 - 2.0 * secant) * (per * per)


class Lanes(NamedTuple):
    """Pairs being solved side by side: what Newton's method keeps of each, by move where it has a move.

    The first phase has a lane for every pair where the mover's type is uncertain, in their order; later phases have
    the pairs still unsolved, packed, and ``lane`` says where in the first each belongs.
    """

    lane: NDArray[np.uint64]
    column: NDArray[np.uint64]
    prior: NDArray[np.float64]
    y: NDArray[np.float64]
    trial: NDArray[np.float64]
    step: NDArray[np.float64]
    low: NDArray[np.uint64]
    x: NDArray[np.float64]
    spread: NDArray[np.float64]
    q: NDArray[np.float64]
    dq: NDArray[np.float64]
    policy: NDArray[np.float64]
    f: NDArray[np.float64]
    pivot: NDArray[np.float64]
    error: NDArray[np.float64]
    length: NDArray[np.float64]
    next_error: NDArray[np.float64]
    sign: NDArray[np.float64]
    size: NDArray[np.float64]
    largest: NDArray[np.float64]
    done: NDArray[np.float64]
    last: NDArray[np.float64]
    state: NDArray[np.float64]
    work: NDArray[np.float64]
    rows: NDArray[np.float64]


@kernel
def _lanes(moves, pairs):
    """Make room for as many lanes as there are pairs."""
    return Lanes(
        np.empty(pairs, np.uint64),
        np.empty(pairs, np.uint64),
        np.empty(pairs),
        np.empty((moves, pairs)),
        np.empty((moves, pairs)),
        np.empty((moves, pairs)),
        np.empty((moves, pairs), np.uint64),
        np.empty((moves, pairs)),
        np.empty((moves, pairs)),
        np.empty((2, moves, pairs)),
        np.empty((2, moves, pairs)),
        np.empty((2, moves, pairs)),
        np.empty((moves, pairs)),
        np.empty((moves, pairs)),
        np.empty(pairs),
        np.empty(pairs),
        np.empty(pairs),
        np.empty(pairs),
        np.empty(pairs),
        np.empty(pairs),
        np.empty(pairs),
        np.empty(pairs),
        np.empty(pairs),
        np.empty((3, pairs)),
        np.empty(4 * pairs),
    )


@kernel
def _solve_inside(precision, tolerance, moves, first, s, i, grid, m, cubics, y_all, resists, every, packed):
    """Solve F = 0 at all pairs where the mover's type is uncertain; return how many resist.

    Leaves behaviour in ``every``, and where each posterior lies: ``low`` the pair where its interval begins, ``x`` how
    far it is from there.
    """
    n = grid.nodes.shape[0]
    count = (n - 2) * m
    for u in range(1, n - 1):
        for w in range(m):
            b = (u - 1) * m + w
            every.lane[b], every.column[b], every.prior[b] = b, w, grid.odds[u]
            every.error[b], every.length[b], every.state[b] = np.inf, 1.0, _OPEN
    for a in range(moves):
        for u in range(1, n - 1):
            for w in range(m):
                every.y[a, (u - 1) * m + w] = y_all[first + a, u, w] if i == 0 else y_all[first + a, w, u]
        for b in range(count):
            every.step[a, b] = 0.0
    _fill_up(every, moves, count)
    steps, remaining = _advance(every, 0, precision, tolerance, moves, count, grid, m, cubics)
    if remaining > 0:
        _pack(every, packed, moves, count)
    while remaining > 0:
        count = remaining
        steps, remaining = _advance(packed, steps, precision, tolerance, moves, count, grid, m, cubics)
        _put_back(packed, every, moves, count)
        _pack(packed, packed, moves, count)
    resisting = 0
    for u in range(1, n - 1):
        for w in range(m):
            b = (u - 1) * m + w
            if every.state[b] == _SOLVED:
                continue
            resisting += 1
            resists[s, u if i == 0 else w, w if i == 0 else u] = True
            for a in range(moves):
                # The start stays for whoever solves it; numbers that do no harm stand in for behaviour.
                every.trial[a, b] = y_all[first + a, u, w] if i == 0 else y_all[first + a, w, u]
                every.q[0, a, b] = every.q[1, a, b] = every.policy[0, a, b] = every.policy[1, a, b] = 0.0
                every.x[a, b], every.low[a, b] = 0.0, 0
    for a in range(moves):
        for u in range(1, n - 1):
            for w in range(m):
                y_all[first + a, u if i == 0 else w, w if i == 0 else u] = every.trial[a, (u - 1) * m + w]
    return resisting


@kernel
def _advance(lanes, steps, precision, tolerance, moves, count, grid, m, cubics):
    """Take Newton steps until at most half of the lanes are open; return steps taken in all and how many are open.

    A closed lane stays where it is and is evaluated with the rest: half of them idle cost less than packing.
    """
    remaining, wide = count, padded(count)
    while 2 * remaining > count:
        for a in range(moves):
            for b in range(wide):
                lanes.trial[a, b] = lanes.y[a, b] + lanes.length[b] * lanes.step[a, b]
        _evaluate(lanes, grid, m, cubics, precision, moves, wide)
        _newton_step(lanes, precision, moves, wide)
        steps += 1
        remaining = _close(lanes, precision, tolerance, moves, wide)
        if steps >= _MOST_STEPS:
            return steps, 0
    return steps, remaining


@kernel
def _pack(source, target, moves, count):
    """Move the open lanes of ``source`` to the front of ``target``, in their order, and fill these up."""
    kept = 0
    for b in range(count):
        if source.state[b] != _OPEN:
            continue
        target.lane[kept], target.column[kept], target.prior[kept] = source.lane[b], source.column[b], source.prior[b]
        target.error[kept], target.length[kept], target.state[kept] = source.error[b], source.length[b], _OPEN
        for a in range(moves):
            target.y[a, kept], target.step[a, kept] = source.y[a, b], source.step[a, b]
        kept += 1
    _fill_up(target, moves, kept)


@kernel
def _fill_up(lanes, moves, count):
    """Put closed lanes that do no harm behind ``count`` lanes."""
    for b in range(count, padded(count)):
        lanes.column[b], lanes.prior[b] = 0, 0.0
        lanes.error[b], lanes.length[b], lanes.state[b] = np.inf, 1.0, _SOLVED
        for a in range(moves):
            lanes.y[a, b], lanes.step[a, b] = 0.0, 0.0


@kernel
def _put_back(packed, every, moves, count):
    """Write the closed lanes of ``packed`` where they belong."""
    for b in range(count):
        if packed.state[b] == _OPEN:
            continue
        lane = packed.lane[b]
        every.state[lane] = packed.state[b]
        for a in range(moves):
            every.q[0, a, lane], every.q[1, a, lane] = packed.q[0, a, b], packed.q[1, a, b]
            every.policy[0, a, lane], every.policy[1, a, lane] = packed.policy[0, a, b], packed.policy[1, a, b]
            every.low[a, lane], every.x[a, lane], every.trial[a, lane] = (
                packed.low[a, b],
                packed.x[a, b],
                packed.trial[a, b],
            )


@kernel
def _close(lanes, precision, tolerance, moves, count):
    """Close the lanes that are solved or stuck, after a last step where that is enough; return how many stay open.

    The last step is taken without evaluating F anew: worth changes in the first order, the response in the second, and
    what is left out is below the square of the step.
    """
    change = 0
    ending = 0
    for b in range(count):
        size = lanes.size[b]
        done = size <= tolerance or size <= _ROUNDING * lanes.largest[b]
        near = lanes.sign[b] > 0.0 and lanes.next_error[b] <= 0.01 * tolerance and size <= _NEAR
        near = near and not done and lanes.state[b] == _OPEN
        lanes.done[b] = 1.0 if done else 0.0
        lanes.last[b] = 1.0 if near else 0.0
        lanes.work[change, b] = 0.0
        ending += 1 if near else 0
    if ending > 0:
        for a in range(moves):
            for b in range(count):
                steepest = max(1.0, precision * max(abs(lanes.dq[0, a, b]), abs(lanes.dq[1, a, b])))
                lanes.work[change, b] = max(lanes.work[change, b], steepest * abs(lanes.step[a, b]))
        for b in range(count):
            lanes.last[b] = lanes.last[b] if lanes.work[change, b] <= _SHORT else 0.0
        _step_last(lanes, precision, moves, count)
    remaining = 0
    for b in range(count):
        closes = lanes.done[b] + lanes.last[b] > 0.0
        # A root where det(-F') is negative is not on the branch that starts from precision zero.
        stuck = (closes and lanes.sign[b] < 0.0) or not lanes.length[b] >= _SHORTEST or not lanes.size[b] < np.inf
        state = _STUCK if stuck else (_SOLVED if closes else _OPEN)
        lanes.state[b] = state if lanes.state[b] == _OPEN else lanes.state[b]
        remaining += 1 if lanes.state[b] == _OPEN else 0
    for a in range(moves):
        for b in range(count):
            opened = lanes.state[b] == _OPEN
            lanes.y[a, b] = lanes.y[a, b] if opened else lanes.trial[a, b]
            lanes.step[a, b] = lanes.step[a, b] if opened else 0.0
    return remaining


@kernel
def _step_last(lanes, precision, moves, count):
    """Take the step where it is the ``last``, to first order in worth and second in the response."""
    total, mean = 0, 1
    for k in range(2):
        for b in range(count):
            lanes.work[mean, b] = lanes.work[total, b] = 0.0
        for a in range(moves):
            for b in range(count):
                step = lanes.step[a, b] if lanes.last[b] > 0.0 else 0.0
                rise = lanes.dq[k, a, b] * step
                lanes.work[mean, b] += lanes.policy[k, a, b] * rise
        for a in range(moves):
            for b in range(count):
                step = lanes.step[a, b] if lanes.last[b] > 0.0 else 0.0
                rise = lanes.dq[k, a, b] * step
                gain = precision * (rise - lanes.work[mean, b])
                lanes.q[k, a, b] += rise
                lanes.policy[k, a, b] *= 1.0 + gain * (1.0 + 0.5 * gain)
                lanes.work[total, b] += lanes.policy[k, a, b]
        for b in range(count):
            lanes.work[total, b] = 1.0 / lanes.work[total, b] if lanes.last[b] > 0.0 else 1.0
        for a in range(moves):
            for b in range(count):
                lanes.policy[k, a, b] *= lanes.work[total, b]
    for a in range(moves):
        for b in range(count):
            step = lanes.step[a, b] if lanes.last[b] > 0.0 else 0.0
            lanes.x[a, b] += lanes.spread[a, b] * step
            lanes.trial[a, b] += step


@kernel
def _evaluate(lanes, grid, m, cubics, precision, moves, count):
    """Evaluate F at ``trial``; ``size`` is the largest abs F(a).

    ``largest`` is precision times the largest worth, to tell rounding from error.
    """
    prior, column, y, low, x, spread = lanes.prior, lanes.column, lanes.trial, lanes.low, lanes.x, lanes.spread
    q, dq, policy, f, size, largest, work = (
        lanes.q, lanes.dq, lanes.policy, lanes.f, lanes.size, lanes.largest, lanes.work,
    )  # fmt: skip
    rows, step = lanes.rows, np.uint64(m)
    cells, per_cell, lowest, last = grid.cells, grid.per_cell, grid.odds[1], float(grid.cells.shape[0] - 1)
    for b in range(count):
        largest[b] = 0.0
    for a in range(moves):
        # Short loops over few arrays each: a compiler makes vector instructions of these, and none of one long loop.
        for b in range(count):
            work[0, b] = prior[b] + y[a, b]
        for b in range(count):
            # The cell is found by rounding to a whole number in the lowest bits; the comparisons keep out what is none.
            cell = (work[0, b] - lowest) * per_cell + 0.5
            cell = cell if cell > 0.0 else 0.0
            cell = cell if cell < last else last
            low[a, b] = np.uint64(bits_of(cell + ROUNDS)) & _WHOLE
        _fetch(cells, np.uint64(0), low, a, count, rows)
        for b in range(count):
            small = exponential(-abs(work[0, b]))
            per = 1.0 / (1.0 + small)
            x[a, b] = small * per if work[0, b] < 0.0 else per
            spread[a, b] = small * per * per
        for b in range(count):
            r = _4 * np.uint64(b)
            u = np.uint64(bits_of(rows[r])) & _WHOLE
            beyond = work[0, b] >= rows[r + _3]
            x[a, b] -= rows[r + _2] if beyond else rows[r + _1]
            low[a, b] = column[b] + (u + _1 if beyond else u) * step
        for k in range(2):
            _fetch(cubics, np.uint64((a * cubics.shape[1] + k) * cubics.shape[2]), low, a, count, rows)
            for b in range(count):
                r = _4 * np.uint64(b)
                z, c1, c2, c3 = x[a, b], rows[r + _1], rows[r + _2], rows[r + _3]
                q[k, a, b] = rows[r] + z * (c1 + z * (c2 + z * c3))
                dq[k, a, b] = (c1 + z * (2.0 * c2 + 3.0 * z * c3)) * spread[a, b]
            for b in range(count):
                largest[b] = max(largest[b], abs(q[k, a, b]))
    for k in range(2):
        for b in range(count):
            work[k, b] = q[k, 0, b]
        for a in range(1, moves):
            for b in range(count):
                work[k, b] = max(work[k, b], q[k, a, b])
        for b in range(count):
            work[2, b] = 0.0
        for a in range(moves):
            for b in range(count):
                policy[k, a, b] = exponential(precision * (q[k, a, b] - work[k, b]))
                work[2, b] += policy[k, a, b]
        for b in range(count):
            work[k, b] = precision * work[k, b] + logarithm(work[2, b])
            work[2, b] = 1.0 / work[2, b]
        for a in range(moves):
            for b in range(count):
                policy[k, a, b] *= work[2, b]
    for b in range(count):
        work[0, b] = work[1, b] - work[0, b]
        largest[b] *= precision
        size[b] = 0.0
    for a in range(moves):
        for b in range(count):
            f[a, b] = precision * (q[1, a, b] - q[0, a, b]) - work[0, b] - y[a, b]
            size[b] = max(size[b], abs(f[a, b]))


@kernel
def _fetch(table, begin, low, a, count, rows):
    """Copy rows ``low[a]`` of ``table``, counted from ``begin`` on, into ``rows``."""
    for b in range(count):
        copy_four(rows, _4 * np.uint64(b), table, begin + _4 * low[a, b])


@kernel
def _newton_step(lanes, precision, moves, count):
    """Take the trial where it is better and find the step from there; else shorten the step.

    ``sign`` is that of det(-F') at the trial; ``next_error`` what ``size`` is to be after the step, from how much the
    last whole step took away: Newton's method squares what is left.
    """
    y, trial, step, dq, policy, f, pivot = (
        lanes.y, lanes.trial, lanes.step, lanes.dq, lanes.policy, lanes.f, lanes.pivot,
    )  # fmt: skip
    error, length, next_error, size, sign, work = (
        lanes.error, lanes.length, lanes.next_error, lanes.size, lanes.sign, lanes.work,
    )  # fmt: skip
    top, bottom = 0, 1
    for b in range(count):
        work[top, b], work[bottom, b], sign[b] = 0.0, 1.0, 1.0
    for a in range(moves):
        for b in range(count):
            d = 1.0 - precision * (dq[1, a, b] - dq[0, a, b])
            v = precision * (policy[1, a, b] * dq[1, a, b] - policy[0, a, b] * dq[0, a, b])
            per = 1.0 / d
            f[a, b] *= per
            pivot[a, b] = per
            work[top, b] += v * f[a, b]
            work[bottom, b] += v * per
            sign[b] = sign[b] if d > 0.0 else -sign[b]
    for b in range(count):
        sign[b] = sign[b] if work[bottom, b] > 0.0 else -sign[b]
        work[top, b] /= work[bottom, b]
        better = size[b] < (1.0 - 0.1 * length[b]) * error[b]
        work[bottom, b] = 1.0 if better else 0.0
        left = size[b] / error[b]
        whole = better and length[b] == 1.0 and left > 0.0
        next_error[b] = left * left * size[b] if whole else np.inf
        error[b] = size[b] if better else error[b]
        length[b] = 1.0 if better else 0.5 * length[b]
    for a in range(moves):
        for b in range(count):
            better = work[bottom, b] > 0.0
            y[a, b] = trial[a, b] if better else y[a, b]
            step[a, b] = f[a, b] - work[top, b] * pivot[a, b] if better else step[a, b]


@kernel
def _write_values(g, s, i, first, moves, learns, nodes, m, T, cubics, lanes, total, worth, now):
    """Write the values of state s at every pair that is solved.

    Where the mover's type is learned about, lanes are in the order of their pairs but for the two rows of pairs at
    which it is certain, which come last.
    """
    n = nodes.shape[0]
    types_i, types_j, columns = g.types[i], g.types[1 - i], g.types[0] + g.types[1]
    off_i, off_j = (0, g.types[0]) if i == 0 else (g.types[0], 0)
    step_u, step_w = (m * columns, columns) if i == 0 else (columns, n * columns)
    out = borrowed(now[s].reshape(n * m * columns))
    q, policy, low, x, rows = lanes.q, lanes.policy, lanes.low, lanes.x, lanes.rows
    inside = (n - 2) * m if learns else 0
    for k in range(types_i):
        for e in range(n * m):
            total[e] = 0.0
        for a in range(moves):
            for e in range(n * m):
                total[e] += policy[k, a, e] * q[k, a, e]
        _scatter(total, n, m, learns, off_i + k, step_u, step_w, out)
    for k in range(types_j):
        for e in range(n * m):
            total[e] = 0.0
        for a in range(moves):
            row = g.row[first + a]
            if i == 0:
                reward0, reward1 = g.reward[row, 1, 0, k], g.reward[row, 1, types_i - 1, k]
            else:
                reward0, reward1 = g.reward[row, 0, k, 0], g.reward[row, 0, k, types_i - 1]
            _fetch(cubics, np.uint64((a * columns + types_i + k) * cubics.shape[2]), low, a, inside, rows)
            for b in range(inside):
                z, r = x[a, b], _4 * np.uint64(b)
                worth[b] = rows[r] + z * (rows[r + _1] + z * (rows[r + _2] + z * rows[r + _3]))
            for r in range(inside // m, n):
                begin, start = np.uint64(_row(r, n, learns) * m), np.uint64(r * m)
                for w in range(m):
                    worth[start + np.uint64(w)] = T[a, types_i + k, begin + np.uint64(w)]
            for r in range(n):
                p, start = nodes[_row(r, n, learns)], np.uint64(r * m)
                for w in range(m):
                    e = start + np.uint64(w)
                    chance0, chance1 = (1.0 - p) * policy[0, a, e], p * policy[types_i - 1, a, e]
                    total[e] += chance0 * (reward0 + worth[e]) + chance1 * (reward1 + worth[e])
        _scatter(total, n, m, learns, off_j + k, step_u, step_w, out)


@kernel
def _row(r, n, learns):
    """Return the node of the mover's belief to which row r of lanes belongs."""
    if not learns:
        return r
    return r + 1 if r < n - 2 else (0 if r == n - 2 else n - 1)


@kernel
def _scatter(values, n, m, learns, off, step_u, step_w, out):
    """Write values by lane into their column of ``out``."""
    for r in range(n):
        begin = off + _row(r, n, learns) * step_u
        for w in range(m):
            out[begin + w * step_w] = values[r * m + w]
