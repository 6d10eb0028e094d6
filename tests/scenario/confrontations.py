"""Small scenarios for tests, quick to compile and solve."""

from __future__ import annotations

from duress.scenario.compile import Confrontation
from duress.scenario.reading.whole import read
from duress.scenario.schema import Scenario

BASE = """
title: A dispute
horizon: 6
menu: 2
parties:
  Owners: {types: {one: {prior: 1, breach: {cost: .5}}}}
  Union: {types: {one: {prior: 1, breach: {cost: .5}}}, stamina: {start: 1, steps: 4, recovers: .1}}
levers:
  lockout: {by: Owners, levels: [none, full], harm: [0, .5], drain: [0, .1], cost: [0, .05]}
  boycott: {by: Union, levels: [none, full], harm: [0, .3]}
issues:
  wages: {positions: [as before, half way, as offered], values: {Owners: [0, .5, 1], Union: [1, .6, 0]}}
"""


def scenario(*changes: tuple[str, str], base: str = BASE) -> Scenario:
    """Return the base scenario with each piece of text replaced."""
    text = base
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return read(text, "a-dispute")


def compiled(*changes: tuple[str, str]) -> Confrontation:
    """Return the base scenario compiled, with each piece of text replaced."""
    return scenario(*changes).compile()


def moves_in(game: Confrontation, kind: str, mover: str) -> set[str]:
    """Return the names of all moves that ``mover`` has in phases of this kind."""
    names = [p.name for p in game.players]
    states = [
        s for s in range(game.states) if game.phases[game.phase[s]].kind == kind and game.mover[s] == names.index(mover)
    ]
    return {game.move_name(a) for s in states for a in game.moves_of(s)}
