"""A fit: estimates with all that is needed to read them, to predict from them and to estimate them again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from .design import Design
from .formulas import design_of
from .model import Model

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fit:
    """A model fitted to data.

    Parameters
    ----------
    model : Model
        With its settings.
    formulas : mapping
        Utility -> formula.
    outcome : tuple of str
        Columns with what happened.
    frame : polars.DataFrame
        The columns and rows that were used.
    names : tuple of str
        Parameters, ``utility:term``; ``1`` is a constant.
    coefficients, vcov : arrays, shapes (p,) and (p, p)
    errors : str
        How ``vcov`` was found, in words.
    loglik : float
        Log-likelihood in nats, without constants of the counts; of a pseudo-likelihood where the method is one.
    loglik_rows : array, shape (n,)
    reached : bool
        Whether it is a maximum.
    status : str
        The same as a sentence that says what to try.
    notes : tuple of str
        What a reader should know, in sentences.
    held : mapping
        What goes with the estimates row by row: for the crisis-signaling game the log odds that B
        resists, ``log_odds``.
    untold : tuple of str
        Parameters of which the data tell next to nothing: they have no standard error.
    run : mapping
        Version, settings, steps.
    """

    model: Model
    formulas: Mapping[str, str]
    outcome: tuple[str, ...]
    frame: pl.DataFrame
    names: tuple[str, ...]
    coefficients: Array
    vcov: Array
    errors: str
    loglik: float
    loglik_rows: Array
    reached: bool
    status: str
    notes: tuple[str, ...] = ()
    held: Mapping[str, Array] = field(default_factory=dict)
    untold: tuple[str, ...] = ()
    run: Mapping[str, Any] = field(default_factory=dict)

    @property
    def nobs(self) -> int:
        """Rows used. A row of counts is one observation."""
        return len(self.loglik_rows)

    @property
    def aic(self) -> float:
        """2 p − 2 log L: smaller is better."""
        return 2.0 * len(self.names) - 2.0 * self.loglik

    @property
    def bic(self) -> float:
        """Log n for each parameter − 2 log L: smaller is better."""
        return len(self.names) * math.log(self.nobs) - 2.0 * self.loglik

    @cached_property
    def standard_errors(self) -> Array:
        """Square roots of the diagonal of ``vcov``; NaN for those in ``untold``, and where that is not above 0."""
        variances = np.diag(self.vcov)
        real = (variances > 0.0) & np.array([name not in self.untold for name in self.names])
        return np.sqrt(np.where(real, variances, np.nan))

    def __getitem__(self, name: str) -> float:
        """Return the coefficient of a name."""
        return float(self.coefficients[self.number(name)])

    def number(self, name: str) -> int:
        """Return where a parameter is.

        Raises
        ------
        InputError
            If there is none of that name.
        """
        from ..errors import InputError

        if name not in self.names:
            raise InputError(f"there is no parameter {name!r}; there are {', '.join(self.names)}")
        return self.names.index(name)

    def intervals(self, level: float = 0.95) -> Array:
        """Return ends of the intervals of the coefficients, shape (p, 2), from the normal distribution."""
        half = ndtri(0.5 + 0.5 * level) * self.standard_errors
        return np.stack([self.coefficients - half, self.coefficients + half], axis=1)

    @cached_property
    def table(self) -> pl.DataFrame:
        """Coefficients with errors, z, p and 95 % intervals, one row for each; null where there is no error."""
        with np.errstate(divide="ignore", invalid="ignore"):
            z = self.coefficients / self.standard_errors
        low, high = self.intervals().T
        utility, term = zip(*(name.split(":", 1) for name in self.names), strict=True)
        columns = {
            "utility": utility, "term": term, "estimate": self.coefficients, "std_error": self.standard_errors,
            "z": z, "p": 2.0 * ndtr(-np.abs(z)), "low": low, "high": high,
        }  # fmt: skip
        return pl.DataFrame(columns).with_columns(pl.col("std_error", "z", "p", "low", "high").fill_nan(None))

    @cached_property
    def _laid_out(self) -> tuple[Design, tuple[Any, ...]]:
        return design_of(self.formulas, self.frame)

    @property
    def design(self) -> Design:
        """Return the regressors."""
        return self._laid_out[0]

    @cached_property
    def several(self) -> int:
        """Rows that have more than one equilibrium at the estimates; 0 for games that have only one."""
        found = self.predict()
        return int((found["equilibrium"] == 2).sum()) if "equilibrium" in found.columns else 0

    def all_notes(self) -> tuple[str, ...]:
        """Return the notes, and a warning if rows have several equilibria at the estimates."""
        if not self.several:
            return self.notes
        rows = f"{self.several} of {self.nobs} rows have" if self.several > 1 else f"1 of {self.nobs} rows has"
        warning = f"{rows} several equilibria at the estimates: see predict()."
        return (*self.notes, warning)

    def predict(self, data: Any = None, change: Mapping[str, Any] | None = None) -> pl.DataFrame:
        """Return what happens at the estimates: every equilibrium of every row, with moves and outcomes.

        Parameters
        ----------
        data : frame, path or mapping, optional
            Default the rows that were used.
        change : mapping, optional
            Column -> value in every row: a counterfactual, its equilibria worked out anew.
        """
        from .effects import predict

        return predict(self, data, change)

    def effect(self, column: str, low: Any = None, high: Any = None, level: float = 0.95) -> pl.DataFrame:
        """Return how a column moves the average probability of each outcome, with intervals.

        Where a coefficient of the column has no error, neither has its effect: null.

        Parameters
        ----------
        column : str
        low, high : numbers or categories, optional
            Every row is given the one and then the other. Default half a standard deviation below and above the mean,
            or 0 and 1 where the column has these values only.
        level : float
        """
        from .effects import effect

        return effect(self, column, low, high, level)

    def profile(self, name: str, points: int = 11, width: float = 3.0) -> pl.DataFrame:
        """Return the likelihood profile of a coefficient: the best log-likelihood at each of several values of it."""
        from .profile import profile

        return profile(self, name, points, width)

    def summary(self) -> str:
        """Return a page of text: what was fitted, how well, and the coefficients."""
        from .text import summary

        return summary(self)

    def to_latex(self) -> str:
        """Return a LaTeX table (booktabs) of the coefficients."""
        from .text import to_latex

        return to_latex([self])

    def to_html(self) -> str:
        """Return an HTML table of the coefficients."""
        from .text import to_html

        return to_html(self)

    def plot(self, utilities: Sequence[str] | None = None) -> Any:
        """Return an Altair chart of the coefficients with 95 % intervals."""
        from .chart import coefficients_chart

        return coefficients_chart(self, utilities)

    def plot_profile(self, *names: str, points: int = 11, width: float = 3.0) -> Any:
        """Return an Altair chart of the likelihood profiles of coefficients; without a name, of all of them."""
        from .chart import profiles_chart

        return profiles_chart(self, {name: self.profile(name, points, width) for name in names or self.names})

    def save(self, path: str | Path) -> None:
        """Write the fit to a file, the rows it used with it, to be read by `load_fit`."""
        from .store import save

        save(self, path)

    def as_json(self) -> dict[str, Any]:
        """Return nested dictionaries and lists for `json.dumps`."""
        from .store import as_json

        return as_json(self)

    def _repr_html_(self) -> str:
        return self.to_html()

    def __repr__(self) -> str:
        return f"<Fit of {self.model.title}: {len(self.names)} coefficients, log-likelihood {self.loglik:.4f}>"
