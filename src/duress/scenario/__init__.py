"""Scenarios: what an analyst writes, read with every default filled in."""

from __future__ import annotations

from duress.scenario.explain import explain
from duress.scenario.load import bundled, load
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
    "bundled",
    "explain",
    "load",
    "read",
]
