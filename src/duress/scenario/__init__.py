"""Scenarios: what an analyst writes, read with every default filled in."""

from __future__ import annotations

from duress.scenario.explain import explain
from duress.scenario.load import load
from duress.scenario.reading.files import bundled
from duress.scenario.reading.whole import read
from duress.scenario.schema import (
    REPLIES,
    Agreement,
    Issue,
    Lever,
    Party,
    PartyType,
    Provenance,
    Scenario,
    Stamina,
    Talks,
    Unsure,
)

__all__ = [
    "REPLIES",
    "Agreement",
    "Issue",
    "Lever",
    "Party",
    "PartyType",
    "Provenance",
    "Scenario",
    "Stamina",
    "Talks",
    "Unsure",
    "bundled",
    "explain",
    "load",
    "read",
]
