"""What simulated histories show, on a terminal."""

from __future__ import annotations

from rich.console import Console

from duress.report import words
from duress.report.page import NUMBER_WIDTH, Page
from duress.report.reading import MODEL_LINE, clean
from duress.simulate.summary import Mean, Summary

_MOST_PERIODS = 8
_MOST_TERMS = 6
_SHARE = 12


def print_simulated(
    title: str, period: str, summary: Summary, certificate: str, command: str, console: Console
) -> None:
    """Print means and their errors; lines are at most 80 columns."""
    page, shown = Page(console), clean(summary)
    page.say(f"{clean(title)}: {shown.histories:,} simulated histories", "bold", indent=0)
    page.say(f"{MODEL_LINE}. After each mean stands its standard error.", "dim", indent=0)
    page.head("How it ends")
    page.table([("end", 0), ("share", _SHARE)], [[name, _percent(x)] for name, x in shown.outcomes.items()])
    _talks(page, shown, period)
    page.head("What it is worth, in discounted stakes")
    rows = [[party, kind, _number(x)] for party, by in shown.value.items() for kind, x in by.items()]
    page.table([("party", 0), ("type", 0), ("mean", _SHARE + 3)], rows)
    page.head("Pressure (harm to the other, stakes per period) and stamina (1 fresh, 0 collapsed)")
    step = -(-(len(shown.periods) - 1) // (_MOST_PERIODS - 1)) if len(shown.periods) > 1 else 1
    kept = sorted({*range(0, len(shown.periods), step), len(shown.periods) - 1})
    columns = [(period, NUMBER_WIDTH), *((f"{what} of {name}", 13) for what, name in _curves(shown))]
    rows = [
        [str(shown.periods[t]), *(_number(getattr(shown, what)[name][t]) for what, name in _curves(shown))]
        for t in kept
    ]
    page.table(columns, rows)
    page.head("Certificate")
    page.say(certificate)
    page.head("How to repeat it")
    page.command(command)


def _talks(page: Page, shown: Summary, period: str) -> None:
    page.head("The first invitation, and what comes of talks")
    first = shown.first_invitation
    if first is None:
        page.say("Nobody ever invites the other.")
    else:
        rows = [[f"{name} invites first", _percent(x)] for name, x in shown.invitations.items() if x.mean]
        for name, by in shown.replies.items():
            rows += [[f"{name} answers: {reply}", _percent(x)] for reply, x in by.items()]
        for name, x in list(shown.terms.items())[:_MOST_TERMS]:
            rows.append([f"signed first: {name}", _percent(x)])
        page.table([("event", 0), ("share", _SHARE)], rows)
        page.say(f"Where there is one, the first invitation comes in {period} {_number(first)} on average.")
    left = len(shown.terms) - _MOST_TERMS
    if left > 0:
        page.say(f"{words.counted(left, 'other set')} of terms signed first are rarer than these.")
    for name, x in shown.breaches.items():
        page.say(f"{name} goes back on terms in force {_number(x)} times in a history.")


def _curves(shown: Summary) -> list[tuple[str, str]]:
    return [(what, name) for what in ("pressure", "stamina") for name in shown.pressure]


def _percent(share: Mean) -> str:
    return f"{share.mean:.1%} ± {share.error * 100:.1f}"


def _number(x: Mean) -> str:
    return f"{words.number(x.mean)} ± {words.number(x.error)}"
