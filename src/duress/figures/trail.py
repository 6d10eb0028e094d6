"""The deal space of a game in progress: compiled once, and then told what to show, move by move.

Its axes, marks and words are those of `deal_space`. Added are the offers made so far, ringed, named by the move that
made them and joined in that order, the older the paler, and the way that the worth of no deal has gone.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol

import altair as alt

from duress.figures import deal, theme
from duress.figures.export import to_vega

_SPANS = (("left", "right_end"), ("bottom", "top_end"))
"""Names of the signals that hold the ends of both axes."""

_PALEST = 0.35
"""Opacity of the first of several offers; the last has 1."""

_SHAPES = ("circle", "triangle-up")

_TOLD = 3
"""Moves named beside terms that were offered more often."""


class HasOffer(Protocol):
    """Terms put on the table."""

    @property
    def turn(self) -> int:
        """By which move of the game, from 1."""
        ...

    @property
    def party(self) -> str:
        """Who made it."""
        ...

    @property
    def words(self) -> str:
        """Its terms."""
        ...

    @property
    def mean_value(self) -> dict[str, float]:
        """Party -> its worth per period, over the party's types."""
        ...


class HasNoDeal(Protocol):
    """How things stood after a move."""

    @property
    def turn(self) -> int:
        """Moves made up to then."""
        ...

    @property
    def no_deal(self) -> dict[str, float]:
        """Party -> what it would have got per period without a deal."""
        ...


class HasTrail(deal.HasTerms, Protocol):
    """A game in progress."""

    @property
    def offers(self) -> Sequence[HasOffer]:
        """In the order they were made."""
        ...

    @property
    def timeline(self) -> Sequence[HasNoDeal]:
        """In order, from the start."""
        ...


@dataclass(frozen=True)
class Frame:
    """What a compiled deal space is to show.

    Parameters
    ----------
    signals : dict
        Name of a signal -> its value.
    data : dict
        Name of a data set -> its rows.
    description : str
        The same in sentences.
    """

    signals: dict[str, float]
    data: dict[str, theme.Rows]
    description: str


_ONE_AT_A_TIME = threading.Lock()


def compiled(answer: HasTrail, *, narrow: bool = False) -> dict[str, Any]:
    """Compile the chart that shows the `frame` of any position of this game, to Vega, empty as yet.

    The signal ``lit`` holds the move whose offer and whose worth of no deal are picked out, ``lit_terms`` the words of
    terms to pick out; both are set by who looks at it. Rows of offers and of the past carry their ``turn``.
    """
    _, rows = deal.lay_out(answer, narrow=narrow)
    kinds = frozenset(row["kind"] for row in rows["points"])
    first, second = answer.prior
    with _ONE_AT_A_TIME:  # many pages may ask at once for what is not there yet
        return _compiled((first, second), answer.period_word, kinds, narrow)


@functools.lru_cache(64)
def _compiled(parties: tuple[str, str], word: str, kinds: frozenset[str], narrow: bool) -> dict[str, Any]:
    spans = tuple([{"expr": end} for end in ends] for ends in _SPANS)
    plane = deal.Plane(parties, (spans[0], spans[1]), word, narrow)
    data = {name: alt.NamedData(name) for name in ("corner", "frontier", "points", "labels", "past", "offers")}
    drawn = deal.layers(plane, data, [kind for kind in deal.LOOKS if kind in kinds])
    width, height = plane.size
    chart = alt.layer(_past(plane, data["past"]), *drawn, *_trail(plane, data["offers"]), width=width, height=height)
    chart = chart.add_params(
        *(alt.param(name=name, value=float(n)) for ends in _SPANS for n, name in enumerate(ends)),
        alt.param(name="lit", value=-1),
        alt.param(name="lit_terms", value=""),
    )
    return to_vega(theme.finished(chart, "Deal space"))


def _past(plane: deal.Plane, data: Any) -> Any:
    base = alt.Chart(data)
    way = base.mark_line(color=theme.INK, strokeWidth=1.2, strokeDash=[2, 3], opacity=0.6)
    then = base.mark_point(shape="diamond", size=150, stroke=theme.INK, fill="white", strokeWidth=2)
    shown = alt.condition("datum.turn === lit", alt.value(1), alt.value(0))
    return way.encode(x=plane.x(), y=plane.y(), order="place:Q") + then.encode(
        x=plane.x(), y=plane.y(), opacity=shown, tooltip=[alt.Tooltip("words:N", title="No deal")]
    )


def _trail(plane: deal.Plane, data: Any) -> list[Any]:
    base = alt.Chart(data)
    way = base.mark_line(color=theme.INK, strokeWidth=1.2, strokeDash=[5, 4], opacity=0.6)
    lit = "datum.turn === lit || datum.terms === lit_terms"
    rings = base.mark_point(filled=False, fill="#ffffff01").encode(
        x=plane.x(),
        y=plane.y(),
        # Looks are in the rows, because scales would be shared with the terms below.
        shape=alt.Shape("shape:N", scale=None, legend=None),
        stroke=alt.Stroke("colour:N", scale=None, legend=None),
        opacity=alt.condition(lit, alt.value(1), alt.Opacity("age:Q", scale=None, legend=None)),
        size=alt.condition(lit, alt.value(700), alt.value(380)),
        strokeWidth=alt.condition(lit, alt.value(4.5), alt.value(2.4)),
        tooltip=[
            alt.Tooltip("words:N", title="Offer"),
            alt.Tooltip("terms:N", title="Terms"),
            alt.Tooltip("across:Q", title=f"Worth to {plane.parties[0]}", format=".2f"),
            alt.Tooltip("up:Q", title=f"Worth to {plane.parties[1]}", format=".2f"),
        ],
    )
    return [way.encode(x=plane.x(), y=plane.y(), order="turn:Q"), rings]


def frame(answer: HasTrail, *, narrow: bool = False) -> Frame:
    """Return what `compiled` is to show now; ``narrow`` as for it."""
    turns: dict[str, list[str]] = {}
    for offer in answer.offers:
        turns.setdefault(offer.words, []).append(str(offer.turn))
    called = {words: f"offered in move {', '.join(found[-_TOLD:])}" for words, found in turns.items()}
    plane, rows = deal.lay_out(answer, narrow=narrow, called=called)
    first, second = plane.parties
    looks = dict(zip(plane.parties, zip(_SHAPES, theme.PARTY_COLOURS, strict=True), strict=True))
    offers = answer.offers
    trail = [
        {
            "turn": offer.turn,
            "shape": looks[offer.party][0],
            "colour": looks[offer.party][1],
            "terms": offer.words,
            "words": f"{offer.party}, move {offer.turn}",
            "across": offer.mean_value[first],
            "up": offer.mean_value[second],
            "age": _PALEST + (1 - _PALEST) * (n + 1) / len(offers),
        }
        for n, offer in enumerate(offers)
    ]
    past = [
        {
            "turn": entry.turn,
            "place": n,
            "words": f"after move {entry.turn}",
            "across": entry.no_deal[first],
            "up": entry.no_deal[second],
        }
        for n, entry in enumerate(answer.timeline)
    ]
    return Frame(
        signals=dict(zip(chain(*_SPANS), chain(*plane.spans), strict=True)),
        data={
            **rows,
            "past": past,
            "offers": trail,
        },
        description=" ".join([deal.description(answer), *_offers_in_words(offers)]),
    )


def _offers_in_words(offers: Sequence[HasOffer]) -> list[str]:
    return [
        f"Move {offer.turn}: {offer.party} offered {offer.words}, worth "
        + " and ".join(f"{value:.2f} to {party}" for party, value in offer.mean_value.items())
        + "."
        for offer in offers
    ]
