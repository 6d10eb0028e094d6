"""Data drawn from the crisis-signaling game at known coefficients."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit

from duress.fit.equilibria import equilibria
from duress.fit.signaling import CrisisSignaling

UTILITIES = {"S_A": "0 + x", "V_A": "1", "C_B": "0 + z", "W_A": "1", "W_B": "1 + z", "a": "1 + w"}
TRUE = {
    "S_A:x": 0.3, "V_A:1": 1.5, "C_B:z": 0.5, "W_A:1": -0.6, "W_B:1": 0.3, "W_B:z": -0.4, "a:1": -1.2, "a:w": 0.5,
}  # fmt: skip


def utilities_of(x: NDArray[np.float64], z: NDArray[np.float64], w: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the seven utilities of rows with regressors x, z and w at `TRUE`."""
    one = np.ones_like(x)
    return np.stack([0.3 * x, 1.5 * one, 0.5 * z, -0.6 * one, 0.3 - 0.4 * z, -1.2 + 0.5 * w, 0.0 * one], axis=1)


def crises(rows: int = 400, seed: int = 0, times: int = 20, draw: int = 0) -> pl.DataFrame:
    """Draw ``times`` outcomes of each of ``rows`` games; regressors, counts and true expectations are columns.

    Another ``draw`` has other outcomes of the same games.
    """
    random = np.random.default_rng(seed)
    x, z, w = random.normal(size=(3, rows))
    u = utilities_of(x, z, w)
    found = equilibria(u)
    first = np.searchsorted(found.game, np.arange(rows))
    chances = CrisisSignaling().chances(u, {"log_odds": found.t[first]})
    random = np.random.default_rng([seed, draw]) if draw else random
    counts = np.array([random.multinomial(times, p / p.sum()) for p in chances])
    named = dict(zip(("sq", "cd", "sf", "bd"), counts.T, strict=True))
    firm = chances[:, 2] / (chances[:, 2] + chances[:, 3])
    expected = {"resist": expit(found.t[first]), "firm": firm}
    return pl.DataFrame({"x": x, "z": z, "w": w, "group": np.arange(rows) // 4, **named, **expected})
