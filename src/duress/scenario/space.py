"""The public states of a confrontation: phases, lever levels, stamina; numbered so that arrays can be built at once.

A state is a phase with a level for every lever and a step of stamina for every party that can be exhausted. While terms
are in force the levers stand at their relief levels, so those phases carry stamina only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .agenda import Agenda
from .schema import Scenario

PASSING = "passing to "
"""Begins the kind of every phase in which time passes."""


@dataclass(frozen=True)
class Phase:
    """Where a confrontation stands, levers and stamina aside.

    Parameters
    ----------
    kind : str
        "confrontation", "invited", "table", "offer", "agreement"; "passing to " confrontation, table or agreement, when
        time passes; "collapse" or "concession".
    mover : int
        Party who moves, 0 or 1; -1 at an end; 0, who has no choice, when time passes.
    party : int
        Who invited, who proposes, or who collapsed or conceded; -1 where it does not matter.
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
        """Key of the phase in which the next period begins, when time passes."""
        return (self.kind.removeprefix(PASSING), self.party, 0, self.terms)

    @property
    def is_passing(self) -> bool:
        """Whether time passes here: flows accrue, stamina moves, the period ends."""
        return self.kind.startswith(PASSING)

    @property
    def at_relief(self) -> bool:
        """Whether levers stand at their relief levels throughout the phase."""
        return self.is_end or self.kind.endswith("agreement")

    @property
    def is_end(self) -> bool:
        """Whether the confrontation is over."""
        return self.mover < 0


def phases_of(scenario: Scenario, agenda: Agenda) -> list[Phase]:
    """List every phase of ``scenario`` in the order they are numbered."""
    parties = tuple(scenario.parties)
    turn = tuple(parties.index(p) for p in scenario.order)
    talks = bool(scenario.talks.invite) and any(r.startswith("accept") for r in scenario.talks.replies)
    phases = [Phase("confrontation", turn[slot], slot=slot) for slot in (0, 1)]
    phases += [Phase("invited", 1 - parties.index(p), party=parties.index(p)) for p in scenario.talks.invite]
    signed: set[int] = set()
    if talks:
        for p in (0, 1):
            offers = offers_of(agenda, p)
            phases.append(Phase("table", p, party=p))
            phases += [Phase("offer", 1 - p, party=p, terms=k) for k in offers]
            signed |= {k for k in offers if agenda.signable_by(1 - p)[k]}
    phases += [Phase("agreement", turn[slot], slot=slot, terms=k) for k in sorted(signed) for slot in (0, 1)]
    landings = [phase for phase in phases if phase.kind in ("confrontation", "table", "agreement") and phase.slot == 0]
    phases += [Phase(PASSING + phase.kind, 0, party=phase.party, terms=phase.terms) for phase in landings]
    phases += [Phase("collapse", -1, party=p) for p in (0, 1) if scenario.drained(parties[p])]
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


class StateSpace:
    """The numbering of states: a block for each phase, within it lever levels and then stamina in mixed radix.

    Parameters
    ----------
    scenario : Scenario
    phases : list of Phase

    Attributes
    ----------
    lever_sizes, stamina_sizes : tuple of int
        Levels of each lever; steps of stamina of each party, zero included (1 if it cannot be drained).
    offset : int array, shape (phases + 1,)
        First state of each phase's block; the last entry is the number of states in all.
    """

    def __init__(self, scenario: Scenario, phases: list[Phase]) -> None:
        parties = tuple(scenario.parties)
        self.scenario, self.phases = scenario, phases
        self.index = {phase.key: n for n, phase in enumerate(phases)}
        self.levers = tuple(scenario.levers.values())
        self.lever_sizes = tuple(len(lever.levels) for lever in self.levers)
        self.stamina_sizes = tuple(scenario.parties[p].stamina.steps + 1 if scenario.drained(p) else 1 for p in parties)
        self.lever_count = math.prod(self.lever_sizes)
        self.stamina_count = math.prod(self.stamina_sizes)
        self.relief = np.array([scenario.agreement.relief[lever.name] for lever in self.levers], np.int64)
        sizes = [1 if p.is_end else self.stamina_count * (1 if p.at_relief else self.lever_count) for p in phases]
        self.offset = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

    @property
    def count(self) -> int:
        """Number of states, those included that cannot be reached."""
        return int(self.offset[-1])

    def members(self, phase: Phase) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return all states of a phase: numbers (n,), lever levels (n, levers), stamina steps (n, 2)."""
        n = self.index[phase.key]
        states = np.arange(self.offset[n], self.offset[n + 1])
        return (states, *self.parts(states, phase))

    def parts(self, states: NDArray[np.int64], phase: Phase) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return lever levels and stamina steps of ``states``, all of ``phase``."""
        local = states - self.offset[self.index[phase.key]]
        stamina = np.stack(np.unravel_index(local % self.stamina_count, self.stamina_sizes), axis=1).astype(np.int64)
        if phase.at_relief or not self.levers:
            levels = np.broadcast_to(self.relief, (len(states), len(self.levers)))
        else:
            levels = np.stack(np.unravel_index(local // self.stamina_count, self.lever_sizes), axis=1).astype(np.int64)
        return levels, stamina

    def number(self, phase: Phase, levels: NDArray[np.int64], stamina: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the numbers of states of ``phase`` with these levels (n, levers) and stamina steps (n, 2)."""
        base = self.offset[self.index[phase.key]]
        if phase.is_end:
            return np.full(len(stamina), base)
        local = np.ravel_multi_index(tuple(stamina.T), self.stamina_sizes)
        if not phase.at_relief and self.levers:
            local = local + np.ravel_multi_index(tuple(levels.T), self.lever_sizes) * self.stamina_count
        return base + local

    def phase(self, *key: str | int) -> Phase:
        """Return the phase with this key: see `Phase.key`."""
        return self.phases[self.index[key]]  # type: ignore[index]

    def start(self) -> int:
        """Return the state the scenario begins in."""
        levels = np.array([[lever.start for lever in self.levers]], np.int64).reshape(1, len(self.levers))
        stamina = [
            max(1, round(party.stamina.start * party.stamina.steps)) if size > 1 else 0
            for party, size in zip(self.scenario.parties.values(), self.stamina_sizes, strict=True)
        ]
        return int(self.number(self.phases[0], levels, np.array([stamina], np.int64))[0])
