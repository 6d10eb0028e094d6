"""Other numbers tried: what is found is what an assessment of the changed scenario would find."""

from __future__ import annotations

import time

import pytest

from duress import InputError, load
from duress.web.solving import Work
from duress.web.trying import SIZES, Found, Trial, Trier, ends_of, movable


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
    assert len(found.points) == max(SIZES)
    # The end of the map at the number tried is the game tried.
    assert found.points[(high,)] == found.judged
    assert work.step == "Mapping"


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
