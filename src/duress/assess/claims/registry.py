"""The kinds of claims there are and how each is tested; a new kind is one function.

A test compares two numbers. The claim says that the first is larger than the second; its opposite, where it has one,
says the contrary. With m the first less the second (turned round for an opposite) and e the error of both:

- *holds*: m is above e.
- *fails*: m is below -e.
- *undecided*: m lies within e, or the claim cannot be put to this game; the sentence then says why.

What depends on a party's type is compared type by type, and the type for which the claim is least true decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...scenario.claims import KINDS, OPPOSITES, make_known
from ..record import ClaimResult
from .evidence import Evidence, NotTestable
from .played import SIGNIFICANT

KEEPS_ITS_RULE, BOTH_KNOW = "the other keeps its rule", "both know"
"""The two rules for what follows where one side's behaviour is restricted (`duress.simulate.interventions`)."""


@dataclass(frozen=True)
class Case:
    """A claim put to a game: by whom, with what parameters, and whether it is the opposite that is claimed."""

    evidence: Evidence
    kind: str
    party: str
    parameters: Mapping[str, str | float]
    opposite: bool = False

    @property
    def other(self) -> str:
        """The party across the table."""
        return self.evidence.scenario.other(self.party)

    @property
    def sign(self) -> float:
        """1, or -1 for an opposite."""
        return -1.0 if self.opposite else 1.0

    def least_true(self, by_type: Mapping[str, tuple[float, float, float]]) -> tuple[str, float, float, float]:
        """Return the type for which the claim is least true, with its first and second number and their error."""
        kind = min(by_type, key=lambda k: self.sign * (by_type[k][0] - by_type[k][1]))
        return kind, *by_type[kind]


@dataclass(frozen=True)
class Finding:
    """What a test found.

    Parameters
    ----------
    compared : dict
        What is compared -> its number; two of them, first the one that the claim says is larger.
    error : float
        Of their difference: three standard errors of what was simulated, the error of the belief grid of what was
        solved.
    unit : str
    sentence : str
        What the numbers say, by the names of the scenario.
    rule : str
        How the other side responds where behaviour was restricted; empty where it was not.
    """

    compared: dict[str, float]
    error: float
    unit: str
    sentence: str
    rule: str = ""


Test = Callable[[Case], "Finding | list[Finding | NotTestable]"]


@dataclass(frozen=True)
class _Kind:
    test: Test
    again: bool
    opposite: bool


_TESTS: dict[str, _Kind] = {}


def claim(kind: str, parameters: Mapping[str, str] | None = None, again: bool = False) -> Callable[[Test], Test]:
    """Make a function the test of a kind of claim.

    Parameters
    ----------
    kind : str
        The claim in words, as a scenario lists it.
    parameters : mapping, optional
        What may be written after it -> what it holds, as in `duress.scenario.claims.KINDS`; by default the party.
    again : bool
        Whether the test plays or solves the game again, which `duress assess` leaves to `duress claims`.

    Examples
    --------
    >>> from duress.assess.claims.registry import Case, Finding, claim
    >>> @claim("the talks are short")
    ... def short(case: Case) -> Finding:
    ...     met = case.evidence.played().in_phase("table", 0).sum(axis=1)
    ...     error = 2 * met.std() / len(met) ** 0.5
    ...     return Finding({"three meetings": 3.0, "meetings": met.mean()}, error, "meetings", "They meet that often.")
    """
    if kind not in KINDS:
        make_known(kind, {"party": "party"} if parameters is None else dict(parameters))

    def keep(test: Test) -> Test:
        _TESTS[kind] = _Kind(test, again, False)
        if kind in OPPOSITES:
            _TESTS[OPPOSITES[kind]] = _Kind(test, again, True)
        return test

    return keep


def needs_again(kind: str) -> bool:
    """Whether testing a kind of claim plays or solves the game again."""
    return _TESTS[kind].again


def put(evidence: Evidence, kind: str, party: str, parameters: Mapping[str, str | float]) -> list[ClaimResult]:
    """Test a claim for ``party``; a result for each rule, where it has several."""
    about = _TESTS[kind]
    spoken = parameters.get("party", party)
    case = Case(evidence, kind, str(spoken), parameters, about.opposite)
    try:
        found = about.test(case)
    except NotTestable as why:
        found = [why]
    return [_result(case, finding) for finding in (found if isinstance(found, list) else [found])]


def _result(case: Case, finding: Finding | NotTestable) -> ClaimResult:
    if isinstance(finding, NotTestable):
        return ClaimResult(case.kind, str(finding), "undecided", 0.0, 0.0, "", rule=finding.rule, party=case.party)
    first, second = finding.compared.values()
    margin = case.sign * (first - second)
    error = float(finding.error)
    verdict = "holds" if margin > error else "fails" if margin < -error else "undecided"
    compared = {label: float(value) for label, value in finding.compared.items()}
    return ClaimResult(
        case.kind, finding.sentence, verdict, float(margin), error, finding.unit, compared, finding.rule, case.party
    )


def paired_error(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return what the difference of two means must clear, history by history dealt and drawn alike."""
    return SIGNIFICANT * float((first - second).std()) / len(first) ** 0.5


def separate_error(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return what the difference of the means of two independent samples must clear."""
    return SIGNIFICANT * float(np.hypot(first.std() / len(first) ** 0.5, second.std() / len(second) ** 0.5))
