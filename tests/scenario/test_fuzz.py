"""Whatever a file holds, it is a scenario or it has faults; nothing else happens. A scenario compiles or is too large.

How many files are drawn, in all, is ``DURESS_FUZZED_FILES`` (default 750); ``make fuzz`` draws ten thousand.
"""

from __future__ import annotations

import copy
import math
import os
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from duress.errors import InputError
from duress.scenario import bundled, explain, read
from duress.scenario.compile import lay_out
from duress.scenario.reading.files import LIBRARY
from duress.scenario.schema import Scenario

FILES = int(os.environ.get("DURESS_FUZZED_FILES", "750"))
SMALL = 100_000
"""States up to which a scenario is compiled here: a tenth of a second or so."""

FULL = """\
title: t
period: week
horizon: 20
order: [B, A]
parties:
  A: {discount: .9, precision: 7, breach: {cost: .3}, types: {x: {prior: .25, bears: 2}, y: {prior: .75}},
      stamina: {start: .5, steps: 4, recovers: .1, strained_below: .2, strain: .6, at_zero: concede},
      signs: {unrest: {chance: {x: .3, y: .1}, strained: {x: .5, y: .2}}},
      government: {changes: {chance: .1}, draws: {x: .4, y: .6}}}
  B: {red_lines: {land: [yours]}, government: {changes: {period: 3}}, note: n}
levers:
  press: {by: A, levels: [off, low, high], harm: {B: [0, .2, .5]}, drain: [0, .1, .2], cost: [0, 0, .1],
      start: low, step: 2, back: {step: 1}, lag: 2, ramp: 1, scope: {floor: off, ceiling: high, in_talks: low},
      start_up: .1, breaks: the deal, norm: {above: low, cost: .4}, hazard: {open conflict: [0, 0, .1]},
      wears_off: {rate: .05, floor: .5, benefit: .02, steps: 2}}
  back: {by: B, levels: [off, on], harm: [0, {value: .1, source: s}], drain: [0, .1], irreversible: true,
      obligation: {of: the deal, only_after: breach by A, breached: true},
      stock: {grows: [0, .2], decays: .1, weight: .3, start: .25, steps: 4}}
issues:
  land: {positions: [mine, half, yours], values: {A: {x: [0, .5, 1], y: [0, .4, 1]}, B: [1, .6, 0]}}
  sea: {positions: [open, shut], values: {A: [0, 1], B: [.1, 0]}, red_line: {A: [open]}}
demand: {A: {land: yours}}
status_quo: {land: half}
menu: 3
bystanders:
  C: {levels: [no, yes], start: yes, moves: {up: .1, down: .2, with: {press: -.1, back: [0, .3]}},
      effect: {press: [1, .5]}, relief: {A: [0, .1]}}
conflict: {A: {x: -1, y: -2}, B: -3}
ends: {deadline: 20, then: demand of B}
talks: {invite: [A], replies: [refuse, accept and keep], stalling: ruled out, proposer: invited}
agreement: {relief: {press: off}, breach: {snapback: {press: low}}}
unsure: {"levers.press.harm.B[1]": {between: [.1, .3], source: s}, parties.A.types.x.prior: {normal: [.3, .1]},
    horizon: {one_of: [10, 20]}}
"""
VARIANT = """extends: sanctions-crisis
parties: {Target: {types: {weak: {prior: .3}, strong: {prior: .7}}}}
levers: {retaliation: , sanctions: {harm: [0, .3, .4]}}
"""

SEEDS = [FULL, VARIANT, *((LIBRARY / f"{name}.yaml").read_text(encoding="utf-8") for name in bundled())]

ODD = [
    *("", "~", "-1", "0", "1", "2", ".5", "1e400", ".nan", "-.inf", "9" * 400, "A", "B", "no", "press", "land"),
    *("[]", "{}", "[1, 2]", "{A: 1}", "&a b", "*a", "!!x y", "'", '"', "]", "}", ":", "- ", "\t", "\n", "#"),
    *("\x00", "\ufeff", "\ud800", "é"),
]


def is_scenario_or_faults(text: str) -> bool:
    """Read ``text``; true if it is a scenario, checked for what it promises, false if it has faults."""
    try:
        scenario = read(text, "fuzz")
    except InputError as error:
        are_sentences(error)
        return False
    keeps_its_promises(scenario)
    return True


def are_sentences(error: InputError) -> None:
    assert error.faults
    for fault in error.faults:
        assert "\n" not in str(fault)
        str(fault).encode()


def compiles_or_is_too_large(scenario: Scenario) -> bool:
    """Compile ``scenario``, if it is small; true if it is, and was compiled."""
    try:
        _, space = lay_out(scenario)
    except InputError as error:
        are_sentences(error)
        return False
    if space.count > SMALL:
        return False
    scenario.compile()  # which checks chances, shapes and that no moves lead in a circle
    return True


def keeps_its_promises(scenario: Scenario) -> None:
    assert len(scenario.parties) == len(set(scenario.order)) == 2
    for party in scenario.parties.values():
        assert math.fsum(kind.prior for kind in party.types.values()) == 1 or math.isclose(
            math.fsum(kind.prior for kind in party.types.values()), 1, abs_tol=1e-9
        )
        assert 0 < party.discount < 1
    for lever in scenario.levers.values():
        assert lever.by in scenario.parties
        assert len(lever.levels) == len(lever.harm) == len(lever.drain) == len(lever.cost) > lever.start >= 0
        assert 1 <= lever.step < len(lever.levels)
        assert 1 <= lever.back < len(lever.levels)
        assert 0 <= lever.floor <= lever.start <= lever.ceiling < len(lever.levels)
        assert lever.floor <= lever.in_talks <= lever.ceiling
        for numbers in (lever.hazard, lever.stock.grows if lever.stock else ()):
            assert len(numbers) in (0, len(lever.levels))
        if any(lever.hazard):
            assert scenario.conflict
    assert set(scenario.agreement.relief) == set(scenario.agreement.snapback) == set(scenario.levers)
    assert scenario.issues
    for issue in scenario.issues.values():
        for name, party in scenario.parties.items():
            assert set(issue.values[name]) == set(party.types)
            assert {len(values) for values in issue.values[name].values()} == {len(issue.positions)}
            assert scenario.demand[name][issue.name] in issue.positions
            assert scenario.demand[name][issue.name] not in issue.red_line[name]
        assert scenario.status_quo[issue.name] in issue.positions
    for bystander in scenario.bystanders.values():
        assert 0 <= bystander.up + bystander.down <= 1
        for numbers in (*bystander.effect.values(), *bystander.relief.values()):
            assert len(numbers) == len(bystander.levels)
    for worth in scenario.conflict.values():
        assert all(math.isfinite(value) for value in worth.values())
    assert max(map(len, explain(scenario).splitlines())) <= 80


def test_the_seeds_are_scenarios() -> None:
    assert all(is_scenario_or_faults(seed) for seed in SEEDS)


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """Draw a valid file with pieces cut, repeated, or replaced by something odd."""
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        stop = min(len(text), start + draw(st.integers(0, 30)))
        piece = draw(st.sampled_from(ODD) | st.text(max_size=5) | st.just(text[start:stop] * 2))
        text = text[:start] + piece + text[stop:]
    return text


@settings(max_examples=FILES // 3)
@given(spoilt())
def test_a_spoilt_file_is_a_scenario_or_has_faults(text: str) -> None:
    is_scenario_or_faults(text)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 700)
    | st.floats()
    | st.sampled_from(
        ["A", "B", "x", "off", "low", "press", "land", "mine", "month", "refuse", "", " ", "a\nb", "\x1b[31m"]
    )
    | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["A", "B", "x", "value", "source"]), inner)
    ),
    max_leaves=6,
)


@st.composite
def altered(draw: st.DrawFn) -> str:
    """Draw a valid file in which some values are others, of any kind, or gone, or have new neighbours."""
    tree = yaml.safe_load(FULL)
    for _ in range(draw(st.integers(1, 3))):
        part = tree
        while True:
            keys = list(part) if isinstance(part, dict) else list(range(len(part)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            inner = part[key]
            if isinstance(inner, (dict, list)) and inner and draw(st.integers(0, 3)):
                part = inner
                continue
            what = draw(st.sampled_from(["replace", "remove", "add"]))
            if what == "replace":
                part[key] = draw(VALUES)
            elif what == "remove":
                del part[key]
            elif isinstance(part, dict):
                part[draw(st.sampled_from(["by", "note", "types", "C", "land"]))] = draw(VALUES)
            else:
                part.append(draw(VALUES))
            break
    return yaml.safe_dump(tree, allow_unicode=draw(st.booleans()), sort_keys=draw(st.booleans()))


@pytest.mark.slow
@settings(max_examples=FILES // 3)
@given(altered())
def test_an_altered_file_is_a_scenario_or_has_faults(text: str) -> None:
    is_scenario_or_faults(text)


Place = tuple[Any, Any]
"""A list or mapping, and the index or key of one of its entries."""


def places(part: Any) -> Iterator[Place]:
    """Give every place of a tree, those further in after those that hold them."""
    for key in list(part) if isinstance(part, dict) else range(len(part)):
        yield part, key
        if isinstance(part[key], (dict, list)):
            yield from places(part[key])


RETYPED = {
    "a word": str,
    "a list of one": lambda value: [value],
    "an entry": lambda value: {"value": value, "note": "n"},
    "a count": lambda value: len(value) if isinstance(value, (str, list, dict)) else 2,
    "the other sign": lambda value: -value if isinstance(value, (int, float)) else not value,
    "a larger number": lambda value: value * 3 + 1 if isinstance(value, (int, float)) else value,
    "twice": lambda value: value * 2 if isinstance(value, (str, list)) else value,
}
TREES = [yaml.safe_load(seed) for seed in SEEDS]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Draw a valid scenario, most of them bundled, with a field taken out, retyped, or swapped with another."""
    tree = copy.deepcopy(draw(st.sampled_from(TREES)))
    for _ in range(draw(st.integers(1, 2))):
        found = list(places(tree))
        part, key = found[draw(st.integers(0, len(found) - 1))]
        what = draw(st.sampled_from(["take out", "swap", "retype"]))
        if what == "take out":
            del part[key]
        elif what == "retype":
            part[key] = RETYPED[draw(st.sampled_from(list(RETYPED)))](part[key])
        else:
            there, other = found[draw(st.integers(0, len(found) - 1))]
            part[key], there[other] = copy.deepcopy(there[other]), copy.deepcopy(part[key])
    return yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)


@pytest.mark.slow
@settings(max_examples=FILES // 3)
@given(mutated())
def test_a_mutated_scenario_compiles_or_has_faults(text: str) -> None:
    if is_scenario_or_faults(text):
        compiles_or_is_too_large(read(text, "fuzz"))


def test_mutation_leaves_scenarios_and_makes_faults() -> None:
    """Otherwise the test above would try nothing."""
    seen = set()

    @settings(max_examples=60, database=None)
    @given(mutated())
    def look(text: str) -> None:
        seen.add(is_scenario_or_faults(text) and compiles_or_is_too_large(read(text, "fuzz")))

    look()
    assert seen == {True, False}


@settings(max_examples=100)
@given(st.text(max_size=200))
@example("\ud800")
@example("{" * 50)
@example("? - - ? {")
@example("--- !!set {? a}")
def test_any_text_has_faults(text: str) -> None:
    assert not is_scenario_or_faults(text)
