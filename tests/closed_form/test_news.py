"""News from chance: signs of a type and new draws, against numbers worked out by hand with Bayes' rule."""

from __future__ import annotations

import math

import pytest

from duress.game.builder import Branch, GameBuilder
from duress.game.game import Game
from duress.solve.aqre import AQRE
from duress.solve.solution import Solution, solve

PRECISION = 3.0
PRIOR = 0.4
SIGNS = {"weak": 0.3, "tough": 0.8}
"""Chance of calm; otherwise there is unrest."""
AFTER_CALM = 0.32 / (0.32 + 0.18)
AFTER_UNREST = 0.08 / (0.08 + 0.42)
DRAWN = 0.25
CAPITAL = ("Government", {"weak": 1 - PRIOR, "tough": PRIOR})
FIRM = ("Firm", {"any": 1.0})


def invest_or_leave(branches: list[Branch], observer_first: bool = False) -> Game:
    """Return a game of news about a government, after which a firm invests or leaves."""
    players = (FIRM, CAPITAL) if observer_first else (CAPITAL, FIRM)
    builder = GameBuilder(*players, precision=PRECISION).state("news", mover="Government")
    payoff = {"Firm": [[-1.0, 1.0]] if observer_first else [[-1.0], [1.0]], "Government": {"weak": 2.0, "tough": 1.0}}
    for state in ("calm", "unrest"):
        builder.state(state, mover="Firm")
        builder.move(state, "invest", to="over", reward=payoff).move(state, "leave", to="over")
    return builder.move("news", "wait", to=branches).end("over").build("news")


def invests(belief: float) -> float:
    """Return how often the firm invests, its payoff being 1 from the tough and -1 from the weak."""
    return 1 / (1 + math.exp(-PRECISION * (2 * belief - 1)))


def value_to_firm(belief: float) -> float:
    return invests(belief) * (2 * belief - 1)


def signs() -> list[Branch]:
    return [Branch("calm", SIGNS), Branch("unrest", {k: 1 - p for k, p in SIGNS.items()})]


def solved(game: Game) -> Solution:
    return solve(game, AQRE(beliefs=129))


def value(solution: Solution, player: str, kind: str) -> float:
    return solution.value()[player][kind]


@pytest.mark.parametrize("observer_first", [False, True])
def test_a_sign_moves_belief_by_bayes_rule(observer_first: bool) -> None:
    assert pytest.approx(0.64) == AFTER_CALM
    assert pytest.approx(0.16) == AFTER_UNREST
    solution = solved(invest_or_leave(signs(), observer_first))
    calm, unrest = 0.5, 0.5
    expected = calm * value_to_firm(0.64) + unrest * value_to_firm(0.16)
    assert value(solution, "Firm", "any") == pytest.approx(expected, abs=1e-5)
    assert value(solution, "Government", "weak") == pytest.approx(
        2 * (0.3 * invests(0.64) + 0.7 * invests(0.16)), abs=1e-5
    )
    assert value(solution, "Government", "tough") == pytest.approx(0.8 * invests(0.64) + 0.2 * invests(0.16), abs=1e-5)


@pytest.mark.parametrize("observer_first", [False, True])
def test_a_new_draw_sets_belief_and_makes_types_alike(observer_first: bool) -> None:
    drawn = ("Government", {"weak": 1 - DRAWN, "tough": DRAWN})
    solution = solved(invest_or_leave([Branch("calm", 0.6, drawn), Branch("unrest", 0.4)], observer_first))
    new = invests(DRAWN) * (2 * (1 - DRAWN) + 1 * DRAWN)
    assert value(solution, "Government", "weak") == pytest.approx(0.6 * new + 0.4 * 2 * invests(PRIOR), abs=1e-5)
    assert value(solution, "Government", "tough") == pytest.approx(0.6 * new + 0.4 * invests(PRIOR), abs=1e-5)
    expected = 0.6 * value_to_firm(DRAWN) + 0.4 * value_to_firm(PRIOR)
    assert value(solution, "Firm", "any") == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("observer_first", [False, True])
def test_a_sign_of_the_old_says_nothing_of_the_new(observer_first: bool) -> None:
    drawn = ("Government", {"weak": 1 - DRAWN, "tough": DRAWN})
    calm, unrest = signs()
    solution = solved(invest_or_leave([Branch("calm", calm.chance, drawn), unrest], observer_first))
    new = invests(DRAWN) * (2 * (1 - DRAWN) + 1 * DRAWN)
    assert value(solution, "Government", "weak") == pytest.approx(0.3 * new + 0.7 * 2 * invests(0.16), abs=1e-5)
    assert value(solution, "Government", "tough") == pytest.approx(0.8 * new + 0.2 * invests(0.16), abs=1e-5)
    assert value(solution, "Firm", "any") == pytest.approx(
        0.5 * value_to_firm(DRAWN) + 0.5 * value_to_firm(0.16), abs=1e-5
    )


def test_a_certain_sign_ends_all_doubt() -> None:
    certain = [Branch("calm", {"weak": 0.0, "tough": 1.0}), Branch("unrest", {"weak": 1.0, "tough": 0.0})]
    solution = solved(invest_or_leave(certain))
    assert solution.certificate.value_error < 1e-12
    assert value(solution, "Government", "weak") == pytest.approx(2 * invests(0.0), abs=1e-9)
    assert value(solution, "Government", "tough") == pytest.approx(invests(1.0), abs=1e-9)
