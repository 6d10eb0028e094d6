"""Scenarios that start from another and change some fields."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from duress.errors import Fault, InputError
from duress.scenario.reading.fields import described, is_nothing
from duress.scenario.reading.files import LIBRARY, bundled, text_of
from duress.scenario.reading.source import Line, Mapping, Node, Scalar, parse, shown

EXTENDS = "extends"


@dataclass(frozen=True)
class Written:
    """A scenario as written, the scenarios it starts from worked in.

    Parameters
    ----------
    tree : Node
        Without the field ``extends``.
    faults : list
        (line, fault), of every file.
    bases : tuple of str
        What it starts from, the nearest first.
    """

    tree: Node
    faults: list[tuple[Line, Fault]]
    bases: tuple[str, ...]


def written(text: str, path: str | None) -> Written:
    """Return what ``text`` says, with the scenarios it extends under it.

    Parameters
    ----------
    text : str
    path : str or None
        File the text came from; names of files in ``extends`` are relative to its folder. Without one only bundled
        scenarios can be extended.

    Raises
    ------
    InputError
        If a text is not YAML, or a scenario to start from is not there or starts from itself.
    """
    tree, faults = parse(text)
    trees, bases = [tree], []
    seen = [str(Path(path).resolve())] if path else []
    folder = Path(path).parent if path else None
    while (named := _named(tree)) is not None:
        wanted, line = named
        try:
            place = _place(wanted, folder)
            if str(place) in seen:
                circle = ", ".join(shown(name) for name in [*bases, wanted])
                raise InputError(f"the scenarios start from each other in a circle: {circle}")
            seen.append(str(place))
            tree, more = parse(text_of(place, wanted, wanted), wanted)
        except InputError as error:
            raise InputError(Fault(EXTENDS, f"{fault} (line {line})") for fault in error.faults) from None
        folder = None if place.parent == LIBRARY else place.parent
        faults += more
        trees.append(tree)
        bases.append(wanted)
    whole = trees[-1]
    for layer in reversed(trees[:-1]):
        whole = over(layer, whole)
    if isinstance(whole, Mapping):
        whole = Mapping({key: node for key, node in whole.entries.items() if key != EXTENDS}, whole.line)
    return Written(whole, faults, tuple(bases))


def _named(tree: Node) -> tuple[str, Line] | None:
    """Return what ``tree`` extends and on which line, or None."""
    if not isinstance(tree, Mapping) or EXTENDS not in tree.entries:
        return None
    node = tree.entries[EXTENDS]
    if not isinstance(node, Scalar) or is_nothing(node):
        sentence = f"must name a bundled scenario or a file; found {described(node)}"
        raise InputError(Fault(EXTENDS, f"{sentence} (line {node.line})"))
    return node.text, node.line


def _place(wanted: str, folder: Path | None) -> Path:
    if wanted in bundled():
        return LIBRARY / f"{wanted}.yaml"
    if folder is None:
        raise InputError(
            f"{shown(wanted)} is not a bundled scenario, and only a file can name another file to start from"
        )
    return (folder / wanted).resolve()


def over(change: Node, base: Node) -> Node:
    """Return ``base`` with what ``change`` says: entry by entry where both are mappings, else ``change`` as it is.

    An entry of ``base`` that ``change`` leaves empty is taken out.
    """
    if not (isinstance(change, Mapping) and isinstance(base, Mapping)):
        return change
    entries = dict(base.entries)
    for key, node in change.entries.items():
        if key in entries and is_nothing(node):
            del entries[key]
        else:
            entries[key] = over(node, entries[key]) if key in entries else node
    return Mapping(entries, change.line)
