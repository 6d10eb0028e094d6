"""Prices of moves: against the histories that follow, and what is said of why."""

from __future__ import annotations

import numpy as np
import pytest

from duress import simulate
from duress.play.match import begin
from duress.play.prospects import priced, prospects, values_after
from duress.play.setting import Setting, prepare
from duress.play.table import deal

from .test_table import people


def test_a_price_is_what_simulated_histories_lose_by_the_move(crisis: Setting) -> None:
    match = begin(crisis, "Target", seed=8)
    table = match.table
    made = table.play("concede")
    price = priced(made, 1)[0]
    assert price.move == "concede"
    worth = {}
    for name in (price.move, price.best):
        dealt = (None, table.types[1])
        played = simulate(
            crisis.solution, 6000, 2, table.state, table.period, table.beliefs, types=dealt, first_move=name
        )
        worth[name] = played.worth[:, 1]
    gap = worth[price.best] - worth[price.move]
    assert price.price > 0.1
    assert abs(gap.mean() - price.price) < 4 * gap.std() / np.sqrt(len(gap)) + 0.03


def test_every_prospect_is_what_the_solved_game_says(crisis: Setting) -> None:
    table = begin(crisis, "Target", seed=8).table
    room = crisis.solution.stage(table.state, table.period, table.beliefs)
    found = prospects(table)
    own = table.types[1]
    assert [p.move for p in found] == list(table.moves)
    np.testing.assert_allclose([p.value for p in found], room.q[own, : len(found)])
    np.testing.assert_allclose([p.chance for p in found], room.policy[own, : len(found)])
    assert min(p.behind for p in found) == 0
    assert sum(p.chance for p in found) == pytest.approx(1)
    invite = next(p for p in found if p.move == "invite")
    assert sum(invite.answers.values()) == pytest.approx(1)
    assert 0 < invite.accepted < 1
    assert invite.accepted == pytest.approx(sum(p for a, p in invite.answers.items() if a.startswith("accept")))


@pytest.mark.parametrize(("beliefs", "tolerance"), [(7, 0.05), pytest.param(33, 0.005, marks=pytest.mark.slow)])
def test_value_after_a_move_agrees_with_the_stage_that_chose_it(beliefs: int, tolerance: float) -> None:
    """The one reads the grid after the move, the other solves the next stage: the gap is the grid's error."""
    setting = prepare("sanctions-crisis", {"horizon": 8}, precision=2, beliefs=beliefs)
    table = deal(setting, people(setting), seed=1)
    for turn in range(12):
        room = setting.solution.stage(table.state, table.period, table.beliefs)
        me, worth = table.mover, room.q.copy()
        first = int(setting.game.first_move[table.state])
        for n, move in enumerate(prospects(table)):
            read = list(table.beliefs)
            read[me] = list(move.read_as.values())[1]
            values = values_after(setting, first + n, table.period, (read[0], read[1]))
            np.testing.assert_allclose(values[me], worth[:, n], atol=tolerance)
        table = table.play(turn % 2 + 1)
        if table.over:
            break


def test_the_best_move_costs_nothing_and_says_what_came_next(crisis: Setting) -> None:
    match = begin(crisis, "Target", seed=8)
    best = min(match.prospects("Target"), key=lambda p: p.behind)
    price = priced(match.table.play(best.move), 1)[0]
    assert (price.price, price.best, price.move) == (0.0, best.move, best.move)
    assert price.why.startswith("Nothing was worth more; the next best, ")


def test_a_why_adds_up(iran: Setting) -> None:
    """What the sentence gives to where a move leads and to what it tells is the price."""
    import re

    checked = 0
    for seed in range(6):
        match = begin(iran, "Iran", seed=seed)
        while not match.table.over:
            match = match.move(len(match.table.moves))
        for price in match.view("Iran").priced:
            parts = re.findall(r"([+−][\d.]+) by", price.why)
            if price.price < 0.005:
                assert not parts
                continue
            total = sum(float(part.replace("−", "-")) for part in parts)
            assert total == pytest.approx(price.price, abs=0.0151)
            checked += 1
    assert checked > 5


def test_what_a_move_leads_to_is_for_the_mover_alone(crisis: Setting) -> None:
    match = begin(crisis, "Target", seed=8)
    assert match.prospects("Target")
    assert match.prospects("Coercer") == ()
