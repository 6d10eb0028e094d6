"""What a classic is: a game, where it comes from, how to solve it, and the textbook's numbers.

The games' room cannot see the solver, so a solution is described here by what is read from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypedDict

from ..game import Game


class Behaved(Protocol):
    """What the mover does in one state: see `duress.solve.solution.Behaviour`."""

    @property
    def policy(self) -> dict[str, dict[str, float]]:
        """Type -> move -> probability."""
        ...

    @property
    def after(self) -> dict[str, float]:
        """Move -> public probability of the mover's second type once it is seen."""
        ...

    @property
    def value(self) -> dict[str, dict[str, float]]:
        """Player -> type -> expected discounted stakes."""
        ...


class Solved(Protocol):
    """A solved game: see `duress.solve.solution.Solution`."""

    @property
    def game(self) -> Game:
        """The game that was solved."""
        ...

    def behaviour(
        self, state: int | None = None, period: int = 0, beliefs: tuple[float, float] | None = None
    ) -> Behaved:
        """Return what the mover does in ``state`` (default: the start) at public ``beliefs`` (default: the prior)."""
        ...

    def value(self) -> dict[str, dict[str, float]]:
        """Return player -> type -> expected discounted stakes from the start on."""
        ...

    def prior(self) -> tuple[float, float]:
        """Return the prior probability of the second type of each player."""
        ...


class Settings(TypedDict, total=False):
    """Keywords of `duress.solve.aqre.AQRE`."""

    precision: float | Mapping[str, float]
    beliefs: int
    spacing: Literal["cosine", "log odds"]
    branch: Literal["auto", "principal", "in time"]


@dataclass(frozen=True)
class Known:
    """A number of the textbook, and how to read ours.

    Parameters
    ----------
    what : str
        The claim, as a sentence.
    number : float
        From the closed form.
    tolerance : float
        How far ours may be off, in the unit of the number: what finite precision and grids were measured to blur.
    read : callable
        Takes a solution, returns our number.
    """

    what: str
    number: float
    tolerance: float
    read: Callable[[Solved], float]


@dataclass(frozen=True)
class Classic:
    """A game of the literature.

    Parameters
    ----------
    name : str
        Authors and year, for example ``kreps-wilson-1982``.
    short : str
        What the game is called, for example ``chain-store``.
    title : str
    citation : str
        In full, with the place in the paper.
    build : callable
        Returns the game; every parameter has a default, and the numbers are for the defaults.
    method : Settings
        How to solve it: ``AQRE(**method)``.
    expected : tuple of Known
    """

    name: str
    short: str
    title: str
    citation: str
    build: Callable[..., Game]
    method: Settings
    expected: tuple[Known, ...]
