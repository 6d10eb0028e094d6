"""The likeliest path in sentences: the moves the solution makes likeliest, in the scenario's words."""

from __future__ import annotations

import re

import numpy as np
import pytest

from duress.assess.moment import likeliest_path
from duress.assess.story import story_of, third_person
from duress.simulate.histories import simulate
from duress.simulate.outcomes import settled_after
from duress.solve.solution import Solution


@pytest.mark.parametrize(
    ("move", "said"),
    [
        ("hold", "holds"),
        ("refuse and raise sanctions", "refuses and raises sanctions"),
        ("accept and keep", "accepts and keeps"),
        ("comply", "complies"),
        ("breach", "breaches"),
        ("stay", "stays"),
        ("offer bread and salt", "offers bread and salt"),
    ],
)
def test_moves_are_said_of_somebody(move: str, said: str) -> None:
    assert third_person(move) == said


def test_the_path_takes_the_likeliest_move_at_every_step(crisis: Solution) -> None:
    game, state = crisis.game, crisis.game.start
    for at in likeliest_path(crisis):
        assert at.state == state
        behaviour = crisis.behaviour(at.state, at.period, at.before)
        mover = int(game.mover[at.state])
        belief = at.before[mover]
        first, second = behaviour.policy.values()
        public = {move: (1 - belief) * first[move] + belief * second[move] for move in first}
        assert game.move_name(at.move) == max(public, key=public.__getitem__)
        assert at.chance <= max(public.values()) + 1e-12
        state = at.onward


def test_every_period_is_told_once_and_in_order(crisis: Solution) -> None:
    *told, last = story_of(crisis)
    numbers = []
    for sentence in told:
        begin, end = re.match(r"Months? (\d+)(?: to (\d+))?:", sentence).groups()  # type: ignore[union-attr]
        numbers += range(int(begin), int(end or begin) + 1)
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) == max(at.period for at in likeliest_path(crisis)) + 1
    assert "has a chance of" in last


def test_what_ends_at_once_is_settled_at_once_and_what_never_does_takes_all_time(crisis: Solution) -> None:
    histories = simulate(crisis, 300, 0)
    after = settled_after(histories)
    game = crisis.game
    kinds = np.array([p.kind for p in game.phases])[game.phase[histories.final]]  # type: ignore[attr-defined]
    ended = np.isin(kinds, ["collapse", "concession"])
    assert ended.any()
    last = np.where(histories.moves >= 0, histories.periods, 0).max(axis=1)
    assert (after[ended] == last[ended] + 1).all()
    still = np.isin(kinds, ["confrontation", "table", "invited", "offer"])
    assert (after[still] == game.periods).all()
    assert (after <= game.periods).all()
