"""Whom one can play against: the equilibrium, a sharper one, and simple characters with stated rules.

A character keeps to some of the moves there are and among them responds as in equilibrium: a logit response, at the
table's precision, to what its true type expects of each, as under `duress.simulate.interventions`. The rules are in
the words of the language of moves, so they hold for any scenario. Where a rule leaves nothing, the character makes any
move. Nobody else knows: the public reads every move as if the equilibrium was played.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import Fault, InputError
from ..scenario.pressure import harm_on

if TYPE_CHECKING:
    from .table import Table

SHARPER = 5.0
"""How many times as sharply as at the table's precision the sharp opponent responds."""

TIRED = 0.5
"""Stamina below which the weary opponent gives in."""

HURT = 0.7
"""Stamina below which the bluffer's game is up."""


@dataclass(frozen=True)
class Turn:
    """A turn of a character: the moves there are, and what the rules look at."""

    table: Table

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The moves there are."""
        return self.table.moves

    def named(self, *beginnings: str) -> NDArray[np.bool_]:
        """Return which moves begin so, shape (moves,)."""
        return np.array([name.startswith(beginnings) for name in self.names])

    def among(self, *names: str) -> NDArray[np.bool_]:
        """Return which moves are called so, shape (moves,)."""
        return np.array([name in names for name in self.names])

    @cached_property
    def raising(self) -> NDArray[np.bool_]:
        """Which moves put an own lever up, other than by signing terms, shape (moves,)."""
        game, state = self.table.setting.game, self.table.state
        me = self.table.seats[self.table.mover].party
        own = [n for n, lever in enumerate(game.scenario.levers.values()) if lever.by == me]
        onward = [int(game.successors_of(a)[0]) for a in game.moves_of(state)]
        up = [
            (game.levels[s, own] > game.levels[state, own]).any() and not game.phases[game.phase[s]].at_relief
            for s in onward
        ]
        return np.array(up, bool)

    @cached_property
    def own_demand(self) -> NDArray[np.bool_]:
        """Which moves ask for, or sign, everything the party wants, shape (moves,)."""
        game, me = self.table.setting.game, self.table.mover
        phase = game.phases[game.phase[self.table.state]]
        demand = game.agenda.demand[me]
        if phase.kind == "offer":
            return self.among("accept") & (phase.terms == demand)
        return self.among(f"offer {game.agenda.words(demand)}")

    @property
    def stamina(self) -> float:
        """Own stamina, from 0 to 1."""
        return float(self.table.setting.game.stamina[self.table.state, self.table.mover])

    @property
    def harmed(self) -> bool:
        """Whether the other's levers do harm, as things stand."""
        return bool(harm_on(self.table.setting.game.standing(self.table.state), self.table.mover)[0] > 0)


def _settling(turn: Turn) -> NDArray[np.bool_]:
    """Return the moves that go towards a settlement: talks opened or granted, terms signed, levers put down."""
    any_terms = turn.named("offer ") & ~turn.own_demand
    return turn.among("invite", "accept", "grant", "comply") | turn.named("accept and ", "ease ") | any_terms


def _stubborn(turn: Turn) -> NDArray[np.bool_]:
    giving = turn.among("concede", "accept", "grant") | turn.named("ease ", "accept and drop", "offer ")
    return ~giving | turn.own_demand


def _weary(turn: Turn) -> NDArray[np.bool_]:
    if turn.stamina < TIRED and turn.among("concede").any():
        return turn.among("concede")
    settling = _settling(turn)
    return settling if settling.any() else ~turn.raising


def _bluffer(turn: Turn) -> NDArray[np.bool_]:
    called = turn.harmed or turn.stamina < HURT
    if called:
        settling = _settling(turn)
        return settling if settling.any() else ~turn.raising
    if turn.raising.any():
        return turn.raising
    pressing = ~(_settling(turn) | turn.among("concede")) | turn.own_demand
    return pressing | turn.among("comply")


@dataclass(frozen=True)
class Opponent:
    """Somebody to play against.

    Parameters
    ----------
    kind : str
        Its key in `OPPONENTS`.
    title : str
        What it is called once it is unmasked.
    rule : str
        What it does, in a sentence or two.
    keeps : callable, optional
        From a turn to the moves it keeps to, shape (moves,); None for all.
    sharpness : float
        How many times as sharply as at the table's precision it responds.
    """

    kind: str
    title: str
    rule: str
    keeps: Callable[[Turn], NDArray[np.bool_]] | None = None
    sharpness: float = 1.0


OPPONENTS: dict[str, Opponent] = {
    o.kind: o
    for o in (
        Opponent("equilibrium", "the equilibrium", "Plays the equilibrium at the precision of the table."),
        Opponent(
            "sharp",
            "a sharp equilibrium player",
            f"Knows what each move is worth in the equilibrium at the table's precision, and responds {SHARPER:.0f} "
            "times as sharply to it: it hardly ever makes a move that is clearly worse. The game is not solved anew "
            "at that precision.",
            sharpness=SHARPER,
        ),
        Opponent(
            "bluffer",
            "a bluffer",
            "Raises a lever whenever it may, asks for all it wants and gives nothing, as long as nothing hurts. Once "
            f"the other's levers do it harm, or its stamina is below {HURT:.0%}, it raises no more and settles: it "
            "opens talks, puts levers down, signs.",
            _bluffer,
        ),
        Opponent(
            "stubborn",
            "a stubborn party",
            "Never concedes, eases a lever, drops its levers to talk or grants what is asked first; offers and signs "
            "nothing but its own demand. For the rest it plays as in equilibrium.",
            _stubborn,
        ),
        Opponent(
            "weary",
            "a weary party",
            "Wants it to be over: opens talks, accepts invitations and terms whenever it may, puts levers down and "
            f"never raises one; concedes once its stamina is below {TIRED:.0%}.",
            _weary,
        ),
    )
}
"""Kind -> whom one can play against."""


def opponent(kind: str) -> Opponent:
    """Return whom one plays against by the name of its kind.

    Raises
    ------
    InputError
        If there is nobody of this kind.
    """
    if kind not in OPPONENTS:
        raise InputError(Fault("against", f"{kind!r} is no opponent; there are {', '.join(OPPONENTS)}"))
    return OPPONENTS[kind]


def policy(table: Table) -> NDArray[np.float64]:
    """Return the chances with which the party to move makes each of its moves, given who plays it and its type.

    Parameters
    ----------
    table : Table
        At which somebody is to move; for a person this is what the equilibrium would do.

    Returns
    -------
    array, shape (moves,)
    """
    setting, mover = table.setting, table.mover
    player = OPPONENTS.get(table.seats[mover].player, OPPONENTS["equilibrium"])
    room = setting.solution.stage(table.state, table.period, table.beliefs)
    own, count = table.types[mover], len(table.moves)
    if player.keeps is None and player.sharpness == 1.0:
        return room.policy[own, :count].copy()
    kept = np.ones(count, bool) if player.keeps is None else player.keeps(Turn(table))
    if not kept.any():
        kept[:] = True
    precision = float(setting.solution.induction.precisions[mover]) * player.sharpness
    worth = room.q[own, :count]
    chances = np.where(kept, np.exp(precision * (worth - worth[kept].max()).clip(max=0.0)), 0.0)
    return chances / chances.sum()
