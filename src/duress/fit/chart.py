"""Coefficients with their intervals, drawn. The room of figures gives it its looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..errors import Fault, InputError

if TYPE_CHECKING:
    from .record import Fit


def coefficients_chart(fit: Fit, utilities: Sequence[str] | None = None) -> Any:
    """Return a chart: a row for each coefficient, by utility, with its 95 % interval and a line at 0."""
    import altair as alt

    wanted = list(utilities or fit.model.utilities)
    unknown = [name for name in wanted if name not in fit.model.utilities]
    if unknown:
        raise InputError(Fault("utilities", f"{unknown[0]!r} is none; they are {', '.join(fit.model.utilities)}"))
    shown = [row for row in fit.table.iter_rows(named=True) if row["utility"] in wanted]
    if not shown:
        raise InputError(Fault("utilities", "none of them has a coefficient"))
    for row in shown:
        row["term"] = "constant" if row["term"] == "1" else row["term"]
    rows = alt.Y("term:N", sort=None, title=None, axis=alt.Axis(grid=True, tickBand="extent", labelLimit=260))
    base = alt.Chart(alt.InlineData(values=shown))
    layers = alt.layer(
        base.mark_rule(color="#8a8a8a", strokeDash=[3, 3]).encode(x=alt.datum(0)),
        base.mark_rule(strokeWidth=2, color="#0072B2").encode(
            y=rows, x=alt.X("low:Q", title="estimate, 95 % interval"), x2="high:Q"
        ),
        base.mark_point(filled=True, size=70, color="#0072B2").encode(
            y=rows,
            x="estimate:Q",
            tooltip=["utility:N", "term:N", "estimate:Q", "std_error:Q", "low:Q", "high:Q"],
        ),
    ).properties(width=420, height=alt.Step(24))
    facets = alt.Row(
        "utility:N", sort=wanted, title=None, header=alt.Header(labelAngle=0, labelAlign="left", labelFontWeight="bold")
    )
    return layers.facet(row=facets, spacing=6).resolve_scale(y="independent")
