"""How far each uncertain number moves what accepting is worth against refusing: the longest bar on top."""

from __future__ import annotations

from typing import Any

import altair as alt

from duress.assess.record import Assessment, Variation
from duress.figures import theme
from duress.figures.text import cut, folded, row_height

_ENDS = ("at its lower end", "at its upper end")
_SHADES = ("#9ecae1", "#08519c")
_MOST = 12


def tornado_chart(assessment: Assessment, *, narrow: bool = False) -> Any:
    """Chart the worth of the best acceptance against the best refusal as each number varies, one panel per type.

    Parameters
    ----------
    narrow : bool
        True for a phone.

    Raises
    ------
    ValueError
        If no number was varied.
    """
    varied = [v for v in assessment.variations if any(v.gains)][:_MOST]
    if not varied:
        raise ValueError("there is nothing to draw: no number was varied")
    names = folded([v.words for v in varied], 20 if narrow else 26)
    types = list(assessment.prior[assessment.party])
    stacked = narrow or len(types) != 2
    width = 190 if narrow else (520 if stacked else 215)
    values = [gain[k] for v in varied for gain in (*v.gains, v.gain_before) if gain for k in gain]
    scale = alt.Scale(domain=theme.domain([*values, 0.0]), nice=False)
    panels = [
        _panel(assessment, kind, varied, names, width, scale, shown=stacked or n == 0) for n, kind in enumerate(types)
    ]
    joined = alt.vconcat(*panels) if stacked else alt.hconcat(*panels)
    return theme.finished(joined, _description(assessment, varied))


def _panel(
    assessment: Assessment,
    kind: str,
    varied: list[Variation],
    names: dict[str, str],
    width: int,
    scale: alt.Scale,
    shown: bool,
) -> Any:
    rows: theme.Rows = [
        {
            "number": names[v.words],
            "path": v.words,
            "end": end,
            "at": f"{value:.4g}",
            "now": f"{v.before:.4g}",
            "from": v.gain_before[kind],
            "to": gain[kind],
        }
        for v in varied
        for end, value, gain in zip(_ENDS, v.values, v.gains, strict=True)
        if gain
    ]
    axis = alt.Axis(title="Accepting against refusing (stakes)", tickCount=4)
    y = theme.row_names("number", names.values(), shown=shown, ruled=True)
    bars = (
        alt.Chart(theme.data(rows))
        .mark_bar(height=14)
        .encode(
            x=alt.X("from:Q", scale=scale, axis=axis),
            x2="to:Q",
            y=y,
            yOffset=alt.YOffset("end:N", sort=list(_ENDS), scale=alt.Scale(domain=list(_ENDS), paddingOuter=0.3)),
            color=alt.Color(
                "end:N", scale=alt.Scale(domain=list(_ENDS), range=list(_SHADES)), legend=alt.Legend(columns=1)
            ),
            tooltip=[
                alt.Tooltip("path:N", title="Number"),
                alt.Tooltip("at:N", title="At"),
                alt.Tooltip("now:N", title="Instead of"),
                alt.Tooltip("to:Q", title="Accepting against refusing, stakes", format="+.2f"),
            ],
        )
    )
    zero = alt.Chart(theme.data([{"zero": 0.0}])).mark_rule(color=theme.INK, strokeDash=[4, 3]).encode(x="zero:Q")
    chart = alt.layer(bars, zero)
    several = len(assessment.prior[assessment.party]) > 1
    who = cut(f"{assessment.party}" + (f", if {kind}" if several else ""), 40)
    chart.title = alt.Title(who, frame="group")
    chart.width = width
    chart.height = len(names) * row_height(names.values(), 44)
    return chart


def _description(assessment: Assessment, varied: list[Variation]) -> str:
    most = varied[0]
    return (
        f"Chart of how far each uncertain number moves what accepting is worth to {assessment.party} against refusing. "
        f"{most.words} moves it most, by up to {most.effect:.2f} stakes."
    )
