"""Changes of government: with a chance per period a party's type is drawn anew, and the public knows that it was."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..mechanism import Mechanism, News, Way
from ..schema import Scenario
from ..space import Standing


class Governments(Mechanism):
    """The chance of a change in each period, and what the next government may be."""

    @classmethod
    def applies(cls, scenario: Scenario) -> bool:
        """Whether some government may change."""
        return any(party.government for party in scenario.parties.values())

    def tells_of(self) -> Iterable[int]:
        """Return the parties whose government may change."""
        return [i for i, party in enumerate(self.scenario.parties.values()) if party.government]

    def news(self, party: int, at: Standing) -> Iterable[News]:
        """Yield whether the government changes."""
        kind = tuple(self.scenario.parties.values())[party]
        rule = kind.government
        if rule is None:
            return
        alike, only = np.ones((1, len(kind.types))), np.zeros(len(at), np.int64)
        draws = tuple(rule.draws[name] for name in kind.types)
        yield News(party, (Way(1.0 - rule.chance, alike, only), Way(rule.chance, alike, only, draws)))
