"""Solutions on public histories against Gambit, against brute force on all histories, and against belief grids."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from duress.errors import InputError, NotSolvedError
from duress.game.builder import Branch, GameBuilder
from duress.game.classics import beer_quiche, chain_store
from duress.game.game import Game
from duress.scenario.load import load
from duress.solve import tree_path
from duress.solve.aqre import AQRE
from duress.solve.solution import solve
from duress.solve.tree import PublicTree, polish, solve_tree
from duress.solve.tree_equations import evaluate
from duress.solve.tree_solution import TreeEquilibrium, TreeSolution
from duress.solve.unroll import unroll

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "gambit"
needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason=f"the values to compare with are not there: {REFERENCE} is no folder"
)


@cache
def gambit_game(turns: int) -> Game:
    """Return the random signaling tree of that many turns, its states named after public histories."""
    lines = (REFERENCE / f"siggame_T{turns}_A3_s0.efg").read_text(encoding="utf-8").splitlines()[3:]
    chances = np.array([float(x) for x in re.findall(r'"t\d\d" ([\d.]+)', lines[0])]).reshape(2, 2)
    payoffs: dict[str, np.ndarray] = {}
    place = iter(lines[1:])

    def read(history: str) -> Iterator[tuple[str, list[float]]]:
        line = next(place)
        if line[0] == "t":
            numbers = re.search(r"\{ ([-\d.]+), ([-\d.]+) \}", line)
            assert numbers
            yield history, [float(x) for x in numbers.groups()]
        else:
            for move in "abc":
                yield from read(history + move)

    for pair in range(4):
        for history, numbers in read(""):
            payoffs.setdefault(history, np.zeros((2, 2, 2)))[:, pair // 2, pair % 2] = numbers
    first, second = chances.sum(axis=1), chances.sum(axis=0)
    builder = GameBuilder(("P1", {"t0": first[0], "t1": first[1]}), ("P2", {"t0": second[0], "t1": second[1]}))
    return spread(builder, payoffs, turns)


def spread(builder: GameBuilder, payoffs: dict[str, np.ndarray], turns: int) -> Game:
    """Return the game of so many turns, three moves each, from payoffs by history."""

    def add(history: str) -> str:
        name = f"after {history}"
        if len(history) == turns:
            builder.end(name, {"P1": payoffs[history][0], "P2": payoffs[history][1]})
        else:
            builder.state(name, mover=f"P{len(history) % 2 + 1}")
            for move in "abc":
                builder.move(name, move, to=add(history + move))
        return name

    return builder.build(add(""))


def random_signaling(turns: int, seed: int) -> Game:
    """Return a game like Gambit's, with normal payoffs."""
    rng = np.random.default_rng(seed)
    ends = [""]
    for _ in range(turns):
        ends = [h + move for h in ends for move in "abc"]
    payoffs = {h: rng.normal(size=(2, 2, 2)) for h in ends}
    return spread(GameBuilder(("P1", {"x": 0.4, "y": 0.6}), ("P2", {"u": 0.55, "v": 0.45})), payoffs, turns)


def random_game(types: tuple[int, int], news: str, seed: int) -> Game:
    """Return two periods of three turns with rewards, discounts by player, and chance between the periods."""
    rng = np.random.default_rng(seed)
    first, second = (
        {f"{p}{k}": x for k, x in enumerate(rng.dirichlet(np.ones(n) * 4))} for p, n in zip("fs", types, strict=True)
    )

    def payoffs() -> dict[str, Any]:
        return {"First": rng.normal(size=types), "Second": rng.normal(size=types)}

    def discount() -> dict[str, float]:
        return {"First": float(rng.uniform(0.6, 1)), "Second": float(rng.uniform(0.6, 1))}

    builder = GameBuilder(("First", first), ("Second", second), periods=2, precision=(0.5, 0.9))
    for turn, mover in enumerate(("First", "Second", "First")):
        builder.state(f"turn {turn}", mover=mover, at_horizon=payoffs())
    builder.state("chance", mover="Second", at_horizon=payoffs()).end("over", payoffs())
    for turn, after in enumerate(("turn 1", "turn 2", "chance")):
        builder.move(f"turn {turn}", "go on", to=after, reward=payoffs(), discount=discount())
        builder.move(f"turn {turn}", "leave it to chance", to={after: 0.6, "over": 0.4}, reward=payoffs())
    builder.move("turn 1", "give up", to="over", reward=payoffs(), discount=discount())
    drawn, told = {"first": (first, second), "second": (second, first)}[news.split()[-1]]
    if "same" in news:
        told = drawn
    weights = rng.dirichlet(np.ones(len(drawn)))
    draw = ("First" if drawn is first else "Second", {k: float(w) for k, w in zip(drawn, weights, strict=True)})
    signs = {k: float(rng.uniform(0.1, 0.9)) for k in told}
    to = [
        Branch("turn 0", signs, draw if "draw" in news else None),
        Branch("turn 1", {k: 1 - p for k, p in signs.items()}),
    ]
    builder.move("chance", "wait", to=to, reward=payoffs(), discount=discount(), elapsed=True)
    return builder.build("turn 0")


def policies(found: TreeSolution | TreeEquilibrium) -> list[np.ndarray]:
    """Return the behaviour at every node of the brute-force tree, whose order is depth first too."""
    equilibrium = found.equilibrium if isinstance(found, TreeSolution) else found
    tree = equilibrium.histories
    by_number = {
        layer.begin + n: np.exp(rows[n]).T
        for layer, rows in zip(tree.layers, equilibrium.log_policies, strict=True)
        for n in range(layer.size)
    }
    return [by_number[number] for number, _ in equilibrium.walk()]


def residual(tree: Any, behaviour: list[np.ndarray], precisions: tuple[float, float]) -> float:
    """Return the largest difference from the logit response, by brute force."""
    answers = [tree.respond(behaviour, precision) for precision in precisions]
    return max(float(np.abs(answers[node.mover][n] - behaviour[n]).max()) for n, node in enumerate(tree.nodes))


@needs_reference
@pytest.mark.parametrize("turns", [2, 3, 4])
@pytest.mark.parametrize("precision", [0.5, 1, 2, 5])
def test_gambits_principal_branch(turns: int, precision: float) -> None:
    found = json.loads((REFERENCE / f"aqre_T{turns}_s0.json").read_text(encoding="utf-8"))
    right = found["lambdas"][f"{precision:g}"]["polished"]
    solution = solve_tree(gambit_game(turns), PublicTree(precision=precision))
    count = 0
    for history, _, _, player, policy, _ in solution.choices():
        for kind, by_move in policy.items():
            expected = right[player][f"{kind}|{''.join(history)}"]
            assert list(by_move.values()) == pytest.approx(expected, rel=0, abs=1e-11)
            count += 1
    assert count == sum(map(len, right.values()))


@needs_reference
def test_other_equilibria_of_the_three_turns_at_precision_five(unfold: Callable) -> None:
    game = gambit_game(3)
    solution = solve_tree(game, PublicTree(precision=5, starts=20, seed=1))
    assert len(solution.others) >= 2
    tree = unfold(game)
    distinct = [solution.equilibrium, *solution.others]
    for n, equilibrium in enumerate(distinct):
        assert residual(tree, policies(equilibrium), (5, 5)) < 1e-9
        assert equilibrium.residual < 1e-9
        assert all(equilibrium.farthest(before) > 1e-3 for before in distinct[:n])
        value = equilibrium.value()
        for player, expected in zip(game.players, tree.value(policies(equilibrium)), strict=True):
            assert list(value[player.name].values()) == pytest.approx(expected, abs=1e-12)


CASES = [
    ((2, 2), "news of the first", 1),
    ((2, 2), "a draw and news of the other second", 2),
    ((2, 2), "a draw and news of the same second", 3),
    ((3, 2), "a draw and news of the same first", 4),
    ((3, 4), "a draw and news of the other first", 5),
    ((1, 4), "news of the second", 6),
    ((4, 3), "a draw and news of the other second", 7),
]


@pytest.mark.parametrize(("types", "news", "seed"), CASES)
def test_brute_force_finds_the_same(unfold: Callable, types: tuple[int, int], news: str, seed: int) -> None:
    game = random_game(types, news, seed)
    tree = unfold(game)
    solution = solve_tree(game)
    behaviour = policies(solution)
    assert residual(tree, behaviour, (0.5, 0.9)) < 1e-13
    certificate = solution.certificate
    assert certificate.residual < 1e-13
    assert certificate.value_error < 1e-13
    assert certificate.unsolved == 0
    value = solution.value()
    for i, (player, expected) in enumerate(zip(game.players, tree.value(behaviour), strict=True)):
        assert list(value[player.name].values()) == pytest.approx(expected, abs=1e-12)
        gain = list(certificate.deviation_gain[player.name].values())
        assert gain == pytest.approx(tree.best(behaviour, i) - expected, abs=1e-12)
        assert max(gain) > 0.05
    if types == (2, 2):
        equilibrium = solution.equilibrium
        found = equilibrium.beliefs[[number for number, _ in equilibrium.walk()]][:, [1, 3]]
        assert found == pytest.approx(np.array(tree.beliefs(behaviour)), abs=1e-12)


@pytest.mark.parametrize(("types", "news", "seed"), CASES[2:5])
def test_the_linearisation_is_that_of_the_equations(types: tuple[int, int], news: str, seed: int) -> None:
    tree = unroll(random_game(types, news, seed), 10**6)
    precisions, rng = np.array([2.0, 3.0]), np.random.default_rng(seed)
    x, direction = rng.normal(size=tree.unknowns), rng.normal(size=tree.unknowns)
    ahead, behind = (evaluate(tree, precisions, x + step * direction).residual for step in (1e-6, -1e-6))
    slope = (ahead - behind) / 2e-6
    solved, _ = evaluate(tree, precisions, x).newton(slope[:, None])
    assert solved[:, 0] == pytest.approx(direction, abs=1e-7)


@pytest.mark.parametrize("news", ["news of the second", "a draw and news of the other first"])
def test_belief_grids_come_close(news: str) -> None:
    game = random_game((2, 2), news, 8)
    right = solve_tree(game).equilibrium

    def error(beliefs: int) -> float:
        rough = solve(game, AQRE(beliefs=beliefs))
        worst = 0.0
        for (number, _), policy in zip(right.walk(), policies(right), strict=True):
            tree = right.histories
            about = float(right.beliefs[number, 1]), float(right.beliefs[number, 3])
            found = rough.behaviour(int(tree.state[number]), int(tree.period[number]), about).policy
            worst = max(worst, float(np.abs(np.array([list(p.values()) for p in found.values()]) - policy).max()))
        return worst

    assert error(33) < 2e-5
    assert error(33) < error(9) / 8


@pytest.mark.parametrize("precision", [1000.0, 10_000.0])
@pytest.mark.parametrize("strong", [0.2, 0.4])
def test_brute_force_finds_the_same_at_high_precision(unfold: Callable, strong: float, precision: float) -> None:
    game = beer_quiche(strong)
    solution = solve_tree(game, PublicTree(precision=precision))
    assert residual(unfold(game), policies(solution), (precision, precision)) < 1e-8
    assert solution.certificate.residual < 1e-8


@pytest.mark.parametrize("precision", [1000.0, 10_000.0])
def test_choices_too_rare_for_a_number_still_tell(precision: float) -> None:
    # Brute force cannot follow here: every type's chance of some histories is below the smallest positive number.
    solution = solve_tree(chain_store(4), PublicTree(precision=precision))
    assert solution.certificate.residual < 1e-8
    assert solution.certificate.value_error < 1e-8
    equilibrium = solution.equilibrium
    assert min(float(logs.min()) for logs in equilibrium.log_policies) < -800
    assert np.isfinite(equilibrium.beliefs).all()
    assert equilibrium.beliefs[:, :2].sum(axis=1) == pytest.approx(1.0)


def test_the_weak_bluff_as_often_as_keeps_the_bully_indifferent() -> None:
    # Cho & Kreps with 40% strong: the weak drink beer so often that after beer strong and weak are equally likely.
    solution = solve_tree(beer_quiche(0.4), PublicTree(precision=10_000))
    here = solution.behaviour()
    assert here.policy["weak"]["beer"] == pytest.approx(2 / 3, abs=1e-3)
    assert here.after["beer"]["strong"] == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize("seed", [9, 13, 30])
def test_steps_of_any_length_stay_on_the_branch_through_its_turns(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    game, method = random_signaling(3, seed), PublicTree(precision=40)
    usual = solve_tree(game, method)
    found = {}
    for name, aim, most in (("careful", 3e-5, 3e-4), ("careless", 0.1, 0.5)):
        monkeypatch.setattr(tree_path, "_GOOD_MISS", aim)
        monkeypatch.setattr(tree_path, "_WORST_MISS", most)
        found[name] = solve_tree(game, method)
    assert found["careful"].run["steps"] > 2 * usual.run["steps"] > 2 * found["careless"].run["steps"]
    assert usual.run["turns"] == found["careful"].run["turns"] > 0
    for other in found.values():
        assert usual.equilibrium.farthest(other.equilibrium) < 1e-9


def test_the_branch_goes_straight_on_where_others_cross_it(talk: Callable[[bool], Game]) -> None:
    solution = solve_tree(talk(True), PublicTree(precision=20, starts=20))
    assert solution.behaviour().policy["x"]["a"] == pytest.approx(0.5, abs=1e-9)
    told = [e for e in solution.others if e.value()["Sender"]["x"] > 0.99]
    assert len(told) == 2, "either word may mean x"


def test_solving_from_later_on_finds_what_was_planned() -> None:
    game = random_game((2, 3), "a draw and news of the other first", 9)
    whole = solve_tree(game)
    first = ("go on", "go on")
    here = whole.behaviour(first)
    beliefs = [list(b.values()) for b in here.beliefs.values()]
    part = solve_tree(game, PublicTree(), state=here.state, period=here.period, beliefs=beliefs)
    assert part.run["histories"] < whole.run["histories"]
    for history, state, period, player, policy, after in part.choices():
        planned = whole.behaviour(first + history)
        assert (state, period, player) == (planned.state, planned.period, planned.player)
        for kind, by_move in policy.items():
            assert by_move == pytest.approx(planned.policy[kind], abs=1e-11)
        for move, by_kind in after.items():
            assert by_kind == pytest.approx(planned.after[move], abs=1e-11)


def test_polishing_a_grid_solution_leads_to_the_equilibrium_beside_it() -> None:
    game = random_game((2, 2), "news of the first", 10)
    rough = solve(game, AQRE(beliefs=9))

    def guess(state: int, period: int, beliefs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        policy = rough.behaviour(state, period, (float(beliefs[0][1]), float(beliefs[1][1]))).policy
        return np.array([list(p.values()) for p in policy.values()])

    polished = polish(game, PublicTree(), guess)
    assert 0 < polished.run["moved"] < 1e-3
    assert polished.equilibrium.farthest(solve_tree(game).equilibrium) < 1e-11
    with pytest.raises(InputError, match=r"shape \(1,\); it must return probabilities of shape \(2, 2\)"):
        polish(game, PublicTree(), lambda *_: [1.0])


@pytest.mark.parametrize("periods", [1, 2])
def test_a_confrontation_of_a_few_periods_is_certified(periods: int) -> None:
    game = replace(load("sanctions-crisis").compile(), periods=periods)
    solution = solve_tree(game, PublicTree(precision=2.0))
    assert solution.status == "solved"
    assert solution.certificate.residual < 1e-10
    assert solution.certificate.value_error < 1e-10


def test_news_that_cannot_be_teaches_nothing() -> None:
    builder = GameBuilder(("A", {"x": 0.5, "y": 0.5, "never": 0.0}), ("B", {"any": 1.0}), precision=3.0)

    def look(state: str, to: str, draw: tuple[str, dict[str, float]] | None = None, **chances: float) -> None:
        others = {k: 1 - p for k, p in chances.items()}
        builder.state(state, mover="A").move(state, "look", to=[Branch(to, chances, draw), Branch("over", others)])

    builder.end("over")
    look("first", "second", x=0.0, y=0.0, never=1.0)
    look("second", "third", x=0.9, y=0.3, never=0.5)
    look("third", "fourth", ("A", {"x": 0.5, "y": 0.0, "never": 0.5}), x=1.0, y=1.0, never=1.0)
    look("fourth", "answer", x=0.0, y=0.0, never=1.0)
    builder.state("answer", mover="B")
    for k, move in enumerate(("yes", "no")):
        builder.move("answer", move, to="over", reward={"A": 2.0, "B": k / 2})
    solution = solve_tree(builder.build("first"))

    def after(*states: str) -> dict[str, float]:
        return solution.behaviour([name for s in states for name in ("look", s)]).beliefs["A"]

    assert after("second") == pytest.approx({"x": 0.5, "y": 0.5, "never": 0.0}), "it cannot be"
    assert after("second", "third") == pytest.approx({"x": 0.75, "y": 0.25, "never": 0.0}), "but what follows can"
    everything = ("look", "second", "look", "third", "look", "look", "answer")
    assert solution.behaviour(everything).beliefs["A"] == pytest.approx({"x": 0.0, "y": 0.0, "never": 1.0})
    assert solution.value()["A"]["never"] == pytest.approx(0.5 * 0.5 * 2.0)
    assert solution.value()["B"]["any"] == 0.0
    assert solution.certificate.value_error < 1e-14


def test_histories_are_named_by_moves_and_by_what_chance_did() -> None:
    solution = solve_tree(random_game((2, 2), "news of the first", 1))
    assert solution.behaviour(["leave it to chance", "turn 1", "go on"]).history[-1] == "go on"
    with pytest.raises(ValueError, match=r"stay does not follow\. What may: go on; leave it to chance, turn 1; leave"):
        solution.behaviour(["stay"])
    with pytest.raises(ValueError, match="nobody moves"):
        solution.behaviour(["leave it to chance", "over"])


@pytest.mark.parametrize(
    ("method", "where", "sentence"),
    [
        (PublicTree(limit=100), {}, "hold 608 probabilities .* the limit is 100. Reduce the number of periods"),
        (PublicTree(), {"state": 99}, "state: is 99; states are numbered 0 to 4"),
        (PublicTree(), {"period": 2}, "period: is 2; periods are numbered 0 to 1"),
        (PublicTree(), {"beliefs": [[0.5, 0.6], [0.5, 0.5]]}, "beliefs about First: .* sum to 1"),
        (PublicTree(), {"beliefs": [[1.0], [0.5, 0.5]]}, "beliefs about First: .* one for each of 2 types"),
        (PublicTree(precision={"Third": 1.0}), {}, "Third is not a player"),
    ],
)
def test_what_is_refused(method: PublicTree, where: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        solve_tree(random_game((2, 2), "news of the first", 1), method, **where)


def test_a_branch_that_is_not_followed_to_the_end_is_not_called_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_path, "MAX_STEPS", 3)
    game = random_signaling(2, 1)
    with pytest.raises(NotSolvedError, match="no further") as raised:
        solve_tree(game, PublicTree(precision=30))
    solution = raised.value.solution
    assert isinstance(solution, TreeSolution)
    assert not solution.solved
    assert solution.certificate.unsolved > 0
    assert solution.certificate.residual > 1e-3
