"""Where a page has its match from: one of its own, which it alone moves on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from ..errors import InputError
from ..play.link import link_of
from ..play.match import Match
from .keeping import Keeper

BUSY = "One at a time: the move before is being made."

Step = Callable[[Match], Match]
"""From one match to the next."""


class Place(Protocol):
    """A seat at a match."""

    party: str

    @property
    def match(self) -> Match:
        """The match as it is now."""
        ...

    @property
    def address(self) -> str:
        """Where on this server the page is found again, the match as it is now."""
        ...

    async def go(self, step: Step) -> Match:
        """Take a step and return the match after it.

        Raises
        ------
        InputError
            If the step cannot be taken, or not now.
        """
        ...

    async def kept(self) -> str:
        """Keep the match as it is now; return why it could not be kept, or nothing."""
        ...


class Own:
    """A match that one page has for itself. Steps are taken one at a time, so that none is lost.

    Parameters
    ----------
    match : Match
        Where it begins.
    party : str
        Whose seat the person has.
    keeper : Keeper
        Keeps it after every step.
    """

    def __init__(self, match: Match, party: str, keeper: Keeper) -> None:
        self.match, self.party = match, party
        self._keeper, self._sheet = keeper, keeper.sheet(match)
        self.address = _address(match)
        self._going = False

    async def go(self, step: Step) -> Match:
        """Take a step, unless one is being taken: what a person decides before it has seen the reply is no decision."""
        if self._going:
            raise InputError(BUSY)
        self._going = True
        try:
            match: Match = await asyncio.to_thread(step, self.match)
            self.address, self.match = _address(match), match
        finally:
            self._going = False
        return self.match

    async def kept(self) -> str:
        """Keep the match as it is now; return why it could not be kept, or nothing."""
        return await self._keeper.kept(self._sheet, self.match)


def _address(match: Match) -> str:
    return f"/table/{link_of(match)}"


def move_seen(number: int, turns: int) -> Step:
    """Return the step that makes move ``number``, if no move was made since ``turns`` of them were seen."""

    def step(match: Match) -> Match:
        if match.turns != turns:
            raise InputError("That move was chosen before the last reply was there; look again, and choose.")
        return match.move(number)

    return step
