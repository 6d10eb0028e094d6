"""A scenario read back in words."""

from __future__ import annotations

import pytest

import duress as du
from duress.scenario import bundled, explain, read


@pytest.mark.parametrize("name", bundled())
def test_it_fits_80_columns(name: str) -> None:
    lines = explain(du.load(name)).splitlines()
    assert max(map(len, lines)) <= 80
    assert not any(line != line.rstrip() for line in lines)


def test_it_fits_80_columns_whatever_the_names() -> None:
    long = "n" * 60
    scenario = read(
        f"""
parties: {{A: {{types: {{{long}: , b{long[1:]}: }}}}, {long}: {{}}}}
levers: {{{long}: {{by: {long}, levels: [a{long[1:]}, {long}], harm: [0, .1], drain: [0, .1]}}}}
issues: {{{long}: {{positions: [a{long[1:]}, {long}], values: {{A: [0, 1], {long}: [1, 0]}}}}}}
""",
        long,
    )
    assert max(map(len, explain(scenario).splitlines())) <= 80


def paragraph(text: str) -> str:
    return " ".join(text.split())


def test_defaults_carry_a_star_and_what_the_file_says_does_not() -> None:
    told = paragraph(explain(du.load("sanctions-crisis")))
    for words in (
        "The unit of time is the month*, and the horizon 36 months*. Order of moves* in a month: Coercer, then Target.",
        "Values the next month at 0.97* of this one. Responds to differences with precision 20*.",
        "May privately be*: fragile, 50 %*: every harm counts 1.4* times; going back on terms costs it 0.4*",
        "tactical, 50 %*: every harm counts 1* times; going back on terms costs it 0*",
        "Its stamina plays no part: no lever of Target drains it.",
        "Stamina starts at 1* (1 fresh, 0 collapsed), counted in 10* steps; regains 0.03* per month",
        "At 0, Coercer's demand is imposed*.",
        "sanctions, held by Coercer: stands at none*, moves up to 1* level at once.",
        "partial: harm 0.2, drain 0.02, cost 0*",
        "some: harm 0.1, drain 0*, cost 0*",
        "policy: stands at as it is* while nothing is signed.",
        "compromise: 0.5 to Coercer; 0.6 to Target",
        "Coercer asks for policy: as demanded*.",
        "May invite*: Coercer and Target.",
        "Replies*: refuse, refuse and raise, accept and keep, accept and drop.",
        "Offers terms*: the parties in turn, the inviter first.",
        "On offer: up to 5* terms that both can sign, and what the proposer asks for. Stalling: allowed*.",
        "Levers move: sanctions to none*; retaliation to none*.",
        "The levers of a party that breaks them jump: sanctions to full*; retaliation to full*.",
    ):
        assert words in told
    assert "Notes" not in told
    assert "Sources" not in told


def test_what_a_full_file_says_is_told_without_a_star() -> None:
    told = paragraph(explain(du.load("iran-2019")))
    for words in (
        "Order of moves in a quarter: US, then Iran.",
        "sincere, 50 %: every harm counts 1 times; going back on terms costs it 0.8 tactical,",
        "fragile, 50 %: every harm counts 1.4 times; going back on terms costs it 0.4 resolute",
        "Stamina starts at 0.8 (1 fresh, 0 collapsed), counted in 3 steps; regains 0.038 per quarter",
        "oil sanctions, held by US: stands at zero exports, moves up to 1 level at once.",
        "Red line: Iran will not sign limited.",
        "May invite: US.",
        "suspended limits to suspended.",
        "Notes demand: what US asks for crosses red lines of Iran: missiles, regional forces",
        "levers.oil sanctions.drain[2]: public record to April 2021; IMF, October 2019; below 0.1; the rest is",
    ):
        assert words in told


def test_types_that_value_a_position_differently_are_told_apart() -> None:
    scenario = read(
        """
parties: {A: {types: {x: , y: }}, B: {types: {only: }}}
issues: {land: {positions: [p, q], values: {A: {x: [0, 1], y: [0, .5]}, B: [1, 0]}}}
talks: {invite: []}
""",
        "types",
    )
    told = paragraph(explain(scenario))
    assert "q: to A 1 if x, 0.5 if y; 0 to B" in told
    assert "Is known to be: only, 100 %*" in told
    assert "Levers None." in told
    assert "Nobody may invite, so there are none." in told
