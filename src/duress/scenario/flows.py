"""What a period is worth, and what it does to stamina: payoffs of each party by levers, strain and terms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .agenda import Agenda
from .space import StateSpace


class Flows:
    """Rows of payoffs: what a period is worth at given levers, strain and terms; what a breach costs."""

    def __init__(self, space: StateSpace, agenda: Agenda) -> None:
        self.space, self.agenda = space, agenda
        scenario = space.scenario
        self.parties = [scenario.parties[p] for p in scenario.parties]
        self.names = tuple(scenario.parties)
        self.types = [list(p.types.values()) for p in self.parties]
        self.shape = (2, len(self.types[0]), len(self.types[1]))
        self.discounts = np.array([p.discount for p in self.parties])
        self.rows = [np.zeros((1, *self.shape))]
        self.factors = [np.ones((1, 2))]
        self.count = 1
        self._breach: dict[int, int] = {}

    def _add(self, rewards: NDArray[np.float64], factors: NDArray[np.float64]) -> int:
        """Append rows and return the number of the first."""
        first = self.count
        self.rows.append(rewards)
        self.factors.append(np.broadcast_to(factors, (len(rewards), 2)))
        self.count += len(rewards)
        return first

    def breach_row(self, party: int) -> int:
        """Return the row in which ``party`` pays for a breach; 0, where nothing is paid, for -1."""
        if party < 0:
            return 0
        if party not in self._breach:
            reward = np.zeros((1, *self.shape))
            cost = np.array([k.breach_cost for k in self.types[party]])
            reward[0, party] = -(cost[:, None] if party == 0 else cost[None, :])
            self._breach[party] = self._add(reward, np.ones((1, 2)))
        return self._breach[party]

    def flow(self, terms: int, levels: NDArray[np.int64], strained: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return flows in stakes per period, shape (n, 2, K0, K1), at levels (n, levers) and strain (n, 2)."""
        out = np.zeros((len(levels), *self.shape))
        for i in (0, 1):
            harm, cost = np.zeros(len(levels)), np.zeros(len(levels))
            for n, lever in enumerate(self.space.levers):
                if lever.by == self.names[i]:
                    cost += np.array(lever.cost)[levels[:, n]]
                else:
                    harm += np.array(lever.harm)[levels[:, n]]
            bears = np.array([k.bears for k in self.types[i]])
            own = self.agenda.value[i][terms] - bears * harm[:, None] - cost[:, None]
            own = own - self.parties[i].stamina.strain * strained[:, i : i + 1]
            out[:, i] = own[:, :, None] if i == 0 else own[:, None, :]
        return out

    def strained(self, stamina: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return whether each party is below its threshold of strain, shape (n, 2)."""
        below = np.zeros((len(stamina), 2), bool)
        for i, size in enumerate(self.space.stamina_sizes):
            if size > 1:
                below[:, i] = stamina[:, i] / (size - 1) < self.parties[i].stamina.strained_below - 1e-12
        return below

    def period_rows(self, terms: int, levels: NDArray[np.int64], stamina: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the row of each state while time passes, adding one for each different flow."""
        strained = self.strained(stamina)
        keys = np.concatenate([levels, strained.astype(np.int64)], axis=1)
        _, first, which = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        base = self._add(self.flow(terms, levels[first], strained[first]), self.discounts)
        return base + which.reshape(-1)


def stamina_after(
    space: StateSpace, party: int, levels: NDArray[np.int64], stamina: NDArray[np.int64]
) -> list[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """Return the two steps a party's stamina may move to, with their chances, so that the mean moves by its rate."""
    if space.stamina_sizes[party] == 1:
        return [(stamina, np.ones(len(stamina)))]
    names = tuple(space.scenario.parties)
    rule = space.scenario.parties[names[party]].stamina
    drain = np.zeros(len(levels))
    for n, lever in enumerate(space.levers):
        if lever.by != names[party]:
            drain += np.array(lever.drain)[levels[:, n]]
    rate = np.where(drain > 0, -drain, rule.recovers) * rule.steps
    whole = np.floor(rate + 1e-12)
    part = np.maximum(rate - whole, 0.0)
    low = np.clip(stamina + whole.astype(np.int64), 0, rule.steps)
    high = np.clip(stamina + whole.astype(np.int64) + 1, 0, rule.steps)
    return [(low, 1.0 - part), (high, part)]
