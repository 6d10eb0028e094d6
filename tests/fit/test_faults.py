"""Every model with every kind of data that cannot be used: a sentence that names the column and what to do.

The same table is tried from a Polars frame, a pandas frame and a CSV file on the command line.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pytest
from tests.fit.simulated import UTILITIES, crises
from tests.fit.test_choice_games import FORMULAS, RESERVATION, bargains, drawn
from typer.testing import CliRunner

import duress as du
from duress import CrisisSignaling, Egame12, Egame122, Egame123, Ultimatum
from duress.cli import app
from duress.errors import InputError
from duress.fit.model import Model

pytestmark = pytest.mark.filterwarnings("error")


class Study(NamedTuple):
    """A model with data it can be fitted to; ``column`` is in the formula of ``utility``, whose owner moves last."""

    model: Model
    data: pl.DataFrame
    formulas: Mapping[str, str]
    outcome: tuple[str, ...]
    utility: str
    column: str

    def with_(self, **columns: Any) -> Study:
        return self._replace(data=self.data.with_columns(**columns))

    def adding(self, term: str, **columns: Any) -> Study:
        """Return the study with one more term in the formula of the utility."""
        wider = {**self.formulas, self.utility: f"{self.formulas[self.utility]} + {term}"}
        return self.with_(**columns)._replace(formulas=wider)

    def given(self, formula: str) -> Study:
        return self._replace(formulas={**self.formulas, self.utility: formula})

    def fit(self, data: Any = None) -> du.Fit:
        return du.fit(self.model, self.data if data is None else data, self.formulas, self.outcome)


def _signaling(method: Any, **options: Any) -> Study:
    data = crises(150, 21, 1)
    seen = data.select("sq", "cd", "sf", "bd").to_numpy().argmax(axis=1)
    labels = np.array(["sq", "cd", "sf", "bd"])[seen]
    data = data.select("x", "z", "w", y=pl.Series(labels))
    return Study(CrisisSignaling(method, **options), data, UTILITIES, ("y",), "W_B", "z")


def _choice(game: Egame12 | Egame122 | Egame123, utility: str, column: str) -> Study:
    return Study(game, drawn(game, 200, 31)[0], FORMULAS[game.name], ("y",), utility, column)


STUDIES = {
    "pl": _signaling("pl"), "npl": _signaling("npl"), "cmle": _signaling("cmle"), "ml": _signaling("ml"),
    "ml lowest": _signaling("ml", selection="lowest"),
    "egame12": _choice(Egame12(), "u2(RR)", "z1"), "egame122": _choice(Egame122("logit"), "u2(RR)", "z2"),
    "egame123": _choice(Egame123(uncertainty="private"), "u3(RRR)", "z2"),
    "ultimatum": Study(Ultimatum(10.0), bargains(100, 41), RESERVATION, ("offer", "accept"), "R2", "z"),
}  # fmt: skip


def cell(study: Study, value: Any) -> Study:
    """Return the study with one value put into the first row of its column, the others as text if it is."""
    values = study.data[study.column].to_list()
    rest = [str(v) for v in values[1:]] if isinstance(value, str) else values[1:]
    return study.with_(**{study.column: pl.Series([value, *rest])})


def per_row(study: Study, make: Callable[[int], Any]) -> pl.Series:
    return pl.Series([make(k) for k in range(study.data.height)])


def says_yes(study: Study) -> pl.Expr:
    """Return in which rows the owner of the utility says yes, in its last move."""
    mine = [one for one in study.model.decisions if one.player == study.model.movers[study.utility]]
    return pl.col("y").is_in(mine[-1].yes)


REFUSED: dict[str, tuple[Callable[[Study], Study], str]] = {
    "no such column": (lambda s: s.adding("nosuch"), "{u}: there is no column 'nosuch'; columns are "),
    "no such column in a function": (lambda s: s.adding("poly(nosuch, 2)"), "{u}: there is no column 'nosuch'"),
    "an open bracket": (lambda s: s.given("1 + (x"), "{u}: '1 + (x' is no formula: "),
    "two sides": (lambda s: s.given(f"y ~ {s.column}"), "{u}: must be one right-hand side, without ~ and |"),
    "two parts": (lambda s: s.given(f"1 | {s.column}"), "{u}: must be one right-hand side, without ~ and |"),
    "a function there is not": (lambda s: s.given(f"sine({s.column})"), "{u}: 'sine({c})' calls 'sine', which"),
    "the outcome itself": (lambda s: s.adding(s.outcome[0]), "{u}: column '{y}' is what happened"),
    "every value missing": (
        lambda s: s.with_(**{s.column: pl.lit(None, pl.Float64)}), "data: every row has a missing value: {c} ({n});",
    ),
    "no rows": (lambda s: s._replace(data=s.data[:0]), "data: there are no rows"),
    "one row": (lambda s: s._replace(data=s.data[:1]), "outcome: "),
    "collinear columns": (
        lambda s: s.adding("v", v=2 * pl.col(s.column) + 1),
        "{u}: 'v' is a combination of the constant and '{c}' in every row; leave one of them out",
    ),
    "a constant column": (
        lambda s: s.adding("v", v=pl.lit(3.0)),
        "{u}: 'v' is 3 in every row, which is what the constant does; leave one of them out",
    ),
    "a column of zeros": (lambda s: s.adding("v", v=pl.lit(0.0)), "{u}: 'v' is 0 in every row; leave it out"),
    "one truth value": (lambda s: s.adding("v", v=pl.lit(value=True)), "{u}: 'v' is 1 in every row, which is what"),
    "one category": (lambda s: s.adding("v", v=pl.lit("land")), "{u}: column 'v' is 'land' in every row used;"),
    "one word among numbers": (
        lambda s: cell(s, "many"), "{u}: column '{c}' must hold numbers; found 'many'. If they are categories, write",
    ),
    "nothing but text": (
        lambda s: s.adding("v", v=per_row(s, "dyad {}".format)), "{u}: column 'v' is text with {n} different values.",
    ),
    "a category for each row": (
        lambda s: s.adding("C(v)", v=per_row(s, "dyad {}".format)), "terms and {n} rows; leave terms out",
    ),
    "an infinite value": (
        lambda s: cell(s, np.inf), "{u}: '{c}' is no finite number in 1 rows, the first of them row 1",
    ),
    "values out of range": (
        lambda s: s.adding("v", v=pl.col(s.column) * 1e200), "{u}: 'v' is as large as ",
    ),
}  # fmt: skip
FRAMES_ONLY: dict[str, tuple[Callable[[Study], Study], str]] = {
    "dates": (
        lambda s: s.adding("v", v=per_row(s, lambda k: datetime.date(2000 + k % 3, 1, 1))),
        "{u}: column 'v' must hold numbers; found times such as 2000-01-01",
    ),
    "times": (
        lambda s: s.adding("v", v=per_row(s, lambda k: datetime.datetime(2000, 1, 1 + k % 3, 12))),
        "{u}: column 'v' must hold numbers; found times such as 2000-01-01",
    ),
    "lists": (lambda s: s.adding("v", v=per_row(s, lambda k: [k, 1])), "{u}: column 'v' must hold numbers or text;"),
}
LABELS: dict[str, tuple[Callable[[Study], Study], str]] = {
    "an outcome never seen": (
        lambda s: s._replace(data=s.data.filter(pl.col("y") != s.model.outcomes[-1])),
        "outcome: '{last}' is never seen in column 'y'; every outcome must be",
    ),
    "a label there is not": (
        lambda s: s.with_(y=pl.Series(["peace", *s.data["y"][1:]])), "outcome: column 'y' holds 'peace'; name one",
    ),
    "numbers for labels": (lambda s: s.with_(y=per_row(s, lambda k: k % 4)), "outcome: column 'y' holds '0'; name"),
    "no column of outcomes": (lambda s: s._replace(outcome=("war",)), "outcome: there is no column 'war'; name one"),
    "perfect separation": (
        lambda s: s.adding("v", v=says_yes(s).cast(float) + pl.col(s.column).tanh() / 9),
        "{u}: perfect separation: 'v' tells whether ",
    ),
}  # fmt: skip
OFFERS: dict[str, tuple[Callable[[Study], Study], str]] = {
    "no offer accepted": (lambda s: s.with_(accept=pl.lit(0)), "outcome: no offer is accepted in column 'accept'"),
    "the same offer always": (lambda s: s.with_(offer=pl.lit(3.0)), "outcome: every offer in column 'offer' is 3;"),
    "more than there is": (
        lambda s: s.with_(offer=pl.col("offer") + 9),
        "outcome: column 'offer' must hold offers from",
    ),
    "an offer that is text": (lambda s: s.with_(offer=pl.lit("much")), "outcome: column 'offer' must hold numbers;"),
    "answers in words": (lambda s: s.with_(accept=pl.lit("yes")), "outcome: column 'accept' must hold numbers;"),
    "no column of offers": (lambda s: s._replace(outcome=("bid",)), "outcome: there is no column 'bid'; name the"),
}
SEARCHED = [name for name in STUDIES if name != "ml"]
"""Studies that are fitted to the end; where it has no rule, ml is cmle by another name."""
LABELLED = [name for name, study in STUDIES.items() if study.outcome == ("y",)]
CASES = [
    *((name, fault) for name in STUDIES for fault in (*REFUSED, *FRAMES_ONLY)),
    *((name, fault) for name in LABELLED for fault in LABELS),
    *(("ultimatum", fault) for fault in OFFERS),
]
QUICK = ("egame12", "ultimatum")
OTHER_WAYS = [pytest.param(name, fault, marks=() if name in QUICK else (pytest.mark.slow,)) for name, fault in CASES]
"""The same cases from pandas and from a file; some models will do where time is short."""
FAULTS = {**REFUSED, **FRAMES_ONLY, **LABELS, **OFFERS}


def spoilt(name: str, fault: str) -> tuple[Study, str]:
    study = STUDIES[name]
    spoil, said = FAULTS[fault]
    last = study.model.outcomes[-1]
    return spoil(study), said.format(
        u=study.utility, c=study.column, y=study.outcome[0], n=study.data.height, last=last
    )


@pytest.mark.parametrize(("name", "fault"), CASES)
def test_a_frame_that_cannot_be_used_gets_a_sentence(name: str, fault: str) -> None:
    study, said = spoilt(name, fault)
    with pytest.raises(InputError) as raised:
        study.fit()
    assert said in str(raised.value)


@pytest.mark.parametrize(("name", "fault"), OTHER_WAYS)
def test_a_frame_of_pandas_gets_the_same(name: str, fault: str) -> None:
    import pandas

    study, said = spoilt(name, fault)
    with pytest.raises(InputError) as raised:
        study.fit(pandas.DataFrame({column.name: column.to_list() for column in study.data.iter_columns()}))
    assert said in str(raised.value)


@pytest.mark.parametrize(("name", "fault"), [case for case in OTHER_WAYS if case.values[1] not in FRAMES_ONLY])
def test_a_file_gets_the_same_on_the_command_line_and_exit_code_2(name: str, fault: str, tmp_path: Path) -> None:
    study, said = spoilt(name, fault)
    study.data.write_csv(tmp_path / "data.csv")
    words = [study.model.name, str(tmp_path / "data.csv"), "--outcome", ",".join(study.outcome)]
    for utility, formula in study.formulas.items():
        words += ["--u", f"{utility} = {formula}"]
    for setting in ("method", "selection", "largest"):
        words += [f"--{setting}", str(getattr(study.model, setting))] if hasattr(study.model, setting) else []
    done = CliRunner().invoke(app, ["fit", *words])
    assert done.exit_code == 2
    assert said in done.stderr
    assert not done.stdout


FITTED: dict[str, tuple[Callable[[Study], Study], str]] = {
    "truth values": (lambda s: s.adding("v", v=per_row(s, lambda k: k % 3 == 0)), "v"),
    "categories": (lambda s: s.adding("v", v=per_row(s, lambda k: "abc"[k % 3])), "v[T.b]"),
    "numbers that are categories": (lambda s: s.adding("C(v)", v=per_row(s, lambda k: k % 3)), "C(v)[T.1]"),
    "decimals": (lambda s: s.adding("v", v=per_row(s, lambda k: Decimal(k * k % 7))), "v"),
    "a function of a column": (lambda s: s.given(f"1 + poly({s.column}, 2)"), "poly({c}, 2)[2]"),
}


@pytest.mark.parametrize("fault", FITTED)
@pytest.mark.parametrize("name", ["pl", "egame12", "egame122", "egame123", "ultimatum"])
def test_other_columns_are_used_as_what_they_are(name: str, fault: str) -> None:
    study = STUDIES[name]
    spoil, term = FITTED[fault]
    fitted = spoil(study).fit()
    assert f"{study.utility}:{term.format(c=study.column)}" in fitted.names
    assert fitted.reached
    assert np.isfinite(fitted.standard_errors).all()


@pytest.mark.parametrize("name", SEARCHED)
def test_missing_values_are_left_out_and_counted(name: str) -> None:
    study = cell(STUDIES[name], None)
    fitted = study.fit()
    assert fitted.nobs == study.data.height - 1
    said = f"1 of {study.data.height} rows left out for missing values: {study.column} (1)."
    assert fitted.notes[0] == said


@pytest.mark.parametrize("name", SEARCHED)
def test_neither_units_nor_offsets_matter(name: str) -> None:
    study = STUDIES[name]
    plain = study.adding("v", v=pl.col(study.data.columns[0]) * pl.col(study.column))
    moved = plain.with_(v=1e9 * pl.col("v") + 1e12)
    one, other = plain.fit(), moved.fit()
    assert one.reached
    assert other.reached
    assert other.loglik == pytest.approx(one.loglik, abs=1e-6)
    term = f"{study.utility}:v"
    assert other[term] * 1e9 == pytest.approx(one[term], rel=1e-3)
    k = one.number(term)
    assert other.standard_errors[k] * 1e9 == pytest.approx(one.standard_errors[k], rel=1e-2)


@pytest.mark.parametrize("name", SEARCHED)
def test_what_the_data_do_not_tell_is_named(name: str) -> None:
    """More constants than there are shares of outcomes; the ultimatum game, in which levels count, has not too many."""
    study = STUDIES[name]
    constants = {"egame122": ("u1(LR)", "u1(RR)", "u2(LR)", "u2(RR)")}.get(
        name, tuple(u for u in study.model.utilities if u not in ("S_A", "V_B", "u1(RL)", "u2(RL)"))
    )
    unknown = study._replace(formulas=dict.fromkeys(constants, "1"))
    if name == "ultimatum":
        assert unknown.fit().reached
        return
    with pytest.raises(InputError, match=r"the data do not tell these parameters apart: .*:1, .*:1; leave a term out"):
        unknown.fit()


@pytest.mark.parametrize("name", [name for name in LABELLED if name in SEARCHED])
def test_a_move_that_is_nearly_told_is_named(name: str) -> None:
    """A column that is 1 in some rows, in all of which the last mover says yes: the estimate would be infinite."""
    study = STUDIES[name]
    near = study.adding("v", v=(says_yes(study) & (pl.int_range(pl.len()) % 2 == 0)).cast(float))
    try:
        fitted = near.fit()
    except InputError as error:
        assert f"{study.utility}:v" in str(error)
    else:
        assert any(f"{study.utility}:v" in note and "hardly tell" in note for note in fitted.notes)
        assert np.isnan(fitted.standard_errors[fitted.number(f"{study.utility}:v")])
