"""``duress sweep``: the text, JSON, files, and what is refused."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import polars as pl
import pytest
from rich.cells import cell_len
from tests.sweep.conftest import SHORT
from typer.testing import CliRunner

from duress.cli import app

HARM = "levers.sanctions.harm[1]"
QUICK = ["--precision", "0.8", "--beliefs", "3", "--histories", "100", "--processes", "1"]


def run(*words: str) -> tuple[int, str, str]:
    found = CliRunner().invoke(app, ["sweep", *words])
    return found.exit_code, found.stdout, found.stderr


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("sweep") / "short.yaml"
    path.write_text(SHORT, encoding="utf-8")
    return str(path)


@pytest.mark.slow
def test_a_sweep_is_told_drawn_and_repeated_by_its_own_command(scenario: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = [scenario, "--design", "grid", "--points", "4", "--over", HARM, "--over", "horizon:3..4", *QUICK]
    code, said, told = run(*words, "--out", str(out))
    assert code == 0
    assert "4 points over 2 numbers (2 × 2)" in said
    assert told.splitlines()[0] in " ".join(said.split())
    assert max(map(cell_len, said.splitlines())) <= 80
    assert " s a point." in said
    assert {"sweep.parquet", "map-verdict.svg", "map-best-fragile.html"} <= {path.name for path in out.iterdir()}
    frame = pl.read_parquet(out / "sweep.parquet")
    command = shlex.split(json.loads(run(*words, "--out", str(out), "--json")[1])["run"]["command"])
    command[command.index("--out") + 1] = str(tmp_path / "again")
    assert command[:2] == ["duress", "sweep"]
    assert run(*command[2:], "--processes", "1")[0] == 0
    assert pl.read_parquet(tmp_path / "again" / "sweep.parquet").drop("seconds").equals(frame.drop("seconds"))


def test_the_answer_for_machines(scenario: str, tmp_path: Path) -> None:
    code, said, _ = run(scenario, "--points", "16", *QUICK, "--out", str(tmp_path), "--json")
    assert code == 0
    answer = json.loads(said)
    assert (answer["design"], answer["points"], answer["solved"]) == ("sobol", 16, 16)
    assert sum(answer["counts"]["verdict"].values()) == 16
    assert {index["parameter"] for index in answer["indices"]} == {number["path"] for number in answer["numbers"]}
    assert (tmp_path / "indices.svg").is_file()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--over", "horizon:3-5"], "over: must be PATH or PATH:LO..HI, such as horizon:12..24"),
        (["--over", "horizont:3..5"], "horizont: is not the path of a number of this scenario"),
        (["--points", "1"], "points: is 1; 2 to 1,000,000 are allowed"),
        (["--cluster", "somewhere"], "cluster: must be local or an address such as tcp://host:8786"),
        (["--claim", "talks are fun"], "claim: 'talks are fun' is not a kind of claim"),
        (["--seed", "-1"], "seed: is -1; it must be at least 0"),
    ],
)
def test_what_will_not_do_is_one_sentence_and_writes_nothing(
    scenario: str, tmp_path: Path, words: list[str], said: str
) -> None:
    code, out, told = run(scenario, *words, "--out", str(tmp_path / "out"))
    assert (code, out) == (2, "")
    assert said in told
    assert not (tmp_path / "out").exists()
