"""A game in progress: who sits where, what each was dealt, what was done, and what everybody believes by now.

A table never changes: a move makes another one. All chance comes from the seed: what is dealt, what a period brings and
how an opponent's coin falls depend on the seed, the period and how many such draws the period has had, and not on how
the game came there. So two ways to play on meet the same weather, and a game is the same whenever it is played again.

Moves are read by the public as if both sides played the equilibrium, whoever makes them. Behaviour at beliefs off the
grid is not interpolated: the stage equation is solved at exactly these beliefs (`duress.solve.behave`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ..assess.moment import step as read_move
from ..errors import Fault, InputError
from ..solve.paths import outcomes
from ..solve.solution import Beliefs
from .opponents import OPPONENTS, policy
from .setting import Setting

HUMAN = "human"
"""Who sits at a seat that waits for a person's move."""

NAME_LENGTH = 40
"""Letters of the name a person chooses."""

_DEAL, _CHOICE, _CHANCE = range(3)
"""Kinds of draws: types at first; an opponent's move; what a period brings. A move itself leads to one state only."""


@dataclass(frozen=True)
class Seat:
    """Who plays a party.

    Parameters
    ----------
    party : str
    player : str
        `HUMAN`, or one of `duress.play.opponents.OPPONENTS`.
    name : str
        What a person wants to be called; may be empty.
    """

    party: str
    player: str = HUMAN
    name: str = ""


@dataclass(frozen=True)
class Step:
    """One move, or one passing of time, with what was true before it and what came of it.

    Parameters
    ----------
    state, period : int
        Before it.
    beliefs : tuple of float
        Public, before it.
    types : tuple of int
        Private: what either party was.
    move : int
        Number among all moves of the game.
    chosen : bool
        Whether somebody had a choice.
    worth : tuple of float
        Private: what each move was worth to the mover's own type, in discounted stakes; empty without a choice.
    read : tuple of float
        Public beliefs once the move is seen, before chance has spoken.
    redrawn : int
        The party whose type was drawn anew, -1 for none.
    """

    state: int
    period: int
    beliefs: Beliefs
    types: tuple[int, int] = field(repr=False)
    move: int
    chosen: bool
    worth: tuple[float, ...] = field(repr=False)
    read: Beliefs
    redrawn: int


@dataclass(frozen=True)
class Table:
    """A game in progress. `deal` makes one.

    Parameters
    ----------
    setting : Setting
    seats : tuple of two Seat
        In the order of the scenario's parties.
    seed : int
        For everybody to see.
    secret : int
        Mixed into every draw and shown to nobody: with 0 whoever knows the seed can work out what was dealt.
    state, period : int
    beliefs : tuple of float
        Public probability of the second type of each party.
    types : tuple of int
        Private: the type of each party, by number.
    steps : tuple of Step
    stakes, weight : tuple of float
        What each party has had so far, discounted to the start, and what a stake to come counts.
    """

    setting: Setting
    seats: tuple[Seat, Seat]
    seed: int
    secret: int = field(repr=False)
    state: int
    period: int
    beliefs: Beliefs
    types: tuple[int, int] = field(repr=False)
    steps: tuple[Step, ...] = field(default=(), repr=False)
    stakes: tuple[float, float] = field(default=(0.0, 0.0), repr=False)
    weight: tuple[float, float] = (1.0, 1.0)

    @property
    def over(self) -> bool:
        """Whether an end or the horizon is reached."""
        game = self.setting.game
        return bool(game.mover[self.state] < 0) or self.period >= game.periods

    @property
    def mover(self) -> int:
        """Who is to move, 0 or 1; -1 when it is over."""
        return -1 if self.over else int(self.setting.game.mover[self.state])

    @property
    def turn(self) -> str:
        """The party to move; empty when it is over."""
        return "" if self.over else self.seats[self.mover].party

    @property
    def turns(self) -> int:
        """How many moves have been made."""
        return sum(step.chosen for step in self.steps)

    @property
    def moves(self) -> tuple[str, ...]:
        """What may be done now, in the scenario's words; empty when it is over."""
        game = self.setting.game
        return () if self.over else tuple(game.move_name(a) for a in game.moves_of(self.state))

    @property
    def waits(self) -> bool:
        """Whether a person is to move."""
        return not self.over and self.seats[self.mover].player == HUMAN

    def seat(self, party: str) -> int:
        """Return the number of a party, 0 or 1.

        Raises
        ------
        InputError
            If it is neither of the two.
        """
        names = [seat.party for seat in self.seats]
        if party not in names:
            raise InputError(Fault("party", f"{party!r} is not a party; the parties are {' and '.join(names)}"))
        return names.index(party)

    def find(self, move: str | int) -> int:
        """Return the number within its state, from 0, of a move that may be made now.

        Parameters
        ----------
        move : str or int
            Its name; or its number as moves are listed, from 1.

        Raises
        ------
        InputError
            If it is over, or there is no such move; the sentence lists those there are.
        """
        names = self.moves
        if not names:
            raise InputError(Fault("move", "the game is over; no more moves can be made"))
        if isinstance(move, int) and 1 <= move <= len(names):
            return move - 1
        if isinstance(move, str) and move in names:
            return names.index(move)
        listed = ", ".join(f"{n} {name}" for n, name in enumerate(names, 1))
        raise InputError(Fault("move", f"{move!r} cannot be made now; {self.turn} may: {listed}"))

    def play(self, move: str | int) -> Table:
        """Return the table after whoever is to move makes ``move``, and time has passed until somebody has a choice.

        Raises
        ------
        InputError
            If the move cannot be made now.
        """
        return self._after(self.find(move))._onward()

    def replied(self) -> Table:
        """Return the table once opponents have moved, until a person is to move or it is over."""
        table = self
        while not (table.over or table.waits):
            table = table.replied_once()
        return table

    def replied_once(self) -> Table:
        """Return the table after the opponent who is to move has moved.

        Raises
        ------
        InputError
            If a person is to move, or it is over.
        """
        if self.over or self.waits:
            raise InputError(Fault("move", "no opponent is to move"))
        chances = policy(self)
        return self._after(_pick(chances, float(self._luck(_CHOICE)[0])))._onward()

    def _luck(self, kind: int) -> NDArray[np.float64]:
        """Return three uniform numbers for the next draw of a kind in this period."""
        before = 0
        for step in reversed(self.steps):
            if step.period != self.period:
                break
            before += step.chosen == (kind == _CHOICE)
        return _draws(self.seed, self.secret, kind, self.period, before)

    def _onward(self) -> Table:
        """Let time pass, and news come, until somebody has a choice."""
        table = self
        while not table.over and len(table.moves) == 1:
            table = table._after(0)
        return table

    def _after(self, number: int) -> Table:
        """Return the table after a move, by number within its state, and what chance makes of it."""
        game, solution = self.setting.game, self.setting.solution
        move, own = int(game.first_move[self.state]) + number, self.types
        chosen = len(game.moves_of(self.state)) > 1
        worth: tuple[float, ...] = ()
        if chosen:
            room = solution.stage(self.state, self.period, self.beliefs)
            worth = tuple(map(float, room.q[own[self.mover], : len(self.moves)]))
        read, period = read_move(solution, self.state, self.period, self.beliefs, number)
        luck = self._luck(_CHANCE)
        branch = self._chance(move, float(luck[0]))
        by_type = tuple((1.0 - p, p)[:k] for p, k in zip(read, game.types, strict=True))
        ways = list(outcomes(game, move, self.period, (by_type[0], by_type[1])))
        _, believed, onward = ways[branch - int(game.first_branch[move])]
        drawn = int(game.redraw_row[branch])
        redrawn = int(game.redraw_player[drawn]) if drawn else -1
        types = list(own)
        if drawn:
            types[redrawn] = _pick(game.redraw[drawn, : game.types[redrawn]], float(luck[1]))
        row = game.row[move]
        step = Step(self.state, self.period, self.beliefs, own, move, chosen, worth, read, redrawn)
        stakes = tuple(s + w * float(game.reward[row, i, *own]) for i, (s, w) in enumerate(self._purse()))
        weight = tuple(w * float(game.discount[row, i]) for i, (_, w) in enumerate(self._purse()))
        after = tuple(b[1] if len(b) > 1 else 0.0 for b in believed)
        table = replace(
            self,
            state=onward,
            period=period,
            beliefs=(after[0], after[1]),
            types=(types[0], types[1]),
            steps=(*self.steps, step),
            stakes=stakes,  # type: ignore[arg-type]
            weight=weight,  # type: ignore[arg-type]
        )
        return table

    def _purse(self) -> list[tuple[float, float]]:
        return list(zip(self.stakes, self.weight, strict=True))

    def _chance(self, move: int, draw: float) -> int:
        """Return the branch that chance takes after ``move``, given what the parties truly are."""
        game = self.setting.game
        branches = np.arange(game.first_branch[move], game.first_branch[move + 1])
        told = game.likelihood_row[branches]
        chances = game.chances(branches, np.full(len(branches), self.period))
        chances = chances * game.likelihood[told, 0, self.types[0]] * game.likelihood[told, 1, self.types[1]]
        return int(branches[_pick(chances, draw)])

    def total(self) -> tuple[float, float]:
        """Return what the whole game was worth to each party as it came out: discounted stakes, a sum from the start.

        Raises
        ------
        InputError
            If it is not over.
        """
        if not self.over:
            raise InputError(Fault("game", "is not over, so what it was worth is not known"))
        game = self.setting.game
        closing = game.closing[game.closing_row[self.state], :, self.types[0], self.types[1]]
        first, second = (s + w * float(c) for (s, w), c in zip(self._purse(), closing, strict=True))
        return first, second


def deal(setting: Setting, seats: tuple[Seat, Seat], seed: int = 0, secret: int = 0) -> Table:
    """Deal types and return the table at which somebody makes the first move; no opponent has moved yet.

    Parameters
    ----------
    setting : Setting
    seats : tuple of two Seat
        One for each party, in any order.
    seed, secret : int
        See `Table`.

    Raises
    ------
    InputError
        With every fault of the seats and the seed.
    """
    game = setting.game
    names = [p.name for p in game.players]
    faults = []
    if sorted(seat.party for seat in seats) != sorted(names):
        faults.append(Fault("seats", f"must be one for each of {' and '.join(names)}"))
    faults += [
        Fault("player", f"{seat.player!r} is nobody who plays; there are {', '.join([HUMAN, *OPPONENTS])}")
        for seat in seats
        if seat.player not in (HUMAN, *OPPONENTS)
    ]
    faults += [
        Fault("name", f"has {len(seat.name)} letters; at most {NAME_LENGTH} are allowed, on one line")
        for seat in seats
        if len(seat.name) > NAME_LENGTH or not seat.name.isprintable()
    ]
    faults += [
        Fault(field, f"is {value}; it must be at least 0 and below 2^63")
        for field, value in (("seed", seed), ("secret", secret))
        if not 0 <= value < 2**63
    ]
    if faults:
        raise InputError(faults)
    first, second = sorted(seats, key=lambda seat: names.index(seat.party))
    luck = _draws(seed, secret, _DEAL, 0, 0)
    types = tuple(_pick(np.array(p.prior), float(draw)) for p, draw in zip(game.players, luck[:2], strict=True))
    return Table(
        setting, (first, second), seed, secret, game.start, 0, setting.solution.prior(), (types[0], types[1])
    )._onward()  # fmt: skip


def _draws(*about: int) -> NDArray[np.float64]:
    """Return three uniform numbers that depend on ``about`` alone."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(about))).random(3)


def _pick(chances: NDArray[np.float64], draw: float) -> int:
    """Return the index at which the running sum of ``chances`` passes ``draw``."""
    return int(np.searchsorted(np.cumsum(chances)[:-1], draw, side="right"))
