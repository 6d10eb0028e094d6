"""Who plays whom in another round."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from duress.web.rota import order_anew

Table = tuple[str | None, str | None]


def tables(order: list[str]) -> list[Table]:
    """Seat people two by two; who is left over has the second side, as in most cases."""
    odd = len(order) % 2
    paired: list[Table] = list(zip(order[: len(order) - odd : 2], order[1::2], strict=True))
    return paired + ([(None, order[-1])] if odd else [])


@pytest.mark.parametrize("people", range(3, 13))
def test_nobody_meets_the_same_or_is_left_over_twice_running_whoever_leaves_and_comes(people: int) -> None:
    chance = random.Random(people)
    for _ in range(50):
        order, before = [str(one) for one in range(people)], []
        for _ in range(6):
            away = [one for one in order if chance.random() < 0.2]
            there = [one for one in order if one not in away]
            seated = order_anew(there, before)
            assert sorted(seated) == sorted(there)
            met = tables(seated)
            if len(there) > 2:
                assert not {frozenset(table) for table in met} & {frozenset(table) for table in before}
            order, before = [*seated, *away], met


def test_everybody_changes_sides_where_nobody_is_left_over() -> None:
    order = [str(one) for one in range(8)]
    rounds = [tables(order)]
    for _ in range(5):
        order = order_anew(order, rounds[-1])
        rounds.append(tables(order))
    for before, after in pairwise(rounds):
        assert not {first for first, _ in before} & {first for first, _ in after}


@pytest.mark.parametrize("people", [[], ["Ann"], ["Ann", "Bo"]])
def test_the_fewest_there_can_be(people: list[str]) -> None:
    seated = order_anew(people, tables(people))
    assert seated == people[::-1]
