"""A game solved on its public histories: behaviour after each, values, other equilibria, and the certificate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..game.game import Game
from .certificate import Certificate, Stakes
from .unroll import Histories

if TYPE_CHECKING:
    from .tree import PublicTree

Array = NDArray[np.float64]
ByType = dict[str, float]
"""Type -> number."""
Choice = tuple[tuple[str, ...], int, int, str, dict[str, ByType], dict[str, ByType]]
"""(history, state, period, player, type -> move -> probability, move -> type -> public probability after it)."""


@dataclass(frozen=True)
class HistoryBehaviour:
    """What the mover's types do after one public history, and what follows for beliefs and values.

    Parameters
    ----------
    history : tuple of str
    state, period : int
    player : str
    moves : tuple of str
    policy : dict
        Type -> move -> probability.
    worth : dict
        Type -> move -> expected discounted stakes from this move on.
    beliefs : dict
        Player -> type -> public probability.
    after : dict
        Move -> type of the mover -> public probability once the move is seen.
    value : dict
        Player -> type -> expected discounted stakes.
    """

    history: tuple[str, ...]
    state: int
    period: int
    player: str
    moves: tuple[str, ...]
    policy: dict[str, ByType]
    worth: dict[str, ByType]
    beliefs: dict[str, ByType]
    after: dict[str, ByType]
    value: Stakes


@dataclass(frozen=True)
class TreeEquilibrium:
    """An agent quantal response equilibrium on the public histories of a game.

    Parameters
    ----------
    histories : Histories
    log_policies, worths : tuple of float64 array, shape (n, m, K_i)
        By layer: logarithms of choices, and expected discounted stakes from each move on.
    beliefs, values : float64 array, shape (H, K0 + K1)
    residual : float
        Largest difference of a probability of choice from the logit response, by separate code.
    """

    histories: Histories
    log_policies: tuple[Array, ...] = field(repr=False)
    worths: tuple[Array, ...] = field(repr=False)
    beliefs: Array = field(repr=False)
    values: Array = field(repr=False)
    residual: float

    def value(self) -> Stakes:
        """Return player -> type -> expected discounted stakes at the beginning."""
        return self._by_player(self.values[0])

    def behaviour(self, history: Sequence[str] | None = None) -> HistoryBehaviour:
        """Return what the mover does after ``history`` (default: at the beginning).

        Parameters
        ----------
        history : sequence of str
            Names of moves; after a move that leaves something to chance, also the name of the state that came of it
            (with " (2)" and so on behind it if several branches of chance lead to that state).

        Raises
        ------
        ValueError
            If there is no such history, or nobody moves after it.
        """
        number, rest = 0, list(history or ())
        while rest:
            for child, names in self._following(number):
                if tuple(rest[: len(names)]) == names:
                    number, rest = child, rest[len(names) :]
                    break
            else:
                allowed = "; ".join(", ".join(names) for _, names in self._following(number)) or "nothing: it is over"
                raise ValueError(f"history {list(history or ())}: {rest[0]} does not follow. What may: {allowed}")
        if number >= self.histories.decisions:
            raise ValueError(f"nobody moves after {list(history or ())}: it is over")
        return self._at(number, tuple(history or ()))

    def choices(self) -> Iterator[Choice]:
        """Yield what is done after every history at which there is a choice, depth first."""
        for number, history in self.walk():
            if len(self.histories.game.moves_of(int(self.histories.state[number]))) > 1:
                here = self._at(number, history)
                yield history, here.state, here.period, here.player, here.policy, here.after

    def walk(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield number and names of every history at which somebody moves, depth first."""
        pending: list[tuple[int, tuple[str, ...]]] = [(0, ())]
        while pending:
            number, history = pending.pop()
            if number < self.histories.decisions:
                yield number, history
                pending += [(child, history + names) for child, names in reversed(self._following(number))]

    def farthest(self, other: TreeEquilibrium) -> float:
        """Return the largest difference of a probability of choice from another equilibrium's."""
        pairs = zip(self.log_policies, other.log_policies, strict=True)
        return max((float(np.abs(np.exp(a) - np.exp(b)).max()) for a, b in pairs), default=0.0)

    @cached_property
    def _order(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the histories sorted by the one before and the branch, and where each one's followers begin."""
        tree = self.histories
        order = np.lexsort((tree.branch, tree.parent))
        return order, np.searchsorted(tree.parent[order], np.arange(len(tree) + 1))

    def _following(self, number: int) -> list[tuple[int, tuple[str, ...]]]:
        """Return the histories that follow one, with what each adds to its names."""
        tree, game = self.histories, self.histories.game
        order, first = self._order
        children = order[first[number] : first[number + 1]]
        out: list[tuple[int, tuple[str, ...]]] = []
        moves = np.searchsorted(game.first_branch, tree.branch[children], side="right") - 1
        for child, move in zip(children, moves, strict=True):
            names = (game.move_name(int(move)),)
            if np.count_nonzero(moves == move) > 1:
                names += (game.state_name(int(tree.state[child])),)
                alike = (moves == move) & (tree.state[children] == tree.state[child])
                before = int(np.count_nonzero(alike[: len(out)]))
                names = (names[0], f"{names[1]} ({before + 1})") if before else names
            out.append((int(child), names))
        return out

    def _at(self, number: int, history: tuple[str, ...]) -> HistoryBehaviour:
        tree, game = self.histories, self.histories.game
        at = next(n for n, layer in enumerate(tree.layers) if layer.begin <= number < layer.end)
        layer = tree.layers[at]
        player = game.players[layer.mover]
        state = int(tree.state[number])
        names = tuple(game.move_name(a) for a in game.moves_of(state))
        logs = self.log_policies[at][number - layer.begin]
        worth = self.worths[at][number - layer.begin]
        belief = self.beliefs[number, tree.columns(layer.mover)]
        joint = belief * np.exp(logs - logs.max(axis=1, where=belief > 0, initial=-np.inf, keepdims=True))
        after = joint / joint.sum(axis=1, keepdims=True)

        def by_type(table: Array) -> dict[str, ByType]:
            return {k: dict(zip(names, map(float, table[:, n]), strict=True)) for n, k in enumerate(player.types)}

        return HistoryBehaviour(
            history=history,
            state=state,
            period=int(tree.period[number]),
            player=player.name,
            moves=names,
            policy=by_type(np.exp(logs)),
            worth=by_type(worth),
            beliefs=self._by_player(self.beliefs[number]),
            after={a: dict(zip(player.types, row, strict=True)) for a, row in zip(names, after.tolist(), strict=True)},
            value=self._by_player(self.values[number]),
        )

    def _by_player(self, of_types: Array) -> Stakes:
        numbers = iter(map(float, of_types))
        return {p.name: {k: next(numbers) for k in p.types} for p in self.histories.game.players}


@dataclass(frozen=True)
class TreeSolution:
    """A game solved on its public histories, with its certificate.

    Parameters
    ----------
    game : Game
    method : PublicTree
        As asked for.
    status : str
        "solved", or a sentence that says what is wrong and what to try.
    certificate : Certificate
    equilibrium : TreeEquilibrium
    others : tuple of TreeEquilibrium
        Equilibria found from other starts, as different from one another as from this one.
    run : dict
        Precision, branch, histories, unknowns, steps, seconds, version.
    """

    game: Game
    method: PublicTree
    status: str
    certificate: Certificate
    equilibrium: TreeEquilibrium
    others: tuple[TreeEquilibrium, ...]
    run: dict[str, Any]

    @property
    def solved(self) -> bool:
        """Whether the equilibrium asked for was reached, and no history is left unsolved."""
        return self.status == "solved"

    @property
    def histories(self) -> Histories:
        """The public histories."""
        return self.equilibrium.histories

    def value(self) -> Stakes:
        """Return player -> type -> expected discounted stakes at the beginning."""
        return self.equilibrium.value()

    def behaviour(self, history: Sequence[str] | None = None) -> HistoryBehaviour:
        """Return what the mover does after ``history``; see `TreeEquilibrium.behaviour`."""
        return self.equilibrium.behaviour(history)

    def choices(self) -> Iterator[Choice]:
        """Yield what is done after every history at which there is a choice, depth first."""
        return self.equilibrium.choices()
