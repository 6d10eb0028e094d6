"""Settings that games are played in: small, and with much going on."""

from __future__ import annotations

import pytest

from duress import AQRE, solve
from duress.play.setting import Setting, prepare
from duress.scenario import load


@pytest.fixture(scope="session")
def crisis() -> Setting:
    """Prepare the ten-line scenario at a precision at which much can happen."""
    return prepare("sanctions-crisis", precision=2, beliefs=7)


@pytest.fixture(scope="session")
def iran() -> Setting:
    """Prepare the case with obligations, bystanders, signs and an election."""
    scenario = load("iran-2019")
    return Setting(scenario, {}, solve(scenario.compile(), AQRE(precision=5, beliefs=5, branch="in time")))
