"""Who proposes by lot: each time the table meets, chance says whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ..mechanism import Mechanism
from ..phases import PASSING, Phase
from ..schema import BY_LOT, Scenario
from ..space import Standing


class Lot(Mechanism):
    """The draw of the proposer. Time always passes to a table of the first party; half the time it is the second's."""

    @classmethod
    def applies(cls, scenario: Scenario) -> bool:
        """Whether the proposer is drawn."""
        return scenario.talks.proposer == BY_LOT

    def endings(self, before: Standing, after: Standing) -> Iterable[tuple[Phase, NDArray[np.float64]]]:
        """Yield the table of the other party."""
        if before.phase.kind == PASSING + "table":
            yield before.space.phase(after.phase.kind, 1, 0, -1), np.full(len(after), 0.5)
