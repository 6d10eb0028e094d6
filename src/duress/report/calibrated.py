"""Numbers fitted to records of real moves, on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from duress.report import words
from duress.report.page import Page
from duress.report.reading import MODEL_LINE, clean
from duress.simulate.calibrate import DROP, Calibration, Estimate


def print_calibrated(answer: Calibration, console: Console) -> None:
    """Print the estimates with their intervals, and what the records cannot tell; lines are at most 80 columns."""
    page, shown = Page(console), clean(answer)
    many = f"{words.counted(shown.moves, 'move')} in {words.counted(shown.records, 'record')}"
    page.say(f"{shown.title}: {words.counted(len(shown.estimates), 'number')} fitted to {many}", "bold", indent=0)
    page.say(
        f"{MODEL_LINE}. Maximum likelihood; the interval is where the profile falls by {DROP:.2f}, with < or > where "
        "it goes beyond the range.",
        "dim",
        indent=0,
    )
    page.head("Estimates")
    rows = [[e.path, words.value(e.before), words.value(e.value), _interval(e)] for e in shown.estimates]
    page.table([("number", 0), ("was", 6), ("fits best", 9), ("95 % interval", 16)], rows)
    for estimate in shown.estimates:
        page.say(verdict(estimate))
    if warning := at_ends(shown.estimates):
        page.say(warning)
    before, after = shown.log_likelihood_before / shown.moves, shown.log_likelihood / shown.moves
    page.head("How much better it fits")
    page.say(
        f"Log-likelihood per move: {words.signed(after)} with these numbers, {words.signed(before)} with those of the "
        f"scenario ({words.counted(shown.evaluations, 'game')} solved)."
    )
    finer, finer_before = shown.finer.log_likelihood / shown.moves, shown.finer.log_likelihood_before / shown.moves
    page.say(
        f"On a finer grid of beliefs ({shown.finer.beliefs} nodes): {words.signed(finer)} and "
        f"{words.signed(finer_before)}."
    )


def at_ends(estimates: Sequence[Estimate]) -> str:
    """Return what it means that numbers fit best at an end of their range; empty where fewer than two do."""
    there = sum(bool(e.at_end) and not e.flat for e in estimates)
    if there < 2:
        return ""
    return (
        f"{there} of {len(estimates)} numbers fit best at an end of their range: the records ask for numbers beyond, "
        "or hold something that the scenario lacks. Such numbers are no measurements, and intervals may hold the truth "
        "less often than they say."
    )


def _interval(estimate: Estimate) -> str:
    low, high = estimate.interval
    left = f"< {words.value(estimate.low)}" if low is None else words.value(low)
    right = f"> {words.value(estimate.high)}" if high is None else words.value(high)
    return f"{left} to {right}"


def verdict(estimate: Estimate) -> str:
    """Return in a sentence what the records tell of a number."""
    low, high = estimate.interval
    ends = {"low": estimate.low, "high": estimate.high}
    if estimate.at_end and not estimate.flat:
        end, way = words.value(ends[estimate.at_end]), {"low": "lower", "high": "higher"}[estimate.at_end]
        beyond = f" The best value is at the end of its range, {end}: a {way} one may fit better still."
    else:
        beyond = ""
    span = f"{words.value(estimate.low)} to {words.value(estimate.high)}"
    if estimate.flat:
        return f"{estimate.path}: the records say nothing of it; its profile is flat from {span}."
    if low is None and high is None:
        return f"{estimate.path}: the records do not bound it within {span}.{beyond}"
    if low is None or high is None:
        bound = f"above {words.value(low)}" if low is not None else f"below {words.value(high or 0.0)}"
        return f"{estimate.path}: the records bound it on one side only, {bound}.{beyond}"
    return f"{estimate.path}: the records bound it on both sides.{beyond}"
