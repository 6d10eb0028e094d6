"""What each reply would be worth with no levers in hand, with those there are, and with more."""

from __future__ import annotations

from typing import Any

import altair as alt

from duress.assess.record import Assessment, LeverCase, Reply
from duress.figures import theme
from duress.figures.text import cut, folded, row_height
from duress.scenario.schema import REPLIES

_CASES = {"none": "no levers", "as they stand": "levers as they stand", "more": "more levers"}
_SHAPES = ("circle", "square", "triangle-up")


def lever_cases_chart(assessment: Assessment, *, narrow: bool = False) -> Any:
    """Chart the worth of the best reply of each family, by the level of the party's own levers, one panel per type.

    Parameters
    ----------
    narrow : bool
        True for a phone.

    Raises
    ------
    ValueError
        If the assessment holds no lever cases.
    """
    if not assessment.lever_cases:
        raise ValueError("there is nothing to draw: the assessment holds no cases of other levers")
    present = {reply.family for case in assessment.lever_cases for reply in case.replies}
    families = [f for f in REPLIES if f in present] + sorted(present - set(REPLIES))
    names = folded(families, 15 if narrow else 20)
    types = list(assessment.prior[assessment.party])
    rows = [row for kind in types for row in _rows(assessment.lever_cases, families, names, kind)]
    stacked = narrow or len(types) != 2
    width = 215 if narrow else (560 if stacked else 245)
    panels = [_panel(assessment, kind, [row for row in rows if row["type"] == kind], names, width) for kind in types]
    joined = alt.vconcat(*panels) if stacked else alt.hconcat(*panels)
    joined.resolve = alt.Resolve(scale=alt.ScaleResolveMap(shape="shared", fill="shared"))
    return theme.finished(joined, _description(assessment))


def _rows(cases: tuple[LeverCase, ...], families: list[str], names: dict[str, str], kind: str) -> theme.Rows:
    rows: theme.Rows = []
    for case in cases:
        levels = ", ".join(f"{lever}: {level}" for lever, level in case.levels.items())
        for family in families:
            open_to = [reply for reply in case.replies if reply.family == family]
            if not open_to:
                continue
            best: Reply = max(open_to, key=lambda r: r.value[kind])
            rows.append(
                {
                    "reply": names[family],
                    "name": best.reply,
                    "type": kind,
                    "case": _CASES.get(case.case, case.case),
                    "levels": levels,
                    "value": best.value[kind],
                }
            )
    return rows


def _panel(assessment: Assessment, kind: str, rows: theme.Rows, names: dict[str, str], width: int) -> Any:
    colour = theme.party_colours(assessment)[assessment.party]
    cases = [_CASES.get(case.case, case.case) for case in assessment.lever_cases]
    axis = alt.Axis(title="Worth from now on (discounted stakes)", tickCount=4)
    scale = alt.Scale(domain=theme.domain([row["value"] for row in rows]), nice=False)
    legend = alt.Legend(columns=1, symbolStrokeColor=colour, symbolStrokeWidth=1.8)
    chart = (
        alt.Chart(theme.data(rows))
        .mark_point(size=110, color=colour, strokeWidth=1.8, opacity=1)
        .encode(
            x=alt.X("value:Q", scale=scale, axis=axis),
            y=theme.row_names("reply", names.values(), ruled=True),
            yOffset=alt.YOffset("case:N", sort=cases, scale=alt.Scale(domain=cases, paddingOuter=0.6)),
            shape=alt.Shape("case:N", scale=alt.Scale(domain=cases, range=list(_SHAPES))),
            fill=alt.Fill("case:N", scale=alt.Scale(domain=cases, range=["white", "#cfcfcf", colour]), legend=legend),
            tooltip=[
                alt.Tooltip("name:N", title="Reply"),
                alt.Tooltip("type:N", title="If the type is"),
                alt.Tooltip("case:N", title="With"),
                alt.Tooltip("levels:N", title="That is"),
                alt.Tooltip("value:Q", title="Worth, discounted stakes", format="+.2f"),
            ],
        )
    )
    several = len(assessment.prior[assessment.party]) > 1
    chart.title = cut(f"Worth to {assessment.party}" + (f", if {kind}" if several else ""), 44)
    chart.width = width
    chart.height = len(names) * row_height(names.values(), 54)
    return chart


def _description(assessment: Assessment) -> str:
    parts = [f"Chart of what each reply is worth to {assessment.party} with its own levers at other levels."]
    for case in assessment.lever_cases:
        for kind, reply in case.best.items():
            parts.append(f"With {_CASES.get(case.case, case.case)}, type {kind} does best to {reply}.")
    return " ".join(parts)
