"""Maps and indices drawn: every point is counted, every word has its letter, and what is not there is refused."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from duress import Design, Scenario, Sweep, load
from duress.figures import phase_map, sensitivity_chart, to_svg
from duress.sweep.design import lay_out

HARM, OTHER, END = "levers.sanctions.harm[2]", "levers.retaliation.harm[2]", "horizon"
RANGES = {HARM: (0.3, 0.8), OTHER: (0.1, 0.9), END: (12, 48)}


@pytest.fixture(scope="module")
def crisis() -> Scenario:
    return load("sanctions-crisis")


def made(crisis: Scenario, design: Design, failed: int = 0) -> Sweep:
    """Make a sweep whose numbers are known: accepting is worth the harm less half, refusing nothing."""
    plan = lay_out(crisis, design, 0)
    gain = plan.table[:, 0] - 0.5
    status = ["failed" if n < failed else "solved" for n in range(len(gain))]

    def unless_failed(entries: list) -> list:
        return [None if s == "failed" else entry for s, entry in zip(status, entries, strict=True)]

    columns = {
        "point": range(len(gain)),
        **dict(zip(plan.paths, plan.table.T, strict=True)),
        "status": status,
        "reason": ["it would not" if s == "failed" else "" for s in status],
        "verdict": unless_failed(["way out" if g > 0 else "harvest" for g in gain]),
        "best[fragile]": unless_failed(["accept and keep" if g > 0 else "refuse and raise retaliation" for g in gain]),
        "best value[fragile]": unless_failed(np.maximum(gain, 0.0).tolist()),
        "gain[fragile]": unless_failed(gain.tolist()),
        "claim[talks pay]": unless_failed(["holds" if g > 0.1 else "undecided" for g in gain]),
    }
    standing = {"verdict": "undecided", "best[fragile]": "refuse", "claim[talks pay]": "fails"}
    return Sweep(
        "crisis",
        "A crisis",
        "Target",
        plan,
        pl.DataFrame(columns),
        {**standing},
        {"command": "duress", "seconds_of_points": 500.0},
    )


def test_titles_of_panels_side_by_side_are_as_high_and_begin_where_the_rows_do(crisis: Scenario) -> None:
    drawn = to_svg(sensitivity_chart(made(crisis, Design("sobol", 64, RANGES))))
    places = re.findall(r'role-title"><g transform="translate\(([-\d.]+),([-\d.]+)\)', drawn)
    assert len(places) == 2
    assert len(set(places)) == 1
    assert float(places[0][0]) == 0.0


def rows(chart) -> list[dict]:
    return chart.layer[0].data.values


def test_a_grid_has_a_full_cell_for_every_point(crisis: Scenario) -> None:
    sweep = made(crisis, Design("grid", 30, {HARM: RANGES[HARM], OTHER: RANGES[OTHER]}))
    found = rows(phase_map(sweep))
    assert len(found) == len(sweep.frame) == 25
    for row, verdict in zip(found, sweep.frame["verdict"], strict=True):
        assert row["most"] == verdict
        assert (row["left"], row["right"], row["low"], row["high"]) == pytest.approx(
            (row["x0"], row["x1"], row["y0"], row["y1"])
        )


def test_every_point_of_a_sample_is_in_a_cell(crisis: Scenario) -> None:
    sweep = made(crisis, Design("lhs", 300, RANGES), failed=7)
    found = rows(phase_map(sweep))
    counted = [int(entry.rsplit(" ", 1)[1]) for row in found for entry in row["told"].split(", ")]
    assert sum(counted) == 300
    assert sum("not solved" in row["told"] for row in found) >= 1
    for row in found:
        counts = {entry.rsplit(" ", 1)[0]: int(entry.rsplit(" ", 1)[1]) for entry in row["told"].split(", ")}
        assert counts[row["most"]] == max(counts.values())
        area = (row["right"] - row["left"]) * (row["high"] - row["low"])
        whole = (row["x1"] - row["x0"]) * (row["y1"] - row["y0"])
        assert area / whole == pytest.approx(counts[row["most"]] / sum(counts.values()))


def test_the_numbers_that_matter_most_are_the_axes(crisis: Scenario) -> None:
    for design in (Design("sobol", 320, RANGES), Design("lhs", 320, RANGES), Design("grid", 320, RANGES)):
        sweep = made(crisis, design)
        importance = sweep.importance()
        assert next(iter(importance)) == HARM
        assert importance[HARM] > 0.9 > 0.2 > importance[OTHER]
        assert phase_map(sweep).layer[0].to_dict()["encoding"]["x"]["axis"]["title"] == "harm of sanctions at full"


def test_replies_are_told_by_what_kind_they_are(crisis: Scenario) -> None:
    found = rows(phase_map(made(crisis, Design("lhs", 100, RANGES)), "best[fragile]"))
    assert {row["label"] for row in found} == {"R+: refuse and raise", "K: accept and keep"}


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("outcome", ["verdict", "best[fragile]", "claim[talks pay]"])
@pytest.mark.parametrize("over", [RANGES, {HARM: (0.3, 0.8)}])
def test_every_map_is_drawn(crisis: Scenario, outcome: str, over: dict, narrow: bool) -> None:
    sweep = made(crisis, Design("lhs", 60, over), failed=3)
    assert to_svg(phase_map(sweep, outcome, narrow=narrow)).lstrip().startswith("<svg")


def test_what_is_not_there_is_not_drawn(crisis: Scenario) -> None:
    sweep = made(crisis, Design("lhs", 20, RANGES))
    with pytest.raises(ValueError, match="is not one of verdict"):
        phase_map(sweep, "mood")
    with pytest.raises(ValueError, match="name two of"):
        phase_map(sweep, first=HARM, second=HARM)
    with pytest.raises(ValueError, match="name two of"):
        phase_map(sweep, first="menu")
    with pytest.raises(ValueError, match="no Sobol indices"):
        sensitivity_chart(sweep)


@pytest.mark.parametrize("narrow", [False, True])
def test_indices_are_those_of_a_line_and_drawn(crisis: Scenario, narrow: bool) -> None:
    sweep = made(crisis, Design("sobol", 1280, RANGES))
    for index in sweep.indices:
        if index.of == "gain[fragile]":
            right = 1.0 if index.parameter == HARM else 0.0
            assert index.first == pytest.approx(right, abs=0.05)
            assert index.total == pytest.approx(right, abs=0.05)
    assert to_svg(sensitivity_chart(sweep, narrow=narrow)).lstrip().startswith("<svg")


def test_base_rows_with_a_point_that_failed_are_left_out(crisis: Scenario) -> None:
    sweep = made(crisis, Design("sobol", 320, RANGES), failed=7)
    assert {index.rows for index in sweep.indices} == {sweep.plan.base - 2}


def test_the_text_is_whole_at_80_columns(crisis: Scenario, tmp_path: Path) -> None:
    from io import StringIO

    from rich.console import Console

    from duress.report.sweep import print_sweep, write_charts

    sweep = made(crisis, Design("sobol", 320, RANGES), failed=7)
    text = StringIO()
    print_sweep(sweep, Console(file=text, width=80))
    said = text.getvalue()
    assert max(map(len, said.splitlines())) <= 80
    for words in (
        "7 failed",
        "Work: 8.3 min, 1.6 s a point.",
        "way out",
        "harm of sanctions at full",
        "7 points, the first number 0: it would not",
    ):
        assert words in said
    pages = write_charts(sweep, tmp_path)
    assert [page.name for page in pages] == [
        "map-verdict.html", "map-best-fragile.html", "map-claim-talks-pay.html", "indices.html"
    ]  # fmt: skip
    assert all(page.with_suffix(".svg").is_file() for page in pages)
