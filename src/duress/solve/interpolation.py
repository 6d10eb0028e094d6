"""Smooth monotone interpolation on a belief grid, inside kernels.

Between nodes a value is a cubic with the slopes of Fritsch & Carlson's condition: the slope at a node is that of the
parabola through its neighbours, cut to three times the smaller secant, and zero where the secants disagree in sign.
The interpolant has a continuous derivative (which Newton's method and path following need), never overshoots, and its
error falls with the third power of the step where the function is smooth and monotone.

References
----------
Fritsch, F. N. & Carlson, R. E. (1980). Monotone piecewise cubic interpolation. SIAM J. Numer. Anal. 17(2), eq. 3.
"""

from __future__ import annotations

import numpy as np

from ..compiled import borrowed, inlined, kernel

_0 = np.uint64(0)
WIDE = 8
"""Loops are a multiple of this: what is left of a loop over vectors is done one by one, and takes as long as they."""


def whole(count):
    """Return the next multiple of `WIDE`: for Python; kernels call `padded`."""
    return (count + WIDE - 1) // WIDE * WIDE


padded = inlined(whole)


@inlined
def locate(nodes, p):
    """Return the interval of ``p`` in rising ``nodes`` and the fraction of it, in [0, 1]; (0, 0.0) for one node."""
    n = nodes.shape[0]
    if n == 1 or p <= nodes[0]:
        return 0, 0.0
    if p >= nodes[n - 1]:
        return n - 2, 1.0
    # Halving without branches: which way it goes is a coin's toss, and a processor that guesses loses by it.
    low, left = 0, n - 1
    while left > 1:
        half = left >> 1
        low = low + half if nodes[low + half] <= p else low
        left -= half
    return low, (p - nodes[low]) / (nodes[low + 1] - nodes[low])


@kernel
def beside(nodes, low):
    """Return how wide interval ``low`` is to the ones before and after it: ratio and share, twice; zeros without one.

    The ratio is its width over theirs, the share its width over both. They are all that `between` needs of the grid.
    """
    n = nodes.shape[0]
    h = nodes[low + 1] - nodes[low]
    ratio_before, share_before, ratio_after, share_after = 0.0, 0.0, 0.0, 0.0
    if low > 0:
        before = nodes[low] - nodes[low - 1]
        ratio_before, share_before = h / before, h / (h + before)
    if low < n - 2:
        after = nodes[low + 2] - nodes[low + 1]
        ratio_after, share_after = h / after, h / (h + after)
    return ratio_before, share_before, ratio_after, share_after


@inlined
def cubic(f0, f1, m0, m1, h, x):
    """Return the cubic through ``f0``, ``f1`` with slopes ``m0``, ``m1`` over width ``h``, at fraction ``x``."""
    rise = f1 - f0
    return f0 + x * (h * m0 + x * ((3.0 * rise - h * (2.0 * m0 + m1)) + x * (h * (m0 + m1) - 2.0 * rise)))


@inlined
def inner_rise(near, far, share):
    """Return the slope at an inner node from the secants beside it, or the rise from what both rise over one width.

    ``share`` is the width of the near interval as part of both. There are no branches: several are worked out at once.
    """
    bound = 3.0 * min(abs(near), abs(far))
    slope = near + share * (far - near)
    return min(max(slope, -bound), bound) if near * far > 0.0 else 0.0


@inlined
def end_rise(near, far, share):
    """Return the slope, or rise, at an end node from those of the two intervals next to it; likewise."""
    slope, bound = near + share * (near - far), 3.0 * abs(near)
    slope = slope if near * far > 0.0 else min(max(slope, -bound), bound)
    return slope if slope * near > 0.0 else 0.0


@inlined
def rises(before, f0, f1, after, ratio_before, share_before, ratio_after, share_after):
    """Return the slopes at both ends of an interval from ``f0`` to ``f1``, times its width, from the nodes beside it.

    The rest is of `beside`; without a share on one side the value there does not matter.
    """
    rise = f1 - f0
    left, right = (f0 - before) * ratio_before, (after - f1) * ratio_after
    if share_before > 0.0 and share_after > 0.0:
        return inner_rise(rise, left, share_before), inner_rise(rise, right, share_after)
    if share_after > 0.0:
        return end_rise(rise, right, share_after), inner_rise(rise, right, share_after)
    if share_before > 0.0:
        return inner_rise(rise, left, share_before), end_rise(rise, left, share_before)
    return rise, rise


@inlined
def between(before, f0, f1, after, ratio_before, share_before, ratio_after, share_after, x):
    """Return the interpolant at fraction ``x`` of an interval; the rest as in `rises`."""
    m0, m1 = rises(before, f0, f1, after, ratio_before, share_before, ratio_after, share_after)
    rise = f1 - f0
    return f0 + x * (m0 + x * ((3.0 * rise - (2.0 * m0 + m1)) + x * (m0 + m1 - 2.0 * rise)))


@kernel
def line_value(nodes, line, low, x):
    """Return the interpolant of ``line`` (shape of ``nodes``, at least two) at fraction ``x`` of interval ``low``."""
    if x == 0.0:
        return line[low]
    if x == 1.0:
        return line[low + 1]
    ratio_before, share_before, ratio_after, share_after = beside(nodes, low)
    return between(
        line[max(low - 1, 0)], line[low], line[low + 1], line[min(low + 2, nodes.shape[0] - 1)],
        ratio_before, share_before, ratio_after, share_after, x,
    )  # fmt: skip


@kernel
def fill_cubics(nodes, lines, count, cubics):
    """Write the cubics of every interval of at least the first ``count`` of ``lines`` (n, W), W a multiple of `WIDE`.

    ``cubics`` has shape (4, n, W): the constant term comes first, and `cubic_at` reads them. (A compiler makes vectors
    of this only where it sees that what is written to lies apart, over all intervals, and is counted without a sign.)
    """
    size, wide = np.uint64(lines.size), np.uint64(lines.shape[1])
    flat, found = borrowed(lines.reshape(lines.size)), borrowed(cubics.reshape(cubics.size))
    for u in range(nodes.shape[0] - 1):
        ratio_before, share_before, ratio_after, share_after = beside(nodes, u)
        here = np.uint64(u) * wide
        before, after = here - (wide if u > 0 else _0), here + wide + (wide if u < nodes.shape[0] - 2 else _0)
        for b in range(padded(count)):
            e = here + np.uint64(b)
            f0, f1 = flat[e], flat[e + wide]
            m0, m1 = rises(
                flat[before + np.uint64(b)], f0, f1, flat[after + np.uint64(b)],
                ratio_before, share_before, ratio_after, share_after,
            )  # fmt: skip
            found[e], found[size + e] = f0, m0
            found[size + size + e] = 3.0 * (f1 - f0) - (2.0 * m0 + m1)
            found[size + size + size + e] = m0 + m1 - 2.0 * (f1 - f0)


@inlined
def cubic_at(cubics, low, e, x):
    """Return line ``e`` of `fill_cubics` at fraction ``x`` of interval ``low``."""
    return cubics[0, low, e] + x * (cubics[1, low, e] + x * (cubics[2, low, e] + x * cubics[3, low, e]))
