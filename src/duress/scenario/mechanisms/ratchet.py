"""The ratchet: whoever goes back on terms keeps, on some issues, what the terms gave it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from ..agenda import agenda_of
from ..mechanism import Component, Mechanism, lapsing
from ..move import Move
from ..phases import offers_of
from ..schema import Scenario
from ..space import Standing

KEPT = "kept after a breach"


class Ratchet(Mechanism):
    """What stays in place after a breach, in the room of the status quo, until new terms or until it is undone."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.agenda = agenda = agenda_of(scenario)
        signed = {k for p in (0, 1) for k in offers_of(agenda, p) if agenda.signable_by(1 - p)[k]}
        stays = {(k, breaker): self._stays(k, breaker) for k in sorted(signed) for breaker in (0, 1)}
        self.left = [agenda.status_quo, *sorted(set(stays.values()) - {agenda.status_quo})]
        given_back = scenario.agreement.given_back
        self.value = {key: self.left.index(k) for key, k in stays.items()}
        self.components = [
            Component(
                KEPT,
                len(self.left),
                0,
                lambda phase: 0 if phase.at_relief else None,
                lambda value: f"{KEPT}: {agenda.words(self.left[value])}" if value else "",
                (lambda at: lapsing(at[KEPT], given_back)) if given_back > 0 else None,
            )
        ]

    @classmethod
    def applies(cls, scenario: Scenario) -> bool:
        """Whether anything is kept."""
        return bool(scenario.agreement.ratchet)

    def _stays(self, k: int, breaker: int) -> int:
        """Return the terms that are in place after ``breaker`` goes back on terms ``k``."""
        agenda, party = self.agenda, tuple(self.scenario.parties.values())[breaker]
        rank = agenda.position[agenda.status_quo].copy()
        for name in self.scenario.agreement.ratchet:
            n, means = agenda.issues.index(name), self.scenario.issues[name].mean_values(party)
            if means[agenda.position[k, n]] > means[rank[n]]:
                rank[n] = agenda.position[k, n]
        return int(np.flatnonzero((agenda.position == rank).all(axis=1))[0])

    def moved(self, move: Move) -> Iterator[Move]:
        """Let the one who breaks terms keep what they gave it."""
        if move.breaks < 0:
            yield move
        else:
            yield move.to(move.after.put(KEPT, self.value[move.before.phase.terms, move.breaks]))

    def flow(self, party: int, at: Standing) -> NDArray[np.float64] | float:
        """Return what is kept is worth above the status quo, or below it to who gave it."""
        value = self.agenda.value[party]
        return (value[self.left] - value[self.agenda.status_quo])[at[KEPT]]

    def flow_key(self, at: Standing) -> Iterable[tuple[NDArray[np.int64], int]]:
        """Yield what is kept."""
        yield at[KEPT], len(self.left)
