"""A class: people join by a code and a name, are paired in the order they came, and play in rooms of their own.

There are no accounts, and nothing is kept of anybody but the name chosen. Each person has an address that nobody can
guess; the teacher has one for the board, which shows who plays whom, whose turn it is and how it ended, and never what
anybody was dealt before that.
"""

from __future__ import annotations

import secrets
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from ..errors import Fault, InputError
from ..play.setting import Setting
from ..play.table import HUMAN, Seat
from ..play.watch import outcome_of
from .guard import Bucket
from .presence import Presence
from .rooms import Room, Rooms, token
from .rota import order_anew

MOST_PEOPLE = 200
"""In a class."""

MOST_LETTERS = 24
"""Of a name."""

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Of a code that is made: none looks like another."""

_MADE, _SHORTEST, _LONGEST = 6, 4, 20
_WRONG_AT_ONCE, _WRONG_PER_SECOND = 20.0, 0.2
_ADDRESSES = 1_000

WRONG = "That is not the code of this class; ask your teacher for it."


@dataclass(eq=False)
class Person:
    """Somebody who joined.

    Parameters
    ----------
    name : str
    key : str
        Of its address.
    presence : Presence
        Whether it is there.
    room : Room, optional
        Where it plays in this round; None while it waits.
    party : str
        Which side it has there.
    """

    name: str
    key: str
    presence: Presence
    room: Room | None = None
    party: str = ""

    @property
    def address(self) -> str:
        """Where its page is: its seat once it has one."""
        return f"/class/{self.key}" if self.room is None else f"/seat/{self.room.keys[self.party]}"


@dataclass(frozen=True)
class Pair:
    """A line of the board: who plays which party, how far they are, and how it ended.

    ``turn`` is who is to move, by name, and empty once it is over; ``outcome`` is empty until then.
    """

    players: dict[str, str]
    turn: str
    period: int
    moves: int
    outcome: str
    watch: str


class Round:
    """Games of one case that a class began together.

    Parameters
    ----------
    setting : Setting
        What is played.
    """

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._tables: list[tuple[Room, dict[str, str]]] = []

    def seated(self, room: Room, players: dict[str, str]) -> None:
        """Add a table; ``players`` holds party -> who plays it."""
        self._tables.append((room, players))

    def pairs(self) -> tuple[Pair, ...]:
        """Return the lines of the board, in the order the games began."""
        return tuple(_pair_at(room, players) for room, players in self._tables)


class Classroom:
    """A class of one server.

    Parameters
    ----------
    code : str
        As `code_of` gives it.
    rooms : Rooms
        Where its games are.
    now : callable
        Gives the time in seconds.
    """

    def __init__(self, code: str, rooms: Rooms, now: Callable[[], float] = time.monotonic) -> None:
        self.code, self.board = code, token()
        self.rounds: tuple[Round, ...] = ()
        self._rooms, self._now = rooms, now
        self._people: dict[str, Person] = {}
        self._wrong: OrderedDict[str, Bucket] = OrderedDict()

    @property
    def setting(self) -> Setting | None:
        """What is played in this round; None before the first."""
        return self.rounds[-1].setting if self.rounds else None

    @property
    def waiting(self) -> tuple[Person, ...]:
        """Who is there and has no seat yet, in the order they came."""
        return tuple(person for person in self.people if person.room is None and not person.presence.left)

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody who joined, in the order they are paired in."""
        return tuple(self._people.values())

    @property
    def left(self) -> tuple[Person, ...]:
        """Who has left, and is not paired before they come back."""
        return tuple(person for person in self.people if person.presence.left)

    @property
    def size(self) -> int:
        """How many have joined."""
        return len(self._people)

    def person(self, key: str) -> Person:
        """Return who has an address.

        Raises
        ------
        InputError
            If nobody has.
        """
        if key not in self._people:
            raise InputError("Nobody of this class has that address; join again with the code.")
        return self._people[key]

    def join(self, code: str, name: str, address: str = "") -> Person:
        """Let somebody in; once a case was chosen, two who wait are paired at once.

        Parameters
        ----------
        code, name : str
            As they were typed.
        address : str
            From where, so that codes cannot be tried one after another.

        Raises
        ------
        InputError
            If the code is wrong, the name cannot be used or is taken, or the class is full.
        """
        self._check(code, address)
        chosen = name_of(name)
        if any(person.name.casefold() == chosen.casefold() for person in self.people):
            raise InputError(Fault("name", f"{chosen} is here already; add a letter, or go back to the page you had"))
        if len(self._people) >= MOST_PEOPLE:
            raise InputError(f"The class is full: {MOST_PEOPLE} have joined.")
        person = Person(chosen, token(), Presence(self._now, self._pair_if_room))
        self._people[person.key] = person
        self._pair_if_room()
        return person

    def let_go(self, key: str) -> None:
        """Take who has an address out of the class: they are paired no more, and their name is free; a game goes on."""
        self._people.pop(key, None)

    def _check(self, code: str, address: str) -> None:
        """Refuse a wrong code, and every code from where too many wrong ones came."""
        bucket = self._wrong.pop(address, None) or Bucket(_WRONG_AT_ONCE, _WRONG_PER_SECOND, self._now)
        self._wrong[address] = bucket
        if len(self._wrong) > _ADDRESSES:
            self._wrong.popitem(last=False)
        if bucket.empty:
            raise InputError("Too many wrong codes came from your address; wait a minute.")
        if not secrets.compare_digest(_plain(code).encode(), _plain(self.code).encode()):
            bucket.take()
            raise InputError(Fault("code", WRONG))

    def begin(self, setting: Setting) -> None:
        """Begin a round of a case: pair everybody who is there, two by two; the odd one plays the equilibrium.

        In the first round people are paired in the order they came, in each further one as `order_anew` has it: with
        another partner and on the other side, where that can be. Who has left is paired once they come back. Where a
        game is not over, its seats are there still, and say where the new ones are.

        Raises
        ------
        InputError
            If the server has no more tables.
        """
        seats = [(person.room, person.party, person) for person in self.people if person.room is not None]
        there = [person for person in self.people if not person.presence.left]
        if self.rounds:
            there = order_anew(there, self._tables())
        self._people = {person.key: person for person in (*there, *self.left)}
        for person in self.people:
            person.room = None
        self.rounds = (*self.rounds, Round(setting))
        try:
            self._pair()
            self.seat_odd()
        finally:
            for room, party, person in seats:
                room.send_on(party, person.address)

    def _tables(self) -> list[tuple[Person | None, Person | None]]:
        """Return who sits where in this round: on the first side of a table, and on the second."""
        at: dict[Room, dict[str, Person]] = {}
        for person in self.people:
            if person.room is not None:
                at.setdefault(person.room, {})[person.party] = person
        first, second = self.rounds[-1].setting.scenario.parties
        return [(table.get(first), table.get(second)) for table in at.values()]

    def seat_odd(self) -> None:
        """Let who waits alone play the equilibrium; fault as of `begin`."""
        if self.setting is None:
            return
        scenario = self.setting.scenario
        mine = scenario.order[1]
        for person in self.waiting:
            self._seat({mine: person}, (Seat(mine, HUMAN, person.name), Seat(scenario.other(mine), "equilibrium")))

    def _pair_if_room(self) -> None:
        """Pair who waits; where the server has no more tables, they go on waiting, and the teacher is told."""
        with suppress(InputError):
            self._pair()

    def _pair(self) -> None:
        """Pair who waits, two by two."""
        while self.setting is not None and len(self.waiting) > 1:
            first, second = self.setting.scenario.parties
            people = dict(zip((first, second), self.waiting, strict=False))
            seats = tuple(Seat(party, HUMAN, person.name) for party, person in people.items())
            self._seat(people, (seats[0], seats[1]))

    def _seat(self, people: dict[str, Person], seats: tuple[Seat, Seat]) -> None:
        now = self.rounds[-1]
        room = self._rooms.open(now.setting, seats)
        for party, person in people.items():
            person.room, person.party = room, party
            room.sit(party, person.presence, _left_over(room) if len(people) == 1 else "")
        now.seated(room, {seat.party: seat.name or "the equilibrium" for seat in seats})


def _pair_at(room: Room, players: dict[str, str]) -> Pair:
    table = room.match.table
    return Pair(
        players=players,
        turn=players.get(table.turn, ""),
        period=min(table.period + 1, table.setting.game.periods),
        moves=table.turns,
        outcome=outcome_of(table),
        watch=f"/watch/{room.watch}",
    )


def _left_over(room: Room) -> str:
    """Return what the odd one is told."""
    (other,) = (seat.party for seat in room.match.table.seats if seat.player != HUMAN)
    return f"Nobody was left for you to play with in this round, so the equilibrium plays {other}."


def code_of(asked: str) -> str:
    """Return the code of a class as it was asked for; ``auto`` has one made.

    Raises
    ------
    InputError
        If it is too short or too long, or has other signs than letters and digits.
    """
    if asked.casefold() == "auto":
        return "".join(secrets.choice(LETTERS) for _ in range(_MADE))
    if not (asked.isascii() and asked.isalnum() and _SHORTEST <= len(asked) <= _LONGEST):
        raise InputError(
            Fault("room-code", f"is {asked!r}; {_SHORTEST} to {_LONGEST} letters and digits are allowed, or auto")
        )
    return asked.upper()


def name_of(typed: str) -> str:
    """Return a name as it is shown: on one line, without signs that cannot be seen.

    Raises
    ------
    InputError
        If nothing is left, or it is too long.
    """
    known = unicodedata.normalize("NFKC", typed[: 10 * MOST_LETTERS])
    name = " ".join("".join(c if c.isprintable() else " " for c in known).split())
    if not any(c.isalnum() for c in name):
        raise InputError(Fault("name", "needs a letter or a digit"))
    if len(name) > MOST_LETTERS:
        raise InputError(Fault("name", f"has {len(name)} letters; at most {MOST_LETTERS} are allowed"))
    return name


def _plain(code: str) -> str:
    return "".join(code.split()).upper()[:100]
