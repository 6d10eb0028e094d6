"""The levers: who holds them, their levels, what each level does to the other party and costs the owner."""

from __future__ import annotations

from collections.abc import Sequence

from duress.scenario.reading.fields import AMOUNT, SHARE, Part, Range, Reading, entries_of, listed
from duress.scenario.reading.source import Mapping, Node, joined
from duress.scenario.schema import Lever

LEVER_FIELDS = ("by", "levels", "harm", "drain", "cost", "start", "step")
MAX_LEVERS = 12
MAX_LEVELS = 12


def read_levers(root: Part, parties: Sequence[str]) -> dict[str, Lever]:
    """Read the levers whose levels are known."""
    reading = root.reading
    entries = root.entries("levers", None, "lever")
    if len(entries) > MAX_LEVERS:
        reading.fault(
            "levers", f"must name at most {MAX_LEVERS} levers; found {len(entries)}", root.node.entries["levers"].line
        )
    read = (_read_lever(reading, name, node, parties) for name, node in entries.items())
    return {lever.name: lever for lever in read if lever is not None}


def _read_lever(reading: Reading, name: str, node: Node, parties: Sequence[str]) -> Lever | None:
    part = Part(reading, node, f"levers.{name}", LEVER_FIELDS)
    owner = _owner(part, parties)
    levels = None
    named = part.need("levels", "list two or more levels, lowest first, such as [none, partial, full]")
    if named is not None:
        levels = reading.names(named, part.at("levels"), "level", 2, MAX_LEVELS)
    harm = _per_level(part, "harm", AMOUNT, owner, parties, levels)
    drain = _per_level(part, "drain", SHARE, owner, parties, levels)
    cost = _per_level(part, "cost", AMOUNT, owner, parties, levels)
    start = _start(part, levels)
    step = part.whole("step", 1, len(levels) - 1 if levels else MAX_LEVELS - 1, 1)
    if levels is None:
        return None
    return Lever(name=name, by=owner or "", levels=levels, harm=harm, drain=drain, cost=cost, start=start, step=step)


def _owner(part: Part, parties: Sequence[str]) -> str | None:
    node = part.need("by", f"say which party holds the lever (parties: {listed(parties)})")
    return None if node is None else part.reading.word(node, part.at("by"), parties, "a party")


def _start(part: Part, levels: tuple[str, ...] | None) -> int:
    node = part.get("start")
    if node is None or levels is None:
        return 0
    word = part.reading.word(node, part.at("start"), levels, "a level of this lever")
    return 0 if word is None else levels.index(word)


def _per_level(
    part: Part, key: str, allowed: Range, owner: str | None, parties: Sequence[str], levels: tuple[str, ...] | None
) -> tuple[float, ...]:
    """Read a list with a number per level, for harm and drain also written ``{Other: list}``.

    Zeros by default, and after a fault, which ends the reading later.
    """
    node = part.get(key)
    zeros = (0.0,) * len(levels or ())
    if node is None:
        return zeros
    path = part.at(key)
    if isinstance(node, Mapping) and key != "cost":
        if not parties:  # a fault already covers why
            return zeros
        entries = entries_of(part.reading, node, path, parties, "party")
        if owner is not None and owner in entries:
            others = [party for party in parties if party != owner]
            part.reading.fault(
                joined(path, owner),
                f"{owner} holds this lever, so {key} falls on the other party ({listed(others)}); "
                "what a lever costs its owner goes under cost",
                entries[owner].line,
            )
            return zeros
        if not entries:
            return zeros
        party, node = next(iter(entries.items()))
        path = joined(path, party)
    return part.reading.numbers(node, path, allowed, levels, "level") or zeros


def level_per_lever(
    root: Part, path: str, nodes: dict[str, Node], levers: dict[str, Lever], default: dict[str, int]
) -> dict[str, int]:
    """Read ``{lever: level}`` as ranks, filled up from ``default``; the nodes name levers only."""
    ranks = dict(default)
    for name, lever in levers.items():
        here = joined(path, name)
        if name not in nodes:
            root.reading.defaults.add(here)
            continue
        word = root.reading.word(nodes[name], here, lever.levels, f"a level of {name}")
        if word is not None:
            ranks[name] = lever.levels.index(word)
    return ranks
