"""Likelihood profiles: how good the best fit is with one coefficient held."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ..errors import Fault, InputError
from .record import Fit

Array = NDArray[np.float64]

DROP = 1.9207
"""Half the 95 % point of chi-squared with one degree of freedom."""


def profile(fit: Fit, name: str, points: int, width: float) -> pl.DataFrame:
    """Return the profile of a coefficient, ``width`` standard errors to either side.

    Columns: ``value``, ``log_likelihood``, ``below`` the greatest by, ``within`` the 95 % interval or not.

    Raises
    ------
    InputError
        If the method maximises no likelihood, so that there is none to profile.
    """
    if not fit.model.has_likelihood:
        raise InputError(Fault("profile", "needs a likelihood; pl and npl maximise none, so fit with cmle or ml"))
    if points < 3 or width <= 0.0:
        raise InputError(Fault("profile", "needs at least 3 points and a width above 0"))
    number = fit.number(name)
    if not np.isfinite(fit.standard_errors[number]):
        raise InputError(Fault("profile", f"{name} has no standard error, by which the width of a profile is measured"))
    observed = fit.model.observe(fit.outcome, fit.frame)
    centre, spread = fit.coefficients[number], fit.standard_errors[number]
    values = centre + spread * np.linspace(-width, width, points)
    found = np.empty(points)
    rest = np.delete(fit.coefficients, number)
    # From the middle outwards, each from its neighbour.
    for side in (range(points // 2, points), range(points // 2, -1, -1)):
        start = rest
        for k in side:
            held = fit.design.hold(number, float(values[k]))
            part = fit.model.estimate(held, observed, fit.frame, start)
            found[k], start = part.value, part.at
    top = max(float(found.max()), fit.loglik)
    return pl.DataFrame({"value": values, "log_likelihood": found, "below": top - found, "within": top - found <= DROP})
