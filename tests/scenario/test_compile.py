"""What a compiled confrontation is: who may do what where, what a period is worth, what stamina does."""

from __future__ import annotations

import numpy as np
import pytest

from duress import InputError
from duress.scenario.compile import STATE_LIMIT, Confrontation

from .confrontations import compiled, moves_in, scenario

RED = ("Union: [1, .6, 0]}}", "Union: [1, .6, 0]}, red_line: {Union: [half way, as offered]}}")


def state_of(game: Confrontation, kind: str, mover: str | None = None, **levels: int) -> int:
    """Return the first state of a kind, with these lever levels."""
    names = [p.name for p in game.players]
    levers = list(game.scenario.levers)
    for s in range(game.states):
        right = all(game.levels[s, levers.index(lever)] == level for lever, level in levels.items())
        if game.phases[game.phase[s]].kind == kind and right and (mover is None or game.mover[s] == names.index(mover)):
            return s
    raise AssertionError(kind)


def after(game: Confrontation, state: int, move: str) -> int:
    """Return the state that follows a move without chance."""
    for a in game.moves_of(state):
        if game.move_name(a) == move:
            (successor,) = game.successors_of(a)
            return int(successor)
    raise AssertionError(f"{move} is not a move of {game.state_name(state)}")


def test_start_is_the_first_mover_in_the_confrontation() -> None:
    game = compiled()
    assert (
        game.state_name(game.start)
        == "confrontation, Owners to move; lockout none; boycott none; stamina of Union 1.00"
    )


def test_moves_of_each_phase() -> None:
    game = compiled()
    assert moves_in(game, "confrontation", "Owners") == {"hold", "raise lockout", "ease lockout", "invite", "concede"}
    assert moves_in(game, "invited", "Union") == {
        "refuse",
        "refuse and raise boycott",
        "accept and keep",
        "accept and drop",
    }
    assert {"stall", "walk out"} < moves_in(game, "table", "Owners")
    assert moves_in(game, "offer", "Union") == {"accept", "reject", "walk out", "walk out and raise boycott"}
    assert moves_in(game, "agreement", "Union") == {"comply", "breach"}


def test_dropping_takes_own_levers_to_nothing_and_leaves_the_others() -> None:
    game = compiled()
    s = state_of(game, "invited", "Union", lockout=1, boycott=1)
    assert game.levels[after(game, s, "accept and drop")].tolist() == [1, 0]
    assert game.levels[after(game, s, "accept and keep")].tolist() == [1, 1]


def test_nothing_to_drop_is_not_offered_as_dropping() -> None:
    game = compiled()
    s = state_of(game, "invited", "Union", boycott=0)
    assert "accept and drop" not in {game.move_name(a) for a in game.moves_of(s)}


def test_terms_in_force_bring_relief_and_a_breach_snaps_back() -> None:
    game = compiled()
    s = state_of(game, "agreement", "Owners")
    assert game.levels[s].tolist() == [0, 0]
    broken = after(game, s, "breach")
    assert game.levels[broken].tolist() == [1, 0]
    assert "confrontation, Union to move" in game.state_name(broken)
    breach = next(a for a in game.moves_of(s) if game.move_name(a) == "breach")
    assert game.reward[game.row[breach]].ravel().tolist() == [-0.5, 0.0]


def test_flow_of_a_period_by_hand() -> None:
    game = compiled(("Union: {types: {one: {prior: 1, ", "Union: {types: {one: {prior: 1, bears: 1.2, "))
    s = state_of(game, "passing to confrontation", lockout=1, boycott=1)
    (a,) = game.moves_of(s)
    # Owners: wages as before 0, boycott 0.3, own cost 0.05. Union: wages 1, lockout 0.5 counted 1.2 times.
    np.testing.assert_allclose(game.reward[game.row[a]].ravel(), [-0.35, 1 - 0.6])
    np.testing.assert_allclose(game.discount[game.row[a]], 0.97)


def test_strain_is_paid_only_below_its_threshold() -> None:
    game = compiled(("recovers: .1}", "recovers: .1, strained_below: .6, strain: .2}"))
    paid = {}
    for s in range(game.states):
        if game.phases[game.phase[s]].kind == "passing to confrontation" and not game.levels[s].any():
            (a,) = game.moves_of(s)
            paid[float(game.stamina[s, 1])] = float(game.reward[game.row[a], 1, 0, 0])
    assert paid == {0.25: 0.8, 0.5: 0.8, 0.75: 1.0, 1.0: 1.0}


def test_stamina_falls_by_its_drain_on_average_and_recovers_without() -> None:
    game = compiled()
    for lockout, rate in ((1, -0.1), (0, 0.1)):
        s = next(
            s
            for s in range(game.states)
            if game.phases[game.phase[s]].kind == "passing to confrontation"
            and game.levels[s, 0] == lockout
            and game.stamina[s, 1] == 0.5
        )
        (a,) = game.moves_of(s)
        branches = slice(game.first_branch[a], game.first_branch[a + 1])
        mean = game.probability[branches] @ game.stamina[game.successor[branches], 1]
        assert mean == pytest.approx(0.5 + rate)


def test_collapse_imposes_the_others_demand_for_ever() -> None:
    game = compiled()
    s = state_of(game, "collapse")
    assert game.state_name(s) == "collapse of Union"
    np.testing.assert_allclose(game.closing[game.closing_row[s]].ravel(), [1 / 0.03, 0.0], atol=1e-12)


def test_both_collapsing_at_once_is_settled_by_even_chances() -> None:
    game = compiled(
        ("harm: [0, .3]}", "harm: [0, .3], drain: [0, .25]}"),
        ("drain: [0, .1]", "drain: [0, .25]"),
        (
            "Owners: {types: {one: {prior: 1, breach: {cost: .5}}}}",
            "Owners: {types: {one: {prior: 1}}, stamina: {steps: 4}}",
        ),
    )
    s = next(
        s
        for s in range(game.states)
        if game.phases[game.phase[s]].is_passing and game.levels[s].all() and (game.stamina[s] == 0.25).all()
    )
    (a,) = game.moves_of(s)
    branches = slice(game.first_branch[a], game.first_branch[a + 1])
    ends = {
        game.state_name(int(t)): p for t, p in zip(game.successor[branches], game.probability[branches], strict=True)
    }
    assert ends == {"collapse of Owners": 0.5, "collapse of Union": 0.5}


def test_the_last_flows_continue_at_the_horizon() -> None:
    game = compiled()
    s = state_of(game, "confrontation", "Owners", lockout=1, boycott=1)
    np.testing.assert_allclose(game.closing[game.closing_row[s]].ravel(), np.array([-0.35, 0.5]) / 0.03)


def test_a_red_line_forbids_signing_and_conceding() -> None:
    game = compiled(RED)
    for s in range(game.states):
        phase = game.phases[game.phase[s]]
        if phase.kind == "offer" and phase.mover == 1:
            across = game.agenda.terms(phase.terms)["wages"] != "as before"
            assert ("accept" in {game.move_name(a) for a in game.moves_of(s)}) != across
    assert "concede" not in moves_in(game, "confrontation", "Union")
    assert "concede" in moves_in(game, "confrontation", "Owners")


def test_an_empty_overlap_leaves_only_the_demand_to_offer_and_nothing_to_sign() -> None:
    both = (
        "Union: [1, .6, 0]}}",
        "Union: [1, .6, 0]}, red_line: {Union: [half way, as offered], Owners: [as before, half way]}}",
    )
    game = compiled(
        both, ("horizon: 6", "horizon: 6\ndemand: {Owners: {wages: as offered}, Union: {wages: as before}}")
    )
    assert not len(game.agenda.menu)
    assert not any(p.kind == "agreement" for p in game.phases)
    assert {m for m in moves_in(game, "table", "Owners") if m.startswith("offer")} == {"offer wages: as offered"}


def test_only_reachable_states_are_kept() -> None:
    game = compiled(("start: 1, ", "start: .5, "))
    seen, frontier = {game.start}, [game.start]
    while frontier:
        s = frontier.pop()
        for a in game.moves_of(s):
            for t in map(int, game.successors_of(a)):
                if t not in seen:
                    seen.add(t)
                    frontier.append(t)
    assert seen == set(range(game.states))


def test_find_is_the_inverse_of_what_a_state_means() -> None:
    game = compiled()
    for s in range(0, game.states, 7):
        assert game.find(game.standing(s)) == s


def test_too_large_a_scenario_is_refused_with_its_size_and_what_to_reduce() -> None:
    levers = "\n".join(
        f"  lever {n}: {{by: Union, levels: [a, b, c, d, e, f, g, h], harm: [0, 1, 2, 3, 4, 5, 6, 7]}}"
        for n in range(8)
    )
    with pytest.raises(InputError, match=rf"states; the limit is {STATE_LIMIT:,}\. .*[Uu]se fewer levers"):
        scenario(("levers:", "levers:\n" + levers)).compile()


def test_who_proposes_is_as_stated() -> None:
    for rule, first in (("inviter", "Owners"), ("invited", "Union"), ("Union", "Union"), ("alternates", "Owners")):
        game = compiled(("menu: 2", f"menu: 2\ntalks: {{invite: [Owners], proposer: {rule}}}"))
        time = after(game, state_of(game, "invited", "Union"), "accept and keep")
        (a,) = game.moves_of(time)
        assert f"at the table, {first} to propose" in game.state_name(int(game.successors_of(a)[0]))


def test_stalling_can_be_ruled_out() -> None:
    assert "stall" not in moves_in(compiled(("menu: 2", "menu: 2\ntalks: {stalling: ruled out}")), "table", "Owners")
