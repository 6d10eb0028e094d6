"""duress solve and duress export, as a person and as a program would use them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from duress.cli import app
from duress.game.classics import beer_quiche
from duress.game.efg import write_efg


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture
def breakfast(tmp_path: Path) -> Path:
    path = tmp_path / "breakfast.efg"
    path.write_text(write_efg(beer_quiche()), encoding="utf-8")
    return path


@pytest.mark.parametrize("method", ["tree", "grid"])
def test_a_file_is_solved_by_either_method(breakfast: Path, method: str) -> None:
    result = run("solve", breakfast, "--precision", "5", "--method", method, "--json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert answer["status"] == "solved"
    assert answer["precision"] == {"Stranger": 5.0, "Bully": 5.0}
    assert set(answer) >= {"beliefs", "value", "certificate", "behavior", "run"}
    assert answer["certificate"]["unsolved"] == 0
    # Information sets as the file calls them; every one of them.
    assert set(answer["behavior"]["Stranger"]) == {"weak|", "strong|"}
    assert set(answer["behavior"]["Bully"]) == {"beer", "quiche"}
    assert answer["behavior"]["Bully"]["quiche"]["fight"] > 0.9


def test_the_two_methods_agree(breakfast: Path) -> None:
    answers = [
        json.loads(run("solve", breakfast, "--precision", "2", "--method", m, "--json").stdout)
        for m in ("tree", "grid")
    ]
    for player, kinds in answers[0]["value"].items():
        assert answers[1]["value"][player] == pytest.approx(kinds, abs=1e-6)


def test_a_classic_is_set_beside_its_textbook() -> None:
    result = run("solve", "classic:beer-quiche")
    assert result.exit_code == 0, result.output
    assert "textbook" in result.stdout
    assert "Cho, I.-K. & Kreps, D. (1987)" in result.stdout
    numbers = json.loads(run("solve", "classic:beer-quiche", "--json").stdout)["textbook"]["numbers"]
    assert all(abs(n["ours"] - n["textbook"]) <= n["tolerance"] for n in numbers)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("solve", "classic:nothing"), "chain-store"),
        (("solve", "not-there.efg"), "cannot be read"),
        (("solve", "classic:beer-quiche", "--periods", "0"), "at least 1"),
        (("solve", "classic:beer-quiche", "--method", "tree", "--beliefs", "9"), "leave out"),
        (("solve", "classic:beer-quiche", "--precision", "-1"), "0 to 10000"),
        (("export", "classic:beer-quiche"), "--efg"),
        (("export", "classic:beer-quiche", "--efg", "--out", "no/such/folder/x.efg"), "no folder"),
    ],
)
def test_bad_input_gets_a_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_a_scenario_is_exported_and_solved_again(tmp_path: Path) -> None:
    path = tmp_path / "crisis.efg"
    assert run("export", "sanctions-crisis", "--efg", "--periods", "1", "--out", path).exit_code == 0
    answer = json.loads(run("solve", path, "--precision", "1", "--json").stdout)
    assert list(answer["value"]) == ["Coercer", "Target"]
    assert any(label.startswith("tactical|") for label in answer["behavior"]["Coercer"])
