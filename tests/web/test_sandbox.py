"""The sandbox: numbers moved by keyboard, the scenario beside them, faults at every keystroke, all in the address."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from .conftest import COMPILES, Window


def test_a_number_moved_by_keyboard_is_written_judged_mapped_and_found_again_by_the_address(window: Window) -> None:
    window.open("/sandbox/sanctions-crisis")
    page = window.page
    verdict = page.locator(".verdict.word:not(.rough)")
    expect(verdict).to_be_visible(timeout=COMPILES)
    before = page.url
    slider = page.get_by_role("slider", name="harm of sanctions at full")
    for _ in range(12):  # faster than the server answers
        slider.press("ArrowRight")
    page.wait_for_function("before => location.href !== before", arg=before)
    moved = page.locator(".number", has=slider).locator(".now")
    expect(moved).to_have_text("0.65")
    expect(page.locator("textarea")).to_have_value(re.compile(r"- 0\.65\b"))
    expect(page.get_by_text("Done.")).to_be_visible(timeout=COMPILES)
    expect(page.locator(".always")).to_contain_text("Certificate of the case as written: Every stage is solved")
    expect(page.locator(".map td[class^=is-]")).to_have_count(5)
    said = page.locator(".verdict").inner_text(), page.locator(".plain").inner_text(), page.locator(".map").inner_text()
    page.reload()
    expect(page.get_by_text("Done.")).to_be_visible(timeout=COMPILES)
    again = (
        page.locator(".verdict").inner_text(),
        page.locator(".plain").inner_text(),
        page.locator(".map").inner_text(),
    )
    assert again == said
    expect(moved).to_have_text("0.65")


def test_what_is_typed_is_valid_or_said_to_be_wrong_with_its_line_and_the_address_holds_it(window: Window) -> None:
    window.open("/sandbox/sanctions-crisis")
    page = window.page
    area, told = page.locator("textarea"), page.locator(".told")
    expect(told).to_have_text("It is valid.")
    text = area.input_value()
    area.fill(text.replace("by: Coercer", "by: Nobody"))
    expect(told).to_contain_text(re.compile(r"levers\.sanctions\.by.*Nobody.*\(line \d+\)"))
    before = page.url
    area.fill(text.replace("A sanctions crisis", "Mine <b>"))
    expect(told).to_have_text("It is valid.")
    page.wait_for_function("before => location.href !== before", arg=before)
    page.reload()
    expect(page.locator("h1")).to_have_text("Other numbers: Mine <b>")


def test_what_is_being_found_can_be_cancelled_and_an_address_that_is_not_whole_is_refused(window: Window) -> None:
    window.open("/sandbox/iran-2019")
    window.page.wait_for_function("location.search !== ''")
    area, before = window.page.locator("textarea"), window.page.url
    area.fill(re.sub(r"horizon: \d+", "horizon: 7", area.input_value()))
    window.page.wait_for_function("before => location.href !== before && location.search", arg=before)
    cancel = window.page.get_by_role("button", name="Cancel")
    expect(cancel).to_be_visible()
    cancel.press("Enter")
    expect(window.page.get_by_text("Cancelled; move a number to begin again.")).to_be_visible()
    expect(cancel).to_be_hidden()
    window.open("/sandbox/sanctions-crisis?scenario=nonsense")
    expect(window.page.get_by_role("alert")).to_be_visible()


def test_a_verdict_for_which_an_equilibrium_was_lost_on_the_way_says_so(window: Window) -> None:
    window.open("/sandbox/sanctions-crisis")
    page = window.page
    area, sentence = page.locator("textarea"), page.get_by_text("may hang on rounding")
    expect(sentence).to_be_visible(timeout=COMPILES)
    smooth = re.sub(r"(Coercer|Target): \{\}", r"\1: {precision: 1}", area.input_value())
    assert smooth.count("precision: 1") == 2
    area.fill(smooth)
    expect(sentence).to_have_count(0)
    # That was while nothing was known yet, perhaps.
    expect(page.get_by_text("Done.")).to_be_visible(timeout=COMPILES)
    expect(page.locator(".verdict.word:not(.rough)")).to_be_visible()
    expect(sentence).to_have_count(0)
