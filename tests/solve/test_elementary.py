"""The vector exponential and logarithm against the library's, over their whole range."""

from __future__ import annotations

import math

import numpy as np
import pytest

from duress.solve.elementary import exponential, logarithm


def test_exponential_is_right_to_the_last_places() -> None:
    for x in [*np.random.default_rng(1).uniform(-708, 709, 2000), *np.linspace(-1, 1, 501), 0.0, -708.0, 709.0]:
        assert exponential(float(x)) == pytest.approx(math.exp(x), rel=5e-16, abs=0)


def test_exponential_stays_finite_beyond_its_range() -> None:
    assert exponential(-1e9) == pytest.approx(math.exp(-708.0), rel=1e-15)
    assert exponential(1e9) == pytest.approx(math.exp(709.0), rel=1e-15)


def test_logarithm_is_right_to_the_last_places() -> None:
    numbers = [*np.random.default_rng(2).uniform(0.05, 20, 2000), *np.exp(np.linspace(-700, 700, 1001)), 1.0]
    for x in numbers:
        assert logarithm(float(x)) == pytest.approx(math.log(x), rel=1e-15, abs=2e-16)
