"""Every screen, wide and as on a phone: axe-core finds nothing serious, and what is to be in sight always is.

Screens that take long to come to are held to it where they are come to: a report, the end, those of a class.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from duress import web

from .conftest import COMPILES, Window
from .held import grave, held
from .test_page import press, table_of
from .test_two import sat, table_for_two


def at_the_table(window: Window) -> None:
    table_of(window, seed=0)
    expect(window.page.locator(".deal svg")).to_be_visible()


def with_what_if(window: Window) -> None:
    page = table_of(window, seed=0)
    for key in ("3", "3", "2", "1", "u", "2"):
        press(page, key)
    page.keyboard.press("w")
    page.get_by_role("button", name="Compare the ticked branches").press("Enter")
    expect(page.locator(".compared tbody tr")).to_have_count(2)
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")


def in_the_sandbox(window: Window) -> None:
    window.open("/sandbox/sanctions-crisis")
    expect(window.page.get_by_text("Done.")).to_be_visible(timeout=COMPILES)


def offered_for_two(window: Window) -> None:
    table_for_two(window)


def in_a_seat(window: Window) -> None:
    sat(window, table_for_two(window)[0])
    expect(window.page.locator("#now")).to_contain_text("You are Coercer")


def an_empty_seat(window: Window) -> None:
    window.open(table_for_two(window)[0])
    expect(window.page.get_by_role("button", name="Sit down")).to_be_visible()


def watching(window: Window) -> None:
    window.open(table_for_two(window)[2])
    expect(window.page.locator("h1")).to_be_visible()


def two_opponents(window: Window) -> None:
    window.open("/case/sanctions-crisis")
    page = window.page
    page.get_by_role("radio", name="nobody").press("Space")
    page.get_by_role("button", name="Watch").press("Enter")
    page.wait_for_url("**/table/**", timeout=COMPILES)
    page.get_by_role("button", name="To the end").press("Enter")
    expect(page.locator("#now")).to_have_text("It is over")
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")


def opened(path: str) -> Callable[[Window], None]:
    return lambda window: window.open(path)


SCREENS: dict[str, Callable[[Window], None]] = {
    "cases": opened("/"),
    "a case": opened("/case/iran-2019"),
    "the table": at_the_table,
    "what if": with_what_if,
    "asking for an assessment": opened("/assess/iran-2019"),
    "other numbers": in_the_sandbox,
    "a table for two": offered_for_two,
    "a seat": in_a_seat,
    "an empty seat": an_empty_seat,
    "watching": watching,
    "two opponents": two_opponents,
    "no link": opened("/table/nonsense"),
    "nowhere": opened("/nowhere"),
}

OF_A_CLASS = ("/join", "/class/{key}", "/board/{key}")

ROUTES = {
    "/": "cases",
    "/case/{name}": "a case",
    "/table/{link}": "the table",
    "/assess/{name}": "asking for an assessment",
    "/sandbox/{name}": "other numbers",
    "/seat/{key}": "a seat",
    "/watch/{key}": "watching",
}
"""Every page that is no page of a class, and a screen of it."""


@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_is_serious_and_model_seed_and_certificate_are_in_sight(window: Window, screen: str) -> None:
    SCREENS[screen](window)
    held(window.page)
    if screen == "nowhere":
        window.complaints.clear()  # the browser says that there is no such page


def test_every_page_there_is_is_among_the_screens() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(web.__file__).parent.glob("*.py"))
    assert set(re.findall(r'@ui\.page\("([^"]+)"', source)) == {*ROUTES, *OF_A_CLASS}
    assert set(ROUTES.values()) <= set(SCREENS)


def test_axe_would_find_a_picture_without_words(window: Window) -> None:
    window.open("/")
    window.page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert any("image-alt" in fault for fault in grave(window.page))
