"""The text of Gambit's extensive-form files, ``.efg`` version 2: nodes in, nodes out, without what they mean.

References
----------
Savani, R. & Turocy, T. Gambit: the package for computation in game theory, "The extensive game (.efg) file format".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import NoReturn

import numpy as np

from ..errors import InputError

_TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|([{},])|([^\s{}",]+))', re.DOTALL)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?:/\d+)?\Z")


@dataclass
class FileNode:
    """A node as it stands in a file.

    ``kind`` is "c" (chance), "p" (a player) or "t" (an end); ``owner`` counts players from 0 and is -1 else;
    ``payoff`` is what the outcome at the node pays; ``line`` is where it stands.
    """

    kind: str
    line: int
    owner: int = -1
    number: int = 0
    label: str = ""
    actions: tuple[str, ...] = ()
    chances: tuple[float, ...] = ()
    payoff: tuple[float, ...] = ()
    children: list[FileNode] = field(default_factory=list)


@dataclass
class File:
    """A file as it stands: title, players' names, comment, first node."""

    title: str
    players: tuple[str, ...]
    comment: str
    root: FileNode


def parse(text: str) -> File:
    """Return what a file says.

    Raises
    ------
    InputError
        With the line, if the text is not in the format.
    """
    return _Parser(text).file()


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        self.starts: list[int] = []
        self.text = text
        position, end = 0, len(text.rstrip())
        while position < end:
            match = _TOKEN.match(text, position)
            if match is None:
                raise InputError(f"line {self._line(position)}: a quotation mark is not closed")
            token = match.group(1) or match.group(2) or match.group(3)
            if token != ",":
                self.tokens.append(token)
                self.starts.append(match.end() - len(token))
            position = match.end()
        self.at = 0
        self.sets: dict[tuple[int, int], tuple[str, tuple[str, ...], tuple[float, ...]]] = {}
        self.outcomes: dict[int, tuple[float, ...]] = {}

    def _line(self, position: int) -> int:
        return self.text.count("\n", 0, position) + 1

    def line(self) -> int:
        return self._line(self.starts[min(self.at, len(self.starts) - 1)]) if self.starts else 1

    def fail(self, wanted: str) -> NoReturn:
        found = f"found {self.tokens[self.at][:40]}" if self.at < len(self.tokens) else "the file ends"
        raise InputError(f"line {self.line()}: {wanted} is expected here; {found}")

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def string(self, wanted: str) -> str:
        if not self.peek().startswith('"'):
            self.fail(wanted)
        self.at += 1
        return re.sub(r"\\(.)", r"\1", self.tokens[self.at - 1][1:-1], flags=re.DOTALL)

    def whole(self, wanted: str) -> int:
        if not re.fullmatch(r"\d{1,9}", self.peek()):
            self.fail(wanted)
        self.at += 1
        return int(self.tokens[self.at - 1])

    def number(self, wanted: str) -> float:
        if not _NUMBER.match(self.peek()):
            self.fail(wanted)
        top, _, bottom = self.peek().partition("/")
        value = float(top) / float(bottom) if bottom and float(bottom) else float(top)
        if (bottom and not float(bottom)) or not np.isfinite(value):
            self.fail(wanted)
        self.at += 1
        return value

    def mark(self, mark: str) -> None:
        if self.peek() != mark:
            self.fail(mark)
        self.at += 1

    def file(self) -> File:
        if [t.upper() for t in self.tokens[:2]] != ["EFG", "2"] or self.tokens[2:3] not in (["R"], ["D"]):
            raise InputError('line 1: an .efg file begins with: EFG 2 R "title" { "player" "player" }')
        self.at = 3
        title = self.string("the title, in quotation marks,")
        self.mark("{")
        players = []
        while self.peek() != "}":
            players.append(self.string("a player's name, or }"))
        self.mark("}")
        comment = self.string("a comment") if self.peek().startswith('"') else ""
        root = self.node(len(players))
        waiting = [root]
        while waiting:
            parent = waiting[-1]
            if len(parent.children) == len(parent.actions):
                waiting.pop()
                continue
            child = self.node(len(players))
            parent.children.append(child)
            if child.actions:
                waiting.append(child)
        if self.at < len(self.tokens):
            self.fail("the end of the file")
        return File(title, tuple(players), comment, root)

    def node(self, players: int) -> FileNode:
        node = FileNode(self.peek(), self.line())
        if node.kind not in ("c", "p", "t"):
            self.fail("a node (c, p or t)")
        self.at += 1
        self.string("the node's name")
        if node.kind == "p":
            node.owner = self.whole("the player's number") - 1
            if not 0 <= node.owner < players:
                self.at -= 1
                self.fail(f"a player from 1 to {players}")
        if node.kind != "t":
            self.choices(node)
        node.payoff = self.outcome(players)
        return node

    def choices(self, node: FileNode) -> None:
        """Read an information set: in full, or by number where it stood in full before."""
        node.number = self.whole("the information set's number")
        known = self.sets.get((node.owner, node.number))
        label = self.string("the information set's name") if self.peek().startswith('"') else None
        if self.peek() != "{":
            if known is None:
                self.fail("the list of actions")
            node.label, node.actions, node.chances = known
            return
        self.mark("{")
        actions, chances = [], []
        while self.peek() != "}":
            actions.append(self.string("an action's name, or }"))
            if node.kind == "c":
                chances.append(self.number("the action's probability"))
        self.mark("}")
        if not actions:
            self.fail("at least one action")
        if known is not None and known[1] != tuple(actions):
            raise InputError(
                f"line {node.line}: information set {node.number} has other actions than where it stood before"
            )
        node.label, node.actions, node.chances = label or "", tuple(actions), tuple(chances)
        self.sets[node.owner, node.number] = node.label, node.actions, node.chances

    def outcome(self, players: int) -> tuple[float, ...]:
        number = self.whole("the outcome's number")
        if self.peek().startswith('"'):
            self.string("the outcome's name")
        if self.peek() == "{":
            self.mark("{")
            payoff = []
            while self.peek() != "}":
                payoff.append(self.number("a payoff, or }"))
            self.mark("}")
            if len(payoff) != players:
                self.at -= 1
                self.fail(f"a payoff for each of {players} players")
            self.outcomes[number] = tuple(payoff)
        elif number and number not in self.outcomes:
            self.fail(f"outcome {number}'s payoffs")
        return self.outcomes[number] if number else (0.0,) * players


def quoted(text: str) -> str:
    """Return ``text`` in quotation marks."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def plain(number: float) -> str:
    """Return a number in as many decimals as tell it from every other."""
    return np.format_float_positional(number + 0.0, trim="-")


_FAIR = 0.7431
"""Share of the largest chance from which one may carry the rounding of the others; no ratio of neat numbers."""


def adding_up(chances: list[float]) -> list[str]:
    """Return chances as decimals that add up to one exactly, as programs demand that count in fractions.

    All but one are written as `plain` does. The first that is large enough to bear it, so that it stays the same number
    or moves by its last digit, is written as what the others leave.
    """
    texts = [plain(p) for p in chances]
    bears = next(n for n, p in enumerate(chances) if p >= _FAIR * max(chances))
    with localcontext() as context:
        context.prec = 1100  # No sum of doubles has more digits.
        left = 1 - sum((Decimal(text) for n, text in enumerate(texts) if n != bears), Decimal(0))
        texts[bears] = f"{left.normalize():f}"
    return texts
