"""Every model by its name."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ..errors import Fault, InputError
from .choice_games import Egame12, Egame122, Egame123
from .model import Model
from .signaling import CrisisSignaling
from .ultimatum import Ultimatum

MODELS: dict[str, type[Model]] = {kind.name: kind for kind in (CrisisSignaling, Egame12, Egame122, Egame123, Ultimatum)}


def model_with(name: str, settings: Mapping[str, Any]) -> Model:
    """Return a model by its name with the settings given; those that are None keep their usual value.

    Raises
    ------
    InputError
        If there is no such model, or it has no such setting.
    """
    if name not in MODELS:
        raise InputError(Fault("model", f"must be one of {', '.join(MODELS)}; found {name!r}"))
    known = [field.name for field in dataclasses.fields(MODELS[name])]
    given = {setting: value for setting, value in settings.items() if value is not None}
    alien = [Fault(setting, f"is no setting of {name}") for setting in given if setting not in known]
    if alien:
        raise InputError(alien)
    return MODELS[name](**given)
