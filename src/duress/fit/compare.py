"""Which of two fits to the same data is better: tests of models that are not nested.

References
----------
Vuong, Q. (1989). Likelihood ratio tests for model selection and non-nested hypotheses. Econometrica 57(2).
Clarke, K. (2007). A simple distribution-free test for nonnested model selection. Political Analysis 15(3).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, chdtrc, ndtr

from ..errors import InputError
from .record import Fit


@dataclass(frozen=True)
class Comparison:
    """A test of two fits.

    Parameters
    ----------
    test : str
    statistic : float
        Vuong: standard normal if neither is better, positive if the first is. Clarke: rows the first fits better.
    p : float
        Two-sided.
    better : {"first", "second", "neither"}
        At 5 %.
    sentence : str
    """

    test: str
    statistic: float
    p: float
    better: str
    sentence: str

    def __str__(self) -> str:
        """Return the sentence."""
        return self.sentence


def _differences(first: Fit, second: Fit) -> NDArray[np.float64]:
    if first.nobs != second.nobs or first.outcome != second.outcome:
        raise InputError(
            f"the fits must be to the same rows and outcomes; found {first.nobs} and {second.nobs} rows, "
            f"{', '.join(first.outcome)} and {', '.join(second.outcome)}"
        )
    if not first.frame.select(first.outcome).equals(second.frame.select(second.outcome)):
        raise InputError("the fits must be to the same rows; what happened in them differs")
    return first.loglik_rows - second.loglik_rows


def _penalty(first: Fit, second: Fit) -> float:
    """Return what the first pays for its extra parameters, by half the difference of their BIC penalties."""
    return 0.5 * (len(first.names) - len(second.names)) * math.log(first.nobs)


def vuong(first: Fit, second: Fit) -> Comparison:
    """Test whether one of two fits is nearer to the truth, by Vuong's statistic with the BIC correction."""
    apart = _differences(first, second)
    spread = apart.std() * math.sqrt(len(apart))
    if spread < 1e-8:
        raise InputError("the fits say the same of every row; there is nothing to compare")
    statistic = float((apart.sum() - _penalty(first, second)) / spread)
    p = 2.0 * float(ndtr(-abs(statistic)))
    return _comparison("Vuong", statistic, p, statistic > 0.0, f"z = {statistic:.3f}", _ratio(first, second))


def clarke(first: Fit, second: Fit) -> Comparison:
    """Test whether one of two fits is better in more than half of the rows: Clarke's test with the BIC correction."""
    apart = _differences(first, second) - _penalty(first, second) / first.nobs
    wins = int((apart > 0.0).sum())
    p = min(1.0, 2.0 * float(bdtr(min(wins, len(apart) - wins), len(apart), 0.5)))
    return _comparison("Clarke", wins, p, 2 * wins > len(apart), f"{wins} of {len(apart)} rows", _ratio(first, second))


def _ratio(first: Fit, second: Fit) -> str:
    """Return a sentence with a likelihood ratio test where one fit is a case of the other."""
    small, large = sorted((first, second), key=lambda fit: len(fit.names))
    if small.model != large.model or not set(small.names) < set(large.names) or not small.model.has_likelihood:
        return ""
    more, ratio = len(large.names) - len(small.names), max(0.0, 2.0 * (large.loglik - small.loglik))
    return (
        f" But one is a case of the other, for which the likelihood ratio is made: chi-squared({more}) = {ratio:.3f}, "
        f"p = {chdtrc(more, ratio):.3g}."
    )


def _comparison(test: str, statistic: float, p: float, first: bool, said: str, but: str) -> Comparison:
    better = "neither" if p >= 0.05 else "first" if first else "second"
    verdict = "neither fit is better" if better == "neither" else f"the {better} fit is better"
    return Comparison(test, statistic, p, better, f"{test}: {verdict} ({said}, p = {p:.3g}).{but}")
