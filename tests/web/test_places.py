"""One move at a time, whatever is pressed, so that none is lost."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from duress.errors import InputError
from duress.play.link import open_link
from duress.play.match import Match, begin
from duress.play.setting import Setting
from duress.web.keeping import Keeper
from duress.web.places import BUSY, Own, move_seen


def run(work: Coroutine[Any, Any, Any]) -> None:
    """Run to the end, in a thread of its own: the browser's driver keeps a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


def test_a_second_move_before_the_reply_to_the_first_is_refused_and_the_first_stands(
    setting: Setting, keeper: Keeper
) -> None:
    place = Own(begin(setting, "Target", seed=7), "Target", keeper)
    begun, go_on = threading.Event(), threading.Event()

    def slowly(match: Match) -> Match:
        begun.set()
        assert go_on.wait(10)
        return match.move(1)

    async def pressed_twice() -> None:
        first = asyncio.create_task(place.go(slowly))
        await asyncio.to_thread(begun.wait, 10)
        try:
            with pytest.raises(InputError, match=BUSY):
                await place.go(lambda match: match.move(2))
        finally:
            go_on.set()
        await first

    before = place.match
    run(pressed_twice())
    assert place.match == before.move(1)
    assert open_link(place.address.removeprefix("/table/"), setting) == place.match


def test_a_move_chosen_before_the_last_reply_was_there_is_refused(setting: Setting, keeper: Keeper) -> None:
    place = Own(begin(setting, "Target", seed=7), "Target", keeper)
    seen = place.match.turns
    run(place.go(move_seen(1, seen)))
    before = place.match
    with pytest.raises(InputError, match="look again"):
        run(place.go(move_seen(1, seen)))
    assert place.match is before


def test_a_step_that_cannot_be_taken_leaves_the_place_open_for_the_next(setting: Setting, keeper: Keeper) -> None:
    place = Own(begin(setting, "Target", seed=7), "Target", keeper)
    with pytest.raises(InputError, match="99 cannot be made now"):
        run(place.go(move_seen(99, place.match.turns)))
    run(place.go(move_seen(1, place.match.turns)))
    assert place.match.turns > 0
