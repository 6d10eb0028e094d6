"""Agent quantal response equilibrium on the public histories of a game: exact in beliefs, and on the principal branch.

Where `AQRE` solves each state on a grid of beliefs, this writes out every public history, so beliefs are what Bayes'
rule makes them and nothing is interpolated; any number of types is allowed. It pays where histories are few enough.

References
----------
McKelvey, R. & Palfrey, T. (1998). Quantal response equilibria for extensive form games. Exp. Econ. 1, 9-41.
Turocy, T. (2005). A dynamic homotopy interpretation of the logistic quantal response equilibrium correspondence. Games
Econ. Behav. 51, 243-263.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import __version__
from ..errors import InputError, NotSolvedError
from ..game.game import Game
from .aqre import AQRE, Progress
from .tree_certificate import certify
from .tree_equations import TreePoint, evaluate, first_weights, inform, normalised
from .tree_path import newton, principal_branch
from .tree_solution import TreeEquilibrium, TreeSolution
from .unroll import Histories, Prior, unroll

Array = NDArray[np.float64]

Guess = Callable[[int, int, tuple[Array, Array]], ArrayLike]
"""``guess(state, period, beliefs)`` returns choices, shape (types of the mover, moves); beliefs by player and type."""

_DISTINCT = 1e-6
"""Equilibria are different if a probability of choice differs by more."""
_MILD_TO_PURE = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Log odds of random starts, relative to precision times the typical difference of two moves' worth."""


@dataclass(frozen=True)
class PublicTree:
    """Agent quantal response equilibrium on public histories.

    Parameters
    ----------
    precision : float, mapping or None
        How sharply each player responds, per discounted stake: one number, or player name -> number; None takes the
        game's own. 0 (choices at random) to 10 000.
    starts : int
        Random behaviours from which other equilibria are looked for, besides the one on the principal branch.
    seed : int
        Of these.
    tolerance : float
        Largest error of log odds at a solved history, relative to one plus precision times the largest value in the
        game.
    limit : int
        Probabilities (histories times moves times types of the mover) above which a game is refused.
    """

    precision: float | Mapping[str, float] | None = None
    starts: int = 0
    seed: int = 0
    tolerance: float = 1e-12
    limit: int = 2_000_000

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if self.starts < 0:
            raise InputError(f"starts: is {self.starts}; it must be at least 0")
        if not 0 < self.tolerance < 1:
            raise InputError(f"tolerance: is {self.tolerance:g}; it must lie between 0 and 1")

    def precisions(self, game: Game) -> Array:
        """Return the precision of each player of ``game``.

        Raises
        ------
        InputError
            If one is outside 0 to 10 000, or a name is not a player's.
        """
        return AQRE(precision=self.precision).precisions(game)


def solve_tree(
    game: Game,
    method: PublicTree | None = None,
    progress: Progress | None = None,
    throw: bool = True,
    *,
    state: int | None = None,
    period: int = 0,
    beliefs: Prior | None = None,
) -> TreeSolution:
    """Solve ``game`` on its public histories, on the principal branch, and certify the solution.

    The principal branch is the curve of equilibria that begins with choices at random at precision zero, followed to
    where it first reaches the precision asked for; precisions of the players grow in proportion.

    Parameters
    ----------
    game : Game
    method : PublicTree, optional
        Default `PublicTree()`.
    progress : callable, optional
        Called with (thousandths of the precision reached, 1000).
    throw : bool
        Whether to raise when the target is not reached; the error carries what was.
    state, period : int, optional
        Where to begin; by default at the start of the game.
    beliefs : two sequences of float, optional
        Public probability of every type of either player there; by default the prior.

    Raises
    ------
    InputError
        If the method does not fit the game, or there are too many histories.
    NotSolvedError
        If the branch could not be followed to the end and ``throw`` is true.

    Examples
    --------
    >>> from duress.game.classics import beer_quiche
    >>> from duress.solve.tree import PublicTree, solve_tree
    >>> solution = solve_tree(beer_quiche(), PublicTree(precision=5))
    >>> solution.solved, solution.run["branch"]
    (True, 'principal')
    """
    method = method or PublicTree()
    began = time.perf_counter()
    precisions = method.precisions(game)
    tree = unroll(game, method.limit, state, period, beliefs)
    trace = principal_branch(tree, precisions, method.tolerance, progress)
    status = "solved"
    if not trace.arrived:
        status = (
            f"the principal branch was followed to {trace.scale:.4g} of the precision in {trace.steps:,} steps and no "
            "further. Try a lower precision, or starts to find an equilibrium elsewhere"
        )
    about = {"branch": "principal", "steps": trace.steps, "refused_steps": trace.refused, "turns": trace.turns}
    return _solution(tree, method, precisions, trace.point, status, about, began, throw)


def polish(
    game: Game,
    method: PublicTree,
    guess: Guess,
    throw: bool = True,
    *,
    state: int | None = None,
    period: int = 0,
    beliefs: Prior | None = None,
) -> TreeSolution:
    """Solve ``game`` on its public histories by Newton's method from a behaviour that is nearly right.

    Parameters
    ----------
    game : Game
    method : PublicTree
    guess : callable
        ``guess(state, period, beliefs)`` returns choices there, shape (types of the mover, moves); ``beliefs`` are two
        arrays, the public probability of each type of either player, which come of the guesses before.
    throw, state, period, beliefs
        As in `solve_tree`.

    Raises
    ------
    InputError
        As `solve_tree`; or if ``guess`` returns another shape, or what is no probability.
    NotSolvedError
        If Newton's method does not settle and ``throw`` is true.
    """
    began = time.perf_counter()
    precisions = method.precisions(game)
    tree = unroll(game, method.limit, state, period, beliefs)
    x = _guessed(tree, guess)
    begin = evaluate(tree, precisions, x)
    point = newton(tree, precisions, x, method.tolerance)
    status = "solved"
    if not point.solved(method.tolerance):
        status = "Newton's method does not settle from the behaviour given. Try a closer one, or the principal branch"
    about = {"branch": "polished", "moved": point.farthest(begin)}
    return _solution(tree, method, precisions, point, status, about, began, throw)


def _solution(
    tree: Histories,
    method: PublicTree,
    precisions: Array,
    point: TreePoint,
    status: str,
    about: dict,
    began: float,
    throw: bool,
) -> TreeSolution:
    if not np.array_equal(point.precisions, precisions):
        # Short of the target: how far it is from a solution there is what the certificate must say.
        point = evaluate(tree, precisions, point.x)
    unsolved = int(np.count_nonzero(~(point.errors() <= method.tolerance)))
    policies = [here.log_policy for here in point.layers]
    certificate = certify(tree, precisions, policies, point.values, unsolved)
    run = {
        "method": "PublicTree",
        "precision": {p.name: float(x) for p, x in zip(tree.game.players, precisions, strict=True)},
        **about,
        "histories": tree.decisions,
        "unknowns": tree.unknowns,
        "version": __version__,
    }
    others = _others(tree, method, precisions, point)
    run["seconds"] = round(time.perf_counter() - began, 3)
    solution = TreeSolution(
        tree.game, method, status, certificate, _equilibrium(point, certificate.residual), others, run
    )
    if throw and not solution.solved:
        raise NotSolvedError(status, solution)
    return solution


def _equilibrium(point: TreePoint, residual: float) -> TreeEquilibrium:
    logs, worths = (tuple(getattr(here, name) for here in point.layers) for name in ("log_policy", "worth"))
    return TreeEquilibrium(point.tree, logs, worths, point.beliefs, point.values, residual)


def _others(tree: Histories, method: PublicTree, precisions: Array, first: TreePoint) -> tuple[TreeEquilibrium, ...]:
    """Look for other equilibria by Newton's method from random behaviour, from mild to nearly pure by turns.

    Every fourth start is first moved some way towards its logit response: this finds equilibria that are stable under
    such adjustment where Newton's method alone would not settle.
    """
    if not method.starts or not tree.unknowns:
        return ()
    rng = np.random.default_rng(method.seed)
    some = evaluate(tree, precisions, rng.normal(scale=3.0, size=tree.unknowns))
    typical = float(np.sqrt(np.mean(some.gaps**2)))
    spread = np.empty(tree.unknowns)
    for layer in tree.layers:
        spread[layer.unknowns] = precisions[layer.mover] * typical
    found: list[TreePoint] = []
    for start in range(method.starts):
        x = rng.normal(size=tree.unknowns) * spread * _MILD_TO_PURE[start % len(_MILD_TO_PURE)]
        if start % 4 == 3:
            for _ in range(40):
                x = x - 0.3 * evaluate(tree, precisions, x).residual
        point = newton(tree, precisions, x, method.tolerance)
        if point.solved(method.tolerance) and all(point.farthest(p) > _DISTINCT for p in (first, *found)):
            found.append(point)
    out = []
    for point in found:
        policies = [here.log_policy for here in point.layers]
        out.append(_equilibrium(point, certify(tree, precisions, policies, point.values, 0).residual))
    return tuple(out)


def _guessed(tree: Histories, guess: Guess) -> Array:
    """Return the log odds of a behaviour given by state, period and beliefs."""
    x = np.zeros(tree.unknowns)
    log_weights = first_weights(tree)
    for layer in tree.layers:
        types = layer.reward_own.shape[2]
        policy = np.ones((layer.size, types, layer.moves))
        if layer.moves > 1:
            beliefs = normalised(tree, log_weights[layer.begin : layer.end])
            for n, row in enumerate(beliefs):
                number = layer.begin + n
                pair = row[tree.columns(0)], row[tree.columns(1)]
                given = np.array(guess(int(tree.state[number]), int(tree.period[number]), pair), float)
                if given.shape != (types, layer.moves) or not (given >= 0).all() or not (given.sum(axis=1) > 0).all():
                    name = tree.game.state_name(int(tree.state[number]))
                    raise InputError(
                        f"guess: in {name} it returns an array of shape {given.shape}; it must return probabilities "
                        f"of shape {(types, layer.moves)}, by type of the mover and move"
                    )
                policy[n] = given / given.sum(axis=1, keepdims=True)
        logs = np.log(np.maximum(policy, 1e-300)).swapaxes(1, 2)
        if layer.moves > 1:
            x[layer.unknowns] = (logs[:, :-1] - logs[:, -1:]).ravel()
        inform(tree, layer, logs, log_weights)
    return x
