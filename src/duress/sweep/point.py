"""One point of a sweep: a game with other numbers, solved, certified and assessed. This runs where the workers are."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .. import __version__
from ..assess.again import Again
from ..assess.claims.doctrine import claims_asked
from ..assess.claims.evidence import Evidence
from ..assess.claims.registry import put
from ..assess.moment import Moment, error_at
from ..assess.replies import values_at, worth_of
from ..assess.verdict import judge_all
from ..compiled import sources_digest
from ..errors import InputError, NotSolvedError
from ..scenario.claims import ClaimAsked
from ..scenario.schema import Scenario
from ..simulate.histories import simulate
from ..solve.aqre import AQRE
from ..solve.solution import Solution, solve

SOLVED, FAILED = "solved", "failed"

ROOMS = ("game", "scenario", "solve", "simulate", "assess", "sweep")
"""Rooms that make a row what it is."""

VERSION = f"{__version__} ({sources_digest(*ROOMS)})"
"""Of all that makes a row what it is: a sweep that was begun by another is not gone on with."""

Row = dict[str, float | int | str | None]
"""Column -> entry; None where a point that failed has none."""


@dataclass(frozen=True)
class Question:
    """What is asked of every point.

    Parameters
    ----------
    key : str
        Of the sweep.
    scenario : Scenario
        As it stands; its game is where every other is begun from.
    party : str
        Who is invited.
    method : AQRE
        With one thread: there is a worker for every core.
    claims : tuple of str
        Kinds of claims to test.
    histories, seed : int
        Of what claims are tested on. The seed is the same at every point, so that numbers differ and not the luck.
    moment : Moment
        The invitation, as the scenario stands.
    """

    key: str
    scenario: Scenario
    party: str
    method: AQRE
    claims: tuple[str, ...]
    histories: int
    seed: int
    moment: Moment
    version: str = VERSION


def rows_of(question: Question, points: Sequence[tuple[int, Mapping[str, float]]]) -> list[Row]:
    """Return a row for each point, given as its number and the values by field path.

    Raises
    ------
    InputError
        If this worker runs another version of duress than the one that asks.
    """
    here = Question.version
    if question.version != here:
        raise InputError(f"a worker has duress {here}, and the sweep was started with {question.version}")
    again = _again(question)
    return [_row(question, again, point, values) for point, values in points]


def row_as_it_stands(question: Question, solution: Solution) -> Row:
    """Return what the scenario's own numbers give; every row of the sweep has these columns, its inputs besides."""
    return _answer(question, solution, question.moment)


def without_answer(question: Question, point: int, values: Mapping[str, float], reason: str, seconds: float) -> Row:
    """Return the row of a point that failed."""
    about = {"point": point, **values, "seed": question.seed, "status": FAILED, "reason": reason}
    return {**about, "seconds": round(seconds, 4)}


_HELD: dict[str, Again] = {}
"""The game of the sweep this worker is at, by the sweep's key."""


_HOLDING = threading.Lock()


def _again(question: Question) -> Again:
    with _HOLDING:
        if question.key not in _HELD:
            _HELD.clear()
            solution = solve(question.scenario.compile(), question.method, reuse=True)
            _HELD[question.key] = Again(solution, question.moment, error_at(solution, question.moment))
        return _HELD[question.key]


def _row(question: Question, again: Again, point: int, values: Mapping[str, float]) -> Row:
    began = time.perf_counter()
    try:
        answer = _answer(question, *again.certified(values))
    except (InputError, NotSolvedError) as error:
        reason = "; ".join(str(error).splitlines())
    except Exception as error:  # whatever it is, it is this point's, and the others are not to be lost with it
        reason = f"{type(error).__name__}: {error}"
    else:
        about = {"point": point, **values, "seed": question.seed, "status": SOLVED, "reason": ""}
        return {**about, **answer, "seconds": round(time.perf_counter() - began, 4)}
    return without_answer(question, point, values, reason, time.perf_counter() - began)


def _answer(question: Question, solution: Solution, moment: Moment) -> Row:
    values = values_at(solution, moment.state, moment.period, moment.beliefs)
    worths = worth_of(values)
    error = error_at(solution, moment)
    verdict, by_type, margin = judge_all(worths, error)
    row: Row = {"verdict": verdict, "margin": margin, "error": error}
    for kind, by_reply in values.items():
        worth, best = worths[kind], max(by_reply, key=by_reply.__getitem__)
        row |= {
            f"verdict[{kind}]": by_type[kind],
            f"best[{kind}]": best,
            f"best value[{kind}]": by_reply[best],
            f"gain[{kind}]": max(worth.keep, worth.drop) - worth.refuse,
        }
        row |= {f"value[{kind}][{reply}]": value for reply, value in by_reply.items()}
    row |= _claims(question, solution, moment)
    certificate = solution.certificate
    gains = [gain for by in certificate.deviation_gain_numerical.values() for gain in by.values()]
    return {
        **row,
        "residual": certificate.residual,
        "deviation gain": max(gains, default=0.0),
        "grid error": certificate.grid_error,
    }


def _claims(question: Question, solution: Solution, moment: Moment) -> Row:
    if not question.claims:
        return {}
    evidence = Evidence(solution, simulate(solution, question.histories, question.seed, threads=1))
    evidence.take(question.party, moment, ())
    listed = {asked.kind: asked for asked in claims_asked(question.scenario)}
    row: Row = {}
    for kind in question.claims:
        asked = listed.get(kind, ClaimAsked(kind, {}))
        for found in put(evidence, asked.kind, question.party, asked.parameters):
            name = f"{kind}, {found.rule}" if found.rule else kind
            row |= {f"claim[{name}]": found.verdict, f"claim margin[{name}]": found.margin}
    return row
