"""One stage: the logit response of a mover with two types whose every move is read by the public.

The unknown is y(a) = log σ(a|1) - log σ(a|0), one number per move; the posterior after a has log odds L + y(a), where L
are the log odds of the belief before. From the posteriors follow the continuation values, from these the logit
response, and from it new log ratios. A solution is a zero of

    F(y)(a) = λ (Q(a, 1) - Q(a, 0)) - (log Z_1 - log Z_0) - y(a),   Z_k = Σ_a exp(λ Q(a, k)).

Its Jacobian is diagonal plus rank one, D - 1 vᵀ with D(a) = λ (Q'(a, 1) - Q'(a, 0)) - 1 and
v(a) = λ (σ(a|1) Q'(a, 1) - σ(a|0) Q'(a, 0)), primes being derivatives in the log odds: a Newton step costs no more
than an evaluation. Stages that Newton's method leaves are traced along λ from (nearly) zero.

Arrays of a stage, for A moves and n nodes of the mover's own belief:

| array | shape | meaning |
|---|---|---|
| ``cubics`` | (4, n, W) | continuation values by coefficient, interval of own belief, move and type: see `Room` |
| ``reward`` | (A, 2) | expected reward by move and own type |
| ``y`` | (A,) | log-likelihood ratios; start on entry, solution on exit |
| ``q``, ``dq``, ``policy`` | (2, A) | value of each move, its derivative in log odds, logit response, by own type |
| ``f``, ``step`` | (A,) | work space |

References
----------
McKelvey, R. & Palfrey, T. (1998). Quantal response equilibria for extensive form games. Exp. Econ. 1, 9-41.
Turocy, T. (2005). A dynamic homotopy interpretation of the logistic QRE correspondence. Games Econ. Behav. 51, 243-263.
"""

from __future__ import annotations

import math

import numpy as np

from ..compiled import kernel
from .interpolation import locate
from .room import line_of

SOLVED, TRACED, UNSOLVED = 0, 1, 2
"""How a stage ended: by Newton's method, by tracing, not at all."""

_NEWTON_STEPS = 30
_RELAX_STEPS = 30
_TRACE_STEPS = 1000
_TRIES = 3


@kernel
def respond(q, precision, moves, policy, k):
    """Write the logit response of type ``k`` into ``policy[k]`` and return log Z_k."""
    top = q[k, 0]
    for a in range(1, moves):
        top = max(top, q[k, a])
    total = 0.0
    for a in range(moves):
        policy[k, a] = math.exp(precision * (q[k, a] - top))
        total += policy[k, a]
    for a in range(moves):
        policy[k, a] /= total
    return precision * top + math.log(total)


@kernel
def evaluate(nodes, cubics, reward, log_odds, precision, moves, y, q, dq, policy, f):
    """Evaluate F at ``y`` into ``q``, ``dq``, ``policy``, ``f``; return the largest abs F(a) / (1 + abs y(a))."""
    for a in range(moves):
        x = log_odds + y[a]
        small = math.exp(-abs(x))
        p = small / (1.0 + small) if x < 0.0 else 1.0 / (1.0 + small)
        spread = small / ((1.0 + small) * (1.0 + small))
        low, w = locate(nodes, p)
        width = nodes[low + 1] - nodes[low]
        for k in range(2):
            e = line_of(a, k)
            c1, c2, c3 = cubics[1, low, e], cubics[2, low, e], cubics[3, low, e]
            q[k, a] = reward[a, k] + (cubics[0, low, e] + w * (c1 + w * (c2 + w * c3)))
            dq[k, a] = (c1 + w * (2.0 * c2 + 3.0 * w * c3)) / width * spread
    gap = respond(q, precision, moves, policy, 1) - respond(q, precision, moves, policy, 0)
    worst = 0.0
    for a in range(moves):
        f[a] = precision * (q[1, a] - q[0, a]) - gap - y[a]
        worst = max(worst, abs(f[a]) / (1.0 + abs(y[a])))
    return worst


@kernel
def rounding(q, precision, moves):
    """Return the size below which F is only rounding error."""
    top = 0.0
    for a in range(moves):
        top = max(top, abs(q[0, a]), abs(q[1, a]))
    return 1e-15 * precision * top * 16.0


@kernel
def _take_step(precision, moves, damping, q, dq, policy, f, step):
    """Write into ``step`` the solution of (damping I - F') step = F by the rank-one formula; return sign of det(-F').

    Returns 0.0 where the formula breaks down.
    """
    top, bottom, sign, plain = 0.0, 1.0, 1.0, 1.0
    for a in range(moves):
        d = 1.0 - precision * (dq[1, a] - dq[0, a])
        v = precision * (policy[1, a] * dq[1, a] - policy[0, a] * dq[0, a])
        if d == 0.0 or d + damping == 0.0:
            return 0.0
        sign = sign if d > 0.0 else -sign
        plain += v / d
        step[a] = f[a] / (d + damping)
        top += v * step[a]
        bottom += v / (d + damping)
    if bottom == 0.0:
        return 0.0
    for a in range(moves):
        step[a] -= top / bottom / (1.0 - precision * (dq[1, a] - dq[0, a]) + damping)
    return sign if plain > 0.0 else -sign


@kernel
def newton(nodes, cubics, reward, log_odds, precision, moves, y, q, dq, policy, f, step, trial, tolerance, any_branch):
    """Solve F(y) = 0 from ``y`` by damped Newton steps; return whether it did.

    Along the principal branch det(-F') stays positive up to the first fold; unless ``any_branch``, a root where it is
    negative is rejected.
    """
    error = evaluate(nodes, cubics, reward, log_odds, precision, moves, y, q, dq, policy, f)
    for _ in range(_NEWTON_STEPS):
        sign = _take_step(precision, moves, 0.0, q, dq, policy, f, step)
        if error <= tolerance or error <= rounding(q, precision, moves):
            return any_branch or sign > 0.0
        if sign == 0.0:
            return False
        length, better, new = 1.0, False, error
        for _halving in range(7):
            for a in range(moves):
                trial[a] = y[a] + length * step[a]
            new = evaluate(nodes, cubics, reward, log_odds, precision, moves, trial, q, dq, policy, f)
            if new < (1.0 - 0.1 * length) * error:
                better = True
                break
            length *= 0.5
        if not better:
            return False
        for a in range(moves):
            y[a] = trial[a]
        error = new
    return False


@kernel
def relax(nodes, cubics, reward, log_odds, precision, moves, y, q, dq, policy, f, step, tolerance):
    """Follow the logit dynamic dy/ds = F(y) from ``y`` to rest by implicit steps that lengthen as F shrinks.

    Unlike Newton's method it passes places where F must first grow, and comes to rest only where the dynamic is stable.
    (Pseudo-transient continuation: Kelley & Keyes 1998, SIAM J. Numer. Anal. 35.)
    """
    damping = 1.0
    error = evaluate(nodes, cubics, reward, log_odds, precision, moves, y, q, dq, policy, f)
    for _ in range(_RELAX_STEPS):
        sign = _take_step(precision, moves, damping, q, dq, policy, f, step)
        if error <= tolerance or error <= rounding(q, precision, moves):
            return sign > 0.0
        if sign == 0.0:
            return False
        longest = 0.0
        for a in range(moves):
            longest = max(longest, abs(step[a]) / (1.0 + abs(y[a])))
        # A step of more than one unit of log odds leaves the cubics in which it was computed.
        length = min(1.0, 1.0 / longest) if longest > 0.0 else 1.0
        for a in range(moves):
            y[a] += length * step[a]
        new = evaluate(nodes, cubics, reward, log_odds, precision, moves, y, q, dq, policy, f)
        damping = min(max(damping * new / error, 1e-12), 1e6)
        error = new
    return False


@kernel
def _eliminate(matrix, right):
    """Solve ``matrix @ x = right`` by elimination with pivots; return whether it could. ``right`` becomes x."""
    n = right.shape[0]
    for c in range(n):
        pivot = c
        for r in range(c + 1, n):
            if abs(matrix[r, c]) > abs(matrix[pivot, c]):
                pivot = r
        if matrix[pivot, c] == 0.0:
            return False
        if pivot != c:
            for k in range(n):
                matrix[c, k], matrix[pivot, k] = matrix[pivot, k], matrix[c, k]
            right[c], right[pivot] = right[pivot], right[c]
        for r in range(c + 1, n):
            factor = matrix[r, c] / matrix[c, c]
            if factor != 0.0:
                for k in range(c, n):
                    matrix[r, k] -= factor * matrix[c, k]
                right[r] -= factor * right[c]
    for c in range(n - 1, -1, -1):
        for k in range(c + 1, n):
            right[c] -= matrix[c, k] * right[k]
        right[c] /= matrix[c, c]
    return True


@kernel
def _border(moves, lam, scale, q, dq, policy, last_row, matrix):
    """Fill the Jacobian of F in (y / scale, log λ), bordered by ``last_row``."""
    mean1, mean0 = 0.0, 0.0
    for a in range(moves):
        mean1 += policy[1, a] * q[1, a]
        mean0 += policy[0, a] * q[0, a]
    for a in range(moves):
        for c in range(moves):
            matrix[a, c] = -lam * (policy[1, c] * dq[1, c] - policy[0, c] * dq[0, c]) * scale[c]
        matrix[a, a] += (lam * (dq[1, a] - dq[0, a]) - 1.0) * scale[a]
        matrix[a, moves] = lam * ((q[1, a] - q[0, a]) - (mean1 - mean0))
    for c in range(moves + 1):
        matrix[moves, c] = last_row[c]


@kernel
def _correct(
    nodes,
    cubics,
    reward,
    log_odds,
    moves,
    z,
    base,
    last_row,
    advance,
    scale,
    q,
    dq,
    policy,
    f,
    matrix,
    right,
    tolerance,
):
    """Solve F(z) = 0 on the plane ``last_row · (z - base) / scale = advance`` by Newton; return whether it did."""
    for _ in range(10):
        lam = math.exp(z[moves])
        error = evaluate(nodes, cubics, reward, log_odds, lam, moves, z, q, dq, policy, f)
        ahead = advance
        for c in range(moves + 1):
            ahead -= last_row[c] * (z[c] - base[c]) / scale[c]
        if abs(ahead) < 1e-9 and (error <= tolerance or error <= rounding(q, lam, moves)):
            return True
        _border(moves, lam, scale, q, dq, policy, last_row, matrix)
        for a in range(moves):
            right[a] = -f[a]
        right[moves] = ahead
        if not _eliminate(matrix, right):
            return False
        for c in range(moves + 1):
            z[c] += right[c] * scale[c]
        if not np.isfinite(z).all() or abs(z[moves] - base[moves]) > 2.0:
            return False
    return False


@kernel
def trace(nodes, cubics, reward, log_odds, precision, moves, y, q, dq, policy, f, tolerance):
    """Follow the zero of F from λ near 0 to ``precision`` by pseudo-arclength; return whether it arrived.

    Steps are measured in log λ and in y relative to 1 + |y|. The first arrival is on the principal branch, past folds.
    A path that is lost, or turns back to λ = 0, stepped over a fold: it is followed again with steps a tenth as long.
    """
    longest = 0.5
    for _ in range(_TRIES):
        if _follow(nodes, cubics, reward, log_odds, precision, moves, y, q, dq, policy, f, tolerance, longest):
            return True
        longest *= 0.1
    return False


@kernel
def _follow(nodes, cubics, reward, log_odds, precision, moves, y, q, dq, policy, f, tolerance, longest):
    """Follow the path once, with steps of at most ``longest``."""
    size = moves + 1
    matrix, right = np.empty((size, size)), np.empty(size)
    direction, level, scale = np.zeros(size), np.zeros(size), np.ones(size)
    z, base = np.zeros(size), np.zeros(size)
    goal = math.log(precision)
    level[moves], direction[moves] = 1.0, 1.0
    z[moves] = base[moves] = min(goal, math.log(1e-2)) - 1.0
    if not _correct(
        nodes, cubics, reward, log_odds, moves, z, base, level, 0.0, scale, q, dq, policy, f, matrix, right, 1e-12
    ):
        return False
    lowest = z[moves] - 0.5
    length = longest
    for _ in range(int(_TRACE_STEPS / longest)):
        if z[moves] < lowest:
            return False
        lam = math.exp(z[moves])
        evaluate(nodes, cubics, reward, log_odds, lam, moves, z, q, dq, policy, f)
        for a in range(moves):
            scale[a] = 1.0 + abs(z[a])
        _border(moves, lam, scale, q, dq, policy, direction, matrix)
        right[:] = 0.0
        right[moves] = 1.0
        if not _eliminate(matrix, right):
            return False
        direction[:] = right / math.sqrt((right * right).sum())
        base[:] = z
        while True:
            if length < 1e-8:
                return False
            last = base[moves] + length * direction[moves] >= goal
            advance = (goal - base[moves]) / direction[moves] if last else length
            z[:] = base + advance * direction * scale
            if last:
                z[moves] = goal
            if _correct(
                nodes,
                cubics,
                reward,
                log_odds,
                moves,
                z,
                base,
                level if last else direction,
                goal - base[moves] if last else advance,
                scale,
                q,
                dq,
                policy,
                f,
                matrix,
                right,
                tolerance if last else 1e-9,
            ) and _within_reach(z, base, scale, advance):
                break
            length = 0.5 * min(length, advance)
        if last:
            y[:moves] = z[:moves]
            return True
        length = min(length * 1.6, longest)
    return False


@kernel
def _within_reach(z, base, scale, advance):
    """Whether a corrected point lies near the step that was to lead there, and so on the same branch."""
    for c in range(z.shape[0]):
        if abs(z[c] - base[c]) > 2.0 * advance * scale[c] + 1e-9:
            return False
    return True
