"""Solutions on belief lattices, for up to four types a player, against trees, the grid solver, and themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from duress.errors import InputError
from duress.game.builder import Branch, GameBuilder
from duress.game.game import Game
from duress.solve.aqre import AQRE
from duress.solve.certificate import Certificate
from duress.solve.lattice import LatticeInduction, induct_lattice
from duress.solve.lattice_check import certify_lattice
from duress.solve.solution import solve

NEWS = ("nothing", "a sign of the first", "a sign of the second", "a new first", "a sign and a new second")
Order = tuple[int, ...]


def names(player: str, types: int) -> tuple[str, ...]:
    return tuple(f"{player}{k}" for k in range(types))


def chances(types: int) -> np.ndarray:
    """Return unequal probabilities of the types."""
    return np.arange(2.0, types + 2) / np.arange(2.0, types + 2).sum()


@cache
def random_game(types: tuple[int, int], seed: int, news: str = "nothing", moves: int = 2, shown: Order = ()) -> Game:
    """Return two periods of three turns: First, Second, First; then chance, with news about a type or a new draw.

    ``shown`` lists the types of the first player in the order in which they are numbered; one listed twice becomes two
    types alike, which share its prior.
    """
    rng = np.random.default_rng(seed)
    shown = shown or tuple(range(types[0]))
    first, second = names("a", len(shown)), names("b", types[1])
    times = np.bincount(shown)[list(shown)]

    def payoffs() -> dict[str, Any]:
        table = rng.normal(size=(2, *types))[:, list(shown)]
        return {
            player: {(k, m): float(table[i, x, y]) for x, k in enumerate(first) for y, m in enumerate(second)}
            for i, player in enumerate(("First", "Second"))
        }

    def discount() -> dict[str, float]:
        return {"First": float(rng.uniform(0.7, 1)), "Second": float(rng.uniform(0.7, 1))}

    def dealt(player: int) -> dict[str, float]:
        if player == 0:
            return dict(zip(first, map(float, chances(types[0])[list(shown)] / times), strict=True))
        return dict(zip(second, map(float, chances(types[1])[::-1]), strict=True))

    builder = GameBuilder(("First", dealt(0)), ("Second", dealt(1)), periods=2)
    for turn, mover in enumerate(("First", "Second", "First")):
        builder.state(f"turn {turn}", mover=mover, at_horizon=payoffs())
    builder.state("chance", mover="Second", at_horizon=payoffs()).end("over", payoffs())
    for turn, after in enumerate(("turn 1", "turn 2", "chance")):
        builder.move(f"turn {turn}", "go on", to=after, reward=payoffs(), discount=discount())
        for n in range(1, moves):
            builder.move(f"turn {turn}", f"way {n}", to={after: 0.6, "over": 0.4}, reward=payoffs())
    draw = {"a new first": ("First", dealt(0)), "a sign and a new second": ("Second", dealt(1))}.get(news)
    branches = [Branch("turn 0", 0.7, draw), Branch("turn 1", 0.3)]
    if "sign" in news:
        told = second if news == "a sign of the second" else first
        kinds = range(types[1]) if told is second else shown
        signs = {k: 0.2 + 0.6 * kind / max(1, max(kinds)) for k, kind in zip(told, kinds, strict=True)}
        branches = [Branch("turn 0", signs, draw), Branch("turn 1", {k: 1 - p for k, p in signs.items()})]
    builder.move("chance", "wait", to=branches, reward=payoffs(), discount=discount(), elapsed=True)
    return builder.build("turn 0")


def solved(game: Game, precision: float, nodes: int, branch: Any = "in time") -> LatticeInduction:
    return induct_lattice(game, np.full(2, precision), nodes, 1e-11, 1, branch=branch)


def priors(game: Game) -> list[np.ndarray]:
    return [np.array(p.prior) for p in game.players]


def beliefs(tree: Any, behaviour: list[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the public belief about either player at each node of a tree."""
    found: list[Any] = [None] * len(tree.nodes)

    def visit(node: Any, joint: np.ndarray) -> None:
        if node.mover < 0:
            return
        number = tree.number[id(node)]
        found[number] = (joint.sum(axis=1) / joint.sum(), joint.sum(axis=0) / joint.sum())
        for a, branches in enumerate(node.branches):
            for b in branches:
                choice = tree._by_pair(behaviour[number][:, a], node.mover)
                visit(b.node, tree._draw(joint * choice * b.chance, b))

    visit(tree.root, np.outer(*priors(tree.game)))
    return found


def errors(found: LatticeInduction, tree: Any, behaviour: list[np.ndarray]) -> tuple[float, float]:
    """Return root mean squares of the errors of choices, over all histories, and of values at the start."""
    missed = []
    for node, choice, about in zip(tree.nodes, behaviour, beliefs(tree, behaviour), strict=True):
        stage = found.stage(node.state, node.period, *about)
        assert stage.solved
        missed.append(np.mean((stage.policy - choice) ** 2))
    value = found.stage(tree.game.start, 0, *priors(tree.game)).values
    differences = np.concatenate([a - b for a, b in zip(value, tree.value(behaviour), strict=True)])
    return float(np.sqrt(np.mean(missed))), float(np.sqrt(np.mean(differences**2)))


# Below 9 nodes an edge halving the step does not yet divide the error by four. These trees repetition solves.
@pytest.mark.parametrize(
    ("types", "grids", "seeds"),
    [
        ((3, 2), (9, 17, 33), (0, 1, 2, 5)),
        pytest.param((4, 1), (9, 17, 33), range(6), marks=pytest.mark.slow),
        pytest.param((1, 4), (9, 17, 33), range(6), marks=pytest.mark.slow),
        ((3, 3), (9, 17), (0, 3, 4)),
    ],
)
@pytest.mark.parametrize(
    ("precision", "rate"), [(0.8, (3.5, 3.5)), pytest.param(2.0, (2.9, 3.5), marks=pytest.mark.slow)]
)
def test_trees(
    unfold: Callable,
    types: tuple[int, int],
    grids: tuple[int, ...],
    seeds: tuple[int, ...],
    precision: float,
    rate: tuple[float, float],
) -> None:
    rows = []
    for seed in seeds:
        game = random_game(types, seed, NEWS[seed % len(NEWS)])
        tree = unfold(game)
        behaviour = tree.equilibrium(precision)
        rows.append([errors(solved(game, precision, n), tree, behaviour) for n in grids])
    found = np.array(rows)
    assert found[:, -1, 0].max() < 1e-3
    assert found[:, -1, 1].max() < 6e-3
    typical = np.exp(np.log(found).mean(axis=0))
    # Of choices and of values, for each halving of the step: four in the end.
    assert ((typical[0] / typical[-1]) ** (1 / (len(grids) - 1)) > rate).all()


@pytest.mark.parametrize("news", [NEWS[0], *(pytest.param(n, marks=pytest.mark.slow) for n in NEWS[1:-1]), NEWS[-1]])
def test_for_two_types_it_agrees_with_the_belief_grid(news: str) -> None:
    game = random_game((2, 2), 3, news)
    right = solve(game, AQRE(precision=2.0, beliefs=65, threads=1)).value()
    missed = []
    for nodes in (17, 33, 65):
        found = np.concatenate(solved(game, 2.0, nodes, "principal").stage(game.start, 0, *priors(game)).values)
        missed.append(np.abs(found - [v for p in right.values() for v in p.values()]).max())
    assert missed[-1] < 2e-4
    assert missed[-1] < missed[0] / 5


def certified(types: tuple[int, int], news: str) -> tuple[Game, LatticeInduction, Certificate]:
    game = random_game(types, 1, news)
    found = solved(game, 4.0, 5, "principal")
    return game, found, certify_lattice(game, found)


def worst_numerical(certificate: Certificate) -> float:
    return max(abs(g) for types in certificate.deviation_gain_numerical.values() for g in types.values())


@pytest.mark.parametrize("news", NEWS)
@pytest.mark.parametrize("types", [(3, 2), (3, 3), (1, 4), (1, 1)])
def test_certificates_find_no_fault(types: tuple[int, int], news: str) -> None:
    certificate = certified(types, news)[2]
    assert certificate.unsolved == 0
    assert certificate.residual < 1e-9
    assert certificate.value_error < 1e-13
    assert worst_numerical(certificate) < 1e-9


def test_certificates_find_planted_faults() -> None:
    game, found, sound = certified((3, 3), "a sign of the first")
    lattice = found.lattices[0]
    inside = int(np.flatnonzero((lattice.points > 0).all(axis=1))[0])
    ratios, values, horizon = found.ratios.copy(), found.values.copy(), found.values.copy()
    ratios[0, 0, inside, 3, 1] += 0.05
    values[1, 0, inside, 3, 2] += 0.05
    horizon[2, 2, 0, 0, 0] += 0.05
    by_ratio = certify_lattice(game, replace(found, ratios=ratios))
    assert by_ratio.residual > 1e-4
    assert by_ratio.value_error > 1e-4
    assert certify_lattice(game, replace(found, values=values)).value_error > 1e-3
    assert certify_lattice(game, replace(found, values=horizon)).value_error > 1e-3
    every = certify_lattice(game, replace(found, ratios=found.ratios * 1.2))
    assert every.residual > 1e-3
    assert worst_numerical(every) > worst_numerical(sound)


@pytest.mark.parametrize("types", [(3, 2), (1, 4)])
def test_deviation_gain_is_that_of_the_best_plan(unfold: Callable, types: tuple[int, int]) -> None:
    game = random_game(types, 1, "a sign and a new second")
    tree = unfold(game)
    behaviour = tree.equilibrium(0.8)
    missed = {9: 0.0, 33: 0.0}
    for nodes in missed:
        gain = certify_lattice(game, solved(game, 0.8, nodes)).deviation_gain
        for i, player in enumerate(game.players):
            expected = tree.best(behaviour, i) - tree.value(behaviour)[i]
            assert expected.max() > 0.05, "there is something to gain by being sharper"
            missed[nodes] = max(missed[nodes], float(np.abs(list(gain[player.name].values()) - expected).max()))
    assert missed[33] < 3e-3
    assert missed[33] < missed[9] / 4


def test_certificates_tell_the_grid_error() -> None:
    game, found, _ = certified((3, 2), "nothing")
    rough = solved(game, 4.0, 3, "principal")
    assert 1e-3 < certify_lattice(game, found, rough).grid_error < 1


@pytest.mark.parametrize("news", ["nothing", "a sign of the first", "a new first"])
def test_the_order_of_types_does_not_matter(news: str) -> None:
    # Cells depend on the order, so values differ by grid error, which falls.
    order, missed = (2, 0, 1), []
    for nodes in (9, 33):
        pair = [random_game((3, 2), 2, news, shown=shown) for shown in ((0, 1, 2), order)]
        stages = [solved(g, 1.5, nodes).stage(g.start, 0, *priors(g)) for g in pair]
        assert np.abs(stages[0].policy[list(order)] - stages[1].policy).max() < 0.02
        gaps = [stages[0].values[0][list(order)] - stages[1].values[0], stages[0].values[1] - stages[1].values[1]]
        missed.append(np.abs(np.concatenate(gaps)).max())
    assert missed[1] < 3e-3
    assert missed[1] < missed[0] / 4


@pytest.mark.parametrize("shown", [(0, 0, 1), (0, 1, 0), (0, 1, 1)])
def test_two_types_alike_are_one(shown: Order) -> None:
    missed = []
    for nodes in (9, 33):
        pair = [random_game((2, 2), 4, "a sign of the first", shown=s) for s in ((0, 1), shown)]
        few, many = (solved(g, 1.5, nodes).stage(g.start, 0, *priors(g)) for g in pair)
        assert np.ptp(many.policy[[n for n in range(3) if shown.count(shown[n]) == 2]], axis=0).max() < 1e-9
        gaps = [few.values[0][list(shown)] - many.values[0], few.values[1] - many.values[1]]
        missed.append(np.abs(np.concatenate(gaps)).max())
    assert missed[1] < 3e-3
    assert missed[1] < max(missed[0] / 4, 1e-9)


@pytest.mark.parametrize(("precision", "games"), [(20.0, 30), (200.0, 10)])
def test_no_stage_is_left_unsolved(precision: float, games: int) -> None:
    left = 0
    for seed in range(games):
        game = random_game(((3, 2), (3, 1), (3, 3))[seed % 3], 100 + seed, NEWS[seed % len(NEWS)], moves=2 + seed % 2)
        found = solved(game, precision, 5)
        assert found.counts.sum() == found.lattices[0].points.shape[0] * found.lattices[1].points.shape[0] * 8
        assert found.counts[2] == found.unsolved.sum()
        left += int(found.unsolved.sum())
        if seed < 3:
            assert certify_lattice(game, found).residual < 1e-8
    assert left == 0


def test_threads_do_not_matter_and_precisions_are_by_player() -> None:
    game, told = random_game((3, 2), 1, "a sign of the second"), []
    one = induct_lattice(game, np.array([3.0, 0.0]), 5, threads=1, progress=lambda *done: told.append(done))
    two = induct_lattice(game, np.array([3.0, 0.0]), 5, threads=2)
    assert np.array_equal(one.values, two.values)
    assert told[-1] == (len(told), len(told))
    second = one.stage(1, 0, *priors(game))
    assert np.allclose(second.policy, 0.5, rtol=0, atol=1e-15), "no precision: choices at random"
    assert np.allclose(second.after, priors(game)[1], rtol=0, atol=1e-15), "from which nothing is learned"
    assert np.ptp(one.stage(0, 0, *priors(game)).policy, axis=0).max() > 0.01


def test_questions_without_an_answer_are_refused() -> None:
    game = random_game((3, 2), 1)
    found = solved(game, 1.0, 3)
    with pytest.raises(InputError, match="nobody moves in state 4"):
        found.stage(4, 0, *priors(game))
    with pytest.raises(InputError, match="period 2; 0 to 1"):
        found.stage(0, 2, *priors(game))
    with pytest.raises(InputError, match="3 probabilities"):
        found.stage(0, 0, np.array([0.5, 0.5]), np.array([0.5, 0.5]))
    with pytest.raises(InputError, match="0 or more"):
        induct_lattice(game, np.array([1.0, -1.0]), 5)
    with pytest.raises(InputError, match="Reduce beliefs"):
        induct_lattice(random_game((4, 4), 1), np.ones(2), 65)
