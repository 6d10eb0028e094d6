"""The crisis-signaling game: its probabilities against quadrature, their slopes against differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.special import log_ndtr
from scipy.stats import multivariate_normal

from duress.fit.equilibria import equilibria
from duress.fit.pseudo import gap, given_expectations, in_equilibrium, log_chances, settle
from duress.fit.signaling_game import bends, challenge, log_challenges, log_firm, slopes

Array = NDArray[np.float64]


def draws(seed: int, rows: int, spread: float) -> tuple[Array, Array, Array]:
    c, W, a = spread * np.random.default_rng(seed).normal(size=(3, rows))
    return c, W, a


def by_quadrature(c: float, W: float, a: float) -> float:
    """Return log ∫ φ(t) Φ(t + W − a) dt over t > c − W, scaled by the top of the integrand."""

    def log_integrand(t: float) -> float:
        return -0.5 * t * t - 0.5 * np.log(2 * np.pi) + float(log_ndtr(t + W - a))

    grid = np.linspace(c - W, c - W + 60, 6001)
    heights = np.array([log_integrand(t) for t in grid])
    peak, top = grid[heights.argmax()], heights.max()
    pieces = [(c - W, peak), (peak, peak + 1), (peak + 1, peak + 12)]
    total = sum(quad(lambda t: np.exp(log_integrand(t) - top), lo, hi, epsabs=0, epsrel=1e-12)[0] for lo, hi in pieces)
    return float(top + np.log(total))


def test_a_challenge_that_would_stand_firm_is_a_corner_of_the_bivariate_normal() -> None:
    c, W, a = draws(0, 40, 1.5)
    cov: Any = [[1, np.sqrt(0.5)], [np.sqrt(0.5), 1]]
    for i, found in enumerate(np.exp(log_firm(c, W, a))):
        corner = multivariate_normal.cdf([(W[i] - a[i]) / np.sqrt(2), W[i] - c[i]], cov=cov)
        assert found == pytest.approx(corner, abs=1e-7)


@pytest.mark.parametrize("spread", [1.0, 3.0, 8.0])
def test_small_probabilities_are_right_in_relative_terms(spread: float) -> None:
    c, W, a = draws(1, 25, spread)
    exact = [by_quadrature(*one) for one in zip(c, W, a, strict=True)]
    assert log_firm(c, W, a) == pytest.approx(exact, abs=1e-9)
    other = [by_quadrature(*one) for one in zip(c, a, W, strict=True)]
    g, h, b = log_challenges(c, W, a)
    assert h == pytest.approx(exact, abs=1e-9)
    assert b == pytest.approx(other, abs=1e-9)
    assert g == pytest.approx(np.logaddexp(exact, other), abs=1e-9)


def test_nothing_is_lost_where_both_bounds_are_the_same_or_zero() -> None:
    zero = np.zeros(3)
    assert np.exp(log_firm(zero, zero, zero)) == pytest.approx(3 / 8, abs=1e-15)
    assert np.exp(log_firm(zero, zero, zero - 1e-9)) == pytest.approx(3 / 8, abs=1e-8)


def test_the_four_chances_sum_to_one() -> None:
    c, W, a = draws(2, 200, 2.0)
    t = np.random.default_rng(3).normal(size=200)
    assert np.exp(log_chances(challenge(c, W, a), t)).sum(axis=1) == pytest.approx(1.0, abs=1e-14)


def test_slopes_and_bends_are_those_of_the_logarithms() -> None:
    where, size = draws(4, 30, 1.5), 1e-5
    for k in range(3):
        up, down = ([p + s * size * (j == k) for j, p in enumerate(where)] for s in (1, -1))
        above, below = challenge(*up), challenge(*down)
        for j, (slope, bend) in enumerate(
            zip(slopes(challenge(*where)), bends(challenge(*where), *where), strict=True)
        ):
            change = (above[j] - below[j]) / (2 * size)
            assert slope[:, k] == pytest.approx(change, rel=1e-6, abs=1e-8)
            turn = (slopes(above)[j] - slopes(below)[j]) / (2 * size)
            assert bend[:, k] == pytest.approx(turn, rel=1e-5, abs=1e-7)


def test_adding_the_same_to_every_payoff_of_a_side_changes_nothing() -> None:
    u = np.random.default_rng(5).normal(size=(50, 7))
    counts = np.random.default_rng(6).integers(1, 9, size=(50, 4)).astype(float)
    p, f = np.random.default_rng(7).uniform(0.1, 0.9, size=(2, 50))
    for side in ([0, 1, 3, 5], [2, 4, 6]):
        moved = u.copy()
        moved[:, side] += 0.7
        before, after = (given_expectations(one, counts, p, f) for one in (u, moved))
        assert after.value == pytest.approx(before.value, rel=1e-12)
        assert before.slope[:, side].sum(axis=1) == pytest.approx(0.0, abs=1e-8)
        assert before.bend[:, side].sum(axis=1) == pytest.approx(0.0, abs=1e-6)


def test_the_pseudo_likelihood_bends_as_it_says() -> None:
    u = 0.7 * np.random.default_rng(8).normal(size=(40, 7))
    counts = np.random.default_rng(9).integers(0, 9, size=(40, 4)).astype(float)
    p, f = np.random.default_rng(10).uniform(0.2, 0.8, size=(2, 40))
    here, size = given_expectations(u, counts, p, f), 1e-5
    for k in range(7):
        move = size * np.eye(7)[k]
        up, down = (given_expectations(u + s * move, counts, p, f) for s in (1, -1))
        assert here.slope[:, k] == pytest.approx((up.value - down.value) / (2 * size), rel=1e-6, abs=1e-6)
        assert here.bend[:, k] == pytest.approx((up.slope - down.slope) / (2 * size), rel=1e-5, abs=1e-4)


def test_the_gap_and_the_equilibrium_move_as_they_say() -> None:
    random = np.random.default_rng(11)
    u = random.normal(size=(60, 7)) * 0.6
    found = equilibria(u)
    inner = np.abs(found.t) < 20
    u, t = u[found.game[inner]], found.t[inner]
    counts = random.integers(1, 9, size=(len(t), 4)).astype(float)
    assert len(t) > 40
    assert gap(u, t)[0] == pytest.approx(0.0, abs=1e-10)
    _, slope = in_equilibrium(u, counts, t)
    for k in range(7):
        move, size = np.eye(7)[k], 1e-5
        ends = [in_equilibrium(v, counts, settle(v, t)[0])[0] for v in (u + size * move, u - size * move)]
        assert slope[:, k] == pytest.approx((ends[0] - ends[1]) / (2 * size), rel=1e-5, abs=1e-5)
