"""Agent quantal response equilibrium on belief lattices: backward induction for one to four types a player.

The sibling of `aqre` for more than two types. Values are kept at the points of `simplex` lattices and read between them
by straight lines, so their error is of order h² in the step h = 1 / (nodes - 1).
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..game.game import Game
from ..game.simplex import Lattice, belief_lattice
from .aqre import MEMORY_LIMIT, Progress
from .kernels import GameArrays, game_arrays, in_period
from .lattice_kernels import behave_on_lattice, solve_lattice_states
from .lattice_room import Grid, Room, make_room
from .stage import UNSOLVED

_PRINCIPAL_LIMIT = 500_000
"""Stages up to which the whole game is traced along a schedule of precisions by default."""

_SCHEDULE = (0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True)
class LatticeStage:
    """What the mover's types do at one stage, and what follows. A moves, K_i types of the mover.

    Parameters
    ----------
    policy : float64 array, shape (K_i, A)
        Chance of each move by type.
    worth : float64 array, shape (K_i, A)
        Expected discounted stakes from each move on, by type.
    after : float64 array, shape (A, K_i)
        Public belief about the mover once the move is seen.
    values : tuple of two float64 arrays, shapes (K0,) and (K1,)
        Expected discounted stakes of each type of each player.
    solved : bool
        Whether the stage equation holds to the tolerance.
    """

    policy: NDArray[np.float64]
    worth: NDArray[np.float64]
    after: NDArray[np.float64]
    values: tuple[NDArray[np.float64], NDArray[np.float64]]
    solved: bool


@dataclass(frozen=True)
class LatticeInduction:
    """What backward induction on lattices leaves.

    Parameters
    ----------
    arrays : GameArrays
        What the kernels read of the game.
    lattices : tuple of two Lattice
        Points of belief about either player, N0 and N1 of them.
    precisions : float64 array, shape (2,)
    tolerance : float
    values : float64 array, shape (T + 1, S, N0, N1, K0 + K1)
        Discounted stakes by period, the last being the horizon.
    ratios : float64 array, shape (T, M, N0, N1, K - 1)
        log σ(a|k) - log σ(a|0) for types k = 1.. of the mover; K is the larger number of types, at least 2.
    unsolved : int32 array, shape (S,)
        Stages above the tolerance, over all periods and points.
    counts : int64 array, shape (3,)
        Stages solved from a start near by, by a trace, and unsolved.
    branch : str
        "principal" or "in time", see `induct_lattice`.
    """

    arrays: GameArrays
    lattices: tuple[Lattice, Lattice]
    precisions: NDArray[np.float64]
    tolerance: float
    values: NDArray[np.float64]
    ratios: NDArray[np.float64]
    unsolved: NDArray[np.int32]
    counts: NDArray[np.int64]
    branch: str

    def stage(
        self, state: int, period: int, beliefs0: NDArray[np.float64], beliefs1: NDArray[np.float64]
    ) -> LatticeStage:
        """Solve one stage anew at exact public beliefs.

        Parameters
        ----------
        state : int
            One in which somebody moves.
        period : int
            0 .. T - 1.
        beliefs0, beliefs1 : float64 arrays, shapes (K0,) and (K1,)
            Public probabilities of the types of either player.

        Raises
        ------
        InputError
            If nobody moves in ``state``, the period is not one of the game's, or the beliefs are no probabilities.
        """
        arrays = self.arrays
        if not 0 <= state < len(arrays.mover) or arrays.mover[state] < 0:
            raise InputError(f"nobody moves in state {state}; choose a state with moves")
        if not 0 <= period < len(self.ratios):
            raise InputError(f"period {period}; 0 to {len(self.ratios) - 1} are played")
        about = [
            _checked(b, int(k), i) for i, (b, k) in enumerate(zip((beliefs0, beliefs1), arrays.types, strict=True))
        ]
        room = _room(arrays, self.lattices)
        now, later, ratios = self.values[period], self.values[period + 1], self.ratios[period]
        ended = behave_on_lattice(
            in_period(arrays, period),
            now,
            later,
            ratios,
            _grid(self.lattices),
            state,
            *about,
            self.precisions,
            self.tolerance,
            room,
        )
        moves = int(arrays.first_move[state + 1] - arrays.first_move[state])
        types = int(arrays.types[arrays.mover[state]])
        return LatticeStage(
            policy=room.policy[:types, :moves],
            worth=room.q[:types, :moves],
            after=room.after[:moves, :types],
            values=(room.values[0, : arrays.types[0]], room.values[1, : arrays.types[1]]),
            solved=ended != UNSOLVED,
        )


def induct_lattice(
    game: Game,
    precisions: NDArray[np.float64],
    nodes: int,
    tolerance: float = 1e-10,
    threads: int | None = None,
    progress: Progress | None = None,
    branch: Literal["auto", "principal", "in time"] = "auto",
) -> LatticeInduction:
    """Solve ``game`` from its horizon back.

    Parameters
    ----------
    game : Game
        One to four types a player, in any mix.
    precisions : float64 array, shape (2,)
        How sharply each player responds, per discounted stake; 0 is choice at random.
    nodes : int
        Lattice points along an edge of a belief simplex, certainties included; at least 3. A player with K types has
        C(nodes + K - 2, K - 1) points.
    tolerance : float
        Largest error of a log-likelihood ratio at a solved stage, relative to one plus its size.
    threads : int or None
        None uses every core. Results do not depend on it.
    progress : callable, optional
        Called with (periods done, periods in all).
    branch : "auto", "principal" or "in time"
        Which equilibrium, where there are several: see `AQRE`. "auto" takes the first up to half a million stages.

    Raises
    ------
    InputError
        If ``nodes`` or a precision is out of range, or the job is too large; the sentence gives its size, the limit and
        what to reduce.
    """
    precisions = np.array(precisions, float)
    if precisions.shape != (2,) or not (np.isfinite(precisions).all() and (precisions >= 0).all()):
        raise InputError(f"precisions are {precisions}; they must be two numbers, 0 or more")
    lattices = belief_lattice(game.types[0], nodes), belief_lattice(game.types[1], nodes)
    _refuse_if_too_large(game, lattices)
    if branch == "auto":
        stages = game.states * len(lattices[0]) * len(lattices[1]) * game.periods
        branch = "principal" if stages <= _PRINCIPAL_LIMIT else "in time"
    run = _Run(game, lattices, tolerance, threads or os.cpu_count() or 1)
    fractions = _SCHEDULE if branch == "principal" else (1.0,)
    for step, fraction in enumerate(fractions):
        run.sweep(precisions * fraction, branch, progress, step * game.periods, len(fractions) * game.periods)
    return LatticeInduction(
        run.arrays, lattices, precisions, tolerance, run.values, run.ratios, run.unsolved, run.counts, branch
    )


def closing_values(game: Game, lattices: tuple[Lattice, Lattice]) -> NDArray[np.float64]:
    """Return what every state is worth at the horizon (and ends at any time), shape (S, N0, N1, K0 + K1)."""
    k0, k1 = game.types
    first = np.einsum("ckl,wl->cwk", game.closing[:, 0], lattices[1].points)
    second = np.einsum("ckl,uk->cul", game.closing[:, 1], lattices[0].points)
    table = np.empty((len(game.closing), len(lattices[0]), len(lattices[1]), k0 + k1))
    table[..., :k0] = first[:, None, :, :]
    table[..., k0:] = second[:, :, None, :]
    return table[game.closing_row]


class _Run:
    """One backward induction in progress: what is kept, and threads."""

    def __init__(self, game: Game, lattices: tuple[Lattice, Lattice], tolerance: float, threads: int) -> None:
        self.game, self.lattices, self.tolerance, self.threads = game, lattices, tolerance, threads
        self.arrays = game_arrays(game)
        self.levels = game.order()
        self.grid = _grid(lattices)
        self.unsolved = np.zeros(game.states, np.int32)
        self.counts = np.zeros(3, np.int64)
        closing = closing_values(game, lattices)
        self.values = np.repeat(closing[None], game.periods + 1, axis=0)
        self.ratios = np.zeros((game.periods, game.moves, *closing.shape[1:3], max(*game.types, 2) - 1))

    def sweep(
        self, precisions: NDArray[np.float64], branch: str, progress: Progress | None, done: int, total: int
    ) -> None:
        """Go once from the horizon to the first period.

        A stage starts from the sweep before, or ("in time") from the same stage a period later.
        """
        self.unsolved[:] = 0
        self.counts[:] = 0
        with ThreadPoolExecutor(self.threads) as pool:
            for back in range(self.game.periods):
                t = self.game.periods - 1 - back
                if branch == "in time" and back:
                    self.ratios[t] = self.ratios[t + 1]
                self._period(pool, precisions, t)
                if progress:
                    progress(done + back + 1, total)

    def _period(self, pool: ThreadPoolExecutor, precisions: NDArray[np.float64], t: int) -> None:
        now, later, y = self.values[t], self.values[t + 1], self.ratios[t]
        arrays = in_period(self.arrays, t)
        for level in self.levels:
            parts = np.array_split(level, min(len(level), 4 * self.threads))
            counts = [np.zeros(3, np.int64) for _ in parts]
            jobs = [
                pool.submit(
                    solve_lattice_states, arrays, part, self.grid, precisions, self.tolerance,
                    now, later, y, self.unsolved, count, _room(self.arrays, self.lattices),
                )
                for part, count in zip(parts, counts, strict=True)
            ]  # fmt: skip
            for job in jobs:
                job.result()
            self.counts += sum(counts)


def _grid(lattices: tuple[Lattice, Lattice]) -> Grid:
    return Grid(lattices[0].levels, lattices[0].ranks, lattices[0].points, lattices[1].points)


def _room(arrays: GameArrays, lattices: tuple[Lattice, Lattice]) -> Room:
    return make_room(arrays.most_moves, max(map(len, lattices)), int(arrays.types.max()))


def _checked(belief: NDArray[np.float64], types: int, player: int) -> NDArray[np.float64]:
    belief = np.array(belief, float)
    if belief.shape != (types,) or not belief.min() >= 0 or not abs(belief.sum() - 1) < 1e-9:
        raise InputError(
            f"the belief about player {player} is {belief}; it must be {types} probabilities that sum to 1"
        )
    return belief


def _refuse_if_too_large(game: Game, lattices: tuple[Lattice, Lattice]) -> None:
    """Raise `InputError` if a solution would not fit in memory."""
    sizes = len(lattices[0]), len(lattices[1])
    per_pair = game.states * sum(game.types) + game.moves * (max(*game.types, 2) - 1)
    need = 8 * sizes[0] * sizes[1] * (per_pair * (game.periods + 1) + 6 * game.states * sum(game.types))
    if need > MEMORY_LIMIT:
        raise InputError(
            f"solving {game.states:,} states at {sizes[0]} x {sizes[1]} beliefs over {game.periods} periods needs "
            f"{need / 2**30:.1f} GB; the limit is {MEMORY_LIMIT / 2**30:.0f} GB. Reduce beliefs, types, the horizon, "
            "stamina steps, lever levels or the menu"
        )
