"""Strategic discrete choice: two or three players move in turn, each with some error, and expect that of the others.

A game is a small tree of yes-or-no moves; everything else follows from the tree. With *agent error* each move has an
error of its own, so that what a move is worth differs from its mean by a difference of two errors; with *private
information* each player has an error in its payoff of every outcome, which others know the distribution of.

References
----------
Signorino, C. (1999). Strategic interaction and the statistical analysis of international conflict. American Political
Science Review 93(2).
Signorino, C. (2003). Structure and uncertainty in discrete choice models. Political Analysis 11(4).
Signorino, C. & Tarar, A. (2006). A unified theory and test of extended immediate deterrence. American Journal of
Political Science 50(3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import Fault, InputError
from .design import Terms
from .jets import Jet, variables
from .likelihood import LikelihoodModel
from .links import Link, log_answers, share
from .model import Decision

Array = NDArray[np.float64]
Uncertainty = Literal["agent", "private"]

_ROOT_TWO = float(np.sqrt(2.0))


class Move(NamedTuple):
    """A yes-or-no move: who makes it, what "yes" is called, and what follows either answer (an outcome is a str)."""

    player: str
    name: str
    no: Move | str
    yes: Move | str


def leaves(tree: Move | str) -> tuple[str, ...]:
    """Return the outcomes below a move, from left to right."""
    return (tree,) if isinstance(tree, str) else leaves(tree.no) + leaves(tree.yes)


def _moves(tree: Move | str) -> tuple[Move, ...]:
    return () if isinstance(tree, str) else (tree, *_moves(tree.no), *_moves(tree.yes))


@dataclass(frozen=True)
class ChoiceGame(LikelihoodModel):
    """A strategic discrete-choice game.

    Parameters
    ----------
    link : {"probit", "logit"}
        Of the errors; private information takes probit.
    uncertainty : {"agent", "private"}
    """

    tree: ClassVar[Move]
    zero: ClassVar[frozenset[str]]
    """Utilities set to 0, to have something the others are measured from."""

    link: Link = "probit"
    uncertainty: Uncertainty = "agent"

    def __post_init__(self) -> None:
        if self.link not in ("probit", "logit"):
            raise InputError(Fault("link", f"must be probit or logit; found {self.link!r}"))
        if self.uncertainty not in ("agent", "private"):
            raise InputError(Fault("uncertainty", f"must be agent or private; found {self.uncertainty!r}"))
        if self.uncertainty == "private" and self.link == "logit":
            sentence = "must be probit with private information: a sum of logistic errors is not logistic"
            raise InputError(Fault("link", sentence))

    @property
    def utilities(self) -> tuple[str, ...]:
        """``u1(L)`` and so on: of a player, at an outcome it can still bring about or prevent."""
        return tuple(name for name in self._payoffs if name not in self.zero)

    @property
    def _payoffs(self) -> dict[str, str]:
        """Every payoff that matters -> its player: those of outcomes below its moves."""
        return {
            f"u{m.player}({o})": m.player for m in sorted(_moves(self.tree), key=lambda m: m.player) for o in leaves(m)
        }

    @property
    def owners(self) -> Mapping[str, str]:
        """Whose each utility is, of players that have no payoff set to 0 at the same move."""
        measured = {self._payoffs[name] for name in self.zero}
        return {n: f"player {p}" for n, p in self._payoffs.items() if n not in self.zero and p not in measured}

    @property
    def movers(self) -> Mapping[str, str]:
        """Whose each utility is."""
        return {name: f"player {player}" for name, player in self._payoffs.items() if name not in self.zero}

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Leaves of the tree, from left to right."""
        return leaves(self.tree)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """The moves."""
        return tuple(Decision(f"player {m.player}", m.name, leaves(m.yes), leaves(m.no)) for m in _moves(self.tree))

    @property
    def stages(self) -> tuple[tuple[Decision, ...], ...]:
        """Moves by player, in order."""
        players = dict.fromkeys(d.player for d in self.decisions)
        return tuple(tuple(d for d in self.decisions if d.player == player) for player in players)

    @property
    def method_said(self) -> str:
        """Return the errors in words."""
        return "agent error, " + self.link if self.uncertainty == "agent" else "private, " + self.link

    def terms(self, u: Array, observed: Array) -> Terms:
        """Return the log-likelihood by row and its derivatives."""
        indices: dict[Move, Jet] = {}
        self._index(self.tree, self._by_name(u), indices)
        parts = []
        for move, z in indices.items():
            no, yes = (observed[:, [self.outcomes.index(o) for o in leaves(side)]].sum(axis=1) for side in move[2:])
            parts.append(z.through(*log_answers(z.value, yes, no, self.link)))
        return reduce(add, parts).by_row(u.shape[1])

    def chances(self, u: Array, held: Mapping[str, Array]) -> Array:
        """Return outcome probabilities, shape (n, outcomes)."""
        found = self._below(self.tree, self._by_name(u), {})
        return np.stack([jet.value for jet in (found[name] for name in self.outcomes) if jet is not None], axis=1)

    def _by_name(self, u: Array) -> dict[str, Jet]:
        return dict(zip(self.utilities, variables(u), strict=True))

    def _below(self, tree: Move | str, u: Mapping[str, Jet], indices: dict[Move, Jet]) -> dict[str, Jet | None]:
        """Return how likely the outcomes below a move are once it is reached; None: certain."""
        if isinstance(tree, str):
            return {tree: None}
        sides = self._index(tree, u, indices)
        z = indices[tree]
        answers = ((-z).through(*share(-z.value, self.link)), z.through(*share(z.value, self.link)))
        return {
            outcome: answer if chance is None else chance * answer
            for side, answer in zip(sides, answers, strict=True)
            for outcome, chance in side.items()
        }

    def _index(
        self, move: Move, u: Mapping[str, Jet], indices: dict[Move, Jet]
    ) -> tuple[dict[str, Jet | None], dict[str, Jet | None]]:
        """Put into ``indices`` what yes is worth beyond no, in units of the error; return what follows either answer.

        Indices of later moves are put there before.
        """
        no, yes = self._below(move.no, u, indices), self._below(move.yes, u, indices)
        gains, squares = [], []
        for side, sign in ((no, -1.0), (yes, 1.0)):
            for outcome, chance in side.items():
                payoff = u.get(f"u{move.player}({outcome})")
                if payoff is not None:
                    gains.append((payoff if chance is None else chance * payoff) * sign)
                if chance is not None:
                    squares.append(chance.through(chance.value**2, 2.0 * chance.value, np.full_like(chance.value, 2.0)))
        gain = reduce(add, gains)
        if self.uncertainty == "agent" or not squares:
            indices[move] = gain * (1.0 / _ROOT_TWO)
        else:
            certain = len(no) + len(yes) - len(squares)
            indices[move] = gain * (reduce(add, squares) + certain).power(-0.5)
        return no, yes

    def predict(self, u: Array) -> Mapping[str, NDArray[Any]]:
        """Return the probability of every move where it is reached, and of every outcome."""
        chances = self.chances(u, {})
        found: dict[str, NDArray[Any]] = {"row": np.arange(len(u)) + 1}
        for decision in self.decisions:
            yes, no = (chances[:, [self.outcomes.index(o) for o in side]].sum(axis=1) for side in decision[2:])
            found[decision.name] = yes / (yes + no)
        return {**found, **dict(zip(self.outcomes, chances.T, strict=True))}


_ERRORS = """\
Errors: agent, every move has its own, of scale 1 for either answer, so that
an index is divided by sqrt 2 (logit: by sqrt 2 as well); private, every
player has a standard normal error in its payoff of each outcome, so that the
index of a move is divided by the root of the sum of squared chances of the
outcomes below it.
"""

ABOUT_12 = f"""\
    1
    |-- left: u1(L)                 (L)
    '-- right
        2
        |-- left: u1(RL), 0         (RL)
        '-- right: u1(RR), u2(RR)   (RR)

With F the link and E_1(R) what player 1 expects of right:
  Pr(2 right) = p = F(u2(RR) / sqrt 2)
  E_1(R) = (1 - p) u1(RL) + p u1(RR)
  Pr(1 right) = F((E_1(R) - u1(L)) / sqrt 2)
A term in all three utilities of player 1 is not identified.
{_ERRORS}
Signorino (1999), American Political Science Review 93(2);
Signorino & Tarar (2006), American Journal of Political Science 50(3)."""

ABOUT_122 = f"""\
    1
    |-- left
    |   2
    |   |-- left: u1(LL), 0         (LL)
    |   '-- right: u1(LR), u2(LR)   (LR)
    '-- right
        2
        |-- left: u1(RL), 0         (RL)
        '-- right: u1(RR), u2(RR)   (RR)

With F the link:
  Pr(2 right after left) = p = F(u2(LR) / sqrt 2)
  Pr(2 right after right) = q = F(u2(RR) / sqrt 2)
  Pr(1 right) = F(((1 - q) u1(RL) + q u1(RR)
                   - (1 - p) u1(LL) - p u1(LR)) / sqrt 2)
A term in all four utilities of player 1 is not identified.
{_ERRORS}
Signorino (1999), American Political Science Review 93(2);
Signorino (2003), Political Analysis 11(4)."""

ABOUT_123 = f"""\
    1
    |-- left: u1(L)                              (L)
    '-- right
        2
        |-- left: u1(RL), u2(RL)                 (RL)
        '-- right
            3
            |-- left: u1(RRL), u2(RRL), 0        (RRL)
            '-- right: u1(RRR), u2(RRR), u3(RRR) (RRR)

With F the link:
  Pr(3 right) = q = F(u3(RRR) / sqrt 2)
  Pr(2 right) = p = F(((1 - q) u2(RRL) + q u2(RRR) - u2(RL)) / sqrt 2)
  Pr(1 right) = F(((1 - p) u1(RL) + p (1 - q) u1(RRL) + p q u1(RRR)
                   - u1(L)) / sqrt 2)
A term in all utilities of player 1, or of player 2, is not identified.
{_ERRORS}
Signorino & Tarar (2006), American Journal of Political Science 50(3)."""


@dataclass(frozen=True)
class Egame12(ChoiceGame):
    """Two players, three outcomes: 1 goes left and ends it, or right, and 2 chooses."""

    name: ClassVar[str] = "egame12"
    title: ClassVar[str] = "Strategic choice, 2 players, 3 outcomes"
    about: ClassVar[str] = ABOUT_12
    tree: ClassVar[Move] = Move("1", "1 right", "L", Move("2", "2 right", "RL", "RR"))
    zero: ClassVar[frozenset[str]] = frozenset({"u2(RL)"})


@dataclass(frozen=True)
class Egame122(ChoiceGame):
    """Two players, four outcomes: 2 chooses after either move of 1."""

    name: ClassVar[str] = "egame122"
    title: ClassVar[str] = "Strategic choice, 2 players, 4 outcomes"
    about: ClassVar[str] = ABOUT_122
    tree: ClassVar[Move] = Move(
        "1", "1 right", Move("2", "2 right after left", "LL", "LR"), Move("2", "2 right after right", "RL", "RR")
    )
    zero: ClassVar[frozenset[str]] = frozenset({"u2(LL)", "u2(RL)"})


@dataclass(frozen=True)
class Egame123(ChoiceGame):
    """Three players, four outcomes: each may end it, the last chooses how."""

    name: ClassVar[str] = "egame123"
    title: ClassVar[str] = "Strategic choice, 3 players, 4 outcomes"
    about: ClassVar[str] = ABOUT_123
    tree: ClassVar[Move] = Move("1", "1 right", "L", Move("2", "2 right", "RL", Move("3", "3 right", "RRL", "RRR")))
    zero: ClassVar[frozenset[str]] = frozenset({"u3(RRL)"})
