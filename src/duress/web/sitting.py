"""The table: one person's seat at one match, all of it on one page."""

from __future__ import annotations

import asyncio
import json

from nicegui import events, ui

from ..errors import InputError
from ..figures.course import course
from ..figures.theme import PARTY_COLOURS
from ..play.compare import CONTINUATIONS, MOST_BRANCHES, Comparison, compare
from ..play.download import as_json, moves_csv, script
from ..play.match import Match
from ..play.prospects import SMALL, Priced
from ..play.view import Option, View
from ..report.reading import clean
from ..report.words import counted, number, percent, signed
from .assessing import asked_now, invited
from .deal_space import DealSpace, charts_of, frames_of
from .frame import Bar
from .grid import grid
from .places import Place, Step, move_seen
from .shown import belief, ending, heading, laid_open, prices, row

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
        self.compared: Comparison | None = None
        self.chosen: set[str] = set()

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
                with ui.element("section").props('aria-label="Deal space and beliefs"'):
                    heading("h2", "Deal space")
                    self.deal = DealSpace()
                    self._offers()
                    self._beliefs()
                with ui.element("section").classes("across").props('aria-label="Timeline and what if"'):
                    self._course()
                    self._what_if()
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
        self.asked, self.compared, self.typed = False, None, ""
        ui.navigate.history.replace(self.place.address)
        await self._redraw()

    async def _redraw(self) -> None:
        """Show the view: first what answers a move, then what can wait until that is on its way."""
        view = self.view
        self._yours.refresh()
        if self.moved:
            ui.run_javascript("document.getElementById('now')?.focus({preventScroll: true})")
            self.moved = False
        await asyncio.sleep(_AWAY)
        if view is not self.view:
            return
        for part in (self._offers, self._beliefs, self._course, self._what_if):
            part.refresh()
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
        where = f"{view.situation.date_words}: {view.situation.words}"
        title = (
            "It is over"
            if view.over
            else f"You are {view.party}, {view.kind}"
            if len(view.kinds) > 1
            else f"You are {view.party}"
        )
        heading("h2", title).props(f"id=now tabindex=-1 data-turns={view.turns}")
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
                        told += [f"accepted with {percent(p.accepted)}"] if p.accepted else []
                        drain = p.drain.get(view.party, 0.0)
                        told += [f"your stamina then falls {number(drain)} a {view.period_word}"] if drain > 0 else []
                        ui.label("; ".join(told)).classes("more")
        ui.label(_KEYS if self.place.alone else _KEYS_SHARED).classes("quiet")

    def _opposite(self) -> str:
        """Return the other party, and who plays it if it has a name."""
        (name,) = (seat.name for seat in self.match.table.seats if seat.party != self.party)
        return f"{self.view.other} ({clean(name)})" if name else self.view.other

    @ui.refreshable_method
    def _offers(self) -> None:
        view = self.view
        if not view.offers:
            return
        heading("h3", "Offers so far")
        with ui.element("ol").classes("offers"):
            for offer in view.offers:
                worth = f"worth {signed(offer.mean_value[view.party])} to you, {signed(offer.mean_value[view.other])}"
                answer = f": {offer.answer}" if offer.answer else ""
                words = f"{offer.party}: {offer.words} ({worth} to {view.other}){answer}"
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

    @ui.refreshable_method
    def _what_if(self) -> None:
        view, branches = self.view, self.match.branches
        heading("h2", "What if" if self.place.alone else "All moves")
        with ui.element("details").classes("history"):
            back = "; go back to any and move otherwise" if self.place.alone else ""
            row("summary", f"All {counted(view.turns, 'move')}{back}")
            with ui.element("ol").classes("log"):
                for entry in view.timeline:
                    with ui.element("li").props(f"data-turn={entry.turn}"):
                        ui.label(f"{view.period_word} {entry.period + 1}").classes("quiet")
                        ui.label(entry.words)
                        if self.place.alone and entry.party == view.party:
                            ui.button(
                                "Back to before it",
                                on_click=lambda _, t=entry.turn: self._go(lambda match: match.back(t - 1)),
                            ).props(f'flat no-caps dense aria-label="Back to before move {entry.turn}"')
        if not self.place.alone and view.over:
            ui.button("Go back and move otherwise, against the equilibrium", on_click=self._otherwise).props(
                "outline no-caps dense"
            )
        if len(branches) > 1:
            self._branches()
        _prices_so_far(view)
        self._further()
        heading("h2", "Take it away")
        ui.label(
            "The address of this page holds all of it: copy it to come back, or to show somebody."
            if self.place.alone
            else "The address of this page is your seat: come back by it, and show it to nobody."
        ).classes("quiet")
        with ui.element("div").classes("tools"):
            for words, name, make in (
                ("JSON", "json", lambda: json.dumps(as_json(self.match, self.party), ensure_ascii=False, indent=2)),
                ("Moves as CSV", "csv", lambda: moves_csv(self.match, self.party)),
                ("Python script", "py", lambda: script(self.match, self.party)),
                ("Timeline as SVG", "svg", lambda: course(view.timeline, list(view.prior), view.period_word)),
            ):
                if name == "py" and self.match.sealed:  # it would hold what was dealt
                    continue
                ui.button(
                    words, on_click=lambda _, n=name, m=make: ui.download.content(m(), f"{view.scenario}.{n}")
                ).props("outline no-caps dense")

    async def _otherwise(self) -> None:
        try:
            ui.navigate.to(await asyncio.to_thread(self.place.otherwise))
        except InputError as error:
            ui.notify(clean(str(error)))

    def _further(self) -> None:
        """Link to the assessment of an invitation made as things stand, of this scenario with these numbers."""
        setting = self.match.setting
        parties = [] if self.match.table.over else invited(setting.scenario)
        if not parties:
            return
        heading("h2", "Ask the analyst")
        ui.label("The full assessment of an invitation made as things now stand, from what is public.").classes("quiet")
        with ui.element("div").classes("tools"):
            for party in parties:
                address = asked_now(self.match, party).address(setting.scenario.name)
                ui.link(f"If {clean(party)} is invited", address).classes("go")

    def _branches(self) -> None:
        view, branches = self.view, self.match.branches
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
                    parted = branch.moves[branch.forks_at] if branch.forks_at < len(branch.moves) else "as dealt"
                    state = "over" if branch.over else "open"
                    here = ", where you are" if branch.current else ""
                    ui.label(clean(f"{len(branch.moves)} moves, from “{parted}” on; {state}{here}"))
                    if not branch.current:
                        ui.button(
                            f"Take up {branch.name}",
                            on_click=lambda _, n=branch.node: self._go(lambda match: match.go(n)),
                        ).props("flat no-caps dense")
        ui.button("Compare the ticked branches", on_click=self._compare).props("outline no-caps dense")
        if self.compared:
            _comparison(self.compared, view.period_word)

    async def _compare(self) -> None:
        nodes = [branch.node for branch in self.match.branches if branch.name in self.chosen]
        if not 2 <= len(nodes) <= MOST_BRANCHES:
            ui.notify("Tick two or three branches.")
            return
        try:
            self.compared = clean(await asyncio.to_thread(compare, self.match, self.party, nodes))
        except InputError as error:
            ui.notify(clean(str(error)))
            return
        self._what_if.refresh()


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
