"""A move in many states of a phase at once, and what may become of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .space import Standing


@dataclass(frozen=True)
class Move:
    """One move in many states of a phase.

    Parameters
    ----------
    name : str
        As the scenario words it.
    states : int array, shape (n,)
        Where it is available.
    before, after : Standing
        What those states are, and what they become within the period.
    breaks : int
        The party that goes back on terms in force by it, -1 for none.
    charges : tuple
        What it costs, once: (party, stakes for each of its types) each.
    """

    name: str
    states: NDArray[np.int64]
    before: Standing
    after: Standing
    breaks: int = -1
    charges: tuple[tuple[int, tuple[float, ...]], ...] = ()

    def where(self, which: NDArray[np.bool_]) -> Move:
        """Return the move in some of its states."""
        return replace(self, states=self.states[which], before=self.before.take(which), after=self.after.take(which))

    def to(self, after: Standing) -> Move:
        """Return the move with something else to follow."""
        return replace(self, after=after)

    def costing(self, party: int, stakes: tuple[float, ...]) -> Move:
        """Return the move with a further charge: ``stakes`` for each type of ``party``."""
        return replace(self, charges=(*self.charges, (party, stakes)))
