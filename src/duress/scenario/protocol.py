"""Who may do what, and what follows: the moves of every phase of a confrontation, for all its states at once.

A period: each party moves in order, then time passes. An invitation is answered at once, and so is what the invited
party asks for first; talks begin the next period; an offer is answered at once. Whoever goes back on terms in force
puts its levers at their snapback levels, and the other starts from where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from .agenda import Agenda
from .mechanisms.levels import level_key
from .move import Move
from .phases import PASSING, Phase, may_concede, offers_of
from .schema import ABOUT, ASK, BY_LOT, Lever
from .space import Standing, StateSpace


def moves_of(space: StateSpace, agenda: Agenda, phase: Phase) -> Iterator[Move]:
    """Yield the moves of ``phase`` in the order they are listed; none at an end or while time passes."""
    rule = {
        "confrontation": _confrontation,
        "invited": _invited,
        "asked": _asked,
        "table": _table,
        "offer": _offer,
        "agreement": _agreement,
    }.get(phase.kind)
    listed = [] if rule is None else [rule(space, agenda, phase)]
    listed += [mechanism.moves(space, agenda, phase) for mechanism in space.mechanisms]
    for move in chain.from_iterable(listed):
        became = [move]
        for mechanism in space.mechanisms:
            became = [part for one in became for part in mechanism.moved(one)]
        yield from (part for part in became if len(part.states))


def _after_turn(space: StateSpace, slot: int) -> Phase:
    """Return what follows a move that keeps the confrontation going: the other's turn, or the passing of time."""
    return space.phase("confrontation", -1, 1, -1) if slot == 0 else space.phase(PASSING + "confrontation", -1, 0, -1)


def _shifted(at: Standing, lever: Lever, up: bool) -> tuple[NDArray[np.bool_], Standing]:
    """Return where ``lever`` can move one step up or down, and what the states are after it has."""
    key = level_key(lever.name)
    if not up and lever.irreversible:
        return np.zeros(len(at), bool), at
    target = np.clip(at[key] + (lever.step if up else -lever.back), lever.floor, lever.ceiling)
    return target != at[key], at.put(key, target)


def _lever_moves(
    space: StateSpace, phase: Phase, to: Phase, prefix: str, ways: tuple[tuple[str, bool], ...]
) -> Iterator[Move]:
    """Yield a move for each own lever and each way in ``ways`` (word, whether up), leading to phase ``to``."""
    states, at = space.members(phase)
    party = tuple(space.scenario.parties)[phase.mover]
    for lever in space.scenario.levers_of(party):
        for word, up in ways:
            can, moved = _shifted(at, lever, up)
            yield Move(f"{prefix}{word} {lever.name}", states[can], at.take(can), moved.take(can).to(to))


def _straight(space: StateSpace, phase: Phase, name: str, to: Phase) -> Move:
    """Return a move that leaves everything as it is."""
    states, at = space.members(phase)
    return Move(name, states, at, at.to(to))


def _priced(move: Move, space: StateSpace, agenda: Agenda, terms: int, parties: tuple[int, ...]) -> Move:
    """Return a move by which ``parties`` take on ``terms``, each paying what it costs to cross its own red lines."""
    names = tuple(space.scenario.parties)
    for party in parties:
        price = float(agenda.price[terms, party])
        if price:
            move = move.costing(party, (price,) * len(space.scenario.parties[names[party]].types))
    return move


def _confrontation(space: StateSpace, agenda: Agenda, phase: Phase) -> Iterator[Move]:
    onward = _after_turn(space, phase.slot)
    yield _straight(space, phase, "hold", onward)
    yield from _lever_moves(space, phase, onward, "", (("raise", True), ("ease", False)))
    if ("invited", phase.mover, 0, -1) in space.index:
        yield _straight(space, phase, "invite", space.phase("invited", phase.mover, 0, -1))
    if may_concede(agenda, phase.mover):
        conceding = _straight(space, phase, "concede", space.phase("concession", phase.mover, 0, -1))
        yield _priced(conceding, space, agenda, agenda.demand[1 - phase.mover], (phase.mover,))


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
        states, at = space.members(phase)
        dropped = at
        for lever in space.scenario.levers_of(tuple(space.scenario.parties)[phase.mover]):
            if not lever.irreversible:
                dropped = dropped.put(level_key(lever.name), lever.floor)
        # With nothing to lay down, dropping is keeping, and offering both would count one reply twice.
        can = (dropped.levels != at.levels).any(axis=1) if "accept and keep" in replies else np.ones(len(at), bool)
        yield Move("accept and drop", states[can], at.take(can), dropped.take(can).to(table))

    if ("asked", phase.mover, 0, -1) in space.index:
        states, at = space.members(phase)
        can = (_as_asked(at, phase.mover).levels != at.levels).any(axis=1)
        asked = space.phase("asked", phase.mover, 0, -1)
        yield Move(ASK, states[can], at.take(can), at.take(can).to(asked))


def _as_asked(at: Standing, asking: int) -> Standing:
    """Return the states with the levers no higher than ``asking`` wants them before it talks."""
    scenario = at.space.scenario
    for lever, rank in scenario.talks.ask_first[tuple(scenario.parties)[asking]].items():
        at = at.put(level_key(lever), np.minimum(at[level_key(lever)], rank))
    return at


def _asked(space: StateSpace, _agenda: Agenda, phase: Phase) -> Iterator[Move]:
    states, at = space.members(phase)
    table = space.phase(PASSING + "table", proposer_at_first(space, phase.mover), 0, -1)
    yield Move("grant", states, at, _as_asked(at, phase.party).to(table))
    yield _straight(space, phase, "decline", space.phase(PASSING + "confrontation", -1, 0, -1))


def proposer_at_first(space: StateSpace, inviter: int) -> int:
    """Return who makes the first offer after an invitation by ``inviter``; the first party where it is drawn by lot."""
    rule = space.scenario.talks.proposer
    if rule == BY_LOT:
        return 0
    if rule in ("alternates", "inviter"):
        return inviter
    return 1 - inviter if rule == "invited" else tuple(space.scenario.parties).index(rule)


def _next_proposer(space: StateSpace, proposer: int) -> int:
    return 1 - proposer if space.scenario.talks.proposer == "alternates" else proposer


def _table(space: StateSpace, agenda: Agenda, phase: Phase) -> Iterator[Move]:
    talks = space.scenario.talks
    if talks.about != ABOUT[0]:
        later = space.phase(PASSING + "table", _next_proposer(space, phase.party), 0, -1)
        for word in talks.words:
            yield _straight(space, phase, f"say {word}", later)
        yield _straight(space, phase, "walk out", space.phase(PASSING + "confrontation", -1, 0, -1))
        return
    for k in offers_of(agenda, phase.party):
        yield _straight(space, phase, f"offer {agenda.words(k)}", space.phase("offer", phase.party, 0, k))
    if space.scenario.talks.stalling == "allowed":
        later = space.phase(PASSING + "table", _next_proposer(space, phase.party), 0, -1)
        yield _straight(space, phase, "stall", later)
    yield _straight(space, phase, "walk out", space.phase(PASSING + "confrontation", -1, 0, -1))


def _offer(space: StateSpace, agenda: Agenda, phase: Phase) -> Iterator[Move]:
    if agenda.signable_by(phase.mover)[phase.terms]:
        signing = _straight(space, phase, "accept", space.phase(PASSING + "agreement", -1, 0, phase.terms))
        yield _priced(signing, space, agenda, phase.terms, (0, 1))
    yield _straight(space, phase, "reject", space.phase(PASSING + "table", _next_proposer(space, phase.party), 0, -1))
    away = space.phase(PASSING + "confrontation", -1, 0, -1)
    yield _straight(space, phase, "walk out", away)
    yield from _lever_moves(space, phase, away, "walk out and ", (("raise", True),))


def _agreement(space: StateSpace, _agenda: Agenda, phase: Phase) -> Iterator[Move]:
    states, at = space.members(phase)
    kept = (
        space.phase("agreement", -1, 1, phase.terms)
        if phase.slot == 0
        else space.phase(PASSING + "agreement", -1, 0, phase.terms)
    )
    yield Move("comply", states, at, at.to(kept))
    pressing = at.to(_after_turn(space, phase.slot))
    for lever in space.scenario.levers_of(tuple(space.scenario.parties)[phase.mover]):
        key, back = level_key(lever.name), space.scenario.agreement.snapback[lever.name]
        pressing = pressing.put(key, np.maximum(at[key], back) if lever.irreversible else back)
    types = tuple(space.scenario.parties.values())[phase.mover].types.values()
    cost = tuple(kind.breach_cost for kind in types)
    yield Move("breach", states, at, pressing, breaks=phase.mover).costing(phase.mover, cost)
