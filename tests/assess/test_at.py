"""An invitation in a described state, what the inviter could do instead, and what follows each reply."""

from __future__ import annotations

import numpy as np
import pytest

from duress import Assessment, InputError, assess, load
from duress.assess.at import describe, description_of, read_invitation
from duress.scenario.compile import Confrontation
from duress.solve.solution import Solution

AT = {"month": "6", "Sanctions": "partial", "stamina of Target": ".58", "Coercer tactical": "80%"}


@pytest.fixture(scope="module")
def answer(crisis: Solution) -> Assessment:
    return assess(crisis, "Target", histories=400, seed=1, at=AT)


@pytest.fixture(scope="module")
def game(crisis: Solution) -> Confrontation:
    assert isinstance(crisis.game, Confrontation)
    return crisis.game


def test_the_state_described_is_the_one_assessed(answer: Assessment) -> None:
    now = answer.situation
    assert now.date_words == "month 6 of 36"
    assert {s.lever: s.level for s in now.levers} == {"sanctions": "partial", "retaliation": "none"}
    assert now.stamina["Target"] == pytest.approx(0.6)  # counted in tenths
    assert answer.invitation.before["tactical"] == pytest.approx(0.8)
    assert answer.invitation.found == "the state described"
    assert "--at 'stamina of Target=.58'" in answer.run["command"]


def test_the_belief_after_the_invitation_is_bayes_rule(crisis: Solution, answer: Assessment) -> None:
    (made,) = [m for m in answer.invitation.moves if m.made]
    sincere, tactical = 0.2 * made.probability["sincere"], 0.8 * made.probability["tactical"]
    assert answer.invitation.posterior["tactical"] == pytest.approx(tactical / (sincere + tactical), abs=1e-6)
    assert sum(m.probability["sincere"] for m in answer.invitation.moves) == pytest.approx(1.0)


def test_what_replies_are_worth_to_the_inviter_adds_up_to_what_the_invitation_is(
    crisis: Solution, game: Confrontation, answer: Assessment
) -> None:
    """The inviter's worth is the mean of the replies', by how often the public expects each."""
    moment = read_invitation(crisis, describe(game, 1, AT))
    fragile, resolute = 1 - moment.beliefs[1], moment.beliefs[1]
    for kind, k in (("sincere", 0), ("tactical", 1)):
        mean = sum(
            (fragile * r.probability["fragile"] + resolute * r.probability["resolute"]) * r.other_value[kind]
            for r in answer.replies
        )
        assert mean == pytest.approx(crisis.stage(moment.state, moment.period, moment.beliefs).values[0, k], abs=1e-9)
        (made,) = [m for m in answer.invitation.moves if m.made]
        # The invitation costs nothing in this scenario and takes no time, so it is worth what it leads to.
        assert made.value[kind] == pytest.approx(mean, abs=5e-3)


def test_paths_begin_where_the_reply_leaves_things(answer: Assessment) -> None:
    for reply in answer.replies:
        paths = {(p.kind, p.party): p for p in reply.paths}
        assert set(paths) == {("pressure", "Coercer"), ("pressure", "Target"), ("stamina", "Target")}
        stamina = np.array(paths["stamina", "Target"].mean)
        assert stamina[0] == pytest.approx(0.6)
        assert paths["stamina", "Target"].periods == tuple(range(5, 36))
        assert (stamina >= 0.0).all()
    by_family = {r.family: {(p.kind, p.party): p for p in r.paths} for r in answer.replies}
    pressed = by_family["refuse and raise"]["pressure", "Target"].mean[0]
    assert pressed > by_family["refuse"]["pressure", "Target"].mean[0] == 0.0


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ({"sanctions": "some"}, "at sanctions: must be one of none, partial, full; found 'some'"),
        ({"month": "37"}, "at month: must be a whole number from 1 to 36; found '37'"),
        ({"month": "soon"}, "at month: must be a whole number from 1 to 36; found 'soon'"),
        ({"stamina of Target": "1.5"}, "at stamina of Target: must be from 0 to 1; found '1.5'"),
        ({"Coercer tactical": "2"}, "at Coercer tactical: must be a probability from 0 to 1; found '2'"),
        (
            {"morale": "low"},
            "at morale: is not part of the state; month, sanctions, retaliation, stamina of Target, Coercer sincere, "
            "Coercer tactical, Target fragile, Target resolute are",
        ),
        ({"stamina of Target": "0"}, "at stamina of Target: no invitation to Target can be reached with stamina of"),
    ],
)
def test_what_cannot_be_so_is_said(game: Confrontation, at: dict[str, str], sentence: str) -> None:
    with pytest.raises(InputError) as raised:
        describe(game, 1, at)
    assert str(raised.value).startswith(sentence)


def test_all_that_cannot_be_so_is_said_at_once(game: Confrontation) -> None:
    with pytest.raises(InputError) as raised:
        describe(game, 1, {"month": "0", "sanctions": "all"})
    assert len(raised.value.faults) == 2


def test_what_is_so_or_not_is_described_by_yes_or_no() -> None:
    game = load("iran-2019").compile()
    flag = "US in breach of 2015 agreement"
    assert flag in game.state_name(describe(game, 1, {flag: "yes"}).state)
    with pytest.raises(InputError, match="must be yes or no; found 'maybe'"):
        describe(game, 1, {flag: "maybe"})


def test_who_goes_back_on_terms_is_counted_by_its_type(answer: Assessment) -> None:
    for reply in answer.replies:
        assert set(reply.broken) == {"sincere", "tactical"}
        assert all(0.0 <= share <= 1.0 for share in reply.broken.values())
    accepting = [r for r in answer.replies if r.family.startswith("accept")]
    # Breach costs the sincere type of this scenario something and the tactical one nothing.
    assert all(r.broken["tactical"] > r.broken["sincere"] for r in accepting)


def test_a_state_is_found_again_by_its_description(crisis: Solution) -> None:
    game = crisis.game
    assert isinstance(game, Confrontation)
    for me in (0, 1):
        invited = [p.kind == "invited" and p.mover == me for p in game.phases]
        for state in np.flatnonzero(np.array(invited)[game.phase]):
            told = description_of(game, int(state), 4, (0.25, 0.7))
            found = describe(game, me, told)
            assert (game.standing(found.state).values == game.standing(int(state)).values).all()
            assert (found.period, found.before) == (4, (0.25, 0.7))
