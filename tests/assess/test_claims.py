"""Claims: closed cases in which each must hold and must fail, what cannot be tested, seeds, and claims of one's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise

import numpy as np
import pytest
from tests.scenario.confrontations import BASE, compiled

from duress import AQRE, Doctrine, InputError, Intervention, claims, load, solve
from duress.assess.claims import registry
from duress.assess.claims.doctrine import claims_asked
from duress.assess.claims.evidence import Evidence
from duress.assess.claims.played import SIGNIFICANT, Played, clustered_error
from duress.assess.claims.registry import BOTH_KNOW, KEEPS_ITS_RULE, Case, Finding, claim, put
from duress.assess.record import ClaimResult
from duress.scenario import claims as words
from duress.scenario.claims import KINDS, OPPOSITES
from duress.scenario.reading.whole import read
from duress.simulate.histories import simulate
from duress.simulate.interventions import NO_LEVERS
from duress.solve.solution import Solution

TWO = (
    "Owners: {types: {one: {prior: 1, breach: {cost: .5}}}}",
    "Owners: {types: {kind: {prior: .5, breach: {cost: 3}}, hard: {prior: .5}}}",
)
START = ("cost: [0, .05]}", "cost: [0, .05], start: full}")
METHOD = AQRE(precision=4, beliefs=5)


def evidence(*changes: tuple[str, str], precision: float = 4.0, histories: int = 600) -> Evidence:
    solution = solve(compiled(*changes), AQRE(precision=precision, beliefs=5))
    return Evidence(solution, simulate(solution, histories, 1))


def verdicts(found: list[ClaimResult]) -> list[str]:
    return [one.verdict for one in found]


@pytest.fixture(scope="module")
def dispute() -> Evidence:
    return evidence(TWO, START)


def test_there_are_thirteen_and_thirteen_opposites() -> None:
    assert len(OPPOSITES) == len(set(OPPOSITES.values())) == 13
    assert not set(OPPOSITES) & set(OPPOSITES.values())
    assert all(kind in registry._TESTS for kind in [*OPPOSITES, *OPPOSITES.values()])


def test_every_result_follows_from_its_numbers(dispute: Evidence) -> None:
    for claimed, opposite in OPPOSITES.items():
        for kind in (claimed, opposite):
            for one in put(dispute, kind, "Union", {}):
                assert one.sentence.endswith(".")
                if not one.compared:
                    assert (one.verdict, one.margin, one.error, one.unit) == ("undecided", 0.0, 0.0, "")
                    continue
                first, second = one.compared.values()
                sign = 1 if kind == claimed else -1
                assert one.margin == pytest.approx(sign * (first - second))
                wanted = "holds" if one.margin > one.error else "fails" if one.margin < -one.error else "undecided"
                assert one.verdict == wanted


def test_a_claim_and_its_opposite_never_both_hold(dispute: Evidence) -> None:
    for claimed, opposite in OPPOSITES.items():
        pairs = zip(put(dispute, claimed, "Union", {}), put(dispute, opposite, "Union", {}), strict=True)
        assert all((one.verdict, other.verdict) != ("holds", "holds") for one, other in pairs)


def test_restrictions_are_tested_under_both_rules(dispute: Evidence) -> None:
    for kind in (words.COUNTER, words.ONLY_WAY, words.NO_HURRY, words.AT_ONCE):
        assert [one.rule for one in put(dispute, kind, "Union", {})] == [KEEPS_ITS_RULE, BOTH_KNOW]


MILD = "harm: [0, .3]}"
DEAR = (MILD, "harm: [0, 3]}")
FIRST = ("horizon: 6", "horizon: 6\norder: [Union, Owners]")
QUIET = ("menu: 2", "menu: 2\ntalks: {invite: []}")


def test_counter_pressure_that_hurts_brings_relief_and_one_that_does_not_brings_none() -> None:
    assert verdicts(put(evidence(START, DEAR, FIRST, precision=2), words.COUNTER, "Union", {})) == ["holds"] * 2
    harmless = (MILD, "harm: [0, 0]}")
    assert "holds" not in verdicts(put(evidence(START, harmless, precision=2), words.COUNTER, "Union", {}))


def test_a_lever_that_ends_it_is_the_only_way_and_one_that_only_costs_is_not() -> None:
    strong = evidence(START, DEAR, FIRST, precision=2)
    assert verdicts(put(strong, words.ONLY_WAY, "Union", {})) == ["holds"] * 2
    assert verdicts(put(strong, OPPOSITES[words.ONLY_WAY], "Union", {})) == ["fails"] * 2
    weak = evidence(START, (MILD, "harm: [0, 0], cost: [0, .5]}"), precision=2, histories=6000)
    assert verdicts(put(weak, words.ONLY_WAY, "Union", {})) == ["fails"] * 2


def test_an_offer_comes_sooner_to_who_can_press() -> None:
    there = evidence(START, (MILD, "harm: [0, .9]}"), FIRST, precision=2)
    assert verdicts(put(there, words.NO_HURRY, "Union", {})) == ["holds"] * 2
    # Counted once more, history by history.
    game, h = there.game, there.played().histories
    waits = []
    for row in range(len(h.final)):
        when = [
            int(t)
            for s, t, a in zip(h.states[row], h.periods[row], h.moves[row], strict=True)
            if a >= 0
            and game.state_name(int(s)).startswith("Owners has offered")
            and game.move_name(int(a)) == "accept"
        ]
        waits.append(min(when, default=game.periods))
    assert put(there, words.NO_HURRY, "Union", {})[0].compared["levers free"] == pytest.approx(np.mean(waits))


def test_what_is_conceded_under_high_and_low_pressure_is_counted_by_hand() -> None:
    there = evidence(TWO, precision=1, histories=2000)
    (one,) = put(there, words.HARVEST, "Union", {})
    game, h = there.game, there.played().histories
    shares: dict[bool, list[float]] = {True: [], False: []}
    worth = {"as before": 0.0, "half way": 0.4, "as offered": 1.0}  # of 1, .6 and 0 to the union
    for row in range(len(h.final)):
        locked = None
        for s, a in zip(h.states[row], h.moves[row], strict=True):
            if a < 0:
                break
            said = game.state_name(int(s))
            if game.move_name(int(a)) == "invite":
                locked = "lockout full" in said
            elif game.move_name(int(a)) == "accept" and " has offered " in said and locked is not None:
                terms = game.agenda.terms(game.phases[game.phase[s]].terms)["wages"]
                shares[locked].append(worth[terms])
                locked = None
    assert one.compared == pytest.approx(
        {"high pressure": np.mean(shares[True]), "low pressure": np.mean(shares[False])}
    )


def test_two_histories_prove_nothing() -> None:
    solution = solve(compiled(TWO, START), AQRE(precision=2, beliefs=5))
    played = (Evidence(solution, simulate(solution, 2000, seed)) for seed in range(1, 100))
    found = (put(there, words.ASK_AGAIN, "Union", {})[0] for there in played)
    one = next(one for one in found if one.sentence.startswith("In 2 of 2,000 histories"))
    assert (one.verdict, one.error) == ("undecided", pytest.approx(SIGNIFICANT * 2 * 1.5 / 2))


def test_who_has_no_lever_has_no_counter_pressure() -> None:
    unarmed = evidence(("  boycott: {by: Union, levels: [none, full], harm: [0, .3]}\n", ""))
    for kind in (words.COUNTER, words.ONLY_WAY, words.NO_HURRY, words.AT_ONCE):
        (one,) = put(unarmed, kind, "Union", {})
        assert (one.verdict, one.sentence) == ("undecided", "Union holds no lever.")


def test_a_dear_lever_is_ruinous_to_lay_down_and_a_vain_one_is_not() -> None:
    dear = (MILD, "harm: [0, 3], start: full}")
    armed = evidence(START, dear, precision=8)
    (one,) = put(armed, words.DROPPING, "Union", {})
    assert one.verdict == "holds", one
    cost = (MILD, "harm: [0, .3], cost: [0, .6], start: full}")
    (other,) = put(evidence(START, cost, precision=8), words.DROPPING, "Union", {})
    assert other.verdict == "fails", other
    (opposite,) = put(evidence(START, cost, precision=8), OPPOSITES[words.DROPPING], "Union", {})
    assert opposite.verdict == "holds"


def test_waiting_with_a_lever_that_ends_it_costs_and_with_one_that_costs_pays() -> None:
    there = evidence(START, DEAR, FIRST, QUIET, precision=2)
    assert verdicts(put(there, words.AT_ONCE, "Union", {"periods": 3})) == ["holds"] * 2
    assert verdicts(put(there, OPPOSITES[words.AT_ONCE], "Union", {"periods": 3})) == ["fails"] * 2
    cost = (MILD, "harm: [0, 0], start_up: 3}")
    found = put(evidence(cost, precision=0.5, histories=20_000), words.AT_ONCE, "Union", {"periods": 6})
    assert verdicts(found) == ["fails", "fails"], found


def test_a_game_solved_again_is_solved_on_the_branch_of_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    game = compiled(TWO, START)
    smaller = idle_for(0).imposed_on(game)
    between = (game.states + smaller.states) // 2 * 5 * game.periods  # beliefs about Owners: 5; about Union: 1
    monkeypatch.setattr(import_module("duress.solve.aqre"), "_PRINCIPAL_LIMIT", between)
    solution = solve(game, METHOD)
    assert (solution.induction.branch, solve(smaller, METHOD).induction.branch) == ("in time", "principal")
    there = Evidence(solution, simulate(solution, 100, 1))
    assert there.solved(idle_for(0)).induction.branch == "in time"


def idle_for(periods: int) -> Intervention:
    return Intervention("Union", NO_LEVERS, periods)


def test_an_idle_spell_as_long_as_the_game_is_one_for_good_and_a_short_one_lies_between() -> None:
    there = evidence(START)
    for periods in (1, 6):
        found = there.valued(idle_for(periods)).fine["Union"]["one"]
        if periods == 6:  # for all of the six periods: the same as for good
            assert found == pytest.approx(there.valued(idle_for(0)).fine["Union"]["one"], abs=1e-7)
        else:
            free, never = there.valued().fine["Union"]["one"], there.valued(idle_for(0)).fine["Union"]["one"]
            assert min(free, never) - 1e-6 <= found <= max(free, never) + 1e-6


def test_types_that_are_alike_only_look_different_and_others_do_not() -> None:
    same = ("Owners: {types: {one: {prior: 1, breach: {cost: .5}}}}",
            "Owners: {types: {a: {prior: .5, breach: {cost: .5}}, b: {prior: .5, breach: {cost: .5}}}}")  # fmt: skip
    (alike,) = put(evidence(same), words.ONLY_LOOKS, "Union", {})
    assert alike.verdict == "holds"
    assert alike.compared["they differ by"] == pytest.approx(0.0, abs=1e-9)
    (apart,) = put(evidence(TWO, START), words.ONLY_LOOKS, "Union", {"alike": 0.0})
    assert apart.verdict == "fails"
    (one,) = put(evidence(), words.ONLY_LOOKS, "Union", {})
    assert one.sentence == "Owners has one type only."


def test_distance_of_types_is_that_of_their_policies(dispute: Evidence) -> None:
    h = dispute.played().histories
    solution = dispute.solution
    for row in range(3):
        for n in range(int((h.moves[row] >= 0).sum())):
            state = int(h.states[row, n])
            count = len(solution.game.moves_of(state))
            if count < 2 or solution.game.mover[state] != 0:
                assert h.apart[row, n] == 0.0
                continue
            beliefs = (float(h.beliefs[row, n, 0]), float(h.beliefs[row, n, 1]))
            policy = solution.stage(state, int(h.periods[row, n]), beliefs).policy[:, :count]
            assert h.apart[row, n] == pytest.approx(0.5 * np.abs(policy[0] - policy[1]).sum(), abs=1e-12)


RED = ("Union: [1, .6, 0]}}", "Union: [1, .6, 0]}, red_line: {Union: [as offered]}}")


def test_a_demand_across_a_red_line(dispute: Evidence) -> None:
    (none,) = put(dispute, words.RED_LINE, "Union", {})
    assert none.sentence == "What Owners demands crosses no red line of Union."
    there = evidence(TWO, START, RED, precision=1)
    (one,) = put(there, words.RED_LINE, "Union", {})
    assert one.compared["end"] + one.compared["go on"] == pytest.approx(1.0)
    assert "wages" in one.sentence
    # Counted once more, history by history: the answer to the demand is the last move of the talks, or is not.
    game, h = there.game, there.played().histories
    over = []
    for row in range(len(h.final)):
        states = [*h.states[row][h.states[row] >= 0], h.final[row]]
        phases = [game.phases[game.phase[s]] for s in states]
        for here, after in pairwise(phases):
            if here.kind == "offer" and here.party == 0 and here.terms == game.agenda.demand[0]:
                over.append(not after.is_talks)
    assert one.compared["end"] == pytest.approx(np.mean(over))


def test_invitations_that_never_come_are_undecided() -> None:
    (one,) = put(evidence(TWO, ("menu: 2", "menu: 2\ntalks: {invite: [Union]}")), words.EXHAUSTION, "Union", {})
    assert (one.verdict, one.sentence) == ("undecided", "Owners may not invite.")
    (two,) = put(evidence(), words.EXHAUSTION, "Owners", {})
    assert two.sentence == "No lever drains the stamina of Owners."
    (three,) = put(evidence(TWO, ("menu: 2", "menu: 2\ntalks: {invite: [Union]}")), words.NO_USE, "Union", {})
    assert three.verdict == "undecided" and "never invited" in three.sentence


def test_what_never_happens_is_said(dispute: Evidence) -> None:
    short = evidence(("horizon: 6", "horizon: 1"), START, precision=0.5)
    (two,) = put(short, words.EXHAUSTION, "Union", {})
    assert two.sentence == "The stamina of Union is never in its lowest third at a turn of Owners in 600 histories."
    (three,) = put(short, words.HARVEST, "Union", {})
    assert three.sentence == "Talks never led to terms in 600 histories."


def test_rounds_are_terms_signed_and_concessions_in_order(dispute: Evidence) -> None:
    played = dispute.played()
    rounds = played.rounds(1)
    assert [r.history for r in rounds] == sorted(r.history for r in rounds)
    signed = sum(1 for r in rounds if r.terms >= 0)
    game, h = dispute.game, dispute.played().histories
    phases = np.array([p.kind == "offer" for p in game.phases])[game.phase[h.states]] & (h.states >= 0)
    accepts = np.array([game.move_name(a) == "accept" for a in range(game.moves)])[h.moves] & (h.moves >= 0)
    assert signed == int((phases & accepts).sum()) > 0
    assert {r.broken_by for r in rounds if r.terms < 0} <= {-1}
    breaches = np.array([game.move_name(a) == "breach" for a in range(game.moves)])[h.moves] & (h.moves >= 0)
    assert sum(r.broken_by >= 0 for r in rounds) == int(breaches.sum())


def test_pressure_per_period_is_that_of_the_timeline(dispute: Evidence) -> None:
    from duress.simulate.outcomes import pressure_and_stamina

    _, pressure, _ = pressure_and_stamina(dispute.played().histories)
    np.testing.assert_allclose(dispute.played().pressure_on(1), pressure[:, :, 0].mean(axis=1))


BYSTANDER = (
    "levers:",
    """bystanders:
  Court: {levels: [silent, speaks], moves: {up: 0, down: .3, with: {boycott: [0, .9]}}, relief: {Union: [0, .4]}}
levers:""",
)


def test_a_bystander_who_relieves_for_nothing_pays_and_one_too_dear_does_not() -> None:
    cheap = put(evidence(TWO, START, BYSTANDER, precision=1), words.THIRD_PARTY, "Union", {})
    assert verdicts(cheap) == ["holds", "holds"], cheap
    dear = (MILD, "harm: [0, .3], cost: [0, 2]}")
    costly = put(evidence(TWO, START, dear, BYSTANDER, precision=1), words.THIRD_PARTY, "Union", {})
    assert verdicts(costly) == ["fails", "fails"], costly
    (none,) = put(evidence(), words.THIRD_PARTY, "Union", {})
    assert none.sentence == "No lever of Union moves a bystander."


def test_relief_through_a_bystander_is_what_it_keeps_off_and_pays() -> None:
    """Counted by hand: with a court that halves the lockout's harm, the relief is the other half."""
    halving = (BYSTANDER[0], BYSTANDER[1].replace("relief: {Union: [0, .4]}", "effect: {lockout: [1, .5]}"))
    played = evidence(TWO, START, halving, precision=1).played()
    np.testing.assert_allclose(
        played.bystanding(1), [sum(_half(played, row)) / played.game.periods for row in range(played.count)]
    )


def _half(played: Played, row: int) -> list[float]:
    game, found = played.game, []
    for state in played.states[row][played.states[row] >= 0]:
        said = game.state_name(int(state))
        if said.startswith("time passes") and "Court speaks" in said and "lockout full" in said:
            found.append(0.25)
    return found


def test_an_idle_stock_is_a_loss_where_it_weighs() -> None:
    stock = (MILD, "harm: [0, .3], stock: {grows: [0, .5], weight: .8, steps: 2}}")
    found = put(evidence(START, stock, precision=8), words.REBUILT, "Union", {"periods": 4})
    assert verdicts(found) == ["holds", "holds"], found
    (none,) = put(evidence(), words.REBUILT, "Union", {})
    assert none.sentence == "No lever of Union is built up by its use."


def test_what_never_varied_may_still_happen() -> None:
    history = np.arange(30)
    assert clustered_error(np.zeros(30), history) == pytest.approx(0.05)
    many = np.arange(3000)
    assert clustered_error((many % 2).astype(float), many) == pytest.approx(0.5 / 3000**0.5, rel=5e-3)
    assert clustered_error(np.array([0.3, 0.4]), np.zeros(2, int)) == 1.0


def test_few_histories_mislead_no_more_often_than_many() -> None:
    """The mean of eight histories of three observations is within the error that counts, but for a few in 1,000."""
    random = np.random.default_rng(0)
    history = np.repeat(np.arange(8), 3)
    missed = 0
    for _ in range(3000):
        values = np.clip(np.repeat(random.uniform(0.2, 0.8, 8), 3) + random.uniform(-0.2, 0.2, 24), 0, 1)
        missed += abs(values.mean() - 0.5) > SIGNIFICANT * clustered_error(values, history)
    assert missed / 3000 < 0.006  # 0.0027 for a normal mean; without the widening it is 0.03


@pytest.fixture(scope="module")
def solved() -> Solution:
    return solve(compiled(TWO, START), METHOD)


@pytest.fixture(scope="module")
def doctrine(solved: Solution) -> Doctrine:
    return claims(solved, "Union", histories=800, seed=0)


def test_the_same_seed_gives_the_same_answer(solved: Solution, doctrine: Doctrine) -> None:
    assert claims(solved, "union", histories=800, seed=0).claims == doctrine.claims


def test_no_seed_turns_a_verdict_round(solved: Solution, doctrine: Doctrine) -> None:
    for seed in (10, 20):
        again = claims(solved, "Union", histories=800, seed=seed).claims
        pairs = [(one.verdict, other.verdict) for one, other in zip(doctrine.claims, again, strict=True)]
        assert ("holds", "fails") not in pairs and ("fails", "holds") not in pairs


def test_json_has_what_the_contract_says(doctrine: Doctrine) -> None:
    record = json.loads(json.dumps(doctrine.as_json(), allow_nan=False))
    assert {"party", "claims", "certificate", "run"} <= set(record)
    assert all(
        {"claim", "verdict", "margin", "error", "unit", "compared", "sentence"} <= set(c) for c in record["claims"]
    )
    assert record["run"]["command"].startswith("duress claims")


def test_by_default_the_doctrine_comes_before_its_opposites(doctrine: Doctrine) -> None:
    kinds = list(dict.fromkeys(one.claim for one in doctrine.claims))
    assert kinds == [*OPPOSITES, *OPPOSITES.values()]


LISTED = """
claims:
  - answer at once: {party: Owners, periods: 2}
  - invitations come with exhaustion: {inviter: Union, of: Union}
"""


def test_a_scenario_lists_its_own() -> None:
    listed = read(BASE + LISTED, "listed")
    assert [one.kind for one in claims_asked(listed)] == [words.AT_ONCE, words.EXHAUSTION]
    found = claims(listed, "Union", METHOD, histories=400).claims
    assert [one.party for one in found] == ["Owners", "Owners", "Union"]
    assert "for 2 months" in found[0].sentence
    assert found[2].sentence.startswith("Union invites in")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("claims: answer at once", "claims: must be a list of claims"),
        ("claims: [answer at one]", "claims[0]: 'answer at one' is not a claim; did you mean answer at once?"),
        ("claims: [{answer at once: {periods: 0}}]", "periods: must be a whole number from 1 to 600; found 0"),
        ("claims: [{answer at once: {party: Nobody}}]", "'Nobody' is not a party"),
        ("claims: [{answer at once: {inviter: Union}}]", "inviter: is not a field here"),
        ("claims: [{answer at once: , talks harvest pressure: }]", "must be the words of one claim"),
        ("claims: [[]]", "must be the words of one claim"),
        ("claims: [{answer at one: }]", "is not a claim; did you mean answer at once?"),
    ],
)
def test_what_is_no_claim_is_said(written: str, said: str) -> None:
    with pytest.raises(InputError) as found:
        read(BASE + written, "listed")
    assert said in str(found.value)


@pytest.fixture
def own_claim() -> Iterator[str]:
    kind = "the lockout lasts"

    @claim(kind, {"party": "party", "periods": "number"})
    def lasts(case: Case) -> Finding:
        mean = float(case.evidence.played().pressure_on(case.evidence.number(case.party)).mean())
        return Finding({"pressure": mean, "least": 0.1}, 0.01, "stakes per month", f"It is {mean:.2f}.")

    yield kind
    del registry._TESTS[kind], KINDS[kind]


def test_a_claim_of_ones_own_is_read_and_tested(own_claim: str) -> None:
    listed = read(BASE.replace(*START) + f"claims: [{own_claim}]", "listed")
    (one,) = claims(listed, "Union", METHOD, histories=400).claims
    assert (one.claim, one.verdict) == (own_claim, "holds")


def test_too_few_histories_and_strangers_are_refused(solved: Solution) -> None:
    with pytest.raises(InputError, match="at least 100 are needed"):
        claims(solved, "Union", histories=99)
    with pytest.raises(InputError, match="is not a party"):
        claims(solved, "Nobody")


@pytest.mark.slow
def test_among_the_bundled_scenarios_claims_fail_for_reasons_in_their_numbers() -> None:
    """In spring 2019 talking does better than pressing alone, under either rule; and the demand crosses red lines."""
    found = claims(load("iran-2019"), "Iran", AQRE(beliefs=5), histories=1000)
    by_kind: dict[str, list[ClaimResult]] = {}
    for one in found.claims:
        by_kind.setdefault(one.claim, []).append(one)
    assert verdicts(by_kind[words.ONLY_WAY]) == ["fails", "fails"]
    for one in by_kind[words.ONLY_WAY]:
        alone, better = one.compared.values()
        assert better - alone > one.error > 0
    assert {one.verdict for one in found.claims} == {"holds", "fails", "undecided"}
