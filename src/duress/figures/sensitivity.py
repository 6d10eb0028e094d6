"""Sobol indices of a sweep: how much of the variance each number explains by itself, and has any part in."""

from __future__ import annotations

from typing import Any

import altair as alt

from duress.figures import theme
from duress.figures.text import cut, folded, row_height
from duress.sweep.record import Sweep
from duress.sweep.sensitivity import Index

_KINDS = ("by itself", "with all it acts with")
_SHADES = ("#08519c", "#9ecae1")
_MOST = 12


def sensitivity_chart(sweep: Sweep, *, narrow: bool = False) -> Any:
    """Chart first-order and total indices with their 95 % intervals, a panel for each measure.

    Parameters
    ----------
    narrow : bool
        True for a phone.

    Raises
    ------
    ValueError
        If the sweep has no indices: another design than Sobol, or too few points that did not fail.
    """
    indices = sweep.indices
    if not indices:
        raise ValueError("there is nothing to draw: the sweep has no Sobol indices")
    paths = list(sweep.importance())[:_MOST]
    words = {index.parameter: index.words for index in indices}
    names = folded([words[path] for path in paths], 20 if narrow else 26)
    order = [names[words[path]] for path in paths]
    shown = [index for index in indices if index.parameter in paths]
    ends = [end for i in shown for end in (*i.first_interval, *i.total_interval, i.first, i.total)]
    scale = alt.Scale(domain=[min(0.0, max(-0.5, min(ends))), max(1.0, min(1.5, max(ends)))], nice=False, clamp=True)
    width = 190 if narrow else 205
    panels = [
        _panel(sweep, measure, [i for i in shown if i.of == measure], order, names, width, scale, narrow or n % 2 == 0)
        for n, measure in enumerate(sweep.measures)
    ]
    columns = 1 if narrow else 2
    lines = [alt.hconcat(*panels[n : n + columns]) for n in range(0, len(panels), columns)]
    most = max(shown, key=lambda index: index.total)
    return theme.finished(
        alt.vconcat(*lines),
        f"Chart of Sobol indices from {most.rows:,} base rows: the share of the variance that each number explains by "
        f"itself and has any part in. {most.words} has the largest part, {most.total:.2f} of the variance of "
        f"{sweep.in_words(most.of)}.",
    )


def _panel(
    sweep: Sweep,
    measure: str,
    indices: list[Index],
    order: list[str],
    names: dict[str, str],
    width: int,
    scale: alt.Scale,
    shown: bool,
) -> Any:
    rows: theme.Rows = [
        {
            "number": names[index.words],
            "kind": kind,
            "zero": 0.0,
            "share": value,
            "low": interval[0],
            "high": interval[1],
            "interval": f"{interval[0]:.2f} to {interval[1]:.2f}",
        }
        for index in indices
        for kind, value, interval in zip(
            _KINDS, (index.first, index.total), (index.first_interval, index.total_interval), strict=True
        )
    ]
    offset = alt.YOffset("kind:N", sort=list(_KINDS), scale=alt.Scale(domain=list(_KINDS), paddingOuter=0.3))
    y = theme.row_names("number", order, shown=shown, ruled=True)
    base = alt.Chart(theme.data(rows)).encode(y=y, yOffset=offset)
    axis = alt.Axis(title="Share of the variance", tickCount=4, format=".1f")
    bars = base.mark_bar(height=10).encode(
        x=alt.X("zero:Q", scale=scale, axis=axis),
        x2="share:Q",
        color=alt.Color(
            "kind:N", scale=alt.Scale(domain=list(_KINDS), range=list(_SHADES)), legend=alt.Legend(columns=2)
        ),
        tooltip=[
            alt.Tooltip("number:N", title="Number"),
            alt.Tooltip("kind:N", title="Explains"),
            alt.Tooltip("share:Q", title="Share of the variance", format=".2f"),
            alt.Tooltip("interval:N", title="95 % interval"),
        ],
    )
    spans = base.mark_rule(color=theme.INK, strokeWidth=1.5).encode(x=alt.X("low:Q", scale=scale), x2="high:Q")
    chart = alt.layer(bars, spans)
    what, _, kind = sweep.in_words(measure).partition(", ")
    chart.title = alt.Title([what, cut(kind, 36)], frame="group")
    chart.width = width
    chart.height = len(order) * row_height(order, 38)
    return chart
