"""The moves of all states, collected in pieces and then sorted by state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .passing import Outcomes


class MoveTable:
    """Moves of all states, collected in pieces and then sorted by state.

    Parameters
    ----------
    dates : int
        Periods that have chances of their own: so many further columns of chances.
    """

    def __init__(self, dates: int = 0) -> None:
        self.names: list[str] = []
        self.pieces: list[tuple[NDArray, NDArray, NDArray, NDArray, NDArray, NDArray]] = []
        self._name_index: dict[str, int] = {}
        self.dates = dates

    def add(self, name: str, states: NDArray[np.int64], rows: NDArray[np.int64], successors: NDArray[np.int64]) -> None:
        """Add one move in ``states`` that takes no time and leads to one state each."""
        n = len(states)
        no_news = np.zeros((n, 2), np.int16)
        meta = self._meta(name, rows, False)
        chances = np.ones((n, 1 + self.dates))
        self.pieces.append((states, meta, np.ones(n, np.int64), successors, chances, no_news))

    def add_chance(
        self, name: str, states: NDArray[np.int64], rows: NDArray[np.int64], elapsed: bool, outcomes: Outcomes
    ) -> None:
        """Add one move in ``states`` that leads to what chance brings."""
        counts = np.bincount(outcomes.origin, minlength=len(states))
        news = np.stack([outcomes.likelihood_row, outcomes.redraw_row], axis=1).astype(np.int16)
        self.pieces.append((states, self._meta(name, rows, elapsed), counts, outcomes.successor, outcomes.chance, news))

    def _meta(self, name: str, rows: NDArray[np.int64], elapsed: bool) -> NDArray[np.int64]:
        return np.stack([rows, np.full(len(rows), self._number(name)), np.full(len(rows), int(elapsed))], axis=1)

    def _number(self, name: str) -> int:
        if name not in self._name_index:
            self._name_index[name] = len(self.names)
            self.names.append(name)
        return self._name_index[name]

    def gather(self) -> tuple[NDArray, NDArray, NDArray, NDArray, NDArray, NDArray]:
        """Return all moves, sorted by state.

        States (M,), meta (M, 3: row, name, elapsed), first branch (M + 1,), and by branch successors (B,), chances
        (B, 1 + dates) and news (B, 2: row of likelihoods, row of redraws).
        """
        states = np.concatenate([p[0] for p in self.pieces])
        meta = np.concatenate([p[1] for p in self.pieces])
        counts = np.concatenate([p[2] for p in self.pieces])
        successors = np.concatenate([p[3] for p in self.pieces])
        chances = np.concatenate([p[4] for p in self.pieces])
        news = np.concatenate([p[5] for p in self.pieces])
        first = np.concatenate([[0], np.cumsum(counts)])
        order = np.argsort(states, kind="stable")
        branch_order, first_sorted = slices(first, order)
        return (
            states[order],
            meta[order],
            first_sorted,
            successors[branch_order],
            chances[branch_order],
            news[branch_order],
        )


def slices(first: NDArray[np.int64], order: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the elements of slices ``first[n] .. first[n + 1]`` taken in ``order``, and where each then begins."""
    lengths = (first[1:] - first[:-1])[order]
    begins = np.concatenate([[0], np.cumsum(lengths)])
    elements = np.repeat(first[:-1][order] - begins[:-1], lengths) + np.arange(begins[-1])
    return elements, begins
