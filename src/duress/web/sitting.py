"""The table: one person's seat at one match, all of it on one page."""

from __future__ import annotations

import asyncio

from nicegui import events, ui

from ..errors import InputError
from ..figures.course import course
from ..figures.theme import PARTY_COLOURS
from ..play.compare import MOST_BRANCHES
from ..play.match import Match
from ..play.prospects import SMALL, Priced
from ..play.view import Option, View
from ..report.reading import clean
from ..report.words import listed, number, percent, signed
from ..scenario.agenda import SETTLEMENTS
from .deal_space import DealSpace, charts_of, frames_of
from .frame import Bar
from .places import Place, Step, move_seen
from .shown import belief, capital, ending, heading, row
from .what_if import WhatIf

_AWAY = 0.02
"""Seconds in which what was shown is sent to the browser."""

_RECENT = 4
"""Entries of the timeline that are told beside the moves."""

_KEYS = "Keys: a number moves, Enter ends a number that could go on, u takes back, w asks what each move leads to."
_KEYS_SHARED = _KEYS.replace(" u takes back,", "")


class Sitting:
    """One person at one match. Every move makes another match; the page is drawn from it anew.

    Parameters
    ----------
    place : Place
        The seat, and the match it is at.
    note : str
        What is to be said about the link it came from; may be empty.
    """

    def __init__(self, place: Place, note: str = "") -> None:
        self.place, self.party, self.note = place, place.party, note
        self.typed = ""
        self.asked = False
        self.moved = False
        self.unkept = ""
        self.view: View = clean(self.match.view(self.party))
        self.what_if = WhatIf(place, self.view, self._go)

    @property
    def match(self) -> Match:
        """The match as it is now."""
        return self.place.match

    def show(self) -> None:
        """Lay the page out."""
        self.client = ui.context.client
        self.client.on_delete(self.place.listen(self._changed))
        ui.keyboard(self._key, repeating=False, ignore=["input", "select", "textarea"])
        self._header()
        with ui.element("main").classes("frame"):
            heading("h1", self.view.title)
            if self.note:
                ui.label(clean(self.note)).classes("fault").props("role=status")
            with ui.element("div").classes("table"):
                with ui.element("section").props('aria-label="Your move"'):
                    self._yours()
                with ui.element("section").props('aria-label="Deal space and beliefs"') as deal:
                    heading("h2", "Deal space")
                    self.deal = DealSpace()
                    self._read()
                    self._offers()
                    self._beliefs()
                with ui.element("section").classes("across").props('aria-label="Timeline and what if"') as below:
                    self._course()
                    self.what_if.show()
        self.later = (deal, below)
        ui.timer(0.05, self._draw, once=True)

    def _header(self) -> None:
        view = self.view
        Bar(f"Seed {view.seed}", view.certificate, view.notes[1:])

    # What is done

    async def _key(self, event: events.KeyEventArguments) -> None:
        if not event.action.keydown or event.modifiers.ctrl or event.modifiers.alt or event.modifiers.meta:
            return
        key = event.key.name
        if key.isdecimal():
            await self._digit(key)
        elif key == "Enter" and self.typed:
            await self._move(int(self.typed))
        elif key == "Escape":
            self.typed = ""
            self._said()
        elif key == "u":
            await self._go(lambda match: match.undo())
        elif key == "w" and self.view.yours:
            self._ask()

    async def _digit(self, digit: str) -> None:
        """Move once the number typed can mean one move only."""
        if not self.view.yours:
            self._said("" if self.view.over else f"It is the turn of {self.view.turn}.")
            return
        self.typed += digit
        meant = [o for o in self.view.options if str(o.number).startswith(self.typed)]
        if len(meant) == 1 and str(meant[0].number) == self.typed:
            await self._move(meant[0].number)
        elif not meant:
            self._said(f"There is no move {self.typed}.")
            self.typed = ""
        else:
            self._said(f"Move {self.typed}… Enter to make it, or another digit.")

    async def _move(self, chosen: int, turns: int | None = None) -> None:
        """Make a move that was chosen when so many moves had been made, by default as many as now."""
        self.typed = ""
        await self._go(move_seen(chosen, self.view.turns if turns is None else turns))

    async def _go(self, step: Step) -> None:
        """Take a step from one match to another, and draw the page from it."""
        self.moved = True
        try:
            await self.place.go(step)
        except InputError as error:
            self.moved = False
            self._said(" ".join(clean(str(fault)) for fault in error.faults))

    async def _changed(self) -> None:
        """Draw the page from the match as it is now, whoever has moved."""
        with self.client:
            await self._renewed()

    async def _renewed(self) -> None:
        self.view = clean(self.match.view(self.party))
        self.asked, self.typed = False, ""
        ui.navigate.history.replace(self.place.address)
        await self._redraw()

    async def _redraw(self) -> None:
        """Show the view: first what answers a move, then what can wait until that is on its way."""
        view = self.view
        self._yours.refresh()
        for section in self.later:
            section.props("aria-busy=true")
        if self.moved:
            ui.run_javascript("document.getElementById('now')?.focus({preventScroll: true})")
            self.moved = False
        await asyncio.sleep(_AWAY)
        if view is not self.view:
            return
        for part in (self._offers, self._beliefs, self._course):
            part.refresh()
        self.what_if.renew(view)
        for section in self.later:
            section.props("aria-busy=false")
        await self._keep()
        await self._draw()

    async def _keep(self) -> None:
        """Have the game kept; say why if it cannot be, once."""
        fault = await self.place.kept()
        if fault and fault != self.unkept:
            ui.notify(clean(fault), type="warning", timeout=8000)
        self.unkept = fault

    def _ask(self) -> None:
        self.asked = not self.asked
        self._yours.refresh()

    def _said(self, words: str = "") -> None:
        self.status.text = words

    async def _draw(self) -> None:
        """Have the browser draw the deal space as it is now, once the answer to a move is on its way."""
        view = self.view
        if not view.agenda.terms:
            return
        charts = None if self.deal.begun else await asyncio.to_thread(charts_of, view)
        frames = await asyncio.to_thread(frames_of, view)
        if view is self.view:
            self.deal.show(frames, charts)

    # What is shown

    @ui.refreshable_method
    def _yours(self) -> None:
        view = self.view
        where = capital(f"{view.situation.date_words}: {view.situation.words}")
        title = (
            "It is over"
            if view.over
            else f"You are {view.party}, {view.kind}"
            if len(view.kinds) > 1
            else f"You are {view.party}"
        )
        if self.place.onward:
            with ui.element("div").classes("box").props("role=status"):
                ui.label("Your teacher has begun another round.")
                ui.link("Go to your new seat", self.place.onward).classes("mine")
        heading("h2", title).props(f"id=now tabindex=-1 data-turns={view.turns}")
        if self.place.remark:
            ui.label(clean(self.place.remark)).classes("remark")
        ui.label(where)
        with ui.element("div").classes("told").props("role=log aria-live=polite"):
            heading("h3", "What has happened")
            with ui.element("ul").classes("happened"):
                for entry in view.timeline[-_RECENT:]:
                    row("li", entry.words).props(f"data-turn={entry.turn}")
        if view.priced and not view.over:
            _explained(view.priced[-1])
        if view.ending:
            ending(view)
        self._choices(view)
        self.status = ui.label("").classes("quiet").props("role=status aria-live=polite")
        with ui.element("div").classes("tools"):
            if view.yours:
                words = "Hide what each move leads to" if self.asked else "What does each move lead to?"
                ui.button(words, on_click=self._ask).props("flat no-caps dense")
            if self.place.alone and any(entry.party == view.party for entry in view.timeline):
                ui.button("Take back my last move", on_click=lambda: self._go(lambda match: match.undo())).props(
                    "flat no-caps dense"
                )

    def _choices(self, view: View) -> None:
        if not view.yours:
            if not view.over:
                ui.label(f"It is the turn of {self._opposite()}. Their move shows here at once.").classes("waits")
            return
        heading("h3", "Your move")
        ahead = {p.number: p for p in clean(self.match.prospects(self.party))} if self.asked else {}
        with ui.element("ol").classes("moves"):
            for option in view.options:
                with (
                    ui.element("li") as item,
                    ui.button(on_click=lambda _, n=option.number: self._move(n, view.turns)).props("flat no-caps"),
                ):
                    item.props["data-terms"] = option.move.removeprefix("offer ")
                    ui.label(str(option.number)).classes("key")
                    ui.label(option.move).classes("name")
                    ui.label(_option_words(option)).classes("more")
                    if option.number in ahead:
                        p = ahead[option.number]
                        told = [f"worth {signed(p.value)} stakes to you, {signed(p.other_value)} to {view.other}"]
                        told += [f"accepted with a chance of {percent(p.accepted)}"] if p.accepted else []
                        drain = p.drain.get(view.party, 0.0)
                        told += [f"your stamina then falls {number(drain)} a {view.period_word}"] if drain > 0 else []
                        ui.label("; ".join(told)).classes("more")
        ui.label(_KEYS if self.place.alone else _KEYS_SHARED).classes("quiet")

    def _opposite(self) -> str:
        """Return the other party, and who plays it if it has a name."""
        (name,) = (seat.name for seat in self.match.table.seats if seat.party != self.party)
        return f"{self.view.other} ({clean(name)})" if name else self.view.other

    def _read(self) -> None:
        """Say how the deal space is read."""
        first, second = self.view.prior
        ui.label(
            f"Each mark is a deal, worth more to {first} the further right, and to {second} the further up. The "
            f"diamond is no deal as things now stand; it moves with the pressure. {listed(SETTLEMENTS)} "
            "are settlements: each splits by a rule of its own what both gain over no deal."
        ).classes("quiet")

    @ui.refreshable_method
    def _offers(self) -> None:
        view = self.view
        if not view.offers:
            return
        heading("h3", "Offers so far")
        with ui.element("ol").classes("offers"):
            for offer in view.offers:
                words = (
                    f"{offer.party} offered {offer.words}, a {view.period_word} worth "
                    f"{signed(offer.mean_value[view.party])} to you and {signed(offer.mean_value[view.other])} to "
                    f"{view.other}"
                )
                if offer.answer:
                    words += f"; answered: {offer.answer}"
                row("li", words).props(f"value={offer.turn} data-turn={offer.turn}")

    @ui.refreshable_method
    def _beliefs(self) -> None:
        view = self.view
        parties = list(view.prior)
        heading("h2", "What each believes")
        for about, believed, words in (
            (view.party, view.about_you, f"{view.other} about you"),
            (view.other, view.about_other, f"You about {view.other}"),
        ):
            heading("h3", words)
            colour = PARTY_COLOURS[parties.index(about)]
            for kind, chance in believed.items():
                true = " (you)" if about == view.party and kind == view.kind and len(believed) > 1 else ""
                belief(kind + true, chance, colour)

    @ui.refreshable_method
    def _course(self) -> None:
        view = self.view
        heading("h2", "Timeline")
        ghosts = [(ghost.name, clean(ghost.entries)) for ghost in self.match.ghosts if ghost.entries][-MOST_BRANCHES:]
        for kind in ("wide", "narrow"):
            drawing = course(view.timeline, list(view.prior), view.period_word, ghosts, narrow=kind == "narrow")
            ui.html(drawing, sanitize=False).classes(f"figure {kind}")
        if ghosts:
            ui.label(f"Pale: {', '.join('branch ' + name for name, _ in ghosts)}, which you left.").classes("quiet")


def _option_words(option: Option) -> str:
    cost = f"; costs you {number(option.costs)} stakes at once" if abs(option.costs) >= SMALL else ""
    return f"then: {option.leads_to}{cost}"


def _explained(made: Priced) -> None:
    with ui.element("div").classes("box").props("role=status"):
        heading("h3", f"You chose: {made.move}")
        price = (
            "It cost you nothing."
            if made.price < SMALL
            else (f"It cost you {number(made.price)} stakes beside the best move, “{made.best}”.")
        )
        ui.label(price).classes("price")
        ui.label(made.why)
