"""Strategic choice games and the ultimatum game on the data of the R package games: its estimates, errors, predictions.

Where a log-likelihood here is higher, the package's optimiser stopped early; then estimates differ by what that costs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
import pytest
from benchmarks.reference_fits import FITS, MISSING, REFERENCE

import duress as du

pytestmark = pytest.mark.skipif(not REFERENCE.is_dir(), reason=MISSING)


class Early(NamedTuple):
    """How early the reference stopped: in log-likelihood, coefficients and, relatively, errors."""

    loglik: float
    coefficient: float
    error: float


EARLY = {
    "egame12_m1_probit": Early(1e-8, 2e-5, 5e-6),
    "egame12_m2_logit": Early(1e-8, 1e-4, 3e-5),
    "egame12_m1_private": Early(2e-8, 4e-5, 3e-5),
    "egame122_m1": Early(1e-5, 1e-3, 1e-4),
    "egame123_m1_private_probit": Early(1e-8, 2e-5, 1e-5),
    "ultimatum_m1": Early(1e-9, 1e-7, 1e-7),
}


def fitted(name: str) -> du.Fit:
    model, data, utilities, outcome = FITS[name]
    return du.fit(model, data, utilities, outcome=outcome)


@pytest.mark.parametrize("name", EARLY)
def test_estimates_errors_and_criteria(name: str) -> None:
    (line,) = pl.read_csv(REFERENCE / "games_fits.csv").filter(pl.col("fit") == name).iter_rows(named=True)
    found = fitted(name)
    loglik, coefficient, error = EARLY[name]
    assert found.reached
    assert found.nobs == line["nobs"]
    assert line["logLik"] - 1e-9 < found.loglik < line["logLik"] + loglik
    assert found.aic == pytest.approx(line["AIC"], abs=2 * loglik)
    assert found.bic == pytest.approx(line["BIC"], abs=2 * loglik)
    (path,) = REFERENCE.glob(f"*/coef_{name}.csv")
    table = pl.read_csv(path)
    assert found.coefficients == pytest.approx(table["Estimate"].to_numpy(), abs=coefficient)
    assert found.standard_errors == pytest.approx(table["Std. Error"].to_numpy(), rel=error)


def test_predicted_outcomes_of_the_disputes() -> None:
    found = fitted("egame12_m1_probit")
    expected = pl.read_csv(REFERENCE / "war1800/pred_outcome_egame12_m1_probit.csv").to_numpy()
    assert found.predict().select("L", "RL", "RR").to_numpy() == pytest.approx(expected, abs=1e-5)


def test_rows_left_out_for_missing_values_are_counted() -> None:
    found = fitted("egame12_m1_probit")
    assert found.notes[0].startswith("31 of 313 rows left out for missing values: ")
    assert np.isfinite(found.standard_errors).all()
