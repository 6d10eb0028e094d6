"""Estimators of the crisis-signaling game on data drawn from it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.special import xlogy
from tests.fit.simulated import TRUE, UTILITIES, crises

import duress as du
from duress import CrisisSignaling, Fit
from duress.errors import InputError

GIVEN = ("resist", "firm")


@pytest.fixture(scope="module")
def data() -> pl.DataFrame:
    return crises()


def away(fitted: Fit) -> float:
    """Return how far estimates are from the truth, in standard errors, at most."""
    assert set(fitted.names) == set(TRUE)
    return max(
        abs(fitted[name] - TRUE[name]) / se for name, se in zip(fitted.names, fitted.standard_errors, strict=True)
    )


@pytest.mark.parametrize(
    "model",
    [
        CrisisSignaling("pl", GIVEN), CrisisSignaling("pl"), CrisisSignaling("npl"), CrisisSignaling("cmle"),
        CrisisSignaling("ml", selection="lowest"),
    ],
)  # fmt: skip
def test_what_was_simulated_is_estimated(model: CrisisSignaling, data: pl.DataFrame) -> None:
    fitted = du.fit(model, data, UTILITIES)
    assert fitted.reached
    assert away(fitted) < 3.5
    assert (fitted.standard_errors < 0.8).all()


def test_expectations_settle_where_they_are_in_equilibrium(data: pl.DataFrame) -> None:
    fitted = du.fit(CrisisSignaling("npl"), data, UTILITIES)
    resist = 1 / (1 + np.exp(-fitted.held["log_odds"]))
    assert fitted.predict()["resist"].to_numpy() == pytest.approx(resist, abs=1e-7)


def test_no_other_method_has_a_higher_likelihood_in_equilibrium(data: pl.DataFrame) -> None:
    best = du.fit(CrisisSignaling("cmle"), data, UTILITIES)
    nested = du.fit(CrisisSignaling("npl"), data, UTILITIES)
    assert nested.loglik < best.loglik + 1e-8
    assert best.loglik == pytest.approx(best.loglik_rows.sum(), rel=1e-12)


def test_the_errors_of_the_model_are_those_of_its_curvature(data: pl.DataFrame) -> None:
    fitted = du.fit(CrisisSignaling("cmle"), data, UTILITIES)
    observed = data.select("sq", "cd", "sf", "bd").to_numpy()

    def loglik(coefficients: Any) -> float:
        chances = fitted.model.chances(fitted.design.at(coefficients), fitted.held)
        return float(xlogy(observed, chances).sum())

    assert loglik(fitted.coefficients) == pytest.approx(fitted.loglik, rel=1e-10)
    size, many = 1e-3, len(fitted.names)
    corners = [
        [
            sum(
                s * q * loglik(fitted.coefficients + size * (s * np.eye(many)[i] + q * np.eye(many)[j]))
                for s in (1, -1)
                for q in (1, -1)
            )
            for j in range(many)
        ]
        for i in range(many)
    ]
    information = -np.array(corners) / (4 * size**2)
    assert np.sqrt(np.diag(np.linalg.inv(information))) == pytest.approx(fitted.standard_errors, rel=1e-3)


def test_given_expectations_are_said_to_be_taken_as_known(data: pl.DataFrame) -> None:
    assert "taken as known" in " ".join(du.fit(CrisisSignaling("pl", GIVEN), data, UTILITIES).notes)
    assert not du.fit(CrisisSignaling("pl"), data, UTILITIES).notes


def test_the_covariance_of_given_expectations_is_carried_on(data: pl.DataFrame) -> None:
    """Of rank one it is that of two values of them, between which estimates move as refitting says."""
    p = data.select("resist", "firm").to_numpy().T
    away = 1e-4 * p * (1.0 - p) * np.random.default_rng(0).normal(size=(2, data.height))
    moved = data.with_columns(resist=pl.col("resist") + pl.Series(away[0]), firm=pl.col("firm") + pl.Series(away[1]))
    known, other = (du.fit(CrisisSignaling("pl", GIVEN), frame, UTILITIES) for frame in (data, moved))
    vcov = np.outer(away.ravel(), away.ravel())
    fitted = du.fit(CrisisSignaling("pl", GIVEN, expectations_vcov=vcov), data, UTILITIES)
    change = other.coefficients - known.coefficients
    least = 1e-3 * float(change @ change)
    assert fitted.vcov - known.vcov == pytest.approx(np.outer(change, change), rel=1e-2, abs=least)
    assert not fitted.notes


def test_a_covariance_of_expectations_that_is_none_is_refused(data: pl.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expectations_vcov: goes with method pl and columns of expectations"):
        CrisisSignaling("npl", GIVEN, expectations_vcov=np.eye(800))
    with pytest.raises(InputError, match=r"must be finite, symmetric and 800 by 800: .*; found 400 by 400"):
        du.fit(CrisisSignaling("pl", GIVEN, expectations_vcov=np.eye(400)), data, UTILITIES)
    fitted = du.fit(CrisisSignaling("pl", GIVEN, expectations_vcov=np.eye(800) * 1e-6), data, UTILITIES)
    fitted.save(tmp_path / "fit.json")
    back = du.load_fit(tmp_path / "fit.json")
    assert back.model == fitted.model
    assert (back.vcov == fitted.vcov).all()


def test_the_first_stage_adds_to_the_errors_of_two_steps(data: pl.DataFrame) -> None:
    fitted = du.fit(CrisisSignaling("pl"), data, UTILITIES)
    chances = fitted.predict()
    known = data.with_columns(chances["resist"].alias("resist"), chances["stand firm"].alias("firm"))
    without = du.fit(CrisisSignaling("pl", GIVEN), known, UTILITIES)
    assert fitted.standard_errors.sum() > 1.05 * without.standard_errors.sum()


def test_clusters_count_as_one_each(data: pl.DataFrame) -> None:
    twice = pl.concat([data, data]).with_columns(pl.Series("twin", [*range(data.height), *range(data.height)]))
    once = du.fit(CrisisSignaling("npl"), data, UTILITIES, errors="robust")
    paired = du.fit(CrisisSignaling("npl"), twice, UTILITIES, cluster="twin")
    assert paired.coefficients == pytest.approx(once.coefficients, abs=1e-5)
    many = data.height
    assert paired.standard_errors == pytest.approx(once.standard_errors * np.sqrt(many / (many - 1)), rel=1e-3)
    assert "400 groups by twin" in paired.errors


def test_several_equilibria_are_said_and_shown() -> None:
    fitted = du.fit(CrisisSignaling("npl"), crises(120, 3), {**UTILITIES, "V_B": "1"})
    assert fitted.several == 0
    three = {"V_A:1": 1.0, "W_A:1": -1.9, "W_B:1": -2.8, "a:1": -1.2, "V_B:1": 1.0}
    there = dataclasses.replace(fitted, coefficients=np.array([three.get(name, 0.0) for name in fitted.names]))
    assert there.several == 120
    assert "120 of 120 rows have several equilibria at the estimates: see predict()." in there.summary()
    assert there.predict().filter(pl.col("row") == 1)["equilibrium"].to_list() == [1, 2, 3]


@pytest.mark.parametrize("method", ["pl", "npl"])
def test_more_constants_than_outcomes_are_not_told_apart(method: Any) -> None:
    with pytest.raises(InputError, match=r"the data do not tell these parameters apart: .*V_A:1"):
        du.fit(CrisisSignaling(method), crises(60, 3), dict.fromkeys(("V_A", "C_B", "W_A", "W_B", "a"), "1"))


def test_a_method_or_selection_there_is_not_is_refused() -> None:
    with pytest.raises(InputError, match="method: must be pl, npl, cmle or ml; found 'gmm'"):
        CrisisSignaling("gmm")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="selection: must be likeliest, lowest or highest"):
        CrisisSignaling("ml", selection="middle")  # type: ignore[arg-type]


def test_expectations_that_are_no_probabilities_are_refused(data: pl.DataFrame) -> None:
    wrong = data.with_columns(pl.lit(1.0).alias("firm"))
    with pytest.raises(
        InputError, match="column 'firm' must hold probabilities between 0 and 1, neither included; found 1"
    ):
        du.fit(CrisisSignaling("pl", GIVEN), wrong, UTILITIES)
