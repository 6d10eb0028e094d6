"""Pieces of the page that are words and tables: headings, prices, the end with everything laid open."""

from __future__ import annotations

import html
from collections.abc import Sequence

from nicegui import ui

from ..play.prospects import SMALL, Priced
from ..play.view import View
from ..report.words import number, percent, signed
from .grid import grid


def row(tag: str, words: str) -> ui.html:
    """Put a text into an element of that name, escaped."""
    return ui.html(html.escape(words), sanitize=False, tag=tag)


def heading(tag: str, words: str) -> ui.html:
    """Put a heading, its first letter a capital."""
    return row(tag, capital(words))


def capital(words: str) -> str:
    """Return a sentence with its first letter a capital, as at its beginning."""
    return words[:1].upper() + words[1:]


def beside(gain: float) -> str:
    """Say how much more or less something is worth; what it is compared with follows."""
    if abs(gain) < SMALL:
        return "as much as"
    return f"{number(abs(gain))} stakes {'more' if gain > 0 else 'less'} than"


def belief(kind: str, chance: float, colour: str) -> None:
    """Show what is believed of a type as a bar with its chance."""
    ui.html(
        f'<span>{html.escape(kind)}</span><span class="track"><span class="fill" style="'
        f'width:{100 * chance:.1f}%;--colour:{colour}"></span></span><span>{percent(chance)}</span>',
        sanitize=False,
    ).classes("belief")


def prices(made: Sequence[Priced]) -> None:
    """List moves with what each cost beside the best, and why."""
    cells = [
        (
            str(p.turn),
            p.move,
            "nothing" if p.price < SMALL else number(p.price),
            "" if p.price < SMALL else p.best,
            p.why,
        )
        for p in made
    ]
    grid(("Move", "Made", "Cost (stakes)", "Best", "Why"), cells, (0, 2), "prices")


def ending(view: View) -> None:
    """Say how it ended, who was who, what it was worth, and what every move cost."""
    end = view.ending
    assert end is not None
    with ui.element("div").classes("box end").props("role=status"):
        heading("h3", end.outcome)
        ui.label(
            f"To you it was worth {signed(end.stakes[view.party])} stakes; to {view.other} "
            f"{signed(end.stakes[view.other])}."
        ).classes("worth")
        ui.label(f"{view.other} was {end.types[view.other]}, played by {end.players[view.other]}").classes("unmasked")
        lost = sum(p.price for p in end.priced[view.party])
        ui.label(
            f"Your {len(end.priced[view.party])} moves cost {number(lost)} stakes in all beside the best at each turn."
        )


def laid_open(view: View) -> None:
    """List every move of both sides, priced, once it is over."""
    end = view.ending
    assert end is not None
    for party in (view.party, view.other):
        with ui.element("details"):
            row("summary", "Your moves, priced" if party == view.party else f"The moves of {party}, priced")
            prices(end.priced[party])
