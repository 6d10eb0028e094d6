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


def nearly_alike(seed: int, words: int, apart: float) -> Game:
    """Return a game of many words, each answered by one of seven acts, that differ by the share ``apart``."""
    rng = np.random.default_rng(seed)
    worth = rng.normal(size=(7, 2, 1))
    builder = GameBuilder(("Sender", {"x": 0.5, "y": 0.5}), ("Receiver", {"only": 1.0}))
    builder.state("speaks", mover="Sender")
    builder.end("over")
    for word in range(words):
        builder.state(f"heard {word}", mover="Receiver")
        builder.move("speaks", f"word {word}", to=f"heard {word}", reward={"Sender": [[apart * word], [0.0]]})
        for act in range(7):
            missed = -3 * np.array([[(act / 6) ** 2], [(1 - act / 6) ** 2]])
            reward = {"Sender": worth[act] * (1 + apart * word), "Receiver": missed}
            builder.move(f"heard {word}", f"act {act}", to="over", reward=reward)
    return builder.build("speaks")


def unsolved_words(seeds: range, words: int, apart: float, precision: float) -> dict[int, int]:
    method = AQRE(precision=precision, beliefs=13, branch="in time", threads=1)
    left = {seed: int(induct(nearly_alike(seed, words, apart), method, None, None).unsolved.sum()) for seed in seeds}
    return {seed: n for seed, n in left.items() if n}


# Every word goes through the folds of all others: from one end to the other their path has billions of turns.


@pytest.mark.parametrize("precision", [30.0, 200.0])
def test_many_moves_nearly_alike(precision: float) -> None:
    assert unsolved_words(range(40), 14, 0.001, precision) == {}


@pytest.mark.slow
@pytest.mark.parametrize("apart", [1e-5, 0.01, 0.1])
@pytest.mark.parametrize("words", [6, 20])
@pytest.mark.parametrize("precision", [20.0, 200.0, 2000.0])
def test_more_moves_more_or_less_alike(words: int, apart: float, precision: float) -> None:
    assert unsolved_words(range(100), words, apart, precision) == {}
