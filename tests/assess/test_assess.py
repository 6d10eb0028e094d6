"""The assessment of the ten-line scenario: its parts agree with each other and with the solution they come from."""

from __future__ import annotations

import json

import numpy as np
import pytest

from duress import AQRE, Assessment, InputError, assess
from duress.scenario.compile import Confrontation
from duress.scenario.reading.whole import read
from duress.solve.solution import Solution

METHOD = AQRE(precision=8, beliefs=7)


@pytest.fixture(scope="module")
def answer(crisis: Solution) -> Assessment:
    return assess(crisis, "Target", histories=400, seed=1)


def test_repeats_exactly(crisis: Solution, answer: Assessment) -> None:
    again = assess(crisis, "target", histories=400, seed=1).as_json()
    first = answer.as_json()
    for record in (again, first):
        record["run"].pop("seconds")
    assert again == first


def test_it_says_at_how_many_stages_an_equilibrium_was_lost(crisis: Solution, answer: Assessment) -> None:
    near, otherwise, unsolved = crisis.induction.counts.tolist()
    assert answer.run["jumps"] == otherwise > 0
    assert answer.run["stages"] == near + otherwise + unsolved


def test_json_has_what_the_contract_says(answer: Assessment) -> None:
    record = json.loads(json.dumps(answer.as_json(), allow_nan=False))
    wanted = {
        "party",
        "invitation",
        "replies",
        "price_of_dropping",
        "verdict",
        "margin",
        "flips",
        "claims",
        "certificate",
        "run",
    }
    assert wanted <= set(record)
    assert {"state", "period", "posterior"} <= set(record["invitation"])
    assert all({"reply", "value", "outcomes"} <= set(reply) for reply in record["replies"])
    assert all({"parameter", "from", "to", "reply_before", "reply_after"} <= set(flip) for flip in record["flips"])
    assert {"residual", "unsolved", "deviation_gain", "grid_error"} <= set(record["certificate"])


def test_values_of_replies_are_those_of_the_solved_stage(crisis: Solution, answer: Assessment) -> None:
    game = crisis.game
    assert isinstance(game, Confrontation)
    (state,) = [s for s in range(game.states) if game.state_name(s) == answer.invitation.state]
    coercer = answer.invitation.posterior["tactical"]
    target = 0.5  # the Target has not moved in a way that tells its types apart before period 0 is over, or close to it
    worth = crisis.behaviour(state, answer.invitation.period, (coercer, target)).worth
    for reply in answer.replies:
        for k, value in reply.value.items():
            assert value == pytest.approx(worth[k][reply.reply], abs=0.05)


def test_odds_add_up(answer: Assessment) -> None:
    for reply in answer.replies:
        assert sum(reply.outcomes.values()) == pytest.approx(1.0)
        assert set(reply.outcomes) == set(answer.outcomes)
    assert sum(r.probability["fragile"] for r in answer.replies) == pytest.approx(1.0)


def test_price_of_dropping_is_the_difference_of_two_replies(answer: Assessment) -> None:
    by_family = {r.family: r for r in answer.replies}
    for k, price in answer.price_of_dropping.items():
        drop = by_family.get("accept and drop", by_family["accept and keep"])
        assert price == pytest.approx(by_family["accept and keep"].value[k] - drop.value[k])


def test_lever_cases_differ_only_in_own_levers(answer: Assessment) -> None:
    cases = {case.case: case for case in answer.lever_cases}
    assert "as they stand" in cases
    ranks = ["none", "some", "full"]
    standing = ranks.index(cases["as they stand"].levels["retaliation"])
    if "none" in cases:
        assert cases["none"].levels == {"retaliation": "none"}
    if "more" in cases:
        assert cases["more"].levels == {"retaliation": ranks[standing + 1]}
    assert len(cases) >= 2


def test_flips_name_a_reply_that_is_better_on_the_other_side(crisis: Solution, answer: Assessment) -> None:
    best = {k: max(answer.replies, key=lambda r: r.value[k]).reply for k in ("fragile", "resolute")}
    assert answer.flips, "this game has some: otherwise choose another for the test"
    for flip in answer.flips:
        assert flip.reply_before == best[flip.type]
        assert flip.reply_after != flip.reply_before
        assert flip.before != flip.after


def test_fans_are_ordered_quantiles_over_all_periods(answer: Assessment) -> None:
    assert {(f.kind, f.party) for f in answer.fans} == {
        ("pressure", "Coercer"),
        ("pressure", "Target"),
        ("stamina", "Target"),
    }
    for fan in answer.fans:
        table = np.array([fan.quantiles[q] for q in ("0.05", "0.25", "0.5", "0.75", "0.95")])
        assert table.shape == (5, 36)
        assert (np.diff(table, axis=0) >= 0).all()


def test_either_party_can_ask(crisis: Solution) -> None:
    other = assess(crisis, "Coercer", histories=100)
    assert other.party == "Coercer"
    assert other.invitation.inviter == "Target"
    assert set(other.price_of_dropping) == {"sincere", "tactical"}


def test_bad_questions_get_sentences(crisis: Solution) -> None:
    with pytest.raises(InputError, match="'France' is not a party; the parties are Coercer and Target"):
        assess(crisis, "France")
    with pytest.raises(InputError, match="at least 100"):
        assess(crisis, "Target", histories=3)


def test_a_party_that_is_never_invited_is_told_so() -> None:
    text = """
parties: {A: {}, B: {}}
horizon: 3
talks: {invite: [A]}
issues: {x: {positions: [p, q], values: {A: [0, 1], B: [1, 0]}}}
"""
    with pytest.raises(InputError, match="A is never invited: talks\\.invite does not list B"):
        assess(read(text, "t"), "A", METHOD, histories=100)


def test_answers_show_themselves_in_a_notebook(crisis: Solution, answer: Assessment) -> None:
    shown = answer._repr_html_()
    assert answer.verdict_sentence in shown
    assert shown.count("<tr>") == 1 + len(answer.replies)
    solved = crisis._repr_html_()
    assert "solved" in solved
    assert solved.count("<tr>") == 5
