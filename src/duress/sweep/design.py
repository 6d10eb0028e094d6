"""Which values the unsure numbers of a scenario take, point by point.

*grid*: every combination of evenly spaced values. *lhs*: a Latin hypercube, each number's range met evenly. *sobol*:
the sample of Saltelli (2010) from a scrambled Sobol sequence, from which sensitivity indices are computed: for each of
a power of two of base rows the points A and B, and A with one number after the other taken from B.

References
----------
Saltelli, A. et al. (2010). Variance based sensitivity analysis of model output. Comput. Phys. Commun. 181, 259-270.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from ..assess.vary import in_words, uncertain, value_at
from ..errors import Fault, InputError
from ..scenario.reading.whole import ranges
from ..scenario.schema import Scenario, Unsure

KINDS = ("sobol", "lhs", "grid")
MOST_POINTS = 1_000_000


@dataclass(frozen=True)
class Design:
    """What to sweep over, and how.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    points : int
        How many games to solve, 2 to a million: exactly so many for ``lhs``; as many as the design has next to this
        for ``sobol``, and at most so many for ``grid``.
    over : mapping, optional
        Field path -> the least and the greatest value, or None for what the scenario says of it. Default: all that the
        scenario is not sure of; where it names nothing, priors and what levers do.
    """

    kind: str
    points: int
    over: Mapping[str, tuple[float, float] | None] | None = None


@dataclass(frozen=True)
class Plan:
    """A design laid out for a scenario.

    Parameters
    ----------
    kind : str
    numbers : tuple of Unsure
        What is varied.
    words : tuple of str
        What each of ``numbers`` is.
    before : tuple of float
        As the scenario has them.
    table : float array, shape (P, D)
        The value of each number at each point.
    base : int
        Base rows of a Sobol design; 0 for others.
    sentence : str
        The size and what it is made of.
    """

    kind: str
    numbers: tuple[Unsure, ...]
    words: tuple[str, ...]
    before: tuple[float, ...]
    table: NDArray[np.float64]
    base: int
    sentence: str

    @property
    def paths(self) -> tuple[str, ...]:
        """Field path of each number."""
        return tuple(number.path for number in self.numbers)

    def values(self, point: int) -> dict[str, float]:
        """Return field path -> value at a point."""
        return dict(zip(self.paths, map(float, self.table[point]), strict=True))


def lay_out(scenario: Scenario, design: Design, seed: int) -> Plan:
    """Return the points of a design; the same seed gives the same.

    Raises
    ------
    InputError
        If the design is none, has too few or too many points, or names what is not a number of the scenario.
    """
    if design.kind not in KINDS:
        raise InputError(Fault("design", f"must be one of {', '.join(KINDS)}; found {design.kind!r}"))
    if not 2 <= design.points <= MOST_POINTS:
        raise InputError(Fault("points", f"is {design.points:,}; 2 to {MOST_POINTS:,} are allowed"))
    if seed < 0:
        raise InputError(Fault("seed", f"is {seed}; it must be at least 0"))
    numbers = _numbers(scenario, design)
    base = 0
    if design.kind == "grid":
        table, size = _grid(numbers, design.points)
    elif design.kind == "lhs":
        shares = qmc.LatinHypercube(len(numbers), rng=seed).random(design.points)
        table, size = _at(numbers, shares), "a Latin hypercube"
    else:
        base = _base_rows(design.points, len(numbers))
        table = _at(numbers, saltelli(base, len(numbers), seed))
        size = f"Sobol: {base:,} base rows of {len(numbers)} + 2"
    over = f"{len(numbers)} number" + ("" if len(numbers) == 1 else "s")
    sentence = f"{len(table):,} points over {over} ({size})"
    words = tuple(in_words(scenario, number.path) for number in numbers)
    before = tuple(float(scenario.numbers[number.path]) for number in numbers)
    return Plan(design.kind, numbers, words, before, table, base, sentence)


def over_from(asked: Iterable[str]) -> dict[str, tuple[float, float] | None]:
    """Return what to vary, from words such as "levers.sanctions.harm[2]:0.3..0.8", or a path alone.

    Raises
    ------
    InputError
        With every word that is neither.
    """
    found: dict[str, tuple[float, float] | None] = {}
    faults = []
    for word in asked:
        path, colon, ends = word.rpartition(":")
        if not colon:
            found[word.strip()] = None
            continue
        try:
            low, high = map(float, ends.split(".."))
        except ValueError:
            faults.append(Fault("over", f"must be PATH or PATH:LO..HI, such as horizon:12..24; found {word!r}"))
        else:
            found[path.strip()] = low, high
    if faults:
        raise InputError(faults)
    return found


def _numbers(scenario: Scenario, design: Design) -> tuple[Unsure, ...]:
    known = {number.path: number for number in uncertain(scenario)[0]}
    if design.over is None:
        if not known:
            raise InputError(Fault("over", "the scenario has nothing to vary: name a number and its range"))
        return tuple(known.values())
    if not design.over:
        raise InputError(Fault("over", "names no number to vary"))
    unsaid = [path for path, ends in design.over.items() if ends is None and path not in known]
    if unsaid:
        raise InputError(Fault(path, "needs a range, LO..HI: the scenario gives it none") for path in unsaid)
    given = {path: ends for path, ends in design.over.items() if ends is not None}
    asked = {number.path: number for number in ranges(scenario, given)} if given else {}
    return tuple(asked.get(path) or known[path] for path in design.over)


def _at(numbers: tuple[Unsure, ...], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values at shares, from 0 to 1, of what is possible; both of shape (P, D)."""
    return np.array([[number.at(float(share)) for number, share in zip(numbers, row, strict=True)] for row in shares])


def _grid(numbers: tuple[Unsure, ...], points: int) -> tuple[NDArray[np.float64], str]:
    each = _root(points, len(numbers))
    if each < 2:
        raise InputError(
            Fault(
                "points",
                f"is {points:,}; a grid over {len(numbers)} numbers has at least {2 ** len(numbers):,}. Name fewer "
                "numbers, or take lhs or sobol",
            )
        )
    shares = [n / (each - 1) for n in range(each)]
    values = [tuple(dict.fromkeys(value_at(number, share) for share in shares)) for number in numbers]
    return np.array(list(product(*values)), float), " × ".join(str(len(some)) for some in values)


def _root(points: int, degree: int) -> int:
    """Return the largest whole number whose power is at most ``points``."""
    root = round(points ** (1 / degree))
    return root if root**degree <= points else root - 1


def _base_rows(points: int, count: int) -> int:
    """Return the power of two for which a Sobol design is nearest to ``points``, by ratio."""
    return 2 ** max(1, round(math.log2(points / (count + 2))))


def saltelli(base: int, count: int, seed: int) -> NDArray[np.float64]:
    """Return shares of shape (base * (count + 2), count): for each base row A, B, and A with each column from B."""
    drawn = qmc.Sobol(2 * count, scramble=True, rng=seed).random(base)
    first, second = drawn[:, :count], drawn[:, count:]
    blocks = np.stack([first, second, *(first for _ in range(count))], axis=1)
    for n in range(count):
        blocks[:, 2 + n, n] = second[:, n]
    return blocks.reshape(-1, count)
