"""Who may do what, and what follows: the moves of every phase of a confrontation, for all its states at once.

A period: each party moves in order, then time passes. An invitation is answered at once; talks begin the next period;
an offer is answered at once. Whoever goes back on terms in force puts its levers at their snapback levels, and
the other starts from where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .agenda import Agenda
from .schema import Lever
from .space import PASSING, Phase, StateSpace, may_concede, offers_of


@dataclass(frozen=True)
class Move:
    """One move in many states of a phase.

    Parameters
    ----------
    name : str
        As the scenario words it.
    states : int array, shape (n,)
        Where it is available.
    successor : int array, shape (n,)
        The state it leads to, within the period.
    breaks : int
        The party that pays its cost of breach, -1 for none.
    """

    name: str
    states: NDArray[np.int64]
    successor: NDArray[np.int64]
    breaks: int = -1


def moves_of(space: StateSpace, agenda: Agenda, phase: Phase) -> Iterator[Move]:
    """Yield the moves of ``phase`` in the order they are listed; none at an end or while time passes."""
    rule = {
        "confrontation": _confrontation,
        "invited": _invited,
        "table": _table,
        "offer": _offer,
        "agreement": _agreement,
    }.get(phase.kind)
    if rule is not None:
        yield from rule(space, agenda, phase)


def _after_turn(space: StateSpace, slot: int) -> Phase:
    """Return what follows a move that keeps the confrontation going: the other's turn, or the passing of time."""
    return space.phase("confrontation", -1, 1, -1) if slot == 0 else space.phase(PASSING + "confrontation", -1, 0, -1)


def _shifted(
    space: StateSpace, lever: Lever, levels: NDArray[np.int64], up: bool
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return where ``lever`` can move one step up or down, and all levels after it has."""
    n = space.levers.index(lever)
    target = np.clip(levels[:, n] + (lever.step if up else -lever.step), 0, len(lever.levels) - 1)
    moved = levels.copy()
    moved[:, n] = target
    return target != levels[:, n], moved


def _lever_moves(
    space: StateSpace, phase: Phase, to: Phase, prefix: str, ways: tuple[tuple[str, bool], ...]
) -> Iterator[Move]:
    """Yield a move for each own lever and each way in ``ways`` (word, whether up), leading to phase ``to``."""
    states, levels, stamina = space.members(phase)
    party = tuple(space.scenario.parties)[phase.mover]
    for lever in space.scenario.levers_of(party):
        for word, up in ways:
            can, moved = _shifted(space, lever, levels, up)
            yield Move(f"{prefix}{word} {lever.name}", states[can], space.number(to, moved[can], stamina[can]))


def _straight(space: StateSpace, phase: Phase, name: str, to: Phase) -> Move:
    """Return a move that leaves levers and stamina as they are."""
    states, levels, stamina = space.members(phase)
    return Move(name, states, space.number(to, levels, stamina))


def _confrontation(space: StateSpace, agenda: Agenda, phase: Phase) -> Iterator[Move]:
    onward = _after_turn(space, phase.slot)
    yield _straight(space, phase, "hold", onward)
    yield from _lever_moves(space, phase, onward, "", (("raise", True), ("ease", False)))
    if ("invited", phase.mover, 0, -1) in space.index:
        yield _straight(space, phase, "invite", space.phase("invited", phase.mover, 0, -1))
    if may_concede(agenda, phase.mover):
        yield _straight(space, phase, "concede", space.phase("concession", phase.mover, 0, -1))


def _invited(space: StateSpace, _agenda: Agenda, phase: Phase) -> Iterator[Move]:
    replies = space.scenario.talks.replies
    refused = space.phase(PASSING + "confrontation", -1, 0, -1)
    if "refuse" in replies:
        yield _straight(space, phase, "refuse", refused)
    if "refuse and raise" in replies:
        yield from _lever_moves(space, phase, refused, "refuse and ", (("raise", True),))
    if not any(reply.startswith("accept") for reply in replies):
        return
    table = space.phase(PASSING + "table", proposer_at_first(space, phase.party), 0, -1)
    if "accept and keep" in replies:
        yield _straight(space, phase, "accept and keep", table)
    if "accept and drop" in replies:
        states, levels, stamina = space.members(phase)
        own = [n for n, lever in enumerate(space.levers) if lever.by == tuple(space.scenario.parties)[phase.mover]]
        dropped = levels.copy()
        dropped[:, own] = 0
        # With nothing to lay down, dropping is keeping, and offering both would count one reply twice.
        can = (dropped != levels).any(axis=1) if "accept and keep" in replies else np.ones(len(states), bool)
        yield Move("accept and drop", states[can], space.number(table, dropped[can], stamina[can]))


def proposer_at_first(space: StateSpace, inviter: int) -> int:
    """Return who makes the first offer after an invitation by ``inviter``."""
    rule = space.scenario.talks.proposer
    if rule in ("alternates", "inviter"):
        return inviter
    return 1 - inviter if rule == "invited" else tuple(space.scenario.parties).index(rule)


def _next_proposer(space: StateSpace, proposer: int) -> int:
    return 1 - proposer if space.scenario.talks.proposer == "alternates" else proposer


def _table(space: StateSpace, agenda: Agenda, phase: Phase) -> Iterator[Move]:
    for k in offers_of(agenda, phase.party):
        yield _straight(space, phase, f"offer {agenda.words(k)}", space.phase("offer", phase.party, 0, k))
    if space.scenario.talks.stalling == "allowed":
        later = space.phase(PASSING + "table", _next_proposer(space, phase.party), 0, -1)
        yield _straight(space, phase, "stall", later)
    yield _straight(space, phase, "walk out", space.phase(PASSING + "confrontation", -1, 0, -1))


def _offer(space: StateSpace, agenda: Agenda, phase: Phase) -> Iterator[Move]:
    if agenda.signable_by(phase.mover)[phase.terms]:
        yield _straight(space, phase, "accept", space.phase(PASSING + "agreement", -1, 0, phase.terms))
    yield _straight(space, phase, "reject", space.phase(PASSING + "table", _next_proposer(space, phase.party), 0, -1))
    away = space.phase(PASSING + "confrontation", -1, 0, -1)
    yield _straight(space, phase, "walk out", away)
    yield from _lever_moves(space, phase, away, "walk out and ", (("raise", True),))


def _agreement(space: StateSpace, _agenda: Agenda, phase: Phase) -> Iterator[Move]:
    states, levels, stamina = space.members(phase)
    kept = (
        space.phase("agreement", -1, 1, phase.terms)
        if phase.slot == 0
        else space.phase(PASSING + "agreement", -1, 0, phase.terms)
    )
    yield Move("comply", states, space.number(kept, levels, stamina))
    pressing = levels.copy()
    for n, lever in enumerate(space.levers):
        if lever.by == tuple(space.scenario.parties)[phase.mover]:
            pressing[:, n] = space.scenario.agreement.snapback[lever.name]
    yield Move("breach", states, space.number(_after_turn(space, phase.slot), pressing, stamina), breaks=phase.mover)
