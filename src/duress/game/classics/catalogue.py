"""The classics by name, and their textbook numbers set beside ours."""

from __future__ import annotations

from typing import NamedTuple

from ...errors import InputError
from . import (
    abreu_gul_2000,
    cho_kreps_1987,
    fearon_1995,
    hendricks_weiss_wilson_1988,
    kreps_wilson_1982,
    rubinstein_1982,
    spence_1973,
)
from .entry import Classic, Known, Solved

__all__ = ["CLASSICS", "Classic", "Comparison", "Known", "compare", "find"]

CLASSICS: tuple[Classic, ...] = (
    spence_1973.CLASSIC,
    kreps_wilson_1982.CLASSIC,
    rubinstein_1982.CLASSIC,
    cho_kreps_1987.CLASSIC,
    hendricks_weiss_wilson_1988.CLASSIC,
    fearon_1995.RESOLVE,
    fearon_1995.SHIFT,
    abreu_gul_2000.CLASSIC,
)
"""By year."""


class Comparison(NamedTuple):
    """A textbook number and ours, with how far apart they may be."""

    what: str
    textbook: float
    ours: float
    tolerance: float


def find(name: str) -> Classic:
    """Return the classic called ``name``, in full or short.

    Raises
    ------
    InputError
        If there is none; the sentence lists the names.

    Examples
    --------
    >>> from duress.game.classics.catalogue import find
    >>> find("chain-store").name
    'kreps-wilson-1982'
    """
    for classic in CLASSICS:
        if name in (classic.name, classic.short):
            return classic
    names = ", ".join(f"{c.name} ({c.short})" for c in CLASSICS)
    raise InputError(f"classic: {name} is not in the catalogue; it holds {names}")


def compare(entry: Classic, solution: Solved) -> list[Comparison]:
    """Return each textbook number of ``entry`` beside ours, read from ``solution``.

    Parameters
    ----------
    entry : Classic
    solution : Solution
        Of ``entry.build()`` by ``AQRE(**entry.method)``.
    """
    return [Comparison(known.what, known.number, known.read(solution), known.tolerance) for known in entry.expected]
