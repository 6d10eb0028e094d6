"""A whole doctrine put to one solved game: the claims a scenario lists, or all there are with their opposites."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterable

from ... import __version__
from ...errors import Fault, InputError
from ...scenario.claims import OPPOSITES, ClaimAsked
from ...scenario.schema import Scenario
from ...simulate.histories import Histories, simulate
from ...solve.aqre import AQRE
from ...solve.solution import Solution, solve
from ..moment import Moment
from ..parties import party_name
from ..record import CertificateRecord, ClaimResult, Doctrine, Reply
from . import observed, replies, restricted  # the doctrine's own claims
from .evidence import Evidence, Steps
from .registry import needs_again, put

TESTED_IN = (replies, observed, restricted)
"""Modules that hold the doctrine's own tests."""

FEWEST_HISTORIES = 100


def claims_asked(scenario: Scenario) -> tuple[ClaimAsked, ...]:
    """Return the claims a scenario lists; if it lists none, all of the doctrine, then their opposites."""
    return scenario.claims or tuple(ClaimAsked(kind, {}) for kind in (*OPPOSITES, *OPPOSITES.values()))


def claims(
    what: Scenario | Solution,
    party: str | None = None,
    method: AQRE | None = None,
    histories: int = 4000,
    seed: int = 0,
    step: Steps | None = None,
    reuse: bool = False,
) -> Doctrine:
    """Test the claims of a scenario.

    Parameters
    ----------
    what : Scenario or Solution
        A scenario is compiled and solved by ``method`` first.
    party : str, optional
        Whose doctrine it is, where a claim does not say; default the party that moves second in a period.
    histories : int
        Simulated in equilibrium, and under each restriction of a side's behaviour; at least 100.
    seed : int
        Of the simulations; the same seed gives the same verdicts.
    step : callable, optional
        Given the name of a longer step, returns what is called with (done, in all) during it.
    reuse : bool
        Whether solutions kept on disk will do, and new ones are kept there.

    Returns
    -------
    Doctrine

    Raises
    ------
    InputError
        If the party is not one of the two; if the game is too large.
    NotSolvedError
        If stages of the game resist. A restricted game that resists leaves its claims undecided.
    """
    began = time.perf_counter()
    scenario = what.game.scenario if isinstance(what, Solution) else what  # type: ignore[attr-defined]
    name = party_name(scenario, party)
    if histories < FEWEST_HISTORIES:
        raise InputError(Fault("histories", f"is {histories}; at least {FEWEST_HISTORIES} are needed"))
    begin = step or (lambda _: None)
    solution = what if isinstance(what, Solution) else solve(scenario.compile(), method, begin("Solving"), reuse=reuse)
    begin("Playing")
    evidence = Evidence(solution, simulate(solution, histories, seed), step=begin, reuse=reuse)
    found = _put_all(evidence, name, claims_asked(scenario))
    return Doctrine(
        scenario=scenario.name,
        title=scenario.title,
        period_word=scenario.period,
        party=name,
        other=scenario.other(name),
        claims=found,
        unsolved=tuple(evidence.unsolved),
        certificate=CertificateRecord.of(solution.certificate),
        run={
            **solution.run,
            "scenario": scenario.name,
            "digest": scenario.digest,
            "seed": seed,
            "histories": histories,
            "command": _command(scenario, name, solution.method, histories, seed),
            "version": __version__,
            "seconds": round(time.perf_counter() - began, 3),
        },
    )


def quick_claims(
    solution: Solution,
    ensemble: Histories,
    party: str,
    moment: Moment,
    answered: Iterable[Reply],
    error: float | None = None,
) -> tuple[ClaimResult, ...]:
    """Test what an assessment has the evidence for: claims that take no further game, without their opposites.

    ``moment`` is the first invitation of ``party``, and ``answered`` what each reply to it leads to.
    ``error`` is that of the worth of replies against one another, where the solution does not tell.
    """
    evidence = Evidence(solution, ensemble, error)
    evidence.take(party, moment, answered)
    opposites = set(OPPOSITES.values())
    listed = evidence.scenario.claims
    asked = listed or tuple(one for one in claims_asked(evidence.scenario) if one.kind not in opposites)
    return _put_all(evidence, party, (one for one in asked if not needs_again(one.kind)))


def _put_all(evidence: Evidence, party: str, asked: Iterable[ClaimAsked]) -> tuple[ClaimResult, ...]:
    return tuple(found for one in asked for found in put(evidence, one.kind, party, one.parameters))


def _command(scenario: Scenario, party: str, method: AQRE, histories: int, seed: int) -> str:
    """Return the command line that gives the same answer."""
    words = ["duress", "claims", scenario.path or scenario.name, "--party", party]
    if isinstance(method.precision, (int, float)):
        words += ["--precision", f"{method.precision:g}"]
    words += ["--beliefs", str(method.beliefs), "--histories", str(histories), "--seed", str(seed)]
    return shlex.join(words)
