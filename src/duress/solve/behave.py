"""Behaviour at any pair of beliefs, recomputed from the stage equation with the values that were kept.

A solution keeps values by period, and the log ratios only roughly: enough to start each stage on the branch that was
solved. What a party does at exact beliefs is then the zero of the same stage equation, about a microsecond away.
"""

from __future__ import annotations

import math

import numpy as np

from ..compiled import borrowed, entry, inlined, kernel
from .elementary import ROUNDS
from .interpolation import fill_cubics, line_value, locate
from .kernels import continuations_after, fill_rewards, fill_row, other_reward, settle
from .room import line_of
from .stage import respond

RATIO_UNIT = 0.01
"""Unit in which log ratios are kept as 16-bit integers."""

_MOST_UNITS = 32767.0


@entry
def record(first_move, begin, end, now, y_all, values, ratios):
    """Keep the values and log ratios of states ``begin`` to ``end`` in one period; arrays as in `behave`.

    ``y_all`` has shape (M, N0, N1). States, and the moves of all of them, lie side by side: one loop each.
    """
    per_state, pairs = now.shape[1] * now.shape[2] * now.shape[3], now.shape[1] * now.shape[2]
    kept, found = borrowed(values.reshape(values.size)), borrowed(now.reshape(now.size))
    for e in range(begin * per_state, end * per_state):
        kept[e] = found[e]
    units, y = borrowed(ratios.reshape(ratios.size)), borrowed(y_all.reshape(y_all.size))
    for e in range(first_move[begin] * pairs, first_move[end] * pairs):
        unit = min(max(y[e] * (1.0 / RATIO_UNIT), -_MOST_UNITS), _MOST_UNITS)
        units[e] = np.int16((unit + ROUNDS) - ROUNDS)


@entry
def behave(g, now, later, ratios, s, p0, p1, nodes0, nodes1, precisions, tolerance, room):
    """Solve a stage: `behave_here`, for Python."""
    return behave_here(g, now, later, ratios, s, p0, p1, nodes0, nodes1, precisions, tolerance, room)


@inlined
def behave_here(g, now, later, ratios, s, p0, p1, nodes0, nodes1, precisions, tolerance, room):
    """Solve the stage of state s at beliefs (p0, p1) in the second types; return how it ended (see `stage`).

    ``now``, ``later`` are values of this period and the next, ``ratios`` (M, N0, N1) the log ratios kept for this
    period, in units of `RATIO_UNIT`. Results are left in ``room``.
    """
    g, now, later, ratios = borrowed(g), borrowed(now), borrowed(later), borrowed(ratios)
    nodes0, nodes1, room = borrowed(nodes0), borrowed(nodes1), borrowed(room)
    i = g.mover[s]
    j = 1 - i
    nodes_i, nodes_j = (nodes0, nodes1) if i == 0 else (nodes1, nodes0)
    p_i, p_j = (p0, p1) if i == 0 else (p1, p0)
    first = g.first_move[s]
    moves = g.first_move[s + 1] - first
    n = nodes_i.shape[0]
    types_i, types_j = g.types[i], g.types[j]
    lo_j, x_j = locate(nodes_j, p_j)
    lo_i, x_i = locate(nodes_i, p_i)
    for a in range(moves):
        fill_row(g, now, later, first + a, a, i, nodes_i, nodes_j, lo_j, x_j, room)
    fill_rewards(g, s, i, p_j, room.expected)
    learns = types_i == 2 and moves > 1 and 0.0 < p_i < 1.0
    ended = 0
    if learns:
        fill_cubics(nodes_i, room.lines, line_of(moves, 0), room.cubics)
        near_i, near_j = _inner(n, lo_i, x_i), lo_j + (1 if x_j > 0.5 else 0)
        u0, u1 = (near_i, near_j) if i == 0 else (near_j, near_i)
        for a in range(moves):
            room.y[a] = room.start[a] = ratios[first + a, u0, u1] * RATIO_UNIT
        ended = settle(
            nodes_i, math.log(p_i) - math.log1p(-p_i), precisions[i], moves, room, tolerance, False,
        )  # fmt: skip
    else:
        for k in range(types_i):
            for a in range(moves):
                room.q[k, a] = room.expected[a, k] + _on_line(nodes_i, room.lines, line_of(a, k), lo_i, x_i)
            respond(room.q, precisions[i], moves, room.policy, k)
    for k in range(types_i):
        room.values[i, k] = 0.0
        for a in range(moves):
            room.values[i, k] += room.policy[k, a] * room.q[k, a]
    if learns:
        continuations_after(nodes_i, room, moves, types_j, p_i)
    else:
        room.after[:moves] = p_i
        for a in range(moves):
            for k in range(types_j):
                room.other_q[k, a] = _on_line(nodes_i, room.lines, line_of(a, k, 1), lo_i, x_i)
    for k in range(types_j):
        value = 0.0
        for a in range(moves):
            chance0, chance1 = (1.0 - p_i) * room.policy[0, a], p_i * room.policy[types_i - 1, a]
            value += chance0 * other_reward(g, g.row[first + a], i, 0, k)
            value += chance1 * other_reward(g, g.row[first + a], i, types_i - 1, k)
            value += (chance0 + chance1) * room.other_q[k, a]
        room.values[j, k] = value
    for a in range(moves):
        for k in range(types_j):
            room.other_q[k, a] += (1.0 - room.after[a]) * other_reward(g, g.row[first + a], i, 0, k)
            room.other_q[k, a] += room.after[a] * other_reward(g, g.row[first + a], i, types_i - 1, k)
    return ended


@kernel
def _inner(n, lo, x):
    """Nearest node that is not a certainty: only those have log ratios."""
    return min(max(lo + (1 if x > 0.5 else 0), 1), n - 2)


@kernel
def _on_line(nodes, lines, e, lo, x):
    """Value of line ``e`` of own beliefs, which is one number where the mover has one type."""
    return lines[0, e] if nodes.shape[0] == 1 else line_value(nodes, lines[:, e], lo, x)
