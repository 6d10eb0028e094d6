"""Behaviour against Gambit's agent quantal response equilibria, on random signaling trees with two types a side."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from duress.game.builder import GameBuilder
from duress.game.game import Game
from duress.solve.aqre import AQRE
from duress.solve.solution import Solution, solve

PROJECT = Path(__file__).parents[2]
REFERENCE = PROJECT.parent / "shared" / "reference" / "gambit"
TYPES = ("t0", "t1")

pytestmark = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason=f"the values to compare with are not there: {REFERENCE} is no folder"
)


def read_tree(path: Path) -> dict[str, Any]:
    """Read an extensive form: nested nodes with ``kind``, and ``chances``, ``player``, ``name``, ``moves`` or ``payoff``."""
    lines = iter(path.read_text(encoding="utf-8").splitlines()[3:])

    def node() -> dict[str, Any]:
        line = next(lines)
        if line[0] == "c":
            chances = [float(x) for x in re.findall(r'"t\d\d" ([\d.]+)', line)]
            return {"kind": "c", "chances": chances, "next": [node() for _ in chances]}
        if line[0] == "p":
            player, name, moves = re.match(r'p "" (\d) \d+ "([^"]*)" \{(.*?)\} 0', line).groups()  # type: ignore[union-attr]
            names = re.findall(r'"(\w+)"', moves)
            return {"kind": "p", "player": int(player) - 1, "name": name, "moves": names, "next": [node() for _ in names]}
        payoff = re.search(r"\{ ([-\d.]+), ([-\d.]+) \}", line)
        return {"kind": "t", "payoff": [float(x) for x in payoff.groups()]}  # type: ignore[union-attr]

    return node()


@cache
def read_game(turns: int) -> Game:
    """Return the random signaling game of that many turns; its states are named after public histories."""
    deal = read_tree(REFERENCE / f"siggame_T{turns}_A3_s0.efg")
    (c00, c01, c10, c11), (t00, t01, t10, t11) = deal["chances"], deal["next"]
    assert math.isclose(c00 * c11, c01 * c10, abs_tol=1e-12), "types are dealt independently"
    first, second = dict(zip(TYPES, (c00 + c01, c10 + c11), strict=True)), dict(zip(TYPES, (c00 + c10, c01 + c11), strict=True))
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
    by_pair = {player: [[payoffs[2 * k + m][i] for m in range(2)] for k in range(2)] for i, player in enumerate(("P1", "P2"))}
    builder.end(name, by_pair)
    return name


def walk(solution: Solution, state: int, beliefs: tuple[float, float], history: str = "") -> Iterator[tuple[str, str, list[float]]]:
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


def error(turns: int, precision: float, beliefs: int) -> float:
    """Return the largest difference of a probability from Gambit's."""
    found = json.loads((REFERENCE / f"aqre_T{turns}_s0.json").read_text(encoding="utf-8"))
    right = found["lambdas"][f"{precision:g}"]["polished"]
    solution = solve(read_game(turns), AQRE(precision=precision, beliefs=beliefs, branch="principal"))
    print(f"res {solution.certificate.residual:.1e} {solution.certificate.value_error:.1e}",end=" ")
    choices = list(walk(solution, solution.game.start, solution.prior()))
    assert len(choices) == sum(map(len, right.values()))
    return max(abs(x - y) for player, name, row in choices for x, y in zip(row, right[player][name], strict=True))
