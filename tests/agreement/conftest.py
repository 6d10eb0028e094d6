"""A game written out as a tree of all its histories, and solved there: slow, exact, and without public beliefs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray

from duress.game.game import Game

Array = NDArray[np.float64]


@dataclass
class Branch:
    """What chance may do: its probability by pair of types, whose type it draws anew (-1: nobody's) and from what."""

    chance: Array
    drawn: int
    draw: Array
    node: Node


@dataclass
class Node:
    """A public history: the state and period it leads to, who moves (-1: it is over), and what each move does."""

    state: int
    period: int
    mover: int
    payoff: Array
    rewards: list[Array] = field(default_factory=list)
    discounts: list[Array] = field(default_factory=list)
    branches: list[list[Branch]] = field(default_factory=list)


class Tree:
    """All histories of a game, over pairs of types: arrays have shape (2, K0, K1), payoffs of either player by pair.

    What a player believes of the other is worked out for each of its types from the chances of the history. Behaviour
    is a list of arrays (types of the mover, moves), one for each node of ``nodes``.
    """

    def __init__(self, game: Game) -> None:
        self.game = game
        self.nodes: list[Node] = []
        self.root = self._grow(game.start, 0)
        self.number = {id(node): n for n, node in enumerate(self.nodes)}

    def _grow(self, state: int, period: int) -> Node:
        game = self.game
        over = game.mover[state] < 0 or period == game.periods
        node = Node(state, period, -1 if over else int(game.mover[state]), game.closing[game.closing_row[state]])
        if over:
            return node
        self.nodes.append(node)
        for a in game.moves_of(state):
            node.rewards.append(game.reward[game.row[a]])
            node.discounts.append(game.discount[game.row[a]][:, None, None])
            node.branches.append([])
            for b in range(int(game.first_branch[a]), int(game.first_branch[a + 1])):
                first, second = (game.likelihood[game.likelihood_row[b], i, :k] for i, k in enumerate(game.types))
                drawn = int(game.redraw_player[game.redraw_row[b]]) if game.redraw_row[b] else -1
                draw = game.redraw[game.redraw_row[b], : game.types[drawn]]
                after = self._grow(int(game.successor[b]), period + int(game.elapsed[a]))
                node.branches[-1].append(Branch(game.probability[b] * np.outer(first, second), drawn, draw, after))
        return node

    def uniform(self) -> list[Array]:
        """Return the behaviour of choosing at random."""
        return [np.full((self.game.types[n.mover], len(n.rewards)), 1 / len(n.rewards)) for n in self.nodes]

    def respond(self, behaviour: list[Array], precision: float) -> list[Array]:
        """Return the logit response of every type at every node."""
        answers = list(behaviour)

        def choose(number: int, worth: Array) -> Array:
            odds = np.exp(precision * (worth - worth.max(axis=1, keepdims=True)))
            answers[number] = odds / odds.sum(axis=1, keepdims=True)
            return behaviour[number]

        self._worth(self.root, self._start(), behaviour, choose)
        return answers

    def equilibrium(self, precision: float) -> list[Array]:
        """Return the behaviour that answers itself, by repetition from behaviour at random."""
        behaviour = self.uniform()
        for _ in range(500):
            answers = self.respond(behaviour, precision)
            change = max(float(np.abs(a - b).max()) for a, b in zip(answers, behaviour, strict=True))
            behaviour = answers
            if change < 1e-14:
                return behaviour
        raise AssertionError("no fixed point in 500 repetitions")

    def value(self, behaviour: list[Array]) -> list[Array]:
        """Return what the game is worth to each type of each player."""
        return self._by_type(self._worth(self.root, self._start(), behaviour, lambda n, _: behaviour[n]))

    def best(self, behaviour: list[Array], player: int) -> Array:
        """Return what each type of a player would get by the best of all plans against the other's behaviour."""

        def choose(number: int, worth: Array) -> Array:
            if self.nodes[number].mover != player:
                return behaviour[number]
            return np.eye(worth.shape[1])[worth.argmax(axis=1)]

        return self._by_type(self._worth(self.root, self._start(), behaviour, choose))[player]

    def beliefs(self, behaviour: list[Array]) -> list[tuple[float, float]]:
        """Return the public probability of the second type of either player (0 for one type), for each node."""
        found = [(0.0, 0.0)] * len(self.nodes)

        def visit(node: Node, joint: Array) -> None:
            if node.mover < 0:
                return
            total, second = joint.sum(), (joint.sum(axis=1)[1:].sum(), joint.sum(axis=0)[1:].sum())
            found[self.number[id(node)]] = (float(second[0] / total), float(second[1] / total))
            for a, branches in enumerate(node.branches):
                for b in branches:
                    choice = self._by_pair(behaviour[self.number[id(node)]][:, a], node.mover)
                    visit(b.node, self._draw(joint * choice * b.chance, b))

        visit(self.root, np.outer(self.game.players[0].prior, self.game.players[1].prior))
        return found

    def _worth(self, node: Node, weights: tuple[Array, Array], behaviour: list[Array], choose: Callable) -> Array:
        """Return payoffs from ``node`` on; ``weights[i]`` are chances of player i's type and moves, by pair."""
        if node.mover < 0:
            return node.payoff
        number, i = self.number[id(node)], node.mover
        moves = []
        for a, branches in enumerate(node.branches):
            onward = np.zeros((2, *self.game.types))
            chosen = list(weights)
            chosen[i] = weights[i] * self._by_pair(behaviour[number][:, a], i)
            for b in branches:
                first, second = (self._draw(w * b.chance, b, own=b.drawn == k) for k, w in enumerate(chosen))
                after = self._worth(b.node, (first, second), behaviour, choose)
                if b.drawn >= 0:
                    mean = np.tensordot(after, b.draw, axes=(1 + b.drawn, 0))
                    after = np.broadcast_to(np.expand_dims(mean, 1 + b.drawn), after.shape)
                onward = onward + b.chance * after
            moves.append(node.rewards[a] + node.discounts[a] * onward)
        other = weights[1 - i] / weights[1 - i].sum(axis=1 - i, keepdims=True)
        choice = choose(number, np.stack([(other * m[i]).sum(axis=1 - i) for m in moves], axis=1))
        return sum((self._by_pair(choice[:, a], i) * m for a, m in enumerate(moves)), np.zeros((2, *self.game.types)))

    def _draw(self, weights: Array, b: Branch, own: bool = True) -> Array:
        """Return chances by pair after a new draw, which the chances of a player who is not drawn no longer tell."""
        if b.drawn < 0:
            return weights
        total = weights.sum(axis=b.drawn, keepdims=True)
        return total * self._by_pair(b.draw, b.drawn) if own else np.broadcast_to(total, weights.shape)

    def _start(self) -> tuple[Array, Array]:
        first, second = (np.array(p.prior) for p in self.game.players)
        ones = np.ones(self.game.types)
        return ones * first[:, None], ones * second[None, :]

    def _by_pair(self, of_player: Array, i: int) -> Array:
        return of_player[:, None] if i == 0 else of_player[None, :]

    def _by_type(self, payoffs: Array) -> list[Array]:
        first, second = (np.array(p.prior) for p in self.game.players)
        return [payoffs[0] @ second, first @ payoffs[1]]


@pytest.fixture(scope="session")
def unfold() -> Callable[[Game], Tree]:
    """Return what writes a game out as a tree."""
    return Tree
