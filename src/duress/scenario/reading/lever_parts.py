"""What a lever may have besides levels and their effects: obligations, stocks, norms, hazards, adaptation."""

from __future__ import annotations

from collections.abc import Sequence

from duress.scenario.reading.fields import AMOUNT, NAME_LENGTH, SHARE, Part, Range
from duress.scenario.schema import Adaptation, Norm, Obligation, Stock

STEPS = 5
"""Grid steps of a stock or of adaptation, unless the file says otherwise."""


def read_norm(part: Part, levels: Sequence[str]) -> tuple[Norm | None, int]:
    """Read ``norm``; return it, and the rank of the highest level the owner may use at all."""
    top = len(levels) - 1
    if "norm" not in part.node.entries:
        return None, top
    given = part.part("norm", ("above", "cost", "ruled_out"))
    above = levels.index(given.word("above", levels[:-1], "a level below the highest", levels[0]))
    if given.flag("ruled_out", False):
        if "cost" in given.node.entries:
            part.reading.fault(
                given.at("cost"), "costs nothing where ruled_out is true; leave one of them out", given.line
            )
        return None, above
    node = given.need("cost", "say in stakes what going above it costs once, or write ruled_out: true")
    cost = None if node is None else part.reading.number(node, given.at("cost"), AMOUNT)
    return Norm(above, cost or 0.0), top


def read_stock(part: Part, levels: Sequence[str]) -> Stock | None:
    """Read ``stock``: a capability that grows with use and decays when idle."""
    if "stock" not in part.node.entries:
        return None
    given = part.part("stock", ("grows", "decays", "weight", "start", "steps"))
    node = given.need("grows", "give one number per level, the share of the full stock gained per period")
    grows = None if node is None else part.reading.numbers(node, given.at("grows"), SHARE, levels, "level")
    return Stock(
        grows=grows or (0.0,) * len(levels),
        decays=given.number("decays", SHARE, 0.0),
        weight=given.number("weight", AMOUNT, 0.0),
        start=given.number("start", SHARE, 0.0),
        steps=given.whole("steps", 1, 50, STEPS),
    )


def read_wearing_off(part: Part) -> Adaptation | None:
    """Read ``wears_off``: how the other party adapts."""
    if "wears_off" not in part.node.entries:
        return None
    given = part.part("wears_off", ("rate", "floor", "benefit", "steps"))
    node = given.need("rate", "say which share of the effect is lost per period in force, such as .02")
    rate = None if node is None else part.reading.number(node, given.at("rate"), SHARE)
    return Adaptation(
        rate=rate or 0.0,
        floor=given.number("floor", Range(0, 1, open_high=True), 0.0),
        benefit=given.number("benefit", AMOUNT, 0.0),
        steps=given.whole("steps", 1, 50, STEPS),
    )


def read_hazard(part: Part, levels: Sequence[str]) -> tuple[float, ...]:
    """Read ``hazard``: chances of open conflict per period and level; empty if there is none."""
    if "hazard" not in part.node.entries:
        return ()
    given = part.part("hazard", ("open conflict",))
    node = given.need("open conflict", "give one chance per level, such as [0, .1]")
    return () if node is None else part.reading.numbers(node, given.at("open conflict"), SHARE, levels, "level") or ()


def read_obligation(part: Part, other: str | None) -> Obligation | None:
    """Read ``obligation``; whether the other party is in breach already is settled once all levers are known."""
    if "obligation" not in part.node.entries:
        return None
    given = part.part("obligation", ("of", "only_after", "breached"))
    node = given.need("of", "name the agreement it is an obligation under")
    of = None if node is None else part.reading.text(node, given.at("of"), NAME_LENGTH)
    if other is not None:
        words = (f"breach by {other}",)
        given.word("only_after", words, "a condition an obligation may have", words[0])
    return Obligation(of or "", other or "", given.flag("breached", False))
