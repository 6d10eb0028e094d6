"""Changes of government, by hazard or on a date: a party's type is drawn anew, and the public knows that it was."""

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
        if rule.period is None:
            stays, changes = Way(1.0 - rule.chance, alike, only), Way(rule.chance, alike, only, draws)
        else:
            date = rule.period - 1
            stays = Way(1.0, alike, only, dated={date: 1.0 - rule.chance})
            changes = Way(0.0, alike, only, draws, dated={date: rule.chance})
        yield News(party, (stays, changes))

    def dates(self) -> Iterable[int]:
        """Return the periods after which a government may change."""
        rules = [party.government for party in self.scenario.parties.values()]
        return [rule.period - 1 for rule in rules if rule is not None and rule.period is not None]
