"""`duress fit` as it is typed."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import polars as pl
import pytest
from tests.fit.simulated import UTILITIES, crises
from typer.testing import CliRunner, Result

import duress as du
from duress.cli import app
from duress.fit import signaling_search
from duress.fit.models import MODELS

FORMULAS = [word for name, formula in UTILITIES.items() for word in ("--u", f"{name} = {formula}")]


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["fit", *words])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("data") / "crises.csv"
    crises(120, 4).write_csv(path)
    return str(path)


def test_without_a_model_it_lists_them() -> None:
    done = run()
    assert done.exit_code == 0
    for name, kind in MODELS.items():
        assert name in done.stdout
        assert kind.title in done.stdout


@pytest.mark.parametrize("name", MODELS)
def test_without_data_it_draws_the_tree_with_payoffs_and_gives_equations_and_source(name: str) -> None:
    done = run(name)
    assert done.exit_code == 0
    assert max(map(len, done.stdout.splitlines())) <= 80
    model = MODELS[name]()
    assert f"Outcomes: {model.outcomes_asked}." in " ".join(done.stdout.split())
    assert f"a formula ({model.defaults[model.utilities[0]]} if it has none)" in " ".join(done.stdout.split())
    for utility in model.utilities:
        assert utility in model.about or utility.startswith("log_")
    assert "'--" in done.stdout
    assert "Pr(" in done.stdout
    assert "(20" in done.stdout or "(19" in done.stdout


def test_it_prints_the_summary_and_writes_what_was_asked(data: str, tmp_path: Path) -> None:
    names = {
        "--out": "fit.json",
        "--html": "fit.html",
        "--latex": "fit.tex",
        "--figure": "fit.svg",
        "--predictions": "p.csv",
    }
    files = [word for option, name in names.items() for word in (option, str(tmp_path / name))]
    done = run("crisis-signaling", data, *FORMULAS, "--method", "cmle", "--effect", "z", "--profile", "a:w", *files)
    assert done.exit_code == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    back = du.load_fit(tmp_path / "fit.json")
    assert done.stdout.startswith(back.summary())
    assert "Average effect of z, from -0.4" in done.stdout
    assert "Profile of a:w" in done.stdout
    assert (tmp_path / "fit.tex").read_text(encoding="utf-8") == back.to_latex() + "\n"
    assert (tmp_path / "fit.svg").read_text(encoding="utf-8").startswith("<svg")
    page = (tmp_path / "fit.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "challenge" in page
    assert page.count("<svg") == 2
    assert "log-likelihood lost" in page
    assert "log-likelihood lost" in (tmp_path / "fit.svg").read_text(encoding="utf-8")
    assert "http" not in page.replace("http://www.w3.org", "")
    assert pl.read_csv(tmp_path / "p.csv").height == back.predict().height


def test_the_command_it_gives_repeats_it(data: str) -> None:
    words = ["crisis-signaling", data, *FORMULAS, "--errors", "robust", "--effect", "w:-1..1"]
    answer = json.loads(run(*words, "--json").stdout)
    again = run(*shlex.split(answer["command"])[2:], "--json")
    assert json.loads(again.stdout) == answer
    assert [row["outcome"] for row in answer["effects"]["w"]] == ["sq", "cd", "sf", "bd"]
    assert answer["errors"] == "robust, rows"


def test_two_fits_are_compared(data: str, tmp_path: Path) -> None:
    worse = ["--u", "S_A = 0 + x", "--u", "W_B = 1", "--u", "V_A = 1", "--u", "a = 1"]
    assert run("crisis-signaling", data, *worse, "--out", str(tmp_path / "worse.json")).exit_code == 0
    done = run("crisis-signaling", data, *FORMULAS, "--against", str(tmp_path / "worse.json"))
    assert "Vuong: the first fit is better" in done.stdout
    assert "Clarke: the first fit is better" in done.stdout
    assert done.stdout.split()[-2:] == ["--against", str(tmp_path / "worse.json")]
    page = tmp_path / "fit.html"
    run("crisis-signaling", data, *FORMULAS, "--against", str(tmp_path / "worse.json"), "--html", str(page))
    assert "Vuong: the first fit is better" in page.read_text(encoding="utf-8")


def test_faults_are_sentences_with_exit_code_2(data: str, tmp_path: Path) -> None:
    cases = {
        "model: must be one of crisis-signaling": ("chess", data),
        "link: is no setting of crisis-signaling": ("crisis-signaling", data, *FORMULAS, "--link", "logit"),
        "largest: must be above 0": ("ultimatum", data, "--u", "R1=1", "--largest", "-3"),
        "--u: give at least one utility a formula": ("crisis-signaling", data),
        "--u: must be UTILITY=FORMULA; found 'W_A'": ("crisis-signaling", data, "--u", "W_A"),
        "--u: W_A is given twice": ("crisis-signaling", data, "--u", "W_A=1", "--u", "W_A=0"),
        "W_A: there is no column 'q'": ("crisis-signaling", data, "--u", "W_A=q"),
        "--figure: must end in .svg or .html": ("crisis-signaling", data, *FORMULAS, "--figure", "fit.png"),
        "there is no folder": ("crisis-signaling", data, *FORMULAS, "--out", str(tmp_path / "no" / "fit.json")),
        "effect: must be COLUMN or COLUMN:LO..HI": ("crisis-signaling", data, *FORMULAS, "--effect", "z:1.."),
        "profile: needs a likelihood": ("crisis-signaling", data, *FORMULAS, "--profile", "a:w"),
        "there is no such file": ("crisis-signaling", str(tmp_path / "no.csv"), *FORMULAS),
    }
    for said, words in cases.items():
        done = run(*words)
        assert done.exit_code == 2, words
        assert said in done.stderr
        assert "Traceback" not in done.stderr
        assert not done.stdout


def test_no_maximum_is_exit_code_1_and_said(data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signaling_search, "_NESTED_MOST", 1)
    done = run("crisis-signaling", data, *FORMULAS)
    assert done.exit_code == 1
    said = " ".join(done.stdout.split())
    assert "No maximum was reached: try other starting values, fewer terms, or another method." in said
    assert "Expectations did not settle; try cmle." in said


def test_hopeless_data_end_in_a_sentence_and_not_in_a_traceback(tmp_path: Path) -> None:
    """A column that is 1 in one row only, in which all is seen that is seen once."""
    rare = pl.Series([1.0] + 119 * [0.0])
    data = crises(120, 4, 1).with_columns(rare=rare, sq=pl.Series([3] + 119 * [0]), bd=pl.Series([1] + 119 * [0]))
    data.write_csv(tmp_path / "rare.csv")
    for method in ("pl", "npl", "cmle"):
        words = [*FORMULAS[:-2], "--u", "a = 1 + w + rare", "--method", method]
        done = run("crisis-signaling", str(tmp_path / "rare.csv"), *words)
        assert done.exception is None or isinstance(done.exception, SystemExit)
        assert done.exit_code == 2 or "maximum was reached" in done.stdout


def test_an_effect_without_an_error_says_so_everywhere(tmp_path: Path) -> None:
    moves = ["L", "RL", "RR", "RR", "RL", "L", "RR", "L"] * 25
    rare = [int(move == "RR" and k % 3 == 0) for k, move in enumerate(moves)]
    frame = pl.DataFrame({"y": moves, "rare": rare})
    frame.write_csv(tmp_path / "rare.csv")
    asked = ["egame12", str(tmp_path / "rare.csv"), "--u", "u1(L) = 1", "--u", "u2(RR) = 1 + rare", "--outcome", "y"]
    page, figure = tmp_path / "rare.html", tmp_path / "figure.html"
    done = run(*asked, "--effect", "rare", "--html", str(page), "--figure", str(figure))
    assert done.exit_code == 0
    why = "The data give no error of u2(RR):rare, and so none of this effect."
    (line,) = [line for line in done.stdout.splitlines() if line.split()[:1] == ["RL"]]
    assert line.split()[-1] == "n/a"
    assert why in " ".join(done.stdout.split())
    assert f"<p>{why}</p>" in page.read_text(encoding="utf-8")
    assert "(no interval)" in figure.read_text(encoding="utf-8")
    told = json.loads(run(*asked, "--effect", "rare", "--json").stdout)["effects"]["rare"]
    assert [(row["low"], row["high"], row["note"]) for row in told] == [(None, None, why)] * 3
