"""What simulated histories of a confrontation hold, as claims count it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from ...scenario.compile import Confrontation
from ...scenario.mechanisms.bystanders import Bystanders
from ...scenario.phases import Phase
from ...simulate.histories import Histories
from ...simulate.outcomes import pressure_by_state
from ..moment import INVITE

SIGNIFICANT = 3.0
"""Standard errors a Monte Carlo difference must clear to count: so many that another seed seldom says otherwise."""


@dataclass(frozen=True)
class Round:
    """A time at which a party gives ground: terms signed, or its concession.

    Parameters
    ----------
    history, period : int
    terms : int
        Signed; -1 for a concession.
    proposer : int
        Who offered the terms; -1 for a concession.
    pressure : float
        On the party when the talks were invited, stakes per period; NaN without an invitation.
    broken_by : int
        Who goes back on the terms, -1 for nobody.
    """

    history: int
    period: int
    terms: int
    proposer: int
    pressure: float
    broken_by: int


class Played:
    """Histories of a confrontation with what is read off them more than once; arrays have a row for each history."""

    def __init__(self, histories: Histories) -> None:
        game = histories.game
        assert isinstance(game, Confrontation)
        self.histories, self.game = histories, game
        self.count = len(histories.final)

    @cached_property
    def states(self) -> NDArray[np.int64]:
        """State before each move, -1 after the end, shape (H, L)."""
        return self.histories.states

    @cached_property
    def periods(self) -> NDArray[np.int64]:
        """Period of each move, shape (H, L)."""
        return self.histories.periods

    @cached_property
    def _move_names(self) -> tuple[dict[str, int], NDArray[np.int64]]:
        number: dict[str, int] = {}
        names = [number.setdefault(self.game.move_name(a), len(number)) for a in range(self.game.moves)]
        return number, np.array(names)

    def named(self, name: str) -> NDArray[np.bool_]:
        """Return where a move of this name is made, shape (H, L)."""
        number, names = self._move_names
        made = self.histories.moves
        return (made >= 0) & (names[made] == number.get(name, -1))

    def in_phase(self, kind: str, mover: int) -> NDArray[np.bool_]:
        """Return where ``mover`` moves in phases of this kind, shape (H, L)."""
        return self._where(lambda phase: phase.kind == kind and phase.mover == mover)

    def _where(self, test: Callable[[Phase], bool]) -> NDArray[np.bool_]:
        which = np.array([test(phase) for phase in self.game.phases])
        return (self.states >= 0) & which[self.game.phase[self.states]]

    def phase_at(self, history: int, move: int) -> Phase:
        """Return the phase before a move."""
        return self.game.phases[self.game.phase[self.states[history, move]]]

    def pressure_on(self, party: int) -> NDArray[np.float64]:
        """Return the mean harm done to ``party`` per period over each whole history, none once it is over, (H,)."""
        return self._per_period(pressure_by_state(self.game)[:, 1 - party])

    def _per_period(self, flow: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mean per period of what holds in each state while time passes there; ``flow`` has shape (S,)."""
        passing = self._where(lambda phase: phase.is_passing)
        left = self.game.periods - self.histories.period
        return np.where(passing, flow[self.states], 0.0).sum(axis=1) / left

    def relieved_after(self, party: int) -> NDArray[np.float64]:
        """Return periods until no more than half of the first pressure on ``party`` is left, all if never; (H,)."""
        harm = pressure_by_state(self.game)[:, 1 - party]
        passing = self._where(lambda phase: phase.is_passing)
        heavy = passing & (harm[self.states] > 0.5 * harm[self.states[:, :1]])
        left = self.game.periods - self.histories.period
        over = np.array([p.is_end for p in self.game.phases])[self.game.phase[self.histories.final]]
        first_light = np.where(passing & np.logical_not(heavy), self.periods - self.histories.period, left).min(axis=1)
        end = self.periods.max(axis=1) - self.histories.period
        return np.minimum(first_light, np.where(over, end, left)).astype(float)

    def offered_after(self, party: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return periods until ``party`` first accepts an offer of the other's, all if never, and whether it does."""
        taken = self._where(lambda p: p.kind == "offer" and p.party == 1 - party) & self.named("accept")
        left = self.game.periods - self.histories.period
        when = np.where(taken, self.periods - self.histories.period, left).min(axis=1)
        return when.astype(float), np.asarray(taken.any(axis=1))

    def rounds(self, party: int) -> list[Round]:
        """Return every time ``party`` gives ground, history by history, in order."""
        harm = pressure_by_state(self.game)[:, 1 - party]
        signed = self._where(lambda phase: phase.kind == "offer") & self.named("accept")
        broken, invited = self.named("breach"), self.named(INVITE)
        conceding = self.named("concede") & self.in_phase("confrontation", party)
        found: list[Round] = []
        for h in np.flatnonzero((signed | conceding).any(axis=1)):
            events = np.flatnonzero(signed[h] | conceding[h] | broken[h] | invited[h])
            pressure, breakable = float("nan"), -1
            for n in events:
                if invited[h, n]:
                    pressure = float(harm[self.states[h, n]])
                elif broken[h, n]:
                    if breakable >= 0:
                        found[breakable] = _broken(found[breakable], self.phase_at(int(h), int(n)).mover)
                else:
                    phase = self.phase_at(int(h), int(n))
                    gave = conceding[h, n]
                    breakable = -1 if gave else len(found)
                    terms, proposer = (-1, -1) if gave else (phase.terms, phase.party)
                    found.append(Round(int(h), int(self.periods[h, n]), terms, proposer, pressure, -1))
                    pressure = float("nan")
        return found

    def bystanding(self, party: int) -> NDArray[np.float64]:
        """Return the mean relief per period that bystanders give ``party``: harm they keep off it, and what they pay.

        Stakes per period before its type counts the harm, shape (H,).
        """
        game, owner = self.game, self.game.players[1 - party].name
        relief = np.zeros(game.states)
        for n, phase in enumerate(game.phases):
            members = np.flatnonzero(game.phase == n)
            at = game.space.standing(game.origin[members], phase)
            in_force = at.in_force
            third = [m for m in game.space.mechanisms if isinstance(m, Bystanders)]
            for number, lever in enumerate(game.space.levers):
                if lever.by != owner or not any(lever.harm):
                    continue
                harm = np.array(lever.harm)[in_force[:, number]]
                left = np.ones(len(members))
                for mechanism in game.space.mechanisms:
                    factor = mechanism.bite(number, at)
                    if factor is None:
                        continue
                    if isinstance(mechanism, Bystanders):
                        left = left * factor
                    else:
                        harm = harm * factor
                relief[members] += harm * (1.0 - left)
            for mechanism in third:
                relief[members] += mechanism.flow(party, at)
        return self._per_period(relief)

    def cost_of(self, levers: tuple[str, ...]) -> NDArray[np.float64]:
        """Return the mean cost per period of some levers to their owner, shape (H,)."""
        game = self.game
        cost = np.zeros(game.states)
        for n, phase in enumerate(game.phases):
            members = np.flatnonzero(game.phase == n)
            in_force = game.space.standing(game.origin[members], phase).in_force
            for number, lever in enumerate(game.space.levers):
                if lever.name in levers and not phase.is_end:
                    cost[members] += np.array(lever.cost)[in_force[:, number]]
        return self._per_period(cost)


def _broken(signed: Round, by: int) -> Round:
    return Round(signed.history, signed.period, signed.terms, signed.proposer, signed.pressure, by)


def clustered_error(values: NDArray[np.float64], history: NDArray[np.int64]) -> float:
    """Return the standard error of a mean of numbers in [0, 1] whose observations come in independent histories.

    It is widened for few histories, so that as many errors as count as certain are as rarely exceeded as they would be
    with many (Student's t with a degree of freedom less than there are histories). Where all are alike, what was never
    seen may still happen: as many histories as there are may miss what has a chance of three in that number (the rule
    of three), so half of that is the least.

    References
    ----------
    Hanley, J. & Lippman-Hand, A. (1983). If nothing goes wrong, is everything all right? JAMA 249(13).
    Cameron, A. C. & Miller, D. L. (2015). A practitioner's guide to cluster-robust inference. Journal of Human
    Resources 50(2), section VI.
    """
    _, which = np.unique(history, return_inverse=True)
    residual = np.bincount(which, weights=values - values.mean())
    count = len(residual)
    if count < 2:
        return 1.0
    widened = float(stdtrit(count - 1, ndtr(SIGNIFICANT))) / SIGNIFICANT * np.sqrt(count / (count - 1))
    return max(widened * float(np.sqrt((residual**2).sum()) / len(values)), 1.5 / count)
