"""The timeline as a drawing: well formed, a mark for every move, ghosts pale, words for who cannot see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree import ElementTree

from duress.figures.course import course, description

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Step:
    turn: int
    period: int
    party: str = ""
    move: str = ""
    words: str = ""
    beliefs: dict[str, dict[str, float]] = field(
        default_factory=lambda: {"A & B": {"soft": 0.25, "hard": 0.75}, "C": {"any": 1.0}}
    )
    pressure: dict[str, float] = field(default_factory=lambda: {"A & B": 0.5, "C": 0.0})
    stamina: dict[str, float] = field(default_factory=lambda: {"C": 0.4})


LINE = (
    Step(0, 0),
    Step(1, 0, "A & B", "offer <all>", "A & B offers <all>."),
    Step(2, 0, "C", "hold", "C holds\x00."),
    Step(2, 0, words="A month passes."),
)
GHOST = (Step(2, 0, "C", "accept", "C accepts."),)


def titles(drawing: str) -> list[str | None]:
    return [element.text for element in ElementTree.fromstring(drawing).iter(f"{SVG}title")]


def test_every_move_has_a_mark_with_its_words_and_time_has_none() -> None:
    for narrow in (False, True):
        drawing = course(LINE, ("A & B", "C"), "month", narrow=narrow)
        assert titles(drawing) == ["Move 1: A & B offers <all>.", "Move 2: C holds."]
        assert 'opacity="0.3' not in drawing


def test_a_line_that_was_left_is_drawn_pale_with_its_moves() -> None:
    drawing = course(LINE, ("A & B", "C"), "month", [("B", GHOST)])
    assert sorted(map(str, titles(drawing))) == [
        "Move 1: A & B offers <all>.",
        "Move 2: C accepts.",
        "Move 2: C holds.",
    ]
    assert 'opacity="0.3' in drawing


def test_without_stamina_there_is_no_panel_of_it() -> None:
    fresh = [Step(0, 0, stamina={})]
    assert "Stamina" in course(LINE, ("A & B", "C"), "month")
    assert "Stamina" not in course(fresh, ("A & B", "C"), "month")


def test_words_say_where_things_stand() -> None:
    assert description(LINE, ("A & B", "C"), "month") == (
        "Timeline of 2 moves, up to month 1. A & B: pressure 0.50, 25% believed soft, 75% believed hard. "
        "C: pressure 0.00, stamina 0.40, 100% believed any."
    )
