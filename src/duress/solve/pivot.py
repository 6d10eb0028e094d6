"""A stage solved by going from one extreme to the other: slower than Newton's method, and never empty-handed.

With z = log Z_1 - log Z_0 as a parameter (see `stage`), every move has its own scalar condition

    ψ_a(y) = λ (Q(a, 1) - Q(a, 0)) - y = z,

and what is left is one equation, G = log Σ_a σ(a|0) exp(y_a) = 0. As z falls from +∞ to -∞ each y_a runs from -∞ to +∞,
and G from negative to positive, along a path that can only turn where some ψ_a does: there z changes direction and that
move goes on to its next monotone run. Such a path cannot end or cross itself, so G has a root on it (the argument of
Lemke & Howson 1964 for bimatrix games). ψ is taken at the points of a mesh, straight in between; Newton's method then
polishes the root, and the mesh is made finer where it cannot.

A path of moves with nearly the same ψ is long: each goes through every fold, once for each combination of the others.
Moves that are alike are therefore read alike first, as one move whose ψ is their mean, which near a root that is not a
fold is near a root of all of them; they are told apart where Newton's method does not get there from it.
"""

from __future__ import annotations

import math

import numpy as np

from ..compiled import kernel
from .interpolation import locate
from .stage import newton

_REACH = 45.0
"""Log odds that the mesh covers beyond the outermost inner nodes."""

_OUTER = 24
"""Mesh points on either side for each point to an inner interval."""

_MOST_TURNS = 10_000

_ALIKE = (1.0, 0.03, 0.0)
"""How far apart ψ of moves may be that are read alike, in log odds; tried in turn."""

_MESHES = (4, 32, 256, 2048)
"""Points to an inner interval, tried in turn."""


@kernel
def find(nodes, cubics, reward, log_odds, precision, moves, y, q, dq, policy, f, step, trial, tolerance):
    """Solve F(y) = 0 without a start; return whether it did. Arrays as in `stage`."""
    for fine in _MESHES:
        told_apart = 0
        for alike in _ALIKE:
            groups = _sweep(nodes, cubics, reward, log_odds, precision, moves, y, fine, alike, told_apart)
            if groups == told_apart:
                continue
            told_apart = abs(groups)
            if groups > 0 and newton(
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
def _sweep(nodes, cubics, reward, log_odds, precision, moves, y, fine, alike, known):
    """Leave in ``y`` the first root of G on the path, for ψ straight between mesh points.

    Moves are read alike whose ψ are no further apart than ``alike``. Returns how many kinds of moves there are,
    negative if the path is too long to be followed; where there are ``known``, nothing is done.
    """
    mesh = _mesh(nodes, log_odds, fine)
    count = mesh.shape[0]
    psi, base = np.empty((moves, count)), np.empty((moves, count))
    for m in range(count):
        p = 1.0 / (1.0 + math.exp(-(mesh[m] + log_odds)))
        low, w = locate(nodes, p)
        for a in range(moves):
            q0 = cubics[a, 0, low, 0] + w * (
                cubics[a, 0, low, 1] + w * (cubics[a, 0, low, 2] + w * cubics[a, 0, low, 3])
            )
            q1 = cubics[a, 1, low, 0] + w * (
                cubics[a, 1, low, 1] + w * (cubics[a, 1, low, 2] + w * cubics[a, 1, low, 3])
            )
            base[a, m] = precision * (reward[a, 0] + q0)
            psi[a, m] = precision * (reward[a, 1] + q1) - base[a, m] - mesh[m]
    kind = np.empty(moves, np.int64)
    kinds = _merge(psi, base, moves, count, alike, kind)
    if kinds == known:
        return kinds
    begin, end, at = np.zeros(kinds, np.int64), np.empty(kinds, np.int64), np.empty(kinds)
    for a in range(kinds):
        end[a] = _run_end(psi, a, 0, count)
    falling, arrived = True, False
    z_from = z_to = np.inf
    for _ in range(_MOST_TURNS):
        turning, z_to = _next_turn(psi, begin, end, kinds, count, falling)
        if turning < 0 or _imbalance(mesh, psi, base, begin, end, kinds, count, z_to, at) >= 0.0:
            arrived = True
            break
        rightward = (psi[turning, end[turning]] < psi[turning, begin[turning]]) == falling
        if rightward:
            begin[turning] = end[turning]
            end[turning] = _run_end(psi, turning, begin[turning], count)
        else:
            end[turning] = begin[turning]
            begin[turning] = _run_begin(psi, turning, end[turning])
        falling = not falling
        z_from = z_to
    if not arrived:
        return -kinds
    _bisect(mesh, psi, base, begin, end, kinds, count, z_from, z_to, falling, at)
    for a in range(moves):
        y[a] = at[kind[a]]
    return kinds


@kernel
def _merge(psi, base, moves, count, alike, kind):
    """Make one row of all moves whose ψ is within ``alike`` of the first's; return how many rows there are.

    Row r of ``psi`` becomes the mean ψ of its moves, that of ``base`` the logarithm of their weights' sum; ``kind``
    says which row each move is in.
    """
    first, size = np.empty(moves, np.int64), np.empty(moves)
    kinds = 0
    for a in range(moves):
        kind[a] = kinds
        for r in range(kinds):
            furthest = 0.0
            for m in range(count):
                furthest = max(furthest, abs(psi[a, m] - psi[first[r], m]))
            if furthest <= alike:
                kind[a] = r
                break
        if kind[a] == kinds:
            first[kinds] = a
            kinds += 1
    for r in range(kinds):
        size[r] = 0.0
    for a in range(moves):
        r = kind[a]
        size[r] += 1.0
        for m in range(count):
            if first[r] == a:
                psi[r, m], base[r, m] = psi[a, m], base[a, m]
            else:
                psi[r, m] += (psi[a, m] - psi[r, m]) / size[r]
                top = max(base[r, m], base[a, m])
                base[r, m] = top + math.log(math.exp(base[r, m] - top) + math.exp(base[a, m] - top))
    return kinds


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
    """Close in on the root of G between ``z_from`` (G < 0) and ``z_to`` (G >= 0) on the current runs."""
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
