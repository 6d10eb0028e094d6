"""What data tell of parameters, and what they do not: the curvature of a log-likelihood."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .design import Design

Array = NDArray[np.float64]

FLAT = 1e-11
"""Share of the steepest curvature below which a direction is flat."""
RIDGE = 1e-7
"""Share of the median curvature, for the same where the search found no top and curvature is that of differences."""
VAGUE = 50.0
"""What the size of a regressor may be worth, in units of the errors in utilities, before it is said to be vague."""


class FlatError(ArithmeticError):
    """A log-likelihood that does not change along some directions.

    Parameters
    ----------
    directions : array, shape (parameters, directions)
    """

    def __init__(self, directions: Array) -> None:
        super().__init__("the likelihood is flat")
        self.directions = directions


class WildError(ArithmeticError):
    """A log-likelihood without finite curvature.

    Parameters
    ----------
    at : array, shape (parameters,)
        Where.
    """

    def __init__(self, at: Array) -> None:
        super().__init__("the likelihood has no finite curvature")
        self.at = at


def inverse_information(bread: Array, at: Array) -> Array:
    """Return the inverse of the observed information at some parameters, shape (parameters, parameters).

    Raises
    ------
    FlatError, WildError
        If there is none.
    """
    _check_finite(bread, at)
    size = np.sqrt(np.maximum(np.abs(np.diag(bread)), 1e-300))
    values, axes = np.linalg.eigh(bread / np.outer(size, size))
    if values[0] < FLAT * values[-1]:
        raise FlatError(axes[:, values < FLAT * values[-1]] / size[:, None])
    return (axes / values) @ axes.T / np.outer(size, size)


def check_curved(bread: Array, at: Array) -> None:
    """Raise where a search ended on a ridge: curvature next to 0 along some direction, of either sign.

    Next to 0 beside the median, for where an equilibrium is about to vanish the steepest curvature has no bound.

    Raises
    ------
    FlatError, WildError
    """
    _check_finite(bread, at)
    values, axes = np.linalg.eigh(bread)
    flat = np.abs(values) < RIDGE * np.median(np.abs(values))
    if flat.any():
        raise FlatError(axes[:, flat])


def _check_finite(bread: Array, at: Array) -> None:
    if not np.isfinite(bread).all():
        raise WildError(at)


def dependence(columns: Array) -> Array:
    """Return weights by which columns sum to nothing, as may be in a sample of rows, shape (columns, ways)."""
    sizes = np.linalg.norm(columns, axis=0)
    sizes[sizes == 0.0] = 1.0
    _, values, axes = np.linalg.svd(columns / sizes)
    return axes[values < FLAT].T / sizes[:, None]


def named(design: Design, directions: Array) -> list[str]:
    """Return the parameters that matter along directions, by what the sizes of their columns make of them."""
    sizes = np.array([np.sqrt((column**2).mean()) for block in design.blocks for column in block.T])
    worth = np.abs(directions) * np.where(sizes > 0.0, sizes, 1.0)[:, None]
    parts = (worth / worth.max(axis=0)).max(axis=1)
    return [name for name, part in zip(design.names, parts, strict=True) if part > 0.05]


def told_apart(design: Design, directions: Array) -> str:
    """Return the sentence on parameters along directions, shape (parameters, directions), that change nothing."""
    apart = named(design, directions)
    if len(apart) == 1:
        return f"the data do not tell {apart[0]}: it may tell a move nearly without error; leave the term out"
    return f"the data do not tell these parameters apart: {', '.join(apart)}; leave a term out"


def wildest(design: Design, at: Array) -> str:
    """Return the sentence on a likelihood without finite curvature: it names the parameter that is worth most."""
    tops = np.array([np.abs(column).max() for block in design.blocks for column in block.T])
    worth = np.abs(at) * tops
    k = int(np.argmax(worth))
    return (
        f"the likelihood has no finite curvature where {design.names[k]} is worth as much as {worth[k]:.3g} in a row: "
        "it may tell a move without error, or hold a value far from all others; leave the term out"
    )


def vague_directions(inverse: Array) -> Array:
    """Return directions of which the data tell next to nothing, shape (parameters, ways).

    Parameters
    ----------
    inverse : array, shape (parameters, parameters)
        Inverse information of coefficients of orthogonal terms of size 1, in units of the errors in utilities.
    """
    _, variances, axes = np.linalg.svd(inverse)
    return axes[variances > VAGUE**2].T


def hardly_told(names: Sequence[str]) -> str:
    """Return a note on parameters of which the data tell next to nothing."""
    which, is_ = ", ".join(names), "estimate is" if len(names) == 1 else "estimates are"
    return (
        f"The data hardly tell {which}: the {is_} as large as the search went, and no error can be given. A column "
        "may tell a move nearly without error."
    )


def very_large(names: Sequence[str]) -> str:
    """Return a note on estimates beside which the errors in utilities are nothing."""
    which, is_ = ", ".join(names), "estimate is" if len(names) == 1 else "estimates are"
    return f"The data hardly tell {which}: the {is_} very large. A column may tell a move nearly without error."
