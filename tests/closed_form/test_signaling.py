"""Beer and quiche (Cho & Kreps 1987): what a one-shot signal reveals."""

from __future__ import annotations

import pytest

from duress.game.classics import beer_quiche
from duress.solve.aqre import AQRE
from duress.solve.solution import Solution, solve

METHOD = AQRE(beliefs=65)


def fights(solution: Solution, order: str) -> float:
    """Return how often the bully fights those who order this, at the belief that the order leads to."""
    names = [solution.game.state_name(s) for s in range(solution.game.states)]
    belief = solution.behaviour().after[order]
    return solution.behaviour(names.index(f"after {order}"), 0, (belief, 0.0)).policy["any"]["fight"]


@pytest.mark.parametrize("precision", [20, 200, 2000])
@pytest.mark.parametrize("strong", [0.6, 0.9])
def test_where_most_are_strong_all_order_beer_and_quiche_is_taken_for_weakness(strong: float, precision: float) -> None:
    solution = solve(beer_quiche(strong, precision), METHOD)
    breakfast = solution.behaviour()
    assert breakfast.policy["strong"]["beer"] > 0.999
    assert breakfast.policy["weak"]["beer"] > 0.999
    assert breakfast.after["beer"] == pytest.approx(strong, abs=1e-3)
    assert breakfast.after["quiche"] < 1e-9
    assert fights(solution, "beer") < 0.02
    assert fights(solution, "quiche") > 0.999
    assert breakfast.value["Stranger"] == pytest.approx({"weak": 2.0, "strong": 3.0}, abs=0.04)


@pytest.mark.parametrize("precision", [200, 2000])
@pytest.mark.parametrize("strong", [0.1, 0.3, 0.45])
def test_where_most_are_weak_some_pretend(strong: float, precision: float) -> None:
    solution = solve(beer_quiche(strong, precision), METHOD)
    breakfast = solution.behaviour()
    assert breakfast.policy["strong"]["beer"] > 0.999
    assert breakfast.policy["weak"]["beer"] == pytest.approx(strong / (1 - strong), abs=0.005)
    assert breakfast.after["beer"] == pytest.approx(0.5, abs=0.002)
    assert fights(solution, "beer") == pytest.approx(0.5, abs=0.05)
    assert fights(solution, "quiche") > 0.999
    assert breakfast.value["Stranger"] == pytest.approx({"weak": 1.0, "strong": 2.0}, abs=0.02)
