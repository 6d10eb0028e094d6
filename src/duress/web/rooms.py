"""Rooms: a match that several pages share, each with an address of its own that nobody can guess.

A chair's address opens that party's seat and no other; the watcher's opens what everybody may see. Where one person
had the addresses of both chairs, each is good for one browser, which takes the seat, and no browser has two. What was
dealt is drawn with a secret that no page is told. Rooms are in memory, and their games in the store.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from concurrent.futures import Future
from dataclasses import replace

from nicegui import Client

from ..errors import InputError
from ..play.link import link_of, read_link
from ..play.match import Match, begin
from ..play.setting import Setting
from ..play.table import HUMAN, Seat
from .keeping import Keeper
from .places import Step, Told
from .presence import Presence

MOST_ROOMS = 200
"""Rooms of a server; beyond, the one that was left alone longest makes place if it is over or forgotten."""

FORGOTTEN = 6 * 3600.0
"""Seconds without a move or a page after which a room may make place."""

FULL = f"All {MOST_ROOMS} tables of this server are taken. Try again once a game is over."
GONE = "There is no such seat here: the server was started anew, or the table was cleared after its game."

TAKEN = (
    "This seat was taken in another browser, and opens there alone. If that was you, go back to it; if it was nobody "
    "you know, have a new table opened."
)

_BYTES = 16
"""Of chance in an address."""


def token() -> str:
    """Return letters for an address that nobody can guess."""
    return secrets.token_urlsafe(_BYTES)


class Room:
    """A match that several pages share.

    Parameters
    ----------
    match : Match
        As it was dealt.
    keeper : Keeper
        Keeps it after every move.
    once : bool
        Whether a seat is shown in the browser alone that took it.
    """

    def __init__(self, match: Match, keeper: Keeper, once: bool = False) -> None:
        self.match, self.once = match, once
        self.holders: dict[str, str] = {}
        self.keys = {party: token() for party in match.persons}
        self.onward: dict[str, str] = {}
        self.remarks: dict[str, str] = {}
        self._sitters: dict[str, Presence] = {}
        self.watch = token()
        self.told = Told()
        self.listen = self.told.listen
        self.touched = time.monotonic()
        self._one_at_a_time = asyncio.Lock()
        self._keeper, self._sheet = keeper, keeper.sheet(match)
        self._keeping: Future[None] | None = None

    @property
    def idle(self) -> bool:
        """Whether nobody would miss it: no page is open, and it is over or was left long ago."""
        left = time.monotonic() - self.touched
        return not len(self.told) and (self.match.table.over or left > FORGOTTEN)

    def holds(self, party: str, visitor: str) -> bool:
        """Return whether a browser may see what ``party`` was dealt."""
        return not self.once or self.holders.get(party) == visitor

    def check(self, party: str, visitor: str) -> None:
        """Say why a browser cannot take a seat.

        Raises
        ------
        InputError
            If another browser has it, or this one has the other seat.
        """
        if self.holders.get(party, visitor) != visitor:
            raise InputError(TAKEN)
        for other, holder in self.holders.items():
            if other != party and holder == visitor:
                raise InputError(
                    f"You have the seat of {other} at this table, and nobody sees both sides. This link is for who "
                    f"plays {party}, in a browser of their own; it was not used up."
                )

    def take(self, party: str, visitor: str) -> None:
        """Have a browser take a seat, which from then on opens in no other; fault as of `check`."""
        self.check(party, visitor)
        self.holders[party] = visitor
        self.told.tell()

    def sit(self, party: str, sitter: Presence, remark: str = "") -> None:
        """Say who is expected at the seat of ``party``, and what they are to be told there."""
        self._sitters[party], self.remarks[party] = sitter, remark

    def opened(self, party: str, client: Client) -> None:
        """Let who is expected at a seat be there while a page of it is open."""
        if party in self._sitters:
            self._sitters[party].follow(client)

    def send_on(self, party: str, address: str) -> None:
        """Tell who plays ``party`` where to go from here, once it likes."""
        self.onward[party] = address
        self.told.tell()

    async def go(self, party: str, step: Step) -> None:
        """Have ``party`` take a step and tell every page.

        Raises
        ------
        InputError
            If it is not its turn, or the step cannot be taken.
        """
        async with self._one_at_a_time:
            turn = self.match.table.turn
            if turn and turn != party:
                raise InputError(f"It is the turn of {turn}.")
            self.match = await asyncio.to_thread(step, self.match)
        self.touched = time.monotonic()
        self._keeping = self._keeper.keep(self._sheet, self.match)
        self.told.tell()

    async def kept(self) -> str:
        """Wait until the match is kept; return why it could not be, or nothing."""
        if self._keeping is not None:
            await asyncio.wrap_future(self._keeping)
        return self._sheet.fault


class Chair:
    """A person's seat in a room; of the match it reads its own party's view and no more.

    Parameters
    ----------
    room : Room
    party : str
    """

    alone = False

    def __init__(self, room: Room, party: str) -> None:
        self.room, self.party = room, party
        self.address = f"/seat/{room.keys[party]}"
        self.listen = room.listen
        self.kept = room.kept

    @property
    def match(self) -> Match:
        """The match as it is now."""
        return self.room.match

    @property
    def onward(self) -> str:
        """Where on the server the person is expected next; empty if nowhere."""
        return self.room.onward.get(self.party, "")

    @property
    def remark(self) -> str:
        """What the person is to be told about the table; empty if nothing."""
        return self.room.remarks.get(self.party, "")

    def otherwise(self) -> str:
        """Return where one can go back and move otherwise: alone, the equilibrium in the other's place.

        Raises
        ------
        InputError
            If it is not over.
        """
        return f"/table/{link_of(against_equilibrium(self.match, self.party))}"

    async def go(self, step: Step) -> None:
        """Take a step in the room; faults as of `Room.go`."""
        await self.room.go(self.party, step)


def against_equilibrium(match: Match, party: str) -> Match:
    """Return the game as it was played, with the equilibrium in the place of whoever played the other party."""
    linked = read_link(link_of(match))
    seats = tuple(seat if seat.party == party else Seat(seat.party, "equilibrium") for seat in linked.seats)
    return replace(linked, seats=seats).match(match.setting)


class Rooms:
    """The rooms of a server, found by address."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._rooms: dict[Room, None] = {}
        self._chairs: dict[str, Chair] = {}
        self._watched: dict[str, Room] = {}

    def open(self, setting: Setting, seats: tuple[Seat, Seat], once: bool = False) -> Room:
        """Deal a game in a new room; the seats of people get an address each, ``once`` for one browser each.

        Raises
        ------
        InputError
            If every room is taken, or a seat is not allowed.
        """
        self._clear()
        dealt = begin(setting, seed=secrets.randbelow(1_000_000), secret=secrets.randbits(62) + 1, seats=seats)
        room = Room(dealt, self._keeper, once)
        self._rooms[room] = None
        self._chairs |= {key: Chair(room, party) for party, key in room.keys.items()}
        self._watched[room.watch] = room
        return room

    def chair(self, key: str) -> Chair:
        """Return the seat at an address.

        Raises
        ------
        InputError
            If there is none.
        """
        if key not in self._chairs:
            raise InputError(GONE)
        return self._chairs[key]

    def watched(self, key: str) -> Room:
        """Return the room that may be watched at an address; fault as of `chair`."""
        if key not in self._watched:
            raise InputError(GONE)
        return self._watched[key]

    def __len__(self) -> int:
        return len(self._rooms)

    def _clear(self) -> None:
        """Make place for one more room."""
        if len(self._rooms) < MOST_ROOMS:
            return
        idle = [room for room in self._rooms if room.idle]
        if not idle:
            raise InputError(FULL)
        self._leave(min(idle, key=lambda room: room.touched))

    def _leave(self, room: Room) -> None:
        del self._rooms[room], self._watched[room.watch]
        for key in room.keys.values():
            del self._chairs[key]


def two_people(setting: Setting, names: dict[str, str] | None = None) -> tuple[Seat, Seat]:
    """Return a seat for a person on either side, called as ``names`` has it by party."""
    first, second = setting.scenario.parties
    called = names or {}
    return Seat(first, HUMAN, called.get(first, "")), Seat(second, HUMAN, called.get(second, ""))
