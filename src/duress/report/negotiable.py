"""What is negotiable, on a terminal: terms, red lines, what no deal is worth, and where theory would settle."""

from __future__ import annotations

from rich.console import Console

from duress.assess.negotiable import Negotiable, NoDeal
from duress.assess.record import AgendaAnswer
from duress.figures.text import letter
from duress.report import reading, words
from duress.report.page import NUMBER_WIDTH, Page

_OPENED = 3
"""Terms listed for each red line that is thought away."""


def print_negotiable(answer: Negotiable, console: Console) -> None:
    """Print the answer of ``duress agenda``, at most 80 columns wide; nothing in a name is obeyed by the terminal."""
    page = Page(console)
    answer = reading.clean(answer)
    page.say(answer.title, "bold", indent=0)
    now = answer.cases[0]
    page.say(f"No deal is measured with the levers {_case(now)}.", "dim", indent=0)
    terms_section(page, answer.agenda, answer.prior, answer.period_word)
    _frontier(page, answer)
    _red_lines(page, answer)
    for view in answer.views:
        page.head(f"For {view.party}")
        if view.best is not None:
            page.say(
                f"The best it can sign with the other no worse off than without a deal: {view.best.words} (worth "
                f"{words.number(view.best.worth[view.party])}; no deal {words.number(now.mean[view.party])})."
            )
        for sentence in view.sentences:
            page.say(sentence)
    for index, case in enumerate(answer.cases):
        _no_deal(page, answer, case, letter(index))
    _zones(page, answer)


def terms_section(page: Page, agenda: AgendaAnswer, prior: dict[str, dict[str, float]], period_word: str) -> None:
    """Print what can be signed at all: sentences, and the terms that have a name or lie on the table."""
    page.head("What can be signed at all")
    for sentence in agenda.sentences:
        page.say(sentence)
    columns = [("known as", 0), ("terms", 0), *((party, NUMBER_WIDTH) for party in prior)]
    page.table(columns, reading.term_rows(agenda, prior))
    page.say(reading.term_unit(period_word), "dim")


def _case(case: NoDeal) -> str:
    stands = "; ".join(f"{lever}: {level}" for lever, level in case.levels.items())
    return f"{case.case} ({stands})" if stands else case.case


def _frontier(page: Page, answer: Negotiable) -> None:
    on_it = [terms for terms in answer.agenda.terms if terms.on_frontier]
    if not on_it:
        return
    page.head("The frontier of what both can sign")
    parties = list(answer.prior)
    first = parties[0]
    rows = [
        [terms.words, "yes" if "offered" in terms.labels else "", *(words.number(terms.mean_value[p]) for p in parties)]
        for terms in sorted(on_it, key=lambda terms: -terms.mean_value[first])
    ]
    page.table([("terms", 0), ("offered", 7), *((party, NUMBER_WIDTH) for party in parties)], rows)


def _red_lines(page: Page, answer: Negotiable) -> None:
    page.head("Who blocks what")
    if not answer.red_lines:
        page.say("Nobody has a red line.")
        return
    rows = [
        [line.party, f"{line.issue}: {', '.join(line.positions)}", f"{line.removes:,}", f"{line.alone:,}"]
        for line in answer.red_lines
    ]
    page.table([("party", 0), ("will not sign", 0), ("sets of terms", 7), ("blocked by this alone", 7)], rows)
    for line in answer.red_lines:
        more = len(line.opens) - _OPENED
        opens = "; ".join(line.opens[:_OPENED]) + (f"; and {more} more" if more > 0 else "")
        page.say(f"Without the line of {line.party} on {line.issue} the frontier would hold: {opens or 'nothing new'}.")


def _no_deal(page: Page, answer: Negotiable, case: NoDeal, name: str) -> None:
    page.head(f"{name}  Without a deal, {_case(case)}")
    parties = list(answer.prior)
    for party in parties:
        by_type = case.walk_away[party]
        alike = len({words.number(value) for value in by_type.values()}) == 1
        listed = ", ".join(f"{words.number(value)} if {kind}" for kind, value in by_type.items())
        page.say(f"Worth to {party}: {words.number(case.mean[party]) if alike else listed}")
    if not case.settlements:
        page.say("No signable terms leave both sides better off than this.")
        return
    named: dict[str, list[str]] = {}
    for theory, settled in case.settlements.items():
        named.setdefault(settled.words, []).append(theory)
    rows = []
    for settled in case.settlements.values():
        theories = named.pop(settled.words, None)
        if theories:
            rows.append([", ".join(theories), settled.words, *(words.signed(settled.gain[p]) for p in parties)])
    page.table([("theory", 0), ("would settle on", 0), *((f"gain of {p}", NUMBER_WIDTH) for p in parties)], rows)


def _zones(page: Page, answer: Negotiable) -> None:
    page.head("The zone of agreement, by type")
    page.say("How many sets of terms leave both types no worse off than without a deal, in each case above.")
    parties = list(answer.prior)
    columns = [(letter(index), 5) for index in range(len(answer.cases))]
    rows = [
        [*(zone.types[p] for p in parties), *(f"{case.zones[n].count:,}" for case in answer.cases)]
        for n, zone in enumerate(answer.cases[0].zones)
    ]
    page.table([*((party, 0) for party in parties), *columns], rows)
    page.say(f"(all in stakes per {answer.period_word}; where theory settles is averaged over types)", "dim")
