"""A game with certain moves taken out, known to both: what a party that will not, or may not, make them plays."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from .game import TOLD_OF_STATES, Game

AnyGame = TypeVar("AnyGame", bound=Game)

_BY_MOVE = ("row", "elapsed")
_BY_BRANCH = ("probability", "likelihood_row", "redraw_row")


def without_moves(game: AnyGame, removed: NDArray[np.bool_]) -> AnyGame:
    """Return ``game`` without some of its moves, and without the states that then cannot follow the start.

    A state must keep a move: where all would go, all stay. What is left keeps its order, names and payoffs. Whatever
    else a kind of game tells of each state goes with the state.

    Parameters
    ----------
    game : Game
    removed : bool array, shape (M,)
        Whether each move goes.

    Returns
    -------
    Game
        Of the same class.
    """
    of_state = np.repeat(np.arange(game.states), np.diff(game.first_move))
    kept = np.logical_not(removed)
    left = np.bincount(of_state, kept, game.states).astype(np.int64)
    kept |= left[of_state] == 0
    move_of = np.repeat(np.arange(game.moves), np.diff(game.first_branch))
    states = _reached(game, kept, of_state, move_of)
    number = np.full(game.states, -1, np.int64)
    number[states] = np.arange(len(states))
    moves = np.flatnonzero(kept & (number[of_state] >= 0))
    stays = np.zeros(game.moves, bool)
    stays[moves] = True
    branches = np.flatnonzero(stays[move_of])
    # Only numbers of moves and states are looked up by name: the tables of payoffs and news stay whole.
    return replace(
        game,
        first_move=np.concatenate([[0], np.cumsum(np.bincount(number[of_state[moves]], minlength=len(states)))]),
        first_branch=np.concatenate([[0], np.cumsum(np.diff(game.first_branch)[moves])]),
        successor=number[game.successor[branches]].astype(np.int32),
        dated=np.ascontiguousarray(game.dated[:, branches]) if len(game.season) else game.dated,
        start=int(number[game.start]),
        move_name=lambda a: game.move_name(int(moves[a])),
        state_name=lambda s: game.state_name(int(states[s])),
        **{name: getattr(game, name)[moves] for name in _BY_MOVE},
        **{name: getattr(game, name)[branches] for name in _BY_BRANCH},
        **{name: getattr(game, name)[states] for name in _told_of_states(game)},
    ).check()  # type: ignore[return-value]


def _told_of_states(game: Game) -> list[str]:
    """Return the names of the fields that hold one entry for each state."""
    return [field.name for field in fields(game) if field.metadata == TOLD_OF_STATES]


def _reached(
    game: Game, kept: NDArray[np.bool_], of_state: NDArray[np.int64], move_of: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the states that can follow the start by moves that are kept, in rising order."""
    usable = kept[move_of]
    source, target = of_state[move_of[usable]], game.successor[usable]
    first = np.searchsorted(source, np.arange(game.states + 1))
    seen = np.zeros(game.states, bool)
    seen[game.start] = True
    frontier = np.array([game.start])
    while len(frontier):
        lengths = first[frontier + 1] - first[frontier]
        offsets = np.repeat(first[frontier] - np.cumsum(lengths) + lengths, lengths)
        following = np.unique(target[offsets + np.arange(lengths.sum())])
        frontier = following[~seen[following]]
        seen[frontier] = True
    return np.flatnonzero(seen)
