"""Backward induction on belief lattices, one to four types a player: arrays in, arrays out (see `lattice_stage`)."""

from __future__ import annotations

import math

from ..compiled import borrowed, entry, kernel
from .lattice_path import settle
from .lattice_room import fill, place
from .stage import UNSOLVED


@kernel
def _hear(likelihood, types, belief, heard):
    """Write the belief after news with these likelihoods by type; return the chance of the news."""
    chance = 0.0
    for k in range(types):
        chance += belief[k] * likelihood[k]
    for k in range(types):
        heard[k] = belief[k] * likelihood[k] / chance if chance > 0.0 else belief[k]
    return chance


@kernel
def _add_news(g, V, grid, branch, a, i, about_j, room):
    """Add to ``room.lines[a]`` a branch that tells the public about a type, or draws one anew."""
    j, s, chance = 1 - i, g.successor[branch], g.probability[branch]
    types_i, types_j = g.types[i], g.types[j]
    off_i, off_j = (0, types_i) if i == 0 else (types_j, 0)
    likelihood, drawn = g.likelihood[g.likelihood_row[branch]], g.redraw[g.redraw_row[branch]]
    of = g.redraw_player[g.redraw_row[branch]] if g.redraw_row[branch] > 0 else -1
    news, here, slot, share, low, fraction, order = (
        room.news, room.here, room.slot, room.share, room.low, room.fraction, room.order,
    )  # fmt: skip
    points_i = grid.points0 if i == 0 else grid.points1
    seen_j = _hear(likelihood[j], types_j, about_j, news[j])
    place(grid.levels, grid.ranks, drawn if of == j else news[j], types_j, low, fraction, order, slot[2], share[2])
    for u in range(points_i.shape[0]):
        seen_i = _hear(likelihood[i], types_i, points_i[u], news[i])
        place(grid.levels, grid.ranks, drawn if of == i else news[i], types_i, low, fraction, order, slot[1], share[1])
        fill(types_i + types_j, here, 0.0)
        for v in range(types_i):
            for w in range(types_j):
                weight = share[1, v] * share[2, w]
                if weight > 0.0:
                    u0, u1 = (slot[1, v], slot[2, w]) if i == 0 else (slot[2, w], slot[1, v])
                    for k in range(types_i):
                        here[k] += weight * V[s, u0, u1, off_i + k]
                    for k in range(types_j):
                        here[types_i + k] += weight * V[s, u0, u1, off_j + k]
        if of >= 0:
            begin, mean = (0 if of == i else types_i), 0.0
            for k in range(g.types[of]):
                mean += drawn[k] * here[begin + k]
            for k in range(g.types[of]):
                here[begin + k] = mean
        for k in range(types_i):
            room.lines[a, u, k] += chance * likelihood[i, k] * seen_j * here[k]
        for k in range(types_j):
            room.lines[a, u, types_i + k] += chance * likelihood[j, k] * seen_i * here[types_i + k]


@kernel
def _sum_branches(g, V, grid, move, a, i, about_j, corners_j, weights_j, room):
    """Write into ``room.lines[a]`` the discounted continuations of ``move``, summed over chance, at every u."""
    j, row, lines = 1 - i, g.row[move], room.lines
    types_i, types_j = g.types[i], g.types[j]
    off_i, off_j = (0, types_i) if i == 0 else (types_j, 0)
    n = grid.points0.shape[0] if i == 0 else grid.points1.shape[0]
    for u in range(n):
        fill(types_i + types_j, lines[a, u], 0.0)
    for branch in range(g.first_branch[move], g.first_branch[move + 1]):
        if g.likelihood_row[branch] > 0 or g.redraw_row[branch] > 0:
            _add_news(g, V, grid, branch, a, i, about_j, room)
            continue
        s = g.successor[branch]
        for v in range(types_j):
            chance, w = g.probability[branch] * weights_j[v], corners_j[v]
            if chance > 0.0:
                for u in range(n):
                    u0, u1 = (u, w) if i == 0 else (w, u)
                    for k in range(types_i):
                        lines[a, u, k] += chance * V[s, u0, u1, off_i + k]
                    for k in range(types_j):
                        lines[a, u, types_i + k] += chance * V[s, u0, u1, off_j + k]
    for u in range(n):
        for k in range(types_i):
            lines[a, u, k] *= g.discount[row, i]
        for k in range(types_j):
            lines[a, u, types_i + k] *= g.discount[row, j]


@kernel
def prepare(g, now, later, grid, s, about_j, corners_j, weights_j, room):
    """Write what the moves of state s lead to and earn, at belief ``about_j`` about the player who does not move."""
    i, first = g.mover[s], g.first_move[s]
    for a in range(g.first_move[s + 1] - first):
        row = g.row[first + a]
        if g.elapsed[first + a]:
            _sum_branches(g, later, grid, first + a, a, i, about_j, corners_j, weights_j, room)
        else:
            _sum_branches(g, now, grid, first + a, a, i, about_j, corners_j, weights_j, room)
        for k in range(g.types[i]):
            room.expected[a, k] = 0.0
            for other in range(g.types[1 - i]):
                k0, k1 = (k, other) if i == 0 else (other, k)
                room.expected[a, k] += about_j[other] * g.reward[row, i, k0, k1]


@kernel
def write_values(g, s, types, others, moves, room):
    """Write into ``room.values`` what the stage just evaluated is worth to each type of each player."""
    i, first = g.mover[s], g.first_move[s]
    values, prior, policy = room.values, room.prior, room.policy
    for k in range(types):
        values[i, k] = 0.0
        for a in range(moves):
            values[i, k] += policy[k, a] * room.q[k, a]
    for l in range(others):  # noqa: E741
        value = 0.0
        for a in range(moves):
            row, seen, onward = g.row[first + a], 0.0, 0.0
            for k in range(types):
                k0, k1 = (k, l) if i == 0 else (l, k)
                value += prior[k] * policy[k, a] * g.reward[row, 1 - i, k0, k1]
                seen += prior[k] * policy[k, a]
                onward += room.weight[a, k] * room.lines[a, room.corner[a, k], types + l]
            value += seen * onward
        values[1 - i, l] = value


@entry
def solve_lattice_states(game, states, grid, precisions, tolerance, now, later, y_all, unsolved, counts, space):
    """Solve every stage of ``states`` and write their values into ``now`` and log ratios into ``y_all``.

    Parameters
    ----------
    game : GameArrays
    states : int64 array
        All that they lead to within the period must be solved already.
    grid : Grid
    precisions : float64 array, shape (2,)
    now, later : float64 arrays, shape (S, N0, N1, K0 + K1)
        ``now`` is modified in place.
    y_all : float64 array, shape (M, N0, N1, K - 1), K being the larger of K0 and K1, at least 2
        Start of each stage on entry, its solution on exit; what is beyond the mover's types is left alone.
    unsolved : int32 array, shape (S,)
        Increased by one for every pair of points at which a state resists.
    counts : int64 array, shape (3,)
        Stages solved at once, traced, and unsolved; increased.
    space : Room
        Work space of this thread.
    """
    g, lattices, room = borrowed(game), borrowed(grid), borrowed(space)
    now, later, y_all = borrowed(now), borrowed(later), borrowed(y_all)
    for s in states:
        i, first = g.mover[s], g.first_move[s]
        moves, types, others = g.first_move[s + 1] - first, g.types[i], g.types[1 - i]
        points, about = (lattices.points0, lattices.points1) if i == 0 else (lattices.points1, lattices.points0)
        off_i, off_j = (0, types) if i == 0 else (others, 0)
        for w in range(about.shape[0]):
            for l in range(others):  # noqa: E741
                room.slot[0, l], room.share[0, l] = w, 1.0 if l == 0 else 0.0
            prepare(g, now, later, lattices, s, about[w], room.slot[0], room.share[0], room)
            fill(moves * (types - 1), room.start, 0.0)
            for u in range(points.shape[0]):
                u0, u1 = (u, w) if i == 0 else (w, u)
                for k in range(types):
                    room.prior[k] = points[u, k]
                    room.log_prior[k] = math.log(points[u, k])
                for a in range(moves):
                    for k in range(types - 1):
                        room.y[a * (types - 1) + k] = y_all[first + a, u0, u1, k]
                ended = settle(lattices, room, types, moves, precisions[i], tolerance)
                counts[ended] += 1
                if ended == UNSOLVED:
                    unsolved[s] += 1
                for a in range(moves):
                    for k in range(types - 1):
                        c = a * (types - 1) + k
                        y_all[first + a, u0, u1, k] = room.start[c] = room.y[c]
                write_values(g, s, types, others, moves, room)
                for k in range(types):
                    now[s, u0, u1, off_i + k] = room.values[i, k]
                for k in range(others):
                    now[s, u0, u1, off_j + k] = room.values[1 - i, k]


@entry
def behave_on_lattice(g, now, later, ratios, grid, s, about0, about1, precisions, tolerance, room):
    """Solve the stage of state s at any beliefs, shapes (K0,) and (K1,); return how it ended, results in ``room``.

    ``now``, ``later`` are values of this period and the next, ``ratios`` (M, N0, N1, K - 1) those of this period: the
    stage starts from those at the heaviest corner of the cell.
    """
    i, first = g.mover[s], g.first_move[s]
    moves, types, others = g.first_move[s + 1] - first, g.types[i], g.types[1 - i]
    about_i, about_j = (about0, about1) if i == 0 else (about1, about0)
    for k in range(types):
        room.prior[k], room.log_prior[k] = about_i[k], math.log(about_i[k])
    place(grid.levels, grid.ranks, about_i, types, room.low, room.fraction, room.order, room.slot[1], room.share[1])
    u = _heaviest(room.slot[1], room.share[1], types)
    place(grid.levels, grid.ranks, about_j, others, room.low, room.fraction, room.order, room.slot[0], room.share[0])
    w = _heaviest(room.slot[0], room.share[0], others)
    u0, u1 = (u, w) if i == 0 else (w, u)
    prepare(g, now, later, grid, s, about_j, room.slot[0], room.share[0], room)
    for a in range(moves):
        for k in range(types - 1):
            c = a * (types - 1) + k
            room.y[c] = room.start[c] = ratios[first + a, u0, u1, k]
    ended = settle(grid, room, types, moves, precisions[i], tolerance)
    write_values(g, s, types, others, moves, room)
    return ended


@kernel
def _heaviest(corners, weights, types):
    """Return the corner of a cell that weighs most."""
    best = 0
    for v in range(1, types):
        if weights[v] > weights[best]:
            best = v
    return corners[best]
