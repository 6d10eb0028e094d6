"""A thousand random games at high precision: no stage is left unsolved."""

from __future__ import annotations

import numpy as np
import pytest

from duress.game.builder import GameBuilder
from duress.game.game import Game
from duress.solve.aqre import AQRE, induct


def random_game(seed: int) -> Game:
    """Return three turns by turns and chance, over two periods, with two to four moves each."""
    rng = np.random.default_rng(seed)

    def payoffs() -> dict:
        return {"A": rng.normal(size=(2, 2)) * rng.choice([0.3, 1.0, 3.0]), "B": rng.normal(size=(2, 2))}

    p, q = rng.uniform(0.05, 0.95, 2)
    builder = GameBuilder(("A", {"x": p, "y": 1 - p}), ("B", {"v": q, "w": 1 - q}), periods=2)
    order = ("A", "B", "A") if rng.random() < 0.5 else ("B", "A", "B")
    for turn, mover in enumerate(order):
        builder.state(f"turn {turn}", mover=mover, at_horizon=payoffs())
    builder.end("over", payoffs())
    for turn in range(3):
        after = f"turn {turn + 1}" if turn < 2 else "turn 0"
        for move in range(int(rng.integers(2, 5))):
            to = {after: 0.7, "over": 0.3} if move else after
            builder.move(
                f"turn {turn}", f"m{move}", to=to, reward=payoffs(), discount=float(rng.uniform(0.6, 1)),
                elapsed=turn == 2,
            )  # fmt: skip
    return builder.build("turn 0")


def unsolved(seed: int) -> int:
    precision = (20.0, 200.0, 2000.0)[seed % 3]
    branch = ("in time", "stagewise", "principal")[seed // 3 % 3]
    method = AQRE(precision=precision, beliefs=(7, 9, 17)[seed // 9 % 3], branch=branch, threads=1)
    return int(induct(random_game(seed), method, None, None).unsolved.sum())


def test_twenty_seven_random_games() -> None:
    assert {seed: n for seed in range(27) if (n := unsolved(seed))} == {}


@pytest.mark.slow
@pytest.mark.parametrize("block", range(4))
def test_a_thousand_random_games(block: int) -> None:
    assert {seed: n for seed in range(block, 1000, 4) if (n := unsolved(seed))} == {}
