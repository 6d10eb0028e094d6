"""Estimators of the crisis-signaling game: pseudo-likelihood, nested pseudo-likelihood, and full likelihood.

References
----------
Crisman-Cox, C. & Gibilisco, M. (2021). Estimating signaling games in international relations: problems and solutions.
Political Science Research and Methods 9(3).
Aguirregabiria, V. & Mira, P. (2007). Sequential estimation of dynamic discrete games. Econometrica 75(1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit

from ..errors import Fault, InputError
from .design import Design
from .equilibria import FARTHEST, Equilibria, equilibria
from .expectations import FirstStage, first_stage, flexible
from .formulas import number_column
from .model import Decision, Estimated, Model, Step
from .pseudo import settle
from .signaling_game import OUTCOMES, UTILITIES
from .signaling_search import Search, Selection, chances_at, nearest

Array = NDArray[np.float64]
Method = Literal["pl", "npl", "cmle", "ml"]

_INNER = 30.0
"""Log odds within which an equilibrium moves enough with the utilities to be followed."""

ABOUT = """\
    A
    |-- status quo: S_A, 0                       (sq)
    '-- challenge
        B
        |-- concede: V_A, C_B                    (cd)
        '-- resist
            A
            |-- stand firm: W_A + e_A, W_B + e_B (sf)
            '-- back down: a + e_a, V_B          (bd)

e_A, e_a and e_B are independent standard normal. A sees e_A and e_a before it
challenges; B sees e_B.
With p = Pr(B resists):
  c(p) = (S_A - (1 - p) V_A) / p
  Pr(A challenges) = g(c) = 1 - Phi(c - W_A) Phi(c - a)
  Pr(A stands firm) = p_F = h(c) / g(c),
    h(c) = Phi2((W_A - a)/sqrt 2, W_A - c; rho = 1/sqrt 2)
  Pr(B resists) = f(p_F) = Phi((p_F W_B + (1 - p_F) V_B - C_B) / p_F)
  equilibrium: p = f(h(c(p)) / g(c(p))); there are one, three or more.
Only differences of a player's payoffs matter; B's payoff of the status quo
does not.

Methods
  pl    pseudo-likelihood: each side answers what it is estimated to expect of
        the other in a first stage
  npl   nested: expectations are replaced by the answers until they agree
  cmle  likelihood under the equilibrium constraints, each row in the
        equilibrium that suits it best
  ml    likelihood with the equilibrium selected by a stated rule: the one in
        which B resists least (lowest) or most (highest), or the likeliest

Lewis & Schultz (2003), Political Analysis 11(4); Crisman-Cox & Gibilisco
(2021), Political Science Research and Methods 9(3)."""


@dataclass(frozen=True)
class CrisisSignaling(Model):
    """The crisis-signaling game of Lewis & Schultz.

    Parameters
    ----------
    method : {"pl", "npl", "cmle", "ml"}
    expectations : pair of str, optional
        Columns with the probabilities that B resists and that A stands firm, which ``pl`` and ``npl`` start from.
        Default: a ridge logit on all regressors, their squares and products, whose error is carried on.
    expectations_vcov : array, shape (2n, 2n), optional
        For ``pl``: covariance of these columns, of all rows that B resists and then of all rows that A stands firm,
        from other data than are fitted. Without it they are taken as known.
    selection : {"likeliest", "lowest", "highest"}
        For ``ml``: the equilibrium of each row, by how likely B is to resist or by what was seen.
    """

    name: ClassVar[str] = "crisis-signaling"
    title: ClassVar[str] = "Crisis-signaling game"
    about: ClassVar[str] = ABOUT

    method: Method = "npl"
    expectations: tuple[str, str] | None = None
    selection: Selection = "likeliest"
    expectations_vcov: Array | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.method not in ("pl", "npl", "cmle", "ml"):
            raise InputError(Fault("method", f"must be pl, npl, cmle or ml; found {self.method!r}"))
        if self.selection not in ("likeliest", "lowest", "highest"):
            raise InputError(Fault("selection", f"must be likeliest, lowest or highest; found {self.selection!r}"))
        if self.expectations is not None and len(self.expectations) != 2:
            raise InputError(Fault("expectations", "must be two columns: how likely B resists, and A stands firm"))
        if self.expectations_vcov is not None and (self.expectations is None or self.method != "pl"):
            raise InputError(Fault("expectations_vcov", "goes with method pl and columns of expectations"))

    @property
    def utilities(self) -> tuple[str, ...]:
        """S_A, V_A, C_B, W_A, W_B, a, V_B."""
        return UTILITIES

    @property
    def owners(self) -> Mapping[str, str]:
        """Whose each utility is."""
        return {name: "B" if name in ("C_B", "W_B", "V_B") else "A" for name in UTILITIES}

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Status quo, concession, stand firm, back down."""
        return OUTCOMES

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Challenge, resist, stand firm."""
        return (
            Decision("A", "challenge", ("cd", "sf", "bd"), ("sq",)),
            Decision("B", "resist", ("sf", "bd"), ("cd",)),
            Decision("A", "stand firm", ("sf",), ("bd",)),
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of given expectations."""
        return tuple(self.expectations or ())

    def for_other_rows(self) -> CrisisSignaling:
        """Return the model without the covariance of expectations of every row."""
        return replace(self, expectations_vcov=None)

    @property
    def has_likelihood(self) -> bool:
        """Return whether what is maximised is a likelihood."""
        return self.method in ("cmle", "ml")

    @property
    def method_said(self) -> str:
        """Return the method in words."""
        said = {"pl": "pseudo-likelihood", "npl": "nested pseudo-likelihood", "cmle": "constrained likelihood"}
        return said.get(self.method, f"likelihood, {self.selection}")

    def search(
        self, design: Design, observed: Array, frame: pl.DataFrame, start: Array | None, step: Step | None
    ) -> Estimated:
        """Return estimates by the method asked for."""
        with np.errstate(all="ignore"):  # where a step goes too far there is no likelihood, and the search steps back
            return self._search(design, observed, frame, start, step)

    def _search(
        self, design: Design, observed: Array, frame: pl.DataFrame, start: Array | None, step: Step | None
    ) -> Estimated:
        data = Search(design, observed, step)
        if start is not None and self.has_likelihood:
            return data.full([start], self.selection if self.method == "ml" else "likeliest", self.method == "cmle")
        stages = self._expected(data, frame)
        origin = np.zeros(len(design.names)) if start is None else start
        first = data.pseudo_top(origin, stages[0].chance, stages[1].chance)
        if self.method == "pl":
            return data.pseudo(first, stages, self._uncertain(frame.height))
        nested, resist, firm, settled = data.nested(first, stages[0].chance, stages[1].chance)
        if self.method == "npl":
            return data.nested_result(nested, resist, firm, settled)
        return data.full(
            [nested.at, first.at], self.selection if self.method == "ml" else "likeliest", self.method == "cmle"
        )

    def _uncertain(self, rows: int) -> Array | None:
        """Return the covariance of expectations that are given."""
        if self.expectations_vcov is None:
            return None
        vcov = np.asarray(self.expectations_vcov, dtype=float)
        if vcov.shape != (2 * rows, 2 * rows) or not np.isfinite(vcov).all() or not np.allclose(vcov, vcov.T):
            shape = " by ".join(map(str, vcov.shape))
            sentence = (
                f"must be finite, symmetric and {2 * rows} by {2 * rows}: two expectations of each of the {rows} rows "
                f"without missing values; found {shape}"
            )
            raise InputError(Fault("expectations_vcov", sentence))
        return vcov

    def _expected(self, data: Search, frame: pl.DataFrame) -> tuple[FirstStage, FirstStage]:
        if self.expectations is None:
            x, n = flexible(data.design.origin or data.design), data.observed
            return first_stage(x, n[:, 2] + n[:, 3], n[:, 1]), first_stage(x, n[:, 2], n[:, 3])
        given = []
        for name in self.expectations:
            chance = number_column(frame, name, "expectations")
            wrong = chance[~((chance > 0.0) & (chance < 1.0))]
            if len(wrong):
                sentence = (
                    f"column {name!r} must hold probabilities between 0 and 1, neither included; found {wrong[0]:g}"
                )
                raise InputError(Fault("expectations", sentence))
            given.append(FirstStage(chance, np.zeros((len(chance), 0)), np.zeros((len(chance), 0))))
        return given[0], given[1]

    def predict(self, u: Array) -> Mapping[str, NDArray[Any]]:
        """Return every equilibrium of each row: how many there are, what each side does, and the outcomes."""
        found = equilibria(u)
        return {
            "row": found.game + 1,
            "equilibrium": _number(found),
            "equilibria": found.counts(len(u))[found.game],
            **_moves(u[found.game], found.t),
        }

    def chances(self, u: Array, held: Mapping[str, Array]) -> Array:
        """Return outcome probabilities in the equilibrium that the one in ``held`` turns into."""
        t = np.clip(held["log_odds"], -FARTHEST, FARTHEST)
        inner = np.abs(t) < _INNER
        t[inner] = settle(u[inner], t[inner])[0]
        return np.exp(chances_at(u, t))

    def place(self, u: Array, held: Mapping[str, Array]) -> Mapping[str, Array]:
        """Return the equilibrium of each row in which B is as likely to resist as in ``held``, or nearly."""
        return {"log_odds": nearest(equilibria(u), held["log_odds"])}


def _number(found: Equilibria) -> NDArray[np.intp]:
    first = np.searchsorted(found.game, found.game)
    return np.arange(len(found.game)) - first + 1


def _moves(u: Array, t: Array) -> dict[str, Array]:
    chances = np.exp(chances_at(u, t))
    challenged = chances[:, 1:].sum(axis=1)
    log = chances_at(u, t)
    firm = expit(log[:, 2] - log[:, 3])
    named = dict(zip(OUTCOMES, chances.T, strict=True))
    return {"challenge": challenged, "resist": expit(t), "stand firm": firm, **named}
