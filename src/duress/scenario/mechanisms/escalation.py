"""Open conflict: a hazard of the levels in force, of either side; it ends the confrontation."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ..mechanism import Mechanism
from ..phases import CONFLICT, Phase
from ..schema import Scenario
from ..space import Standing


class Escalation(Mechanism):
    """The chance of open conflict in a period: hazards of several levers are independent of each other."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.hazard = {n: np.array(v.hazard) for n, v in enumerate(scenario.levers.values()) if any(v.hazard)}

    @classmethod
    def applies(cls, scenario: Scenario) -> bool:
        """Whether some lever has a hazard."""
        return any(any(lever.hazard) for lever in scenario.levers.values())

    def phases(self) -> Iterable[Phase]:
        """Return open conflict."""
        return [Phase(CONFLICT, -1)]

    def endings(self, before: Standing, after: Standing) -> Iterable[tuple[Phase, NDArray[np.float64]]]:
        """Yield open conflict."""
        peace, in_force = np.ones(len(before)), before.in_force
        for n, hazard in self.hazard.items():
            peace *= 1.0 - hazard[in_force[:, n]]
        yield before.space.phase(CONFLICT, -1, 0, -1), 1.0 - peace
