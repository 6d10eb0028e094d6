"""What happened in simulated histories: invitations and their replies, terms signed, and terms gone back on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .histories import Histories
from .outcomes import confrontation_of


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
    count, whose, when, made = len(histories.final), histories.whose, histories.when, histories.made
    phase = game.phase[histories.stood]
    kinds = np.array([p.kind for p in game.phases])
    party = np.array([p.party for p in game.phases])
    terms = np.array([p.terms for p in game.phases])
    mover = np.array([p.mover for p in game.phases])
    names = np.array([game.move_name(a) for a in range(game.moves)])

    invited, invitation = _first((kinds == "invited")[phase], whose)
    signed, signature = _first((kinds == "offer")[phase] & (names == "accept")[made], whose)
    broken = np.flatnonzero((kinds == "agreement")[phase] & (names == "breach")[made])
    breaches = np.zeros((count, 2), np.int64)
    np.add.at(breaches, (whose[broken], mover[phase[broken]]), 1)

    def of_each(histories: NDArray[np.int32], values: NDArray[np.integer]) -> NDArray[np.int64]:
        """Return the values of these histories, -1 for the rest."""
        found = np.full(count, -1)
        found[histories] = values
        return found

    return Events(
        invited=of_each(invited, when[invitation]),
        inviter=of_each(invited, party[phase[invitation]]),
        reply=of_each(invited, made[invitation]),
        signed=of_each(signed, when[signature]),
        terms=of_each(signed, terms[phase[signature]]),
        breaches=breaches,
    )


def _first(there: NDArray[np.bool_], whose: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the histories that have such a move, and where the first of each is listed."""
    at = np.flatnonzero(there)
    histories, first = np.unique(whose[at], return_index=True)
    return histories, at[first]
