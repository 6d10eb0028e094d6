"""What each side expects of the other, estimated from moves alone: the first stage of two-step estimators."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from .design import Design
from .maximise import climb

Array = NDArray[np.float64]

RIDGE = 1.0
"""Prior precision of each standardised coefficient, worth one observation or so; keeps separated data finite."""


class FirstStage(NamedTuple):
    """A logit of how often, on all regressors of the second stage.

    Parameters
    ----------
    chance : array, shape (n,)
    moves : array, shape (n, coefficients)
        Derivatives of ``chance`` by the coefficients of the logit.
    influence : array, shape (n, coefficients)
        What each row adds to the coefficients' error, to first order.
    """

    chance: Array
    moves: Array
    influence: Array


def all_regressors(design: Design) -> Array:
    """Return a constant and every regressor of any utility, once, standardised."""
    columns = np.concatenate([block for block in design.blocks if block.shape[1]], axis=1)
    columns = columns[:, columns.std(axis=0) > 0.0]
    scaled = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    kept = [np.ones(len(scaled))]
    for column in scaled.T:
        base = np.stack(kept, axis=1)
        left = column - base @ np.linalg.lstsq(base, column, rcond=None)[0]
        if np.linalg.norm(left) > 1e-6 * np.linalg.norm(column):
            kept.append(column)
    return np.stack(kept, axis=1)


def first_stage(x: Array, yes: Array, no: Array) -> FirstStage:
    """Return the ridge logit of ``yes`` against ``no`` on the columns of ``x``, the first of them a constant."""
    penalty = np.full(x.shape[1], RIDGE)
    penalty[0] = 0.0
    many = yes + no

    def value(b: Array) -> float:
        z = x @ b
        return float(-(yes @ np.logaddexp(0.0, -z) + no @ np.logaddexp(0.0, z)) - 0.5 * penalty @ (b * b))

    def information(b: Array) -> Array:
        p = expit(x @ b)
        return x.T @ (x * (many * p * (1.0 - p))[:, None]) + np.diag(penalty)

    def derivatives(b: Array) -> tuple[Array, Array]:
        return x.T @ (yes - many * expit(x @ b)) - penalty * b, -information(b)

    top = climb(value, derivatives, np.zeros(x.shape[1]))
    p = expit(x @ top.at)
    scores = x * (yes - many * p)[:, None]
    return FirstStage(p, x * (p * (1.0 - p))[:, None], np.linalg.solve(information(top.at), scores.T).T)
