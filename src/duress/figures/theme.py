"""How every chart looks: colours safe for the colour-blind, doubled by shape or dash, and sizes one can read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import altair as alt

from duress.assess.record import Assessment
from duress.figures.text import LINE

INK = "#222222"
QUIET = "#5f5f5f"
GRID = "#e3e3e3"
PARTY_COLOURS = ("#0072B2", "#D55E00")
PARTY_DASHES = ([1, 0], [7, 3])
TYPE_SHAPES = ("circle", "square", "triangle-up", "diamond")
DARK_END = "#333333"
_END_COLOURS = ("#009E73", "#56B4E9", "#CC79A7", "#F0E442", "#E69F00", DARK_END)
_LAST_END_COLOUR = "#BBBBBB"
SIGNABLE = "#009E73"
FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"
TEXT_SIZE = 13
LETTER_WIDTH = 6.6
"""Mean width in pixels of a letter at `TEXT_SIZE`, to judge what fits before anything is drawn."""

_LINES = "split(datum.label, '\\n')"

Rows = list[dict[str, Any]]


def party_colours(assessment: Assessment) -> dict[str, str]:
    """Return party -> colour, the same in every chart and whichever party is assessed."""
    return dict(zip(assessment.prior, PARTY_COLOURS, strict=True))


def end_colours(count: int) -> list[str]:
    """Return a colour for each of ``count`` ends; the last one, which reports list for nothing settled, is grey."""
    return [_END_COLOURS[i % len(_END_COLOURS)] for i in range(count - 1)] + [_LAST_END_COLOUR]


def type_shapes(types: list[str]) -> alt.Scale:
    """Return the scale that gives each type its shape, in the order given."""
    return alt.Scale(domain=types, range=list(TYPE_SHAPES[: len(types)]))


def data(rows: Rows) -> alt.InlineData:
    """Wrap rows for Altair without a data frame; as a tuple, because it copies lists at every step."""
    return alt.InlineData(values=tuple(rows))


def domain(values: list[float], room: float = 0.08) -> list[float]:
    """Return an interval around ``values`` with some room, and of some width even if they are all equal."""
    low, high = min(values), max(values)
    width = max(high - low, 0.2)
    middle = (low + high) / 2
    half = width * (0.5 + room)
    return [middle - half, middle + half]


def row_names(field: str, labels: Iterable[str], *, shown: bool = True, ruled: bool = False) -> alt.Y:
    """Return the encoding of rows named by ``labels``, folded names centred on their row.

    ``shown`` off hides the names; ``ruled`` draws a line between rows. Ruled rows without names keep their axis, so
    that rows and titles lie as high as those beside them that have names.
    """
    labels = list(labels)
    tallest = max(label.count("\n") for label in labels)
    offsets: dict[str, Any] = {
        "condition": [
            {"test": f"length({_LINES}) === {extra + 1}", "value": -LINE * extra / 2} for extra in range(1, tallest + 1)
        ],
        "value": 0,
    }
    axis = alt.Axis(
        labelExpr=_LINES if shown else "''",
        labelLineHeight=LINE,
        labelOffset=offsets if tallest else 0,
        domain=False,
        ticks=False,
        labelPadding=10,
        grid=ruled,
        tickBand="extent" if ruled else "center",
        title=None,
    )
    return alt.Y(f"{field}:N", sort=labels, axis=axis if shown or ruled else None)


def finished(chart: Any, description: str) -> Any:
    """Give a chart its looks and the sentence that stands for it where it cannot be seen.

    The attributes are set on the chart itself: the methods of Altair copy all of it, every time.
    """
    chart.description = description
    chart.background = "white"
    chart.padding = 4
    chart.config = _looks()
    return chart


def _looks() -> alt.Config:
    return alt.Config(
        font=FONT,
        mark=alt.MarkConfig(aria=False),
        axis=alt.AxisConfig(
            labelFontSize=TEXT_SIZE,
            titleFontSize=TEXT_SIZE,
            titleFontWeight="normal",
            titleColor=INK,
            titlePadding=8,
            labelColor=INK,
            gridColor=GRID,
            domainColor="#8a8a8a",
            tickColor="#8a8a8a",
            labelLimit=400,
            titleLimit=700,
            aria=False,
        ),
        legend=alt.LegendConfig(
            labelFontSize=TEXT_SIZE,
            labelColor=INK,
            labelLimit=320,
            orient="top",
            title=None,
            symbolSize=110,
            columnPadding=18,
            rowPadding=4,
            aria=False,
        ),
        title=alt.TitleConfig(
            fontSize=TEXT_SIZE + 1, fontWeight="bold", anchor="start", color=INK, offset=8, limit=700, aria=False
        ),
        view=alt.ViewConfig(stroke=None),
        concat=alt.CompositionConfig(spacing=26),
    )
