"""The world around the two parties: bystanders, open conflict, public signs, changes of government, and the end."""

from __future__ import annotations

import math
from collections.abc import Sequence

from duress.scenario.reading.fields import SHARE, Part, Range, Reading, entries_of, listed
from duress.scenario.reading.source import Mapping, Node, joined
from duress.scenario.schema import AT_END, DEMAND_OF, Bystander, Government, Lever, Party, Sign

MAX_BYSTANDERS = 4
MAX_SIGNS = 3
MAX_LEVELS = 12
SIGNED_AMOUNT = Range(-1000, 1000)
SHIFT = Range(-1, 1)
INSIDE = Range(0, 1, open_low=True, open_high=True)
_OFF = 1e-6 + 1e-9
"""Probabilities written with few digits may miss 1 by this much; they are then scaled to add up to 1."""


def read_bystanders(
    root: Part, parties: Sequence[str], levers: dict[str, Lever], names: Sequence[str]
) -> dict[str, Bystander]:
    """Read the third parties; ``names`` are all levers of the file, sound or not."""
    entries = root.entries("bystanders", None, "bystander")
    if len(entries) > MAX_BYSTANDERS:
        sentence = f"must name at most {MAX_BYSTANDERS} bystanders; found {len(entries)}"
        root.reading.fault("bystanders", sentence, root.node.entries["bystanders"].line)
    read = (_read_bystander(root.reading, name, node, parties, levers, names) for name, node in entries.items())
    return {bystander.name: bystander for bystander in read if bystander is not None}


def _read_bystander(
    reading: Reading, name: str, node: Node, parties: Sequence[str], levers: dict[str, Lever], names: Sequence[str]
) -> Bystander | None:
    part = Part(reading, node, f"bystanders.{name}", ("levels", "start", "moves", "effect", "relief"))
    named = part.need("levels", "list two or more levels, such as [none, some, full]")
    levels = None if named is None else reading.names(named, part.at("levels"), "level", 2, MAX_LEVELS)
    moves = part.part("moves", ("up", "down", "with"))
    up, down = moves.number("up", SHARE, 0.0), moves.number("down", SHARE, 0.0)
    if up + down > 1:
        reading.fault(moves.path, f"up and down must not add up to more than 1; found {up:g} + {down:g}", moves.line)
    shifting = moves.entries("with", names, "lever")
    effect = part.entries("effect", names, "lever")
    relief = part.entries("relief", parties, "party")
    if levels is None:
        return None
    return Bystander(
        name=name,
        levels=levels,
        start=levels.index(part.word("start", levels, "a level of this bystander", levels[0])),
        up=up,
        down=down,
        shifts={
            lever: _shifts(reading, node, joined(moves.at("with"), lever), levers[lever])
            for lever, node in shifting.items()
            if lever in levers
        },
        effect=_by_level(reading, effect, part.at("effect"), Range(0, 10), levels),
        relief=_by_level(reading, relief, part.at("relief"), SIGNED_AMOUNT, levels),
    )


def _by_level(
    reading: Reading, nodes: dict[str, Node], path: str, allowed: Range, levels: Sequence[str]
) -> dict[str, tuple[float, ...]]:
    return {
        name: reading.numbers(node, joined(path, name), allowed, levels, "level") or (0.0,) * len(levels)
        for name, node in nodes.items()
    }


def _shifts(reading: Reading, node: Node, path: str, lever: Lever) -> tuple[float, ...]:
    """Read one number per level of the lever, or a single one: what each level up adds."""
    if hasattr(node, "items"):
        return reading.numbers(node, path, SHIFT, lever.levels, "level") or (0.0,) * len(lever.levels)
    slope = reading.number(node, path, SHIFT) or 0.0
    return tuple(slope * rank for rank in range(len(lever.levels)))


def read_conflict(root: Part, parties: dict[str, Party], wanted: Sequence[str]) -> dict[str, dict[str, float]]:
    """Read what open conflict is worth; ``wanted`` says which fields speak of it, and empty where none does."""
    if "conflict" not in root.node.entries:
        if wanted and parties:
            example = "{" + ", ".join(f"{party}: -1" for party in parties) + "}"
            sentence = f"is missing, and {wanted[0]} speaks of it; say what it is worth per period for ever, {example}"
            root.reading.fault("conflict", sentence, root.line)
        return {}
    line = root.node.entries["conflict"].line
    entries = root.entries("conflict", tuple(parties) or None, "party")
    if not wanted:
        root.reading.fault("conflict", "cannot come about: no lever has a hazard, and ends.then names another", line)
    worth = {}
    for name, party in parties.items():
        here = joined("conflict", name)
        if name not in entries:
            root.reading.fault(here, "is missing; say in stakes per period what open conflict is worth to it", line)
            continue
        worth[name] = _by_type(root.reading, entries[name], here, party, SIGNED_AMOUNT, True)
    return worth


def _by_type(reading: Reading, node: Node, path: str, party: Party, allowed: Range, single: bool) -> dict[str, float]:
    """Read ``{type: number}``, or, where a ``single`` number may stand for all types, that."""
    even = dict.fromkeys(party.types, 0.5)
    if single and not (isinstance(node, Mapping) and "value" not in node.entries):
        value = reading.number(node, path, allowed)
        return even if value is None else dict.fromkeys(party.types, value)
    if not party.types:  # a fault already covers them
        return even
    entries = entries_of(reading, node, path, tuple(party.types), "type")
    missing = [name for name in party.types if name not in entries]
    if missing:
        reading.fault(path, f"must give a number per type; without one: {listed(missing)}", node.line)
    found = {name: reading.number(entry, joined(path, name), allowed) for name, entry in entries.items()}
    return even | {name: value for name, value in found.items() if value is not None}


def read_signs(part: Part, party: Party, drained: bool) -> tuple[Sign, ...]:
    """Read what the public may see of a party."""
    entries = part.entries("signs", None, "sign")
    reading, path = part.reading, part.at("signs")
    if len(entries) > MAX_SIGNS:
        sentence = f"must name at most {MAX_SIGNS} signs; found {len(entries)}"
        reading.fault(path, sentence, part.node.entries["signs"].line)
        return ()
    return tuple(_read_sign(reading, name, node, joined(path, name), party, drained) for name, node in entries.items())


def _read_sign(reading: Reading, name: str, node: Node, path: str, party: Party, drained: bool) -> Sign:
    whole = isinstance(node, Mapping) and {"chance", "strained"} & set(node.entries)
    if not whole:
        chance = _by_type(reading, node, path, party, INSIDE, False)
        return Sign(name, chance, chance)
    part = Part(reading, node, path, ("chance", "strained"))
    found = part.need("chance", "give a chance per period for each type")
    chance = {} if found is None else _by_type(reading, found, part.at("chance"), party, INSIDE, False)
    strained = part.get("strained")
    if strained is None:
        return Sign(name, chance, chance)
    if not drained:
        sentence = f"has no effect: no lever of the other party drains the stamina of {party.name}; leave it out"
        reading.fault(part.at("strained"), sentence, strained.line)
    return Sign(name, chance, _by_type(reading, strained, part.at("strained"), party, INSIDE, False))


def read_government(part: Part, party: Party, horizon: int) -> Government | None:
    """Read how the government of a party may change."""
    if "government" not in part.node.entries:
        return None
    given = part.part("government", ("changes", "draws"))
    changes = given.part("changes", ("chance", "period"))
    period = None
    if "period" in changes.node.entries:
        period = changes.whole("period", 1, horizon, 1)
        chance = changes.number("chance", SHARE, 1.0)
    else:
        wanted = "say how likely a change is per period, or on a date, such as {period: 12, chance: .5}"
        node = changes.need("chance", wanted)
        chance = None if node is None else part.reading.number(node, changes.at("chance"), SHARE)
    draws = {name: kind.prior for name, kind in party.types.items()}
    node = given.get("draws")
    if node is not None:
        found = _by_type(part.reading, node, given.at("draws"), party, SHARE, False)
        total = math.fsum(found.values())
        if abs(total - 1) > _OFF:
            sum_of = " + ".join(f"{value:g}" for value in found.values())
            part.reading.fault(given.at("draws"), f"must add up to 1; found {sum_of} = {total:g}", node.line)
        else:
            draws = {name: value / total for name, value in found.items()}
    return Government(chance or 0.0, period, draws)


def read_end(root: Part, parties: Sequence[str], most: int, usual: int) -> tuple[int, str]:
    """Read the last period and what holds afterwards: ``horizon``, or ``ends: {deadline: ..., then: ...}``."""
    ends = root.part("ends", ("deadline", "then"))
    words = (*AT_END, *(f"{DEMAND_OF}{party}" for party in parties))
    then = ends.word("then", words, "an end the language knows", AT_END[0])
    horizon = root.whole("horizon", 1, most, usual)
    deadline = ends.whole("deadline", 1, most, horizon)
    if deadline != horizon and "horizon" in root.node.entries:
        sentence = (
            f"is another word for horizon, and must be the same where both are given; found {deadline} and {horizon}"
        )
        root.reading.fault(ends.at("deadline"), sentence, ends.node.entries["deadline"].line)
    if "deadline" in ends.node.entries:
        root.reading.defaults.discard("horizon")
    return deadline, then
