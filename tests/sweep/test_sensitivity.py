"""Sobol indices against a closed form, and against SciPy's own function."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import sobol_indices

from duress.sweep.design import saltelli
from duress.sweep.sensitivity import estimate, indices_of

A, B = 7.0, 0.1


def ishigami(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    x = np.pi * (2 * shares - 1)
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def sampled(base: int, seed: int = 0) -> NDArray[np.float64]:
    return ishigami(saltelli(base, 3, seed)).reshape(base, 5)


def closed_form() -> NDArray[np.float64]:
    """Return first-order and total indices of Ishigami's function (Saltelli et al. 2008, section 4.6)."""
    first = np.array([0.5 * (1 + B * np.pi**4 / 5) ** 2, A**2 / 8, 0.0])
    joint = B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    variance = first.sum() + joint
    return np.stack([first, first + np.array([joint, 0.0, joint])]) / variance


def test_indices_of_ishigami() -> None:
    assert estimate(sampled(2**14) - sampled(2**14).mean()) == pytest.approx(closed_form(), abs=0.01)


def test_the_intervals_hold_the_closed_form() -> None:
    right = closed_form()
    held = []
    for seed in range(20):
        found = indices_of("f", ("a", "b", "c"), ("a", "b", "c"), sampled(128, seed), seed)
        for n, index in enumerate(found):
            held += [index.first_interval[0] <= right[0, n] <= index.first_interval[1]]
            held += [index.total_interval[0] <= right[1, n] <= index.total_interval[1]]
            assert index.total_interval[0] < index.total < index.total_interval[1]
    assert np.mean(held) >= 0.85


def test_indices_are_those_of_scipy() -> None:
    values = sampled(64)
    func = {"f_A": values[None, :, 0], "f_B": values[None, :, 1], "f_AB": values[:, 2:].T[:, None, :]}
    theirs = sobol_indices(func=func, n=64)
    ours = indices_of("f", ("a", "b", "c"), ("a", "b", "c"), values, 0)
    assert [index.first for index in ours] == pytest.approx(theirs.first_order)
    assert [index.total for index in ours] == pytest.approx(theirs.total_order)


def test_what_does_not_vary_has_no_index_and_few_rows_give_none() -> None:
    flat = indices_of("f", ("a",), ("a",), np.full((8, 3), 2.5), 0)
    assert [(index.first, index.total, index.first_interval) for index in flat] == [(0.0, 0.0, (0.0, 0.0))]
    assert indices_of("f", ("a",), ("a",), np.ones((3, 3)), 0) == []


def test_the_same_seed_gives_the_same_intervals() -> None:
    one, two, other = (indices_of("f", tuple("abc"), tuple("abc"), sampled(32), seed) for seed in (1, 1, 2))
    assert one == two
    assert one != other
