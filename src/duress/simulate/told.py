"""What a record tells of chance: whose government changed and when, and where bystanders stood."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..scenario.compile import Confrontation
from ..scenario.mechanisms.bystanders import bystander_key
from ..scenario.record import Rule
from .cloud import Cloud
from .rows import Placed


class Told:
    """What rows tell of chance in a game, for all of a cloud at once.

    Parameters
    ----------
    game : Confrontation
    placed : sequence of Placed
    """

    def __init__(self, game: Confrontation, placed: Sequence[Placed]) -> None:
        assert game.scenario.record is not None
        self.game = game
        self.names = tuple(p.name for p in game.players)
        counted = [one for one in placed if not one.why_not]
        self._last = max(one.period for one in counted)
        rules = game.scenario.record.rules
        told = {rule.government for rule in rules if rule.government}
        self._governments = np.array([name in told for name in self.names])
        longest = game.periods + int(game.elapsed.max(initial=0)) + 1
        self._said = np.zeros((longest, 2), bool)
        for one in counted:
            self._said[one.period] |= np.array([name == one.means.government for name in self.names])
        self._stands = {name: _standing(game, name) for rule in rules for name, _ in rule.level}
        self._levels = {name: self._by_period(name, counted, longest) for name in self._stands}

    def _by_period(self, name: str, counted: Sequence[Placed], longest: int) -> NDArray[np.int64]:
        """Return where rows last say a bystander is, up to each period; where it starts before any row."""
        found = np.full(longest, self._stands[name][self.game.start])
        for one in counted:
            if name in (levels := dict(one.means.level)):
                found[one.period :] = levels[name]
        return found

    def agrees(self, cloud: Cloud, drawn: NDArray[np.int64], changeable: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return whether what chance did is what the record tells of what follows: that it goes on, to begin with.

        ``drawn`` is the player whose government changed, -1 for none, and ``changeable`` (N, 2) whose might have.
        """
        over = self.game.mover[cloud.state] < 0
        changed = changeable & self._said[cloud.period]
        anew = drawn >= 0
        as_said = anew & changed[np.arange(len(drawn)), np.maximum(drawn, 0)]
        unsaid = anew & ~as_said & self._governments[np.maximum(drawn, 0)]
        levels = np.ones(len(cloud), bool)
        for name, stands in self._stands.items():
            levels &= stands[cloud.state] == self._levels[name][cloud.period]
        wrong = (over & (cloud.period <= self._last)) | (changed.any(axis=1) & ~as_said) | unsaid
        return ~wrong & (over | levels)

    def not_at_first(self, said: Rule) -> str:
        """Return why bystanders cannot stand in the first period where a row says, "" if they do.

        Nothing has happened yet: they stand where they start.
        """
        for name, level in said.level:
            start = self._stands[name][self.game.start]
            if level != start:
                scenario = self.game.scenario
                there, second = scenario.bystanders[name].levels[start], f"second {scenario.period}"
                return f"not possible here: {name} starts at {there!r}, and nothing moves it before the {second}"
        return ""


def _standing(game: Confrontation, name: str) -> NDArray[np.int64]:
    """Return the level of a bystander in every state."""
    found = np.zeros(len(game.mover), np.int64)
    for number, phase in enumerate(game.phases):
        states = np.flatnonzero(game.phase == number)
        if len(states):
            found[states] = game.space.standing(game.origin[states], phase)[bystander_key(name)]
    return found
