"""Obligations under an agreement already in force: suspended only after the other's breach, restored at will."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..mechanism import Component, Mechanism
from ..move import Move
from ..phases import Phase
from ..schema import Scenario
from .levels import level_key


def breach_key(agreement: str, party: str) -> str:
    """Return the key of the component that says whether a party has gone back on an agreement already in force."""
    return f"breach of {agreement} by {party}"


class Obligations(Mechanism):
    """Whether the party whose breach an obligation waits for is in breach.

    Raising a lever marked with ``breaks`` is a breach, and so is going back on terms signed at the table; signing
    them settles a breach.
    """

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.bound = {lever.name: lever.obligation for lever in scenario.levers.values() if lever.obligation}
        started: dict[tuple[str, str], bool] = {}
        for rule in self.bound.values():
            started[rule.of, rule.only_after] = started.get((rule.of, rule.only_after), False) or rule.breached
        self.watched = tuple(started)
        self.components = [self._breach(*pair, at_start) for pair, at_start in started.items()]

    @classmethod
    def applies(cls, scenario: Scenario) -> bool:
        """Whether some lever is an obligation."""
        return any(lever.obligation for lever in scenario.levers.values())

    def _breach(self, agreement: str, party: str, at_start: bool) -> Component:
        def fixed(phase: Phase) -> int | None:
            return 0 if phase.at_relief else None

        return Component(
            breach_key(agreement, party), 2, int(at_start), fixed, lambda k: f"{party} in breach of {agreement}" * k
        )

    def moved(self, move: Move) -> Iterator[Move]:
        """Refuse to suspend what the other has kept to; remember a breach."""
        allowed = np.ones(len(move.states), bool)
        for name, rule in self.bound.items():
            raised = move.after[level_key(name)] > move.before[level_key(name)]
            if move.breaks < 0:
                allowed &= ~raised | (move.before[breach_key(rule.of, rule.only_after)] == 1)
        move = move.where(allowed)
        after = move.after
        for agreement, party in self.watched:
            breach = np.full(len(move.states), move.breaks >= 0 and tuple(self.scenario.parties)[move.breaks] == party)
            for lever in self.scenario.levers_of(party):
                if lever.breaks == agreement:
                    breach |= after[level_key(lever.name)] > move.before[level_key(lever.name)]
            key = breach_key(agreement, party)
            after = after.put(key, np.where(breach, 1, after[key]))
        yield move.to(after)
