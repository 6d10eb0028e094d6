"""The assessment: what each reply to an invitation leads to, for one party, from one solved game."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import numpy as np

from .. import __version__
from ..errors import Fault, InputError
from ..scenario.compile import Confrontation
from ..scenario.schema import Scenario
from ..simulate.histories import Histories, simulate
from ..simulate.outcomes import QUANTILES, outcomes_of, pressure_and_stamina
from ..solve.aqre import AQRE, Progress, value_type
from ..solve.solution import Solution, solve
from .again import Again
from .agenda import agenda_answer
from .at import describe, read_invitation
from .claims.doctrine import quick_claims
from .flips import flips_at
from .moment import INVITE, Moment, believed, error_at, error_of_inviting, first_invitation, situation_at
from .parties import party_name
from .record import (
    Assessment,
    CertificateRecord,
    ClaimResult,
    Fan,
    Invitation,
    OtherEquilibrium,
    OtherMove,
)
from .replies import lever_cases, replies_at, values_at, worth_of
from .story import story_of
from .vary import Varied, checks_of, map_of, vary
from .verdict import asking_sentence, judge_all, sentence
from .warm import compiled_aside

FEWEST_HISTORIES = 100
MOST_MAPPED = 25


def assess(
    what: Scenario | Solution,
    party: str | None = None,
    method: AQRE | None = None,
    histories: int = 2000,
    seed: int = 0,
    progress: Progress | None = None,
    reuse: bool = False,
    starts: int = 0,
    robust: bool = False,
    varied: bool = False,
    map_size: int = 0,
    step: Callable[[str], Progress | None] | None = None,
    at: Mapping[str, str] | None = None,
) -> Assessment:
    """Assess an invitation that ``party`` receives: the first, or the one in a state described by ``at``.

    Parameters
    ----------
    what : Scenario or Solution
        A scenario is compiled and solved by ``method`` first.
    party : str, optional
        Default the party that moves second in a period.
    histories : int
        Histories simulated from the start, and for each reply and type; at least 100.
    seed : int
        Of the simulations; the same seed gives the same answer.
    progress : callable, optional
        Called with (done, in all) while the game is solved.
    reuse : bool
        Whether a solution kept on disk will do, and a new one is kept there.
    starts : int
        Other starts from which the game is solved again, to see whether the verdict is that of one equilibrium only.
    robust : bool
        Whether to solve again at half and twice the precision, on a finer belief grid and from another start, and say
        whether the verdict is firm.
    varied : bool
        Whether to solve again with every uncertain number of the scenario at either end of what it may be, and to
        look for the values at which a best reply flips.
    map_size : int
        Values of each of the two numbers that matter most in the map of verdicts, at least 2; 0 draws none.
    step : callable, optional
        Given the name of a step after the first solution, returns what is called with (done, in all) during it.
    at : mapping, optional
        What is so when the invitation is made, such as ``{"oil sanctions": "waivers", "month": "6"}``; see
        `describe`.

    Raises
    ------
    InputError
        If the party is not one of the two, or is never invited; if the game is too large; if ``at`` cannot be so.
    NotSolvedError
        If stages of the game resist.
    """
    began = time.perf_counter()
    scenario = what.game.scenario if isinstance(what, Solution) else what  # type: ignore[attr-defined]
    name = party_name(scenario, party)
    me = tuple(scenario.parties).index(name)
    further = {"starts": starts, "robust": robust, "vary": varied, "map": map_size}
    if map_size and not 2 <= map_size <= MOST_MAPPED:
        raise InputError(Fault("map", f"is {map_size}; 2 to {MOST_MAPPED} values of each number are allowed"))
    if histories < FEWEST_HISTORIES:
        raise InputError(Fault("histories", f"is {histories}; at least {FEWEST_HISTORIES} are needed"))
    if isinstance(what, Solution):
        solution = what
    else:
        unsolved = scenario.compile()
        _ = describe(unsolved, me, at) if at else None  # what cannot be so is said before anything is solved
        with compiled_aside(value_type(unsolved)):
            solution = solve(unsolved, method, progress, reuse=reuse)
    game = solution.game
    assert isinstance(game, Confrontation)
    other = scenario.other(name)
    ensemble = simulate(solution, histories, seed)
    moment = read_invitation(solution, describe(game, me, at)) if at else first_invitation(solution, me, ensemble)
    replies = replies_at(solution, moment.state, moment.period, moment.beliefs, histories, seed)
    values = values_at(solution, moment.state, moment.period, moment.beliefs)
    worths = worth_of(values)
    error = error_at(solution, moment)
    verdict, by_type, margin = judge_all(worths, error)
    others = tuple(_elsewhere(solution, moment, values, error, n, progress, reuse) for n in range(1, starts + 1))
    claims = quick_claims(solution, ensemble, name, moment, replies)

    def claims_there(there: Solution, at: Moment) -> dict[str, str]:
        """Return which of the same claims hold in another game, with the error of the replies in this one."""
        found = quick_claims(there, simulate(there, histories, seed), name, at, (), error)
        return _verdicts(found)

    again = Again(solution, moment, error, claims_there)
    step = step or (lambda _: None)
    checks = checks_of(again, step("Checking whether the verdict is firm")) if robust else ()
    changed = vary(again, _verdicts(claims), step("Varying uncertain numbers")) if varied or map_size else Varied()
    drawn = map_of(again, changed.variations, map_size, step("Mapping the two that matter most")) if map_size else None
    elsewhere = [*(check.verdict for check in checks), *(there.verdict for there in others)]
    droppable = any(reply.family == "accept and drop" for reply in replies)
    said = sentence(name, verdict, by_type, margin, droppable)
    cases = lever_cases(solution, moment.state, moment.period, moment.beliefs, replies, histories, seed)
    return Assessment(
        scenario=scenario.name,
        title=scenario.title,
        summary=scenario.summary,
        period_word=scenario.period,
        party=name,
        other=other,
        prior={p.name: dict(zip(p.types, map(float, p.prior), strict=True)) for p in game.players},
        situation=situation_at(game, moment.state, moment.period),
        agenda=agenda_answer(game.agenda, game.flow(moment.state)),
        invitation=_invitation(solution, game, me, moment),
        replies=replies,
        story=story_of(solution),
        outcomes=outcomes_of(game),
        price_of_dropping={k: w.keep - w.drop for k, w in worths.items()},
        verdict=verdict,
        verdict_by_type=by_type,
        verdict_sentence=f"{said} {asking_sentence(values, error)}".rstrip(),
        margin=margin,
        error=error,
        lever_cases=cases,
        flips=(*flips_at(solution, moment.state, moment.period, moment.beliefs), *changed.flips),
        claim_flips=changed.claim_flips,
        claims=claims,
        fans=_fans(game, ensemble),
        assumptions=tuple({"field": path, "source": p.source, "note": p.note} for path, p in scenario.sources.items()),
        certificate=CertificateRecord.of(solution.certificate),
        others=others,
        checks=checks,
        firm=all(there == verdict for there in elsewhere) if elsewhere else None,
        variations=changed.variations,
        map=drawn,
        run={
            **solution.run,
            "stages": solution.induction.stages,
            "jumps": solution.induction.jumps,
            "scenario": scenario.name,
            "digest": scenario.digest,
            "seed": seed,
            "histories": histories,
            "command": _command(scenario, name, solution.method, histories, seed, further, at or {}),
            "version": __version__,
            "seconds": round(time.perf_counter() - began, 3),
        },
    )


def _verdicts(claims: Iterable[ClaimResult]) -> dict[str, str]:
    return {claim.claim + (f" ({claim.rule})" if claim.rule else ""): claim.verdict for claim in claims}


def _elsewhere(
    solution: Solution,
    moment: Moment,
    values: dict[str, dict[str, float]],
    error: float,
    start: int,
    progress: Progress | None,
    reuse: bool,
) -> OtherEquilibrium:
    """Judge the invitation of ``moment`` again in the equilibrium that another start leads to."""
    there = solve(solution.game, replace(solution.method, start=start), progress, reuse=reuse)
    found = values_at(there, moment.state, moment.period, moment.beliefs)
    error_there = error_at(there, moment)
    verdict, _, margin = judge_all(worth_of(found), error_there)
    furthest = max(abs(found[kind][reply] - value) for kind, by in values.items() for reply, value in by.items())
    return OtherEquilibrium(start, verdict, margin, error_there, found, furthest > error + error_there)


def _command(
    scenario: Scenario,
    party: str,
    method: AQRE,
    histories: int,
    seed: int,
    further: dict[str, int | bool],
    at: Mapping[str, str],
) -> str:
    """Return the command line that gives the same answer; ``further`` maps options to their values."""
    words = ["duress", "assess", scenario.path or scenario.name, "--party", party]
    if isinstance(method.precision, (int, float)):
        words += ["--precision", f"{method.precision:g}"]
    if method.branch != "auto":
        words += ["--branch", method.branch.replace(" ", "-")]
    words += ["--beliefs", str(method.beliefs), "--histories", str(histories), "--seed", str(seed)]
    for option, value in further.items():
        if value:
            words += [f"--{option}"] if value is True else [f"--{option}", str(value)]
    for what, value in at.items():
        words += ["--at", f"{what}={value}"]
    return shlex.join(words)


def _invitation(solution: Solution, game: Confrontation, me: int, moment: Moment) -> Invitation:
    inviter = game.players[1 - me]
    choice = solution.behaviour(moment.inviting, moment.period, moment.before)
    return Invitation(
        inviter=inviter.name,
        invited=game.players[me].name,
        state=game.state_name(moment.state),
        period=moment.period,
        before=believed(inviter, moment.before[1 - me]),
        posterior=believed(inviter, moment.beliefs[1 - me]),
        found=moment.found,
        moves=tuple(
            OtherMove(
                move,
                move == INVITE,
                {kind: worth[move] for kind, worth in choice.worth.items()},
                {kind: chance[move] for kind, chance in choice.policy.items()},
            )
            for move in choice.moves
        ),
        error=error_of_inviting(solution, moment),
    )


def _fans(game: Confrontation, histories: Histories) -> tuple[Fan, ...]:
    periods, pressure, stamina = pressure_and_stamina(histories)
    fans = []
    for kind, table in (("pressure", pressure), ("stamina", stamina)):
        for i, p in enumerate(game.players):
            if kind == "stamina" and not game.scenario.drained(p.name):
                continue
            levels = np.quantile(table[:, :, i], QUANTILES, axis=0)
            quantiles = {str(q): tuple(map(float, row)) for q, row in zip(QUANTILES, levels, strict=True)}
            fans.append(Fan(kind, p.name, tuple(map(int, periods)), quantiles))
    return tuple(fans)
