"""The verdict over two numbers of the scenario."""

from __future__ import annotations

from typing import Any

import altair as alt

from duress.assess.record import Assessment
from duress.assess.verdict import ARMED, DEPENDS, HARVEST, UNDECIDED, WAY_OUT
from duress.figures import theme
from duress.figures.text import cut

NOT_SOLVED = "not solved"
VERDICT_COLOURS = {
    HARVEST: "#D55E00",
    ARMED: "#E69F00",
    WAY_OUT: "#009E73",
    DEPENDS: "#CC79A7",
    UNDECIDED: "#BBBBBB",
    NOT_SOLVED: "#FFFFFF",
}


def verdict_map(assessment: Assessment, *, narrow: bool = False) -> Any:
    """Chart the verdict for each pair of values of the two numbers that matter most.

    Parameters
    ----------
    narrow : bool
        True for a phone.

    Raises
    ------
    ValueError
        If no map was asked for.
    """
    table = assessment.map
    if table is None:
        raise ValueError("there is nothing to draw: no map was asked for")
    first = [f"{x:.4g}" for x in table.first_values]
    second = [f"{y:.4g}" for y in table.second_values]
    rows: theme.Rows = [
        {"first": x, "second": y, "verdict": verdict, "letter": verdict[0].upper()}
        for x, row in zip(first, table.verdicts, strict=True)
        for y, verdict in zip(second, row, strict=True)
    ]
    present = [v for v in VERDICT_COLOURS if any(row["verdict"] == v for row in rows)]
    base = alt.Chart(theme.data(rows)).encode(
        x=alt.X("first:O", sort=first, axis=alt.Axis(title=cut(table.first, 60), labelAngle=0)),
        y=alt.Y("second:O", sort=second[::-1], axis=alt.Axis(title=cut(table.second, 44))),
    )
    cells = base.mark_rect(stroke="white", strokeWidth=2).encode(
        color=alt.Color(
            "verdict:N",
            scale=alt.Scale(domain=present, range=[VERDICT_COLOURS[v] for v in present]),
            legend=alt.Legend(columns=1 if narrow else 3),
        ),
        tooltip=[
            alt.Tooltip("first:O", title=table.first),
            alt.Tooltip("second:O", title=table.second),
            alt.Tooltip("verdict:N", title="Verdict"),
        ],
    )
    letters = base.mark_text(fontSize=theme.TEXT_SIZE, color=theme.INK).encode(text="letter:N")
    chart = alt.layer(cells, letters)
    side = 260 if narrow else 440
    chart.width, chart.height = side, min(side, 46 * len(second))
    told = ", ".join(f"{v} in {sum(row['verdict'] == v for row in rows)}" for v in present)
    return theme.finished(
        chart, f"Map of the verdict over {table.first} and {table.second}, {len(rows)} pairs of values: {told}."
    )
