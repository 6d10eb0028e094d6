"""Capabilities: a stock that grows with use, decays when idle, and weighs while no terms are in force."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ..mechanism import Chances, Component, Mechanism, by_mean
from ..schema import Lever, Scenario, Stock
from ..space import Standing


def stock_key(lever: str) -> str:
    """Return the key of the component that holds the stock of a lever."""
    return f"stock of {lever}"


class Stocks(Mechanism):
    """The stock of each lever that has one.

    With weight w a stock x moves w·x stakes per period from the other party to the owner while no terms are in force:
    the point both fall back on without a deal shifts by that much in favour of the owner.
    """

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.kept = [
            (n, lever, lever.stock) for n, lever in enumerate(scenario.levers.values()) if lever.stock is not None
        ]
        self.components = [self._steps(*kept) for kept in self.kept]

    @classmethod
    def applies(cls, scenario: Scenario) -> bool:
        """Whether some lever has a stock."""
        return any(lever.stock for lever in scenario.levers.values())

    def _steps(self, n: int, lever: Lever, stock: Stock) -> Component:
        def after(at: Standing) -> Chances:
            grows = np.array(stock.grows)[at.in_force[:, n]]
            rate = np.where(grows > 0, grows, -stock.decays) * stock.steps
            return by_mean(at[stock_key(lever.name)], rate, stock.steps)

        return Component(
            stock_key(lever.name),
            stock.steps + 1,
            round(stock.start * stock.steps),
            lambda phase: 0 if phase.is_end else None,
            lambda z: f"stock of {lever.name} {z / stock.steps:.2f}",
            after,
        )

    def flow(self, party: int, at: Standing) -> NDArray[np.float64] | float:
        """Return what the stocks move to or from a party."""
        total = np.zeros(len(at))
        if not at.phase.at_relief:
            for _, lever, stock in self.kept:
                weight = stock.weight if lever.by == tuple(self.scenario.parties)[party] else -stock.weight
                total += weight * at[stock_key(lever.name)] / stock.steps
        return total

    def flow_key(self, at: Standing) -> Iterable[tuple[NDArray[np.int64], int]]:
        """Yield the stocks."""
        for _, lever, stock in self.kept:
            yield at[stock_key(lever.name)], stock.steps + 1
