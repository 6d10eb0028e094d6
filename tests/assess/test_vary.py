"""What would change the answer: games solved anew agree with games solved alone, and flips are where they are."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from duress import AQRE, Assessment, InputError, assess, load, solve
from duress.assess.again import Again
from duress.assess.moment import Moment, error_at, first_invitation
from duress.assess.replies import values_at
from duress.assess.vary import HALVINGS, in_words, uncertain, vary
from duress.figures import to_svg, tornado_chart, verdict_map
from duress.scenario.compile import Confrontation
from duress.scenario.reading.whole import read
from duress.simulate.histories import simulate
from duress.solve.aqre import induct
from duress.solve.solution import Solution

METHOD = AQRE(precision=0.8, beliefs=5)
"""A precision at which there is one equilibrium, so that every start leads to it."""
SHORT = """
title: A short crisis
horizon: 8
parties:
  Coercer: {types: {sincere: {prior: .5, breach: {cost: .8}}, tactical: {prior: .5}}}
  Target: {stamina: {steps: 4}}
levers:
  sanctions:  {by: Coercer, levels: [none, full], harm: [0, .5], drain: [0, .1], start: full}
  retaliation: {by: Target, levels: [none, full], harm: [0, .25]}
issues:
  policy: {positions: [as it is, compromise, as demanded], values: {Coercer: [0, .5, 1], Target: [1, .6, 0]}}
"""
UNSURE = """
unsure:
  levers.sanctions.harm[1]: {between: [.1, 1.5]}
  parties.Coercer.discount: {normal: [.95, .02]}
"""


@pytest.fixture(scope="module")
def crisis() -> Solution:
    return solve(read(SHORT + UNSURE, "short").compile(), METHOD)


@pytest.fixture(scope="module")
def moment(crisis: Solution) -> Moment:
    return first_invitation(crisis, 1, simulate(crisis, 200, 0))


@pytest.fixture(scope="module")
def again(crisis: Solution, moment: Moment) -> Again:
    return Again(crisis, moment, error_at(crisis, moment))


@pytest.fixture(scope="module")
def answer(crisis: Solution) -> Assessment:
    return assess(crisis, "Target", histories=200, robust=True, varied=True, map_size=2)


def test_a_game_begun_from_its_own_solution_is_solved_at_once(crisis: Solution) -> None:
    found = induct(crisis.game, METHOD, None, None, near=crisis.induction)
    assert not found.unsolved.any()
    assert found.branch == "near another solution"
    assert np.abs(found.values - crisis.induction.values).max() < 1e-7


def test_a_solution_of_another_grid_is_no_start(crisis: Solution) -> None:
    with pytest.raises(ValueError, match="on another grid"):
        induct(crisis.game, replace(METHOD, beliefs=7), None, None, near=crisis.induction)


def test_other_numbers_give_what_their_own_game_gives(crisis: Solution, moment: Moment, again: Again) -> None:
    game = crisis.game
    assert isinstance(game, Confrontation)
    values = {"levers.sanctions.harm[1]": 1.2}
    judged = again.with_values(values)
    alone = solve(game.scenario.with_values(values).compile(), METHOD)
    right = values_at(alone, moment.state, moment.period, moment.beliefs)
    assert judged.gain is not None
    for kind, worth in right.items():
        accepting = max(v for reply, v in worth.items() if reply.startswith("accept"))
        refusing = max(v for reply, v in worth.items() if reply.startswith("refuse"))
        assert judged.gain[kind] == pytest.approx(accepting - refusing, abs=1e-6)


def test_unchanged_numbers_change_nothing(again: Again) -> None:
    same = again.with_values({"levers.sanctions.harm[1]": 0.5})
    assert same.gain is not None and again.base.gain is not None
    assert same.gain == pytest.approx(again.base.gain, abs=1e-7)
    assert (same.verdict, same.best) == (again.base.verdict, again.base.best)


def test_another_prior_moves_beliefs_by_its_odds(moment: Moment, again: Again) -> None:
    seen: list[tuple[float, float]] = []

    class Watched(Again):
        def _judge(self, solution, moment):
            seen.append(moment.beliefs)
            return super()._judge(solution, moment)

    Watched(again.solution, moment, again.error).with_values({"parties.Coercer.types.tactical.prior": 0.8})
    before, after = moment.beliefs[0] / (1 - moment.beliefs[0]), seen[0][0] / (1 - seen[0][0])
    assert after == pytest.approx(4 * before)
    assert seen[0][1] == moment.beliefs[1]


def test_a_value_that_is_not_allowed_is_a_reason_not_an_error(again: Again) -> None:
    assert "harm" in again.with_values({"levers.sanctions.harm[1]": -1.0}).failed


def test_every_flip_is_where_the_best_reply_changes(again: Again) -> None:
    found = vary(again, {}, None)
    variations, flips = found.variations, found.flips
    assert not found.claim_flips
    assert {v.parameter for v in variations} == {"levers.sanctions.harm[1]", "parties.Coercer.discount"}
    assert [v.effect for v in variations] == sorted((v.effect for v in variations), reverse=True)
    assert variations[0].effect > 0.05
    assert flips, "the ends are far enough apart for a best reply to change"
    for flip in flips:
        path = next(v.parameter for v in variations if v.words == flip.parameter)
        there = again.with_values({path: float(flip.after)})
        assert there.best is not None and again.base.best is not None
        assert there.best[flip.type] == flip.reply_after != flip.reply_before == again.base.best[flip.type]
        low, high = next(v.values for v in variations if v.parameter == path)
        end = high if float(flip.after) > float(flip.before) else low
        step = abs(end - float(flip.before)) / 2**HALVINGS
        nearer = float(flip.after) + np.sign(float(flip.before) - float(flip.after)) * step * 1.001
        if abs(nearer - float(flip.before)) > step:
            closer = again.with_values({path: float(nearer)})
            assert closer.best is not None
            assert closer.best[flip.type] == flip.reply_before


def test_a_claim_flips_where_it_comes_to_fail(crisis: Solution, moment: Moment, again: Again) -> None:
    """A claim made up for the purpose holds as long as the first price of sanctions is below 0.8."""

    def claims(solution: Solution, at: Moment) -> dict[str, str]:
        game = solution.game
        assert isinstance(game, Confrontation)
        assert at.state == moment.state
        harm = game.scenario.numbers["levers.sanctions.harm[1]"]
        return {"sanctions are mild": "holds" if harm < 0.8 else "fails", "unsettled": "undecided"}

    there = Again(crisis, moment, again.error, claims)
    (flip,) = vary(there, claims(crisis, moment), None).claim_flips
    assert (flip.claim, flip.verdict_before, flip.verdict_after) == ("sanctions are mild", "holds", "fails")
    assert flip.before < 0.8 <= flip.after
    (one,) = [v for v in vary(there, {}, None).variations if v.words == flip.parameter]
    assert flip.after - 0.8 < (one.values[1] - flip.before) / 2**HALVINGS


def test_what_is_varied_where_the_scenario_says_nothing() -> None:
    numbers, why = uncertain(load("sanctions-crisis"))
    assert "levers.sanctions.harm[2]" in {number.path for number in numbers}
    assert all(number.numbers[0] < number.numbers[1] for number in numbers)
    assert "half and half again" in why


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("levers.sanctions.harm[1]", "harm of sanctions at full"),
        ("parties.Coercer.types.tactical.prior", "chance of Coercer being tactical"),
        ("parties.Target.types.fragile.bears", "bears of Target if fragile"),
        ("parties.Coercer.discount", "discount of Coercer"),
        ("issues.policy.values.Target[1]", "value of compromise on policy to Target"),
        ("horizon", "horizon"),
    ],
)
def test_numbers_are_named_in_words(path: str, words: str) -> None:
    assert in_words(read(SHORT, "short"), path) == words


def test_firm_means_the_same_verdict_everywhere(answer: Assessment) -> None:
    assert [check.what for check in answer.checks] == [
        "precision halved",
        "precision doubled",
        "9 beliefs instead of 5",
        "another start",
    ]
    assert not any(check.failed for check in answer.checks)
    assert answer.firm is all(check.verdict == answer.verdict for check in answer.checks)


def test_without_checks_nothing_is_called_firm(crisis: Solution) -> None:
    plain = assess(crisis, "Target", histories=100)
    assert plain.firm is None
    assert plain.checks == plain.variations == ()
    with pytest.raises(ValueError, match="nothing to draw"):
        tornado_chart(plain)
    with pytest.raises(ValueError, match="nothing to draw"):
        verdict_map(plain)


def test_the_map_holds_the_verdict_of_each_pair(answer: Assessment) -> None:
    assert answer.map is not None
    assert {answer.map.first, answer.map.second} == {"harm of sanctions at full", "discount of Coercer"}
    assert [len(row) for row in answer.map.verdicts] == [len(answer.map.second_values)] * len(answer.map.first_values)


@pytest.mark.parametrize("narrow", [False, True])
def test_both_charts_are_drawn(answer: Assessment, narrow: bool) -> None:
    drawn = to_svg(tornado_chart(answer, narrow=narrow))
    titles = re.findall(r'role-title"><g transform="translate\(([-\d.]+),([-\d.]+)\)', drawn)
    assert len(titles) == len(answer.prior["Target"])
    assert {across for across, _ in titles} == {"0"}  # where the rows begin
    assert len({up for _, up in titles}) == 1
    assert to_svg(verdict_map(answer, narrow=narrow)).lstrip().startswith("<svg")


def test_a_map_of_one_value_is_refused(crisis: Solution) -> None:
    with pytest.raises(InputError, match="2 to 25"):
        assess(crisis, "Target", histories=100, map_size=1)
