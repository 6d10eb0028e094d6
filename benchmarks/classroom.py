"""A class at play: a hundred people join a real server over sockets and play each other, and no move may be lost.

Each person is a page without a browser: it loads the address, keeps what the server tells it to show, and presses keys,
as the framework's own script does. A move is lost if who made it is not shown it, or its partner is not, or the store
does not have it. Times are from the key to the page that shows the move.

    python benchmarks/classroom.py [PEOPLE] [SECONDS]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import socketio

PEOPLE, SECONDS = 100, 60.0
THINKS = (2.0, 6.0)
"""Seconds a person thinks about a move, at least and at most."""

PATIENCE = 30.0
"""Seconds after which a move that is not shown is lost."""

Element = dict[str, Any]


class Page:
    """A page of the server, without a browser.

    Parameters
    ----------
    session : aiohttp.ClientSession
    address : str
        Of the server.
    """

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self.session, self.address = session, address
        self.elements: dict[str, Element] = {}
        self.heard: list[str] = []
        self.changed = asyncio.Event()
        self.goes = ""
        self._socket: socketio.AsyncClient | None = None

    async def open(self, path: str) -> None:
        """Load a page and connect its socket."""
        await self.close()
        async with self.session.get(self.address + path) as answer:
            text = await answer.text()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {text}")
        whole = re.search(r"parseElements\(String\.raw`(.*?)`\)", text, re.DOTALL)
        query = re.search(r"query: \{'client_id': '(.*?)', 'next_message_id': (\d+)", text)
        assert whole and query, text[:500]
        self.elements, self.goes, self.heard = json.loads(unescape(whole[1])), "", [whole[1]]
        self.client = query[1]
        asked = {"client_id": query[1], "next_message_id": query[2], "implicit_handshake": "true"}
        asked |= {"document_id": str(uuid.uuid4()), "tab_id": str(uuid.uuid4()), "old_tab_id": ""}
        self._socket = socketio.AsyncClient(http_session=self.session, reconnection=False, request_timeout=PATIENCE)
        self._socket.on("*", self._told)
        await self._socket.connect(
            f"{self.address}?{urlencode(asked)}",
            socketio_path="/_nicegui_ws/socket.io",
            transports=["websocket"],
            wait_timeout=int(PATIENCE),
        )

    async def close(self) -> None:
        """Leave the page."""
        if self._socket is not None:
            await self._socket.disconnect()
            self._socket = None

    async def _told(self, event: str, message: Any = None) -> None:
        self.heard.append(json.dumps([event, message]))
        if event == "open":
            self.goes = message["path"]
        elif event == "update":
            for key, element in message.items():
                if not key.lstrip("-").isdigit():
                    continue
                if element is None:
                    self.elements.pop(key, None)
                else:
                    self.elements[key] = element
        self.changed.set()

    async def until(self, holds: Callable[[], Any], seconds: float = PATIENCE) -> None:
        """Wait until the page is as wanted; ``TimeoutError`` if it does not come to that."""

        async def wait() -> None:
            while not holds():
                self.changed.clear()
                await self.changed.wait()

        await asyncio.wait_for(wait(), seconds)

    def find(self, holds: Callable[[Element], bool]) -> tuple[str, Element]:
        """Return the element that is as wanted, with its number."""
        return next((key, element) for key, element in self.elements.items() if holds(element))

    async def emit(self, holds: Callable[[Element], bool], kind: str, *args: Any) -> None:
        """Have something happen at an element."""
        key, element = self.find(holds)
        listener = next(event["listener_id"] for event in element["events"] if event["type"].startswith(kind))
        assert self._socket is not None
        await self._socket.emit(
            "event",
            {"id": int(key), "client_id": self.client, "listener_id": listener, "args": [json.dumps(a) for a in args]},
        )

    async def press(self, key: str) -> None:
        """Press a key."""
        event = {"action": "keydown", "key": key, "code": f"Digit{key}", "location": 0, "repeat": False}
        event |= {"altKey": False, "ctrlKey": False, "shiftKey": False, "metaKey": False}
        await self.emit(lambda e: e["tag"] == "nicegui-keyboard", "key", event)

    def has(self, name: str) -> bool:
        """Return whether an element of that class is there."""
        return any(name in e.get("class", ()) for e in self.elements.values())

    @property
    def turns(self) -> int:
        """How many moves the page shows."""
        found = [e["props"]["data-turns"] for e in self.elements.values() if "data-turns" in e.get("props", {})]
        return max(map(int, found), default=-1)


@dataclass
class Tally:
    """What was seen: seconds to one's own page and to the partner's, moves made and lost."""

    own: list[float] = field(default_factory=list)
    other: list[float] = field(default_factory=list)
    made: int = 0
    lost: list[str] = field(default_factory=list)


def labelled(name: str) -> Callable[[Element], bool]:
    return lambda e: e.get("props", {}).get("label") == name


async def join(page: Page, code: str, name: str) -> None:
    """Join the class, and wait where the server says."""
    await page.open("/join")
    await page.emit(labelled("Code"), "update:", code)
    await page.emit(labelled("Name"), "update:", name)
    await page.emit(lambda e: e.get("props", {}).get("label") == "Join", "click")
    await page.until(lambda: page.goes)
    await page.open(page.goes)


async def begin(board: Page, path: str, case: str) -> None:
    """Open the board, choose a case and begin."""
    await board.open(path)
    _, chooser = board.find(labelled("Case"))
    options = chooser["props"]["options"]
    number = next(n for n, option in enumerate(options) if option["label"] == case)
    await board.emit(labelled("Case"), "update:", {"value": number, "label": case})
    await board.emit(lambda e: str(e.get("props", {}).get("label", "")).startswith("Begin"), "click")


async def sit(page: Page) -> None:
    """Go to the seat once there is one."""
    await page.until(lambda: page.goes.startswith("/seat/"), 120.0)
    await page.open(page.goes)


async def pair_at_play(pair: tuple[Page, Page], end: float, tally: Tally, luck: random.Random) -> None:
    """Let two people move in turn until the time is over, each thinking before it moves."""
    while time.monotonic() < end and not any(page.has("end") for page in pair):
        here, there = pair if pair[0].has("moves") else pair[::-1]
        if not here.has("moves"):
            await asyncio.sleep(0.01)
            continue
        await asyncio.sleep(luck.uniform(*THINKS))
        if time.monotonic() >= end:
            break
        before, began = here.turns, time.monotonic()
        tally.made += 1
        await here.press("1")

        try:
            await asyncio.gather(
                shows(here, before + 1, began, tally.own), shows(there, before + 1, began, tally.other)
            )
        except TimeoutError:
            tally.lost.append(f"after {before} moves: {here.turns} and {there.turns} are shown")
            return


async def shows(page: Page, turns: int, began: float, times: list[float]) -> None:
    """Wait until a page shows so many moves, and note how long that took."""
    await page.until(lambda: page.turns == turns)
    times.append(time.monotonic() - began)


async def played(address: str, code: str, board: str, people: int, seconds: float) -> tuple[Tally, float]:
    """Have so many people join, be paired and play; return what was seen, and how many seconds sitting down took."""
    luck, tally = random.Random(1), Tally()
    # A connection for each request, as browsers have for sockets: the server forgets no timer of a page loaded before.
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, force_close=True)) as session:
        pages = [Page(session, address) for _ in range(people)]
        began = time.monotonic()
        for n, page in enumerate(pages):
            await join(page, code, f"Player {n + 1}")
        teacher = Page(session, address)
        await begin(teacher, board, "A sanctions crisis")
        await asyncio.gather(*(sit(page) for page in pages))
        seated = time.monotonic() - began
        end = time.monotonic() + seconds
        pairs = list(zip(pages[::2], pages[1::2], strict=True))
        await asyncio.gather(*(pair_at_play(pair, end, tally, luck) for pair in pairs))
        for first, second in pairs:
            if first.turns != second.turns:
                tally.lost.append(f"two pages of one table show {first.turns} and {second.turns} moves")
        for page in (*pages, teacher):
            await page.close()
    return tally, seated


def told(times: list[float]) -> str:
    """Return a sentence part on times in milliseconds."""
    late = statistics.quantiles(times, n=20)[-1]
    return (
        f"median {1e3 * statistics.median(times):.0f} ms, 95 % below {1e3 * late:.0f} ms, most {1e3 * max(times):.0f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("people", type=int, nargs="?", default=PEOPLE, help="how many play (default: %(default)s)")
    parser.add_argument("seconds", type=float, nargs="?", default=SECONDS, help="for how long (default: %(default)g)")
    asked = parser.parse_args()
    people, seconds = asked.people, asked.seconds
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        database = f"sqlite:///{Path(folder) / 'games.sqlite'}"
        command = [str(Path(sys.executable).with_name("duress")), "serve", "--port", str(port), "--room-code", "LOADED"]
        said = Path(folder) / "said"
        with (
            said.open("w") as log,
            subprocess.Popen(command, env={**os.environ, "DURESS_DB": database}, stdout=log, stderr=log) as server,
        ):
            try:
                address = f"http://127.0.0.1:{port}"
                for _ in range(300):
                    try:
                        urllib.request.urlopen(address, timeout=10).close()
                        break
                    except OSError:
                        time.sleep(0.2)
                board = re.search(r"(/board/\S+)", said.read_text())
                assert board, said.read_text()
                tally, seated = asyncio.run(played(address, "LOADED", board[1], people, seconds))
            finally:
                server.terminate()
        from duress.play.store import Store

        store = Store(database)
        kept = len(store.moves())
        store.close()
    print(f"{people} people joined one after another and were seated in {seated:.1f} s")
    print(f"{tally.made} moves in {seconds:.0f} s, {len(tally.lost)} lost, {kept} in the store")
    print(f"to one's own page: {told(tally.own)}; to the partner's: {told(tally.other)}")
    for words in tally.lost:
        print(f"  lost: {words}")
    if tally.lost or kept != tally.made:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
