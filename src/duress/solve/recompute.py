"""One period of a solution computed again from the game's equations, for the certificate.

| letter | meaning |
|---|---|
| s, a | state; move, numbered through all states |
| i, j | who moves in s; the other player |
| u, w | node of the belief about i; node of the belief about j |
| p, q | those beliefs: probabilities of the second type |
| c | column: for each of three plans in turn, the types of player 0, then those of player 1; 3 (K0 + K1) in all |
| F | worth of a state, shape (S, N0, N1, columns) |

The plans of a player, the other behaving as in the solution and the public reading moves accordingly: the solution's
own behaviour (plan 0, values as the solver wrote them), the best of all plans (plan 1), and the logit response to what
plan 2 itself leads to (plan 2).

What a move a leads to at (p, q) is defined in two steps. First, at every node u of the belief about its mover, the
worths of the successors are summed over chance; a public signal about a type moves the belief by Bayes' rule, a new
draw sets it. Then the public reads the move, and this sum is interpolated along u at the posterior. Between nodes a
worth is a cubic whose slope at an inner node is that of the parabola through the node and its neighbours, at an end
node that of the parabola through the nearest three; at most three times the smaller secant beside the node (at an end:
the nearest), and zero where the secants beside it (at an end: slope and nearest secant) differ in sign.
"""

from __future__ import annotations

import math

from ..compiled import borrowed, entry, kernel
from .continuation import PLANS, add_news, add_plain, cell, clear, fill_slopes, place, read, share
from .elementary import exponential

AGAIN = 3
"""Where the answer to the beliefs that the choices create stands beside the plans."""

_NOTHING = 1e-280
"""Chance of a move below which its posterior is drawn from logarithms, which are not rounded to nothing."""


@entry
def recompute_states(game, states, nodes0, nodes1, precisions, now, later, y, table):
    """Work out plans 1 and 2 at every stage of ``states``, and compare plan 0 with what its behaviour implies.

    Parameters
    ----------
    game : GameArrays
    states : int64 array
        All that they lead to within the period must be there already.
    nodes0, nodes1 : float64 arrays, shapes (N0,), (N1,)
    precisions : float64 array, shape (2,)
    now, later : float64 arrays, shape (S, N0, N1, 3 (K0 + K1))
        Worths in this period and the next. Plans 1 and 2 of ``now`` are modified in place.
    y : float64 array, shape (M, N0, N1)
    table : Table

    Returns
    -------
    residual : float
        Largest difference of a choice from the logit response to the beliefs it creates.
    value_error : float
        Largest difference of a value of plan 0 from the one its behaviour implies, relative to one plus its size.
    """
    g, F, F_later, ratios, t = borrowed(game), borrowed(now), borrowed(later), borrowed(y), borrowed(table)
    residual, value_error = 0.0, 0.0
    for s in borrowed(states):
        i = g.mover[s]
        nodes, others_nodes = borrowed(nodes0 if i == 0 else nodes1), borrowed(nodes1 if i == 0 else nodes0)
        types, others = g.types[i], g.types[1 - i]
        slots, precision, n = types + others, precisions[i], nodes.shape[0]
        own, theirs = cell(i, 0, g.types[0])
        first, moves = g.first_move[s], g.first_move[s + 1] - g.first_move[s]
        learns = types == 2 and moves > 1
        _copy_payoffs(g, s, i, t)
        for w in range(others_nodes.shape[0]):
            for a in range(moves):
                F_next = F_later if g.elapsed[first + a] else F
                clear(t.sums, a)
                for b in range(g.first_branch[first + a], g.first_branch[first + a + 1]):
                    if g.probability[b] == 0.0:
                        continue
                    if g.likelihood_row[b] or g.redraw_row[b]:
                        add_news(g, F_next, b, a, i, w, nodes, others_nodes, t)
                    else:
                        add_plain(F_next, g.successor[b], g.probability[b], a, i, w, n, t.sums)
                if learns:
                    fill_slopes(nodes, t.sums, t.slopes, a, 0, n - 1)
                    _draw_posteriors(nodes, ratios, first + a, i, w, t.posterior)
                    _read_at(nodes, t.sums, t.slopes, a, t.posterior, 0, t.sums.shape[2], t.after)
                else:
                    _stay(t.sums, a, n, t.after)
            _expect_reward(t.pay, types, others, others_nodes[w], moves, t.reward)
            for k in range(types):
                for plan in range(PLANS):
                    _value_moves(t.reward, t.discount, t.after, plan * slots + own, k, moves, n, t.worth, plan)
                _respond(t.worth, precision, moves, k, n, t.choice, 0, t.best, t.total)
                _respond(t.worth, precision, moves, k, n, t.choice, 2, t.best, t.total)
                error = _write_own(F, s, i, w, own, k, slots, moves, n, t)
                value_error = _larger(value_error, error)
            if learns:
                for a in range(moves):
                    _update(nodes, precision, moves, a, t.worth, t.choice, t.posterior)
                    _read_at(nodes, t.sums, t.slopes, a, t.posterior, own, own + 2, t.again)
                for k in range(types):
                    _value_moves(t.reward, t.discount, t.again, own, k, moves, n, t.worth, AGAIN)
                    _respond(t.worth, precision, moves, k, n, t.choice, AGAIN, t.best, t.total)
                    residual = _larger(residual, _miss(t.choice, k, moves, n))
            _mix(t.choice, types, nodes, moves, t.chance)
            error = _write_theirs(F, s, i, w, theirs, others, slots, types, moves, n, t)
            value_error = _larger(value_error, error)
    return residual, value_error


@kernel
def _copy_payoffs(g, s, i, t):
    """Write the payoffs of the moves of state s from the point of view of its mover."""
    for a in range(g.first_move[s + 1] - g.first_move[s]):
        row = g.row[g.first_move[s] + a]
        for side in range(2):
            player = i if side == 0 else 1 - i
            t.discount[a, side] = g.discount[row, player]
            for k in range(g.types[i]):
                for l in range(g.types[1 - i]):  # noqa: E741
                    k0, k1 = cell(i, k, l)
                    t.pay[a, side, k, l] = g.reward[row, player, k0, k1]


@kernel
def _expect_reward(pay, types, others, q, moves, reward):
    """Write the mover's reward for each move, by own type, over what the public believes of the other player."""
    for a in range(moves):
        for k in range(types):
            reward[a, k] = 0.0
            for l in range(others):  # noqa: E741
                reward[a, k] += share(others, q, l) * pay[a, 0, k, l]


@kernel
def _larger(worst, found):
    """Return the larger; what is not a number counts as infinite."""
    return max(worst, found) if found == found else math.inf


@kernel
def _draw_posteriors(nodes, ratios, move, i, w, posterior):
    """Write the posterior of the solution's log ratios at every node u; certainties stay."""
    n = nodes.shape[0]
    for u in range(n):
        n0, n1 = cell(i, u, w)
        posterior[u] = math.log(nodes[u] / (1.0 - nodes[u])) + ratios[move, n0, n1]
    for u in range(n):
        posterior[u] = 1.0 / (1.0 + exponential(-posterior[u]))
    posterior[0], posterior[n - 1] = nodes[0], nodes[n - 1]


@kernel
def _read_at(nodes, sums, slopes, a, posterior, begin, end, out):
    """Write into ``out[a]`` what move a leads to at the posterior of every node u, columns ``begin`` to ``end``."""
    for u in range(nodes.shape[0]):
        low, x = place(nodes, posterior[u])
        read(nodes, sums, slopes, a, low, x, out, u, begin, end)


@kernel
def _stay(sums, a, n, after):
    """Write into ``after`` what move a leads to where nothing is learned from it."""
    for c in range(sums.shape[2]):
        for u in range(n):
            after[a, c, u] = sums[a, u, c]


@kernel
def _update(nodes, precision, moves, a, worth, choice, posterior):
    """Write the posterior after move a by Bayes' rule from the choices, at every node u; certainties stay."""
    n = nodes.shape[0]
    for u in range(n):
        p = nodes[u]
        posterior[u] = p * choice[0, 1, a, u] / ((1.0 - p) * choice[0, 0, a, u] + p * choice[0, 1, a, u])
    for u in range(1, n - 1):
        p = nodes[u]
        if not (1.0 - p) * choice[0, 0, a, u] + p * choice[0, 1, a, u] > _NOTHING:
            ratio = _log_choice(worth, precision, moves, 1, a, u) - _log_choice(worth, precision, moves, 0, a, u)
            posterior[u] = 1.0 / (1.0 + math.exp(-math.log(p / (1.0 - p)) - ratio))
    posterior[0], posterior[n - 1] = nodes[0], nodes[n - 1]


@kernel
def _log_choice(worth, precision, moves, k, a, u):
    """Return the logarithm of the solution's choice of move a by type k of the mover at node u."""
    best, total = -math.inf, 0.0
    for b in range(moves):
        best = max(best, worth[0, k, b, u])
    for b in range(moves):
        total += math.exp(precision * (worth[0, k, b, u] - best))
    return precision * (worth[0, k, a, u] - best) - math.log(total)


@kernel
def _value_moves(reward, discount, leads_to, column, k, moves, n, worth, to):
    """Write into ``worth[to, k]`` what each move is worth to type k of the mover, whose first is in ``column``."""
    for a in range(moves):
        for u in range(n):
            worth[to, k, a, u] = reward[a, k] + discount[a, 0] * leads_to[a, column + k, u]


@kernel
def _best(worth, plan, k, moves, n, best):
    """Write the largest worth of a move at every node u."""
    for u in range(n):
        best[u] = worth[plan, k, 0, u]
    for a in range(1, moves):
        for u in range(n):
            best[u] = max(best[u], worth[plan, k, a, u])


@kernel
def _respond(worth, precision, moves, k, n, choice, to, best, total):
    """Write into ``choice[to, k]`` the logit response to ``worth[to, k]``."""
    _best(worth, to, k, moves, n, best)
    for u in range(n):
        total[u] = 0.0
    for a in range(moves):
        for u in range(n):
            choice[to, k, a, u] = exponential(precision * (worth[to, k, a, u] - best[u]))
            total[u] += choice[to, k, a, u]
    for u in range(n):
        total[u] = 1.0 / total[u]
    for a in range(moves):
        for u in range(n):
            choice[to, k, a, u] *= total[u]


@kernel
def _miss(choice, k, moves, n):
    """Return how far the choices of type k are from the response to the beliefs they create."""
    residual = 0.0
    for a in range(moves):
        for u in range(1, n - 1):
            residual = _larger(residual, abs(choice[AGAIN, k, a, u] - choice[0, k, a, u]))
    return residual


@kernel
def _write_own(F, s, i, w, own, k, slots, moves, n, t):
    """Write the worths of plans 1 and 2 of the mover's type k at every node u; return the error of plan 0."""
    error = 0.0
    _best(t.worth, 1, k, moves, n, t.best)
    for u in range(n):
        value, answer = 0.0, 0.0
        for a in range(moves):
            value += t.choice[0, k, a, u] * t.worth[0, k, a, u]
            answer += t.choice[2, k, a, u] * t.worth[2, k, a, u]
        n0, n1 = cell(i, u, w)
        F[s, n0, n1, slots + own + k] = t.best[u]
        F[s, n0, n1, 2 * slots + own + k] = answer
        error = _larger(error, abs(F[s, n0, n1, own + k] - value) / (1.0 + abs(value)))
    return error


@kernel
def _mix(choice, types, nodes, moves, chance):
    """Write the public chance of each move, as in the solution: by type of the mover, then over both."""
    n = nodes.shape[0]
    for a in range(moves):
        for u in range(n):
            chance[2, a, u] = 0.0
        for k in range(types):
            for u in range(n):
                chance[k, a, u] = share(types, nodes[u], k) * choice[0, k, a, u]
                chance[2, a, u] += chance[k, a, u]


@kernel
def _write_theirs(F, s, i, w, theirs, others, slots, types, moves, n, t):
    """Write the worths of the other player's plans 1 and 2 at every node u; return the error of plan 0."""
    error = 0.0
    for l in range(others):  # noqa: E741
        for u in range(n):
            t.best[u] = 0.0
        for a in range(moves):
            for k in range(types):
                for u in range(n):
                    t.best[u] += t.chance[k, a, u] * t.pay[a, 1, k, l]
        for plan in range(PLANS):
            for u in range(n):
                t.total[u] = t.best[u]
            for a in range(moves):
                for u in range(n):
                    t.total[u] += t.chance[2, a, u] * t.discount[a, 1] * t.after[a, plan * slots + theirs + l, u]
            for u in range(n):
                n0, n1 = cell(i, u, w)
                if plan == 0:
                    off = abs(F[s, n0, n1, theirs + l] - t.total[u]) / (1.0 + abs(t.total[u]))
                    error = _larger(error, off)
                else:
                    F[s, n0, n1, plan * slots + theirs + l] = t.total[u]
    return error
