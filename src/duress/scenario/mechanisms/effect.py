"""A lever takes effect later than it is moved: after a lag, or step by step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ..mechanism import Component, Mechanism
from ..move import Move
from ..phases import Phase
from ..schema import Lever, Scenario
from ..space import Standing
from .levels import level_key


def effect_key(lever: str) -> str:
    """Return the key of the component that holds the level at which a lever takes effect."""
    return f"effect of {lever}"


def wait_key(lever: str) -> str:
    """Return the key of the component that holds the periods since a lever was last moved."""
    return f"wait of {lever}"


class Effect(Mechanism):
    """The level in force of each lever with a lag or a ramp, and how long it has waited.

    A change of level waits until ``lag`` periods have passed since the last one; then the level in force follows, by
    ``ramp`` levels a period, or at once. Without a lag the first step is taken in the period of the change.
    """

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.slow = {n: lever for n, lever in enumerate(scenario.levers.values()) if lever.lag or lever.ramp}
        self.components = [part for lever in self.slow.values() for part in self._parts(lever)]

    @classmethod
    def applies(cls, scenario: Scenario) -> bool:
        """Whether some lever has a lag or a ramp."""
        return any(lever.lag or lever.ramp for lever in scenario.levers.values())

    def _parts(self, lever: Lever) -> Iterator[Component]:
        relief = self.scenario.agreement.relief[lever.name]

        def in_force(phase: Phase) -> int | None:
            return relief if phase.at_relief and not lever.irreversible else None

        yield Component(
            effect_key(lever.name),
            len(lever.levels),
            lever.start,
            in_force,
            lambda k: f"{lever.name} in force {lever.levels[k]}",
            lambda at: [(self._next(lever, at), np.ones(len(at)))],
        )
        if lever.lag > 1:
            yield Component(
                wait_key(lever.name),
                lever.lag,
                0,
                lambda phase: 0 if in_force(phase) is not None else None,
                lambda k: f"{lever.name} moved {k} ago" if k else "",
                lambda at: [(self._waited(lever, at), np.ones(len(at)))],
            )

    def _next(self, lever: Lever, at: Standing) -> NDArray[np.int64]:
        """Return the level in force in the next period, or in this one without a lag."""
        now, wanted = at[effect_key(lever.name)], at[level_key(lever.name)]
        most = lever.ramp or len(lever.levels)
        moved = now + np.clip(wanted - now, -most, most)
        return np.where(at[wait_key(lever.name)] == lever.lag - 1, moved, now) if lever.lag > 1 else moved

    def _waited(self, lever: Lever, at: Standing) -> NDArray[np.int64]:
        done = self._next(lever, at) == at[level_key(lever.name)]
        return np.where(done, 0, np.minimum(at[wait_key(lever.name)] + 1, lever.lag - 1))

    def moved(self, move: Move) -> Iterator[Move]:
        """Begin to wait anew where the level changes."""
        after = move.after
        for lever in self.slow.values():
            if lever.lag > 1:
                same = move.before[level_key(lever.name)] == after[level_key(lever.name)]
                after = after.put(wait_key(lever.name), np.where(same, after[wait_key(lever.name)], 0))
        yield move.to(after)

    def settled(self, at: Standing, levers: Sequence[int]) -> Standing:
        """Return the states with the levels of these levers in force, and nothing left to wait for."""
        for lever in (self.slow[n] for n in levers if n in self.slow):
            at = at.put(effect_key(lever.name), at[level_key(lever.name)])
            if lever.lag > 1:
                at = at.put(wait_key(lever.name), 0)
        return at

    def in_force(self, lever: int, levels: NDArray[np.int64], at: Standing) -> NDArray[np.int64]:
        """Return the level in force."""
        slow = self.slow.get(lever)
        if slow is None:
            return levels
        return at[effect_key(slow.name)] if slow.lag else self._next(slow, at)

    def flow_key(self, at: Standing) -> Iterable[tuple[NDArray[np.int64], int]]:
        """Yield the levels in force."""
        for lever in self.slow.values():
            yield at[effect_key(lever.name)], len(lever.levels)
