"""Every screen, wide and as on a phone: axe-core finds nothing serious, and what is to be in sight always is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from duress import web

from .conftest import COMPILES, Window, served
from .test_classroom import joined
from .test_page import play_out, press, table_of
from .test_two import sat, table_for_two

GRAVE = ("serious", "critical")
SIZES = ((1280, 900), (390, 844))


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


def at_the_end(window: Window) -> None:
    play_out(table_of(window))


def a_report(window: Window) -> None:
    window.page.goto(window.address + "/assess/sanctions-crisis?party=Target")
    expect(window.page.locator("h1")).to_have_text(re.compile("invites Target to talk"), timeout=COMPILES)


def a_report_from_a_table(window: Window) -> None:
    """Assess as things stand at a table of a user's own file, with a number changed."""
    window.open("/case/mine.yaml?with=levers.sanctions.harm[2]%3D0.6")
    page = window.page
    page.get_by_role("button", name="Sit down").press("Enter")
    page.wait_for_url("**/table/**", timeout=COMPILES)
    page.get_by_role("link", name="If Target is invited").click()
    expect(page.locator("h1")).to_have_text(re.compile("invites Target to talk"), timeout=COMPILES)


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
    "the end": at_the_end,
    "asking for an assessment": opened("/assess/iran-2019"),
    "a report": a_report,
    "a report from a table": a_report_from_a_table,
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
    "/assess/{name}": "a report",
    "/sandbox/{name}": "other numbers",
    "/seat/{key}": "a seat",
    "/watch/{key}": "watching",
}
"""Every page that is no page of a class, and a screen of it."""


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


@pytest.mark.slow
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


@pytest.mark.slow
def test_nothing_is_serious_in_a_class_either(folder: Path, tmp_path: Path, windows: Callable[[], Window]) -> None:
    with served(folder, f"sqlite:///{tmp_path / 'games.sqlite'}", "--room-code", "auto") as (url, said):
        code, board = re.search(r"with the code (\w+)", said), re.search(r"(/board/\S+)", said)
        assert code and board
        teacher, pupil = windows(), windows()
        teacher.address = pupil.address = url
        pupil.open("/join")
        held(pupil.page)
        held(joined(pupil, code[1], "Ann"))
        teacher.open(board[1])
        held(teacher.page)
        page = teacher.page
        for words in ("Begin: pair who is here", "Begin round 2"):
            page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
            page.get_by_role("combobox", name="Case").click()
            page.get_by_role("option", name="A sanctions crisis").first.click()
            page.get_by_role("button", name=words).click()
            expect(page.get_by_role("button", name=words)).to_have_count(0, timeout=COMPILES)
        expect(page.locator(".pairs tbody tr")).to_have_count(2)
        held(page)
        pupil.page.wait_for_url("**/seat/**")
        expect(pupil.page.get_by_role("link", name="Go to your new seat")).to_be_visible()
        held(pupil.page)


def test_axe_would_find_a_picture_without_words(window: Window) -> None:
    window.open("/")
    window.page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert any("image-alt" in fault for fault in grave(window.page))
