"""Below the table: every move so far and the way back to any, branches compared, what the game is taken away as."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

from nicegui import events, ui

from ..errors import InputError
from ..figures.course import course
from ..play.compare import CONTINUATIONS, MOST_BRANCHES, Comparison, compare
from ..play.download import as_json, moves_csv, script
from ..play.match import Branch
from ..play.view import View
from ..report.reading import clean
from ..report.words import number, percent
from .assessing import asked_now, invited
from .grid import grid
from .places import Place, Step
from .shown import heading, laid_open, prices, row


class WhatIf:
    """What one may do with a game beside making the next move.

    Parameters
    ----------
    place : Place
        The seat, and the match it is at.
    view : View
        Of that match from that seat.
    go : callable
        Takes a step from one match to another, and has the page drawn from it.
    """

    def __init__(self, place: Place, view: View, go: Callable[[Step], Awaitable[None]]) -> None:
        self.place, self.view, self._go = place, view, go
        self.compared: Comparison | None = None
        self.chosen: set[str] = set()
        self.unfolded = False

    def renew(self, view: View) -> None:
        """Show the match as it is now; what was compared was of another."""
        self.view, self.compared = view, None
        self.show.refresh()

    @ui.refreshable_method
    def show(self) -> None:
        """Lay it out."""
        view = self.view
        heading("h2", "What if" if self.place.alone else "All moves")
        self._history(view)
        if not self.place.alone and view.over:
            ui.button("Go back and move otherwise, against the equilibrium", on_click=self._otherwise).props(
                "outline no-caps dense"
            )
        if len(self.place.match.branches) > 1:
            self._branches(view)
        _prices_so_far(view)
        self._further()
        self._taken_away(view)

    def _history(self, view: View) -> None:
        alone = self.place.alone
        with ui.element("details").classes("history") as details:
            details.props["open"] = self.unfolded  # as it was left, however often the page is drawn anew
            details.on("toggle", self._unfold, js_handler="(event) => emit(event.target.open)")
            back = "; go back to before any of yours, and move otherwise" if alone else ""
            row("summary", f"All moves so far ({view.turns}){back}")
            with ui.element("ol").classes("log").props('tabindex=0 aria-label="All moves so far"'):
                for entry in view.timeline:
                    with ui.element("li").props(f"data-turn={entry.turn}"):
                        ui.label(f"{view.period_word} {entry.period + 1}").classes("quiet")
                        ui.label(entry.words)
                        if alone and entry.party == view.party:
                            ui.button(
                                "Back to before it",
                                on_click=lambda _, t=entry.turn: self._go(lambda match: match.back(t - 1)),
                            ).props(f'flat no-caps dense aria-label="Back to before move {entry.turn}"')

    def _unfold(self, event: events.GenericEventArguments) -> None:
        self.unfolded = bool(event.args)

    async def _otherwise(self) -> None:
        try:
            ui.navigate.to(await asyncio.to_thread(self.place.otherwise))
        except InputError as error:
            ui.notify(clean(str(error)))

    def _branches(self, view: View) -> None:
        branches = self.place.match.branches
        names = [branch.name for branch in branches]
        self.chosen &= set(names)
        if len(self.chosen) < 2:
            self.chosen = set(names[-MOST_BRANCHES:])
        with ui.element("ul").classes("log"):
            for branch in branches:
                with ui.element("li"):
                    box = ui.checkbox(branch.name, value=branch.name in self.chosen)
                    box.on_value_change(
                        lambda e, n=branch.name: (self.chosen.add if e.value else self.chosen.discard)(n)
                    )
                    ui.label(clean(_branch_words(branch, branch is branches[0])))
                    if not branch.current:
                        ui.button(
                            f"Take up {branch.name}",
                            on_click=lambda _, n=branch.node: self._go(lambda match: match.go(n)),
                        ).props("flat no-caps dense")
        with ui.element("div").classes("tools"):
            ui.button("Compare the ticked branches", on_click=self._compare).props("outline no-caps dense")
        if self.compared:
            _comparison(self.compared, view.period_word)

    async def _compare(self) -> None:
        match = self.place.match
        nodes = [branch.node for branch in match.branches if branch.name in self.chosen]
        if not 2 <= len(nodes) <= MOST_BRANCHES:
            ui.notify("Tick two or three branches.")
            return
        try:
            self.compared = clean(await asyncio.to_thread(compare, match, self.place.party, nodes))
        except InputError as error:
            ui.notify(clean(str(error)))
            return
        self.show.refresh()

    def _further(self) -> None:
        """Link to the assessment of an invitation made as things stand, of this scenario with these numbers."""
        match = self.place.match
        parties = [] if match.table.over else invited(match.setting.scenario)
        if not parties:
            return
        heading("h2", "Ask the analyst")
        ui.label("The full assessment of an invitation made as things now stand, from what is public.").classes("quiet")
        with ui.element("div").classes("tools"):
            for party in parties:
                address = asked_now(match, party).address(match.setting.scenario.name)
                ui.link(f"If {clean(party)} is invited", address).classes("go")

    def _taken_away(self, view: View) -> None:
        match, party = self.place.match, self.place.party
        heading("h2", "Take it away")
        ui.label(
            "The address of this page holds all of it: copy it to come back, or to show somebody."
            if self.place.alone
            else "The address of this page is your seat: come back by it, and show it to nobody."
        ).classes("quiet")
        with ui.element("div").classes("tools"):
            for words, name, made in (
                ("JSON", "json", lambda: json.dumps(as_json(match, party), ensure_ascii=False, indent=2)),
                ("Moves as CSV", "csv", lambda: moves_csv(match, party)),
                ("Python script", "py", lambda: script(match, party)),
                ("Timeline as SVG", "svg", lambda: course(view.timeline, list(view.prior), view.period_word)),
            ):
                if name == "py" and match.sealed:  # it would hold what was dealt
                    continue
                ui.button(
                    words, on_click=lambda _, n=name, m=made: ui.download.content(m(), f"{view.scenario}.{n}")
                ).props("outline no-caps dense")


def _branch_words(branch: Branch, first: bool) -> str:
    parted = "" if first else f", parting at “{branch.moves[branch.forks_at]}”"
    state = "over" if branch.over else "open"
    return f"{len(branch.moves)} moves{parted}; {state}{', where you are' if branch.current else ''}"


def _prices_so_far(view: View) -> None:
    if view.ending:
        laid_open(view)
        return
    if not view.priced:
        return
    with ui.element("details"):
        row("summary", "What each of your moves was worth")
        prices(view.priced)


def _comparison(found: Comparison, word: str) -> None:
    ui.label(found.sentence).classes("sentence")
    headings = ("Branch", "Move", "Worth to you (stakes)", "Spread", "Nine in ten", "Settled by", "How it ends")
    cells = [
        (
            r.name,
            r.move,
            f"{number(r.mean)} ± {number(r.error)}",
            number(r.spread),
            f"{number(r.low)} to {number(r.high)}",
            f"{word} {r.settled + 1:.1f}",
            "; ".join(f"{name} {percent(share)}" for name, share in r.outcomes.items()),
        )
        for r in found.rows
    ]
    grid(headings, cells, (2, 3, 4), "compared")
    ui.label(f"{CONTINUATIONS} seeded continuations of each. {found.note}").classes("quiet")
