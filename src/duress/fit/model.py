"""What every estimable model is, and what estimating it gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ..errors import Fault, InputError
from .design import Design
from .formulas import number_column
from .information import (
    VAGUE,
    FlatError,
    WildError,
    dependence,
    hardly_told,
    named,
    told_apart,
    vague_directions,
    very_large,
    wildest,
)

Array = NDArray[np.float64]
Step = Callable[[int, float], None]


class Decision(NamedTuple):
    """A yes-or-no move: who makes it, what it is called, and the outcomes that follow either answer."""

    player: str
    name: str
    yes: tuple[str, ...]
    no: tuple[str, ...]


@dataclass(frozen=True)
class Estimated:
    """Where an estimator ended.

    Parameters
    ----------
    at : array, shape (parameters,)
    value : float
        Log-likelihood, or pseudo-log-likelihood.
    rows : array, shape (n,)
        The same by row.
    influence : array, shape (n, parameters)
        Each row's share in the estimating equations, that of a first stage included.
    inverse : array, shape (parameters, parameters)
        Inverse of minus the derivative of the estimating equations by the parameters.
    vcov : array or None
        The covariance the model itself gives, if it gives one: the inverse of the observed information.
    reached : bool
    steps : int
    notes : tuple of str
    held : mapping
        Arrays by row that go with the estimates, such as the equilibrium in which each row is.
    carried : array or None
        What the estimating equations vary by besides rows, (parameters, parameters): a given first stage's error.
    untold : tuple of str
        Parameters of which the data tell next to nothing, so that no error can be given.
    """

    at: Array
    value: float
    rows: Array
    influence: Array
    inverse: Array
    vcov: Array | None
    reached: bool
    steps: int
    notes: tuple[str, ...] = ()
    held: Mapping[str, Array] = field(default_factory=dict)
    carried: Array | None = None
    untold: tuple[str, ...] = ()

    def turned(self, turn: Array) -> Estimated:
        """Return the same for coefficients b, where this is for ``turn @ b``."""
        back = np.linalg.inv(turn)
        return replace(
            self,
            at=back @ self.at,
            influence=self.influence @ turn,
            inverse=back @ self.inverse @ back.T,
            vcov=None if self.vcov is None else back @ self.vcov @ back.T,
            carried=None if self.carried is None else turn.T @ self.carried @ turn,
        )


@dataclass(frozen=True)
class Model(ABC):
    """A game whose utilities depend on regressors; its settings are its fields."""

    name: ClassVar[str]
    title: ClassVar[str]
    about: ClassVar[str]
    """The tree with payoffs at its leaves, the equations, the source."""

    @property
    @abstractmethod
    def utilities(self) -> tuple[str, ...]:
        """Names of the utilities, each with a formula."""

    @property
    @abstractmethod
    def owners(self) -> Mapping[str, str]:
        """Whose utility each is, where only differences of that player's utilities matter."""

    @property
    def movers(self) -> Mapping[str, str]:
        """Whose utility each is, as in `decisions`."""
        return self.owners

    @property
    @abstractmethod
    def outcomes(self) -> tuple[str, ...]:
        """Names of the outcomes, in the order of their columns."""

    @property
    @abstractmethod
    def decisions(self) -> tuple[Decision, ...]:
        """The moves, in order."""

    @property
    def stages(self) -> tuple[tuple[Decision, ...], ...]:
        """Decisions of which only one is met, together: each stage is a column where data are moves."""
        return tuple((decision,) for decision in self.decisions)

    @property
    def defaults(self) -> Mapping[str, str]:
        """Formulas of utilities that are not given one."""
        return dict.fromkeys(self.utilities, "0")

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the data that settings name, besides regressors and outcomes."""
        return ()

    @property
    def settings(self) -> dict[str, Any]:
        """Return the settings by name, without what belongs to the rows of one set of data."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.compare}

    def for_other_rows(self) -> Model:
        """Return the model as it is for rows drawn from the data: without what belongs to the rows as they are."""
        return self

    @property
    def has_likelihood(self) -> bool:
        """Return whether what is maximised is a likelihood."""
        return True

    @property
    def method_said(self) -> str:
        """Return the method in words."""
        return "maximum likelihood"

    @property
    def unit(self) -> float:
        """Return what counts as a large difference of utilities: the scale of the errors in them."""
        return 1.0

    def estimate(
        self, design: Design, observed: Array, frame: pl.DataFrame, start: Array | None = None, step: Step | None = None
    ) -> Estimated:
        """Return estimates, looked for by orthogonal terms. ``frame`` holds the complete rows.

        Raises
        ------
        InputError
            If the data do not tell parameters apart; it names them.
        """
        inner, turn = design.orthogonal()
        alone = dependence(turn)
        if alone.size:
            raise InputError(told_apart(design, alone))
        try:
            found = self.search(inner, observed, frame, None if start is None else turn @ start, step)
        except FlatError as error:
            raise InputError(told_apart(design, np.linalg.inv(turn) @ error.directions)) from None
        except WildError as error:
            raise InputError(wildest(design, np.linalg.inv(turn) @ error.at)) from None
        vague = vague_directions(found.inverse / self.unit**2)
        untold = tuple(named(design, np.linalg.inv(turn) @ vague)) if vague.size else ()
        notes = found.notes
        if untold:
            notes += (hardly_told(untold),)
        elif np.abs(found.at).max() > VAGUE * self.unit:
            notes += (very_large(named(design, (np.linalg.inv(turn) @ found.at)[:, None])),)
        return replace(found.turned(turn), notes=notes, untold=untold)

    @abstractmethod
    def search(
        self, design: Design, observed: Array, frame: pl.DataFrame, start: Array | None, step: Step | None
    ) -> Estimated:
        """Return estimates for a design of orthogonal terms.

        Raises
        ------
        FlatError, WildError
            If the likelihood does not change along some direction, or has no finite curvature.
        """

    @abstractmethod
    def predict(self, u: Array) -> Mapping[str, NDArray[Any]]:
        """Return what happens at utilities ``u``, as columns: ``row`` and probabilities of moves and outcomes."""

    @abstractmethod
    def chances(self, u: Array, held: Mapping[str, Array]) -> Array:
        """Return outcome probabilities, shape (n, outcomes), in the equilibrium ``held`` tells, or near it."""

    def place(self, u: Array, held: Mapping[str, Array]) -> Mapping[str, Array]:
        """Return the equilibrium of each row nearest to ``held``, which may be one of quite other utilities."""
        return held

    def outcome_columns(self, outcome: Any, frame: pl.DataFrame) -> tuple[str, ...]:
        """Return the columns ``outcome`` names, which default to the outcomes' own names.

        Raises
        ------
        InputError
            If it does not name one column of labels, one for each move, or one for each outcome.
        """
        named = (
            tuple(self.outcomes) if outcome is None else ((outcome,) if isinstance(outcome, str) else tuple(outcome))
        )
        allowed = {1, len(self.stages), len(self.outcomes)}
        if len(named) not in allowed:
            raise InputError(Fault("outcome", f"{self.outcomes_asked}; found {len(named)} columns"))
        absent = [name for name in named if name not in frame.columns]
        if absent:
            raise InputError(Fault("outcome", f"there is no column {absent[0]!r}; {self.outcomes_asked}"))
        return named

    @property
    def outcomes_asked(self) -> str:
        """Return how to say what happened, as a request."""
        moves = ", ".join(" or ".join(d.name for d in stage) for stage in self.stages)
        return (
            f"name one column with the labels {', '.join(self.outcomes)}, {len(self.stages)} columns of 0 and 1 "
            f"({moves}), or {len(self.outcomes)} columns of counts ({', '.join(self.outcomes)})"
        )

    def observe(self, named: Sequence[str], frame: pl.DataFrame) -> Array:
        """Return how often each outcome is seen in each row, shape (n, outcomes).

        Raises
        ------
        InputError
            If a column holds something else, or an outcome is never seen.
        """
        if len(named) == 1:
            counts = self._from_labels(named[0], frame)
        elif len(named) == len(self.outcomes):
            counts = np.stack([_counts(frame, name) for name in named], axis=1)
        else:
            counts = self._from_moves(named, frame)
        for name, total in zip(self.outcomes, counts.sum(axis=0), strict=True):
            if total == 0.0:
                where = f"column {named[0]!r}" if len(named) == 1 else f"columns {', '.join(named)}"
                raise InputError(Fault("outcome", f"{name!r} is never seen in {where}; every outcome must be"))
        return counts

    def _from_labels(self, name: str, frame: pl.DataFrame) -> Array:
        labels = [str(v) for v in frame[name].to_list()]
        wrong = sorted(set(labels) - set(self.outcomes))
        if wrong:
            raise InputError(Fault("outcome", f"column {name!r} holds {wrong[0]!r}; {self.outcomes_asked}"))
        at = np.array([self.outcomes.index(label) for label in labels])
        return np.eye(len(self.outcomes))[at]

    def _from_moves(self, named: Sequence[str], frame: pl.DataFrame) -> Array:
        moves = []
        for name in named:
            values = number_column(frame, name, "outcome")
            if not np.isin(values, (0.0, 1.0)).all():
                wrong = values[~np.isin(values, (0.0, 1.0))][0]
                raise InputError(Fault("outcome", f"column {name!r} must hold 0 and 1; found {wrong:g}"))
            moves.append(values > 0.5)
        ways, at = np.unique(np.stack(moves, axis=1), axis=0, return_inverse=True)
        return np.array([self._outcome_of(way) for way in ways], dtype=float)[at.ravel()]

    def _outcome_of(self, moves: NDArray[np.bool_]) -> list[bool]:
        """Return which outcome follows yes-or-no moves, as a list with one True."""
        left = set(self.outcomes)
        for stage, yes in zip(self.stages, moves, strict=True):
            for decision in stage:
                if left <= {*decision.yes, *decision.no}:
                    left &= set(decision.yes if yes else decision.no)
                    break
        return [outcome in left for outcome in self.outcomes]


def _counts(frame: pl.DataFrame, name: str) -> Array:
    values = number_column(frame, name, "outcome")
    wrong = values[(values < 0.0) | ~np.isfinite(values)]
    if len(wrong):
        raise InputError(Fault("outcome", f"column {name!r} must hold counts of 0 or more; found {wrong[0]:g}"))
    return values
