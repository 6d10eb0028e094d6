"""What claims are tested on: the solved game, histories of it, and the same with one side's behaviour restricted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from ...errors import InputError
from ...scenario.compile import Confrontation
from ...simulate.histories import Histories, simulate
from ...simulate.interventions import Intervention
from ...simulate.outcomes import outcome_odds
from ...solve.aqre import AQRE, Progress, induct
from ...solve.solution import Solution, solve
from ..moment import Moment, error_at, first_invitation, step
from ..record import Reply
from ..replies import values_at, worth_of
from ..verdict import Worth
from .played import Played

Steps = Callable[[str], "Progress | None"]


class NotTestable(Exception):
    """A claim cannot be put to this game, or not under one rule; the sentence says why, and is the claim's answer."""

    def __init__(self, why: str, rule: str = "") -> None:
        super().__init__(why)
        self.rule = rule


@dataclass(frozen=True)
class Valued:
    """What a game is worth from its start on: party -> type -> discounted stakes, on the grid used and a coarser."""

    fine: dict[str, dict[str, float]]
    coarse: dict[str, dict[str, float]]


class Evidence:
    """What claims about one solved game may draw on; whatever takes time is done when first asked for, and kept.

    Parameters
    ----------
    solution : Solution
        Of a `Confrontation`.
    ensemble : Histories
        Simulated from the start; their number and seed hold for all others too.
    error : float, optional
        Of the worth of replies against one another, in stakes, where the solution was not refined to tell.
    step : callable, optional
        Given the name of a longer step, returns what is called with (done, in all) during it.
    reuse : bool
        Whether games solved again may come from disk, and are kept there.
    """

    def __init__(
        self,
        solution: Solution,
        ensemble: Histories,
        error: float | None = None,
        step: Steps | None = None,
        reuse: bool = False,
    ) -> None:
        game = solution.game
        assert isinstance(game, Confrontation)
        self.solution, self.game, self.scenario = solution, game, game.scenario
        self.error = error
        self.step, self.reuse = step or (lambda _: None), reuse
        self.seed, self.count = ensemble.seed, len(ensemble.final)
        self.names = tuple(p.name for p in game.players)
        self.unsolved: list[str] = []
        self._played: dict[tuple[Intervention | None, bool], Played] = {(None, False): Played(ensemble)}
        self._solved: dict[Intervention, Solution] = {}
        self._valued: dict[Intervention | None, Valued] = {}
        self._moments: dict[str, Moment] = {}
        self._endings: dict[tuple[str, str], dict[str, float]] = {}

    @property
    def period(self) -> str:
        """The word for a period."""
        return self.scenario.period

    def number(self, party: str) -> int:
        """Return 0 or 1."""
        return self.names.index(party)

    def played(self, intervention: Intervention | None = None, both_know: bool = False) -> Played:
        """Return histories from the start: in equilibrium, or with one side restricted, under either rule.

        Under the first rule they are dealt the same types and draws as those in equilibrium.

        Raises
        ------
        NotTestable
            If the game in which both know resists.
        """
        key = (intervention, both_know)
        if key not in self._played:
            assert intervention is not None
            self.step(f"Playing: {intervention.party} {intervention.kind}")
            if both_know:
                # Other histories than the first ones: the two samples are independent.
                histories = simulate(self.solved(intervention), self.count, self.seed + 1)
            else:
                histories = simulate(self.solution, self.count, self.seed, intervention=intervention)
            self._played[key] = Played(histories)
        return self._played[key]

    def solved(self, intervention: Intervention) -> Solution:
        """Return the solution of the game in which both know that a side is restricted for good.

        Raises
        ------
        NotTestable
            If stages of it resist.
        """
        if intervention not in self._solved:
            progress = self.step(f"Solving again: {intervention.party} {intervention.kind}")
            game = intervention.imposed_on(self.game)
            self._solved[intervention] = solve(game, self._method, progress, throw=False, reuse=self.reuse)
        found = self._solved[intervention]
        if not found.solved:
            self._resists(intervention, found.status)
        return found

    @property
    def _method(self) -> AQRE:
        """The method of the solution, on the branch it took: a smaller game is not to be solved on another."""
        method, took = self.solution.method, self.solution.induction.branch
        return replace(method, branch=took) if method.branch == "auto" and not method.start else method

    def _resists(self, intervention: Intervention, status: str) -> None:
        words = f"{intervention.party} {intervention.kind}"
        if words not in self.unsolved:
            self.unsolved.append(words)
        raise NotTestable(f"The game in which {words} is not solved: {status}")

    def valued(self, intervention: Intervention | None = None) -> Valued:
        """Return what the game is worth from its start on, as it is or with a restriction both know.

        A restriction for some periods ends with them: what follows is worth what it is worth in equilibrium.

        Raises
        ------
        NotTestable
            If stages of the restricted game resist.
        """
        if intervention not in self._valued:
            if intervention is None:
                there = self.solution
            elif intervention.periods:
                there = self._for_some_periods(intervention)
            else:
                there = self.solved(intervention)
            coarse = there if there.rough is None else replace(there, induction=there.rough)
            self._valued[intervention] = Valued(there.value(), coarse.value())
        return self._valued[intervention]

    def _for_some_periods(self, intervention: Intervention) -> Solution:
        """Solve the first periods with the restriction, from what the rest is worth in equilibrium."""
        self.step(f"Solving again: {intervention.party} {intervention.kind} for {intervention.periods} periods")
        length = min(intervention.periods, self.game.periods)
        smaller = replace(intervention, periods=0).imposed_on(self.game)
        short = replace(smaller, periods=length, season=smaller.season[:length])
        there = np.searchsorted(self.game.origin, smaller.origin)
        method = self._method
        fine = induct(short, method, None, None, beyond=self.solution.induction.values[length][there])
        rough = None
        if self.solution.rough is not None:
            coarser = replace(method, beliefs=(method.beliefs + 1) // 2)
            rough = induct(short, coarser, None, None, beyond=self.solution.rough.values[length][there])
        if fine.unsolved.any():
            self._resists(intervention, f"{int(fine.unsolved.sum())} stages resist")
        return replace(self.solution, game=short, induction=fine, rough=rough)

    def moment(self, party: str) -> Moment:
        """Return the first invitation that ``party`` receives.

        Raises
        ------
        NotTestable
            If it is never invited.
        """
        if party not in self._moments:
            try:
                found = first_invitation(self.solution, self.number(party), self.played().histories)
            except InputError as error:
                raise NotTestable(error.faults[0].sentence[:1].upper() + error.faults[0].sentence[1:] + ".") from None
            self._moments[party] = found
        return self._moments[party]

    def error_at(self, moment: Moment) -> float:
        """Return the error of what replies are worth against one another, in stakes (`duress.assess.moment`)."""
        return error_at(self.solution, moment) if self.error is None else self.error

    def worths(self, party: str) -> dict[str, Worth]:
        """Return own type -> what the replies to the first invitation are worth."""
        at = self.moment(party)
        return worth_of(values_at(self.solution, at.state, at.period, at.beliefs))

    def take(self, party: str, moment: Moment, replies: Iterable[Reply]) -> None:
        """Take the first invitation of ``party``, and how it ends after each reply, from what is known already."""
        self._moments[party] = moment
        self._endings |= {(party, reply.reply): reply.outcomes for reply in replies}

    def endings(self, party: str, reply: str) -> dict[str, float]:
        """Return how it ends after a reply to the first invitation: end -> share of histories."""
        key = (party, reply)
        if key not in self._endings:
            at = self.moment(party)
            histories = simulate(
                self.solution, self.count, self.seed, at.state, at.period, at.beliefs, first_move=reply
            )
            self._endings[key] = outcome_odds(histories)
        return self._endings[key]

    def uninvited(self, party: str) -> dict[str, float]:
        """Return own type -> what it is worth had the other held at the moment of the first invitation.

        Raises
        ------
        NotTestable
            If it is not known where the other stood when it invited.
        """
        at, me = self.moment(party), self.number(party)
        before = self._before(at)
        if before is None:
            raise NotTestable(f"No state of the game leads to the invitation of {party} that is assessed.")
        names = [self.game.move_name(a) for a in self.game.moves_of(before)]
        hold = names.index("hold")
        beliefs, period = step(self.solution, before, at.period, at.before, hold)
        onward = int(self.game.successors_of(int(self.game.first_move[before]) + hold)[0])
        values = self.solution.stage(onward, period, beliefs).values[me]
        return {k: float(values[n]) for n, k in enumerate(self.game.players[me].types)}

    def _before(self, at: Moment) -> int | None:
        """Return a state in which the invitation ``at`` is made, the likeliest in histories if there are several."""
        game = self.game
        branches = np.flatnonzero(game.successor == at.state)
        moves = np.searchsorted(game.first_branch, branches, side="right") - 1
        states = np.searchsorted(game.first_move, moves, side="right") - 1
        states = np.array([s for s in states if game.phases[game.phase[s]].kind == "confrontation"], np.int64)
        if not len(states):
            return None
        met = self.played().states
        return int(states[np.argmax([int((met == s).sum()) for s in states])])
