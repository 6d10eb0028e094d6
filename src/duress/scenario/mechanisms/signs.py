"""Public, noisy signs of a party's type, such as unrest, and more of them while it is strained."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..mechanism import Mechanism, News, Way
from ..schema import Scenario
from ..space import Standing
from .stamina import strained


class Signs(Mechanism):
    """What the public may see of either party at the beginning of a period, as things stand then."""

    @classmethod
    def applies(cls, scenario: Scenario) -> bool:
        """Whether there is anything to see."""
        return any(party.signs for party in scenario.parties.values())

    def tells_of(self) -> Iterable[int]:
        """Return the parties that show signs."""
        return [i for i, party in enumerate(self.scenario.parties.values()) if party.signs]

    def news(self, party: int, at: Standing) -> Iterable[News]:
        """Yield each sign of a party: it is seen, or not."""
        kind = tuple(self.scenario.parties.values())[party]
        below = strained(at, party).astype(np.int64)
        for sign in kind.signs:
            chance = np.array([[by[name] for name in kind.types] for by in (sign.chance, sign.strained)])
            yield News(party, (Way(1.0, chance, below), Way(1.0, 1.0 - chance, below)))
