"""Every equilibrium of a game: against a search by separate plain code, and an odd number of them always."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import multivariate_normal, norm

from duress.fit.equilibria import equilibria

THREE = (0.0, 1.0, 0.0, -1.9, -2.8, -1.2, 1.0)


def answered(p: float, u: tuple[float, ...]) -> float:
    """Return how likely B is to resist where A expects it to with p, by the book and without logarithms."""
    S, V, C, W, WB, a, VB = u
    c = (S - (1 - p) * V) / p
    g = 1 - norm.cdf(c - W) * norm.cdf(c - a)
    cov: Any = [[1, np.sqrt(0.5)], [np.sqrt(0.5), 1]]
    h = multivariate_normal.cdf([(W - a) / np.sqrt(2), W - c], cov=cov, abseps=1e-12, releps=1e-12)
    firm = h / g
    return float(norm.cdf((firm * WB + (1 - firm) * VB - C) / firm))


def by_search(u: tuple[float, ...]) -> list[float]:
    root: Any = brentq
    grid = expit(np.linspace(-6, 6, 240))
    values = [answered(p, u) - p for p in grid]
    crossings = [k for k in range(len(grid) - 1) if values[k] * values[k + 1] < 0]
    return [root(lambda p: answered(p, u) - p, grid[k], grid[k + 1], xtol=1e-13) for k in crossings]


@pytest.mark.parametrize("u", [THREE, (0.3, 1.0, 0.2, -0.5, 0.1, -1.0, 0.0), (0.0, 0.5, -1.0, 0.4, 0.3, -0.2, -0.5)])
def test_a_search_by_the_book_finds_the_same_equilibria(u: tuple[float, ...]) -> None:
    found = equilibria(np.array([u]))
    assert expit(found.t) == pytest.approx(by_search(u), abs=1e-7)


def test_there_are_three_where_there_should_be_and_they_are_in_order() -> None:
    found = equilibria(np.array([THREE, (0.3, 1.0, 0.2, -0.5, 0.1, -1.0, 0.0)]))
    assert found.counts(2).tolist() == [3, 1]
    assert (np.diff(found.t[:3]) > 0).all()


@pytest.mark.parametrize("spread", [0.5, 2.0])
def test_the_number_of_equilibria_is_odd(spread: float) -> None:
    u = spread * np.random.default_rng(1).normal(size=(150, 7))
    assert (equilibria(u).counts(150) % 2 == 1).all()


def test_a_pair_about_to_vanish_is_still_found() -> None:
    def number(W_B: float) -> int:
        return len(equilibria(np.array([(0.0, 1.0, 0.0, -1.9, W_B, -1.2, 1.0)])).t)

    three, one = -2.8, -2.7
    assert (number(three), number(one)) == (3, 1)
    while one - three > 1e-9:
        middle = 0.5 * (one + three)
        three, one = (middle, one) if number(middle) == 3 else (three, middle)
    t = equilibria(np.array([(0.0, 1.0, 0.0, -1.9, three, -1.2, 1.0)])).t
    assert t[1] - t[0] < 0.02


def test_a_b_that_surely_concedes_or_resists_is_an_equilibrium_too() -> None:
    meek = (1.0, 0.0, 0.0, -2.0, 0.0, 2.0, -5.0)
    fierce = (0.0, 0.0, -900.0, 0.0, 0.0, 0.0, 0.0)
    found = equilibria(np.array([meek, fierce]))
    assert found.t[0] == -np.inf
    assert found.t[-1] == np.inf
