"""The server: on loopback unless asked, nothing loaded from elsewhere, pages that share what is solved."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import Fault, InputError

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

_HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}


class _Guarded:
    """Puts the policy on every answer, whatever made it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS.items()]
            await send(message)

        await self.app(scope, receive, guarded)


def is_loopback(host: str) -> bool:
    """Return whether only this computer reaches a server that listens there."""
    return host == "localhost" or ipaddress.ip_address(host).is_loopback


def _reached(host: str) -> str:
    if is_loopback(host):
        return (
            "This server is reached from this computer alone; duress serve --host ADDRESS lets others in who can reach "
            "that address."
        )
    return "Whoever can reach the address of this server can open these links."


def serve(
    host: str = "127.0.0.1",
    port: int = 8377,
    show: bool = False,
    folder: Path | None = None,
    say: Callable[[str], None] = print,
) -> None:
    """Serve the page until interrupted.

    Parameters
    ----------
    host : str
        Address to listen on; others than this computer reach it only if it is not loopback.
    port : int
        1 to 65535.
    show : bool
        Whether to open a browser.
    folder : Path, optional
        Where the user's own scenarios are.
    say : callable
        Told the address once it is known to be good.

    Raises
    ------
    InputError
        If the page's packages are not installed, the folder is not there, or host or port cannot be used.
    """
    faults = []
    if not 1 <= port <= 65535:
        faults.append(Fault("port", f"is {port}; 1 to 65535 are allowed"))
    if host != "localhost":
        try:
            ipaddress.ip_address(host)
        except ValueError:
            faults.append(Fault("host", f"is {host!r}; it must be an address, such as 127.0.0.1, or localhost"))
    if folder is not None and not folder.is_dir():
        faults.append(Fault("files", f"{str(folder)!r} is no folder"))
    if faults:
        raise InputError(faults)
    try:
        from nicegui import app, ui
    except ImportError:
        raise InputError(
            "the page needs NiceGUI, which is not installed; install duress with its extra: duress[web]"
        ) from None
    from .pages import lay_out

    app.add_middleware(_Guarded)
    lay_out(folder, _reached(host))
    say(f"http://{f'[{host}]' if ':' in host else host}:{port} (Ctrl+C stops it)")
    ui.run(
        host=host,
        port=port,
        title="duress",
        show=show,
        reload=False,
        show_welcome_message=False,
        reconnect_timeout=60.0,
    )
