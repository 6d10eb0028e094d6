"""Two people by link: each in a browser of its own, with what it was dealt, and somebody who watches."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from .conftest import COMPILES, PARTIES, Window

Windows = Callable[[], Window]


def table_for_two(window: Window, case: str = "sanctions-crisis") -> tuple[str, str, str]:
    """Open a table for two others; return the paths of either seat, and of the watcher's page."""
    window.open(f"/case/{case}")
    others = window.page.get_by_role("radio", name="I open it for two others")
    others.click()
    expect(others).to_be_checked(timeout=20_000)
    window.page.get_by_role("button", name="Open a table for two").press("Enter")
    links = window.page.locator(".seats input")
    expect(links).to_have_count(3, timeout=COMPILES)
    first, second, watched = (urlsplit(links.nth(n).input_value()).path for n in range(3))
    return first, second, watched


def sat(window: Window, path: str) -> Page:
    """Sit down by a link."""
    window.open(path)
    window.page.get_by_role("button", name="Sit down").press("Enter")
    window.page.wait_for_selector("#now")
    window.page.wait_for_function("window.socket?.connected === true")
    return window.page


def you_are(page: Page) -> str:
    """Return what a seat is told it is, before the game is over."""
    told = page.locator("#now").text_content() or ""
    found = re.fullmatch(r"You are \w+, (.+)", told)
    assert found, told
    return found[1]


def test_two_browsers_play_each_other_to_the_end_while_another_watches(windows: Windows) -> None:
    seats = table_for_two(windows())
    players = {party: windows() for party in PARTIES}
    for party, path in zip(PARTIES, seats[:2], strict=True):
        sat(players[party], path)
        expect(players[party].page.locator("#now")).to_contain_text(f"You are {party}")
    watcher = windows()
    watcher.open(seats[2])
    truth = {party: you_are(window.page) for party, window in players.items()}

    for turn in range(20):
        moving = [party for party in PARTIES if players[party].page.locator(".moves").count()]
        if not moving:
            break
        assert len(moving) == 1
        here = players[moving[0]].page
        there = players[next(party for party in PARTIES if party not in moving)].page
        turns = here.locator("#now").get_attribute("data-turns") or ""
        if turn < 6:
            here.keyboard.press("1")
        else:
            here.locator(".moves button", has_text="concede").click()
        # It shows everywhere at once, with no reload.
        for page in (here, there, watcher.page):
            expect(page.locator("#now")).not_to_have_attribute("data-turns", turns)
        if turn == 2:
            before = [page.locator("#now").text_content() for page in (here, there)]
            for page in (here, there):
                page.reload()
                page.wait_for_function("window.socket?.connected === true")
            assert [page.locator("#now").text_content() for page in (here, there)] == before
    for page in (*(window.page for window in players.values()), watcher.page):
        expect(page.locator("#now")).to_have_text("It is over")
    for party, kind in truth.items():
        expect(watcher.page.locator(".unmasked", has_text=f"{party} was {kind}")).to_have_count(1)
    page = players["Target"].page
    expect(page.locator(".unmasked")).to_contain_text(f"Coercer was {truth['Coercer']}, played by a person")

    page.get_by_role("button", name="Go back and move otherwise").click()
    page.wait_for_url("**/table/**")
    page.get_by_role("button", name="Take back my last move").click()
    expect(page.locator(".moves")).to_have_count(1)


def test_who_is_not_to_move_cannot_and_nobody_can_go_back(windows: Windows) -> None:
    seats = table_for_two(windows())
    players = [windows(), windows()]
    for window, path in zip(players, seats, strict=False):
        sat(window, path)
    waiting, moving = sorted((w.page for w in players), key=lambda page: page.locator(".moves").count())
    waiting.keyboard.press("1")
    expect(waiting.get_by_text("It is the turn of", exact=False).last).to_be_visible()
    expect(moving.locator(".moves")).to_have_count(1)
    moving.keyboard.press("1")
    expect(waiting.locator(".moves")).to_have_count(1)
    for page in (waiting, moving):
        expect(page.get_by_role("button", name="Take back")).to_have_count(0)
        expect(page.get_by_role("button", name="Python script")).to_have_count(0)
    waiting.keyboard.press("u")
    expect(waiting.get_by_text("going back is possible once their game is over")).to_be_visible()


def test_a_page_whose_connection_was_lost_is_at_the_same_seat_with_what_happened_since(windows: Windows) -> None:
    seats = table_for_two(windows())
    players = [windows(), windows()]
    for window, path in zip(players, seats, strict=False):
        sat(window, path)
    waiting, moving = sorted((w.page for w in players), key=lambda page: page.locator(".moves").count())
    kind = you_are(waiting)
    waiting.context.set_offline(True)
    waiting.evaluate("window.socket.io.engine.close()")
    moving.keyboard.press("1")
    expect(moving.locator(".moves")).to_have_count(0)
    waiting.context.set_offline(False)
    expect(waiting.locator(".moves")).to_have_count(1)
    assert you_are(waiting) == kind
    players[[w.page for w in players].index(waiting)].complaints.clear()  # of the connection that failed


def test_a_seat_opens_in_the_browser_that_took_it_and_in_no_other(windows: Windows) -> None:
    opener, friend, thief = windows(), windows(), windows()
    first, second, _ = table_for_two(opener)
    thief.open(second)  # looking takes nothing
    shown = thief.page.locator("main.frame").inner_html()  # the bar's certificate may name any type there is
    assert not any(kind in shown for kind in ("resolute", "fragile"))
    expect(thief.page.locator(".always")).to_contain_text("Every stage is solved")
    kind = you_are(sat(friend, second))
    thief.page.get_by_role("button", name="Sit down").press("Enter")
    expect(thief.page.get_by_text("This seat was taken in another browser")).to_be_visible()
    for window in (opener, thief):
        window.open(second)
        expect(window.page.get_by_role("alert")).to_contain_text("This seat was taken in another browser")
        assert kind not in window.page.content()
    friend.page.reload()
    assert you_are(friend.page) == kind
    friend.open(first)
    expect(friend.page.get_by_role("alert")).to_contain_text("You have the seat of Target at this table")
    expect(sat(thief, first).locator("#now")).to_contain_text("You are Coercer")


def test_who_opens_a_table_has_the_seat_chosen_and_cannot_open_the_other(windows: Windows) -> None:
    opener, friend = windows(), windows()
    opener.open("/case/sanctions-crisis")
    page = opener.page
    page.get_by_role("button", name="Open a table for two").press("Enter")
    mine = page.get_by_role("link", name="Go to your seat: Target")
    expect(mine).to_be_visible(timeout=COMPILES)
    theirs = urlsplit(page.locator(".seats input").first.input_value()).path
    expect(page.locator(".seats input")).to_have_count(2)
    own = mine.get_attribute("href") or ""
    opener.open(theirs)
    expect(page.get_by_role("alert")).to_contain_text("You have the seat of Target at this table")
    assert not any(kind in page.content() for kind in ("sincere", "tactical"))
    friend.open(own)
    expect(friend.page.get_by_role("alert")).to_contain_text("This seat was taken in another browser")
    expect(sat(friend, theirs).locator("#now")).to_contain_text("You are Coercer")
    opener.open(own)
    expect(page.locator("#now")).to_contain_text("You are Target")


def test_an_address_that_is_no_seat_is_refused_with_a_sentence(window: Window) -> None:
    for path in ("/seat/guessed", "/watch/guessed"):
        window.open(path)
        expect(window.page.get_by_role("alert")).to_contain_text("There is no such seat here")
