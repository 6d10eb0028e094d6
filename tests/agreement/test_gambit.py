"""Behaviour against Gambit's agent quantal response equilibria, on random signaling trees with two types a side."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from duress.game.builder import GameBuilder
from duress.game.game import Game
from duress.solve.aqre import AQRE
from duress.solve.solution import Solution, solve

PROJECT = Path(__file__).parents[2]
REFERENCE = PROJECT.parent / "shared" / "reference" / "gambit"
TYPES: tuple[str, str] = ("t0", "t1")

pytestmark = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason=f"the values to compare with are not there: {REFERENCE} is no folder"
)


def read_tree(path: Path) -> dict[str, Any]:
    """Read an extensive form: nested nodes of ``kind`` c (chance), p (player) or t (end)."""
    lines = iter(path.read_text(encoding="utf-8").splitlines()[3:])

    def node() -> dict[str, Any]:
        line = next(lines)
        if line[0] == "c":
            chances = [float(x) for x in re.findall(r'"t\d\d" ([\d.]+)', line)]
            return {"kind": "c", "chances": chances, "next": [node() for _ in chances]}
        if line[0] == "p":
            player, name, moves = re.match(r'p "" (\d) \d+ "([^"]*)" \{(.*?)\} 0', line).groups()  # type: ignore[union-attr]
            names = re.findall(r'"(\w+)"', moves)
            return {
                "kind": "p",
                "player": int(player) - 1,
                "name": name,
                "moves": names,
                "next": [node() for _ in names],
            }
        payoff = re.search(r"\{ ([-\d.]+), ([-\d.]+) \}", line)
        return {"kind": "t", "payoff": [float(x) for x in payoff.groups()]}  # type: ignore[union-attr]

    return node()


@cache
def read_game(turns: int) -> Game:
    """Return the random signaling game of that many turns; its states are named after public histories."""
    deal = read_tree(REFERENCE / f"siggame_T{turns}_A3_s0.efg")
    (c00, c01, c10, c11), (t00, t01, t10, t11) = deal["chances"], deal["next"]
    assert math.isclose(c00 * c11, c01 * c10, abs_tol=1e-12), "types are dealt independently"
    first, second = (
        dict(zip(TYPES, (c00 + c01, c10 + c11), strict=True)),
        dict(zip(TYPES, (c00 + c10, c01 + c11), strict=True)),
    )
    builder = GameBuilder(("P1", first), ("P2", second))

    def add(nodes: list[dict[str, Any]], history: str) -> str:
        name = f"after {history}"
        if nodes[0]["kind"] == "t":
            return end(builder, name, [n["payoff"] for n in nodes])
        builder.state(name, mover=f"P{nodes[0]['player'] + 1}")
        for m, move in enumerate(nodes[0]["moves"]):
            builder.move(name, move, to=add([n["next"][m] for n in nodes], history + move))
        return name

    return builder.build(add([t00, t01, t10, t11], ""))


def end(builder: GameBuilder, name: str, payoffs: list[list[float]]) -> str:
    """Add an end with the payoffs of the four pairs of types; return its name."""
    by_pair = {
        player: [[payoffs[2 * k + m][i] for m in range(2)] for k in range(2)] for i, player in enumerate(("P1", "P2"))
    }
    builder.end(name, by_pair)
    return name


def walk(
    solution: Solution, state: int, beliefs: tuple[float, float], history: str = ""
) -> Iterator[tuple[str, str, list[float]]]:
    """Yield (player, information set, choices) of every public history, beliefs carried exactly from move to move."""
    game = solution.game
    if game.mover[state] < 0:
        return
    here = solution.behaviour(state, 0, beliefs)
    for k in TYPES:
        yield here.player, f"{k}|{history}", list(here.policy[k].values())
    for a in game.moves_of(state):
        move = game.move_name(a)
        after = (here.after[move], beliefs[1]) if here.player == "P1" else (beliefs[0], here.after[move])
        yield from walk(solution, int(game.successors_of(a)[0]), after, history + move)


@cache
def error(turns: int, precision: float, beliefs: int) -> float:
    """Return the largest difference of a probability from Gambit's."""
    found = json.loads((REFERENCE / f"aqre_T{turns}_s0.json").read_text(encoding="utf-8"))
    right = found["lambdas"][f"{precision:g}"]["polished"]
    solution = solve(read_game(turns), AQRE(precision=precision, beliefs=beliefs, branch="principal"))
    choices = list(walk(solution, solution.game.start, solution.prior()))
    assert len(choices) == sum(map(len, right.values()))
    return max(abs(x - y) for player, name, row in choices for x, y in zip(row, right[player][name], strict=True))


ERROR_AT_33 = {
    (2, 0.5): 2e-8,
    (2, 1): 4e-7,
    (2, 2): 5e-6,
    (2, 5): 8e-5,
    (3, 0.5): 2e-6,
    (3, 1): 1e-5,
    (3, 2): 2e-5,
    (4, 0.5): 6e-6,
    (4, 1): 5e-5,
    (4, 2): 5e-5,
    (4, 5): 3e-3,
}
"""(turns, precision) -> about twice what it was when it was measured."""


@pytest.mark.parametrize(("turns", "precision"), ERROR_AT_33)
def test_behaviour_on_every_public_history(turns: int, precision: float) -> None:
    assert error(turns, precision, 33) < ERROR_AT_33[turns, precision]


@pytest.mark.parametrize(("turns", "precision"), [case for case in ERROR_AT_33 if case != (4, 5)])
def test_the_error_falls_at_least_with_the_square_of_the_step(turns: int, precision: float) -> None:
    assert error(turns, precision, 33) < error(turns, precision, 9) / 16


@pytest.mark.slow
@pytest.mark.parametrize(("turns", "precision"), [case for case in ERROR_AT_33 if case[0] < 4])
def test_a_fine_grid_comes_close(turns: int, precision: float) -> None:
    assert error(turns, precision, 129) < error(turns, precision, 33) / 16


@pytest.mark.xfail(reason="among several equilibria it finds another than Gambit's: see the test below", strict=True)
def test_the_three_turns_at_precision_five() -> None:
    assert error(3, 5, 33) < 1e-3


def test_what_is_found_instead_is_near_another_equilibrium_of_the_tree(unfold: Callable) -> None:
    # After b there are several equilibria for one belief. Which of them Gambit's branch is on depends on how the belief
    # moves along that branch; here each belief is traced by itself. Values then jump between beliefs, so the choices
    # found are near that other equilibrium, but no nearer on a finer grid. `PublicTree` finds Gambit's.
    solution = solve(read_game(3), AQRE(precision=5, beliefs=33, branch="principal"))
    found = {(name, player): row for player, name, row in walk(solution, solution.game.start, solution.prior())}
    tree = unfold(solution.game)
    names = [solution.game.state_name(n.state).removeprefix("after ") for n in tree.nodes]
    players = [solution.game.players[n.mover].name for n in tree.nodes]
    start = [np.array([found[f"{k}|{name}", p] for k in TYPES]) for name, p in zip(names, players, strict=True)]
    behaviour = start
    for _ in range(2000):
        answers = tree.respond(behaviour, 5.0)
        behaviour = [0.7 * b + 0.3 * a for a, b in zip(answers, behaviour, strict=True)]
    assert max(np.abs(a - b).max() for a, b in zip(tree.respond(behaviour, 5.0), behaviour, strict=True)) < 1e-10
    away = max(np.abs(a - b).max() for a, b in zip(start, behaviour, strict=True))
    assert away < 0.15
    assert error(3, 5, 33) > 5 * away
