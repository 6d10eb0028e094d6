"""Levers stand at levels: free in a confrontation and at the table, at their relief levels while terms are in force.

An irreversible lever stays where it stands in every phase. Where relief comes in steps, a lever goes down them one
after the other as long as terms hold.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..mechanism import Chances, Component, Mechanism
from ..move import Move
from ..phases import PASSING, Phase
from ..schema import Lever, Scenario
from ..space import Standing


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

        steps = self.scenario.agreement.steps.get(lever.name, ())

        def fixed(phase: Phase) -> int | None:
            if lever.irreversible:
                return None
            return relief if phase.is_end or (phase.at_relief and not steps) else None

        return Component(
            level_key(lever.name),
            len(lever.levels),
            lever.start,
            fixed,
            lambda k: f"{lever.name} {lever.levels[k]}",
            (lambda at: self._relieved(lever, steps, at)) if steps else None,
        )

    def _relieved(self, lever: Lever, steps: tuple[int, ...], at: Standing) -> Chances:
        """Return the next step of relief, while terms are in force."""
        level = at[level_key(lever.name)]
        if at.phase.kind != PASSING + "agreement":
            return [(level, np.ones(len(at)))]
        below = np.array([max((step for step in steps if step < k), default=k) for k in range(len(lever.levels))])
        chance = np.full(len(at), 1 / self.scenario.agreement.step_takes)
        return [(level, 1.0 - chance), (below[level], chance)]

    def moved(self, move: Move) -> Iterator[Move]:
        """Bring levers down to what talks and the first step of relief leave, and charge what it costs to raise one."""
        after = move.after
        if after.phase.is_talks and not move.before.phase.is_talks:
            for lever in self.scenario.levers.values():
                key = level_key(lever.name)
                after = after.put(key, np.minimum(after[key], lever.in_talks))
        if after.phase.at_relief and not move.before.phase.at_relief:
            for name, steps in self.scenario.agreement.steps.items():
                after = after.put(level_key(name), np.minimum(after[level_key(name)], steps[0]))
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
