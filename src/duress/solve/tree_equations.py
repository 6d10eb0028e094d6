"""The equations of an agent quantal response equilibrium on public histories, and their exact linearisation.

The unknowns u are log odds of choice, of each type at each history, relative to the last move there:

    σ(a | θ, h) = exp u_a / Σ exp u,    0 = F_a = u_a − λ_i (Q(a, θ) − Q(last, θ))

Log-likelihoods of types L(θ | h) run down the tree, from each history to those that follow it; values V(θ | h) run up:

    L_i(θ | h a) = L_i(θ | h) + log σ(a | θ, h),    μ = exp L / Σ exp L
    Q(a, θ) = Σ μ_j r_i + δ_i Σ_e P(e | θ, μ_j) V_i(θ | h a e),    V_i = Σ_a σ Q,
    V_j(θ_j) = Σ_a Σ_θ μ_i σ(a | θ) (r_j + δ_j Σ_e P(e | θ, θ_j) V_j(θ_j | h a e))

Nothing else links two histories, so Newton's equations are solved without any matrix of the whole tree: from the ends
up, the change of u at a history and of V there are written as linear functions of the change of L there (a system of
(m − 1) K_i equations at each history), and then the changes are read off from the first history down. The cost is
proportional to the number of histories.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .unroll import Histories, Layer

Array = NDArray[np.float64]


@dataclass
class LayerPoint:
    """What one layer does at given unknowns.

    Shapes: ``log_policy``, ``policy``, ``worth``, ``chosen`` (n, m, K_i); ``other_worth`` (n, m, K_i or 1, K_j), stakes
    to the other by both types; ``later`` (E, K), values after edges; ``own_chance`` and ``other_chance`` (E,) or 1:
    how much more likely an edge is than by ``chance`` alone, given the move, by beliefs about the mover or the other.
    ``chosen`` is belief times choice.
    """

    log_policy: Array
    policy: Array
    worth: Array = field(default_factory=lambda: np.empty(0))
    chosen: Array = field(default_factory=lambda: np.empty(0))
    other_worth: Array = field(default_factory=lambda: np.empty(0))
    later: Array = field(default_factory=lambda: np.empty(0))
    own_chance: Array = field(default_factory=lambda: np.empty(0))
    other_chance: Array = field(default_factory=lambda: np.empty(0))


@dataclass
class TreePoint:
    """The equations at one point: beliefs, behaviour, values and residuals.

    Parameters
    ----------
    tree : Histories
    precisions : float64 array, shape (2,)
    x : float64 array, shape (unknowns,)
        Log odds.
    log_weights : float64 array, shape (H, K)
        Log-likelihoods of types along the history, the prior included; each player's up to a constant.
    beliefs : float64 array, shape (H, K)
        The public probability of every type.
    values : float64 array, shape (H, K)
        Expected discounted stakes of every type.
    gaps : float64 array, shape (unknowns,)
        Worth of a move less that of the last one, Q(a, θ) − Q(last, θ), in stakes.
    residual : float64 array, shape (unknowns,)
        F.
    layers : list of LayerPoint
    """

    tree: Histories
    precisions: Array
    x: Array
    log_weights: Array
    beliefs: Array
    values: Array
    gaps: Array
    residual: Array
    layers: list[LayerPoint]

    def errors(self) -> Array:
        """Return the largest error of a log odd at each history where somebody moves, shape (decisions,).

        Relative to one plus precision times the largest value of the game, which is where rounding comes from.
        """
        out = np.zeros(self.tree.decisions)
        size = 1 + self.precisions * np.abs(self.values).max()
        for layer in self.tree.layers:
            if layer.moves > 1:
                wrong = np.abs(self.residual[layer.unknowns]).reshape(layer.size, -1)
                out[layer.begin : layer.end] = wrong.max(axis=1) / size[layer.mover]
        return out

    def solved(self, tolerance: float) -> bool:
        """Whether the error at every history is at most ``tolerance``."""
        return bool(self.errors().max(initial=0.0) <= tolerance)

    def covector(self, direction: Array) -> Array:
        """Return the row that measures directions along ``direction`` by Fisher information of the choices."""
        out = np.empty_like(direction)
        for layer, here in zip(self.tree.layers, self.layers, strict=True):
            if layer.moves > 1:
                change = direction[layer.unknowns].reshape(layer.size, layer.moves - 1, -1)
                weighted = here.policy[:, :-1] * change
                mean = weighted.sum(axis=1, keepdims=True)
                out[layer.unknowns] = (weighted - here.policy[:, :-1] * mean).ravel()
        return out

    def farthest(self, other: TreePoint) -> float:
        """Return the largest difference of a probability of choice from another point's."""
        pairs = zip(self.layers, other.layers, strict=True)
        return max((float(np.abs(a.policy - b.policy).max()) for a, b in pairs), default=0.0)

    def newton(self, columns: Array) -> tuple[Array, int]:
        """Return ``columns``, shape (unknowns, R), with the Jacobian of F taken off, and its determinant's sign.

        Where the Jacobian of a history and what follows it is singular: no numbers, and 0.
        """
        try:
            return _solve(self, columns)
        except np.linalg.LinAlgError:
            return np.full_like(columns, np.nan), 0


def evaluate(tree: Histories, precisions: Array, x: Array) -> TreePoint:
    """Return the equations of ``tree`` at log odds ``x``."""
    layers = [LayerPoint(*_choices(layer, x)) for layer in tree.layers]
    log_weights = first_weights(tree)
    for layer, here in zip(tree.layers, layers, strict=True):
        inform(tree, layer, here.log_policy, log_weights)
    beliefs = normalised(tree, log_weights)
    values = np.empty_like(beliefs)
    ends = slice(tree.decisions, None)
    first, second = tree.columns(0), tree.columns(1)
    values[ends, first] = (tree.closing[:, 0] * beliefs[ends, None, second]).sum(axis=2)
    values[ends, second] = (tree.closing[:, 1] * beliefs[ends, first, None]).sum(axis=1)
    gaps = np.empty_like(x)
    residual = np.empty_like(x)
    for layer, here in zip(reversed(tree.layers), reversed(layers), strict=True):
        _worth(tree, layer, here, beliefs, values)
        if layer.moves > 1:
            gap = (here.worth[:, :-1] - here.worth[:, -1:]).ravel()
            gaps[layer.unknowns] = gap
            residual[layer.unknowns] = x[layer.unknowns] - precisions[layer.mover] * gap
    return TreePoint(tree, precisions, x, log_weights, beliefs, values, gaps, residual, layers)


def _choices(layer: Layer, x: Array) -> tuple[Array, Array]:
    types = layer.reward_own.shape[2]
    odds = np.zeros((layer.size, layer.moves, types))
    if layer.moves > 1:
        odds[:, :-1] = x[layer.unknowns].reshape(layer.size, layer.moves - 1, types)
        odds -= odds.max(axis=1, keepdims=True)
        odds -= np.log(np.exp(odds).sum(axis=1, keepdims=True))
    return odds, np.exp(odds)


def first_weights(tree: Histories) -> Array:
    """Return room for the log-likelihoods of every history, shape (H, K), with those of the first filled in."""
    out = np.empty((len(tree), sum(tree.game.types)))
    with np.errstate(divide="ignore"):
        out[0] = np.log(np.concatenate(tree.prior))
    return out


def inform(tree: Histories, layer: Layer, log_policy: Array, log_weights: Array) -> None:
    """Fill in the log-likelihoods of the histories that follow a layer, from those of the layer."""
    own, other = tree.columns(layer.mover), tree.columns(1 - layer.mover)
    after = np.repeat(log_weights[layer.begin : layer.end], layer.moves, axis=0)
    after[:, own] += log_policy.reshape(-1, log_policy.shape[2])
    if len(layer.child) != len(after):
        after = after[layer.choice]
    if layer.tells_own is not None:
        after[:, own] += layer.tells_own
    if layer.tells_other is not None:
        after[:, other] += layer.tells_other
    with np.errstate(divide="ignore"):
        for redraw in layer.redraws:
            after[redraw.edges, tree.columns(redraw.player)] = np.log(redraw.draw)
    log_weights[layer.child] = after


def normalised(tree: Histories, log_weights: Array) -> Array:
    """Return the probabilities of types that log-likelihoods stand for."""
    out = np.empty_like(log_weights)
    for columns in (tree.columns(0), tree.columns(1)):
        part = log_weights[:, columns]
        part = np.exp(part - part.max(axis=1, keepdims=True))
        out[:, columns] = part / part.sum(axis=1, keepdims=True)
    return out


def _worth(tree: Histories, layer: Layer, here: LayerPoint, beliefs: Array, values: Array) -> None:
    """Fill in what moves of a layer are worth, and its ``values``."""
    own, other = tree.columns(layer.mover), tree.columns(1 - layer.mover)
    rows = slice(layer.begin, layer.end)
    about_own, about_other = beliefs[rows, own], beliefs[rows, other]
    here.chosen = about_own[:, None, :] * here.policy
    here.later = values[layer.child]
    for redraw in layer.redraws:
        columns = tree.columns(redraw.player)
        mean = (redraw.draw * here.later[redraw.edges, columns]).sum(axis=1, keepdims=True)
        here.later[redraw.edges, columns] = mean
    history = layer.choice // layer.moves
    to_own = layer.chance[:, None] * here.later[:, own]
    if layer.like_other is None:
        here.other_chance = np.ones(1)
    else:
        here.other_chance = (layer.like_other * about_other[history]).sum(axis=1)
        to_own = to_own * here.other_chance[:, None]
    to_other = (layer.chance[:, None] * here.later[:, other])[:, None, :]
    if layer.like_own is not None:
        to_own = to_own * layer.like_own
        to_other = to_other * layer.like_own[:, :, None]
    if layer.like_other is not None:
        to_other = to_other * layer.like_other[:, None, :]
    here.worth = layer.discount_own[..., None] * layer.by_choice(to_own)
    here.worth += (layer.reward_own * about_other[:, None, None, :]).sum(axis=3)
    here.other_worth = layer.reward_other + layer.discount_other[..., None, None] * layer.by_choice(to_other)
    values[rows, own] = (here.policy * here.worth).sum(axis=1)
    values[rows, other] = (here.chosen[..., None] * here.other_worth).sum(axis=(1, 2))


def _solve(point: TreePoint, columns: Array) -> tuple[Array, int]:
    """Eliminate from the ends up, then substitute from the first history down."""
    tree = point.tree
    types, count = sum(tree.game.types), columns.shape[1]
    # Change of every value by a change of each log-likelihood at the same history, then by each right-hand side.
    response = np.zeros((len(tree), types, types + count))
    ends = slice(tree.decisions, None)
    for i in range(2):
        own, other = tree.columns(i), tree.columns(1 - i)
        payoff = tree.closing[:, i] if i == 0 else tree.closing[:, i].swapaxes(1, 2)
        spread = payoff - point.values[ends, own, None]
        response[ends, own, other] = spread * point.beliefs[ends, None, other]
    answers, sign = [], 1
    for layer, here in zip(reversed(tree.layers), reversed(point.layers), strict=True):
        answer, turned = _eliminate(point, layer, here, response, columns)
        answers.append(answer)
        sign *= turned
    out = np.empty_like(columns)
    change = np.zeros((len(tree), types, count))
    for layer, here, answer in zip(tree.layers, point.layers, reversed(answers), strict=True):
        own = tree.columns(layer.mover)
        at = change[layer.begin : layer.end]
        after = np.repeat(at[:, None], layer.moves, axis=1)
        if layer.moves > 1:
            odds = answer[..., :types] @ at[:, None] + answer[..., types:]
            out[layer.unknowns] = odds.reshape(-1, count)
            after[:, :, own] -= (here.policy[:, :-1, :, None] * odds).sum(axis=1, keepdims=True)
            after[:, :-1, own] += odds
        after = after.reshape(-1, types, count)
        if len(layer.child) != len(after):
            after = after[layer.choice]
        for redraw in layer.redraws:
            after[redraw.edges, tree.columns(redraw.player)] = 0.0
        change[layer.child] = after
    return out, sign


def _eliminate(point: TreePoint, layer: Layer, here: LayerPoint, response: Array, columns: Array) -> tuple[Array, int]:
    """Fill in the ``response`` of a layer; return that of its log odds, shape (n, m - 1, K_i, K + R), and a sign."""
    tree = point.tree
    own, other = tree.columns(layer.mover), tree.columns(1 - layer.mover)
    rows = slice(layer.begin, layer.end)
    about_own, about_other = point.beliefs[rows, own], point.beliefs[rows, other]
    to_own, to_other = _onward(point, layer, here, response)
    # What the mover's moves are worth: by log-likelihoods at this history, and by its own choice of that very move.
    by_choice = np.ascontiguousarray(to_own[..., own])
    spread = layer.reward_own - (layer.reward_own * about_other[:, None, None, :]).sum(axis=3, keepdims=True)
    if layer.like_other is not None:
        news = layer.like_other - here.other_chance[:, None]
        gain = layer.chance[:, None] * here.later[:, own]
        gain = gain if layer.like_own is None else gain * layer.like_own
        spread = spread + layer.discount_own[..., None, None] * layer.by_choice(gain[:, :, None] * news[:, None, :])
    to_own[..., other] += spread * about_other[:, None, None, :]
    joint = here.chosen[..., None] * here.other_worth
    joint_turned = joint.swapaxes(2, 3)
    response[rows, other] = to_other.sum(axis=1)
    response[rows, other, own] += joint_turned.sum(axis=1) - point.values[rows, other, None] * about_own[:, None, :]
    if layer.moves == 1:
        response[rows, own] = to_own[:, 0]
        return np.empty(0), 1
    answer, sign = _answer(point, layer, here, by_choice, to_own, columns)
    change = np.zeros(to_own.shape)
    change[:, :-1] = answer
    change -= (here.policy[:, :-1, :, None] * answer).sum(axis=1, keepdims=True)
    gain = here.worth[..., None] * change + to_own + by_choice @ change
    response[rows, own] = (here.policy[..., None] * gain).sum(axis=1)
    response[rows, other] += ((to_other[..., own] + joint_turned) @ change).sum(axis=1)
    return answer, sign


def _onward(point: TreePoint, layer: Layer, here: LayerPoint, response: Array) -> tuple[Array, Array]:
    """Return how the worth of moves to the mover and to the other changes with log-likelihoods after them.

    Shapes (n, m, K_i, K + R) and (n, m, K_j, K + R).
    """
    tree = point.tree
    own, other = tree.columns(layer.mover), tree.columns(1 - layer.mover)
    after = response[layer.child]
    for redraw in layer.redraws:
        columns = tree.columns(redraw.player)
        some = after[redraw.edges]
        some[:, :, columns] = 0.0
        some[:, columns] = (redraw.draw[:, :, None] * some[:, columns]).sum(axis=1, keepdims=True)
        after[redraw.edges] = some
    chosen = here.chosen.reshape(-1, here.chosen.shape[2])[layer.choice]
    if layer.like_own is not None:
        chosen = chosen * layer.like_own
    weight_own = (layer.chance * here.other_chance)[:, None]
    weight_other = (layer.chance * chosen.sum(axis=1))[:, None]
    if layer.like_own is not None:
        weight_own = weight_own * layer.like_own
    if layer.like_other is not None:
        weight_other = weight_other * layer.like_other
    to_own = layer.by_choice(weight_own[..., None] * after[:, own])
    to_other = layer.by_choice(weight_other[..., None] * after[:, other])
    return layer.discount_own[..., None, None] * to_own, layer.discount_other[..., None, None] * to_other


def _answer(
    point: TreePoint, layer: Layer, here: LayerPoint, by_choice: Array, to_own: Array, columns: Array
) -> tuple[Array, int]:
    """Solve the equations of each history of a layer for its own log odds."""
    n, free, types = layer.size, layer.moves - 1, by_choice.shape[2]
    size = free * types
    precision = point.precisions[layer.mover]
    # (n, a, θ, a', θ'): worth of a to θ by the log odd of a' of θ'.
    slope = (by_choice[:, -1:] - by_choice[:, :-1])[:, :, :, None, :] * here.policy[:, None, None, :-1, :]
    for a in range(free):
        slope[:, a, :, a] += by_choice[:, a]
    matrix = (-precision * slope).reshape(n, size, size)
    matrix[:, range(size), range(size)] += 1
    right = precision * (to_own[:, :-1] - to_own[:, -1:])
    right[..., sum(point.tree.game.types) :] += columns[layer.unknowns].reshape(n, free, types, -1)
    right = right.reshape(n, size, -1)
    answer = np.linalg.solve(matrix, right)
    sign = 1 - 2 * (int(np.count_nonzero(np.linalg.slogdet(matrix).sign < 0)) % 2)
    return answer.reshape(n, free, types, -1), sign
