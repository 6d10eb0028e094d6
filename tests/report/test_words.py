"""Numbers are said one way in every report."""

from __future__ import annotations

import doctest

import pytest

from duress.report import words


def test_examples_run() -> None:
    assert doctest.testmod(words).failed == 0


@pytest.mark.parametrize(
    ("value", "said"), [(0.4251, "+0.43"), (-3.004, "−3.00"), (0.0, "0.00"), (-0.004, "0.00"), (0.004, "0.00")]
)
def test_signed_never_says_minus_zero(value: float, said: str) -> None:
    assert words.signed(value) == said


@pytest.mark.parametrize(
    ("chance", "said"), [(0, "0%"), (0.0049, "<1%"), (0.005, "<1%"), (0.5, "50%"), (0.9951, ">99%"), (1, "100%")]
)
def test_percent_keeps_rare_from_never(chance: float, said: str) -> None:
    assert words.percent(chance) == said


def test_between_says_one_number_once() -> None:
    assert words.between([0.301, 0.299]) == "0.30\u00a0stakes"
    assert words.between([0.5, 0.3], "periods") == "0.30 to 0.50\u00a0periods"


@pytest.mark.parametrize(
    ("items", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (list("abc"), "a, b and c")]
)
def test_listed(items: list[str], said: str) -> None:
    assert words.listed(items) == said


@pytest.mark.parametrize(("value", "said"), [(0.0, "0.000"), (0.0041, "0.004"), (3.1e-10, "3e−10"), (-2e-4, "−2e−4")])
def test_small_numbers_are_not_rounded_away(value: float, said: str) -> None:
    assert words.small(value) == said
