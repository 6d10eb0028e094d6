"""Histories follow the solved game: seeded, exact beliefs, odds that agree with the values they come from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from duress import AQRE, GameBuilder, InputError, Intervention, gap_between, load, simulate, solve
from duress.game.builder import Branch
from duress.scenario.compile import Confrontation
from duress.scenario.reading.whole import read
from duress.simulate import histories
from duress.simulate.cloud import Cloud, solve_stages
from duress.simulate.histories import Histories
from duress.simulate.outcomes import outcome_odds, pressure_and_stamina
from duress.solve.solution import Solution


@pytest.fixture(scope="module")
def crisis() -> Solution:
    """Solve the ten-line scenario, a year and a half of it, at a precision at which much can happen."""
    return solve(load("sanctions-crisis").with_values({"horizon": 18}).compile(), AQRE(precision=2, beliefs=5))


@pytest.fixture(scope="module")
def played(crisis: Solution) -> Histories:
    return simulate(crisis, 4000, seed=7)


@pytest.mark.parametrize("memory", [2**29, 2**12])
def test_cells_give_the_same_histories_whatever_their_tables_hold(
    crisis: Solution, monkeypatch: pytest.MonkeyPatch, memory: int
) -> None:
    wanted = simulate(crisis, 200, seed=3, allowance=1e-2, threads=1)
    monkeypatch.setattr(histories, "TABLE_MEMORY", memory)
    # More blocks than there is room for at a time.
    monkeypatch.setattr(histories, "_BLOCK", 20)
    found = simulate(crisis, 200, seed=3, allowance=1e-2, threads=3)
    for name in ("types", "first", "made", "believed", "split", "final", "worth"):
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name))


def test_behaviour_in_cells_is_as_near_to_the_solution_as_it_is_allowed_to_be(crisis: Solution) -> None:
    h = simulate(crisis, 200, seed=1)
    means, largest = zip(
        *((gap.mean, gap.largest) for gap in (gap_between(crisis, h, allowed) for allowed in (0.05, 0.005, 0.0005))),
        strict=True,
    )
    assert 0 < means[2] < means[1] < means[0] < 0.01
    # An allowance is kept in the middle of a cell; elsewhere behaviour may be somewhat further off.
    assert largest[1] < 3 * 0.005
    assert largest[2] < 3 * 0.0005


def test_a_steep_rise_about_the_middle_of_a_cell_is_not_taken_for_linear() -> None:
    """Corners at even odds and at 1.5 answer no and yes, and at odds of 1.25 either: their mean, by chance."""
    b = GameBuilder(("Sender", {"bad": 0.5, "good": 0.5}), ("Receiver", {"any": 1.0}), periods=1)
    b.state("answer", mover="Receiver").end("over")
    b.move("answer", "yes", to="over", reward={"Receiver": {("bad", "any"): -5.0, ("good", "any"): 4.0}})
    b.move("answer", "no", to="over")
    solution = solve(b.build("answer"), AQRE(precision=50, beliefs=9))
    for belief in (0.51, 0.54, 0.57, 0.59):
        gap = gap_between(solution, simulate(solution, 1, beliefs=(belief, 0.0)), 1e-3)
        assert gap.choices == 1
        assert gap.largest < 3e-3


def test_where_behaviour_jumps_is_said(crisis: Solution) -> None:
    gap = gap_between(crisis, simulate(crisis, 50, seed=1), 1e-3, most=100)
    assert (gap.choices, gap.jumped) == (100, 0)
    assert "The first 100 choices" in gap.sentence()
    assert gap.sentence().endswith("and in none by more than 5%.")
    assert (
        replace(gap, jumped=3)
        .sentence()
        .endswith("in 3 of them by more than 5%, where behaviour jumps as beliefs change.")
    )


def test_histories_in_cells_end_as_others_do(crisis: Solution, played: Histories) -> None:
    exact, fast = played, simulate(crisis, 4000, seed=7, allowance=1e-3)
    # The same seed draws the same numbers, so that nearly every history is the same to its end.
    same = (exact.moves == fast.moves).all(axis=1)
    assert same.mean() > 0.97
    np.testing.assert_allclose(exact.beliefs[same], fast.beliefs[same], atol=0.02)
    np.testing.assert_allclose(exact.worth.mean(axis=0), fast.worth.mean(axis=0), atol=0.05)


def test_forced_moves_and_interventions_are_solved_alone_in_cells_too(crisis: Solution) -> None:
    never = Intervention("Target", "never talks")
    exact, fast = (
        simulate(crisis, 500, seed=2, first_move="invite", intervention=never, allowance=allowed)
        for allowed in (0.0, 1e-3)
    )
    # However unlikely the first move is, what the public makes of it is not interpolated.
    np.testing.assert_array_equal(exact.beliefs[:, :2], fast.beliefs[:, :2])
    same = (exact.moves == fast.moves).all(axis=1)
    assert same.mean() > 0.97


def test_allowances_that_do_not_serve_are_refused(crisis: Solution) -> None:
    for allowance in (-0.1, 1e-6, 2.0):
        with pytest.raises(InputError, match="allowance: is"):
            simulate(crisis, 10, allowance=allowance)


def signalling() -> Solution:
    """Solve a game with a sender whose message chance garbles and whose type chance may draw anew."""
    b = GameBuilder(("Sender", {"good": 0.7, "bad": 0.3}), ("Receiver", {"any": 1.0}), periods=2)
    b.state("send", mover="Sender").state("weather", mover="Sender").state("answer", mover="Receiver").end("over")
    b.move("send", "speak", to="weather", reward={"Sender": {"good": 0.3, "bad": 0.0}}).move("send", "hush", to="over")
    rain = Branch("answer", {"good": 0.2, "bad": 0.6})
    shine = Branch("send", {"good": 0.8, "bad": 0.4}, redraw=("Sender", {"good": 0.5, "bad": 0.5}))
    b.move("weather", "wait", to=[rain, shine], elapsed=True, discount=0.9)
    b.move("answer", "yes", to="over", reward={"Receiver": {("good", "any"): 1.0, ("bad", "any"): -1.0}})
    b.move("answer", "no", to="over")
    return solve(b.build("send"), AQRE(precision=3, beliefs=33))


CHANCES = (0.9, 0.5, 0.1)
"""Of a prize for those who go, in each of three periods."""


def chance_to_go(worth: float, period: int) -> float:
    """Return with what chance a type to whom the prize is ``worth`` this much goes: a logit response, precision 2."""
    ahead, rest = 0.0, 0.0
    for now in reversed(range(period, len(CHANCES))):
        ahead = 1.0 / (1.0 + np.exp(2.0 * (rest - CHANCES[now] * worth)))
        rest = ahead * CHANCES[now] * worth + (1.0 - ahead) * rest
    return ahead


@pytest.mark.parametrize("allowance", [0.0, 1e-3])
def test_what_is_played_knows_of_chances_that_change_by_date(allowance: float) -> None:
    b = GameBuilder(("Player", {"cool": 0.5, "keen": 0.5}), ("Nobody", {"any": 1.0}), periods=len(CHANCES))
    b.state("wait", mover="Player").state("go", mover="Player")
    b.end("won", payoff={"Player": {"cool": 1.0, "keen": 2.0}}).end("lost")
    b.move("wait", "stay", to="wait", elapsed=True).move("wait", "go", to="go")
    b.move("go", "see", to=[Branch("won", CHANCES[1]), Branch("lost", 1.0 - CHANCES[1])])
    game = b.build("wait")
    dated = np.tile(game.probability, (2, 1))
    for row, chance in enumerate(CHANCES[::2]):
        dated[row, -2:] = chance, 1.0 - chance
    solution = solve(
        replace(game, season=np.array([0, -1, 1], np.int16), dated=dated).check(), AQRE(precision=2, beliefs=9)
    )
    played = simulate(solution, 20_000, seed=4, allowance=allowance)
    belief = 0.5
    for period, chance in enumerate(CHANCES):
        cool, keen = (chance_to_go(worth, period) for worth in (1.0, 2.0))
        went = (played.periods == period) & (played.states == 1)
        for kind, wanted in enumerate((cool, keen)):
            dealt = played.types[:, 0] == kind
            at_choice = ((played.periods == period) & (played.states == 0))[dealt].any(axis=1)
            error = np.sqrt(wanted * (1 - wanted) / at_choice.sum())
            assert went[dealt].any(axis=1).sum() / at_choice.sum() == pytest.approx(wanted, abs=4 * error)
        won = played.final[went.any(axis=1)] == 2
        assert won.mean() == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / len(won)))
        told = belief * keen / (belief * keen + (1 - belief) * cool)
        np.testing.assert_allclose(played.beliefs[went][:, 0], told, atol=1e-6 if allowance == 0 else 2e-3)
        stage = solve_stages(
            solution, Cloud(np.array([0, 1]), np.full(2, period), np.array([(belief, 0.0)] * 2), np.ones(2))
        )
        by_solution = solution.behaviour(period=period, beliefs=(belief, 0.0)).policy
        assert [by_solution[kind]["go"] for kind in ("cool", "keen")] == pytest.approx([cool, keen], abs=1e-6)
        np.testing.assert_allclose(stage.policy[0, :, 1], (cool, keen), atol=1e-6)
        np.testing.assert_allclose(stage.worth[1, 0], (chance, 2.0 * chance))
        belief = belief * (1 - keen) / (belief * (1 - keen) + (1 - belief) * (1 - cool))


def test_same_seed_same_histories_on_any_number_of_threads(crisis: Solution) -> None:
    one, many = simulate(crisis, 64, seed=3, threads=1), simulate(crisis, 64, seed=3, threads=4)
    for name in ("types", "moves", "beliefs", "final"):
        np.testing.assert_array_equal(getattr(one, name), getattr(many, name))
    assert (simulate(crisis, 64, seed=4).moves != one.moves).any()


def test_tables_hold_what_is_listed_by_move(crisis: Solution, played: Histories) -> None:
    game, h = crisis.game, played
    moves, states, periods, stood, when, whose = h.moves, h.states, h.periods, h.stood, h.when, h.whose
    assert (np.diff(h.first) < h.longest).any()
    assert moves.shape == states.shape == periods.shape == (4000, h.longest)
    for n in (*range(20), 3999):
        mine = slice(h.first[n], h.first[n + 1])
        made = mine.stop - mine.start
        assert (whose[mine] == n).all()
        state, period = h.start, h.period
        for k, move in enumerate(h.made[mine]):
            assert state == states[n, k] == stood[mine][k]
            assert period == periods[n, k] == when[mine][k]
            assert game.first_move[state] <= move == moves[n, k] < game.first_move[state + 1]
            onward = game.successor[game.first_branch[move] : game.first_branch[move + 1]]
            period += game.elapsed[move]
            after = states[n, k + 1] if k + 1 < made else h.final[n]
            assert after in onward
            state = after
        assert (moves[n, made:] == -1).all()
        assert (h.states[n, made:] == -1).all()
        assert (h.periods[n, made:] == period).all()
        np.testing.assert_array_equal(h.beliefs[n, :made], h.believed[mine])
        np.testing.assert_array_equal(h.apart[n, :made], h.split[mine])


def test_more_histories_begin_with_the_same_ones(crisis: Solution) -> None:
    few, more = simulate(crisis, 10, seed=1), simulate(crisis, 20, seed=1)
    np.testing.assert_array_equal(few.moves, more.moves[:10])


def test_mean_of_realised_payoffs_is_the_solved_value(crisis: Solution, played: Histories) -> None:
    h = played
    game = crisis.game
    totals = np.zeros((len(h.final), 2))
    weight = np.ones((len(h.final), 2))
    rows = np.arange(len(h.final))
    for n in range(h.moves.shape[1]):
        on = h.moves[:, n] >= 0
        payoff = game.row[h.moves[on, n]]
        for i in (0, 1):
            totals[on, i] += weight[on, i] * game.reward[payoff, i, h.types[on, 0], h.types[on, 1]]
        weight[on] *= game.discount[payoff]
    closing = game.closing[game.closing_row[h.final]]
    for i in (0, 1):
        totals[:, i] += weight[:, i] * closing[rows, i, h.types[:, 0], h.types[:, 1]]
    for i, player in enumerate(game.players):
        for k, name in enumerate(player.types):
            mine = totals[h.types[:, i] == k, i]
            error = mine.std() / np.sqrt(len(mine))
            assert abs(mine.mean() - crisis.value()[player.name][name]) < 4 * error + 0.05


def test_beliefs_are_a_martingale_and_right_on_average() -> None:
    h = simulate(signalling(), 20000, seed=2)
    # The type is drawn anew on one branch, so look at histories where it never was.
    answered = h.moves[:, 2] >= 0
    at_answer = np.array([h.game.state_name(int(s)) for s in h.states[answered, 2]]) == "answer"
    belief = h.beliefs[answered, 2, 0][at_answer]
    truth = h.types[answered, 0][at_answer]
    assert len(set(np.round(belief, 12))) == 1
    assert abs(truth.mean() - belief[0]) < 4 * np.sqrt(0.25 / len(truth))
    speak = h.game.move_name(int(h.moves[answered, 0][0])) == "speak"
    assert speak


def test_a_new_draw_sets_belief_and_type() -> None:
    h = simulate(signalling(), 20000, seed=5)
    second = (h.moves[:, 2] >= 0) & (h.states[:, 2] == h.game.start)
    assert second.sum() > 1000
    assert (h.beliefs[second, 2, 0] == 0.5).all()


def test_forced_first_move_and_fixed_types(crisis: Solution) -> None:
    h = simulate(crisis, 50, seed=0, types=(1, None), first_move="invite")
    assert {crisis.game.move_name(int(a)) for a in h.moves[:, 0]} == {"invite"}
    assert (h.types[:, 0] == 1).all()
    assert 0 < h.types[:, 1].mean() < 1


def test_odds_of_ends_add_up_and_match_final_states(crisis: Solution) -> None:
    h = simulate(crisis, 500, seed=1)
    odds = outcome_odds(h)
    assert sum(odds.values()) == pytest.approx(1.0)
    names = [crisis.game.state_name(int(s)) for s in h.final]
    assert odds["collapse of Target"] == pytest.approx(np.mean([n == "collapse of Target" for n in names]))


def test_odds_of_ends_count_what_stands_when_news_of_both_parties_is_due() -> None:
    """The horizon may fall on the news before a period; terms in force or talks stand there all the same."""
    text = """
extends: sanctions-crisis
horizon: 4
parties:
  Coercer: {precision: 1, signs: {flag: {sincere: .6, tactical: .4}}, stamina: {steps: 2}}
  Target: {precision: 1, signs: {unrest: {fragile: .6, resolute: .4}}, stamina: {steps: 2}}
"""
    h = simulate(solve(read(text, "both").compile(), AQRE(beliefs=5)), 500, seed=1)
    game = h.game
    assert isinstance(game, Confrontation)
    kinds = [game.phases[game.phase[state]].kind for state in h.final]
    odds = outcome_odds(h)
    for name, kind in (("agreement in force", "agreement"), ("talks at the horizon", "table")):
        assert f"news before {kind}" in kinds
        standing = sum(found in (kind, f"news before {kind}") for found in kinds)
        assert odds[name] == pytest.approx(standing / len(kinds))


def test_stamina_only_falls_under_pressure_and_ends_at_zero_on_collapse(crisis: Solution) -> None:
    h = simulate(crisis, 300, seed=9)
    periods, pressure, stamina = pressure_and_stamina(h)
    assert periods.tolist() == list(range(crisis.game.periods))
    assert pressure.min() >= 0
    assert pressure.max() <= 0.5
    fell = np.diff(stamina[:, :, 1], axis=1) < 0
    assert not (fell & (pressure[:, :-1, 0] == 0)).any()
    collapsed = np.array([crisis.game.state_name(int(s)) == "collapse of Target" for s in h.final])
    before_the_last = (h.periods * (h.moves >= 0)).max(axis=1) < crisis.game.periods - 1
    assert (collapsed & before_the_last).any()
    assert (stamina[collapsed & before_the_last, -1, 1] == 0).all()
