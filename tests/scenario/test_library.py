"""The bundled scenarios, and the record that comes with one of them."""

from __future__ import annotations

import csv
import re
from datetime import date

import pytest

import duress as du
from duress.scenario import bundled
from duress.scenario.explain import explain
from duress.scenario.reading.files import LIBRARY


def test_they_come_from_seven_fields() -> None:
    assert bundled() == ("debt", "iran-2019", "ransomware", "sanctions-crisis", "strike", "supplier", "tariffs")


@pytest.mark.parametrize("name", bundled())
def test_each_is_read_back_compiled_and_has_terms_to_sign(name: str) -> None:
    scenario = du.load(name)
    assert explain(scenario)
    game = scenario.compile()
    assert game.states > 1000
    assert game.agenda.menu.size


@pytest.mark.parametrize("name", bundled())
def test_each_says_what_it_is_not_sure_of_and_may_be_varied_so(name: str) -> None:
    scenario = du.load(name)
    for number in scenario.unsure:
        for share in (0.0, 1.0):
            assert scenario.with_values({number.path: number.at(share)}).numbers[number.path] == number.at(share)
    if name != "sanctions-crisis":
        assert len(scenario.unsure) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("name", bundled())
def test_each_is_solved_at_its_defaults(name: str) -> None:
    solution = du.solve(du.load(name).compile(), du.AQRE(beliefs=7))
    assert solution.status == "solved"
    assert solution.certificate.unsolved == 0
    assert solution.certificate.value_error < 1e-9


@pytest.mark.parametrize("name", bundled())
def test_each_has_a_title_and_a_summary_and_a_whole_stake_for_each_party(name: str) -> None:
    scenario = du.load(name)
    assert scenario.name == name
    assert scenario.title
    assert scenario.summary
    for party in scenario.parties.values():
        assert sum(max(issue.mean_values(party)) for issue in scenario.issues.values()) == pytest.approx(1, abs=1e-12)


def test_iran_2019_stands_where_the_record_says() -> None:
    scenario = du.load("iran-2019")
    standing = {lever.name: (lever.by, lever.levels[lever.start]) for lever in scenario.levers.values()}
    assert standing == {
        "oil sanctions": ("US", "zero exports"),
        "strike force": ("US", "held back"),
        "suspended limits": ("Iran", "suspended"),
    }
    obligation = scenario.levers["suspended limits"].obligation
    assert obligation is not None
    assert obligation.breached
    assert {name: tuple(party.types) for name, party in scenario.parties.items()} == {
        "US": ("sincere", "tactical"),
        "Iran": ("fragile", "resolute"),
    }
    assert scenario.drained("Iran")
    assert (scenario.horizon, scenario.period) == (9, "quarter")


def test_iran_2019_asks_across_a_red_line_only_on_missiles_and_regional_forces() -> None:
    scenario = du.load("iran-2019")
    crossing = {
        (party, issue.name)
        for party, terms in scenario.demand.items()
        for issue in scenario.issues.values()
        if terms[issue.name] in issue.red_line[scenario.other(party)]
    }
    assert crossing == {("US", "missiles"), ("US", "regional forces")}


def test_every_number_of_iran_2019_is_explained() -> None:
    """A line with a number in it has a comment, is inside an entry with a source or note, or follows a comment."""
    lines = (LIBRARY / "iran-2019.yaml").read_text(encoding="utf-8").splitlines()
    number = re.compile(r"(?<![\w.])\.?\d+(\.\d+)?(?![\w.])")
    for rank, line in enumerate(lines):
        content, _, comment = line.partition(" #")
        if content.lstrip().startswith("#") or "summary" in content or not number.search(content.split('"')[0]):
            continue
        if content.lstrip().startswith(("title", "A year", "positions", "status_quo", "Iran: {enrichment")):
            continue
        below = "".join(lines[rank + 1 : rank + 3])
        explained = comment or "note:" in content or "note:" in below or lines[rank - 1].lstrip().startswith("#")
        assert explained, line


def test_the_record_is_dated_and_in_order() -> None:
    with (LIBRARY / "iran-2018-2021.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    days = [date.fromisoformat(row["date"]) for row in rows]
    assert days == sorted(days)
    assert {row["party"] for row in rows} == {"US", "Iran", "Europe"}
    assert all(row["what"] and row["source"] for row in rows)
