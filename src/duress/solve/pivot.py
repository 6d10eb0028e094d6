"""A stage solved by going from one extreme to the other: slower than Newton's method, and never empty-handed.

With z = log Z_1 - log Z_0 as a parameter (see `stage`), every move has its own scalar condition

    ψ_a(y) = λ (Q(a, 1) - Q(a, 0)) - y = z,

and what is left is one equation, G = log Σ_a σ(a|0) exp(y_a) = 0. As z falls from +∞ to -∞ each y_a runs from -∞ to +∞,
and G from negative to positive, along a path that can only turn where some ψ_a does: there z changes direction and that
move goes on to its next monotone run. Such a path cannot end or cross itself, so G has a root on it (the argument of
Lemke & Howson 1964 for bimatrix games). ψ is taken at the points of a mesh, straight in between; Newton's method then
polishes the root, and the mesh is made finer where it cannot.

A path of moves with nearly the same ψ is long: each goes through every fold, once for each combination of the others.
So moves that are alike are first read as one move with their mean ψ. Its root puts each of them on a run of its own ψ;
with those runs the root of all of them is close by, found between the ends of the runs or a few turns further on. Moves
that are hardly ever chosen there have no say in where: they follow. Where there is no such root, the moves are told
apart more finely, and at last altogether. If all these paths are too long, short ones are tried from where G changes
sign as one move goes from its lowest falling run to its highest.
"""

from __future__ import annotations

import math

import numpy as np

from ..compiled import kernel
from .interpolation import cubic_at, locate
from .room import line_of
from .stage import evaluate, newton

_REACH = 45.0
"""Log odds that the mesh covers beyond the outermost inner nodes."""

_OUTER = 24
"""Mesh points on either side for each point to an inner interval."""

_MOST_TURNS = 10_000
"""Turns after which a path is given up."""

_FEW_TURNS = 100
"""Turns after which a path is given up that is one of several to be tried."""

_LEVELS = 64
"""Values of z at which short paths begin."""

_NEGLIGIBLE = 1e-9
"""Probability below which a move is not followed through turns."""

_ALIKE = (0.0, 2.0, 1.0, 0.5, 0.25, 0.12, 0.06, 0.03, 0.015, 0.008, 0.004, 0.002, 0.001, 0.0)
"""How far apart ψ of moves may be that are read alike, in log odds; tried in turn, at first for a few turns only."""

_MESHES = (1, 8, 64, 512, 4096)
"""Points to an inner interval, tried in turn."""


@kernel
def find(nodes, cubics, reward, log_odds, precision, moves, y, q, dq, policy, f, step, trial, tolerance):
    """Solve F(y) = 0 without a start; return whether it did. Arrays as in `stage`."""
    kind, merged_y = np.empty(moves, np.int64), np.empty(moves)
    for fine in _MESHES:
        mesh = _mesh(nodes, log_odds, fine)
        count = mesh.shape[0]
        psi, base = np.empty((moves, count)), np.empty((moves, count))
        merged_psi, merged_base = np.empty((moves, count)), np.empty((moves, count))
        _fill(nodes, cubics, reward, log_odds, precision, moves, mesh, psi, base)
        told_apart, reached = 0, False
        for attempt, alike in enumerate(_ALIKE):
            kinds = _merge(psi, base, moves, count, alike, kind, merged_psi, merged_base)
            if kinds == told_apart:
                continue
            told_apart = kinds if attempt > 0 else 0
            most = _MOST_TURNS if attempt > 0 else _FEW_TURNS
            reached = _sweep(mesh, merged_psi, merged_base, kinds, count, most, merged_y)
            if not reached:
                continue
            for a in range(moves):
                y[a] = merged_y[kind[a]]
            if newton(
                nodes, cubics, reward, log_odds, precision, moves, y, q, dq, policy, f, step, trial, tolerance, True
            ):
                return True
            if kinds == moves:
                continue
            for a in range(moves):
                y[a] = merged_y[kind[a]]
            evaluate(nodes, cubics, reward, log_odds, precision, moves, y, q, dq, policy, f)
            if _part(mesh, psi, base, policy, moves, count, y) and newton(
                nodes, cubics, reward, log_odds, precision, moves, y, q, dq, policy, f, step, trial, tolerance, True
            ):
                return True
        if reached:
            continue  # The whole path was followed: only the mesh is too coarse.
        lowest, highest = _turning_range(psi, moves, count)
        for level in range(_LEVELS):
            z = lowest + (highest - lowest) * (level + 0.5) / _LEVELS
            if _scan(mesh, psi, base, moves, count, z, y) and newton(
                nodes, cubics, reward, log_odds, precision, moves, y, q, dq, policy, f, step, trial, tolerance, True
            ):
                return True
    return False


@kernel
def _mesh(nodes, log_odds, fine):
    """Return the y of mesh points: ``fine`` to an inner interval of beliefs, and beyond in steps that grow outward."""
    n = nodes.shape[0]
    outer = _OUTER * fine
    mesh = np.empty(2 * outer + max(n - 3, 0) * fine + 1)
    first = math.log(nodes[1] / (1.0 - nodes[1]))
    last = math.log(nodes[n - 2] / (1.0 - nodes[n - 2]))
    for m in range(outer):
        mesh[m] = first - _REACH * ((outer - m) / outer) ** 2
    m = outer
    for u in range(1, n - 2):
        low = math.log(nodes[u] / (1.0 - nodes[u]))
        high = math.log(nodes[u + 1] / (1.0 - nodes[u + 1]))
        for part in range(fine):
            mesh[m] = low + (high - low) * part / fine
            m += 1
    for k in range(outer + 1):
        mesh[m] = last + _REACH * (k / outer) ** 2
        m += 1
    return mesh - log_odds


@kernel
def _fill(nodes, cubics, reward, log_odds, precision, moves, mesh, psi, base):
    """Write ψ of every move at every mesh point, and the logarithm of its weight with type 0."""
    for m in range(mesh.shape[0]):
        p = 1.0 / (1.0 + math.exp(-(mesh[m] + log_odds)))
        low, w = locate(nodes, p)
        for a in range(moves):
            base[a, m] = precision * (reward[a, 0] + cubic_at(cubics, low, line_of(a, 0), w))
            psi[a, m] = precision * (reward[a, 1] + cubic_at(cubics, low, line_of(a, 1), w)) - base[a, m] - mesh[m]


@kernel
def _merge(psi, base, moves, count, alike, kind, merged_psi, merged_base):
    """Make one row of all moves whose ψ is within ``alike`` of the first's; return how many rows there are.

    A row of ``merged_psi`` is the mean ψ of its moves, that of ``merged_base`` the logarithm of their weights' sum;
    ``kind`` says which row each move is in.
    """
    first, size = np.empty(moves, np.int64), np.zeros(moves)
    kinds = 0
    for a in range(moves):
        kind[a] = kinds
        for r in range(kinds):
            furthest = 0.0
            for m in range(count):
                furthest = max(furthest, abs(psi[a, m] - psi[first[r], m]))
                if furthest > alike:
                    break
            if furthest <= alike:
                kind[a] = r
                break
        r = kind[a]
        if r == kinds:
            first[r] = a
            kinds += 1
        size[r] += 1.0
        for m in range(count):
            if size[r] == 1.0:
                merged_psi[r, m], merged_base[r, m] = psi[a, m], base[a, m]
            else:
                merged_psi[r, m] += (psi[a, m] - merged_psi[r, m]) / size[r]
                low, top = min(merged_base[r, m], base[a, m]), max(merged_base[r, m], base[a, m])
                merged_base[r, m] = top + math.log1p(math.exp(low - top))
    return kinds


@kernel
def _sweep(mesh, psi, base, moves, count, most, y):
    """Leave in ``y`` the first root of G on the path from z = +∞; return whether it was reached."""
    begin, end = np.zeros(moves, np.int64), np.empty(moves, np.int64)
    for a in range(moves):
        end[a] = _run_end(psi, a, 0, count)
    return _walk(mesh, psi, base, begin, end, moves, count, np.inf, True, False, most, y)[1]


@kernel
def _part(mesh, psi, base, policy, moves, count, y):
    """Leave in ``y`` a root near ``y``, which solves for moves read alike; return whether there is one.

    ``policy`` are the responses to ``y``: moves that hardly anybody chooses do not decide where the root is.
    """
    chosen = np.flatnonzero(policy[0, :moves] + policy[1, :moves] > _NEGLIGIBLE)
    at = y[chosen]
    z, found = _near(mesh, psi[chosen], base[chosen], chosen.shape[0], count, at)
    if found:
        for a in range(moves):
            y[a] = _follow(mesh, psi, a, count, z, y[a])
        y[chosen] = at
    return found


@kernel
def _near(mesh, psi, base, moves, count, y):
    """Leave in ``y`` a root of G on the runs that ``y`` is on, or a few turns on; return its z, and whether so."""
    first, last = np.empty(moves, np.int64), np.empty(moves, np.int64)
    lowest, highest = -np.inf, np.inf
    for a in range(moves):
        first[a], last[a] = _run_at(psi, a, locate(mesh, y[a])[0], count)
        z_first = psi[a, first[a]] if first[a] > 0 else np.inf
        z_last = psi[a, last[a]] if last[a] < count - 1 else -np.inf
        lowest, highest = max(lowest, min(z_first, z_last)), min(highest, max(z_first, z_last))
    if not lowest < highest:
        return 0.0, False
    if np.isinf(lowest) and np.isinf(highest):
        return _bisect(mesh, psi, base, first, last, moves, count, 0.0, 0.0, True, y), True
    # From one end of what the runs have in common to the other and on, and then the other way.
    for falling in (True, False):
        begin, end, z = first.copy(), last.copy(), highest if falling else lowest
        if np.isinf(z):
            z = lowest + 1.0 if falling else highest - 1.0
            while (_imbalance(mesh, psi, base, begin, end, moves, count, z, y) >= 0.0) == falling and abs(z) < 1e9:
                z += z - lowest if falling else z - highest
        positive = _imbalance(mesh, psi, base, begin, end, moves, count, z, y) >= 0.0
        z, found = _walk(mesh, psi, base, begin, end, moves, count, z, falling, positive, _FEW_TURNS, y)
        if found:
            return z, True
    return 0.0, False


@kernel
def _turning_range(psi, moves, count):
    """Return the lowest and the highest z at which a ψ turns."""
    lowest, highest = np.inf, -np.inf
    for a in range(moves):
        for m in range(1, count - 1):
            if (psi[a, m] > psi[a, m - 1]) != (psi[a, m + 1] > psi[a, m]):
                lowest, highest = min(lowest, psi[a, m]), max(highest, psi[a, m])
    return lowest, highest


@kernel
def _scan(mesh, psi, base, moves, count, z, y):
    """Leave in ``y`` a root of G at ``z`` or near it, begun on falling runs; return whether so."""
    low, high = np.empty((2, moves), np.int64), np.empty((2, moves), np.int64)
    begin, end = np.empty(moves, np.int64), np.empty(moves, np.int64)
    for a in range(moves):
        first, last = -1, count - 2
        for m in range(count - 1):
            if psi[a, m] >= z and z > psi[a, m + 1]:
                first, last = m if first < 0 else first, m
        if psi[a, 0] < z or first < 0:
            first = 0
        if psi[a, count - 1] >= z:
            last = count - 2
        low[0, a], low[1, a] = _run_at(psi, a, first, count)
        high[0, a], high[1, a] = _run_at(psi, a, last, count)
    for switched in range(moves):
        for after in (True, False):
            for a in range(moves):
                up = a < switched or (a == switched and after)
                begin[a], end[a] = high[0, a] if up else low[0, a], high[1, a] if up else low[1, a]
            positive = _imbalance(mesh, psi, base, begin, end, moves, count, z, y) >= 0.0
            if positive != after:
                break
            if _walk(mesh, psi, base, begin, end, moves, count, z, not after, after, _FEW_TURNS, y)[1]:
                return True
    return False


@kernel
def _follow(mesh, psi, a, count, z, y):
    """Return where ψ_a falls through ``z``, at the place nearest to ``y``."""
    best, nearest = mesh[0] - (z - psi[a, 0]), np.inf
    if psi[a, 0] < z:
        nearest = abs(best - y)
    for m in range(count - 1):
        if psi[a, m] >= z and z > psi[a, m + 1]:
            there = mesh[m] + (psi[a, m] - z) / (psi[a, m] - psi[a, m + 1]) * (mesh[m + 1] - mesh[m])
            if abs(there - y) < nearest:
                best, nearest = there, abs(there - y)
    there = mesh[count - 1] - (z - psi[a, count - 1])
    return there if psi[a, count - 1] >= z and abs(there - y) < nearest else best


@kernel
def _walk(mesh, psi, base, begin, end, moves, count, z, falling, positive, most, y):
    """Go along the path from ``z`` until the sign of G changes; leave the root in ``y``; return its z, and whether so.

    ``positive`` says whether G is at ``z``. The path is given up after ``most`` turns.
    """
    for _ in range(most):
        turning, z_to = _next_turn(psi, begin, end, moves, count, falling)
        # Where no run ends, z goes to -∞ or +∞, and G is sure to be positive or negative.
        if turning < 0:
            changes = positive != falling
        else:
            changes = (_imbalance(mesh, psi, base, begin, end, moves, count, z_to, y) >= 0.0) != positive
        if changes:
            low, high = (z_to, z) if positive else (z, z_to)
            return _bisect(mesh, psi, base, begin, end, moves, count, low, high, positive != falling, y), True
        if turning < 0:
            return z, False
        rightward = (psi[turning, end[turning]] < psi[turning, begin[turning]]) == falling
        if rightward:
            begin[turning] = end[turning]
            end[turning] = _run_end(psi, turning, begin[turning], count)
        else:
            end[turning] = begin[turning]
            begin[turning] = _run_begin(psi, turning, end[turning])
        falling = not falling
        z = z_to
    return z, False


@kernel
def _run_at(psi, a, m, count):
    """First and last mesh point of the monotone run of ψ_a that goes from mesh point ``m`` to the next."""
    return _run_begin(psi, a, m + 1), _run_end(psi, a, m, count)


@kernel
def _run_end(psi, a, start, count):
    """Last mesh point of the monotone run of ψ_a that begins at ``start``."""
    rising = psi[a, start + 1] > psi[a, start]
    m = start + 1
    while m < count - 1 and (psi[a, m + 1] > psi[a, m]) == rising:
        m += 1
    return m


@kernel
def _run_begin(psi, a, stop):
    """First mesh point of the monotone run of ψ_a that ends at ``stop``."""
    rising = psi[a, stop] > psi[a, stop - 1]
    m = stop - 1
    while m > 0 and (psi[a, m] > psi[a, m - 1]) == rising:
        m -= 1
    return m


@kernel
def _next_turn(psi, begin, end, moves, count, falling):
    """Return the move whose run ends first as z goes on, and z there; -1 and ±inf if none does."""
    turning, z = -1, -np.inf if falling else np.inf
    for a in range(moves):
        rightward = (psi[a, end[a]] < psi[a, begin[a]]) == falling
        m = end[a] if rightward else begin[a]
        if m == 0 or m == count - 1:
            continue
        if (falling and psi[a, m] > z) or (not falling and psi[a, m] < z):
            turning, z = a, psi[a, m]
    return turning, z


@kernel
def _imbalance(mesh, psi, base, begin, end, moves, count, z, y):
    """Return G at ``z`` on the current runs, and leave the y there."""
    top0, top1 = -np.inf, -np.inf
    weight = np.empty(moves)
    for a in range(moves):
        low, high = begin[a], end[a]
        rising = psi[a, high] > psi[a, low]
        if low == 0 and (psi[a, 0] < z) != rising:
            y[a] = mesh[0] - (z - psi[a, 0])
            weight[a] = base[a, 0]
        elif high == count - 1 and (psi[a, high] > z) != rising:
            y[a] = mesh[high] - (z - psi[a, high])
            weight[a] = base[a, high]
        else:
            while high - low > 1:
                middle = (low + high) >> 1
                if (psi[a, middle] <= z) == rising:
                    low = middle
                else:
                    high = middle
            rise = psi[a, high] - psi[a, low]
            share = min(max((z - psi[a, low]) / rise, 0.0), 1.0) if rise != 0.0 else 0.5
            y[a] = mesh[low] + share * (mesh[high] - mesh[low])
            weight[a] = base[a, low] + share * (base[a, high] - base[a, low])
        top0, top1 = max(top0, weight[a]), max(top1, weight[a] + y[a])
    total0, total1 = 0.0, 0.0
    for a in range(moves):
        total0 += math.exp(weight[a] - top0)
        total1 += math.exp(weight[a] + y[a] - top1)
    return top1 + math.log(total1) - top0 - math.log(total0)


@kernel
def _bisect(mesh, psi, base, begin, end, moves, count, z_from, z_to, falling, y):
    """Close in on the root of G between ``z_from`` (G < 0) and ``z_to`` (G >= 0) on the current runs; return its z."""
    sign = -1.0 if falling else 1.0
    width = 1.0
    if np.isinf(z_from) and np.isinf(z_to):
        z_from = z_to = 0.0
    elif np.isinf(z_from):
        z_from = z_to
    elif np.isinf(z_to):
        z_to = z_from
    while _imbalance(mesh, psi, base, begin, end, moves, count, z_from, y) >= 0.0 and width < 1e9:
        z_from -= sign * width
        width *= 2.0
    width = 1.0
    while _imbalance(mesh, psi, base, begin, end, moves, count, z_to, y) < 0.0 and width < 1e9:
        z_to += sign * width
        width *= 2.0
    for _ in range(50):
        middle = 0.5 * (z_from + z_to)
        if _imbalance(mesh, psi, base, begin, end, moves, count, middle, y) < 0.0:
            z_from = middle
        else:
            z_to = middle
    return z_to
