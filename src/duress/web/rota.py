"""Who plays whom in another round: somebody else where that can be, and on the other side where that can be."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

P = TypeVar("P", bound=Hashable)


def order_anew(people: Sequence[P], before: Sequence[tuple[P | None, P | None]]) -> list[P]:
    """Return people in the order in which they are to be seated, two by two; who is left over comes last.

    From each possible beginning in turn, the next but the first, everybody is put together with the next in the order
    whom they have not just played; of these orders the one is returned in which the fewest sit as they sat, and of
    those, the one in which the fewest have the side they had.

    Parameters
    ----------
    people : sequence
        In the order of the round before.
    before : sequence of pairs
        Its tables: who had the first side and who the second, None where no person did.
    """
    met = {frozenset(table) for table in before}
    side = {person: place for table in before for place, person in enumerate(table) if person is not None}

    def kept(tables: list[tuple[P, P | None]]) -> tuple[int, int]:
        again = sum(frozenset(table) in met for table in tables)
        return again, sum(_same(table, side) for table in tables)

    begins = (*range(1, len(people)), 0)
    best = min((_tables([*people[at:], *people[:at]], met, side) for at in begins), key=kept)
    return [person for table in best for person in table if person is not None]


def _tables(order: list[P], met: set[frozenset[P | None]], side: dict[P, int]) -> list[tuple[P, P | None]]:
    """Put people together two by two, passing over whom somebody has just played, unless nobody else is left."""
    tables: list[tuple[P, P | None]] = []
    while len(order) > 1:
        first = order.pop(0)
        other = next((at for at, person in enumerate(order) if frozenset((first, person)) not in met), 0)
        second = order.pop(other)
        tables.append(min((first, second), (second, first), key=lambda table: _same(table, side)))
    return [*tables, *((person, None) for person in order)]


def _same(table: tuple[P, P | None], side: dict[P, int]) -> int:
    """Return how many of two people have the side they had; who plays no person is not counted."""
    first, second = table
    return 0 if second is None else (side.get(first) == 0) + (side.get(second) == 1)
