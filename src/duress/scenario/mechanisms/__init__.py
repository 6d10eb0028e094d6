"""The mechanisms of the language, one file each, in the order in which their components are numbered."""

from __future__ import annotations

from ..mechanism import Mechanism
from ..schema import Scenario
from .levels import Levels
from .stamina import StaminaSteps

KINDS: tuple[type[Mechanism], ...] = (Levels, StaminaSteps)
"""Every mechanism. `Levels` comes first; one that ends the confrontation comes before those whose end waits for it."""


def mechanisms_of(scenario: Scenario) -> list[Mechanism]:
    """Return the mechanisms at work in ``scenario``."""
    return [kind(scenario) for kind in KINDS if kind.applies(scenario)]
