"""The published schema: it takes what the reader takes, knows every field, and says what each means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from typer.testing import CliRunner

from duress.cli import app
from duress.errors import InputError
from duress.scenario import bundled, read
from duress.scenario.json_schema import MARK, SPECIMEN, json_schema, meaning, watched
from duress.scenario.reading.fields import Fields
from duress.scenario.reading.files import LIBRARY
from duress.scenario.reading.source import Mapping, Node, Scalar, joined, parse

from .test_fuzz import FULL, VARIANT, spoilt

SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
SPECIMEN_TEXT = SPECIMEN.read_text(encoding="utf-8")


def plain(node: Node) -> Any:
    """Return a tree as an editor sees it, by the rules of YAML 1.2."""
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node.entries.items()}
    if not isinstance(node, Scalar):
        return [plain(item) for item in node.items]
    if not node.plain:
        return node.text
    if node.text in ("", "~", "null"):
        return None
    if node.text in ("true", "false"):
        return node.text == "true"
    for kind in (int, float):
        try:
            return kind(node.text)
        except ValueError:
            continue
    return node.text


def faults(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(plain(parse(text)[0]))]


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(CliRunner().invoke(app, ["check", "--schema"]).stdout) == SCHEMA


@pytest.mark.parametrize("name", bundled())
def test_every_bundled_scenario_is_valid(name: str) -> None:
    assert faults((LIBRARY / f"{name}.yaml").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("text", [FULL, VARIANT, SPECIMEN_TEXT])
def test_what_uses_many_fields_is_valid(text: str) -> None:
    assert faults(text) == []


@settings(max_examples=150)
@given(spoilt())
def test_what_the_reader_takes_the_schema_takes(text: str) -> None:
    try:
        read(text, "spoilt")
    except InputError:
        return
    assert faults(text) == []


def fields() -> dict[str, bool]:
    """Return the path of every field the reader knows, and whether it saw what the field holds."""
    shapes = watched()
    parts = [(path, one.fields) for path, found in shapes.items() for one in found if isinstance(one, Fields)]
    paths = [joined(path, name) for path, names in parts for name in names if names != ("value",)]
    return {path: path in shapes for path in paths}


def test_every_field_the_reader_knows_is_there_with_what_it_may_hold() -> None:
    assert {"levers.*.harm", "parties.*.types.*.breach.cost", "unsure.*.normal", "talks.replies"} <= set(fields())
    # A field that is False here is used nowhere in every-field.yaml.
    assert [path for path, held in fields().items() if not held] == []


def test_every_field_says_what_it_means() -> None:
    # A field that is named here has no words: give its record, or the schema, a description.
    assert [path for path in fields() if not meaning(path)] == []
    assert SCHEMA["properties"]["levers"]["additionalProperties"]["properties"]["harm"]["description"] == (
        "Per level, stakes per period to the other party, before its type's bears."
    )


def inner(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
        for value in part.values():
            yield from inner(value)
    elif isinstance(part, list):
        for value in part:
            yield from inner(value)


def test_no_name_of_the_specimen_is_in_it() -> None:
    assert MARK not in json.dumps(SCHEMA, ensure_ascii=False)
    assert all(part["enum"] for part in inner(SCHEMA) if isinstance(part.get("enum"), list))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("discount: .9", "discount: 1"),
        ("discount: .9", "discont: .9"),
        ("period: week", "period: fortnight"),
        ("start: .5", "start: {value: 2}"),
        ("harm: [0, {value: .1, source: s}]", "harm: [0, {value: -.1, source: s}]"),
        ("start: .5", "start: {amount: .5}"),
        ("harm: {B: [0, .2, .5]}", "harm: {B: [0, -.2, .5]}"),
        ("replies: [refuse,", "replies: [maybe,"),
        ("levels: [off, low, high]", "levels: [off]"),
        ("horizon: 20", "horizon: 20.5"),
        ("between: [.1, .3]", "between: [.1, x]"),
        ("issues:", "matters:"),
    ],
)
def test_what_is_wrong_in_itself_is_found(before: str, after: str) -> None:
    assert FULL.count(before) == 1
    assert faults(FULL.replace(before, after))
