"""Every model by its name."""

from __future__ import annotations

from .choice_games import Egame12, Egame122, Egame123
from .model import Model
from .signaling import CrisisSignaling
from .ultimatum import Ultimatum

MODELS: dict[str, type[Model]] = {kind.name: kind for kind in (CrisisSignaling, Egame12, Egame122, Egame123, Ultimatum)}
