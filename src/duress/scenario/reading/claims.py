"""Claims a scenario lists: words alone, or words with parameters."""

from __future__ import annotations

from collections.abc import Sequence

from duress.scenario.claims import KINDS, MOST_PERIODS, NUMBER, PARTY, ClaimAsked
from duress.scenario.reading.fields import SHARE, Fields, List, Part, Range, Reading, Words, described, nearest
from duress.scenario.reading.source import Mapping, Node, Scalar, joined

MAX_CLAIMS = 100
_PERIODS = Range(1, MOST_PERIODS, whole=True)


def read_claims(root: Part, parties: Sequence[str]) -> tuple[ClaimAsked, ...]:
    """Read ``claims``: a list whose items are the words of a claim, or such words with their parameters."""
    node, reading = root.get("claims"), root.reading
    reading.saw("claims", List(0, MAX_CLAIMS))
    _show(reading, parties)
    if node is None:
        return ()
    items = reading.items(node, "claims", "claims")
    if items is None:
        return ()
    if len(items) > MAX_CLAIMS:
        reading.fault("claims", f"must list at most {MAX_CLAIMS} claims; found {len(items)}", node.line)
        return ()
    varied = dict(reading.varied)
    found = [_read_one(reading, item, f"claims[{n}]", parties) for n, item in enumerate(items)]
    reading.varied = varied  # what a claim is tested with is no number of the game
    return tuple(one for one in found if one is not None)


def _show(reading: Reading, parties: Sequence[str]) -> None:
    """Tell the published schema every kind of claim there is, whichever a file lists."""
    reading.saw("claims[0]", Words(tuple(KINDS)))
    reading.saw("claims[0]", Fields(tuple(KINDS)))
    for kind, parameters in KINDS.items():
        here = joined("claims[0]", kind)
        reading.saw(here, Fields(tuple(parameters)))
        for name, holds in parameters.items():
            reading.saw(joined(here, name), Words(tuple(parties)) if holds == PARTY else _allowed(holds))


def _allowed(holds: str) -> Range:
    return _PERIODS if holds == NUMBER else SHARE


def _read_one(reading: Reading, item: Node, here: str, parties: Sequence[str]) -> ClaimAsked | None:
    if isinstance(item, Scalar):
        kind = reading.word(item, here, tuple(KINDS), "a claim")
        return None if kind is None else ClaimAsked(kind, {})
    if not isinstance(item, Mapping) or len(item.entries) != 1:
        many = f"{len(item.entries)} of them" if isinstance(item, Mapping) else described(item)
        reading.fault(here, f"must be the words of one claim, with or without parameters; found {many}", item.line)
        return None
    ((kind, inside),) = item.entries.items()
    if kind not in KINDS:
        allowed = "`duress claims --list` prints them all"
        reading.fault(joined(here, kind), f"is not a claim{nearest(kind, KINDS)} ({allowed})", inside.line)
        return None
    parameters, read = KINDS[kind], {}
    part = Part(reading, inside, joined(here, kind), tuple(parameters))
    for name, holds in parameters.items():
        node = part.node.entries.get(name)
        if node is None:
            continue
        if holds == PARTY:
            value: str | float | None = reading.word(node, part.at(name), parties, "a party")
        else:
            value = reading.number(node, part.at(name), _allowed(holds))
        if value is not None:
            read[name] = value
    return ClaimAsked(kind, read)
