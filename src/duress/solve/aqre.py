"""Agent quantal response equilibrium by backward induction on belief grids.

At each public state and pair of beliefs the mover's types respond logistically to what each move is worth, and the
public reads the move by Bayes' rule; the two conditions are solved together, stage by stage, from the horizon back.

References
----------
McKelvey, R. & Palfrey, T. (1998). Quantal response equilibria for extensive form games. Exp. Econ. 1, 9-41.
Vasal, D., Sinha, A. & Anastasopoulos, A. (2019). A systematic process for evaluating structured perfect Bayesian
equilibria in dynamic games with asymmetric information. IEEE Trans. Autom. Control 64(1). (arXiv 1508.06269)
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import Fault, InputError
from ..game.beliefs import Spacing, belief_nodes
from ..game.game import Game
from .behave import RATIO_UNIT, record
from .kept import kept_array
from .kernels import GameArrays, game_arrays, in_period, rescue
from .lockstep import solve_block
from .room import make_room

MAX_PRECISION = 10_000.0
MEMORY_LIMIT = 8 * 2**30
"""Bytes of memory a solve may need before it is refused; what is kept of each period may lie on disk."""

_PRINCIPAL_LIMIT = 2_000_000
"""Stages up to which the whole game is traced along a schedule of precisions by default."""

_FIRST_PRECISION = 0.2
"""Where a schedule of precisions begins: there is one equilibrium only, and Newton's method finds it from chance."""

_RISE = 1.35
"""By what it rises at most from step to step."""

_START_SCALE = 3.0
"""Standard deviation of the log ratios of another start."""

Progress = Callable[[int, int], None]
"""Called with (periods done, periods in all)."""


Branch = Literal["auto", "principal", "stagewise", "in time"]


@dataclass(frozen=True)
class AQRE:
    """Agent quantal response equilibrium on belief grids.

    Parameters
    ----------
    precision : float, mapping or None
        How sharply each player responds, per discounted stake: one number, or player name -> number; None takes the
        game's own. 0 (choices at random) to 10 000.
    beliefs : int
        Nodes of the belief grid of a player with two types, certainties included; at least 3.
    spacing : "cosine" or "log odds"
        Where the nodes lie; log odds for reputations that start near nothing.
    branch : "auto", "principal", "stagewise" or "in time"
        Which equilibrium, where there are several: "principal" traces the whole game from precision zero along a
        schedule, each solution starting from the last; "stagewise" traces each stage so, at the continuations already
        found; "in time" starts each stage from the same stage a period later, and sweeps or traces it where that
        fails. "auto" takes the first up to two million stages, and else the last, which is the fastest.
    tolerance : float
        Largest error of a log-likelihood ratio at a solved stage, relative to one plus its size.
    threads : int or None
        None uses every core. Results do not depend on it.
    start : int
        Seed of another start, 1 or more: every stage is begun from log ratios drawn once for each move, as if the
        public had come to read the moves so, and not as ``branch`` says. Where there are several equilibria this may
        lead to another. At most two types per player.
    """

    precision: float | Mapping[str, float] | None = None
    beliefs: int = 13
    spacing: Spacing = "cosine"
    branch: Branch = "auto"
    tolerance: float = 1e-10
    threads: int | None = None
    start: int = 0

    def precisions(self, game: Game) -> NDArray[np.float64]:
        """Return the precision of each player of ``game``.

        Raises
        ------
        InputError
            If one is outside 0 to 10 000, or a name is not a player's.
        """
        names = [p.name for p in game.players]
        if self.precision is None:
            given = dict(zip(names, game.precision, strict=True))
        elif isinstance(self.precision, Mapping):
            given = {**dict(zip(names, game.precision, strict=True)), **self.precision}
        else:
            given = dict.fromkeys(names, float(self.precision))
        faults = [
            Fault("precision", f"{n} is not a player; the players are {' and '.join(names)}")
            for n in given
            if n not in names
        ]
        faults += [
            Fault(f"precision of {n}", f"is {v:g}; 0 to {MAX_PRECISION:g} is allowed")
            for n, v in given.items()
            if not 0 <= v <= MAX_PRECISION
        ]
        if faults:
            raise InputError(faults)
        return np.array([given[n] for n in names], float)


@dataclass(frozen=True)
class Induction:
    """What backward induction leaves: values by period, rough log ratios, and how the stages went.

    ``values`` has shape (T + 1, S, N0, N1, K0 + K1), the last period being the horizon; ``ratios`` (T, M, N0, N1) in
    hundredths. ``counts`` are stages solved from a start near by, by a sweep or a trace, and unsolved; ``unsolved``
    counts the last by state.
    """

    arrays: GameArrays
    nodes: tuple[NDArray[np.float64], NDArray[np.float64]]
    precisions: NDArray[np.float64]
    tolerance: float
    values: NDArray[np.floating]
    ratios: NDArray[np.int16]
    unsolved: NDArray[np.int32]
    counts: NDArray[np.int64]
    branch: str

    @property
    def stages(self) -> int:
        """Stages in all."""
        return int(self.counts.sum())

    @property
    def jumps(self) -> int:
        """Stages at which the equilibrium that was followed ended."""
        return int(self.counts[1])


Observer = Callable[[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]], None]
"""Called after each period, from the last to the first, with (values now, values later, log ratios)."""


def induct(
    game: Game,
    method: AQRE,
    observer: Callable[[GameArrays, tuple, NDArray, NDArray], Observer] | None,
    progress: Progress | None,
    near: Induction | None = None,
    beyond: NDArray[np.floating] | None = None,
) -> Induction:
    """Solve ``game`` from its horizon back.

    Parameters
    ----------
    observer : callable, optional
        Given the arrays, belief nodes, precisions and values at the horizon, returns an `Observer` of every period of
        the final solution.
    near : Induction, optional
        Of a game with the same moves on the same grid: every stage is begun from its log ratios, and ``branch`` of the
        method does not count.
    beyond : float array, shape (S, N0, N1, K0 + K1), optional
        What every state is worth at the horizon at each pair of beliefs; by default what the game says.

    Raises
    ------
    InputError
        If the job is too large; the sentence gives its size, the limit and what to reduce.
    """
    precisions = method.precisions(game)
    first, second = (belief_nodes(len(p.types), method.beliefs, method.spacing) for p in game.players)
    nodes = (first, second)
    shape = (len(nodes[0]), len(nodes[1]))
    branch: str = branch_meant(game, method)
    if method.start:
        branch = f"in time from start {method.start}"
    if near is not None:
        branch = "near another solution"
        if near.ratios.shape != (game.periods, game.moves, *shape):
            raise ValueError("the solution to begin from is of a game with other moves, or on another grid")
    starts = game.periods if branch == "principal" else 1
    refuse_if_too_large(game, shape, starts)
    run = _Run(game, nodes, method, near, beyond)
    fractions = schedule(precisions) if branch == "principal" else (1.0,)
    total = len(fractions) * game.periods
    carried = np.zeros((starts, game.moves, *shape))
    for step, fraction in enumerate(fractions):
        last = step == len(fractions) - 1
        run.sweep(
            precisions * fraction,
            carried,
            keep=last,
            observer=observer if last else None,
            progress=progress,
            done=step * game.periods,
            total=total,
        )
    return Induction(
        run.all_year, nodes, precisions, method.tolerance, run.values, run.ratios, run.unsolved, run.counts, branch
    )


def branch_meant(game: Game, method: AQRE) -> Branch:
    """Return the branch that ``method`` follows in ``game``: "auto" is principal where that is quick, else in time."""
    if method.branch != "auto":
        return method.branch
    pairs = math.prod(method.beliefs if len(p.types) > 1 else 1 for p in game.players)
    return "principal" if game.states * pairs * game.periods <= _PRINCIPAL_LIMIT else "in time"


def schedule(precisions: NDArray[np.float64]) -> tuple[float, ...]:
    """Return the fractions of the precisions at which a branch is followed from nearly zero; the last is 1."""
    steps = math.log(max(float(precisions.max()), 1e-9) / _FIRST_PRECISION) / math.log(_RISE)
    return tuple(np.exp(np.linspace(-steps * math.log(_RISE), 0.0, math.ceil(steps) + 1))) if steps > 0 else (1.0,)


def refuse_if_too_large(game: Game, shape: tuple[int, int], starts: int) -> None:
    """Raise `InputError` if solving ``game`` on belief grids of ``shape`` would not fit in memory.

    ``starts`` is of how many periods a start of each stage is held.
    """
    # Values now and later, three such of the certificate for each, and starts.
    need = shape[0] * shape[1] * 8 * (8 * game.states * sum(game.types) + starts * game.moves)
    if need > MEMORY_LIMIT:
        raise InputError(
            f"solving {game.states:,} states at {shape[0]} x {shape[1]} beliefs over {game.periods} periods needs "
            f"{need / 2**30:.1f} GB of memory; the limit is {MEMORY_LIMIT / 2**30:.0f} GB. Reduce beliefs, stamina "
            "steps, lever levels or the menu"
        )


def value_type(game: Game) -> np.dtype:
    """Return the type in which values are kept: single precision once double would take 256 MB at 9 x 9 beliefs.

    It does not depend on the grid, so that a game on two grids needs its kernels compiled for one type only.
    """
    size = (game.periods + 1) * game.states * sum(game.types) * 81 * 8
    return np.dtype(np.float64 if size <= 2**28 else np.float32)


class _Run:
    """One backward induction in progress: buffers, threads, and what is kept."""

    def __init__(
        self,
        game: Game,
        nodes: tuple[NDArray[np.float64], ...],
        method: AQRE,
        near: Induction | None,
        beyond: NDArray[np.floating] | None,
    ) -> None:
        self.game, self.nodes, self.method, self.near, self.beyond = game, nodes, method, near, beyond
        self.all_year = self.arrays = game_arrays(game)
        self.shape = (len(nodes[0]), len(nodes[1]))
        with np.errstate(divide="ignore"):
            self.odds = tuple(np.log(n) - np.log1p(-n) for n in nodes)
        self.resists = np.zeros((game.states, *self.shape), np.bool_)
        self.stagewise = method.branch == "stagewise" and not method.start and near is None
        self.levels = game.order()
        self.threads = method.threads or os.cpu_count() or 1
        self.unsolved = np.zeros(game.states, np.int32)
        self.counts = np.zeros(3, np.int64)
        self.values = np.empty(0)
        self.ratios = np.empty(0, np.int16)

    def sweep(
        self,
        precisions: NDArray[np.float64],
        carried: NDArray[np.float64],
        keep: bool,
        observer: Callable[[GameArrays, tuple, NDArray, NDArray], Observer] | None,
        progress: Progress | None,
        done: int,
        total: int,
    ) -> None:
        """Go once from the horizon to the first period; ``carried`` holds starts by period (or one set for all)."""
        game = self.game
        later = closing_values(game, self.nodes) if self.beyond is None else self.beyond.astype(np.float64)
        if keep:
            self.values = kept_array((game.periods + 1, *later.shape), value_type(game))
            self.ratios = kept_array((game.periods, game.moves, *self.shape), np.dtype(np.int16))
            self.values[-1] = later
        self.unsolved[:] = 0
        self.counts[:] = 0
        observe = observer(self.all_year, self.nodes, precisions, later) if observer else None
        now = later.copy()
        start, drawn = self.method.start, None
        if start:
            drawn = np.random.default_rng(start).normal(scale=_START_SCALE, size=(game.moves, 1, 1))
        with ThreadPoolExecutor(self.threads) as pool:
            for back in range(game.periods):
                t = game.periods - 1 - back
                y = carried[t] if len(carried) > 1 else carried[0]
                if drawn is not None:
                    y[:] = drawn
                if self.near is not None:
                    np.multiply(self.near.ratios[t], RATIO_UNIT, out=y)
                self.arrays = in_period(self.all_year, t)
                self._period(pool, precisions, now, later, y)
                if keep:
                    ends = np.linspace(0, game.states, self.threads + 1).astype(np.int64)
                    kept = now, y, self.values[t], self.ratios[t]
                    jobs = [pool.submit(record, self.arrays.first_move, *part, *kept) for part in pairwise(ends)]
                    for job in jobs:
                        job.result()
                if observe:
                    observe(now, later, y)
                now, later = later, now
                if progress:
                    progress(done + back + 1, total)

    def _period(
        self,
        pool: ThreadPoolExecutor,
        precisions: NDArray[np.float64],
        now: NDArray[np.float64],
        later: NDArray[np.float64],
        y: NDArray[np.float64],
    ) -> None:
        for level in self.levels:
            # Threads wait for one another after each level, the longer the larger its parts.
            count = min(max(len(level) // 64, 4 * self.threads), 16 * self.threads)
            parts = np.array_split(level, min(len(level), count)) if len(level) > 16 else [level]
            solve = self._trace_block if self.stagewise else self._block
            jobs = [pool.submit(solve, part, precisions, now, later, y) for part in parts]
            for job in jobs:
                self.counts += job.result()

    def _block(
        self,
        states: NDArray[np.int64],
        precisions: NDArray[np.float64],
        now: NDArray[np.float64],
        later: NDArray[np.float64],
        y: NDArray[np.float64],
    ) -> NDArray[np.int64]:
        counts = np.zeros(3, np.int64)
        common = precisions, self.method.tolerance, now, later, y, self.resists
        solved, left = solve_block(self.arrays, states, *self.nodes, *self.odds, *common)
        if self.stagewise:
            solved, left = solved + left, int(self.resists[states].sum())
            solved -= left
        counts[0] = solved
        if left:
            room = make_room(self.arrays.most_moves, max(self.shape))
            rescue(self.arrays, states, *self.nodes, *common, self.stagewise, self.unsolved, counts, room)
        return counts

    def _trace_block(
        self,
        states: NDArray[np.int64],
        precisions: NDArray[np.float64],
        now: NDArray[np.float64],
        later: NDArray[np.float64],
        y: NDArray[np.float64],
    ) -> NDArray[np.int64]:
        """Solve stages along a schedule of precisions from nearly zero; trace on its own what falls off on the way."""
        first, last = self.game.first_move[states], self.game.first_move[states + 1]
        y[np.concatenate([np.arange(a, b) for a, b in zip(first, last, strict=True)])] = 0.0
        for fraction in schedule(precisions)[:-1]:
            common = precisions * fraction, self.method.tolerance, now, later, y, self.resists
            solve_block(self.arrays, states, *self.nodes, *self.odds, *common)
        # A pair that resisted on the way is traced at the end, whatever the last step makes of it.
        return self._block(states, precisions, now, later, y)


def closing_values(game: Game, nodes: tuple[NDArray[np.float64], ...]) -> NDArray[np.float64]:
    """Return what every state is worth at the horizon (and ends at any time), shape (S, N0, N1, K0 + K1)."""
    k0, k1 = game.types
    about = [np.stack([1 - n, n], axis=1)[:, : len(p.types)] for n, p in zip(nodes, game.players, strict=True)]
    first = np.einsum("ckl,wl->cwk", game.closing[:, 0], about[1])
    second = np.einsum("ckl,uk->cul", game.closing[:, 1], about[0])
    table = np.empty((len(game.closing), len(nodes[0]), len(nodes[1]), k0 + k1))
    table[..., :k0] = first[:, None, :, :]
    table[..., k0:] = second[:, :, None, :]
    return table[game.closing_row]
