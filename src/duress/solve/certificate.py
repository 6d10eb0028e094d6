"""The certificate of a solution: what it claims, computed again by code that shares nothing with the solver.

After each period, from the last to the first, a `Certifier` takes the values and log-likelihood ratios that the solver
wrote, and works out from the game's equations alone what they imply (`recompute`): whether behaviour answers the
beliefs it creates, whether values add up, and what each type would get by answering the behaviour of the other as well
as it can. Only the definition of the interpolant on the belief grid, and the exponential (`elementary`), are common.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..game.game import Game
from .continuation import PLANS, make_table
from .kernels import in_period
from .recompute import recompute_states

if TYPE_CHECKING:
    from .kernels import GameArrays

Stakes = dict[str, dict[str, float]]
"""Player -> type -> stakes."""


@dataclass(frozen=True)
class Certificate:
    """How far a solution is from the equilibrium it stands for. Zero everywhere would be exact.

    Parameters
    ----------
    residual : float
        Largest difference of a probability of choice from the logit response to the beliefs that Bayes' rule draws from
        the choices themselves, over all periods, states, beliefs and types.
    value_error : float
        Largest difference of a value of the solution from the one its behaviour implies, relative to one plus its size.
        Rounding makes it about 1e-15, and more in proportion to precision where that is high.
    unsolved : int
        Stages above the solver's tolerance. Unless it is 0 the solution is not called solved.
    deviation_gain : dict
        Player -> type -> discounted stakes it would gain, at the start and the prior, by the best of all plans against
        the other's behaviour, the public reading its moves as in equilibrium. The sum of the next two.
    deviation_gain_precision : dict
        The part due to limited precision: the best plan minus the logit response at every own stage.
    deviation_gain_numerical : dict
        The part due to numbers: the logit response at every own stage minus the value of the solution.
    grid_error : float
        Largest change of a value at the start, in stakes, from a belief grid with half as many intervals; 0 where there
        is no grid.
    """

    residual: float
    value_error: float
    unsolved: int
    deviation_gain: Stakes
    deviation_gain_precision: Stakes
    deviation_gain_numerical: Stakes
    grid_error: float

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name, ready for JSON."""
        return asdict(self)

    def sentence(self) -> str:
        """Say in one sentence how good the solution is."""
        gain, player, kind = max((g, p, k) for p, types in self.deviation_gain.items() for k, g in types.items())
        by_precision = self.deviation_gain_precision[player][kind]
        by_numbers = max(abs(g) for types in self.deviation_gain_numerical.values() for g in types.values())
        grid = f"; half the belief grid would move a value at the start by {self.grid_error:.1g} stakes"
        grid = grid if self.grid_error else ""
        begin = "Every stage is solved" if self.unsolved == 0 else f"{self.unsolved:,} stages are NOT solved"
        most = "no type could gain a millionth of a stake by another plan"
        if gain >= 1e-6:
            most = (
                f"the most a type could gain by another plan is {gain:.2g} stakes ({player}, {kind}), "
                f"{by_precision:.2g} of it because precision is limited"
            )
        return (
            f"{begin}: choices answer beliefs to {self.residual:.1g} and values add up to {self.value_error:.1g}; "
            f"{most}, and numerical error moves such gains by at most {by_numbers:.1g}{grid}."
        )


class Certifier:
    """Observes a backward induction, period by period, and certifies what it wrote.

    It is called after each period, from the last to the first, with the values of this period and the next, shape
    (S, N0, N1, K0 + K1), and the log-likelihood ratios log σ(a|1) - log σ(a|0), shape (M, N0, N1). It keeps no
    reference to them. The values of the next period it knows already, so it reads them from its own copy.

    Parameters
    ----------
    game : Game
    arrays : GameArrays
        What the solver read of the game.
    nodes : tuple of two float64 arrays
        Belief grids, shapes (N0,) and (N1,).
    precisions : float64 array, shape (2,)
    horizon : float64 array, shape (S, N0, N1, K0 + K1)
        Values at the horizon that the solver began from; checked.
    threads : int or None
        None uses every core. Results do not depend on it.
    """

    def __init__(
        self,
        game: Game,
        arrays: GameArrays,
        nodes: tuple[NDArray[np.float64], NDArray[np.float64]],
        precisions: NDArray[np.float64],
        horizon: NDArray[np.float64],
        threads: int | None = None,
    ) -> None:
        self._game, self._arrays, self._nodes, self._precisions = game, arrays, nodes, precisions
        self._levels, self._period = game.order(), game.periods
        self._threads = threads or os.cpu_count() or 1
        self._ends = np.flatnonzero(game.mover < 0)
        closing = _closing(game, nodes)
        self._closing_of_ends = closing[self._ends]
        self._residual = 0.0
        self._value_error = max(_difference(found, right) for found, right in zip(horizon, closing, strict=True))
        # Of each player's types: value of the solution, of the best plan, of the logit response throughout.
        self._now = np.tile(closing, PLANS)
        del closing
        self._later = self._now.copy()

    def __call__(self, now: NDArray[np.float64], later: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        """Check one period, and carry the values of the best plan and of the logit response back through it."""
        self._period -= 1
        arrays = in_period(self._arrays, self._period)
        self._now, self._later = self._later, self._now
        slots = now.shape[3]
        self._now[..., :slots] = now
        self._value_error = max(self._value_error, _difference(now[self._ends], self._closing_of_ends))
        common = (*self._nodes, self._precisions, self._now, self._later, y)
        moves, widest = self._arrays.most_moves, max(map(len, self._nodes))
        with ThreadPoolExecutor(self._threads) as pool:
            for level in self._levels:
                parts = np.array_split(level, min(len(level), 4 * self._threads)) if len(level) > 16 else [level]
                tables = [make_table(moves, widest, slots) for _ in parts]
                jobs = [
                    pool.submit(recompute_states, arrays, part, *common, table)
                    for part, table in zip(parts, tables, strict=True)
                ]
                for job in jobs:
                    residual, value_error = job.result()
                    self._residual = max(self._residual, residual)
                    self._value_error = max(self._value_error, value_error)

    def certificate(self, unsolved: int, grid_error: float) -> Certificate:
        """Return the certificate of what was observed.

        Parameters
        ----------
        unsolved : int
            Stages that the solver says it left.
        grid_error : float
            Change of a value at the start when the grid is refined, in stakes.
        """
        value, best, answer = np.split(self._at_start(), 3)
        return Certificate(
            residual=self._residual,
            value_error=self._value_error,
            unsolved=unsolved,
            deviation_gain=self._by_type(best - value),
            deviation_gain_precision=self._by_type(best - answer),
            deviation_gain_numerical=self._by_type(answer - value),
            grid_error=grid_error,
        )

    def _at_start(self) -> NDArray[np.float64]:
        """Return the three values of every type at the start and the prior.

        Straight lines between belief nodes: differences of values then never change sign between nodes.
        """
        table = self._now[self._game.start]
        for nodes, player in zip(self._nodes, self._game.players, strict=True):
            belief = player.prior[1] if len(player.types) == 2 else 0.0
            high = min(max(int(np.searchsorted(nodes, belief)), 1), len(nodes) - 1)
            low = max(high - 1, 0)
            share = (belief - nodes[low]) / (nodes[high] - nodes[low]) if high > low else 0.0
            table = (1 - share) * table[low] + share * table[high]
        return table

    def _by_type(self, values: NDArray[np.float64]) -> Stakes:
        numbers = iter(map(float, values))
        return {p.name: {k: next(numbers) for k in p.types} for p in self._game.players}


def _closing(game: Game, nodes: tuple[NDArray[np.float64], NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return what each state is worth to each type at the horizon, the other's type being as the public believes."""
    out = np.zeros((game.states, len(nodes[0]), len(nodes[1]), sum(game.types)))
    payoff = game.closing[game.closing_row][:, :, None, None]
    second = nodes[0][:, None], nodes[1][None, :]
    for k0 in range(game.types[0]):
        for k1 in range(game.types[1]):
            chance = [second[i] if k else 1 - second[i] for i, k in enumerate((k0, k1))]
            out[..., k0] += chance[1] * payoff[:, 0, ..., k0, k1]
            out[..., game.types[0] + k1] += chance[0] * payoff[:, 1, ..., k0, k1]
    return out


def _difference(found: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Return the largest difference relative to one plus the right value; infinite if a number is not finite."""
    worst = float(np.max(np.abs(found - right) / (1 + np.abs(right)), initial=0.0))
    return worst if np.isfinite(worst) else np.inf
