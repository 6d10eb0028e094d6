"""How histories of a confrontation end, when they are settled, and pressure and stamina on the way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..scenario.compile import Confrontation
from ..scenario.phases import NEWS, Phase
from ..scenario.pressure import harm_on
from .histories import Histories

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles that describe a quantity over histories."""


def confrontation_of(histories: Histories) -> Confrontation:
    """Return the game of histories, which must be a confrontation: else its states say nothing of levers and terms."""
    if not isinstance(histories.game, Confrontation):
        raise TypeError("this is told of histories of a confrontation compiled from a scenario")
    return histories.game


def outcome_of_each(histories: Histories) -> NDArray[np.int64]:
    """Return how each history ends, shape (H,): a number into `outcomes_of`."""
    game = confrontation_of(histories)
    names = outcomes_of(game)
    by_phase = outcome_by_phase(game)
    return np.array([names.index(name) for name in by_phase])[game.phase[histories.final]]


def outcomes_of(game: Confrontation) -> tuple[str, ...]:
    """Every way a confrontation can end, in the order reports show them."""
    parties = [p.name for p in game.players]
    kinds = {p.kind for p in game.phases}
    ends = [_end(p, parties) for p in game.phases if p.is_end]
    standing = ["agreement in force"] if "agreement" in kinds else []
    standing += ["talks at the horizon"] if "table" in kinds else []
    return (*standing, *ends, "confrontation at the horizon")


def _end(phase: Phase, parties: list[str]) -> str:
    """Return the name of an end: whose it is, if it is somebody's."""
    return f"{phase.kind} of {parties[phase.party]}" if phase.party >= 0 else phase.kind


def outcome_by_phase(game: Confrontation) -> tuple[str, ...]:
    """Return how a confrontation has ended that stops in each of its phases, one of `outcomes_of` each."""
    parties = [p.name for p in game.players]
    standing = {"agreement": "agreement in force", "table": "talks at the horizon"}
    return tuple(
        _end(p, parties) if p.is_end else standing.get(p.kind.removeprefix(NEWS), "confrontation at the horizon")
        for p in game.phases
    )


def outcome_odds(histories: Histories) -> dict[str, float]:
    """Return the share of histories of a confrontation that end in each way."""
    names = outcomes_of(confrontation_of(histories))
    counts = np.bincount(outcome_of_each(histories), minlength=len(names))
    return {name: float(c / len(histories.final)) for name, c in zip(names, counts, strict=True)}


def settled_after(histories: Histories) -> NDArray[np.int64]:
    """Return after how many periods each history is settled, shape (H,).

    It is settled once it has ended, or terms are in force that last to the horizon; else it takes all the periods left.
    """
    game = confrontation_of(histories)
    open_still = np.array([not p.is_end and not p.kind.endswith("agreement") for p in game.phases])
    at = np.flatnonzero(open_still[game.phase[histories.stood]])
    last = np.zeros(len(histories.final), np.int64)
    np.maximum.at(last, histories.whose[at], histories.when[at] + 1 - histories.period)
    return np.where(open_still[game.phase[histories.final]], game.periods - histories.period, last)


def pressure_and_stamina(histories: Histories) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return periods (T,), pressure (H, T, 2) and stamina (H, T, 2) of each party while time passes.

    Pressure of a party is the harm its levers do to the other, stakes per period, before the other's type counts it.
    After an end no pressure remains, and stamina stays where it was (nothing, for a party that collapsed).
    """
    game = confrontation_of(histories)
    passing = np.array([p.is_passing for p in game.phases])
    ended = np.array([p.is_end for p in game.phases])
    collapsed = np.array([p.party if p.kind == "collapse" else -1 for p in game.phases])
    count = len(histories.final)
    periods = np.arange(histories.period, game.periods)
    pressure = np.zeros((count, len(periods), 2))
    stamina = np.full((count, len(periods), 2), np.nan)
    harm = pressure_by_state(game)
    stood = histories.stood
    moves = np.flatnonzero(passing[game.phase[stood]])
    at, rows, slot = stood[moves], histories.whose[moves], histories.when[moves] - histories.period
    pressure[rows, slot] = harm[at]
    stamina[rows, slot] = game.stamina[at]
    for t in range(len(periods)):
        gone = np.isnan(stamina[:, t, 0])
        stamina[gone, t] = stamina[gone, t - 1] if t else game.stamina[histories.start]
        for i in (0, 1):
            fell = gone & ended[game.phase[histories.final]] & (collapsed[game.phase[histories.final]] == i)
            stamina[fell, t, i] = 0.0
    return periods, pressure, stamina


def pressure_by_state(game: Confrontation) -> NDArray[np.float64]:
    """Return the pressure each party applies in each state, shape (S, 2)."""
    harm = np.zeros((game.states, 2))
    for n, phase in enumerate(game.phases):
        members = np.flatnonzero(game.phase == n)
        at = game.space.standing(game.origin[members], phase)
        for party in (0, 1):
            harm[members, party] = harm_on(at, 1 - party)
    return harm
