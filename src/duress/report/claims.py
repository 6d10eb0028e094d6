"""A doctrine tested: on a terminal and as Markdown, the same words and numbers."""

from __future__ import annotations

from rich.console import Console

from duress.assess.record import ClaimResult, Doctrine
from duress.report import reading, words
from duress.report.markdown import safe, table
from duress.report.page import Page
from duress.scenario.claims import OPPOSITES

_COMPARED, _MARGIN = 15, 15
_NONE = "-"
RULES = (
    "Where behaviour was restricted there are two rows: the other side keeps its equilibrium rule and reads what it "
    "sees as it would in equilibrium, or both know of the restriction and the game is solved again."
)
VERDICTS = (
    "Holds: the first number exceeds the second (for what the other side says: falls short of it) by more than the "
    "error. Fails: the contrary. Undecided: neither, or the claim cannot be put to this game."
)


def print_claims(doctrine: Doctrine, console: Console) -> None:
    """Print the table of claims, then what the numbers of each say; lines are at most 80 columns."""
    page = Page(console)
    answer = reading.clean(doctrine)
    page.say(f"{answer.title}: claims of {answer.party}, tested", "bold", indent=0)
    page.say(_counted(answer), indent=0)
    page.say(f"{reading.MODEL_LINE}. {VERDICTS} {RULES}", "dim", indent=0)
    for heading, found in _parts(answer):
        page.head(heading)
        columns = [("", 2), ("claim", 0), ("verdict", 0), ("the two numbers", _COMPARED), ("margin", _MARGIN)]
        page.table(columns, [[str(n), *_row(one)] for n, one in found])
        for n, one in found:
            page.say(f"{n}  {one.sentence}{_labelled(one)}", "dim")
    page.head("Certificate")
    page.say(answer.certificate.sentence)
    page.head("How to repeat it")
    page.command(answer.run["command"])


def markdown(doctrine: Doctrine) -> str:
    """Return the same as one Markdown document."""
    answer = reading.clean(doctrine)
    parts = [
        f"# {safe(answer.title)}: claims of {safe(answer.party)}, tested",
        safe(_counted(answer)),
        f"*{reading.MODEL_LINE}. {safe(VERDICTS)} {safe(RULES)}*",
    ]
    for heading, found in _parts(answer):
        rows = [(*_row(one), one.sentence + _labelled(one)) for _, one in found]
        parts += [f"## {safe(heading)}", table(("claim", "verdict", "the two numbers", "margin", "in words"), rows)]
    parts += ["## How far to trust the numbers", safe(answer.certificate.sentence)]
    parts += ["## How to repeat it", f"```\n{answer.run['command']}\n```"]
    return "\n\n".join(parts) + "\n"


def _counted(answer: Doctrine) -> str:
    verdicts = [one.verdict for one in answer.claims]
    holds, fails, undecided = (verdicts.count(verdict) for verdict in ("holds", "fails", "undecided"))
    return (
        f"Of {len(verdicts)} results {holds} hold, {fails} fail and {undecided} are undecided, in "
        f"{answer.run['histories']:,} histories each."
    )


def _parts(answer: Doctrine) -> list[tuple[str, list[tuple[int, ClaimResult]]]]:
    """Return headings with numbered results: the claims, then what the other side would say."""
    opposites = set(OPPOSITES.values())
    numbered = list(enumerate(answer.claims, 1))
    own = [(n, one) for n, one in numbered if one.claim not in opposites]
    theirs = [(n, one) for n, one in numbered if one.claim in opposites]
    parts = [(f"What {answer.party} may hold", own), (f"What {answer.other} may say instead", theirs)]
    return [(heading, found) for heading, found in parts if found]


def _row(one: ClaimResult) -> list[str]:
    claim = f"{one.claim} ({one.rule})" if one.rule else one.claim
    if not one.compared:
        return [claim, one.verdict, _NONE, _NONE]
    digits = _digits(one)
    first, second = (words.number(value, digits) for value in one.compared.values())
    margin = f"{words.signed(one.margin, digits)} ± {words.number(one.error, digits)}"
    return [claim, one.verdict, f"{first}, {second}", margin]


def _digits(one: ClaimResult) -> int:
    """Return decimals that show the margin: more where all is small."""
    return 3 if max(abs(value) for value in one.compared.values()) < 1 else 2


def _labelled(one: ClaimResult) -> str:
    """Return what the two numbers are, and their unit."""
    return f" ({' against '.join(one.compared)}, {one.unit})" if one.compared else ""
