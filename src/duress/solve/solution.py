"""A solved game: behaviour, values, the certificate, and how it was computed."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from .. import __version__
from ..errors import InputError, NotSolvedError
from ..game.game import Game
from ..shown import html_table
from .aqre import AQRE, Induction, Progress, branch_meant, induct
from .behave import behave
from .certificate import Certificate, Certifier
from .kernels import in_period
from .room import Room, make_room
from .store import find, keep, name_of, read, write

if TYPE_CHECKING:
    from .lattice_solution import LatticeSolution
    from .tree import PublicTree
    from .tree_solution import TreeSolution

Beliefs = tuple[float, float]
"""Public probability of the second type of each player; 0 for a player with one type."""


@dataclass(frozen=True)
class Behaviour:
    """What the mover's types do in one state at one moment, and what follows for beliefs and values.

    Parameters
    ----------
    player : str
    moves : tuple of str
    policy : dict
        Type -> move -> probability.
    worth : dict
        Type -> move -> expected discounted stakes from this move on.
    after : dict
        Move -> public probability of the mover's second type once it is seen.
    value : dict
        Player -> type -> expected discounted stakes.
    """

    player: str
    moves: tuple[str, ...]
    policy: dict[str, dict[str, float]]
    worth: dict[str, dict[str, float]]
    after: dict[str, float]
    value: dict[str, dict[str, float]]


@dataclass(frozen=True)
class Solution:
    """An agent quantal response equilibrium of ``game``, with its certificate.

    Parameters
    ----------
    game : Game
    method : AQRE
        As asked for.
    status : str
        "solved", or a sentence that says what is wrong and what to try.
    certificate : Certificate
    induction : Induction
        Values by period and what else kernels need.
    run : dict
        Precision, beliefs, branch, version, seconds.
    rough : Induction, optional
        The same game on a coarser grid, to tell how much the grid matters; absent without beliefs to refine.
    """

    game: Game
    method: AQRE
    status: str
    certificate: Certificate
    induction: Induction
    run: dict[str, Any]
    rough: Induction | None = None

    @property
    def solved(self) -> bool:
        """Whether no stage is left unsolved."""
        return self.certificate.unsolved == 0

    def alike(self, game: Game, method: AQRE) -> bool:
        """Whether ``game``, solved by ``method``, can be begun from this solution: the same moves, the same grid."""
        same_grid = (method.beliefs, method.spacing) == (self.method.beliefs, self.method.spacing)
        return same_grid and self.induction.ratios.shape[:2] == (game.periods, game.moves)

    def prior(self) -> Beliefs:
        """Return the prior as `Beliefs`."""
        first, second = (p.prior[1] if len(p.types) == 2 else 0.0 for p in self.game.players)
        return first, second

    def room(self) -> Room:
        """Return work space for `behave` on this solution."""
        return make_room(self.induction.arrays.most_moves, max(len(n) for n in self.induction.nodes))

    def stage(self, state: int, period: int, beliefs: Beliefs, room: Room | None = None) -> Room:
        """Solve one stage at exact beliefs and return the work space with its results (see `Room`)."""
        room = room or self.room()
        r = self.induction
        behave(
            in_period(r.arrays, period), r.values[period], r.values[period + 1], r.ratios[period], state, *beliefs,
            *r.nodes, r.precisions, r.tolerance, room,
        )  # fmt: skip
        return room

    def behaviour(self, state: int | None = None, period: int = 0, beliefs: Beliefs | None = None) -> Behaviour:
        """Return what the mover does in ``state`` (default: the start) at ``period`` and public ``beliefs``.

        Raises
        ------
        ValueError
            If ``state`` is an end, where nobody moves.
        """
        state = self.game.start if state is None else state
        beliefs = self.prior() if beliefs is None else beliefs
        if self.game.mover[state] < 0:
            raise ValueError(f"nobody moves in {self.game.state_name(state)}")
        room = self.stage(state, period, beliefs)
        player = self.game.players[self.game.mover[state]]
        names = tuple(self.game.move_name(a) for a in self.game.moves_of(state))

        def by_type(table: np.ndarray) -> dict[str, dict[str, float]]:
            return {k: dict(zip(names, map(float, table[n]), strict=False)) for n, k in enumerate(player.types)}

        return Behaviour(
            player=player.name,
            moves=names,
            policy=by_type(room.policy),
            worth=by_type(room.q),
            after={name: float(room.after[a]) for a, name in enumerate(names)},
            value={
                p.name: {k: float(room.values[i, n]) for n, k in enumerate(p.types)}
                for i, p in enumerate(self.game.players)
            },
        )

    def change_on_refinement(self, state: int, period: int, beliefs: Beliefs) -> float:
        """Return how much the moves of ``state`` change against one another when the belief grid is refined.

        The largest change, over types and pairs of moves, of the difference of their worth in stakes, from the coarser
        grid to the one used. It estimates the error of the coarser grid, so mostly errs on the safe
        side, but it is no bound.
        """
        if self.rough is None:
            return 0.0
        count, types = len(self.game.moves_of(state)), len(self.game.players[self.game.mover[state]].types)
        fine = self.stage(state, period, beliefs).q[:types, :count].copy()
        coarse = replace(self, induction=self.rough).stage(state, period, beliefs).q[:types, :count]
        return float(np.ptp(fine - coarse, axis=1).max())

    def value(self) -> dict[str, dict[str, float]]:
        """Return player -> type -> expected discounted stakes from the start on, at the prior."""
        return self.behaviour().value

    def _repr_html_(self) -> str:
        """Show the solution in a notebook: what the game is worth to each type, and the certificate."""
        rows = [[player, kind, f"{worth:+.3f}"] for player, by in self.value().items() for kind, worth in by.items()]
        return (
            f"<p><b>{escape(self.game.title)}</b>: {escape(self.status)}, branch {escape(self.induction.branch)}</p>"
            + html_table(["player", "type", "worth, discounted stakes"], rows)
            + f"<p>{escape(self.certificate.sentence())}</p>"
        )

    def save(self, path: str | Path) -> None:
        """Write the solution to one ``.npz`` file, with the digest of its game; `load_solution` reads it back."""
        words = {
            "digest": name_of(self.game, self.method),
            "method": asdict(self.method),
            "status": self.status,
            "certificate": asdict(self.certificate),
            "run": self.run,
        }
        write(Path(path), words, self.induction, self.rough)


@overload
def solve(
    game: Game,
    method: AQRE | None = None,
    progress: Progress | None = None,
    throw: bool = True,
    reuse: bool = False,
    near: Solution | None = None,
) -> Solution: ...
@overload
def solve(
    game: Game,
    method: PublicTree,
    progress: Progress | None = None,
    throw: bool = True,
    reuse: bool = False,
    near: None = None,
) -> TreeSolution: ...
def solve(
    game: Game,
    method: AQRE | PublicTree | None = None,
    progress: Progress | None = None,
    throw: bool = True,
    reuse: bool = False,
    near: Solution | None = None,
) -> Solution | TreeSolution | LatticeSolution:
    """Solve ``game`` and certify the solution.

    Players with three or four types are solved on lattices, and the result is a `LatticeSolution`.

    Parameters
    ----------
    game : Game
    method : AQRE or PublicTree, optional
        On belief grids, or exactly on all public histories. Default `AQRE()`.
    progress : callable, optional
        Called with (done, in all): periods, or thousandths of the way to the precision.
    throw : bool
        Whether to raise when a stage resists; the error carries the solution.
    reuse : bool
        Whether to take a solution of the same game by the same method from disk, and else to keep this one there (see
        `store`). Solutions on public histories are not kept.
    near : Solution, optional
        Of a game like this one: where the two have the same moves and the grids are the same, every stage is begun from
        it, and ``branch`` of the method does not count. Only on belief grids, and such a solution is not kept.

    Raises
    ------
    InputError
        If the method does not fit the game, or the job is too large.
    NotSolvedError
        If stages are left unsolved and ``throw`` is true.
    """
    method = method or AQRE()
    if not isinstance(method, AQRE):
        from .tree import solve_tree

        return solve_tree(game, method, progress, throw)
    if max(game.types) > 2:
        from .lattice_solution import solve_on_lattice

        return solve_on_lattice(game, method, progress, throw)
    began = time.perf_counter()
    reuse = reuse and near is None
    name = name_of(game, method) if reuse else ""
    kept = find(name, game) if reuse else None
    induction, rough, certificate = kept or _compute(game, method, progress, near)
    solution = Solution(game, method, _status(game, induction), certificate, induction, {}, rough)
    if kept is None:
        certificate = replace(certificate, grid_error=_grid_error(solution))
        if reuse and solution.solved:
            keep(name, induction, rough, certificate)
    run = {
        "method": "AQRE",
        "precision": {p.name: float(x) for p, x in zip(game.players, induction.precisions, strict=True)},
        "beliefs": {p.name: len(n) for p, n in zip(game.players, induction.nodes, strict=True)},
        "spacing": method.spacing,
        "branch": induction.branch,
        "periods": game.periods,
        "states": game.states,
        "version": __version__,
        "reused": kept is not None,
        "seconds": round(time.perf_counter() - began, 3),
    }
    solution = replace(solution, certificate=certificate, run=run)
    if throw and not solution.solved:
        raise NotSolvedError(solution.status, solution)
    return solution


def load_solution(path: str | Path, game: Game) -> Solution:
    """Return a solution of ``game`` that was saved.

    Parameters
    ----------
    path : str or Path
        File that `Solution.save` wrote.
    game : Game
        The game that was solved, which the file does not hold.

    Raises
    ------
    InputError
        If the file cannot be read, or is of another game, or of another version of the solver.
    """
    words, induction, rough = read(Path(path), game)
    method = AQRE(**words["method"])
    if words["digest"] != name_of(game, method):
        raise InputError(f"{str(path)!r} is a solution of another game than this, or by another version of the solver")
    certificate, run = Certificate(**words["certificate"]), {**words["run"], "reused": True}
    return Solution(game, method, words["status"], certificate, induction, run, rough)


def _compute(
    game: Game, method: AQRE, progress: Progress | None, near: Solution | None
) -> tuple[Induction, Induction | None, Certificate]:
    """Solve the game and, where there is a belief to refine, the same on a coarser grid."""
    certifiers: list[Certifier] = []

    def watch(*about: Any) -> Certifier:
        certifiers.append(Certifier(game, *about, threads=method.threads))
        return certifiers[0]

    # On the same branch, or what another branch changes would be taken for an error of the grid.
    refined = max(game.types) > 1 and method.beliefs >= 5
    coarse = replace(_coarser(method), branch=branch_meant(game, method)) if refined else None
    begun = near if near is not None and near.alike(game, method) else None
    rough = induct(game, coarse, None, None, near=begun and begun.rough) if coarse else None
    induction = induct(game, method, watch, progress, near=begun and begun.induction)
    return induction, rough, certifiers[0].certificate(int(induction.unsolved.sum()), 0.0)


def _coarser(method: AQRE) -> AQRE:
    """Return the method on a grid with half the intervals."""
    return replace(method, beliefs=(method.beliefs + 1) // 2)


def _grid_error(solution: Solution) -> float:
    """Return the largest change of a value at the start, in stakes, from the coarser grid to the one used."""
    if solution.rough is None:
        return 0.0
    fine, coarse = solution.value(), replace(solution, induction=solution.rough).value()
    return max(abs(fine[p][k] - coarse[p][k]) for p in fine for k in fine[p])


def _status(game: Game, induction: Induction) -> str:
    resisting = np.flatnonzero(induction.unsolved)
    if not len(resisting):
        return "solved"
    worst = resisting[np.argsort(-induction.unsolved[resisting], kind="stable")[:3]]
    names = "; ".join(game.state_name(int(s)) for s in worst)
    return (
        f"{int(induction.unsolved.sum())} stages are not solved, in: {names}. "
        "Try more beliefs, log-odds spacing, or a lower precision"
    )
