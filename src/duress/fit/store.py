"""Fits written to a file and read back."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ..errors import InputError
from .models import MODELS
from .record import Fit

FORMAT = 1


def as_json(fit: Fit) -> dict[str, Any]:
    """Return what a machine would ask a fit, without its rows."""
    return {
        "model": fit.model.name,
        "title": fit.model.title,
        "settings": fit.model.settings,
        "utilities": dict(fit.formulas),
        "outcome": list(fit.outcome),
        "rows": fit.nobs,
        "log_likelihood": fit.loglik,
        "is_likelihood": fit.model.has_likelihood,
        "aic": fit.aic,
        "bic": fit.bic,
        "reached": fit.reached,
        "status": fit.status,
        "notes": list(fit.all_notes()),
        "errors": fit.errors,
        "coefficients": [{k: _plain(v) for k, v in row.items()} for row in fit.table.iter_rows(named=True)],
        "vcov": [[_plain(v) for v in row] for row in fit.vcov.tolist()],
        "run": dict(fit.run),
    }


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def save(fit: Fit, path: str | Path) -> None:
    """Write a fit with its rows as JSON; numbers come back to the last digit."""
    kept = {
        "format": FORMAT,
        "model": fit.model.name,
        "settings": fit.model.settings,
        "formulas": dict(fit.formulas),
        "outcome": list(fit.outcome),
        "frame": {name: fit.frame[name].to_list() for name in fit.frame.columns},
        "names": list(fit.names),
        "coefficients": fit.coefficients.tolist(),
        "vcov": fit.vcov.tolist(),
        "errors": fit.errors,
        "loglik": fit.loglik,
        "loglik_rows": fit.loglik_rows.tolist(),
        "reached": fit.reached,
        "status": fit.status,
        "notes": list(fit.notes),
        "held": {name: values.tolist() for name, values in fit.held.items()},
        "untold": list(fit.untold),
        "run": dict(fit.run),
    }
    try:
        Path(path).write_text(json.dumps(kept), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be written: {error.strerror}") from None


def load_fit(path: str | Path) -> Fit:
    """Return a fit that was saved.

    Raises
    ------
    InputError
        If there is no such file, or it is no fit.
    """
    try:
        kept = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be read: {error.strerror}") from None
    except ValueError:
        raise InputError(f"{str(path)!r} is no fit that was saved") from None
    if not isinstance(kept, dict) or kept.get("format") != FORMAT or kept.get("model") not in MODELS:
        raise InputError(f"{str(path)!r} is no fit that this version of duress can read")
    settings = {k: tuple(v) if isinstance(v, list) else v for k, v in kept["settings"].items()}
    return Fit(
        model=MODELS[kept["model"]](**settings),
        formulas=kept["formulas"],
        outcome=tuple(kept["outcome"]),
        frame=pl.DataFrame(kept["frame"], strict=False),
        names=tuple(kept["names"]),
        coefficients=np.array(kept["coefficients"]),
        vcov=np.array(kept["vcov"]),
        errors=kept["errors"],
        loglik=kept["loglik"],
        loglik_rows=np.array(kept["loglik_rows"]),
        reached=kept["reached"],
        status=kept["status"],
        notes=tuple(kept["notes"]),
        held={name: np.array(values) for name, values in kept["held"].items()},
        untold=tuple(kept.get("untold", ())),
        run=kept["run"],
    )
