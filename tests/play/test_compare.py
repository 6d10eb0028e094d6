"""Branches compared: against the values that were solved, and what a seat may know of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from duress import InputError
from duress.play.compare import compare
from duress.play.match import Match, Node, begin
from duress.play.prospects import prospects
from duress.play.setting import Setting
from duress.simulate.histories import simulate


def forked(setting: Setting) -> tuple[Match, list[int]]:
    """Return a match with two lines that part at the first choice of Target, and where they end."""
    match = begin(setting, "Target", seed=5)
    first = match.move("hold").move("hold")
    second = first.undo().undo().move("concede")
    return second, [first.at, second.at]


def test_branches_are_worth_what_the_solved_game_says_of_the_moves(crisis: Setting) -> None:
    match, nodes = forked(crisis)
    shown = compare(match, "Target", nodes, continuations=4000, seed=3)
    here = match.back(match.branches[1].forks_at).table
    worth = {p.move: p.value for p in prospects(here)}
    for row in shown.rows:
        total = here.stakes[1] + here.weight[1] * worth[row.move]
        assert abs(row.mean - total) < 4 * row.error + 0.05
        assert row.turn == here.turns + 1
        assert row.low <= row.mean <= row.high
        assert sum(row.outcomes.values()) == pytest.approx(1)
    hold, concede = shown.rows
    assert (hold.name, hold.move) == ("A", "hold")
    assert (concede.name, concede.move) == ("B", "concede")
    assert (concede.spread, concede.outcomes) == (0.0, {"concession of Target": 1.0})
    assert shown.sentence.startswith("Branch A is worth most to Target: ")


def test_branches_that_end_alike_are_told_apart_by_when_they_are_settled(crisis: Setting) -> None:
    match, nodes = forked(crisis)
    hold, concede = compare(match, "Target", nodes, continuations=500, seed=3).rows
    assert concede.settled == match.nodes[concede.node].table.period
    table = match.nodes[hold.node].table
    played = simulate(crisis.solution, 500, 3, table.state, table.period, table.beliefs, (None, table.types[1]))
    open_still = [[not _settled(crisis, int(state)) for state in line if state >= 0] for line in played.states]
    last = [
        max([int(p) + 1 for p, is_open in zip(periods, line, strict=False) if is_open], default=table.period)
        for periods, line in zip(played.periods, open_still, strict=True)
    ]
    ended = [
        crisis.game.periods if not _settled(crisis, int(f)) else n for f, n in zip(played.final, last, strict=True)
    ]
    assert hold.settled == pytest.approx(sum(ended) / len(ended))
    assert concede.settled < hold.settled


def _settled(setting: Setting, state: int) -> bool:
    phase = setting.game.phases[setting.game.phase[state]]
    return phase.is_end or phase.kind.endswith("agreement")


def test_as_left_begins_where_branches_were_left(crisis: Setting) -> None:
    match, nodes = forked(crisis)
    shown = compare(match, "Target", nodes, as_left=True)
    assert [row.node for row in shown.rows] == nodes
    assert [row.turn for row in shown.rows] == [len(match.line(node)) - 1 for node in nodes]


def test_the_same_seed_is_the_same_table_and_the_other_type_does_not_show(crisis: Setting) -> None:
    match, nodes = forked(crisis)
    shown = compare(match, "Target", nodes, seed=1)
    assert shown == compare(match, "Target", nodes, seed=1)
    assert shown != compare(match, "Target", nodes, seed=2)

    def otherwise(node: Node) -> Node:
        table = node.table
        return replace(node, table=replace(table, types=(1 - table.types[0], table.types[1])))

    assert shown == compare(replace(match, nodes=tuple(map(otherwise, match.nodes))), "Target", nodes, seed=1)


def test_what_cannot_be_told_apart_is_said_so(crisis: Setting) -> None:
    match = begin(crisis, "Target", seed=5)
    best, second = sorted(match.prospects("Target"), key=lambda p: p.behind)[:2]
    one = match.move(best.move)
    other = one.undo().move(second.move)
    shown = compare(other, "Target", [one.at, other.at], continuations=10)
    assert second.behind < 2 * max(row.error for row in shown.rows)
    assert "cannot be told apart" in shown.sentence


def test_faults_are_sentences(crisis: Setting) -> None:
    match, nodes = forked(crisis)
    with pytest.raises(InputError) as caught:
        compare(match, "Target", [nodes[0], 99], continuations=1)
    assert [fault.field for fault in caught.value.faults] == ["nodes", "continuations"]
    with pytest.raises(InputError, match="two or three different ones"):
        compare(match, "Target", nodes[:1])
    with pytest.raises(InputError, match="two or three different ones"):
        compare(match, "Target", [nodes[0], nodes[0]])
