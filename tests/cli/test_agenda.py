"""``duress agenda``, as a person or a script would use it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from duress.cli import app
from duress.scenario import bundled


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.mark.parametrize("name", bundled())
def test_every_bundled_scenario_fits_80_columns(name: str) -> None:
    done = run("agenda", name)
    assert done.exit_code == 0, done.stderr
    assert max(map(cell_len, done.stdout.splitlines())) <= 80
    parts = ["What can be signed at all", "The frontier", "Who blocks what", "Without a deal", "The zone of agreement"]
    places = [done.stdout.index(part) for part in parts]
    assert places == sorted(places)


def test_it_names_who_blocks_what() -> None:
    said = " ".join(run("agenda", "iran-2019", "--party", "US").stdout.split())
    assert "The demand of US lies across a red line of Iran (missiles, regional forces)." in said
    assert "Without the line of Iran on missiles the frontier would hold: enrichment: none, missiles: limited" in said
    assert "For US" in said
    assert "For Iran" not in said


def test_json_holds_all_terms_and_cases() -> None:
    answer = json.loads(run("agenda", "iran-2019", "--json", "--at", "oil sanctions=none").stdout)
    assert len(answer["agenda"]["terms"]) == 36
    assert answer["cases"][0]["levels"]["oil sanctions"] == "none"
    assert {"Nash", "Kalai-Smorodinsky", "egalitarian", "welfare"} == set(answer["cases"][0]["settlements"])
    assert answer["run"]["digest"]


def test_figures_are_drawn(tmp_path: Path) -> None:
    svg, page = tmp_path / "deal.svg", tmp_path / "deal.html"
    assert run("agenda", "sanctions-crisis", "--figure", str(svg)).exit_code == 0
    assert "no deal" in "".join(ElementTree.parse(svg).getroot().itertext())
    assert run("agenda", "sanctions-crisis", "--figure", str(page)).exit_code == 0
    text = page.read_text(encoding="utf-8")
    assert text.count("<svg") == 1
    assert "<h1>A sanctions crisis</h1>" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--at", "sanctions"], "--at: must be LEVER=LEVEL; found 'sanctions'"),
        (["--at", "sanctions=some"], "sanctions: 'some' is not a level of this lever"),
        (["--figure", "deal.jpeg"], "--figure: must end in .svg or .html"),
        (["--figure", "no-folder/deal.svg"], "cannot be written"),
        (["--party", "Referee"], "party: 'Referee' is not a party of this scenario"),
    ],
)
def test_bad_input_ends_with_2_and_a_sentence(words: list[str], said: str) -> None:
    done = run("agenda", "sanctions-crisis", *words)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert said in done.stderr
