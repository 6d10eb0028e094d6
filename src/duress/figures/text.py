"""Names of any length made to fit a chart: folded into lines, never wider than the room there is."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

LINE = 16
"""Height of a line of text in a chart, in pixels."""


_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """Drop what must not reach a drawing, a page or a terminal: control characters and overrides of direction.

    The drawing library ends the whole process at a control character, and a terminal obeys it.
    """
    return _UNPRINTABLE.sub("", text)


def fold(text: str, width: int, lines: int = 6) -> str:
    """Break ``text`` into at most ``lines`` lines of ``width`` characters, joined by newlines; what is left is cut."""
    return "\n".join(textwrap.wrap(text, width, max_lines=lines, placeholder="…") or [""])


def folded(names: Iterable[str], width: int, lines: int = 6) -> dict[str, str]:
    """Return name -> folded name, no two alike even where the ends were cut."""
    result: dict[str, str] = {}
    for name in names:
        label, number = fold(name, width, lines), 1
        while label in result.values():
            number += 1
            label = f"{fold(name, width, lines)} ({number})"
        result[name] = label
    return result


def row_height(labels: Iterable[str], least: int = 40) -> int:
    """Return the height in pixels of a row that holds the tallest of the folded ``labels``."""
    return max([least, *(LINE * (label.count("\n") + 1) + 10 for label in labels)])


def cut(text: str, width: int) -> str:
    """Return ``text`` on one line of at most ``width`` characters."""
    return text if len(text) <= width else text[: max(1, width - 1)].rstrip() + "…"


def letter(index: int) -> str:
    """Return A, B, ... Z, AA for 0, 1, ...: the short name of an end of the confrontation."""
    head, tail = divmod(index, 26)
    return (letter(head - 1) if head else "") + chr(ord("A") + tail)
