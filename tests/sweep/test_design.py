"""Designs: how many points, where they lie, and what is refused."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from duress import Design, InputError, Scenario, load
from duress.sweep.design import lay_out

HARM, OTHER = "levers.sanctions.harm[2]", "levers.retaliation.harm[2]"
OVER = {HARM: (0.3, 0.8), OTHER: (0.1, 0.9), "horizon": (4, 9)}


@pytest.fixture(scope="module")
def crisis() -> Scenario:
    return load("sanctions-crisis")


def test_a_grid_has_every_combination_once_ends_included(crisis: Scenario) -> None:
    plan = lay_out(crisis, Design("grid", 30, OVER), 0)
    assert len(plan.table) == len({tuple(row) for row in plan.table}) == 27
    assert plan.table.min(axis=0).tolist() == [0.3, 0.1, 4.0]
    assert plan.table.max(axis=0).tolist() == [0.8, 0.9, 9.0]
    assert "27 points over 3 numbers (3 × 3 × 3)" in plan.sentence


def test_a_grid_takes_each_whole_number_once(crisis: Scenario) -> None:
    plan = lay_out(crisis, Design("grid", 100, {"horizon": (4, 6), HARM: (0.3, 0.8)}), 0)
    assert Counter(plan.table[:, 0]) == {4.0: 10, 5.0: 10, 6.0: 10}


def test_a_latin_hypercube_meets_every_part_of_every_range_once(crisis: Scenario) -> None:
    plan = lay_out(crisis, Design("lhs", 20, OVER), 3)
    assert len(plan.table) == 20
    for column, (low, high) in zip(plan.table.T[:2], list(OVER.values())[:2], strict=True):
        assert sorted(np.floor((column - low) / (high - low) * 20)) == list(range(20))


def test_a_sobol_design_changes_one_number_at_a_time(crisis: Scenario) -> None:
    plan = lay_out(crisis, Design("sobol", 80, OVER), 1)
    assert (plan.base, len(plan.table)) == (16, 16 * 5)
    for first, second, *mixed in plan.table.reshape(16, 5, 3):
        for n, point in enumerate(mixed):
            assert point[n] == second[n]
            assert np.delete(point, n).tolist() == np.delete(first, n).tolist()


@pytest.mark.parametrize(("asked", "base"), [(1000, 256), (1023, 256), (30, 8), (3, 2)])
def test_a_sobol_design_is_as_near_to_what_is_asked_for_as_it_can_be(crisis: Scenario, asked: int, base: int) -> None:
    assert lay_out(crisis, Design("sobol", asked, dict(list(OVER.items())[:2])), 0).base == base


@pytest.mark.parametrize("kind", ["sobol", "lhs"])
def test_the_seed_decides(crisis: Scenario, kind: str) -> None:
    one, two, other = (lay_out(crisis, Design(kind, 40, OVER), seed).table for seed in (5, 5, 6))
    assert (one == two).all()
    assert (one != other).any()


def test_without_ranges_what_the_scenario_is_not_sure_of_is_varied(crisis: Scenario) -> None:
    unsure = load("iran-2019")
    assert lay_out(unsure, Design("lhs", 4), 0).numbers == unsure.unsure
    assert HARM in lay_out(crisis, Design("lhs", 4), 0).paths
    path = unsure.unsure[1].path
    assert lay_out(unsure, Design("lhs", 4, {path: None}), 0).numbers == (unsure.unsure[1],)


@pytest.mark.parametrize(
    ("design", "said"),
    [
        (Design("random", 10), "must be one of sobol, lhs, grid; found 'random'"),
        (Design("lhs", 1), "is 1; 2 to 1,000,000 are allowed"),
        (Design("grid", 7, OVER), "a grid over 3 numbers has at least 8"),
        (Design("lhs", 10, {}), "names no number"),
        (Design("lhs", 10, {"levers.sanctions.harm[9]": (0, 1)}), "is not the path of a number of this scenario"),
        (Design("lhs", 10, {"horizon": (0, 5)}), r"horizon.between\[0\]: must be a whole number from 1 to 600"),
        (Design("lhs", 10, {HARM: (0.8, 0.3)}), "the first number must be below the second; found 0.8 and 0.3"),
        (Design("lhs", 10, {"horizon": None}), "horizon: needs a range"),
    ],
)
def test_a_design_that_will_not_do_is_refused(crisis: Scenario, design: Design, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        lay_out(crisis, design, 0)
    assert "line 0" not in str(refused.value)
