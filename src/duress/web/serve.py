"""The server: on loopback unless asked, nothing loaded from elsewhere, pages that share what is solved."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import Fault, InputError

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\]?")
"""A name or an address that a browser may ask for."""


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


def own_names() -> set[str]:
    """Return the names by which others in the same network may find this computer."""
    name = socket.gethostname().casefold()
    return {name, f"{name.partition('.')[0]}.local"} if name else set()


def _address_of(host: str) -> str:
    """Return where others find a server that listens at ``host``: of every address, the one towards the network."""
    found = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    if found.is_unspecified:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as towards:
            try:
                towards.connect(("192.0.2.1", 9))  # sends nothing: it only asks which address one would send from
                found = ipaddress.ip_address(towards.getsockname()[0])
            except OSError:  # no network
                found = ipaddress.ip_address("127.0.0.1")
    return "localhost" if host == "localhost" else f"[{found}]" if found.version == 6 else str(found)


def serve(
    host: str = "127.0.0.1",
    port: int = 8377,
    show: bool = False,
    folder: Path | None = None,
    code: str = "",
    names: Sequence[str] = (),
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
    code : str
        By which a class joins, see `duress.web.classroom.code_of`; empty for no class.
    names : sequence of str
        Further names by which the server is reached, of a proxy before it, say; those it has by itself are its address
        and, if it is not on loopback, the name of this computer.
    say : callable
        Told the address once it is known to be good.

    Raises
    ------
    InputError
        If the page's packages are not installed, the folder is not there, or host, port or a name cannot be used.
    """
    faults = []
    if not 1 <= port <= 65535:
        faults.append(Fault("port", f"is {port}; 1 to 65535 are allowed"))
    if host != "localhost":
        try:
            ipaddress.ip_address(host)
        except ValueError:
            faults.append(Fault("host", f"is {host!r}; it must be an address, such as 127.0.0.1, or localhost"))
    faults += [
        Fault("allow-host", f"is {name!r}; a name such as duress.example, or an address, is needed, without a port")
        for name in names
        if not _NAME.fullmatch(name)
    ]
    if folder is not None and not folder.is_dir():
        faults.append(Fault("files", f"{str(folder)!r} is no folder"))
    if faults:
        raise InputError(faults)
    try:
        from nicegui import Client, app, ui
    except ImportError:
        raise InputError(
            "the page needs NiceGUI, which is not installed; install duress with its extra: duress[web]"
        ) from None
    from .classroom import code_of
    from .guard import MOST_BYTES, Guard
    from .pages import lay_out
    from .visitors import Visitors

    known = {name.casefold().strip("[]") for name in names} | (set() if is_loopback(host) else own_names())
    app.add_middleware(Visitors)
    app.add_middleware(Guard, loopback=is_loopback(host), pages=lambda: len(Client.instances), names=known)
    here = f"http://{_address_of(host)}:{port}"
    classroom = lay_out(folder, here, _reached(host), code_of(code) if code else "")
    say(f"{here} (Ctrl+C stops it)")
    if classroom is not None:
        say(f"A class joins at {here}/join with the code {classroom.code}")
        say(f"The teacher's board, for nobody else: {here}/board/{classroom.board}")
        if is_loopback(host):
            say("Only this computer reaches it; --host 0.0.0.0 lets in whoever is in the same network")
    ui.run(
        host=host,
        port=port,
        title="duress",
        show=show,
        reload=False,
        show_welcome_message=False,
        reconnect_timeout=60.0,
        ws_max_size=MOST_BYTES,
    )
