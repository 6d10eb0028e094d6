"""What is negotiable in a scenario, before anything is solved: terms, red lines, and what no deal is worth.

No deal is worth the status quo minus what the pressure in force costs now, so it moves with the levers: so do the zone
of agreement and the terms on which theory would settle.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import __version__
from ..errors import Fault, InputError
from ..scenario.agenda import Agenda
from ..scenario.compile import lay_out
from ..scenario.flows import Flows
from ..scenario.schema import Scenario
from ..scenario.space import StateSpace
from .agenda import agenda_answer, by_type, mean_flow, words_of
from .record import AgendaAnswer

MOST_LISTED = 12
"""Terms a zone of agreement or a lifted red line is listed with; the counts are of all."""


@dataclass(frozen=True)
class RedLine:
    """What one party's red line on one issue keeps from being signed.

    Parameters
    ----------
    positions : tuple of str
        What the party will not sign.
    removes : int
        Sets of terms that cross the line.
    alone : int
        Those among them that cross no other line.
    opens : tuple of str
        Terms that would be on the frontier were the line not there, at most `MOST_LISTED`.
    """

    party: str
    issue: str
    positions: tuple[str, ...]
    removes: int
    alone: int
    opens: tuple[str, ...]


@dataclass(frozen=True)
class Settlement:
    """Terms with what they are worth to each party, and how much more than no deal: stakes per period, over types."""

    words: str
    positions: dict[str, str]
    worth: dict[str, float]
    gain: dict[str, float]


@dataclass(frozen=True)
class Zone:
    """The signable terms that leave one type of each party no worse than without a deal.

    ``types`` is party -> type, ``count`` how many sets of terms there are, ``terms`` up to `MOST_LISTED` of them.
    """

    types: dict[str, str]
    count: int
    terms: tuple[str, ...]


@dataclass(frozen=True)
class NoDeal:
    """What no deal is worth at one level of every lever, and where theory would then settle.

    Parameters
    ----------
    case : str
        For example "at the start" or "no lever in use".
    levels : dict
        Lever -> level.
    walk_away : dict
        Party -> type -> stakes per period.
    mean : dict
        Party -> the same averaged over types.
    settlements : dict
        "Nash", "Kalai-Smorodinsky", "egalitarian", "welfare" -> `Settlement`; empty if no terms leave both better off.
    zones : tuple of Zone
        One for each pair of types.
    """

    case: str
    levels: dict[str, str]
    walk_away: dict[str, dict[str, float]]
    mean: dict[str, float]
    settlements: dict[str, Settlement]
    zones: tuple[Zone, ...]


@dataclass(frozen=True)
class View:
    """What one party can get, at the levers of the first case.

    ``best`` are the signable terms it values most of those that leave the other no worse off than no deal; without any,
    it is None. ``sentences`` say what stands in its way.
    """

    party: str
    best: Settlement | None
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Negotiable:
    """The answer of ``duress agenda``: what can be signed, who blocks what, and what no deal is worth.

    Parameters
    ----------
    agenda : AgendaAnswer
        All terms, measured against the pressure of the first case.
    red_lines : tuple of RedLine
    cases : tuple of NoDeal
        The first is the levers at the start, or those asked for.
    views : tuple of View
        Of one party, or of both.
    """

    scenario: str
    title: str
    period_word: str
    prior: dict[str, dict[str, float]]
    agenda: AgendaAnswer
    red_lines: tuple[RedLine, ...]
    cases: tuple[NoDeal, ...]
    views: tuple[View, ...]
    run: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return nested dictionaries and lists for `json.dumps`."""
        return dataclasses.asdict(self)


def negotiable(scenario: Scenario, party: str | None = None, at: Mapping[str, str] | None = None) -> Negotiable:
    """Say what is negotiable in ``scenario``, without solving it.

    Parameters
    ----------
    scenario : Scenario
    party : str, optional
        Whose view to take; by default both parties'.
    at : mapping, optional
        Lever -> level, for a first case other than the start; levers not named stand where they start.

    Raises
    ------
    InputError
        If the party, a lever or a level is not one of the scenario's, or the scenario is too large.

    Examples
    --------
    >>> import duress as du
    >>> from duress.assess.negotiable import negotiable
    >>> answer = negotiable(du.load("sanctions-crisis"))
    >>> answer.cases[0].settlements["Nash"].words
    'policy: compromise'
    """
    parties = tuple(scenario.parties)
    if party is not None and party not in parties:
        raise InputError(Fault("party", f"{party!r} is not a party of this scenario (parties: {', '.join(parties)})"))
    asked = _asked(scenario, at or {})
    agenda, space = lay_out(scenario)
    levels = _cases(scenario, asked)
    flows = {case: _flow(space, agenda, ranks) for case, ranks in levels.items()}
    cases = tuple(_no_deal(scenario, agenda, case, ranks, flows[case]) for case, ranks in levels.items())
    first = flows[cases[0].case]
    return Negotiable(
        scenario=scenario.name,
        title=scenario.title,
        period_word=scenario.period,
        prior={p.name: {k.name: k.prior for k in p.types.values()} for p in scenario.parties.values()},
        agenda=agenda_answer(agenda, first),
        red_lines=tuple(_red_lines(agenda)),
        cases=cases,
        views=tuple(
            _view(agenda, i, mean_flow(agenda, first)) for i, name in enumerate(parties) if party in (None, name)
        ),
        run={"scenario": scenario.name, "digest": scenario.digest, "version": __version__},
    )


def _asked(scenario: Scenario, at: Mapping[str, str]) -> dict[str, int]:
    """Return the rank of each level asked for, or raise with every fault."""
    faults, ranks = [], {}
    for name, level in at.items():
        lever = scenario.levers.get(name)
        if lever is None:
            faults.append(Fault(name, f"is not a lever (there are: {', '.join(scenario.levers) or 'none'})"))
        elif level not in lever.levels:
            faults.append(Fault(name, f"{level!r} is not a level of this lever (allowed: {', '.join(lever.levels)})"))
        else:
            ranks[name] = lever.levels.index(level)
    if faults:
        raise InputError(faults)
    return ranks


def _cases(scenario: Scenario, asked: dict[str, int]) -> dict[str, tuple[int, ...]]:
    """Return the levels of all levers in each case, those that repeat an earlier case left out."""
    levers = tuple(scenario.levers.values())
    start = {lever.name: lever.start for lever in levers}
    top = {lever.name: lever.ceiling for lever in levers}
    wanted = {"as asked": {**start, **asked}} if asked else {}
    wanted |= {"at the start": start, "no lever in use": {lever.name: lever.floor for lever in levers}}
    for party in scenario.parties:
        own = {lever.name: top[lever.name] for lever in scenario.levers_of(party)}
        wanted[f"levers of {party} at their highest"] = {**start, **own}
    wanted["all levers at their highest"] = top
    found: dict[str, tuple[int, ...]] = {}
    for case, ranks in wanted.items():
        if tuple(ranks.values()) not in found.values():
            found[case] = tuple(ranks.values())
    return found


def _flow(space: StateSpace, agenda: Agenda, ranks: tuple[int, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what each type of each party gets per period without a deal, all but the levers as at the start."""
    start = space.standing(np.array([space.start()]), space.phases[0])
    at = start.put_levels(np.array([ranks], np.int64).reshape(1, -1))
    table = Flows(space, agenda).flow(agenda.status_quo, at)[0]
    return table[0][:, 0], table[1][0]


def _no_deal(
    scenario: Scenario,
    agenda: Agenda,
    case: str,
    ranks: tuple[int, ...],
    flow: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NoDeal:
    mean = mean_flow(agenda, flow)
    zones = []
    for k, first in enumerate(agenda.type_names[0]):
        for m, second in enumerate(agenda.type_names[1]):
            terms = agenda.zone((float(flow[0][k]), float(flow[1][m])), (k, m))
            names = dict(zip(agenda.parties, (first, second), strict=True))
            zones.append(Zone(names, len(terms), tuple(words_of(agenda, int(t)) for t in terms[:MOST_LISTED])))
    return NoDeal(
        case=case,
        levels={lever.name: lever.levels[rank] for lever, rank in zip(scenario.levers.values(), ranks, strict=True)},
        walk_away=by_type(agenda, flow),
        mean=dict(zip(agenda.parties, map(float, mean), strict=True)),
        settlements={name: _settlement(agenda, k, mean) for name, k in agenda.settlements(mean).items()},
        zones=tuple(zones),
    )


def _settlement(agenda: Agenda, k: int, walk_away: NDArray[np.float64]) -> Settlement:
    return Settlement(
        words=words_of(agenda, k),
        positions=agenda.terms(k),
        worth=dict(zip(agenda.parties, map(float, agenda.mean[k]), strict=True)),
        gain=dict(zip(agenda.parties, map(float, agenda.mean[k] - walk_away), strict=True)),
    )


def _red_lines(agenda: Agenda) -> list[RedLine]:
    found = []
    for i, party in enumerate(agenda.parties):
        for n, issue in enumerate(agenda.issues):
            crossing = agenda.crosses[:, i, n]
            if crossing.any():
                ranks = sorted(set(agenda.position[crossing, n].tolist()))
                opened = agenda.opened_without(i, n)[:MOST_LISTED]
                found.append(
                    RedLine(
                        party=party,
                        issue=issue,
                        positions=tuple(agenda.names[n][rank] for rank in ranks),
                        removes=int(crossing.sum()),
                        alone=int((crossing & (agenda.crosses.sum(axis=(1, 2)) == 1)).sum()),
                        opens=tuple(words_of(agenda, int(k)) for k in opened),
                    )
                )
    return found


def _view(agenda: Agenda, party: int, walk_away: NDArray[np.float64]) -> View:
    name, other = agenda.parties[party], agenda.parties[1 - party]
    fair = np.flatnonzero(agenda.signable & (agenda.mean[:, 1 - party] >= walk_away[1 - party] - 1e-9))
    best = int(fair[np.argmax(agenda.mean[fair, party])]) if len(fair) else None
    said = []
    if best is None:
        said.append(f"{name} can sign nothing that leaves {other} no worse off than no deal.")
    elif agenda.mean[best, party] < walk_away[party]:
        said.append(f"The best {name} can sign with {other} no worse off than without a deal is worth less than none.")
    demand = agenda.demand[party]
    blockers = agenda.blockers(demand)
    if other in blockers:
        said.append(f"{other} will not sign what {name} asks for ({', '.join(blockers[other])}).")
    elif agenda.mean[demand, 1 - party] < walk_away[1 - party]:
        said.append(f"{other} could sign what {name} asks for, and is better off without a deal.")
    else:
        said.append(f"{other} could sign what {name} asks for, and is no worse off than without a deal.")
    return View(name, None if best is None else _settlement(agenda, best, walk_away), tuple(said))
