"""What every screen is held to."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

GRAVE = ("serious", "critical")
SIZES = ((390, 844), (1280, 900))


def grave(page: Page) -> list[str]:
    """Return what axe finds serious or critical, each with where."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{fault['impact']} {fault['id']}: {fault['help']}: {node['html'][:200]}"
        for fault in found
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]


def in_sight(page: Page) -> None:
    """Hold that one is told, however far one scrolls, that this is a model, the seed, and how good the solution is."""
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    for words in ("A model, not a forecast", "Seed", "Certificate"):
        expect(page.locator(".always").get_by_text(words).first).to_be_in_viewport()
    page.evaluate("window.scrollTo(0, 0)")


def held(page: Page) -> None:
    """Hold a screen, wide and as on a phone, to have nothing grave, and always in sight what is to be."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(300)
        assert grave(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        in_sight(page)
