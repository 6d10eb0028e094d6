"""Models that are estimated by maximum likelihood from derivatives by the utilities of each row."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .design import Design, Terms
from .information import inverse_information
from .maximise import Top, climb
from .model import Estimated, Model, Step

Array = NDArray[np.float64]


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

    def search(
        self, design: Design, observed: Array, frame: pl.DataFrame, start: Array | None, step: Step | None
    ) -> Estimated:
        """Return maximum likelihood estimates."""

        def terms(at: Array) -> Terms:
            with np.errstate(all="ignore"):
                return self.terms(design.at(at), observed)

        begin = self.start(design, observed) if start is None else start
        top = climb_rows(terms, design, begin, step)
        found = terms(top.at)
        bread = -design.curvature(found.bend)
        vcov = inverse_information(bread, top.at)
        scores = design.scores(found.slope)
        return Estimated(top.at, top.value, found.value, scores, vcov, vcov, top.reached, top.steps)
