"""Negotiations held under pressure: solved, simulated, assessed, with a certificate.

Public names are listed in ``__init__.pyi``, once, and loaded when first used: importing the package costs nothing.
"""

from __future__ import annotations

import ast
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    alias.name: f"{__name__}.{statement.module}"
    for statement in ast.parse(Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8")).body
    if isinstance(statement, ast.ImportFrom)
    for alias in statement.names
}
"""Public name -> module that holds it."""


def __getattr__(name: str) -> Any:
    """Load a public name on first use (PEP 562)."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return ["__version__", *sorted(_PUBLIC)]


class _Package(ModuleType):
    """The package: a room that is imported does not take the place of the verb it is named after, such as solve."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _PUBLIC and isinstance(value, ModuleType):
            return
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
