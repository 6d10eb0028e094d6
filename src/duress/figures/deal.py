"""The deal space: what every set of terms is worth to both sides, and what no deal is worth."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Protocol

import altair as alt

from duress.assess.record import AgendaAnswer, TermsAnswer
from duress.figures import theme
from duress.figures.placing import place
from duress.figures.text import cut, fold
from duress.scenario.agenda import SETTLEMENTS

_MOST_TERMS = 240
_LINES = 6
_EVERY_THEORY = "every settlement"
_CROSS = "M-.7,-.7L.7,.7M-.7,.7L.7,-.7"
_CORNER = "both gain over no deal"
_SIGNABLE, _AT_TABLE, _BLOCKED, _NO_DEAL = "can be signed", "offered at the table", "across a red line", "no deal"
LOOKS = {
    _SIGNABLE: ("circle", theme.SIGNABLE, "white"),
    _AT_TABLE: ("square", theme.SIGNABLE, theme.INK),
    _BLOCKED: (_CROSS, "#ffffff00", "#777777"),
    _NO_DEAL: ("diamond", theme.INK, theme.INK),
}
"""Kind of mark -> its shape, fill and outline."""
_OFFERED = "offered"
NOTHING: Mapping[str, str] = MappingProxyType({})


class HasTerms(Protocol):
    """An answer that holds an agenda: an answer, or what is negotiable."""

    @property
    def prior(self) -> dict[str, dict[str, float]]:
        """Party -> type -> prior probability."""
        ...

    @property
    def agenda(self) -> AgendaAnswer:
        """All terms, and what no deal is worth."""
        ...

    @property
    def period_word(self) -> str:
        """Unit of time."""
        ...


@dataclass(frozen=True)
class Plane:
    """The picture's plane: the worth to one party across, to the other up, over these spans, in so many pixels.

    The ends of the spans are numbers, or expressions of the chart that draws on the plane.
    """

    parties: tuple[str, str]
    spans: tuple[list[Any], list[Any]]
    word: str
    narrow: bool

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return (285, 285) if self.narrow else (640, 400)

    def title(self, side: int) -> str:
        """Return the name of an axis."""
        return f"Worth to {cut(self.parties[side], 14 if self.narrow else 40)} (stakes per {self.word})"

    def x(self, field: str = "across") -> alt.X:
        """Return the encoding of a field across."""
        axis = alt.Axis(title=self.title(0), tickCount=5)
        return alt.X(f"{field}:Q", scale=alt.Scale(domain=self.spans[0], nice=False), axis=axis)

    def y(self, field: str = "up") -> alt.Y:
        """Return the encoding of a field upwards."""
        axis = alt.Axis(title=self.title(1), tickCount=5)
        return alt.Y(f"{field}:Q", scale=alt.Scale(domain=self.spans[1], nice=False), axis=axis)

    def pixel(self, across: float, up: float) -> tuple[float, float]:
        """Return a point's place in pixels from the top left."""
        (left, right), (bottom, top) = self.spans
        return (across - left) / (right - left) * self.size[0], (top - up) / (top - bottom) * self.size[1]

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return the point at a place in pixels: the inverse of `pixel`."""
        (left, right), (bottom, top) = self.spans
        return left + x / self.size[0] * (right - left), top - y / self.size[1] * (top - bottom)


def deal_space(answer: HasTerms, *, narrow: bool = False) -> Any:
    """Chart the terms by their mean worth to the first party (across) and to the second (up), in stakes per period.

    Signable terms are green dots, or squares where they are offered at the table; those on the frontier are joined by a
    line. Terms across a red line are crosses. The diamond is what no deal is worth at the pressure in force; both sides
    gain in the shaded corner above it.

    Parameters
    ----------
    narrow : bool
        True for a phone.
    """
    plane, rows = lay_out(answer, narrow=narrow)
    data = {name: theme.data(found) for name, found in rows.items()}
    present = [kind for kind in LOOKS if any(row["kind"] == kind for row in rows["points"])]
    width, height = plane.size
    chart = alt.layer(*layers(plane, data, present), width=width, height=height)
    return theme.finished(chart, description(answer))


def lay_out(
    answer: HasTerms, *, narrow: bool = False, called: Mapping[str, str] = NOTHING
) -> tuple[Plane, dict[str, theme.Rows]]:
    """Return the plane of a deal space, and name -> rows of what is drawn on it; `layers` draws them.

    ``called`` holds further names of terms, by their words.
    """
    first, second = answer.prior
    terms = _thinned(answer.agenda.terms, called)
    no_deal = answer.agenda.mean_walk_away(answer.prior)
    away = no_deal[first], no_deal[second]
    plane = Plane(
        parties=(first, second),
        spans=(
            theme.domain([away[0], *(t.mean_value[first] for t in terms)], room=0.1),
            theme.domain([away[1], *(t.mean_value[second] for t in terms)], room=0.1),
        ),
        word=answer.period_word,
        narrow=narrow,
    )
    points = [*(_row(term, plane, called.get(term.words, "")) for term in terms), _walk_row(away)]
    corner = {"across": away[0], "right": plane.spans[0][1], "up": away[1], "top": plane.spans[1][1]}
    return plane, {
        "corner": [corner],
        "frontier": [row for row in points if row["frontier"]],
        "points": points,
        "labels": _labels(plane, points),
    }


def layers(plane: Plane, data: Mapping[str, Any], kinds: Sequence[str] = tuple(LOOKS)) -> list[Any]:
    """Return the layers of a deal space, bottom first; ``data`` holds Altair data by the names of `lay_out`."""
    drawn = [_corner(plane, data["corner"]), _frontier(plane, data["frontier"]), _points(plane, data["points"], kinds)]
    return [*drawn, *_written(plane, data["labels"])]


def _thinned(terms: tuple[TermsAnswer, ...], called: Collection[str]) -> list[TermsAnswer]:
    """Return the terms that matter and an even sample of the others, a few hundred at most."""
    matter = [bool(t.labels) or t.on_frontier or t.words in called for t in terms]
    kept = [t for t, kept in zip(terms, matter, strict=True) if kept]
    others = [t for t, kept in zip(terms, matter, strict=True) if not kept]
    step = max(1, -(-len(others) // _MOST_TERMS))
    return kept[:_MOST_TERMS] + others[::step]


def _row(term: TermsAnswer, plane: Plane, called: str) -> dict[str, Any]:
    kind = _AT_TABLE if _OFFERED in term.labels else _SIGNABLE
    return {
        "across": term.mean_value[plane.parties[0]],
        "up": term.mean_value[plane.parties[1]],
        "kind": kind if term.signable else _BLOCKED,
        "terms": term.words,
        "blocked": "; ".join(f"{party} ({', '.join(issues)})" for party, issues in term.blockers.items()) or "nobody",
        "frontier": term.on_frontier and term.signable,
        "label": ", ".join([*_short(term.labels), *([called] if called else [])]),
    }


def _short(labels: Sequence[str]) -> list[str]:
    """Return the names of terms, those of theory as one where every theory says the same."""
    names = [label for label in labels if label != _OFFERED]
    if set(SETTLEMENTS) <= set(names):
        return [*(name for name in names if name not in SETTLEMENTS), _EVERY_THEORY]
    return names


def _walk_row(away: tuple[float, float]) -> dict[str, Any]:
    return {
        "across": away[0],
        "up": away[1],
        "kind": _NO_DEAL,
        "terms": "no deal, the pressure in force goes on",
        "blocked": "nobody",
        "frontier": False,
        "label": "no deal",
    }


def _corner(plane: Plane, data: Any) -> Any:
    corner = alt.Chart(data)
    shade = corner.mark_rect(color=theme.SIGNABLE, opacity=0.09).encode(x=plane.x(), x2="right", y=plane.y(), y2="top")
    words = corner.mark_text(align="right", baseline="top", dx=-6, dy=6, fontSize=12, color="#00694d", text=_CORNER)
    return shade + words.encode(x=plane.x("right"), y=plane.y("top"))


def _frontier(plane: Plane, data: Any) -> Any:
    line = alt.Chart(data).mark_line(color=theme.SIGNABLE, strokeWidth=2)
    return line.encode(x=plane.x(), y=plane.y(), order="across:Q")


def _points(plane: Plane, data: Any, kinds: Sequence[str]) -> Any:
    shapes, fills, outlines = (
        alt.Scale(domain=list(kinds), range=[LOOKS[kind][part] for kind in kinds]) for part in range(3)
    )
    legend = alt.Legend(columns=1 if plane.narrow else 4)
    marks = alt.Chart(data).mark_point(size=90, opacity=1, strokeWidth=1.4)
    return marks.encode(
        x=plane.x(),
        y=plane.y(),
        shape=alt.Shape("kind:N", scale=shapes, legend=legend),
        fill=alt.Fill("kind:N", scale=fills),
        stroke=alt.Stroke("kind:N", scale=outlines),
        tooltip=[
            alt.Tooltip("terms:N", title="Terms"),
            alt.Tooltip("label:N", title="Known as"),
            alt.Tooltip("across:Q", title=f"Worth to {plane.parties[0]}", format=".2f"),
            alt.Tooltip("up:Q", title=f"Worth to {plane.parties[1]}", format=".2f"),
            alt.Tooltip("blocked:N", title="Not signed by"),
        ],
    )


def _labels(plane: Plane, points: theme.Rows) -> theme.Rows:
    """Return the names of the labelled terms, each as near its point as there is room, and where lines to them end."""
    frontier = sorted((row for row in points if row["frontier"]), key=lambda row: row["across"])
    rows = [row for row in points if row["label"]] + _name_of_line(frontier)
    unnamed = [row for row in [*points, *_between(frontier)] if not row["label"]]
    texts = [fold(row["label"], 18 if plane.narrow else 26, _LINES) for row in rows]
    places = [plane.pixel(row["across"], row["up"]) for row in rows]
    corner = [(plane.size[0] - across, 12.0) for across in range(10, 150, 20)]  # under the words of the shaded corner
    boxes = place(places, texts, [*(plane.pixel(row["across"], row["up"]) for row in unnamed), *corner], *plane.size)
    written: theme.Rows = []
    for row, text, at, box in zip(rows, texts, places, boxes, strict=True):
        across, up = plane.point(box.x, box.y)
        from_x, from_y = plane.point(*box.nearest(*at))
        ends = {"from_x": from_x, "from_y": from_y, "to_x": row["across"], "to_y": row["up"]}
        written.append({"across": across, "up": up, "label": text, **ends})
    return written


def _written(plane: Plane, data: Any) -> list[Any]:
    base = alt.Chart(data)
    lines = base.mark_rule(color="#8a8a8a", strokeWidth=0.8)
    leader = lines.encode(x=plane.x("from_x"), y=plane.y("from_y"), x2="to_x", y2="to_y")
    halo = base.mark_text(fontSize=12, lineBreak="\n", lineHeight=15, baseline="middle", stroke="white", strokeWidth=4)
    text = base.mark_text(fontSize=12, lineBreak="\n", lineHeight=15, baseline="middle", color=theme.INK)
    return [leader, *(layer.encode(x=plane.x(), y=plane.y(), text="label:N") for layer in (halo, text))]


def _name_of_line(frontier: theme.Rows) -> theme.Rows:
    """Return the label of the frontier, at the middle of its longest stretch; none if it is no line."""
    if len(frontier) < 2:
        return []
    a, b = max(pairwise(frontier), key=lambda ends: ends[1]["across"] - ends[0]["across"])
    return [{"across": (a["across"] + b["across"]) / 2, "up": (a["up"] + b["up"]) / 2, "label": "signable frontier"}]


def _between(frontier: theme.Rows) -> theme.Rows:
    """Return points along the frontier's line, so that labels keep off it."""
    return [
        {
            "across": a["across"] + part * (b["across"] - a["across"]),
            "up": a["up"] + part * (b["up"] - a["up"]),
            "label": "",
        }
        for a, b in pairwise(frontier)
        for part in (0.1, 0.3, 0.5, 0.7, 0.9)
    ]


def description(answer: HasTerms) -> str:
    """Say in sentences what a deal space shows."""
    terms = answer.agenda.terms
    no_deal = answer.agenda.mean_walk_away(answer.prior)
    worth = " and ".join(f"{value:.2f} to {party}" for party, value in no_deal.items())
    parts = [
        f"Chart of {len(terms)} sets of terms, {sum(t.signable for t in terms)} of which can be signed.",
        f"No deal is worth {worth}, in stakes per {answer.period_word}.",
    ]
    for term in terms:
        names = [label for label in term.labels if label != _OFFERED]
        if names:
            worth = " and ".join(f"{value:.2f} to {party}" for party, value in term.mean_value.items())
            parts.append(f"{', '.join(names)}: {worth}{'' if term.signable else ', across a red line'}.")
    return " ".join(parts)
