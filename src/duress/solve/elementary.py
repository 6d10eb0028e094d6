"""Exponential and logarithm that a compiler can carry out on several numbers at once.

The library's own are calls, one number at a time, and a loop with a call in it stays scalar. These are arithmetic and
bit patterns only, and right to about one unit in the last place.

References
----------
Tang, P. T. P. (1989). Table-driven implementation of the exponential function in IEEE floating-point arithmetic. ACM
Trans. Math. Softw. 15(2): the reduction of the argument.
"""

from __future__ import annotations

import math
from typing import Any

import numba as nb
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from ..compiled import entry


def _cast(source: Any, target: Any, kind: Any) -> Any:
    def typed(typing_context: Any, number: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.bitcast(arguments[0], kind)

        return target(source), generate

    return intrinsic(typed)


bits_of: Any = _cast(types.float64, types.int64, ir.IntType(64))
number_of: Any = _cast(types.int64, types.float64, ir.DoubleType())

ROUNDS = 6755399441055744.0
"""1.5 · 2^52: added to a number, it leaves the nearest whole number in the lowest bits."""

_LOG2E = 1.4426950408889634
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_MANTISSA = 0x000FFFFFFFFFFFFF
_ONE = 0x3FF0000000000000
_SQRT2 = math.sqrt(2.0)
# Taylor's coefficients: for |r| ≤ ln 2 / 2 the next term is below 2e-17.
_E2, _E3, _E4, _E5, _E6, _E7 = 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040
_E8, _E9, _E10, _E11, _E12, _E13 = (
    1 / 40320,
    1 / 362880,
    1 / 3628800,
    1 / 39916800,
    1 / 479001600,
    1 / 6227020800,
)


@entry
def exponential(x):
    """Return e^x; below -708 and above 709 what it is there."""
    x = min(max(x, -708.0), 709.0)
    shifted = x * _LOG2E + ROUNDS
    whole = shifted - ROUNDS
    r = (x - whole * _LN2_HIGH) - whole * _LN2_LOW
    s = r * r
    # Two chains instead of one, so that they run side by side.
    even = 1.0 + s * (_E2 + s * (_E4 + s * (_E6 + s * (_E8 + s * (_E10 + s * _E12)))))
    odd = 1.0 + s * (_E3 + s * (_E5 + s * (_E7 + s * (_E9 + s * (_E11 + s * _E13)))))
    return (even + r * odd) * number_of((bits_of(shifted) + nb.int64(1023)) << nb.int64(52))


@entry
def logarithm(x):
    """Return log x of a positive, normal number."""
    bits = bits_of(x)
    mantissa = number_of((bits & nb.int64(_MANTISSA)) | nb.int64(_ONE))
    exponent = number_of(((bits >> nb.int64(52)) & nb.int64(2047)) | bits_of(ROUNDS)) - ROUNDS - 1023.0
    large = mantissa > _SQRT2
    mantissa = 0.5 * mantissa if large else mantissa
    exponent = exponent + 1.0 if large else exponent
    f = mantissa - 1.0
    s = f / (2.0 + f)
    z = s * s
    # 2 atanh s: for s ≤ 0.172 the next term is below 1e-17.
    tail = 1 / 3 + z * (1 / 5 + z * (1 / 7 + z * (1 / 9 + z * (1 / 11 + z * (1 / 13 + z * (1 / 15 + z / 17))))))
    return exponent * _LN2_HIGH + (2.0 * s + (2.0 * s * z * tail + exponent * _LN2_LOW))
