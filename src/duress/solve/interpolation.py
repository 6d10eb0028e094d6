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

from ..compiled import inlined, kernel


@inlined
def locate(nodes, p):
    """Return the interval of ``p`` in rising ``nodes`` and the fraction of it, in [0, 1]; (0, 0.0) for one node."""
    n = nodes.shape[0]
    if n == 1 or p <= nodes[0]:
        return 0, 0.0
    if p >= nodes[n - 1]:
        return n - 2, 1.0
    low, high = 0, n - 1
    while high - low > 1:
        middle = (low + high) >> 1
        if nodes[middle] <= p:
            low = middle
        else:
            high = middle
    return low, (p - nodes[low]) / (nodes[low + 1] - nodes[low])


@kernel
def inner_slope(left, right, h_left, h_right):
    """Return the slope at an inner node from the secants and widths to its left and right."""
    if left * right <= 0.0:
        return 0.0
    slope = (left * h_right + right * h_left) / (h_left + h_right)
    bound = 3.0 * min(abs(left), abs(right))
    return min(max(slope, -bound), bound)


@kernel
def end_slope(near, far, h_near, h_far):
    """Return the slope at an end node from the secants and widths of the two intervals next to it."""
    slope = ((2.0 * h_near + h_far) * near - h_near * far) / (h_near + h_far)
    if slope * near <= 0.0:
        return 0.0
    if near * far <= 0.0 and abs(slope) > 3.0 * abs(near):
        return 3.0 * near
    return slope


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
    """Return `inner_slope` from two secants, or from what both rise over the width of one: without branches.

    ``share`` is the width of the near interval as part of both.
    """
    bound = 3.0 * min(abs(near), abs(far))
    slope = near + share * (far - near)
    return min(max(slope, -bound), bound) if near * far > 0.0 else 0.0


@inlined
def end_rise(near, far, share):
    """Return `end_slope` likewise."""
    slope, bound = near + share * (near - far), 3.0 * abs(near)
    slope = slope if near * far > 0.0 else min(max(slope, -bound), bound)
    return slope if slope * near > 0.0 else 0.0


@inlined
def between(before, f0, f1, after, ratio_before, share_before, ratio_after, share_after, x):
    """Return the interpolant at fraction ``x`` of an interval with ends ``f0``, ``f1``, from the nodes beside it.

    The rest is of `beside`; without a share on one side the value there is not read.
    """
    rise = f1 - f0
    left, right = (f0 - before) * ratio_before, (after - f1) * ratio_after
    if share_before > 0.0 and share_after > 0.0:
        m0, m1 = inner_rise(rise, left, share_before), inner_rise(rise, right, share_after)
    elif share_after > 0.0:
        m0, m1 = end_rise(rise, right, share_after), inner_rise(rise, right, share_after)
    elif share_before > 0.0:
        m0, m1 = inner_rise(rise, left, share_before), end_rise(rise, left, share_before)
    else:
        m0, m1 = rise, rise
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
def fill_cubics(nodes, lines, a, k, coefficients):
    """Write the cubics of every interval of ``lines[a, k]`` into ``coefficients[a, k]``, constant term first.

    ``coefficients`` has shape (A, K, n, 4). Indices are passed, as a slice costs more than what is done with it.
    """
    n = nodes.shape[0]
    h = nodes[1] - nodes[0]
    f0, f1 = lines[a, k, 0], lines[a, k, 1]
    secant = (f1 - f0) / h
    if n == 2:
        coefficients[a, k, 0, 0] = f0
        coefficients[a, k, 0, 1] = f1 - f0
        coefficients[a, k, 0, 2] = 0.0
        coefficients[a, k, 0, 3] = 0.0
        return
    h_next = nodes[2] - nodes[1]
    next_secant = (lines[a, k, 2] - f1) / h_next
    m0 = end_slope(secant, next_secant, h, h_next)
    h_before, before = h, secant
    for u in range(n - 1):
        f0, f1 = lines[a, k, u], lines[a, k, u + 1]
        if u < n - 2:
            h_next = nodes[u + 2] - nodes[u + 1]
            next_secant = (lines[a, k, u + 2] - f1) / h_next
            m1 = inner_slope(secant, next_secant, h, h_next)
        else:
            m1 = end_slope(secant, before, h, h_before)
        rise = f1 - f0
        coefficients[a, k, u, 0] = f0
        coefficients[a, k, u, 1] = h * m0
        coefficients[a, k, u, 2] = 3.0 * rise - h * (2.0 * m0 + m1)
        coefficients[a, k, u, 3] = h * (m0 + m1) - 2.0 * rise
        h_before, before = h, secant
        m0, secant, h = m1, next_secant, h_next
