"""How much each number matters: Sobol indices from a design of Saltelli's, with bootstrap intervals.

With f at the points A, B and AB (A with number i from B) of every base row, and V the variance of f over A and B:

    first order  S_i  = mean( f(B) (f(AB) - f(A)) ) / V        (Saltelli 2010, Table 2 b)
    total        T_i  = mean( (f(A) - f(AB))^2 ) / 2 V         (Jansen; Saltelli 2010, Table 2 f)

S_i is the share of the variance that the number explains by itself, T_i the share in which it has any part. Written out
here because base rows with a point that failed must be left out, and the bootstrap be seeded, which the function of
SciPy does not allow; the numbers agree with its own where both can be had.

References
----------
Saltelli, A. et al. (2010). Variance based sensitivity analysis of model output. Comput. Phys. Commun. 181, 259-270.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap

RESAMPLES = 1000
LEVEL = 0.95
_NOTHING = 1e-24
"""Variance that is no more than rounding."""

FEWEST_ROWS = 4
"""Base rows below which no index is given."""


@dataclass(frozen=True)
class Index:
    """How much of the variance of ``of`` is due to one number.

    Parameters
    ----------
    of : str
        Column of the table of the sweep.
    parameter, words : str
        Field path, and what it is in words.
    first, total : float
        By itself, and with whatever else it acts together with: shares of the variance. Estimates may lie a little
        outside 0 to 1. Zeros where nothing varies.
    first_interval, total_interval : tuple of two float
        95 % bootstrap intervals.
    rows : int
        Base rows of the design they are from.
    """

    of: str
    parameter: str
    words: str
    first: float
    total: float
    first_interval: tuple[float, float]
    total_interval: tuple[float, float]
    rows: int


def indices_of(
    measure: str, paths: tuple[str, ...], words: tuple[str, ...], values: NDArray[np.float64], seed: int
) -> list[Index]:
    """Return the indices of one measure for each number; none from fewer than `FEWEST_ROWS` base rows.

    Parameters
    ----------
    values : float array, shape (N, D + 2)
        At A, at B, and at A with one number after the other from B.
    seed : int
        Of the bootstrap.
    """
    if len(values) < FEWEST_ROWS:
        return []
    values = values - values[:, :2].mean()  # shifting leaves the indices as they are, and lessens their error
    both = estimate(values)
    if not both.any():
        low = high = np.zeros_like(both)
    else:
        result = bootstrap(
            (np.arange(len(values)),),
            lambda rows: estimate(values[rows]),
            n_resamples=RESAMPLES,
            confidence_level=LEVEL,
            method="percentile",
            vectorized=False,
            rng=np.random.default_rng(seed),
        )
        low, high = result.confidence_interval
    return [
        Index(
            of=measure,
            parameter=path,
            words=name,
            first=float(both[0, n]),
            total=float(both[1, n]),
            first_interval=(float(low[0, n]), float(high[0, n])),
            total_interval=(float(low[1, n]), float(high[1, n])),
            rows=len(values),
        )
        for n, (path, name) in enumerate(zip(paths, words, strict=True))
    ]


def estimate(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return first-order and total indices, shape (2, D), from values of shape (N, D + 2); zeros without variance."""
    first, second, mixed = values[:, :1], values[:, 1:2], values[:, 2:]
    variance = values[:, :2].var()
    if variance < _NOTHING:
        return np.zeros((2, mixed.shape[1]))
    by_itself = (second * (mixed - first)).mean(axis=0) / variance
    in_all = 0.5 * ((first - mixed) ** 2).mean(axis=0) / variance
    return np.stack([by_itself, in_all])
