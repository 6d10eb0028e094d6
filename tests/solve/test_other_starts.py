"""Other starts lead to other equilibria where there are several, and to the same one where there is one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from duress.errors import InputError
from duress.game.builder import GameBuilder
from duress.game.game import Game
from duress.solve.aqre import AQRE
from duress.solve.solution import solve


def meanings(game: Game) -> set[str]:
    """Return what the first word was found to mean from ten starts."""
    found = set()
    for start in range(1, 11):
        solution = solve(game, AQRE(precision=20, beliefs=9, start=start))
        assert solution.solved
        assert solution.certificate.residual < 1e-8
        said = {kind: policy["a"] for kind, policy in solution.behaviour(0, 0, (0.5, 1.0)).policy.items()}
        found.add("x" if said["x"] > said["y"] + 0.5 else "y" if said["y"] > said["x"] + 0.5 else "nothing")
    return found


def test_either_word_may_mean_either_thing(talk: Callable[[bool], Game]) -> None:
    assert meanings(talk(True)) >= {"x", "y"}


def test_talk_that_moves_nobody_means_nothing_from_any_start(talk: Callable[[bool], Game]) -> None:
    assert meanings(talk(False)) == {"nothing"}


def test_a_start_repeats_and_is_named(talk: Callable[[bool], Game]) -> None:
    first, again = (solve(talk(True), AQRE(precision=20, beliefs=9, start=4)) for _ in range(2))
    assert first.value() == again.value()
    assert first.run["branch"] == "in time from start 4"


def test_more_types_are_refused() -> None:
    builder = GameBuilder(("A", {"x": 0.2, "y": 0.3, "z": 0.5}), ("B", {"any": 1.0}))
    builder.state("only", mover="A").end("over").move("only", "go", to="over").move("only", "stay", to="over")
    with pytest.raises(InputError, match="leave it at 0"):
        solve(builder.build("only"), AQRE(start=1))
