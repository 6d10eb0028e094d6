"""What happened in simulated histories: invitations and their replies, terms signed, and terms gone back on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .histories import Histories, confrontation_of


@dataclass(frozen=True)
class Events:
    """Events of H histories; -1 where one did not happen. Periods count from 0.

    Parameters
    ----------
    invited, inviter : int array, shape (H,)
        Period of the first invitation, and which party made it.
    reply : int array, shape (H,)
        Number of the move that answered it.
    signed : int array, shape (H,)
        Period in which terms were first signed.
    terms : int array, shape (H,)
        Number of those terms on the agenda.
    breaches : int array, shape (H, 2)
        How often each party went back on terms in force.
    """

    invited: NDArray[np.int64]
    inviter: NDArray[np.int64]
    reply: NDArray[np.int64]
    signed: NDArray[np.int64]
    terms: NDArray[np.int64]
    breaches: NDArray[np.int64]


def events_of(histories: Histories) -> Events:
    """Return what happened in histories of a confrontation."""
    game = confrontation_of(histories)
    states, periods, moves = histories.states, histories.periods, histories.moves
    phase = np.where(states >= 0, game.phase[states], -1)
    names = np.array([game.move_name(a) for a in range(game.moves)] + [""])
    kinds = np.array([p.kind for p in game.phases] + [""])
    party = np.array([p.party for p in game.phases] + [-1])
    terms = np.array([p.terms for p in game.phases] + [-1])
    mover = np.array([p.mover for p in game.phases] + [-1])

    invited = kinds[phase] == "invited"
    at, any_invited = _first(invited)
    accepted = (kinds[phase] == "offer") & (names[moves] == "accept")
    signed, any_signed = _first(accepted)
    rows = np.arange(len(moves))
    broken = (kinds[phase] == "agreement") & (names[moves] == "breach")
    return Events(
        invited=np.where(any_invited, periods[rows, at], -1),
        inviter=np.where(any_invited, party[phase[rows, at]], -1),
        reply=np.where(any_invited, moves[rows, at], -1),
        signed=np.where(any_signed, periods[rows, signed], -1),
        terms=np.where(any_signed, terms[phase[rows, signed]], -1),
        breaches=np.stack([(broken & (mover[phase] == i)).sum(axis=1) for i in (0, 1)], axis=1),
    )


def _first(there: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the first column of each row that is true, and whether there is one."""
    return there.argmax(axis=1), np.asarray(there.any(axis=1))
