"""What the invitation reveals about the side that makes it."""

from __future__ import annotations

from typing import Any

import altair as alt

from duress.assess.record import Assessment
from duress.figures import theme
from duress.figures.text import cut, folded, row_height


def beliefs_chart(assessment: Assessment, *, narrow: bool = False) -> Any:
    """Chart the public belief about the inviter's type before the invitation and after it, one row per type."""
    invitation = assessment.invitation
    names = folded(invitation.before, 15 if narrow else 24)
    rows = [
        {
            "type": names[kind],
            "name": kind,
            "before": before,
            "after": invitation.posterior[kind],
            "label": _change(before, invitation.posterior[kind]),
        }
        for kind, before in invitation.before.items()
    ]
    colour = theme.party_colours(assessment)[invitation.inviter]
    width = 165 if narrow else 480
    x_scale = alt.Scale(domain=[0, 1])
    axis = alt.Axis(format=".0%", tickCount=2 if narrow else 5, title="Probability the public gives it")
    base = alt.Chart(theme.data(rows)).encode(y=theme.row_names("type", names.values()))
    line = base.mark_rule(color=colour, strokeWidth=2).encode(
        x=alt.X("before:Q", scale=x_scale, axis=axis), x2="after:Q"
    )
    points = [
        base.transform_calculate(when=repr(when))
        .mark_point(size=130, color=colour, opacity=1, strokeWidth=2)
        .encode(
            x=alt.X(f"{field}:Q", scale=x_scale),
            fill=alt.Fill(
                "when:N",
                scale=alt.Scale(domain=["before the invitation", "after it"], range=["white", colour]),
                legend=alt.Legend(symbolStrokeColor=colour, columns=2),
            ),
            shape=alt.Shape(
                "when:N", scale=alt.Scale(domain=["before the invitation", "after it"], range=["circle", "diamond"])
            ),
            tooltip=[
                alt.Tooltip("name:N", title="Type"),
                alt.Tooltip("before:Q", title="Before", format=".1%"),
                alt.Tooltip("after:Q", title="After", format=".1%"),
            ],
        )
        for field, when in (("before", "before the invitation"), ("after", "after it"))
    ]
    text = base.mark_text(align="left", fontSize=theme.TEXT_SIZE, color=theme.INK).encode(
        x=alt.value(width + 12), text="label:N"
    )
    chart = alt.layer(
        line,
        *points,
        text,
        width=width,
        height=alt.Step(row_height(names.values())),
        title=cut(f"Which type of {invitation.inviter} is it?", 44 if narrow else 90),
    )
    return theme.finished(chart, _description(assessment))


def _change(before: float, after: float) -> str:
    return f"{before:.0%} → {after:.0%}" if f"{before:.0%}" != f"{after:.0%}" else f"{after:.0%}, as before"


def _description(assessment: Assessment) -> str:
    invitation = assessment.invitation
    parts = [
        f"type {kind}: {before:.0%} before, {invitation.posterior[kind]:.0%} after"
        for kind, before in invitation.before.items()
    ]
    return (
        f"Chart of the public belief about {invitation.inviter}, before and after its invitation: {'; '.join(parts)}."
    )
