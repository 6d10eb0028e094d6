"""Playing a solved game forward: one history after another, public beliefs carried exactly."""

from __future__ import annotations

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


@entry
def play(
    game, values, ratios, node0, node1, precisions, tolerance, space,
    state, period, belief0, belief1, first_move, types, draws, moves, beliefs, final,
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
    types : int64 array, shape (H, 2)
        Modified where chance draws a type anew.
    draws : float64 array, shape (H, L, 3)
        Uniform numbers: for the move, for chance, for a new type.
    moves : int32 array, shape (H, L)
        Filled with the moves made, -1 after the end.
    beliefs : float64 array, shape (H, L, 2)
        Filled with the public beliefs before each move.
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
                a = first_move if n == 0 and first_move >= 0 else _pick(room.policy[types[h, i]], count, draws[h, n, 0])
                if i == 0:
                    p0 = room.after[a]
                else:
                    p1 = room.after[a]
            move = first + a
            moves[h, n] = move
            branch = g.first_branch[move]
            left = draws[h, n, 1]
            season = g.season[t] if len(g.season) else -1
            while branch < g.first_branch[move + 1] - 1:
                row = g.likelihood_row[branch]
                chance = g.probability[branch] if season < 0 else g.dated[season, branch]
                chance = chance * g.likelihood[row, 0, types[h, 0]] * g.likelihood[row, 1, types[h, 1]]
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
