"""Numbers an analyst is not sure of: ranges and distributions, named by field path; and changing such numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping as Map

from duress.errors import Fault, InputError
from duress.scenario.reading.fields import Named, Part, Range, Reading, listed, mapping_of, nearest
from duress.scenario.reading.source import Mapping, Node, Scalar, Sequence, joined
from duress.scenario.schema import Unsure

KINDS = {"between": "between", "normal": "normal", "one_of": "one of"}
MAX_UNSURE = 60
MAX_CHOICES = 24
_SPREAD = Range(0, 1000, open_low=True)
_ANY = Range(-1e6, 1e6)
_PRIOR = re.compile(r"(parties\..+\.types)\.(.+)\.prior")


def read_unsure(root: Part) -> tuple[Unsure, ...]:
    """Read ``unsure``, after everything else: its paths must be those of numbers that were read."""
    node = root.get("unsure")
    if node is None:
        return ()
    reading = root.reading
    entries = mapping_of(reading, node, "unsure", "field paths").entries
    reading.saw("unsure", Named(tuple(entries), "field path"))
    if len(entries) > MAX_UNSURE:
        reading.fault("unsure", f"must name at most {MAX_UNSURE} numbers; found {len(entries)}", node.line)
    known = dict(reading.varied)
    found = [_read_one(reading, path, entry, known) for path, entry in entries.items()]
    reading.varied = known  # what the ranges themselves hold is not for varying
    return tuple(one for one in found if one is not None)


def _read_one(reading: Reading, path: str, node: Node, known: dict[str, tuple[float, Range]]) -> Unsure | None:
    here = joined("unsure", path)
    part = Part(reading, node, here, tuple(KINDS))
    given = [key for key in KINDS if key in part.node.entries]
    if len(given) != 1:
        if part.readable:
            found = listed(given)
            reading.fault(here, f"must hold one of between, normal and one_of; found {found}", node.line)
        return None
    if path not in known:
        reading.fault(here, f"is not the path of a number of this scenario{_hint(path, known, reading)}", node.line)
        return None
    kind, (_, allowed) = given[0], known[path]
    ranges = {"between": [allowed, allowed], "normal": [allowed, _SPREAD]}.get(kind)
    items = reading.items(part.node.entries[kind], part.at(kind), "numbers")
    if items is None:
        return None
    if ranges is not None and len(items) != 2:
        wanted = "the least and the greatest value" if kind == "between" else "mean and standard deviation"
        reading.fault(part.at(kind), f"must hold two numbers, {wanted}; found {len(items)}", node.line)
        return None
    if ranges is None and not 1 <= len(items) <= MAX_CHOICES:
        reading.fault(part.at(kind), f"must hold 1 to {MAX_CHOICES} numbers; found {len(items)}", node.line)
        return None
    read = [
        reading.number(item, f"{part.at(kind)}[{n}]", ranges[n] if ranges else allowed) for n, item in enumerate(items)
    ]
    for n in range(len(items)):  # Which numbers are allowed depends on the field that is named.
        reading.saw(f"{part.at(kind)}[{n}]", _ANY)
    numbers = tuple(value for value in read if value is not None)
    if len(numbers) < len(items):
        return None
    if kind == "between" and numbers[0] >= numbers[1]:
        sentence = f"the first number must be below the second; found {numbers[0]:g} and {numbers[1]:g}"
        reading.fault(part.at(kind), sentence, node.line)
        return None
    # An end that is not itself allowed is left out by the least a number can be told from it.
    low = math.nextafter(allowed.low, math.inf) if allowed.open_low else allowed.low
    high = math.nextafter(allowed.high, -math.inf) if allowed.open_high else allowed.high
    return Unsure(path, KINDS[kind], numbers, low, high, allowed.whole)


def _hint(path: str, known: Map[str, object], reading: Reading) -> str:
    if path in reading.defaults or any(name.startswith(f"{path}[") or name.startswith(f"{path}.") for name in known):
        inside = next((name for name in known if name.startswith((f"{path}[", f"{path}."))), None)
        return f"; did you mean {inside}?" if inside else "; it is left to a default: write it out to vary it"
    return nearest(path, known)


def changed(tree: Mapping, numbers: Map[str, float], values: Map[str, float]) -> Mapping:
    """Return ``tree`` with other numbers at these paths.

    Raises
    ------
    InputError
        If a path is not one of ``numbers``, or a value is not a number.
    """
    faults = []
    for path, value in values.items():
        if path not in numbers:
            faults.append(Fault(path, f"is not the path of a number of this scenario{nearest(path, numbers)}"))
        elif value not in _ANY:
            faults.append(Fault(path, f"must be {_ANY}; found {value}"))
    if faults:
        raise InputError(faults)
    for path, value in {**_other_priors(numbers, values), **values}.items():
        new = _put(tree, "", path, repr(float(value)))
        assert isinstance(new, Mapping)
        tree = new
    return tree


def _other_priors(numbers: Map[str, float], values: Map[str, float]) -> dict[str, float]:
    """Return the priors of the types not in ``values`` of every party that has some there, scaled to add up to 1."""
    found: dict[str, float] = {}
    for types in {match[1] for match in map(_PRIOR.fullmatch, values) if match}:
        priors = {
            path: value
            for path, value in numbers.items()
            if (match := _PRIOR.fullmatch(path)) is not None and match[1] == types
        }
        rest = {path: value for path, value in priors.items() if path not in values}
        left = 1 - math.fsum(values[path] for path in priors if path in values)
        if rest and left > 0:
            found |= {path: value * left / math.fsum(rest.values()) for path, value in rest.items()}
    return found


def _put(node: Node, here: str, path: str, value: str) -> Node:
    """Return ``node``, which is at ``here``, with ``value`` at ``path`` inside it."""
    if here == path:
        number = Scalar(value, True, node.line)
        if isinstance(node, Mapping):  # {value: ..., source: ...}: where it came from is kept
            return Mapping({**node.entries, "value": number}, node.line)
        return number
    if isinstance(node, Sequence):
        items = tuple(
            _put(item, f"{here}[{rank}]", path, value) if _leads(f"{here}[{rank}]", path) else item
            for rank, item in enumerate(node.items)
        )
        return Sequence(items, node.line)
    entries = node.entries if isinstance(node, Mapping) else {}
    for key, entry in entries.items():
        if _leads(joined(here, key), path):
            return Mapping({**entries, key: _put(entry, joined(here, key), path, value)}, node.line)
    # A field that a default filled: from here on the path is made of fields of the language, which hold no dots.
    missing = path[len(here) + 1 :] if here else path
    key, _, rest = missing.partition(".")
    inner: Node = (
        _put(Mapping({}, node.line), joined(here, key), path, value) if rest else Scalar(value, True, node.line)
    )
    return Mapping({**entries, key: inner}, node.line)


def _leads(here: str, path: str) -> bool:
    return path == here or path.startswith((f"{here}.", f"{here}["))
