"""What the likelihood cannot tell is found, whatever the units, and said in a sentence that names the parameters."""

from __future__ import annotations

import numpy as np
import pytest

from duress.fit.design import Design
from duress.fit.information import FlatError, WildError, check_curved, inverse_information, told_apart, wildest

DESIGN = Design(("W_A", "V_A"), (("1", "word"), ("1",)), (np.array([[1.0, 0.0], [1.0, 4.0]]), np.ones((2, 1))))


def test_a_likelihood_without_finite_curvature_names_the_parameter_that_is_worth_most_in_a_row() -> None:
    with pytest.raises(WildError) as raised:
        inverse_information(np.diag([np.nan, 1.0, 1.0]), np.array([3.0, 2.0, 1.0]))
    assert "no finite curvature where W_A:word is worth as much as 8 in a row" in wildest(DESIGN, raised.value.at)


def test_a_flat_direction_names_the_parameters_it_moves() -> None:
    along = np.array([1.0, 0.0, -1.0]) / np.sqrt(2.0)
    flat = np.eye(3) - np.outer(along, along)
    for check in (inverse_information, check_curved):
        with pytest.raises(FlatError) as raised:
            check(flat, np.zeros(3))
        assert told_apart(DESIGN, raised.value.directions).startswith(
            "the data do not tell these parameters apart: W_A:1, V_A:1;"
        )


def test_orthogonal_terms_are_the_same_utilities() -> None:
    random = np.random.default_rng(0)
    blocks = (random.normal(size=(30, 3)) * [1.0, 1e9, 1e-9] + [0.0, 1e12, 0.0], np.zeros((30, 0)))
    design = Design(("W_A", "V_A"), (("x", "big", "small"), ()), blocks)
    inner, turn = design.orthogonal()
    assert inner.blocks[0].T @ inner.blocks[0] / 30 == pytest.approx(np.eye(3), abs=1e-12)
    at = np.array([0.5, 2e-9, 3e8])
    assert inner.at(turn @ at) == pytest.approx(design.at(at), rel=1e-9)
