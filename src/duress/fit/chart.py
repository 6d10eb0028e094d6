"""Coefficients with their intervals, and likelihood profiles, drawn. The room of figures gives them their looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from ..errors import Fault, InputError
from .profile import DROP

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
    known = "isValid(datum.low)"
    said = "estimate, 95 % interval" + ("" if all(row["low"] is not None for row in shown) else " (hollow: none)")
    rows = alt.Y("term:N", sort=None, title=None, axis=alt.Axis(grid=True, tickBand="extent", labelLimit=260))
    base = alt.Chart(alt.InlineData(values=shown))
    layers = alt.layer(
        base.mark_rule(color="#8a8a8a", strokeDash=[3, 3]).encode(x=alt.datum(0)),
        base.transform_filter(known)
        .mark_rule(strokeWidth=2, color="#0072B2")
        .encode(y=rows, x=alt.X("low:Q", title=said), x2="high:Q"),
        base.mark_point(filled=True, size=70, color="#0072B2", stroke="#0072B2", strokeWidth=1.5).encode(
            y=rows,
            x="estimate:Q",
            fillOpacity=alt.condition(known, alt.value(1.0), alt.value(0.0)),
            tooltip=["utility:N", "term:N", "estimate:Q", "std_error:Q", "low:Q", "high:Q"],
        ),
    ).properties(width=420, height=alt.Step(24))
    facets = alt.Row(
        "utility:N", sort=wanted, title=None, header=alt.Header(labelAngle=0, labelAlign="left", labelFontWeight="bold")
    )
    return layers.facet(row=facets, spacing=6).resolve_scale(y="independent")


def profiles_chart(fit: Fit, profiles: Mapping[str, pl.DataFrame]) -> Any:
    """Return a chart of likelihood profiles by coefficient, one under the other.

    Each shows what the log-likelihood loses as the coefficient is held elsewhere, beside what it would lose were it a
    parabola, as standard errors take it to be (dashed). Values above the rule are in the 95 % interval.
    """
    import altair as alt

    return alt.vconcat(*(_profile(fit, name, table) for name, table in profiles.items()), spacing=16)


def _profile(fit: Fit, name: str, table: pl.DataFrame) -> Any:
    import altair as alt

    centre, spread = fit[name], float(fit.standard_errors[fit.number(name)])
    rows = [
        {"value": value, "fall": -below, "parabola": -0.5 * ((value - centre) / spread) ** 2}
        for value, below in table.select("value", "below").iter_rows()
    ]
    lowest = min(-1.5 * DROP, *(row["fall"] for row in rows))
    x = alt.X("value:Q", title=None, scale=alt.Scale(zero=False, nice=False), axis=alt.Axis(format="~g", tickCount=6))
    fall = alt.Scale(domain=[lowest, 0.0], clamp=True)
    y = alt.Y("fall:Q", title="log-likelihood lost", scale=fall)
    tooltip = [alt.Tooltip("value:Q", format=".4g"), alt.Tooltip("fall:Q", title="log-likelihood lost", format=".3f")]
    base = alt.Chart(alt.InlineData(values=rows))
    best = alt.Chart(alt.InlineData(values=[{"value": centre, "fall": 0.0}]))
    return alt.layer(
        base.mark_rule(color="#8a8a8a").encode(y=alt.datum(-DROP)),
        base.mark_line(color="#8a8a8a", strokeDash=[5, 3], interpolate="monotone").encode(
            x=x, y=alt.Y("parabola:Q", scale=fall)
        ),
        base.mark_line(color="#0072B2", strokeWidth=2, point=True, interpolate="monotone").encode(
            x=x, y=y, tooltip=tooltip
        ),
        best.mark_point(filled=True, size=90, color="#222222").encode(x=x, y=y),
        width=420,
        height=130,
        title=name.replace(":1", ", constant") if name.endswith(":1") else name.replace(":", ", ", 1),
    )
