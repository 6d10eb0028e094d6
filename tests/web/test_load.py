"""Without a browser, as many pages as wanted: a class at play loses no move, and no page is told another's type."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import aiohttp
import pytest

from duress.play.store import Store

from .conftest import served
from .test_places import run


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    """Load the benchmark of a class, which has pages without a browser."""
    path = Path(__file__).parents[2] / "benchmarks" / "classroom.py"
    spec = importlib.util.spec_from_file_location("classroom_benchmark", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_a_class_of_a_hundred_at_play_loses_no_move(benchmark: ModuleType, folder: Path, tmp_path: Path) -> None:
    database, found = f"sqlite:///{tmp_path / 'games.sqlite'}", []
    with served(folder, database, "--room-code", "LOADED") as (url, said):
        board = re.search(r"(/board/\S+)", said)
        assert board
        path = board[1]

        async def played() -> None:
            found.append((await benchmark.played(url, "LOADED", path, people=100, seconds=20.0))[0])

        run(played())
    (tally,) = found
    assert not tally.lost
    store = Store(database)
    assert len(store.moves()) == tally.made > 20
    store.close()


def state(page: Any) -> list[dict[str, Any]]:
    """Return every element that is on a page."""
    return list(page.elements.values())


def last_drawn(page: Any) -> list[dict[str, Any]]:
    """Return the last of each kind of order that a page was sent, such as what its chart is to show."""
    orders = {event: message for event, message in map(json.loads, page.heard[1:]) if event == "run_method"}
    return [{"args": order["args"]} for order in orders.values()]


def plain(element: dict[str, Any], keys: list[str]) -> str:
    """Return what an element says, without what is random in it: numbers of elements, addresses, the seed."""
    kept = {
        k: v for k, v in element.items() if k not in ("events", "children", "slots", "id", "_id", "next_message_id")
    }
    text = json.dumps(kept, sort_keys=True)
    for key in keys:
        text = text.replace(key, "KEY")
    return re.sub(r"Seed \d+", "Seed", text)


@pytest.mark.slow
def test_all_that_a_seat_is_told_is_the_same_whatever_the_other_was_dealt(benchmark: ModuleType, address: str) -> None:
    told: dict[tuple[str, str], set[str]] = {}

    async def kind(page: Any) -> str:
        said = [part["props"]["innerHTML"] for part in page.elements.values() if "data-turns" in part.get("props", {})]
        return said[0].rsplit(", ", 1)[1]

    async def one_room(session: aiohttp.ClientSession, other: aiohttp.ClientSession) -> None:
        opener, arriving = benchmark.Page(session, address), benchmark.Page(other, address)
        await opener.open("/case/sanctions-crisis")
        await opener.emit(benchmark.labelled("Open a table for two"), "click")

        def addresses() -> list[str]:
            parts = [part.get("props", {}) for part in opener.elements.values()]
            return [str(part["href"]) for part in parts if str(part.get("href", "")).startswith(("/seat/", "/watch/"))]

        await opener.until(lambda: len(addresses()) == 3, 240.0)
        # Who opens the table sits down as who moves second, in the same browser; the other comes by a link.
        mine, theirs, watched = addresses()
        paths = [theirs, mine, watched]
        await arriving.open(theirs)
        await arriving.emit(benchmark.labelled("Sit down"), "click")
        await arriving.until(lambda: any("history.go(0)" in said for said in arriving.heard))
        first, second = benchmark.Page(other, address), benchmark.Page(session, address)
        await first.open(theirs)
        await second.open(mine)
        dealt = await kind(first), await kind(second)
        for turn in range(4):
            here, there = (first, second) if turn % 2 == 0 else (second, first)
            await here.until(lambda here=here: here.has("moves"))
            await here.press("1")
            for page in (here, there):
                await page.until(lambda page=page, turn=turn: page.turns == turn + 1)
        await second.until(
            lambda: any("All moves so far (4)" in json.dumps(e, ensure_ascii=False) for e in state(second))
        )
        await asyncio.sleep(1.0)  # the chart is told last
        keys = [path.rsplit("/", 1)[1] for path in paths]
        told[dealt] = {plain(part, keys) for part in (*state(second), *last_drawn(second))}
        for said in second.heard:
            assert keys[0] not in said
            assert keys[2] not in said
            assert "You are Coercer" not in said
        for page in (opener, arriving, first, second):
            await page.close()

    async def rooms() -> None:
        def browser() -> aiohttp.ClientSession:
            jar = aiohttp.CookieJar(unsafe=True)  # the server has a number for a name
            return aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True), cookie_jar=jar)

        async with browser() as session, browser() as other:
            for _ in range(30):
                await one_room(session, other)
                if any(a[1] == b[1] and a[0] != b[0] for a in told for b in told):
                    return

    run(rooms())
    pairs = [(a, b) for a in told for b in told if a[1] == b[1] and a[0] < b[0]]
    assert pairs
    for a, b in pairs:
        assert told[a] == told[b]
    own = [said for said in told[pairs[0][0]] if f"You are Target, {pairs[0][0][1]}" in said]
    assert own  # what is compared does hold what the seat was dealt
