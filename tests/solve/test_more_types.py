"""Three types a player: the same verbs as for two."""

from __future__ import annotations

import pytest

from duress.errors import InputError
from duress.game.builder import GameBuilder
from duress.game.game import Game
from duress.report.solved import as_json, plain_label
from duress.simulate.histories import simulate
from duress.solve.aqre import AQRE
from duress.solve.lattice_solution import LatticeSolution
from duress.solve.paths import visits
from duress.solve.solution import solve
from duress.solve.tree import PublicTree


def three_types() -> Game:
    """Return a sender of three types, whose signal costs each less than the type before, and a receiver who pays."""
    builder = GameBuilder(("Sender", {"low": 0.2, "middle": 0.5, "high": 0.3}), ("Receiver", {"any": 1.0}))
    builder.state("signal", mover="Sender").end("over")
    for n, level in enumerate((0.0, 0.4, 0.8)):
        builder.state(f"reply to {level}", mover="Receiver")
        cost = {"Sender": {"low": -level, "middle": -0.6 * level, "high": -0.2 * level}}
        builder.move("signal", f"send {level}", to=f"reply to {level}", reward=cost)
        for pay in (0.0, 0.5, 1.0):
            gain = {"Sender": pay, "Receiver": {("low", "any"): -pay, ("high", "any"): pay - 0.1 * n}}
            builder.move(f"reply to {level}", f"pay {pay}", to="over", reward=gain)
    return builder.build("signal")


@pytest.fixture(scope="module")
def solution() -> LatticeSolution:
    found = solve(three_types(), AQRE(precision=4, beliefs=17))
    assert isinstance(found, LatticeSolution)
    return found


def test_it_is_solved_and_certified(solution: LatticeSolution) -> None:
    assert solution.solved
    assert solution.status == "solved"
    assert solution.certificate.residual < 1e-9
    assert 0 < solution.certificate.grid_error < 0.05


def test_it_agrees_with_the_tree(solution: LatticeSolution) -> None:
    exact = solve(three_types(), PublicTree(precision=4)).value()
    for player, kinds in exact.items():
        assert solution.value()[player] == pytest.approx(kinds, abs=5e-3)


def test_histories_are_listed_in_falling_order_of_chance(solution: LatticeSolution) -> None:
    found = list(visits(solution, 10))
    assert found[0].history == ()
    assert len(found) == 4
    assert [v.chance for v in found] == sorted((v.chance for v in found), reverse=True)
    assert sum(v.chance for v in found[1:]) == pytest.approx(1.0)
    assert set(as_json(solution, plain_label, 10)["behavior"]["Sender"]) == {"low|", "middle|", "high|"}


def test_what_is_not_for_three_types_says_so(solution: LatticeSolution) -> None:
    with pytest.raises(InputError, match="one or two types"):
        solve(three_types(), AQRE(branch="stagewise"))
    with pytest.raises(InputError, match="one or two types"):
        simulate(solution)  # type: ignore[arg-type]
