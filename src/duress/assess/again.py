"""The same invitation in games solved anew: other numbers, another precision, another grid, another start.

Each game is begun from the solution at hand wherever its moves and grid are the same, so that what changes is the
number and not the equilibrium that happens to be found; it is checked that every stage is solved. Behaviour is not
certified again, which takes longer than solving, and numbers are held against the error of the first solution.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Map
from dataclasses import dataclass, replace

import numpy as np

from ..errors import InputError, NotSolvedError
from ..scenario.compile import Confrontation
from ..solve.aqre import AQRE, Progress, induct
from ..solve.solution import Beliefs, Solution, solve
from .moment import Moment
from .replies import values_at, worth_of
from .verdict import judge_all


@dataclass(frozen=True)
class Judged:
    """The invitation in one game: the verdict, and of each type what accepting is worth against refusing, in stakes.

    ``best`` is own type -> best reply, and ``claims`` claim -> verdict where that was asked for. ``failed`` is empty,
    or says why the game could not be judged; then the rest is empty too. At ``jumps`` of ``stages`` the equilibrium
    that was followed ended.
    """

    verdict: str = ""
    by_type: dict[str, str] | None = None
    margin: float = 0.0
    gain: dict[str, float] | None = None
    best: dict[str, str] | None = None
    failed: str = ""
    claims: Map[str, str] | None = None
    jumps: int = 0
    stages: int = 0


class Again:
    """Solves variants of one game and judges the same invitation in each; what was solved once is remembered.

    Parameters
    ----------
    solution : Solution
        Of a `Confrontation`.
    moment : Moment
    error : float
        Error of the replies' worth against one another, in stakes.
    claims : callable, optional
        ``claims(solution, moment)`` returns claim -> verdict in another game.
    """

    def __init__(
        self,
        solution: Solution,
        moment: Moment,
        error: float,
        claims: Callable[[Solution, Moment], Map[str, str]] | None = None,
    ) -> None:
        self.solution, self.moment, self.error, self.claims = solution, moment, error, claims
        self._known: dict[tuple[tuple[str, float], ...], Judged] = {}

    @property
    def game(self) -> Confrontation:
        """The game as the scenario has it."""
        game = self.solution.game
        assert isinstance(game, Confrontation)
        return game

    @property
    def base(self) -> Judged:
        """What the solution at hand says."""
        return self._judge(self.solution, self.moment)

    def with_values(self, values: Map[str, float], claims: bool = False, progress: Progress | None = None) -> Judged:
        """Judge the invitation, and on demand the claims, with other numbers of the scenario: field path -> number.

        ``progress`` is told how many periods of how many are solved, and may end it by raising.
        """
        key = tuple(sorted(values.items()))
        known = self._known.get(key)
        if known is None or (claims and known.claims is None and not known.failed):
            self._known[key] = self._with_values(values, claims, progress)
        return self._known[key]

    def _with_values(self, values: Map[str, float], claims: bool, progress: Progress | None) -> Judged:
        try:
            solution, moment = self._moved(values, certified=False, progress=progress)
            judged = self._judge(solution, moment)
            return replace(judged, claims=self.claims(solution, moment)) if claims and self.claims else judged
        except (InputError, NotSolvedError) as error:
            return Judged(failed=str(error))

    def certified(self, values: Map[str, float]) -> tuple[Solution, Moment]:
        """Return the game with other numbers, solved and certified, and the invitation in it.

        Raises
        ------
        InputError
            If the scenario does not allow the numbers, or the invitation is not in that game.
        NotSolvedError
            If stages of it resist.
        """
        return self._moved(values, certified=True)

    def _moved(
        self, values: Map[str, float], certified: bool, progress: Progress | None = None
    ) -> tuple[Solution, Moment]:
        game, moment = self.game.scenario.with_values(values).compile(), self.moment
        state = _same_state(self.game, game, moment.state)
        if state is None or moment.period >= game.periods:
            raise InputError("the invitation is not among the states of this game")
        before, after = (_shifted(self.game, game, beliefs) for beliefs in (moment.before, moment.beliefs))
        there = replace(moment, state=state, before=before, beliefs=after)
        if certified:
            return solve(game, self.solution.method, near=self.solution), there
        return self._solved(game, self.solution.method, True, progress), there

    def with_method(self, method: AQRE, near: bool) -> Judged:
        """Judge the invitation by another method, begun from the solution at hand if ``near``."""
        try:
            return self._judge(self._solved(self.game, method, near), self.moment)
        except NotSolvedError as error:
            return Judged(failed=str(error))

    def _solved(self, game: Confrontation, method: AQRE, near: bool, progress: Progress | None = None) -> Solution:
        held = self.solution.induction if near and self.solution.alike(game, method) else None
        induction = induct(game, method, None, progress, near=held)
        solution = replace(self.solution, game=game, method=method, induction=induction)
        if induction.unsolved.any():
            raise NotSolvedError(f"{int(induction.unsolved.sum())} stages are not solved", solution)
        return solution

    def _judge(self, solution: Solution, moment: Moment) -> Judged:
        values = values_at(solution, moment.state, moment.period, moment.beliefs)
        worths = worth_of(values)
        verdict, by_type, margin = judge_all(worths, self.error)
        gain = {k: max(w.keep, w.drop) - w.refuse for k, w in worths.items()}
        best = {k: max(by, key=by.__getitem__) for k, by in values.items()}
        went = solution.induction
        return Judged(verdict, by_type, margin, gain, best, jumps=went.jumps, stages=went.stages)


def _same_state(game: Confrontation, other: Confrontation, state: int) -> int | None:
    """Return the state of ``other`` that stands where ``state`` of ``game`` does; None without one."""
    if other.space.count != game.space.count:
        return None
    wanted = game.origin[state]
    s = int(np.searchsorted(other.origin, wanted))
    return s if s < len(other.origin) and other.origin[s] == wanted else None


def _shifted(game: Confrontation, other: Confrontation, beliefs: Beliefs) -> Beliefs:
    """Return beliefs after the same history where the priors differ: the evidence so far counts as it did."""
    found = []
    for player, elsewhere, belief in zip(game.players, other.players, beliefs, strict=True):
        if len(player.types) < 2 or belief in (0.0, 1.0):
            found.append(belief)
            continue
        odds = belief / (1.0 - belief) * (elsewhere.prior[1] / elsewhere.prior[0]) / (player.prior[1] / player.prior[0])
        found.append(odds / (1.0 + odds))
    return found[0], found[1]
