"""The report as one file: complete, offline, accessible, and safe whatever a scenario's texts contain."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from duress.assess.record import Assessment
from duress.report.html import render

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
VOID = {"meta", "link", "img", "br", "input", "hr"}


class Page(HTMLParser):
    """A page taken apart: elements with their attributes in order, text by element, and what was left open."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(set(names)) < len(names):
            self.wrong.append(f"<{tag}> repeats an attribute")
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.text.append((self.open[-1] if self.open else "", data))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def words(self) -> str:
        return " ".join("".join(data for inside, data in self.text if inside not in {"script", "style"}).split())


_DRAWN: dict[str, str] = {}


def drawn(answer: Assessment) -> str:
    """Return the report of an answer, drawn once for all tests that look at it."""
    key = repr(answer)
    if key not in _DRAWN:
        _DRAWN[key] = render(answer)
    return _DRAWN[key]


@pytest.fixture(scope="module")
def source(build: Callable[..., Assessment]) -> str:
    return drawn(build())


@pytest.fixture(scope="module")
def page(source: str) -> Page:
    return Page(source)


@pytest.fixture(scope="module")
def pages(answer: Assessment) -> Page:
    return Page(drawn(answer))


def test_every_element_is_closed_in_order(pages: Page) -> None:
    assert pages.wrong == []
    assert pages.open == []


def test_terms_that_nobody_offers_are_counted(source: str) -> None:
    assert "<p>(2\N{NO-BREAK SPACE}further efficient sets of terms are not offered at the table" in source


def test_nothing_is_fetched(pages: Page) -> None:
    for tag, attributes in pages.elements:
        for name in ("src", "srcset", "data", "poster", "action", "background", "xlink:href"):
            assert name not in attributes, (tag, name)
        link = attributes.get("href", "")
        if tag == "a":
            assert link.startswith(("#", "https://", "http://")), link
        else:
            assert link in {"", "data:,"}, link
    style = "".join(data for inside, data in pages.text if inside == "style")
    assert "url(" not in style
    assert "@import" not in style


def test_only_our_own_scripts_may_run(source: str, page: Page) -> None:
    policy = next(m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1]
    allowed = set(re.findall(r"'sha256-([^']+)'", policy))
    scripts = re.findall(r"<script>(.*?)</script>", source, flags=re.DOTALL)
    assert {base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts} == allowed
    assert len(scripts) == 2


def test_texts_of_a_scenario_stay_texts(build_hostile: Callable[[], Assessment]) -> None:
    page = Page(drawn(build_hostile()))
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"img", "b", "iframe", "object", "form"}
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert len([a for a in page.all("script") if "type" not in a]) == 2
    assert "alert(" not in "".join(d for inside, d in page.text if inside == "style")
    said = page.words()
    assert "<script>alert('x')</script>" in said
    assert "{{ 7*7 }} ${8*8}" in said
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_data_of_the_charts_can_be_read_back(pages: Page, answer: Assessment) -> None:
    blocks = [data for inside, data in pages.text if inside == "script" and data.startswith("{")]
    assert len(blocks) == len(pages.all("figure"))
    for block in blocks:
        assert set(json.loads(block)) == {"wide", "narrow"}
        assert "<" not in block


def test_ids_are_unique_and_links_lead_somewhere(pages: Page) -> None:
    ids = [attributes["id"] for _, attributes in pages.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for a in pages.all("a") if a["href"].startswith("#")} <= set(ids)


def test_headings_are_in_order(pages: Page) -> None:
    levels = [int(tag[1]) for tag, _ in pages.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_charts_have_words_for_those_who_cannot_see_them(page: Page) -> None:
    charts = [attributes for _, attributes in page.elements if attributes.get("role") == "img"]
    assert len(charts) == 6
    assert all(len(chart["aria-label"]) > 60 for chart in charts)
    assert page.all("html")[0]["lang"] == "en"
    assert page.all("nav")[0]["aria-label"]
    assert all("scope" in attributes for attributes in page.all("th"))


def test_terms_explain_themselves(pages: Page) -> None:
    terms = [a for a in pages.all("a") if a.get("class") == "term"]
    assert len(terms) > 10
    assert all(len(a["title"]) > 20 for a in terms)


def test_the_first_screen_answers(page: Page) -> None:
    text = page.words()
    first = text[: text.index("After leaving the 2015 agreement")]
    for part in (
        "A model, not a forecast",
        "US invites Iran to talk: a way out, or the harvest of the pressure?",
        "Harvest",
        "The best refusal",
        "−2.75",
        "Accept, keep levers",
        "−3.21",
        "Accept, drop levers",
        "−3.67",
        "The verdict holds by 0.42",
        "14 times the error",
    ):
        assert part in first


def test_all_numbers_of_the_replies_are_there(build: Callable[..., Assessment]) -> None:
    answer = build(replies=9)
    text = Page(drawn(answer)).words()
    for reply in answer.replies:
        assert reply.reply in text
        for value in reply.value.values():
            assert f"−{abs(value):.2f}" in text


def test_absent_parts_leave_no_trace(build: Callable[..., Assessment]) -> None:
    answer = build(own_types=("calm",), other_types=("x",), extras=False)
    page = Page(render(dataclasses.replace(answer, fans=(), lever_cases=())))
    ids = {attributes.get("id") for _, attributes in page.elements}
    assert not ids & {"chart-fan", "chart-levers", "chart-beliefs", "time", "levers"}
    assert "No claims were tested" in page.words()


def test_unsolved_and_mixed_verdicts_are_in_sight(build: Callable[..., Assessment]) -> None:
    answer = build()
    mixed = dataclasses.replace(
        answer,
        verdict="depends on type",
        verdict_by_type={"fragile": "harvest", "resolute": "way out"},
        certificate=dataclasses.replace(answer.certificate, unsolved=3),
    )
    text = Page(render(mixed)).words()
    assert "NOT SOLVED: 3 stages" in text
    assert "do not rely on this answer" in text
    assert "resolute: way out" in text


def test_repeats_exactly_and_is_of_reasonable_size(source: str, build: Callable[..., Assessment]) -> None:
    assert render(build()) == source
    assert len(source.encode()) < 2_000_000


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
@pytest.mark.parametrize("hostile", [False, True])
def test_charts_come_alive_in_a_browser(
    hostile: bool, build: Callable[..., Assessment], build_hostile: Callable[[], Assessment], tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    file.write_text(drawn(build_hostile() if hostile else build()), encoding="utf-8")
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom"]
    command += ["--disable-background-networking", "--no-first-run", "--virtual-time-budget=8000"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", file.as_uri()]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert run.stdout.count('class="chart drawn"') == 6
    assert "CONSOLE" not in run.stderr
