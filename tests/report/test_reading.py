"""Sentences of the report that depend on how the answer was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from duress.assess.record import Assessment, OtherEquilibrium
from duress.report.reading import sureness


def test_an_answer_from_one_equilibrium_of_perhaps_several_says_so(build: Callable[..., Assessment]) -> None:
    answer = build()
    found = {branch: replace(answer, run={**answer.run, "branch": branch}) for branch in ("in time", "principal")}
    assert "There may be other equilibria" in sureness(found["in time"])
    assert "other equilibria" not in sureness(found["principal"])


def test_an_answer_for_which_an_equilibrium_was_lost_on_the_way_says_so(build: Callable[..., Assessment]) -> None:
    answer = build()
    stages = 1_000_000
    for branch, jumps, said in (("in time", 1200, True), ("principal", 501, True), ("in time", 500, False)):
        found = sureness(replace(answer, run={**answer.run, "branch": branch, "stages": stages, "jumps": jumps}))
        assert (f"At {jumps:,} of {stages:,} stages the equilibrium that was followed ended" in found) is said
        assert ("hang on rounding" in found) is said


def test_other_starts_are_reported_and_a_verdict_that_hangs_on_them_is_warned_of(
    build: Callable[..., Assessment],
) -> None:
    answer = build()

    def said(*found: tuple[str, bool]) -> str:
        others = tuple(
            OtherEquilibrium(n, verdict, 0.1, 0.1, {}, differs) for n, (verdict, differs) in enumerate(found)
        )
        return sureness(replace(answer, others=others)).replace("\N{NO-BREAK SPACE}", " ")

    same, another = answer.verdict, "undecided"
    assert same != another
    assert "2 other starts led to the same values" in said((same, False), (same, False))
    assert "Take care" not in said((same, False), (same, True))
    assert "1 equilibrium with other values. Take care: the verdict there is also undecided (1 of 2)" in said(
        (same, False), (another, True)
    )
    assert "--starts" not in said((same, False))
