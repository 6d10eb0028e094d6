"""Claims about what happens in histories of the equilibrium, from the start."""

from __future__ import annotations

import numpy as np

from ...scenario.claims import ASK_AGAIN, EXHAUSTION, HARVEST, ONLY_LOOKS, RED_LINE
from ..moment import INVITE
from .evidence import Evidence, NotTestable
from .played import SIGNIFICANT, Round, clustered_error
from .registry import Case, Finding, claim

LOW, HIGH = 1 / 3, 2 / 3
"""Stamina up to which it is in its lowest third, and above which in its highest."""

ALIKE = 0.1
"""How differently two types may move, unless a scenario says otherwise, and still only look different."""


def _never(evidence: Evidence, what: str) -> NotTestable:
    return NotTestable(f"{what} in {evidence.count:,} histories.")


@claim(EXHAUSTION)
def exhaustion(case: Case) -> Finding:
    """Test whether the inviter invites more often when the other's stamina is in its lowest third than in its highest.

    The chance of inviting per turn at which it could, over the turns in all histories; the inviter is by default the
    other party, and the one whose stamina counts the party itself.
    """
    evidence, played = case.evidence, case.evidence.played()
    inviter, of = str(case.parameters.get("inviter", case.other)), str(case.parameters.get("of", case.party))
    if inviter not in evidence.scenario.talks.invite:
        raise NotTestable(f"{inviter} may not invite.")
    if not evidence.scenario.drained(of):
        raise NotTestable(f"No lever drains the stamina of {of}.")
    rows, columns = np.nonzero(played.in_phase("confrontation", evidence.number(inviter)))
    invites = played.named(INVITE)[rows, columns]
    if not invites.any():
        raise _never(evidence, f"{inviter} never invites")
    stamina = evidence.game.stamina[played.states[rows, columns], evidence.number(of)]
    low, high = stamina <= LOW, stamina > HIGH
    for third, word in ((low, "lowest"), (high, "highest")):
        if not third.any():
            raise _never(evidence, f"The stamina of {of} is never in its {word} third at a turn of {inviter}")
    chance = [float(invites[third].mean()) for third in (low, high)]
    spread = [clustered_error(invites[third].astype(float), rows[third]) for third in (low, high)]
    said = (
        f"{inviter} invites in {chance[0]:.1%} of its turns when the stamina of {of} is in its lowest third, "
        f"in {chance[1]:.1%} when it is in its highest."
    )
    error = SIGNIFICANT * float(np.linalg.norm(spread))
    return Finding({"worn out": chance[0], "fresh": chance[1]}, error, "chance per turn", said)


def _shares(case: Case, rounds: list[Round]) -> np.ndarray:
    """Return what the party concedes in each round: 0 is its own demand, 1 the other's, by its mean value."""
    evidence = case.evidence
    agenda, me = evidence.game.agenda, evidence.number(case.party)
    own, theirs = (float(agenda.mean[agenda.demand[i], me]) for i in (me, 1 - me))
    if own - theirs < 1e-9:
        raise NotTestable(f"What {case.other} demands is worth no less to {case.party} than what it demands itself.")
    return np.array([1.0 if r.terms < 0 else (own - float(agenda.mean[r.terms, me])) / (own - theirs) for r in rounds])


@claim(HARVEST)
def harvest(case: Case) -> Finding:
    """Test whether the party concedes more in terms whose talks were invited under higher pressure than under lower.

    The share conceded is 0 where terms are worth as much to the party (on average over its types) as its own demand,
    and 1 where they are worth no more than the other's. Pressure is the harm done to the party when the talks were
    invited, by whomever; higher is above the median of all talks that led to terms.
    """
    evidence = case.evidence
    rounds = [
        r for r in evidence.played().rounds(evidence.number(case.party)) if r.terms >= 0 and not np.isnan(r.pressure)
    ]
    if not rounds:
        raise _never(evidence, "Talks never led to terms")
    shares, pressure = _shares(case, rounds), np.array([r.pressure for r in rounds])
    middle = float(np.median(pressure))
    high = pressure > middle if (pressure > middle).any() else pressure >= middle
    if high.all():
        raise NotTestable(
            f"Talks that led to terms were all invited under the same pressure on {case.party}, {middle:.2f} stakes "
            f"per {evidence.period}."
        )
    history = np.array([r.history for r in rounds])
    means = [float(shares[which].mean()) for which in (high, ~high)]
    spread = [clustered_error(shares[which], history[which]) for which in (high, ~high)]
    said = (
        f"{case.party} concedes {means[0]:.0%} of what {case.other} demands in terms invited under a pressure of "
        f"{pressure[high].min():.2f} stakes per {evidence.period} or more, {means[1]:.0%} under less "
        f"({len(rounds)} sets of terms)."
    )
    error = SIGNIFICANT * float(np.linalg.norm(spread))
    return Finding({"high pressure": means[0], "low pressure": means[1]}, error, "share conceded", said)


@claim(RED_LINE)
def red_line(case: Case) -> Finding:
    """Test whether talks end in two moves once the other puts its demand on the table, across a red line of the party.

    The offer and its answer: the share of such offers after which the talks are over, against the share after which
    they go on. Each offer of the demand counts, the party it is made to being the one whose red line it crosses.
    """
    evidence, played = case.evidence, case.evidence.played()
    agenda, me = evidence.game.agenda, evidence.number(case.party)
    demand = agenda.demand[1 - me]
    crossed = [issue for n, issue in enumerate(agenda.issues) if agenda.crosses[demand, me, n]]
    if not crossed:
        raise NotTestable(f"What {case.other} demands crosses no red line of {case.party}.")
    rows, columns = np.nonzero(_offered(case, demand))
    if not len(rows):
        raise _never(evidence, f"{case.other} never puts its demand on the table")
    after = np.minimum(columns + 1, played.states.shape[1] - 1)
    talks = np.array([phase.is_talks for phase in evidence.game.phases])
    state = np.where(columns + 1 < played.states.shape[1], played.states[rows, after], -1)
    state = np.where(state >= 0, state, played.histories.final[rows])
    over = np.logical_not(talks[evidence.game.phase[state]]).astype(float)
    said = (
        f"The demand of {case.other} crosses a red line of {case.party} on {' and '.join(crossed)}; of {len(over):,} "
        f"times it was offered the talks ended with the answer in {over.mean():.0%}."
    )
    error = SIGNIFICANT * 2.0 * clustered_error(over, rows)
    return Finding({"end": float(over.mean()), "go on": float(1 - over.mean())}, error, "share of offers", said)


def _offered(case: Case, terms: int) -> np.ndarray:
    """Return where these terms, offered by the other, await the party's answer, shape (H, L)."""
    evidence, played = case.evidence, case.evidence.played()
    other = 1 - evidence.number(case.party)
    which = np.array([p.kind == "offer" and p.party == other and p.terms == terms for p in evidence.game.phases])
    return (played.states >= 0) & which[evidence.game.phase[played.states]]


@claim(ASK_AGAIN)
def ask_again(case: Case) -> Finding:
    """Test whether where the party gives ground more than once, it gives more the last time than the first.

    Shares conceded as for *talks harvest pressure*; a concession is all that is demanded. The sentence tells how often
    each type of the other goes back on terms.
    """
    evidence = case.evidence
    played, me = evidence.played(), evidence.number(case.party)
    rounds = played.rounds(me)
    if not rounds:
        raise _never(evidence, f"{case.party} never gives ground")
    shares, history = _shares(case, rounds), np.array([r.history for r in rounds])
    signed = np.array([r.terms >= 0 for r in rounds])
    broken = np.array([r.broken_by == 1 - me for r in rounds])
    dealt = played.histories.types[history, 1 - me]
    parts = []
    for k, name in enumerate(evidence.game.players[1 - me].types):
        of_type = signed & (dealt == k)
        if of_type.any():
            whom = f" if {name}" if len(evidence.game.players[1 - me].types) > 1 else ""
            parts.append(f"{broken[of_type].mean():.0%}{whom}")
    went_back = f"{case.other} goes back on terms in {' and '.join(parts)}" if parts else "No terms are signed"
    _, first, count = np.unique(history, return_index=True, return_counts=True)
    again = count > 1
    if not again.any():
        raise NotTestable(
            f"{case.party} gives ground a second time in none of {evidence.count:,} histories. {went_back}."
        )
    early, late = shares[first[again]], shares[first[again] + count[again] - 1]
    said = (
        f"In {again.sum():,} of {evidence.count:,} histories {case.party} gives ground more than once: "
        f"{early.mean():.0%} of what is demanded the first time, {late.mean():.0%} the last. {went_back}."
    )
    # Differences of shares lie in [-1, 1], which is twice as wide as what the error is for.
    error = SIGNIFICANT * 2.0 * clustered_error(0.5 * (late - early), np.arange(len(late)))
    return Finding({"last": float(late.mean()), "first": float(early.mean())}, error, "share conceded", said)


@claim(ONLY_LOOKS)
def only_looks(case: Case) -> Finding:
    """Test whether two types of a party move more alike than a stated distance, 0.1 unless the scenario says otherwise.

    The total variation distance between what the two would do, averaged over the turns of that party with a choice in
    all histories: 0 where they do the same, 1 where one never does what the other does.
    """
    evidence, played = case.evidence, case.evidence.played()
    of = str(case.parameters.get("of", case.other))
    number = evidence.number(of)
    types = evidence.game.players[number].types
    if len(types) < 2:
        raise NotTestable(f"{of} has one type only.")
    choices = np.diff(evidence.game.first_move) > 1
    rows, columns = np.nonzero(
        (played.states >= 0) & choices[played.states] & (evidence.game.mover[played.states] == number)
    )
    if not len(rows):
        raise _never(evidence, f"{of} never had a choice")
    apart = played.histories.apart[rows, columns]
    alike = float(case.parameters.get("alike", ALIKE))
    said = (
        f"Over {len(rows):,} turns of {of}, what it does if {types[0]} and if {types[1]} differs by {apart.mean():.2f} "
        "on average (0 the same, 1 nothing in common)."
    )
    error = SIGNIFICANT * clustered_error(apart, rows)
    return Finding({"alike up to": alike, "they differ by": float(apart.mean())}, error, "distance", said)
