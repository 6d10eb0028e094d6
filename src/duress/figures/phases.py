"""Phase maps of a sweep: which verdict, which best reply or which answer to a claim, over two of its numbers."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt

from duress.assess.replies import family_of
from duress.figures import theme
from duress.figures.text import cut
from duress.figures.verdicts import NOT_SOLVED, VERDICT_COLOURS
from duress.sweep.record import Sweep

_MOST_VALUES = 12
"""Values of a number up to which each has cells of its own."""

_POINTS_PER_CELL = 6
_MOST_CELLS = 10
_EMPTY = "#f4f4f4"

_VERDICTS = {verdict: (verdict[0].upper(), colour) for verdict, colour in VERDICT_COLOURS.items()}
_REPLIES = {
    "refuse": ("R", "#D55E00"),
    "refuse and raise": ("R+", "#E69F00"),
    "accept and keep": ("K", "#56B4E9"),
    "accept and drop": ("D", "#009E73"),
    "ask first": ("A", "#CC79A7"),
}
_ANSWERS = {"holds": ("H", "#009E73"), "fails": ("F", "#D55E00"), "undecided": ("U", "#BBBBBB")}
_NOT_SOLVED = {NOT_SOLVED: ("N", "#FFFFFF")}
"""Word -> its letter and its colour."""


def phase_map(
    sweep: Sweep,
    outcome: str = "verdict",
    first: str | None = None,
    second: str | None = None,
    *,
    narrow: bool = False,
) -> Any:
    """Chart what is most frequent in each part of the plane of two numbers, whatever the other numbers are.

    The larger a square, the more of the points there agree; a full cell is a part in which all of them do. Letters
    double the colours. A ring marks where the scenario itself stands.

    Parameters
    ----------
    outcome : str
        One of ``sweep.outcomes``: "verdict", "best[TYPE]" (the best reply of a type), "claim[CLAIM]".
    first, second : str, optional
        Field paths of the numbers across and up; by default those that matter most (`Sweep.importance`). A sweep over
        one number has one row of cells.
    narrow : bool
        True for a phone.

    Raises
    ------
    ValueError
        If the sweep has no such outcome or number, or the two are the same.
    """
    if outcome not in sweep.outcomes:
        raise ValueError(f"{outcome!r} is not one of {', '.join(sweep.outcomes)}")
    axes = _axes(sweep, first, second)
    known = _words(outcome)
    words = [NOT_SOLVED if word is None else _kind(outcome, word) for word in sweep.frame[outcome]]
    rows = _cells(axes, words, known)
    present = [word for word in known if any(row["most"] == word for row in rows)]
    labels = {word: f"{known[word][0]}: {word}" for word in present}
    for row in rows:
        row["label"] = labels[row["most"]]
    x, y = axes
    scales = [alt.Scale(domain=[axis.edges[0], axis.edges[-1]], nice=False, zero=False) for axis in axes]
    across = alt.X("x0:Q", scale=scales[0], axis=alt.Axis(title=cut(x.words, 60), grid=False, tickCount=6))
    up = alt.Y("y0:Q", scale=scales[1], axis=_up(y))
    base = alt.Chart(theme.data(rows))
    back = base.mark_rect(color=_EMPTY, stroke="white", strokeWidth=1).encode(x=across, x2="x1:Q", y=up, y2="y1:Q")
    cells = base.mark_rect(stroke="#777777", strokeWidth=0.5).encode(
        x=alt.X("left:Q", scale=scales[0]),
        x2="right:Q",
        y=alt.Y("low:Q", scale=scales[1]),
        y2="high:Q",
        color=alt.Color(
            "label:N",
            scale=alt.Scale(domain=list(labels.values()), range=[known[word][1] for word in present]),
            legend=alt.Legend(columns=1 if narrow else 3, symbolStrokeColor="#777777", symbolType="square"),
        ),
        tooltip=[
            alt.Tooltip("x:N", title=x.words),
            *([alt.Tooltip("y:N", title=y.words)] if y.path else []),
            alt.Tooltip("told:N", title="Points"),
        ],
    )
    letters = base.mark_text(fontSize=theme.TEXT_SIZE, color=theme.INK).encode(
        x=alt.X("middle:Q", scale=scales[0]), y=alt.Y("centre:Q", scale=scales[1]), text="letter:N"
    )
    layers = [back, cells, letters]
    if x.holds and y.holds:
        here = alt.Chart(theme.data([{"x": x.before, "y": y.before}]))
        ring = {"filled": False, "shape": "circle", "size": 190, "opacity": 1.0}
        layers += [
            here.mark_point(color=colour, strokeWidth=width, **ring).encode(
                x=alt.X("x:Q", scale=scales[0]), y=alt.Y("y:Q", scale=scales[1])
            )
            for colour, width in (("white", 5), (theme.INK, 2.2))
        ]
    chart = alt.layer(*layers)
    chart.title = cut(sweep.in_words(outcome), 40 if narrow else 64)
    chart.width = 260 if narrow else 440
    chart.height = 44 if not y.path else (260 if narrow else 380)
    told = Counter(words)
    counted = ", ".join(f"{word} at {told[word]:,}" for word in known if told[word])
    over = x.words + (f" and {y.words}" if y.path else "")
    return theme.finished(
        chart,
        f"Map over {over}: {sweep.in_words(outcome)}, from {len(words):,} points: {counted}. The larger a square, "
        "the more of the points there agree; the ring is where the scenario stands.",
    )


@dataclass(frozen=True)
class _Axis:
    """A number, cut into parts at ``edges``; ``part`` has that of each point. Without a path it is no axis."""

    path: str
    words: str
    before: float
    edges: tuple[float, ...]
    part: tuple[int, ...]

    @property
    def holds(self) -> bool:
        """Whether the scenario's own value is in sight."""
        return self.edges[0] <= self.before <= self.edges[-1]


def _axes(sweep: Sweep, first: str | None, second: str | None) -> tuple[_Axis, _Axis]:
    paths = sweep.plan.paths
    unknown = [path for path in (first, second) if path is not None and path not in paths]
    if unknown or (first is not None and first == second):
        raise ValueError(f"name two of {', '.join(paths)}; found {first!r} and {second!r}")
    ranked = [path for path in sweep.importance() if path not in (first, second)]
    across = first or ranked.pop(0)
    up = second or (ranked.pop(0) if ranked else None)
    most = min(_MOST_CELLS, max(3, math.isqrt(len(sweep.frame) // _POINTS_PER_CELL)))
    if up is None:
        return _axis(sweep, across, _MOST_CELLS), _Axis("", "", 0.5, (0.0, 1.0), (0,) * len(sweep.frame))
    return _axis(sweep, across, most), _axis(sweep, up, most)


def _axis(sweep: Sweep, path: str, most: int) -> _Axis:
    n = sweep.plan.paths.index(path)
    values = sweep.plan.table[:, n].tolist()
    each = sorted(set(values))
    if len(each) == 1:
        edges = [each[0] - 0.5, each[0] + 0.5]
    elif len(each) <= _MOST_VALUES:
        middles = [(a + b) / 2 for a, b in itertools.pairwise(each)]
        edges = [2 * each[0] - middles[0], *middles, 2 * each[-1] - middles[-1]]
    else:
        edges = [each[0] + (each[-1] - each[0]) * k / most for k in range(most + 1)]
    part = tuple(min(sum(value >= edge for edge in edges) - 1, len(edges) - 2) for value in values)
    return _Axis(path, sweep.plan.words[n], sweep.plan.before[n], tuple(edges), part)


def _cells(axes: tuple[_Axis, _Axis], words: list[str], known: Mapping[str, tuple[str, str]]) -> theme.Rows:
    """Return a row for every cell that holds points."""
    held: dict[tuple[int, int], Counter[str]] = {}
    for across, up, word in zip(axes[0].part, axes[1].part, words, strict=True):
        held.setdefault((across, up), Counter())[word] += 1
    rows: theme.Rows = []
    for (across, up), counter in sorted(held.items()):
        most = max(known, key=lambda word: counter[word])
        share = counter[most] / counter.total()
        (x0, x1), (y0, y1) = (axis.edges[n : n + 2] for axis, n in zip(axes, (across, up), strict=True))
        middle, centre, half = (x0 + x1) / 2, (y0 + y1) / 2, math.sqrt(share) / 2
        rows.append(
            {
                "x0": x0, "x1": x1, "y0": y0, "y1": y1, "middle": middle, "centre": centre,
                "left": middle - half * (x1 - x0), "right": middle + half * (x1 - x0),
                "low": centre - half * (y1 - y0), "high": centre + half * (y1 - y0),
                "most": most, "letter": known[most][0],
                "x": f"{x0:.3g} to {x1:.3g}", "y": f"{y0:.3g} to {y1:.3g}",
                "told": ", ".join(f"{word} {counter[word]}" for word in known if counter[word]),
            }
        )  # fmt: skip
    return rows


def _up(axis: _Axis) -> alt.Axis | None:
    if not axis.path:
        return None
    return alt.Axis(title=cut(axis.words, 44), grid=False, tickCount=6)


def _words(outcome: str) -> dict[str, tuple[str, str]]:
    known = _VERDICTS if outcome == "verdict" else _ANSWERS if outcome.startswith("claim[") else _REPLIES
    return {**known, **_NOT_SOLVED}


def _kind(outcome: str, word: str) -> str:
    return family_of(word) if outcome.startswith("best[") else word
