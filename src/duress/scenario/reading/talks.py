"""Talks and agreements: who may invite, the replies, the table, and what terms and their breach do to the levers."""

from __future__ import annotations

from collections.abc import Sequence

from duress.scenario.reading.fields import Part
from duress.scenario.reading.levers import level_per_lever
from duress.scenario.schema import PROPOSERS, REPLIES, STALLING, Agreement, Lever, Talks


def read_talks(root: Part, parties: Sequence[str]) -> Talks:
    """Read how talks begin and who offers what when."""
    part = root.part("talks", ("invite", "replies", "stalling", "proposer"))
    reading = part.reading
    invite = tuple(parties)
    node = part.get("invite")
    if node is not None:
        invite = reading.words(node, part.at("invite"), parties, "party") or ()
    replies: tuple[str, ...] | None = REPLIES
    node = part.get("replies")
    if node is not None:
        replies = reading.words(node, part.at("replies"), REPLIES, "reply")
        if replies is not None and (
            "refuse" not in replies or not {"accept and keep", "accept and drop"} & set(replies)
        ):
            reading.fault(
                part.at("replies"), "must hold refuse, and accept and keep or accept and drop (or both)", node.line
            )
    return Talks(
        invite=tuple(name for name in parties if name in invite),
        replies=tuple(reply for reply in REPLIES if reply in (replies or ())),
        stalling=part.word("stalling", STALLING, "a rule for stalling", STALLING[0]),
        proposer=part.word("proposer", (*PROPOSERS, *parties), "a rule for who proposes, or a party", PROPOSERS[0]),
    )


def read_agreement(root: Part, levers: dict[str, Lever], names: Sequence[str]) -> Agreement:
    """Read what terms do to the levers; ``names`` are all levers of the file, sound or not."""
    part = root.part("agreement", ("relief", "breach"))
    relief = part.entries("relief", names, "lever")
    breach = part.part("breach", ("snapback",))
    snapback = breach.entries("snapback", names, "lever")
    for name, node in relief.items():
        if name in levers and levers[name].irreversible:
            sentence = "is irreversible, so no terms relieve it; leave it out"
            part.reading.fault(part.at(f"relief.{name}"), sentence, node.line)
    return Agreement(
        relief=level_per_lever(
            part, part.at("relief"), relief, levers, {name: lever.floor for name, lever in levers.items()}
        ),
        snapback=level_per_lever(
            part,
            breach.at("snapback"),
            snapback,
            levers,
            {name: lever.ceiling for name, lever in levers.items()},
        ),
    )
