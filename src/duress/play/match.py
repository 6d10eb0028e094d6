"""A game with its what-ifs: one line of moves, and the others that were tried, kept as a tree.

`begin` deals; `Match.move` makes a person's move and lets opponents reply; `Match.back` goes back to any turn, from
where another move starts a branch. Nothing is lost: `Match.branches` lists every line, `Match.go` takes one up again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ..assess.parties import party_name
from ..errors import Fault, InputError
from ..figures.text import letter
from ..scenario import load
from ..scenario.schema import Scenario
from .opponents import opponent
from .prospects import Prospect, prospects
from .setting import BELIEFS, Setting, prepare
from .table import HUMAN, Seat, Table, deal
from .view import Entry, View, timeline, view


@dataclass(frozen=True)
class Node:
    """The table after a move: the node before, the move by number within its state, and what came of it."""

    parent: int
    move: int
    table: Table = field(repr=False)


@dataclass(frozen=True)
class Branch:
    """One line of play, from the deal to where it was left.

    Parameters
    ----------
    name : str
        A, B, ... in the order they were begun.
    node : int
        Its last node, for `Match.go`.
    moves : tuple of str
        All of them.
    forks_at : int
        Moves it shares with the line it branched off; 0 for the first.
    over, current : bool
    """

    name: str
    node: int
    moves: tuple[str, ...]
    forks_at: int
    over: bool
    current: bool


@dataclass(frozen=True)
class Ghost:
    """What happened on another branch since it parted from the current one; as entries of the timeline."""

    name: str
    node: int
    forks_at: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Match:
    """A game in progress with every line that was tried. `begin` makes one; every method returns another.

    Parameters
    ----------
    nodes : tuple of Node
        The first is the deal; each other follows its parent.
    at : int
        The node the game is at.
    """

    nodes: tuple[Node, ...]
    at: int = 0

    @property
    def table(self) -> Table:
        """The table as it is now."""
        return self.nodes[self.at].table

    @property
    def setting(self) -> Setting:
        """What is played."""
        return self.nodes[0].table.setting

    @property
    def turns(self) -> int:
        """Moves made on the current line, up to where it is now."""
        return self.table.turns

    @property
    def persons(self) -> tuple[str, ...]:
        """The parties that people play."""
        return tuple(seat.party for seat in self.table.seats if seat.player == HUMAN)

    def seat_of_person(self, party: str | None = None) -> str:
        """Return the party that a person plays: the one named, whatever its case, or the only one.

        Raises
        ------
        InputError
            If no person plays it, or it must be said which of two is meant.
        """
        wanted = [name for name in self.persons if party is None or name.casefold() == party.casefold()]
        if len(wanted) == 1:
            return wanted[0]
        people = " and ".join(self.persons) or "nobody"
        raise InputError(Fault("party", f"must name one that a person plays; people play {people}"))

    @property
    def sealed(self) -> bool:
        """Whether what was dealt must stay secret: people play who do not know all of the seed, and are not done."""
        return bool(self.table.secret) and not self._ended

    @property
    def _ended(self) -> bool:
        """Whether some line was played to its end."""
        return any(node.table.over for node in self.nodes)

    def view(self, party: str) -> View:
        """Return all that the seat of ``party`` is shown now."""
        return view(self.table, party)

    def prospects(self, party: str) -> tuple[Prospect, ...]:
        """Return what each move that ``party`` may make now leads to: to be shown to it alone, and once it asks.

        Empty when it is not its turn. Faults as of `Table.seat`.
        """
        return prospects(self.table) if self.table.mover == self.table.seat(party) else ()

    def move(self, move: str | int) -> Match:
        """Return the match after a person's move, time passing and the replies of opponents.

        Parameters
        ----------
        move : str or int
            Its name, or its number as options are listed, from 1.

        Raises
        ------
        InputError
            If it is no person's turn, or there is no such move; the sentence lists those there are.
        """
        if not self.table.over and not self.table.waits:
            raise InputError(Fault("move", f"it is the turn of {self.table.turn}, whom no person plays"))
        return self.step(self.table.find(move)).replied()

    def step(self, number: int) -> Match:
        """Return the match after whoever is to move makes a move, by number within its state from 0; nobody replies."""
        known = self._after(number)
        if known is not None:
            return replace(self, at=known)
        return self._grown(number, self.table.play(number + 1))

    def replied(self) -> Match:
        """Return the match once opponents have moved, until a person is to move or it is over."""
        match = self
        while not (match.table.over or match.table.waits):
            match = match.replied_once()
        return match

    def replied_once(self) -> Match:
        """Return the match after the opponent to move has moved; for those who only watch."""
        table = self.table.replied_once()
        first = int(self.setting.game.first_move[self.table.state])
        number = next(s for s in table.steps[len(self.table.steps) :] if s.chosen).move - first
        known = self._after(number)
        return self._grown(number, table) if known is None else replace(self, at=known)

    def _after(self, number: int) -> int | None:
        return next(
            (n for n, node in enumerate(self.nodes) if n and node.parent == self.at and node.move == number), None
        )

    def _grown(self, number: int, table: Table) -> Match:
        return Match((*self.nodes, Node(self.at, number, table)), len(self.nodes))

    def line(self, node: int | None = None) -> list[int]:
        """Return the nodes from the deal to ``node``, by default to where the game is."""
        found = [self.at if node is None else node]
        while found[-1]:
            found.append(self.nodes[found[-1]].parent)
        return found[::-1]

    def back(self, turn: int) -> Match:
        """Return the match as it was after ``turn`` moves of the current line; what came later is kept as a branch.

        Where an opponent is to move there, it makes the move it made.

        Raises
        ------
        InputError
            If there is no such turn, or two people play and their game is not over.
        """
        line = self.line()
        if not 0 <= turn < len(line):
            raise InputError(Fault("turn", f"is {turn}; it must be 0 to {len(line) - 1}"))
        if len(self.persons) > 1 and not self._ended:
            raise InputError(Fault("turn", "two people play; going back is possible once their game is over"))
        match = replace(self, at=line[turn])
        return match.replied() if self.persons else match

    def undo(self) -> Match:
        """Return the match as it was before the last move that a person made on this line.

        Raises
        ------
        InputError
            If no person has made one.
        """
        line = self.line()
        for turn in reversed(range(len(line) - 1)):
            if self.nodes[line[turn]].table.waits:
                return self.back(turn)
        raise InputError(Fault("undo", "there is no move to take back"))

    def go(self, node: int) -> Match:
        """Return the match at another node, such as the end of a branch.

        Raises
        ------
        InputError
            If there is no such node.
        """
        if not 0 <= node < len(self.nodes):
            raise InputError(Fault("node", f"is {node}; nodes are numbered 0 to {len(self.nodes) - 1}"))
        return replace(self, at=node)

    @property
    def branches(self) -> tuple[Branch, ...]:
        """Every line of play, in the order they were begun."""
        parents = {node.parent for node in self.nodes[1:]}
        current = self.line()
        found, seen = [], {0}
        leaves = [n for n in range(len(self.nodes)) if n not in parents]
        lines = {leaf: self.line(leaf) for leaf in leaves}
        for number, leaf in enumerate(sorted(leaves, key=lambda leaf: lines[leaf])):
            line = lines[leaf]
            shared = sum(node in seen for node in line) - 1
            seen |= set(line)
            table = self.nodes[leaf].table
            follows = line[: len(current)] == current
            found.append(Branch(letter(number), leaf, self.names(line), shared, table.over, follows))
        return tuple(found)

    def names(self, line: Sequence[int]) -> tuple[str, ...]:
        """Return the moves between the nodes of a line."""
        game = self.setting.game
        names = []
        for before, after in pairwise(line):
            state = self.nodes[before].table.state
            names.append(game.move_name(int(game.first_move[state]) + self.nodes[after].move))
        return tuple(names)

    @property
    def ghosts(self) -> tuple[Ghost, ...]:
        """The branches that the current line is not part of, each since it parted from it."""
        current = set(self.line())
        found = []
        for branch in self.branches:
            if branch.current:
                continue
            shared = sum(node in current for node in self.line(branch.node)) - 1
            entries = tuple(e for e in timeline(self.nodes[branch.node].table) if e.turn > shared)
            found.append(Ghost(branch.name, branch.node, shared, entries))
        return tuple(found)


def seats_of(scenario: Scenario, party: str | None = None, against: str = "equilibrium") -> tuple[Seat, Seat]:
    """Return the seats of one person against an opponent; a check that needs no solution.

    Raises
    ------
    InputError
        If ``party`` is no party of the scenario, or ``against`` no opponent.
    """
    mine = party_name(scenario, party)
    return Seat(mine), Seat(scenario.other(mine), opponent(against).kind)


def begin(
    setting: Setting,
    party: str | None = None,
    against: str = "equilibrium",
    seed: int = 0,
    secret: int = 0,
    seats: tuple[Seat, Seat] | None = None,
) -> Match:
    """Deal a game and let opponents move until a person's turn.

    Parameters
    ----------
    setting : Setting
    party : str, optional
        Whom a person plays; default who moves second in a period.
    against : str
        Who plays the other party: one of `duress.play.opponents.OPPONENTS`.
    seed : int
        Of all chance.
    secret : int
        See `Table`; for two people at one table, who know the seed and must not work out what was dealt.
    seats : tuple of two Seat, optional
        Who plays whom, in place of ``party`` and ``against``: two people, or two opponents to watch; with no person,
        nobody moves until `Match.replied_once`.

    Raises
    ------
    InputError
        With every fault of the seats and the seed.

    Examples
    --------
    >>> from duress.play.match import begin
    >>> from duress.play.setting import prepare
    >>> match = begin(prepare("sanctions-crisis"), "Target", against="sharp", seed=3)
    >>> match.move(1).turns > match.turns
    True
    """
    seats = seats or seats_of(setting.scenario, party, against)
    match = Match((Node(0, 0, deal(setting, seats, seed, secret)),))
    return match.replied() if match.persons else match


def play(
    scenario: str | Scenario,
    party: str | None = None,
    against: str = "equilibrium",
    seed: int = 0,
    precision: float | None = None,
    beliefs: int = BELIEFS,
) -> Match:
    """Solve a scenario and sit down to play it: `prepare` and `begin` in one, for one person.

    Parameters
    ----------
    scenario, precision, beliefs
        As for `duress.play.setting.prepare`.
    party, against, seed
        As for `begin`.

    Raises
    ------
    InputError
        With every fault of the scenario, or of the seats.
    NotSolvedError
        If stages are left unsolved.

    Examples
    --------
    >>> import duress as du
    >>> match = du.play("sanctions-crisis", "Target", seed=3)
    >>> match = match.move("hold")
    >>> [made.move for made in match.view("Target").priced]
    ['hold']
    """
    written = load(scenario) if isinstance(scenario, str) else scenario
    seats = seats_of(written, party, against)
    return begin(prepare(written, None, precision, beliefs), seed=seed, seats=seats)
