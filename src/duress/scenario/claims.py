"""The words for claims: propositions of a doctrine about bargaining that a scenario may list to have them tested.

Only what may be written stands here; how each is tested is `duress.assess.claims`. Who adds a kind of claim in Python
makes its words known with `make_known` (the decorator there does), before a scenario that uses it is read.
"""

from __future__ import annotations

from dataclasses import dataclass

EXHAUSTION = "invitations come with exhaustion"
HARVEST = "talks harvest pressure"
DROPPING = "laying down levers to talk is ruinous"
COUNTER = "counter-pressure reduces pressure"
ONLY_WAY = "counter-pressure is the only way"
NO_HURRY = "without counter-levers the other is in no hurry"
NO_USE = "such talks are of no use, and harmful"
RED_LINE = "a demand across a red line ends in two moves"
AT_ONCE = "answer at once"
REBUILT = "an idle capability must be rebuilt from nothing"
ASK_AGAIN = "concede and they ask again"
THIRD_PARTY = "pressure on a third party pays"
ONLY_LOOKS = "the new government only looks different"

OPPOSITES = {
    EXHAUSTION: "invitations do not wait for exhaustion",
    HARVEST: "pressure gains nothing in talks",
    DROPPING: "laying down levers to talk pays",
    COUNTER: "counter-pressure draws more pressure",
    ONLY_WAY: "there is a better way than counter-pressure",
    NO_HURRY: "counter-levers only put off an offer",
    NO_USE: "such talks are a way out",
    RED_LINE: "a demand across a red line keeps the talks going",
    AT_ONCE: "a later answer is a better one",
    REBUILT: "a capability may be left idle",
    ASK_AGAIN: "a concession settles it",
    THIRD_PARTY: "pressure on a third party costs more than it brings",
    ONLY_LOOKS: "the new government is different",
}
"""Each claim of the doctrine -> what the other side would say instead."""

PARTY, NUMBER, SHARE = "party", "number", "share"
"""What a parameter holds: one of the two parties, a whole number from 1 to `MOST_PERIODS`, a number from 0 to 1."""

MOST_PERIODS = 600

_ABOUT_PARTY = {"party": PARTY}
_OWN = {
    EXHAUSTION: {"inviter": PARTY, "of": PARTY},
    AT_ONCE: {"party": PARTY, "periods": NUMBER},
    REBUILT: {"party": PARTY, "periods": NUMBER},
    ONLY_LOOKS: {"of": PARTY, "alike": SHARE},
}

KINDS: dict[str, dict[str, str]] = {
    kind: _OWN.get(claim, _ABOUT_PARTY) for claim, opposite in OPPOSITES.items() for kind in (claim, opposite)
}
"""Kind of claim -> its parameters -> what each holds."""


MEANINGS = {
    "party": "Whose claim it is; by default the party the assessment is for.",
    "inviter": "Who invites; by default the other party.",
    "of": "Whom it is about.",
    "periods": "For how many periods.",
    "alike": "How differently two types may move, from 0 to 1, and still look alike.",
}
"""Parameter -> what it means."""


def meaning_of(kind: str, parameter: str = "") -> str:
    """Return what a claim, or a parameter of it, says to a reader of the language; nothing if it is not said."""
    if parameter:
        return MEANINGS.get(parameter, "")
    answered = next((claim for claim, opposite in OPPOSITES.items() if opposite == kind), "")
    return f"What the other side says to: {answered}." if answered else "A claim; docs/claims.md says how it is tested."


def make_known(kind: str, parameters: dict[str, str]) -> None:
    """Let scenarios list another kind of claim; ``parameters`` as in `KINDS`."""
    KINDS[kind] = dict(parameters)


@dataclass(frozen=True)
class ClaimAsked:
    """A claim as a scenario lists it.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    parameters : dict
        Those that are written, by name; the rest have defaults that depend on whom the assessment is for.
    """

    kind: str
    parameters: dict[str, str | float]
