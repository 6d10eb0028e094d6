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
| b | one of the pairs still unsolved |
| T | worth of a move at every pair if the public learned nothing from it, shape (A, C, E) |

The unknown, its equation and the Newton step are those of `stage`.
"""

from __future__ import annotations

import numpy as np

from ..compiled import borrowed, entry, kernel
from .elementary import ROUNDS, bits_of, exponential, logarithm
from .interpolation import end_slope
from .kernels import add_special_branch

_MOST_STEPS = 40
_SHORTEST = 1 / 8
_ROUNDING = 1.6e-14
_NEAR, _SHORT = 1e-4, 1e-5
"""Size of F, and length of a step, from which the next step may be the last."""
_WHOLE = np.uint64(0xFFFFFFFF)


@entry
def solve_block(
    game, states, nodes0, nodes1, odds0, odds1, precisions, tolerance, now, later, y_all, resists, line, line_i
):
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
    line, line_i : float64 arrays
        Work space over the nodes of a belief.

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
    worth, total, T, slopes = (
        np.empty(pairs),
        np.empty(pairs * columns),
        np.empty((most, columns, pairs)),
        np.empty((most, columns, pairs)),
    )
    news_own, news_other = np.empty((1, 2, widest)), np.empty((1, 2, widest))
    policy, q, place = np.empty((2, most, pairs)), np.empty((2, most, pairs)), np.empty((2, most, pairs))
    low, work = np.empty((most, pairs), np.uint64), np.empty((2, pairs))
    cells0, per_cell0 = _cells(odds0)
    cells1, per_cell1 = _cells(odds1)
    solved, left = 0, 0
    for s in borrowed(states):
        i = g.mover[s]
        first = g.first_move[s]
        moves = g.first_move[s + 1] - first
        nodes_i, odds_i = borrowed(nodes0 if i == 0 else nodes1), borrowed(odds0 if i == 0 else odds1)
        nodes_j = borrowed(nodes1 if i == 0 else nodes0)
        n, m = nodes_i.shape[0], nodes_j.shape[0]
        for a in range(moves):
            V = later if g.elapsed[first + a] else now
            _sum_branches(g, V, first + a, a, i, nodes_i, nodes_j, total, T, news_own, news_other, line, line_i)
            _add_own_reward(g, g.row[first + a], a, i, nodes_j, n, T)
        learns = g.types[i] == 2 and moves > 1
        if learns:
            _respond_plainly(g.types[i], precisions[i], moves, 0, m, T, q, policy, work)
            _respond_plainly(g.types[i], precisions[i], moves, (n - 1) * m, n * m, T, q, policy, work)
            for a in range(moves):
                for c in range(columns):
                    _fill_slopes(nodes_i, m, T, a, c, slopes)
            cells, per_cell = borrowed(cells0 if i == 0 else cells1), per_cell0 if i == 0 else per_cell1
            resisting = _solve_inside(
                precisions[i], tolerance, moves, first, s, i, nodes_i, odds_i, cells, per_cell, m, T, slopes, y_all,
                resists, q, policy, place, low,
            )  # fmt: skip
            left += resisting
            solved += n * m - resisting
        else:
            _respond_plainly(g.types[i], precisions[i], moves, 0, n * m, T, q, policy, work)
            solved += n * m
        _write_values(g, s, i, first, moves, learns, nodes_i, m, T, slopes, q, policy, place, low, total, worth, now)
    return solved, left


@kernel
def _sum_branches(g, V, move, a, i, nodes_i, nodes_j, total, T, news_own, news_other, line, line_i):
    """Write into ``T[a]`` the discounted worth of what ``move`` leads to, at every pair of nodes."""
    n, m = nodes_i.shape[0], nodes_j.shape[0]
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
        for w in range(m):
            for c in range(2):
                for u in range(n):
                    news_own[0, c, u] = news_other[0, c, u] = 0.0
            for branch in range(g.first_branch[move], g.first_branch[move + 1]):
                special = g.likelihood_row[branch] > 0 or g.redraw_row[branch] > 0
                if special and g.probability[branch] > 0.0:
                    add_special_branch(
                        g, V, branch, 0, i, nodes_i, nodes_j, nodes_j[w], news_own, news_other, line, line_i
                    )
            for c in range(columns):
                for u in range(n):
                    if c < types_i:
                        T[a, c, u * m + w] += d_i * news_own[0, c, u]
                    else:
                        T[a, c, u * m + w] += d_j * news_other[0, c - types_i, u]


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
def _respond_plainly(types, precision, moves, begin, end, T, q, policy, work):
    """Respond at pairs ``begin`` to ``end`` where the public learns nothing from the move."""
    # Unsigned, as everywhere below: a number that may be negative counts from the end, and no vector is made of that.
    start, count = np.uint64(begin), end - begin
    for k in range(types):
        for a in range(moves):
            for b in range(count):
                e = start + np.uint64(b)
                q[k, a, e] = T[a, k, e]
        if moves == 1:
            for b in range(count):
                e = start + np.uint64(b)
                policy[k, 0, e] = 1.0
            continue
        for b in range(count):
            e = start + np.uint64(b)
            work[0, e], work[1, e] = q[k, 0, e], 0.0
        for a in range(1, moves):
            for b in range(count):
                e = start + np.uint64(b)
                work[0, e] = max(work[0, e], q[k, a, e])
        for a in range(moves):
            for b in range(count):
                e = start + np.uint64(b)
                policy[k, a, e] = exponential(precision * (q[k, a, e] - work[0, e]))
                work[1, e] += policy[k, a, e]
        for a in range(moves):
            for b in range(count):
                e = start + np.uint64(b)
                policy[k, a, e] /= work[1, e]


@kernel
def _fill_slopes(nodes, m, T, a, c, slopes):
    """Write the slopes (see `interpolation`) of ``T[a, c]`` along the mover's own belief."""
    n = nodes.shape[0]
    h0, h1 = nodes[1] - nodes[0], nodes[2] - nodes[1]
    g0, g1 = nodes[n - 1] - nodes[n - 2], nodes[n - 2] - nodes[n - 3]
    row, last = np.uint64(m), np.uint64((n - 1) * m)
    for w in range(m):
        near, far = (T[a, c, m + w] - T[a, c, w]) / h0, (T[a, c, 2 * m + w] - T[a, c, m + w]) / h1
        slopes[a, c, w] = end_slope(near, far, h0, h1)
    for w in range(m):
        e = last + np.uint64(w)
        near, far = (T[a, c, e] - T[a, c, e - row]) / g0, (T[a, c, e - row] - T[a, c, e - row - row]) / g1
        slopes[a, c, e] = end_slope(near, far, g0, g1)
    for u in range(1, n - 1):
        before, behind = nodes[u] - nodes[u - 1], nodes[u + 1] - nodes[u]
        per_before, per_behind, share = 1.0 / before, 1.0 / behind, before / (before + behind)
        for w in range(m):
            e = np.uint64(u * m) + np.uint64(w)
            left = (T[a, c, e] - T[a, c, e - row]) * per_before
            right = (T[a, c, e + row] - T[a, c, e]) * per_behind
            slope = left + share * (right - left)
            bound = 3.0 * min(abs(left), abs(right))
            slope = min(max(slope, -bound), bound)
            slopes[a, c, e] = slope if left * right > 0.0 else 0.0


@kernel
def _cells(odds):
    """Divide log odds into equal cells so small that none holds two edges of intervals.

    Returns the interval in which each cell begins (or the one below, where an edge is its beginning), and how many
    cells a unit of log odds has. The first cell ends where the second interval begins.
    """
    n = odds.shape[0]
    if n < 4:
        return np.zeros(2, np.uint64), 1.0
    gap = np.inf
    for u in range(2, n - 1):
        gap = min(gap, odds[u] - odds[u - 1])
    per_cell = 1.0 / (0.9 * gap)
    count = int((odds[n - 2] - odds[1]) * per_cell) + 3
    cells = np.zeros(count, np.uint64)
    u = 1
    for c in range(1, count):
        begins = odds[1] + (c - 1.01) / per_cell
        while u < n - 1 and odds[u] < begins:
            u += 1
        cells[c] = u - 1
    return cells, per_cell


@kernel
def _solve_inside(
    precision, tolerance, moves, first, s, i, nodes, odds, cells, per_cell, m, T, slopes, y_all, resists,
    q_done, policy_done, place, low_done,
):  # fmt: skip
    """Solve F = 0 at all pairs where the mover's type is uncertain; return how many resist.

    Writes behaviour and where each posterior lies: ``low_done`` the pair where its interval begins, ``place`` the
    fraction of that interval, and its width.
    """
    n = nodes.shape[0]
    count = (n - 2) * m
    Y, trial, step = np.empty((moves, count)), np.empty((moves, count)), np.zeros((moves, count))
    q, dq, policy = np.empty((2, moves, count)), np.empty((2, moves, count)), np.empty((2, moves, count))
    f, pivot, x, width, low = (
        np.empty((moves, count)),
        np.empty((moves, count)),
        np.empty((moves, count)),
        np.empty((moves, count)),
        np.empty((moves, count), np.uint64),
    )
    pair, column, prior = np.empty(count, np.uint64), np.empty(count, np.uint64), np.empty(count)
    error, length, next_error = np.full(count, np.inf), np.ones(count), np.empty(count)
    sign, size, work = np.empty(count), np.empty(count), np.empty((4, count))
    for u in range(1, n - 1):
        for w in range(m):
            b = (u - 1) * m + w
            pair[b], column[b], prior[b] = u * m + w, w, odds[u]
            for a in range(moves):
                Y[a, b] = y_all[first + a, u, w] if i == 0 else y_all[first + a, w, u]
    resisting = 0
    for _ in range(_MOST_STEPS):
        if count == 0:
            break
        for a in range(moves):
            for b in range(count):
                trial[a, b] = Y[a, b] + length[b] * step[a, b]
        _evaluate(
            nodes, odds, cells, per_cell, m, T, slopes, precision, moves, count, prior, column, trial, low, x, width,
            q, dq, policy, f, size, work,
        )  # fmt: skip
        _newton_step(
            precision,
            moves,
            count,
            q,
            dq,
            policy,
            f,
            pivot,
            Y,
            trial,
            step,
            error,
            length,
            next_error,
            size,
            sign,
            work,
        )
        kept = 0
        for b in range(count):
            done = size[b] <= tolerance or size[b] <= _ROUNDING * work[3, b]
            if not done and sign[b] > 0.0 and next_error[b] <= 0.01 * tolerance and size[b] <= _NEAR:
                done = _finish(precision, moves, nodes, m, b, step, low, x, width, q, dq, policy, trial)
            # A root where det(-F') is negative is not on the branch that starts from precision zero.
            stuck = (done and sign[b] < 0.0) or not length[b] >= _SHORTEST or not size[b] < np.inf
            if not stuck and not done:
                if kept != b:
                    pair[kept], column[kept], prior[kept] = pair[b], column[b], prior[b]
                    error[kept], length[kept] = error[b], length[b]
                    for a in range(moves):
                        Y[a, kept], step[a, kept] = Y[a, b], step[a, b]
                kept += 1
                continue
            e = np.int64(pair[b])
            u, w = e // m, e % m
            if stuck:
                _leave(moves, s, i, u, w, m, resists, q_done, policy_done, place, low_done)
                resisting += 1
                continue
            for a in range(moves):
                q_done[0, a, e], q_done[1, a, e] = q[0, a, b], q[1, a, b]
                policy_done[0, a, e], policy_done[1, a, e] = policy[0, a, b], policy[1, a, b]
                place[0, a, e], place[1, a, e], low_done[a, e] = x[a, b], width[a, b], low[a, b]
                y_all[first + a, u if i == 0 else w, w if i == 0 else u] = trial[a, b]
        count = kept
    for b in range(count):
        e = np.int64(pair[b])
        _leave(moves, s, i, e // m, e % m, m, resists, q_done, policy_done, place, low_done)
    return resisting + count


@kernel
def _finish(precision, moves, nodes, m, b, step, low, x, width, q, dq, policy, y):
    """Take the last step at pair ``b`` without evaluating F anew; return whether it is short enough for that.

    Worth changes in the first order, the response in the second; what is left out is below the square of the step.
    """
    for a in range(moves):
        change = max(abs(step[a, b]), precision * max(abs(dq[0, a, b]), abs(dq[1, a, b])) * abs(step[a, b]))
        if not change <= _SHORT:
            return False
    for k in range(2):
        mean, total = 0.0, 0.0
        for a in range(moves):
            mean += policy[k, a, b] * dq[k, a, b] * step[a, b]
        for a in range(moves):
            rise = dq[k, a, b] * step[a, b]
            gain = precision * (rise - mean)
            q[k, a, b] += rise
            policy[k, a, b] *= 1.0 + gain * (1.0 + 0.5 * gain)
            total += policy[k, a, b]
        for a in range(moves):
            policy[k, a, b] /= total
    for a in range(moves):
        u = np.int64(low[a, b]) // m
        p = nodes[u] + x[a, b] * width[a, b]
        x[a, b] += p * (1.0 - p) / width[a, b] * step[a, b]
        y[a, b] += step[a, b]
    return True


@kernel
def _leave(moves, s, i, u, w, m, resists, q, policy, place, low):
    """Mark a pair as unsolved, with numbers in place of its behaviour that do no harm."""
    resists[s, u if i == 0 else w, w if i == 0 else u] = True
    e = u * m + w
    for a in range(moves):
        q[0, a, e] = q[1, a, e] = policy[0, a, e] = policy[1, a, e] = place[0, a, e] = 0.0
        place[1, a, e] = 1.0
        low[a, e] = 0


@kernel
def _evaluate(
    nodes, odds, cells, per_cell, m, T, slopes, precision, moves, count, prior, column, y, low, x, width,
    q, dq, policy, f, size, work,
):  # fmt: skip
    """Evaluate F at ``y`` for ``count`` pairs; ``size`` is the largest abs F(a).

    ``work[3]`` is left at precision times the largest worth, to tell rounding from error.
    """
    step, one = np.uint64(m), np.uint64(1)
    lowest, last = odds[1], float(cells.shape[0] - 1)
    for b in range(count):
        work[3, b] = 0.0
    for a in range(moves):
        # Short loops over few arrays each: a compiler makes vector instructions of these, and none of one long loop.
        for b in range(count):
            work[0, b] = prior[b] + y[a, b]
        for b in range(count):
            # The cell is found by rounding to a whole number in the lowest bits; the comparisons keep out what is none.
            cell = (work[0, b] - lowest) * per_cell + 0.5
            cell = cell if cell > 0.0 else 0.0
            cell = cell if cell < last else last
            u = cells[np.uint64(bits_of(cell + ROUNDS)) & _WHOLE]
            low[a, b] = u + one if work[0, b] >= odds[u + one] else u
        for b in range(count):
            small = exponential(-abs(work[0, b]))
            per = 1.0 / (1.0 + small)
            x[a, b] = small * per if work[0, b] < 0.0 else per
            work[0, b] = small * per * per
        for b in range(count):
            begin = nodes[low[a, b]]
            width[a, b] = nodes[low[a, b] + one] - begin
            x[a, b] = (x[a, b] - begin) / width[a, b]
        for b in range(count):
            work[0, b] /= width[a, b]
            low[a, b] = column[b] + low[a, b] * step
        for k in range(2):
            for b in range(count):
                e, z = low[a, b], x[a, b]
                f0, m0, m1 = T[a, k, e], slopes[a, k, e], slopes[a, k, e + step]
                rise, h = T[a, k, e + step] - f0, width[a, b]
                c1, c2, c3 = h * m0, 3.0 * rise - h * (2.0 * m0 + m1), h * (m0 + m1) - 2.0 * rise
                q[k, a, b] = f0 + z * (c1 + z * (c2 + z * c3))
                dq[k, a, b] = (c1 + z * (2.0 * c2 + 3.0 * z * c3)) * work[0, b]
            for b in range(count):
                work[3, b] = max(work[3, b], abs(q[k, a, b]))
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
        work[3, b] *= precision
        size[b] = 0.0
    for a in range(moves):
        for b in range(count):
            f[a, b] = precision * (q[1, a, b] - q[0, a, b]) - work[0, b] - y[a, b]
            size[b] = max(size[b], abs(f[a, b]))


@kernel
def _newton_step(
    precision, moves, count, q, dq, policy, f, pivot, Y, trial, step, error, length, next_error, size, sign, work
):
    """Take the trial where it is better and find the step from there; else shorten the step.

    ``sign`` is that of det(-F') at the trial; ``next_error`` what ``size`` is to be after the step, from how much the
    last whole step took away: Newton's method squares what is left.
    """
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
            Y[a, b] = trial[a, b] if better else Y[a, b]
            step[a, b] = f[a, b] - work[top, b] * pivot[a, b] if better else step[a, b]


@kernel
def _write_values(g, s, i, first, moves, learns, nodes, m, T, slopes, q, policy, place, low, total, worth, now):
    """Write the values of state s at every pair that is solved."""
    n = nodes.shape[0]
    types_i, types_j, columns = g.types[i], g.types[1 - i], g.types[0] + g.types[1]
    off_i, off_j = (0, g.types[0]) if i == 0 else (g.types[0], 0)
    step_u, step_w = (m * columns, columns) if i == 0 else (columns, n * columns)
    out = borrowed(now[s].reshape(n * m * columns))
    step = np.uint64(m)
    for k in range(types_i):
        for e in range(n * m):
            total[e] = 0.0
        for a in range(moves):
            for e in range(n * m):
                total[e] += policy[k, a, e] * q[k, a, e]
        _scatter(total, n, m, off_i + k, step_u, step_w, out)
    for k in range(types_j):
        for e in range(n * m):
            total[e] = 0.0
        for a in range(moves):
            row = g.row[first + a]
            if i == 0:
                reward0, reward1 = g.reward[row, 1, 0, k], g.reward[row, 1, types_i - 1, k]
            else:
                reward0, reward1 = g.reward[row, 0, k, 0], g.reward[row, 0, k, types_i - 1]
            inside = (n - 2) * m if learns else 0
            for e in range(n * m):
                worth[e] = T[a, types_i + k, e]
            for b in range(inside):
                e = step + np.uint64(b)
                low_e, z, h = low[a, e], place[0, a, e], place[1, a, e]
                f0, m0 = T[a, types_i + k, low_e], slopes[a, types_i + k, low_e]
                rise, m1 = T[a, types_i + k, low_e + step] - f0, slopes[a, types_i + k, low_e + step]
                c2, c3 = 3.0 * rise - h * (2.0 * m0 + m1), h * (m0 + m1) - 2.0 * rise
                worth[e] = f0 + z * (h * m0 + z * (c2 + z * c3))
            for u in range(n):
                p = nodes[u]
                for w in range(m):
                    e = np.uint64(u * m) + np.uint64(w)
                    chance0, chance1 = (1.0 - p) * policy[0, a, e], p * policy[types_i - 1, a, e]
                    total[e] += chance0 * (reward0 + worth[e]) + chance1 * (reward1 + worth[e])
        _scatter(total, n, m, off_j + k, step_u, step_w, out)


@kernel
def _scatter(values, n, m, off, step_u, step_w, out):
    """Write values by pair into their column of ``out``."""
    for u in range(n):
        for w in range(m):
            out[off + u * step_u + w * step_w] = values[u * m + w]
