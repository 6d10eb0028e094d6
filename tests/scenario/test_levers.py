"""What each property of a lever does to the equilibrium, against values worked out by hand."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from duress.scenario.compile import Confrontation
from duress.scenario.reading.whole import read

from .pressing import compiled, loss, solved, value

NEXT = 0.5
"""Weight of the next period."""
FOR_EVER = 2.0
"""Worth of a stake every period for ever."""


def test_without_anything_further_a_raise_hurts_at_once() -> None:
    # From off: hold or raise, each half the time.
    assert loss() == pytest.approx(0.2 / 2)


# lag and ramp


def test_with_a_lag_the_period_of_the_raise_is_free() -> None:
    assert loss(1, press="lag: 1") == pytest.approx(0)
    assert loss(2, press="lag: 1") == pytest.approx(NEXT * 0.2 / 2)


def test_a_longer_lag_counts_from_the_last_change() -> None:
    # Raised in the first period (1/2) and held in the second (hold, raise, ease: 1/3), it hurts in the third only.
    assert loss(2, press="lag: 2") == pytest.approx(0)
    assert loss(3, press="lag: 2") == pytest.approx(NEXT**2 * 0.2 / 2 / 3)


def test_on_a_ramp_the_effect_follows_level_by_level() -> None:
    assert loss(1, press="step: 2") == pytest.approx(0.5 / 2)
    assert loss(1, press="step: 2, ramp: 1") == pytest.approx(0.2 / 2)


def test_after_a_lag_the_ramp_begins() -> None:
    # No way down: raised by two levels at once, it is in force at low in the second period, at high in the third.
    field = "step: 2, lag: 1, ramp: 1, irreversible: true"
    # What is in force after the last period stays.
    raised_first, raised_second = 1 / 2, 1 / 4
    in_second = raised_first * 0.2
    in_third = raised_first * 0.5 + raised_second * 0.2
    assert loss(2, press=field) == pytest.approx(NEXT * in_second + NEXT**2 * FOR_EVER * in_third)


def test_relief_waits_as_well() -> None:
    # Eased at once (hold, ease: 1/2), it still hurts for the lag.
    assert loss(1, press="start: high, lag: 1") == pytest.approx(0.5)
    assert loss(1, press="start: high") == pytest.approx((0.5 + 0.2) / 2)


# step back, scope, start-up cost, irreversible


def test_easing_may_be_faster_than_raising() -> None:
    assert loss(press="start: high, back: {step: 2}") == pytest.approx(0.5 / 2)
    # Raising still takes one level: from off to low.
    assert loss(press="back: {step: 2}") == pytest.approx(0.2 / 2)


def test_a_ceiling_and_a_floor_bound_what_the_owner_can_do() -> None:
    assert loss(press="start: low, scope: {ceiling: low}") == pytest.approx(0.2 / 2)
    assert loss(press="start: low, scope: {floor: low}") == pytest.approx((0.2 + 0.5) / 2 + NEXT * FOR_EVER * 0.2)
    assert loss(press="scope: {floor: low, ceiling: low}") == pytest.approx(0.2 * FOR_EVER)


def test_a_start_up_cost_is_paid_per_raise_and_deters_it() -> None:
    chance = 1 / (1 + exp(4 * 0.3))
    assert loss(precision="4", press="start_up: .3") == pytest.approx(0.2 * chance, rel=1e-6)
    assert value(precision="4", press="start_up: .3")["A"] == pytest.approx(-0.3 * chance, rel=1e-6)


def test_what_is_irreversible_is_never_eased() -> None:
    assert loss(press="start: low") == pytest.approx((0 + 0.2 + 0.5) / 3)
    assert loss(press="start: low, irreversible: true") == pytest.approx((0.2 + 0.5) / 2 * FOR_EVER)


TABLE = """
levers:
  press: {by: A, levels: [off, low, high], harm: [0, .2, .5], start: low, PRESS}
parties: {A: {types: {one: }}, B: {types: {one: }}}
issues:
  land: {positions: [his, half, hers], values: {A: [0, .5, 1], B: [1, .6, 0]}}
horizon: 2
menu: 2
"""


def at_the_table(press: str) -> Confrontation:
    return read(TABLE.replace("PRESS", press), "table").compile()


def levels_in(game: Confrontation, kind: str) -> set[int]:
    """Return every level of the first lever in states of a kind."""
    return {int(game.levels[s, 0]) for s in range(game.states) if game.phases[game.phase[s]].kind == kind}


def test_a_lever_comes_down_when_talks_begin_if_its_scope_says_so() -> None:
    assert levels_in(at_the_table("step: 1"), "table") == {0, 1, 2}
    assert levels_in(at_the_table("scope: {in_talks: low}"), "table") == {0, 1}
    assert levels_in(at_the_table("scope: {in_talks: low}"), "confrontation") == {0, 1, 2}


def test_what_is_irreversible_stays_while_terms_are_in_force_and_is_not_laid_down() -> None:
    game = at_the_table("irreversible: true")
    assert levels_in(game, "agreement") == levels_in(game, "concession") == {1, 2}
    assert levels_in(at_the_table("step: 1"), "agreement") == {0}


# obligations

SUSPEND = "suspend: {by: B, levels: [kept, suspended], harm: [0, .4], obligation: {of: the deal}}"


def test_an_obligation_is_suspended_only_after_the_others_breach() -> None:
    free = SUSPEND.replace(", obligation: {of: the deal}", "")
    breaks = "breaks: the deal"
    assert loss(of="A", levers=free) == pytest.approx(0.4 / 2)
    assert loss(of="A", press=breaks, levers=SUSPEND) == pytest.approx(0.4 / 2 / 2)
    # Without a lever that breaks the deal there is never a breach.
    assert loss(of="A", levers=SUSPEND) == pytest.approx(0)


def test_a_breach_before_the_start_counts_as_said_or_as_the_levers_show() -> None:
    said = SUSPEND.replace("the deal}", "the deal, only_after: breach by A, breached: true}")
    assert loss(of="A", levers=said) == pytest.approx(0.4 / 2)
    assert loss(of="A", press="start: low, breaks: the deal", levers=SUSPEND) == pytest.approx(0.4 / 2)
    denied = said.replace("true", "false")
    # From low A raises it one time in three, and only that is a breach.
    assert loss(of="A", press="start: low, breaks: the deal", levers=denied) == pytest.approx(0.4 / 2 / 3)


def test_a_breach_is_not_undone_by_easing_and_what_was_suspended_can_be_restored_in_part() -> None:
    game = compiled(
        3, press="breaks: the deal", levers=SUSPEND.replace("[kept,", "[kept, half,").replace(".4", ".2, .4")
    )
    names = {game.state_name(s) for s in range(game.states)}
    assert any("press off; suspend half; A in breach of the deal" in name for name in names)
    moves = {
        game.move_name(a) for s in range(game.states) for a in game.moves_of(s) if "suspend half" in game.state_name(s)
    }
    assert {"raise suspend", "ease suspend"} <= moves


def test_going_back_on_terms_signed_at_the_table_is_a_breach_too() -> None:
    text = TABLE.replace("PRESS", "step: 1").replace("parties:", f"  {SUSPEND}\nparties:")
    game = read(text, "table").compile()
    states = [s for s in range(game.states) if game.phases[game.phase[s]].kind == "agreement" and game.mover[s] == 0]
    for s in states:
        assert "in breach" not in game.state_name(s)
        (a,) = (a for a in game.moves_of(s) if game.move_name(a) == "breach")
        (broken,) = game.successors_of(a)
        assert "A in breach of the deal" in game.state_name(int(broken))


# stocks

STOCK = (
    "build: {by: B, levels: [idle, full], stock: {grows: [0, .5], decays: .25, weight: .2, start: .5, steps: 4, MORE}}"
)


def test_a_stock_grows_with_use_decays_when_idle_and_shifts_what_both_have_without_a_deal() -> None:
    stock = STOCK.replace(", MORE", "")
    now, later = 0.5, (1.0 + 0.25) / 2
    assert loss(1, levers=stock) == pytest.approx(0.1 - 0.2 * now)
    gain = 0.2 * (now + NEXT * later)
    assert value(2, levers=stock)["A"] == pytest.approx(-gain)


def test_between_steps_a_stock_moves_by_chance_so_that_its_mean_moves_by_the_rate() -> None:
    stock = STOCK.replace("steps: 4, MORE", "steps: 1").replace("start: .5", "start: 1").replace(".25", ".3")
    # Full: used it stays full, idle it is lost with chance .3.
    assert value(2, levers=stock)["A"] == pytest.approx(-0.2 * (1 + NEXT * (1 - 0.3 / 2)))


def test_what_is_left_idle_is_rebuilt_from_nothing() -> None:
    idle = (
        STOCK.replace(", MORE", "").replace("decays: .25", "decays: 1").replace("[idle, full]", "[idle, full], step: 1")
    )
    game = compiled(3, levers=idle)
    gone = [s for s in range(game.states) if "stock of build 0.00" in game.state_name(s)]
    assert gone
    following = [
        game.state_name(int(t))
        for s in gone
        if game.phases[game.phase[s]].is_passing and game.levels[s, 1] == 1
        for a in game.moves_of(s)
        for t in game.successors_of(a)
    ]
    assert following
    assert all("stock of build 0.50" in name for name in following)


# norms


def test_breaking_a_norm_costs_once() -> None:
    fields = "start: low, norm: {above: low, cost: .3}"
    chance = exp(-4 * 0.3) / (2 + exp(-4 * 0.3))  # hold, ease, raise
    assert value(precision="4", press=fields)["A"] == pytest.approx(-0.3 * chance, rel=1e-6)
    # Dull, A raises to high in the first period, or, from off or low, later; only the first time costs.
    game = compiled(4, press=fields)
    charged = {
        game.state_name(s): game.reward[game.row[a], 0, 0, 0]
        for s in range(game.states)
        for a in game.moves_of(s)
        if game.move_name(a) == "raise press" and game.levels[s, 0] == 1
    }
    assert {cost for name, cost in charged.items() if "norm on press broken" in name} == {0.0}
    assert {cost for name, cost in charged.items() if "norm on press broken" not in name} == {-0.3}


def test_a_norm_deters_and_what_it_rules_out_is_never_done() -> None:
    free = loss(precision="4", press="start: low")
    dear = loss(precision="4", press="start: low, norm: {above: low, cost: .3}")
    never = loss(precision="4", press="start: low, norm: {above: low, ruled_out: true}")
    assert free == pytest.approx(0.7 / 3)
    assert never == pytest.approx(0.2 / 2)
    assert never < dear < free


# hazards

WAR = "conflict: {A: -1, B: -2}"


def test_a_hazard_of_the_level_in_force_leads_to_open_conflict() -> None:
    war_now = 0.1 / 2
    after = NEXT * (1 / (1 - NEXT))
    expected = 1 - 0.2 / 2 + after * ((1 - war_now) * 1 + war_now * -2)
    worth = value(press="hazard: {open conflict: [0, .1, .3]}", rest=WAR)
    assert worth["B"] == pytest.approx(expected)
    assert worth["A"] == pytest.approx(after * war_now * -1)


def test_hazards_of_both_sides_add_up_as_independent_chances() -> None:
    both = {
        "press": "start: high, irreversible: true, hazard: {open conflict: [0, .1, .3]}",
        "levers": "arm: {by: B, levels: [off, on], start: on, irreversible: true, hazard: {open conflict: [0, .2]}}",
        "rest": WAR,
    }
    war = 1 - 0.7 * 0.8
    assert value(1, **both)["A"] == pytest.approx(NEXT * 2 * war * -1)


def test_fear_of_escalation_keeps_a_lever_down() -> None:
    calm = loss(precision="4", press="hazard: {open conflict: [0, 0, 0]}")
    tense = solved(precision="4", press="hazard: {open conflict: [0, .3, .6]}", rest=WAR)
    here = tense.behaviour(tense.game.start, 0, tense.prior()).policy["one"]
    assert calm == pytest.approx(0.1)
    assert here["raise press"] == pytest.approx(1 / (1 + exp(4 * NEXT * 2 * 0.3)), rel=1e-6)


def test_a_lag_holds_back_the_hazard_too() -> None:
    worth = value(press="lag: 1, hazard: {open conflict: [0, .5, .5]}", rest=WAR)
    assert worth["A"] == pytest.approx(0)


# adaptation

FADES = "start: high, irreversible: true, wears_off: {rate: .1, floor: .5, benefit: .05}"


def test_the_effect_of_a_lever_in_force_fades_to_its_floor_and_leaves_a_benefit() -> None:
    left = [max(1 - 0.1 * t, 0.5) for t in range(7)]
    adapted = [min(t / 5, 1) for t in range(7)]
    cost = sum(NEXT**t * (0.5 * bite - 0.05 * share) for t, (bite, share) in enumerate(zip(left, adapted, strict=True)))
    in_the_end = NEXT**7 * FOR_EVER * (0.5 * 0.5 - 0.05)
    assert loss(7, press=FADES) == pytest.approx(cost + in_the_end)


def test_on_coarse_steps_adaptation_is_right_on_average() -> None:
    coarse = FADES.replace("benefit: .05", "steps: 1")
    # One step from none to full: taken with chance .2 a period.
    left = [1 - 0.5 * (1 - 0.8**t) for t in range(3)]
    cost = sum(NEXT**t * 0.5 * bite for t, bite in enumerate(left))
    assert loss(3, press=coarse) == pytest.approx(cost + NEXT**3 * FOR_EVER * 0.25)


def test_out_of_force_adaptation_is_forgotten() -> None:
    game = compiled(5, press="step: 2, start: high, wears_off: {rate: .2}")
    for s in range(game.states):
        if game.phases[game.phase[s]].is_passing and game.levels[s, 0] == 0 and "press 0.40" in game.state_name(s):
            (a,) = game.moves_of(s)
            (t,) = game.successors_of(a)
            assert "adaptation to press 0.20" in game.state_name(int(t))
            return
    raise AssertionError("never eased while adapted")


def test_a_target_that_adapts_is_drained_less() -> None:
    def collapse(press: str) -> float:
        game = compiled(press=press, party_b="stamina: {steps: 2}")
        for s in range(game.states):
            phase = game.phases[game.phase[s]]
            fresh = "adaptation to press 1.00" in game.state_name(s) or "wears" not in press
            if phase.is_passing and game.levels[s, 0] == 2 and game.stamina[s, 1] == 0.5 and fresh:
                (a,) = game.moves_of(s)
                ends = [game.phases[game.phase[t]].is_end for t in game.successors_of(a)]
                return float(game.probability[game.first_branch[a] : game.first_branch[a + 1]][ends].sum())
        raise AssertionError(press)

    drain = "start: high, irreversible: true, drain: [0, 0, .2]"
    assert collapse(drain) == pytest.approx(0.4)
    assert collapse(f"{drain}, wears_off: {{rate: .5, floor: .25, steps: 1}}") == pytest.approx(0.1)


def test_what_no_deal_is_worth_at_other_levels_counts_them_as_in_force() -> None:
    game = at_the_table("lag: 3, ramp: 1")
    at = game.standing(game.start)
    assert at.in_force.tolist() == [[1]]
    assert at.put_levels(np.array([[2]])).in_force.tolist() == [[2]]
    # Raised by a move, it is not.
    assert at.put("level of press", 2).in_force.tolist() == [[1]]
