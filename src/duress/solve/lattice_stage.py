"""One stage on a belief lattice, for one to four types a player: its equation, and Newton's method from a start.

| letter | meaning |
|---|---|
| s, a | state; move, numbered through all states, or within the state at a stage |
| i, j | mover; the other player |
| u, w | point of the lattice of beliefs about i; about j |
| b | belief about the mover, shape (K_i,) |
| V | values, shape (S, N0, N1, K0 + K1): points of both beliefs, then types of player 0, then of player 1 |
| y | log-likelihood ratios log σ(a|k) - log σ(a|0), k = 1 .. K_i - 1, of each move; flat: a first, then k |

Behaviour at a stage is fixed by y. The posterior after a is proportional to b_k exp y(a, k); from the posteriors follow
the worths Q of the moves (interpolated on the mover's own lattice, see `simplex`), from these the logit response, and
from it new ratios. A solution is a zero of

    F(y)(a, k) = λ (Q(a, k) - Q(a, 0)) - (log Z_k - log Z_0) - y(a, k),   Z_k = Σ_a exp(λ Q(a, k)).

Q is continuous and bounded, so there is a zero (Brouwer). F has kinks where a posterior passes from one cell of the
lattice to the next: Newton's method is the semi-smooth one, with the derivative of the cell it is in, and a path along
λ is kept to its orientation (`_follow`), which tells where it goes on behind a kink.

References
----------
McKelvey, R. & Palfrey, T. (1998). Quantal response equilibria for extensive form games. Exp. Econ. 1, 9-41.
Qi, L. & Sun, J. (1993). A nonsmooth version of Newton's method. Math. Program. 58, 353-367.
Allgower, E. & Georg, K. (1990). Numerical Continuation Methods. Springer: ch. 2 and 12, orientation of a path.
"""

from __future__ import annotations

import math

from ..compiled import kernel
from .lattice_room import copy, place

_NEWTON_STEPS = 40
_RELAX_STEPS = 60


@kernel
def respond(q, precision, moves, policy, k):
    """Write the logit response of type ``k`` into ``policy[k]`` and return log Z_k."""
    top, total = q[k, 0], 0.0
    for a in range(1, moves):
        top = max(top, q[k, a])
    for a in range(moves):
        policy[k, a] = math.exp(precision * (q[k, a] - top))
        total += policy[k, a]
    for a in range(moves):
        policy[k, a] /= total
    return precision * top + math.log(total)


@kernel
def read_posterior(grid, room, types, a, y):
    """Write posterior, cell, worths and their derivatives for move a at ratios ``y``."""
    after, lines, q, dq, corner, weight = room.after[a], room.lines, room.q, room.dq, room.corner[a], room.weight[a]
    top, total = room.log_prior[0], 0.0
    for k in range(types):
        after[k] = room.log_prior[k] + (y[a * (types - 1) + k - 1] if k else 0.0)
        top = max(top, after[k])
    for k in range(types):
        after[k] = math.exp(after[k] - top)
        total += after[k]
    for k in range(types):
        after[k] /= total
    place(grid.levels, grid.ranks, after, types, room.low, room.fraction, room.order, corner, weight)
    for k in range(types):
        q[k, a] = room.reward[a, k] + weight[0] * lines[a, corner[0], k]
        for l in range(types - 1):  # noqa: E741
            dq[k, a, l] = 0.0
    for v in range(1, types):
        m = room.order[v - 1]
        width = grid.levels[room.low[m] + 1] - grid.levels[room.low[m]]
        earlier = 0.0
        for k in range(m + 1):
            earlier += after[k]
        later = 0.0
        for k in range(m + 1, types):
            later += after[k]
        for k in range(types):
            q[k, a] += weight[v] * lines[a, corner[v], k]
            slope = (lines[a, corner[v], k] - lines[a, corner[v - 1], k]) / width
            for l in range(1, types):  # noqa: E741
                dq[k, a, l - 1] += slope * after[l] * (earlier if l > m else -later)


@kernel
def evaluate(grid, room, types, moves, precision, y):
    """Evaluate F at ``y`` into ``room``; return the largest abs F(a, k) / (1 + abs y(a, k))."""
    q, policy, f = room.q, room.policy, room.f
    for a in range(moves):
        read_posterior(grid, room, types, a, y)
    base, worst = respond(q, precision, moves, policy, 0), 0.0
    for k in range(1, types):
        gap = respond(q, precision, moves, policy, k) - base
        for a in range(moves):
            c = a * (types - 1) + k - 1
            f[c] = precision * (q[k, a] - q[0, a]) - gap - y[c]
            worst = max(worst, abs(f[c]) / (1.0 + abs(y[c])))
    return worst


@kernel
def rounding(room, types, moves, precision):
    """Return the size below which F is only rounding error."""
    top = 0.0
    for k in range(types):
        for a in range(moves):
            top = max(top, abs(room.q[k, a]))
    return 16e-15 * precision * top


@kernel
def fill_jacobian(room, types, moves, precision, damping):
    """Write damping I - F' into ``room.matrix``, at the point evaluated last."""
    dq, policy, matrix = room.dq, room.policy, room.matrix
    for c in range(moves):
        for l in range(types - 1):  # noqa: E741
            column = c * (types - 1) + l
            common = policy[0, c] * dq[0, c, l]
            for k in range(1, types):
                mixed = precision * (policy[k, c] * dq[k, c, l] - common)
                for a in range(moves):
                    matrix[a * (types - 1) + k - 1, column] = mixed
                matrix[c * (types - 1) + k - 1, column] -= precision * (dq[k, c, l] - dq[0, c, l])
            matrix[column, column] += 1.0 + damping


@kernel
def eliminate(matrix, right, n):
    """Solve the first n equations ``matrix @ x = right`` with pivots; ``right`` becomes x.

    Returns the sign of the determinant; 0.0 where it vanishes.
    """
    sign = 1.0
    for c in range(n):
        pivot = c
        for r in range(c + 1, n):
            if abs(matrix[r, c]) > abs(matrix[pivot, c]):
                pivot = r
        if not abs(matrix[pivot, c]) > 0.0:
            return 0.0
        if pivot != c:
            sign = -sign
            right[c], right[pivot] = right[pivot], right[c]
            for k in range(c, n):
                matrix[c, k], matrix[pivot, k] = matrix[pivot, k], matrix[c, k]
        if matrix[c, c] < 0.0:
            sign = -sign
        for r in range(c + 1, n):
            factor = matrix[r, c] / matrix[c, c]
            if factor != 0.0:
                right[r] -= factor * right[c]
                for k in range(c + 1, n):
                    matrix[r, k] -= factor * matrix[c, k]
    for c in range(n - 1, -1, -1):
        for k in range(c + 1, n):
            right[c] -= matrix[c, k] * right[k]
        right[c] /= matrix[c, c]
    return sign


@kernel
def newton(grid, room, types, moves, precision, tolerance, any_branch):
    """Solve F(y) = 0 from ``room.y`` by damped Newton steps; return whether it did.

    Along the principal branch det(-F') stays positive up to the first fold; unless ``any_branch``, a root where it is
    negative is rejected.
    """
    n, y, right, trial = moves * (types - 1), room.y, room.right, room.trial
    error = evaluate(grid, room, types, moves, precision, y)
    for _ in range(_NEWTON_STEPS):
        fill_jacobian(room, types, moves, precision, 0.0)
        copy(n, room.f, right)
        sign = eliminate(room.matrix, right, n)
        if error <= tolerance or error <= rounding(room, types, moves, precision):
            return any_branch or sign > 0.0
        if sign == 0.0:
            return False
        length, new = 1.0, math.inf
        for _halving in range(10):
            for c in range(n):
                trial[c] = y[c] + length * right[c]
            new = evaluate(grid, room, types, moves, precision, trial)
            if new < (1.0 - 0.1 * length) * error:
                break
            length *= 0.5
        if not new < error:
            return False
        copy(n, trial, y)
        error = new
    return False


@kernel
def relax(grid, room, types, moves, precision, tolerance):
    """Follow the logit dynamic dy/ds = F(y) from ``room.y`` to rest by implicit steps that lengthen as F shrinks.

    It passes places where F must first grow, and comes to rest only where the dynamic is stable. (Pseudo-transient
    continuation: Kelley & Keyes 1998, SIAM J. Numer. Anal. 35.)
    """
    n, y, right, damping = moves * (types - 1), room.y, room.right, 1.0
    error = evaluate(grid, room, types, moves, precision, y)
    for _ in range(_RELAX_STEPS):
        fill_jacobian(room, types, moves, precision, damping)
        copy(n, room.f, right)
        sign = eliminate(room.matrix, right, n)
        if error <= tolerance or error <= rounding(room, types, moves, precision):
            return sign > 0.0
        if sign == 0.0:
            return False
        longest = 0.0
        for c in range(n):
            longest = max(longest, abs(right[c]) / (1.0 + abs(y[c])))
        # A step of more than one unit of log odds leaves the cells in which it was computed.
        length = min(1.0, 1.0 / longest) if longest > 0.0 else 1.0
        for c in range(n):
            y[c] += length * right[c]
        new = evaluate(grid, room, types, moves, precision, y)
        damping = min(max(damping * new / error, 1e-12), 1e6) if error > 0.0 else damping
        error = new
    return False
