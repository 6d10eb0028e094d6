"""Levers stand at levels: free in a confrontation and at the table, at their relief levels while terms are in force."""

from __future__ import annotations

from ..mechanism import Component, Mechanism
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
            return relief if phase.at_relief else None

        return Component(
            level_key(lever.name), len(lever.levels), lever.start, fixed, lambda k: f"{lever.name} {lever.levels[k]}"
        )
