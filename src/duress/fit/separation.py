"""Data in which a move can be told without error: no coefficient is large enough for them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from ..errors import Fault, InputError
from .design import Design
from .model import Decision, Model

Array = NDArray[np.float64]

_MARGIN = 1e-7


def check_separation(model: Model, design: Design, observed: Array) -> None:
    """Raise if the regressors of one utility tell a move of its owner without error.

    Then the likelihood rises without end as coefficients grow, and what an optimiser stops at means nothing.
    """
    faults = []
    for decision, used, sign in _by_decision(model, observed):
        for utility, terms, block in zip(design.utilities, design.terms, design.blocks, strict=True):
            if model.movers.get(utility) != decision.player:
                continue
            names = _separators(terms, block[used], sign)
            if names:
                which = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
                tell = "tells" if len(names) == 1 else "together tell"
                sentence = (
                    f"{which} {tell} whether {decision.player} will {decision.name} in every row: no estimate exists"
                )
                faults.append(Fault(utility, f"perfect separation: {sentence}"))
    if faults:
        raise InputError(faults)


def suspects(model: Model, design: Design, observed: Array) -> list[Fault]:
    """Return which terms of one player's utilities tell a move of another without error, each by itself.

    There may be estimates all the same, so it is no fault by itself; but such a column is seldom known before the move.
    """
    found = []
    for decision, used, sign in _by_decision(model, observed):
        for utility, terms, block in zip(design.utilities, design.terms, design.blocks, strict=True):
            if model.movers.get(utility) in (None, decision.player):
                continue
            found += [
                Fault(
                    utility,
                    f"{term!r} tells whether {decision.player} will {decision.name} in every row: it may be what "
                    "happened, by another name",
                )
                for term, column in zip(terms, block[used].T, strict=True)
                if _separates(column, sign)
            ]
    return found


def _by_decision(model: Model, observed: Array) -> Iterator[tuple[Decision, NDArray[np.bool_], Array]]:
    """Give each move that no row has both answers to, the rows that reach it, and 1 or −1 for the answer in each."""
    for decision in model.decisions:
        yes = observed[:, [model.outcomes.index(name) for name in decision.yes]].sum(axis=1)
        no = observed[:, [model.outcomes.index(name) for name in decision.no]].sum(axis=1)
        used = (yes > 0.0) | (no > 0.0)
        if not ((yes > 0.0) & (no > 0.0)).any():
            yield decision, used, np.where(yes > 0.0, 1.0, -1.0)[used]


def _separates(column: Array, sign: Array) -> bool:
    """Return whether all values that go with one answer are above all that go with the other."""
    above, below = column[sign > 0], column[sign < 0]
    return bool(len(above) and len(below) and (above.min() > below.max() or below.min() > above.max()))


def _separators(terms: tuple[str, ...], block: Array, sign: Array) -> list[str]:
    """Return the terms whose combination with a constant has the sign of the move everywhere; none if there is none."""
    varying = [k for k in range(block.shape[1]) if block[:, k].std() > 0.0]
    if not varying or len(np.unique(sign)) < 2:
        return []
    x = block[:, varying]
    for k, column in zip(varying, x.T, strict=True):
        if _separates(column, sign):
            return [repr(terms[k])]
    scaled = np.concatenate([np.ones((len(x), 1)), (x - x.mean(axis=0)) / x.std(axis=0)], axis=1)
    many = scaled.shape[1]
    answer = linprog(
        np.append(np.zeros(many), -1.0),
        A_ub=np.concatenate([-sign[:, None] * scaled, np.ones((len(scaled), 1))], axis=1),
        b_ub=np.zeros(len(scaled)),
        bounds=[(-1.0, 1.0)] * many + [(None, 1.0)],
        method="highs",
    )
    if answer.status != 0 or -answer.fun < _MARGIN:
        return []
    return [repr(terms[k]) for k, weight in zip(varying, answer.x[1:-1], strict=True) if abs(weight) > 1e-6]
