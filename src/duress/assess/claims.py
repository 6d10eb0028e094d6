"""Propositions of a doctrine that one solved game can test at one invitation, each of which can fail."""

from __future__ import annotations

import numpy as np

from ..scenario.compile import Confrontation
from ..simulate.histories import Histories
from .moment import INVITE
from .record import ClaimResult
from .verdict import Worth

SIGNIFICANT = 2.0
"""Standard errors a Monte Carlo difference must clear to count."""


def _result(claim: str, sentence: str, margin: float, error: float, unit: str) -> ClaimResult:
    verdict = "holds" if margin > error else "fails" if margin < -error else "undecided"
    return ClaimResult(claim, sentence, verdict, float(margin), float(error), unit)


def claims_at(party: str, other: str, worths: dict[str, Worth], error: float) -> list[ClaimResult]:
    """Return what the values of the replies say, for the type for which it is least true."""
    price = {k: w.keep - w.drop for k, w in worths.items()}
    gain = {k: max(w.keep, w.drop) - w.refuse for k, w in worths.items()}
    least, most = min(price, key=price.__getitem__), max(gain, key=gain.__getitem__)
    return [
        _result(
            "laying down levers to talk is ruinous",
            f"{party} loses {price[least]:.2f} stakes by dropping its levers rather than keeping them, "
            f"if {least} (the type that loses least)",
            price[least],
            error,
            "stakes",
        ),
        _result(
            "such talks are of no use, and harmful",
            f"The best way of accepting is worth {gain[most]:+.2f} stakes to {party} "
            f"against the best refusal, if {most} (the type that gains most from talks with {other})",
            -gain[most],
            error,
            "stakes",
        ),
    ]


def exhaustion_claim(histories: Histories, inviter: int) -> list[ClaimResult]:
    """Test whether ``inviter`` invites more when the other's stamina is in its lowest third than in its highest.

    Chances are per turn in the confrontation at which it could invite; empty if the other cannot be exhausted, or one
    of the thirds never occurs.
    """
    game = histories.game
    assert isinstance(game, Confrontation)
    if not game.scenario.drained(game.players[1 - inviter].name):
        return []
    states = histories.states
    turn = np.array([p.kind == "confrontation" and p.mover == inviter for p in game.phases])
    rows, columns = np.nonzero((states >= 0) & turn[game.phase[states]])
    at = states[rows, columns]
    invites = np.array([game.move_name(int(a)) == INVITE for a in range(game.moves)])[histories.moves[rows, columns]]
    stamina = game.stamina[at, 1 - inviter]
    low, high = stamina <= 1 / 3, stamina > 2 / 3
    if not low.any() or not high.any():
        return []
    chance = [float(invites[third].mean()) for third in (low, high)]
    spread = [_clustered_error(invites[third], rows[third]) for third in (low, high)]
    names = [p.name for p in game.players]
    return [
        _result(
            "invitations come with exhaustion",
            f"{names[inviter]} invites in {chance[0]:.1%} of its turns when the stamina of {names[1 - inviter]} is "
            f"in its lowest third, in {chance[1]:.1%} when it is in its highest",
            chance[0] - chance[1],
            SIGNIFICANT * float(np.linalg.norm(spread)),
            "chance per turn",
        )
    ]


def _clustered_error(hits: np.ndarray, history: np.ndarray) -> float:
    """Return the standard error of a mean whose observations come in independent histories."""
    _, which = np.unique(history, return_inverse=True)
    residual = np.bincount(which, weights=hits - hits.mean())
    return float(np.sqrt((residual**2).sum()) / len(hits))
