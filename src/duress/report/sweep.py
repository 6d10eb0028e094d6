"""A sweep on a terminal, and its charts as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from duress.errors import InputError
from duress.figures import phase_map, sensitivity_chart, to_html, to_svg
from duress.report import reading, words
from duress.report.page import Page
from duress.sweep.record import Sweep
from duress.sweep.sweep import duration

_SHARE, _INTERVAL, _COUNT, _NUMBER = 6, 13, 9, 6
_MOST_FAILURES = 5
MEANING = (
    "Shares of the variance over all that is not known: what a number explains alone, and what it has any part in. "
    "Intervals hold 95 of 100 resamples."
)


def charts_of(sweep: Sweep) -> dict[str, Callable[[], object]]:
    """Return name of a file -> what makes the chart, for every chart there is."""
    charts: dict[str, Callable[[], object]] = {
        f"map-{_file_name(outcome)}": lambda outcome=outcome: phase_map(sweep, outcome) for outcome in sweep.outcomes
    }
    if sweep.indices:
        charts["indices"] = lambda: sensitivity_chart(sweep)
    return charts


def write_charts(sweep: Sweep, folder: Path) -> list[Path]:
    """Write every chart into ``folder``, as SVG and as a page that opens offline; return the pages.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    pages = []
    for name, make in charts_of(sweep).items():
        chart = make()
        pages.append(folder / f"{name}.html")
        try:
            (folder / f"{name}.svg").write_text(to_svg(chart), encoding="utf-8")
            pages[-1].write_text(to_html(chart, sweep.title), encoding="utf-8")
        except OSError as error:
            raise InputError(f"{str(folder)!r} cannot be written: {error.strerror}") from None
    return pages


def print_sweep(sweep: Sweep, console: Console) -> None:
    """Print what a sweep found; lines are at most 80 columns."""
    page = Page(console)
    answer = reading.clean(sweep.summary())
    page.say(f"{answer.title}: the invitation to {answer.party}, swept", "bold", indent=0)
    page.say(f"{answer.sentence}; {answer.solved:,} solved and certified, {answer.failed:,} failed.", indent=0)
    work = float(sweep.run["seconds_of_points"])
    page.say(f"Work: {duration(work)}, {work / len(sweep.frame):.2g} s a point.", indent=0)
    page.say(f"{reading.MODEL_LINE}.", "dim", indent=0)
    for outcome in answer.outcomes:
        page.head(outcome.words)
        total = sum(outcome.counts.values()) or 1
        rows = [[word, f"{n:,}", words.percent(n / total)] for word, n in outcome.counts.items()]
        page.table([("", 0), ("points", _COUNT), ("share", _SHARE)], rows)
        page.say(f"As the scenario stands: {outcome.standing}.", "dim")
    if answer.indices:
        page.head(f"What matters (Sobol indices, from {answer.indices[0].rows:,} base rows)")
        page.say(MEANING, "dim")
    for measure in dict.fromkeys(index.of for index in answer.indices):
        of = sorted((index for index in answer.indices if index.of == measure), key=lambda index: -index.total)
        columns = [("alone", _NUMBER), ("", _INTERVAL), ("in all", _NUMBER), ("", _INTERVAL)]
        rows = [
            [
                index.words,
                words.number(index.first),
                _interval(index.first_interval),
                words.number(index.total),
                _interval(index.total_interval),
            ]
            for index in of
        ]
        console.print()
        page.say(answer.measures[measure])
        page.table([("number", 0), *columns], rows)
    if answer.failures:
        page.head("What failed")
        for reason, points in list(answer.failures.items())[:_MOST_FAILURES]:
            several = f"{len(points):,} points, the first number {points[0]:,}" if len(points) > 1 else f"{points[0]:,}"
            page.say(f"{several}: {reason}")
        if len(answer.failures) > _MOST_FAILURES:
            page.say(f"and {len(answer.failures) - _MOST_FAILURES:,} other reasons, in the table")
    page.head("How to repeat it")
    page.command(answer.command)


def _interval(ends: tuple[float, float]) -> str:
    return f"{words.number(ends[0])} to {words.number(ends[1])}"


def _file_name(outcome: str) -> str:
    """Return a column's name in letters, digits and hyphens."""
    kept = "".join(letter if letter.isalnum() else " " for letter in outcome)
    return "-".join(kept.split()).lower()
