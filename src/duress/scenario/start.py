"""A scenario to start from: the answers to five questions, written as a commented file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from duress.errors import Fault, InputError
from duress.scenario.reading.whole import read
from duress.scenario.schema import PERIOD_MONTHS

_PLAIN = re.compile(r"[^\W\d_](?:[\w '&/.-]*[\w.'])?")
_LENGTH = re.compile(r"(\d+) *([a-z]+?)s?")


@dataclass(frozen=True)
class Answers:
    """What `duress new` asks, each with the answer it takes where none is given.

    Parameters
    ----------
    presses, endures : str
        Names of the two parties.
    dispute : str
        Issues, separated by commas.
    levers : str
        Levers of the party that presses, separated by commas; after a semicolon those of the other.
    length : str
        Periods and their unit.
    """

    presses: str = "Coercer"
    endures: str = "Target"
    dispute: str = "policy"
    levers: str = "sanctions; retaliation"
    length: str = "36 months"


QUESTIONS = {
    "presses": "Who presses?",
    "endures": "Who endures?",
    "dispute": "What is in dispute? (several: separate them by commas)",
    "levers": "With which levers? (those of the one that presses; then those of the other)",
    "length": "For how long?",
}
"""Field of `Answers` -> its question."""


def start_from(answers: Answers) -> str:
    """Return a scenario file with a comment on every part.

    Raises
    ------
    InputError
        If an answer cannot be used; all that are wrong, each under the name of its question.
    """
    faults = []
    issues = _names(answers.dispute)
    owned = [_names(part) for part in answers.levers.split(";")]
    length = _LENGTH.fullmatch(answers.length.strip().lower())
    if not issues:
        faults.append(Fault("dispute", "must name at least one issue"))
    if len(owned) > 2:
        sentence = f"must name the levers of two parties, with one semicolon; found {len(owned) - 1}"
        faults.append(Fault("levers", sentence))
    if length is None or length[2] not in PERIOD_MONTHS:
        units = ", ".join(f"{unit}s" for unit in PERIOD_MONTHS)
        sentence = f"must be a number of {units}, such as 36 months; found {answers.length!r}"
        faults.append(Fault("length", sentence))
    if faults or length is None:
        raise InputError(faults)
    text = _text(answers, issues, (owned[0], owned[1] if len(owned) > 1 else []), length[1], length[2])
    read(text, "new")
    return text


def _names(listed: str) -> list[str]:
    return [name for part in listed.split(",") if (name := " ".join(part.split()))]


def _text(answers: Answers, issues: list[str], owned: tuple[list[str], list[str]], horizon: str, period: str) -> str:
    first, second = _word(" ".join(answers.presses.split())), _word(" ".join(answers.endures.split()))
    lines = [
        "# Values are in stakes: holding all that is in dispute for one period is worth 1 to a party.",
        "# Everything else has a default: `duress check FILE --explain` says which. Every number here is there to be",
        '# changed, and may say where it comes from: {value: .25, source: "...", note: judgement}.',
        f"title: {_word(f'{answers.presses} and {answers.endures}: {answers.dispute}')}",
        f"period: {period}",
        f"horizon: {horizon}",
        "",
        "# What is private about a party are its types: {types: {firm: {prior: .6, bears: .8}, weak: {prior: .4}}}.",
        f"parties: {{{first}: {{}}, {second}: {{}}}}",
        "",
    ]
    if owned[0] or owned[1]:
        lines += [
            f"# Per level, lowest first: harm to the other in stakes per {period}; drain of its stamina (1 fresh, 0",
            f"# collapse) per {period}; cost to the owner.",
            "levers:",
        ]
    for name in owned[0]:
        lines += _lever(name, first, "harm: [0, .2, .5], drain: [0, .02, .05], cost: [0, 0, 0]")
    for name in owned[1]:
        lines += _lever(name, second, "harm: [0, .1, .25], cost: [0, 0, 0]")
    lines += [
        "",
        "# Where each issue may settle, and what that is worth to each party per period. The first position is where",
        "# it stands now. What a party will not sign, whatever the pressure, goes under red_line, for example",
        f"# red_line: {{{second}: [as demanded]}}.",
        "issues:",
    ]
    left = 1.0
    for n, name in enumerate(issues):
        share = round(left / (len(issues) - n), 3)
        left -= share
        worth = [", ".join(f"{round(part * share, 6):g}" for part in parts) for parts in ((0, 0.5, 1), (1, 0.6, 0))]
        lines += [
            f"  {_word(name)}:",
            "    positions: [as it is, compromise, as demanded]",
            f"    values: {{{first}: [{worth[0]}], {second}: [{worth[1]}]}}",
        ]
    return "\n".join(lines) + "\n"


def _lever(name: str, owner: str, effects: str) -> list[str]:
    return [f"  {_word(name)}:", f"    {{by: {owner}, levels: [none, some, full], {effects}}}"]


def _word(text: str) -> str:
    """Write a name so that YAML takes it for the text it is."""
    if _PLAIN.fullmatch(text) and text.lower() != "null":
        return text
    return "'" + text.replace("'", "''") + "'"
