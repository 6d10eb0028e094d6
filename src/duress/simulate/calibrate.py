"""Numbers of a scenario fitted to records of real moves by maximum likelihood, and what records cannot tell.

The likelihood of a record is that of its replay (`duress.simulate.replay`): what the record does not say is summed
over, what chance did is taken from it. Each number is looked for on its own scale, logarithmic where its range spans a
factor of ten. A *profile* is the best log-likelihood with one number held at each of several values, the others fitted
anew; where it does not fall by `DROP` on either side, the record does not bound the number, and says so.

References
----------
Venzon, D. & Moolgavkar, S. (1988). A method for computing profile-likelihood-based confidence intervals. Applied
Statistics 37(1).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize, minimize_scalar

from ..errors import Fault, InputError
from ..scenario.schema import Scenario, Unsure
from ..solve.aqre import AQRE, induct
from ..solve.solution import Solution, solve
from .replay import log_likelihood
from .rows import Placed, Row, history_of, place, read_rows

DROP = 1.9207
"""Half the 95 % point of chi-squared with one degree of freedom: a profile falls by it at the ends of an interval."""

FLAT = 0.1
"""A profile that varies by less over its whole range is flat: the record says nothing of the number."""

_LOG_RANGE = 10.0
_TAIL = 0.05
_WORST = -1e9
"""Log-likelihood of numbers at which the game cannot be solved."""


@dataclass(frozen=True)
class Profile:
    """The best log-likelihood at each of several values of one number, the others fitted anew."""

    values: tuple[float, ...]
    log_likelihood: tuple[float, ...]


@dataclass(frozen=True)
class Estimate:
    """One number fitted.

    Parameters
    ----------
    path : str
    before, value : float
        As the scenario has it, and where the likelihood is greatest.
    low, high : float
        Range it was looked for in.
    interval : tuple of (float or None) pairs
        Where the profile falls by `DROP`, 95 % for many observations; None where it does not within the range.
    flat : bool
        Whether the record says nothing of it.
    profile : Profile
    """

    path: str
    before: float
    value: float
    low: float
    high: float
    interval: tuple[float | None, float | None]
    flat: bool
    profile: Profile


@dataclass(frozen=True)
class Calibration:
    """Numbers of a scenario fitted to records of moves; log-likelihoods in nats, over all ``moves`` of all records."""

    scenario: str
    title: str
    records: int
    moves: int
    log_likelihood: float
    log_likelihood_before: float
    estimates: tuple[Estimate, ...]
    evaluations: int
    run: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return nested dictionaries and lists for `json.dumps`."""
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class _Scale:
    """A number's range, with values on it counted from 0 to 1."""

    path: str
    low: float
    high: float

    @property
    def logarithmic(self) -> bool:
        return self.low > 0.0 and self.high / self.low >= _LOG_RANGE

    def at(self, share: float) -> float:
        share = min(max(share, 0.0), 1.0)
        if self.logarithmic:
            return float(f"{self.low * (self.high / self.low) ** share:.9g}")
        return float(f"{self.low + share * (self.high - self.low):.9g}")

    def share(self, value: float) -> float:
        if self.logarithmic:
            inside = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        else:
            inside = (value - self.low) / (self.high - self.low)
        return min(max(inside, 0.0), 1.0)


def calibrate(
    scenario: Scenario,
    histories: Sequence[str | Path | Sequence[Row]] = (),
    over: Mapping[str, tuple[float, float] | None] | None = None,
    method: AQRE | None = None,
    evaluations: int = 60,
    points: int = 7,
    progress: Callable[[int, int], None] | None = None,
) -> Calibration:
    """Fit numbers of ``scenario`` to records of real moves by maximum likelihood.

    Parameters
    ----------
    scenario : Scenario
        It says under ``replay`` how rows are read.
    histories : sequence of path or of rows, optional
        One or more records, independent of one another. Default the one the scenario names.
    over : mapping, optional
        Field path -> range, None for the range the scenario gives under ``unsure``. Default all of those.
    evaluations : int
        Games solved in the search for the greatest likelihood, at most; for each profile point a tenth of it.
    points : int
        Of each profile, at least 3.
    progress : callable, optional
        Called with (games solved, most that may be).

    Raises
    ------
    InputError
        If a record cannot be read, or a number or its range is not allowed.
    NotSolvedError
        If the game with the numbers as they stand is not solved.
    """
    scales = _scales(scenario, over)
    if points < 3 or evaluations < 5:
        raise InputError(Fault("calibrate", "needs at least 3 points and 5 evaluations"))
    records = [
        place(scenario, list(one) if not isinstance(one, (str, Path)) else read_rows(one))
        for one in (histories or (history_of(scenario),))
    ]
    for n, placed in enumerate(records):
        if all(one.why_not for one in placed):
            raise InputError(f"no row of record {n + 1} is a move of the scenario; see its rules under replay.rows")
    base = solve(scenario.compile(), method or AQRE())
    search = _Search(base, scenario, scales, records, progress)
    start = np.array([scale.share(float(scenario.numbers[scale.path])) for scale in scales])
    before = search.at(start)
    search.most = evaluations + len(scales) * points * (1 if len(scales) == 1 else max(evaluations // 10, 5))
    best = search.greatest(start, evaluations)
    profiles = [search.profile(k, best, points, max(evaluations // 10, 5)) for k in range(len(scales))]
    # A profile may have found better than the search did.
    best = search.best
    top = search.at(best)
    estimates = tuple(
        _estimate(scale, float(scenario.numbers[scale.path]), scale.at(share), top, profile)
        for scale, share, profile in zip(scales, best, profiles, strict=True)
    )
    return Calibration(
        scenario=scenario.name,
        title=scenario.title,
        records=len(records),
        moves=search.moves,
        log_likelihood=top,
        log_likelihood_before=before,
        estimates=estimates,
        evaluations=len(search.known),
        run={**base.run, "scenario": scenario.name, "digest": scenario.digest},
    )


def _scales(scenario: Scenario, over: Mapping[str, tuple[float, float] | None] | None) -> list[_Scale]:
    unsure = {one.path: one for one in scenario.unsure}
    asked = dict.fromkeys(unsure) if over is None else dict(over)
    faults, found = [], []
    for path, ends in asked.items():
        if path not in scenario.numbers:
            faults.append(Fault(path, "is not a number the scenario writes out"))
        elif ends is None and path not in unsure:
            faults.append(Fault(path, "needs a range, LO..HI: the scenario gives it none"))
        else:
            low, high = _ends(unsure[path]) if ends is None else ends
            if not low < high:
                faults.append(Fault(path, f"must range from a lower to a higher value; found {low:g} to {high:g}"))
            found.append(_Scale(path, float(low), float(high)))
    if not asked:
        faults.append(Fault("over", "names no number, and the scenario is unsure of none"))
    if faults:
        raise InputError(faults)
    return found


def _ends(number: Unsure) -> tuple[float, float]:
    tail = _TAIL if number.kind == "normal" else 0.0
    return float(number.at(tail)), float(number.at(1.0 - tail))


class _Search:
    """Log-likelihoods by point of the unit cube; what was worked out once is remembered."""

    def __init__(
        self,
        base: Solution,
        scenario: Scenario,
        scales: list[_Scale],
        records: Sequence[Sequence[Placed]],
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.near, self.scenario, self.scales, self.records = base, scenario, scales, records
        self.progress, self.most = progress, 1
        self.known: dict[tuple[float, ...], float] = {}
        self.moves = 0
        self.best = np.zeros(len(scales))
        self._greatest = -math.inf

    def at(self, point: np.ndarray) -> float:
        """Return the log-likelihood of all records at a point."""
        values = tuple(scale.at(float(share)) for scale, share in zip(self.scales, point, strict=True))
        if values not in self.known:
            self.known[values] = found = self._worked_out(dict(zip((s.path for s in self.scales), values, strict=True)))
            if self.progress:
                self.progress(min(len(self.known), self.most), self.most)
            if found > self._greatest:
                self._greatest, self.best = found, np.array(point, float)
        return self.known[values]

    def _worked_out(self, values: Mapping[str, float]) -> float:
        try:
            game = self.scenario.with_values(values).compile()
        except InputError:
            return _WORST
        method = self.near.method
        held = self.near.induction if self.near.alike(game, method) else None
        induction = induct(game, method, None, None, near=held)
        if induction.unsolved.any():
            return _WORST
        solution = dataclasses.replace(self.near, game=game, induction=induction)
        self.near = solution
        found = [log_likelihood(solution, placed) for placed in self.records]
        self.moves = sum(count for _, count in found)
        return math.fsum(total for total, _ in found)

    def greatest(self, start: np.ndarray, evaluations: int, held: int | None = None) -> np.ndarray:
        """Return the best point found from ``start``, with coordinate ``held`` left as it is."""
        free = [k for k in range(len(start)) if k != held]

        def loss(shares: np.ndarray) -> float:
            point = start.copy()
            point[free] = np.clip(np.atleast_1d(shares), 0.0, 1.0)
            return -self.at(point)

        found = start.copy()
        if len(free) == 1:
            options = {"maxiter": evaluations, "xatol": 1e-3}
            found[free] = minimize_scalar(loss, bounds=(0.0, 1.0), method="bounded", options=options).x
        elif free:
            options = {"maxfev": evaluations, "xtol": 1e-3, "ftol": 1e-5}
            found[free] = minimize(loss, start[free], method="Powell", bounds=[(0, 1)] * len(free), options=options).x
        return found if -loss(found[free]) >= self.at(start) else start

    def profile(self, k: int, best: np.ndarray, points: int, evaluations: int) -> Profile:
        """Return the profile of number ``k``: evenly spaced on its scale, with the best value among them."""
        shares = sorted({*np.linspace(0.0, 1.0, points).tolist(), float(best[k])})
        middle = shares.index(float(best[k]))
        found: dict[int, float] = {}
        # Outwards from the best value, each begun from the one before it.
        for side in (range(middle, -1, -1), range(middle, len(shares))):
            point = best.copy()
            for n in side:
                point = point.copy()
                point[k] = shares[n]
                if len(best) > 1 and n != middle:
                    point = self.greatest(point, evaluations, held=k)
                found[n] = self.at(point)
        values = tuple(self.scales[k].at(share) for share in shares)
        return Profile(values, tuple(found[n] for n in range(len(shares))))


def _estimate(scale: _Scale, before: float, value: float, top: float, profile: Profile) -> Estimate:
    heights = np.array(profile.log_likelihood)
    shares = np.array([scale.share(x) for x in profile.values])
    peak = int(np.argmax(heights))

    def crossing(side: Sequence[int]) -> float | None:
        """Return where the profile falls by `DROP`, between the last point above and the first below."""
        inside = peak
        for n in side:
            if heights[n] < top - DROP:
                part = (heights[inside] - (top - DROP)) / max(heights[inside] - heights[n], 1e-12)
                return scale.at(float(shares[inside] + part * (shares[n] - shares[inside])))
            inside = n
        return None

    low, high = crossing(range(peak - 1, -1, -1)), crossing(range(peak + 1, len(heights)))
    return Estimate(
        path=scale.path,
        before=before,
        value=value,
        low=scale.low,
        high=scale.high,
        interval=(low, high),
        flat=bool(np.ptp(heights) < FLAT),
        profile=profile,
    )
