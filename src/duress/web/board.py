"""The pages of a class: joining by code and name, waiting for a partner, and the teacher's board."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from fastapi.responses import RedirectResponse
from nicegui import ui

from ..errors import InputError
from ..play.setting import Setting
from ..report.reading import clean
from ..report.words import counted
from .classroom import MOST_LETTERS, Classroom, Pair, Person
from .frame import Bar, origin, refused
from .grid import grid
from .presence import LEFT_AFTER
from .shown import heading, row

EVERY = 1.0
"""Seconds after which a waiting page, or the board, looks again."""

SEEDS = "Seed: each table has its own"

Ready = Callable[[str], Awaitable[Setting | None]]
"""Solves the case of that address, showing how far it is; None if it was stopped, and that was said."""


def lay_out(classroom: Classroom, cases: Callable[[], dict[str, str]], ready: Ready, here: str) -> None:
    """Put the pages of a class at their addresses.

    Parameters
    ----------
    classroom : Classroom
    cases : callable
        Gives address -> title of every case there is.
    ready : callable
    here : str
        Where the server is reached from elsewhere, http://ADDRESS:PORT.
    """

    @ui.page("/join", title="Join the class · duress", language="en-GB")
    def _join() -> None:
        class_bar(classroom)
        with ui.element("main").classes("frame"):
            joining(classroom)

    @ui.page("/class/{key}", title="Waiting · duress", language="en-GB")
    def _waiting(key: str) -> RedirectResponse | None:
        try:
            person = classroom.person(key)
        except InputError as error:
            _shut(error)
            return None
        if person.room is not None:
            return RedirectResponse(person.address)
        person.presence.follow(ui.context.client)
        class_bar(classroom)
        with ui.element("main").classes("frame"):
            waiting(classroom, person)
        return None

    @ui.page("/board/{key}", title="The board · duress", language="en-GB")
    def _board(key: str) -> None:
        if key != classroom.board:
            _shut(InputError("The board has another address; it stands in the terminal that the server runs in."))
            return
        top = class_bar(classroom)
        with ui.element("main").classes("frame"):
            Board(classroom, cases(), ready, top).show(origin(here))


def class_bar(classroom: Classroom) -> Bar:
    """Put the bar of a page of the class."""
    return Bar(SEEDS, _certificate(classroom))


def _certificate(classroom: Classroom) -> str:
    return classroom.setting.solution.certificate.sentence() if classroom.setting else ""


def _shut(error: InputError) -> None:
    Bar()
    with ui.element("main").classes("frame"):
        refused(error)


def joining(classroom: Classroom) -> None:
    """Ask for the code and a name."""
    heading("h1", "Join the class")
    ui.label(
        "Type the code your teacher shows, and a name to be called by: your partner and the board will show it, and "
        "the game is kept under it. Nothing else is asked or kept."
    ).classes("lead")
    address = ui.context.client.ip
    with ui.element("div").classes("choices"):
        code = ui.input("Code").props('autocomplete=off autocapitalize=characters maxlength=30 aria-label="Code"')
        name = ui.input("Name").props(f'autocomplete=off maxlength={MOST_LETTERS} aria-label="Name"')
        said = ui.label("").classes("fault").props("role=alert")

        def join() -> None:
            try:
                person = classroom.join(code.value or "", name.value or "", address)
            except InputError as error:
                said.text = " ".join(clean(str(fault)) for fault in error.faults)
                return
            ui.navigate.to(person.address)

        name.on("keydown.enter", join)
        ui.button("Join", on_click=join).props("unelevated no-caps").classes("start")


def waiting(classroom: Classroom, person: Person) -> None:
    """Wait for a seat, and go there."""
    heading("h1", f"You are here, {person.name}")
    with ui.element("div").props("role=status aria-live=polite"):
        said = ui.label("").classes("lead")
    ui.label("The address of this page is yours: come back by it, and show it to nobody.").classes("quiet")

    def look() -> None:
        if person.room is not None:
            ui.navigate.to(person.address)
            return
        if person not in classroom.people:
            said.text = "Your teacher has taken you out of the class. To be in it again, join by the code."
            return
        others = len(classroom.waiting) - 1
        words = "Waiting for your teacher to begin" if classroom.setting is None else "Waiting for a partner"
        said.text = f"{words}. {counted(others, 'other waits', 'others wait')} too."

    look()
    ui.timer(EVERY, look)


class _State(NamedTuple):
    """What the board shows: people by name, and the tables of each round."""

    people: tuple[str, ...]
    waiting: tuple[str, ...]
    left: tuple[str, ...]
    rounds: tuple[tuple[Pair, ...], ...]


class Board:
    """The teacher's page: who waits, who plays whom, and how it ended.

    Parameters
    ----------
    classroom : Classroom
    cases : dict
        Address -> title.
    ready : callable
    top : Bar
    """

    def __init__(self, classroom: Classroom, cases: dict[str, str], ready: Ready, top: Bar) -> None:
        self.classroom, self.cases, self.ready, self.top = classroom, cases, ready, top
        self.seen = self._state()

    def show(self, begins: str) -> None:
        """Lay the board out; ``begins`` is how addresses begin."""
        heading("h1", "The class")
        with ui.element("div").classes("joinable"):
            ui.label("Join at")
            ui.label(f"{begins}/join").classes("big")
            ui.label("with the code")
            ui.label(self.classroom.code).classes("big code")
        self._begin()
        self._people()
        self._leavers()
        self._rounds()
        ui.timer(EVERY, self._look)

    def _state(self) -> _State:
        room = self.classroom
        people, waiting, left = (
            tuple(person.name for person in some) for some in (room.people, room.waiting, room.left)
        )
        return _State(people, waiting, left, tuple(one.pairs() for one in room.rounds))

    def _look(self) -> None:
        before, self.seen = self.seen, self._state()
        if self.seen == before:
            return
        if len(self.seen.rounds) != len(before.rounds):
            self.top.tell(SEEDS, _certificate(self.classroom))
            self._begin.refresh()
        if self.seen[:-1] != before[:-1]:
            self._people.refresh()
        if self.seen.people != before.people:
            self._leavers.refresh()
        self._rounds.refresh()

    @ui.refreshable_method
    def _begin(self) -> None:
        """Offer the cases: for the first round, and under a heading that opens, for another."""
        with ui.element("div").classes("choices"):
            rounds = len(self.seen.rounds)
            if not rounds:
                self._choose("Begin: pair who is here")
                return
            ui.label("Who comes later is paired with the next who comes.")
            ui.button("Let who waits play the equilibrium", on_click=lambda: self._done(self.classroom.seat_odd)).props(
                "outline no-caps"
            )
            with ui.element("details"):
                row("summary", "Another round")
                ui.label(
                    "Everybody is paired anew: with another partner, if there are more than two, and where it can be "
                    "on the other side. Tables that are still open go on, and say where the new seats are."
                )
                self._choose(f"Begin round {rounds + 1}")

    def _choose(self, words: str) -> None:
        """Have a case chosen and a round of it begun."""
        case = ui.select(self.cases, value=next(iter(self.cases)), label="Case")
        here = ui.element("div").props("aria-live=polite")

        async def begin() -> None:
            start.disable()
            with here:
                setting = await self.ready(case.value)
            start.enable()
            if setting is not None:
                self._done(lambda: self.classroom.begin(setting))

        start = ui.button(words, on_click=begin).props("unelevated no-caps").classes("start")

    def _done(self, work: Callable[[], None]) -> None:
        try:
            work()
        except InputError as error:
            ui.notify(clean(str(error)))
        self._look()

    @ui.refreshable_method
    def _people(self) -> None:
        heading("h2", f"{counted(len(self.seen.people), 'person has', 'people have')} joined")
        if self.seen.waiting:
            ui.label(f"Waiting, in the order they came: {', '.join(map(clean, self.seen.waiting))}")
        if self.seen.left:
            ui.label(
                f"Left, and not paired before they come back: {', '.join(map(clean, self.seen.left))}. Who has had no "
                f"page open for {LEFT_AFTER / 60:.0f} minutes has left."
            )

    @ui.refreshable_method
    def _leavers(self) -> None:
        """Have somebody chosen who is paired no more."""
        people = {person.key: clean(person.name) for person in self.classroom.people}
        if not people:
            return
        with ui.element("details"):
            row("summary", "Take somebody out of the class")
            ui.label("They are not paired again, and may join anew by the code; a game they are in goes on.")
            with ui.element("div").classes("choices"):
                who = ui.select(people, value=next(iter(people)), label="Who")

                def let_go() -> None:
                    self.classroom.let_go(who.value)
                    self._look()

                ui.button("Take out", on_click=let_go).props("outline no-caps")

    @ui.refreshable_method
    def _rounds(self) -> None:
        """Show every round, the last one first."""
        for number, (one, pairs) in reversed(
            list(enumerate(zip(self.classroom.rounds, self.seen.rounds, strict=True), 1))
        ):
            heading("h2", f"Round {number}: {clean(one.setting.game.title)}")
            if pairs:
                _tables(pairs, one.setting.game.scenario.period)


def _tables(pairs: tuple[Pair, ...], period: str) -> None:
    over = sum(bool(pair.outcome) for pair in pairs)
    ui.label(f"{counted(len(pairs), 'table')}, {over} over")
    first, second = pairs[0].players
    rows = [
        (
            str(number),
            clean(pair.players[first]),
            clean(pair.players[second]),
            str(pair.period),
            str(pair.moves),
            pair.outcome if pair.outcome else f"{clean(pair.turn)} to move",
        )
        for number, pair in enumerate(pairs, 1)
    ]
    grid(("Table", first, second, period.capitalize(), "Moves", "Now"), rows, (0, 3, 4), "pairs")
    with ui.element("details"):
        row("summary", "Watch a table")
        with ui.element("ul").classes("log"):
            for number, pair in enumerate(pairs, 1):
                with ui.element("li"):
                    ui.link(f"Table {number}", pair.watch, new_tab=True)
