"""A server of the page and a browser to look at it with."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from duress.play.setting import Setting, prepare
from duress.web.keeping import Keeper

CHROMIUM = Path("/usr/bin/chromium")

PARTIES = ("Coercer", "Target")
"""Of the crisis that is played."""

PATIENCE = 60_000
"""Milliseconds in which what is waited for must come, however busy the machine; what comes sooner costs no more."""

COMPILES = 240_000
"""Milliseconds that a first solution may take where no kernel is compiled yet."""

expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(tryfirst=True)  # before tests are left out by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser as slow: a window, a server and the moves of a person take seconds."""
    for item in items:
        if isinstance(item, pytest.Function) and "browser" in item.fixturenames:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of scenarios: one copied from the library, one that is spoilt."""
    from duress.scenario.reading.files import LIBRARY

    found = tmp_path_factory.mktemp("cases")
    text = (LIBRARY / "sanctions-crisis.yaml").read_text(encoding="utf-8")
    (found / "mine.yaml").write_text(text.replace("A sanctions crisis", "A quarrel <b>of mine"), encoding="utf-8")
    (found / "spoilt.yaml").write_text("title: Spoilt\nhorizon: many\n", encoding="utf-8")
    (found.parent / "outside.yaml").write_text(text, encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def setting() -> Setting:
    """Return a game that is played."""
    return prepare("sanctions-crisis")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return the address of an empty store of games."""
    return f"sqlite:///{tmp_path / 'games.sqlite'}"


@pytest.fixture
def keeper(url: str) -> Iterator[Keeper]:
    """Return what keeps games there."""
    found = Keeper(url)
    yield found
    found.close()


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of the database in which the server keeps games."""
    return f"sqlite:///{tmp_path_factory.mktemp('store') / 'games.sqlite'}"


@contextmanager
def served(
    folder: Path,
    database: str,
    *options: str,
    program: Sequence[str] = (str(Path(sys.executable).with_name("duress")),),
) -> Iterator[tuple[str, str]]:
    """Serve the page on a free port; give its address, and what the server said when it began."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [*program, "serve", "--port", str(port), "--files", str(folder), *options]
    # The framework looks for a test runner around it, and would wait for its signals.
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "NICEGUI"))}
    clean["DURESS_DB"] = database
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(command, env=clean, cwd=folder, stdout=said, stderr=subprocess.STDOUT) as server,
    ):

        def told() -> str:
            said.seek(0)
            return said.read()

        try:
            url = f"http://127.0.0.1:{port}"
            for _ in range(300):
                try:
                    with urllib.request.urlopen(url, timeout=10):
                        break
                except URLError:
                    assert server.poll() is None, told()
                    time.sleep(0.2)
            yield url, told()
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def address(folder: Path, database: str) -> Iterator[str]:
    """Serve the page; give its address."""
    with served(folder, database) as (url, _):
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    if not CHROMIUM.exists():
        pytest.skip(f"no browser: {CHROMIUM} is not there; on Debian, apt install chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Window:
    """A page of the browser, whom it asked besides the server, and what it complained of."""

    page: Page
    address: str
    others: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a page and wait until it is alive."""
        self.page.goto(self.address + path)
        self.page.wait_for_function("window.socket?.connected === true")

    def guard(self, route: Route) -> None:
        """Let through what goes to the server, and nothing else."""
        url = route.request.url
        if urlsplit(url).netloc in (urlsplit(self.address).netloc, ""):
            route.continue_()
        else:
            self.others.append(url)
            route.abort()


@pytest.fixture
def windows(browser: Browser, address: str) -> Iterator[Callable[[], Window]]:
    """Open windows that share nothing; every other host is blocked, and in the end none may have been asked."""
    opened: list[Window] = []

    def open_one() -> Window:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
        window = Window(context.new_page(), address)
        window.page.set_default_timeout(PATIENCE)
        window.page.route("**/*", window.guard)
        window.page.on("console", lambda said: window.complaints.append(said.text) if said.type == "error" else None)
        window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
        opened.append(window)
        return window

    yield open_one
    for window in opened:
        window.page.context.close()
        assert not window.others
        assert not window.complaints


@pytest.fixture
def window(windows: Callable[[], Window]) -> Window:
    """Open one window."""
    return windows()
