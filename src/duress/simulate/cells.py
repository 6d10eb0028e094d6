"""Behaviour near beliefs at which it was solved: cells of beliefs, as fine as behaviour there asks for.

A belief is told by its odds, p / (1 - p), and odds by the bits of the number, which read as an integer are its binary
logarithm, linear between powers of 2: no logarithm has to be worked out to find a cell. Cells of level l cut every
octave (odds that double) in 2^l. Behaviour in a cell is linear between the four corners, where it is solved, if in the
middle that is within an allowance of what is solved there; else the cell is cut in four. Where the finest cell does not
do, as where behaviour jumps, every choice is solved at its own beliefs.

Cells and points are found as they are met and kept in tables that all threads share. What they hold does not depend on
which thread came first, nor on what was kept.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..compiled import claimed, inlined, kernel, published, seen
from ..solve.behave import behave_here
from ..solve.kernels import GameArrays
from ..solve.room import Room

COARSEST, FINEST = 1, 6
"""Levels of cells: odds that are about 1.4 times, and 1.01 times as large at the upper end as at the lower."""

LINEAR, CUT, ALONE = 0, 1, 2
"""What a cell is: behaviour is linear in it; it is cut in four; every choice in it is solved alone."""

_FREE, _BUSY = -1, -4
_PROBES = 8

_EVEN = 1023 << 52
"""Bits of even odds: the exponent of a number begins at 1023, and there are 52 bits below it."""

_NEAR, _FURTHEST, _WIDER = 8 << 52, 13 << 52, 3
"""Bits from even odds on, to either side. From 8 octaves on, where all but certainty is left of a belief and behaviour
hardly changes, cells span 2^3 times as many octaves, and beyond 8 + 5 times as many no beliefs are told apart."""

_BELOW_POINTS = 52 - (FINEST + 1)
_PLACES = 14
"""Bits that the number of a point or cell takes in a key."""

_STEEPEST = 3.0
"""How far apart corners of a cell may be, in roots of what behaviour may be off in its middle.

A logit response that is off by e in the middle of an interval, where it is least straight, rises by 1.5 roots of e over
it. Where corners differ by twice that and the middle passes all the same, it rises steeply about the middle, half way
between them by chance.
"""

_RAREST = 1e-36
"""Chance of a move at least, so that the ratio of two stays one."""


class Solved(NamedTuple):
    """One period of a solution, and work space for its stages: what `behave` takes."""

    game: GameArrays
    now: NDArray[np.floating]
    later: NDArray[np.floating]
    ratios: NDArray[np.int16]
    nodes0: NDArray[np.float64]
    nodes1: NDArray[np.float64]
    precisions: NDArray[np.float64]
    tolerance: float
    room: Room
    period: int


class Cells(NamedTuple):
    """Tables of points and cells, shared by threads.

    ``points`` (P,) and ``cells`` (C,) are keys, negative where nothing is kept, P and C powers of two; below the key of
    a cell, two bits say what it is. ``at_points`` (P + threads, 2 A) holds the chances of moves at each point, types
    then moves, and ``at_corners`` (C + threads, 8 A) those at the four corners of each cell, so that a choice looks in
    one place. Both end with work space, a row for each thread. Behaviour in the middle of a cell that is kept for
    linear is ``allowed`` from what is solved there, in total variation.
    """

    points: NDArray[np.int64]
    at_points: NDArray[np.float32]
    cells: NDArray[np.int64]
    at_corners: NDArray[np.float32]
    allowed: float


def make_cells(most_moves: int, allowed: float, threads: int, memory: int) -> Cells:
    """Return empty tables that take about ``memory`` bytes once they are full, twice as many points as cells."""
    fit = max(memory // (8 + 8 * most_moves * 4 + 2 * (8 + 2 * most_moves * 4)), 1)
    size = 1 << (fit.bit_length() - 1)
    points = np.empty((2 * size + threads, 2 * most_moves), np.float32)
    corners = np.empty((size + threads, 8 * most_moves), np.float32)
    return Cells(np.full(2 * size, _FREE), points, np.full(size, _FREE), corners, allowed)


@kernel
def solve_alone(here, s, p0, p1):
    """Solve the stage of s at its own beliefs; results are left in ``here.room``."""
    behave_here(
        here.game, here.now, here.later, here.ratios, s, p0, p1, here.nodes0, here.nodes1, here.precisions,
        here.tolerance, here.room,
    )  # fmt: skip


@inlined
def apart(first, second, count):
    """Total variation distance between two ways to move."""
    total = 0.0
    for a in range(count):
        total += abs(first[a] - second[a])
    return 0.5 * total


@inlined
def _logarithm(p, types):
    """Return the binary logarithm of the odds of ``p`` above the lowest, in bits, shortened far out; 0 for one type."""
    if types == 1:
        return 0
    bits = np.float64(p / (1.0 - p)).view(np.int64) - _EVEN
    far = abs(bits) - _NEAR
    if far > 0:
        bits = _NEAR + (far >> _WIDER) if bits > 0 else -_NEAR - (far >> _WIDER)
    return min(max(bits + _FURTHEST, 0), 2 * _FURTHEST - 1)


@kernel
def _belief(point, types):
    """Belief at a point; points count the halves of the finest cells from the lowest odds."""
    if types == 1:
        return 0.0
    bits = (point << _BELOW_POINTS) - _FURTHEST
    far = abs(bits) - _NEAR
    if far > 0:
        bits = _NEAR + (far << _WIDER) if bits > 0 else -_NEAR - (far << _WIDER)
    odds = np.int64(bits + _EVEN).view(np.float64)
    return odds / (1.0 + odds)


@inlined
def _first_place(keys, key):
    """Return where to look for ``key`` first."""
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    return np.int64(mixed >> np.uint64(32)) & (keys.shape[0] - 1)


@inlined
def _look(keys, key, below):
    """Return the place of ``key`` in a table whose entries have ``below`` bits below their keys; -1 if it has none."""
    place = _first_place(keys, key)
    for _ in range(_PROBES):
        held = seen(keys, place)
        if held >> below == key:
            return place
        if held == _FREE:
            return -1
        place = (place + 1) & (keys.shape[0] - 1)
    return -1


@kernel
def _claim(keys, key):
    """Return a place for ``key``, this thread's to fill and to publish; -1 if there is no room near by."""
    place = _first_place(keys, key)
    for _ in range(_PROBES):
        if seen(keys, place) == _FREE and claimed(keys, place, _FREE, _BUSY):
            return place
        place = (place + 1) & (keys.shape[0] - 1)
    return -1


@inlined
def _key(here, s, place0, place1):
    """Return the key of a pair of beliefs at a state in this period."""
    return (((here.period * here.game.mover.shape[0] + s) << _PLACES | place0) << _PLACES) | place1


@kernel
def _solved_point(here, cells, thread, s, point0, point1):
    """Return the row of ``cells.at_points`` with the chances of moves at a point, solved if it was not met before."""
    key = _key(here, s, point0, point1)
    place = _look(cells.points, key, 0)
    if place >= 0:
        return place
    g, policy = here.game, here.room.policy
    solve_alone(here, s, _belief(point0, g.types[0]), _belief(point1, g.types[1]))
    place = _claim(cells.points, key)
    row = place if place >= 0 else cells.points.shape[0] + thread
    count = g.first_move[s + 1] - g.first_move[s]
    for k in range(g.types[g.mover[s]]):
        for a in range(count):
            cells.at_points[row, k * count + a] = max(policy[k, a], _RAREST)
    if place >= 0:
        published(cells.points, place, key)
    return row


@kernel
def _make_cell(here, cells, thread, s, level, cell0, cell1, row):
    """Fill ``cells.at_corners[row]`` with the chances of moves at the corners of a cell; return what it is."""
    g, corners = here.game, cells.at_corners
    count, types = g.first_move[s + 1] - g.first_move[s], g.types[g.mover[s]]
    size, width = types * count, 1 << (FINEST + 1 - level)
    # A player with one type has all its points in one place.
    width0, width1 = width * (g.types[0] - 1), width * (g.types[1] - 1)
    point0, point1 = cell0 * width, cell1 * width
    for corner in range(4):
        point = _solved_point(
            here, cells, thread, s, point0 + (corner >> 1) * width0, point1 + (corner & 1) * width1
        )  # fmt: skip
        for n in range(size):
            corners[row, corner * size + n] = cells.at_points[point, n]
    middle = _solved_point(here, cells, thread, s, point0 + width0 // 2, point1 + width1 // 2)
    for k in range(types):
        off = spread = 0.0
        for n in range(k * count, (k + 1) * count):
            first, second = corners[row, n], corners[row, size + n]
            third, fourth = corners[row, 2 * size + n], corners[row, 3 * size + n]
            off += abs(0.25 * (first + second + third + fourth) - cells.at_points[middle, n])
            spread += max(first, second, third, fourth) - min(first, second, third, fourth)
        if 0.5 * off > cells.allowed or 0.5 * spread > _STEEPEST * math.sqrt(cells.allowed):
            return CUT if level < FINEST else ALONE
    return LINEAR


@inlined
def respond_near(here, cells, thread, s, p0, p1):
    """Fill ``here.room.policy`` with behaviour at beliefs (p0, p1), linear in their cell; whether it was solved alone.

    If it was, all results of the stage are in ``here.room``.
    """
    g, policy, corners = here.game, here.room.policy, cells.at_corners
    count, types = g.first_move[s + 1] - g.first_move[s], g.types[g.mover[s]]
    log0, log1 = _logarithm(p0, g.types[0]), _logarithm(p1, g.types[1])
    kind, level, row = CUT, COARSEST - 1, 0
    while kind == CUT:
        level += 1
        cell0, cell1 = log0 >> (52 - level), log1 >> (52 - level)
        key = _key(here, s, cell0, cell1) << 3 | level
        place = _look(cells.cells, key, 2)
        if place >= 0:
            row, kind = place, seen(cells.cells, place) & 3
        else:
            place = _claim(cells.cells, key)
            row = place if place >= 0 else cells.cells.shape[0] + thread
            kind = _make_cell(here, cells, thread, s, level, cell0, cell1, row)
            if place >= 0:
                published(cells.cells, place, key << 2 | kind)
    if kind == ALONE:
        solve_alone(here, s, p0, p1)
        return True
    inside = (1 << (52 - level)) - 1
    part0, part1 = (log0 & inside) / (inside + 1.0), (log1 & inside) / (inside + 1.0)
    w0, w1 = (1.0 - part0) * (1.0 - part1), (1.0 - part0) * part1
    w2, w3 = part0 * (1.0 - part1), part0 * part1
    size = types * count
    for k in range(types):
        for a in range(count):
            n = k * count + a
            policy[k, a] = (
                w0 * corners[row, n]
                + w1 * corners[row, size + n]
                + w2 * corners[row, 2 * size + n]
                + w3 * corners[row, 3 * size + n]
            )
    return False
