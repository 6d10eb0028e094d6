"""A record replayed: the likelihood is that of the solved stages, what chance hid is summed over, no row is lost."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest

from duress import AQRE, InputError, Replay, load, replay, simulate, solve
from duress.figures import timeline_chart
from duress.scenario.compile import Confrontation
from duress.scenario.reading.whole import read
from duress.scenario.record import period_begins, period_of
from duress.simulate.baselines import scores_of
from duress.simulate.rows import Row, history_of, read_rows
from duress.solve.paths import outcomes
from duress.solve.solution import Solution

START = date(2020, 1, 1)
PLAIN = """
title: A dispute
parties:
  A: {types: {mild: {prior: .5, bears: 1.5}, hard: {prior: .5, bears: .6}}}
  B: {types: {weak: {prior: .5, bears: 1.5}, strong: {prior: .5, bears: .6}}}
horizon: 5
levers:
  squeeze: {by: A, levels: [none, some, full], harm: [0, .2, .5]}
  answer: {by: B, levels: [none, some], harm: [0, .2]}
issues: {x: {positions: [p, m, q], values: {A: [0, .5, 1], B: [1, .6, 0]}}}
replay:
  starts: 2020-01-01
  rows:
"""
MOVES = (
    *("hold", "invite", "concede", "refuse", "accept and keep", "accept and drop", "offer", "stall", "walk out"),
    *("accept", "reject", "comply", "breach"),
)
RULES = "".join(
    f"    - {{party: {party}, kind: {word}, move: {word}}}\n"
    for party, lever in (("A", "squeeze"), ("B", "answer"))
    for word in (*MOVES, f"raise {lever}", f"ease {lever}")
)
METHOD = AQRE(precision=3, beliefs=5)


def solved(text: str = PLAIN + RULES) -> Solution:
    return solve(read(text, "dispute").compile(), METHOD)


@pytest.fixture(scope="module")
def plain() -> Solution:
    return solved()


def words_of(move: str) -> list[str]:
    """Return the kinds of rows that tell a move of the scenario."""
    for first in ("refuse", "walk out"):
        if move.startswith(f"{first} and raise "):
            return [first, move.removeprefix(f"{first} and ")]
    return ["offer"] if move.startswith("offer ") else [move]


def row(period: int, party: str, kind: str, line: int = 0) -> Row:
    return Row(period_begins(START, "month", period) + timedelta(days=3), party, kind, kind, "", line)


def test_a_simulated_history_has_the_likelihood_of_its_stages(plain: Solution) -> None:
    """With nothing hidden, every turn's chance is that of the stage at exact beliefs, and beliefs are Bayes's."""
    game = plain.game
    h = simulate(plain, 40, seed=3)
    checked = 0
    for n in range(len(h.final)):
        rows, chances, offered = [], [], False
        for state, period, move, belief in zip(h.states[n], h.periods[n], h.moves[n], h.beliefs[n], strict=True):
            if move < 0:
                break
            mover, moves = int(game.mover[state]), game.moves_of(int(state))
            if len(moves) < 2:
                continue
            told = words_of(game.move_name(int(move)))
            offered |= "offer" in told  # several offers answer to the word
            rows += [row(int(period), game.players[mover].name, word) for word in told]
            policy = plain.stage(int(state), int(period), (float(belief[0]), float(belief[1]))).policy
            k = int(move) - int(game.first_move[state])
            chances.append(float((1 - belief[mover]) * policy[0, k] + belief[mover] * policy[1, k]))
        # The same word twice in a period is read as said twice of one move.
        if offered or len(rows) < 4 or len({(r.date, r.party, r.kind) for r in rows}) < len(rows):
            continue
        told = replay(plain, rows)
        assert not told.unused
        assert [turn.chance for turn in told.turns] == pytest.approx(chances, rel=1e-5)
        assert told.scores.model == pytest.approx(np.mean(np.log(chances)), rel=1e-5)
        checked += 1
    assert checked >= 5


Way = tuple[float, int, int, tuple[float, float]]
"""A way things may have gone: its probability, state, period and beliefs."""

HIDDEN = PLAIN.replace("harm: [0, .2, .5]}", "harm: [0, .2, .5], drain: [0, .1, .3]}").replace(
    "  B: {types", "  B: {stamina: {start: 1, steps: 4, strained_below: .6, strain: .4}, types"
)


def test_what_chance_hid_is_summed_over() -> None:
    """The record says nothing of stamina: its likelihood is the sum over all ways in which it may have fallen."""
    plain = solved(HIDDEN + RULES)
    game = plain.game
    assert isinstance(game, Confrontation)
    did = [("A", "raise squeeze"), ("B", "raise answer"), ("A", "raise squeeze"), ("B", "hold"), ("A", "invite")]
    did += [("B", "refuse")]
    rows = [row(n // 2, party, word) for n, (party, word) in enumerate(did)]

    def brought(ways: list[Way]) -> list[Way]:
        """Let chance bring everybody to the next choice; that the confrontation goes on is in the record."""
        found: list[Way] = []
        for weight, state, period, beliefs in ways:
            if game.mover[state] < 0:
                continue
            moves = list(game.moves_of(state))
            found += (
                [(weight, state, period, beliefs)]
                if len(moves) > 1
                else brought(after(weight, moves[0], period, beliefs))
            )
        return found

    def after(weight: float, move: int, period: int, beliefs: tuple[float, float]) -> list[Way]:
        by_type = tuple((1 - p, p) for p in beliefs)
        later = period + int(game.elapsed[move])
        ways = outcomes(game, move, period, (by_type[0], by_type[1]))
        return [(weight * way, onward, later, (news[0][1], news[1][1])) for way, news, onward in ways if way > 0]

    ways = brought([(1.0, game.start, 0, plain.prior())])
    chances = []
    for party, word in did:
        before, made = math.fsum(way[0] for way in ways), 0.0
        onward: list[Way] = []
        for weight, state, period, beliefs in ways:
            mover = int(game.mover[state])
            assert party == game.players[mover].name
            ((k, move),) = [(k, a) for k, a in enumerate(game.moves_of(state)) if game.move_name(a) == word]
            room = plain.stage(state, period, beliefs)
            chance = float((1 - beliefs[mover]) * room.policy[0, k] + beliefs[mover] * room.policy[1, k])
            known = list(beliefs)
            known[mover] = float(room.after[k])
            made += weight * chance
            onward += after(weight * chance, move, period, (known[0], known[1]))
        chances.append(made / before)
        ways = brought(onward)

    told = replay(plain, rows)
    assert [turn.chance for turn in told.turns] == pytest.approx(chances, rel=2e-3)
    assert told.left_out == 0.0


def test_rows_that_are_no_moves_are_listed_each_with_its_reason(plain: Solution) -> None:
    rows = [
        row(0, "A", "raise squeeze", 1),
        row(0, "A", "speech", 2),
        row(0, "B", "ease answer", 3),
        Row(date(2019, 12, 31), "A", "invite", "", "", 4),
        Row(date(2021, 1, 1), "A", "invite", "", "", 5),
    ]
    told = replay(plain, rows)
    why = {one.row.line: one.why for one in told.unused}
    assert why == {
        2: "no rule of the scenario fits it",
        3: why[3],
        4: "before 2020-01-01: part of where the scenario starts from",
        5: "after the last month, which ends before 2020-06-01",
    }
    assert why[3].startswith("not possible here: B could ")
    assert "raise answer" in why[3]
    assert [turn.move for turn in told.turns] == ["raise squeeze", "hold"]
    assert [len(turn.rows) for turn in told.turns] == [1, 0]


def test_rows_of_one_period_are_one_move_that_answers_to_them_all(plain: Solution) -> None:
    rows = [row(0, "B", "refuse"), row(0, "B", "raise answer")]
    told = replay(plain, rows)
    # Who answers was asked: the invitation is not in the record.
    assert [(turn.party, turn.move) for turn in told.turns[:2]] == [("A", "invite"), ("B", "refuse and raise answer")]
    assert [len(turn.rows) for turn in told.turns[:2]] == [0, 2]


@pytest.mark.slow
def test_what_bystanders_and_governments_did_is_taken_from_the_record() -> None:
    told = replay(load("iran-2019"), method=AQRE(precision=5, beliefs=3))
    used = {row.line for turn in told.turns for row in turn.rows}
    left = {one.row.line: one.why for one in told.unused}
    rows = {r.line: r for r in read_rows(history_of(load("iran-2019")))}
    assert used.isdisjoint(left)
    chance = set(rows) - used - set(left)
    assert {(rows[n].party, rows[n].kind) for n in chance} == {("Europe", "relief"), ("US", "new_government")}
    assert chance == {row.line for row in told.by_chance}
    # A new government is drawn anew: what was known of the old one is forgotten.
    before, after = (next(t for t in told.turns if t.period == p) for p in (6, 7))
    assert before.about["US"]["sincere"] != pytest.approx(after.about["US"]["sincere"], abs=0.02)
    assert timeline_chart(told).to_dict()
    assert len(told.turns) == told.scores.moves


def test_a_government_changes_when_the_record_says_so_and_only_then() -> None:
    text = PLAIN.replace(
        "  A: {types", "  A: {government: {changes: {period: 2, chance: .5}, draws: {mild: .999, hard: .001}}, types"
    )
    there = solved(text + RULES + "    - {party: A, kind: election, government: A}\n")
    moves = [row(n, party, "hold", n + 1) for n in range(4) for party in ("A", "B")]

    def hard(told: Replay, period: int) -> float:
        return next(turn.about["A"]["hard"] for turn in told.turns if turn.period == period)

    without = replay(there, moves)
    assert hard(without, 3) > 0.1
    told = replay(there, [*moves, row(2, "A", "election", 9)])
    assert hard(told, 1) > 0.1
    assert hard(told, 2) < 0.01
    assert [one.line for one in told.by_chance] == [9]
    wrong = replay(there, [*moves, row(3, "A", "election", 9)])
    assert [(one.row.line, one.why) for one in wrong.unused] == [
        (9, "not possible here: chance could not bring it about")
    ]
    assert not wrong.by_chance


def test_a_bystander_in_the_first_period_is_where_the_scenario_starts_it() -> None:
    text = PLAIN.replace(
        "issues:",
        "bystanders: {Bank: {levels: [away, near], moves: {up: .5, down: .1}, effect: {answer: [1, 2]}}}\nissues:",
    )
    rules = "".join(f"    - {{party: Bank, kind: {at}, level: {{Bank: {at}}}}}\n" for at in ("away", "near"))
    there = solved(text + RULES + rules)
    moves = [row(n, party, "hold", n + 1) for n in range(3) for party in ("A", "B")]
    told = replay(there, [*moves, row(0, "Bank", "away", 8), row(1, "Bank", "near", 9)])
    assert [one.line for one in told.by_chance] == [8, 9]
    wrong = replay(there, [*moves, row(0, "Bank", "near", 9)])
    assert [(one.row.line, one.why) for one in wrong.unused] == [
        (9, "not possible here: Bank starts at 'away', and nothing moves it before the second month")
    ]
    assert not wrong.by_chance


def test_baselines_leave_out_the_move_they_foretell() -> None:
    """Worked out by hand: A does x, x, y, each time with x and y open."""
    could = ("x", "y")
    scores = scores_of([("A", "x", 0.5, could), ("A", "x", 0.25, could), ("A", "y", 1.0, could)])
    assert scores.moves == 3
    assert scores.model == pytest.approx(math.log(0.5 * 0.25) / 3)
    assert scores.uniform == pytest.approx(math.log(0.5))
    assert scores.marginal == pytest.approx(math.log(2 / 4 * 2 / 4 * 1 / 4) / 3)
    # After nothing: x alone; after x: x and y, the one in question left out.
    assert scores.markov == pytest.approx(math.log(1 / 2 * 1 / 3 * 1 / 3) / 3)


def test_a_scenario_that_does_not_say_how_to_read_says_so() -> None:
    with pytest.raises(InputError, match="does not say how a record of real moves is read"):
        replay(load("strike"), [row(0, "A", "invite")])
    with pytest.raises(InputError, match="no row of the record is a move"):
        replay(read(PLAIN + RULES, "dispute"), [row(0, "C", "invite")])


def test_faults_of_a_file_are_said_at_once(tmp_path) -> None:
    path = tmp_path / "h.csv"
    path.write_text("date,party,kind,what\n2020-13-01,A,invite,w\n2020-01-02,A\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_rows(path)
    assert [str(fault) for fault in raised.value.faults] == [
        "h.csv: line 2: date must be a day as YYYY-MM-DD; found '2020-13-01'",
        "h.csv: line 3 has 2 cells; there must be 4",
    ]
    path.write_text("date,party\n", encoding="utf-8")
    with pytest.raises(InputError, match="it lacks kind, what"):
        read_rows(path)
    with pytest.raises(InputError, match="there is no file"):
        read_rows(tmp_path / "none.csv")


def test_periods_follow_the_calendar() -> None:
    begins = [period_begins(date(2019, 1, 31), "month", n) for n in range(4)]
    assert begins == [date(2019, 1, 31), date(2019, 2, 28), date(2019, 3, 31), date(2019, 4, 30)]
    assert [period_of(day, begins) for day in (date(2019, 1, 30), date(2019, 2, 28), date(2019, 3, 30))] == [-1, 1, 1]
    assert period_begins(START, "quarter", 5) == date(2021, 4, 1)
    assert period_begins(START, "week", 2) == date(2020, 1, 15)
