"""Third parties that react by a stated rule: they move by chance, and change what levers do or give relief."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ..mechanism import Chances, Component, Mechanism
from ..schema import Bystander, Scenario
from ..space import Standing


def bystander_key(name: str) -> str:
    """Return the key of the component that holds the level of a bystander."""
    return f"level of {name}, a bystander"


class Bystanders(Mechanism):
    """The level of each bystander."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.levers = tuple(scenario.levers)
        self.bystanders = tuple(scenario.bystanders.values())
        self.components = [self._level(bystander) for bystander in self.bystanders]

    @classmethod
    def applies(cls, scenario: Scenario) -> bool:
        """Whether there are bystanders."""
        return bool(scenario.bystanders)

    def _level(self, bystander: Bystander) -> Component:
        return Component(
            bystander_key(bystander.name),
            len(bystander.levels),
            bystander.start,
            lambda phase: 0 if phase.is_end else None,
            lambda k: f"{bystander.name} {bystander.levels[k]}",
            lambda at: self._after(bystander, at),
        )

    def _after(self, bystander: Bystander, at: Standing) -> Chances:
        up, down = np.full(len(at), bystander.up), np.full(len(at), bystander.down)
        in_force = at.in_force
        for lever, shifts in bystander.shifts.items():
            shift = np.array(shifts)[in_force[:, self.levers.index(lever)]]
            up, down = up + np.maximum(shift, 0.0), down + np.maximum(-shift, 0.0)
        over = np.maximum(up + down, 1.0)
        level = at[bystander_key(bystander.name)]
        up = np.where(level < len(bystander.levels) - 1, up / over, 0.0)
        down = np.where(level > 0, down / over, 0.0)
        # Rounding must not make the chance of staying a hair below zero.
        return [(level, np.maximum(1.0 - up - down, 0.0)), (level + 1, up), (level - 1, down)]

    def bite(self, lever: int, at: Standing) -> NDArray[np.float64] | None:
        """Return what the bystanders leave of a lever's effect, or make of it."""
        factor = None
        for bystander in self.bystanders:
            if self.levers[lever] in bystander.effect:
                here = np.array(bystander.effect[self.levers[lever]])[at[bystander_key(bystander.name)]]
                factor = here if factor is None else factor * here
        return factor

    def flow(self, party: int, at: Standing) -> NDArray[np.float64] | float:
        """Return the relief a party gets; none once it is over."""
        total = np.zeros(len(at))
        for bystander in self.bystanders:
            relief = bystander.relief.get(tuple(self.scenario.parties)[party])
            if relief is not None and not at.phase.is_end:
                total += np.array(relief)[at[bystander_key(bystander.name)]]
        return total

    def flow_key(self, at: Standing) -> Iterable[tuple[NDArray[np.int64], int]]:
        """Yield the levels of the bystanders."""
        for bystander in self.bystanders:
            yield at[bystander_key(bystander.name)], len(bystander.levels)
