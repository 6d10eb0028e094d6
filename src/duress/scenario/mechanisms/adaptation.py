"""The other party learns to live with a lever in force: its effect fades, and may leave a benefit."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ..mechanism import Chances, Component, Mechanism, by_mean
from ..schema import Adaptation, Lever, Scenario
from ..space import Standing


def adaptation_key(lever: str) -> str:
    """Return the key of the component that holds how far the other party has adapted to a lever."""
    return f"adaptation to {lever}"


class Adapting(Mechanism):
    """How far the other party has adapted to each lever that wears off, in steps from not at all to fully."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.fading = {
            n: (lever, lever.wears_off)
            for n, lever in enumerate(scenario.levers.values())
            if lever.wears_off is not None
        }
        self.components = [self._steps(n, *fading) for n, fading in self.fading.items()]

    @classmethod
    def applies(cls, scenario: Scenario) -> bool:
        """Whether some lever wears off."""
        return any(lever.wears_off for lever in scenario.levers.values())

    def _steps(self, n: int, lever: Lever, rule: Adaptation) -> Component:
        def after(at: Standing) -> Chances:
            rate = rule.rate / (1.0 - rule.floor) * rule.steps
            return by_mean(at[adaptation_key(lever.name)], np.where(at.in_force[:, n] > 0, rate, -rate), rule.steps)

        return Component(
            adaptation_key(lever.name),
            rule.steps + 1,
            0,
            lambda phase: 0 if phase.is_end else None,
            lambda z: f"adaptation to {lever.name} {z / rule.steps:.2f}",
            after,
        )

    def _share(self, n: int, at: Standing) -> NDArray[np.float64]:
        """Return how far the adaptation has gone, from 0 to 1; after an end, in the long run, all the way or not."""
        if at.phase.is_end:
            return (at.in_force[:, n] > 0).astype(float)
        lever, rule = self.fading[n]
        return at[adaptation_key(lever.name)] / rule.steps

    def bite(self, lever: int, at: Standing) -> NDArray[np.float64] | None:
        """Return the share of the effect that is left."""
        if lever not in self.fading:
            return None
        return 1.0 - (1.0 - self.fading[lever][1].floor) * self._share(lever, at)

    def flow(self, party: int, at: Standing) -> NDArray[np.float64] | float:
        """Return what a party gains from having adapted."""
        total = np.zeros(len(at))
        for n, (lever, rule) in self.fading.items():
            if lever.by != tuple(self.scenario.parties)[party]:
                total += rule.benefit * self._share(n, at)
        return total

    def flow_key(self, at: Standing) -> Iterable[tuple[NDArray[np.int64], int]]:
        """Yield how far each adaptation has gone."""
        for lever, rule in self.fading.values():
            yield at[adaptation_key(lever.name)], rule.steps + 1
