"""Two opponents watched, move by move."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from duress.play.link import open_link
from duress.play.match import begin
from duress.play.setting import Setting
from duress.play.table import Seat
from duress.web.showing import back, on, to_the_end

from .conftest import COMPILES, Window
from .test_page import press


@pytest.fixture
def seats() -> tuple[Seat, Seat]:
    return Seat("Coercer", "weary"), Seat("Target", "equilibrium")


def test_a_game_between_opponents_goes_on_and_back_by_one_move_and_is_the_same_again(
    setting: Setting, seats: tuple[Seat, Seat]
) -> None:
    match = begin(setting, seed=7, seats=seats)
    assert back(match) == match
    second = on(on(match))
    assert second.turns == 2
    assert back(second).table == on(match).table
    assert on(back(second)).table == second.table
    ended = to_the_end(second)
    assert ended.table.over
    assert on(ended) == ended
    assert to_the_end(match).table == ended.table


def test_who_only_watches_sees_a_game_move_by_move_and_who_played_at_its_end(window: Window) -> None:
    window.open("/case/sanctions-crisis")
    page = window.page
    nobody = page.get_by_role("radio", name="nobody: watch the equilibrium play Target")
    nobody.press("Space")
    expect(nobody).to_be_checked()
    page.get_by_role("radio", name="a weary party").press("Space")
    page.get_by_label("Seed of all chance").fill("7")
    page.get_by_role("button", name="Watch").press("Enter")
    page.wait_for_url("**/table/**", timeout=COMPILES)
    expect(page.locator("#now")).to_have_text("It is the turn of Coercer")
    page.wait_for_function("window.socket?.connected === true")
    press(page, "n")
    expect(page.locator("#now")).to_have_text("It is the turn of Target")
    address = page.url
    press(page, "n")
    press(page, "b")
    expect(page.locator("#now")).to_have_text("It is the turn of Target")
    page.reload()
    expect(page.locator("#now")).to_have_text("It is the turn of Target")
    assert open_link(address.rsplit("/", 1)[1]).turns == 1
    assert "sincere" not in page.locator(".happened").inner_text()
    page.get_by_role("button", name="To the end").press("Enter")
    expect(page.locator("#now")).to_have_text("It is over")
    expect(page.locator(".unmasked").first).to_contain_text("played by a weary party")
