"""A record of real moves replayed, on a terminal."""

from __future__ import annotations

from rich.console import Console

from duress.report import words
from duress.report.page import Page
from duress.report.reading import MODEL_LINE, clean
from duress.simulate.replay import Replay, Turn

_NOTABLE = 3
"""Moves that the model found least likely, told in full."""


def print_replayed(answer: Replay, console: Console) -> None:
    """Print every move with how likely it was and what is believed after it; lines are at most 80 columns."""
    page, shown = Page(console), clean(answer)
    page.say(f"{shown.title}: {words.counted(len(shown.turns), 'move')} of the record, replayed", "bold", indent=0)
    page.say(
        f"{MODEL_LINE}. After each move stands how likely the solved game found it just before, and what the public "
        "believes once it is made.",
        "dim",
        indent=0,
    )
    page.head("Move by move")
    kinds = {party: list(by)[-1] for party, by in shown.before.items() if len(by) > 1}
    columns = [(shown.period_word, 0), ("who", 0), ("did", 0), ("chance", 6), ("expected", 0)]
    columns += [(f"{party} {kind}", 9) for party, kind in kinds.items()]
    start = ["before", "", "", "", "", *(words.percent(shown.before[p][k]) for p, k in kinds.items())]
    rows = [start, *(_row(turn, kinds) for turn in shown.turns)]
    page.table(columns, rows)
    page.say("(a move in brackets is not in the record: a party without a row held, or answered as little as it could)")
    _least_likely(page, shown)
    _worth(page, shown)
    if shown.by_chance:
        page.head("What chance did, as the record tells")
        for row in shown.by_chance:
            page.say(f"{row.date} {row.party} {row.kind} ({row.what}).")
    if shown.unused:
        page.head("Rows that are none of these moves")
        for one in shown.unused:
            page.say(f"{one.row.date} {one.row.party} {one.row.kind} ({one.row.what}): {one.why}.")
    _scores(page, shown)


def _row(turn: Turn, kinds: dict[str, str]) -> list[str]:
    best = next(iter(turn.expected))
    expected = "the same" if best == turn.move else f"{best} ({words.percent(turn.expected[best])})"
    did = turn.move if turn.rows else f"[{turn.move}]"
    believed = [words.percent(turn.about[p][k]) for p, k in kinds.items()]
    return [turn.words.split()[-1], turn.party, did, words.percent(turn.chance), expected, *believed]


def _least_likely(page: Page, shown: Replay) -> None:
    told = [turn for turn in shown.turns if turn.rows and turn.move != next(iter(turn.expected))]
    surprising = sorted(told, key=lambda turn: turn.chance)[:_NOTABLE]
    if surprising:
        page.head("What the model expected least")
    for turn in surprising:
        best = next(iter(turn.expected))
        page.say(
            f"{turn.rows[-1].date}: {turn.party} {turn.rows[-1].what}. That is “{turn.move}”, with a chance of "
            f"{words.percent(turn.chance)}; “{best}” had {words.percent(turn.expected[best])}."
        )


def _worth(page: Page, shown: Replay) -> None:
    page.head("What the rest was worth after each move, in discounted stakes")
    kinds = [(party, kind) for party, by in shown.before.items() for kind in by]
    columns = [(shown.period_word, 0), ("who", 0), ("did", 0), *((f"{party} {kind}", 9) for party, kind in kinds)]
    rows = [
        [turn.words.split()[-1], turn.party, turn.move if turn.rows else f"[{turn.move}]"]
        + [words.signed(turn.value[party][kind]) for party, kind in kinds]
        for turn in shown.turns
    ]
    page.table(columns, rows)


def _scores(page: Page, shown: Replay) -> None:
    scores = shown.scores
    page.head(f"How well {words.counted(scores.moves, 'move')} were foretold: log-likelihood per move, in nats")
    page.table(
        [("by", 0), ("score", 9)],
        [
            ["the solved scenario", words.signed(scores.model)],
            ["every available move alike", words.signed(scores.uniform)],
            ["how often the party made it otherwise", words.signed(scores.marginal)],
            ["how often it followed the party's move before", words.signed(scores.markov)],
        ],
    )
    best = max(scores.uniform, scores.marginal, scores.markov)
    verdict = (
        "The scenario foretells this record better than all three."
        if scores.model > best
        else "The scenario foretells this record worse than the best of the three: its numbers do not fit it."
    )
    page.say(f"Nearer to 0 is better. {verdict}")
    page.say("(the last two are fitted to the same record with the move in question left out)", "dim")
    if shown.left_out > 0.001:
        page.say(f"(at most {words.percent(shown.left_out)} of what may have been was left out at any turn)", "dim")
