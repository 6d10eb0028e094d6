"""A case as an address names it: one the server has, or a text that travels along; with numbers changed or as written.

Nothing of it is a path. A name is looked up among the cases the server was started with, and a text is read as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from ..assess.vary import in_words
from ..errors import Fault, InputError
from ..play.link import pack, unpack
from ..play.setting import Setting
from ..scenario import read
from ..scenario.schema import Scenario

TEXT, CHANGE = "scenario", "with"
"""What a text and a changed number are called in an address."""

MOST_LETTERS = 60_000
"""Of a packed text; what else is asked goes beside it into an address of 65,000."""

Find = Callable[[str], Scenario]
"""Gives the server's case of a name, or says there is none."""


@dataclass(frozen=True)
class Handed:
    """What an address hands in beside the name of a case.

    Parameters
    ----------
    text : str
        YAML that stands in place of the server's case; empty for that case itself.
    changes : dict
        Field path -> number put in its place.
    """

    text: str = ""
    changes: dict[str, float] = field(default_factory=dict)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The questions of an address that `read_handed` reads back.

        Raises
        ------
        InputError
            If the text is too long for an address.
        """
        packed = pack(self.text) if self.text else ""
        if len(packed) > MOST_LETTERS:
            raise InputError(
                f"the scenario has {len(packed):,} letters when packed; an address may hold {MOST_LETTERS:,}. "
                "Put it into the folder of --files, or assess it with duress assess"
            )
        found = [(TEXT, packed)] if packed else []
        return found + [(CHANGE, f"{path}={value!r}") for path, value in self.changes.items()]

    def address(self, page: str, name: str) -> str:
        """Return where on the server ``page`` ("case", "assess") of the case called ``name`` is."""
        pairs = self.pairs
        return f"/{page}/{quote(name, safe='')}" + (f"?{urlencode(pairs)}" if pairs else "")

    def scenario(self, name: str, find: Find) -> Scenario:
        """Return the scenario before changes.

        Raises
        ------
        InputError
            If there is none of that name, the text has faults, or the changes do not fit it.
        """
        found = read(self.text, name) if self.text else find(name)
        found.with_values(self.changes)
        return found


def read_handed(items: Iterable[tuple[str, str]]) -> Handed:
    """Read what an address hands in.

    Raises
    ------
    InputError
        With every part that cannot be read.
    """
    text, changes, faults = "", {}, []
    for name, value in items:
        if name == TEXT:
            text = unpack(value)
        elif name == CHANGE:
            path, _, number = value.partition("=")
            try:
                changes[path] = float(number)
            except ValueError:
                faults.append(Fault(CHANGE, f"is {value!r}; a number is needed"))
    if not isinstance(text, str):
        faults.append(Fault(TEXT, "is not whole; copy all of the address"))
    if faults:
        raise InputError(faults)
    return Handed(text, changes)


def handed_by(setting: Setting) -> Handed:
    """Return what brings the scenario of a game to another page: its text, unless every server has it."""
    return Handed("" if setting.is_bundled else setting.text, setting.changes)


def in_words_of(scenario: Scenario, changes: Mapping[str, float]) -> str:
    """Return changed numbers in words, each beside the number as written."""
    written = scenario.numbers
    return "; ".join(
        f"{in_words(scenario, path)} {value:g} (written {written[path]:g})" for path, value in changes.items()
    )
