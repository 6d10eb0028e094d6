"""Strategic choice games and the ultimatum game on the data of the R package games: its estimates, errors, predictions.

Where a log-likelihood here is higher, the package's optimiser stopped early; then estimates differ by what that costs.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
import pytest

import duress as du
from duress import Egame12, Egame122, Egame123, Ultimatum
from duress.fit.model import Model

REFERENCE = Path("/work/shared/reference/empirics")
pytestmark = pytest.mark.skipif(not REFERENCE.is_dir(), reason=f"the reference data are not there: {REFERENCE}")

DISPUTES = {"u1(L)": "1 + s_wt_re1 + revis1", "u1(RR)": "1 + regime1", "u2(RR)": "1 + balanc + regime2"}
FOUR = {"u1(LL)": "x1 + x2", "u1(LR)": "x3 + f1", "u1(RR)": "x4 + x5", "u2(LR)": "z1 + z2", "u2(RR)": "z3 + f2"}
THREE_PLAYERS = {
    "u1(L)": "x1 + x2", "u1(RRL)": "x3", "u1(RRR)": "x4 + x5", "u2(RRL)": "x6", "u2(RRR)": "x7", "u3(RRR)": "x8",
}  # fmt: skip
RESERVATION = {"R1": "x1 + x2 + x3 + x4 + w1 + w2", "R2": "z1 + z2 + z3 + z4 + w1 + w2"}


class Case(NamedTuple):
    """A fit of the reference, and how early it stopped: in log-likelihood, coefficients and, relatively, errors."""

    fit: str
    model: Model
    data: str
    utilities: dict[str, str]
    outcome: str | tuple[str, ...] | None
    early: tuple[float, float, float]


CASES = [
    Case("egame12_m1_probit", Egame12(), "war1800/disputes.csv", DISPUTES, ("esc", "war"), (1e-8, 2e-5, 5e-6)),
    Case("egame12_m2_logit", Egame12("logit"), "war1800/disputes.csv", DISPUTES, ("esc", "war"), (1e-8, 1e-4, 3e-5)),
    Case("egame12_m1_private", Egame12(uncertainty="private"), "war1800/disputes.csv", DISPUTES, ("esc", "war"),
         (2e-8, 4e-5, 3e-5)),
    Case("egame122_m1", Egame122(), "simulated/data_122.csv", FOUR, "y", (1e-5, 1e-3, 1e-4)),
    Case("egame123_m1_private_probit", Egame123(uncertainty="private"), "simulated/data_123.csv", THREE_PLAYERS,
         ("a1", "a2", "a3"), (1e-8, 2e-5, 1e-5)),
    Case("ultimatum_m1", Ultimatum(15.0), "simulated/data_ult.csv", RESERVATION, None, (1e-9, 1e-7, 1e-7)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fit)
def test_estimates_errors_and_criteria(case: Case) -> None:
    (line,) = pl.read_csv(REFERENCE / "games_fits.csv").filter(pl.col("fit") == case.fit).iter_rows(named=True)
    found = du.fit(case.model, REFERENCE / case.data, case.utilities, outcome=case.outcome)
    loglik, coefficient, error = case.early
    assert found.reached
    assert found.nobs == line["nobs"]
    assert line["logLik"] - 1e-9 < found.loglik < line["logLik"] + loglik
    assert found.aic == pytest.approx(line["AIC"], abs=2 * loglik)
    assert found.bic == pytest.approx(line["BIC"], abs=2 * loglik)
    (path,) = REFERENCE.glob(f"*/coef_{case.fit}.csv")
    table = pl.read_csv(path)
    assert found.coefficients == pytest.approx(table["Estimate"].to_numpy(), abs=coefficient)
    assert found.standard_errors == pytest.approx(table["Std. Error"].to_numpy(), rel=error)


def test_predicted_outcomes_of_the_disputes() -> None:
    found = du.fit(Egame12(), REFERENCE / "war1800/disputes.csv", DISPUTES, outcome=("esc", "war"))
    expected = pl.read_csv(REFERENCE / "war1800/pred_outcome_egame12_m1_probit.csv").to_numpy()
    assert found.predict().select("L", "RL", "RR").to_numpy() == pytest.approx(expected, abs=1e-5)


def test_rows_left_out_for_missing_values_are_counted() -> None:
    found = du.fit(Egame12(), REFERENCE / "war1800/disputes.csv", DISPUTES, outcome=("esc", "war"))
    assert found.notes[0].startswith("31 of 313 rows left out for missing values: ")
    assert np.isfinite(found.standard_errors).all()
