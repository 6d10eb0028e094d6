"""Numbers by row that carry their first and second derivatives by the utilities of the row along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .design import Terms

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Jet:
    """A number for each row with its derivatives by the utilities.

    Parameters
    ----------
    value : array, shape (n,)
    slope : array, shape (utilities, n)
    bend : array, shape (utilities, utilities, n)
        Rows come last, so that arithmetic runs along them.
    """

    value: Array
    slope: Array
    bend: Array

    def by_row(self) -> Terms:
        """Return the same with rows first, as `Design` takes it."""
        return Terms(self.value, self.slope.T, np.moveaxis(self.bend, 2, 0))

    def __add__(self, other: Jet | float | Array) -> Jet:
        if isinstance(other, Jet):
            return Jet(self.value + other.value, self.slope + other.slope, self.bend + other.bend)
        return Jet(self.value + other, self.slope, self.bend)

    def __neg__(self) -> Jet:
        return Jet(-self.value, -self.slope, -self.bend)

    def __sub__(self, other: Jet) -> Jet:
        return Jet(self.value - other.value, self.slope - other.slope, self.bend - other.bend)

    def __mul__(self, other: Jet | float | Array) -> Jet:
        if not isinstance(other, Jet):
            many = np.broadcast_to(other, self.value.shape)
            return Jet(many * self.value, many * self.slope, many * self.bend)
        a, b = self, other
        crossed = a.slope[:, None] * b.slope
        bend = a.value * b.bend + b.value * a.bend
        bend += crossed
        bend += np.swapaxes(crossed, 0, 1)
        return Jet(a.value * b.value, a.value * b.slope + b.value * a.slope, bend)

    def through(self, value: Array, first: Array, second: Array) -> Jet:
        """Return a function of this jet, given its value and derivatives here."""
        bend = first * self.bend
        bend += (second * self.slope)[:, None] * self.slope
        return Jet(value, first * self.slope, bend)

    def exp(self) -> Jet:
        """Return the exponential."""
        value = np.exp(self.value)
        return self.through(value, value, value)

    def power(self, exponent: float) -> Jet:
        """Return a power of a positive jet."""
        x, k = self.value, exponent
        return self.through(x**k, k * x ** (k - 1.0), k * (k - 1.0) * x ** (k - 2.0))


def variables(u: Array) -> list[Jet]:
    """Return the utilities themselves, columns of ``u`` of shape (n, utilities), as jets."""
    n, many = u.shape
    slopes, flat = np.repeat(np.eye(many)[:, :, None], n, axis=2), np.zeros((many, many, n))
    return [Jet(u[:, k], slopes[k], flat) for k in range(many)]


def choose(conditions: Array, first: Jet, second: Jet) -> Jet:
    """Return the first jet where ``conditions`` hold, else the second."""
    parts = ((first.value, second.value), (first.slope, second.slope), (first.bend, second.bend))
    return Jet(*(np.where(conditions, one, other) for one, other in parts))
