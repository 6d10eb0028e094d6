"""Coefficients of a fit with their intervals."""

from __future__ import annotations

from typing import Any

from duress.figures import theme
from duress.fit.record import Fit


def coefficients_chart(fit: Fit) -> Any:
    """Chart the coefficients by utility, each with its 95 % interval and a line at 0."""
    return theme.finished(fit.plot(), _description(fit))


def _description(fit: Fit) -> str:
    told = "; ".join(
        f"{row['utility']}, {'constant' if row['term'] == '1' else row['term']}: {row['estimate']:.3g} "
        f"({row['low']:.3g} to {row['high']:.3g})"
        for row in fit.table.iter_rows(named=True)
    )
    return f"{fit.model.title}: estimates and 95 % intervals. {told}."
