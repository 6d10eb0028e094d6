"""What is played: a scenario, with numbers changed if wanted, and its solution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ..errors import Fault, InputError
from ..scenario import bundled, load
from ..scenario.compile import Confrontation
from ..scenario.reading.write import as_yaml
from ..scenario.schema import Scenario
from ..scenario.words import Describer
from ..solve.aqre import AQRE, Progress
from ..solve.solution import Solution, solve

BELIEFS = 7
"""Nodes of the belief grid, as for an assessment."""


@dataclass(frozen=True, eq=False)
class Setting:
    """A solved scenario that games are played in; many games may share one.

    Parameters
    ----------
    scenario : Scenario
        Before ``changes``.
    changes : dict
        Field path -> number put in its place (`Scenario.with_values`).
    solution : Solution
        Of the changed scenario.
    """

    scenario: Scenario
    changes: dict[str, float]
    solution: Solution = field(repr=False)

    @property
    def game(self) -> Confrontation:
        """The game that is played."""
        game = self.solution.game
        assert isinstance(game, Confrontation)
        return game

    @cached_property
    def describe(self) -> Describer:
        """What says phases in words."""
        game = self.game
        return Describer(game.space, game.agenda, game.origin, game.phase)

    @cached_property
    def is_bundled(self) -> bool:
        """Whether the scenario, before changes, comes with the package."""
        name = self.scenario.name
        return name in bundled() and load(name).digest == self.scenario.digest

    @cached_property
    def text(self) -> str:
        """The scenario before changes as YAML, whatever it starts from worked in, comments left out."""
        return as_yaml(self.scenario.written.tree)


def prepare(
    scenario: str | Scenario,
    changes: Mapping[str, float] | None = None,
    precision: float | None = None,
    beliefs: int = BELIEFS,
    progress: Progress | None = None,
    reuse: bool = True,
) -> Setting:
    """Solve a scenario so that it can be played.

    Parameters
    ----------
    scenario : str or Scenario
        A bundled name, a path, or what was read; for YAML text, ``duress.scenario.read(text, name)``.
    changes : mapping, optional
        Field path -> number to put in its place.
    precision : float, optional
        How sharply both sides respond; default as the scenario says.
    beliefs : int
        Nodes of the belief grid about a party.
    progress : callable, optional
        Called with (done, in all).
    reuse : bool
        Whether a solution kept on disk will do.

    Raises
    ------
    InputError
        If the scenario, a change or the precision cannot be used, or a party has more than two types.
    NotSolvedError
        If stages are left unsolved.
    """
    written = load(scenario) if isinstance(scenario, str) else scenario
    changed = written.with_values(changes) if changes else written
    many = [name for name, party in changed.parties.items() if len(party.types) > 2]
    if many:
        raise InputError(
            Fault(f"parties.{name}.types", "are more than two; games are played with one or two types of a party")
            for name in many
        )
    solution = solve(changed.compile(), AQRE(precision=precision, beliefs=beliefs), progress, reuse=reuse)
    return Setting(written, dict(changes or {}), solution)
