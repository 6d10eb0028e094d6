"""Sentences of the report that depend on how the answer was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from duress.assess.record import Assessment
from duress.report.reading import sureness


def test_an_answer_from_one_equilibrium_of_perhaps_several_says_so(build: Callable[..., Assessment]) -> None:
    answer = build()
    found = {branch: replace(answer, run={**answer.run, "branch": branch}) for branch in ("in time", "principal")}
    assert "There may be other equilibria" in sureness(found["in time"])
    assert "other equilibria" not in sureness(found["principal"])
