"""Limits a party has set itself: the first time it goes beyond one costs it dearly."""

from __future__ import annotations

from collections.abc import Iterator

from ..mechanism import Component, Mechanism
from ..move import Move
from ..schema import Lever, Norm, Scenario
from .levels import level_key


def norm_key(lever: str) -> str:
    """Return the key of the component that says whether the norm on a lever has been broken."""
    return f"norm on {lever}"


class Norms(Mechanism):
    """Whether each norm has been broken."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.kept = [(lever, lever.norm) for lever in scenario.levers.values() if lever.norm is not None]
        self.components = [self._broken(*kept) for kept in self.kept]

    @classmethod
    def applies(cls, scenario: Scenario) -> bool:
        """Whether some lever has a norm."""
        return any(lever.norm for lever in scenario.levers.values())

    def _broken(self, lever: Lever, norm: Norm) -> Component:
        return Component(
            norm_key(lever.name),
            2,
            int(lever.start > norm.above),
            lambda phase: 0 if phase.is_end else None,
            lambda k: f"norm on {lever.name} broken" * k,
        )

    def moved(self, move: Move) -> Iterator[Move]:
        """Charge the owner where a move is the first beyond its limit."""
        parts = [move]
        for lever, norm in self.kept:
            parts = [part for one in parts for part in self._charged(one, lever, norm)]
        yield from parts

    def _charged(self, move: Move, lever: Lever, norm: Norm) -> Iterator[Move]:
        key = norm_key(lever.name)
        first = (move.after[level_key(lever.name)] > norm.above) & (move.before[key] == 0)
        yield move.where(~first)
        broken = move.where(first)
        owner = tuple(self.scenario.parties).index(lever.by)
        cost = (norm.cost,) * len(self.scenario.parties[lever.by].types)
        yield broken.to(broken.after.put(key, 1)).costing(owner, cost)
