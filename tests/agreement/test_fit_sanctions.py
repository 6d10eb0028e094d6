"""The crisis-signaling game on the sanctions data: estimates, errors and equilibria of the R package and its archive.

The reference's nested errors are those of Aguirregabiria & Mira's formula with the Jacobian of the best responses
transposed; its constrained errors leave the curvature of the constraint out. Both are worked out here, and agree; what
duress reports is the formula as it should be.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from benchmarks.reference_fits import FITS, MISSING
from benchmarks.reference_fits import REFERENCE as EMPIRICS
from numpy.typing import NDArray
from scipy.special import expit

import duress as du
from duress import Fit
from duress.fit.equilibria import equilibria
from duress.fit.pseudo import answer, gap, given_expectations, log_chances
from duress.fit.signaling_game import challenge, threshold

Array = NDArray[np.float64]

REFERENCE = EMPIRICS / "sanctions"
pytestmark = pytest.mark.skipif(not REFERENCE.is_dir(), reason=MISSING)

OURS = {"SA": "S_A", "VA": "V_A", "CB": "C_B", "barWA": "W_A", "barWB": "W_B", "bara": "a"}


def column(name: str, field: str) -> dict[str, float]:
    """Return a column of a reference table by our names."""
    table = pl.read_csv(REFERENCE / name, null_values=["NA"])
    if "param" in table.columns:
        pairs = [row.split(":", 1) for row in table["param"]]
    else:
        pairs = list(zip(table["payoff"], table["term"], strict=True))
    names = [f"{OURS[payoff]}:{term.replace('(Intercept)', '1')}" for payoff, term in pairs]
    return dict(zip(names, table[field], strict=True))


def fitted(method: str) -> Fit:
    model, data, utilities, _ = FITS[method]
    return du.fit(model, data, utilities)


@pytest.fixture(scope="module")
def nested() -> Fit:
    return fitted("npl")


@pytest.fixture(scope="module")
def constrained() -> Fit:
    return fitted("cmle")


def by_name(fit: Fit, values: Any) -> dict[str, float]:
    return dict(zip(fit.names, values, strict=True))


def test_pseudo_likelihood() -> None:
    found = fitted("pl")
    assert found.loglik == pytest.approx(-3963.955756, abs=1e-6)
    assert by_name(found, found.coefficients) == pytest.approx(column("pl_estimates.csv", "Estimate"), abs=1e-6)


def test_predictions_at_the_pseudo_likelihood_estimates() -> None:
    """The reference's roots are good to about 1e-6; ours solve the equations to 1e-12."""
    expected = pl.read_csv(REFERENCE / "pl_predicted_rows1to5.csv").select("SQ", "CD", "SF", "BD").to_numpy()
    fit = fitted("pl")
    found = fit.predict()[:5]
    assert found["equilibria"].to_list() == [1] * 5
    assert found.select("sq", "cd", "sf", "bd").to_numpy() == pytest.approx(expected, abs=2e-6)
    resist = found["resist"].to_numpy()
    assert gap(fit.design.at(fit.coefficients)[:5], np.log(resist / (1 - resist)))[0] == pytest.approx(0.0, abs=1e-12)


def test_nested_pseudo_likelihood(nested: Fit) -> None:
    # The reference stops at a change of 1e-7 in the expectations, some 5e-7 from where they settle.
    assert nested.loglik == pytest.approx(-3932.447378, abs=2e-6)
    assert by_name(nested, nested.coefficients) == pytest.approx(column("npl_estimates.csv", "Estimate"), abs=2e-6)


def test_constrained_maximum_likelihood(constrained: Fit) -> None:
    """The archive's optimiser stopped a hair early: at its estimates the log-likelihood is 3e-8 lower than at ours."""
    assert constrained.loglik == pytest.approx(-3927.909511, abs=1e-6)
    archive = column("cmle_estimates.csv", "CMLE")
    assert by_name(constrained, constrained.coefficients) == pytest.approx(archive, abs=3e-4)
    at = np.array([archive[name] for name in constrained.names])
    chances = constrained.model.chances(constrained.design.at(at), constrained.held)
    observed = constrained.frame.select("sq", "cd", "sf", "bd").to_numpy()
    theirs = float((observed * np.log(chances)).sum())
    assert theirs == pytest.approx(-3927.909511304, abs=1e-8)
    assert constrained.loglik == pytest.approx(-3927.909511276, abs=1e-8)


def test_the_equilibrium_is_the_only_one_at_any_of_the_estimates(nested: Fit, constrained: Fit) -> None:
    assert nested.several == 0
    assert constrained.several == 0


def test_three_equilibria() -> None:
    table = pl.read_csv(REFERENCE / "three_equilibria_example.csv")
    values = table["barWB"].unique(maintain_order=True).to_list()
    found = equilibria(np.array([(0, 1, 0, -1.9, W_B, -1.2, 1) for W_B in values], dtype=float))
    assert (found.game + 1).tolist() == table["Row"].to_list()
    assert expit(found.t) == pytest.approx(table["pr"].to_numpy(), abs=1e-13)


class _Parts:
    """What Aguirregabiria & Mira's formula is made of, at nested estimates."""

    def __init__(self, fit: Fit) -> None:
        u = fit.design.at(fit.coefficients)
        counts = fit.frame.select("sq", "cd", "sf", "bd").to_numpy().astype(float)
        resist = expit(fit.held["log_odds"])
        firm = expit(-answer(u, resist)[0])
        n, many, size = len(u), len(fit.names), 1e-6

        def responses(u: Array, resist: Array, firm: Array) -> Array:
            rho = (1 - firm) / firm
            z = u[:, 4] + rho * u[:, 6] - (1 + rho) * u[:, 2]
            return np.concatenate([0.5 * (1 + _erf(z)), expit(-answer(u, resist)[0])])

        def value(resist: Array, firm: Array) -> Array:
            return given_expectations(u, counts, resist, firm).value

        scores = fit.design.scores(given_expectations(u, counts, resist, firm).slope)
        by_resist = (value(resist + size, firm) - value(resist - size, firm)) / (2 * size)
        by_firm = (value(resist, firm + size) - value(resist, firm - size)) / (2 * size)
        self.outer = scores.T @ scores
        self.cross = scores.T @ np.hstack([np.diag(by_resist), np.diag(by_firm)])
        self.responses = np.zeros((2 * n, 2 * n))
        r = (responses(u, resist + size, firm) - responses(u, resist - size, firm)) / (2 * size)
        f = (responses(u, resist, firm + size) - responses(u, resist, firm - size)) / (2 * size)
        self.responses[n:, :n], self.responses[:n, n:] = np.diag(r[n:]), np.diag(f[:n])
        self.by_parameters = np.empty((2 * n, many))
        for k in range(many):
            ends = [fit.design.at(fit.coefficients + s * size * np.eye(many)[k]) for s in (1, -1)]
            self.by_parameters[:, k] = (responses(ends[0], resist, firm) - responses(ends[1], resist, firm)) / (
                2 * size
            )

    def errors(self, transposed: bool) -> Array:
        jacobian = self.responses.T if transposed else self.responses
        solved = np.linalg.solve(np.eye(len(jacobian)) - jacobian, self.by_parameters)
        inverse = np.linalg.inv(self.outer + self.cross @ solved)
        return np.sqrt(np.diag(inverse @ self.outer @ inverse.T))


def _erf(z: Array) -> Array:
    from scipy.special import erf

    return erf(z / np.sqrt(2))


def test_the_nested_errors_of_the_reference_transpose_a_jacobian(nested: Fit) -> None:
    reference = column("npl_estimates.csv", "Std. Error")
    parts = _Parts(nested)
    assert by_name(nested, parts.errors(transposed=True)) == pytest.approx(reference, abs=2e-5)
    right = parts.errors(transposed=False)
    assert max(abs(right / np.array([reference[name] for name in nested.names]) - 1)) > 0.5


def test_the_constrained_errors_of_the_reference_leave_out_how_the_constraint_bends(constrained: Fit) -> None:
    """Theirs are Silvey's with second derivatives of the likelihood alone, by the parameters and the log odds of p."""
    u, t = constrained.design.at(constrained.coefficients), constrained.held["log_odds"]
    counts = constrained.frame.select("sq", "cd", "sf", "bd").to_numpy().astype(float)
    size = 1e-4

    def loglik(moves: Array) -> Array:
        v, s = u + moves[:7], t + moves[7]
        at = challenge(threshold(v[:, 0], v[:, 1], expit(s)), v[:, 3], v[:, 5])
        return (counts * log_chances(at, s)).sum(axis=1)

    bend, one = np.empty((len(u), 8, 8)), size * np.eye(8)
    for i in range(8):
        for j in range(8):
            corners = [s * q * loglik(s * one[i] + q * one[j]) for s in (1, -1) for q in (1, -1)]
            bend[:, i, j] = sum(corners, np.zeros(len(u))) / (4 * size**2)
    _, by_t, by_u, _ = gap(u, t)
    along = np.concatenate([np.tile(np.eye(7), (len(u), 1, 1)), (-by_u / by_t[:, None])[:, None, :]], axis=1)
    information = -constrained.design.curvature(np.swapaxes(along, 1, 2) @ bend @ along)
    found = by_name(constrained, np.sqrt(np.diag(np.linalg.inv(information))))
    reference = column("cmle_standard_errors.csv", "same_formula_with_correct_gradient")
    assert found == pytest.approx(reference, rel=1e-3)
