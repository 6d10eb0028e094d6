"""Which browser asks: a mark of chance that it sends back, so that a seat taken in one browser opens in no other.

The mark says nothing of anybody. It is set where seats are opened and taken, and no script can read it.
"""

from __future__ import annotations

import re
import secrets
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

from nicegui import ui

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "duress-seat"
"""What the mark is called."""

LASTS = 24 * 3600
"""Seconds for which a browser keeps it; no game on the page is longer."""

PAGES = ("/case/", "/seat/")
"""Where it is set."""

_STATE = "duress.visitor"
_SHAPE = re.compile(r"[A-Za-z0-9_-]{22}")


class Visitors:
    """Gives every browser that opens or takes a seat its mark.

    Parameters
    ----------
    app : ASGI application
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or not scope["path"].startswith(PAGES):
            await self._app(scope, receive, send)
            return
        had = _mark_in(scope)
        mark = scope[_STATE] = had or secrets.token_urlsafe(16)

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start" and not had:
                # Lax: who comes from a letter with the link is to be known again.
                safe = "; Secure" if scope.get("scheme") == "https" else ""
                cookie = f"{COOKIE}={mark}; Path=/; Max-Age={LASTS}; HttpOnly; SameSite=Lax{safe}"
                message["headers"] = [*message.get("headers", ()), (b"set-cookie", cookie.encode())]
            await send(message)

        await self._app(scope, receive, marked)


def visitor() -> str:
    """Return the mark of the browser that has this page open, one where it is set."""
    return str(ui.context.client.request.scope[_STATE])


def _mark_in(scope: Scope) -> str:
    """Return the mark that a request brings; empty if it brings none."""
    for name, value in scope["headers"]:
        if name == b"cookie":
            try:
                found = SimpleCookie(value.decode("latin-1")).get(COOKIE)
            except CookieError:
                continue
            if found is not None and _SHAPE.fullmatch(found.value):
                return found.value
    return ""
