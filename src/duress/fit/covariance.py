"""Standard errors: of the model, robust, clustered, and by the bootstrap on every core."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ..errors import Fault, InputError, NotSolvedError
from .design import Design
from .model import Estimated, Model

Array = NDArray[np.float64]
Kind = Literal["model", "robust", "bootstrap"]

_PER_JOB = 4
_FEWEST = 0.5
"""Share of bootstrap samples that must be estimated."""


def sandwich(found: Estimated, groups: Array | None) -> Array:
    """Return the robust covariance, with rows (or groups of rows) independent of one another and nothing else assumed.

    For two-step estimates the influence of the first stage is in it. Groups are weighed by G / (G − 1).
    """
    influence = found.influence
    if groups is not None:
        _, at = np.unique(groups, return_inverse=True)
        many = int(at.max()) + 1
        summed = np.zeros((many, influence.shape[1]))
        np.add.at(summed, at, influence)
        influence = summed * np.sqrt(many / (many - 1.0))
    meat = influence.T @ influence
    if found.carried is not None:
        meat = meat + found.carried
    spread = found.inverse @ meat @ found.inverse.T
    return 0.5 * (spread + spread.T)


def groups_in(frame: pl.DataFrame, column: str) -> Array:
    """Return the number of the group of each row.

    Raises
    ------
    InputError
        If there are fewer than two groups.
    """
    codes = frame[column].rank("dense").to_numpy().astype(float)
    if codes.max() < 2:
        raise InputError(Fault("cluster", f"column {column!r} has one value only; there must be two groups at least"))
    return codes


_task: tuple[Model, Design, Array, pl.DataFrame, Array, Array | None, int] | None = None


def _hold(task: tuple[Model, Design, Array, pl.DataFrame, Array, Array | None, int]) -> None:
    global _task
    _task = task


def _estimates(numbers: range) -> list[Array]:
    """Return estimates from some of the samples; empty where there are none."""
    assert _task is not None
    model, design, observed, frame, at, groups, seed = _task
    found = []
    for number in numbers:
        rows = _sample(len(observed), groups, np.random.default_rng([seed, number]))
        try:
            part = model.estimate(design.take(rows), observed[rows], frame[rows], at)
            found.append(part.at if part.reached and np.all(np.isfinite(part.at)) else np.empty(0))
        except (InputError, np.linalg.LinAlgError):
            found.append(np.empty(0))
    return found


def _sample(rows: int, groups: Array | None, random: np.random.Generator) -> NDArray[np.intp]:
    if groups is None:
        return random.integers(rows, size=rows)
    values, at = np.unique(groups, return_inverse=True)
    order, first = np.argsort(at, kind="stable"), np.searchsorted(np.sort(at), np.arange(len(values) + 1))
    drawn = random.integers(len(values), size=len(values))
    return np.concatenate([order[first[g] : first[g + 1]] for g in drawn])


@contextmanager
def _without_script(model: Model) -> Iterator[None]:
    """Start processes that do not run the script of the user anew, each, as spawned ones do where they can.

    They need nothing of it, unless it is where the model is defined.
    """
    main = sys.modules["__main__"]
    held = {name: vars(main)[name] for name in ("__file__", "__spec__") if name in vars(main)}
    if type(model).__module__ == "__main__":
        held = {}
    for name in held:
        setattr(main, name, None)
    try:
        yield
    finally:
        for name, value in held.items():
            setattr(main, name, value)


def bootstrap(
    model: Model,
    design: Design,
    observed: Array,
    frame: pl.DataFrame,
    at: Array,
    groups: Array | None = None,
    samples: int = 200,
    seed: int = 0,
    processes: int | None = None,
    progress: Callable[[int, int], Any] | None = None,
) -> Array:
    """Return estimates from samples of rows or groups drawn with replacement, shape (samples, parameters).

    Sample k depends on the seed and k alone, whatever the number of processes. Each starts from ``at``; a first stage
    is estimated anew; samples that cannot be estimated are left out.

    Raises
    ------
    NotSolvedError
        If fewer than half of the samples could be estimated.
    """
    task = (model, design, observed, frame, at, groups, seed)
    jobs = [range(k, min(k + _PER_JOB, samples)) for k in range(0, samples, _PER_JOB)]
    workers = min(processes or os.cpu_count() or 1, len(jobs))
    found: list[Array] = []

    def take(part: list[Array]) -> None:
        found.extend(part)
        if progress is not None:
            progress(len(found), samples)

    if workers == 1:
        _hold(task)
        for job in jobs:
            take(_estimates(job))
    else:
        # Spawned, for a fork of a process with threads may hang.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, context, initializer=_hold, initargs=(task,)) as pool:
            with _without_script(model):
                parts = pool.map(_estimates, jobs)
            for part in parts:
                take(part)
    good = [one for one in found if len(one)]
    if len(good) < max(2, _FEWEST * samples):
        raise NotSolvedError(f"only {len(good)} of {samples} bootstrap samples could be estimated", found)
    return np.array(good)
