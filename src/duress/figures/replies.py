"""What each reply is worth to each type of the invited party, and how it ends."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import altair as alt

from duress.assess.record import Assessment, Reply
from duress.figures import theme
from duress.figures.best import best_replies
from duress.figures.text import cut, folded, letter, row_height

_MARK = 12
"""Width of a mark in pixels."""
_THINNEST = 5
"""Pixels under which a band is not worth drawing."""
_MARKS_APART = 34
"""Pixels under which two marks share one label."""


def replies_chart(assessment: Assessment, *, narrow: bool = False) -> Any:
    """Chart the replies: what each gains each type over the best refusal, and beside it the odds of each end.

    Parameters
    ----------
    narrow : bool
        True for a phone: the two halves one above the other, 350 pixels wide instead of 780.
    """
    names = folded((r.reply for r in assessment.replies), 15 if narrow else 22)
    height = row_height(names.values())
    worth = _worth(assessment, names, 215 if narrow else 235, height, titles=True)
    ends = _ends(assessment, names, 215 if narrow else 330, height, titles=narrow)
    joined = alt.vconcat(worth, ends) if narrow else alt.hconcat(worth, ends)
    joined.resolve = alt.Resolve(scale=alt.ScaleResolveMap(color="independent", shape="independent"))
    return theme.finished(joined, _description(assessment))


def _worth(assessment: Assessment, names: dict[str, str], width: int, height: int, *, titles: bool) -> Any:
    types = list(assessment.prior[assessment.party])
    rows = [row for kind in types for row in _gains(assessment, names, kind)]
    error = assessment.error
    span = theme.domain([-error, error, *(row["gain"] for row in rows)])
    pixels = width / (span[1] - span[0])
    visible = 2 * error * pixels > _THINNEST
    unit = "(discounted stakes; grey: too close to tell)" if visible else "(discounted stakes)"
    title = ["Gain or loss against the best refusal", unit]
    axis = alt.Axis(title=title, tickCount=5, labelExpr="datum.value === 0 ? '0' : format(datum.value, '+.2~f')")
    x = alt.X("gain:Q", scale=alt.Scale(domain=span, nice=False), axis=axis)
    y = theme.row_names("reply", names.values(), shown=titles)
    zero = alt.Chart(theme.data([{"gain": -error, "to": error, "zero": 0}]))
    layers = [zero.mark_rect(color="#ebebeb").encode(x=x, x2="to")] if visible else []
    layers.append(
        zero.mark_rule(color=theme.INK).encode(x=alt.X("zero:Q", scale=alt.Scale(domain=span, nice=False), axis=axis))
    )
    lanes = _lanes(rows, types, pixels)
    for kind in types:
        own = [row for row in rows if row["type"] == kind]
        layers.append(_marks(assessment, own, types, lanes[kind]).encode(x=x, y=y))
    best = alt.Chart(theme.data(_best(assessment, rows, pixels)))
    labels = best.mark_text(dy=-15, fontSize=12, fontWeight="bold", color=theme.INK).encode(x=x, y=y, text="label:N")
    heading = cut(f"What each reply is worth to {assessment.party}", 44)
    return alt.layer(*layers, labels, width=width, height=alt.Step(height), title=heading)


def _gains(assessment: Assessment, names: dict[str, str], kind: str) -> theme.Rows:
    """Return what each reply is worth to a type, and what it gains it over the best refusal (or reply, if none is)."""
    refusals = [r for r in assessment.replies if r.family.startswith("refuse")] or list(assessment.replies)
    base = max(reply.value[kind] for reply in refusals)
    return [
        {
            "reply": names[r.reply],
            "name": r.reply,
            "type": kind,
            "gain": r.value[kind] - base,
            "value": r.value[kind],
            "share": r.share[kind],
            "chance": r.probability[kind],
        }
        for r in assessment.replies
    ]


def _lanes(rows: theme.Rows, types: list[str], pixels: float) -> dict[str, float]:
    """Return type -> pixels its marks stand below the middle of the row: none, unless marks would cover each other."""
    by_reply = [sorted(row["gain"] for row in rows if row["reply"] == name) for name in {row["reply"] for row in rows}]
    crowded = any((high - low) * pixels < _MARK for gains in by_reply for low, high in pairwise(gains))
    middle = (len(types) - 1) / 2
    return {t: (i - middle) * 9 if crowded else 0.0 for i, t in enumerate(types)}


def _marks(assessment: Assessment, rows: theme.Rows, types: list[str], lane: float) -> Any:
    colour = theme.party_colours(assessment)[assessment.party]
    legend = alt.Legend(columns=2, symbolFillColor=colour, symbolStrokeColor=colour) if len(types) > 1 else None
    points = alt.Chart(theme.data(rows)).mark_point(size=110, filled=True, color=colour, opacity=1, yOffset=lane)
    return points.encode(
        shape=alt.Shape("type:N", scale=theme.type_shapes(types), legend=legend),
        tooltip=[
            alt.Tooltip("name:N", title="Reply"),
            alt.Tooltip("type:N", title="If the type is"),
            alt.Tooltip("gain:Q", title="Against the best refusal, discounted stakes", format="+.2f"),
            alt.Tooltip("value:Q", title="Worth in all, discounted stakes", format="+.2f"),
            alt.Tooltip("share:Q", title="The same as a share of the stake each period", format="+.3f"),
            alt.Tooltip("chance:Q", title="Chosen in the solved game", format=".0%"),
        ],
    )


def _best(assessment: Assessment, rows: theme.Rows, pixels: float) -> theme.Rows:
    """Return one label for each best reply of each type; types whose marks nearly touch share one."""
    labels: theme.Rows = []
    for kind in assessment.prior[assessment.party]:
        best = {reply.reply for reply in best_replies(assessment.replies, kind, assessment.error)}
        for row in rows:
            if row["type"] == kind and row["name"] in best:
                same = [label["gain"] for label in labels if label["reply"] == row["reply"]]
                if all(abs(gain - row["gain"]) * pixels >= _MARKS_APART for gain in same):
                    labels.append({"reply": row["reply"], "gain": row["gain"], "label": "best"})
    return labels


def _ends(assessment: Assessment, names: dict[str, str], width: int, height: int, *, titles: bool) -> Any:
    keys = {o: f"{letter(i)}  {cut(o, 34)}" for i, o in enumerate(assessment.outcomes)}
    colours = dict(zip(keys, theme.end_colours(len(keys)), strict=True))
    rows = [row for reply in assessment.replies for row in _segments(reply, keys, colours, names, width)]
    base = alt.Chart(theme.data(rows)).encode(y=theme.row_names("reply", names.values(), shown=titles))
    axis = alt.Axis(format=".0%", tickCount=5, title="Odds of each end (share of histories)")
    columns = 1 if titles or max(map(len, keys.values())) > 34 else 2
    bars = base.mark_bar(stroke="white", strokeWidth=1, height=26).encode(
        x=alt.X("from:Q", scale=alt.Scale(domain=[0, 1]), axis=axis),
        x2="to:Q",
        color=alt.Color(
            "end:N",
            scale=alt.Scale(domain=list(keys.values()), range=list(colours.values())),
            legend=alt.Legend(columns=columns, symbolType="square"),
        ),
        tooltip=[
            alt.Tooltip("name:N", title="Reply"),
            alt.Tooltip("how:N", title="Ends in"),
            alt.Tooltip("chance:Q", title="Odds", format=".1%"),
        ],
    )
    text = base.mark_text(fontSize=12).encode(
        x="middle:Q",
        text="label:N",
        color=alt.condition("datum.dark", alt.value("white"), alt.value("black")),
    )
    return alt.layer(bars, text, width=width, height=alt.Step(height), title="How it ends")


def _segments(
    reply: Reply, keys: dict[str, str], colours: dict[str, str], names: dict[str, str], width: int
) -> theme.Rows:
    """Return one segment of a reply's bar for each end, in the order of ``keys``."""
    rows: theme.Rows = []
    start = 0.0
    for index, (outcome, key) in enumerate(keys.items()):
        chance = reply.outcomes.get(outcome, 0.0)
        rows.append(
            {
                "reply": names[reply.reply],
                "name": reply.reply,
                "end": key,
                "how": outcome,
                "from": start,
                "to": start + chance,
                "chance": chance,
                "label": _label(letter(index), chance, width),
                "middle": start + chance / 2,
                "dark": colours[outcome] == theme.DARK_END,
            }
        )
        start += chance
    return rows


def _label(short: str, chance: float, width: int) -> str:
    """Return as much of "A 45%" as fits into the segment."""
    room = chance * width - 6
    full = f"{short} {chance:.0%}"
    if room >= len(full) * theme.LETTER_WIDTH:
        return full
    return short if room >= len(short) * theme.LETTER_WIDTH else ""


def _description(assessment: Assessment) -> str:
    parts = [f"Chart of {len(assessment.replies)} replies open to {assessment.party}."]
    for kind in assessment.prior[assessment.party]:
        reply = max(assessment.replies, key=lambda r, kind=kind: r.value[kind])
        parts.append(f"Worth most to type {kind}: {reply.reply} ({reply.value[kind]:+.2f} stakes).")
    for reply in assessment.replies:
        likely = max(reply.outcomes, key=lambda o, reply=reply: reply.outcomes[o])
        parts.append(f"After {reply.reply} the likeliest end is {likely} ({reply.outcomes[likely]:.0%}).")
    return " ".join(parts)
