"""What is negotiable: all terms of a scenario, what each party can sign, the frontier, and where theory would settle.

Values are in stakes per period. A party's *mean* value averages over its types by their priors. A red line that can be
crossed at a price costs once, when the terms are signed; over time that is the same as ``(1 - discount) * price`` per
period, by which such terms are worth less to the party.

References
----------
Nash, J. (1950). The bargaining problem. Econometrica 18(2).
Kalai, E. & Smorodinsky, M. (1975). Other solutions to Nash's bargaining problem. Econometrica 43(3).
Kalai, E. (1977). Proportional solutions to bargaining situations. Econometrica 45(7).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ..errors import Fault, InputError
from .schema import Scenario, Terms

MAX_TERMS = 200_000
"""Combinations of positions a scenario may have."""

SETTLEMENTS = ("Nash", "Kalai-Smorodinsky", "egalitarian", "welfare")
"""Rules by which theory splits what both parties gain over no deal; see `Agenda.settlements`."""

_TIE = 1e-9


@dataclass(frozen=True)
class Agenda:
    """All terms of a scenario and what follows from values and red lines alone.

    Parameters
    ----------
    parties, issues : tuple of str
    type_names : tuple of two tuple of str
    prior : tuple of two arrays, shape (types of that party,)
        Probability of each type, as the public sees it at the start.
    position : int array, shape (terms, issues)
        Rank of the position each set of terms takes on each issue.
    names : tuple of tuple of str
        Positions of each issue.
    value : tuple of two arrays, shape (terms, types of that party)
        Stakes per period while the terms are in force.
    price : array, shape (terms, 2)
        Stakes each party pays, once, to sign the terms or to concede them.
    worth : tuple of two arrays, shape (terms, types of that party)
        Value less the price, as an even share: stakes per period.
    mean : array, shape (terms, 2)
        Worth over types.
    crosses : bool array, shape (terms, 2, issues)
        Whether the terms lie across that party's red line on that issue.
    frontier : int array
        Signable terms that no other signable terms beat for both parties on average, best for the first party first.
    menu : int array
        The part of the frontier that is offered at the table.
    status_quo : int
    demand : tuple of two int
    """

    parties: tuple[str, str]
    type_names: tuple[tuple[str, ...], tuple[str, ...]]
    prior: tuple[NDArray[np.float64], NDArray[np.float64]]
    issues: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]
    position: NDArray[np.int64]
    value: tuple[NDArray[np.float64], NDArray[np.float64]]
    price: NDArray[np.float64]
    worth: tuple[NDArray[np.float64], NDArray[np.float64]]
    mean: NDArray[np.float64]
    crosses: NDArray[np.bool_]
    frontier: NDArray[np.int64]
    menu: NDArray[np.int64]
    status_quo: int
    demand: tuple[int, int]

    @property
    def signable(self) -> NDArray[np.bool_]:
        """Terms that cross nobody's red line, shape (terms,)."""
        return np.logical_not(self.crosses.any(axis=(1, 2)))

    def signable_by(self, party: int) -> NDArray[np.bool_]:
        """Terms that party 0 or 1 can sign, shape (terms,)."""
        return np.logical_not(self.crosses[:, party].any(axis=1))

    def terms(self, index: int) -> Terms:
        """Return the position on each issue."""
        return {issue: self.names[n][self.position[index, n]] for n, issue in enumerate(self.issues)}

    def blockers(self, index: int) -> dict[str, tuple[str, ...]]:
        """Return each party that will not sign the terms, with the issues on which they cross its red line."""
        found = {
            party: tuple(issue for n, issue in enumerate(self.issues) if self.crosses[index, i, n])
            for i, party in enumerate(self.parties)
        }
        return {party: issues for party, issues in found.items() if issues}

    def words(self, index: int) -> str:
        """Say the terms: the positions that differ from the status quo, or "status quo"."""
        changed = [
            f"{issue}: {self.names[n][self.position[index, n]]}"
            for n, issue in enumerate(self.issues)
            if self.position[index, n] != self.position[self.status_quo, n]
        ]
        return ", ".join(changed) if changed else "status quo"

    def opened_without(self, party: int, issue: int) -> NDArray[np.int64]:
        """Return the terms that would be on the frontier, and can now not be signed, were one red line not there.

        Parameters
        ----------
        party : int
            Whose red line, 0 or 1.
        issue : int
            On which issue.
        """
        crosses = self.crosses.copy()
        crosses[:, party, issue] = False
        frontier = _frontier(self.mean, np.logical_not(crosses.any(axis=(1, 2))))
        return frontier[~self.signable[frontier]]

    def zone(self, walk_away: tuple[float, float], types: tuple[int, int]) -> NDArray[np.int64]:
        """Return the signable terms with which both are at least as well off as without a deal.

        Parameters
        ----------
        walk_away : tuple of two float
            Flow to each party without a deal, stakes per period, of the types meant.
        types : tuple of two int
            Type of each party.
        """
        worth = np.stack([self.worth[i][:, types[i]] for i in (0, 1)], axis=1)
        return np.flatnonzero(self.signable & (worth >= np.array(walk_away) - _TIE).all(axis=1))

    def settlements(self, walk_away: NDArray[np.float64]) -> dict[str, int]:
        """Where theory would settle among signable terms, measured from what each party has without a deal.

        Parameters
        ----------
        walk_away : array, shape (2,)
            Mean flow to each party without a deal, stakes per period.

        Returns
        -------
        dict
            One of `SETTLEMENTS` -> index of terms; empty if no signable terms leave both parties at least as well off
            as walking away.
        """
        gain = self.mean - walk_away
        candidates = np.flatnonzero(self.signable & (gain >= -_TIE).all(axis=1))
        if not len(candidates):
            return {}
        gain = np.maximum(gain[candidates], 0.0)
        ideal = np.maximum(gain.max(axis=0), _TIE)
        of_each = (gain.prod(axis=1), (gain / ideal).min(axis=1), gain.min(axis=1), gain.sum(axis=1))
        scores = dict(zip(SETTLEMENTS, of_each, strict=True))
        # Equal scores are settled by total gain, then by the order of the file, so that results repeat.
        return {
            name: int(candidates[np.lexsort((-gain.sum(axis=1), -np.round(s, 12)))[0]]) for name, s in scores.items()
        }


def agenda_of(scenario: Scenario) -> Agenda:
    """Enumerate the terms of ``scenario``.

    Raises
    ------
    InputError
        If there are more than `MAX_TERMS` combinations of positions.
    """
    issues = tuple(scenario.issues.values())
    parties = tuple(scenario.parties)
    count = int(np.prod([len(issue.positions) for issue in issues], dtype=float))
    if count > MAX_TERMS:
        sentence = f"{count:,} combinations of positions; at most {MAX_TERMS:,} are allowed: merge issues or positions"
        raise InputError(Fault("issues", sentence))
    position = np.array(list(product(*(range(len(issue.positions)) for issue in issues))), np.int64)
    value, worths, crosses = [], [], np.zeros((len(position), 2, len(issues)), bool)
    price = np.zeros((len(position), 2))
    for i, party in enumerate(parties):
        types = tuple(scenario.parties[party].types)
        worth = np.zeros((len(position), len(types)))
        for n, issue in enumerate(issues):
            worth += np.array([issue.values[party][k] for k in types]).T[position[:, n]]
            across = [name in issue.red_line.get(party, ()) for name in issue.positions]
            crosses[:, i, n] = np.array(across)[position[:, n]]
            prices = [issue.crossing.get(party, {}).get(name, 0.0) for name in issue.positions]
            price[:, i] += np.array(prices)[position[:, n]]
        value.append(worth)
        worths.append(worth - (1 - scenario.parties[party].discount) * price[:, i, None])
    prior = [np.array([k.prior for k in scenario.parties[p].types.values()]) for p in parties]
    mean = np.stack([worths[0] @ prior[0], worths[1] @ prior[1]], axis=1)
    frontier = _frontier(mean, np.logical_not(crosses.any(axis=(1, 2))))

    def index(terms: Terms) -> int:
        ranks = [issue.positions.index(terms[issue.name]) for issue in issues]
        return int(np.flatnonzero((position == ranks).all(axis=1))[0])

    return Agenda(
        parties=(parties[0], parties[1]),
        type_names=(tuple(scenario.parties[parties[0]].types), tuple(scenario.parties[parties[1]].types)),
        prior=(prior[0], prior[1]),
        issues=tuple(issue.name for issue in issues),
        names=tuple(issue.positions for issue in issues),
        position=position,
        value=(value[0], value[1]),
        price=price,
        worth=(worths[0], worths[1]),
        mean=mean,
        crosses=crosses,
        frontier=frontier,
        menu=_spread(mean, frontier, scenario.menu),
        status_quo=index(scenario.status_quo),
        demand=(index(scenario.demand[parties[0]]), index(scenario.demand[parties[1]])),
    )


def _frontier(mean: NDArray[np.float64], signable: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return signable terms that are not dominated, the first party's best first; of equal terms the earliest."""
    candidates = np.flatnonzero(signable)
    order = candidates[np.lexsort((candidates, -mean[candidates, 1], -mean[candidates, 0]))]
    kept, best = [], -np.inf
    for t in order:
        if mean[t, 1] > best + _TIE:
            kept.append(t)
            best = mean[t, 1]
    return np.array(kept, np.int64)


def _spread(mean: NDArray[np.float64], frontier: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Return up to ``size`` terms spread evenly along the frontier, both ends included."""
    if len(frontier) <= size:
        return frontier
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(mean[frontier], axis=0), axis=1))])
    chosen: list[int] = []
    for goal in np.linspace(0.0, along[-1], size):
        nearest = np.argsort(np.abs(along - goal), kind="stable")
        chosen.append(next(int(n) for n in nearest if n not in chosen))
    return frontier[np.sort(chosen)]
