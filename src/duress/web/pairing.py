"""Two people by link: a table for two from a case, with an address for either seat and one for who watches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from ..errors import InputError
from ..play.setting import Setting
from ..report.reading import clean
from .frame import Bar, origin, refused
from .rooms import Room, Rooms, two_people
from .shown import heading
from .sitting import Sitting
from .watching import Watching

Solved = Callable[[], Awaitable[Setting | None]]
"""Solves the case, showing how far it is; None if it was stopped, and that was said."""


def for_two(solve: Solved, rooms: Rooms, here: str, reached: str) -> None:
    """Offer a table for two.

    Parameters
    ----------
    solve : callable
    rooms : Rooms
    here : str
        Where the server is reached from elsewhere, http://ADDRESS:PORT.
    reached : str
        From where the server is reached, in a sentence.
    """
    heading("h2", "Two people by link")
    with ui.element("div").classes("two") as box:
        ui.label("Open a table for two: each side gets a link to its own seat, and sees what it was dealt alone.")

        async def open_room() -> None:
            button.disable()
            setting = await solve()
            if setting is None:
                button.enable()
                return
            try:
                room = rooms.open(setting, two_people(setting))
            except InputError as error:
                ui.notify(clean(str(error)))
                button.enable()
                return
            box.clear()
            with box:
                _links(room, origin(here), reached)

        button = ui.button("Open a table for two", on_click=open_room).props("outline no-caps")


def _links(room: Room, begins: str, reached: str) -> None:
    """Show the addresses of a room."""
    ui.label(
        "Take one seat and send the other away unopened: whoever opens a seat sees what it was dealt. Both pages "
        "follow each move at once, and come back by the same link."
    )
    ui.label(reached).classes("quiet")
    with ui.element("ul").classes("seats"):
        for words, address in (
            *((f"The seat of {clean(party)}", f"/seat/{key}") for party, key in room.keys.items()),
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
    Sitting(chair).show()


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
