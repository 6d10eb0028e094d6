"""Profile likelihoods: how much worse the records fit as each number is held elsewhere."""

from __future__ import annotations

from typing import Any

import altair as alt

from duress.figures import theme
from duress.figures.text import cut
from duress.simulate.calibrate import DROP, Calibration, Estimate


def profiles_chart(answer: Calibration, *, narrow: bool = False) -> Any:
    """Chart the profile of each number, one panel under the other; values above the dashed line are in the interval.

    Parameters
    ----------
    narrow : bool
        True for a phone.
    """
    panels = [_panel(answer, estimate, 285 if narrow else 690, 40 if narrow else 90) for estimate in answer.estimates]
    return theme.finished(alt.vconcat(*panels, spacing=16), _description(answer))


def _panel(answer: Calibration, estimate: Estimate, width: int, longest: int) -> Any:
    rows: theme.Rows = [
        {"value": x, "fall": y - answer.log_likelihood}
        for x, y in zip(estimate.profile.values, estimate.profile.log_likelihood, strict=True)
    ]
    lowest = max(min([-1.5 * DROP, *(row["fall"] for row in rows)]), -10.0)
    kind = "log" if estimate.low > 0 and estimate.high / estimate.low >= 10 else "linear"
    x = alt.X(
        "value:Q",
        scale=alt.Scale(type=kind, domain=[estimate.low, estimate.high], nice=False),
        axis=alt.Axis(title=None, tickCount=6, format="~g"),
    )
    y = alt.Y("fall:Q", scale=alt.Scale(domain=[lowest, 0.3], clamp=True), axis=alt.Axis(title=None, tickCount=3))
    line = alt.Chart(theme.data(rows)).mark_line(color=theme.PARTY_COLOURS[0], strokeWidth=2.4, point=True)
    cutoff = alt.Chart(theme.data([{"fall": -DROP}])).mark_rule(color=theme.INK, strokeDash=[5, 3]).encode(y=y)
    marks: theme.Rows = [{"value": estimate.value, "fall": 0.0, "said": f"best {estimate.value:.3g}"}]
    best = alt.Chart(theme.data(marks))
    flat = ", flat: the records say nothing of it" if estimate.flat else ""
    tooltip = [alt.Tooltip("value:Q", format=".3g"), alt.Tooltip("fall:Q", title="log-likelihood lost", format=".2f")]
    return alt.layer(
        line.encode(x=x, y=y, tooltip=tooltip),
        cutoff,
        best.mark_point(color=theme.INK, size=110, filled=True).encode(x=x, y=y),
        width=width,
        height=100,
        title=cut(f"{estimate.path}{flat}", longest),
    )


def _description(answer: Calibration) -> str:
    told = "; ".join(f"{e.path} fits best at {e.value:.3g}{', flat' if e.flat else ''}" for e in answer.estimates)
    return f"Profile log-likelihoods against the best. {told}."
