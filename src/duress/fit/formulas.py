"""Formulas and data frames turned into regressors, and every fault of the data said in a sentence that names it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
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
_COLLINEAR = 1e-8
"""Share of a term that is no combination of the others, below which it is said to be one."""
_LARGEST = 1e100
"""A term with larger numbers cannot be computed with: their squares, summed, have no finite value."""


def read_frame(data: Any) -> pl.DataFrame:
    """Return data as a Polars frame: of a CSV or Parquet file, a Polars or pandas frame, or a mapping of columns.

    Raises
    ------
    InputError
        If there is no such file, it cannot be read, or there are no rows.
    """
    frame = _table(data)
    if not frame.height:
        raise InputError("data: there are no rows; at least one for each coefficient is needed")
    return frame


def _table(data: Any) -> pl.DataFrame:
    if isinstance(data, pl.DataFrame):
        return data
    if isinstance(data, (str, Path)):
        return _read_file(Path(data))
    if hasattr(data, "columns") and hasattr(data, "index"):
        data = _columns_of_pandas(data)
    if isinstance(data, Mapping):
        try:
            return pl.DataFrame(dict(data), strict=False)
        except (pl.exceptions.PolarsError, TypeError, ValueError) as error:
            raise InputError(f"data: cannot be made a table: {str(error).splitlines()[0]}") from None
    raise InputError(f"data: must be a file, a Polars or pandas frame, or columns by name; found {type(data).__name__}")


def _columns_of_pandas(frame: Any) -> dict[str, Any]:
    """Return a pandas frame's columns, numbers and times as arrays, anything else as a list with None where missing."""
    names = [str(name) for name in frame.columns]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise InputError([Fault("data", f"there are {names.count(n)} columns {n!r}; rename them") for n in twice])
    found: dict[str, Any] = {}
    for name, key in zip(names, frame.columns, strict=True):
        column = frame[key]
        values, gaps = np.asarray(column), np.asarray(column.isna())
        plain = values.dtype.kind in "biufMm"
        found[name] = values if plain else [None if gap else v for v, gap in zip(values.tolist(), gaps, strict=True)]
    return found


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
    """Return names of the columns that formulas, which `check_formulas` has passed, use, in order of appearance."""
    found: list[str] = []
    for formula in formulas:
        wanted = _wanted(formula)
        found += [name for name in sorted(wanted, key=lambda n: formula.find(n)) if name not in found]
    return found


@lru_cache(maxsize=256)
def _parts(formula: str) -> Any:
    """Return a formula as formulaic reads it, once: reading takes as long as laying out a small table."""
    from formulaic import Formula

    read: Any = Formula  # whose stub calls it abstract
    return read(formula)


@lru_cache(maxsize=256)
def _wanted(formula: str) -> frozenset[str]:
    """Return the columns a formula uses: those formulaic names, and those within poly(x), bs(x), which it hides."""
    parts = _parts(formula)
    found = {str(name) for name in parts.required_variables}
    for factor in {factor for term in parts for factor in term.factors}:
        if factor.eval_method.value == "python":
            found |= _names_in(factor.expr)
    return frozenset(found - set(_FUNCTIONS))


def _names_in(expression: str) -> set[str]:
    """Return the variables of a Python expression, in which `quoted names` may stand: neither functions nor modules."""
    quoted = re.findall(r"`([^`]+)`", expression)
    tree = ast.parse(re.sub(r"`[^`]+`", "0", expression).strip(), mode="eval")
    inner = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    inner |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return {*quoted, *(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node not in inner)}


def check_formulas(formulas: Mapping[str, str], frame: pl.DataFrame) -> None:
    """Raise all that is wrong with formulas before anything is computed."""
    from formulaic import SimpleFormula

    faults = []
    for utility, formula in formulas.items():
        try:
            if not isinstance(_parts(formula), SimpleFormula):
                faults.append(Fault(utility, f"must be one right-hand side, without ~ and |; found {formula!r}"))
                continue
            wanted = _wanted(formula)
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
    if column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.Null):
        return []
    if not (column.dtype.is_temporal() or column.dtype in (pl.String, pl.Categorical, pl.Enum)):
        return [Fault(utility, f"column {name!r} must hold numbers or text; found {str(column.dtype).lower()}")]
    if _is_category(formula, name):
        return []
    if column.dtype.is_temporal():
        found = column.drop_nulls()
        sentence = (
            f"column {name!r} must hold numbers; found times such as {found[0] if len(found) else 'none'}. Make the "
            f"year, or the days since a date, a column; if they are categories, write C({name})"
        )
        return [Fault(utility, sentence)]
    values = [str(v) for v in column.drop_nulls().unique().to_list()]
    numbers = [v for v in values if _is_number(v)]
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


def _is_category(formula: str, name: str) -> bool:
    return re.search(rf"\bC\(\s*`?{re.escape(name)}(?!\w)", formula) is not None


def check_categories(formulas: Mapping[str, str], rows: pl.DataFrame) -> None:
    """Raise for categories of which only one is left in the rows that are used: they would vanish without a word."""
    faults = []
    for utility, formula in formulas.items():
        for name in columns_in([formula]):
            text = not rows[name].dtype.is_numeric() and rows[name].dtype != pl.Boolean
            if (text or _is_category(formula, name)) and rows[name].n_unique() == 1:
                faults.append(Fault(utility, f"column {name!r} is {rows[name][0]!r} in every row used; leave it out"))
    if faults:
        raise InputError(faults)


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
        raise InputError(f"data: every row has a missing value: {where}; leave out the column that misses most")
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
    terms, blocks, specifications, faults = [], [], [], []
    for utility, formula in formulas.items():
        try:
            block, names, specification = _block(utility, formula, held, frame.height)
        except InputError as error:
            faults += error.faults
            continue
        terms.append(names)
        blocks.append(block)
        specifications.append(specification)
    if faults:
        raise InputError(faults)
    return Design(tuple(formulas), tuple(terms), tuple(blocks)), tuple(specifications)


def design_like(design: Design, specifications: Sequence[Any], frame: pl.DataFrame) -> Design:
    """Return the regressors of other rows, laid out as those of ``design``."""
    held = _for_formulaic(frame)
    parts = zip(design.utilities, specifications, strict=True)
    blocks = [_block(utility, specification, held, frame.height)[0] for utility, specification in parts]
    return Design(design.utilities, design.terms, tuple(blocks))


def _for_formulaic(frame: pl.DataFrame) -> Any:
    import pandas

    return pandas.DataFrame({name: _values(frame[name]) for name in frame.columns}, index=range(frame.height))


def _values(column: pl.Series) -> Any:
    """Return a column as formulas reckon with it: whole numbers wide enough for their squares, all others double."""
    if column.dtype.is_integer():
        return column.cast(pl.Int64 if column.dtype != pl.UInt64 else pl.Float64).to_numpy()
    return column.cast(pl.Float64).to_numpy() if column.dtype.is_numeric() else column.to_list()


def _block(utility: str, formula: Any, held: Any, rows: int) -> tuple[Array, tuple[str, ...], Any]:
    from formulaic import model_matrix

    if formula == "0":
        return np.zeros((rows, 0)), (), "0"
    try:
        read = _parts(formula) if isinstance(formula, str) else formula
        with np.errstate(all="ignore"):
            made = model_matrix(read, held, na_action="ignore", context=_FUNCTIONS)
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
        top = float(np.abs(column).max())
        if not (top == 0.0 or 1.0 / _LARGEST < top < _LARGEST):
            raise InputError(Fault(utility, f"{name!r} is as large as {top:.3g}, out of range; rescale it"))
    return block, names, made.model_spec


def check_design(design: Design, owners: Mapping[str, str]) -> None:
    """Raise what cannot be told apart: collinear terms of a utility, and what a player's utilities have in common.

    Only differences of a player's utilities matter, so adding the same to each of them changes nothing: a term, or a
    combination of terms, that is in every one of them is not identified. ``owners`` maps utilities to players.
    """
    faults = []
    for utility, names, block in zip(design.utilities, design.terms, design.blocks, strict=True):
        if len(names) > design.rows:
            sentence = f"there are {len(names)} terms and {design.rows} rows; leave terms out, such as {names[-1]!r}"
            faults.append(Fault(utility, sentence))
        else:
            faults += [Fault(utility, sentence) for sentence in _collinear(names, block)]
    if not faults:
        for player in dict.fromkeys(owners.values()):
            faults += _common(design, [u for u in design.utilities if owners.get(u) == player], player)
    if faults:
        raise InputError(faults)


def _collinear(names: Sequence[str], block: Array) -> list[str]:
    found, kept, basis = [], [], np.empty((len(block), 0))
    for k, name in enumerate(names):
        size = float(np.linalg.norm(block[:, k]))
        if size == 0.0:
            found.append(f"{name!r} is 0 in every row; leave it out")
            continue
        left = block[:, k] / size
        for _ in range(2):  # once more for what rounding left
            left = left - basis @ (basis.T @ left)
        if np.linalg.norm(left) < _COLLINEAR:
            found.append(_combined(names, block, kept, k))
            continue
        kept.append(k)
        basis = np.column_stack([basis, left / np.linalg.norm(left)])
    return found


def _combined(names: Sequence[str], block: Array, kept: Sequence[int], k: int) -> str:
    """Return of which terms kept a term is made."""
    scaled = block[:, kept] / np.linalg.norm(block[:, kept], axis=0)
    weights, *_ = np.linalg.lstsq(scaled, block[:, k] / np.linalg.norm(block[:, k]), rcond=None)
    of = [names[j] for j, w in zip(kept, weights, strict=True) if abs(w) > 1e-6]
    if of == ["1"]:
        return f"{names[k]!r} is {block[0, k]:g} in every row, which is what the constant does; leave one of them out"
    said = _listed(["the constant" if name == "1" else repr(name) for name in of])
    return f"{names[k]!r} is a combination of {said} in every row; leave one of them out"


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
    what = _listed(["a constant" if term == "1" else repr(term) for term in terms])
    verb, them = ("is", "it") if len(terms) == 1 else ("are", "them")
    sentence = (
        f"{what} {verb} in every utility of {player} ({_listed(utilities)}); only differences matter, so leave "
        f"{them} out of one"
    )
    return [Fault(utilities[0], sentence)]
