"""How well a game foretells rows it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ..errors import Fault, InputError
from .covariance import groups_in
from .fit import fit
from .formulas import check_formulas, columns_in, complete_rows, design_like, read_frame
from .model import Model
from .models import model_with

Array = NDArray[np.float64]

_LEAST = 1e-12


@dataclass(frozen=True, eq=False)
class Foretold:
    """Probabilities of what happened, each row's by a fit to the rows of other folds.

    Parameters
    ----------
    fold : array of int, shape (n,)
    chances : array, shape (n, outcomes)
    observed : array, shape (n, outcomes)
        How often each outcome was seen.
    """

    fold: NDArray[np.intp]
    chances: Array
    observed: Array

    @property
    def score(self) -> float:
        """Mean log probability of what happened, in nats for each time something did; 0 is perfect."""
        return score(self.chances, self.observed)


def score(chances: Array, observed: Array) -> float:
    """Return the mean log probability of what was seen."""
    return float((observed * np.log(np.maximum(chances, _LEAST))).sum() / observed.sum())


def folds_of(rows: int, folds: int, seed: int = 0, groups: Array | None = None) -> NDArray[np.intp]:
    """Return a fold for each row, folds as alike in size as can be; rows of a group share theirs."""
    random = np.random.default_rng(seed)
    units = np.arange(rows) if groups is None else np.unique(groups, return_inverse=True)[1]
    many = int(units.max()) + 1
    if not 2 <= folds <= many:
        raise InputError(
            Fault("folds", f"must be at least 2 and at most {many}, the rows or groups there are; found {folds}")
        )
    return random.permutation(np.arange(many) % folds)[units]


def cross_validate(
    model: Model | str,
    data: Any,
    utilities: Mapping[str, str],
    outcome: str | Sequence[str] | None = None,
    folds: int = 10,
    seed: int = 0,
    cluster: str | None = None,
    progress: Callable[[int, int], Any] | None = None,
) -> Foretold:
    """Return what a game foretells of each row when fitted to the others.

    Rows that miss values are left out. Where a row that was not seen has several equilibria, the one nearest to how
    likely B is to resist in the rows that were, on average, is taken.

    Parameters
    ----------
    model, data, utilities, outcome
        As for `fit`.
    folds : int
    cluster : str, optional
        Rows with the same value stay together.

    Raises
    ------
    InputError
        If data or formulas cannot be used, or an outcome is not seen without a fold.
    """
    game = (model if isinstance(model, Model) else model_with(model, {})).for_other_rows()
    frame = read_frame(data)
    named = game.outcome_columns(outcome, frame)
    formulas = {**game.defaults, **utilities}
    check_formulas(formulas, frame)
    extra = [*game.columns, *([cluster] if cluster else [])]
    used = list(dict.fromkeys([*columns_in(formulas.values()), *named, *extra]))
    rows, _ = complete_rows(frame, used, "drop")
    observed = game.observe(named, rows)
    fold = folds_of(rows.height, folds, seed, groups_in(rows, cluster) if cluster else None)
    chances = np.empty_like(observed)
    for number in range(folds):
        out = fold == number
        found = fit(game, rows.filter(pl.Series(~out)), utilities, named)
        there = design_like(found.design, found._laid_out[1], rows.filter(pl.Series(out)))
        u = there.at(found.coefficients)
        near = {name: np.full(len(u), float(values.mean())) for name, values in found.held.items()}
        chances[out] = game.chances(u, game.place(u, near))
        if progress is not None:
            progress(number + 1, folds)
    return Foretold(fold, chances, observed)
