"""The language as a JSON Schema (draft 2020-12), so that editors complete and check a scenario while it is written.

Nothing is listed here a second time: the reader is watched while it reads ``reading/every-field.yaml``, a file with
every field in every form, and what it was ready to take is written down. What a field means is what the docstrings of
the records in ``schema`` say of it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from duress.scenario import record, schema
from duress.scenario.claims import meaning_of
from duress.scenario.reading.fields import FLAGS, TEXT_LENGTH, Fields, List, Named, Range, Reading, Text, Words
from duress.scenario.reading.source import joined
from duress.scenario.reading.variants import EXTENDS, written
from duress.scenario.reading.whole import read_written

SPECIMEN = Path(__file__).parent / "reading" / "every-field.yaml"
MARK = "°"
"""Ends every name in the specimen that is the analyst's and not the language's."""

_RECORDS = {
    "": schema.Scenario,
    "parties.*": schema.Party,
    "parties.*.types.*": schema.PartyType,
    "parties.*.stamina": schema.Stamina,
    "parties.*.audience_cost": schema.AudienceCost,
    "agreement.breach": schema.Agreement,
    "issues.*": schema.Issue,
    "levers.*": schema.Lever,
    "levers.*.obligation": schema.Obligation,
    "levers.*.stock": schema.Stock,
    "levers.*.norm": schema.Norm,
    "levers.*.wears_off": schema.Adaptation,
    "bystanders.*": schema.Bystander,
    "parties.*.government": schema.Government,
    "parties.*.signs.*": schema.Sign,
    "talks": schema.Talks,
    "agreement": schema.Agreement,
    "replay": record.Record,
    "replay.rows[]": record.Rule,
}
"""Part of a scenario -> the record whose docstring says what its fields mean."""

_SAID_HERE = {
    "extends": "A bundled scenario, or a file next to this one, to start from: what is said here changes it, and an "
    "entry left empty is taken out.",
    "parties": "Name -> what is known of the party; exactly two.",
    "parties.*.types": "Type -> what sets it apart: what a party may privately be, 1 to 4 of them.",
    "parties.*.breach": "What going back on terms costs every type that says nothing else.",
    "parties.*.breach.cost": "Stakes, once, >= 0.",
    "parties.*.types.*.breach": "What going back on terms costs this type.",
    "parties.*.types.*.breach.cost": "Stakes, once, >= 0.",
    "parties.*.red_lines": "Issue -> the positions the party will not sign, whatever the pressure; or position -> what "
    "it costs, in stakes and once, to sign it.",
    "issues.*.red_line": "Party -> the positions it will not sign, whatever the pressure; or position -> what it "
    "costs, in stakes and once, to sign it.",
    "parties.*.stamina": "What the party has left to endure with, 1 fresh and 0 collapsed.",
    "parties.*.signs": "Sign -> its chance per period by type: what the public may see of the party.",
    "parties.*.signs.*": "Type -> chance per period, above 0 and below 1; or chance and strained.",
    "parties.*.government": "How the government of the party may change, and its type be drawn anew.",
    "parties.*.government.changes": "When the government changes.",
    "parties.*.government.changes.chance": "Chance, in [0, 1], per period or on the date.",
    "parties.*.government.changes.period": "The date: after this period, and at no other time.",
    "parties.*.government.draws": "Type -> probability that the next government is of that type; by default the "
    "priors.",
    "levers.*.back": "How the lever is eased.",
    "levers.*.back.step": "Levels it can be eased at once; by default as for raising.",
    "levers.*.scope": "The levels between which its owner may move it.",
    "levers.*.scope.floor": "Lowest level; by default the lowest there is.",
    "levers.*.scope.ceiling": "Highest level; by default the highest there is.",
    "levers.*.scope.in_talks": "Level to which it is brought down, if higher, when talks begin.",
    "levers.*.obligation.only_after": "Breach by the other party: before it the lever cannot be raised.",
    "levers.*.norm.above": "The highest level within the limit; by default the lowest.",
    "levers.*.norm.ruled_out": "Whether the owner never goes above the limit, whatever it costs.",
    "levers.*.hazard": "What the lever may set off.",
    "levers.*.hazard.open conflict": "Per level, chance of open conflict per period.",
    "bystanders": "Name -> a third party that reacts by a stated rule and chance.",
    "bystanders.*.start": "Level at the first period; by default the first.",
    "bystanders.*.moves": "How it moves between its levels.",
    "bystanders.*.moves.up": "Chance per period of one level up.",
    "bystanders.*.moves.down": "Chance per period of one level down.",
    "bystanders.*.moves.with": "Lever -> what each level of it in force adds to the chance of moving up, or, if "
    "negative, down: a number per level, or one for each level up.",
    "conflict": "Party -> stakes per period for ever once open conflict breaks out; or by type.",
    "ends": "The last period, and what holds afterwards.",
    "ends.deadline": "The last period: another word for horizon.",
    "ends.then": "What holds for ever after the last period if no terms do.",
    "levers.*.start": "Level at the first period; by default the lowest.",
    "talks": "How an invitation is made and answered.",
    "agreement": "What terms do to the levers.",
    "agreement.relief": "Lever -> its level while terms hold, by default the lowest; or a list of levels, from higher "
    "to lower, that it goes through while terms are complied with.",
    "agreement.breach": "What happens when a party goes back on the terms.",
    "agreement.breach.snapback": "Lever -> the level it jumps to when its owner goes back on the terms; by default the "
    "highest.",
    "talks.ask_first": "Party -> lever of the other -> the level it asks for before it talks.",
    "claims[]": "A claim in its words; or its words -> its parameters.",
    "claims": "Propositions to test, each in the words of a claim, with or without parameters.",
    "replay": "How a dated record of real moves is read as moves of this scenario, by `duress replay`.",
    "replay.rows": "Rules for rows of the record; the first that fits decides.",
    "replay.rows[].move": "The move it is, or a list of moves it may be.",
    "replay.rows[].level": "Bystander -> the level it is at from then on.",
    "replay.rows[].by": "The party that moves; by default the one that the row names.",
    "unsure": "Field path -> the values it may have, for sweeps.",
    "unsure.*.between": "The least and the greatest value, all between equally likely.",
    "unsure.*.normal": "Mean and standard deviation; what the field does not allow is cut off.",
    "unsure.*.one_of": "Values, equally likely.",
}
"""What fields mean that no record holds under the same name, or holds in another form."""

_FROM = {
    "source": {"type": "string", "maxLength": TEXT_LENGTH, "description": "Where it comes from."},
    "note": {"type": "string", "maxLength": TEXT_LENGTH, "description": "A remark, for example judgement."},
}
_NAME = {"type": ["string", "number", "boolean"]}
"""A name; an editor may take one such as 2015 or no for a number or a truth value, which the reader does not."""


class Watched(Reading):
    """A reading that writes down what every field may hold, under a path with ``*`` for the analyst's names."""

    def __init__(self) -> None:
        super().__init__()
        self.shapes: dict[str, list[object]] = {}
        self._general: dict[str, str] = {}

    def saw(self, path: str, shape: object) -> None:
        """Write it down."""
        shapes = self.shapes.setdefault(self.general(path), [])
        if shape not in shapes:
            shapes.append(shape)
        if isinstance(shape, Named):
            for name in shape.found:
                self._general[joined(path, name)] = joined(self.general(path), "*")

    def general(self, path: str) -> str:
        """Return ``path`` with ``*`` for names and ``[]`` for places in a list."""
        begins = [here for here in self._general if path == here or path.startswith((f"{here}.", f"{here}["))]
        longest = max(begins, key=len, default="")
        return re.sub(r"\[\d+\]", "[]", self._general.get(longest, "") + path[len(longest) :])


@dataclass
class _Field:
    """What the reader takes at one place, and in the places inside it."""

    shapes: list[object] = field(default_factory=list)
    inside: dict[str, _Field] = field(default_factory=dict)


def watched() -> dict[str, list[object]]:
    """Return what every field of the language may hold, by general path."""
    reading = Watched()
    read_written(written(SPECIMEN.read_text(encoding="utf-8"), None), "every-field", None, reading)
    return reading.shapes


def json_schema() -> dict[str, Any]:
    """Return the schema of a scenario file.

    What depends on other fields (a number for each level, a level of the same lever) is left to ``duress check``, and
    so is what must be there: a scenario that extends another may leave anything out.
    """
    root = _Field()
    for path, shapes in watched().items():
        place = root
        for step in re.findall(r"\[\]|[^.\[\]]+", path):
            place = place.inside.setdefault(step, _Field())
        place.shapes += shapes
    whole = _described("", root)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A duress scenario",
        **whole,
        "anyOf": [{"required": ["parties", "issues"]}, {"required": [EXTENDS]}],
    }


def _described(path: str, place: _Field) -> dict[str, Any]:
    ranges = [shape for shape in place.shapes if isinstance(shape, Range)]
    shapes = [shape for shape in place.shapes if not isinstance(shape, Range)]
    if ranges:  # a number with its source is told with the number
        shapes = [shape for shape in shapes if shape != Fields(("value",))]
    if any(isinstance(shape, List) and shape.most for shape in shapes):  # how many is told by those who know
        shapes = [shape for shape in shapes if shape != List()]
    forms: list[dict[str, Any]] = []
    for shape in [*shapes, *([_widest(ranges)] if ranges else [])]:
        form = _form(path, shape, place)
        forms += [one for one in form.get("anyOf", [form]) if one not in forms]
    said = meaning(path)
    out = {"description": said} if said else {}
    return {**out, **(forms[0] if len(forms) == 1 else {"anyOf": forms})}


def _form(path: str, shape: object, place: _Field) -> dict[str, Any]:
    if isinstance(shape, Range):
        number = _number(shape)
        sourced = {"value": number, **_FROM}
        return {
            "anyOf": [
                number,
                {"type": "object", "properties": sourced, "required": ["value"], "additionalProperties": False},
            ]
        }
    if isinstance(shape, Text):
        return _NAME if shape.name else {"type": ["string", "number", "boolean"], "maxLength": shape.length}
    if isinstance(shape, Words):
        if shape.known == FLAGS:
            return {"enum": [True, False, *FLAGS]}
        own = [word for word in shape.known if not word.endswith(MARK)]
        if len(own) == len(shape.known):
            return {"enum": own}
        return {"anyOf": [{"enum": own}, _NAME]} if own else _NAME
    if isinstance(shape, List):
        sizes = {"minItems": shape.least, "maxItems": shape.most} if shape.most else {}
        items = place.inside.get("[]")
        return {"type": "array", **({"items": _described(f"{path}[]", items)} if items else {}), **sizes}
    if isinstance(shape, Named):
        return {"type": ["object", "null"], "additionalProperties": _described(joined(path, "*"), place.inside["*"])}
    assert isinstance(shape, Fields)
    inside = {
        name: _described(joined(path, name), place.inside[name]) if name in place.inside else {}
        for name in shape.fields
    }
    return {"type": ["object", "null"], "properties": {**inside, **_FROM}, "additionalProperties": False}


def _widest(ranges: list[Range]) -> Range:
    """Return the range that holds all: what a field allows may depend on others, as a step does on the levels."""
    low = min(ranges, key=lambda one: (one.low, one.open_low))
    high = max(ranges, key=lambda one: (one.high, not one.open_high))
    return Range(low.low, high.high, low.open_low, high.open_high, all(one.whole for one in ranges))


def _number(allowed: Range) -> dict[str, Any]:
    out: dict[str, Any] = {"type": "integer" if allowed.whole else "number"}
    if math.isfinite(allowed.low):
        out["exclusiveMinimum" if allowed.open_low else "minimum"] = allowed.low
    if math.isfinite(allowed.high):
        out["exclusiveMaximum" if allowed.open_high else "maximum"] = allowed.high
    return out


def meaning(path: str) -> str:
    """Return what the field at a general path means, in the words of its record; nothing if it is not said."""
    if path in _SAID_HERE:
        return _SAID_HERE[path]
    if path.startswith("claims[]."):
        return meaning_of(*path.removeprefix("claims[].").split("."))
    part, _, name = path.rpartition(".")
    return _of_record(_RECORDS[part]).get(name, "") if part in _RECORDS else ""


def _of_record(record: type) -> dict[str, str]:
    """Return what a docstring says of each parameter."""
    found: dict[str, str] = {}
    names: list[str] = []
    for line in (record.__doc__ or "").splitlines():
        head = re.fullmatch(r"    ([\w, ]+) : .+", line)
        if head:
            names = head[1].split(", ")
        elif names and line.startswith("        "):
            for name in names:
                found[name] = f"{found.get(name, '')} {line.strip()}".strip().replace("``", "")
    return found
