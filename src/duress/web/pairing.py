"""Two people by link: a table for two from a case, with an address for either seat and one for who watches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from ..errors import InputError
from ..play.setting import Setting
from ..report.reading import clean
from ..scenario.schema import Scenario
from .frame import Bar, origin, refused
from .rooms import Chair, Room, Rooms, two_people
from .shown import heading
from .sitting import Sitting
from .visitors import visitor
from .watching import Watching

Solved = Callable[[], Awaitable[Setting | None]]
"""Solves the case, showing how far it is; None if it was stopped, and that was said."""


def for_two(scenario: Scenario, solve: Solved, rooms: Rooms, here: str, reached: str) -> None:
    """Offer a table for two.

    Parameters
    ----------
    scenario : Scenario
    solve : callable
    rooms : Rooms
    here : str
        Where the server is reached from elsewhere, http://ADDRESS:PORT.
    reached : str
        From where the server is reached, in a sentence.
    """
    heading("h2", "Two people by link")
    with ui.element("div").classes("two") as box:
        ui.label(
            "Open a table for two: each side has a link to its own seat, and sees what it was dealt alone. Whoever "
            "sits down first has the seat, in that browser and in no other."
        )
        sits = ui.radio(
            {p: f"I sit down as {clean(p)}" for p in scenario.order[::-1]} | {"": "I open it for two others"},
            value=scenario.order[1],
        ).props('aria-label="Who sits at the table for two"')

        async def open_room() -> None:
            button.disable()
            setting = await solve()
            if setting is None:
                button.enable()
                return
            try:
                room = rooms.open(setting, two_people(setting), once=True)
                if sits.value:
                    room.take(sits.value, visitor())
            except InputError as error:
                ui.notify(clean(str(error)))
                button.enable()
                return
            box.clear()
            with box:
                _links(room, sits.value or "", origin(here), reached)

        button = ui.button("Open a table for two", on_click=open_room).props("outline no-caps")


def _links(room: Room, mine: str, begins: str, reached: str) -> None:
    """Show the addresses of a room; the seat of ``mine`` is taken by who opened it, or none is."""
    ui.label(
        "Send each link to one person. It is good for one browser: whoever sits down by it first has the seat. Both "
        "pages follow each move at once, and come back by the same link."
    )
    if mine:
        ui.link(f"Go to your seat: {clean(mine)}", f"/seat/{room.keys[mine]}").classes("mine")
    ui.label(reached).classes("quiet")
    with ui.element("ul").classes("seats"):
        for words, address in (
            *((f"The seat of {clean(p)}", f"/seat/{key}") for p, key in room.keys.items() if p != mine),
            ("To watch, without seeing what either was dealt", f"/watch/{room.watch}"),
        ):
            with ui.element("li"):
                ui.link(words, address).classes("go")
                ui.input(value=begins + address).props(f'readonly dense outlined aria-label="Link: {words}"')
                ui.button(
                    "Copy", on_click=lambda _, to=begins + address: (ui.clipboard.write(to), ui.notify("Copied."))
                ).props(f'flat no-caps dense aria-label="Copy the link: {words}"')


def seat(rooms: Rooms, key: str) -> None:
    """Show the seat at an address."""
    try:
        chair = rooms.chair(key)
    except InputError as error:
        _no_seat(error)
        return
    if chair.room.holds(chair.party, visitor()):
        chair.room.opened(chair.party, ui.context.client)
        Sitting(chair).show()
        return
    try:
        chair.room.check(chair.party, visitor())
    except InputError as error:
        _no_seat(error)
        return
    _empty(chair)


def _empty(chair: Chair) -> None:
    """Offer a seat that nobody has taken; a program that only looks at the link takes nothing."""
    match = chair.match
    Bar(f"Seed {match.table.seed}", match.setting.solution.certificate.sentence())
    with ui.element("main").classes("frame"):
        heading("h1", f"A seat for you: {clean(chair.party)}")
        ui.label(clean(match.setting.game.title)).classes("lead")
        ui.label(
            "Once you sit down the seat is yours, in this browser, which keeps a cookie for it, and in no other; you "
            f"alone then see what {clean(chair.party)} was dealt."
        )

        def sit() -> None:
            try:
                chair.room.take(chair.party, visitor())
            except InputError as error:
                ui.notify(clean(str(error)))
                return
            ui.navigate.reload()

        ui.button("Sit down", on_click=sit).props("unelevated no-caps").classes("start")


def watch(rooms: Rooms, key: str) -> None:
    """Show the room that may be watched at an address."""
    try:
        room = rooms.watched(key)
    except InputError as error:
        _no_seat(error)
        return
    Watching(room).show()


def _no_seat(error: InputError) -> None:
    Bar()
    with ui.element("main").classes("frame"):
        refused(error)
