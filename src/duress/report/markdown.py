"""An assessment as Markdown, for notes and papers: the same words and numbers as on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from duress.assess.record import Assessment
from duress.report import reading, words


def render(assessment: Assessment) -> str:
    """Return the answer as one Markdown document."""
    answer = reading.clean(assessment)
    kinds = reading.own_types(answer)
    parts = [
        f"# {safe(answer.title)}",
        safe(reading.question(answer)),
        f"**Verdict: {safe(reading.headline(answer))}.** {safe(reading.sureness(answer))}",
        f"*{reading.MODEL_LINE}. Values are discounted stakes: one stake is everything in dispute, held for one "
        f"{safe(answer.period_word)}.*",
        f"## The situation ({safe(reading.moment(answer))})",
        safe(answer.summary),
        table(
            ("what", "whose", "stands at"),
            [
                *((s.lever, s.owner, s.level) for s in answer.situation.levers),
                *(("stamina", party, words.number(left)) for party, left in answer.situation.stamina.items()),
            ],
        ),
        f"## What each reply leads to, for {safe(answer.party)}",
        table(
            ("reply", *kinds, *answer.outcomes, "settled after"),
            [
                (
                    r.reply,
                    *(words.signed(r.value[k]) for k in kinds),
                    *(words.percent(r.outcomes.get(o, 0.0)) for o in answer.outcomes),
                    f"{r.settled_after:.0f} {answer.period_word}s",
                )
                for r in answer.replies
            ],
        ),
        safe(reading.broken(answer)),
        safe(reading.revealed(answer)),
        safe(reading.price(answer)),
        *_across(answer),
        "## What can be signed",
        *map(safe, answer.agenda.sentences),
        table(("known as", "terms", *answer.prior), reading.term_rows(answer.agenda, answer.prior)),
        safe(reading.term_unit(answer.period_word)),
        safe(reading.further_terms(answer)),
        "## The likeliest path, told",
        "\n".join(f"- {safe(sentence)}" for sentence in answer.story),
    ]
    if answer.claims:
        parts += [
            "## Claims, tested",
            table(
                ("claim", "verdict", "margin", "in words"),
                [(c.claim, c.verdict, reading.margin_of(c).strip(" ()"), c.sentence) for c in answer.claims],
            ),
        ]
    parts += _changes(answer)
    if answer.assumptions:
        columns = list(dict.fromkeys(column for row in answer.assumptions for column in row))
        rows = [[row.get(column, "") for column in columns] for row in answer.assumptions]
        parts += ["## What was assumed, and why", table(columns, rows)]
    parts += [
        "## How far to trust the numbers",
        safe(answer.certificate.sentence),
        "## How to repeat it",
        f"```\n{reading.command(answer)}\n```",
        table(("run", ""), reading.run_lines(answer)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _across(answer: Assessment) -> list[str]:
    kinds = list(answer.prior[answer.other])
    return [
        f"## The same moment, as {safe(answer.other)} sees it",
        table(
            ("its move before", *kinds),
            [(m.move, *(words.signed(m.value[k]) for k in kinds)) for m in answer.invitation.moves],
        ),
        table(
            (f"reply of {answer.party}", *kinds),
            [(r.reply, *(words.signed(r.other_value[k]) for k in kinds)) for r in answer.replies],
        ),
        *map(safe, reading.across(answer).sentences),
    ]


def _changes(answer: Assessment) -> list[str]:
    if not answer.flips and not answer.variations:
        return []
    parts = [
        "## What would change the answer",
        table(
            ("number", "now", "changes at", "type", "best reply now", "best reply then"),
            [
                (f.parameter, words.value(f.before), words.value(f.after), f.type, f.reply_before, f.reply_after)
                for f in answer.flips
            ],
        ),
    ]
    parts += [safe(reading.claim_flipped(flip)) for flip in answer.claim_flips]
    if answer.variations:
        kinds = reading.own_types(answer)
        parts.append(
            table(
                ("number", "now", "at", *(f"accepting against refusing, {kind}" for kind in kinds), "verdict"),
                [
                    (
                        v.words,
                        words.value(v.before),
                        words.value(value),
                        *(words.signed(gain[kind]) if gain else "?" for kind in kinds),
                        verdict or v.failed,
                    )
                    for v in answer.variations
                    for value, gain, verdict in zip(v.values, v.gains, v.verdicts, strict=True)
                ],
            )
        )
    return parts


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, in whose cells nothing is read as markup."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(safe(cell) for cell in line) + " |" for line in lines)


def safe(text: str) -> str:
    """Return text in which nothing is read as markup."""
    for mark in "\\`*_{}[]<>|#":
        text = text.replace(mark, "\\" + mark)
    return text
