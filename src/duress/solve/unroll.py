"""The public histories of a game as arrays: who moves after each, what may follow, and what the public learns from it.

Histories are numbered so that those of equal depth at which one player has equally many moves stand side by side: such
a `Layer` is worked on at once. After all of them come the histories at which the game is over.

| letter | word | array |
|---|---|---|
| h | history | rows of ``Histories.state`` |
| n, m | histories of a layer, moves at each | |
| e | edge: a move and what chance does after it | rows of ``Layer.child`` |
| K_i, K_j, K | types of who moves, of the other, of both | columns, player 0 first |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import Fault, InputError
from ..game.game import Game

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]
Prior = Sequence[Sequence[float]]
"""Public probability of every type, by player."""


@dataclass(frozen=True)
class Redraw:
    """The edges of a layer that draw a player's type anew: their numbers, whose type, and shape (·, K_player)."""

    edges: Numbers
    player: int
    draw: Array


@dataclass(frozen=True)
class Layer:
    """Histories of one depth at which the same player has equally many moves.

    Parameters
    ----------
    mover : int
    moves : int
        Moves at each; with one move nothing is chosen.
    begin, end : int
        Its histories are numbered ``begin`` to ``end - 1``.
    unknowns : slice
        Where its log odds stand among all, in the order (n, m - 1, K_i).
    reward_own, reward_other : float64 array, shape (n, m, K_i, K_j)
        Stakes to the mover and to the other, by type of the mover and of the other.
    discount_own, discount_other : float64 array, shape (n, m)
    child : int64 array, shape (E,)
        The history each edge leads to; edges are in the order of histories, moves and branches.
    choice : int64 array, shape (E,)
        History times m plus move, counted within the layer.
    first_edge : int64 array, shape (n * m,)
    chance : float64 array, shape (E,)
    like_own, like_other : float64 array, shape (E, K_i) or (E, K_j), or None
        Factors on ``chance`` by type; None if they are all 1.
    tells_own, tells_other : float64 array or None
        Logarithms of these by which the public updates; 0 where no type that it holds possible could cause the edge.
    redraws : tuple of Redraw
    """

    mover: int
    moves: int
    begin: int
    end: int
    unknowns: slice
    reward_own: Array
    reward_other: Array
    discount_own: Array
    discount_other: Array
    child: Numbers
    choice: Numbers
    first_edge: Numbers
    chance: Array
    like_own: Array | None
    like_other: Array | None
    tells_own: Array | None
    tells_other: Array | None
    redraws: tuple[Redraw, ...]

    @property
    def size(self) -> int:
        """Number of histories."""
        return self.end - self.begin

    def by_choice(self, of_edges: Array) -> Array:
        """Sum what belongs to edges over the branches of chance; the first axis becomes history and move."""
        if len(of_edges) != len(self.first_edge):
            of_edges = np.add.reduceat(of_edges, self.first_edge, axis=0)
        return of_edges.reshape(self.size, self.moves, *of_edges.shape[1:])


@dataclass(frozen=True)
class Histories:
    """All public histories of a game from a state, a period and public beliefs on.

    Parameters
    ----------
    game : Game
    prior : tuple of two float64 arrays
        Public probability of every type at the beginning.
    state, period : int64 array, shape (H,)
    parent, branch : int64 array, shape (H,)
        The history before, and which branch of chance of the game led from there; -1 for the first.
    layers : tuple of Layer
        In order of depth.
    decisions : int
        Histories at which somebody moves; they come first.
    closing : float64 array, shape (H - decisions, 2, K0, K1)
        Stakes at the others.
    unknowns : int
        Log odds to solve for: moves less one, times types of the mover.
    """

    game: Game
    prior: tuple[Array, Array]
    state: Numbers
    period: Numbers
    parent: Numbers
    branch: Numbers
    layers: tuple[Layer, ...]
    decisions: int
    closing: Array
    unknowns: int

    def __len__(self) -> int:
        """Return the number of histories, those at which the game is over included."""
        return len(self.state)

    def columns(self, player: int) -> slice:
        """Return the columns of a player's types where those of both stand side by side."""
        first, second = self.game.types
        return slice(0, first) if player == 0 else slice(first, first + second)


def count_unknowns(game: Game, state: int, period: int) -> float:
    """Return how many probabilities the histories from ``state`` on have: moves times types of the mover, summed."""
    moves = np.diff(game.first_move)
    types = np.where(game.mover == 0, *game.types)
    states, periods, copies = np.array([state]), np.array([period]), np.ones(1)
    total = 0.0
    while len(states):
        on = (game.mover[states] >= 0) & (periods < game.periods)
        states, periods, copies = states[on], periods[on], copies[on]
        total += float(np.sum(copies * moves[states] * types[states]))
        source, _, branch = _edges(game, states, periods)
        keys = game.successor[branch].astype(np.int64) + game.states * (periods[source] + _elapsed(game, branch))
        unique, which = np.unique(keys, return_inverse=True)
        copies = np.bincount(which, weights=copies[source], minlength=len(unique))
        states, periods = unique % game.states, unique // game.states
    return total


def unroll(
    game: Game, limit: int, state: int | None = None, period: int = 0, beliefs: Prior | None = None
) -> Histories:
    """Return the public histories of ``game``.

    Parameters
    ----------
    limit : int
        Probabilities (histories times moves times types of the mover) up to which this is done.
    state, period : int, optional
        Where to begin; by default at the start of the game.
    beliefs : two sequences of float, optional
        Public probability of every type of either player there; by default the prior.

    Raises
    ------
    InputError
        If there would be more than ``limit`` probabilities; or the beginning is not in the game.
    """
    state = game.start if state is None else state
    prior = _prior(game, beliefs)
    faults = []
    if not 0 <= state < game.states:
        faults.append(Fault("state", f"is {state}; states are numbered 0 to {game.states - 1}"))
    if not 0 <= period < game.periods:
        faults.append(Fault("period", f"is {period}; periods are numbered 0 to {game.periods - 1}"))
    if faults:
        raise InputError(faults)
    size = count_unknowns(game, state, period)
    if size > limit:
        raise InputError(
            f"the public histories of this game from period {period} of {game.periods} hold {size:,.0f} probabilities "
            f"(histories times moves times types); the limit is {limit:,}. Reduce the number of periods, of moves or "
            "of chance outcomes, or begin later; or solve on belief grids"
        )
    return _grow(game, state, period, prior)


def _prior(game: Game, beliefs: Prior | None) -> tuple[Array, Array]:
    given = [p.prior for p in game.players] if beliefs is None else list(beliefs)
    faults, found = [], []
    for player, row in zip(game.players, given, strict=True):
        found.append(np.array(row, float))
        if found[-1].shape != (len(player.types),):
            faults.append(
                Fault(f"beliefs about {player.name}", f"are {row}; one for each of {len(player.types)} types")
            )
        elif not (found[-1].min() >= 0 and abs(found[-1].sum() - 1) < 1e-9):
            faults.append(Fault(f"beliefs about {player.name}", f"are {row}; they must be non-negative and sum to 1"))
    if faults:
        raise InputError(faults)
    return found[0], found[1]


def _edges(game: Game, states: Numbers, periods: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return (position in ``states``, move, branch) of everything that may happen next, impossible branches left out.

    A branch stays if it is the first of its move, so that every move has one.
    """
    first, last = game.first_branch[game.first_move[states]], game.first_branch[game.first_move[states + 1]]
    counts = last - first
    source = np.repeat(np.arange(len(states)), counts)
    branch = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(int(counts.sum()))
    move = np.searchsorted(game.first_branch, branch, side="right") - 1
    factor = game.likelihood[game.likelihood_row[branch]]
    types = game.types
    possible = (
        game.chances(branch, periods[source])
        * factor[:, 0, : types[0]].max(axis=1)
        * factor[:, 1, : types[1]].max(axis=1)
    )
    stays = (possible > 0) | (branch == game.first_branch[move])
    return source[stays], move[stays], branch[stays]


def _elapsed(game: Game, branch: Numbers) -> Numbers:
    return game.elapsed[np.searchsorted(game.first_branch, branch, side="right") - 1].astype(np.int64)


@dataclass(frozen=True)
class _Front:
    """Histories of one depth: where they stand, what led there, and which types the public holds possible."""

    state: Numbers
    period: Numbers
    parent: Numbers
    branch: Numbers
    possible: tuple[NDArray[np.bool_], ...]

    def take(self, which: NDArray) -> _Front:
        possible = tuple(p[which] for p in self.possible)
        return _Front(self.state[which], self.period[which], self.parent[which], self.branch[which], possible)


def _grow(game: Game, state: int, period: int, prior: tuple[Array, Array]) -> Histories:
    """Write the histories down depth by depth, ends numbered downward from -1 until their number is known."""
    nothing = np.array([-1], np.int64)
    possible = tuple(p[None, :] > 0 for p in prior)
    front = _Front(np.array([state], np.int64), np.array([period], np.int64), nothing, nothing, possible)
    passed: list[_Front] = []
    over_fronts: list[_Front] = []
    layers: list[dict[str, Any]] = []
    waiting: list[dict[str, Any]] = []
    decisions = ends = unknowns = 0
    while len(front.state):
        over = (game.mover[front.state] < 0) | (front.period >= game.periods)
        order = np.lexsort((game.mover[front.state], np.diff(game.first_move)[front.state]))
        order = order[~over[order]]
        number = np.empty(len(over), np.int64)
        number[order] = decisions + np.arange(len(order))
        number[over] = -1 - ends - np.arange(int(over.sum()))
        first = 0
        for layer in waiting:
            layer["child"] = number[first : first + len(layer["choice"])]
            first += len(layer["choice"])
        over_fronts.append(front.take(over))
        passed.append(front.take(order))
        waiting, front = _next_depth(game, passed[-1], decisions)
        for layer in waiting:
            count = (layer["end"] - layer["begin"]) * (layer["moves"] - 1) * game.types[layer["mover"]]
            layer["unknowns"] = slice(unknowns, unknowns + count)
            unknowns += count
        layers += waiting
        decisions, ends = decisions + len(order), ends + int(over.sum())
    for layer in layers:
        layer["child"] = np.where(layer["child"] < 0, decisions - 1 - layer["child"], layer["child"])
    fronts = passed + over_fronts
    states = np.concatenate([f.state for f in fronts])
    return Histories(
        game=game,
        prior=prior,
        state=states,
        period=np.concatenate([f.period for f in fronts]),
        parent=np.concatenate([f.parent for f in fronts]),
        branch=np.concatenate([f.branch for f in fronts]),
        layers=tuple(Layer(**layer) for layer in layers),
        decisions=decisions,
        closing=game.closing[game.closing_row[states[decisions:]]],
        unknowns=unknowns,
    )


def _next_depth(game: Game, front: _Front, first: int) -> tuple[list[dict[str, Any]], _Front]:
    """Return the layers of histories sorted by moves and mover and numbered from ``first``, and what follows them."""
    source, move, branch = _edges(game, front.state, front.period)
    kinds = np.stack([np.diff(game.first_move)[front.state], game.mover[front.state]], axis=1)
    cuts = [int(c) for c in np.flatnonzero(np.any(np.diff(kinds, axis=0) != 0, axis=1)) + 1]
    possible = tuple(np.empty((len(source), k), bool) for k in game.types)
    layers = []
    for begin, end in zip([0, *cuts], [*cuts, len(front.state)], strict=True) if len(front.state) else ():
        edges = slice(*(int(n) for n in np.searchsorted(source, np.array([begin, end]))))
        layer = _layer(game, front.state[begin:end], source[edges] - begin, move[edges], branch[edges])
        layer["chance"] = game.chances(branch[edges], front.period[source[edges]])
        tells = []
        for player in range(2):
            before = front.possible[player][source[edges]]
            told, possible[player][edges] = _told(game, player, branch[edges], before)
            tells.append(told)
        layer |= {"tells_own": tells[layer["mover"]], "tells_other": tells[1 - layer["mover"]]}
        layer |= {"begin": first + begin, "end": first + end}
        layers.append(layer)
    state, period = game.successor[branch].astype(np.int64), front.period[source] + game.elapsed[move]
    return layers, _Front(state, period, first + source, branch, possible)


def _layer(
    game: Game,
    states: Numbers,
    source: Numbers,
    move: Numbers,
    branch: Numbers,
) -> dict[str, Any]:
    """Return what is known of a layer before its histories and those that follow are numbered."""
    i, m = int(game.mover[states[0]]), int(np.diff(game.first_move)[states[0]])
    moves = game.first_move[states][:, None] + np.arange(m)
    reward = game.reward[game.row[moves]]
    if i == 1:
        reward = reward.swapaxes(-1, -2)
    discount = game.discount[game.row[moves]]
    choice = source * m + move - game.first_move[states][source]
    factor = game.likelihood[game.likelihood_row[branch]]
    own, other = factor[:, i, : game.types[i]], factor[:, 1 - i, : game.types[1 - i]]
    redraws = []
    for k in range(2):
        edges = np.flatnonzero((game.redraw_row[branch] > 0) & (game.redraw_player[game.redraw_row[branch]] == k))
        if len(edges):
            redraws.append(Redraw(edges, k, game.redraw[game.redraw_row[branch[edges]], : game.types[k]]))
    return {
        "mover": i,
        "moves": m,
        "reward_own": np.ascontiguousarray(reward[:, :, i]),
        "reward_other": np.ascontiguousarray(reward[:, :, 1 - i]),
        "discount_own": discount[..., i],
        "discount_other": discount[..., 1 - i],
        "choice": choice,
        "first_edge": np.searchsorted(choice, np.arange(len(states) * m)),
        "like_own": own if np.any(own != 1) else None,
        "like_other": other if np.any(other != 1) else None,
        "redraws": tuple(redraws),
    }


def _told(
    game: Game, player: int, branch: Numbers, before: NDArray[np.bool_]
) -> tuple[Array | None, NDArray[np.bool_]]:
    """Return what edges tell the public about a player, and which of its types may be after them."""
    types = game.types[player]
    factor = game.likelihood[game.likelihood_row[branch], player, :types]
    after: NDArray[np.bool_] = before & np.greater(factor, 0)
    lost = np.logical_not(after.any(axis=1))
    factor = np.where(lost[:, None], 1.0, factor)
    after[lost] = before[lost]
    drawn = (game.redraw_row[branch] > 0) & (game.redraw_player[game.redraw_row[branch]] == player)
    after[drawn] = game.redraw[game.redraw_row[branch[drawn]], :types] > 0
    with np.errstate(divide="ignore"):
        return np.log(factor) if np.any(factor != 1) else None, after
