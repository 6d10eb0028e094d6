"""Mechanisms combine freely: any selection of them is a sound game, told in words, and is solved."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from duress import AQRE, solve
from duress.scenario import explain
from duress.scenario.compile import Confrontation
from duress.scenario.reading.whole import read

PRESS = [
    "lag: 1",
    "ramp: 1",
    "step: 2, back: {step: 1}",
    "start_up: .05",
    "scope: {in_talks: low}",
    "norm: {above: low, cost: .2}",
    "hazard: {open conflict: [0, 0, .1]}",
    "wears_off: {rate: .2, floor: .5, benefit: .02, steps: 2}",
    "breaks: the deal",
    "drain: [0, .05, .2]",
    "start: high",
]
BACK = [
    "irreversible: true",
    "obligation: {of: the deal}",
    "stock: {grows: [0, .5], decays: .3, weight: .1, steps: 2}",
    "lag: 2",
    "drain: [0, .2]",
]
PARTY = ["signs: {unrest: {x: .3, y: .1}}", "government: {changes: {chance: .1}}"]
DATED = "government: {changes: {period: 1, chance: .5}}"
WORLD = [
    "bystanders: {C: {levels: [no, yes], moves: {up: .1, down: .1, with: {press: .1}}, effect: {press: [1, .5]}}}",
    "ends: {deadline: 2, then: status quo}",
    "talks: {stalling: ruled out, proposer: invited}",
]


@st.composite
def selections(draw: st.DrawFn) -> str:
    """Draw a scenario with some of the mechanisms."""
    press, back, one, other, world = (
        draw(st.lists(st.sampled_from(kind), unique=True, max_size=most))
        for kind, most in ((PRESS, 3), (BACK, 2), (PARTY, 2), ([PARTY[0], DATED], 2), (WORLD, 3))
    )
    if "breaks: the deal" in press and not any(field.startswith("obligation") for field in back):
        back.append("obligation: {of: the deal}")
    if any(field.startswith("hazard") for field in press):
        world.append("conflict: {A: -1, B: -2}")
    if not any(field.startswith("ends") for field in world):
        world.append("horizon: 2")
    types = "types: {x: {}, y: {bears: 2}}, stamina: {steps: 2}"
    return "\n".join(
        [
            f"parties: {{A: {{{', '.join([types, *one])}}}, B: {{{', '.join([types, *other])}}}}}",
            "menu: 1",
            "levers:",
            f"  press: {{{', '.join(['by: A, levels: [off, low, high], harm: [0, .1, .3]', *press])}}}",
            f"  back: {{{', '.join(['by: B, levels: [off, on], harm: [0, .2]', *back])}}}",
            "issues: {land: {positions: [his, half, hers], values: {A: [0, .5, 1], B: [1, .6, 0]}}}",
            *world,
        ]
    )


def compiled(text: str) -> Confrontation:
    return read(text, "selection").compile()


@settings(max_examples=40)
@given(selections())
def test_any_selection_is_a_sound_game_told_in_words(text: str) -> None:
    game = compiled(text)  # which checks chances, shapes and that no moves lead in a circle
    assert len({(game.phase[s], game.state_name(s)) for s in range(game.states)}) == game.states
    assert max(map(len, explain(game.scenario).splitlines())) <= 80


@settings(max_examples=4)
@given(selections())
def test_any_selection_is_solved(text: str) -> None:
    solution = solve(compiled(text), AQRE(precision=5, beliefs=5))
    assert solution.certificate.unsolved == 0
    assert solution.certificate.residual < 1e-6
