"""A scenario so bare that its values can be worked out by hand: pressure, no talks, nobody who can concede.

A has a lever to press B with; a test may give B one. Each party is of one type, and so dull (precision near 0) that it
takes each of its moves equally often. The next period counts half of this one. Afterwards levers are at relief, so the
loss of a party is what pressure cost it, discounted.
"""

from __future__ import annotations

from duress import AQRE, solve
from duress.scenario.compile import Confrontation
from duress.scenario.reading.whole import read
from duress.solve.solution import Solution

DULL = "1e-9"
WITHOUT_PRESSURE = {"A": 0.0, "B": 2.0}
"""Value to each party if nothing is ever done: B holds what is in dispute, a stake a period, for ever."""

BARE = """
ends: {deadline: PERIODS, then: status quo}
parties:
  A: {discount: .5, precision: PRECISION, types: {one: }, PARTY_A}
  B: {discount: .5, precision: 1e-9, types: {one: }, PARTY_B}
levers:
  press: {by: A, levels: [off, low, high], harm: [0, .2, .5], PRESS}
  LEVERS
issues:
  land: {positions: [his, hers], values: {A: [0, 1], B: [1, 0]}, red_line: {A: [his], B: [hers]}}
demand: {A: {land: hers}, B: {land: his}}
talks: {invite: []}
REST
"""


def text(periods: int = 1, precision: str = DULL, **fields: str) -> str:
    """Return the bare scenario with further fields: ``press`` of the lever, ``levers``, ``party_a``, ``rest``..."""
    filled = BARE.replace("PERIODS", str(periods)).replace("PRECISION", precision)
    for name in ("party_a", "party_b", "press", "levers", "rest"):
        filled = filled.replace(name.upper(), fields.get(name, ""))
    return filled


def compiled(periods: int = 1, precision: str = DULL, **fields: str) -> Confrontation:
    """Return it compiled."""
    return read(text(periods, precision, **fields), "bare").compile()


def solved(periods: int = 1, precision: str = DULL, **fields: str) -> Solution:
    """Return it solved."""
    return solve(compiled(periods, precision, **fields), AQRE(beliefs=5))


def value(periods: int = 1, precision: str = DULL, **fields: str) -> dict[str, float]:
    """Return the value of it to each party."""
    worth = solved(periods, precision, **fields).value()
    return {party: sum(by_type.values()) / len(by_type) for party, by_type in worth.items()}


def loss(periods: int = 1, precision: str = DULL, of: str = "B", **fields: str) -> float:
    """Return what pressure costs a party, discounted."""
    return WITHOUT_PRESSURE[of] - value(periods, precision, **fields)[of]
