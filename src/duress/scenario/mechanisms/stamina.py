"""Stamina, in steps: drained by the other's levers, recovering without them; a party without any collapses."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ..mechanism import Chances, Component, Mechanism, by_mean
from ..phases import Phase
from ..pressure import drain_on
from ..schema import Scenario
from ..space import Standing


def stamina_key(party: str) -> str:
    """Return the key of the component that holds the stamina of a party."""
    return f"stamina of {party}"


def stamina_of(at: Standing) -> NDArray[np.float64]:
    """Return the stamina of each party from 0 to 1, 1 where it cannot be drained, shape (n, 2)."""
    stamina = np.ones((len(at), 2))
    for i, party in enumerate(at.space.scenario.parties.values()):
        if at.space.scenario.drained(party.name):
            stamina[:, i] = at[stamina_key(party.name)] / party.stamina.steps
    return stamina


def strained(at: Standing, party: int) -> NDArray[np.bool_]:
    """Return whether a party is below its threshold of strain, shape (n,): nobody is once it is over."""
    rule = tuple(at.space.scenario.parties.values())[party]
    if at.phase.is_end or not at.space.scenario.drained(rule.name):
        return np.zeros(len(at), bool)
    return at[stamina_key(rule.name)] / rule.stamina.steps < rule.stamina.strained_below - 1e-12


class StaminaSteps(Mechanism):
    """The stamina of each party that some lever of the other drains."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.parties = tuple(scenario.parties.values())
        self.drained = [i for i, party in enumerate(self.parties) if scenario.drained(party.name)]
        self.components = [self._steps(i) for i in self.drained]

    @classmethod
    def applies(cls, scenario: Scenario) -> bool:
        """Whether either party can be exhausted."""
        return any(scenario.drained(party) for party in scenario.parties)

    def _steps(self, i: int) -> Component:
        party, steps = self.parties[i], self.parties[i].stamina.steps
        return Component(
            stamina_key(party.name),
            steps + 1,
            max(1, round(party.stamina.start * steps)),
            lambda phase: 0 if phase.is_end else None,
            lambda z: f"stamina of {party.name} {z / steps:.2f}",
            lambda at: self._after(i, at),
        )

    def _after(self, i: int, at: Standing) -> Chances:
        rule = self.parties[i].stamina
        drain = drain_on(at, i)
        rate = np.where(drain > 0, -drain, rule.recovers) * rule.steps
        return by_mean(at[stamina_key(self.parties[i].name)], rate, rule.steps)

    def flow(self, party: int, at: Standing) -> NDArray[np.float64] | float:
        """Return what strain costs."""
        if party not in self.drained:
            return 0.0
        return np.where(strained(at, party), -self.parties[party].stamina.strain, 0.0)

    def flow_key(self, at: Standing) -> Iterable[tuple[NDArray[np.int64], int]]:
        """Yield who is strained."""
        for i in self.drained:
            yield strained(at, i).astype(np.int64), 2

    def phases(self) -> Iterable[Phase]:
        """Return the collapse of each party that can be exhausted."""
        return [Phase("collapse", -1, party=i) for i in self.drained]

    def endings(self, before: Standing, after: Standing) -> Iterable[tuple[Phase, NDArray[np.float64]]]:
        """Yield collapses. If neither outlasts the other, either demand is imposed with even chances."""
        gone = {i: after[stamina_key(self.parties[i].name)] == 0 for i in self.drained}
        both = np.logical_and.reduce(list(gone.values())) if len(gone) > 1 else np.zeros(len(after), bool)
        for i in reversed(self.drained):
            yield after.space.phase("collapse", i, 0, -1), gone[i] * np.where(both, 0.5, 1.0)
