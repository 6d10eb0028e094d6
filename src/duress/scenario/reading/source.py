"""YAML text to a tree of nodes that know their line.

Only the structure is taken from YAML. What a scalar means is decided later by the field that holds it, so that a level
called ``no``, ``on`` or ``2019-05-02`` stays the word it is, and ``.5`` is a number only where a number is wanted.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field

import yaml

from duress.errors import Fault, InputError

MAX_BYTES = 1_000_000
_TOO_LONG = f"the file is larger than {MAX_BYTES // 1_000_000} MB, which no scenario needs"
MAX_DEPTH = 12
"""Nesting a scenario may have; the language needs seven."""

MAX_ENTRIES = 20_000
"""Values a file may hold; the largest scenario the limits allow stays below."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STANDARD_TAG = "tag:yaml.org,2002:"
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_UNPRINTED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


class Line(int):
    """The number of a line, which says its file too if that is not the file asked for."""

    file: str

    def __new__(cls, number: int, file: str = "") -> Line:
        """Make the number of a line in ``file``, or in the file asked for if no name is given."""
        line = super().__new__(cls, number)
        line.file = file
        return line

    def __str__(self) -> str:
        return f"{int(self)} of {shown(self.file)}" if self.file else f"{int(self)}"

    def __getnewargs__(self) -> tuple[int, str]:  # type: ignore[override]
        return int(self), self.file


@dataclass(frozen=True)
class Scalar:
    """One word or number, as written; ``plain`` without quotes. ``broken`` stands for what a fault already covers."""

    text: str
    plain: bool
    line: Line
    broken: bool = False


@dataclass(frozen=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    line: Line


@dataclass(frozen=True)
class Mapping:
    """Named entries, in the order of the file."""

    entries: dict[str, Node]
    line: Line


Node = Scalar | Sequence | Mapping


def shown(text: str) -> str:
    """Quote ``text`` for a sentence: on one line, escaped where it must be, and cut if long."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


def joined(path: str, key: str) -> str:
    """Return the field path of ``key`` under ``path``; a key no sentence could hold is cut or escaped."""
    safe = _UNPRINTED.sub(lambda found: repr(found[0])[1:-1], key if len(key) <= 60 else key[:57] + "...")
    return f"{path}.{safe}" if path else safe


def decode(content: bytes, file: str = "") -> str:
    """Return the text of a file, or raise `InputError`, which names the file, if it is too long or not UTF-8."""
    if len(content) > MAX_BYTES:
        raise InputError(_TOO_LONG)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = Line(content[: error.start].count(b"\n") + 1, file)
        raise InputError(f"line {line}: the file is not UTF-8 text; save it as UTF-8") from None


def _refuse_what_is_no_text(text: str, file: str) -> None:
    if len(text) > MAX_BYTES:
        raise InputError(_TOO_LONG)
    lines = text.replace("\r\n", "\n")
    found = _CONTROL.search(lines)
    if found:
        line = Line(lines[: found.start()].count("\n") + 1, file)
        raise InputError(f"line {line}: the file holds the character {found[0]!r}, which is not text; save it as UTF-8")


def digest(node: Node) -> str:
    """Return the SHA-256 of the content as written; comments, quotes and layout do not count."""
    return hashlib.sha256(json.dumps(_bare(node), ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def _bare(node: Node) -> object:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [_bare(item) for item in node.items]
    return {key: _bare(value) for key, value in node.entries.items()}


def parse(text: str, file: str = "") -> tuple[Node, list[tuple[Line, Fault]]]:
    """Return the tree of a YAML document, and (line, fault) for faults that do not keep the rest from being read.

    Parameters
    ----------
    text : str
    file : str, optional
        Name that lines are to carry; none for the file asked for.

    Raises
    ------
    InputError
        If the text is not YAML, is empty or too long, or holds control characters, more than one document, too deep a
        nesting or too many values.
    """
    _refuse_what_is_no_text(text, file)
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {Line(mark.line + 1, file)}, column {mark.column + 1}: " if mark else ""
        raise InputError(f"{where}this is not YAML: {_in_our_words(error)}") from None
    except yaml.YAMLError:
        raise InputError("this is not YAML: it holds characters that are not text") from None
    if builder.root is None or (isinstance(builder.root, Scalar) and not builder.root.text.strip()):
        raise InputError(
            "the file is empty; a scenario needs at least parties and issues (`duress new` writes a start)"
        )
    return builder.root, builder.faults


@dataclass
class _Open:
    """A collection being read; in a mapping ``key`` names the value to come, ``lost`` if that is to be dropped."""

    path: str
    line: Line
    is_mapping: bool
    entries: dict[str, Node] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)
    key: str | None = None
    lost: bool = False

    @property
    def child(self) -> str:
        if not self.is_mapping:
            return f"{self.path}[{len(self.items)}]"
        return self.path if self.key is None else joined(self.path, self.key)

    def closed(self) -> Node:
        return Mapping(self.entries, self.line) if self.is_mapping else Sequence(tuple(self.items), self.line)


class _Builder:
    """Builds the tree event by event, without recursion, so that hostile nesting costs nothing."""

    def __init__(self, file: str) -> None:
        self.root: Node | None = None
        self.faults: list[tuple[Line, Fault]] = []
        self._file = file
        self._stack: list[_Open] = []
        self._documents = 0
        self._count = 0

    def take(self, event: yaml.Event) -> None:
        line = Line(event.start_mark.line + 1, self._file)
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise InputError(f"line {line}: a second document starts here (---); a file holds one scenario")
        elif isinstance(event, yaml.AliasEvent):
            self._fault(f"*{event.anchor} repeats another part, which is not allowed; write the part out", line)
            self._put(Scalar("", True, line, broken=True), line)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._refuse_marks(event.anchor, event.tag, line)
            if len(self._stack) >= MAX_DEPTH:
                raise InputError(f"line {line}: the nesting is deeper than {MAX_DEPTH} levels, which no scenario needs")
            self._stack.append(_Open(self._path, line, isinstance(event, yaml.MappingStartEvent)))
        elif isinstance(event, yaml.ScalarEvent):
            self._refuse_marks(event.anchor, event.tag, line)
            self._put(self._scalar(event, line), line)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            done = self._stack.pop()
            self._put(done.closed(), done.line)

    @property
    def _path(self) -> str:
        return self._stack[-1].child if self._stack else ""

    def _fault(self, sentence: str, line: Line) -> None:
        self.faults.append((line, Fault(self._path, f"{sentence} (line {line})")))

    def _refuse_marks(self, anchor: str | None, tag: str | None, line: Line) -> None:
        if anchor is not None:
            self._fault(f"&{anchor} names a part for repetition, which is not allowed; leave the name out", line)
        if tag is not None:
            self._fault(
                f"the tag {shown(tag.replace(_STANDARD_TAG, '!!'))} is not allowed; write the plain value", line
            )

    def _scalar(self, event: yaml.ScalarEvent, line: Line) -> Scalar:
        found = _CONTROL.search(event.value)
        if found:
            self._fault(f"the text holds the character {found[0]!r}, which is not allowed", line)
            return Scalar("", True, line, broken=True)
        return Scalar(event.value, plain=event.implicit[0] and not event.style, line=line)

    def _put(self, node: Node, line: Line) -> None:
        self._count += 1
        if self._count > MAX_ENTRIES:
            raise InputError(f"line {line}: the file holds more than {MAX_ENTRIES} values, which no scenario needs")
        if not self._stack:
            self.root = node
            return
        top = self._stack[-1]
        if not top.is_mapping:
            top.items.append(node)
        elif top.key is None:
            self._take_key(top, node, line)
        else:
            if not top.lost:
                top.entries[top.key] = node
            top.key, top.lost = None, False

    def _take_key(self, top: _Open, node: Node, line: Line) -> None:
        if not isinstance(node, Scalar):
            self._fault("the name of an entry must be a word, not a list or a mapping", line)
            top.key, top.lost = "?", True
            return
        top.key, top.lost = node.text, node.broken
        if node.text in top.entries:
            self._fault(f"is given twice, first on line {top.entries[node.text].line}; keep one", line)
            top.lost = True


_SAYINGS = (
    ("mapping values are not allowed", "a second ': ' on one line; put quotes around a text that holds a colon"),
    (
        "cannot start any token",
        "a character that no plain text may start with (a tab, @, ` or %); indent with spaces, and quote such a text",
    ),
    ("unexpected end of stream", "a quote is opened and never closed"),
    ("or ']'", "a list [ ... ] is not closed, or lacks a comma"),
    ("or '}'", "a mapping { ... } is not closed, or lacks a comma"),
    ("escape", "an unknown escape after \\ in a double-quoted text; use single quotes"),
    ("could not find expected ':'", "a line that is neither 'name: value' nor '- item'"),
    ("expected key", "the indentation does not fit the lines above, or a line lacks 'name:'"),
    ("expected '-' indicator", "the indentation does not fit the list above"),
    ("block end", "the indentation does not fit the lines above"),
    ("node content", "a bracket without its counterpart, or a value is missing"),
    ("document start", "text after the end of the scenario"),
    ("directive", "a line that starts with %; put quotes around such a text"),
)


def _in_our_words(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or ""
    return next((words for part, words in _SAYINGS if part in problem), "the text cannot be read from here on")
