"""Playing a solved game forward: one history after another, public beliefs carried exactly."""

from __future__ import annotations

import math

from ..compiled import borrowed, entry, kernel
from ..solve.behave import behave


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
    state, period, belief0, belief1, first_move, bound, until, kept, types, draws, moves, beliefs, apart, worth, weight,
    final,
):  # fmt: skip
    """Play one history for each row of ``types``.

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
    types : int64 array, shape (H, 2)
        Modified where chance draws a type anew.
    draws : float64 array, shape (H, L, 3)
        Uniform numbers: for the move, for chance, for a new type.
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
    horizon = ratios.shape[0]
    for h in range(types.shape[0]):
        s, t = state, period
        p0, p1 = belief0, belief1
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
                a = first_move if n == 0 and first_move >= 0 else _pick(room.policy[own], count, draws[h, n, 0])
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
            left = draws[h, n, 1]
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
                types[h, player] = 0 if draws[h, n, 2] < g.redraw[drawn, 0] else 1
            s = g.successor[branch]
            t += g.elapsed[move]
        final[h] = s
