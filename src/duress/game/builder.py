"""Build a `Game` by hand: players, states, moves, rewards by type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import Fault, InputError
from .game import MAX_TYPES, Game, Player

Payoff = float | Mapping[str, float] | Mapping[tuple[str, str], float] | ArrayLike
"""A number; or own type -> number; or (type of first player, type of second) -> number; or an array (K0, K1)."""


@dataclass(frozen=True)
class Branch:
    """One thing chance may do after a move.

    Parameters
    ----------
    to : str
        The next state.
    chance : float or mapping
        Its probability; or type name -> probability, for a public signal about one player's type.
    redraw : tuple, optional
        ``(player, {type: probability})``: that player's type is drawn anew.
    """

    to: str
    chance: float | Mapping[str, float] = 1.0
    redraw: tuple[str, Mapping[str, float]] | None = None


@dataclass(frozen=True)
class _Move:
    state: str
    name: str
    branches: tuple[Branch, ...]
    reward: NDArray[np.float64]
    discount: NDArray[np.float64]
    elapsed: bool


class GameBuilder:
    """Collects states and moves by name and turns them into a checked `Game`.

    Parameters
    ----------
    first, second : tuple
        Each ``(name, {type: prior})``.
    periods : int
        Horizon: how often a move with ``elapsed=True`` may be made.
    precision : float or tuple of two
        Default precision of each player.

    Examples
    --------
    >>> from duress.game.builder import GameBuilder
    >>> b = GameBuilder(("Sender", {"strong": 0.9, "weak": 0.1}), ("Receiver", {"any": 1.0}))
    >>> b.state("signal", mover="Sender").state("reply", mover="Receiver")
    GameBuilder(2 states, 0 moves)
    >>> b.move("signal", "speak", to="reply").move("signal", "leave", to="over")
    GameBuilder(2 states, 2 moves)
    >>> b.move("reply", "yes", to="over", reward={"Sender": 1.0, "Receiver": {"any": 1.0}}).end("over")
    GameBuilder(3 states, 3 moves)
    >>> b.build(start="signal").moves
    3
    """

    def __init__(
        self,
        first: tuple[str, Mapping[str, float]],
        second: tuple[str, Mapping[str, float]],
        periods: int = 1,
        precision: float | tuple[float, float] = 20.0,
        title: str = "",
    ) -> None:
        self.players = tuple(
            Player(name, tuple(prior), tuple(map(float, prior.values()))) for name, prior in (first, second)
        )
        self.periods = periods
        self.precision = precision if isinstance(precision, tuple) else (float(precision), float(precision))
        self.title = title
        self._mover: dict[str, int] = {}
        self._closing: dict[str, NDArray[np.float64]] = {}
        self._moves: list[_Move] = []
        self._names: set[str] = set()

    def __repr__(self) -> str:
        """Say how far the game is built."""
        return f"GameBuilder({len(self._mover)} states, {len(self._moves)} moves)"

    def state(self, name: str, mover: str, at_horizon: Mapping[str, Payoff] | None = None) -> GameBuilder:
        """Add a state where ``mover`` moves; ``at_horizon`` is what it is worth to each if the horizon falls on it."""
        self._new(name)
        self._mover[name] = self._player(mover, f"state {name}")
        self._closing[name] = self._payoffs(at_horizon, f"state {name}")
        return self

    def end(self, name: str, payoff: Mapping[str, Payoff] | None = None) -> GameBuilder:
        """Add an end with its payoffs (zero where none is given)."""
        self._new(name)
        self._mover[name] = -1
        self._closing[name] = self._payoffs(payoff, f"end {name}")
        return self

    def move(
        self,
        state: str,
        name: str,
        to: str | Mapping[str, float] | list[Branch],
        reward: Mapping[str, Payoff] | None = None,
        discount: float | Mapping[str, float] = 1.0,
        elapsed: bool = False,
    ) -> GameBuilder:
        """Add a move of ``state``.

        Parameters
        ----------
        to : str, mapping or list of Branch
            The next state; or next state -> probability; or branches with signals and redraws.
        reward : mapping, optional
            Player -> payoff in stakes when the move is made.
        discount : float or mapping
            Factor on everything that follows; player -> factor if they differ.
        elapsed : bool
            Whether the move ends the period.
        """
        where = f"state {state}, move {name}"
        if isinstance(to, str):
            branches: tuple[Branch, ...] = (Branch(to),)
        elif isinstance(to, Mapping):
            branches = tuple(Branch(s, p) for s, p in to.items())
        else:
            branches = tuple(to)
        factors = discount if isinstance(discount, Mapping) else {p.name: discount for p in self.players}
        delta = np.ones(2)
        for player, factor in factors.items():
            delta[self._player(player, where)] = factor
        self._moves.append(_Move(state, name, branches, self._payoffs(reward, where), delta, elapsed))
        return self

    def build(self, start: str) -> Game:
        """Return the game that begins in ``start``, checked.

        Raises
        ------
        InputError
            If a move names a state that was not added, or the game is not well formed.
        """
        index = {name: s for s, name in enumerate(self._mover)}
        faults = [Fault("start", f"{start} is not a state")] if start not in index else []
        for m in self._moves:
            for s in (m.state, *(b.to for b in m.branches)):
                if s not in index:
                    faults.append(Fault(f"state {m.state}, move {m.name}", f"{s} is not a state"))
        if faults:
            raise InputError(faults)
        moves = sorted(self._moves, key=lambda m: index[m.state])
        branches = [(a, b) for a, m in enumerate(moves) for b in m.branches]
        chance = _Tables(self.players)
        for a, b in branches:
            chance.add(b, f"state {moves[a].state}, move {moves[a].name}")
        state_names, move_names = list(index), [m.name for m in moves]
        return Game(
            players=self.players,  # type: ignore[arg-type]
            mover=np.array(list(self._mover.values()), np.int8),
            first_move=np.searchsorted([index[m.state] for m in moves], np.arange(len(index) + 1)).astype(np.int64),
            row=np.arange(len(moves), dtype=np.int32),
            elapsed=np.array([m.elapsed for m in moves], np.int8),
            first_branch=np.concatenate([[0], np.cumsum([len(m.branches) for m in moves])]).astype(np.int64),
            successor=np.array([index[b.to] for _, b in branches], np.int32),
            probability=np.array(chance.probability, float),
            likelihood_row=np.array(chance.likelihood_row, np.int16),
            likelihood=np.array(chance.likelihood),
            redraw_row=np.array(chance.redraw_row, np.int16),
            redraw_player=np.array(chance.redraw_player, np.int8),
            redraw=np.array(chance.redraw),
            reward=np.array([m.reward for m in moves]),
            discount=np.array([m.discount for m in moves]),
            closing_row=np.arange(len(index), dtype=np.int32),
            closing=np.array(list(self._closing.values())),
            periods=self.periods,
            start=index[start],
            precision=self.precision,
            move_name=move_names.__getitem__,
            state_name=state_names.__getitem__,
            title=self.title,
        ).check()

    def _new(self, name: str) -> None:
        if name in self._mover:
            raise InputError(f"state {name} is there already")

    def _player(self, name: str, where: str) -> int:
        names = [p.name for p in self.players]
        if name not in names:
            raise InputError(Fault(where, f"{name} is not a player; the players are {names[0]} and {names[1]}"))
        return names.index(name)

    def _payoffs(self, given: Mapping[str, Payoff] | None, where: str) -> NDArray[np.float64]:
        out = np.zeros((2, *(len(p.types) for p in self.players)))
        for name, payoff in (given or {}).items():
            i = self._player(name, where)
            if isinstance(payoff, Mapping):
                for key, value in payoff.items():
                    out[i][self._cells(i, key, where)] = value
            else:
                out[i] = payoff
        return out

    def _cells(self, i: int, key: str | tuple[str, str], where: str) -> tuple[int | slice, int | slice]:
        pair: list[str | None] = list(key) if isinstance(key, tuple) else [None, None]
        if not isinstance(key, tuple):
            pair[i] = key
        cells: list[int | slice] = []
        for player, name in zip(self.players, pair, strict=True):
            if name is not None and name not in player.types:
                raise InputError(
                    Fault(where, f"{name} is not a type of {player.name}; its types are {', '.join(player.types)}")
                )
            cells.append(slice(None) if name is None else player.types.index(name))
        return cells[0], cells[1]


class _Tables:
    """Probabilities of branches, with the likelihood and redraw tables they point into."""

    def __init__(self, players: tuple[Player, ...]) -> None:
        self.players = players
        self.probability: list[float] = []
        self.likelihood_row: list[int] = []
        self.likelihood = [np.ones((2, MAX_TYPES))]
        self.redraw_row: list[int] = []
        self.redraw_player = [0]
        self.redraw = [np.zeros(MAX_TYPES)]

    def add(self, branch: Branch, where: str) -> None:
        if isinstance(branch.chance, Mapping):
            factors = np.ones((2, MAX_TYPES))
            i = self._owner(branch.chance, where)
            factors[i, : len(self.players[i].types)] = [branch.chance[k] for k in self.players[i].types]
            self.likelihood.append(factors)
            self.likelihood_row.append(len(self.likelihood) - 1)
            self.probability.append(1.0)
        else:
            self.likelihood_row.append(0)
            self.probability.append(float(branch.chance))
        self.redraw_row.append(0 if branch.redraw is None else self._add_redraw(branch.redraw, where))

    def _owner(self, by_type: Mapping[str, float], where: str) -> int:
        for i, player in enumerate(self.players):
            if set(by_type) == set(player.types):
                return i
        raise InputError(Fault(where, f"chances are given for {', '.join(by_type)}; name every type of one player"))

    def _add_redraw(self, redraw: tuple[str, Mapping[str, float]], where: str) -> int:
        name, by_type = redraw
        i = self._owner(by_type, where)
        if self.players[i].name != name:
            raise InputError(
                Fault(where, f"the new draw is for {name}, but the types named are {self.players[i].name}'s")
            )
        drawn = np.zeros(MAX_TYPES)
        drawn[: len(by_type)] = [by_type[k] for k in self.players[i].types]
        self.redraw_player.append(i)
        self.redraw.append(drawn)
        return len(self.redraw) - 1
