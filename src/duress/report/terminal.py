"""The answer on a terminal: 80 columns, readable without colour."""

from __future__ import annotations

from rich.cells import cell_len
from rich.console import Console

from duress.assess.record import Assessment, LeverCase, VerdictMap
from duress.figures.best import best_replies
from duress.figures.text import letter
from duress.report import reading, words
from duress.report.negotiable import terms_section
from duress.report.page import BEST, INDENT, NUMBER_WIDTH, Page

_REPLY_WIDTH = 18
_NOT_BEST = "\u00a0\u00a0"


def print_assessment(assessment: Assessment, console: Console) -> None:
    """Print the answer: situation, what can be signed, each reply, what the invitation reveals, and the verdict.

    Lines are at most 80 columns, or the console's width if that is less. Names of any length are folded; nothing in
    them is read as markup or obeyed by the terminal.
    """
    page = Page(console)
    answer = reading.clean(assessment)
    _opening(page, answer)
    _situation(page, answer)
    terms_section(page, answer.agenda, answer.prior, answer.period_word)
    if others := reading.further_terms(answer):
        page.say(others, "dim")
    _replies(page, answer)
    _invitation(page, answer)
    _across(page, answer)
    _verdict(page, answer)
    _levers(page, answer)
    _story(page, answer)
    _claims(page, answer)
    _flips(page, answer)
    _closing(page, answer)


def _opening(page: Page, answer: Assessment) -> None:
    page.say(answer.title, "bold", indent=0)
    page.say(reading.question(answer), indent=0)
    page.say(f"Verdict: {reading.headline(answer)}.", indent=0)
    page.say(
        f"{reading.MODEL_LINE}. Values are discounted stakes: one stake is everything in dispute, held for one "
        f"{answer.period_word}.",
        "dim",
        indent=0,
    )


def _situation(page: Page, answer: Assessment) -> None:
    now = answer.situation
    page.head(f"The situation ({reading.moment(answer)})")
    page.say(now.words)
    rows = [[s.lever, s.owner, f"{s.level} (level {s.rank + 1} of {len(s.levels)})"] for s in now.levers]
    rows += [["stamina", party, f"{left:.2f} (1 fresh, 0 collapsed)"] for party, left in now.stamina.items()]
    page.table([("what", 0), ("whose", 0), ("stands at", 0)], rows)


def _replies(page: Page, answer: Assessment) -> None:
    kinds = reading.own_types(answer)
    page.head(f"What each reply is worth to {answer.party}, by its type")
    rows = []
    best = {kind: best_replies(answer.replies, kind, answer.error) for kind in kinds}
    for reply in answer.replies:
        values = [words.signed(reply.value[k]) + (BEST if reply in best[k] else _NOT_BEST) for k in kinds]
        rows.append([reply.reply, *values])
    page.table([("reply", 0), *((kind, max(NUMBER_WIDTH, min(12, cell_len(kind)))) for kind in kinds)], rows)
    note = f"(* best for that type, or within the error of the numbers, {words.number(answer.error)}, of it)"
    page.say(
        note
        if any(best.values())
        else f"(no two differ by more than the error of the numbers, {words.number(answer.error)})",
        "dim",
    )
    page.say(reading.in_scale(answer))

    page.head("How it ends: odds of each end after each reply")
    room = page.width - INDENT - _REPLY_WIDTH - 2 * len(answer.outcomes)
    widths = [max(4, *(cell_len(word) for word in outcome.split())) for outcome in answer.outcomes]
    if sum(widths) > room:
        for index, outcome in enumerate(answer.outcomes):
            page.say(f"{letter(index)}  {outcome}")
        columns = [(letter(index), 4) for index in range(len(answer.outcomes))]
    else:
        columns = list(zip(answer.outcomes, widths, strict=True))
    rows = [[r.reply, *(words.percent(r.outcomes.get(o, 0.0)) for o in answer.outcomes)] for r in answer.replies]
    page.table([("reply", 0), *columns], rows)
    took = words.listed(f"{r.settled_after:.0f} after {r.reply}" for r in answer.replies)
    page.say(f"Mean number of {answer.period_word}s until it is settled: {took}.")
    page.say(reading.broken(answer))
    error = max(reply.outcome_error for reply in answer.replies)
    page.say(f"(from simulated histories; standard error at most {100 * error:.1f} percentage points)", "dim")


def _invitation(page: Page, answer: Assessment) -> None:
    page.head("What the invitation reveals")
    page.say(reading.revealed(answer))
    page.say(f"(The invitation read here: {answer.invitation.found}.)", "dim")
    page.head("The price of dropping")
    page.say(reading.price(answer))


def _across(page: Page, answer: Assessment) -> None:
    seen, kinds = reading.across(answer), list(answer.prior[answer.other])
    page.head(f"The same moment as {answer.other} sees it, by its type")
    widths = [(kind, max(NUMBER_WIDTH, min(12, cell_len(kind)))) for kind in kinds]
    moves = [[m.move, *(words.signed(m.value[k]) for k in kinds)] for m in answer.invitation.moves]
    replies = [[r.reply, *(words.signed(r.other_value[k]) for k in kinds)] for r in answer.replies]
    page.table([("its move before", 0), *widths], moves)
    page.table([(f"reply of {answer.party}", 0), *widths], replies)
    for sentence in seen.sentences:
        page.say(sentence)


def _verdict(page: Page, answer: Assessment) -> None:
    page.head(f"Verdict: {answer.verdict}")
    page.say(answer.verdict_sentence)
    if len(set(answer.verdict_by_type.values())) > 1:
        for kind, verdict in answer.verdict_by_type.items():
            page.say(f"{kind}: {verdict}")
    page.say(reading.sureness(answer))


def _levers(page: Page, answer: Assessment) -> None:
    if not answer.lever_cases:
        return
    page.head(f"With other levers in hand: the worth of each reply to {answer.party}")
    for case in answer.lever_cases:
        levels = "; ".join(f"{lever}: {level}" for lever, level in case.levels.items())
        page.say(f"{case.case} ({levels})" if levels else case.case)
    kinds = reading.own_types(answer)
    families = list(dict.fromkeys(reply.family for case in answer.lever_cases for reply in case.replies))
    rows = []
    for kind in kinds:
        for family in families:
            rows.append([kind, family, *(_case_cell(answer, case, kind, family) for case in answer.lever_cases)])
    page.table([("type", 0), ("reply", 0), *((case.case, 13) for case in answer.lever_cases)], rows)


def _case_cell(answer: Assessment, case: LeverCase, kind: str, family: str) -> str:
    reply = reading.best(case.replies, kind, (family,))
    if reply is None:
        return "not open"
    leading = reply in best_replies(case.replies, kind, answer.error)
    return words.signed(reply.value[kind]) + (BEST if leading else _NOT_BEST)


def _claims(page: Page, answer: Assessment) -> None:
    if answer.claims:
        page.head("Claims, tested")
        for claim in answer.claims:
            page.say(f"{claim.verdict}: {claim.claim}{reading.margin_of(claim)}")
            page.say(claim.sentence, "dim", indent=2 * INDENT)
        page.say("Claims that take games solved again: `duress claims`.", "dim")


def _story(page: Page, answer: Assessment) -> None:
    page.head("The likeliest path, told")
    for sentence in answer.story:
        page.say(sentence)


def _flips(page: Page, answer: Assessment) -> None:
    if answer.flips or answer.variations:
        page.head("What would change the answer")
    told: dict[tuple[str, ...], list[str]] = {}
    for flip in answer.flips:
        key = (flip.parameter, words.value(flip.after), words.value(flip.before), flip.reply_after, flip.reply_before)
        told.setdefault(key, []).append(flip.type)
    for (parameter, after, before, reply, now), kinds in told.items():
        page.say(
            f"{parameter} at {after} instead of {before}: the best reply of {words.listed(kinds)} becomes {reply} "
            f"(now {now})."
        )
    for flip in answer.claim_flips:
        page.say(reading.claim_flipped(flip))
    if answer.variations:
        _varied(page, answer)
    if answer.map is not None:
        _map(page, answer.map)


def _varied(page: Page, answer: Assessment) -> None:
    """Print what accepting is worth against refusing as each number varies."""
    kinds = reading.own_types(answer)
    page.say("")
    page.say("The best acceptance against the best refusal, in stakes, as each number varies by itself:")
    columns = [("number", 0), ("from, to (now)", 20)]
    columns += [(f"if {kind}" if len(kinds) > 1 else "worth", 17) for kind in kinds[:2]]
    rows = []
    for v in answer.variations:
        low, high = v.values
        cells = [" to ".join(words.signed(gain[kind]) if gain else "?" for gain in v.gains) for kind in kinds[:2]]
        rows.append([v.words, f"{words.value(low)}, {words.value(high)} ({words.value(v.before)})", *cells])
    page.table(columns, rows)
    for v in answer.variations:
        if v.failed:
            page.say(f"{v.words}: {v.failed}", "dim")


def _map(page: Page, table: VerdictMap) -> None:
    """Print the verdict over two numbers: a letter for each pair of values."""
    page.say("")
    page.say(f"The verdict with {table.first} (across) and {table.second} (down):")
    rows = [
        [words.value(y), *(row[n][0].upper() for row in table.verdicts)]
        for n, y in reversed(list(enumerate(table.second_values)))
    ]
    page.table([("", 8), *((words.value(x), max(len(words.value(x)), 4)) for x in table.first_values)], rows)
    present = dict.fromkeys(verdict for row in table.verdicts for verdict in row)
    page.say(", ".join(f"{verdict[0].upper()} {verdict}" for verdict in present), "dim")


def _closing(page: Page, answer: Assessment) -> None:
    page.head("Certificate")
    page.say(answer.certificate.sentence)
    page.head("How to repeat it")
    page.command(reading.command(answer))
    page.say("; ".join(f"{name} {value}" for name, value in reading.run_lines(answer)), "dim")
