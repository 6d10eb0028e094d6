"""Assessments on the page: the address is the question, the answer is the whole report."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import expect

from duress import InputError
from duress.play.match import begin
from duress.play.setting import prepare
from duress.web.assessing import Asked, asked_now, read_asked

from .conftest import Window
from .test_page import COMPILES, press, table_of


def questions(address: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(address).query)


def test_an_address_says_all_that_was_asked() -> None:
    asked = Asked("Target", {"stamina of Target": "0.58", "month": "6"}, {"levers.sanctions.harm[2]": 0.6}, 12.5, True)
    address = asked.address("a case")
    assert address.startswith("/assess/a%20case?")
    assert read_asked(questions(address)) == asked
    assert read_asked([]) is None


def test_what_is_no_number_is_said() -> None:
    with pytest.raises(InputError, match="with: is 'horizon=long'; a number is needed") as refused:
        read_asked([("party", "Target"), ("with", "horizon=long"), ("precision", "high")])
    assert len(refused.value.faults) == 2


def test_an_invitation_as_things_stand_is_of_what_everybody_sees() -> None:
    match = begin(prepare("sanctions-crisis"), "Target", seed=7).move(1)
    asked = asked_now(match, "Target")
    assert asked.at["month"] == str(match.table.period + 1)
    assert float(asked.at["Target resolute"]) == pytest.approx(match.table.beliefs[1], abs=1e-4)
    hidden = begin(prepare("sanctions-crisis"), "Target", seed=7).move(1)
    assert asked == asked_now(hidden, "Target")


@pytest.mark.slow
def test_the_report_is_made_in_the_background_and_shows_both_views(window: Window) -> None:
    page = table_of(window)
    press(page, "1")
    page.get_by_role("link", name="If Target is invited").press("Enter")
    page.wait_for_url("**/assess/sanctions-crisis?party=Target**")
    expect(page.locator("h1")).to_have_text(re.compile("invites Target to talk"), timeout=COMPILES)
    expect(page.get_by_text("Verdict for Target")).to_be_visible()
    page.get_by_label("Target, invited").press("ArrowRight")
    expect(page.get_by_text("Was it right to invite?")).to_be_visible()
    page.get_by_role("link", name="Assess another").press("Enter")
    expect(page.locator("h1")).to_have_text(re.compile("^Assess an invitation"))


def test_an_assessment_can_be_cancelled_and_a_state_that_cannot_be_is_a_sentence(window: Window) -> None:
    window.open("/assess/sanctions-crisis?party=Target&at=sanctions%3Dcrushing")
    expect(window.page.get_by_role("alert")).to_contain_text("at sanctions: must be one of", timeout=COMPILES)
    window.open("/assess/iran-2019?party=Iran&precision=3.25")
    window.page.get_by_role("button", name="Cancel").press("Enter")
    expect(window.page.get_by_role("alert")).to_have_text("Solving was cancelled.", timeout=COMPILES)
    window.open("/assess/sanctions-crisis?party=Nobody")
    expect(window.page.get_by_role("alert")).to_contain_text("Nobody", timeout=COMPILES)
