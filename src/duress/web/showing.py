"""A game that two opponents play, shown move by move: on at a press, back, or to its end."""

from __future__ import annotations

from nicegui import events, ui

from ..errors import InputError
from ..play.match import Match
from ..report.reading import clean
from .places import Moving, Step
from .watching import Watching


def on(match: Match) -> Match:
    """Return the match after the next move; as it is when it is over."""
    return match if match.table.over else match.replied_once()


def to_the_end(match: Match) -> Match:
    """Return the match played to its end."""
    while not match.table.over:
        match = match.replied_once()
    return match


def back(match: Match) -> Match:
    """Return the match before the last move; as it is when there was none."""
    return match.back(max(match.turns - 1, 0))


CONTROLS: tuple[tuple[str, str, Step], ...] = (
    ("n", "Next move", on),
    ("b", "Back one", back),
    ("e", "To the end", to_the_end),
)
"""Key, words and step of what can be pressed."""


class Showing(Watching):
    """One page that watches two opponents.

    Parameters
    ----------
    match : Match
        Between opponents.
    note : str
        What is to be said about the link it came from; may be empty.
    """

    told = "You watch, and press for each move. What either side truly is, and who plays it, is told at the end."

    def __init__(self, match: Match, note: str = "") -> None:
        self.place, self.note = Moving(match), note
        super().__init__(self.place)

    def _controls(self) -> None:
        if self.note:
            ui.label(clean(self.note)).classes("fault").props("role=status")
        with ui.element("div").classes("tools"):
            for _, words, step in CONTROLS:
                ui.button(words, on_click=lambda _, s=step: self._go(s)).props("outline no-caps dense")
        ui.label("Keys: n the next move, b back one, e to the end.").classes("quiet")
        ui.keyboard(self._key, ignore=["input", "select", "textarea"])

    async def _key(self, event: events.KeyEventArguments) -> None:
        if not event.action.keydown or event.modifiers.ctrl or event.modifiers.alt or event.modifiers.meta:
            return
        for key, _, step in CONTROLS:
            if event.key.name == key:
                await self._go(step)

    async def _go(self, step: Step) -> None:
        try:
            await self.place.go(step)
        except InputError as error:
            ui.notify(clean(str(error)))

    async def _changed(self) -> None:
        with self.client:
            ui.navigate.history.replace(self.place.address)
        await super()._changed()
