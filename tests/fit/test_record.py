"""What a fit tells: text, tables, predictions, effects, profiles, comparisons, and that it comes back from a file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.special import ndtri
from tests.fit.simulated import UTILITIES, crises

import duress as du
from duress import CrisisSignaling, Fit
from duress.errors import InputError


@pytest.fixture(scope="module")
def fitted() -> Fit:
    return du.fit(CrisisSignaling("cmle"), crises(120, 4), UTILITIES)


@pytest.fixture(scope="module")
def nested() -> Fit:
    return du.fit("crisis-signaling", crises(120, 4), UTILITIES)


def test_the_criteria_take_parameters_as_a_price(fitted: Fit) -> None:
    assert fitted.aic == pytest.approx(2 * 8 - 2 * fitted.loglik)
    assert fitted.bic == pytest.approx(8 * np.log(120) - 2 * fitted.loglik)
    assert fitted.aic > -2 * fitted.loglik


def test_the_table_holds_intervals_and_p_values(fitted: Fit) -> None:
    row = fitted.table.row(by_predicate=(pl.col("utility") == "W_B") & (pl.col("term") == "z"), named=True)
    assert row["estimate"] == fitted["W_B:z"]
    assert row["high"] - row["low"] == pytest.approx(2 * ndtri(0.975) * row["std_error"])
    assert fitted.intervals(0.5)[0, 1] < fitted.intervals(0.9)[0, 1]
    with pytest.raises(InputError, match="there is no parameter 'W_B:q'; there are S_A:x"):
        fitted["W_B:q"]


def test_the_summary_says_what_was_fitted_and_how_well(fitted: Fit, nested: Fit) -> None:
    page = fitted.summary()
    for said in ("Crisis-signaling game results", "constrained likelihood", "Set to 0: V_B.", "A maximum was reached."):
        assert said in page
    assert f"{fitted['a:w']:.4f}" in page
    assert max(len(line) for line in page.splitlines()) <= 78
    assert "Pseudo-log-likelihood" in nested.summary()
    assert "Pseudo" not in page


def test_latex_and_html_hold_every_coefficient(fitted: Fit) -> None:
    latex, html = fitted.to_latex(), fitted.to_html()
    assert latex.count(r"\\") == 1 + 2 * 8 + 3
    assert r"S\_A & x & $" in latex
    assert html.count("<tr>") == 9 + 1 + 8 + 1
    assert "<td>constant</td>" in html


def test_a_fit_comes_back_from_its_file(fitted: Fit, tmp_path: Path) -> None:
    fitted.save(tmp_path / "fit.json")
    back = du.load_fit(tmp_path / "fit.json")
    assert back.model == fitted.model
    assert (back.coefficients == fitted.coefficients).all()
    assert back.predict().equals(fitted.predict())
    assert back.effect("z").equals(fitted.effect("z"))
    assert back.summary() == fitted.summary()


def test_a_summary_is_as_wide_as_a_terminal_whatever_names_and_sizes_are() -> None:
    long, small = "a_column_whose_name_says_all_there_is_to_know", "dollars"
    data = crises(120, 4).rename({"group": "dyads_by_the_names_of_both_countries"})
    data = data.with_columns(pl.col("w").alias(long), (pl.col("z") * 1e9).alias(small))
    formulas = {**UTILITIES, "a": f"1 + {long}", "W_B": f"1 + {small}"}
    fitted = du.fit("crisis-signaling", data, formulas, cluster="dyads_by_the_names_of_both_countries")
    lines = fitted.summary().splitlines()
    assert max(map(len, lines)) == 78
    assert "Errors: robust, 30 groups by dyads_by_the_names_of_both_countries" in lines
    assert f"  {long}" in lines
    (row,) = [line.split() for line in lines if line.startswith(f"  {small}")]
    assert float(row[1]) == pytest.approx(fitted[f"W_B:{small}"], rel=5e-3)
    assert float(row[2]) > 0.0


def test_a_file_that_holds_no_fit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}")
    (tmp_path / "text.json").write_text("fit")
    for name in ("other.json", "text.json", "absent.json"):
        with pytest.raises(InputError, match=name):
            du.load_fit(tmp_path / name)


def test_json_is_for_machines(fitted: Fit) -> None:
    there = json.loads(json.dumps(fitted.as_json(), allow_nan=False))
    assert there["log_likelihood"] == fitted.loglik
    assert [c["term"] for c in there["coefficients"]][:2] == ["x", "1"]
    assert there["settings"]["method"] == "cmle"


def test_predictions_of_the_rows_are_probabilities(fitted: Fit) -> None:
    found = fitted.predict()
    assert found.height == 120
    assert found.select("sq", "cd", "sf", "bd").sum_horizontal().to_numpy() == pytest.approx(1.0, abs=1e-12)
    assert (found["challenge"] * found["resist"] * found["stand firm"]).to_numpy() == pytest.approx(
        found["sf"].to_numpy()
    )
    counts = fitted.frame.select("sq", "cd", "sf", "bd").sum().row(0)
    expected = 20 * found.select("sq", "cd", "sf", "bd").sum().to_numpy()[0]
    assert expected == pytest.approx(counts, rel=0.1)


def test_a_counterfactual_works_the_equilibrium_out_anew(fitted: Fit) -> None:
    fewer = fitted.predict(change={"w": -1.0})
    other = fitted.frame.with_columns(w=pl.lit(-1.0))
    assert fewer.equals(fitted.predict(other))
    assert (fewer["resist"] - fitted.predict()["resist"]).abs().max() > 0.02  # type: ignore[operator]
    with pytest.raises(InputError, match="change: no utility uses a column 'group'; they use x, z, w"):
        fitted.predict(change={"group": 1.0})
    with pytest.raises(InputError, match="data: there is no column 'w', which the fit needs"):
        fitted.predict(fitted.frame.drop("w"))


def test_an_effect_is_the_difference_of_two_counterfactuals(fitted: Fit) -> None:
    found = fitted.effect("w", -1.0, 1.0)
    names = ["sq", "cd", "sf", "bd"]
    means = [fitted.predict(change={"w": v}).select(names).mean().to_numpy()[0] for v in (-1.0, 1.0)]
    assert found["effect"].to_numpy() == pytest.approx(means[1] - means[0], abs=1e-9)
    assert found["effect"].sum() == pytest.approx(0.0, abs=1e-12)
    assert found["outcome"].to_list() == names
    assert (found["effect"][3] > 0) and (found["p"][3] < 0.05)


def test_the_error_of_an_effect_is_that_of_draws_of_the_coefficients(fitted: Fit) -> None:
    found = fitted.effect("w", -1.0, 1.0)
    random = np.random.default_rng(0)
    draws = random.multivariate_normal(fitted.coefficients, 0.01 * fitted.vcov, size=60)
    ends = []
    for value in (-1.0, 1.0):
        changed = fitted.frame.with_columns(w=pl.lit(value))
        design = du.fit(CrisisSignaling("pl"), changed.with_columns(w=fitted.frame["w"]), UTILITIES).design
        blocks = tuple(
            np.column_stack([block[:, 0], np.full(120, value)]) if u == "a" else block
            for u, block in zip(design.utilities, design.blocks, strict=True)
        )
        moved = type(design)(design.utilities, design.terms, blocks)
        ends.append([fitted.model.chances(moved.at(b), fitted.held).mean(axis=0) for b in draws])
    spread = (np.array(ends[1]) - np.array(ends[0])).std(axis=0) * 10
    assert found["std_error"].to_numpy() == pytest.approx(spread, rel=0.35)


def test_an_effect_of_nothing_that_can_be_is_refused(fitted: Fit) -> None:
    with pytest.raises(InputError, match="effect: no utility uses a column 'group'"):
        fitted.effect("group")
    with pytest.raises(InputError, match="effect: give both ends, or neither"):
        fitted.effect("w", 1.0)
    with pytest.raises(InputError, match="level: must be between 0 and 1; found 95"):
        fitted.effect("w", level=95)


def test_a_profile_is_a_parabola_near_its_top(fitted: Fit) -> None:
    found = fitted.profile("a:w", points=5, width=1.0)
    assert found["log_likelihood"][2] == pytest.approx(fitted.loglik, abs=1e-6)
    assert found["below"][0] == pytest.approx(0.5, rel=0.1)
    assert found["below"][4] == pytest.approx(0.5, rel=0.1)
    assert found["within"].all()


def test_the_chart_of_a_profile_lies_beside_the_parabola_of_its_error(fitted: Fit) -> None:
    chart = fitted.plot_profile("a:w", "V_A:1", points=3).to_dict()
    assert [panel["title"] for panel in chart["vconcat"]] == ["a, w", "V_A, constant"]
    (rows,) = [
        rows for rows in chart["datasets"].values() if len(rows) == 3 and abs(rows[1]["value"] - fitted["a:w"]) < 1e-9
    ]
    table = fitted.profile("a:w", points=3)
    assert [row["fall"] for row in rows] == pytest.approx([-below for below in table["below"]])
    assert [row["parabola"] for row in rows] == pytest.approx([-4.5, 0.0, -4.5])
    with pytest.raises(InputError, match="there is no parameter 'a:q'"):
        fitted.plot_profile("a:q")


def test_a_pseudo_likelihood_has_no_profile(nested: Fit) -> None:
    with pytest.raises(InputError, match="profile: needs a likelihood; pl and npl maximise none"):
        nested.profile("a:w")


def test_the_better_of_two_models_is_told(fitted: Fit) -> None:
    data = crises(120, 4)
    worse = du.fit(CrisisSignaling("cmle"), data, {**UTILITIES, "W_B": "1", "a": "1"})
    for test in (du.vuong, du.clarke):
        assert test(fitted, worse).better == "first"
        assert test(worse, fitted).better == "second"
        assert "the first fit is better" in str(test(fitted, worse))
        ratio = f"chi-squared(2) = {2 * (fitted.loglik - worse.loglik):.3f}"
        assert f"a case of the other, for which the likelihood ratio is made: {ratio}" in str(test(worse, fitted))
    with pytest.raises(InputError, match="the fits say the same of every row"):
        du.vuong(fitted, fitted)
    with pytest.raises(InputError, match="same rows and outcomes; found 120 and 80 rows"):
        du.clarke(fitted, du.fit("crisis-signaling", data[:80], UTILITIES))


def test_the_chart_has_a_mark_for_every_coefficient(fitted: Fit) -> None:
    chart = fitted.plot(["W_B", "a"]).to_dict()
    (rows,) = [values for values in chart["datasets"].values()] if "datasets" in chart else [chart["data"]["values"]]
    assert [(row["utility"], row["term"]) for row in rows] == [
        ("W_B", "constant"), ("W_B", "z"), ("a", "constant"), ("a", "w"),
    ]  # fmt: skip
    with pytest.raises(InputError, match="utilities: 'W_C' is none"):
        fitted.plot(["W_C"])


def test_categories_have_a_coefficient_each_and_stay_the_same_elsewhere() -> None:
    data = crises(200, 5).with_columns(kind=pl.Series(["land", "sea", "air", "land"] * 50))
    fitted = du.fit("crisis-signaling", data, {**UTILITIES, "a": "1 + kind"})
    assert [name for name in fitted.names if name.startswith("a:")] == ["a:1", "a:kind[T.land]", "a:kind[T.sea]"]
    one = fitted.predict(fitted.frame.filter(pl.col("kind") == "sea"))
    assert one["sf"].to_numpy() == pytest.approx(fitted.predict()["sf"].to_numpy()[1::4], abs=1e-12)
    assert fitted.effect("kind", "air", "sea").height == 4
    with pytest.raises(InputError, match="effect: column 'kind' holds categories; say from which to which"):
        fitted.effect("kind")


@pytest.mark.slow
def test_a_script_may_ask_for_the_bootstrap_as_it_asks_for_all_else(tmp_path: Path) -> None:
    """Processes that ran the script anew would each ask for it again."""
    crises(60, 6).write_csv(tmp_path / "crises.csv")
    asked = f"du.fit('crisis-signaling', 'crises.csv', {UTILITIES}, errors='bootstrap', samples=10, processes=2)"
    (tmp_path / "script.py").write_text(f"import duress as du\nprint({asked}.errors)\n")
    done = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "bootstrap, 10 samples of rows\n", done.stderr


@pytest.mark.slow
def test_the_bootstrap_is_the_same_on_any_number_of_processes() -> None:
    data = crises(100, 6)
    ways = [(1, None), (2, None), (1, "group")]
    fits = [
        du.fit(CrisisSignaling("npl"), data, UTILITIES, errors="bootstrap", samples=24, seed=5, processes=n, cluster=by)
        for n, by in ways
    ]
    assert (fits[0].vcov == fits[1].vcov).all()
    assert fits[0].errors == "bootstrap, 24 samples of rows"
    assert fits[2].errors == "bootstrap, 24 samples of 25 groups by group"
    model = du.fit(CrisisSignaling("npl"), data, UTILITIES)
    assert np.median(fits[0].standard_errors / model.standard_errors) == pytest.approx(1.0, abs=0.35)
