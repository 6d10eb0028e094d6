"""The crisis-signaling game of Lewis & Schultz: what each outcome is worth, how likely it is, and how that moves.

====== =====================================================================================================
letter meaning
====== =====================================================================================================
S, V   S_A, V_A: what the status quo, and B's concession, are worth to A
C      C_B: what conceding is worth to B
W, a   W_A, a: what standing firm, and backing down, are worth to A on average; both are private, with error N(0, 1)
WB, VB W_B, V_B: what A's standing firm (with private error N(0, 1)), and A's backing down, are worth to B
p      probability that B resists
c      (S − (1 − p) V) / p: what A's better private option must be worth for a challenge
g      probability of a challenge, 1 − Φ(c − W) Φ(c − a)
h, b   probability of a challenge by an A that would stand firm, and by one that would back down; g = h + b
rho    b / h: odds that a challenger would back down
z      WB + rho VB − (1 + rho) C: B resists with probability Φ(z); in equilibrium Φ(z) = p
====== =====================================================================================================

Everything is kept as logarithms, so that probabilities far below the smallest number stay apart.

References
----------
Lewis, J. & Schultz, K. (2003). Revealing preferences: empirical estimation of a crisis bargaining game with incomplete
information. Political Analysis 11(4).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, logsumexp, ndtr, ndtri, owens_t

Array = NDArray[np.float64]

UTILITIES = ("S_A", "V_A", "C_B", "W_A", "W_B", "a", "V_B")
OUTCOMES = ("sq", "cd", "sf", "bd")

_HALF = np.sqrt(0.5)
_LOG_ROOT_2PI = 0.5 * np.log(2.0 * np.pi)
_TAIL = 3.0
"""Beyond so many standard deviations a probability is integrated in the tail, where differences of Φ lose digits."""
_NODES = 24


def log_phi(x: Array) -> Array:
    """Return the logarithm of the standard normal density."""
    return -0.5 * x * x - _LOG_ROOT_2PI


@cache
def _laguerre() -> tuple[Array, Array]:
    return np.polynomial.laguerre.laggauss(_NODES)


def _log_tail(m: Array, shift: Array) -> Array:
    """Return log ∫ φ(t) Φ(t + shift) dt over t > m, for m well above 0."""
    nodes, weights = _laguerre()
    away = nodes / m[:, None]
    damped = np.exp(-0.5 * away * away)
    total = (weights * damped * ndtr(away + (m + shift)[:, None])).sum(axis=1)
    faint = total < 1e-200
    with np.errstate(divide="ignore"):
        log_total = np.log(total)
    if faint.any():
        inside = log_ndtr(away[faint] + (m + shift)[faint, None])
        log_total[faint] = logsumexp(np.log(weights) - 0.5 * away[faint] ** 2 + inside, axis=1)
    return log_phi(m) - np.log(m) + log_total


def _corner(d: Array, x: Array) -> Array:
    """Return Φ₂(d, −x; ρ = √½) by Owen's T function, to about 1e-16 absolute."""
    k = 0.0 - x  # never -0, whose quotients have the wrong sign
    with np.errstate(divide="ignore", invalid="ignore"):
        first = owens_t(d, (k - _HALF * d) / (d * _HALF))
        second = owens_t(k, (d - _HALF * k) / (k * _HALF))
    sign = np.sign(d) * np.sign(k)
    opposite = (sign < 0) | ((sign == 0) & (d + k < 0))
    value = 0.5 * (ndtr(d) + ndtr(k)) - first - second - 0.5 * opposite
    return np.where((d == 0.0) & (k == 0.0), 0.375, value)


def log_firm(c: Array, W: Array, a: Array) -> Array:
    """Return log h = log Φ₂((W − a)/√2, W − c; √½): A challenges, and would stand firm. Swap W and a for log b."""
    d, x = (W - a) * _HALF, c - W
    with np.errstate(divide="ignore"):
        value = np.log(np.maximum(_corner(d, x), 0.0))
    steep, apart = (x > _TAIL) & (x >= -d), (-d > _TAIL) & (-d > x)
    if steep.any():
        value[steep] = _log_tail(x[steep], (W - a)[steep])
    if apart.any():
        value[apart] = _log_tail(-d[apart], -np.sqrt(2.0) * x[apart])
    return value


def log_challenges(c: Array, W: Array, a: Array) -> tuple[Array, Array, Array]:
    """Return log g, log h and log b.

    The smaller of h and b is integrated; the other is what it leaves of g, except in the tail, where g is not 1 less a
    product that can be told from 1.
    """
    low, high = np.minimum(W, a), np.maximum(W, a)
    less = log_firm(c, low, high)
    tail = c - high > _TAIL
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        g = np.log(-np.expm1(log_ndtr(c - W) + log_ndtr(c - a)))
        more = g + np.log1p(-np.exp(less - g))
    if tail.any():
        more[tail] = _log_tail(c[tail] - high[tail], high[tail] - low[tail])
        g[tail] = np.logaddexp(less[tail], more[tail])
    swapped = W > a
    return g, np.where(swapped, more, less), np.where(swapped, less, more)


class Challenge(NamedTuple):
    """Logarithms at (c, W, a), each of shape (n,): of 1 − g, g, h, b; and of the parts their slopes are made of."""

    quiet: Array
    g: Array
    h: Array
    b: Array
    ex: Array
    ey: Array
    both: Array
    D: Array


def challenge(c: Array, W: Array, a: Array) -> Challenge:
    """Return what A does at each row. ``ex``: φ(x)Φ(y); ``ey``: Φ(x)φ(y); ``both``: φ(x)φ(y); x = c − W, y = c − a."""
    x, y = c - W, c - a
    Px, Py, px, py = log_ndtr(x), log_ndtr(y), log_phi(x), log_phi(y)
    g, h, b = log_challenges(c, W, a)
    D = log_phi((W - a) * _HALF) - 0.5 * np.log(2.0) + log_ndtr(np.sqrt(2.0) * (0.5 * (W + a) - c))
    return Challenge(Px + Py, g, h, b, px + Py, Px + py, px + py, D)


def slopes(at: Challenge) -> tuple[Array, Array, Array, Array]:
    """Return derivatives by (c, W, a) of log(1 − g), log g, log h and log b, each of shape (n, 3)."""
    sx, sy = np.exp(at.ex - at.quiet), np.exp(at.ey - at.quiet)
    gx, gy = np.exp(at.ex - at.g), np.exp(at.ey - at.g)
    hx, hD = np.exp(at.ex - at.h), np.exp(at.D - at.h)
    by, bD = np.exp(at.ey - at.b), np.exp(at.D - at.b)
    return (
        np.stack([sx + sy, -sx, -sy], axis=1),
        np.stack([-gx - gy, gx, gy], axis=1),
        np.stack([-hx, hx + hD, -hD], axis=1),
        np.stack([-by, -bD, by + bD], axis=1),
    )


def bends(at: Challenge, c: Array, W: Array, a: Array) -> tuple[Array, Array, Array, Array]:
    """Return second derivatives by (c, W, a) of the same four, each of shape (n, 3, 3)."""
    x, y, half = c - W, c - a, 0.5 * (W - a)
    sx, sy = np.exp(at.ex - at.quiet), np.exp(at.ey - at.quiet)

    def symmetric(cc: Array, cW: Array, ca: Array, WW: Array, Wa: Array, aa: Array) -> Array:
        return np.stack([cc, cW, ca, cW, WW, Wa, ca, Wa, aa], axis=1).reshape(-1, 3, 3)

    xx, yy, nought = sx * (x + sx), sy * (y + sy), np.zeros_like(c)
    quiet = symmetric(-xx - yy, xx, yy, -xx, nought, -yy)

    def of(log: Array, slope: Array, firm: float, back: float) -> Array:
        """Return the bends of log(firm h + back b)."""
        X, Y, F, D = (np.exp(part - log) for part in (at.ex, at.ey, at.both, at.D))
        D_W, D_a = -half * D + 0.5 * F, half * D + 0.5 * F
        h = symmetric(x * X - F, -x * X, F, x * X + D_W, D_a - F, -D_a)
        b = symmetric(y * Y - F, F, -y * Y, -D_W, D_W - F, y * Y + D_a)
        return firm * h + back * b - slope[:, :, None] * slope[:, None, :]

    _, g, h, b = slopes(at)
    return quiet, of(at.g, g, 1.0, 1.0), of(at.h, h, 1.0, 0.0), of(at.b, b, 0.0, 1.0)


def threshold(S: Array, V: Array, p: Array) -> Array:
    """Return c, what A's better private option must be worth for it to challenge."""
    return (S - (1.0 - p) * V) / p


def normal_score(t: Array) -> Array:
    """Return Φ⁻¹(p) for log odds t of p, on either side as exact as the smaller of p and 1 − p."""
    with np.errstate(over="ignore"):
        small = 1.0 / (1.0 + np.exp(np.abs(t)))
    return np.where(t > 0.0, -1.0, 1.0) * ndtri(small)
