"""What cannot matter in a scenario does not: the unit of value, who is written first, what is worth nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duress.scenario import read
from duress.scenario.compile import Confrontation
from duress.scenario.schema import Scenario
from duress.solve.aqre import AQRE
from duress.solve.solution import Behaviour, Solution, solve

METHOD = AQRE(beliefs=3, threads=1)
few = settings(max_examples=4)

FULL = """
horizon: 3
menu: 2
order: [A, B]
parties:
  A:
    precision: PRECISION_A
    types: {sincere: {prior: .6, breach: {cost: .7}}, tactical: {prior: .4, breach: {cost: .1}}}
    audience_cost: {talks_after_refusal: .1, concession_after_refusal: .2, raise_after_promise: .15, forgotten: .5}
  B:
    precision: PRECISION_B
    types: {fragile: {prior: .5, bears: 1.4, breach: {cost: .3}}, resolute: {prior: .5, bears: .8, breach: {cost: .3}}}
    stamina: {start: 1, steps: 2, recovers: .1, strained_below: .6, strain: .15}
levers:
  press: {by: A, levels: [off, on], harm: [0, HARM], drain: [0, .2], cost: [0, .05], start_up: .04,
      norm: {above: off, cost: .1}, hazard: {open conflict: [0, .05]}}
  back: {by: B, levels: [off, on], harm: [0, .25], cost: [0, .02],
      wears_off: {rate: .2, floor: .5, benefit: .03, steps: 1}}
conflict: {A: -.6, B: -.9}
issues:
  land: {positions: [mine, half, yours], values: {A: [0, .4, .7], B: {fragile: [.8, .5, 0], resolute: [.8, .3, 0]}},
      red_line: {B: {yours: .2}}}
  sea: {positions: [open, shut], values: {A: [0, .3], B: [.2, 0]}}
talks: {ask_first: {B: {press: off}}}
agreement: {breach: {ratchet: [sea], given_back: .3}}
"""
SINCERE = "{sincere: {prior: .6, breach: {cost: .7}}, tactical: {prior: .4, breach: {cost: .1}}}"
FRAGILE = "{fragile: {prior: .5, bears: 1.4, breach: {cost: .3}}, resolute: {prior: .5, bears: .8, breach: {cost: .3}}}"
KNOWN = (
    (SINCERE, "{one: {breach: {cost: .4}}}"),
    (FRAGILE, "{one: {bears: 1.2, breach: {cost: .3}}}"),
    ("{fragile: [.8, .5, 0], resolute: [.8, .3, 0]}", "[.8, .4, 0]"),
)
"""Changes after which each side is of one type."""
STAKES = re.compile(
    r"issues\..+\.(values|red_line)\..+|levers\..+\.(harm|cost|start_up|norm\.cost|wears_off\.benefit)(\[\d+\])?|"
    r"parties\..+\.(breach\.cost|stamina\.strain|audience_cost\.(talks|concession|raise)_after_\w+)|conflict\..+"
)
precisions = st.floats(2, 12)
harms = st.floats(0.1, 0.6)


def full(a: float, b: float, harm: float, *changes: tuple[str, str]) -> Scenario:
    text = FULL.replace("PRECISION_A", repr(a)).replace("PRECISION_B", repr(b)).replace("HARM", repr(harm))
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return read(text, "full")


def solved(scenario: Scenario) -> Solution:
    solution = solve(scenario.compile(), METHOD, reuse=False)
    assert solution.certificate.unsolved == 0
    return solution


def at_each(solution: Solution, beliefs: tuple[float, float] = (0.3, 0.6)) -> dict[frozenset[str], Behaviour]:
    """Return what is done in every state in which somebody has a choice, by what the state is in words."""
    game = solution.game
    places = [s for s in range(game.states) if game.mover[s] >= 0 and len(game.moves_of(s)) > 1]
    return {frozenset(game.state_name(s).split("; ")): solution.behaviour(s, 0, beliefs) for s in places}


def same(one: Behaviour, other: Behaviour, unit: float = 1.0) -> None:
    assert one.player == other.player
    for kind, policy in one.policy.items():
        assert policy == pytest.approx(other.policy[kind], abs=1e-6)
    for party, by_type in one.value.items():
        for kind, value in by_type.items():
            assert value * unit == pytest.approx(other.value[party][kind], abs=1e-6)


@pytest.mark.slow
@few
@given(precisions, precisions, harms, st.floats(0.2, 0.9))
def test_the_unit_of_value_does_not_matter(a: float, b: float, harm: float, unit: float) -> None:
    # With one type a side there is one equilibrium; of several, which is found may depend on the unit.
    scenario = full(a, b, harm, *KNOWN)
    stakes = {path: unit * value for path, value in scenario.numbers.items() if STAKES.fullmatch(path)}
    assert len(stakes) == 37
    scaled = scenario.with_values({**stakes, "parties.A.precision": a / unit, "parties.B.precision": b / unit})
    there = at_each(solved(scaled))
    for place, here in at_each(solved(scenario)).items():
        same(here, there[place], unit)


@pytest.mark.slow
@few
@given(precisions, precisions, harms)
def test_who_is_written_first_does_not_matter(a: float, b: float, harm: float) -> None:
    text = FULL.replace("PRECISION_A", repr(a)).replace("PRECISION_B", repr(b)).replace("HARM", repr(harm))
    head, tail = text.split("  A:\n")
    first, rest = tail.split("  B:\n")
    second, levers = rest.split("levers:\n")
    turned = read(f"{head}  B:\n{second}  A:\n{first}levers:\n{levers}", "turned")
    straight = read(text, "straight")
    assert list(turned.parties) == list(straight.parties)[::-1]
    one, other = solved(straight), solved(turned)
    there = at_each(other, (0.6, 0.3))
    here = at_each(one)
    assert len(here) == len(there) > 100
    for place, behaviour in here.items():
        same(behaviour, there[place])


IDLE = ("  back: {by: B", "  idle: {by: OWNER, levels: [off, on]}\n  back: {by: B")
NO_TALKS = ("talks: {ask_first: {B: {press: off}}}", "talks: {invite: []}")


@few
@given(precisions, precisions, harms, st.sampled_from("AB"))
def test_the_level_of_a_lever_without_harm_drain_and_cost_does_not_matter(
    a: float, b: float, harm: float, owner: str
) -> None:
    # With talks it could be laid down, and so be one reply more.
    idle = (IDLE[0], IDLE[1].replace("OWNER", owner))
    found = at_each(solved(full(a, b, harm, idle, NO_TALKS)))
    pairs = 0
    for place, off in found.items():
        if "idle off" in place:
            on = found[place - {"idle off"} | {"idle on"}]
            renamed = {
                kind: {m.replace("ease idle", "raise idle"): p for m, p in policy.items()}
                for kind, policy in on.policy.items()
            }
            for kind, policy in off.policy.items():
                assert policy == pytest.approx(renamed[kind], abs=1e-6)
            for party, by_type in off.value.items():
                assert by_type == pytest.approx(on.value[party], abs=1e-6)
            pairs += 1
    assert pairs > 20


@few
@given(harms, st.sampled_from("AB"))
def test_a_lever_without_harm_drain_and_cost_does_not_matter_to_who_chooses_sharply(harm: float, owner: str) -> None:
    # A move more, however idle, is chosen now and then where precision has a limit, and a limit is what it is worth.
    idle = (IDLE[0], IDLE[1].replace("OWNER", owner))
    one, other = (solved(full(2000.0, 2000.0, harm, NO_TALKS, *KNOWN, *more)) for more in ((), (idle,)))
    for party, by_type in one.behaviour().value.items():
        assert by_type == pytest.approx(other.behaviour().value[party], abs=0.01)


@pytest.mark.slow
@few
@given(precisions, precisions, harms, st.sampled_from(["A: [p]", "B: [p]", "A: [q]", "B: [q]", "A: [p], B: [q]"]))
def test_a_red_line_on_an_issue_of_no_value_changes_nothing(a: float, b: float, harm: float, lines: str) -> None:
    def with_empty(red_line: str) -> Confrontation:
        empty = f"  flag: {{positions: [p, q, r], values: {{A: [0, 0, 0], B: [0, 0, 0]}}{red_line}}}\ntalks:"
        return full(a, b, harm, ("talks:", empty)).compile()

    free, bound = (solve(with_empty(line), METHOD, reuse=False) for line in ("", f", red_line: {{{lines}}}"))
    assert free.game.states == bound.game.states
    for s in range(free.game.states):
        if free.game.mover[s] >= 0:
            here, there = (one.behaviour(s, 0, (0.3, 0.6)) for one in (free, bound))
            for kind, policy in here.policy.items():
                assert list(policy.values()) == pytest.approx(list(there.policy[kind].values()), abs=1e-9)
            for party, by_type in here.value.items():
                assert by_type == pytest.approx(there.value[party], abs=1e-9)
