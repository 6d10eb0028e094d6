"""The whole state of a match in a string that fits an address: scenario, changes, seats, seed, moves and branches.

``FORMAT.BODY``: the number of the format, and a JSON object, compressed, in the letters that are safe in an address.
Moves are numbers within their state; everything else follows from the seed. A scenario that does not come with the
package travels along as YAML.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from dataclasses import dataclass
from typing import Any

from .. import __version__
from ..errors import InputError
from ..scenario import bundled, load
from ..scenario.reading.whole import read
from ..solve.aqre import AQRE, Progress
from .match import Match, Node
from .setting import Setting, prepare
from .table import Seat, deal

FORMAT = 1
"""Number of the format; a link of another is refused with a sentence."""

MAX_LINK = 64_000
"""Characters of a link, which an address has to hold: servers refuse those of 65,536 and more."""

MAX_BODY = 2_000_000
"""Bytes of what it holds; a scenario may have one million."""

MAX_NODES = 5_000
"""Moves of all branches together."""

_SHAPE = re.compile(r"(\d{1,6})\.([A-Za-z0-9_-]+)")
_BROKEN = "the link is not whole: it cannot be read back; copy all of it"


@dataclass(frozen=True)
class Linked:
    """What a link holds, read and checked but not solved.

    Parameters
    ----------
    scenario, text : str
        Its name; and its YAML, empty for a bundled one.
    digest : str
        Begins the digest of the scenario before changes.
    changes : dict
    precision : float, optional
    beliefs, seed, secret : int
    seats : tuple of two Seat
    moves : tuple
        (parent node, move within its state) of every node after the first.
    at : int
    version : str
        Of duress that made it.
    """

    scenario: str
    text: str
    digest: str
    changes: dict[str, float]
    precision: float | None
    beliefs: int
    seed: int
    secret: int
    seats: tuple[Seat, Seat]
    moves: tuple[tuple[int, int], ...]
    at: int
    version: str

    @property
    def note(self) -> str:
        """A sentence if another version of duress made the link, whose numbers may differ; else empty."""
        if self.version == __version__:
            return ""
        return f"This link was made by duress {self.version}; this is {__version__}, and numbers may differ."

    def prepare(self, progress: Progress | None = None) -> Setting:
        """Solve what the link is about; the result may serve any link that differs in seats, seed and moves only.

        Raises
        ------
        InputError
            If the scenario is not there, or is another one than the link was made with.
        """
        if not self.text and self.scenario not in bundled():
            raise InputError(f"the link is of the scenario {self.scenario!r}, which does not come with this duress")
        scenario = read(self.text, self.scenario) if self.text else load(self.scenario)
        if not scenario.digest.startswith(self.digest):
            raise InputError(
                f"the link is of another version of the scenario {self.scenario!r} than comes with this duress "
                f"(link made by duress {self.version})"
            )
        return prepare(scenario, self.changes, self.precision, self.beliefs, progress)

    def match(self, setting: Setting) -> Match:
        """Return the match as it was, played again on ``setting``.

        Raises
        ------
        InputError
            If the seats or a move do not fit the scenario.
        """
        nodes = [Node(0, 0, deal(setting, self.seats, self.seed, self.secret))]
        for n, (parent, move) in enumerate(self.moves, 1):
            table = nodes[parent].table
            if not 0 <= move < len(table.moves):
                raise InputError(f"the link does not fit its scenario: move {n} cannot be made")
            nodes.append(Node(parent, move, table.play(move + 1)))
        return Match(tuple(nodes), self.at)


def link_of(match: Match, sealed: bool = False) -> str:
    """Return the link of ``match``: letters, digits, ``.``, ``-`` and ``_`` only.

    Parameters
    ----------
    match : Match
    sealed : bool
        Whether the link is for no player to see, so that it may hold the secret of a game that is not over.

    Raises
    ------
    InputError
        If two people play with a secret and are not done: the link would tell them what was dealt. Or if it is longer
        than links may be, or was not solved as `duress.play.setting.prepare` does.
    """
    table, setting = match.table, match.setting
    if match.sealed and not sealed:
        raise InputError("the link of a game between people would tell what was dealt; it can be had once it is over")
    method = setting.solution.method
    if method != AQRE(precision=method.precision, beliefs=method.beliefs):
        raise InputError("links hold games that `prepare` solved; this one was solved by another method or branch")
    content = {
        "by": __version__,
        "scenario": setting.scenario.name,
        "digest": setting.scenario.digest[:16],
        "changes": setting.changes,
        "precision": method.precision,
        "beliefs": method.beliefs,
        "seed": table.seed,
        "seats": [[seat.party, seat.player, seat.name] for seat in table.seats],
        "moves": [[node.parent, node.move] for node in match.nodes[1:]],
        "at": match.at,
    }
    content |= {} if setting.is_bundled else {"text": setting.text}
    content |= {"secret": table.secret} if table.secret else {}
    link = f"{FORMAT}.{pack(content)}"
    if len(link) > MAX_LINK:
        raise InputError(f"the link would have {len(link):,} characters; {MAX_LINK:,} are allowed. Try fewer branches")
    return link


def read_link(link: str) -> Linked:
    """Return what ``link`` holds, without solving anything.

    Raises
    ------
    InputError
        If it is of another version, too long, or not whole.
    """
    if len(link) > MAX_LINK:
        raise InputError(f"the link has {len(link):,} characters; {MAX_LINK:,} are allowed")
    found = _SHAPE.fullmatch(link.strip())
    if not found:
        raise InputError(_BROKEN)
    if int(found[1]) != FORMAT:
        raise InputError(
            f"the link is of version {int(found[1])} of links, and this duress ({__version__}) reads version {FORMAT}; "
            "open it with the duress that made it"
        )
    content = unpack(found[2])
    try:
        return _linked(content)
    except (KeyError, TypeError, ValueError, IndexError):
        raise InputError(_BROKEN) from None


def open_link(link: str, setting: Setting | None = None, progress: Progress | None = None) -> Match:
    """Return the match that ``link`` holds, solved on ``setting`` if given.

    Raises
    ------
    InputError
        As `read_link`, `Linked.prepare` and `Linked.match`.
    """
    linked = read_link(link)
    return linked.match(linked.prepare(progress) if setting is None else setting)


def pack(content: object) -> str:
    """Return what JSON can hold as few letters that are safe in an address; `unpack` gives it back."""
    body = zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 9)
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


def unpack(body: str) -> Any:
    """Return what `pack` packed.

    Raises
    ------
    InputError
        If it is not whole, or unpacks to more than is allowed.
    """
    try:
        packed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        unpack = zlib.decompressobj()
        text = unpack.decompress(packed, MAX_BODY)
        if not unpack.eof:
            raise InputError(_BROKEN)
        return json.loads(text)
    except (binascii.Error, zlib.error, UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise InputError(_BROKEN) from None


def _linked(content: Any) -> Linked:
    moves = tuple((_whole(parent), _whole(move)) for parent, move in content["moves"])
    if len(moves) > MAX_NODES:
        raise InputError(f"the link holds {len(moves):,} moves; {MAX_NODES:,} are allowed")
    if any(not 0 <= parent < n for n, (parent, _) in enumerate(moves, 1)) or not 0 <= content["at"] <= len(moves):
        raise ValueError
    first, second = (Seat(*(_text(part) for part in seat)) for seat in content["seats"])
    precision = content["precision"]
    return Linked(
        scenario=_text(content["scenario"]),
        text=_text(content.get("text", "")),
        digest=_text(content["digest"]),
        changes={_text(path): float(value) for path, value in content["changes"].items()},
        precision=None if precision is None else float(precision),
        beliefs=_whole(content["beliefs"]),
        seed=_whole(content["seed"]),
        secret=_whole(content.get("secret", 0)),
        seats=(first, second),
        moves=moves,
        at=_whole(content["at"]),
        version=_text(content["by"])[:40],
    )


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
