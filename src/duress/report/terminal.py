"""The answer on a terminal: 80 columns, readable without colour."""

from __future__ import annotations

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from duress.assess.record import Assessment, LeverCase
from duress.figures.best import best_replies
from duress.figures.text import letter
from duress.report import reading, words

_WIDTH = 80
_INDENT = 2
_SYMBOLS = str.maketrans({"\u2212": "-", "\u00a0": " ", "→": "->", "…": "...", "±": "+-"})
_NUMBER_WIDTH = 9
_REPLY_WIDTH = 18
_BEST, _NOT_BEST = "\u00a0*", "\u00a0\u00a0"


def print_assessment(assessment: Assessment, console: Console) -> None:
    """Print the answer: situation, what can be signed, each reply, what the invitation reveals, and the verdict.

    Lines are at most 80 columns, or the console's width if that is less. Names of any length are folded; nothing in
    them is read as markup or obeyed by the terminal.
    """
    page = _Page(console)
    answer = reading.clean(assessment)
    _opening(page, answer)
    _situation(page, answer)
    _agenda(page, answer)
    _replies(page, answer)
    _invitation(page, answer)
    _verdict(page, answer)
    _levers(page, answer)
    _claims(page, answer)
    _flips(page, answer)
    _closing(page, answer)


class _Page:
    """A console written to in indented paragraphs and tables of a fixed width, in symbols it can show."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.width = min(console.width, _WIDTH)
        encoding = (console.encoding or "utf-8").lower()
        self._encoding = "" if encoding.startswith("utf") else encoding

    def shown(self, text: str) -> str:
        """Return ``text`` in characters that the terminal has."""
        if not self._encoding:
            return text
        return text.translate(_SYMBOLS).encode(self._encoding, "replace").decode(self._encoding)

    def say(self, text: str, style: str = "", indent: int = _INDENT) -> None:
        """Print a paragraph."""
        self._print(Text(self.shown(text), style=style, overflow="fold"), indent)

    def head(self, text: str) -> None:
        """Start a section."""
        self.console.print()
        self.say(text, "bold", indent=0)

    def table(self, columns: list[tuple[str, int]], rows: list[list[str]]) -> None:
        """Print a table.

        Parameters
        ----------
        columns : list of (heading, width)
            A width of 0 makes a column of words, which share what is left; numbers stand to the right.
        """
        made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, expand=False, padding=(0, 1))
        for heading, width in columns:
            made.add_column(
                Text(self.shown(heading), overflow="fold"),
                justify="right" if width else "left",
                width=width or None,
                overflow="fold",
            )
        for row in rows:
            made.add_row(*(Text(self.shown(cell), "bold" if cell.endswith(_BEST) else "") for cell in row))
        self._print(made, _INDENT)

    def _print(self, part: Text | Table, indent: int) -> None:
        """Print line by line, without the blanks that would fill each line to the edge."""
        options = self.console.options.update(width=self.width - indent)
        for segments in self.console.render_lines(part, options, pad=False):
            line = Text(" " * indent)
            for segment in segments:
                line.append(segment.text, segment.style)
            line.rstrip()
            self.console.print(line, highlight=False, no_wrap=True, overflow="ignore", crop=False)


def _opening(page: _Page, answer: Assessment) -> None:
    page.say(answer.title, "bold", indent=0)
    page.say(reading.question(answer), indent=0)
    page.say(f"Verdict: {reading.headline(answer)}.", indent=0)
    page.say(
        f"{reading.MODEL_LINE}. Values are discounted stakes: one stake is everything in dispute, held for one "
        f"{answer.period_word}.",
        "dim",
        indent=0,
    )


def _situation(page: _Page, answer: Assessment) -> None:
    now = answer.situation
    page.head(f"The situation ({reading.moment(answer)})")
    page.say(now.words)
    rows = [[s.lever, s.owner, f"{s.level} (level {s.rank + 1} of {len(s.levels)})"] for s in now.levers]
    rows += [["stamina", party, f"{left:.2f} (1 fresh, 0 collapsed)"] for party, left in now.stamina.items()]
    page.table([("what", 0), ("whose", 0), ("stands at", 0)], rows)


def _agenda(page: _Page, answer: Assessment) -> None:
    page.head("What can be signed at all")
    for sentence in answer.agenda.sentences:
        page.say(sentence)
    parties = list(answer.prior)
    rows = []
    for terms in answer.agenda.terms:
        if set(terms.labels) - {"offered"}:
            blocked = "" if terms.signable else " (cannot be signed)"
            rows.append(
                [", ".join(terms.labels) + blocked, terms.words, *(words.number(terms.mean_value[p]) for p in parties)]
            )
    away = {p: sum(answer.prior[p][k] * v for k, v in answer.agenda.walk_away[p].items()) for p in parties}
    rows.append(["no deal", "the pressure in force goes on", *(words.number(away[p]) for p in parties)])
    page.table([("known as", 0), ("terms", 0), *((party, _NUMBER_WIDTH) for party in parties)], rows)
    page.say(f"(worth in stakes per {answer.period_word}, averaged over types)", "dim")


def _replies(page: _Page, answer: Assessment) -> None:
    kinds = reading.own_types(answer)
    page.head(f"What each reply is worth to {answer.party}, by its type")
    rows = []
    best = {kind: best_replies(answer.replies, kind, answer.error) for kind in kinds}
    for reply in answer.replies:
        values = [words.signed(reply.value[k]) + (_BEST if reply in best[k] else _NOT_BEST) for k in kinds]
        rows.append([reply.reply, *values])
    page.table([("reply", 0), *((kind, max(_NUMBER_WIDTH, min(12, cell_len(kind)))) for kind in kinds)], rows)
    note = f"(* best for that type, or within the error of the numbers, {words.number(answer.error)}, of it)"
    page.say(
        note
        if any(best.values())
        else f"(no two differ by more than the error of the numbers, {words.number(answer.error)})",
        "dim",
    )
    page.say(reading.in_scale(answer))

    page.head("How it ends: odds of each end after each reply")
    room = page.width - _INDENT - _REPLY_WIDTH - 2 * len(answer.outcomes)
    widths = [max(4, *(cell_len(word) for word in outcome.split())) for outcome in answer.outcomes]
    if sum(widths) > room:
        for index, outcome in enumerate(answer.outcomes):
            page.say(f"{letter(index)}  {outcome}")
        columns = [(letter(index), 4) for index in range(len(answer.outcomes))]
    else:
        columns = list(zip(answer.outcomes, widths, strict=True))
    rows = [[r.reply, *(words.percent(r.outcomes.get(o, 0.0)) for o in answer.outcomes)] for r in answer.replies]
    page.table([("reply", 0), *columns], rows)
    error = max(reply.outcome_error for reply in answer.replies)
    page.say(f"(from simulated histories; standard error at most {100 * error:.1f} percentage points)", "dim")


def _invitation(page: _Page, answer: Assessment) -> None:
    page.head("What the invitation reveals")
    page.say(reading.revealed(answer))
    page.say(f"(The invitation read here: {answer.invitation.found}.)", "dim")
    page.head("The price of dropping")
    page.say(reading.price(answer))


def _verdict(page: _Page, answer: Assessment) -> None:
    page.head(f"Verdict: {answer.verdict}")
    page.say(answer.verdict_sentence)
    if len(set(answer.verdict_by_type.values())) > 1:
        for kind, verdict in answer.verdict_by_type.items():
            page.say(f"{kind}: {verdict}")
    page.say(reading.sureness(answer))


def _levers(page: _Page, answer: Assessment) -> None:
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
    return words.signed(reply.value[kind]) + (_BEST if leading else _NOT_BEST)


def _claims(page: _Page, answer: Assessment) -> None:
    if answer.claims:
        page.head("Claims, tested")
        for claim in answer.claims:
            by = f"{words.signed(claim.margin)} ± {words.number(claim.error)} {claim.unit}"
            page.say(f"{claim.verdict}: {claim.claim} ({by})")
            page.say(claim.sentence, "dim", indent=2 * _INDENT)


def _flips(page: _Page, answer: Assessment) -> None:
    if answer.flips:
        page.head("What would change the answer")
        for flip in answer.flips:
            page.say(
                f"{flip.parameter} at {_value(flip.after)} instead of {_value(flip.before)}: "
                f"the best reply of {flip.type} becomes {flip.reply_after} (now {flip.reply_before})."
            )


def _value(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.3g}"


def _closing(page: _Page, answer: Assessment) -> None:
    page.head("Certificate")
    page.say(answer.certificate.sentence)
    page.head("How to repeat it")
    page.say(reading.command(answer))
    page.say("; ".join(f"{name} {value}" for name, value in reading.run_lines(answer)), "dim")
