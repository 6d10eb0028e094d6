"""The levers: who holds them, their levels, what each level does to the other party and costs the owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from duress.scenario.reading.fields import AMOUNT, NAME_LENGTH, SHARE, Part, Range, Reading, entries_of, listed
from duress.scenario.reading.lever_parts import (
    read_hazard,
    read_norm,
    read_obligation,
    read_stock,
    read_wearing_off,
)
from duress.scenario.reading.source import Mapping, Node, joined, shown
from duress.scenario.schema import Lever

LEVER_FIELDS = (
    *("by", "levels", "harm", "drain", "cost", "start", "step", "back", "lag", "ramp", "scope", "start_up"),
    *("irreversible", "breaks", "obligation", "stock", "norm", "hazard", "wears_off"),
)
MAX_LAG = 24
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
    return settle_agreements(root, {lever.name: lever for lever in read if lever is not None})


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
    most = len(levels) - 1 if levels else MAX_LEVELS - 1
    step = part.whole("step", 1, most, 1)
    back = part.part("back", ("step",)).whole("step", 1, most, step)
    lag, ramp = part.whole("lag", 0, MAX_LAG, 0), part.whole("ramp", 1, most, 0)
    start_up = part.number("start_up", AMOUNT, 0.0)
    irreversible = part.flag("irreversible", False)
    breaks = part.text("breaks", "", NAME_LENGTH)
    wears_off = read_wearing_off(part)
    others = [party for party in parties if party != owner]
    obligation = read_obligation(part, others[0] if owner and others else None)
    if levels is None:
        return None
    norm, allowed = read_norm(part, levels)
    floor, ceiling, in_talks = _scope(part, levels, allowed)
    lever = Lever(
        name=name,
        by=owner or "",
        levels=levels,
        harm=harm,
        drain=drain,
        cost=cost,
        start=_start(part, levels, floor),
        step=step,
        back=back,
        floor=floor,
        ceiling=ceiling,
        in_talks=in_talks,
        lag=lag,
        ramp=ramp,
        start_up=start_up,
        irreversible=irreversible,
        breaks=breaks,
        obligation=obligation,
        stock=read_stock(part, levels),
        norm=norm,
        hazard=read_hazard(part, levels),
        wears_off=wears_off,
    )
    _check_together(part, lever)
    return lever


def _scope(part: Part, levels: tuple[str, ...], allowed: int) -> tuple[int, int, int]:
    """Read between which levels the lever may stand, and the highest it may keep while talks go on."""
    scope = part.part("scope", ("floor", "ceiling", "in_talks"))
    floor = levels.index(scope.word("floor", levels[: allowed + 1], "a level it may have", levels[0]))
    top = min(allowed, levels.index(scope.word("ceiling", levels[floor:], "a level from its floor up", levels[-1])))
    in_talks = scope.word("in_talks", levels[floor : top + 1], "a level within its scope", levels[top])
    return floor, top, levels.index(in_talks)


def _check_together(part: Part, lever: Lever) -> None:
    """Refuse fields that are each right but contradict each other."""
    if not lever.floor <= lever.start <= lever.ceiling:
        scope = listed(lever.levels[lever.floor : lever.ceiling + 1])
        part.reading.fault(
            part.at("start"), f"is {lever.levels[lever.start]}, outside what the owner may use ({scope})", part.line
        )
    if lever.irreversible and "back" in part.node.entries:
        part.reading.fault(part.at("back"), "has no effect on a lever that is irreversible; leave one out", part.line)
    if lever.irreversible and lever.in_talks < lever.ceiling:
        part.reading.fault(
            part.at("scope.in_talks"), "would lower a lever that is irreversible; leave one out", part.line
        )


def settle_agreements(root: Part, levers: dict[str, Lever]) -> dict[str, Lever]:
    """Return the levers with what they say of agreements already in force put together, or faults.

    A party is in breach at the start if the file says so, or if a lever of its own that breaks the agreement stands
    above its floor.
    """
    reading = root.reading
    named = tuple(dict.fromkeys(lever.obligation.of for lever in levers.values() if lever.obligation))
    settled = {}
    for name, lever in levers.items():
        path = f"levers.{name}"
        if lever.breaks and lever.breaks not in named:
            known = f"obligations are under: {listed(named)}" if named else "no lever is an obligation under any"
            sentence = f"{shown(lever.breaks)} is not an agreement that some lever is an obligation under ({known})"
            reading.fault(f"{path}.breaks", sentence, root.line)
        if lever.obligation is not None and f"{path}.obligation.breached" in reading.defaults:
            breaking = any(
                other.breaks == lever.obligation.of
                and other.by == lever.obligation.only_after
                and other.start > other.floor
                for other in levers.values()
            )
            lever = replace(lever, obligation=replace(lever.obligation, breached=breaking))
        settled[name] = lever
    return settled


def _owner(part: Part, parties: Sequence[str]) -> str | None:
    node = part.need("by", f"say which party holds the lever (parties: {listed(parties)})")
    return None if node is None else part.reading.word(node, part.at("by"), parties, "a party")


def _start(part: Part, levels: tuple[str, ...], floor: int) -> int:
    return levels.index(part.word("start", levels, "a level of this lever", levels[floor]))


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
        allowed = lever.levels[lever.floor : lever.ceiling + 1]
        word = root.reading.word(nodes[name], here, allowed, f"a level of {name}")
        if word is not None:
            ranks[name] = lever.levels.index(word)
    return ranks
