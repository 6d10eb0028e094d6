"""Audience costs: what a party said in public it would not do is dear to do, until it is spent or forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..mechanism import Component, Mechanism, lapsing
from ..move import Move
from ..schema import Party, Scenario


def refusal_key(party: str) -> str:
    """Return the key of the component that is 1 while a party's refusal of an invitation is remembered."""
    return f"public refusal of {party}"


def promise_key(party: str) -> str:
    """Return the key of the component that is 1 while a party's promise to press no further is remembered."""
    return f"public promise of {party}"


class Audience(Mechanism):
    """Refusals and promises the public remembers."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.parties = tuple(scenario.parties.values())
        self.components = [
            *(_said(refusal_key(p.name), f"{p.name} has refused in public", p) for p in self.parties if _refuses(p)),
            *(_said(promise_key(p.name), f"{p.name} has promised in public", p) for p in self.parties if _promises(p)),
        ]

    @classmethod
    def applies(cls, scenario: Scenario) -> bool:
        """Whether it costs a party anything to do what it said it would not."""
        return any(_refuses(party) or _promises(party) for party in scenario.parties.values())

    def moved(self, move: Move) -> Iterator[Move]:
        """Remember what is said by a move, and charge for what was said before."""
        party, kind = self.parties[move.before.phase.mover], move.before.phase.kind
        cost = party.audience_cost
        parts = [move]
        if _refuses(party):
            key = refusal_key(party.name)
            if kind == "invited" and move.name.startswith("refuse"):
                parts = [part.to(part.after.put(key, 1)) for part in parts]
            elif kind == "invited" or move.name == "invite":
                parts = [spent for part in parts for spent in self._spent(part, key, cost.talks_after_refusal)]
            elif move.name == "concede":
                parts = [spent for part in parts for spent in self._spent(part, key, cost.concession_after_refusal)]
        if _promises(party):
            key = promise_key(party.name)
            if move.name == "accept and drop" or (kind == "asked" and move.name == "grant"):
                parts = [part.to(part.after.put(key, 1)) for part in parts]
            else:
                parts = [spent for part in parts for spent in self._pressing(part, key, cost.raise_after_promise)]
        yield from parts

    def _pressing(self, move: Move, key: str, stakes: float) -> Iterator[Move]:
        """Charge for a promise where the move raises a lever of its mover."""
        mover = self.parties[move.before.phase.mover].name
        own = [n for n, lever in enumerate(self.scenario.levers.values()) if lever.by == mover]
        raises = np.asarray((move.after.levels[:, own] > move.before.levels[:, own]).any(axis=1))
        yield move.where(~raises)
        yield from self._spent(move.where(raises), key, stakes)

    def _spent(self, move: Move, key: str, stakes: float) -> Iterator[Move]:
        """Charge where something was said, which is then spent."""
        said = move.before[key] == 1
        yield move.where(~said)
        broken = move.where(said)
        party = broken.before.phase.mover
        yield broken.to(broken.after.put(key, 0)).costing(party, (stakes,) * len(self.parties[party].types))


def _refuses(party: Party) -> bool:
    """Whether the public is to remember the party's refusals."""
    return max(party.audience_cost.talks_after_refusal, party.audience_cost.concession_after_refusal) > 0


def _promises(party: Party) -> bool:
    """Whether the public is to remember the party's promises."""
    return party.audience_cost.raise_after_promise > 0


def _said(key: str, words: str, party: Party) -> Component:
    forgotten = party.audience_cost.forgotten
    return Component(
        key,
        2,
        0,
        lambda phase: 0 if phase.at_relief else None,
        lambda value: words if value else "",
        (lambda at: lapsing(at[key], forgotten)) if forgotten > 0 else None,
    )
