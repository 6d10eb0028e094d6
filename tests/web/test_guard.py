"""What stands before every page: other names, other pages, too much and too often are refused with a sentence."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import pytest

from duress.web.guard import BURST, MOST_BYTES, MOST_LETTERS, MOST_PAGES, PER_SECOND, TOLD_AT_ONCE, Guard

from .test_places import run

Sent = list[dict[str, Any]]


class Asked:
    """A guard before an application that says yes, and what was sent."""

    def __init__(
        self, loopback: bool = True, pages: int = 0, names: tuple[str, ...] = (), server: str = "127.0.0.1"
    ) -> None:
        self.time, self.reached, self.heard, self.server = 0.0, 0, [], server
        self.guard = Guard(self._yes, loopback, lambda: pages, names, lambda: self.time)

    async def _yes(self, scope: Any, receive: Any, send: Any) -> None:
        self.reached += 1
        more = True
        while more:
            message = await receive()
            self.heard.append(message)
            more = message.get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"yes"})

    def ask(self, path: str = "/", parts: int = 1, kind: str = "http", **headers: str) -> tuple[int, str]:
        """Ask for a page; return the status and the text."""
        named = {"host": "127.0.0.1:8377"} | {key.replace("_", "-"): value for key, value in headers.items()}
        scope = {
            "type": kind,
            "method": "GET",
            "path": path,
            "headers": [(key.encode(), value.encode("latin-1")) for key, value in named.items()],
            "client": ("127.0.0.1", 1),
            "server": (self.server, 8377),
            "extensions": {"websocket.http.response": {}},
        }
        messages = [
            {"type": "http.request", "body": b"x" * 1_000_000, "more_body": n < parts - 1} for n in range(parts)
        ]
        sent: Sent = []

        async def receive() -> dict[str, Any]:
            return messages.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)

        run(self.guard(scope, receive, send))
        return sent[0]["status"], sent[-1]["body"].decode()


@pytest.mark.parametrize("host", ["127.0.0.1:8377", "localhost:8377", "LOCALHOST", "[::1]:8377", "127.0.0.2"])
def test_the_names_of_loopback_are_right(host: str) -> None:
    assert Asked().ask(host=host) == (200, "yes")


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8377", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "", "[::"],
)
def test_a_name_that_somebody_elses_server_points_here_is_refused_wherever_it_listens(host: str) -> None:
    for asked, known in (
        (Asked(), "localhost or 127.0.0.1"),
        (Asked(loopback=False, server="192.168.1.5"), "its own address or name"),
    ):
        status, said = asked.ask(host=host)
        assert status == 421
        assert f"reached as {known} alone; it was asked for as {host!r}" in said
        assert "--allow-host NAME" in said
        assert not asked.reached


@pytest.mark.parametrize(
    ("server", "host"),
    [
        ("192.168.1.5", "192.168.1.5:8377"),
        ("192.168.1.5", "Teacher.local:8377"),
        ("::ffff:192.168.1.5", "192.168.1.5"),
        ("fe80::1%eth0", "[fe80::1]:8377"),
        ("127.0.0.1", "localhost:8377"),
    ],
)
def test_elsewhere_than_on_loopback_the_address_it_arrived_at_and_the_names_allowed_are_right(
    server: str, host: str
) -> None:
    assert Asked(False, names=("teacher.local",), server=server).ask(host=host) == (200, "yes")


def test_a_name_that_is_allowed_is_right_on_loopback_too_and_its_pages_may_ask() -> None:
    asked = Asked(names=("duress.school.example",))
    assert asked.ask(host="duress.school.example", origin="https://duress.school.example") == (200, "yes")
    assert asked.ask(host="other.school.example")[0] == 421
    assert asked.ask(host="duress.school.example", origin="https://other.school.example")[0] == 403


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("loopback", [True, False])
@pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost:9999", "null", "http://127.0.0.1"])
def test_pages_of_other_servers_may_not_ask(kind: str, loopback: bool, origin: str) -> None:
    asked = Asked(loopback)
    status, said = asked.ask(kind=kind, origin=origin)
    assert (status, asked.reached) == (403, 0)
    assert said.startswith(f"A page of another server ({origin}) asked")
    assert asked.ask(kind=kind, origin="http://127.0.0.1:8377")[0] == 200


def test_too_much_is_refused_whether_it_is_announced_or_not() -> None:
    asked = Asked()
    assert asked.ask(content_length=str(MOST_BYTES + 1))[0] == 413
    assert asked.reached == 0
    assert asked.ask(parts=2) == (200, "yes")
    status, said = asked.ask(parts=3)
    assert status == 413
    assert f"{MOST_BYTES:,} bytes" in said
    status, said = asked.ask("/table/" + "a" * MOST_LETTERS)
    assert status == 414
    assert f"{MOST_LETTERS:,} are allowed" in said


def test_too_often_is_refused_until_a_little_later_and_files_of_the_framework_do_not_count() -> None:
    asked = Asked()
    for _ in range(int(BURST)):
        assert asked.ask()[0] == 200
    status, said = asked.ask()
    assert status == 429
    assert "Wait a little" in said
    assert asked.ask("/_nicegui/3/static/vue.js")[0] == 200
    asked.time += 1.0
    assert [asked.ask()[0] for _ in range(int(PER_SECOND) + 1)] == [200] * int(PER_SECOND) + [429]


def test_no_more_pages_are_open_than_are_allowed() -> None:
    asked = Asked(pages=MOST_PAGES)
    status, said = asked.ask()
    assert status == 503
    assert f"{MOST_PAGES} pages are open" in said
    assert asked.ask("/_nicegui_ws/socket.io/")[0] == 200


def test_messages_on_a_socket_that_come_too_fast_wait() -> None:
    asked, waits = Asked(), []

    async def later(seconds: float) -> None:
        waits.append(seconds)
        asked.time += seconds

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.receive"}

    async def hear() -> None:
        slowly = asked.guard._slowed(receive)
        for _ in range(int(TOLD_AT_ONCE) + 10):
            await slowly()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "sleep", later)
        run(hear())
    assert len(waits) == 10


def raw(address: str, request: str) -> str:
    """Send a request as it is; return the answer, or its head where a socket opens."""
    where = urlsplit(address)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=30) as line:
        line.sendall(request.replace("\n", "\r\n").encode())
        had = b""
        while not had.startswith(b"HTTP/1.1 101"):
            part = line.recv(4096)
            if not part:
                break
            had += part
        return had.decode("latin-1")


def test_an_address_as_long_as_is_allowed_reaches_its_page(address: str) -> None:
    with urllib.request.urlopen(f"{address}/table/{'a' * 63_900}", timeout=60) as answer:
        assert "the link is not whole" in answer.read().decode()


def test_the_server_refuses_another_name_and_the_socket_of_another_page(address: str) -> None:
    here = urlsplit(address).netloc
    said = raw(address, "GET / HTTP/1.1\nHost: evil.example\nConnection: close\n\n")
    assert said.startswith("HTTP/1.1 421")
    assert "asked for as 'evil.example'" in said
    assert "content-security-policy" in said
    key = base64.b64encode(os.urandom(16)).decode()

    def handshake(origin: str) -> str:
        return raw(
            address,
            f"GET /_nicegui_ws/socket.io/?EIO=4&transport=websocket HTTP/1.1\nHost: {here}\nOrigin: {origin}\n"
            f"Connection: Upgrade, close\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: {key}\n\n",
        )

    assert handshake("http://evil.example").startswith("HTTP/1.1 403")
    assert handshake(address).startswith("HTTP/1.1 101")
