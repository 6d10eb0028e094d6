"""What an invitation is for the party that receives it, by a rule that is written down.

With R the best refusal, K accepting with levers kept, D accepting with levers dropped, and m the error of the numbers
(at least a hundredth of a stake):

- *harvest*: K and D both lie more than m below R. Talks would only gather what pressure has sown.
- *way out*: D lies more than m above R. Even unarmed, talking beats refusing. (Where there is nothing to drop, D is K.)
- *pays only with levers kept*: K lies more than m above R, and D more than m below it.
- *undecided*: anything else; the numbers do not tell the replies apart.

A party knows its own type, so the rule is applied type by type. Where the party may ask for something first, that is
a reply of its own: the rule leaves it aside, and a further sentence says for which types it beats the others.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..scenario.schema import ASK

HARVEST, WAY_OUT, ARMED, UNDECIDED = "harvest", "way out", "pays only with levers kept", "undecided"
DEPENDS = "depends on type"


@dataclass(frozen=True)
class Worth:
    """What the replies are worth to one type, in discounted stakes: best refusal, accept and keep, accept and drop."""

    refuse: float
    keep: float
    drop: float


def judge(worth: Worth, error: float) -> tuple[str, float]:
    """Return the verdict for one type and its margin in stakes.

    The margin is by how much the comparison that decides clears zero; for *undecided*, by how much the nearest rule is
    missed.
    """
    keep, drop = worth.keep - worth.refuse, worth.drop - worth.refuse
    rules = {
        HARVEST: -max(keep, drop),
        WAY_OUT: drop,
        ARMED: min(keep, -drop),
    }
    for verdict, margin in rules.items():
        if margin > error:
            return verdict, margin
    return UNDECIDED, error - max(rules.values())


def judge_all(worths: dict[str, Worth], error: float) -> tuple[str, dict[str, str], float]:
    """Return the verdict over all types, each type's, and the smallest margin."""
    judged = {k: judge(w, error) for k, w in worths.items()}
    verdicts = {k: v for k, (v, _) in judged.items()}
    common = set(verdicts.values())
    return common.pop() if len(common) == 1 else DEPENDS, verdicts, min(margin for _, margin in judged.values())


def sentence(party: str, verdict: str, by_type: dict[str, str], margin: float, droppable: bool) -> str:
    """Say a verdict in one sentence; ``droppable`` says whether there are levers to drop, and dropping them is open."""
    unarmed = "even unarmed, " if droppable else ""
    said = {
        HARVEST: f"For {party} this invitation is a harvest: every way of accepting is worth less than refusing",
        WAY_OUT: f"For {party} this invitation is a way out: {unarmed}accepting is worth more than refusing",
        ARMED: f"For {party} accepting pays only with levers kept: with them dropped it is worth less than refusing",
        UNDECIDED: f"For {party} the numbers do not tell accepting and refusing apart",
    }
    if verdict == DEPENDS:
        parts = [f"for {party} if {k}: {v}" for k, v in by_type.items()]
        return (
            "It depends on what only "
            + party
            + " knows; "
            + ", ".join(parts)
            + f" (smallest margin {margin:.2f} stakes)."
        )
    if verdict == UNDECIDED:
        return said[verdict] + "."
    return f"{said[verdict]}, by at least {margin:.2f} stakes."


def asking_sentence(values: dict[str, dict[str, float]], error: float) -> str:
    """Say for which types asking first is worth more than every other reply, by more than ``error``; "" if for none.

    Parameters
    ----------
    values : dict
        Own type -> reply -> discounted stakes.
    error : float
        Of the values.
    """
    ahead = {
        kind: by_reply[ASK] - max(value for reply, value in by_reply.items() if reply != ASK)
        for kind, by_reply in values.items()
        if ASK in by_reply
    }
    best = {kind: margin for kind, margin in ahead.items() if margin > error}
    if not best:
        return ""
    whom = "" if len(best) == len(values) else f" if {' or '.join(best)}"
    return f"Asking first is worth more than every other reply{whom}, by at least {min(best.values()):.2f} stakes."
