"""What stands before every page: who may ask, how much, how often; and that nothing is loaded from elsewhere.

A server is reached by any page that a browser near it has open. Two checks keep those out: the name the browser asked
for must be one this server has (a name that an attacker's server points here is not), and a request that says which
page it comes from must come from a page of this server. On loopback the names are loopback's; elsewhere they are the
address the request arrived at and the name of the computer; those of a proxy or a forwarded port the user tells.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'self'",
        # The framework's pages begin with a script of their own and compile their templates in the browser.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""What a page may load, and from where: this server alone."""

MOST_BYTES = 2_000_000
"""Of a request's body, or of a message on a socket; a scenario may have one million."""

MOST_LETTERS = 65_000
"""Of an address: a link may have 64,000, and the server's parser refuses 65,536 without a sentence."""

MOST_PAGES = 800
"""Pages open at once."""

BURST, PER_SECOND = 1000.0, 50.0
"""Requests from one address: so many at once, and so many a second after that. A class may share an address."""

TOLD_AT_ONCE, TOLD_PER_SECOND = 200.0, 50.0
"""Messages on one socket; what comes sooner waits."""

_ADDRESSES = 10_000
"""Addresses whose requests are counted; the longest unheard of is forgotten."""

_ASSETS = "/_nicegui/"
"""Where the files of the framework are, which browsers keep."""

_FRAMEWORK = "/_nicegui"
"""Where its files and its sockets are; all else is a page."""

_HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}


class Bucket:
    """So many at once, and so many a second after that.

    Parameters
    ----------
    burst, rate : float
    now : callable
        Gives the time in seconds.
    """

    def __init__(self, burst: float, rate: float, now: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._rate, self._now = burst, rate, now
        self._left, self._at = burst, now()

    def take(self) -> float:
        """Take one; return for how many seconds that is too soon, 0 if it is not."""
        if not self.empty:
            self._left -= 1.0
            return 0.0
        return (1.0 - self._left) / self._rate

    @property
    def empty(self) -> bool:
        """Whether one more would be too soon."""
        self._refill()
        return self._left < 1.0 - 1e-9

    def _refill(self) -> None:
        now = self._now()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now


class Guard:
    """Refuses, with a sentence, what should not reach the pages, and puts the policy on every answer.

    Parameters
    ----------
    app : ASGI application
    loopback : bool
        Whether the server listens on loopback, so that no other name for it is right.
    pages : callable
        Gives the number of pages that are open.
    names : collection of str
        Further names by which the server is reached, in small letters and without a port.
    now : callable
        Gives the time in seconds.
    """

    def __init__(
        self,
        app: ASGIApp,
        loopback: bool,
        pages: Callable[[], int],
        names: Collection[str] = (),
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app, self._loopback, self._pages, self._names, self._now = app, loopback, pages, names, now
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                message["headers"] = [*message.get("headers", ()), *_HEADERS.items()]
            await send(message)

        status, sentence = self._fault(scope)
        if status:
            await _refuse(scope, guarded, status, sentence)
        elif scope["type"] == "http":
            await self._http(scope, receive, guarded)
        else:
            await self._app(scope, self._slowed(receive), guarded)

    def _fault(self, scope: Scope) -> tuple[int, str]:
        """Return the status and the sentence with which a request is refused; 0 if it is not."""
        named = [(name, value.decode("latin-1")) for name, value in scope["headers"]]
        hosts = [value for name, value in named if name == b"host"]
        if len(hosts) != 1 or not self._named(hosts[0], scope):
            asked = hosts[0] if len(hosts) == 1 else "no one name"
            known = "localhost or 127.0.0.1" if self._loopback else "its own address or name"
            return 421, (
                f"This server is reached as {known} alone; it was asked for as {asked!r}. "
                "Whoever runs it can allow a name: duress serve --allow-host NAME."
            )
        for name, value in named:
            if name == b"origin" and urlsplit(value).netloc.casefold() != hosts[0].casefold():
                return 403, f"A page of another server ({value}) asked; pages of this server alone may."
        letters = len(scope.get("raw_path") or scope["path"]) + len(scope.get("query_string", b""))
        if letters > MOST_LETTERS:
            return 414, f"The address has {letters:,} characters; {MOST_LETTERS:,} are allowed."
        if _told_length(named) > MOST_BYTES:
            return 413, f"That is {_told_length(named):,} bytes; {MOST_BYTES:,} are allowed."
        if scope["path"].startswith(_ASSETS):
            return 0, ""
        wait = self._bucket(scope).take()
        if wait:
            return 429, f"Too many requests from your address; {PER_SECOND:.0f} a second are allowed. Wait a little."
        if not scope["path"].startswith(_FRAMEWORK) and self._pages() >= MOST_PAGES:
            return 503, f"{MOST_PAGES} pages are open here, which is all this server allows. Try again in a minute."
        return 0, ""

    def _named(self, host: str, scope: Scope) -> bool:
        """Return whether a host as a browser names it is this server: by loopback, address or a name that is known."""
        name = name_of(host)
        if not name:
            return False
        if name in self._names:
            return True
        arrived = _plain((scope.get("server") or ("",))[0])
        return names_loopback(host) if self._loopback or _is_loopback(arrived) else _plain(name) == arrived

    def _bucket(self, scope: Scope) -> Bucket:
        address = (scope.get("client") or ("",))[0]
        bucket = self._buckets.pop(address, None) or Bucket(BURST, PER_SECOND, self._now)
        self._buckets[address] = bucket
        if len(self._buckets) > _ADDRESSES:
            self._buckets.popitem(last=False)
        return bucket

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, as long as its body is not too long."""
        had, started = 0, False

        async def counted() -> Message:
            nonlocal had
            message = await receive()
            had += len(message.get("body", b""))
            if had > MOST_BYTES:
                raise _TooLongError
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except _TooLongError:
            if not started:
                await _refuse(scope, send, 413, f"That is more than the {MOST_BYTES:,} bytes that are allowed.")

    def _slowed(self, receive: Receive) -> Receive:
        """Return what hears a socket no faster than messages are allowed."""
        bucket = Bucket(TOLD_AT_ONCE, TOLD_PER_SECOND, self._now)

        async def slowly() -> Message:
            while wait := bucket.take():
                await asyncio.sleep(wait)
            return await receive()

        return slowly


class _TooLongError(Exception):
    """The body of a request goes on for too long."""


def _told_length(named: list[tuple[bytes, str]]) -> int:
    found = next((value for name, value in named if name == b"content-length"), "0")
    return int(found) if found.isdecimal() else 0


def name_of(host: str) -> str:
    """Return the name of a host as a browser gives it, without its port and in small letters; empty if it is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def names_loopback(host: str) -> bool:
    """Return whether a host as a browser names it, with a port or without, is this computer and can be no other."""
    name = name_of(host)
    return name == "localhost" or _is_loopback(name)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _plain(address: str) -> str:
    """Return an address in its one form; a name as it is."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return str(found.ipv4_mapped or found) if found.version == 6 else str(found)


async def _refuse(scope: Scope, send: Send, status: int, sentence: str) -> None:
    """Answer with a sentence."""
    socket = scope["type"] == "websocket"
    if socket and "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008, "reason": sentence[:120]})
        return
    kind = "websocket.http.response" if socket else "http.response"
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": f"{kind}.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.body", "body": sentence.encode() + b"\n"})
