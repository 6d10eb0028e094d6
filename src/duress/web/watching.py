"""A game as anybody may watch it: public moves and beliefs; what either side was is told at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from nicegui import ui

from ..figures.course import course
from ..figures.theme import PARTY_COLOURS
from ..play.match import Match
from ..play.watch import Watched, watched
from ..report.reading import clean
from ..report.words import number, signed
from .frame import Bar
from .places import Listener
from .shown import belief, capital, heading, prices, row

_RECENT = 6
"""Entries of the timeline that are told at the top."""


class Watchable(Protocol):
    """A match that changes, and tells so."""

    @property
    def match(self) -> Match:
        """The match as it is now."""
        ...

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Have changes of the match told; return what ends that."""
        ...


class Watching:
    """One page that watches a match.

    Parameters
    ----------
    game : Watchable
    """

    told = "You watch: what either side truly is, nobody is told before the end."
    """Who watches."""

    def __init__(self, game: Watchable) -> None:
        self.game = game
        self.seen: Watched = clean(watched(game.match.table))

    def show(self) -> None:
        """Lay the page out."""
        self.client = ui.context.client
        self.client.on_delete(self.game.listen(self._changed))
        Bar(f"Seed {self.seen.seed}", self.seen.certificate, self.seen.notes[1:])
        with ui.element("main").classes("frame"):
            heading("h1", self.seen.title)
            with ui.element("div").classes("table"):
                with ui.element("section").props('aria-label="What has happened"'):
                    self._now()
                    self._controls()
                with ui.element("section").props('aria-label="Beliefs"'):
                    self._beliefs()
                with ui.element("section").classes("across").props('aria-label="Timeline"'):
                    self._course()

    def _controls(self) -> None:
        """Put what one may do beside watching: nothing, where others move."""

    async def _changed(self) -> None:
        with self.client:
            self.seen = clean(watched(self.game.match.table))
            for part in (self._now, self._beliefs, self._course):
                part.refresh()

    @ui.refreshable_method
    def _now(self) -> None:
        seen = self.seen
        title = "It is over" if seen.ending else f"It is the turn of {_who(seen, seen.turn)}"
        heading("h2", title).props(f"id=now data-turns={seen.turns}")
        ui.label(capital(f"{seen.situation.date_words}: {seen.situation.words}"))
        if not seen.ending:
            ui.label(self.told).classes("quiet")
        with ui.element("div").classes("told").props("role=log aria-live=polite"):
            heading("h3", "What has happened")
            with ui.element("ul").classes("happened"):
                for entry in seen.timeline[-_RECENT:]:
                    row("li", capital(f"{seen.period_word} {entry.period + 1}: {entry.words}"))
        if seen.ending:
            end = seen.ending
            with ui.element("div").classes("box end").props("role=status"):
                heading("h3", end.outcome)
                for party, kind in end.types.items():
                    ui.label(
                        f"{party} was {kind}, played by {end.players[party].rstrip('.')}. To it the game was worth "
                        f"{signed(end.stakes[party])} stakes, and its moves cost "
                        f"{number(sum(p.price for p in end.priced[party]))} beside the best."
                    ).classes("unmasked")
            for party, made in end.priced.items():
                with ui.element("details"):
                    row("summary", f"The moves of {party}, priced")
                    prices(made)

    @ui.refreshable_method
    def _beliefs(self) -> None:
        heading("h2", "What is believed")
        for n, (party, kinds) in enumerate(self.seen.beliefs.items()):
            heading("h3", f"About {_who(self.seen, party)}")
            for kind, chance in kinds.items():
                belief(kind, chance, PARTY_COLOURS[n])

    @ui.refreshable_method
    def _course(self) -> None:
        seen = self.seen
        heading("h2", "Timeline")
        for kind in ("wide", "narrow"):
            drawing = course(seen.timeline, list(seen.prior), seen.period_word, [], narrow=kind == "narrow")
            ui.html(drawing, sanitize=False).classes(f"figure {kind}")
        with ui.element("details").classes("history"):
            row("summary", f"All moves so far ({seen.turns})")
            with ui.element("ol").classes("log").props('tabindex=0 aria-label="All moves so far"'):
                for entry in seen.timeline:
                    with ui.element("li"):
                        ui.label(f"{seen.period_word} {entry.period + 1}").classes("quiet")
                        ui.label(entry.words)


def _who(seen: Watched, party: str) -> str:
    name = seen.names.get(party, "")
    return f"{party} ({name})" if name else party
