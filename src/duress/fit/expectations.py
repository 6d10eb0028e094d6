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


MOST_OF_ROWS = 0.25
"""Most columns of a first stage, as a share of the rows."""


class FirstStage(NamedTuple):
    """A logit of how often, on all regressors of the second stage, their squares and products.

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


def flexible(design: Design) -> Array:
    """Return a constant, every regressor of any utility, their squares and products, once each and standardised.

    A logit of the regressors alone is too stiff for what is a curved function of them. With few rows it has to do.
    """
    columns = np.concatenate([block for block in design.blocks if block.shape[1]], axis=1)
    plain = _independent(columns)
    many = plain.shape[1]
    pairs = [plain[:, i] * plain[:, j] for i in range(1, many) for j in range(i, many)]
    if not pairs or many + len(pairs) > MOST_OF_ROWS * len(plain):
        return plain
    return _independent(np.concatenate([plain[:, 1:], np.stack(pairs, axis=1)], axis=1))


def _independent(columns: Array) -> Array:
    """Return a constant and the columns, standardised, without those that others make up."""
    kept, basis = [np.ones(len(columns))], [np.full(len(columns), len(columns) ** -0.5)]
    for column in columns.T:
        spread = column.std()
        if spread <= 1e-9 * max(1.0, float(np.abs(column).max())):
            continue
        scaled = (column - column.mean()) / spread
        held = np.stack(basis, axis=1)
        left = scaled - held @ (held.T @ scaled)
        left -= held @ (held.T @ left)
        size = np.linalg.norm(left)
        if size > 1e-4 * np.linalg.norm(scaled):
            kept.append(scaled)
            basis.append(left / size)
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
