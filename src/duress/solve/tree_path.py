"""Following the principal branch from choices at random to a precision, and Newton's method from any behaviour.

The branch is a curve in log odds and the scale s of both players' precisions, from s = 0 to 1. It may turn back before
it goes on, so it is followed by its length and not by s: pseudo-arclength continuation, with the Fisher information of
choices as the measure of length. It ends where s first reaches 1.

References
----------
Allgower, E. & Georg, K. (1990). Numerical Continuation Methods. Springer.
Turocy, T. (2010). Computing sequential equilibria using agent quantal response equilibria. Econ. Theory 42, 255-269.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from .tree_equations import TreePoint, evaluate
from .unroll import Histories

Array = NDArray[np.float64]

MAX_STEPS = 20_000
_FIRST_CHANGE = 0.03
"""Change of a choice probability that the first step aims at."""
_GOOD_MISS, _WORST_MISS = 3e-3, 0.03
"""By how much a choice may differ from its prediction: what steps aim at, and the most a step may be kept with."""
_ON_PATH = 1e-5
"""Relative error of log odds up to which a point counts as on the path."""
_CONTRACTION = 0.25
"""A correction may be at most this part of the one before, or the step is too long."""
_SHORTEST, _SHORTEST_WITHIN_A_BRANCH = 1e-10, 1e-7
"""Lengths of steps at which to give up, and up to which a change of the determinant's sign is doubted."""


@dataclass
class PathPoint:
    """A point of the branch: the equations there, the scale of precisions, and the direction of the branch.

    ``direction`` and ``rise`` are the change of log odds and of the scale per unit of length. ``sign`` is that of the
    determinant of the Jacobian by log odds.
    """

    at: TreePoint
    scale: float
    direction: Array
    rise: float
    sign: int
    covector: Array


@dataclass
class Trace:
    """How the path was followed: the last point, steps taken and refused, turning points, and whether it arrived."""

    point: TreePoint
    arrived: bool
    steps: int = 0
    refused: int = 0
    turns: int = 0
    scale: float = 0.0


def principal_branch(
    tree: Histories,
    precisions: Array,
    tolerance: float,
    progress: Callable[[int, int], None] | None = None,
) -> Trace:
    """Follow the principal branch to where both precisions are first reached.

    Parameters
    ----------
    precisions : float64 array, shape (2,)
    tolerance : float
        Relative error of log odds at the last point.
    progress : callable, optional
        Called with (thousandths of the precision reached, 1000).
    """
    # A step may be too long by any amount; then it is not taken.
    with np.errstate(all="ignore"):
        return _Path(tree, precisions, tolerance, progress).follow()


def newton(
    tree: Histories, precisions: Array, x: Array, tolerance: float, most: int = 60, patience: int = 12
) -> TreePoint:
    """Return the point that Newton's method, its steps halved while they make the residual larger, leads to from ``x``.

    Whether it is a solution `TreePoint.errors` tells. It stops when the error is below ``tolerance`` and no longer
    falls, after ``most`` steps, or when halving ``patience`` times does not help.
    """
    with np.errstate(all="ignore"):
        return _newton(tree, precisions, x, tolerance, most, patience)


def _newton(tree: Histories, precisions: Array, x: Array, tolerance: float, most: int, patience: int) -> TreePoint:
    at = evaluate(tree, precisions, x)
    error = float(at.errors().max(initial=0.0))
    for _ in range(most):
        step, _ = at.newton(-at.residual[:, None])
        if not np.isfinite(step).all():
            return at
        size, share = float(np.linalg.norm(at.residual)), 1.0
        for _ in range(patience):
            after = evaluate(tree, precisions, at.x + share * step[:, 0])
            if np.linalg.norm(after.residual) < (1 - 1e-4 * share) * size:
                break
            share /= 2
        else:
            return at
        after_error = float(after.errors().max(initial=0.0))
        if error <= tolerance and after_error >= 0.5 * error:
            return after if after_error < error else at
        at, error = after, after_error
    return at


@dataclass
class _Path:
    tree: Histories
    precisions: Array
    tolerance: float
    progress: Callable[[int, int], None] | None
    past: list[tuple[PathPoint, float]] = field(default_factory=list)
    """Points before the present one, each with its distance from the next; the last two are enough."""

    def follow(self) -> Trace:
        """Take steps until the target is reached, or no step is short enough."""
        here = self._first()
        trace = Trace(here.at, arrived=False)
        length = _FIRST_CHANGE / max(_fastest(here), _FIRST_CHANGE)
        passed = False
        while trace.steps + trace.refused < MAX_STEPS and length > _SHORTEST:
            guess, scale = self._predict(here, length)
            last = passed or scale > 1
            if scale > 1:
                length, guess = self._aim(here, length)
            after, miss = self._correct(here, guess, 1.0 if last else scale, fixed=last)
            passed = after is not None and after.scale > 1
            # Between two points of one branch the determinant changes its sign with the direction of the scale, and
            # else only where branches cross: if no step is short enough to avoid it, that is where this is.
            if after is None or (_facing(after) != _facing(here) and length > _SHORTEST_WITHIN_A_BRANCH):
                trace.refused += 1
                length *= 0.5
            elif passed:
                trace.refused += 1
                length *= (1 - here.scale) / (after.scale - here.scale)
            else:
                trace.steps += 1
                trace.turns += after.rise * here.rise < 0
                self.past = [*self.past[-1:], (here, length)]
                here, trace.point, trace.scale = after, after.at, after.scale
                if self.progress:
                    self.progress(int(1000 * min(max(here.scale, 0.0), 1.0)), 1000)
                if last:
                    return self._finish(trace)
                length *= min(2.5, max(0.4, (_GOOD_MISS / max(miss, 1e-12)) ** (1 / 3)))
        return trace

    def _first(self) -> PathPoint:
        at = evaluate(self.tree, 0 * self.precisions, np.zeros(self.tree.unknowns))
        by_scale, sign = at.newton(self._by_scale(at)[:, None])
        return self._point(at, 0.0, by_scale[:, 0], sign, None)

    def _point(self, at: TreePoint, scale: float, by_scale: Array, sign: int, before: PathPoint | None) -> PathPoint:
        """Return the point with the direction in which the path goes on."""
        covector = at.covector(by_scale)
        rise = 1 / float(np.sqrt(1 + covector @ by_scale))
        if before is not None and before.covector @ by_scale + before.rise < 0:
            rise = -rise
        return PathPoint(at, scale, rise * by_scale, rise, sign, rise * covector)

    def _by_scale(self, at: TreePoint) -> Array:
        """Return the change of the right-hand side of u = λ (Q(a) − Q(last)) with the scale of precisions."""
        out = at.gaps.copy()
        for layer in self.tree.layers:
            out[layer.unknowns] *= self.precisions[layer.mover]
        return out

    def _predict(self, here: PathPoint, length: float) -> tuple[Array, float]:
        """Go on along the curve through the directions here and before (variable-step Adams-Bashforth)."""
        weights = _adams_bashforth(length, [d for _, d in self.past])
        points = [here, *(p for p, _ in reversed(self.past))]
        x = here.at.x + sum((w * p.direction for w, p in zip(weights, points, strict=True)), np.zeros_like(here.at.x))
        scale = here.scale + sum(w * p.rise for w, p in zip(weights, points, strict=True))
        return x, float(scale)

    def _aim(self, here: PathPoint, longest: float) -> tuple[float, Array]:
        """Return the length at which the prediction reaches the target, and the log odds predicted there."""
        low, high = 0.0, longest
        for _ in range(60):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if self._predict(here, middle)[1] < 1 else (low, middle)
        return high, self._predict(here, high)[0]

    def _correct(self, here: PathPoint, x: Array, scale: float, fixed: bool) -> tuple[PathPoint | None, float]:
        """Return the point of the path near a prediction, or None if the prediction was too far off, and its miss.

        Newton's method at right angles to the direction ``here``, or at a ``fixed`` scale.
        """
        guess = at = evaluate(self.tree, scale * self.precisions, x)
        before = np.inf
        for _ in range(8):
            solved, sign = at.newton(np.stack([-at.residual, self._by_scale(at)], axis=1))
            if not np.isfinite(solved).all():
                return None, np.inf
            step, by_scale = solved[:, 0], solved[:, 1]
            shift = 0.0 if fixed else float(-(here.covector @ step) / np.add(here.covector @ by_scale, here.rise))
            step = step + shift * by_scale
            scale += shift
            if not np.isfinite(step).all():
                return None, np.inf
            at = evaluate(self.tree, scale * self.precisions, at.x + step)
            miss = at.farthest(guess)
            size = float(np.max(np.abs(step) / (1 + np.abs(at.x)), initial=0.0)) + abs(shift)
            if not miss <= _WORST_MISS or size > max(_CONTRACTION * before, _ON_PATH):
                return None, np.inf
            error = float(np.max(np.abs(at.residual) / (1 + np.abs(at.x)), initial=0.0))
            if error < _ON_PATH and size < np.sqrt(_ON_PATH):
                return self._point(at, scale, by_scale, sign, here), miss
            before = size
        return None, np.inf

    def _finish(self, trace: Trace) -> Trace:
        point = newton(self.tree, self.precisions, trace.point.x, self.tolerance)
        arrived = point.solved(self.tolerance) and point.farthest(trace.point) < 1e-3
        return replace(trace, point=point, arrived=arrived)


def _facing(point: PathPoint) -> bool:
    return point.sign * point.rise > 0


def _fastest(here: PathPoint) -> float:
    """Return the fastest change of a choice probability per unit of length."""
    speed = 0.0
    for layer, now in zip(here.at.tree.layers, here.at.layers, strict=True):
        if layer.moves > 1:
            change = here.direction[layer.unknowns].reshape(layer.size, layer.moves - 1, -1)
            speed = max(speed, float(np.abs(now.policy[:, :-1] * change).max()))
    return speed


def _adams_bashforth(length: float, distances: list[float]) -> list[float]:
    """Return weights of the latest direction and those before it, ``distances`` apart (the earliest first)."""
    if not distances:
        return [length]
    nodes = -np.cumsum([0.0, *reversed(distances)])
    powers = np.arange(len(nodes))
    return list(np.linalg.solve(nodes[None, :] ** powers[:, None], length ** (powers + 1) / (powers + 1)))
