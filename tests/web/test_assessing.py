"""Assessments on the page: the address is the question, the answer is the whole report."""

from __future__ import annotations

import random
import re
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from playwright.sync_api import expect

from duress import InputError
from duress.play.link import pack
from duress.play.match import begin
from duress.play.setting import prepare
from duress.web.assessing import Asked, asked_now, read_asked
from duress.web.handed import Handed

from .conftest import COMPILES, Window
from .held import held
from .test_page import press, table_of


def questions(address: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(address).query)


def test_an_address_says_all_that_was_asked() -> None:
    handed = Handed("title: Mine & <b>\n", {"levers.sanctions.harm[2]": 0.6})
    asked = Asked("Target", {"stamina of Target": "0.58", "month": "6"}, handed, 12.5, True)
    address = asked.address("a case")
    assert address.startswith("/assess/a%20case?")
    assert read_asked(questions(address)) == asked
    assert read_asked([]) == Asked()


def test_what_is_no_number_is_said() -> None:
    with pytest.raises(InputError, match="with: is 'horizon=long'; a number is needed") as refused:
        read_asked([("party", "Target"), ("with", "horizon=long"), ("precision", "high")])
    assert len(refused.value.faults) == 2
    with pytest.raises(InputError, match="not whole"):
        read_asked([("party", "Target"), ("scenario", "nonsense")])


def test_a_text_too_long_for_an_address_is_said_with_what_to_do_instead() -> None:
    noise = random.Random(0).randbytes(200_000).hex()
    with pytest.raises(InputError, match=r"an address may hold 60,000\. Put it into the folder of --files"):
        Handed(noise).address("case", "mine")


def test_an_invitation_as_things_stand_is_of_what_everybody_sees() -> None:
    match = begin(prepare("sanctions-crisis"), "Target", seed=7).move(1)
    asked = asked_now(match, "Target")
    assert asked.at["month"] == str(match.table.period + 1)
    assert float(asked.at["Target resolute"]) == pytest.approx(match.table.beliefs[1], abs=1e-4)
    hidden = begin(prepare("sanctions-crisis"), "Target", seed=7).move(1)
    assert asked == asked_now(hidden, "Target")


def test_the_report_is_made_in_the_background_and_shows_both_views(window: Window) -> None:
    page = table_of(window)
    press(page, "1")
    page.get_by_role("link", name="If Target is invited").press("Enter")
    page.wait_for_url("**/assess/sanctions-crisis?party=Target**")
    expect(page.locator("h1")).to_have_text(re.compile("invites Target to talk"), timeout=COMPILES)
    expect(page.get_by_text("Verdict for Target")).to_be_visible()
    held(page)
    page.set_viewport_size({"width": 390, "height": 800})
    command = page.locator("pre", has_text="duress assess")
    command.locator("code").evaluate("code => code.textContent += ' --starts 3'.repeat(9) + 'x'.repeat(99)")
    assert command.evaluate("box => box.scrollWidth <= box.clientWidth")
    page.get_by_label("Target, invited").press("ArrowRight")
    expect(page.get_by_text("Was it right to invite?")).to_be_visible()
    page.get_by_role("link", name="Assess another").press("Enter")
    expect(page.locator("h1")).to_have_text(re.compile("^Assess an invitation"))


def test_a_file_of_the_users_with_a_number_changed_is_assessed_where_its_game_stands(window: Window) -> None:
    window.open("/sandbox/mine.yaml?with=levers.sanctions.harm[2]%3D0.6")
    page = window.page
    page.get_by_role("link", name="Sit down with these numbers").press("Enter")
    page.wait_for_url("**/case/mine.yaml?with=**")
    expect(page.locator(".changed")).to_have_text(
        "With other numbers than written: harm of sanctions at full 0.6 (written 0.5)."
    )
    page.get_by_label("Seed of all chance").fill("7")
    page.get_by_role("button", name="Sit down").press("Enter")
    page.wait_for_url("**/table/**", timeout=COMPILES)
    page.wait_for_function("window.socket?.connected === true")
    press(page, "1")
    link = page.get_by_role("link", name="If Target is invited")
    asked = read_asked(questions(link.get_attribute("href") or ""))
    assert "A quarrel <b>of mine" in asked.handed.text
    assert asked.handed.changes == {"levers.sanctions.harm[2]": 0.6}
    link.press("Enter")
    page.wait_for_url("**/assess/mine?party=Target**")
    expect(page.locator("h1")).to_have_text(re.compile("invites Target to talk"), timeout=COMPILES)
    expect(page.locator(".kicker")).to_contain_text("A quarrel <b>of mine")
    held(page)
    page.get_by_label("Target, invited").press("ArrowRight")
    expect(page.get_by_text("Was it right to invite?")).to_be_visible()
    page.get_by_role("link", name="Sit down").press("Enter")
    expect(page.locator("h1")).to_have_text("A quarrel <b>of mine")
    expect(page.locator(".changed")).to_be_visible()


def test_no_address_reads_a_file_that_the_server_was_not_started_with(window: Window, folder: Path) -> None:
    outside = folder.parent / "outside.yaml"
    assert outside.exists()
    for page in ("case", "assess", "sandbox"):
        for name in (quote(str(outside), safe=""), "..%2Foutside.yaml", "outside.yaml"):
            window.open(f"/{page}/{name}?party=Target")
            expect(window.page.get_by_text("A sanctions crisis")).to_have_count(0)
        expect(window.page.get_by_role("alert")).to_contain_text("there is no case 'outside.yaml'")
    text = pack(f"extends: {outside}\n")
    window.open(f"/assess/mine?party=Target&scenario={text}")
    expect(window.page.get_by_role("alert")).to_contain_text("extends")
    window.complaints.clear()  # addresses that are refused, and the browser says so


def test_an_assessment_can_be_cancelled_and_a_state_that_cannot_be_is_a_sentence(window: Window) -> None:
    window.open("/assess/sanctions-crisis?party=Target&at=sanctions%3Dcrushing")
    expect(window.page.get_by_role("alert")).to_contain_text("at sanctions: must be one of", timeout=COMPILES)
    window.open("/assess/iran-2019?party=Iran&precision=3.25")
    window.page.get_by_role("button", name="Cancel").press("Enter")
    expect(window.page.get_by_role("alert")).to_have_text("Solving was cancelled.", timeout=COMPILES)
    window.open("/assess/sanctions-crisis?party=Nobody")
    expect(window.page.get_by_role("alert")).to_contain_text("Nobody", timeout=COMPILES)
