"""Alternating offers (Rubinstein 1982): the split that unequal patience leads to."""

from __future__ import annotations

import numpy as np
import pytest

from duress.errors import InputError
from duress.game.classics import rubinstein
from duress.solve.solution import Solution, solve

PATIENCE = [(0.9, 0.8), (0.8, 0.9), (0.6, 0.9), (0.5, 0.5)]


def split(discounts: tuple[float, float]) -> float:
    return (1 - discounts[1]) / (1 - discounts[0] * discounts[1])


def likeliest_ask(solution: Solution) -> float:
    policy = solution.behaviour().policy["any"]
    return float(max(policy, key=policy.__getitem__).removeprefix("ask "))


@pytest.mark.parametrize("discounts", PATIENCE)
def test_the_first_offer_asks_for_the_split(discounts: tuple[float, float]) -> None:
    solution = solve(rubinstein(discounts, shares=201, precision=400))
    assert likeliest_ask(solution) == pytest.approx(split(discounts), abs=0.01)
    value = solution.value()
    assert value["First"]["any"] == pytest.approx(split(discounts), abs=0.012)
    assert value["Second"]["any"] == pytest.approx(1 - split(discounts), abs=0.012)


@pytest.mark.parametrize("finest", [76, pytest.param(226, marks=pytest.mark.slow)])
@pytest.mark.parametrize("discounts", PATIENCE[:2])
def test_finer_shares_and_sharper_players_come_nearer(discounts: tuple[float, float], finest: int) -> None:
    errors = []
    for shares in (finest // 3 + 1, finest):
        solution = solve(rubinstein(discounts, shares=shares, precision=2 * (shares - 1)))
        errors.append(abs(solution.value()["First"]["any"] - split(discounts)))
    assert errors[0] > 1.5 * errors[1]


@pytest.mark.parametrize("discounts", PATIENCE)
def test_the_perfectly_rational_lose_no_more_than_the_rounding(discounts: tuple[float, float]) -> None:
    shares = 51
    solution = solve(rubinstein(discounts, shares=shares, precision=10_000))
    rounding = 1 / (shares - 1) / (1 - discounts[0] * discounts[1])
    assert abs(likeliest_ask(solution) - split(discounts)) <= rounding


def test_with_one_period_whoever_offers_takes_all() -> None:
    assert likeliest_ask(solve(rubinstein(periods=1, shares=21, precision=1000))) == pytest.approx(0.95)


def test_with_two_periods_the_second_is_given_its_discounted_cake() -> None:
    found = likeliest_ask(solve(rubinstein((0.9, 0.5), periods=2, shares=101, precision=2000)))
    assert np.isclose(found, 0.5, atol=0.03)


def test_a_cake_in_one_piece_is_refused() -> None:
    with pytest.raises(InputError, match="shares: 1; at least 2"):
        rubinstein(shares=1)
