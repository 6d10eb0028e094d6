"""Playing a solved game forward: one history after another, public beliefs carried exactly."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..compiled import borrowed, entry, high_product, kernel
from ..solve.behave import behave
from ..solve.room import Room, make_room
from ..solve.stage import respond

DRAWS = 3
"""Uniform numbers set aside for each move: for the move, for chance, for a new type."""

_FIRST_FACTOR, _SECOND_FACTOR = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_FIRST_STEP, _SECOND_STEP = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)


_FURTHEST = 30.0
"""Log odds beyond which a table tells no beliefs apart."""

_ACROSS = 1 << 13
"""Points of a table across a belief, at most."""

_PROBES = 8
_RAREST = 1e-300


class Tables(NamedTuple):
    """Behaviour at points of the beliefs, found as they are met: the log policies of a stage, types then moves.

    ``points`` (P,) and ``cells`` (C,) are keys, -1 where nothing is kept, P and C powers of two; ``point_logs`` (P + 1,
    2 A) and ``cell_logs`` (C + 1, 8 A) end with work space. A cell has copies of its four points, so that a choice
    looks in one place. ``room`` serves the stages that are solved.
    """

    points: NDArray[np.int64]
    point_logs: NDArray[np.float32]
    cells: NDArray[np.int64]
    cell_logs: NDArray[np.float32]
    room: Room


def make_tables(most_moves: int, widest: int, memory: int) -> Tables:
    """Return empty tables that take about ``memory`` bytes, for stages as in `make_room`."""
    fit = max(memory // (16 + 10 * most_moves * 4), 1)
    size = 1 << (fit.bit_length() - 1)
    points, cells = (np.empty((size + 1, wide * most_moves), np.float32) for wide in (2, 8))
    return Tables(np.full(size, -1), points, np.full(size, -1), cells, make_room(most_moves, widest))


@kernel
def _uniform(key, number):
    """Return the uniform number in [0, 1) at this place of the stream of NumPy's ``Philox`` with this key.

    Philox 4x64 of ten rounds: any number of the stream costs the same, so a history draws what its own number says and
    nothing has to be drawn ahead. (Salmon et al. 2011, Parallel random numbers: as easy as 1, 2, 3. SC '11.)
    """
    first, second, third, fourth = np.uint64(number // 4 + 1), np.uint64(0), np.uint64(0), np.uint64(0)
    left, right = key[0], key[1]
    for turn in range(10):
        if turn > 0:
            left, right = left + _FIRST_STEP, right + _SECOND_STEP
        upper, lower = high_product(_FIRST_FACTOR, first), _FIRST_FACTOR * first
        other_upper, other_lower = high_product(_SECOND_FACTOR, third), _SECOND_FACTOR * third
        first, second = other_upper ^ second ^ left, other_lower
        third, fourth = upper ^ fourth ^ right, lower
    lane = number % 4
    bits = first if lane == 0 else (second if lane == 1 else (third if lane == 2 else fourth))
    return (bits >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@kernel
def _pick(chances, count, draw):
    """Index in ``chances[:count]`` at which their running sum passes ``draw``."""
    total = 0.0
    for n in range(count - 1):
        total += chances[n]
        if draw < total:
            return n
    return count - 1


@kernel
def _signalled(g, branch, player, p):
    """Belief about ``player`` after chance took ``branch``: Bayes' rule, then a new draw if there is one."""
    drawn = g.redraw_row[branch]
    if drawn > 0 and g.redraw_player[drawn] == player:
        return g.redraw[drawn, 1]
    row = g.likelihood_row[branch]
    if row == 0 or g.types[player] == 1:
        return p
    first, second = g.likelihood[row, player, 0], g.likelihood[row, player, 1]
    total = (1.0 - p) * first + p * second
    return p if total <= 0.0 else p * second / total


@kernel
def _find(keys, key):
    """Return the place of ``key`` in a table, or of where it would go; -1 if there is no room near by."""
    mask = keys.shape[0] - 1
    place = (key * 0x9E3779B97F4A7C15 >> 20) & mask
    for _ in range(_PROBES):
        if keys[place] == key or keys[place] == -1:
            return place
        place = (place + 1) & mask
    return -1


@kernel
def _node(p, types, step):
    """Return the point of a table below belief ``p``, and how far p is from it in steps; (0, 0.0) for one type."""
    if types == 1:
        return 0, 0.0
    odds = math.log(p) - math.log1p(-p) if 0.0 < p < 1.0 else (_FURTHEST if p > 0.5 else -_FURTHEST)
    steps = min(max(odds, -_FURTHEST), _FURTHEST) / step
    low = math.floor(steps)
    return int(low), steps - low


@kernel
def _belief_at(node, types, step):
    """Belief at a point of a table."""
    return 1.0 / (1.0 + math.exp(-node * step)) if types == 2 else 0.0


@kernel
def _log_policies(g, values, ratios, s, t, n0, n1, nodes0, nodes1, precisions, tolerance, tables, step):
    """Return the row of ``tables.point_logs`` with the log policies at a point, solved if it was not met before."""
    key = ((t * g.mover.shape[0] + s) * _ACROSS + n0 + _ACROSS // 2) * _ACROSS + n1 + _ACROSS // 2
    place = _find(tables.points, key)
    if place >= 0 and tables.points[place] == key:
        return place
    behave(
        g, values[t], values[t + 1], ratios[t], s, _belief_at(n0, g.types[0], step), _belief_at(n1, g.types[1], step),
        nodes0, nodes1, precisions, tolerance, tables.room,
    )  # fmt: skip
    row = place if place >= 0 else tables.points.shape[0]
    count, types = g.first_move[s + 1] - g.first_move[s], g.types[g.mover[s]]
    for k in range(types):
        for a in range(count):
            tables.point_logs[row, k * count + a] = math.log(max(tables.room.policy[k, a], _RAREST))
    if place >= 0:
        tables.points[place] = key
    return row


@kernel
def _respond_by_table(g, values, ratios, s, t, p0, p1, nodes0, nodes1, precisions, tolerance, room, tables, step):
    """Fill ``room.policy`` and ``room.after`` from log policies at the points around (p0, p1), linear between them.

    A point that is met for the first time is solved, exactly, and kept if there is room. What is filled in does not
    depend on what was kept.
    """
    i = g.mover[s]
    count, types = g.first_move[s + 1] - g.first_move[s], g.types[i]
    size = types * count
    low0, part0 = _node(p0, g.types[0], step)
    low1, part1 = _node(p1, g.types[1], step)
    key = ((t * g.mover.shape[0] + s) * _ACROSS + low0 + _ACROSS // 2) * _ACROSS + low1 + _ACROSS // 2
    place = _find(tables.cells, key)
    row = place if place >= 0 else tables.cells.shape[0]
    logs = tables.cell_logs
    if place < 0 or tables.cells[place] != key:
        for corner in range(4):
            n0, n1 = low0 + (corner >> 1) * (g.types[0] - 1), low1 + (corner & 1) * (g.types[1] - 1)
            point = _log_policies(
                g, values, ratios, s, t, n0, n1, nodes0, nodes1, precisions, tolerance, tables, step
            )  # fmt: skip
            for n in range(size):
                logs[row, corner * size + n] = tables.point_logs[point, n]
        if place >= 0:
            tables.cells[place] = key
    w0, w1 = (1.0 - part0) * (1.0 - part1), (1.0 - part0) * part1
    w2, w3 = part0 * (1.0 - part1), part0 * part1
    for k in range(types):
        for a in range(count):
            n = k * count + a
            room.q[k, a] = (
                w0 * logs[row, n]
                + w1 * logs[row, size + n]
                + w2 * logs[row, 2 * size + n]
                + w3 * logs[row, 3 * size + n]
            )
        respond(room.q, 1.0, count, room.policy, k)
    p = p0 if i == 0 else p1
    for a in range(count):
        if types == 2:
            second = p * room.policy[1, a]
            room.after[a] = second / ((1.0 - p) * room.policy[0, a] + second)
        else:
            room.after[a] = p


@kernel
def _keep_to(kept, first, count, worth, precision, policy):
    """Spread ``policy[:count]`` over the moves from ``first`` on that are ``kept``; leave it where none is.

    A logit response to the moves that are left: in the proportions it had, even where all of them are so unlikely that
    their chances are no longer told from zero.
    """
    best = -math.inf
    for a in range(count):
        if kept[first + a]:
            best = max(best, worth[a])
    if best == -math.inf:
        return
    total = 0.0
    for a in range(count):
        policy[a] = math.exp(precision * (worth[a] - best)) if kept[first + a] else 0.0
        total += policy[a]
    for a in range(count):
        policy[a] /= total


@kernel
def _apart(first, second, count):
    """Total variation distance between two ways to move."""
    total = 0.0
    for a in range(count):
        total += abs(first[a] - second[a])
    return 0.5 * total


@entry
def play(
    game, values, ratios, node0, node1, precisions, tolerance, space,
    state, period, belief0, belief1, first_move, bound, until, kept, key, begin, fixed, tables, step, dealt, types,
    moves, beliefs, apart, worth, weight, final,
):  # fmt: skip
    """Play one history for each row of ``moves``.

    Parameters
    ----------
    game : GameArrays
    values, ratios : arrays of an `Induction`
    state, period, belief0, belief1
        Where every history begins.
    first_move : int
        Number of the first move within its state, or -1 to play as in equilibrium.
    bound, until : int
        The player who before period ``until`` makes only the moves in ``kept``, -1 for none.
    kept : bool array, shape (M,)
        Not read without such a player.
    key : uint64 array, shape (2,)
        Of the stream of uniform numbers.
    begin : int
        Number of the first history: what a history draws depends on the key and its number alone.
    fixed : int64 array, shape (2,)
        Type of each player, -1 to draw it from the belief.
    tables : Tables
        Work space of this thread, filled further.
    step : float
        Distance of the points of tables, in log odds; 0 to solve every stage at its own beliefs.
    dealt, types : int64 arrays, shape (H, 2)
        Filled with the types at the start, and at the end: chance may draw a type anew.
    moves : int32 array, shape (H, L)
        Filled with the moves made, -1 after the end.
    beliefs : float64 array, shape (H, L, 2)
        Filled with the public beliefs before each move.
    apart : float64 array, shape (H, L)
        Filled with how far apart the mover's two types move in equilibrium; 0 without a choice or a second type.
    worth : float64 array, shape (H, 2)
        Filled with each player's discounted stakes along the way, what the history stops in left out.
    weight : float64 array, shape (H, 2)
        Filled with each player's weight of what comes after the history.
    final : int32 array, shape (H,)
        Filled with the state in which each history stops.
    """
    g, room, tables = borrowed(game), borrowed(space), borrowed(tables)
    values, ratios, nodes0, nodes1 = borrowed(values), borrowed(ratios), borrowed(node0), borrowed(node1)
    horizon, longest = ratios.shape[0], moves.shape[1]
    for h in range(moves.shape[0]):
        s, t = state, period
        p0, p1 = belief0, belief1
        place = (begin + h) * (longest + 1) * DRAWS
        for k in range(2):
            belief = p0 if k == 0 else p1
            drawn_second = _uniform(key, place + longest * DRAWS + k) < belief
            dealt[h, k] = fixed[k] if fixed[k] >= 0 else (1 if drawn_second else 0)
            types[h, k] = dealt[h, k]
        for n in range(moves.shape[1]):
            moves[h, n] = -1
        for k in range(2):
            worth[h, k], weight[h, k] = 0.0, 1.0
        for n in range(moves.shape[1]):
            i = g.mover[s]
            if i < 0 or t >= horizon:
                break
            first = g.first_move[s]
            count = g.first_move[s + 1] - first
            beliefs[h, n, 0], beliefs[h, n, 1] = p0, p1
            a = 0
            if count > 1:
                if step > 0.0:
                    _respond_by_table(
                        g, values, ratios, s, t, p0, p1, nodes0, nodes1, precisions, tolerance, room, tables, step
                    )
                else:
                    behave(
                        g, values[t], values[t + 1], ratios[t], s, p0, p1, nodes0, nodes1, precisions, tolerance, room
                    )  # fmt: skip
                own = types[h, i]
                if g.types[i] == 2:
                    apart[h, n] = _apart(room.policy[0], room.policy[1], count)
                if i == bound and t < until:
                    _keep_to(kept, first, count, room.q[own], precisions[i], room.policy[own])
                if n == 0 and first_move >= 0:
                    a = first_move
                else:
                    a = _pick(room.policy[own], count, _uniform(key, place + n * DRAWS))
                if i == 0:
                    p0 = room.after[a]
                else:
                    p1 = room.after[a]
            move = first + a
            moves[h, n] = move
            row = g.row[move]
            for k in range(2):
                worth[h, k] += weight[h, k] * g.reward[row, k, types[h, 0], types[h, 1]]
                weight[h, k] *= g.discount[row, k]
            branch = g.first_branch[move]
            left = _uniform(key, place + n * DRAWS + 1) if g.first_branch[move + 1] - branch > 1 else 0.0
            season = g.season[t] if len(g.season) else -1
            while branch < g.first_branch[move + 1] - 1:
                told = g.likelihood_row[branch]
                chance = g.probability[branch] if season < 0 else g.dated[season, branch]
                chance = chance * g.likelihood[told, 0, types[h, 0]] * g.likelihood[told, 1, types[h, 1]]
                if left < chance:
                    break
                left -= chance
                branch += 1
            p0, p1 = _signalled(g, branch, 0, p0), _signalled(g, branch, 1, p1)
            drawn = g.redraw_row[branch]
            if drawn > 0:
                player = g.redraw_player[drawn]
                types[h, player] = 0 if _uniform(key, place + n * DRAWS + 2) < g.redraw[drawn, 0] else 1
            s = g.successor[branch]
            t += g.elapsed[move]
        final[h] = s


@entry
def stages(
    game, now, later, ratios, node0, node1, precisions, tolerance, space, which, states, beliefs, policy, after, worth,
):  # fmt: skip
    """Fill rows ``which`` of ``policy`` (n, 2, A), ``after`` (n, A) and ``worth`` (n, 2, 2): see `Stages` of the cloud.

    ``now``, ``later`` and ``ratios`` are those of one period, in which the game is in ``states`` (n,) at ``beliefs``
    (n, 2).
    """
    g, room = borrowed(game), borrowed(space)
    now, later, ratios = borrowed(now), borrowed(later), borrowed(ratios)
    nodes0, nodes1 = borrowed(node0), borrowed(node1)
    for n in which:
        s, types = states[n], g.types[g.mover[states[n]]]
        behave(
            g, now, later, ratios, s, beliefs[n, 0], beliefs[n, 1], nodes0, nodes1, precisions, tolerance, room
        )  # fmt: skip
        for a in range(g.first_move[s + 1] - g.first_move[s]):
            after[n, a] = room.after[a]
            for k in range(2):
                policy[n, k, a] = room.policy[min(k, types - 1), a]
        for i in range(2):
            for k in range(g.types[i]):
                worth[n, i, k] = room.values[i, k]


@entry
def gaps(
    game, values, ratios, node0, node1, precisions, tolerance, space, tables, step, states, periods, beliefs, apart,
):  # fmt: skip
    """Fill ``apart`` (n,) with how far behaviour by tables is from the solution's: see `gap_between`.

    Parameters as for `play`; ``states``, ``periods`` (n,) and ``beliefs`` (n, 2) say where.
    """
    g, room, tables = borrowed(game), borrowed(space), borrowed(tables)
    values, ratios, nodes0, nodes1 = borrowed(values), borrowed(ratios), borrowed(node0), borrowed(node1)
    for n in range(states.shape[0]):
        s, t, p0, p1 = states[n], periods[n], beliefs[n, 0], beliefs[n, 1]
        _respond_by_table(g, values, ratios, s, t, p0, p1, nodes0, nodes1, precisions, tolerance, room, tables, step)
        exact = tables.room
        behave(g, values[t], values[t + 1], ratios[t], s, p0, p1, nodes0, nodes1, precisions, tolerance, exact)
        apart[n] = 0.0
        for k in range(g.types[g.mover[s]]):
            count = g.first_move[s + 1] - g.first_move[s]
            apart[n] = max(apart[n], _apart(room.policy[k], exact.policy[k], count))
