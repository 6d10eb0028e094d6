"""Negotiations held under pressure: solved, simulated, assessed, with a certificate.

Public names are loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "AQRE": "duress.solve.aqre",
    "Assessment": "duress.assess.record",
    "Game": "duress.game.game",
    "GameBuilder": "duress.game.builder",
    "InputError": "duress.errors",
    "NotSolvedError": "duress.errors",
    "Scenario": "duress.scenario.schema",
    "Solution": "duress.solve.solution",
    "assess": "duress.assess.assess",
    "load": "duress.scenario.load",
    "simulate": "duress.simulate.histories",
    "solve": "duress.solve.solution",
}
"""Public name -> module that holds it. The one list of what users may rely on."""


def __getattr__(name: str) -> Any:
    """Load a public name on first use (PEP 562)."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return ["__version__", *sorted(_PUBLIC)]


class _Package(ModuleType):
    """The package: a room that is imported does not take the place of the verb it is named after (solve, assess ...)."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _PUBLIC and isinstance(value, ModuleType):
            return
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
