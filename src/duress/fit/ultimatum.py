"""The statistical ultimatum game: how much is offered, and whether it is accepted.

References
----------
Ramsay, K. & Signorino, C. (2009). A statistical model of the ultimatum game. Princeton University and University of
Rochester.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, wrightomega

from ..errors import Fault, InputError
from .design import Design, Terms
from .expectations import RIDGE
from .formulas import number_column
from .jets import variables
from .likelihood import LikelihoodModel
from .links import log_answers
from .maximise import climb
from .model import Decision

Array = NDArray[np.float64]

_TOLERANCE = 1e-8

ABOUT = """\
    1 offers y, 0 <= y <= Q
    '-- 2
        |-- accept: Q - y, y
        '-- reject: R1 + e_1, R2 + e_2

e_1 and e_2 are logistic with scales s1 and s2 (their logarithms are
estimated: log_s1, log_s2); each is known to its player alone.
  Pr(accept | y) = F((y - R2) / s2), F logistic
  the best offer solves Q - y - R1 - e_1 = s2 (1 + exp((y - R2) / s2)) where
  that is within 0 and Q, else it is the nearer end. So with
    e(y) = Q - y - R1 - s2 (1 + exp((y - R2) / s2))
  the density of an offer inside is f(e(y) / s1) / s1 (1 + exp((y - R2) / s2)),
  Pr(0) = F(-e(0) / s1) and Pr(Q) = F(e(Q) / s1).
Predicted offers are those at e_1 = 0, which is the median; acceptance is that
of this offer.

Ramsay & Signorino (2009), A statistical model of the ultimatum game."""


@dataclass(frozen=True)
class Ultimatum(LikelihoodModel):
    """The ultimatum game.

    Parameters
    ----------
    largest : float
        Q, the most that can be offered.
    """

    name: ClassVar[str] = "ultimatum"
    title: ClassVar[str] = "Ultimatum game"
    about: ClassVar[str] = ABOUT

    largest: float = 1.0

    def __post_init__(self) -> None:
        if not self.largest > 0.0:
            raise InputError(Fault("largest", f"must be above 0, the most that can be offered; found {self.largest}"))

    @property
    def utilities(self) -> tuple[str, ...]:
        """Reservation values and logarithms of the scales."""
        return ("R1", "R2", "log_s1", "log_s2")

    @property
    def owners(self) -> Mapping[str, str]:
        """Nobody's: levels matter, not differences."""
        return {}

    @property
    def defaults(self) -> Mapping[str, str]:
        """A constant each."""
        return dict.fromkeys(self.utilities, "1")

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The offer, and whether it is accepted."""
        return ("offer", "accept")

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """None that is yes or no and by itself."""
        return ()

    @property
    def outcomes_asked(self) -> str:
        """Return how to say what happened, as a request."""
        return "name the column of offers, and that of acceptance (0 and 1) where it is known"

    def outcome_columns(self, outcome: Any, frame: pl.DataFrame) -> tuple[str, ...]:
        """Return the columns of offers and acceptance; acceptance may be left out."""
        named = self.outcomes if outcome is None else ((outcome,) if isinstance(outcome, str) else tuple(outcome))
        asked = self.outcomes_asked
        if len(named) not in (1, 2):
            raise InputError(Fault("outcome", f"{asked}; found {len(named)} columns"))
        absent = [name for name in named if name not in frame.columns]
        if absent:
            raise InputError(Fault("outcome", f"there is no column {absent[0]!r}; {asked}"))
        return named

    def observe(self, named: Sequence[str], frame: pl.DataFrame) -> Array:
        """Return offers and acceptance, shape (n, 2); acceptance is NaN where it is not known."""
        offer = number_column(frame, named[0], "outcome")
        wrong = offer[(offer < -_TOLERANCE) | (offer > self.largest + _TOLERANCE)]
        if len(wrong):
            sentence = (
                f"column {named[0]!r} must hold offers from 0 to {self.largest:g}, the largest; found {wrong[0]:g}"
            )
            raise InputError(Fault("outcome", sentence))
        if np.ptp(offer) == 0.0:
            raise InputError(Fault("outcome", f"every offer in column {named[0]!r} is {offer[0]:g}; they must differ"))
        if len(named) == 1:
            return np.stack([offer, np.full_like(offer, np.nan)], axis=1)
        accept = number_column(frame, named[1], "outcome")
        if not np.isin(accept, (0.0, 1.0)).all():
            odd = accept[~np.isin(accept, (0.0, 1.0))][0]
            raise InputError(Fault("outcome", f"column {named[1]!r} must hold 0 and 1; found {odd:g}"))
        for answer, said in ((1.0, "accepted"), (0.0, "rejected")):
            if not (accept == answer).any():
                raise InputError(Fault("outcome", f"no offer is {said} in column {named[1]!r}; both must be seen"))
        return np.stack([offer, accept], axis=1)

    @property
    def unit(self) -> float:
        """Return the most that can be offered: utilities are in its units."""
        return self.largest

    def terms(self, u: Array, observed: Array) -> Terms:
        """Return the log-likelihood by row and its derivatives."""
        y, accept = observed.T
        R1, R2, log_s1, log_s2 = variables(u)
        s2, over_s1, over_s2 = log_s2.exp(), (-log_s1).exp(), (-log_s2).exp()
        keen = (-R2 + y) * over_s2
        e = (-R1 - s2 * (keen.exp() + 1.0) + (self.largest - y)) * over_s1
        above, below = (y >= _TOLERANCE).astype(float), (y <= self.largest - _TOLERANCE).astype(float)
        inside = above * below
        total = e.through(*log_answers(e.value, above, below, "logit")) - log_s1 * inside
        # log(1 + exp(keen)), which is in the density of an offer inside, is −log F(−keen).
        yes, no = (accept == 1.0).astype(float), (accept == 0.0).astype(float)
        total = total + keen.through(*log_answers(keen.value, yes, no - inside, "logit"))
        return total.by_row(len(self.utilities))

    def start(self, design: Design, observed: Array) -> Array:
        """Return estimates of each player alone: a logit of acceptance, then what that leaves of the offers."""
        y, accept = observed.T
        begin = np.zeros(len(design.names))
        cuts = dict(zip(design.utilities, design.cuts, strict=True))
        x1, x2 = design.blocks[0], design.blocks[1]
        if np.isfinite(accept).all():
            x = np.concatenate([y[:, None], x2], axis=1)
            b = _ridge_logit(x, accept)
            s2 = 1.0 / max(b[0], 0.1 / max(float(y.std()), 1e-6))
            begin[cuts["R2"]] = -b[1:] * s2
        else:
            s2 = max(float(y.std()), 1e-6)
            begin[cuts["R2"]] = np.linalg.lstsq(x2, y, rcond=None)[0]
        keen = np.clip((y - x2 @ begin[cuts["R2"]]) / s2, -20.0, 4.0)
        left = self.largest - y - s2 * (1.0 + np.exp(keen))
        begin[cuts["R1"]] = np.linalg.lstsq(x1, left, rcond=None)[0]
        s1 = max(float((left - x1 @ begin[cuts["R1"]]).std()) * np.sqrt(3.0) / np.pi, 1e-3)
        for name, value in (("log_s1", s1), ("log_s2", s2)):
            block = design.blocks[design.utilities.index(name)]
            if block.shape[1]:
                begin[cuts[name]] = np.linalg.lstsq(block, np.full(len(y), np.log(value)), rcond=None)[0]
        return begin

    def chances(self, u: Array, held: Mapping[str, Array]) -> Array:
        """Return the median offer and how likely it is accepted, shape (n, 2)."""
        R1, R2, _, log_s2 = u.T
        s2 = np.exp(log_s2)
        share = wrightomega((self.largest - R1 - R2 - s2) / s2).real
        offer = np.clip(self.largest - R1 - s2 * (1.0 + share), 0.0, self.largest)
        return np.stack([offer, expit((offer - R2) / s2)], axis=1)

    def predict(self, u: Array) -> Mapping[str, NDArray[Any]]:
        """Return the median offer and how likely it is accepted."""
        offer, accept = self.chances(u, {}).T
        return {"row": np.arange(len(u)) + 1, "offer": offer, "accept": accept}


def _ridge_logit(x: Array, yes: Array) -> Array:
    penalty = RIDGE * x.var(axis=0)

    def value(b: Array) -> float:
        z = x @ b
        return float(-(yes @ np.logaddexp(0.0, -z) + (1.0 - yes) @ np.logaddexp(0.0, z)) - 0.5 * penalty @ (b * b))

    def derivatives(b: Array) -> tuple[Array, Array]:
        p = expit(x @ b)
        return x.T @ (yes - p) - penalty * b, -(x.T @ (x * (p * (1.0 - p))[:, None])) - np.diag(penalty)

    return climb(value, derivatives, np.zeros(x.shape[1])).at
