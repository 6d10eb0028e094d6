"""The rule behind a verdict, on numbers worked out by hand."""

from __future__ import annotations

import pytest

from duress.assess.verdict import DEPENDS, Worth, asking_sentence, judge, judge_all, sentence


@pytest.mark.parametrize(
    ("refuse", "keep", "drop", "verdict", "margin"),
    [
        (1.0, 0.8, 0.7, "harvest", 0.2),
        (1.0, 1.3, 1.2, "way out", 0.2),
        (1.0, 1.3, 0.6, "pays only with levers kept", 0.3),
        (1.0, 1.2, 0.6, "pays only with levers kept", 0.2),
        (1.0, 1.05, 0.6, "undecided", 0.05),
        (1.0, 1.3, 0.95, "undecided", 0.05),
        (1.0, 0.95, 0.5, "undecided", 0.05),
        (1.0, 1.0, 1.0, "undecided", 0.1),
    ],
)
def test_judge(refuse: float, keep: float, drop: float, verdict: str, margin: float) -> None:
    found, by = judge(Worth(refuse, keep, drop), error=0.1)
    assert found == verdict
    assert by == pytest.approx(margin)


def test_types_that_agree_share_a_verdict_and_the_smaller_margin() -> None:
    verdict, by_type, margin = judge_all({"a": Worth(1, 0.5, 0.4), "b": Worth(1, 0.2, 0.1)}, 0.1)
    assert (verdict, by_type, margin) == ("harvest", {"a": "harvest", "b": "harvest"}, 0.5)


def test_types_that_differ_are_told_apart() -> None:
    verdict, by_type, margin = judge_all({"a": Worth(1, 0.5, 0.4), "b": Worth(1, 2, 1.5)}, 0.1)
    assert verdict == DEPENDS
    assert by_type == {"a": "harvest", "b": "way out"}
    assert margin == 0.5
    said = sentence("Here", verdict, by_type, margin, droppable=True)
    assert "if a: harvest" in said
    assert "if b: way out" in said


def test_asking_first_is_told_where_it_beats_every_other_reply() -> None:
    values = {
        "poor": {"refuse": 1.0, "accept and keep": 0.4, "ask first": 1.3},
        "rich": {"refuse": 2.0, "ask first": 1.9},
    }
    assert asking_sentence(values, 0.1) == (
        "Asking first is worth more than every other reply if poor, by at least 0.30 stakes."
    )
    assert asking_sentence(values, 0.4) == ""
    assert asking_sentence({"one": {"refuse": 1.0, "ask first": 2.0}}, 0.1) == (
        "Asking first is worth more than every other reply, by at least 1.00 stakes."
    )
    assert asking_sentence({"one": {"refuse": 1.0}}, 0.1) == ""


def test_unarmed_is_said_only_where_there_is_something_to_drop() -> None:
    assert "unarmed" in sentence("Here", "way out", {"one": "way out"}, 0.2, droppable=True)
    assert "unarmed" not in sentence("Here", "way out", {"one": "way out"}, 0.2, droppable=False)
