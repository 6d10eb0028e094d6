"""The public states of a confrontation, numbered so that arrays can be built at once.

A state is a phase with a value for every component: the level of each lever, the steps of stamina, and whatever else
the mechanisms of the scenario remember. A component may be fixed in a phase, as levers are at their relief levels while
terms are in force; there it takes no room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .mechanism import Component, Mechanism
from .phases import Phase
from .schema import Scenario


@dataclass(frozen=True)
class Standing:
    """Many states of one phase.

    Parameters
    ----------
    space : StateSpace
    phase : Phase
    values : int array, shape (n, components)
        Not to be altered; `put` makes a changed copy.
    """

    space: StateSpace
    phase: Phase
    values: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, key: str) -> NDArray[np.int64]:
        """Return the values of a component, shape (n,)."""
        return self.values[:, self.space.column[key]]

    @property
    def levels(self) -> NDArray[np.int64]:
        """Level of each lever, shape (n, levers)."""
        return self.values[:, : len(self.space.levers)]

    @property
    def in_force(self) -> NDArray[np.int64]:
        """Level at which each lever takes effect, shape (n, levers)."""
        columns = list(self.levels.T)
        for mechanism in self.space.mechanisms:
            columns = [mechanism.in_force(n, column, self) for n, column in enumerate(columns)]
        return np.stack(columns, axis=1) if columns else self.levels

    def take(self, which: NDArray) -> Standing:
        """Return some of the states, by a mask or by numbers."""
        return Standing(self.space, self.phase, self.values[which])

    def to(self, phase: Phase) -> Standing:
        """Return the same values in another phase, which may fix some of them."""
        values = self.values
        for column, component in enumerate(self.space.components):
            fixed = component.fixed(phase)
            if fixed is not None and (values[:, column] != fixed).any():
                values = _replaced(values, column, fixed)
        return Standing(self.space, phase, values)

    def put(self, key: str, value: NDArray[np.int64] | int) -> Standing:
        """Return the same states with another value of a component, where the phase leaves it free."""
        column = self.space.column[key]
        if self.space.fixed[self.phase.key][column] is not None:
            return self
        return Standing(self.space, self.phase, _replaced(self.values, column, value))

    def put_levels(self, levels: NDArray[np.int64]) -> Standing:
        """Return the same states with other levels (n, levers), where the phase leaves them free; they are in force."""
        at = self
        changed = [n for n in range(levels.shape[1]) if (levels[:, n] != self.levels[:, n]).any()]
        for n in changed:
            at = at.put(self.space.components[n].key, levels[:, n])
        for mechanism in self.space.mechanisms:
            at = mechanism.settled(at, changed)
        return at

    @property
    def numbers(self) -> NDArray[np.int64]:
        """Number of each state, shape (n,)."""
        n = self.space.index[self.phase.key]
        local = np.full(len(self), self.space.offset[n])
        for column in np.flatnonzero(self.space.stride[n]):
            local += self.values[:, column] * self.space.stride[n, column]
        return local


def _replaced(values: NDArray[np.int64], column: int, new: NDArray[np.int64] | int) -> NDArray[np.int64]:
    changed = values.copy()
    changed[:, column] = new
    return changed


class StateSpace:
    """The numbering of states: a block for each phase, within it the components that vary there, in mixed radix.

    Parameters
    ----------
    scenario : Scenario
    phases : list of Phase
    mechanisms : sequence of Mechanism
        Their components are the columns of a `Standing`, in this order; the levels of the levers come first.

    Attributes
    ----------
    components : tuple of Component
    column : dict
        Key of a component -> its column.
    fixed : dict
        Key of a phase -> per component, the value it is fixed at there, or None.
    offset : int array, shape (phases + 1,)
        First state of each phase's block; the last entry is the number of states in all.
    stride : int array, shape (phases, components)
        What a component counts in the number of a state; 0 where it is fixed.
    """

    def __init__(self, scenario: Scenario, phases: list[Phase], mechanisms: Sequence[Mechanism]) -> None:
        self.scenario, self.phases, self.mechanisms = scenario, phases, tuple(mechanisms)
        self.index = {phase.key: n for n, phase in enumerate(phases)}
        self.levers = tuple(scenario.levers.values())
        self.components: tuple[Component, ...] = tuple(c for m in mechanisms for c in m.components)
        self.column = {component.key: n for n, component in enumerate(self.components)}
        self.sizes = np.array([component.size for component in self.components], np.int64)
        self.fixed = {phase.key: [component.fixed(phase) for component in self.components] for phase in phases}
        self.stride = np.zeros((len(phases), len(self.components)), np.int64)
        self.offset = np.zeros(len(phases) + 1, np.int64)
        for n, phase in enumerate(phases):
            count = 1
            for column in reversed(range(len(self.components))):
                if self.fixed[phase.key][column] is None:
                    self.stride[n, column] = count if self.sizes[column] > 1 else 0
                    count *= int(self.sizes[column])
            self.offset[n + 1] = self.offset[n] + count

    @property
    def count(self) -> int:
        """Number of states, those included that cannot be reached."""
        return int(self.offset[-1])

    def members(self, phase: Phase) -> tuple[NDArray[np.int64], Standing]:
        """Return all states of a phase: their numbers (n,), and what they are."""
        n = self.index[phase.key]
        states = np.arange(self.offset[n], self.offset[n + 1])
        return states, self.standing(states, phase)

    def standing(self, states: NDArray[np.int64], phase: Phase) -> Standing:
        """Return what ``states`` are, all of ``phase``."""
        n = self.index[phase.key]
        local = states - self.offset[n]
        values = np.zeros((len(states), len(self.components)), np.int64)
        for column, fixed in enumerate(self.fixed[phase.key]):
            if fixed is not None:
                values[:, column] = fixed
            elif self.stride[n, column]:
                values[:, column] = local // self.stride[n, column] % self.sizes[column]
        return Standing(self, phase, values)

    def phase(self, *key: str | int) -> Phase:
        """Return the phase with this key: see `Phase.key`."""
        return self.phases[self.index[key]]  # type: ignore[index]

    def start(self) -> int:
        """Return the state the scenario begins in."""
        values = np.array([[component.start for component in self.components]], np.int64)
        return int(Standing(self, self.phases[0], values).numbers[0])
