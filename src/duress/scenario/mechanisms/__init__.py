"""The mechanisms of the language, one file each, in the order in which their components are numbered."""

from __future__ import annotations

from ..mechanism import Mechanism
from ..schema import Scenario
from .adaptation import Adapting
from .audience import Audience
from .bystanders import Bystanders
from .effect import Effect
from .escalation import Escalation
from .government import Governments
from .levels import Levels
from .lot import Lot
from .norms import Norms
from .obligations import Obligations
from .ratchet import Ratchet
from .signs import Signs
from .stamina import StaminaSteps
from .stocks import Stocks

KINDS: tuple[type[Mechanism], ...] = (
    Levels,
    Escalation,
    StaminaSteps,
    Effect,
    Obligations,
    Stocks,
    Norms,
    Adapting,
    Bystanders,
    Signs,
    Governments,
    Audience,
    Ratchet,
    Lot,
)
"""Every mechanism. `Levels` comes first; of two that may end the confrontation in one period, the first one does."""


def mechanisms_of(scenario: Scenario) -> list[Mechanism]:
    """Return the mechanisms at work in ``scenario``."""
    return [kind(scenario) for kind in KINDS if kind.applies(scenario)]
