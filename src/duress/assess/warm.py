"""Compile kernels on both cores: on a machine that has never run them, that is most of the first answer's time.

This module, run as a program of its own, compiles what solves single stages and plays histories. Meanwhile the caller
compiles what solves and certifies blocks of states, and finds the rest on disk when it first needs it. Both do so by
putting a game of three states through it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np

from ..compiled import cache_folder
from ..game.builder import GameBuilder
from ..game.game import Game
from ..simulate.histories import simulate
from ..solve.aqre import AQRE, Induction, closing_values, induct
from ..solve.certificate import Certificate, Certifier
from ..solve.kernels import game_arrays
from ..solve.solution import Solution


@contextmanager
def compiled_aside(value_type: np.dtype) -> Iterator[None]:
    """Start compiling aside if no kernel is on disk yet; stop when what it is for is done.

    Parameters
    ----------
    value_type : dtype
        In which values will be kept (`duress.solve.aqre.value_type`).
    """
    if any(cache_folder().rglob("*.nbi")):
        yield
        return
    command = [sys.executable, "-m", __name__, value_type.name]
    aside = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _solved()
        yield
    finally:
        aside.terminate()
        aside.wait()


def _small_game() -> Game:
    builder = GameBuilder(("A", {"x": 0.5, "y": 0.5}), ("B", {"v": 0.5, "w": 0.5}))
    builder.state("first", mover="A").state("second", mover="B").end("over")
    builder.move("first", "on", to="second").move("first", "off", to="over")
    builder.move("second", "on", to="over", elapsed=True).move("second", "off", to="over", elapsed=True)
    return builder.build("first")


def _solved() -> None:
    """Compile what solves and certifies blocks of states."""
    game = _small_game()
    induct(game, AQRE(precision=1.0, beliefs=3, branch="in time", threads=1), partial(Certifier, game, threads=1), None)


def play_small_game(value_type: str) -> None:
    """Compile what solves single stages and plays histories, for values kept as ``value_type``."""
    game, nodes = _small_game(), (np.linspace(0, 1, 3), np.linspace(0, 1, 3))
    horizon = closing_values(game, nodes)
    values = np.zeros((2, *horizon.shape), np.dtype(value_type))
    ratios = np.zeros((1, game.moves, 3, 3), np.int16)
    counts, unsolved = np.zeros(3, np.int64), np.zeros(game.states, np.int32)
    induction = Induction(game_arrays(game), nodes, np.ones(2), 1e-10, values, ratios, unsolved, counts, "in time")
    solution = Solution(game, AQRE(), "solved", Certificate(0.0, 0.0, 0, {}, {}, {}, 0.0), induction, {})
    simulate(solution, 4, threads=1)


if __name__ == "__main__":
    play_small_game(sys.argv[1])
