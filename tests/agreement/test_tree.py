"""Solutions on belief grids against the same games solved by brute force, as trees of all their histories."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from duress.game.builder import Branch, GameBuilder
from duress.game.game import Game
from duress.solve.aqre import AQRE
from duress.solve.solution import Solution, solve

PRECISION = 0.8
NEWS = (
    "nothing",
    "a sign of the first",
    "a sign of the second",
    "a new first",
    "a new second",
    "a sign and a new draw",
)
FIRST, SECOND = ("mild", "stern"), ("weak", "strong")


@cache
def random_game(news: str, seed: int) -> Game:
    """Return two periods of three turns: First, Second, First; then chance, with news about a type or a new draw."""
    rng = np.random.default_rng(seed)

    def payoffs() -> dict[str, Any]:
        return {"First": rng.normal(size=(2, 2)), "Second": rng.normal(size=(2, 2))}

    def discount() -> dict[str, float]:
        return {"First": float(rng.uniform(0.7, 1)), "Second": float(rng.uniform(0.7, 1))}

    builder = GameBuilder(
        ("First", {"mild": 0.37, "stern": 0.63}), ("Second", {"weak": 0.72, "strong": 0.28}), periods=2
    )
    for turn, mover in enumerate(("First", "Second", "First")):
        builder.state(f"turn {turn}", mover=mover, at_horizon=payoffs())
    builder.state("chance", mover="Second", at_horizon=payoffs()).end("over", payoffs())
    for turn, after in enumerate(("turn 1", "turn 2", "chance")):
        builder.move(f"turn {turn}", "go on", to=after, reward=payoffs(), discount=discount())
        builder.move(f"turn {turn}", "leave it to chance", to={after: 0.6, "over": 0.4}, reward=payoffs())
    builder.move("chance", "wait", to=branches(news), reward=payoffs(), discount=discount(), elapsed=True)
    return builder.build("turn 0")


def branches(news: str) -> list[Branch]:
    """Return what chance may do between the periods."""
    draw = {
        "a new first": ("First", {"mild": 0.8, "stern": 0.2}),
        "a new second": ("Second", {"weak": 0.15, "strong": 0.85}),
        "a sign and a new draw": ("Second", {"weak": 0.15, "strong": 0.85}),
    }.get(news)
    if "sign" not in news:
        return [Branch("turn 0", 0.7, draw), Branch("turn 1", 0.3)]
    types = FIRST if news != "a sign of the second" else SECOND
    signs = {types[0]: 0.3, types[1]: 0.8}
    return [Branch("turn 0", signs, draw), Branch("turn 1", {k: 1 - p for k, p in signs.items()})]


@cache
def solved(news: str, seed: int, beliefs: int) -> Solution:
    return solve(random_game(news, seed), AQRE(precision=PRECISION, beliefs=beliefs))


@pytest.fixture(scope="module")
def right(unfold: Callable) -> Callable:
    """Return the tree of a game with its equilibrium; at this precision there is one only."""

    @cache
    def find(news: str, seed: int) -> tuple[Any, list[np.ndarray]]:
        tree = unfold(random_game(news, seed))
        return tree, tree.equilibrium(PRECISION)

    return find


def behaviour_error(solution: Solution, tree: Any, behaviour: list[np.ndarray]) -> float:
    """Return the largest difference of a choice, over all histories, at the beliefs of the tree."""
    found = 0.0
    for node, choice, beliefs in zip(tree.nodes, behaviour, tree.beliefs(behaviour), strict=True):
        policy = solution.behaviour(node.state, node.period, beliefs).policy
        found = max(found, float(np.abs(np.array([list(p.values()) for p in policy.values()]) - choice).max()))
    return found


@pytest.mark.parametrize("news", NEWS)
@pytest.mark.parametrize("seed", [1, 2])
def test_behaviour_on_every_history(right: Callable, news: str, seed: int) -> None:
    coarse, fine = (behaviour_error(solved(news, seed, n), *right(news, seed)) for n in (9, 33))
    assert coarse < 1e-3
    assert fine < 1.5e-5
    assert fine < coarse / 8


@pytest.mark.parametrize("news", NEWS)
def test_certificates_find_no_fault(news: str) -> None:
    certificate = solved(news, 1, 33).certificate
    assert certificate.unsolved == 0
    assert certificate.residual < 1e-9
    # Above rounding, because worth is right to first order in the last step; far below the tolerance all the same.
    assert certificate.value_error < 1e-11


@pytest.mark.parametrize("news", NEWS)
def test_value_of_the_start(right: Callable, news: str) -> None:
    tree, behaviour = right(news, 1)
    value = solved(news, 1, 33).value()
    for player, expected in zip(tree.game.players, tree.value(behaviour), strict=True):
        assert list(value[player.name].values()) == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize("news", ["nothing", "a sign of the second", "a sign and a new draw"])
def test_deviation_gain_is_that_of_the_best_plan(right: Callable, news: str) -> None:
    tree, behaviour = right(news, 1)
    errors = {9: 0.0, 33: 0.0}
    for beliefs in errors:
        gain = solved(news, 1, beliefs).certificate.deviation_gain
        for i, player in enumerate(tree.game.players):
            expected = tree.best(behaviour, i) - tree.value(behaviour)[i]
            assert (expected > 0.05).all(), "there is something to gain by being sharper"
            missed = np.abs(list(gain[player.name].values()) - expected).max()
            errors[beliefs] = max(errors[beliefs], float(missed))
    assert errors[33] < 1e-3
    assert errors[33] < errors[9] / 4
