"""How a record of real moves is read: its file, its calendar, and what its rows mean."""

from __future__ import annotations

from collections.abc import Mapping as Map
from datetime import date

from duress.scenario.reading.fields import NAME_LENGTH, Part, Reading, Text, described, listed
from duress.scenario.reading.source import Node, Scalar, joined, shown
from duress.scenario.reading.source import Sequence as Items
from duress.scenario.record import Record, Rule, move_words
from duress.scenario.schema import Bystander, Lever, Party, Talks

FIELDS = ("history", "starts", "since", "rows")
RULE = ("party", "kind", "what", "by", "move", "level", "government", "aside")
MEANS = ("move", "level", "government", "aside")
MAX_RULES = 200
_DATE = Text(10)


def read_record(
    root: Part, parties: Map[str, Party], levers: Map[str, Lever], bystanders: Map[str, Bystander], talks: Talks
) -> Record | None:
    """Read ``replay``; None if the scenario does not say how a record is read, or after a fault."""
    reading = root.reading
    node = root.get("replay")
    if node is None:
        return None
    part = Part(reading, node, "replay", FIELDS)
    history = part.text("history", "", NAME_LENGTH * 4)
    starts = _date(part, "starts", None)
    since = _date(part, "since", starts)
    if starts is not None and since is not None and since < starts:
        reading.fault(part.at("since"), f"must be no earlier than starts, {starts}; found {since}", part.line)
    found = part.need("rows", "say what rows mean, such as - {party: A, kind: invite, move: invite}")
    items = None if found is None else reading.items(found, part.at("rows"), "rules")
    if items is None or starts is None or since is None:
        return None
    if not 1 <= len(items) <= MAX_RULES:
        reading.fault(part.at("rows"), f"must list 1 to {MAX_RULES} rules; found {len(items)}", part.line)
        return None
    reader = _Rules(reading, parties, levers, bystanders, talks)
    rules = [reader.read(item, f"{part.at('rows')}[{n}]") for n, item in enumerate(items)]
    sound = tuple(rule for rule in rules if rule is not None)
    return Record(history, starts, since, sound) if len(sound) == len(rules) else None


class _Rules:
    """Reads rules, one after the other."""

    def __init__(
        self,
        reading: Reading,
        parties: Map[str, Party],
        levers: Map[str, Lever],
        bystanders: Map[str, Bystander],
        talks: Talks,
    ) -> None:
        self.reading, self.parties, self.bystanders = reading, parties, bystanders
        self.moves = {
            name: move_words([lever.name for lever in levers.values() if lever.by == name], talks.words)
            for name in parties
        }

    def read(self, node: Node, here: str) -> Rule | None:
        """Read one rule; None after a fault."""
        faults = len(self.reading.faults)
        part = Part(self.reading, node, here, RULE)
        party, kind, what = (part.text(key, "", NAME_LENGTH * 4) for key in ("party", "kind", "what"))
        means = [key for key in MEANS if key in part.node.entries]
        if part.readable and len(means) != 1:
            found = listed(means)
            self.reading.fault(here, f"must say one of {listed(MEANS)}; found {found}", node.line)
            return None
        by = self._mover(part, party) if "move" in means else ""
        moves = self._moves(part, by) if by else ()
        level = self._level(part) if "level" in means else ()
        government = part.word("government", tuple(self.parties), "a party", "")
        if government and not self.parties[government].government:
            sentence = f"the government of {government} never changes: say how under parties.{government}.government"
            self.reading.fault(part.at("government"), sentence, part.line)
        aside = part.text("aside", "")
        if len(self.reading.faults) > faults:
            return None
        return Rule(party, kind, what, by, moves, level, government, aside)

    def _mover(self, part: Part, party: str) -> str:
        """Return who moves by a rule: as said under ``by``, else the party that rows must name."""
        if "by" in part.node.entries or party in self.parties:
            return part.word("by", tuple(self.parties), "a party", party)
        said = f"{shown(party)} is no party of the scenario" if party else "party is not said"
        self.reading.fault(part.at("by"), f"must say who moves, {listed(self.parties)}: {said}", part.line)
        return ""

    def _moves(self, part: Part, by: str) -> tuple[str, ...]:
        """Return the moves a rule allows: one, or a list."""
        node, here, known = part.node.entries["move"], part.at("move"), self.moves[by]
        if isinstance(node, Items):
            return self.reading.words(node, here, known, "move") or ()
        word = self.reading.word(node, here, known, f"a move of {by}")
        return () if word is None else (word,)

    def _level(self, part: Part) -> tuple[tuple[str, int], ...]:
        """Return the level at which a rule says a bystander is."""
        entries = part.entries("level", tuple(self.bystanders), "bystander")
        found = []
        for name, node in entries.items():
            levels = self.bystanders[name].levels
            word = self.reading.word(node, joined(part.at("level"), name), levels, f"a level of {name}")
            if word is not None:
                found.append((name, levels.index(word)))
        return tuple(found)


def _date(part: Part, key: str, default: date | None) -> date | None:
    """Read a day, or take the default; without one it must be there."""
    if default is None:
        node = part.need(key, "say the first day of the first period, such as 2019-04-01")
    else:
        node = part.get(key)
    part.reading.saw(part.at(key), _DATE)
    if node is None:
        return default
    if isinstance(node, Scalar) and not node.broken:
        try:
            return date.fromisoformat(node.text)
        except ValueError:
            pass
    part.reading.fault(part.at(key), f"must be a day as YYYY-MM-DD; found {described(node)}", node.line)
    return None
