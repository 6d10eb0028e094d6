"""Games played on the page are kept, each move once, and a store that cannot be used stops nobody."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from duress.play.link import link_of
from duress.play.match import begin
from duress.play.setting import Setting
from duress.play.store import Store
from duress.web.keeping import Keeper

from .conftest import PATIENCE, Window
from .test_page import press, table_of


def test_a_game_stays_one_game_move_by_move_and_when_its_page_is_loaded_again(
    setting: Setting, keeper: Keeper, url: str
) -> None:
    match = begin(setting, "Target", seed=7)
    sheet = keeper.sheet(match)
    for _ in range(2):
        match = match.move(1)
        keeper.keep(sheet, match).result()
    again = keeper.sheet(match)
    match = match.undo().move(2)
    keeper.keep(again, match).result()
    store = Store(url)
    (game,) = store.games()
    assert game.link == link_of(match)
    assert store.match(game.game, setting) == match
    store.close()


def test_a_game_that_two_play_on_from_one_link_becomes_two(setting: Setting, keeper: Keeper, url: str) -> None:
    match = begin(setting, "Target", seed=7).move(1)
    first = keeper.sheet(match)
    keeper.keep(first, match).result()
    second = keeper.sheet(match)
    ways = match.move(1), match.move(2)
    for sheet, way in zip((first, second), ways, strict=True):
        keeper.keep(sheet, way).result()
    store = Store(url)
    assert {game.link for game in store.games()} == {link_of(way) for way in ways}
    store.close()


def test_a_store_that_cannot_be_used_is_said_and_stops_nobody(setting: Setting) -> None:
    keeper = Keeper("sqlite:////nowhere/games.sqlite")
    match = begin(setting, "Target", seed=7)
    sheet = keeper.sheet(match)
    keeper.keep(sheet, match.move(1)).result()
    assert sheet.number is None
    assert "The game is not kept: DURESS_DB" in sheet.fault
    keeper.close()


def test_a_game_on_the_page_is_in_the_store(window: Window, database: str) -> None:
    page: Page = table_of(window, seed=4711)
    press(page, "1")
    expect(page.locator(".box .price")).to_be_visible()
    page.reload()
    page.wait_for_function("window.socket?.connected === true")
    press(page, "1")
    link, store, kept = page.url.rsplit("/", 1)[1], Store(database), []
    for _ in range(PATIENCE // 50):  # it is kept after it is shown
        kept = [game.link for game in store.games() if game.seed == 4711]
        if kept == [link]:
            break
        page.wait_for_timeout(50)
    store.close()
    assert kept == [link]
