"""Coefficients of a fit with their intervals, and their likelihood profiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from duress.figures import theme
from duress.fit.chart import profiles_chart
from duress.fit.record import Fit


def coefficients_chart(fit: Fit) -> Any:
    """Chart the coefficients by utility, each with its 95 % interval and a line at 0."""
    return theme.finished(fit.plot(), _description(fit))


def likelihood_chart(fit: Fit, profiles: Mapping[str, pl.DataFrame]) -> Any:
    """Chart the likelihood profiles of coefficients, each beside the parabola of its standard error."""
    return theme.finished(profiles_chart(fit, profiles), _profiles_description(fit, profiles))


def fit_chart(fit: Fit, profiles: Mapping[str, pl.DataFrame]) -> Any:
    """Chart the coefficients, and below them the profiles there are."""
    if not profiles:
        return coefficients_chart(fit)
    both = alt.vconcat(fit.plot(), profiles_chart(fit, profiles))
    return theme.finished(both, f"{_description(fit)} {_profiles_description(fit, profiles)}")


def _profiles_description(fit: Fit, profiles: Mapping[str, pl.DataFrame]) -> str:
    told = []
    for name, table in profiles.items():
        inside = table.filter(pl.col("within"))["value"]
        ends = f"{inside.min():.3g} to {inside.max():.3g}" if len(inside) else "none of the values tried"
        told.append(f"{name} fits best at {fit[name]:.3g}, within 95 %: {ends}")
    return f"Profiles of the log-likelihood. {'; '.join(told)}."


def _description(fit: Fit) -> str:
    told = "; ".join(
        f"{row['utility']}, {'constant' if row['term'] == '1' else row['term']}: {row['estimate']:.3g} "
        + ("(no interval)" if row["low"] is None else f"({row['low']:.3g} to {row['high']:.3g})")
        for row in fit.table.iter_rows(named=True)
    )
    return f"{fit.model.title}: estimates and 95 % intervals. {told}."
