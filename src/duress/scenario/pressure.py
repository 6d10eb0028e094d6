"""What the levers in force do to a party: harm and drain, each lever at the level and with the bite it has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .space import Standing


def harm_on(at: Standing, party: int) -> NDArray[np.float64]:
    """Return what the other's levers do to ``party``, stakes per period before its type counts it, shape (n,)."""
    return _total(at, party, "harm")


def drain_on(at: Standing, party: int) -> NDArray[np.float64]:
    """Return the stamina the other's levers take from ``party`` per period, shape (n,)."""
    return _total(at, party, "drain")


def _total(at: Standing, party: int, field: str) -> NDArray[np.float64]:
    name = tuple(at.space.scenario.parties)[party]
    in_force = at.in_force
    total = np.zeros(len(at))
    for n, lever in enumerate(at.space.levers):
        if lever.by == name or not any(getattr(lever, field)):
            continue
        effect = np.array(getattr(lever, field))[in_force[:, n]]
        for mechanism in at.space.mechanisms:
            factor = mechanism.bite(n, at)
            if factor is not None:
                effect = effect * factor
        total += effect
    return total
