"""Data and formulas that cannot be used: a sentence that names the column, and nothing estimated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.fit.simulated import UTILITIES, crises

import duress as du
from duress import CrisisSignaling
from duress.errors import InputError


@pytest.fixture(scope="module")
def data() -> pl.DataFrame:
    return crises(80, 1)


def refused(data: Any, utilities: dict[str, str] | None = None, **options: Any) -> str:
    with pytest.raises(InputError) as raised:
        du.fit("crisis-signaling", data, UTILITIES if utilities is None else utilities, **options)
    return str(raised.value)


def with_column(data: pl.DataFrame, name: str, values: Any) -> pl.DataFrame:
    return data.with_columns(pl.Series(name, values))


def test_a_column_there_is_not(data: pl.DataFrame) -> None:
    said = refused(data, {**UTILITIES, "W_A": "1 + wealth", "a": "sqrt(size)"})
    assert "W_A: there is no column 'wealth'; columns are x, z, w" in said
    assert "a: there is no column 'size'" in said


def test_a_formula_that_is_none(data: pl.DataFrame) -> None:
    assert "W_A: '1 + (x' is no formula" in refused(data, {**UTILITIES, "W_A": "1 + (x"})
    for formula in ("y ~ x", "x | z"):
        said = refused(data, {**UTILITIES, "W_A": formula})
        assert said == f"W_A: must be one right-hand side, without ~ and |; found {formula!r}"


def test_a_utility_there_is_not(data: pl.DataFrame) -> None:
    assert "W_C: is no utility of crisis-signaling; they are S_A, V_A" in refused(data, {**UTILITIES, "W_C": "1"})


def test_no_formula_at_all(data: pl.DataFrame) -> None:
    assert "utilities: none has a formula" in refused(data, {})


def test_numbers_kept_as_text(data: pl.DataFrame) -> None:
    spoilt = [*(f"{v:.3f}" for v in data["x"][:-1]), "n/a"]
    said = refused(with_column(data, "x", spoilt))
    assert said == "S_A: column 'x' must hold numbers; found 'n/a'. If they are categories, write C(x)"


def test_text_of_many_kinds(data: pl.DataFrame) -> None:
    said = refused(with_column(data, "x", [f"dyad {k}" for k in range(80)]))
    assert said == "S_A: column 'x' is text with 80 different values. If they are categories, write C(x)"


def test_missing_values_are_left_out_and_said_or_refused(data: pl.DataFrame) -> None:
    gaps = data.with_columns(pl.when(pl.int_range(pl.len()) < 5).then(None).otherwise(pl.col("z")).alias("z"))
    gaps = gaps.with_columns(pl.when(pl.int_range(pl.len()) == 7).then(np.nan).otherwise(pl.col("w")).alias("w"))
    fitted = du.fit("crisis-signaling", gaps, UTILITIES)
    assert fitted.nobs == 74
    assert fitted.notes == ("6 of 80 rows left out for missing values: z (5), w (1).",)
    assert refused(gaps, missing="refuse") == "data: 6 of 80 rows have missing values: z (5), w (1)"
    none = data.with_columns(pl.lit(None, dtype=pl.Float64).alias("z"))
    assert refused(none) == ("data: every row has a missing value: z (80); leave out the column that misses most")


def test_an_outcome_never_seen(data: pl.DataFrame) -> None:
    said = refused(data.with_columns(pl.lit(0).alias("bd")))
    assert said == "outcome: 'bd' is never seen in columns sq, cd, sf, bd; every outcome must be"


def test_outcome_columns_that_are_none(data: pl.DataFrame) -> None:
    assert "outcome: column 'cd' must hold counts of 0 or more; found -1" in refused(data.with_columns(cd=-1))
    assert "outcome: column 'cd' must hold numbers; found 'few'" in refused(data.with_columns(cd=pl.lit("few")))
    assert "found 2 columns" in refused(data, outcome=("sq", "cd"))
    assert "outcome: there is no column 'war'; name one column with the labels sq, cd, sf, bd" in refused(
        data, outcome="war"
    )


def test_labels_moves_and_counts_are_the_same_data(data: pl.DataFrame) -> None:
    seen = [
        (row["x"], row["z"], row["w"], name)
        for row in data.iter_rows(named=True)
        for name in ("sq", "cd", "sf", "bd")
        for _ in range(row[name])
    ]
    long = pl.DataFrame(seen, schema=["x", "z", "w", "y"], orient="row").with_columns(
        challenge=(pl.col("y") != "sq").cast(int),
        resist=pl.col("y").is_in(["sf", "bd"]).cast(int),
        firm=(pl.col("y") == "sf").cast(int),
    )
    ways = [(data, None), (long, "y"), (long, ("challenge", "resist", "firm"))]
    fits = [du.fit("crisis-signaling", frame, UTILITIES, outcome) for frame, outcome in ways]
    for other in fits[1:]:
        assert other.coefficients == pytest.approx(fits[0].coefficients, abs=1e-6)
        assert other.loglik == pytest.approx(fits[0].loglik, rel=1e-10)
    wrong = long.with_columns(y=pl.when(pl.col("y") == "sq").then(pl.lit("peace")).otherwise(pl.col("y")))
    assert "outcome: column 'y' holds 'peace'; name one column" in refused(wrong, outcome="y")
    assert "outcome: column 'firm' must hold 0 and 1; found 2" in refused(
        long.with_columns(firm=2), outcome=("challenge", "resist", "firm")
    )


def test_collinear_terms(data: pl.DataFrame) -> None:
    twice = data.with_columns(v=2 * pl.col("z") + 1)
    said = refused(twice, {**UTILITIES, "W_B": "1 + z + v"})
    assert said == "W_B: 'v' is a combination of the constant and 'z' in every row; leave one of them out"
    assert refused(data.with_columns(v=0), {**UTILITIES, "W_B": "1 + v"}) == "W_B: 'v' is 0 in every row; leave it out"


def test_what_every_utility_of_a_side_has_in_common(data: pl.DataFrame) -> None:
    said = refused(data, {"S_A": "1", "V_A": "1", "W_A": "1", "a": "1 + w", "W_B": "1"})
    assert said == (
        "S_A: a constant is in every utility of A (S_A, V_A, W_A and a); only differences matter, "
        "so leave it out of one"
    )
    hidden = data.with_columns(u=pl.col("z") + pl.col("x"))
    said = refused(hidden, {**UTILITIES, "C_B": "0 + u", "W_B": "1 + z + x", "V_B": "0 + z + x"})
    assert "C_B: 'u' is in every utility of B" in said


def test_terms_that_are_infinite_or_cannot_be_worked_out(data: pl.DataFrame) -> None:
    said = refused(data.with_columns(v=pl.int_range(pl.len())), {**UTILITIES, "a": "log(v)"})
    assert said == "a: 'log(v)' is no finite number in 1 rows, the first of them row 1"
    assert refused(data, {**UTILITIES, "a": "nosuch(w)"}) == "a: 'nosuch(w)' calls 'nosuch', which formulas do not know"
    assert "a: 'poly(w, degree=z)' cannot be worked out" in refused(data, {**UTILITIES, "a": "poly(w, degree=z)"})
    assert refused(data, {**UTILITIES, "a": "poly(w, degree=90)"}).startswith("a: there are 91 terms and 80 rows;")
    assert "a: there is no column 'v'" in refused(data, {**UTILITIES, "a": "poly(v, degree=2)"})
    assert "a: 'v' is as large as 3e+200, out of range; rescale it" in refused(
        data.with_columns(v=pl.int_range(pl.len()) % 4 * 1e200), {**UTILITIES, "a": "1 + v"}
    )


def test_a_move_that_a_column_tells_without_error() -> None:
    data = crises(120, 2, times=1)
    always = data.with_columns(told=pl.col("sq").cast(pl.Float64) - 0.5)
    said = refused(always, {**UTILITIES, "S_A": "0 + told"})
    assert "S_A: perfect separation: 'told' tells whether A will challenge in every row: no estimate exists" in said


def test_a_move_that_two_columns_tell_together() -> None:
    data = crises(120, 2, times=1)
    shift = np.random.default_rng(0).normal(size=120)
    told = data.with_columns(one=pl.Series(shift), two=pl.Series(shift + 0.1 * (data["sq"].to_numpy() - 0.5)))
    assert "'one' and 'two' together tell whether A will challenge" in refused(
        told, {**UTILITIES, "S_A": "0 + one + two"}
    )


def test_what_happened_by_another_name_is_said_in_whichever_utility_it_is() -> None:
    data = crises(120, 2, times=1).with_columns(gone=(pl.col("sq") == 0).cast(int))
    said = "'gone' tells whether A will challenge in every row: it may be what happened, by another name"
    fitted = du.fit(CrisisSignaling("pl"), data, {**UTILITIES, "C_B": "0 + z + gone"})
    assert fitted.notes == (f"C_B: {said}.",)
    with pytest.raises(InputError) as raised:
        du.fit(CrisisSignaling("pl"), data, {**UTILITIES, "W_B": "1 + z + gone"})
    assert [fault.field for fault in raised.value.faults] == ["W_B", ""]
    assert said in str(raised.value)


def test_files_that_are_none(tmp_path: Path) -> None:
    assert refused(tmp_path / "nothing.csv") == f"'{tmp_path / 'nothing.csv'}': there is no such file"
    (tmp_path / "binary.parquet").write_bytes(b"\x00\x01")
    assert "cannot be read as a table" in refused(tmp_path / "binary.parquet")
    assert "data: must be a file, a Polars or pandas frame, or columns by name; found int" in refused(3)


def test_frames_of_every_kind_give_the_same(data: pl.DataFrame, tmp_path: Path) -> None:
    import pandas

    data.write_csv(tmp_path / "crises.csv")
    data.write_parquet(tmp_path / "crises.parquet")
    columns = {name: data[name].to_list() for name in data.columns}
    kinds = [tmp_path / "crises.csv", tmp_path / "crises.parquet", columns, pandas.DataFrame(columns)]
    expected = du.fit("crisis-signaling", data, UTILITIES)
    for kind in kinds:
        assert du.fit("crisis-signaling", kind, UTILITIES).coefficients == pytest.approx(
            expected.coefficients, abs=1e-9
        )


def test_other_options_that_are_not_allowed(data: pl.DataFrame) -> None:
    assert "errors: must be model, robust or bootstrap; found 'hc3'" in refused(data, errors="hc3")
    assert "missing: must be drop or refuse; found 'mean'" in refused(data, missing="mean")
    assert "samples: must be at least 10; found 3" in refused(data, samples=3)
    assert "data: there is no column 'dyad'" in refused(data, cluster="dyad")
    assert "cluster: column 'one' has one value only" in refused(data.with_columns(one=1), cluster="one")
    assert "start: there is no parameter 'W_A:q'" in refused(data, start={"W_A:q": 1.0})
    with pytest.raises(InputError, match="model: must be one of crisis-signaling, egame12"):
        du.fit("chess", data, UTILITIES)
