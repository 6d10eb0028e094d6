"""Regressors by utility, and what goes from utilities to parameters and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Terms(NamedTuple):
    """A log-likelihood by row, and its derivatives by the utilities of that row.

    Parameters
    ----------
    value : array, shape (n,)
    slope : array, shape (n, utilities)
    bend : array, shape (n, utilities, utilities)
    """

    value: Array
    slope: Array
    bend: Array


@dataclass(frozen=True)
class Design:
    """Regressors of every utility: utility k of row i is ``blocks[k][i] @`` its coefficients.

    Parameters
    ----------
    utilities : tuple of str
    terms : tuple of tuples of str
        Names of the columns of each block.
    blocks : tuple of arrays, shape (n, terms of the utility)
    offset : array or None
        What is added to the utilities, shape (n, utilities): parameters that are held fixed.
    origin : Design or None
        Of an orthogonal design, the one whose terms its blocks are combinations of.
    """

    utilities: tuple[str, ...]
    terms: tuple[tuple[str, ...], ...]
    blocks: tuple[Array, ...]
    offset: Array | None = None
    origin: Design | None = None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters, ``utility:term``."""
        return tuple(f"{u}:{t}" for u, terms in zip(self.utilities, self.terms, strict=True) for t in terms)

    @cached_property
    def cuts(self) -> tuple[slice, ...]:
        """Where the parameters of each utility are."""
        ends = np.cumsum([0, *(len(terms) for terms in self.terms)])
        return tuple(slice(int(lo), int(hi)) for lo, hi in pairwise(ends))

    @property
    def rows(self) -> int:
        """Return how many rows there are."""
        return len(self.blocks[0])

    def at(self, coefficients: Array) -> Array:
        """Return the utilities, shape (n, utilities)."""
        found = np.zeros((self.rows, len(self.blocks))) if self.offset is None else self.offset.copy()
        for k, (block, cut) in enumerate(zip(self.blocks, self.cuts, strict=True)):
            if block.shape[1]:
                found[:, k] += block @ coefficients[cut]
        return found

    def scores(self, slope: Array) -> Array:
        """Return derivatives by the parameters, shape (n, parameters), from those by the utilities."""
        return np.concatenate([block * slope[:, k, None] for k, block in enumerate(self.blocks)], axis=1)

    def gradient(self, slope: Array) -> Array:
        """Return the sum of `scores`."""
        return np.concatenate([block.T @ slope[:, k] for k, block in enumerate(self.blocks)])

    def curvature(self, bend: Array) -> Array:
        """Return second derivatives by the parameters, summed over rows, from those by the utilities."""
        found = np.zeros((len(self.names), len(self.names)))
        for k, (one, rows) in enumerate(zip(self.blocks, self.cuts, strict=True)):
            for m, (other, columns) in enumerate(zip(self.blocks, self.cuts, strict=True)):
                if m >= k and one.shape[1] and other.shape[1]:
                    part = one.T @ (bend[:, k, m, None] * other)
                    found[rows, columns] = part
                    found[columns, rows] = part.T
        return found

    def orthogonal(self) -> tuple[Design, Array]:
        """Return the same utilities by terms that are orthogonal in each and 1 in size, and what goes between the two.

        What a search finds then depends neither on units nor on where they are measured from. The matrix, of shape
        (parameters, parameters), turns coefficients of these terms into those of the orthogonal ones.
        """
        blocks, turn = [], np.zeros((len(self.names), len(self.names)))
        for block, cut in zip(self.blocks, self.cuts, strict=True):
            sizes = np.linalg.norm(block, axis=0)
            sizes[sizes == 0.0] = 1.0
            q, r = np.linalg.qr(block / sizes)
            blocks.append(q * np.sqrt(len(block)))
            turn[cut, cut] = r * sizes / np.sqrt(len(block))
        return Design(self.utilities, self.terms, tuple(blocks), self.offset, self), turn

    def take(self, rows: NDArray[np.intp] | Sequence[int]) -> Design:
        """Return the design of some rows, which may be repeated."""
        at = np.asarray(rows)
        offset = None if self.offset is None else self.offset[at]
        return Design(self.utilities, self.terms, tuple(block[at] for block in self.blocks), offset)

    def hold(self, number: int, value: float) -> Design:
        """Return the design in which a parameter is fixed, and no longer among the parameters."""
        k = next(k for k, cut in enumerate(self.cuts) if cut.start <= number < cut.stop)
        column = number - self.cuts[k].start
        offset = np.zeros((self.rows, len(self.blocks))) if self.offset is None else self.offset.copy()
        offset[:, k] += value * self.blocks[k][:, column]
        terms, blocks = list(self.terms), list(self.blocks)
        terms[k] = terms[k][:column] + terms[k][column + 1 :]
        blocks[k] = np.delete(blocks[k], column, axis=1)
        return Design(self.utilities, tuple(terms), tuple(blocks), offset)
