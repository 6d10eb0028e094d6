"""Estimates of what was simulated: intervals cover the truth as often as they say, with several equilibria too."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from tests.fit.simulated import TRUE, UTILITIES, crises
from tests.fit.test_choice_games import FORMULAS, drawn

import duress as du
from duress import CrisisSignaling, Egame12, Egame123
from duress.fit.equilibria import equilibria
from duress.fit.expectations import first_stage, flexible

Array = NDArray[np.float64]

pytestmark = pytest.mark.slow


def away(fitted: du.Fit, errors: Array, truth: dict[str, float]) -> Array:
    """Return how far estimates are from the truth, in the errors given."""
    return np.array([(fitted[name] - truth[name]) / se for name, se in zip(fitted.names, errors, strict=True)])


def covered(fits: list[du.Fit], truth: dict[str, float]) -> tuple[float, Array]:
    """Return how often 95 % intervals hold the truth, and mean z values by parameter with their own spread."""
    z = np.array([away(f, f.standard_errors, truth) for f in fits])
    return float((np.abs(z) < 1.96).mean()), z.mean(axis=0) * np.sqrt(len(fits))


@pytest.mark.parametrize(
    ("method", "errors", "samples"),
    [("pl", "robust", 40), ("npl", "model", 40), ("cmle", "model", 20)],
)
def test_crisis_signaling(method: Any, errors: Any, samples: int) -> None:
    model = CrisisSignaling(method)
    fits = [du.fit(model, crises(200, 1000 + k), UTILITIES, errors=errors) for k in range(samples)]
    assert all(f.reached for f in fits)
    share, _ = covered(fits, TRUE)
    assert share == pytest.approx(0.95, abs=0.04)


def test_expectations_of_other_data_carry_their_covariance() -> None:
    """With it intervals cover the truth as they should; taken as known, less often."""
    with_it, without = [], []
    for k in range(40):
        data, other = crises(200, 3000 + k), crises(200, 3000 + k, draw=1)
        x = flexible(du.fit(CrisisSignaling("pl"), other, UTILITIES).design)
        seen = other.select("sq", "cd", "sf", "bd").to_numpy().astype(float)
        stages = [first_stage(x, seen[:, 2] + seen[:, 3], seen[:, 1]), first_stage(x, seen[:, 2], seen[:, 3])]
        rows = data.with_columns(resist=pl.Series(stages[0].chance), firm=pl.Series(stages[1].chance))
        factor = np.concatenate([stage.moves @ stage.influence.T for stage in stages])
        for vcov, fits in ((factor @ factor.T, with_it), (None, without)):
            model = CrisisSignaling("pl", ("resist", "firm"), expectations_vcov=vcov)
            fits.append(du.fit(model, rows, UTILITIES))
    share, _ = covered(with_it, TRUE)
    assert share == pytest.approx(0.95, abs=0.04)
    assert share > covered(without, TRUE)[0] + 0.02


@pytest.mark.parametrize("game", [Egame12("logit"), Egame123(uncertainty="private")], ids=lambda g: g.method_said)
def test_choice_games(game: Any) -> None:
    fits, truth = [], {}
    for k in range(60):
        data, truth = drawn(game, 800, 2000 + 2 * k)
        fits.append(du.fit(game, data, FORMULAS[game.name], outcome="y"))
    share, off = covered(fits, truth)
    assert share == pytest.approx(0.95, abs=0.025)
    assert np.abs(off).max() < 5.0


def test_rows_that_play_one_of_several_equilibria() -> None:
    """The likelihood finds which rows are in which; with the rule they follow it finds the same."""
    names = ("S_A:x", "V_A:1", "C_B:z", "W_A:1", "W_B:1", "a:1", "V_B:1")
    truth: dict[str, float] = dict(zip(names, (0.1, 1.0, 0.1, -1.9, -2.9, -1.2, 1.0), strict=True))
    random, one = np.random.default_rng(0), np.ones(120)
    x, z = random.normal(size=(2, 120))
    u = np.stack([0.1 * x, one, 0.1 * z, -1.9 * one, -2.9 * one, -1.2 * one, one], axis=1)
    found = equilibria(u)
    assert (found.counts(120) == 3).sum() > 12
    lowest = found.t[np.searchsorted(found.game, np.arange(120))]
    chances = CrisisSignaling().chances(u, {"log_odds": lowest})
    counts = np.array([random.multinomial(100, p / p.sum()) for p in chances])
    data = pl.DataFrame({"x": x, "z": z, **dict(zip(("sq", "cd", "sf", "bd"), counts.T, strict=True))})
    formulas = {"S_A": "0 + x", "C_B": "0 + z", **dict.fromkeys(("V_A", "W_A", "W_B", "a", "V_B"), "1")}
    fitted = du.fit(CrisisSignaling("cmle"), data, formulas)
    assert fitted.reached
    assert fitted.several > 12
    assert np.abs(away(fitted, fitted.standard_errors, truth)).max() < 3.5
    assert np.mean(np.abs(fitted.held["log_odds"] - lowest) < 0.5) > 0.9
    ruled = du.fit(CrisisSignaling("ml", selection="lowest"), data, formulas)
    assert fitted.loglik - 5.0 < ruled.loglik <= fitted.loglik + 1e-6
    assert np.abs(away(ruled, fitted.standard_errors, truth)).max() < 5.0
    assert ruled.reached or any("the best estimates found beside a jump" in note for note in ruled.notes)
