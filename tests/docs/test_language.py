"""The page on the language: each of its examples is a scenario without faults, and all of them together are solved."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from duress.scenario import explain, load, read
from duress.scenario.json_schema import watched

PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
(BASE,) = re.findall(r"^```yaml base\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
(VARIANT,) = re.findall(r"^```yaml variant\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PIECES = re.findall(r"^### ([^\n]+)\n(?:(?!^#).)*?^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def merged(whole: Any, piece: Any) -> Any:
    """Return ``whole`` with what ``piece`` says in its place."""
    if not (isinstance(whole, dict) and isinstance(piece, dict)):
        return piece
    return {**whole, **{key: merged(whole.get(key), value) for key, value in piece.items()}}


def scenario_with(*pieces: str) -> str:
    tree = yaml.safe_load(BASE)
    for piece in pieces:
        tree = merged(tree, yaml.safe_load(piece))
    if "ends" in tree:
        tree.pop("horizon")
    return yaml.safe_dump(tree, sort_keys=False)


def test_every_section_has_an_example() -> None:
    assert len(PIECES) + 1 == PAGE.count("\n### ") == PAGE.count("```yaml\n") + 1


def test_the_variant_is_one() -> None:
    variant, base = read(VARIANT, "harsher"), load("sanctions-crisis")
    assert list(variant.levers) == ["sanctions"]
    assert variant.levers["sanctions"].harm == (0.0, 0.3, 0.7)
    assert variant.levers["sanctions"].drain == base.levers["sanctions"].drain


@pytest.mark.parametrize(("heading", "piece"), PIECES, ids=[heading for heading, _ in PIECES])
def test_an_example_reads_without_fault_and_changes_what_is_told(heading: str, piece: str) -> None:
    plain = explain(read(BASE, "base"))
    assert explain(read(scenario_with(piece), "base")) != plain


def test_what_a_scope_and_a_variant_come_to_is_what_the_page_says() -> None:
    told = dict(re.findall(r"^```text (\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
    plain, base = explain(read(BASE, "base")), explain(load("sanctions-crisis"))
    scoped = explain(read(scenario_with(dict(PIECES)["Scope"]), "base"))
    variant = explain(read(VARIANT, "harsher"))
    for said, now, before in ((told["scope"], scoped, plain), (told["variant"], variant, base)):
        lines = {line.strip() for line in now.splitlines()} - {line.strip() for line in before.splitlines()}
        assert set(said.splitlines()) <= lines


@pytest.mark.parametrize(("heading", "piece"), PIECES, ids=[heading for heading, _ in PIECES])
def test_an_example_compiles(heading: str, piece: str) -> None:
    assert read(scenario_with(piece), "base").compile().states > 500


def test_every_field_of_levers_bystanders_talks_and_agreements_is_on_the_page() -> None:
    parts = ("levers.*.", "bystanders.*.", "issues.*.", "talks.", "agreement.", "unsure.*.", "parties.*.audience_cost.")
    paths = [path for path in watched() if path.startswith(parts)]
    fields = {name for path in paths for name in path.split(".")[1:] if name.strip("*[]")}
    assert {field for field in fields if not re.search(rf"\b{re.escape(field.split('[')[0])}\b", PAGE)} == set()
