"""Talks and agreements: who may invite, the replies, the table, and what terms and their breach do to the levers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from duress.scenario.reading.fields import SHARE, Part, Range, entries_of, listed
from duress.scenario.reading.levers import level_per_lever
from duress.scenario.reading.source import Node, joined
from duress.scenario.reading.source import Sequence as Items
from duress.scenario.schema import ABOUT, ASK, PROPOSERS, REPLIES, STALLING, Agreement, Issue, Lever, Talks

TALK_FIELDS = ("invite", "replies", "stalling", "proposer", "about", "words", "ask_first")
AGREEMENT_FIELDS = ("relief", "step_takes", "breach")
BREACH_FIELDS = ("snapback", "ratchet", "given_back")
WORDS = ("conciliatory", "firm")
MAX_WORDS = 6
_PERIODS = Range(1, 600)


def read_talks(root: Part, parties: Sequence[str], levers: dict[str, Lever]) -> Talks:
    """Read how talks begin and who offers what when."""
    part = root.part("talks", TALK_FIELDS)
    reading = part.reading
    invite = tuple(parties)
    node = part.get("invite")
    if node is not None:
        invite = reading.words(node, part.at("invite"), parties, "party") or ()
    asked = _read_asked(part, parties, levers)
    about = part.word("about", ABOUT, "what a table is for", ABOUT[0])
    words: tuple[str, ...] | None = WORDS
    node = part.get("words")
    if node is not None:
        words = reading.names(node, part.at("words"), "word", 1, MAX_WORDS)
        if about == ABOUT[0]:
            reading.fault(part.at("words"), "has no effect at a table for terms; say about: words", node.line)
    return Talks(
        invite=tuple(name for name in parties if name in invite),
        replies=_read_replies(part, any(asked.values())),
        stalling=part.word("stalling", STALLING, "a rule for stalling", STALLING[0]),
        proposer=part.word("proposer", (*PROPOSERS, *parties), "a rule for who proposes, or a party", PROPOSERS[0]),
        about=about,
        words=words or WORDS,
        ask_first=asked,
    )


def _read_replies(part: Part, asks: bool) -> tuple[str, ...]:
    """Read the replies there are; by default all, to ask first only if the scenario says for what."""
    reading = part.reading
    node = part.get("replies")
    usual = tuple(reply for reply in REPLIES if asks or reply != ASK)
    if node is None:
        return usual
    replies = reading.words(node, part.at("replies"), REPLIES, "reply")
    if replies is None:
        return usual
    if "refuse" not in replies or not {"accept and keep", "accept and drop"} & set(replies):
        reading.fault(
            part.at("replies"), "must hold refuse, and accept and keep or accept and drop (or both)", node.line
        )
    if (ASK in replies) != asks:
        sentence = (
            f"holds {ASK}, and talks.ask_first does not say for what"
            if ASK in replies
            else f"must hold {ASK}, as talks.ask_first says for what"
        )
        reading.fault(part.at("replies"), sentence, node.line)
    return tuple(reply for reply in REPLIES if reply in replies)


def _read_asked(part: Part, parties: Sequence[str], levers: dict[str, Lever]) -> dict[str, dict[str, int]]:
    """Read party -> lever of the other -> level it asks for."""
    reading = part.reading
    given = part.entries("ask_first", tuple(parties) or None, "party")
    asked: dict[str, dict[str, int]] = {party: {} for party in parties}
    for party, node in given.items():
        path = joined(part.at("ask_first"), party)
        for name, level in entries_of(reading, node, path, tuple(levers) or None, "lever").items():
            here, lever = joined(path, name), levers.get(name)
            if lever is None or party not in asked:
                continue
            if lever.by == party:
                others = listed(other.name for other in levers.values() if other.by != party)
                reading.fault(here, f"{party} holds this lever itself; it can ask for {others}", level.line)
                continue
            if lever.irreversible:
                reading.fault(here, "is irreversible, so it cannot be eased; leave it out", level.line)
                continue
            word = reading.word(level, here, lever.levels[lever.floor :], f"a level that {name} may have")
            if word is not None:
                asked[party][name] = lever.levels.index(word)
    return asked


def read_agreement(root: Part, levers: dict[str, Lever], names: Sequence[str], issues: dict[str, Issue]) -> Agreement:
    """Read what terms do to the levers; ``names`` are all levers of the file, sound or not."""
    part = root.part("agreement", AGREEMENT_FIELDS)
    given = part.entries("relief", names, "lever")
    stepwise = {name: node for name, node in given.items() if isinstance(node, Items) and name in levers}
    steps = {name: _read_steps(part, levers[name], node) for name, node in stepwise.items()}
    at_once = {name: node for name, node in given.items() if name not in stepwise}
    lowest = {name: steps[name][-1] if name in steps else lever.floor for name, lever in levers.items()}
    relief = level_per_lever(part, part.at("relief"), at_once, levers, lowest)
    part.reading.defaults.difference_update(joined(part.at("relief"), name) for name in stepwise)
    breach = part.part("breach", BREACH_FIELDS)
    snapback = breach.entries("snapback", names, "lever")
    for name, node in given.items():
        if name in levers and levers[name].irreversible:
            sentence = "is irreversible, so no terms relieve it; leave it out"
            part.reading.fault(part.at(f"relief.{name}"), sentence, node.line)
    node = breach.get("ratchet")
    ratchet = None if node is None else part.reading.words(node, breach.at("ratchet"), tuple(issues), "issue")
    return Agreement(
        relief=relief,
        steps={name: ranks for name, ranks in steps.items() if len(ranks) > 1},
        step_takes=part.number("step_takes", _PERIODS, 1.0),
        snapback=level_per_lever(
            part,
            breach.at("snapback"),
            snapback,
            levers,
            {name: lever.ceiling for name, lever in levers.items()},
        ),
        ratchet=ratchet or (),
        given_back=breach.number("given_back", SHARE, 0.0),
    )


def _read_steps(part: Part, lever: Lever, node: Node) -> tuple[int, ...]:
    """Read the levels a lever goes through while terms hold, as falling ranks; the lowest it may have after a fault."""
    path = joined(part.at("relief"), lever.name)
    allowed = lever.levels[lever.floor : lever.ceiling + 1]
    words = part.reading.words(node, path, allowed, "level")
    ranks = tuple(lever.levels.index(word) for word in words or ())
    if words is not None and (not ranks or any(later >= earlier for earlier, later in pairwise(ranks))):
        sentence = f"must list levels from higher to lower, one or more of {listed(reversed(allowed))}"
        part.reading.fault(path, sentence, node.line)
    return ranks or (lever.floor,)
