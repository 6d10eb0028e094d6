"""A game solved on belief lattices: behaviour at exact beliefs, values, and the certificate, for up to four types."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import __version__
from ..errors import InputError, NotSolvedError
from ..game.game import Game
from .aqre import AQRE, Progress
from .certificate import Certificate, Stakes
from .lattice import LatticeInduction, LatticeStage, induct_lattice
from .lattice_check import certify_lattice
from .tree_solution import HistoryBehaviour

TypeBeliefs = tuple[Sequence[float], Sequence[float]]
"""Public probability of every type of the first player, and of the second."""


@dataclass(frozen=True)
class LatticeSolution:
    """An agent quantal response equilibrium of ``game`` on lattices of beliefs, with its certificate.

    Parameters
    ----------
    game : Game
        One to four types a player.
    method : AQRE
        As asked for; ``beliefs`` counts the nodes along an edge of a simplex.
    status : str
        "solved", or a sentence that says what is wrong and what to try.
    certificate : Certificate
    induction : LatticeInduction
    run : dict
        Precision, beliefs, branch, version, seconds.
    """

    game: Game
    method: AQRE
    status: str
    certificate: Certificate
    induction: LatticeInduction
    run: dict[str, Any]

    @property
    def solved(self) -> bool:
        """Whether no stage is left unsolved."""
        return self.certificate.unsolved == 0

    def prior(self) -> TypeBeliefs:
        """Return the prior of either player."""
        first, second = self.game.players
        return first.prior, second.prior

    def stage(self, state: int, period: int, beliefs: TypeBeliefs) -> LatticeStage:
        """Solve one stage at exact beliefs."""
        return self.induction.stage(state, period, np.array(beliefs[0], float), np.array(beliefs[1], float))

    def behaviour(
        self, state: int | None = None, period: int = 0, beliefs: TypeBeliefs | None = None
    ) -> HistoryBehaviour:
        """Return what the mover does in ``state`` (default: the start) at ``period`` and public ``beliefs``.

        Raises
        ------
        InputError
            If ``state`` is an end, where nobody moves.
        """
        game = self.game
        state = game.start if state is None else state
        beliefs = self.prior() if beliefs is None else beliefs
        found = self.stage(state, period, beliefs)
        player = game.players[game.mover[state]]
        moves = tuple(game.move_name(a) for a in game.moves_of(state))

        def by_type(rows: np.ndarray) -> dict[str, dict[str, float]]:
            return {
                kind: dict(zip(moves, map(float, row), strict=True))
                for kind, row in zip(player.types, rows, strict=True)
            }

        return HistoryBehaviour(
            history=(),
            state=state,
            period=period,
            player=player.name,
            moves=moves,
            policy=by_type(found.policy),
            worth=by_type(found.worth),
            beliefs={
                p.name: dict(zip(p.types, map(float, b), strict=True))
                for p, b in zip(game.players, beliefs, strict=True)
            },
            after={
                move: dict(zip(player.types, map(float, row), strict=True))
                for move, row in zip(moves, found.after, strict=True)
            },
            value={
                p.name: dict(zip(p.types, map(float, values), strict=True))
                for p, values in zip(game.players, found.values, strict=True)
            },
        )

    def value(self) -> Stakes:
        """Return player -> type -> expected discounted stakes from the start on, at the prior."""
        return self.behaviour().value


def solve_on_lattice(game: Game, method: AQRE, progress: Progress | None = None, throw: bool = True) -> LatticeSolution:
    """Solve ``game``, whose players may have up to four types, on lattices of beliefs, and certify the solution.

    Raises
    ------
    InputError
        If the method does not fit the game, or the job is too large.
    NotSolvedError
        If stages are left unsolved and ``throw`` is true.
    """
    branch = method.branch
    if branch == "stagewise":
        raise InputError('branch: "stagewise" is for players with one or two types; use "principal" or "in time"')
    if method.start:
        raise InputError("start: another start is for players with one or two types; leave it at 0")
    began = time.perf_counter()
    precisions = method.precisions(game)

    def solved(nodes: int, seen: Progress | None) -> LatticeInduction:
        return induct_lattice(game, precisions, nodes, method.tolerance, method.threads, seen, branch)

    coarse = solved((method.beliefs + 1) // 2, None) if method.beliefs >= 5 else None
    induction = solved(method.beliefs, progress)
    certificate = certify_lattice(game, induction, coarse)
    run = {
        "method": "AQRE",
        "precision": {p.name: float(x) for p, x in zip(game.players, precisions, strict=True)},
        "beliefs": {p.name: method.beliefs if len(p.types) > 1 else 1 for p in game.players},
        "spacing": "cosine",
        "branch": induction.branch,
        "periods": game.periods,
        "states": game.states,
        "version": __version__,
        "reused": False,
        "seconds": round(time.perf_counter() - began, 3),
    }
    status = "solved"
    if certificate.unsolved:
        worst = np.argsort(-induction.unsolved, kind="stable")[:3]
        names = "; ".join(game.state_name(int(s)) for s in worst if induction.unsolved[s])
        status = f"{certificate.unsolved} stages are not solved, in: {names}. Try more beliefs or a lower precision"
    solution = LatticeSolution(game, method, status, certificate, induction, run)
    if throw and not solution.solved:
        raise NotSolvedError(status, solution)
    return solution
