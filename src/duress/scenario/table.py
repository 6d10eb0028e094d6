"""The moves of all states, collected in pieces and then sorted by state."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class MoveTable:
    """Moves of all states, collected in pieces and then sorted by state."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.pieces: list[tuple[NDArray, NDArray, NDArray, NDArray, NDArray]] = []
        self._name_index: dict[str, int] = {}

    def add(
        self,
        name: str,
        states: NDArray[np.int64],
        rows: NDArray[np.int64],
        successors: NDArray[np.int64],
    ) -> None:
        """Add one move in ``states`` that takes no time and leads to one state each."""
        n = len(states)
        self.add_chance(name, states, rows, False, np.arange(n), successors, np.ones(n))

    def add_chance(
        self,
        name: str,
        states: NDArray[np.int64],
        rows: NDArray[np.int64],
        elapsed: bool,
        branch_of: NDArray[np.int64],
        successors: NDArray[np.int64],
        chances: NDArray[np.float64],
    ) -> None:
        """Add one move in ``states`` with branches of chance, each of one of the states: ``branch_of``, rising."""
        n = len(states)
        meta = np.stack([rows, np.full(n, self._number(name)), np.full(n, int(elapsed))], axis=1)
        self.pieces.append((states, meta, np.bincount(branch_of, minlength=n), successors, chances))

    def _number(self, name: str) -> int:
        if name not in self._name_index:
            self._name_index[name] = len(self.names)
            self.names.append(name)
        return self._name_index[name]

    def gather(self) -> tuple[NDArray, NDArray, NDArray, NDArray, NDArray]:
        """Return states (M,), meta (M, 3: row, name, elapsed), first branch (M + 1,), successors and chances (B,)."""
        states = np.concatenate([p[0] for p in self.pieces])
        meta = np.concatenate([p[1] for p in self.pieces])
        counts = np.concatenate([p[2] for p in self.pieces])
        successors = np.concatenate([p[3] for p in self.pieces])
        chances = np.concatenate([p[4] for p in self.pieces])
        first = np.concatenate([[0], np.cumsum(counts)])
        order = np.argsort(states, kind="stable")
        branch_order, first_sorted = slices(first, order)
        return states[order], meta[order], first_sorted, successors[branch_order], chances[branch_order]


def slices(first: NDArray[np.int64], order: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the elements of slices ``first[n] .. first[n + 1]`` taken in ``order``, and where each then begins."""
    lengths = (first[1:] - first[:-1])[order]
    begins = np.concatenate([[0], np.cumsum(lengths)])
    elements = np.repeat(first[:-1][order] - begins[:-1], lengths) + np.arange(begins[-1])
    return elements, begins
