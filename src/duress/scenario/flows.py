"""What a period is worth to each party, and what moves cost: the rows of payoffs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .agenda import Agenda
from .phases import CONFLICT, Phase
from .pressure import harm_on
from .schema import AT_END, DEMAND_OF
from .space import Standing, StateSpace

OVER = Phase("over", -1)
"""Where things stand after a last period that settles them: levers at relief, and nothing else at work."""


class Flows:
    """Rows of payoffs: what a period is worth under given terms in given states; what a move costs."""

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
        self._charged: dict[tuple[tuple[int, tuple[float, ...]], ...], int] = {}

    def _add(self, rewards: NDArray[np.float64], factors: NDArray[np.float64]) -> int:
        """Append rows and return the number of the first."""
        first = self.count
        self.rows.append(rewards)
        self.factors.append(np.broadcast_to(factors, (len(rewards), 2)))
        self.count += len(rewards)
        return first

    def charged(self, charges: tuple[tuple[int, tuple[float, ...]], ...]) -> int:
        """Return the row in which ``charges`` are paid; 0, where nothing is paid, without any."""
        if not charges:
            return 0
        if charges not in self._charged:
            reward = np.zeros((1, *self.shape))
            for party, stakes in charges:
                cost = np.array(stakes)
                reward[0, party] -= cost[:, None] if party == 0 else cost[None, :]
            self._charged[charges] = self._add(reward, np.ones((1, 2)))
        return self._charged[charges]

    def flow(self, terms: int, at: Standing) -> NDArray[np.float64]:
        """Return flows in stakes per period under ``terms``, shape (n, 2, K0, K1)."""
        out = np.zeros((len(at), *self.shape))
        for i in (0, 1):
            cost = np.zeros(len(at))
            for n, lever in enumerate(self.space.levers):
                if lever.by == self.names[i]:
                    cost += np.array(lever.cost)[at.levels[:, n]]
            bears = np.array([k.bears for k in self.types[i]])
            own = self.agenda.value[i][terms] - bears * harm_on(at, i)[:, None] - cost[:, None]
            for mechanism in self.space.mechanisms:
                further = np.asarray(mechanism.flow(i, at))
                own = own + (further if further.ndim != 1 else further[:, None])
            out[:, i] = own[:, :, None] if i == 0 else own[:, None, :]
        return out

    def afterwards(self, at: Standing) -> NDArray[np.float64]:
        """Return flows in stakes per period from an end, or from the horizon, on, shape (n, 2, K0, K1)."""
        phase, scenario = at.phase, self.space.scenario
        then = scenario.at_end
        if phase.kind == CONFLICT or (not phase.at_relief and then == CONFLICT):
            return np.broadcast_to(self._conflict(), (len(at), *self.shape))
        if phase.is_end:
            return self.flow(self.agenda.demand[1 - phase.party], at)
        if phase.at_relief or then == AT_END[0]:
            return self.flow(phase.terms if phase.terms >= 0 else self.agenda.status_quo, at)
        if then == "status quo":
            return self.flow(self.agenda.status_quo, at.to(OVER))
        return self.flow(self.agenda.demand[self.names.index(then.removeprefix(DEMAND_OF))], at.to(OVER))

    def _conflict(self) -> NDArray[np.float64]:
        """Return what open conflict is worth per period, shape (2, K0, K1)."""
        out = np.zeros(self.shape)
        first, second = (list(self.space.scenario.conflict[name].values()) for name in self.names)
        out[0], out[1] = np.array(first)[:, None], np.array(second)[None, :]
        return out

    def distinct(self, at: Standing) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the first state of each different flow, and for each state the number of its flow."""
        parts = [(at.levels[:, n], len(lever.levels)) for n, lever in enumerate(self.space.levers)]
        for mechanism in self.space.mechanisms:
            parts += mechanism.flow_key(at)
        key = np.zeros(len(at), np.int64)
        for part, size in parts:
            key = key * size + part
        _, first, which = np.unique(key, return_index=True, return_inverse=True)
        return first, which.reshape(-1)

    def period_rows(self, terms: int, at: Standing) -> NDArray[np.int64]:
        """Return the row of each state while time passes, adding one for each different flow."""
        first, which = self.distinct(at)
        return self._add(self.flow(terms, at.take(first)), self.discounts) + which
