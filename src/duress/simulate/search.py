"""The search for the numbers of a scenario at which records are likeliest, with as few games solved as will do.

A game takes seconds, so every one that was solved is remembered and used again: the search for the greatest likelihood
is Powell's by quadratic models (COBYQA), and each point of a profile is begun from the one beside it and bettered by
the top of a quadratic that is fitted to all that is known round about.

References
----------
Ragonneau, T. & Zhang, Z. (2025). COBYQA: a derivative-free optimizer for general nonlinear optimization. Package of
SciPy, ``scipy.optimize.minimize(method="COBYQA")``.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from ..errors import InputError
from ..scenario.schema import Scenario
from ..solve.aqre import AQRE, induct
from ..solve.solution import Solution
from .replay import log_likelihood
from .rows import Placed

BOTH = "precision"
"""Path of the precision of both parties, fitted as one number."""

_LOG_RANGE = 10.0
_WORST = -1e9
"""Log-likelihood of numbers at which the game cannot be solved."""

_FIRST_STEP, _LAST_STEP = 0.2, 0.01
"""Steps of the search, in shares of a range."""

_ROUND_ABOUT = 0.35
"""Distance in shares of a range beyond which what is known counts for little, and furthest step of a profile."""

_RIDGE = 1e-8
_GAIN = 0.02
"""Log-likelihood gained at a point of a profile below which it is left."""


@dataclass(frozen=True)
class Scale:
    """A number's range, with values on it counted from 0 to 1."""

    path: str
    low: float
    high: float

    @property
    def logarithmic(self) -> bool:
        """Whether equal shares are equal factors."""
        return self.low > 0.0 and self.high / self.low >= _LOG_RANGE

    def at(self, share: float) -> float:
        """Return the value at a share of the range."""
        share = min(max(share, 0.0), 1.0)
        if self.logarithmic:
            return float(f"{self.low * (self.high / self.low) ** share:.9g}")
        return float(f"{self.low + share * (self.high - self.low):.9g}")

    def share(self, value: float) -> float:
        """Return the share of the range at which a value is, 0 or 1 if it is beyond."""
        if self.logarithmic:
            inside = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        else:
            inside = (value - self.low) / (self.high - self.low)
        return min(max(inside, 0.0), 1.0)


class Search:
    """Log-likelihoods by point of the unit cube; what was worked out once is remembered."""

    def __init__(
        self,
        near: Solution,
        method: AQRE,
        scenario: Scenario,
        scales: list[Scale],
        records: Sequence[Sequence[Placed]],
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.near, self.method, self.scenario, self.scales, self.records = near, method, scenario, scales, records
        self.progress, self.most = progress, 1
        self.known: dict[tuple[float, ...], float] = {}
        self.points: list[NDArray[np.float64]] = []
        self.moves = 0
        self.best = np.zeros(len(scales))
        self._greatest = -math.inf

    def at(self, point: NDArray[np.float64]) -> float:
        """Return the log-likelihood of all records at a point."""
        values = tuple(scale.at(float(share)) for scale, share in zip(self.scales, point, strict=True))
        if values not in self.known:
            self.known[values] = found = self._worked_out(values)
            self.points.append(np.array(point, float))
            if self.progress:
                self.progress(min(len(self.known), self.most), self.most)
            if found > self._greatest:
                self._greatest, self.best = found, np.array(point, float)
        return self.known[values]

    def _worked_out(self, values: Sequence[float]) -> float:
        numbers = dict(zip((s.path for s in self.scales), values, strict=True))
        found = solved_with(self.near, self.method, self.scenario, numbers)
        if found is None:
            return _WORST
        self.near = found
        each = [log_likelihood(found, placed) for placed in self.records]
        self.moves = sum(count for _, count in each)
        return math.fsum(total for total, _ in each)

    def greatest(self, start: NDArray[np.float64], evaluations: int) -> None:
        """Look for the best point from ``start`` on, which ``best`` then is."""
        self.at(start)
        if len(start) == 1:
            options = {"maxiter": evaluations, "xatol": 1e-3}
            minimize_scalar(lambda share: -self.at(np.array([share])), bounds=(0, 1), method="bounded", options=options)
            return
        options = {"maxfev": evaluations, "initial_tr_radius": _FIRST_STEP, "final_tr_radius": _LAST_STEP}
        minimize(
            lambda shares: -self.at(np.clip(shares, 0.0, 1.0)),
            start,
            method="COBYQA",
            bounds=[(0.0, 1.0)] * len(start),
            options=options,
        )

    def profile(self, k: int, points: int, evaluations: int) -> list[tuple[float, float]]:
        """Return the profile of number ``k``: shares of its range, evenly spaced and the best among them, and heights.

        For each, at most ``evaluations`` games are solved.
        """
        best = self.best.copy()
        shares = sorted({*np.linspace(0.0, 1.0, points).tolist(), float(best[k])})
        middle = shares.index(float(best[k]))
        found: dict[int, float] = {}
        # Outwards from the best value, each begun from the one before it.
        for side in (range(middle, -1, -1), range(middle, len(shares))):
            point = best.copy()
            for n in side:
                point = point.copy()
                point[k] = shares[n]
                height = self.at(point)
                for _ in range(evaluations - 1 if len(best) > 1 and n != middle else 0):
                    other = self._bettered(point, k)
                    gain = self.at(other) - height
                    if gain > 0.0:
                        point, height = other, height + gain
                    if gain < _GAIN:
                        break
                found[n] = height
        return [(shares[n], found[n]) for n in range(len(shares))]

    def lifted(self, k: int, profile: list[tuple[float, float]]) -> list[tuple[float, float]]:
        """Return a profile of number ``k`` with what was found since: the best point, and higher ones at its shares."""
        found = dict(profile)
        found.setdefault(float(self.best[k]), -math.inf)
        for point, height in zip(self.points, self.known.values(), strict=True):
            share = float(point[k])
            if share in found:
                found[share] = max(found[share], height)
        return sorted(found.items())

    def _bettered(self, point: NDArray[np.float64], held: int) -> NDArray[np.float64]:
        """Return the top, near ``point``, of a quadratic fitted to what is known round about, with ``held`` left."""
        heights = np.array([h for h in self.known.values()])
        offsets = np.array(self.points) - point
        fit = heights > _WORST
        offsets, heights = offsets[fit], heights[fit]
        weights = np.exp(-0.5 * (offsets**2).sum(axis=1) / _ROUND_ABOUT**2)
        terms = _quadratic(offsets)
        left, right = terms.T @ (weights[:, None] * terms), terms.T @ (weights * (heights - heights.max()))
        ridge = np.full(len(left), _RIDGE * weights.sum())
        ridge[0] = 0.0
        curve = np.linalg.solve(left + np.diag(ridge) + 1e-12 * np.eye(len(left)), right)
        bounds = [
            (0.0, 0.0) if j == held else (max(-p, -_ROUND_ABOUT), min(1.0 - p, _ROUND_ABOUT))
            for j, p in enumerate(point)
        ]
        top = minimize(
            lambda x: -float((_quadratic(x[None]) @ curve)[0]), np.zeros(len(point)), method="L-BFGS-B", bounds=bounds
        ).x
        return np.clip(point + top, 0.0, 1.0)


def solved_with(near: Solution, method: AQRE, scenario: Scenario, values: Mapping[str, float]) -> Solution | None:
    """Return the game with these numbers, solved from ``near``; None if it cannot be."""
    numbers = {path: value for path, value in values.items() if path != BOTH}
    if BOTH in values:
        method = dataclasses.replace(method, precision=values[BOTH])
    try:
        game = scenario.with_values(numbers).compile()
    except InputError:
        return None
    induction = induct(game, method, None, None, near=near.induction if near.alike(game, method) else None)
    if induction.unsolved.any():
        return None
    return dataclasses.replace(near, game=game, method=method, induction=induction)


def _quadratic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1, every coordinate and every product of two of them, for points (n, d)."""
    first, second = np.triu_indices(x.shape[1])
    return np.concatenate([np.ones((len(x), 1)), x, x[:, first] * x[:, second]], axis=1)
