"""Where a page has its match from: one of its own, which it alone moves on; another is a chair in a room, `rooms`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Protocol

from ..errors import InputError
from ..play.link import link_of
from ..play.match import Match
from .keeping import Keeper

BUSY = "One at a time: the move before is being made."

Step = Callable[[Match], Match]
"""From one match to the next."""

Listener = Callable[[], Awaitable[None]]
"""Told that the match is another one now."""


class Place(Protocol):
    """A seat at a match."""

    party: str
    alone: bool
    """Whether nobody else is at the match, so that one may go back in it."""

    @property
    def match(self) -> Match:
        """The match as it is now."""
        ...

    @property
    def address(self) -> str:
        """Where on this server the page is found again, the match as it is now."""
        ...

    @property
    def onward(self) -> str:
        """Where on this server the person is expected next, such as at a new round of a class; empty if nowhere."""
        ...

    @property
    def remark(self) -> str:
        """What the person is to be told about the match beside the match itself; empty if nothing."""
        ...

    def otherwise(self) -> str:
        """Return where on this server one can go back once it is over, and move otherwise, alone."""
        ...

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Have changes of the match told, whoever makes them; return what ends that."""
        ...

    async def go(self, step: Step) -> None:
        """Take a step, and tell who listens.

        Raises
        ------
        InputError
            If the step cannot be taken, or not now.
        """
        ...

    async def kept(self) -> str:
        """Wait until the match is kept; return why it could not be, or nothing."""
        ...


class Told:
    """Listeners, each told for itself; a fault of one is no other's."""

    def __init__(self) -> None:
        self._listeners: dict[object, Listener] = {}
        self._tasks: set[asyncio.Future[None]] = set()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Have changes told; return what ends that."""
        mark = object()
        self._listeners[mark] = listener

        def leave() -> None:
            self._listeners.pop(mark, None)

        return leave

    def tell(self) -> None:
        """Tell every listener."""
        for listener in list(self._listeners.values()):
            task = asyncio.ensure_future(listener())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def __len__(self) -> int:
        return len(self._listeners)


class Moving:
    """A match that one page has for itself. Steps are taken one at a time, so that none is lost.

    Parameters
    ----------
    match : Match
        Where it begins.
    """

    def __init__(self, match: Match) -> None:
        self.match, self.address = match, _address(match)
        self._going = False
        self._told = Told()
        self.listen = self._told.listen

    async def go(self, step: Step) -> None:
        """Take a step, unless one is being taken: what a person decides before it has seen the reply is no decision."""
        if self._going:
            raise InputError(BUSY)
        self._going = True
        try:
            match: Match = await asyncio.to_thread(step, self.match)
            self.address, self.match = _address(match), match
        finally:
            self._going = False
        self._told.tell()


class Own(Moving):
    """A match of one's own, in which a person has a seat, and which is kept.

    Parameters
    ----------
    match : Match
        Where it begins.
    party : str
        Whose seat the person has.
    keeper : Keeper
        Keeps it after every step.
    """

    alone = True
    onward = ""
    remark = ""

    def __init__(self, match: Match, party: str, keeper: Keeper) -> None:
        super().__init__(match)
        self.party = party
        self._keeper, self._sheet = keeper, keeper.sheet(match)
        self._keeping: Future[None] | None = None

    async def go(self, step: Step) -> None:
        """Take a step as any match does, and have it kept."""
        await super().go(step)
        self._keeping = self._keeper.keep(self._sheet, self.match)

    def otherwise(self) -> str:
        """Return where one can move otherwise: here."""
        return self.address

    async def kept(self) -> str:
        """Wait until the match is kept; return why it could not be, or nothing."""
        if self._keeping is not None:
            await asyncio.wrap_future(self._keeping)
        return self._sheet.fault


def _address(match: Match) -> str:
    return f"/table/{link_of(match)}"


def move_seen(number: int, turns: int) -> Step:
    """Return the step that makes move ``number``, if no move was made since ``turns`` of them were seen."""

    def step(match: Match) -> Match:
        if match.turns != turns:
            raise InputError("That move was chosen before the last reply was there; look again, and choose.")
        return match.move(number)

    return step
