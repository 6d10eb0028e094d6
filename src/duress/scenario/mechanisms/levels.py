"""Levers stand at levels: free in a confrontation and at the table, at their relief levels while terms are in force.

An irreversible lever stays where it stands in every phase.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..mechanism import Component, Mechanism
from ..move import Move
from ..phases import Phase
from ..schema import Lever, Scenario


def level_key(lever: str) -> str:
    """Return the key of the component that holds the level of a lever."""
    return f"level of {lever}"


class Levels(Mechanism):
    """The level of every lever."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.components = [self._level(lever) for lever in scenario.levers.values()]

    @classmethod
    def applies(cls, scenario: Scenario) -> bool:
        """Return true: a scenario without levers has no components here, and needs none."""
        return True

    def _level(self, lever: Lever) -> Component:
        relief = self.scenario.agreement.relief[lever.name]

        def fixed(phase: Phase) -> int | None:
            return relief if phase.at_relief and not lever.irreversible else None

        return Component(
            level_key(lever.name), len(lever.levels), lever.start, fixed, lambda k: f"{lever.name} {lever.levels[k]}"
        )

    def moved(self, move: Move) -> Iterator[Move]:
        """Bring levers down to what they may keep during talks, and charge what it costs to raise one."""
        after = move.after
        if after.phase.is_talks and not move.before.phase.is_talks:
            for lever in self.scenario.levers.values():
                key = level_key(lever.name)
                after = after.put(key, np.minimum(after[key], lever.in_talks))
        parts = [move.to(after)]
        for lever in self.scenario.levers.values():
            if lever.start_up > 0:
                parts = [part for one in parts for part in self._charged(one, lever)]
        yield from parts

    def _charged(self, move: Move, lever: Lever) -> Iterator[Move]:
        raised = move.after[level_key(lever.name)] > move.before[level_key(lever.name)]
        yield move.where(~raised)
        owner = tuple(self.scenario.parties).index(lever.by)
        yield move.where(raised).costing(owner, (lever.start_up,) * len(self.scenario.parties[lever.by].types))
