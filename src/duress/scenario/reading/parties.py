"""The two parties: how they weigh time, what is private about them, what they can endure."""

from __future__ import annotations

import math
from dataclasses import replace

from duress.scenario.reading.fields import AMOUNT, SHARE, Part, Range, Reading, entries_of, is_nothing, listed
from duress.scenario.reading.source import Line, Mapping, Node
from duress.scenario.reading.world import read_government, read_signs
from duress.scenario.schema import AT_ZERO, PERIOD_MONTHS, PROPOSERS, AudienceCost, Party, PartyType, Stamina

PARTY_FIELDS = (
    "discount",
    "precision",
    "types",
    "stamina",
    "breach",
    "red_lines",
    "audience_cost",
    "signs",
    "government",
)
TYPE_FIELDS = ("prior", "bears", "breach")
AUDIENCE_FIELDS = ("talks_after_refusal", "concession_after_refusal", "raise_after_promise", "forgotten")
STAMINA_FIELDS = ("start", "steps", "recovers", "strained_below", "strain", "at_zero")
MAX_TYPES = 4

MONTHLY_DISCOUNT = 0.97
MONTHLY_RECOVERY = 0.03
BREACH_COST = 0.4
_PRIOR = Range(0, 1, open_low=True)
_PRIORS_OFF = 1e-6 + 1e-9
"""Priors written with few digits (.333333) may miss 1 by this much; they are then scaled to add up to 1."""


def read_party_names(root: Part) -> dict[str, Node]:
    """Return the entries of ``parties``; a fault unless they are two, with names the language does not use itself."""
    example = "such as {Coercer: {}, Target: {}}"
    node = root.need("parties", f"name exactly two parties, {example}")
    if node is None:
        return {}
    entries = entries_of(root.reading, node, "parties", None, "party")
    written = len(node.entries) if isinstance(node, Mapping) else 0
    if written != 2 and (is_nothing(node) or isinstance(node, Mapping)):
        found = f"{written}: {listed(tuple(entries)[:6])}" if entries else "none"
        root.reading.fault("parties", f"must name exactly two parties, {example}; found {found}", node.line)
    for name, entry in entries.items():
        if name in PROPOSERS:
            words = listed(PROPOSERS)
            root.reading.fault(f"parties.{name}", f"is a word of talks.proposer ({words}); choose another", entry.line)
    return entries


def read_party(reading: Reading, name: str, node: Node, period: str, horizon: int, drained: bool) -> Party:
    """Read one party; ``drained`` says whether a lever of the other drains its stamina."""
    months = PERIOD_MONTHS[period]
    part = Part(reading, node, f"parties.{name}", PARTY_FIELDS)
    inside = Range(0, 1, open_low=True, open_high=True)
    party = Party(
        name=name,
        discount=part.number("discount", inside, MONTHLY_DISCOUNT**months),
        precision=part.number("precision", Range(0, 10_000, open_low=True), 20.0),
        types=_read_types(part, drained),
        stamina=_read_stamina(part, months),
        audience_cost=_read_audience_cost(part),
    )
    return replace(party, signs=read_signs(part, party, drained), government=read_government(part, party, horizon))


def _read_audience_cost(part: Part) -> AudienceCost:
    given = part.part("audience_cost", AUDIENCE_FIELDS)
    return AudienceCost(
        talks_after_refusal=given.number("talks_after_refusal", AMOUNT, 0.0),
        concession_after_refusal=given.number("concession_after_refusal", AMOUNT, 0.0),
        raise_after_promise=given.number("raise_after_promise", AMOUNT, 0.0),
        forgotten=given.number("forgotten", SHARE, 0.0),
    )


def _read_stamina(part: Part, months: float) -> Stamina:
    given = part.part("stamina", STAMINA_FIELDS)
    return Stamina(
        start=given.number("start", SHARE, 1.0),
        steps=given.whole("steps", 1, 50, 10),
        recovers=given.number("recovers", SHARE, min(1.0, MONTHLY_RECOVERY * months)),
        strained_below=given.number("strained_below", SHARE, 0.3),
        strain=given.number("strain", AMOUNT, 0.0),
        at_zero=given.word("at_zero", AT_ZERO, "an end the language knows", AT_ZERO[0]),
    )


def _read_types(part: Part, drained: bool) -> dict[str, PartyType]:
    reading = part.reading
    cost = part.part("breach", ("cost",)).number("cost", AMOUNT, BREACH_COST)
    node = part.get("types")
    if node is None:
        return _usual_types(part, drained, cost)
    entries = entries_of(reading, node, part.at("types"), None, "type")
    if not 1 <= len(entries) <= MAX_TYPES:
        reading.fault(part.at("types"), f"must name 1 to {MAX_TYPES} types; found {len(entries)}", node.line)
        return {}
    parts = {name: Part(reading, entry, f"{part.at('types')}.{name}", TYPE_FIELDS) for name, entry in entries.items()}
    priors = _priors(reading, parts, part.at("types"), node.line)
    return {
        name: PartyType(
            name=name,
            prior=priors[name],
            bears=given.number("bears", Range(0, 100), 1.0),
            breach_cost=given.part("breach", ("cost",)).number("cost", AMOUNT, cost),
        )
        for name, given in parts.items()
    }


def _usual_types(part: Part, drained: bool, cost: float) -> dict[str, PartyType]:
    """Return the types of a party that gives none: private resolve if pressure can exhaust it, else private intent."""
    if not drained and "breach" in part.node.entries:
        part.reading.fault(
            part.at("breach"),
            "has no effect without types: the default types here, sincere and tactical, have breach costs of their own "
            "(0.8 and 0); name the types, or leave breach out",
            part.node.entries["breach"].line,
        )
    usual = (
        (PartyType("fragile", 0.5, 1.4, cost), PartyType("resolute", 0.5, 0.8, cost))
        if drained
        else (PartyType("sincere", 0.5, 1.0, 0.8), PartyType("tactical", 0.5, 1.0, 0.0))
    )
    for kind in usual:
        here = f"{part.at('types')}.{kind.name}"
        part.reading.defaults.update(f"{here}.{key}" for key in ("prior", "bears", "breach.cost"))
    return {kind.name: kind for kind in usual}


def _priors(reading: Reading, parts: dict[str, Part], path: str, line: Line) -> dict[str, float]:
    """Return the prior of each type: as given, or even if none gives one."""
    even = dict.fromkeys(parts, 1 / len(parts))
    nodes = {name: part.get("prior") for name, part in parts.items()}
    missing = [name for name, node in nodes.items() if node is None]
    found = {
        name: reading.number(node, parts[name].at("prior"), _PRIOR) for name, node in nodes.items() if node is not None
    }
    if not found:
        reading.varied |= {part.at("prior"): (even[name], _PRIOR) for name, part in parts.items()}
        return even
    if missing:
        reading.fault(path, f"give a prior to every type or to none; without one: {listed(missing)}", line)
        return even
    priors = {name: value for name, value in found.items() if value is not None}
    if len(priors) < len(parts):
        return even
    total = math.fsum(priors.values())
    if abs(total - 1) > _PRIORS_OFF:
        sum_of = " + ".join(f"{value:g}" for value in priors.values())
        reading.fault(path, f"the priors must add up to 1; found {sum_of} = {total:g}", line)
        return even
    return {name: value / total for name, value in priors.items()}
