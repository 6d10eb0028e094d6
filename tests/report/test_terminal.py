"""The answer on a terminal: 80 columns, no colour needed, nothing in a name is obeyed."""

from __future__ import annotations

import dataclasses
import io
import subprocess
import sys
from collections.abc import Callable

import pytest
from rich.cells import cell_len
from rich.console import Console

from duress.assess.record import Assessment
from duress.report.terminal import print_assessment


def printed(answer: Assessment, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width)
    print_assessment(answer, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(("width", "most"), [(80, 80), (200, 80), (60, 60)])
def test_no_line_is_too_long_or_ends_in_blanks(width: int, most: int, answer: Assessment) -> None:
    lines = printed(answer, width).splitlines()
    assert len(lines) > 50
    assert max(map(cell_len, lines)) <= most
    assert not any(line.endswith(" ") for line in lines)


def test_the_parts_come_in_order(build: Callable[..., Assessment]) -> None:
    text = printed(build())
    parts = [
        "US and Iran, spring 2019",
        "US invites Iran to talk",
        "Verdict: harvest, by 0.42",
        "A model, not a forecast",
        "The situation (month 14 of 37)",
        "What can be signed at all",
        "What each reply is worth to Iran",
        "How it ends",
        "What the invitation reveals",
        "The price of dropping",
        "Verdict: harvest",
        "With other levers in hand",
        "Claims, tested",
        "What would change the answer",
        "Certificate",
        "How to repeat it",
        "duress assess iran-2019 --party Iran --seed 1",
    ]
    at = -1
    for part in parts:
        at = text.index(part, at + 1)


def test_values_and_odds_are_those_of_the_assessment(build: Callable[..., Assessment]) -> None:
    lines = [" ".join(line.split()) for line in printed(build()).splitlines()]
    assert "refuse −3.12 −2.22" in lines
    assert "refuse and raise suspended limits −2.75 * −1.89 *" in lines
    assert "refuse 11% 17% 1% 16% 56%" in lines
    assert "fragile accept and drop not open −3.67 −3.17" in lines


def test_terms_on_the_table_are_listed_and_those_that_nobody_offers_are_counted(
    build: Callable[..., Assessment],
) -> None:
    answer = build()
    text = printed(answer)
    section = " ".join(text[text.index("What can be signed at all") : text.index("What each reply")].split())
    offered = [terms for terms in answer.agenda.terms if "offered" in terms.labels]
    assert section.count("offered ") == len(offered) + 1 == 4
    told = (
        "(2 further efficient sets of terms are not offered at the table: duress agenda lists all that are efficient)"
    )
    assert told in section
    known = tuple(terms for terms in answer.agenda.terms if terms.labels)
    none = dataclasses.replace(answer, agenda=dataclasses.replace(answer.agenda, terms=known))
    assert "further" not in printed(none)


def test_many_ends_are_lettered(build: Callable[..., Assessment]) -> None:
    answer = build()
    outcomes = (*answer.outcomes, "open conflict after an incident at sea", "a change of government")
    text = printed(dataclasses.replace(answer, outcomes=outcomes))
    assert "F  open conflict after an incident at sea" in text


def test_all_equal_marks_nothing_as_best(build: Callable[..., Assessment]) -> None:
    text = printed(build(equal=True))
    assert "*" not in text
    assert "Verdict: undecided.\n" in text
    assert "too close together for a verdict" in " ".join(text.split())


def test_markup_and_control_characters_are_only_text(build_hostile: Callable[[], Assessment]) -> None:
    text = printed(dataclasses.replace(build_hostile(), title="[bold red]title[/] [link=x]"))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[bold red]title[/] [link=x]" in text


def test_colour_only_where_wanted(build: Callable[..., Assessment], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    console = Console(file=io.StringIO(), width=80, force_terminal=True)
    print_assessment(build(), console)
    assert isinstance(console.file, io.StringIO)
    assert "\x1b[3" not in console.file.getvalue()


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_poor_terminals_get_what_they_can_show(encoding: str, answer: Assessment) -> None:
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding=encoding) as file:
        print_assessment(answer, Console(file=file, width=80))
        file.flush()
        text = raw.getvalue().decode(encoding)
    assert "Verdict" in text


def test_an_unsolved_game_is_not_passed_over(build: Callable[..., Assessment]) -> None:
    answer = build()
    unsolved = dataclasses.replace(answer, certificate=dataclasses.replace(answer.certificate, unsolved=3))
    assert "do not rely on this answer" in " ".join(printed(unsolved).split())


def test_no_charting_library_is_loaded() -> None:
    code = "import sys, duress.report.terminal; sys.exit(any(m in sys.modules for m in ('altair', 'vl_convert')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
