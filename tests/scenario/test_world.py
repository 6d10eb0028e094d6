"""What the world around the parties does to the equilibrium, against values worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import numpy as np
import pytest

from duress import AQRE, InputError, PublicTree, simulate, solve
from duress.scenario.compile import Confrontation
from duress.scenario.reading.whole import read
from duress.solve.paths import visits
from duress.solve.solution import Solution

from .pressing import compiled, loss, text, value

NEXT = 0.5
"""Weight of the next period."""
FOR_EVER = 2.0
"""Worth of a stake every period for ever."""
ON = "start: high, irreversible: true"
"""The lever of A hurts B by half a stake in every period, whatever anybody does, and for ever."""

# bystanders

EUROPE = "bystanders: {Europe: {levels: [none, open], MORE}}"


def test_a_bystander_moves_by_chance_and_scales_what_a_lever_does() -> None:
    helped = EUROPE.replace("MORE", "moves: {up: .3}, effect: {press: [1, .4]}")
    second = 0.7 * 0.5 + 0.3 * 0.2
    assert loss(2, press=ON, rest=helped) == pytest.approx(0.5 + NEXT * second + NEXT**2 * FOR_EVER * 0.5)


def test_a_bystander_gives_relief() -> None:
    helped = EUROPE.replace("MORE", "moves: {up: .3}, relief: {B: [0, .4]}")
    without = loss(2, press=ON)
    assert loss(2, press=ON, rest=helped) == pytest.approx(without - NEXT * 0.3 * 0.4)


def test_a_bystander_comes_down_too() -> None:
    helped = EUROPE.replace("MORE", "start: open, moves: {down: .25}, relief: {B: [0, .4]}")
    without = loss(2, press=ON)
    assert loss(2, press=ON, rest=helped) == pytest.approx(without - 0.4 - NEXT * 0.75 * 0.4)


@pytest.mark.parametrize(
    ("shifts", "start", "open_later"),
    [
        ("{press: .2}", "none", 0.1 + 0.4),  # per level, two levels up
        ("{press: [0, 0, .3]}", "none", 0.1 + 0.3),
        ("{press: .9}", "none", 1.0),  # never more than certain
        ("{press: -.2}", "none", 0.1),
        ("{press: -.2}", "open", 1 - 0.4),  # what is negative pushes down
    ],
)
def test_a_lever_shifts_the_chances_of_a_bystander(shifts: str, start: str, open_later: float) -> None:
    helped = EUROPE.replace("MORE", f"start: {start}, moves: {{up: .1, with: {shifts}}}, relief: {{B: [0, .4]}}")
    at_once = 0.4 if start == "open" else 0
    saved = loss(2, press=ON) - loss(2, press=ON, rest=helped)
    assert saved == pytest.approx(at_once + NEXT * open_later * 0.4)


def test_pressing_less_to_please_a_bystander() -> None:
    """Where pressing drives a bystander to help the other, the owner presses less."""
    shy = "bystanders: {C: {levels: [no, yes], moves: {with: {press: .5}}, relief: {A: [0, -1]}}}"
    game = compiled(2, precision="4", rest=shy)
    solution = solve(game, AQRE(beliefs=5))
    presses = solution.behaviour(game.start, 0, solution.prior()).policy["one"]["raise press"]
    # In the second period it makes no difference what A does, and C helps one time in two.
    assert presses == pytest.approx(1 / (1 + exp(4 * NEXT * 0.5)), rel=1e-6)


# the end


@pytest.mark.parametrize(
    ("then", "a", "b"),
    [
        ("as it stands", 0, 0.5),
        ("status quo", 0, 1),
        ("open conflict", -1, -2),
        ("demand of A", 1, 0),
        ("demand of B", 0, 1),
    ],
)
def test_what_holds_after_the_last_period(then: str, a: float, b: float) -> None:
    rest = "conflict: {A: -1, B: -2}" if then == "open conflict" else ""
    worth = _value_with_end(then, press="start: high", rest=rest)
    assert worth["A"] == pytest.approx(NEXT * FOR_EVER * a)
    # Held at high or eased to low, one time in two each.
    pressed = (0.5 + 0.8) / 2
    after = pressed if then == "as it stands" else b
    assert worth["B"] == pytest.approx(pressed + NEXT * FOR_EVER * after)


def _value_with_end(then: str, **fields: str) -> dict[str, float]:
    game = read(text(1, **fields).replace("then: status quo", f"then: {then}"), "end").compile()
    worth = solve(game, AQRE(beliefs=5)).value()
    return {party: worth[party]["one"] for party in ("A", "B")}


def test_a_deadline_is_the_horizon() -> None:
    assert compiled(3).periods == 3


# signs

JUDGED = """
ends: {deadline: 2, then: as it stands}
parties:
  A: {discount: .9, precision: 6, types: {one: }, PARTY_A}
  B: {discount: .9, precision: 6, types: {weak: {prior: .5, bears: 3}, tough: {prior: .5, bears: 0}}, PARTY_B}
levers:
  press: {by: A, levels: [off, on], harm: [0, .5], start: on, cost: [0, .1]}
issues:
  land: {positions: [his, hers], values: {A: [0, 1], B: [1, 0]}, red_line: {A: [his]}}
demand: {A: {land: hers}, B: {land: his}}
talks: {invite: []}
REST
"""


def _judged_text(party_b: str, horizon: int) -> str:
    filled = JUDGED.replace("PARTY_A", "").replace("PARTY_B", party_b).replace("REST", "")
    return filled.replace("deadline: 2", f"deadline: {horizon}")


def judged(party_b: str = "", horizon: int = 2) -> Solution:
    return solve(read(_judged_text(party_b, horizon), "judged").compile(), AQRE(beliefs=33))


def test_a_sign_that_tells_nothing_changes_nothing() -> None:
    without, with_it = judged(), judged("signs: {smoke: {weak: .4, tough: .4}}")
    for party, by_type in without.value().items():
        for kind, worth in by_type.items():
            assert with_it.value()[party][kind] == pytest.approx(worth, abs=1e-9)


def first_beliefs(solution: Solution, period: int) -> list[tuple[float, float]]:
    """Return (chance, belief that B is tough) of each history after which A moves first in ``period``."""
    found = [v for v in visits(solution, 400) if v.period == period and v.player == "A"]
    return [(v.chance, v.beliefs[1][1]) for v in found]


def test_a_sign_moves_the_belief_by_bayes_rule_and_the_owner_judges_by_it() -> None:
    solution = judged("signs: {unrest: {weak: .8, tough: .2}}")
    assert solution.certificate.unsolved == 0
    pairs: dict[tuple[str, ...], list[tuple[float, float]]] = {}
    for v in visits(solution, 400):
        if v.period == 1 and v.player == "A" and v.policy["one"].keys() == {"hold", "ease press"}:
            pairs.setdefault(v.history, []).append((v.beliefs[1][1], v.policy["one"]["ease press"]))
    assert pairs
    for pair in pairs.values():
        (after_unrest, eases_then), (after_calm, eases) = sorted(pair)
        odds = [belief / (1 - belief) for belief in (after_unrest, after_calm)]
        assert odds[1] / odds[0] == pytest.approx((0.8 / 0.2) / (0.2 / 0.8), rel=1e-6)
        # Against the tough it is no use to go on pressing, which costs something.
        assert eases > eases_then


def test_a_sign_hurts_those_it_gives_away() -> None:
    plain = judged().value()["B"]
    telling = judged("signs: {unrest: {weak: .95, tough: .05}}").value()["B"]
    assert abs(telling["weak"] - plain["weak"]) > 1e-4


def test_a_strained_party_shows_more() -> None:
    drained = JUDGED.replace("harm: [0, .5],", "harm: [0, .5], drain: [0, .5],")
    signs = "{unrest: {chance: {weak: .2, tough: .1}, strained: {weak: .9, tough: .3}}}"
    party = f"stamina: {{steps: 2, strained_below: .6}}, signs: {signs}"
    game = read(drained.replace("PARTY_A", "").replace("PARTY_B", party).replace("REST", ""), "s").compile()
    seen = _chances_of_signs(game)
    assert seen["stamina of B 1.00"] == {(0.2, 0.1), (0.8, 0.9)}
    assert seen["stamina of B 0.50"] == {(0.9, 0.3), (0.1, 0.7)}


def _chances_of_signs(game: Confrontation) -> dict[str, set[tuple[float, float]]]:
    """Return the likelihoods by type with which each stamina is reached when time passes."""
    found: dict[str, set[tuple[float, float]]] = {}
    for b, t in enumerate(game.successor):
        row = int(game.likelihood_row[b])
        for part in game.state_name(int(t)).split("; "):
            if part.startswith("stamina") and row:
                low, high = game.likelihood[row, 1, :2]
                found.setdefault(part, set()).add((round(low, 9), round(high, 9)))
    return found


# changes of government


def test_a_new_government_is_drawn_anew_and_the_public_knows() -> None:
    solution = judged("government: {changes: {chance: 1}, draws: {weak: .25, tough: .75}}")
    assert {round(belief, 9) for _, belief in first_beliefs(solution, 1)} == {0.75}


def test_by_default_a_new_government_is_drawn_as_the_first_was() -> None:
    solution = judged("government: {changes: {chance: 1}}")
    assert {round(belief, 9) for _, belief in first_beliefs(solution, 1)} == {0.5}


def test_a_chance_of_a_change_brings_the_types_closer() -> None:
    def gap(chance: float) -> float:
        worth = judged(f"government: {{changes: {{chance: {chance}}}}}").value()["B"]
        return worth["tough"] - worth["weak"]

    stays, may, must = gap(0), gap(0.5), gap(1)
    assert must < may < stays
    plain = judged().value()["B"]
    assert stays == pytest.approx(plain["tough"] - plain["weak"], abs=1e-9)


DATED = "government: {changes: {period: 1, chance: .4}, draws: {weak: .25, tough: .75}}"


def test_on_its_date_a_government_changes_and_at_no_other_time() -> None:
    solution = judged(DATED, horizon=3)
    assert solution.certificate.unsolved == 0
    second = first_beliefs(solution, 1)
    drawn = sum(chance for chance, belief in second if round(belief, 9) == 0.75)
    assert drawn / sum(chance for chance, _ in second) == pytest.approx(0.4, rel=1e-6)
    # Later nobody is drawn anew, so that what was done tells on the belief.
    assert all(round(belief, 9) != 0.75 for chance, belief in first_beliefs(solution, 2) if chance > 1e-6)


def test_dates_agree_between_both_methods_and_are_played() -> None:
    game = read(_judged_text(DATED, horizon=2), "dated").compile()
    grid = solve(game, AQRE(precision=2, beliefs=129))
    tree = solve(game, PublicTree(precision=2))
    for party, by_type in tree.value().items():
        for kind, worth in by_type.items():
            assert grid.value()[party][kind] == pytest.approx(worth, abs=2e-3)
    assert tree.certificate.residual < 1e-8
    played = simulate(grid, 4000, seed=3)
    second = (played.periods == 1) & (played.states >= 0) & (game.mover[played.states] == 0)
    drawn = np.isclose(played.beliefs[:, :, 1], 0.75, atol=1e-12) & second
    assert drawn.any(axis=1).sum() / second.any(axis=1).sum() == pytest.approx(0.4, abs=0.04)


def test_dates_hold_with_three_types_too() -> None:
    written = _judged_text(DATED.replace("tough: .75", "tough: .5, odd: .25"), horizon=2)
    written = written.replace("{prior: .5, bears: 0}", "{prior: .3, bears: 0}, odd: {prior: .2, bears: 1}")
    game = read(written, "three").compile()
    lattice = solve(game, AQRE(precision=2, beliefs=17))
    tree = solve(game, PublicTree(precision=2))
    for party, by_type in tree.value().items():
        for kind, worth in by_type.items():
            assert lattice.value()[party][kind] == pytest.approx(worth, abs=2e-2)
    assert lattice.certificate.unsolved == 0
    assert lattice.certificate.residual < 1e-6


def test_chances_of_a_season_are_checked() -> None:
    game = read(_judged_text(DATED, horizon=2), "dated").compile()
    assert game.season.tolist() == [0, -1]
    wrong = game.dated.copy()
    wrong[0, np.flatnonzero(game.redraw_row)[0]] += 0.1
    with pytest.raises(InputError, match=r"chances sum to 1\.1"):
        replace(game, dated=wrong).check()
    wrong = game.dated.copy()
    wrong[0, game.first_branch[game.first_move[game.start]]] = 0.5
    with pytest.raises(InputError, match="of a move that somebody chooses"):
        replace(game, dated=wrong).check()
    with pytest.raises(InputError, match="season: holds numbers outside -1 to 0"):
        replace(game, season=np.array([1, -1], np.int16)).check()


def test_news_of_both_parties_on_a_date() -> None:
    """The second party's news comes when the next period has begun; the date is the same."""
    change = "government: {changes: {period: 1}, draws: {"
    written = _judged_text(f"{change}weak: .25, tough: .75}}}}", horizon=3)
    party = f"types: {{x: , y: {{breach: {{cost: 1}}}}}}, {change}x: .9, y: .1}}}}, "
    written = written.replace("types: {one: }, ", party)
    solution = solve(read(written, "both").compile(), AQRE(beliefs=9))
    found = [v for v in visits(solution, 2000) if v.period == 1 and v.player == "A"]
    assert {(round(v.beliefs[0][1], 9), round(v.beliefs[1][1], 9)) for v in found} == {(0.1, 0.75)}
    later = {round(v.beliefs[1][1], 9) for v in visits(solution, 2000) if v.period == 2 and v.player == "A"}
    assert later - {0.75}


def test_news_of_both_parties_in_one_period() -> None:
    """One move tells of one party's type only, so that news of the other is a move of its own."""
    types = "types: {x: {prior: .5}, y: {prior: .5, breach: {cost: 1}}}"
    text = JUDGED.replace("types: {one: }, PARTY_A", f"{types}, signs: {{flag: {{x: .9, y: .1}}}}")
    text = text.replace("PARTY_B", "signs: {unrest: {weak: .8, tough: .2}}, government: {changes: {chance: .1}}")
    solution = solve(read(text.replace("REST", ""), "both").compile(), AQRE(beliefs=17))
    assert solution.certificate.unsolved == 0
    found = [v for v in visits(solution, 2000) if v.period == 1 and v.player == "A"]
    assert {round(v.beliefs[0][1], 6) for v in found} >= {0.1, 0.9}
    assert 0.5 in {round(v.beliefs[1][1], 6) for v in found}
    assert max(v.beliefs[1][1] for v in found) > 0.7
    assert solution.game.periods == 2


def test_signs_do_not_tell_what_open_conflict_is_worth() -> None:
    rest = "conflict: {A: -1, B: {weak: -3, tough: -1}}"
    hot = JUDGED.replace("start: on,", "start: on, hazard: {open conflict: [0, 1]},").replace("PARTY_A", "")
    game = read(hot.replace("PARTY_B", "").replace("REST", rest), "war").compile()
    (end,) = [s for s in range(game.states) if game.state_name(s) == "open conflict"]
    np.testing.assert_allclose(game.closing[game.closing_row[end], 1, 0], [-30, -10])
    assert value(press="hazard: {open conflict: [1, 1, 1]}", rest="conflict: {A: 1, B: 0}")["A"] == pytest.approx(1.0)
