"""Compile kernels aside: on a machine that has never run them, one core compiles some while another compiles the rest.

The solver's kernels are compiled by the run that needs them. This module, run as a program of its own, puts a game of
three states through the certificate and the simulation, whose kernels then wait on disk.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from ..compiled import cache_folder
from ..game.builder import GameBuilder
from ..simulate.histories import simulate
from ..solve.aqre import AQRE, Induction, closing_values
from ..solve.certificate import Certifier
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
        yield
    finally:
        aside.terminate()
        aside.wait()


def warm(value_type: str) -> None:
    """Compile the kernels of the certificate and of the simulation for values kept as ``value_type``."""
    builder = GameBuilder(("A", {"x": 0.5, "y": 0.5}), ("B", {"v": 0.5, "w": 0.5}))
    builder.state("first", mover="A").state("second", mover="B").end("over")
    builder.move("first", "on", to="second").move("first", "off", to="over")
    builder.move("second", "on", to="over", elapsed=True).move("second", "off", to="over", elapsed=True)
    game = builder.build("first")
    nodes = (np.linspace(0, 1, 3), np.linspace(0, 1, 3))
    precisions, arrays, y = np.ones(2), game_arrays(game), np.zeros((game.moves, 3, 3))
    horizon = closing_values(game, nodes)
    certifier = Certifier(game, arrays, nodes, precisions, horizon, threads=1)
    certifier(horizon.copy(), horizon.copy(), y)
    values = np.zeros((2, *horizon.shape), np.dtype(value_type))
    ratios = np.zeros((1, *y.shape), np.int16)
    counts, unsolved = np.zeros(3, np.int64), np.zeros(game.states, np.int32)
    induction = Induction(arrays, nodes, precisions, 1e-10, values, ratios, unsolved, counts, "in time")
    solution = Solution(game, AQRE(), "solved", certifier.certificate(0, 0.0), induction, {})
    simulate(solution, 4, threads=1)
    solution.behaviour()


if __name__ == "__main__":
    warm(sys.argv[1])
