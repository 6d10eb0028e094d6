"""A stage on a belief lattice where no start is near: a path along λ from choices at random (see `lattice_stage`)."""

from __future__ import annotations

import math

from ..compiled import kernel
from .lattice_room import copy, fill
from .lattice_stage import eliminate, evaluate, fill_jacobian, newton, relax, rounding
from .stage import SOLVED, TRACED, UNSOLVED

_TRACE_STEPS = 3000
_TRACES = 8
_TIGHT = 1e-9


@kernel
def _evaluate_along(grid, room, types, moves, goal, z):
    """Evaluate F at the ratios and log λ of ``z``, with rewards tilted the less the nearer λ is to ``goal``."""
    lam = math.exp(z[moves * (types - 1)])
    for a in range(moves):
        for k in range(types):
            room.reward[a, k] = room.expected[a, k] + (1.0 - lam / goal) * room.tilt[a, k]
    return evaluate(grid, room, types, moves, lam, z)


@kernel
def _fill_border(room, types, moves, goal, lam, last_row):
    """Fill the Jacobian of -F in (y / scale, log λ), bordered by ``last_row``, at the point evaluated last."""
    n, matrix, policy = moves * (types - 1), room.matrix, room.policy
    fill_jacobian(room, types, moves, lam, 0.0)
    for k in range(types):
        mean = 0.0
        for a in range(moves):
            mean += policy[k, a] * (room.q[k, a] - lam / goal * room.tilt[a, k])
        for a in range(moves):
            change = lam * (room.q[k, a] - lam / goal * room.tilt[a, k] - mean)
            if k == 0:
                for l in range(types - 1):  # noqa: E741
                    matrix[a * (types - 1) + l, n] = change
            else:
                matrix[a * (types - 1) + k - 1, n] -= change
    for c in range(n):
        for r in range(n):
            matrix[r, c] *= room.scale[c]
    for c in range(n + 1):
        matrix[n, c] = last_row[c]


@kernel
def _correct(grid, room, types, moves, goal, last_row, advance, tolerance):
    """Solve F = 0 on the plane ``last_row · (z - base) / scale = advance`` by Newton; return whether it did."""
    n, z, base, scale, right = moves * (types - 1), room.z, room.base, room.scale, room.right
    for _ in range(12):
        error = _evaluate_along(grid, room, types, moves, goal, z)
        lam, ahead = math.exp(z[n]), advance
        for c in range(n + 1):
            ahead -= last_row[c] * (z[c] - base[c]) / scale[c]
        if abs(ahead) < _TIGHT * (1e-3 + advance) and error <= max(tolerance, rounding(room, types, moves, lam)):
            return True
        _fill_border(room, types, moves, goal, lam, last_row)
        copy(n, room.f, right)
        right[n] = ahead
        if eliminate(room.matrix, right, n + 1) == 0.0:
            return False
        for c in range(n + 1):
            z[c] += right[c] * scale[c]
            if not abs(z[c] - base[c]) <= 4.0 * advance * scale[c] + 1e-6:
                return False
    return False


@kernel
def _take_tangent(room, types, moves, goal, lam):
    """Turn ``room.direction`` into the oriented tangent at the point evaluated last; return its cosine with before.

    Along a path of zeros det [-F'; tangent] keeps its sign, past folds and over kinks alike; at λ = 0 it is positive.
    """
    n, direction, right = moves * (types - 1), room.direction, room.right
    _fill_border(room, types, moves, goal, lam, direction)
    fill(n, right, 0.0)
    right[n] = 1.0
    sign = eliminate(room.matrix, right, n + 1)
    if sign == 0.0:
        return 1.0
    length = 0.0
    for c in range(n + 1):
        length += right[c] * right[c]
    length = math.sqrt(length)
    cosine = 0.0
    for c in range(n + 1):
        right[c] *= sign / length
        cosine += right[c] * direction[c]
        direction[c] = right[c]
    return cosine


@kernel
def _follow(grid, room, types, moves, goal, tolerance, longest):
    """Follow the zero of F from λ near 0 to ``goal`` by pseudo-arclength, steps at most ``longest``; return if it did.

    Steps are measured in log λ and in y relative to 1 + |y|. Where no step is short enough there is a kink behind which
    the path turns by more than a right angle: the tangent just behind it says where to.
    """
    n, z, base, scale, direction, level = (
        moves * (types - 1), room.z, room.base, room.scale, room.direction, room.level,
    )  # fmt: skip
    for c in range(n + 1):
        level[c], direction[c], z[c], scale[c] = 0.0, 0.0, 0.0, 1.0
    level[n] = direction[n] = 1.0
    end = math.log(goal)
    z[n] = min(end, math.log(1e-2)) - 1.0
    copy(n + 1, z, base)
    lowest, length, shortest = z[n] - 0.5, longest, 1e-6
    if not _begin(grid, room, types, moves, goal):
        return False
    for _ in range(_TRACE_STEPS):
        copy(n + 1, z, base)
        if base[n] < lowest:
            return False
        _evaluate_along(grid, room, types, moves, goal, base)
        for c in range(n):
            scale[c] = 1.0 + abs(base[c])
        _take_tangent(room, types, moves, goal, math.exp(base[n]))
        crossed = False
        while True:
            last = base[n] + length * direction[n] >= end
            advance = (end - base[n]) / direction[n] if last else length
            for c in range(n + 1):
                z[c] = base[c] + advance * direction[c] * scale[c]
            if last:
                z[n] = end
                if _correct(grid, room, types, moves, goal, level, end - base[n], tolerance):
                    copy(n, z, room.y)
                    return True
            elif _correct(grid, room, types, moves, goal, direction, advance, _TIGHT):
                break
            length = 0.5 * min(length, advance)
            if length < shortest:
                if crossed:
                    return False
                crossed = True
                for c in range(n + 1):
                    z[c] = base[c] + 4.0 * shortest * direction[c] * scale[c]
                _evaluate_along(grid, room, types, moves, goal, z)
                if _take_tangent(room, types, moves, goal, math.exp(z[n])) > 0.999:
                    return False
                length = 1024.0 * shortest
        length = min(length * 1.6, longest)
    return False


@kernel
def _begin(grid, room, types, moves, goal):
    """Find the zero of F at the λ of ``room.z``, so small that repetition finds it; return whether it did."""
    n, z, error = moves * (types - 1), room.z, math.inf
    for _ in range(200):
        error = _evaluate_along(grid, room, types, moves, goal, z)
        if error < 1e-13:
            return True
        for c in range(n):
            z[c] += room.f[c]
    return error < _TIGHT


@kernel
def trace(grid, room, types, moves, precision, tolerance):
    """Follow paths from λ = 0 to ``precision`` until one arrives; return whether one did, with the zero in ``room.y``.

    The first is the principal branch; it is tried again with shorter steps. The others begin with rewards tilted, in
    ways fixed once and for all, and end with the game's own: there is a zero at the end of each.
    """
    lowest, highest = math.inf, -math.inf
    for k in range(types):
        for a in range(moves):
            lowest, highest = min(lowest, room.q[k, a]), max(highest, room.q[k, a])
    arrived = False
    for tried in range(_TRACES):
        size = 0.0 if tried < 2 else 0.5 * (highest - lowest)
        for a in range(moves):
            for k in range(types):
                # Multiples of the golden ratio, less whole numbers, are spread evenly.
                turn = 0.6180339887498949 * (1 + k + types * (a + moves * tried))
                room.tilt[a, k] = size * (2.0 * (turn - math.floor(turn)) - 1.0)
        if _follow(grid, room, types, moves, precision, tolerance, 0.03 if tried == 1 else 0.3):
            arrived = True
            break
    for a in range(moves):
        copy(types, room.expected[a], room.reward[a])
    return arrived


@kernel
def settle(grid, room, types, moves, precision, tolerance):
    """Solve one stage from ``room.y``, else from ``room.start``, else along paths from λ = 0; return how it ended.

    The solution is left in ``room.y``, and the behaviour it implies in ``room``. A stage left unsolved keeps the point
    where F was smallest.
    """
    n, y, start = moves * (types - 1), room.y, room.start
    for a in range(moves):
        copy(types, room.expected[a], room.reward[a])
    ended = UNSOLVED
    if n == 0 or moves == 1 or precision == 0.0:
        fill(n, y, 0.0)
        ended = SOLVED
    elif newton(grid, room, types, moves, precision, tolerance, False):
        ended = SOLVED
    else:
        copy(n, start, y)
        if newton(grid, room, types, moves, precision, tolerance, False):
            ended = SOLVED
        else:
            copy(n, start, y)
            if relax(grid, room, types, moves, precision, tolerance):
                ended = SOLVED
            elif trace(grid, room, types, moves, precision, tolerance):
                ended = TRACED
            elif _repeat(grid, room, types, moves, precision, tolerance):
                ended = TRACED
    evaluate(grid, room, types, moves, precision, y)
    return ended


@kernel
def _repeat(grid, room, types, moves, precision, tolerance):
    """Repeat y + F(y), damped more and more, and look for a zero from where F was smallest; return whether it did."""
    n, y, best = moves * (types - 1), room.y, room.best
    copy(n, room.start, y)
    smallest = math.inf
    for step in range(400):
        error = evaluate(grid, room, types, moves, precision, y)
        if error < smallest:
            smallest = error
            copy(n, y, best)
        for c in range(n):
            y[c] += room.f[c] * 4.0 / (8.0 + step)
    copy(n, best, y)
    if newton(grid, room, types, moves, precision, tolerance, True):
        return True
    copy(n, best, y)
    return False
