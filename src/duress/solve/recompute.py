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

AGAIN = 3
"""Where the answer to the beliefs that the choices create stands beside the plans."""


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
    # One long function, because passing a tuple of arrays to another costs as much as a stage.
    g, F, F_later, ratios, t = borrowed(game), borrowed(now), borrowed(later), borrowed(y), borrowed(table)
    residual, value_error = 0.0, 0.0
    for s in borrowed(states):
        i = g.mover[s]
        nodes, others_nodes = borrowed(nodes0 if i == 0 else nodes1), borrowed(nodes1 if i == 0 else nodes0)
        types, others = g.types[i], g.types[1 - i]
        slots, precision = types + others, precisions[i]
        own, theirs = cell(i, 0, g.types[0])
        first, moves = g.first_move[s], g.first_move[s + 1] - g.first_move[s]
        _copy_payoffs(g, s, i, t)
        for w in range(others_nodes.shape[0]):
            for a in range(moves):
                F_next = F_later if g.elapsed[first + a] else F
                clear(t.sums, a)
                for b in range(g.first_branch[first + a], g.first_branch[first + a + 1]):
                    if g.likelihood_row[b] or g.redraw_row[b]:
                        add_news(g, F_next, b, a, i, w, nodes, others_nodes, t)
                    else:
                        add_plain(F_next, g.successor[b], g.probability[b], a, i, w, nodes.shape[0], t.sums)
                if moves > 1 and nodes.shape[0] > 1:
                    fill_slopes(nodes, t.sums, t.slopes, a, 0, nodes.shape[0] - 1)
            _expect_reward(t.pay, types, others, others_nodes[w], moves, t.reward)
            for u in range(nodes.shape[0]):
                p = nodes[u]
                n0, n1 = cell(i, u, w)
                learns = types == 2 and moves > 1 and 0.0 < p < 1.0
                if learns:
                    _read_posteriors(nodes, t.sums, t.slopes, p, ratios, first, n0, n1, moves, t.after)
                else:
                    _stay(t.sums, u, moves, t.after)
                for plan in range(PLANS):
                    _value_moves(t.reward, t.discount, t.after, plan * slots + own, types, moves, t.worth, plan)
                for k in range(types):
                    _respond(t.worth, precision, moves, k, t.choice, 0)
                    _respond(t.worth, precision, moves, k, t.choice, 2)
                if learns:
                    _read_again(nodes, t.sums, t.slopes, p, precision, moves, t.worth, t.choice, t.again, own)
                    _value_moves(t.reward, t.discount, t.again, own, types, moves, t.worth, AGAIN)
                    residual = _larger(residual, _miss(t.worth, precision, moves, t.choice))
                error = _write_own(F, s, n0, n1, own, types, slots, moves, t.worth, t.choice)
                value_error = _larger(value_error, error)
                _mix(t.choice, types, p, moves, t.chance)
                error = _write_theirs(
                    F, s, n0, n1, theirs, others, slots, types, moves, t.pay, t.discount, t.chance, t.after
                )
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
def _from_log_odds(z):
    """Return the probability with log odds z."""
    return 1.0 / (1.0 + math.exp(-z))


@kernel
def _read_posteriors(nodes, sums, slopes, p, ratios, first, n0, n1, moves, after):
    """Write into ``after`` what each move leads to at the posterior of the solution's log ratios."""
    log_odds = math.log(p / (1.0 - p))
    for a in range(moves):
        low, x = place(nodes, _from_log_odds(log_odds + ratios[first + a, n0, n1]))
        read(nodes, sums, slopes, a, low, x, after, a, 0, after.shape[1])


@kernel
def _stay(sums, u, moves, after):
    """Write into ``after`` what each move leads to where nothing is learned from it."""
    for a in range(moves):
        for c in range(after.shape[1]):
            after[a, c] = sums[a, u, c]


@kernel
def _read_again(nodes, sums, slopes, p, precision, moves, worth, choice, again, own):
    """Write into ``again`` what each move leads to at the posterior by Bayes' rule from the choices."""
    for a in range(moves):
        public = (1.0 - p) * choice[0, 0, a] + p * choice[0, 1, a]
        if public > 1e-280:
            posterior = p * choice[0, 1, a] / public
        else:  # Both chances are rounded to nothing; their logarithms are not.
            ratio = _log_choice(worth, precision, moves, 1, a) - _log_choice(worth, precision, moves, 0, a)
            posterior = _from_log_odds(math.log(p / (1.0 - p)) + ratio)
        low, x = place(nodes, posterior)
        read(nodes, sums, slopes, a, low, x, again, a, own, own + 2)


@kernel
def _log_choice(worth, precision, moves, k, a):
    """Return the logarithm of the solution's choice of move a by type k of the mover."""
    total = 0.0
    best = _best(worth, 0, k, moves)
    for b in range(moves):
        total += math.exp(precision * (worth[0, k, b] - best))
    return precision * (worth[0, k, a] - best) - math.log(total)


@kernel
def _best(worth, plan, k, moves):
    """Return the largest worth of a move."""
    best = -math.inf
    for a in range(moves):
        best = max(best, worth[plan, k, a])
    return best


@kernel
def _value_moves(reward, discount, leads_to, column, types, moves, worth, to):
    """Write into ``worth[to]`` what each move is worth to the mover's types, the first of them in ``column``."""
    for k in range(types):
        for a in range(moves):
            worth[to, k, a] = reward[a, k] + discount[a, 0] * leads_to[a, column + k]


@kernel
def _respond(worth, precision, moves, k, choice, to):
    """Write into ``choice[to, k]`` the logit response to ``worth[to, k]``."""
    best, total = _best(worth, to, k, moves), 0.0
    for a in range(moves):
        choice[to, k, a] = math.exp(precision * (worth[to, k, a] - best))
        total += choice[to, k, a]
    for a in range(moves):
        choice[to, k, a] /= total


@kernel
def _miss(worth, precision, moves, choice):
    """Return how far the choices are from the response to the beliefs they create."""
    residual = 0.0
    for k in range(2):
        _respond(worth, precision, moves, k, choice, AGAIN)
        for a in range(moves):
            residual = _larger(residual, abs(choice[AGAIN, k, a] - choice[0, k, a]))
    return residual


@kernel
def _write_own(F, s, n0, n1, own, types, slots, moves, worth, choice):
    """Write the worths of the mover's plans 1 and 2 at a stage; return the error of plan 0."""
    error = 0.0
    for k in range(types):
        value, answer = 0.0, 0.0
        for a in range(moves):
            value += choice[0, k, a] * worth[0, k, a]
            answer += choice[2, k, a] * worth[2, k, a]
        F[s, n0, n1, slots + own + k] = _best(worth, 1, k, moves)
        F[s, n0, n1, 2 * slots + own + k] = answer
        error = _larger(error, abs(F[s, n0, n1, own + k] - value) / (1.0 + abs(value)))
    return error


@kernel
def _mix(choice, types, p, moves, chance):
    """Write the public chance of each move, as in the solution: by type of the mover, then over both."""
    for a in range(moves):
        chance[2, a] = 0.0
        for k in range(types):
            chance[k, a] = share(types, p, k) * choice[0, k, a]
            chance[2, a] += chance[k, a]


@kernel
def _write_theirs(F, s, n0, n1, theirs, others, slots, types, moves, pay, discount, chance, after):
    """Write the worths of the other player's plans 1 and 2 at a stage; return the error of plan 0."""
    error = 0.0
    for l in range(others):  # noqa: E741
        reward = 0.0
        for a in range(moves):
            for k in range(types):
                reward += chance[k, a] * pay[a, 1, k, l]
        for plan in range(PLANS):
            worth = reward
            for a in range(moves):
                worth += chance[2, a] * discount[a, 1] * after[a, plan * slots + theirs + l]
            if plan == 0:
                error = _larger(error, abs(F[s, n0, n1, theirs + l] - worth) / (1.0 + abs(worth)))
            else:
                F[s, n0, n1, plan * slots + theirs + l] = worth
    return error
