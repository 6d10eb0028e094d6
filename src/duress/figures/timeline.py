"""A replayed record as a timeline: what was believed about each side, and how likely each move was."""

from __future__ import annotations

from typing import Any

import altair as alt

from duress.figures import theme
from duress.figures.text import cut
from duress.simulate.replay import Replay, Turn


def timeline_chart(answer: Replay, *, narrow: bool = False) -> Any:
    """Chart a replayed record: beliefs after each move above, the chance of each move below, in the order of moves.

    Parameters
    ----------
    narrow : bool
        True for a phone.
    """
    width = 285 if narrow else 690
    colours: dict[str, str] = dict(zip(answer.parties, theme.PARTY_COLOURS, strict=True))
    names = [cut(f"{n + 1} {_label(turn)}", 34) for n, turn in enumerate(answer.turns)]
    panels = [
        _belief(answer, party, colours[party], dash, width)
        for party, dash in zip(answer.parties, theme.PARTY_DASHES, strict=True)
        if len(answer.before[party]) > 1
    ]
    chart = alt.vconcat(*panels, _chances(answer, names, colours, width), spacing=14)
    return theme.finished(chart, _description(answer))


def _label(turn: Turn) -> str:
    return f"{turn.party}: {turn.move}"


def _belief(answer: Replay, party: str, colour: str, dash: list[int], width: int) -> Any:
    kind = list(answer.before[party])[-1]
    rows: theme.Rows = [{"n": 0, "belief": answer.before[party][kind], "move": "at the start"}]
    rows += [
        {"n": n + 1, "belief": turn.about[party][kind], "move": f"{turn.words}, {_label(turn)}"}
        for n, turn in enumerate(answer.turns)
    ]
    scale = alt.Scale(domain=[0, len(answer.turns) + 0.5], nice=False)
    return (
        alt.Chart(theme.data(rows))
        .mark_line(color=colour, strokeDash=dash, strokeWidth=2.4, interpolate="step-after")
        .encode(
            x=alt.X("n:Q", scale=scale, axis=alt.Axis(title=None, tickMinStep=1, format="d")),
            y=alt.Y("belief:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%", tickCount=3, title=None)),
            tooltip=[alt.Tooltip("move:N", title="After"), alt.Tooltip("belief:Q", title=kind, format=".0%")],
        )
        .properties(title=f"Belief that {cut(party, 24)} is {cut(kind, 24)}, after each move", width=width, height=90)
    )


def _chances(answer: Replay, names: list[str], colours: dict[str, str], width: int) -> Any:
    rows: theme.Rows = [
        {
            "move": name,
            "party": turn.party,
            "chance": turn.chance,
            "told": "in the record" if turn.rows else "no row: held or answered",
            "what": "; ".join(row.what for row in turn.rows),
        }
        for name, turn in zip(names, answer.turns, strict=True)
    ]
    base = alt.Chart(theme.data(rows)).encode(y=alt.Y("move:N", sort=names, axis=alt.Axis(title=None, labelLimit=260)))
    x = alt.X("chance:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%", title="Chance just before"))
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    bars = base.mark_bar().encode(
        x=x,
        color=alt.Color("party:N", scale=scale, legend=alt.Legend(title=None)),
        opacity=alt.Opacity(
            "told:N",
            scale=alt.Scale(domain=["in the record", "no row: held or answered"], range=[1, 0.35]),
            legend=alt.Legend(title=None),
        ),
        tooltip=[
            alt.Tooltip("move:N", title="Move"),
            alt.Tooltip("chance:Q", title="Chance", format=".1%"),
            alt.Tooltip("what:N", title="Record"),
        ],
    )
    return bars.properties(title="How likely the solved game found each move", width=width - 200, height=alt.Step(19))


def _description(answer: Replay) -> str:
    moves = "; ".join(f"{turn.words}, {_label(turn)}, chance {turn.chance:.0%}" for turn in answer.turns)
    return f"A record of {len(answer.turns)} moves in their order. {moves}."
