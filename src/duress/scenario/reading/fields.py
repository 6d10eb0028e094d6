"""Typed reading of a tree of nodes: each field gives its value, or a fault that says what is there and what may be."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from duress.errors import Fault
from duress.scenario.reading.source import Line, Mapping, Node, Scalar, joined, shown
from duress.scenario.reading.source import Sequence as Items
from duress.scenario.schema import Provenance

NAME_LENGTH = 60
TEXT_LENGTH = 2000
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_NOT_FINITE = {".inf": math.inf, "inf": math.inf, ".nan": math.nan, "nan": math.nan}
_NOTHING = ("", "~", "null")
_SAYS_WHERE_FROM = ("source", "note")


@dataclass(frozen=True)
class Range:
    """Numbers a field allows, from ``low`` to ``high``; an ``open`` end is not itself allowed."""

    low: float
    high: float
    open_low: bool = False
    open_high: bool = False
    whole: bool = False

    def __contains__(self, value: float) -> bool:
        above = value > self.low if self.open_low else value >= self.low
        below = value < self.high if self.open_high else value <= self.high
        return above and below and (not self.whole or value == math.floor(value))

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.low:g}"
        kind = "a whole number" if self.whole else "a number"
        if not (self.open_low or self.open_high):
            return f"{kind} from {self.low:g} to {self.high:g}"
        low = "above" if self.open_low else "at least"
        high = "below" if self.open_high else "at most"
        return f"{kind} {low} {self.low:g} and {high} {self.high:g}"


@dataclass(frozen=True)
class Text:
    """A field that holds a text of at most ``length`` characters; ``name`` if it names something of the analyst's."""

    length: int
    name: bool = False


@dataclass(frozen=True)
class Words:
    """A field that holds one of the ``known`` words."""

    known: tuple[str, ...]


@dataclass(frozen=True)
class List:
    """A field that holds a list of ``least`` to ``most`` items (0: any number)."""

    least: int = 0
    most: int = 0


@dataclass(frozen=True)
class Fields:
    """A part with ``fields`` of the language."""

    fields: tuple[str, ...]


@dataclass(frozen=True)
class Named:
    """A mapping by names of things (``what`` they are) of the analyst's; ``found`` are those in the file read."""

    found: tuple[str, ...]
    what: str


SHARE = Range(0, 1)
FLAGS = ("true", "false")
AMOUNT = Range(0, 1000)
"""Stakes, or stakes per period. A thousand times everything in dispute is a slip of the pen."""


def listed(names: Iterable[str]) -> str:
    """Join names for a sentence, the first twenty of very many; "none" if there are none."""
    first, rest = (names := tuple(names))[:20], len(names) - 20
    return (", ".join(first) or "none") + (f" and {rest} more" if rest > 0 else "")


def one(what: str) -> str:
    """Put the article before a noun of the language."""
    return f"an {what}" if what[0] in "aeiou" else f"a {what}"


def several(what: str) -> str:
    """Return the plural of a noun of the language."""
    return f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean ...?`` if a known word is near, else nothing."""
    from difflib import get_close_matches  # only a fault needs it

    lowered = {name.lower(): name for name in known}
    found = get_close_matches(word.lower()[:100], lowered, n=1, cutoff=0.6)
    return f"; did you mean {lowered[found[0]]}?" if found else ""


def described(node: Node) -> str:
    """Say what was found where something else was wanted."""
    if isinstance(node, Scalar):
        if node.plain and (_NUMBER.fullmatch(node.text[:100]) or node.text.lower().lstrip("+-") in _NOT_FINITE):
            return node.text[:60]
        return "nothing" if is_nothing(node) else shown(node.text)
    return "a list" if isinstance(node, Items) else "a mapping"


def is_nothing(node: Node) -> bool:
    """Whether an entry was left empty, as in ``Iran:`` with nothing after it."""
    return isinstance(node, Scalar) and node.plain and node.text in _NOTHING


@dataclass
class Reading:
    """What reading a file brings together besides the values.

    Parameters
    ----------
    faults : list
        (line, fault).
    sources : dict
        Field path -> where it comes from.
    defaults : set
        Fields that a default filled.
    varied : dict
        Field path -> every number read, or filled in by a default, with what is allowed there.
    """

    faults: list[tuple[Line, Fault]] = field(default_factory=list)
    sources: dict[str, Provenance] = field(default_factory=dict)
    defaults: set[str] = field(default_factory=set)
    varied: dict[str, tuple[float, Range]] = field(default_factory=dict)

    def fault(self, path: str, sentence: str, line: Line) -> None:
        """Record a fault of the field at ``path``."""
        self.faults.append((line, Fault(path, f"{sentence} (line {line})")))

    def saw(self, path: str, shape: object) -> None:
        """Take note of what a field may hold: nothing to reading itself, all there is to the published schema."""

    def in_order(self) -> list[Fault]:
        """Return the faults in the order of the lines they are on."""
        return [fault for _, fault in sorted(self.faults, key=lambda pair: (pair[0].file, pair[0]))]

    def number(self, node: Node, path: str, allowed: Range) -> float | None:
        """Read a number, bare or written ``{value: .25, source: ..., note: ...}``; None after a fault."""
        self.saw(path, allowed)
        if isinstance(node, Mapping):
            inner = Part(self, node, path, ("value",)).node.entries.get("value")
            if not isinstance(inner, Scalar):
                self.fault(path, f"must be {allowed}, or {{value: (the number), source: ..., note: ...}}", node.line)
                return None
            return self.number(inner, path, allowed)
        if isinstance(node, Scalar) and node.broken:
            return None
        value = None
        if isinstance(node, Scalar) and node.plain:
            if _NUMBER.fullmatch(node.text):
                value = float(node.text)
            else:
                value = _NOT_FINITE.get(node.text.lower().lstrip("+-"))
        if value is None or value not in allowed:
            self.fault(path, f"must be {allowed}; found {described(node)}", node.line)
            return None
        value += 0.0  # turns -0.0 into 0.0
        self.varied[path] = value, allowed
        return value

    def name(self, word: str, path: str, line: Line, what: str) -> bool:
        """Check a name an analyst chose; False after a fault."""
        if 0 < len(word) <= NAME_LENGTH and word == word.strip() and "\n" not in word and "\t" not in word:
            return True
        self.fault(path, f"{what} must have 1 to {NAME_LENGTH} characters on one line; found {shown(word)}", line)
        return False

    def text(self, node: Node, path: str, length: int = TEXT_LENGTH) -> str | None:
        """Read a text for people; None after a fault."""
        self.saw(path, Text(length))
        if not isinstance(node, Scalar):
            self.fault(path, f"must be a text; found {described(node)}", node.line)
            return None
        if len(node.text) > length:
            self.fault(path, f"must be a text of at most {length} characters; found {len(node.text)}", node.line)
            return None
        return None if node.broken else " ".join(node.text.split())

    def word(self, node: Node, path: str, known: Sequence[str], what: str) -> str | None:
        """Read one of the ``known`` words; None after a fault."""
        self.saw(path, Words(tuple(known)))
        if isinstance(node, Scalar):
            if node.broken or not known:  # without any known word, a fault already says why
                return None
            if node.text in known:
                return node.text
            self.fault(
                path,
                f"{shown(node.text)} is not {what}{nearest(node.text, known)} (allowed: {listed(known)})",
                node.line,
            )
        else:
            self.fault(path, f"must be {what} (allowed: {listed(known)}); found {described(node)}", node.line)
        return None

    def items(self, node: Node, path: str, what: str) -> tuple[Node, ...] | None:
        """Return the items of a list; None after a fault."""
        self.saw(path, List())
        if isinstance(node, Items):
            return node.items
        if not (isinstance(node, Scalar) and node.broken):
            example = (
                f", such as [{node.text}]" if isinstance(node, Scalar) and 0 < len(node.text) <= NAME_LENGTH else ""
            )
            self.fault(path, f"must be a list of {what}{example}; found {described(node)}", node.line)
        return None

    def words(self, node: Node, path: str, known: Sequence[str], what: str) -> tuple[str, ...] | None:
        """Read a list of different known words; None after a fault."""
        items = self.items(node, path, several(what))
        if items is None or not known:
            return None
        if len(items) > len(known):
            sentence = f"must list at most {len(known)} {several(what)} ({listed(known)}); found {len(items)}"
            self.fault(path, sentence, node.line)
            return None
        found = [self.word(item, f"{path}[{rank}]", known, one(what)) for rank, item in enumerate(items)]
        return self._unlike(found, items, path)

    def names(self, node: Node, path: str, what: str, least: int, most: int) -> tuple[str, ...] | None:
        """Read a list of ``least`` to ``most`` different names that the analyst chose; None after a fault."""
        self.saw(path, List(least, most))
        self.saw(f"{path}[0]", Text(NAME_LENGTH, name=True))
        items = self.items(node, path, several(what))
        if items is None:
            return None
        if not least <= len(items) <= most:
            self.fault(path, f"must name {least} to {most} {several(what)}; found {len(items)}", node.line)
            return None
        found: list[str | None] = []
        for rank, item in enumerate(items):
            here = f"{path}[{rank}]"
            if isinstance(item, Scalar):
                fine = not item.broken and self.name(item.text, here, item.line, f"the name of {one(what)}")
                found.append(item.text if fine else None)
            else:
                self.fault(here, f"must be the name of {one(what)}; found {described(item)}", item.line)
                found.append(None)
        return self._unlike(found, items, path)

    def _unlike(self, found: list[str | None], items: Sequence[Node], path: str) -> tuple[str, ...] | None:
        sound = None not in found
        for rank, word in enumerate(found):
            if word is not None and word in found[:rank]:
                self.fault(f"{path}[{rank}]", f"{shown(word)} is listed twice; keep one", items[rank].line)
                sound = False
        return tuple(word for word in found if word is not None) if sound else None

    def numbers(
        self, node: Node, path: str, allowed: Range, names: Sequence[str] | None, what: str
    ) -> tuple[float, ...] | None:
        """Read a list with one number for each of ``names`` (any length if they are unknown); None after a fault."""
        items = self.items(node, path, f"numbers, one per {what}")
        if items is None:
            return None
        found = [self.number(item, f"{path}[{rank}]", allowed) for rank, item in enumerate(items)]
        if names is not None and len(items) != len(names):
            self.fault(
                path,
                f"must hold one number per {what}, {len(names)} in all ({listed(names)}); found {len(items)}",
                node.line,
            )
            return None
        return None if None in found else tuple(value for value in found if value is not None)


class Part:
    """A mapping with known fields, at a path; what it says of its own ``source`` and ``note`` is kept.

    Parameters
    ----------
    reading : Reading
        Where faults, provenance and defaults go.
    node : Node
        The mapping; an entry left empty counts as one without fields.
    path : str
        Field path.
    fields : sequence of str
        Allowed fields, besides ``source`` and ``note``.
    """

    def __init__(self, reading: Reading, node: Node, path: str, fields: Sequence[str]) -> None:
        self.reading = reading
        self.path = path
        self.line = node.line
        self.readable = isinstance(node, Mapping) or is_nothing(node)
        reading.saw(path, Fields(tuple(fields)))
        self.node = mapping_of(reading, node, path, listed(fields))
        self._note_provenance()
        for key, value in self.node.entries.items():
            if key not in fields and key not in _SAYS_WHERE_FROM:
                allowed = (*fields, *_SAYS_WHERE_FROM)
                reading.fault(
                    joined(path, key),
                    f"is not a field here{nearest(key, allowed)} (allowed: {listed(allowed)})",
                    value.line,
                )

    def _note_provenance(self) -> None:
        said: dict[str, str] = {}
        for key in _SAYS_WHERE_FROM:
            if key in self.node.entries:
                said[key] = self.reading.text(self.node.entries[key], self.at(key)) or ""
        if any(said.values()):
            self.reading.sources[self.path] = Provenance(**said)

    def at(self, key: str) -> str:
        """Return the path of a field."""
        return joined(self.path, key)

    def get(self, key: str) -> Node | None:
        """Return the node of a field, or None, noted as left to a default."""
        found = self.node.entries.get(key)
        if found is None:
            self.reading.defaults.add(self.at(key))
        return found

    def need(self, key: str, sentence: str) -> Node | None:
        """Return the node of a field that must be there; None after a fault."""
        found = self.node.entries.get(key)
        if found is None and self.readable:
            self.reading.fault(self.at(key), f"is missing; {sentence}", self.line)
        return found

    def number(self, key: str, allowed: Range, default: float) -> float:
        """Read a number, or take the default (also after a fault, which ends the reading later)."""
        node = self.get(key)
        value = None if node is None else self.reading.number(node, self.at(key), allowed)
        if value is None:
            self.reading.saw(self.at(key), allowed)
            self.reading.varied[self.at(key)] = default, allowed
            return default
        return value

    def whole(self, key: str, low: int, high: int, default: int) -> int:
        """Read a whole number from ``low`` to ``high``, or take the default."""
        return int(self.number(key, Range(low, high, whole=True), default))

    def flag(self, key: str, default: bool) -> bool:
        """Read true or false, or take the default."""
        return self.word(key, FLAGS, "a truth value", str(default).lower()) == "true"

    def word(self, key: str, known: Sequence[str], what: str, default: str) -> str:
        """Read one of the known words, or take the default."""
        node = self.get(key)
        self.reading.saw(self.at(key), Words(tuple(known)))
        found = None if node is None else self.reading.word(node, self.at(key), known, what)
        return default if found is None else found

    def text(self, key: str, default: str, length: int = TEXT_LENGTH) -> str:
        """Read a text for people, or take the default."""
        node = self.get(key)
        self.reading.saw(self.at(key), Text(length))
        found = None if node is None else self.reading.text(node, self.at(key), length)
        return default if found is None else found

    def part(self, key: str, fields: Sequence[str]) -> Part:
        """Return a field that has fields of its own; an empty one, all defaults, if it is absent."""
        node = self.get(key)
        return Part(self.reading, Mapping({}, self.line) if node is None else node, self.at(key), fields)

    def entries(self, key: str, known: Sequence[str] | None, what: str) -> dict[str, Node]:
        """Return the named entries of a field, each that is not ``known`` a fault; empty if the field is absent."""
        node = self.get(key)
        return {} if node is None else entries_of(self.reading, node, self.at(key), known, what)


def mapping_of(reading: Reading, node: Node, path: str, wanted: str) -> Mapping:
    """Return ``node`` as a mapping; an empty one if it was left empty, or after a fault."""
    if isinstance(node, Mapping):
        return node
    if not is_nothing(node) and not (isinstance(node, Scalar) and node.broken):
        reading.fault(path, f"must be a mapping (of {wanted}); found {described(node)}", node.line)
    return Mapping({}, node.line)


def entries_of(reading: Reading, node: Node, path: str, known: Sequence[str] | None, what: str) -> dict[str, Node]:
    """Return the entries of a mapping keyed by names: any (``known`` None), or the known ones, each other a fault."""
    kept: dict[str, Node] = {}
    entries = mapping_of(reading, node, path, several(what)).entries
    reading.saw(path, Named(tuple(entries), what))
    for key, value in entries.items():
        here = joined(path, key)
        if known is None:
            if reading.name(key, here, value.line, f"the name of {one(what)}"):
                kept[key] = value
        elif key in known:
            kept[key] = value
        else:
            reading.fault(here, f"is not {one(what)}{nearest(key, known)} (there are: {listed(known)})", value.line)
    return kept
