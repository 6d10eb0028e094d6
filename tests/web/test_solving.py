"""Solving in the background: shared, kept, and stopped when nobody waits."""

from __future__ import annotations

import threading
import time
from typing import Any, cast

from duress.errors import InputError
from duress.play.setting import Setting
from duress.solve.aqre import Progress
from duress.web.solving import LONGEST, MOST_WAITING, STOPPED, TOO_LONG, TOO_MANY, Solver, Work

SETTING = cast(Setting, object())


def ended(work: Work) -> Work:
    for _ in range(500):
        if work.over:
            return work
        time.sleep(0.01)
    raise AssertionError("the work did not end")


def test_what_is_solved_once_is_kept() -> None:
    solver, made = Solver(), []

    def prepare(say: Progress) -> Setting:
        made.append(1)
        say(3, 4)
        return SETTING

    first = ended(solver.work("a", prepare))
    assert (first.done, first.total, first.setting) == (3, 4, SETTING)
    assert solver.work("a", prepare) is first
    assert len(made) == 1
    ended(solver.work("b", prepare))
    assert len(made) == 2


def waits(go_on: threading.Event) -> Any:
    def prepare(say: Progress) -> Setting:
        for done in range(400):
            say(done, 400)
            if go_on.wait(0.01):
                return SETTING
        raise AssertionError("never told to go on")

    return prepare


def test_a_work_stops_once_the_last_who_waits_has_left_and_is_begun_anew_for_the_next() -> None:
    solver, go_on = Solver(), threading.Event()
    work = solver.work("a", waits(go_on))
    assert solver.work("a", waits(go_on)) is work
    work.leave()
    time.sleep(0.05)
    assert not work.over
    work.leave()
    assert ended(work).fault == STOPPED
    go_on.set()
    again = solver.work("a", waits(go_on))
    assert again is not work
    assert ended(again).setting is SETTING


def test_a_fault_is_said_and_tried_again_when_asked_again() -> None:
    solver = Solver()

    def prepare(say: Progress) -> Setting:
        raise InputError("no such thing")

    work = ended(solver.work("a", prepare))
    assert (work.setting, work.fault) == (None, "no such thing")
    assert solver.work("a", prepare) is not work


def test_a_work_that_takes_too_long_is_stopped_with_a_sentence() -> None:
    hours = iter((0.0, 0.0, LONGEST - 1.0, LONGEST + 1.0))
    work = Work(clock=lambda: next(hours))

    def prepare(say: Progress) -> Setting:
        for done in range(3):
            say(done, 3)
        raise AssertionError("it was to be stopped")

    work.run(prepare)
    assert (work.setting, work.fault, work.done) == (None, TOO_LONG, 0)


def test_no_more_works_wait_than_are_allowed_and_who_gives_up_makes_place() -> None:
    solver, go_on = Solver(), threading.Event()
    works = [solver.work(n, waits(go_on)) for n in range(MOST_WAITING)]
    refused = solver.work("one more", waits(go_on))
    assert refused.over
    assert refused.fault == TOO_MANY
    refused.leave()
    works[-1].leave()
    assert not solver.work("one more", waits(go_on)).fault
    go_on.set()
