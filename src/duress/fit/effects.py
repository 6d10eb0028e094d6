"""What a fit foretells, and how a column moves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from ..errors import Fault, InputError
from .design import Design
from .formulas import columns_in, complete_rows, design_like, read_frame
from .record import Fit

Array = NDArray[np.float64]

_STEP = 1e-5


def predict(fit: Fit, data: Any, change: Mapping[str, Any] | None) -> pl.DataFrame:
    """Return what happens at the estimates, for the rows of the fit or others, with columns changed or not."""
    if data is None and not change:
        return pl.DataFrame(dict(fit.model.predict(fit.design.at(fit.coefficients))))
    frame = fit.frame if data is None else read_frame(data)
    needed = columns_in(fit.formulas.values())
    for name, value in (change or {}).items():
        frame = changed(frame, name, value, needed)
    absent = [name for name in needed if name not in frame.columns]
    if absent:
        raise InputError([Fault("data", f"there is no column {name!r}, which the fit needs") for name in absent])
    rows, _ = complete_rows(frame, needed, "refuse")
    design = design_like(fit.design, fit._laid_out[1], rows)
    return pl.DataFrame(dict(fit.model.predict(design.at(fit.coefficients))))


def changed(frame: pl.DataFrame, name: str, value: Any, needed: list[str]) -> pl.DataFrame:
    """Return the frame with one value in every row of a column.

    Raises
    ------
    InputError
        If no utility uses the column.
    """
    if name not in needed:
        raise InputError(Fault("change", f"no utility uses a column {name!r}; they use {', '.join(needed)}"))
    dtype = pl.Float64 if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    return frame.with_columns(pl.lit(value, dtype=dtype).alias(name))


def ends_from(written: str) -> tuple[str, tuple[Any, Any]]:
    """Return the column and its two ends from ``COLUMN`` or ``COLUMN:LO..HI``; numbers where they read as such."""
    column, colon, ends = written.rpartition(":")
    if not colon or ".." not in ends:
        return written.strip(), (None, None)
    low, _, high = ends.partition("..")
    if not low.strip() or not high.strip():
        raise InputError(Fault("effect", f"must be COLUMN or COLUMN:LO..HI; found {written!r}"))
    return column.strip(), (_value(low.strip()), _value(high.strip()))


def _value(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text


def effect(fit: Fit, column: str, low: Any, high: Any, level: float) -> pl.DataFrame:
    """Return average differences of outcome probabilities with intervals, by the delta method.

    Where a coefficient of the column has no error, neither has the effect: ``std_error``, ``low``, ``high`` and ``p``
    are null, and `why_no_error` says why. Where there are several equilibria, each row stays in the one nearest to that
    of the estimates.
    """
    if not 0.0 < level < 1.0:
        raise InputError(Fault("level", f"must be between 0 and 1; found {level}"))
    designs = _designs(fit, column, low, high)
    holds = [fit.model.place(design.at(fit.coefficients), fit.held) for design in designs]

    def means(coefficients: Array) -> Array:
        parts = zip(designs, holds, strict=True)
        return np.array([_mean(fit, design, hold, coefficients) for design, hold in parts])

    at = means(fit.coefficients)
    slopes = np.empty((len(fit.names), *at.shape))
    for k, size in enumerate(_STEP * np.maximum(np.abs(fit.coefficients), 1.0)):
        move = np.zeros(len(fit.names))
        move[k] = size
        slopes[k] = (means(fit.coefficients + move) - means(fit.coefficients - move)) / (2.0 * size)
    change = slopes[:, 1] - slopes[:, 0]
    error = np.sqrt(np.maximum(np.einsum("ko,kj,jo->o", change, fit.vcov, change), 0.0))
    untold = _untold(fit, *designs)
    if untold:
        error = np.full_like(error, np.nan)
    difference = at[1] - at[0]
    half = ndtri(0.5 + 0.5 * level) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2.0 * ndtr(-np.abs(difference / error))
    columns = {
        "outcome": list(fit.model.outcomes), "at_low": at[0], "at_high": at[1], "effect": difference,
        "std_error": error, "low": difference - half, "high": difference + half, "p": p,
    }  # fmt: skip
    return pl.DataFrame(columns).with_columns(pl.col("std_error", "low", "high", "p").fill_nan(None))


def why_no_error(fit: Fit, column: str, low: Any, high: Any) -> str:
    """Return why an effect has no error, in a sentence; empty if it has one."""
    untold = _untold(fit, *_designs(fit, column, low, high))
    return f"The data give no error of {', '.join(untold)}, and so none of this effect." if untold else ""


def _designs(fit: Fit, column: str, low: Any, high: Any) -> tuple[Design, Design]:
    """Return the regressors with a column at either end in every row."""
    needed = columns_in(fit.formulas.values())
    if column not in needed:
        raise InputError(Fault("effect", f"no utility uses a column {column!r}; they use {', '.join(needed)}"))
    first, second = (
        design_like(fit.design, fit._laid_out[1], changed(fit.frame, column, value, needed))
        for value in _ends(fit, column, low, high)
    )
    return first, second


def _untold(fit: Fit, low: Design, high: Design) -> list[str]:
    """Return the coefficients without an error of terms that differ between two designs."""
    ends = zip(low.blocks, high.blocks, strict=True)
    moved = [not np.array_equal(a, b) for one, other in ends for a, b in zip(one.T, other.T, strict=True)]
    parts = zip(fit.names, moved, fit.standard_errors, strict=True)
    return [name for name, moves, error in parts if moves and np.isnan(error)]


def described(fit: Fit, column: str, low: Any, high: Any) -> str:
    """Return the column and the values it is given, such as ``x, from -1 to 1``."""
    shown = [f"{end:.4g}" if isinstance(end, float) else str(end) for end in _ends(fit, column, low, high)]
    return f"{column}, from {shown[0]} to {shown[1]}"


def _mean(fit: Fit, design: Design, held: Mapping[str, Array], coefficients: Array) -> Array:
    return fit.model.chances(design.at(coefficients), held).mean(axis=0)


def _ends(fit: Fit, column: str, low: Any, high: Any) -> tuple[Any, Any]:
    values = fit.frame[column]
    if (low is None) != (high is None):
        raise InputError(Fault("effect", "give both ends, or neither"))
    if low is not None:
        return low, high
    if not values.dtype.is_numeric():
        raise InputError(Fault("effect", f"column {column!r} holds categories; say from which to which"))
    seen = set(values.unique().to_list())
    if seen <= {0, 1}:
        return 0, 1
    middle, spread = float(values.cast(pl.Float64).mean() or 0.0), float(values.cast(pl.Float64).std() or 0.0)  # type: ignore[arg-type]
    return middle - 0.5 * spread, middle + 0.5 * spread
