"""Models that are estimated by maximum likelihood from derivatives by the utilities of each row."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ..errors import InputError
from .design import Design, Terms
from .maximise import Top, climb
from .model import Estimated, Model, Step

Array = NDArray[np.float64]

_FLAT = 1e-11
_VAGUE = 50.0
"""Standard error of what one standard deviation of a regressor is worth, above which it is said to be hardly told."""


def inverse_information(bread: Array, names: Sequence[str]) -> Array:
    """Return the inverse of the observed information.

    Raises
    ------
    InputError
        If the data do not tell some combination of the parameters; it names those of it.
    """
    wild = [name for name, row in zip(names, bread, strict=True) if not np.isfinite(row).all()]
    if wild:
        which = ", ".join(wild)
        raise InputError(f"the likelihood has no finite curvature in {which}: a column may tell a move without error")
    size = np.sqrt(np.maximum(np.abs(np.diag(bread)), 1e-300))
    values, axes = np.linalg.eigh(bread / np.outer(size, size))
    if values[0] < _FLAT * values[-1]:
        away = np.abs(axes[:, 0] / size)
        apart = [name for name, part in zip(names, away / away.max(), strict=True) if part > 0.05]
        raise InputError(f"the data do not tell these parameters apart: {', '.join(apart)}; leave a term out")
    return (axes / values) @ axes.T / np.outer(size, size)


def vague(design: Design, vcov: Array) -> tuple[str, ...]:
    """Return a note on parameters of which the data tell next to nothing."""
    spreads = [max(float(column.std()), float(np.abs(column).mean())) for block in design.blocks for column in block.T]
    worth = np.sqrt(np.maximum(np.diag(vcov), 0.0)) * np.array(spreads)
    found = [name for name, one in zip(design.names, worth, strict=True) if one > _VAGUE]
    if not found:
        return ()
    which = ", ".join(found)
    return (f"The data hardly tell {which}: its error is very large. A column may tell a move nearly without error.",)


def climb_rows(terms: Callable[[Array], Terms], design: Design, start: Array, step: Step | None) -> Top:
    """Return the maximum of the sum over rows of ``terms``, each of which is worked out once for value and slope."""
    kept: dict[bytes, Terms] = {}

    def found(at: Array) -> Terms:
        key = at.tobytes()
        if key not in kept:
            kept.clear()
            kept[key] = terms(at)
        return kept[key]

    def value(at: Array) -> float:
        total = float(found(at).value.sum())
        return total if np.isfinite(total) else -np.inf

    def derivatives(at: Array) -> tuple[Array, Array]:
        return design.gradient(found(at).slope), design.curvature(found(at).bend)

    return climb(value, derivatives, start, progress=step)


@dataclass(frozen=True)
class LikelihoodModel(Model):
    """A model with one outcome distribution for each row, so that the likelihood has no choice in it."""

    @abstractmethod
    def terms(self, u: Array, observed: Array) -> Terms:
        """Return the log-likelihood by row and its derivatives."""

    def start(self, design: Design, observed: Array) -> Array:
        """Return where the search starts."""
        return np.zeros(len(design.names))

    def estimate(
        self, design: Design, observed: Array, frame: pl.DataFrame, start: Array | None = None, step: Step | None = None
    ) -> Estimated:
        """Return maximum likelihood estimates."""

        def terms(at: Array) -> Terms:
            with np.errstate(all="ignore"):
                return self.terms(design.at(at), observed)

        begin = self.start(design, observed) if start is None else start
        top = climb_rows(terms, design, begin, step)
        found = terms(top.at)
        bread = -design.curvature(found.bend)
        vcov = inverse_information(bread, design.names)
        notes = vague(design, vcov)
        scores = design.scores(found.slope)
        return Estimated(top.at, top.value, found.value, scores, bread, vcov, top.reached, top.steps, notes)
