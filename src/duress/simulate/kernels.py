"""Playing a solved game forward: one history after another, public beliefs carried exactly."""

from __future__ import annotations

import math

import numpy as np

from ..compiled import borrowed, entry, high_product, kernel
from ..solve.behave import behave

DRAWS = 3
"""Uniform numbers set aside for each move: for the move, for chance, for a new type."""

_FIRST_FACTOR, _SECOND_FACTOR = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_FIRST_STEP, _SECOND_STEP = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)


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
    state, period, belief0, belief1, first_move, bound, until, kept, key, begin, fixed, dealt, types, moves, beliefs,
    apart, worth, weight, final,
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
    g, room = borrowed(game), borrowed(space)
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
