"""The top of a log-likelihood by Newton's method, with steps that always climb."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_SHORTEST = 1e-10
_FLATTEST = 1e-9
"""Share of the steepest curvature below which a direction counts as flat."""


class Top(NamedTuple):
    """Where the search ended.

    Parameters
    ----------
    at : array, shape (parameters,)
    value : float
    steps : int
    gain : float
        What another full step would add to the log-likelihood if it were a parabola; 0 at a maximum.
    reached : bool
        Whether ``gain`` is below the tolerance, and the log-likelihood curves down in every direction.
    """

    at: Array
    value: float
    steps: int
    gain: float
    reached: bool


def climb(
    value: Callable[[Array], float],
    derivatives: Callable[[Array], tuple[Array, Array]],
    start: Array,
    tolerance: float = 1e-10,
    most: int = 200,
    longest: float = 2.0,
    progress: Callable[[int, float], None] | None = None,
) -> Top:
    """Return the maximum of ``value`` reached from ``start``.

    Newton's step is taken with the absolute curvature, so that it climbs where the log-likelihood is not concave, and
    shortened until it does.

    Parameters
    ----------
    value : callable
        Log-likelihood; minus infinity where there is none.
    derivatives : callable
        Gradient and second derivatives.
    longest : float
        Most any parameter may change in the first step, in standard errors or in units, whichever is more; twice as
        much after a step that was taken in full.
    progress : callable, optional
        Called with (steps, log-likelihood).
    """
    at, best, reach = start.astype(float), value(start), longest
    gain, concave, steps = np.inf, False, 0
    for steps in range(1, most + 1):
        gradient, bend = derivatives(at)
        if not (np.all(np.isfinite(gradient)) and np.all(np.isfinite(bend))):
            break
        scale = np.sqrt(np.maximum(np.abs(np.diag(bend)), 1e-12))
        roots, axes = np.linalg.eigh(-bend / np.outer(scale, scale))
        steep = np.maximum(np.abs(roots), _FLATTEST * np.abs(roots).max())
        concave = bool(roots[0] > 0.0)
        step = axes @ ((axes.T @ (gradient / scale)) / steep) / scale
        gain = 0.5 * float(gradient @ step)
        if gain < tolerance and concave:
            return Top(at, best, steps, gain, True)
        step *= min(1.0, float((np.maximum(reach, reach / scale) / np.maximum(np.abs(step), 1e-300)).min()))
        share = 1.0
        while share > _SHORTEST:
            tried = value(at + share * step)
            if tried > best + 1e-4 * share * gain:
                break
            share *= 0.5 if np.isfinite(tried) else 0.25
        else:
            break
        at, best = at + share * step, tried
        reach = 2.0 * reach if share == 1.0 else longest
        if progress is not None:
            progress(steps, best)
    return Top(at, best, steps, gain, bool(gain < 1e-6 and concave))
