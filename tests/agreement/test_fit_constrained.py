"""Constrained maximum likelihood beside the same problem handed whole to an optimiser: CasADi's derivatives and IPOPT.

There the equilibrium of every game is an unknown and a constraint (Su & Judd 2012), and the equations are written down
once more: as the game says, with A's private errors integrated by quadrature. duress follows each game's equilibrium
instead, one row at a time, so that only coefficients are left to search.

References
----------
Su, C.-L. & Judd, K. (2012). Constrained optimization approaches to estimation of structural models. Econometrica 80(5).
Wächter, A. & Biegler, L. (2006). On the implementation of an interior-point filter line-search algorithm for
large-scale nonlinear programming. Mathematical Programming 106.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from benchmarks.reference_fits import FITS, MISSING, REFERENCE
from numpy.typing import NDArray
from tests.fit.simulated import UTILITIES, crises

import duress as du
from duress import CrisisSignaling, Fit

casadi: Any = pytest.importorskip("casadi", reason="CasADi, whose IPOPT is the second opinion, is not installed")

Array = NDArray[np.float64]

_NODES, _REACH = 80, 16.0
"""Nodes of the integral over A's private error, and how far it goes beyond the threshold, or beyond -8."""


def _phi(x: Any) -> Any:
    return casadi.exp(-0.5 * x * x) / np.sqrt(2.0 * np.pi)


def _Phi(x: Any) -> Any:
    return 0.5 * (1.0 + casadi.erf(x / np.sqrt(2.0)))


def _game() -> Any:
    """Return a function of utilities (S, V, C, W, WB, a, VB), log odds that B resists, and counts of sq, cd, sf, bd.

    It gives the log-likelihood of the counts, and by how much B's answer misses the expectation.
    """
    u, t, counts = casadi.SX.sym("u", 7), casadi.SX.sym("t"), casadi.SX.sym("counts", 4)
    S, V, C, W, WB, a, VB = casadi.vertsplit(u)
    resist = 1.0 / (1.0 + casadi.exp(-t))
    c = (S - (1.0 - resist) * V) / resist
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)

    def share(own: Any, other: Any) -> Any:
        """Return the probability that the option worth ``own`` on average is the better, and better than c."""
        errors = casadi.fmax(c - own, -0.5 * _REACH) + 0.5 * _REACH * (nodes + 1.0)
        parts = [
            0.5 * _REACH * w * _phi(e) * _Phi(e + own - other)
            for w, e in zip(weights, casadi.vertsplit(errors), strict=True)
        ]
        return sum(parts)

    firm, back = share(W, a), share(a, W)
    challenged = firm + back
    expected = (firm * WB + back * VB) / challenged
    answer = _Phi((expected - C) * challenged / firm)
    chances = [_Phi(c - W) * _Phi(c - a), challenged * (1.0 - resist), firm * resist, back * resist]
    loglik = sum(counts[k] * casadi.log(chances[k]) for k in range(4))
    return casadi.Function("game", [u, t, counts], [loglik, answer - resist])


def second_opinion(start: Fit) -> tuple[Array, float, Array]:
    """Return coefficients, log-likelihood and covariance of the problem that ``start`` begins to solve."""
    blocks = start.design.blocks
    counts = start.frame.select("sq", "cd", "sf", "bd").to_numpy().astype(float)
    rows, many = len(counts), sum(block.shape[1] for block in blocks)
    theta, t = casadi.MX.sym("theta", many), casadi.MX.sym("t", rows)
    utilities, place = [], 0
    for block in blocks:
        terms = block.shape[1]
        utilities.append(casadi.DM(block) @ theta[place : place + terms] if terms else casadi.MX.zeros(rows))
        place += terms
    logliks, misses = _game().map(rows)(casadi.horzcat(*utilities).T, t.T, casadi.DM(counts.T))
    unknown = casadi.vertcat(theta, t)
    problem = {"x": unknown, "f": -casadi.sum2(logliks), "g": misses.T}
    options = {"ipopt.print_level": 0, "print_time": False, "ipopt.tol": 1e-10}
    solver = casadi.nlpsol("solver", "ipopt", problem, options)
    found = solver(x0=np.concatenate([start.coefficients, start.held["log_odds"]]), lbg=0.0, ubg=0.0)
    assert solver.stats()["success"], solver.stats()["return_status"]
    multipliers = casadi.MX.sym("multipliers", rows)
    bend, _ = casadi.hessian(problem["f"] + casadi.dot(multipliers, problem["g"]), unknown)
    derivatives = casadi.Function("derivatives", [unknown, multipliers], [bend, casadi.jacobian(problem["g"], unknown)])
    bent, sloped = (matrix.full() for matrix in derivatives(found["x"], found["lam_g"]))
    # Along the constraint the log odds move with the coefficients: what is left is the observed information.
    along = np.vstack([np.eye(many), -np.linalg.solve(sloped[:, many:], sloped[:, :many])])
    x = found["x"].full().ravel()
    return x[:many], -float(found["f"]), np.linalg.inv(along.T @ bent @ along)


def check(ours: Fit, start: Fit, relative: float) -> None:
    coefficients, loglik, covariance = second_opinion(start)
    errors = np.sqrt(np.diag(covariance))
    assert ours.loglik == pytest.approx(loglik, abs=1e-7)
    assert (abs(ours.coefficients - coefficients) / errors).max() < relative
    assert ours.standard_errors == pytest.approx(errors, rel=relative)


def test_simulated_crises() -> None:
    """Where B hardly ever resists, Φ as CasADi has it is 0, and a logarithm is lost: such games are left out."""
    data = crises(rows=200).filter(pl.col("resist").is_between(0.3, 0.98))
    check(du.fit(CrisisSignaling("cmle"), data, UTILITIES), du.fit(CrisisSignaling("npl"), data, UTILITIES), 1e-6)


@pytest.mark.slow
@pytest.mark.skipif(not REFERENCE.is_dir(), reason=MISSING)
def test_sanctions() -> None:
    fits = {name: du.fit(FITS[name].model, FITS[name].data, FITS[name].utilities) for name in ("cmle", "npl")}
    check(fits["cmle"], fits["npl"], 3e-4)
