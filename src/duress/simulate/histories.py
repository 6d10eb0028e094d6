"""Seeded histories of a solved game, and what they show of a confrontation."""

from __future__ import annotations

import math
import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..errors import Fault, InputError
from ..game.game import Game
from ..scenario.compile import Confrontation
from ..solve.kernels import in_period
from ..solve.room import Room
from ..solve.solution import Beliefs, Solution
from .cells import Solved, make_cells
from .interventions import Intervention
from .kernels import MADE, STATE, TYPES, WEIGHT, WORTH, Walk, advance, deal, gaps, listed

Number = TypeVar("Number", bound=np.generic)

MEMORY_LIMIT = 4 * 2**30
"""Bytes that simulated histories may take."""

FAST_ALLOWANCE = 1e-3
"""How far behaviour may be off in the middle of a cell of beliefs, for a great many histories."""

ALLOWANCES = (1e-5, 0.1)
"""How far it may be off, at least and at most."""

JUMP = 0.05
"""How far it is off, at least, where it is said to jump."""

TABLE_MEMORY = 2**29
"""Bytes that tables of behaviour may take."""

_BLOCK = 1 << 13
"""Histories that are played together, at most: more of them choose in one state, and what they look up is near."""

_AREA_MEMORY = 2**26
"""Bytes in which histories that are played together must fit: where they may be long, fewer of them are."""

_AHEAD = 2
"""Blocks that may be played while the one before them is not done, beside those that threads are at."""

_BYTES_A_MOVE, _PATH_BYTES = 4 + 2 * 8 + 8, 4 * 8
"""What a move takes among the histories, and where it is played."""


@dataclass(frozen=True)
class Histories:
    """Simulated histories, all from one state: H of them, of N moves in all and up to L each.

    Moves are kept one history after another, for few are as long as the longest may be. Where a table of histories by
    moves is handier, ``moves``, ``beliefs``, ``apart``, ``states`` and ``periods`` are worked out and take 28 bytes or
    more for every one of H x L.

    Parameters
    ----------
    game : Game
    start : int
        State in which they begin.
    period : int
        In which they begin.
    longest : int
        L: the most moves there is time for.
    types : int array, shape (H, 2)
        Types dealt at the start.
    first : int array, shape (H + 1,)
        Where the moves of each history begin; the last, where they end.
    made : int32 array, shape (N,)
        Moves made.
    believed : float array, shape (N, 2)
        Public probability of each player's second type before each move.
    split : float array, shape (N,)
        How far apart the mover's two types move in equilibrium; 0 without a choice or a second type.
    final : int32 array, shape (H,)
        State in which each history stops: an end, or where the horizon falls.
    seed : int
    worth : float array, shape (H, 2)
        What each history was worth to each player, discounted stakes from its start on.
    """

    game: Game
    start: int
    period: int
    longest: int
    types: NDArray[np.int64]
    first: NDArray[np.int64]
    made: NDArray[np.int32]
    believed: NDArray[np.float64]
    split: NDArray[np.float64]
    final: NDArray[np.int32]
    seed: int
    worth: NDArray[np.float64]

    @property
    def stood(self) -> NDArray[np.int32]:
        """State before each move, shape (N,)."""
        game = self.game
        return np.repeat(np.arange(game.states, dtype=np.int32), np.diff(game.first_move))[self.made]

    @property
    def when(self) -> NDArray[np.int32]:
        """Period of each move, shape (N,)."""
        passed = np.zeros(len(self.made) + 1, np.int32)
        np.cumsum(self.game.elapsed[self.made], out=passed[1:], dtype=np.int32)
        return self.period + passed[:-1] - np.repeat(passed[self.first[:-1]], np.diff(self.first))

    @property
    def whose(self) -> NDArray[np.int32]:
        """Number of the history of each move, shape (N,)."""
        return np.repeat(np.arange(len(self.final), dtype=np.int32), np.diff(self.first))

    @cached_property
    def moves(self) -> NDArray[np.int32]:
        """Moves made, shape (H, L); -1 after the end."""
        return self._table(self.made, -1)

    @cached_property
    def beliefs(self) -> NDArray[np.float64]:
        """Beliefs before each move, shape (H, L, 2); 0 after the end."""
        return self._table(self.believed, 0.0)

    @cached_property
    def apart(self) -> NDArray[np.float64]:
        """How far apart the mover's two types move, shape (H, L); 0 after the end."""
        return self._table(self.split, 0.0)

    @property
    def states(self) -> NDArray[np.int64]:
        """State before each move, shape (H, L); -1 after the end."""
        return self._table(self.stood.astype(np.int64), -1)

    @property
    def periods(self) -> NDArray[np.int64]:
        """Period of each move, shape (H, L); after the end, that in which the history stops."""
        when, made = self.when.astype(np.int64), np.diff(self.first)
        stops = np.full(len(made), self.period)
        last = self.first[1:][made > 0] - 1
        stops[made > 0] = when[last] + self.game.elapsed[self.made[last]]
        return np.where(np.arange(self.longest) < made[:, None], self._table(when, 0), stops[:, None])

    def _table(self, listed: NDArray[Number], rest: float) -> NDArray[Number]:
        """Return what is listed by move, shape (N, ...), as a table (H, L, ...) with ``rest`` after the end."""
        table = np.full((len(self.final), self.longest, *listed.shape[1:]), rest, listed.dtype)
        table[np.arange(self.longest) < np.diff(self.first)[:, None]] = listed
        return table


def simulate(
    solution: Solution,
    histories: int = 2000,
    seed: int = 0,
    state: int | None = None,
    period: int = 0,
    beliefs: Beliefs | None = None,
    types: tuple[int | None, int | None] = (None, None),
    first_move: str | None = None,
    threads: int | None = None,
    intervention: Intervention | None = None,
    allowance: float = 0.0,
) -> Histories:
    """Play ``solution`` forward.

    Parameters
    ----------
    solution : Solution
    histories : int
    seed : int
        The same seed gives the same histories, on any number of threads.
    state, period, beliefs
        Where they begin; default the start, at the prior.
    types : tuple
        A type of each player by number, or None to draw it from ``beliefs``.
    first_move : str, optional
        Name of the move made first, whatever the type; the public reads it as it would in equilibrium.
    threads : int, optional
        Default every core.
    intervention : Intervention, optional
        What one party does instead of what it does in equilibrium, while the other keeps its rule; its periods count
        from ``period`` on.
    allowance : float
        With 0 every choice is solved at its own beliefs. Else behaviour is solved at points among the beliefs, and
        linear between them; there are points enough that in the middle between them it is not further off than this
        (in total variation, 0.00001 to 0.1). Many times faster for many histories; `gap_between` tells how far off it
        is on the way. Beliefs follow from what is played by Bayes' rule either way.

    Returns
    -------
    Histories

    Raises
    ------
    InputError
        If the histories would not fit in memory, or there is no such allowance.
    """
    game = solution.game
    if not isinstance(solution, Solution):
        raise InputError("histories are simulated for solutions on belief grids, with one or two types a player")
    least, most = ALLOWANCES
    if allowance and not least <= allowance <= most:
        raise InputError(Fault("allowance", f"is {allowance:g}; it must be 0, or {least:g} to {most:g}"))
    state = game.start if state is None else state
    beliefs = solution.prior() if beliefs is None else beliefs
    names = [game.move_name(a) for a in game.moves_of(state)]
    forced = -1 if first_move is None else names.index(first_move)
    steps = (game.periods - period) * _longest_period(game)
    _refuse_if_too_many(histories, steps)
    # Philox is counter-based: what a history draws depends on the seed and its number alone.
    key = np.random.SeedSequence(seed).generate_state(2, np.uint64)
    fixed = np.array([-1 if kind is None else kind for kind in types], np.int64)
    bound, until, kept = _bound(game, intervention, period)
    threads = threads or os.cpu_count() or 1
    areas = threads + _AHEAD
    block = max(min(_BLOCK, _AREA_MEMORY // (max(steps, 1) * _PATH_BYTES)), 1)
    edges = np.linspace(0, histories, max(threads, -(-histories // block)) + 1).astype(int)
    parts = [slice(int(a), int(b)) for a, b in pairwise(edges)]
    cells = make_cells(solution.induction.arrays.most_moves, allowance, areas, TABLE_MEMORY if allowance else 0)
    order = np.concatenate(game.order()[::-1])
    dealt, worth = np.empty((histories, 2), np.int64), np.empty((histories, 2))
    final, first = np.empty(histories, np.int32), np.zeros(histories + 1, np.int64)
    # Room for the most moves there can be: memory is only taken where something is written.
    most = histories * steps
    made, believed, split = np.empty(most, np.int32), np.empty((most, 2)), np.empty(most)

    def play(part: slice, area: _Area) -> _Area:
        walk, count = area.walk, part.stop - part.start
        deal(walk, dealt[part], key, part.start, state, *beliefs, fixed)
        for t in range(period, game.periods):
            held = bound if t < until else -1
            advance(area.solved[t - period], walk, cells, area.number, order, forced, held, kept, key, part.start)
        final[part] = walk.counts[:count, STATE]
        closing = game.closing[game.closing_row[final[part]]]
        kinds = walk.counts[:count, TYPES]
        for i in (0, 1):
            rest = closing[np.arange(count), i, kinds & 1, kinds >> 1]
            worth[part, i] = walk.amounts[:count, WORTH + i] + walk.amounts[:count, WEIGHT + i] * rest
        return area

    def keep(part: slice, area: _Area) -> _Area:
        count, begins = part.stop - part.start, first[part.start]
        ends = first[part.start + 1 : part.stop + 1]
        np.cumsum(area.walk.counts[:count, MADE], out=ends)
        ends += begins
        listed(area.walk, first[part.start : part.stop + 1], made, believed, split)
        return area

    free = [_area(solution, n, int(np.diff(edges).max()), steps, period) for n in range(min(areas, len(parts)))]
    busy: deque[tuple[slice, Future[_Area]]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for part in parts:
            area = free.pop() if free else keep(busy[0][0], busy.popleft()[1].result())
            busy.append((part, pool.submit(play, part, area)))
        for part, played in busy:
            keep(part, played.result())
    total = first[-1]
    return Histories(
        game, state, period, steps, dealt, first, made[:total], believed[:total], split[:total], final, seed, worth
    )


@dataclass(frozen=True)
class _Area:
    """Where some histories are played at a time: room for them, and for the stages of every period to come."""

    number: int
    walk: Walk
    solved: list[Solved]


def _area(solution: Solution, number: int, count: int, steps: int, period: int) -> _Area:
    """Return area ``number`` for up to ``count`` histories of up to ``steps`` moves, from ``period`` on."""
    states = solution.game.states
    amounts, path = _on_lines(count, 8), _on_lines(count, steps, 4)
    here, after = np.empty(states, np.int32), np.empty(states, np.int32)
    room = solution.room()
    walk = Walk(here, after, amounts, amounts.view(np.int32), path)
    return _Area(number, walk, [_solved(solution, t, room) for t in range(period, solution.game.periods)])


def _on_lines(*shape: int) -> NDArray[np.float64]:
    """Return an empty array that begins with a cache line."""
    room = np.empty(math.prod(shape) + 8)
    begin = -room.ctypes.data % 64 // 8
    return room[begin : begin + math.prod(shape)].reshape(shape)


def _solved(solution: Solution, period: int, room: Room) -> Solved:
    """Return one period of a solution as kernels take it."""
    r = solution.induction
    return Solved(
        in_period(r.arrays, period), r.values[period], r.values[period + 1], r.ratios[period], *r.nodes, r.precisions,
        r.tolerance, room, period,
    )  # fmt: skip


@dataclass(frozen=True)
class Gap:
    """How far behaviour with an allowance is from that of the solution itself.

    Total variation distances (the share of moves that would be others), of the type for which it is larger.

    Parameters
    ----------
    choices : int
        On the way of histories that were solved again at their own beliefs.
    mean, largest : float
        Over these choices.
    jumped : int
        Choices of which it is over `JUMP`. There behaviour itself jumps as beliefs change, as it does where a stage has
        several equilibria, and the points about it are on the other side.
    """

    choices: int
    mean: float
    largest: float
    jumped: int

    def sentence(self) -> str:
        """Return the gap in words."""
        if not self.choices:
            return "Behaviour was taken as linear between beliefs at which it was solved."
        jumps = (
            f"in {self.jumped:,} of them by more than {JUMP:.0%}" if self.jumped else f"in none by more than {JUMP:.0%}"
        )
        because = ", where behaviour jumps as beliefs change" if self.jumped else ""
        return (
            f"Behaviour was taken as linear between beliefs at which it was solved. The first {self.choices:,} choices "
            f"of these histories were solved again at their own beliefs: {self.mean:.3%} of moves would be others on "
            f"average, {self.largest:.1%} at the choice that differs most, and {jumps}{because}."
        )


def gap_between(solution: Solution, histories: Histories, allowance: float, most: int = 100_000) -> Gap:
    """Return how far behaviour with an allowance is from that of the solution, at the first choices of ``histories``.

    Parameters
    ----------
    solution : Solution
    histories : Histories
        Of that solution.
    allowance : float
        See `simulate`.
    most : int
        Choices looked at, at most.
    """
    game = solution.game
    stood = histories.stood
    at = np.flatnonzero(np.diff(game.first_move)[stood] > 1)[:most]
    when, off = histories.when[at], np.zeros(len(at))
    cells = make_cells(solution.induction.arrays.most_moves, allowance, 1, TABLE_MEMORY)
    for period in np.unique(when):
        solved = _solved(solution, int(period), solution.room())
        gaps(solved, cells, np.flatnonzero(when == period), stood[at], histories.believed[at], off)
    return Gap(len(off), float(off.mean()) if len(off) else 0.0, float(off.max(initial=0.0)), int((off > JUMP).sum()))


def _refuse_if_too_many(histories: int, steps: int) -> None:
    """Raise `InputError` if so many histories of so many moves would not fit in memory."""
    each = steps * _BYTES_A_MOVE
    if histories < 1 or histories * each > MEMORY_LIMIT:
        raise InputError(
            Fault(
                "histories",
                f"is {histories:,}; 1 to {MEMORY_LIMIT // each:,} of up to {steps:,} moves each fit in "
                f"{MEMORY_LIMIT / 2**30:.0f} GB",
            )
        )


def _bound(game: Game, intervention: Intervention | None, period: int) -> tuple[int, int, NDArray[np.bool_]]:
    """Return which player an intervention binds, before which period, and the moves it keeps to."""
    if intervention is None:
        return -1, 0, np.zeros(0, bool)
    if not isinstance(game, Confrontation):
        raise TypeError("interventions are made in a confrontation compiled from a scenario")
    kept = np.logical_not(intervention.removed(game))
    party = [p.name for p in game.players].index(intervention.party)
    return party, period + intervention.periods if intervention.periods else game.periods, kept


def _longest_period(game: Game) -> int:
    """Return the most moves a period can hold."""
    return len(game.order())
