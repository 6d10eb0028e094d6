"""A small scenario to sweep over, and a method that solves it in a fraction of a second."""

from __future__ import annotations

import pytest

from duress import AQRE, Scenario
from duress.scenario.reading.whole import read
from duress.sweep import gather

SHORT = """
title: A short crisis
horizon: 4
parties:
  Coercer: {types: {sincere: {prior: .5, breach: {cost: .8}}, tactical: {prior: .5}}}
  Target: {stamina: {steps: 2}}
levers:
  sanctions:  {by: Coercer, levels: [none, full], harm: [0, .5], drain: [0, .1], start: full}
  retaliation: {by: Target, levels: [none, full], harm: [0, .25]}
issues:
  policy: {positions: [as it is, compromise, as demanded], values: {Coercer: [0, .5, 1], Target: [1, .6, 0]}}
menu: 1
unsure:
  levers.sanctions.harm[1]: {between: [.1, 1.5]}
  parties.Coercer.types.sincere.breach.cost: {between: [0, 2]}
"""
METHOD = AQRE(precision=0.8, beliefs=3)
"""A precision at which there is one equilibrium, so that every start leads to it."""


@pytest.fixture(scope="session")
def crisis() -> Scenario:
    return read(SHORT, "short")


@pytest.fixture
def point_by_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hand out points one by one, however fast they are, so that a sweep can be stopped in its midst."""
    monkeypatch.setattr(gather, "MOST_PER_JOB", 1)
