"""Formulas and data frames turned into regressors, and every fault of the data said in a sentence that names it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ..errors import Fault, InputError
from .design import Design

Array = NDArray[np.float64]

MOST_CATEGORIES = 20
"""A text column with more values than this is asked about, before it becomes as many coefficients."""

_FUNCTIONS = {"sqrt": np.sqrt, "abs": np.abs}
"""What formulas may call besides what formulaic knows (log, exp, C, center, poly, bs, ...)."""

_MISSING = ("", "NA", "NaN", "nan", ".", "null", "None")
_SHOWN = 5


def read_frame(data: Any) -> pl.DataFrame:
    """Return data as a Polars frame: of a CSV or Parquet file, a Polars or pandas frame, or a mapping of columns.

    Raises
    ------
    InputError
        If there is no such file, or it cannot be read.
    """
    if isinstance(data, pl.DataFrame):
        return data
    if isinstance(data, (str, Path)):
        return _read_file(Path(data))
    if hasattr(data, "columns") and hasattr(data, "index"):
        data = {str(name): _plain(data[name]) for name in data.columns}
    if isinstance(data, Mapping):
        try:
            return pl.DataFrame(dict(data), strict=False)
        except (pl.exceptions.PolarsError, TypeError, ValueError) as error:
            raise InputError(f"data: cannot be made a table: {error}") from None
    raise InputError(f"data: must be a file, a Polars or pandas frame, or columns by name; found {type(data).__name__}")


def _plain(column: Any) -> Any:
    values = np.asarray(column)
    return values if values.dtype.kind in "biuf" else [None if v is None or v != v else v for v in values.tolist()]


def _read_file(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise InputError(f"{str(path)!r}: there is no such file")
    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path)
        return pl.read_csv(path, null_values=list(_MISSING), infer_schema_length=None)
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        first = str(error).splitlines()[0]
        raise InputError(f"{str(path)!r}: cannot be read as a table: {first}") from None


def number_column(frame: pl.DataFrame, name: str, what: str) -> Array:
    """Return a column of numbers; ``what`` says what it is for, in a fault."""
    if name not in frame.columns:
        raise InputError(Fault(what, f"there is no column {name!r}; {_columns(frame)}"))
    column = frame[name]
    if column.dtype == pl.Boolean:
        column = column.cast(pl.Int8)
    if not column.dtype.is_numeric():
        raise InputError(Fault(what, f"column {name!r} must hold numbers; found {_first_text(column)!r}"))
    return column.cast(pl.Float64).fill_null(np.nan).to_numpy().copy()


def _columns(frame: pl.DataFrame) -> str:
    return "columns are " + ", ".join(frame.columns[:30]) + (" and others" if len(frame.columns) > 30 else "")


def _first_text(column: pl.Series) -> Any:
    for value in column.drop_nulls().to_list():
        try:
            float(value)
        except (TypeError, ValueError):
            return value
    return column.drop_nulls().to_list()[0] if column.len() > column.null_count() else None


def columns_in(formulas: Iterable[str]) -> list[str]:
    """Return names of the columns that formulas use, in order of appearance.

    Raises
    ------
    InputError
        If a formula cannot be read.
    """
    found: list[str] = []
    for formula in formulas:
        wanted = _wanted(formula)
        found += [name for name in sorted(wanted, key=lambda n: formula.find(n)) if name not in found]
    return found


def _wanted(formula: str) -> set[str]:
    from formulaic import Formula

    read: Any = Formula  # whose stub calls it abstract
    return {str(name) for name in read(formula).required_variables} - set(_FUNCTIONS)


def check_formulas(formulas: Mapping[str, str], frame: pl.DataFrame) -> None:
    """Raise all that is wrong with formulas before anything is computed."""
    faults = []
    for utility, formula in formulas.items():
        try:
            wanted = _wanted(formula)
            if "~" in formula:
                faults.append(Fault(utility, f"must be the right-hand side of a formula, without ~; found {formula!r}"))
                continue
        except Exception as error:  # formulaic's parser raises many kinds, and their first line says what it is
            faults.append(Fault(utility, f"{formula!r} is no formula: {str(error).splitlines()[0]}"))
            continue
        for name in sorted(wanted):
            if name not in frame.columns and re.search(rf"\b{re.escape(name)}\(", formula):
                faults.append(Fault(utility, f"{formula!r} calls {name!r}, which formulas do not know"))
            elif name not in frame.columns:
                faults.append(Fault(utility, f"there is no column {name!r}; {_columns(frame)}"))
            else:
                faults += _text_fault(utility, formula, name, frame[name])
    if faults:
        raise InputError(faults)


def _text_fault(utility: str, formula: str, name: str, column: pl.Series) -> list[Fault]:
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        return []
    values = [str(v) for v in column.drop_nulls().unique().to_list()]
    numbers = [v for v in values if _is_number(v)]
    if re.search(rf"\bC\(\s*{re.escape(name)}\b", formula):
        return []
    if numbers:
        sentence = (
            f"column {name!r} must hold numbers; found {_first_text(column)!r}. If they are categories, write C({name})"
        )
        return [Fault(utility, sentence)]
    if len(values) > MOST_CATEGORIES:
        sentence = (
            f"column {name!r} is text with {len(values)} different values. If they are categories, write C({name})"
        )
        return [Fault(utility, sentence)]
    return []


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def complete_rows(frame: pl.DataFrame, used: Sequence[str], missing: str) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return the rows without missing values in the columns used, and a sentence if some are left out."""
    held = frame.select(used)
    gaps = {
        name: held[name].is_null() | (held[name].is_nan() if held[name].dtype.is_float() else False) for name in used
    }
    bad = np.zeros(frame.height, dtype=bool)
    for gap in gaps.values():
        bad |= gap.to_numpy()
    if not bad.any():
        return held, ()
    many = {name: int(gap.sum()) for name, gap in gaps.items() if gap.any()}
    where = ", ".join(f"{name} ({count})" for name, count in many.items())
    if missing == "refuse":
        raise InputError(f"data: {int(bad.sum())} of {frame.height} rows have missing values: {where}")
    if bad.all():
        raise InputError(f"data: every row has a missing value: {where}")
    return held.filter(pl.Series(~bad)), (
        f"{int(bad.sum())} of {frame.height} rows left out for missing values: {where}.",
    )


def design_of(formulas: Mapping[str, str], frame: pl.DataFrame) -> tuple[Design, tuple[Any, ...]]:
    """Return the regressors of complete rows, and the specifications by which other rows are laid out the same.

    Raises
    ------
    InputError
        If a term cannot be worked out, or is infinite somewhere.
    """
    held = _for_formulaic(frame)
    terms, blocks, specifications = [], [], []
    for utility, formula in formulas.items():
        block, names, specification = _block(utility, formula, held, frame.height)
        terms.append(names)
        blocks.append(block)
        specifications.append(specification)
    return Design(tuple(formulas), tuple(terms), tuple(blocks)), tuple(specifications)


def design_like(design: Design, specifications: Sequence[Any], frame: pl.DataFrame) -> Design:
    """Return the regressors of other rows, laid out as those of ``design``."""
    held = _for_formulaic(frame)
    parts = zip(design.utilities, specifications, strict=True)
    blocks = [_block(utility, specification, held, frame.height)[0] for utility, specification in parts]
    return Design(design.utilities, design.terms, tuple(blocks))


def _for_formulaic(frame: pl.DataFrame) -> Any:
    import pandas

    columns = {
        name: frame[name].to_numpy() if frame[name].dtype.is_numeric() else frame[name].to_list()
        for name in frame.columns
    }
    return pandas.DataFrame(columns, index=range(frame.height))


def _block(utility: str, formula: Any, held: Any, rows: int) -> tuple[Array, tuple[str, ...], Any]:
    from formulaic import model_matrix

    if formula == "0":
        return np.zeros((rows, 0)), (), "0"
    try:
        with np.errstate(all="ignore"):
            made = model_matrix(formula, held, na_action="ignore", context=_FUNCTIONS)
    except Exception as error:  # whatever a function in a formula may raise
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(Fault(utility, f"{formula!r} cannot be worked out: {said}")) from None
    block = np.asarray(made, dtype=float).reshape(rows, -1)
    names = tuple("1" if name == "Intercept" else str(name) for name in made.columns)
    for name, column in zip(names, block.T, strict=True):
        wrong = np.flatnonzero(~np.isfinite(column))
        if len(wrong):
            sentence = f"{name!r} is no finite number in {len(wrong)} rows, the first of them row {wrong[0] + 1}"
            raise InputError(Fault(utility, sentence))
    return block, names, made.model_spec


def check_design(design: Design, owners: Mapping[str, str]) -> None:
    """Raise what cannot be told apart: collinear terms of a utility, and what a player's utilities have in common.

    Only differences of a player's utilities matter, so adding the same to each of them changes nothing: a term, or a
    combination of terms, that is in every one of them is not identified. ``owners`` maps utilities to players.
    """
    faults = []
    for utility, names, block in zip(design.utilities, design.terms, design.blocks, strict=True):
        faults += [Fault(utility, sentence) for sentence in _collinear(names, block)]
    if not faults:
        for player in dict.fromkeys(owners.values()):
            faults += _common(design, [u for u in design.utilities if owners.get(u) == player], player)
    if faults:
        raise InputError(faults)


def _collinear(names: Sequence[str], block: Array) -> list[str]:
    found, kept = [], []
    for k, name in enumerate(names):
        size = np.linalg.norm(block[:, k])
        if size == 0.0:
            found.append(f"{name!r} is 0 in every row; leave it out")
            continue
        if kept:
            scaled = block[:, kept] / np.linalg.norm(block[:, kept], axis=0)
            weights, *_ = np.linalg.lstsq(scaled, block[:, k] / size, rcond=None)
            if np.linalg.norm(scaled @ weights - block[:, k] / size) < 1e-8:
                of = [repr(names[j]) for j, w in zip(kept, weights, strict=True) if abs(w) > 1e-6]
                found.append(f"{name!r} is a combination of {_listed(of)} in every row; leave one of them out")
                continue
        kept.append(k)
    return found


def _listed(parts: Sequence[str]) -> str:
    if len(parts) > _SHOWN:
        return f"{', '.join(parts[:_SHOWN])} and {len(parts) - _SHOWN} others"
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _common(design: Design, utilities: Sequence[str], player: str) -> list[Fault]:
    """Return what lies in the span of every utility of a player."""
    at = [design.utilities.index(u) for u in utilities]
    blocks = [design.blocks[k] for k in at]
    if not blocks or any(not block.shape[1] for block in blocks):
        return []
    base = blocks[0] / np.linalg.norm(blocks[0], axis=0)
    joint, _ = np.linalg.qr(base)
    for block in blocks[1:]:
        other, _ = np.linalg.qr(block / np.linalg.norm(block, axis=0))
        left, sizes, _ = np.linalg.svd(joint.T @ other)
        joint = joint @ left[:, : int((sizes > 1.0 - 1e-9).sum())]
        if not joint.shape[1]:
            return []
    weights, *_ = np.linalg.lstsq(base, joint, rcond=None)
    terms = [n for n, w in zip(design.terms[at[0]], weights, strict=True) if np.abs(w).max() > 1e-6]
    what = "a constant" if terms == ["1"] else _listed([repr("constant" if t == "1" else t) for t in terms])
    utilities_said = _listed(list(utilities))
    sentence = (
        f"{what} is in every utility of {player} ({utilities_said}); only differences matter, so leave it out of one"
    )
    return [Fault(utilities[0], sentence)]
