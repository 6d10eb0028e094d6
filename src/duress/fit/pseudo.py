"""Log-likelihoods of the crisis-signaling game: with what A and B expect of one another given, and in equilibrium."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .design import Terms
from .links import log_answers
from .signaling_game import Challenge, bends, challenge, log_challenges, log_phi, normal_score, slopes, threshold

Array = NDArray[np.float64]

_HUGE = 1e7
"""A threshold above which log rho is c (a − W), to all digits the difference of two logarithms would have."""


def _weighed(counts: Array, parts: tuple[Array, ...]) -> Array:
    """Return the sum of parts by how often each outcome was seen; what was never seen adds nothing."""
    shape = (-1,) + (1,) * (parts[0].ndim - 1)
    found = np.zeros_like(parts[0])
    for j, part in enumerate(parts):
        weight = counts[:, j].reshape(shape)
        found += np.where(weight > 0.0, weight * part, 0.0)
    return found


def given_expectations(u: Array, counts: Array, resist: Array, firm: Array) -> Terms:
    """Return the pseudo-log-likelihood: A expects B to resist with ``resist``, B expects A to stand firm with ``firm``.

    Parameters
    ----------
    u : array, shape (n, 7)
        Utilities in the order of `signaling_game.UTILITIES`.
    counts : array, shape (n, 4)
    resist, firm : arrays, shape (n,)
    """
    S, V, C, W, WB, a, VB = u.T
    c = threshold(S, V, resist)
    at = challenge(c, W, a)
    by_firm = slopes(at)
    first = _weighed(counts, by_firm)
    second = _weighed(counts, bends(at, c, W, a))
    rho = (1.0 - firm) / firm
    z = WB + rho * VB - (1.0 + rho) * C
    yes, no = counts[:, 2] + counts[:, 3], counts[:, 1]
    of_b, dz, ddz = log_answers(z, yes, no, "probit")
    value = _weighed(counts, (at.quiet, at.g, at.h, at.b)) + of_b
    return Terms(value, *_spread(first, second, dz, ddz, resist, rho))


def _spread(first: Array, second: Array, dz: Array, ddz: Array, p: Array, rho: Array) -> tuple[Array, Array]:
    """Return derivatives by the seven utilities from those by (c, W, a) and by z."""
    n = len(p)
    by_a = np.zeros((n, 3, 7))
    by_a[:, 0, 0], by_a[:, 0, 1] = 1.0 / p, -(1.0 - p) / p
    by_a[:, 1, 3] = by_a[:, 2, 5] = 1.0
    by_z = np.zeros((n, 7))
    by_z[:, 2], by_z[:, 4], by_z[:, 6] = -(1.0 + rho), 1.0, rho
    slope = np.einsum("nk,nku->nu", first, by_a) + dz[:, None] * by_z
    bend = np.swapaxes(by_a, 1, 2) @ second @ by_a + ddz[:, None, None] * by_z[:, :, None] * by_z[:, None, :]
    return slope, bend


def log_odds_of_backing_down(t: Array, S: Array, V: Array, W: Array, a: Array) -> Array:
    """Return log rho where A expects B to resist with log odds ``t``; arguments broadcast."""
    t, S, V, W, a = np.broadcast_arrays(t, S, V, W, a)
    with np.errstate(over="ignore"):
        c = ((S - V) * (1.0 + np.exp(-t)) + V).ravel()
    W, a = W.ravel(), a.ravel()
    with np.errstate(over="ignore", invalid="ignore"):
        _, h, b = log_challenges(c, W, a)
        found = np.where(c < _HUGE, b - h, c * (a - W))
    return found.reshape(t.shape)


def answer(u: Array, resist: Array) -> tuple[Array, Array]:
    """Return what B and A do in answer to expectations: the log odds that a challenger backs down, and z of B's."""
    S, V, C, W, WB, a, VB = u.T
    at = challenge(threshold(S, V, resist), W, a)
    log_rho = at.b - at.h
    return log_rho, WB - C + np.exp(np.minimum(log_rho, 700.0)) * (VB - C)


def log_chances(at: Challenge, t: Array) -> Array:
    """Return log probabilities of the four outcomes, shape (n, 4), for log odds ``t`` that B resists."""
    yes, no = -np.logaddexp(0.0, -t), -np.logaddexp(0.0, t)
    return np.stack([at.quiet, at.g + no, at.h + yes, at.b + yes], axis=1)


def gap(u: Array, t: Array) -> tuple[Array, Array, Array, Challenge]:
    """Return Φ⁻¹(p) − z, which is 0 in equilibrium, its derivatives by ``t`` and by the utilities, and what A does."""
    S, V, C, W, _, a, VB = u.T
    with np.errstate(over="ignore"):
        p, q = 1.0 / (1.0 + np.exp(-t)), 1.0 / (1.0 + np.exp(t))
    c = S / p - V * q / p
    at = challenge(c, W, a)
    _, _, h, b = slopes(at)
    rho = np.exp(np.minimum(at.b - at.h, 700.0))
    score = normal_score(t)
    by = rho[:, None] * (b - h) * (VB - C)[:, None]
    found = score - (u[:, 4] - C + rho * (VB - C))
    by_t = np.exp(-np.logaddexp(0.0, t) - np.logaddexp(0.0, -t) - log_phi(score)) + by[:, 0] * (S - V) * q / p
    by_u = np.stack([-by[:, 0] / p, by[:, 0] * q / p, 1.0 + rho, -by[:, 1], -np.ones_like(t), -by[:, 2], -rho], axis=1)
    return found, by_t, by_u, at


def settle(u: Array, t: Array, most: int = 60) -> tuple[Array, Array]:
    """Return the log odds of the equilibrium near ``t``, by Newton's method, and whether each was reached."""
    t = t.copy()
    going = np.arange(len(t))
    for _ in range(most):
        found, by_t, _, _ = gap(u[going], t[going])
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.clip(np.nan_to_num(-found / by_t, nan=0.0, posinf=0.5, neginf=-0.5), -0.5, 0.5)
        t[going] += step
        going = going[np.abs(step) > 1e-13 * np.maximum(1.0, np.abs(t[going]))]
        if not len(going):
            break
    good = np.isfinite(t)
    good[going] = np.abs(gap(u[going], t[going])[0]) < 1e-10
    return t, good


def loglik(counts: Array, logs: Array) -> Array:
    """Return the log-likelihood by row from log probabilities of the outcomes, shape (n, 4)."""
    return _weighed(counts, tuple(logs.T))


def in_equilibrium(u: Array, counts: Array, t: Array) -> tuple[Array, Array]:
    """Return the log-likelihood by row at the equilibrium ``t``, and its derivatives by the utilities, ``t`` following.

    ``t`` solves gap(u, t) = 0, so it moves by −gap_u / gap_t (implicit function theorem).
    """
    _, by_t, by_u, at = gap(u, t)
    S, V = u[:, 0], u[:, 1]
    p, q = 1.0 / (1.0 + np.exp(-t)), 1.0 / (1.0 + np.exp(t))
    value = loglik(counts, log_chances(at, t))
    first = _weighed(counts, slopes(at))
    along = (counts[:, 2] + counts[:, 3]) * q - counts[:, 1] * p - first[:, 0] * (S - V) * q / p
    slope = -(along / by_t)[:, None] * by_u
    slope[:, 0] += first[:, 0] / p
    slope[:, 1] -= first[:, 0] * q / p
    slope[:, 3] += first[:, 1]
    slope[:, 5] += first[:, 2]
    return value, slope
