"""Settings that games are played in: small, and with much going on."""

from __future__ import annotations

from functools import cache

import pytest

from duress import AQRE, solve
from duress.play.setting import Setting, prepare
from duress.scenario import load
from duress.scenario.schema import Scenario


@cache
def roughly_solved(name: str) -> Setting:
    """Solve a bundled scenario for behaviour that is good enough to see whether a rule is kept."""
    return rough(load(name))


def rough(scenario: Scenario) -> Setting:
    """Solve a scenario roughly."""
    return Setting(scenario, {}, solve(scenario.compile(), AQRE(precision=1, beliefs=3, branch="in time")))


@pytest.fixture(scope="session")
def crisis() -> Setting:
    """Prepare the ten-line scenario at a precision at which much can happen."""
    return prepare("sanctions-crisis", precision=2, beliefs=7)


@pytest.fixture(scope="session")
def iran() -> Setting:
    """Prepare the case with obligations, bystanders, signs and an election."""
    scenario = load("iran-2019")
    return Setting(scenario, {}, solve(scenario.compile(), AQRE(precision=5, beliefs=5, branch="in time")))
