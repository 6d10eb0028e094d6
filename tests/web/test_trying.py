"""Other numbers tried: what is found is what an assessment of the changed scenario would find."""

from __future__ import annotations

import time

import pytest

from duress import InputError, load
from duress.web.solving import STOPPED, Work
from duress.web.trying import SIZE, Found, Trial, Trier, ends_of, in_turn, movable


@pytest.fixture(scope="module")
def trier() -> Trier:
    return Trier()


def working() -> Work:
    """Return a work that has just begun."""
    return Work(begun=time.monotonic())


CRISIS = load("sanctions-crisis").with_values({"horizon": 4})
FIRST, SECOND = (number.path for number in movable(CRISIS)[:2])


def test_what_is_tried_is_judged_roughly_and_then_well_and_mapped_over_one_number(trier: Trier) -> None:
    work, seen = working(), []

    class Watched(Found):
        def __setattr__(self, name: str, value: object) -> None:
            super().__setattr__(name, value)
            if name == "rough":
                seen.append(value)

    number = movable(CRISIS)[0]
    low, high = ends_of(number)
    found = trier.run(Trial(CRISIS, "Target", {FIRST: high}, (FIRST,)), Watched(), work)
    assert seen[-2:] == [True, False]
    assert found.judged is not None
    assert found.judged.verdict
    assert found.axes[0][0] == low
    assert found.axes[0][-1] == high
    assert len(found.points) == SIZE
    # The end of the map at the number tried is the game tried.
    assert found.points[(high,)] == found.judged
    assert work.step == f"Mapping: {SIZE - 1} of {SIZE} cells"
    assert 0 < work.done <= work.total


def test_a_map_is_looked_at_coarsely_first_and_from_where_the_numbers_are() -> None:
    axes = ((0.0, 1.0, 2.0, 3.0, 4.0), (0.0, 10.0, 20.0, 30.0, 40.0))
    order = in_turn(axes, (0.2, 39.0))
    assert sorted(order) == sorted((x, y) for x in axes[0] for y in axes[1])
    assert order[0] == (0.0, 40.0)
    assert set(order[:9]) == {(x, y) for x in axes[0][::2] for y in axes[1][::2]}
    assert order[9] in {(1.0, 40.0), (0.0, 30.0)}
    assert order[-1] == (4.0, 10.0) or order[-1] == (3.0, 0.0)
    assert in_turn(((0.0, 1.0),), (1.0,)) == [(0.0,), (1.0,)]
    assert in_turn((), ()) == []


def test_a_map_that_is_cancelled_stops_within_a_game_and_keeps_the_cells_it_has(trier: Trier) -> None:
    class Stopped(Work):
        def __call__(self, done: int, total: int) -> None:
            super().__call__(done, total)
            if self.step.startswith("Mapping: 2") and done % total:
                self.leave()

    found, work = Found(), Stopped(clock=lambda: 0.0)
    work.run(lambda told: trier.run(Trial(CRISIS, "Target", {}, (FIRST, SECOND)), found, told))
    assert work.fault == STOPPED
    assert found.axes
    assert len(found.points) == 2
    assert all(judged.verdict for judged in found.points.values())


def test_a_number_tried_is_the_number_written(trier: Trier) -> None:
    low, _ = ends_of(movable(CRISIS)[1])
    tried = trier.run(Trial(CRISIS, "Target", {SECOND: low}), Found(), working()).judged
    written = trier.run(Trial(CRISIS.with_values({SECOND: low}), "Target"), Found(), working()).judged
    assert tried is not None
    assert written is not None
    assert tried.best == written.best or tried.verdict == written.verdict
    assert tried.gain == pytest.approx(written.gain, abs=0.1)


def test_numbers_that_are_not_allowed_are_said_and_nobody_invited_is_refused(trier: Trier) -> None:
    found = trier.run(Trial(CRISIS, "Target", {FIRST: -5.0}), Found(), working())
    assert found.judged is not None
    assert FIRST in found.judged.failed
    with pytest.raises(InputError, match="never invited"):
        trier.run(Trial(load("iran-2019"), "US"), Found(), working())
