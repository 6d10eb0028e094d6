"""Backward induction over blocks of states: arrays in, arrays out.

| letter | meaning |
|---|---|
| s, a | state; move, numbered through all states |
| i, j | mover; the other player |
| u, w | node of the mover's own belief grid; node of the other's |
| lo, x | interval of a belief grid; fraction of it |
| V | values, shape (S, N0, N1, K0 + K1): nodes of both beliefs, then types of player 0, then of player 1 |
| y | log-likelihood ratios of each move, shape (M, N0, N1); meant where the mover has two types and several moves |

Behaviour at a stage is fixed by y: it is the logit response to the posteriors that y implies (`stage`). For each move
the continuations are summed over chance once, along the line of the mover's own belief; the fixed point then only
interpolates on that line.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..compiled import borrowed, entry, inlined, kernel
from ..game.game import Game
from .interpolation import beside, between, cubic_at, fill_cubics, line_value, locate
from .pivot import find
from .room import line_of
from .stage import SOLVED, TRACED, UNSOLVED, evaluate, newton, relax, trace

_1, _2, _3 = np.uint64(1), np.uint64(2), np.uint64(3)


class GameArrays(NamedTuple):
    """The arrays of a `Game` that kernels read, with the number of types of each player."""

    mover: NDArray[np.int8]
    first_move: NDArray[np.int64]
    row: NDArray[np.int32]
    elapsed: NDArray[np.int8]
    first_branch: NDArray[np.int64]
    successor: NDArray[np.int32]
    probability: NDArray[np.float64]
    likelihood_row: NDArray[np.int16]
    likelihood: NDArray[np.float64]
    redraw_row: NDArray[np.int16]
    redraw_player: NDArray[np.int8]
    redraw: NDArray[np.float64]
    reward: NDArray[np.float64]
    discount: NDArray[np.float64]
    season: NDArray[np.int16]
    dated: NDArray[np.float64]
    types: NDArray[np.int64]
    most_moves: int


def game_arrays(game: Game) -> GameArrays:
    """Return what the kernels read of ``game``, in row order: another layout would be another type to compile for."""
    fields = [np.ascontiguousarray(getattr(game, name)) for name in GameArrays._fields[:-2]]
    most = int(np.diff(game.first_move).max(initial=1))
    return GameArrays(*fields, types=np.array(game.types, np.int64), most_moves=most)


def in_period(arrays: GameArrays, period: int) -> GameArrays:
    """Return the arrays with the chances of ``period`` as their ``probability``."""
    if not len(arrays.season) or arrays.season[period] < 0:
        return arrays
    return arrays._replace(probability=arrays.dated[arrays.season[period]])


@kernel
def _node(V, s, i, own, other, component):
    """Value ``component`` of state s at node ``own`` of player i's belief and node ``other`` of the other's."""
    if i == 0:
        return V[s, own, other, component]
    return V[s, other, own, component]


@kernel
def _across(V, s, i, nodes_j, u, lo, x, component, line):
    """Value at own node u and any belief (lo, x) of the other player; ``line`` is work space over its nodes."""
    if x == 0.0:
        return _node(V, s, i, u, lo, component)
    n = nodes_j.shape[0]
    for w in range(max(0, lo - 1), min(n, lo + 3)):
        line[w] = _node(V, s, i, u, w, component)
    return line_value(nodes_j, line, lo, x)


@kernel
def _anywhere(V, s, i, nodes_i, nodes_j, lo_i, x_i, lo_j, x_j, component, line, line_i):
    """Value at any pair of beliefs."""
    n = nodes_i.shape[0]
    if n == 1 or x_i == 0.0:
        return _across(V, s, i, nodes_j, lo_i, lo_j, x_j, component, line)
    for u in range(max(0, lo_i - 1), min(n, lo_i + 3)):
        line_i[u] = _across(V, s, i, nodes_j, u, lo_j, x_j, component, line)
    return line_value(nodes_i, line_i, lo_i, x_i)


@inlined
def posterior(p, chance_first, chance_second):
    """Belief in the second type after something that has these chances under each type."""
    total = (1.0 - p) * chance_first + p * chance_second
    return p if total <= 0.0 else p * chance_second / total


@kernel
def add_special_branch(g, V, branch, i, nodes_i, nodes_j, p_j, sums, line, line_i):
    """Add a branch that tells the public about a type, or draws one anew, at every own node: see `fill_row`."""
    j = 1 - i
    s = g.successor[branch]
    chance = g.probability[branch]
    factors = g.likelihood[g.likelihood_row[branch]]
    drawn_row = g.redraw_row[branch]
    drawn = g.redraw[drawn_row]
    of = g.redraw_player[drawn_row] if drawn_row > 0 else -1
    off_i, off_j = (0, g.types[0]) if i == 0 else (g.types[0], 0)
    p_after = drawn[1] if of == j else posterior(p_j, factors[j, 0], factors[j, 1])
    lo_j, x_j = locate(nodes_j, p_after)
    seen_j = factors[j, 0] if g.types[j] == 1 else (1.0 - p_j) * factors[j, 0] + p_j * factors[j, 1]
    for u in range(nodes_i.shape[0]):
        p = nodes_i[u]
        seen_i = factors[i, 0] if g.types[i] == 1 else (1.0 - p) * factors[i, 0] + p * factors[i, 1]
        own_after = drawn[1] if of == i else posterior(p, factors[i, 0], factors[i, 1])
        lo_i, x_i = locate(nodes_i, own_after)
        for k in range(g.types[i]):
            value = 0.0
            for new in range(g.types[i]):
                weight = drawn[new] if of == i else (1.0 if new == k else 0.0)
                if weight > 0.0:
                    value += weight * _anywhere(
                        V, s, i, nodes_i, nodes_j, lo_i, x_i, lo_j, x_j, off_i + new, line, line_i
                    )
            sums[line_of(u, k)] += chance * factors[i, k] * seen_j * value
        for k in range(g.types[j]):
            value = 0.0
            for new in range(g.types[j]):
                weight = drawn[new] if of == j else (1.0 if new == k else 0.0)
                if weight > 0.0:
                    value += weight * _anywhere(
                        V, s, i, nodes_i, nodes_j, lo_i, x_i, lo_j, x_j, off_j + new, line, line_i
                    )
            sums[line_of(u, k, 1)] += chance * factors[j, k] * seen_i * value


@inlined
def _take(V, s, i, node_j, n, types_i, types_j, values):
    """Read into ``values`` (m,) what a state is worth at one of the other's nodes and all ``n`` of the mover's.

    The one type of a player is read twice.
    """
    wide = V.shape[3]
    off_i, off_j = (0, types_i) if i == 0 else (types_j, 0)
    from_i, to_i, from_j, to_j = off_i, off_i + types_i - 1, off_j, off_j + types_j - 1
    first = (s * V.shape[1] * V.shape[2] + node_j * (1 if i == 0 else V.shape[2])) * wide
    step = (V.shape[2] if i == 0 else 1) * wide
    flat = borrowed(V.reshape(V.size))
    for u in range(n):
        at, e = np.uint64(first + u * step), np.uint64(4 * u)
        values[e], values[e + _1] = flat[at + np.uint64(from_i)], flat[at + np.uint64(to_i)]
        values[e + _2], values[e + _3] = flat[at + np.uint64(from_j)], flat[at + np.uint64(to_j)]


@inlined
def fill_row(g, now, later, move, a, i, nodes_i, nodes_j, lo, x, room):
    """Sum the continuations of ``move`` over chance, at the other's belief (lo, x) and every node of the mover's own.

    Writes columns `line_of` ``a`` of ``room.lines``: the expected discounted continuation of each type of the mover,
    and of each type of the other player, given that the public belief about the mover is that node. ``now`` holds
    values of this period, ``later`` of the next.
    """
    V = later if g.elapsed[move] else now
    types_i, types_j = g.types[i], g.types[1 - i]
    n, whole = nodes_i.shape[0], room.sums.shape[0]
    lines, sums = room.lines, room.sums
    previous, first, second, following = room.previous, room.first, room.second, room.following
    for e in range(whole):
        sums[e] = 0.0
    before, after = max(lo - 1, 0), min(lo + 2, nodes_j.shape[0] - 1)
    ratio_before, share_before, ratio_after, share_after = beside(nodes_j, lo) if x > 0.0 else (0.0, 0.0, 0.0, 0.0)
    for branch in range(g.first_branch[move], g.first_branch[move + 1]):
        chance = g.probability[branch]
        if chance == 0.0:
            continue
        s = g.successor[branch]
        if g.likelihood_row[branch] > 0 or g.redraw_row[branch] > 0:
            p_j = nodes_j[lo] if x == 0.0 else nodes_j[lo] + x * (nodes_j[lo + 1] - nodes_j[lo])
            add_special_branch(g, V, branch, i, nodes_i, nodes_j, p_j, sums, room.line, room.line_i)
        elif x == 0.0:
            _take(V, s, i, lo, n, types_i, types_j, first)
            for e in range(whole):
                sums[e] += chance * first[e]
        else:
            _take(V, s, i, before, n, types_i, types_j, previous)
            _take(V, s, i, lo, n, types_i, types_j, first)
            _take(V, s, i, lo + 1, n, types_i, types_j, second)
            _take(V, s, i, after, n, types_i, types_j, following)
            for e in range(whole):
                sums[e] += chance * between(
                    previous[e], first[e], second[e], following[e],
                    ratio_before, share_before, ratio_after, share_after, x,
                )  # fmt: skip
    d_i, d_j = g.discount[g.row[move], i], g.discount[g.row[move], 1 - i]
    for u in range(n):
        for k in range(2):
            lines[u, line_of(a, k)] = d_i * sums[line_of(u, k)]
            lines[u, line_of(a, k, 1)] = d_j * sums[line_of(u, k, 1)]


@inlined
def fill_rewards(g, state, i, p_j, expected):
    """Write the mover's expected reward by move and own type; the other's type is its second with chance ``p_j``."""
    for a in range(g.first_move[state + 1] - g.first_move[state]):
        row = g.row[g.first_move[state] + a]
        for k in range(g.types[i]):
            if i == 0:
                first, second = g.reward[row, 0, k, 0], g.reward[row, 0, k, g.types[1] - 1]
            else:
                first, second = g.reward[row, 1, 0, k], g.reward[row, 1, g.types[0] - 1, k]
            expected[a, k] = (1.0 - p_j) * first + p_j * second


@inlined
def other_reward(g, row, i, k, other_k):
    """Reward to the player who does not move, by the mover's type and its own."""
    return g.reward[row, 1, k, other_k] if i == 0 else g.reward[row, 0, other_k, k]


@kernel
def settle(nodes, log_odds, precision, moves, room, tolerance, trace_first):
    """Solve one stage from ``room.y``, else from ``room.start``, else from one extreme to the other, else by tracing.

    With ``trace_first`` the trace comes before all else. Returns how it ended; ``room.y`` holds the solution.
    """
    nodes, room = borrowed(nodes), borrowed(room)
    cubics, expected, y, start = room.cubics, room.expected, room.y, room.start
    q, dq, policy, f, step, trial = room.q, room.dq, room.policy, room.f, room.step, room.trial
    if precision == 0.0:
        y[:moves] = 0.0
        evaluate(nodes, cubics, expected, log_odds, precision, moves, y, q, dq, policy, f)
        return SOLVED
    if trace_first and trace(nodes, cubics, expected, log_odds, precision, moves, y, q, dq, policy, f, tolerance):
        return TRACED
    if newton(nodes, cubics, expected, log_odds, precision, moves, y, q, dq, policy, f, step, trial, tolerance, False):
        return SOLVED
    for a in range(moves):
        y[a] = start[a]
    if newton(nodes, cubics, expected, log_odds, precision, moves, y, q, dq, policy, f, step, trial, tolerance, False):
        return SOLVED
    for a in range(moves):
        y[a] = start[a]
    if relax(nodes, cubics, expected, log_odds, precision, moves, y, q, dq, policy, f, step, tolerance):
        return SOLVED
    if find(nodes, cubics, expected, log_odds, precision, moves, y, q, dq, policy, f, step, trial, tolerance):
        return TRACED
    if trace(nodes, cubics, expected, log_odds, precision, moves, y, q, dq, policy, f, tolerance):
        return TRACED
    for a in range(moves):
        y[a] = start[a]
    return UNSOLVED


@entry
def rescue(
    game, states, nodes0, nodes1, precisions, tolerance, now, later, y_all, resists, trace_first,
    unsolved, counts, space,
):  # fmt: skip
    """Solve the stages of ``states`` that ``resists`` marks, one by one; write their values and log ratios.

    Parameters
    ----------
    game : GameArrays
    states : int64 array
    nodes0, nodes1 : float64 arrays, shapes (N0,), (N1,)
    precisions : float64 array, shape (2,)
    now, later : float64 arrays, shape (S, N0, N1, K0 + K1)
        ``now`` is modified in place.
    y_all : float64 array, shape (M, N0, N1)
        Start of each stage on entry, its solution on exit.
    resists : bool array, shape (S, N0, N1)
        Cleared.
    trace_first : bool
        Whether to trace each stage from precision zero before anything else is tried.
    unsolved : int32 array, shape (S,)
        Increased by one for every node at which a state resists still.
    counts : int64 array, shape (3,)
        Stages solved from a start near by, swept or traced, and unsolved; increased.
    space : Room
        Work space of this thread.
    """
    g, room = borrowed(game), borrowed(space)
    nodes0, nodes1, now, later = borrowed(nodes0), borrowed(nodes1), borrowed(now), borrowed(later)
    y_all, resists = borrowed(y_all), borrowed(resists)
    q, policy = room.q, room.policy
    for s in states:
        i = g.mover[s]
        first = g.first_move[s]
        moves = g.first_move[s + 1] - first
        nodes_i, nodes_j = (nodes0, nodes1) if i == 0 else (nodes1, nodes0)
        types_j = g.types[1 - i]
        off_i, off_j = (0, g.types[0]) if i == 0 else (g.types[0], 0)
        for w in range(nodes_j.shape[0]):
            filled = False
            for u in range(1, nodes_i.shape[0] - 1):
                u0, u1 = (u, w) if i == 0 else (w, u)
                if not resists[s, u0, u1]:
                    continue
                resists[s, u0, u1] = False
                if not filled:
                    filled = True
                    for a in range(moves):
                        fill_row(g, now, later, first + a, a, i, nodes_i, nodes_j, w, 0.0, room)
                    fill_cubics(nodes_i, room.lines, line_of(moves, 0), room.cubics)
                    fill_rewards(g, s, i, nodes_j[w], room.expected)
                for a in range(moves):
                    room.y[a] = y_all[first + a, u0, u1]
                    beside = y_all[first + a, u - 1, w] if i == 0 else y_all[first + a, w, u - 1]
                    room.start[a] = beside if u > 1 else 0.0
                p = nodes_i[u]
                ended = settle(
                    nodes_i, math.log(p) - math.log1p(-p), precisions[i], moves, room, tolerance, trace_first
                )
                counts[ended] += 1
                if ended == UNSOLVED:
                    unsolved[s] += 1
                for a in range(moves):
                    y_all[first + a, u0, u1] = room.y[a]
                for k in range(2):
                    value = 0.0
                    for a in range(moves):
                        value += policy[k, a] * q[k, a]
                    now[s, u0, u1, off_i + k] = value
                continuations_after(nodes_i, room, moves, types_j, p)
                for k in range(types_j):
                    value = 0.0
                    for a in range(moves):
                        chance0, chance1 = (1.0 - p) * policy[0, a], p * policy[1, a]
                        row = g.row[first + a]
                        value += chance0 * other_reward(g, row, i, 0, k) + chance1 * other_reward(g, row, i, 1, k)
                        value += (chance0 + chance1) * room.other_q[k, a]
                    now[s, u0, u1, off_j + k] = value


@inlined
def continuations_after(nodes, room, moves, types_j, p):
    """Fill ``room.after`` with the posterior of ``room.y`` from belief ``p``, 0 < p < 1, and ``room.other_q`` there."""
    for a in range(moves):
        after = 1.0 / (1.0 + (1.0 - p) / p * math.exp(-max(room.y[a], -700.0)))
        lo, x = locate(nodes, after)
        room.after[a] = after
        for k in range(types_j):
            room.other_q[k, a] = cubic_at(room.cubics, lo, line_of(a, k, 1), x)
