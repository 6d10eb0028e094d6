"""How well a game foretells rows it has not seen."""

from __future__ import annotations

import numpy as np
import pytest
from tests.fit.simulated import UTILITIES, crises

import duress as du
from duress.errors import InputError
from duress.fit.validity import folds_of, score


def test_a_row_is_foretold_by_fits_to_other_folds_alone() -> None:
    data = crises(60, 8)
    found = du.cross_validate("crisis-signaling", data, UTILITIES, folds=4, seed=3)
    assert sorted(np.bincount(found.fold)) == [15, 15, 15, 15]
    assert found.chances.sum(axis=1) == pytest.approx(1.0)
    out = found.fold == 2
    fitted = du.fit("crisis-signaling", data.filter(~out), UTILITIES)
    expected = fitted.predict(data.filter(out)).select("sq", "cd", "sf", "bd").to_numpy()
    assert found.chances[out] == pytest.approx(expected, abs=1e-9)


def test_the_game_that_was_played_foretells_better_than_shares() -> None:
    data = crises(200, 9)
    found = du.cross_validate("crisis-signaling", data, UTILITIES, folds=5)
    shares = np.broadcast_to(found.observed.sum(axis=0) / found.observed.sum(), found.observed.shape)
    assert found.score > score(shares, found.observed) + 0.01
    assert score(found.observed / found.observed.sum(axis=1, keepdims=True), found.observed) > found.score


def test_groups_stay_together() -> None:
    groups = np.repeat(np.arange(15.0), 4)
    fold = folds_of(60, 5, groups=groups)
    assert all(len(set(fold[groups == g])) == 1 for g in range(15))
    assert len(set(fold)) == 5
    found = du.cross_validate("crisis-signaling", crises(60, 8), UTILITIES, folds=3, cluster="group")
    assert all(len(set(found.fold[groups == g])) == 1 for g in range(15))


def test_folds_there_cannot_be_are_refused() -> None:
    for folds in (1, 61):
        with pytest.raises(InputError, match=f"folds: must be at least 2 and at most 60, .*; found {folds}"):
            folds_of(60, folds)
