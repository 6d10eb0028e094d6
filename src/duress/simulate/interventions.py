"""Interventions: one party's behaviour restricted, to see what it brings about.

Two questions, and so two rules. *The other keeps its rule*: one side departs from its equilibrium behaviour and nobody
was told; `duress.simulate` plays the solved game with that side's moves overridden. The other moves, and the public
reads what it sees by Bayes' rule, as in equilibrium. A move that was next to impossible is no exception: in a logit
equilibrium every move has a chance, and however small they are, their ratio says which type makes it sooner. *Both
know*: the moves are taken out of the game, and what is left is solved again (`Intervention.imposed_on`).

What remains of the party's moves keeps its proportions under the first rule: a logit response, as sharp as before, to
what the moves are worth in equilibrium. Under the second it is that of the game solved again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import Fault, InputError
from ..game.restriction import without_moves
from ..scenario.compile import Confrontation
from ..scenario.schema import ASK

NO_LEVERS, DROPS, KEEPS = "never uses its levers", "always drops", "never drops"
NO_TALKS, CONCEDES = "never talks", "concedes at once"
WAITS = "neither talks nor uses its levers"


@dataclass(frozen=True)
class Intervention:
    """A party that does not behave as in equilibrium.

    Parameters
    ----------
    party : str
    kind : str
        What it does, one of `INTERVENTIONS`.
    periods : int
        For how many periods from the start; 0 for good.
    levers : tuple of str
        The levers it does not use, where that is what it does; empty for all its own.

    Examples
    --------
    >>> import duress as du
    >>> crisis = du.load("sanctions-crisis")
    >>> unarmed = du.Intervention("Target", "never uses its levers")
    >>> game = unarmed.imposed_on(crisis.compile())
    >>> sorted({game.move_name(a) for a in range(game.moves) if "raise retaliation" in game.move_name(a)})
    []
    """

    party: str
    kind: str
    periods: int = 0
    levers: tuple[str, ...] = ()

    def removed(self, game: Confrontation) -> NDArray[np.bool_]:
        """Return which moves of ``game`` the party does not make, shape (M,); never all of a state.

        Raises
        ------
        InputError
            If there is no such party, lever or kind of intervention.
        """
        names = [p.name for p in game.players]
        faults = []
        if self.party not in names:
            faults.append(Fault("party", f"'{self.party}' is not a party; the parties are {' and '.join(names)}"))
        if self.kind not in INTERVENTIONS:
            faults.append(Fault("kind", f"'{self.kind}' is no intervention; there are {', '.join(INTERVENTIONS)}"))
        own = [lever.name for lever in game.scenario.levers.values() if lever.by == self.party]
        faults += [
            Fault("levers", f"'{lever}' is not a lever of {self.party}") for lever in self.levers if lever not in own
        ]
        if self.periods < 0:
            faults.append(Fault("periods", f"is {self.periods}; it must be at least 0, for good"))
        if faults:
            raise InputError(faults)
        party = _Party(game, names.index(self.party), self.levers or tuple(own))
        removed = INTERVENTIONS[self.kind](party) & party.choosing
        # A state must keep a move: where none is left that the party would make, it makes any.
        left = np.bincount(party.state, np.logical_not(removed), game.states)
        return removed & (left[party.state] > 0)

    def imposed_on(self, game: Confrontation) -> Confrontation:
        """Return the game in which the party has no other moves, and both know it.

        Raises
        ------
        InputError
            If the intervention is for some periods only: a game has the same moves in every period.
        """
        if self.periods:
            raise InputError(Fault("periods", f"is {self.periods}; only an intervention for good makes a game"))
        return without_moves(game, self.removed(game))


class _Party:
    """The moves of a game as one party sees them; arrays have shape (M,)."""

    def __init__(self, game: Confrontation, party: int, levers: tuple[str, ...]) -> None:
        self.game = game
        self.state = np.repeat(np.arange(game.states), np.diff(game.first_move))
        self.choosing = (game.mover[self.state] == party) & (np.diff(game.first_move)[self.state] > 1)
        self.levers = [n for n, lever in enumerate(game.scenario.levers) if lever in levers]

    def named(self, *beginnings: str) -> NDArray[np.bool_]:
        """Return which moves' names begin so."""
        name_of: dict[str, bool] = {}
        names = [self.game.move_name(a) for a in range(self.game.moves)]
        for name in names:
            if name not in name_of:
                name_of[name] = name.startswith(beginnings)
        return np.array([name_of[name] for name in names], bool)

    def beside(self, better: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which moves are in a state that has a move in ``better``, and are not one themselves."""
        there = np.bincount(self.state, better & self.choosing, self.game.states) > 0
        return there[self.state] & np.logical_not(better)

    def raising(self) -> NDArray[np.bool_]:
        """Return which moves put one of the levers up, other than by signing terms."""
        game = self.game
        move_of = np.repeat(np.arange(game.moves), np.diff(game.first_branch))
        relieved = np.array([phase.at_relief for phase in game.phases])[game.phase[game.successor]]
        levels = game.levels[:, self.levers]
        up = (levels[game.successor] > levels[self.state[move_of]]).any(axis=1) & np.logical_not(relieved)
        return np.bincount(move_of, up, game.moves) > 0


def _not_talking(party: _Party) -> NDArray[np.bool_]:
    return party.named("invite", "accept and ", ASK)


INTERVENTIONS: dict[str, Callable[[_Party], NDArray[np.bool_]]] = {
    NO_LEVERS: lambda party: party.raising(),
    DROPS: lambda party: party.named("accept and keep") & party.beside(party.named("accept and drop")),
    KEEPS: lambda party: party.named("accept and drop") & party.beside(party.named("accept and keep")),
    NO_TALKS: _not_talking,
    CONCEDES: lambda party: party.beside(party.named("concede")),
    WAITS: lambda party: _not_talking(party) | party.raising(),
}
"""What a party may do instead of what it does in equilibrium -> the moves it then does not make.

- *never uses its levers*: raises none, by a move, a reply or a breach; what is raised already it may keep or ease.
- *always drops*, *never drops*: lays its levers down, or does not, whenever it accepts an invitation and may do either.
- *never talks*: neither invites, nor accepts, nor asks for something first.
- *concedes at once*: at its first turn in the confrontation; nothing, where a red line keeps it from conceding.
- *neither talks nor uses its levers*: both; it may still ease levers or concede.
"""
