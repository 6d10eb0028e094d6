"""A whole crisis played in a browser by keyboard, branched, reloaded; and what every page holds to."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

import pytest
from playwright.sync_api import Page, expect

from duress.play.link import link_of, open_link
from duress.play.match import begin
from duress.play.setting import prepare
from duress.scenario import bundled

from .conftest import COMPILES, PARTIES, Window
from .held import held


def table_of(window: Window, case: str = "sanctions-crisis", seed: int = 7, against: str = "the equilibrium") -> Page:
    """Sit down by keyboard."""
    window.open(f"/case/{case}")
    page = window.page
    opponent = page.get_by_role("radio", name=against, exact=True)
    opponent.press("Space")
    expect(opponent).to_be_checked()
    page.get_by_label("Seed of all chance").fill(str(seed))
    page.get_by_role("button", name="Sit down").press("Enter")
    page.wait_for_url("**/table/**", timeout=COMPILES)
    page.wait_for_selector("#now")
    page.wait_for_function("window.socket?.connected === true")
    return page


def press(page: Page, key: str) -> None:
    """Press a key that moves and wait until all of the page has gone on, and whoever plays is led to what is new."""
    before, turns = page.url, page.locator("#now").get_attribute("data-turns") or ""
    page.keyboard.press(key)
    page.wait_for_function("before => location.href !== before", arg=before)
    expect(page.locator("#now")).not_to_have_attribute("data-turns", turns)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    if page.locator("#now[tabindex]").count():
        expect(page.locator("#now")).to_be_focused()


def make(page: Page, move: str) -> None:
    """Make a move by the number key beside it."""
    (number,) = page.locator(".moves li").filter(has=page.get_by_text(move, exact=True)).locator(".key").all()
    press(page, number.inner_text())


def moves(page: Page) -> list[str]:
    """Return the moves there are, once the page shows where things stand."""
    expect(page.locator(".box.end, .moves")).to_have_count(1)
    return page.locator(".moves .name").all_inner_texts()


def come_to_terms(page: Page) -> str:
    """Talk until there is an offer worth something to both, accept it and keep it; return its words."""
    signed = ""
    while names := moves(page):
        if "accept" in names:
            offer = page.locator(".offers li").last.inner_text()
            if len(re.findall(r"\+\d+\.\d\d", offer)) == len(PARTIES):
                signed = offer
        wanted = ("accept" if signed else "reject", "comply", "accept and keep", "stall", "invite", "hold")
        make(page, next(name for name in wanted if name in names))
    return signed


def shown(page: Page) -> dict[str, list[str]]:
    """Return what the page says: where things stand, moves, beliefs, what happened, branches."""
    parts = ("#now", ".moves .name", ".belief", ".happened", ".history li", ".log li", "svg.course.wide title")
    return {part: page.locator(part).all_text_contents() for part in parts}


def test_a_crisis_is_played_to_a_deal_by_keyboard_branched_and_found_again_by_its_link(window: Window) -> None:
    page = table_of(window, against="a weary party")
    signed = come_to_terms(page)
    assert "Coercer" in signed
    expect(page.locator(".box.end h3")).to_have_text("Agreement in force")
    expect(page.locator(".unmasked")).to_contain_text("played by a weary party")
    expect(page.get_by_text("Your moves, priced")).to_be_visible()
    assert page.locator(".prices tbody tr").count() >= 2
    held(page)

    turn = page.locator(".history li").filter(has_text="Target accepts.").get_attribute("data-turn")
    page.locator(".history summary").press("Enter")
    address = page.url
    page.get_by_role("button", name=f"Back to before move {turn}", exact=True).press("Enter")
    page.wait_for_function("before => location.href !== before", arg=address)
    expect(page.locator(".box.end")).to_have_count(0)
    make(page, "reject")
    expect(page.locator("details.history[open]")).to_have_count(1)  # as it was left
    expect(page.get_by_text("Pale: branch")).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_count(2)
    before, address = shown(page), page.url
    page.reload()
    page.wait_for_selector("#now")
    assert shown(page) == before
    assert page.url == address
    match = open_link(address.rsplit("/", 1)[1])
    assert len(match.branches) == 2
    assert before["svg.course.wide title"][-1:] or match.turns == 0

    page.wait_for_function("window.socket?.connected === true")
    page.get_by_role("button", name="Compare the ticked branches").press("Enter")
    expect(page.locator(".compared tbody tr")).to_have_count(2)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    parts = page.locator(".compared td, .compared tbody th").all()
    assert all(box["x"] + box["width"] <= 390 for part in parts if (box := part.bounding_box()))


def test_a_move_is_decided_first_and_explained_after(window: Window) -> None:
    page = table_of(window)
    expect(page.locator(".moves").get_by_text("worth ")).to_have_count(0)
    page.keyboard.press("w")
    expect(page.locator(".moves").get_by_text("stakes to you").first).to_be_visible()
    press(page, "1")
    expect(page.locator(".box h3")).to_have_text(re.compile("You chose: "))
    expect(page.locator(".box .price")).to_have_text(re.compile("^It cost you "))
    expect(page.locator(".moves").get_by_text("stakes to you")).to_have_count(0)
    expect(page.locator("#now")).to_be_focused()


def test_what_belongs_to_a_move_lights_up_together_whatever_is_pointed_at(window: Window) -> None:
    page = table_of(window, seed=0)
    for key in ("3", "3", "2"):
        press(page, key)
    offer = page.locator(".offers li").first
    turn = offer.get_attribute("data-turn")
    mark = page.locator(f"svg.course.wide g[data-turn='{turn}']")
    expect(page.locator(".deal")).to_have_attribute("aria-label", re.compile(f"Move {turn}: Target offered"))
    offer.hover()
    expect(mark).to_have_class("lit")
    ring = page.locator(".deal svg path[stroke-width='4.5']")
    expect(ring).to_have_count(1)
    page.mouse.move(0, 0)
    expect(mark).not_to_have_class("lit")
    expect(ring).to_have_count(0)
    page.locator(".deal svg path[stroke-width='2.4']").hover()
    expect(offer).to_have_class("lit")
    page.locator(".moves button").nth(1).focus()
    expect(ring).to_have_count(1)


def test_model_seed_and_certificate_are_in_sight_however_far_one_scrolls(window: Window) -> None:
    page = table_of(window)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    for words in ("A model, not a forecast.", "Seed 7", "Certificate: Every stage is solved"):
        expect(page.get_by_text(words)).to_be_in_viewport()


def test_a_phone_shows_all_of_it_without_scrolling_sideways_and_every_control_has_a_name(window: Window) -> None:
    window.page.set_viewport_size({"width": 390, "height": 844})
    for go in (lambda: window.open("/"), lambda: table_of(window)):
        go()
        assert window.page.evaluate("document.documentElement.scrollWidth") <= 390
        nameless = """[...document.querySelectorAll('button, a, input, svg[role=img]')].filter(
            e => !(e.innerText || e.getAttribute('aria-label') || e.labels?.length || e.closest('[aria-label]')))
            .map(e => e.outerHTML)"""
        assert window.page.evaluate(nameless) == []
    expect(window.page.locator("svg.course.narrow")).to_be_visible()
    expect(window.page.locator("svg.course.wide")).to_be_hidden()
    expect(window.page.locator(".deal svg").first).to_be_visible()
    expect(window.page.locator(".deal svg").get_by_text("no deal", exact=True)).to_have_count(
        3
    )  # legend, halo and name
    assert window.page.locator(".deal svg").first.bounding_box()["width"] <= 390  # type: ignore[index]


def test_downloads_hold_the_game(window: Window, tmp_path: Path) -> None:
    page = table_of(window)
    press(page, "1")
    with page.expect_download() as given:
        page.get_by_role("button", name="JSON").click()
    given.value.save_as(tmp_path / "game.json")
    game = json.loads((tmp_path / "game.json").read_text(encoding="utf-8"))
    assert game["link"] == page.url.rsplit("/", 1)[1]
    assert game["view"]["seed"] == 7


def test_cases_are_cards_and_the_users_own_files_stand_beside_them(window: Window) -> None:
    window.open("/")
    page = window.page
    expect(page.locator(".card")).to_have_count(len(bundled()) + 2)
    expect(page.locator(".card h3", has_text="A quarrel <b>of mine")).to_be_visible()
    expect(page.locator(".card.spoilt")).to_contain_text("Cannot be read")
    window.open("/case/..%2Foutside.yaml")
    expect(page.get_by_text("A sanctions crisis")).to_have_count(0)
    window.complaints.clear()  # the address is refused, and the browser says so


def test_a_file_of_the_users_is_played_and_its_link_holds_it(window: Window) -> None:
    page = table_of(window, "mine.yaml")
    expect(page.locator("h1")).to_have_text("A quarrel <b>of mine")
    assert open_link(page.url.rsplit("/", 1)[1]).setting.scenario.title == "A quarrel <b>of mine"


def test_a_link_of_another_version_says_so(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["duress.play.link"], "__version__", "0.0.9")
    link = link_of(begin(prepare("sanctions-crisis"), "Target", seed=7))
    window.open(f"/table/{link}")
    expect(window.page.get_by_text("This link was made by duress 0.0.9")).to_be_visible(timeout=COMPILES)


def test_what_is_no_link_is_refused_with_a_sentence(window: Window) -> None:
    for link, words in (("nonsense", "the link is not whole"), ("99.abc", "the link is of version 99")):
        window.open(f"/table/{link}")
        expect(window.page.get_by_role("alert")).to_contain_text(words)


def test_every_answer_forbids_loading_from_elsewhere(address: str) -> None:
    for path in ("/", "/case/sanctions-crisis", "/nowhere"):
        try:
            with urllib.request.urlopen(address + path) as answer:
                policy = answer.headers["content-security-policy"]
        except HTTPError as error:
            policy = error.headers["content-security-policy"]
            error.close()
        assert "default-src 'self'" in policy
        assert "http" not in policy


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--port", "0"], "port: is 0"),
        (["--host", "nowhere"], "host: is 'nowhere'"),
        (["--allow-host", "http://x:1"], "allow-host: is 'http://x:1'; a name such as duress.example"),
        (["--files", "/nowhere"], "files: '/nowhere' is no folder"),
        (["--room-code", "abc"], "room-code: is 'abc'; 4 to 20 letters and digits are allowed, or auto"),
    ],
)
def test_what_cannot_be_served_is_said(options: list[str], said: str) -> None:
    command = [str(Path(sys.executable).with_name("duress")), "serve", *options]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 2
    assert said in answer.stderr
