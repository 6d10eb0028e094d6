"""Every model by its name."""

from __future__ import annotations

from .model import Model
from .signaling import CrisisSignaling

MODELS: dict[str, type[Model]] = {kind.name: kind for kind in (CrisisSignaling,)}
