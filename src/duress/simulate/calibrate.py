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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import Fault, InputError
from ..scenario.schema import Scenario, Unsure
from ..solve.aqre import AQRE
from ..solve.solution import Solution, solve
from .rows import Row, history_of, place, read_rows
from .search import BOTH, Scale, Search

DROP = 1.9207
"""Half the 95 % point of chi-squared with one degree of freedom: a profile falls by it at the ends of an interval."""

FLAT = 0.1
"""A profile that varies by less over its whole range is flat: the record says nothing of the number."""

FEWEST_FOR_A_POINT = 4
"""Games solved for each point of a profile, at most, in a short search."""

_TAIL = 0.05
_AT_END = 2e-3
"""Share of its range within which a value is at the end of it."""


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
    at_end : str
        "low" or "high" where the best value is at that end of the range, so that a better one may lie beyond; else "".
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
    at_end: str
    flat: bool
    profile: Profile


@dataclass(frozen=True)
class Finer:
    """Log-likelihoods on a grid of ``beliefs`` nodes, twice as fine as that of the search."""

    beliefs: int
    log_likelihood: float
    log_likelihood_before: float


@dataclass(frozen=True)
class Calibration:
    """Numbers of a scenario fitted to records of moves; log-likelihoods in nats, over all ``moves`` of all records.

    ``finer`` tells what the coarse grid of beliefs of the search hides.
    """

    scenario: str
    title: str
    records: int
    moves: int
    log_likelihood: float
    log_likelihood_before: float
    finer: Finer
    estimates: tuple[Estimate, ...]
    evaluations: int
    run: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return nested dictionaries and lists for `json.dumps`."""
        return dataclasses.asdict(self)


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
        Field path -> range, None for the range the scenario gives under ``unsure``. Default all of those. "precision"
        is that of both parties, as one number.
    evaluations : int
        Games solved in the search for the greatest likelihood, at most; for each profile point a fifteenth of it, or
        `FEWEST_FOR_A_POINT`.
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
    method = method or AQRE()
    base = solve(scenario.compile(), method)
    search = Search(base, method, scenario, scales, records, progress)
    before_at = {scale.path: _standing(scenario, base, scale.path) for scale in scales}
    start = np.array([scale.share(before_at[scale.path]) for scale in scales])
    each = max(evaluations // 15, FEWEST_FOR_A_POINT)
    search.most = evaluations + len(scales) * points * (1 if len(scales) == 1 else each // 2)
    before = search.at(start)
    search.greatest(start, evaluations)
    profiles = [search.profile(k, points, each) for k in range(len(scales))]
    # A profile may have found better than the search did, or than profiles before it.
    top = search.at(search.best)
    profiles = [search.lifted(k, profile) for k, profile in enumerate(profiles)]
    estimates = tuple(
        _estimate(scale, before_at[scale.path], scale.at(float(share)), top, profile)
        for scale, share, profile in zip(scales, search.best, profiles, strict=True)
    )
    return Calibration(
        scenario=scenario.name,
        title=scenario.title,
        records=len(records),
        moves=search.moves,
        log_likelihood=top,
        log_likelihood_before=before,
        finer=_finer(search, start),
        estimates=estimates,
        evaluations=len(search.known),
        run={**base.run, "scenario": scenario.name, "digest": scenario.digest},
    )


def _standing(scenario: Scenario, base: Solution, path: str) -> float:
    """Return what a number is as the scenario stands; of two precisions, the mean of their logarithms."""
    if path != BOTH:
        return float(scenario.numbers[path])
    return float(np.exp(np.log(np.maximum(base.method.precisions(base.game), 1e-9)).mean()))


def _finer(search: Search, start: np.ndarray) -> Finer:
    """Return what records are worth where the search began and ended, on a grid twice as fine."""
    beliefs = 2 * search.method.beliefs - 1
    method = dataclasses.replace(search.method, beliefs=beliefs)
    again = Search(search.near, method, search.scenario, search.scales, search.records, None)
    return Finer(beliefs, again.at(search.best), again.at(start))


def _scales(scenario: Scenario, over: Mapping[str, tuple[float, float] | None] | None) -> list[Scale]:
    unsure = {one.path: one for one in scenario.unsure}
    asked = dict.fromkeys(unsure) if over is None else dict(over)
    faults, found = [], []
    for path, ends in asked.items():
        if path not in scenario.numbers and path != BOTH:
            faults.append(Fault(path, "is not a number the scenario writes out"))
        elif ends is None and path not in unsure:
            faults.append(Fault(path, "needs a range, LO..HI: the scenario gives it none"))
        else:
            low, high = _ends(unsure[path]) if ends is None else ends
            if not low < high:
                faults.append(Fault(path, f"must range from a lower to a higher value; found {low:g} to {high:g}"))
            found.append(Scale(path, float(low), float(high)))
    if not asked:
        faults.append(Fault("over", "names no number, and the scenario is unsure of none"))
    if faults:
        raise InputError(faults)
    return found


def _ends(number: Unsure) -> tuple[float, float]:
    tail = _TAIL if number.kind == "normal" else 0.0
    return float(number.at(tail)), float(number.at(1.0 - tail))


def _estimate(scale: Scale, before: float, value: float, top: float, profile: list[tuple[float, float]]) -> Estimate:
    shares, heights = np.array(profile).T
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
        at_end="low" if scale.share(value) < _AT_END else "high" if scale.share(value) > 1.0 - _AT_END else "",
        flat=bool(np.ptp(heights) < FLAT),
        profile=Profile(tuple(map(scale.at, shares.tolist())), tuple(heights.tolist())),
    )
