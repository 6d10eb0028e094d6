"""The phases of a confrontation: who moves, what is on the table, what is in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .agenda import Agenda
from .schema import ABOUT, ASK, Scenario

CONFLICT = "open conflict"
"""Kind of the end that escalation leads to."""

PASSING = "passing to "
"""Begins the kind of every phase in which time passes."""

NEWS = "news before "
"""Begins the kind of every phase in which there is news of the second party, once time has passed."""


@dataclass(frozen=True)
class Phase:
    """Where a confrontation stands, components of the state aside.

    Parameters
    ----------
    kind : str
        "confrontation", "invited", "asked", "table", "offer", "agreement"; "passing to " confrontation, table or
        agreement, when time passes; "news before " one of these, if there is news of both parties; "collapse",
        "concession" or "open conflict".
    mover : int
        Party who moves, 0 or 1; -1 at an end; 0, who has no choice, when time passes or news comes.
    party : int
        Who invited, asks first, proposes or speaks, collapsed or conceded; -1 where it does not matter.
    slot : int
        0 for the first to move in the period, 1 for the second.
    terms : int
        Index of the terms offered or in force; -1 without.
    """

    kind: str
    mover: int
    party: int = -1
    slot: int = 0
    terms: int = -1

    @property
    def key(self) -> tuple[str, int, int, int]:
        """What names the phase: kind, party, slot, terms."""
        return (self.kind, self.party, self.slot, self.terms)

    @property
    def onward(self) -> tuple[str, int, int, int]:
        """Key of the phase in which the next period begins, when time passes or news comes."""
        return (self.kind.removeprefix(PASSING).removeprefix(NEWS), self.party, 0, self.terms)

    @property
    def to_news(self) -> tuple[str, int, int, int]:
        """Key of the phase of news before the next period, when time passes and there is news of both parties."""
        return (NEWS + self.kind.removeprefix(PASSING), self.party, 0, self.terms)

    @property
    def is_passing(self) -> bool:
        """Whether time passes here: flows accrue, the world moves, the period ends."""
        return self.kind.startswith(PASSING)

    @property
    def is_chance(self) -> bool:
        """Whether nobody has a choice: time passes, or news comes."""
        return self.kind.startswith((PASSING, NEWS))

    @property
    def begins_period(self) -> bool:
        """Whether a period begins here, so that the horizon may fall on it."""
        return self.slot == 0 and self.kind.removeprefix(NEWS) in ("confrontation", "table", "agreement")

    @property
    def is_talks(self) -> bool:
        """Whether the parties are at the table, or about to be."""
        return self.kind in ("table", "offer", PASSING + "table", NEWS + "table")

    @property
    def at_relief(self) -> bool:
        """Whether levers stand at their relief levels throughout the phase."""
        return self.is_end or self.kind.endswith("agreement")

    @property
    def is_end(self) -> bool:
        """Whether the confrontation is over."""
        return self.mover < 0


def phases_of(scenario: Scenario, agenda: Agenda, further: Iterable[Phase] = (), news: bool = False) -> list[Phase]:
    """List every phase of ``scenario`` in the order they are numbered; ``further`` are those that mechanisms add.

    With ``news``, time passes to phases in which there is news of the second party.
    """
    parties = tuple(scenario.parties)
    turn = tuple(parties.index(p) for p in scenario.order)
    talks = bool(scenario.talks.invite) and any(r.startswith("accept") for r in scenario.talks.replies)
    phases = [Phase("confrontation", turn[slot], slot=slot) for slot in (0, 1)]
    phases += [Phase("invited", 1 - parties.index(p), party=parties.index(p)) for p in scenario.talks.invite]
    if ASK in scenario.talks.replies:
        asking = [1 - parties.index(p) for p in scenario.talks.invite]
        phases += [Phase("asked", 1 - p, party=p) for p in asking if scenario.talks.ask_first[parties[p]]]
    signed: set[int] = set()
    if talks:
        for p in (0, 1):
            offers = offers_of(agenda, p) if scenario.talks.about == ABOUT[0] else []
            phases.append(Phase("table", p, party=p))
            phases += [Phase("offer", 1 - p, party=p, terms=k) for k in offers]
            signed |= {k for k in offers if agenda.signable_by(1 - p)[k]}
    phases += [Phase("agreement", turn[slot], slot=slot, terms=k) for k in sorted(signed) for slot in (0, 1)]
    landings = [phase for phase in phases if phase.begins_period]
    phases += [Phase(PASSING + phase.kind, 0, party=phase.party, terms=phase.terms) for phase in landings]
    if news:
        phases += [Phase(NEWS + phase.kind, 0, party=phase.party, terms=phase.terms) for phase in landings]
    phases += further
    phases += [Phase("concession", -1, party=p) for p in (0, 1) if may_concede(agenda, p)]
    return phases


def offers_of(agenda: Agenda, proposer: int) -> list[int]:
    """Return the terms a party may put on the table: the menu, and its own demand, signable or not."""
    menu = [int(k) for k in agenda.menu]
    demand = agenda.demand[proposer]
    return menu if demand in menu else [*menu, demand]


def may_concede(agenda: Agenda, party: int) -> bool:
    """Whether a party may give the other what it demands: not across its own red line."""
    return bool(agenda.signable_by(party)[agenda.demand[1 - party]])
