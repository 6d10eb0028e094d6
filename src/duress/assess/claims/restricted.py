"""Claims about what a side's behaviour brings about: the game against the same with that behaviour taken away.

Each is tested under two rules (`duress.simulate.interventions`): the other side keeps its equilibrium rule, or both
know of the restriction and the game is solved again.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ...scenario.claims import AT_ONCE, COUNTER, NO_HURRY, ONLY_WAY, REBUILT, THIRD_PARTY
from ...simulate.interventions import CONCEDES, NO_LEVERS, NO_TALKS, WAITS, Intervention
from ..moment import LEAST_DIFFERENCE
from .evidence import Evidence, NotTestable
from .played import Played
from .registry import BOTH_KNOW, KEEPS_ITS_RULE, Case, Finding, claim, paired_error, separate_error

RULES = ((KEEPS_ITS_RULE, False), (BOTH_KNOW, True))
SOON, LATER = 3, 6
"""Periods an answer waits, and a capability lies idle, unless a scenario says otherwise."""

FEWEST_OF_TYPE = 30
"""Histories in which a type must be dealt, for a mean over them to have an error that can be trusted."""


def _restricting(case: Case, kind: str, levers: tuple[str, ...] = (), periods: int = 0) -> Intervention:
    """Return an intervention that takes moves away from the party; it must have some to lose."""
    found = Intervention(case.party, kind, periods, levers)
    if not found.removed(case.evidence.game).any():
        raise NotTestable(f"{case.party} has no choice in it: that it {kind} takes no move from it.")
    return found


def _under_each_rule(test: Callable[[str, bool], Finding]) -> list[Finding | NotTestable]:
    """Return what ``test`` finds under either rule, given its name and whether both know."""
    found: list[Finding | NotTestable] = []
    for rule, both_know in RULES:
        try:
            found.append(test(rule, both_know))
        except NotTestable as why:
            found.append(NotTestable(str(why), rule))
    return found


def _own_levers(case: Case) -> tuple[str, ...]:
    levers = tuple(lever.name for lever in case.evidence.scenario.levers_of(case.party))
    if not levers:
        raise NotTestable(f"{case.party} holds no lever.")
    return levers


def _difference(
    free: Played, bound: Played, both_know: bool, of: Callable[[Played], NDArray[np.float64]]
) -> tuple[float, float, float]:
    """Return the mean of a quantity in either, and the error of their difference."""
    here, there = of(free), of(bound)
    error = separate_error(here, there) if both_know else paired_error(here, there)
    return float(here.mean()), float(there.mean()), error


@claim(COUNTER, again=True)
def counter(case: Case) -> list[Finding | NotTestable]:
    """Test whether pressure on the party is lower on average than with its own levers held idle.

    The harm done to it per period, over all periods, none once it is over; the sentence tells after how long less than
    half of the pressure at the start is left.
    """
    evidence, me = case.evidence, case.evidence.number(case.party)
    _own_levers(case)
    idle = _restricting(case, NO_LEVERS)

    def test(rule: str, both_know: bool) -> Finding:
        free, bound = evidence.played(), evidence.played(idle, both_know)
        here, there, error = _difference(free, bound, both_know, lambda p: p.pressure_on(me))
        times = [float(p.relieved_after(me).mean()) for p in (free, bound)]
        said = (
            f"{case.party} bears {here:.3f} stakes per {evidence.period} on average, {there:.3f} with its own levers "
            f"held idle; less than half of the first pressure is left after {times[0]:.1f} and {times[1]:.1f} "
            f"{evidence.period}s."
        )
        unit = f"stakes per {evidence.period}"
        return Finding({"levers idle": there, "levers free": here}, max(error, LEAST_DIFFERENCE), unit, said, rule)

    return _under_each_rule(test)


def _by_type(
    evidence: Evidence, party: str, first: Intervention | None, second: Intervention, both_know: bool
) -> dict[str, tuple[float, float, float]]:
    """Return own type -> what the game is worth from the start with either restriction, and the error of the rest."""
    if both_know:
        a, b = evidence.valued(first), evidence.valued(second)
        found = {}
        for kind, value in a.fine[party].items():
            other = b.fine[party][kind]
            coarse = a.coarse[party][kind] - b.coarse[party][kind]
            found[kind] = value, other, max(abs(value - other - coarse), LEAST_DIFFERENCE)
        return found
    me = evidence.number(party)
    free, bound = evidence.played(first).histories, evidence.played(second).histories
    found = {}
    for k, kind in enumerate(evidence.game.players[me].types):
        dealt = free.types[:, me] == k
        if dealt.sum() < FEWEST_OF_TYPE:
            raise NotTestable(f"{party} is too rarely {kind} to be told of in {evidence.count:,} histories.")
        here, there = free.worth[dealt, me], bound.worth[dealt, me]
        found[kind] = float(here.mean()), float(there.mean()), max(paired_error(here, there), LEAST_DIFFERENCE)
    return found


@claim(ONLY_WAY, again=True)
def only_way(case: Case) -> list[Finding | NotTestable]:
    """Test whether counter-pressure without talks is worth more to the party than every other way, whatever its type.

    From the start, in discounted stakes. The other ways: talks with its levers not raised, conceding at once where it
    can, waiting (neither), and pressing only with levers that no bystander minds, where some lever moves one. By
    pressure alone to concede would always do best, so what counts is what it is all worth.
    """
    evidence, party = case.evidence, case.party
    levers = _own_levers(case)
    alone = _restricting(case, NO_TALKS)
    moving = _moving(evidence, party)
    ways = {
        "talks without levers": Intervention(party, NO_LEVERS),
        "conceding": Intervention(party, CONCEDES),
        "waiting": Intervention(party, WAITS),
    }
    if moving and set(moving) != set(levers):
        ways["sparing bystanders"] = Intervention(party, NO_LEVERS, levers=moving)
    ways = {word: way for word, way in ways.items() if way.removed(evidence.game).any()}

    def test(rule: str, both_know: bool) -> Finding:
        worth = {word: _by_type(evidence, party, alone, way, both_know) for word, way in ways.items()}
        best = {kind: max(worth, key=lambda word: worth[word][kind][1]) for kind in worth["waiting"]}
        kind, here, there, error = case.least_true({k: worth[word][k] for k, word in best.items()})
        each = ", ".join(f"{word} {worth[word][kind][1]:+.2f}" for word in ways)
        said = f"If {kind}, counter-pressure without talks is worth {here:+.2f} stakes to {party}; {each}."
        return Finding({"counter-pressure": here, best[kind]: there}, error, "stakes", said, rule)

    return _under_each_rule(test)


@claim(NO_HURRY, again=True)
def no_hurry(case: Case) -> list[Finding | NotTestable]:
    """Test whether the other's first offer that the party accepts comes sooner than with its own levers held idle.

    Periods from the start; where no such offer comes, all the periods there are.
    """
    evidence, me = case.evidence, case.evidence.number(case.party)
    _own_levers(case)
    idle = _restricting(case, NO_LEVERS)

    def test(rule: str, both_know: bool) -> Finding:
        free, bound = evidence.played(), evidence.played(idle, both_know)
        comes = [float(p.offered_after(me)[1].mean()) for p in (free, bound)]
        if not any(comes):
            raise NotTestable(
                f"{case.party} accepts no offer of {case.other} in {evidence.count:,} histories, with its levers or "
                "without."
            )
        here, there, error = _difference(free, bound, both_know, lambda p: p.offered_after(me)[0])
        said = (
            f"{case.other} makes an offer that {case.party} accepts after {here:.1f} {evidence.period}s on average, "
            f"{there:.1f} with the levers of {case.party} held idle; in {comes[0]:.0%} and {comes[1]:.0%} of histories "
            "at all."
        )
        return Finding({"levers idle": there, "levers free": here}, error, f"{evidence.period}s", said, rule)

    return _under_each_rule(test)


def _delayed(case: Case, levers: tuple[str, ...], periods: int, what: str) -> list[Finding | NotTestable]:
    """Compare the worth of the game with that of the same with levers held idle for its first periods."""
    evidence, party = case.evidence, case.party
    idle = _restricting(case, NO_LEVERS, levers, periods)

    def test(rule: str, both_know: bool) -> Finding:
        kind, now, later, error = case.least_true(_by_type(evidence, party, None, idle, both_know))
        said = (
            f"If {kind}, the confrontation is worth {now:+.2f} stakes to {party} from its start, {later:+.2f} with "
            f"{what} for {periods} {evidence.period}s."
        )
        return Finding({"at once": now, "later": later}, error, "stakes", said, rule)

    return _under_each_rule(test)


@claim(AT_ONCE, again=True)
def at_once(case: Case) -> list[Finding | NotTestable]:
    """Test whether the party is worse off for holding its levers idle for 3 periods, by default, whatever its type.

    From the start, in discounted stakes; afterwards it plays on as in equilibrium.
    """
    _own_levers(case)
    return _delayed(case, (), int(case.parameters.get("periods", SOON)), "its levers held idle")


@claim(REBUILT, again=True)
def rebuilt(case: Case) -> list[Finding | NotTestable]:
    """Test whether the party is worse off for leaving levers that use builds up idle, for 6 periods by default.

    As for *answer at once*, with those levers only whose stock grows with use.
    """
    built = tuple(lever.name for lever in case.evidence.scenario.levers_of(case.party) if lever.stock is not None)
    if not built:
        raise NotTestable(f"No lever of {case.party} is built up by its use.")
    return _delayed(case, built, int(case.parameters.get("periods", LATER)), f"{' and '.join(built)} idle")


def _moving(evidence: Evidence, party: str) -> tuple[str, ...]:
    """Return the levers of a party that move a bystander."""
    moved = {
        lever
        for bystander in evidence.scenario.bystanders.values()
        for lever, shifts in bystander.shifts.items()
        if any(shifts)
    }
    return tuple(lever.name for lever in evidence.scenario.levers_of(party) if lever.name in moved)


@claim(THIRD_PARTY, again=True)
def third_party(case: Case) -> list[Finding | NotTestable]:
    """Test whether the relief that bystanders give the party because of its levers exceeds what those levers cost it.

    Stakes per period: harm that bystanders keep off it and what they pay it, against the same with the levers that move
    them held idle; and what those levers cost, likewise.
    """
    evidence, me = case.evidence, case.evidence.number(case.party)
    levers = _moving(evidence, case.party)
    if not levers:
        raise NotTestable(f"No lever of {case.party} moves a bystander.")
    idle = _restricting(case, NO_LEVERS, levers)

    def test(rule: str, both_know: bool) -> Finding:
        free, bound = evidence.played(), evidence.played(idle, both_know)
        relief = [p.bystanding(me) for p in (free, bound)]
        cost = [p.cost_of(levers) for p in (free, bound)]
        gained, paid = (float(now.mean() - then.mean()) for now, then in (relief, cost))
        net = [r - c for r, c in zip(relief, cost, strict=True)]
        error = separate_error(*net) if both_know else paired_error(*net)
        said = (
            f"Using {' and '.join(levers)} brings {case.party} {gained:+.3f} stakes of relief per {evidence.period} "
            f"through {' and '.join(evidence.scenario.bystanders)}, at a cost of {paid:+.3f}."
        )
        error = max(error, LEAST_DIFFERENCE)
        return Finding({"relief": gained, "cost": paid}, error, f"stakes per {evidence.period}", said, rule)

    return _under_each_rule(test)
