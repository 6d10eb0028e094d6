"""How long a person waits in the browser: for a page's first paint, and for the reply to a move.

Needs Debian's Chromium and the packages of the tests. Every page is opened in a fresh window with nothing cached; a
reply is timed in the page, from the key to the frame that shows it. Goals: first paint within 1.5 s, a reply within
200 ms.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError

from duress.play.link import link_of
from duress.play.match import begin
from duress.play.setting import prepare

CHROMIUM = Path("/usr/bin/chromium")
SCENARIOS = ("sanctions-crisis", "iran-2019")
OPENED = 7
"""Times that each page is opened."""
REPLIES = 30
"""Replies timed at each table."""

TIMED = """() => {
  const turns = () => document.getElementById("now")?.dataset.turns;
  window.replies = [];
  let pressed, before;
  document.addEventListener("keydown", () => { pressed = performance.now(); before = turns(); }, true);
  new MutationObserver(() => {
    if (pressed === undefined || turns() === undefined || turns() === before) return;
    const since = pressed;
    pressed = undefined;
    requestAnimationFrame(() => setTimeout(() => window.replies.push(performance.now() - since)));
  }).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def main() -> None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("  not measured: the page needs NiceGUI and Playwright; install duress[test]")
        return
    if not CHROMIUM.exists():
        print(f"  not measured: there is no {CHROMIUM}; on Debian, apt install chromium")
        return
    links = {name: link_of(begin(prepare(name), seed=7)) for name in SCENARIOS}
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [str(Path(sys.executable).with_name("duress")), "serve", "--port", str(port)]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            command, cwd=folder, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as server,
        sync_playwright() as driver,
    ):
        try:
            wait_for(address)
            browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
            pages = {"cases": "/", "a case": "/case/iran-2019"} | {
                f"table, {n}": f"/table/{k}" for n, k in links.items()
            }
            for name, path in pages.items():
                told(f"first paint: {name}", [painted(browser, address + path) for _ in range(OPENED + 1)][1:], 1500)
            for name, link in links.items():
                told(f"reply: {name}", replies(browser, f"{address}/table/{link}"), 200)
            browser.close()
        finally:
            server.terminate()


def wait_for(address: str) -> None:
    """Wait until the server answers."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=10):
                return
        except URLError:
            time.sleep(0.2)
    raise SystemExit("the server did not begin")


def painted(browser, address: str) -> float:
    """Return the milliseconds from asking for a page to its first words."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address)
    page.wait_for_function(PAINTED)
    found = page.evaluate(PAINTED)
    context.close()
    return found


def replies(browser, address: str) -> list[float]:
    """Play, a second apart, until enough replies are timed, taking back the whole when it is over; drop the first."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(".deal svg", timeout=60_000)
    page.wait_for_function("window.socket?.connected === true")
    page.evaluate(TIMED)
    for n in range(REPLIES + 1):
        over = page.locator(".box.end").count()
        moves = page.locator(".moves li").count()
        page.keyboard.press("u" if over else str(n % min(max(moves, 1), 9) + 1))
        if moves > 9 and not over:
            page.keyboard.press("Enter")
        page.wait_for_function("n => window.replies.length > n", arg=n)
        page.wait_for_timeout(700)
    found = page.evaluate("window.replies")
    context.close()
    return found[1:]


def told(what: str, found: list[float], goal: float) -> None:
    """Print median and the nineteenth in twenty, beside the goal."""
    late = statistics.quantiles(found, n=20, method="inclusive")[-1]
    middle = statistics.median(found)
    print(f"  {what:32s} median {middle:6.0f} ms   p95 {late:6.0f} ms   goal {goal:5.0f} ms   of {len(found)}")


if __name__ == "__main__":
    main()
