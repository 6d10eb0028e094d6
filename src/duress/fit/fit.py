"""The one way in: a model, data, a formula for each utility; a fit comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duress import __version__

from ..errors import Fault, InputError
from .covariance import Kind, bootstrap, groups_in, sandwich
from .formulas import check_categories, check_design, check_formulas, columns_in, complete_rows, design_of, read_frame
from .model import Estimated, Model, Step
from .models import model_with
from .record import Fit
from .separation import check_separation, suspects

Array = NDArray[np.float64]


def fit(
    model: Model | str,
    data: Any,
    utilities: Mapping[str, str],
    outcome: str | Sequence[str] | None = None,
    errors: Kind = "model",
    cluster: str | None = None,
    samples: int = 200,
    seed: int = 0,
    processes: int | None = None,
    missing: str = "drop",
    start: Mapping[str, float] | None = None,
    step: Step | None = None,
    progress: Callable[[int, int], Any] | None = None,
) -> Fit:
    """Fit a game to data.

    Parameters
    ----------
    model : Model or str
        A model with its settings, such as ``CrisisSignaling(method="cmle")``, or its name for the usual settings.
    data : frame, path or mapping
        A Polars or pandas frame, a CSV or Parquet file, or columns by name.
    utilities : mapping
        Utility -> right-hand side of a formula, such as ``"x1 + log(x2)"``; ``"0 + x1"`` has no constant, and what is
        not named is 0.
    outcome : str or sequence of str, optional
        One column of labels, a column of 0 and 1 for each move, or a column of counts for each outcome. Default the
        columns named as the outcomes are.
    errors : {"model", "robust", "bootstrap"}
        Of the model: the inverse of the observed information, or what stands for it in two steps; robust: rows are
        independent and nothing else is taken for granted; bootstrap: rows drawn anew, every step estimated again.
    cluster : str, optional
        Column of groups that are independent of one another; then errors are robust or by bootstrap.
    samples, seed, processes : int
        Of the bootstrap.
    missing : {"drop", "refuse"}
        What to do with rows that miss values.
    start : mapping, optional
        Parameter -> value to start from; what is not named starts from 0.
    step, progress : callables, optional
        Called with (step, log-likelihood), and with (bootstrap samples done, of how many).

    Raises
    ------
    InputError
        If data or formulas cannot be used; every sentence names the column or utility.
    """
    game = _model(model)
    _check(utilities, errors, missing, samples, game)
    frame = read_frame(data)
    formulas = {name: str(utilities.get(name, game.defaults[name])).strip() or "0" for name in game.utilities}
    check_formulas(formulas, frame)
    named = game.outcome_columns(outcome, frame)
    _check_outcome(formulas, named)
    extra = [name for name in (*game.columns, *([cluster] if cluster else [])) if name]
    absent = [name for name in extra if name not in frame.columns]
    if absent:
        raise InputError([Fault("data", f"there is no column {name!r}") for name in absent])
    used = list(dict.fromkeys([*columns_in(formulas.values()), *named, *extra]))
    rows, notes = complete_rows(frame, used, missing)
    check_categories(formulas, rows)
    observed = game.observe(named, rows)
    design, _ = design_of(formulas, rows)
    if not design.names:
        raise InputError("utilities: none has a formula; name at least one, such as " + f"{game.utilities[0]}: '1 + x'")
    check_design(design, game.owners)
    check_separation(game, design, observed)
    telling = suspects(game, design, observed)
    try:
        found = game.estimate(design, observed, rows, _start(design.names, start), step)
    except InputError as error:
        of_the_data = all(not fault.field for fault in error.faults)
        raise InputError([*(telling if of_the_data else ()), *error.faults]) from None
    notes += tuple(f"{fault.field}: {fault.sentence}." for fault in telling)
    groups = None if cluster is None else groups_in(rows, cluster)
    kind: Kind = "robust" if cluster is not None and errors == "model" else errors
    if kind == "bootstrap":
        drawing = game.for_other_rows()
        drawn = bootstrap(drawing, design, observed, rows, found.at, groups, samples, seed, processes, progress)
        vcov = np.atleast_2d(np.cov(drawn, rowvar=False))
        said = f"bootstrap, {len(drawn)} samples of {_units(groups, cluster)}"
        if len(drawn) < samples:
            notes += (
                f"{samples - len(drawn)} of {samples} bootstrap samples could not be estimated and are left out.",
            )
    elif kind == "model" and found.vcov is not None:
        vcov, said = found.vcov, "of the model"
    else:
        vcov, said = sandwich(found, groups), f"robust, {_units(groups, cluster)}"
    return Fit(
        model=game,
        formulas=formulas,
        outcome=tuple(named),
        frame=rows,
        names=design.names,
        coefficients=found.at,
        vcov=vcov,
        errors=said,
        loglik=found.value,
        loglik_rows=found.rows,
        reached=found.reached,
        status=_status(found),
        notes=notes + found.notes,
        held=found.held,
        untold=found.untold,
        run={
            "version": __version__,
            "model": game.name,
            "settings": game.settings,
            "steps": found.steps,
            "errors": {"kind": kind, "cluster": cluster, "samples": samples, "seed": seed},
        },
    )


def _units(groups: Array | None, cluster: str | None) -> str:
    return "rows" if groups is None else f"{int(groups.max())} groups by {cluster}"


def _status(found: Estimated) -> str:
    if found.reached:
        return "A maximum was reached."
    return "No maximum was reached: try other starting values, fewer terms, or another method."


def _model(model: Model | str) -> Model:
    if isinstance(model, Model):
        return model
    return model_with(model, {})


def _check(utilities: Mapping[str, str], errors: str, missing: str, samples: int, game: Model) -> None:
    faults = [
        Fault(name, f"is no utility of {game.name}; they are {', '.join(game.utilities)}")
        for name in utilities
        if name not in game.utilities
    ]
    if errors not in ("model", "robust", "bootstrap"):
        faults.append(Fault("errors", f"must be model, robust or bootstrap; found {errors!r}"))
    if missing not in ("drop", "refuse"):
        faults.append(Fault("missing", f"must be drop or refuse; found {missing!r}"))
    if samples < 10:
        faults.append(Fault("samples", f"must be at least 10; found {samples}"))
    if faults:
        raise InputError(faults)


def _check_outcome(formulas: Mapping[str, str], named: Sequence[str]) -> None:
    faults = [
        Fault(utility, f"column {name!r} is what happened, and cannot be what explains it; leave it out")
        for utility, formula in formulas.items()
        for name in columns_in([formula])
        if name in named
    ]
    if faults:
        raise InputError(faults)


def _start(names: Sequence[str], start: Mapping[str, float] | None) -> Array | None:
    if start is None:
        return None
    unknown = [name for name in start if name not in names]
    if unknown:
        raise InputError(Fault("start", f"there is no parameter {unknown[0]!r}; there are {', '.join(names)}"))
    return np.array([float(start.get(name, 0.0)) for name in names])
