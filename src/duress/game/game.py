"""A Markov signaling game as arrays, and the checks that name what is wrong with one.

Two players with private persistent types move in public. In each state that has moves one player chooses; chance
then picks the next state, with probabilities that may depend on one player's type and so tell the public about it.

| letter | word | array | unit |
|---|---|---|---|
| s | state | rows of ``first_move`` | |
| a | move of a state, numbered through all states | ``first_move[s] .. first_move[s + 1]`` | |
| r_i(a, θ0, θ1) | reward | ``reward[row[a], i, θ0, θ1]`` | stakes |
| δ_i(a) | discount factor applied to what follows | ``discount[row[a], i]`` | |
| P(s' given a, θ) | chance | ``probability`` times ``likelihood`` | |
| t | period, advanced by moves with ``elapsed`` = 1 | 0 .. ``periods`` - 1 | periods |
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ..errors import Fault, InputError

MAX_TYPES = 4
"""Types a player may have."""

TOLD_OF_STATES = {"by_state": True}
"""Marks a field of a game that holds one entry for each state."""

_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Player:
    """A player: its name, the names of its types, and the public prior over them."""

    name: str
    types: tuple[str, ...]
    prior: tuple[float, ...]


@dataclass(frozen=True)
class Game:
    """A finite-horizon Markov signaling game with public moves and private types.

    Several moves may share one row of payoffs, so the tables stay small. A state without moves is an end; its payoff,
    and what any other state is worth if the horizon falls on it, is ``closing[closing_row[s]]``.

    Parameters
    ----------
    players : tuple of two Player
    mover : int8 array, shape (S,)
        Who moves, 0 or 1; -1 at an end. A state with one move is chance or the passing of time, whoever is named.
    first_move : int64 array, shape (S + 1,)
        Moves of state s are numbered ``first_move[s]`` to ``first_move[s + 1] - 1``. M of them in all.
    row : int32 array, shape (M,)
        Row of ``reward`` and ``discount`` for each move.
    elapsed : int8 array, shape (M,)
        1 if the move ends the period, else 0. Moves with 0 must not lead in a circle.
    first_branch : int64 array, shape (M + 1,)
        Branches of chance after move a; B of them in all.
    successor : int32 array, shape (B,)
    probability : float64 array, shape (B,)
    likelihood_row : int16 array, shape (B,)
        Row of ``likelihood`` that multiplies the probability; row 0 is all ones.
    likelihood : float64 array, shape (L, 2, 4)
        Factor by player and type. In each row at most one player's factors differ from 1.
    redraw_row : int16 array, shape (B,)
        Row of ``redraw``; 0 keeps the types as they are.
    redraw_player : int8 array, shape (D,)
    redraw : float64 array, shape (D, 4)
        Distribution from which that player's type is drawn anew.
    reward : float64 array, shape (R, 2, K0, K1)
        Stakes to player i, by type of player 0 and type of player 1.
    discount : float64 array, shape (R, 2)
    closing_row : int32 array, shape (S,)
    closing : float64 array, shape (C, 2, K0, K1)
        Discounted stakes from an end, or from the horizon, on.
    periods : int
    start : int
    precision : tuple of two float
        How sharply each player responds unless the method says otherwise, per discounted stake.
    move_name : callable
        ``move_name(a)`` is the name of move a within its state.
    state_name : callable
        ``state_name(s)`` says a state in words.
    season : int16 array, shape (periods,)
        Row of ``dated`` that holds in place of ``probability`` in each period, -1 for none; empty if it never does.
    dated : float64 array, shape (seasons, B)
        Chances of the branches in certain periods, where a date makes a difference. Only moves that are the one move
        of their state may have others than in ``probability``.
    """

    players: tuple[Player, Player]
    mover: NDArray[np.int8] = field(metadata=TOLD_OF_STATES)
    first_move: NDArray[np.int64]
    row: NDArray[np.int32]
    elapsed: NDArray[np.int8]
    first_branch: NDArray[np.int64]
    successor: NDArray[np.int32]
    probability: NDArray[np.float64]
    likelihood_row: NDArray[np.int16]
    likelihood: NDArray[np.float64]
    redraw_row: NDArray[np.int16]
    redraw_player: NDArray[np.int8]
    redraw: NDArray[np.float64]
    reward: NDArray[np.float64]
    discount: NDArray[np.float64]
    closing_row: NDArray[np.int32] = field(metadata=TOLD_OF_STATES)
    closing: NDArray[np.float64]
    periods: int
    start: int
    move_name: Callable[[int], str] = field(repr=False)
    state_name: Callable[[int], str] = field(repr=False)
    precision: tuple[float, float] = (20.0, 20.0)
    title: str = ""
    season: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, np.int16))
    dated: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))

    @property
    def states(self) -> int:
        """Number of states, ends included."""
        return len(self.mover)

    @property
    def moves(self) -> int:
        """Number of moves over all states."""
        return len(self.row)

    @property
    def types(self) -> tuple[int, int]:
        """Number of types of each player."""
        return len(self.players[0].types), len(self.players[1].types)

    def moves_of(self, state: int) -> range:
        """Numbers of the moves available in ``state``."""
        return range(int(self.first_move[state]), int(self.first_move[state + 1]))

    def successors_of(self, move: int) -> NDArray[np.int32]:
        """States that chance may pick after ``move``."""
        return self.successor[self.first_branch[move] : self.first_branch[move + 1]]

    def in_period(self, period: int) -> Game:
        """Return the game with the chances of ``period`` as its ``probability``."""
        if not len(self.season) or self.season[period] < 0:
            return self
        return replace(self, probability=self.dated[self.season[period]])

    def chances(self, branch: NDArray[np.int64], period: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the probability of each of ``branch`` in each of ``period``; at the horizon, as in no season."""
        chance = self.probability[branch]
        if len(self.season):
            season = np.append(self.season, -1)[period]
            chance = np.where(season >= 0, self.dated[season, branch], chance)
        return chance

    def order(self) -> list[NDArray[np.int64]]:
        """States with moves, grouped so that each group needs only earlier groups, ends, and the next period.

        Raises
        ------
        InputError
            If moves that take no time lead in a circle; the sentence names some of the states on it.
        """
        return _order(self)

    def check(self) -> Game:
        """Return the game itself if it is well formed.

        Raises
        ------
        InputError
            With one sentence for each thing that is wrong, naming the state and move.
        """
        faults = [*_player_faults(self.players), *_array_faults(self)]
        if not faults:
            faults = _number_faults(self)
        if faults:
            raise InputError(faults)
        self.order()
        return self


def _order(game: Game) -> list[NDArray[np.int64]]:
    counts = np.diff(game.first_branch)
    move_of = np.repeat(np.arange(game.moves), counts)
    state_of = np.repeat(np.arange(game.states), np.diff(game.first_move))
    waits = (game.elapsed[move_of] == 0) & (game.mover[game.successor] >= 0)
    source, target = state_of[move_of[waits]], game.successor[waits]
    pending = np.bincount(source, minlength=game.states)
    by_target = np.argsort(target, kind="stable")
    source = source[by_target]
    begin = np.searchsorted(target[by_target], np.arange(game.states + 1))
    frontier = np.flatnonzero((pending == 0) & (game.mover >= 0))
    groups, done = [], 0
    while len(frontier):
        groups.append(frontier)
        done += len(frontier)
        lengths = begin[frontier + 1] - begin[frontier]
        offsets = np.repeat(begin[frontier] - np.cumsum(lengths) + lengths, lengths)
        feeding = source[offsets + np.arange(lengths.sum())]
        np.subtract.at(pending, feeding, 1)
        ready = np.unique(feeding)
        frontier = ready[pending[ready] == 0]
    if done < np.count_nonzero(game.mover >= 0):
        stuck = np.flatnonzero((pending > 0) & (game.mover >= 0))
        names = "; ".join(game.state_name(int(s)) for s in stuck[:3])
        raise InputError(
            f"moves that take no time lead in a circle, through: {names}. Some move on it must end the period"
        )
    return groups


def _player_faults(players: Sequence[Player]) -> list[Fault]:
    faults = []
    if len(players) != 2:
        return [Fault("players", f"there are {len(players)}; there must be two")]
    for player in players:
        where = f"players.{player.name}"
        if not 1 <= len(player.types) <= MAX_TYPES:
            faults.append(Fault(where, f"{len(player.types)} types; 1 to {MAX_TYPES} are allowed"))
        if len(player.prior) != len(player.types):
            faults.append(Fault(where, f"{len(player.prior)} prior probabilities for {len(player.types)} types"))
        elif not np.isclose(sum(player.prior), 1.0, atol=_TOLERANCE) or min(player.prior) < 0:
            faults.append(Fault(where, f"priors {player.prior} must be non-negative and sum to 1"))
    return faults


def _array_faults(game: Game) -> list[Fault]:
    states, moves, branches = game.states, game.moves, len(game.successor)
    k0, k1 = game.types
    wanted = {
        "first_move": (states + 1,),
        "elapsed": (moves,),
        "first_branch": (moves + 1,),
        "probability": (branches,),
        "likelihood_row": (branches,),
        "likelihood": (len(game.likelihood), 2, MAX_TYPES),
        "redraw_row": (branches,),
        "redraw_player": (len(game.redraw),),
        "redraw": (len(game.redraw), MAX_TYPES),
        "reward": (len(game.reward), 2, k0, k1),
        "discount": (len(game.reward), 2),
        "closing_row": (states,),
        "closing": (len(game.closing), 2, k0, k1),
        "season": (game.periods if len(game.season) else 0,),
        "dated": (len(game.dated), branches if len(game.season) else 0),
    }
    faults = [
        Fault(name, f"has shape {getattr(game, name).shape}; it must be {shape}")
        for name, shape in wanted.items()
        if getattr(game, name).shape != shape
    ]
    bounds = {"successor": states, "row": len(game.reward), "closing_row": len(game.closing)}
    bounds |= {"likelihood_row": len(game.likelihood), "redraw_row": len(game.redraw)}
    for name, end in bounds.items():
        array = getattr(game, name)
        if len(array) and (array.min() < 0 or array.max() >= end):
            faults.append(Fault(name, f"holds numbers outside 0 to {end - 1}"))
    if not 0 <= game.start < states:
        faults.append(Fault("start", f"is {game.start}; states are numbered 0 to {states - 1}"))
    if game.periods < 1:
        faults.append(Fault("periods", f"is {game.periods}; it must be at least 1"))
    return faults


def _number_faults(game: Game) -> list[Fault]:
    faults = []
    for name in ("reward", "discount", "closing", "probability", "likelihood", "redraw", "dated"):
        if not np.isfinite(getattr(game, name)).all():
            faults.append(Fault(name, "holds a number that is not finite"))
    if faults:
        return faults
    if game.discount.min(initial=0) < 0 or game.discount.max(initial=0) > 1:
        faults.append(Fault("discount", "holds a factor outside 0 to 1"))
    has_moves = np.diff(game.first_move) > 0
    for s in np.flatnonzero(has_moves != (game.mover >= 0))[:3]:
        faults.append(Fault(f"state {game.state_name(int(s))}", "must have a mover if it has moves, and only then"))
    for a in np.flatnonzero(np.diff(game.first_branch) == 0)[:3]:
        faults.append(Fault(_move_words(game, int(a)), "leads nowhere; it needs at least one successor"))
    if not faults and len(game.successor):
        faults = [*_chance_faults(game), *_season_faults(game)]
    return faults


def _season_faults(game: Game) -> list[Fault]:
    """Return what is wrong with the chances of each season."""
    if len(game.season) and not -1 <= game.season.min() <= game.season.max() < len(game.dated):
        return [Fault("season", f"holds numbers outside -1 to {len(game.dated) - 1}")]
    faults: list[Fault] = []
    choice = np.repeat(np.diff(game.first_move) > 1, np.diff(game.first_move))
    branch_of_choice = np.repeat(choice, np.diff(game.first_branch))
    for row in game.dated:
        if (row != game.probability)[branch_of_choice].any():
            sentence = "holds other chances of a move that somebody chooses; only the one move of a state may have them"
            faults.append(Fault("dated", sentence))
        faults += _chance_faults(replace(game, probability=row))
    return faults


def _chance_faults(game: Game) -> list[Fault]:
    """Return moves whose chances do not sum to 1 for some types, or depend on the types of both players."""
    starts = game.first_branch[:-1]
    tells = np.any(game.likelihood != 1, axis=2)[game.likelihood_row]
    both = np.logical_or.reduceat(tells, starts, axis=0).all(axis=1)
    faults = [
        Fault(_move_words(game, int(a)), "chances depend on both players' types; at most one player's may enter a move")
        for a in np.flatnonzero(both)[:3]
    ]
    for k0, first in enumerate(game.players[0].types):
        for k1, second in enumerate(game.players[1].types):
            factor = game.likelihood[game.likelihood_row, 0, k0] * game.likelihood[game.likelihood_row, 1, k1]
            total = np.add.reduceat(game.probability * factor, starts)
            for a in np.flatnonzero(np.abs(total - 1) > _TOLERANCE * 100)[:3]:
                sentence = f"chances sum to {total[a]:.6g} for types {first} and {second}, not to 1"
                faults.append(Fault(_move_words(game, int(a)), sentence))
    return faults


def _move_words(game: Game, move: int) -> str:
    state = int(np.searchsorted(game.first_move, move, side="right")) - 1
    return f"state {game.state_name(state)}, move {game.move_name(move)}"
