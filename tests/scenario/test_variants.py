"""Scenarios that start from another, and numbers that are not sure."""

from __future__ import annotations

import math
from pathlib import Path
from statistics import NormalDist

import pytest

import duress as du
from duress.errors import InputError
from duress.scenario import Unsure, explain, read

CRISIS = du.load("sanctions-crisis")

TYPED = """
parties:
  A: {types: {hard: {prior: .25}, soft: {prior: .5}, odd: {prior: .25}}, discount: .9}
  B: {types: {one: {}, two: {}}, stamina: {start: .5}}
levers:
  press: {by: A, levels: [off, on], harm: [0, {value: .5, source: a table}], drain: {B: [0, .1]}}
issues:
  land: {positions: [mine, yours], values: {A: [0, 1], B: [1, 0]}}
"""


def sentences(text: str, path: Path | None = None) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(text, "variant", None if path is None else str(path))
    return [str(fault) for fault in caught.value.faults]


def test_a_variant_changes_what_it_says_and_keeps_the_rest() -> None:
    variant = read("extends: sanctions-crisis\nlevers: {sanctions: {harm: [0, .3, .6]}}\nhorizon: 12\n", "harsher")
    assert variant.name == "harsher"
    assert variant.title == CRISIS.title
    assert variant.horizon == 12
    assert variant.levers["sanctions"].harm == (0.0, 0.3, 0.6)
    assert variant.levers["sanctions"].drain == CRISIS.levers["sanctions"].drain
    assert variant.levers["retaliation"] == CRISIS.levers["retaliation"]
    assert variant.issues == CRISIS.issues
    assert variant.bases == ("sanctions-crisis",)
    assert "Starts from sanctions-crisis." in explain(variant)


def test_a_variant_is_the_scenario_it_would_be_written_out() -> None:
    same = read("extends: sanctions-crisis\n", "sanctions-crisis")
    assert same.digest == CRISIS.digest
    assert same.parties == CRISIS.parties
    assert same.defaults == CRISIS.defaults


def test_what_a_variant_leaves_empty_is_taken_out() -> None:
    variant = read("extends: sanctions-crisis\nlevers: {retaliation: }\n", "alone")
    assert list(variant.levers) == ["sanctions"]


def test_files_are_found_next_to_the_file_that_names_them(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "base.yaml").write_text("extends: sanctions-crisis\nhorizon: 10\nmenu: 3\n", encoding="utf-8")
    (tmp_path / "more" / "variant.yaml").write_text("extends: ../base.yaml\nmenu: 4\n", encoding="utf-8")
    variant = du.load(tmp_path / "more" / "variant.yaml")
    assert (variant.horizon, variant.menu) == (10, 4)
    assert variant.bases == ("../base.yaml", "sanctions-crisis")


def test_faults_say_in_which_file_they_are(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(TYPED.replace("discount: .9", "discount: 9"), encoding="utf-8")
    variant = tmp_path / "variant.yaml"
    assert sentences("extends: base.yaml\nhorizon: 0\n", variant) == [
        "horizon: must be a whole number from 1 to 600; found 0 (line 2)",
        "parties.A.discount: must be a number above 0 and below 1; found 9 (line 3 of 'base.yaml')",
    ]
    (tmp_path / "base.yaml").write_text("a: [", encoding="utf-8")
    (said,) = sentences("extends: base.yaml\n", variant)
    assert said.startswith("extends: line 2 of 'base.yaml', column 1: this is not YAML")
    assert said.endswith("(line 1)")


def test_a_circle_and_missing_files_are_said_in_sentences(tmp_path: Path) -> None:
    for name, base in (("a", "b"), ("b", "c"), ("c", "a")):
        (tmp_path / f"{name}.yaml").write_text(f"extends: {base}.yaml\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        du.load(tmp_path / "a.yaml")
    circle = "'b.yaml', 'c.yaml', 'a.yaml'"
    assert (
        str(caught.value) == f"extends: the scenarios start from each other in a circle: {circle} (line 1 of 'c.yaml')"
    )
    assert sentences("\nextends: sanction-crisis\n", tmp_path / "x.yaml") == [
        "extends: there is no file 'sanction-crisis', and no bundled scenario of this name; did you mean "
        f"sanctions-crisis? (bundled: {', '.join(du.scenario.bundled())}) (line 2)"  # type: ignore[attr-defined]
    ]
    assert sentences("extends: other.yaml\n") == [
        "extends: 'other.yaml' is not a bundled scenario, and only a file can name another file to start from (line 1)"
    ]
    assert sentences("extends: [a, b]\n") == [
        "extends: must name a bundled scenario or a file; found a list (line 1)",
    ]


def test_numbers_are_changed_by_their_path_and_checked() -> None:
    scenario = read(TYPED, "typed")
    other = scenario.with_values({"levers.press.harm[1]": 0.75, "levers.press.drain.B[1]": 0.2, "horizon": 12})
    assert other.levers["press"].harm == (0.0, 0.75)
    assert other.levers["press"].drain == (0.0, 0.2)
    assert other.horizon == 12
    assert other.sources["levers.press.harm[1]"].source == "a table"
    assert other.digest != scenario.digest
    assert scenario.levers["press"].harm == (0.0, 0.5)
    assert scenario.with_values({}).digest == scenario.digest


def test_a_number_that_a_default_fills_is_changed_by_its_path_too() -> None:
    scenario = read(TYPED, "typed")
    other = scenario.with_values({"parties.B.stamina.recovers": 0.25, "parties.A.stamina.strain": 0.5})
    assert other.parties["B"].stamina.recovers == 0.25
    assert other.parties["B"].stamina.start == 0.5
    assert other.parties["A"].stamina.strain == 0.5
    assert "parties.B.stamina.recovers" not in other.defaults


def test_the_other_priors_keep_their_proportions() -> None:
    types = read(TYPED, "typed").with_values({"parties.A.types.hard.prior": 0.4}).parties["A"].types
    assert {name: kind.prior for name, kind in types.items()} == pytest.approx({"hard": 0.4, "soft": 0.4, "odd": 0.2})
    even = read(TYPED, "typed").with_values({"parties.B.types.one.prior": 0.9}).parties["B"].types
    assert {name: kind.prior for name, kind in even.items()} == pytest.approx({"one": 0.9, "two": 0.1})


def test_faults_of_changed_values_come_all_at_once() -> None:
    scenario = read(TYPED, "typed")
    with pytest.raises(InputError) as caught:
        scenario.with_values({"parties.A.discount": 2, "levers.press.harm[1]": -1})
    assert [fault.field for fault in caught.value.faults] == ["parties.A.discount", "levers.press.harm[1]"]
    with pytest.raises(InputError, match=r"levers.press.harm\[2\]: is not the path of a number of this scenario; did"):
        scenario.with_values({"levers.press.harm[2]": 0.1})
    with pytest.raises(InputError, match="horizon: must be a number"):
        scenario.with_values({"horizon": math.nan})


UNSURE = """
unsure:
  parties.A.types.hard.prior: {between: [.1, .5], source: a survey}
  levers.press.drain.B[1]: {normal: [.1, .05]}
  horizon: {one_of: [12, 24, 36]}
"""


def test_what_is_not_sure_is_kept_with_what_its_field_allows() -> None:
    scenario = read(TYPED + UNSURE, "typed")
    prior, drain, horizon = scenario.unsure
    assert (prior.path, prior.kind, prior.numbers) == ("parties.A.types.hard.prior", "between", (0.1, 0.5))
    assert 0 < prior.low < 1e-300
    assert (drain.kind, drain.numbers, drain.low, drain.high) == ("normal", (0.1, 0.05), 0.0, 1.0)
    assert (horizon.kind, horizon.numbers, horizon.whole) == ("one of", (12.0, 24.0, 36.0), True)
    assert scenario.sources["unsure.parties.A.types.hard.prior"].source == "a survey"
    assert not any(path.startswith("unsure") for path in scenario.numbers)
    words = " ".join(explain(scenario).split())
    assert "parties.A.types.hard.prior: 0.25 here; anything from 0.1 to 0.5." in words
    assert "levers.press.drain.B[1]: 0.1 here; about 0.1, give or take 0.05 (normal)." in words
    assert "horizon: 36 here; one of 12, 24, 36." in words


def test_every_share_gives_a_value_that_the_scenario_takes() -> None:
    scenario = read(TYPED + UNSURE, "typed")
    for share in (0.0, 0.3, 0.5, 1.0):
        scenario.with_values({one.path: one.at(share) for one in scenario.unsure})


def test_shares_are_those_of_the_distribution() -> None:
    assert [Unsure("x", "between", (2.0, 4.0), 0, 9, False).at(u) for u in (0, 0.25, 1)] == [2.0, 2.5, 4.0]
    assert [Unsure("x", "one of", (5.0, 6.0), 0, 9, False).at(u) for u in (0, 0.49, 0.5, 1)] == [5, 5, 6, 6]
    normal = NormalDist(1.0, 2.0)
    cut = Unsure("x", "normal", (1.0, 2.0), 0.0, 5.0, False)
    for value in (0.1, 1.0, 4.9):
        inside = (normal.cdf(value) - normal.cdf(0)) / (normal.cdf(5) - normal.cdf(0))
        assert cut.at(inside) == pytest.approx(value)
    assert cut.at(0) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("horizon: {between: [1]}", "unsure.horizon.between: must hold two numbers, the least and the greatest value"),
        ("horizon: {between: [9, 3]}", "unsure.horizon.between: the first number must be below the second"),
        ("horizon: {between: [.5, 9]}", "unsure.horizon.between[0]: must be a whole number from 1 to 600; found .5"),
        ("horizon: {normal: [9, 0]}", "unsure.horizon.normal[1]: must be a number above 0"),
        ("horizon: {one_of: []}", "unsure.horizon.one_of: must hold 1 to 24 numbers; found 0"),
        ("horizon: {one_of: 3}", "unsure.horizon.one_of: must be a list of numbers"),
        ("horizon: {}", "unsure.horizon: must hold one of between, normal and one_of; found none"),
        ("horizon: {between: [1, 2], normal: [1, 2]}", "found between, normal"),
        ("horizon: 3", "unsure.horizon: must be a mapping (of between, normal, one_of); found 3"),
        ("period: {one_of: [1]}", "unsure.period: is not the path of a number of this scenario"),
        ("levers.press.drain[1]: {one_of: [0]}", "did you mean levers.press.drain.B[1]?"),
        ("levers.press.harm: {one_of: [0]}", "did you mean levers.press.harm[0]?"),
        ("levers.press.cost: {one_of: [0]}", "it is left to a default: write it out to vary it"),
    ],
)
def test_faults_of_what_is_not_sure(entry: str, said: str) -> None:
    found = sentences(f"{TYPED}unsure:\n  {entry}\n")
    assert len(found) == 1
    assert said in found[0]
