"""Numbers by row that carry their first and second derivatives by the utilities of the row along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .design import Terms

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Jet:
    """A number for each row with its derivatives by the utilities it depends on.

    Parameters
    ----------
    value : array, shape (n,)
    slope : array, shape (k, n)
    bend : array, shape (k, k, n)
        Rows come last, so that arithmetic runs along them.
    on : tuple of int, of length k
        Numbers of those utilities, ascending: what a later move depends on is less than what an earlier one does.
    """

    value: Array
    slope: Array
    bend: Array
    on: tuple[int, ...]

    def by_row(self, utilities: int) -> Terms:
        """Return the same with rows first and derivatives by all utilities, as `Design` takes it."""
        wide = self.over(tuple(range(utilities)))
        return Terms(wide.value, wide.slope.T, np.moveaxis(wide.bend, 2, 0))

    def over(self, on: tuple[int, ...]) -> Jet:
        """Return the same with derivatives by more utilities, which are 0."""
        if on == self.on:
            return self
        at, rows = np.searchsorted(on, self.on), len(self.value)
        slope, bend = np.zeros((len(on), rows)), np.zeros((len(on), len(on), rows))
        slope[at] = self.slope
        bend[np.ix_(at, at)] = self.bend
        return Jet(self.value, slope, bend, on)

    def __add__(self, other: Jet | float | Array) -> Jet:
        if isinstance(other, Jet):
            a, b = together(self, other)
            return Jet(a.value + b.value, a.slope + b.slope, a.bend + b.bend, a.on)
        return Jet(self.value + other, self.slope, self.bend, self.on)

    def __neg__(self) -> Jet:
        return Jet(-self.value, -self.slope, -self.bend, self.on)

    def __sub__(self, other: Jet) -> Jet:
        a, b = together(self, other)
        return Jet(a.value - b.value, a.slope - b.slope, a.bend - b.bend, a.on)

    def __mul__(self, other: Jet | float | Array) -> Jet:
        if not isinstance(other, Jet):
            return Jet(other * self.value, other * self.slope, other * self.bend, self.on)
        a, b = together(self, other)
        crossed = a.slope[:, None] * b.slope
        bend = a.value * b.bend + b.value * a.bend
        bend += crossed
        bend += np.swapaxes(crossed, 0, 1)
        return Jet(a.value * b.value, a.value * b.slope + b.value * a.slope, bend, a.on)

    def through(self, value: Array, first: Array, second: Array) -> Jet:
        """Return a function of this jet, given its value and derivatives here."""
        bend = first * self.bend
        bend += (second * self.slope)[:, None] * self.slope
        return Jet(value, first * self.slope, bend, self.on)

    def exp(self) -> Jet:
        """Return the exponential."""
        value = np.exp(self.value)
        return self.through(value, value, value)

    def power(self, exponent: float) -> Jet:
        """Return a power of a positive jet."""
        x, k = self.value, exponent
        return self.through(x**k, k * x ** (k - 1.0), k * (k - 1.0) * x ** (k - 2.0))


def together(first: Jet, second: Jet) -> tuple[Jet, Jet]:
    """Return two jets with derivatives by the utilities that either depends on."""
    if first.on == second.on:
        return first, second
    on = tuple(sorted({*first.on, *second.on}))
    return first.over(on), second.over(on)


def variables(u: Array) -> list[Jet]:
    """Return the utilities themselves, columns of ``u`` of shape (n, utilities), as jets."""
    n, many = u.shape
    one, flat = np.ones((1, n)), np.zeros((1, 1, n))
    return [Jet(u[:, k], one, flat, (k,)) for k in range(many)]
