"""Playing a solved game forward: one history after another, public beliefs carried exactly."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..compiled import borrowed, entry, fetched, high_product, inlined, kernel
from ..solve.behave import behave_here
from ..solve.kernels import posterior
from .cells import apart, respond_near, solve_alone

_FIRST_FACTOR, _SECOND_FACTOR = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_FIRST_STEP, _SECOND_STEP = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_FRACTION = 1.0 / 9007199254740992.0


BELIEFS, WORTH, WEIGHT = 0, 2, 4
"""Columns of ``amounts`` of a `Walk`, two each: public beliefs where it stands; each player's discounted stakes along
the way, what the history stops in left out; and each player's weight of what comes after."""

BEHIND, MADE, STATE, TYPES = 12, 13, 14, 15
"""Columns of ``counts``: the history that waits in the same state behind each one, -1 for none; how many moves it has
made; the state it stands in; and both types there, the second player's times 2, for chance may draw one anew."""

BELIEVED, APART, MOVE = 0, 2, 3
"""What is kept of a move: beliefs before it, two; how far apart the mover's types move; and its number."""


class Walk(NamedTuple):
    """Histories on their way, and what is kept of them: H of them, of up to L moves in S states.

    What a move reads and writes of a history lies in one cache line of 64 bytes: ``counts`` is the same memory as
    ``amounts``, read as integers of 32 bits.

    | array | shape | meaning |
    |---|---|---|
    | ``here``, ``next`` | (S,) | a history that waits in each state in this period and the next, -1 for none |
    | ``amounts`` | (H, 8) | see `BELIEFS` and following |
    | ``counts`` | (H, 16) | see `BEHIND` and following |
    | ``path`` | (H, L, 4) | see `BELIEVED` and following |
    """

    here: NDArray[np.int32]
    next: NDArray[np.int32]
    amounts: NDArray[np.float64]
    counts: NDArray[np.int32]
    path: NDArray[np.float64]


@inlined
def _draws(key, number):
    """Return three uniform numbers in [0, 1): for a move, for chance, for a new type.

    They are the first three of every four that NumPy's ``Philox`` with this key gives: Philox 4x64 of ten rounds. Any
    number of the stream costs the same, so a history draws what its own number says, whatever is drawn before. (Salmon
    et al. 2011, Parallel random numbers: as easy as 1, 2, 3. SC '11.)
    """
    first, second, third, fourth = np.uint64(number + 1), np.uint64(0), np.uint64(0), np.uint64(0)
    left, right = key[0], key[1]
    for turn in range(10):
        if turn > 0:
            left, right = left + _FIRST_STEP, right + _SECOND_STEP
        upper, lower = high_product(_FIRST_FACTOR, first), _FIRST_FACTOR * first
        other_upper, other_lower = high_product(_SECOND_FACTOR, third), _SECOND_FACTOR * third
        first, second = other_upper ^ second ^ left, other_lower
        third, fourth = upper ^ fourth ^ right, lower
    eleven = np.uint64(11)
    return (first >> eleven) * _FRACTION, (second >> eleven) * _FRACTION, (third >> eleven) * _FRACTION


@inlined
def _pick(chances, count, draw):
    """Index in ``chances[:count]`` at which their running sum passes ``draw``."""
    total = 0.0
    for n in range(count - 1):
        total += chances[n]
        if draw < total:
            return n
    return count - 1


@inlined
def _signalled(g, branch, player, p):
    """Belief about ``player`` after chance took ``branch``: Bayes' rule, then a new draw if there is one."""
    drawn = g.redraw_row[branch]
    if drawn > 0 and g.redraw_player[drawn] == player:
        return g.redraw[drawn, 1]
    row = g.likelihood_row[branch]
    if row == 0 or g.types[player] == 1:
        return p
    return posterior(p, g.likelihood[row, player, 0], g.likelihood[row, player, 1])


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


@entry
def deal(walk, dealt, key, begin, state, belief0, belief1, fixed):
    """Begin histories number ``begin`` and following in ``state``, at these beliefs, in the period that comes next.

    There are as many as ``dealt`` (H, 2) has rows, which takes their types. ``fixed`` (2,) holds the type of each
    player, -1 to draw it from the belief.
    """
    longest = walk.path.shape[1]
    walk.next[:] = -1
    for h in range(dealt.shape[0]):
        first, second, _ = _draws(key, (begin + h) * (longest + 1) + longest)
        dealt[h, 0] = fixed[0] if fixed[0] >= 0 else (1 if first < belief0 else 0)
        dealt[h, 1] = fixed[1] if fixed[1] >= 0 else (1 if second < belief1 else 0)
        for k in range(2):
            walk.amounts[h, WORTH + k], walk.amounts[h, WEIGHT + k] = 0.0, 1.0
        walk.amounts[h, BELIEFS], walk.amounts[h, BELIEFS + 1] = belief0, belief1
        walk.counts[h, TYPES] = dealt[h, 0] + 2 * dealt[h, 1]
        walk.counts[h, STATE], walk.counts[h, MADE], walk.counts[h, BEHIND] = state, 0, h - 1
    walk.next[state] = dealt.shape[0] - 1


@entry
def advance(period, walk, cells, thread, order, first_move, bound, kept, key, begin):
    """Play every history through one period: all that stand in a state move on before the next state is looked at.

    Parameters
    ----------
    period : Solved
    walk : Walk
    cells : Cells
        Nothing allowed: every choice is solved at its own beliefs.
    thread : int
        Which of the threads that share ``cells`` this is.
    order : int64 array
        States with moves, in an order in which a period goes through them.
    first_move : int
        Number of the first move of a history within its state, or -1 to play as in equilibrium.
    bound : int
        The player who makes only the moves in ``kept``, -1 for none.
    kept : bool array, shape (M,)
        Not read without such a player.
    key : uint64 array, shape (2,)
        Of the stream of uniform numbers.
    begin : int
        Number of the first history: what a history draws depends on the key and its number alone.
    """
    period, walk, cells = borrowed(period), borrowed(walk), borrowed(cells)
    g, room, longest = period.game, period.room, walk.path.shape[1]
    for s in range(walk.here.shape[0]):
        walk.here[s], walk.next[s] = walk.next[s], -1
    for s in order:
        h = walk.here[s]
        i, first = g.mover[s], g.first_move[s]
        count = g.first_move[s + 1] - first
        held = i == bound and not kept[first : first + count].all()
        # Behaviour in the room is that at these beliefs: those of a history that was played alike so far, often.
        known0, known1, alone = math.nan, math.nan, True
        while h >= 0:
            n, behind = walk.counts[h, MADE], walk.counts[h, BEHIND]
            p0, p1 = walk.amounts[h, BELIEFS], walk.amounts[h, BELIEFS + 1]
            if behind >= 0:
                fetched(walk.amounts, behind * walk.amounts.shape[1])
                fetched(walk.path, (behind * longest + n) * walk.path.shape[2])
            walk.path[h, n, BELIEVED], walk.path[h, n, BELIEVED + 1] = p0, p1
            type0, type1 = walk.counts[h, TYPES] & 1, walk.counts[h, TYPES] >> 1
            off = 0.0
            draw, left, anew = _draws(key, (begin + h) * (longest + 1) + n)
            a = 0
            if count > 1:
                forced = n == 0 and first_move >= 0
                if held or forced or p0 != known0 or p1 != known1:
                    alone = cells.allowed == 0.0 or held or forced
                    if alone:
                        solve_alone(period, s, p0, p1)
                    else:
                        alone = respond_near(period, cells, thread, s, p0, p1)
                    known0, known1 = (math.nan, math.nan) if held or forced else (p0, p1)
                own = type0 if i == 0 else type1
                if g.types[i] == 2:
                    off = apart(room.policy[0], room.policy[1], count)
                if held:
                    _keep_to(kept, first, count, room.q[own], period.precisions[i], room.policy[own])
                a = first_move if forced else _pick(room.policy[own], count, draw)
                p = p0 if i == 0 else p1
                if alone:
                    p = room.after[a]
                elif g.types[i] == 2:
                    p = posterior(p, room.policy[0, a], room.policy[1, a])
                if i == 0:
                    p0 = p
                else:
                    p1 = p
            move = first + a
            walk.path[h, n, APART], walk.path[h, n, MOVE] = off, move
            row = g.row[move]
            for k in range(2):
                walk.amounts[h, WORTH + k] += walk.amounts[h, WEIGHT + k] * g.reward[row, k, type0, type1]
                walk.amounts[h, WEIGHT + k] *= g.discount[row, k]
            branch = g.first_branch[move]
            while branch < g.first_branch[move + 1] - 1:
                told = g.likelihood_row[branch]
                chance = g.probability[branch]
                chance *= g.likelihood[told, 0, type0] * g.likelihood[told, 1, type1]
                if left < chance:
                    break
                left -= chance
                branch += 1
            walk.amounts[h, BELIEFS] = _signalled(g, branch, 0, p0)
            walk.amounts[h, BELIEFS + 1] = _signalled(g, branch, 1, p1)
            drawn = g.redraw_row[branch]
            if drawn > 0:
                new = 0 if anew < g.redraw[drawn, 0] else 1
                walk.counts[h, TYPES] = new + 2 * type1 if g.redraw_player[drawn] == 0 else type0 + 2 * new
            place = g.successor[branch]
            walk.counts[h, MADE], walk.counts[h, STATE] = n + 1, place
            if g.mover[place] >= 0:
                waiting = walk.next if g.elapsed[move] else walk.here
                walk.counts[h, BEHIND] = waiting[place]
                waiting[place] = h
            h = behind


@entry
def listed(walk, first, made, believed, split):
    """Write the moves of every history, one history after another, where ``first`` (H + 1,) says it begins.

    ``made`` (N,) takes the moves, ``believed`` (N, 2) the beliefs before each and ``split`` (N,) how far apart the
    mover's types move.
    """
    path = borrowed(walk.path)
    for h in range(first.shape[0] - 1):
        for n in range(first[h + 1] - first[h]):
            e = first[h] + n
            made[e], split[e] = np.int32(path[h, n, MOVE]), path[h, n, APART]
            believed[e, 0], believed[e, 1] = path[h, n, BELIEVED], path[h, n, BELIEVED + 1]


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
        behave_here(
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
def gaps(period, cells, which, states, beliefs, off):
    """Fill ``off[which]`` with how far behaviour by cells is from what is solved: see `gap_between`.

    ``period`` is a `Solved`, in which the game is in ``states`` (n,) at ``beliefs`` (n, 2).
    """
    period, cells = borrowed(period), borrowed(cells)
    g, policy = period.game, period.room.policy
    near = np.empty(policy.shape)
    for n in which:
        s = states[n]
        respond_near(period, cells, 0, s, beliefs[n, 0], beliefs[n, 1])
        near[:] = policy
        solve_alone(period, s, beliefs[n, 0], beliefs[n, 1])
        off[n] = 0.0
        for k in range(g.types[g.mover[s]]):
            off[n] = max(off[n], apart(near[k], policy[k], g.first_move[s + 1] - g.first_move[s]))
