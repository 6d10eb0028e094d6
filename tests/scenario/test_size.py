"""How large a game will be is said before it is built, and what would make it smaller."""

from __future__ import annotations

import tracemalloc

import pytest

from duress.errors import InputError
from duress.scenario.compile import lay_out
from duress.scenario.schema import Scenario
from duress.scenario.size import coarser, size_of

from .confrontations import scenario

STEPS = ("steps: 4", "steps: STEPS")


def with_steps(steps: int, *more: tuple[str, str]) -> Scenario:
    return scenario(STEPS, ("STEPS", str(steps)), *more)


def test_small_ones_are_counted_exactly() -> None:
    one = with_steps(4)
    agenda, space = lay_out(one)
    size = size_of(space, agenda)
    # Every state of every phase is looked at; the built game leaves out those that cannot be reached.
    built = one.compile()
    assert size.states == space.count
    assert built.states <= size.states
    reached = built.states / size.states
    assert size.moves * reached == pytest.approx(len(built.row), rel=0.15)
    assert size.branches * reached == pytest.approx(len(built.successor), rel=0.15)


def test_large_ones_are_estimated_well() -> None:
    levels = ", ".join(f"l{n}" for n in range(12))
    harm = ", ".join(f"{n / 20}" for n in range(12))
    many = [
        (
            f"{name}: {{by: {owner}, levels: [none, full], harm: {old}",
            f"{name}: {{by: {owner}, levels: [{levels}], harm: [{harm}]",
        )
        for name, owner, old in (("lockout", "Owners", "[0, .5]"), ("boycott", "Union", "[0, .3]"))
    ]
    flat = ("drain: [0, .1], cost: [0, .05]", f"drain: [{', '.join(['.02'] * 12)}]")
    one = with_steps(40, *many, flat)
    agenda, space = lay_out(one)
    size = size_of(space, agenda)
    assert size.states > 50_000
    tracemalloc.start()
    built = one.compile()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert built.states == pytest.approx(size.states, rel=0.05)
    assert size.moves == pytest.approx(len(built.row), rel=0.1)
    assert size.branches == pytest.approx(len(built.successor), rel=0.1)
    assert size.memory == pytest.approx(peak, rel=0.4)


def test_what_would_make_it_smaller_is_true() -> None:
    _, space = lay_out(with_steps(49))
    (said,) = coarser(space)
    half = lay_out(with_steps(24))[1].count
    assert said == f"stamina of Union with 25 values instead of 50 would leave {half:,}"


def test_a_refusal_says_what_to_coarsen() -> None:
    levers = "".join(f"  l{n}: {{by: Owners, levels: [a, b, c, d], harm: [0, .1, .2, .3]}}\n" for n in range(8))
    with pytest.raises(
        InputError, match=r"the limit is 4,000,000\. .*level of l\d with 2 values instead of 4 would leave"
    ):
        lay_out(with_steps(4, ("issues:\n", levers + "issues:\n")))
