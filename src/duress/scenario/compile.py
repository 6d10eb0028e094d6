"""From a scenario to the game that is solved: flows, stamina, and arrays over the states that can be reached."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..game.game import TOLD_OF_STATES, Game, Player
from .agenda import Agenda, agenda_of
from .flows import Flows
from .mechanisms import mechanisms_of
from .mechanisms.stamina import stamina_of
from .news import Tidings
from .passing import parties_told, pass_time
from .phases import Phase, phases_of
from .protocol import moves_of
from .schema import Scenario
from .size import coarser
from .space import Standing, StateSpace
from .table import MoveTable, slices
from .words import Describer

STATE_LIMIT = 4_000_000
"""States a scenario may have, before those that cannot be reached are left out."""


@dataclass(frozen=True)
class Confrontation(Game):
    """A `Game` compiled from a scenario, with what each state means.

    Parameters
    ----------
    scenario : Scenario
    agenda : Agenda
    phases : tuple of Phase
    phase : int array, shape (S,)
        Index into ``phases``.
    levels : int array, shape (S, levers)
        Level of each lever, in the order of the scenario.
    stamina : float array, shape (S, 2)
        Stamina of each party, 1 where it cannot be drained.
    origin : int array, shape (S,)
        Number of each state before unreachable ones were left out; rising.
    space : StateSpace
    """

    scenario: Scenario = None  # type: ignore[assignment]
    agenda: Agenda = None  # type: ignore[assignment]
    phases: tuple[Phase, ...] = ()
    phase: NDArray[np.int64] = field(default=None, metadata=TOLD_OF_STATES)  # type: ignore[assignment]
    levels: NDArray[np.int64] = field(default=None, metadata=TOLD_OF_STATES)  # type: ignore[assignment]
    stamina: NDArray[np.float64] = field(default=None, metadata=TOLD_OF_STATES)  # type: ignore[assignment]
    origin: NDArray[np.int64] = field(default=None, metadata=TOLD_OF_STATES)  # type: ignore[assignment]
    space: StateSpace = None  # type: ignore[assignment]

    def standing(self, state: int) -> Standing:
        """Return what ``state`` is: its phase, and the value of every component."""
        return self.space.standing(self.origin[state : state + 1], self.phases[self.phase[state]])

    def find(self, at: Standing) -> int | None:
        """Return the one state that ``at`` describes, or None if it cannot be reached from the start."""
        wanted = at.numbers[0]
        s = int(np.searchsorted(self.origin, wanted))
        return s if s < len(self.origin) and self.origin[s] == wanted else None

    def flow(self, state: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return what each type of each party gets per period with no deal, as things stand in ``state``.

        Two arrays, one number for each type of that party, in stakes per period.
        """
        table = Flows(self.space, self.agenda).flow(self.agenda.status_quo, self.standing(state))[0]
        return table[0][:, 0], table[1][0]


def compile_scenario(scenario: Scenario) -> Confrontation:
    """Compile ``scenario``.

    Raises
    ------
    InputError
        If it has more than `STATE_LIMIT` states; the sentence says what makes it large.
    """
    agenda, space = lay_out(scenario)
    dates = _dates(space)
    flows, tidings, table = Flows(space, agenda), Tidings(dates), MoveTable(len(dates))
    for phase in space.phases:
        if phase.is_chance:
            pass_time(space, phase, flows, tidings, table)
        for move in moves_of(space, agenda, phase):
            rows = np.full(len(move.states), flows.charged(move.charges))
            table.add(move.name, move.states, rows, move.after.numbers)
    return _assemble(space, agenda, flows, tidings, table)


def _dates(space: StateSpace) -> list[int]:
    """Return the periods in which some chance is not the usual one; news of a second party comes a period later."""
    late = range(min(2, len(parties_told(space.mechanisms))))
    dates = {date + n for mechanism in space.mechanisms for date in mechanism.dates() for n in late}
    return sorted(date for date in dates if date < space.scenario.horizon)


def lay_out(scenario: Scenario) -> tuple[Agenda, StateSpace]:
    """Return the terms and the numbering of states of ``scenario``, without building its arrays.

    Raises
    ------
    InputError
        If it has too many terms or more than `STATE_LIMIT` states.
    """
    agenda = agenda_of(scenario)
    mechanisms = mechanisms_of(scenario)
    further = [phase for mechanism in mechanisms for phase in mechanism.phases()]
    phases = phases_of(scenario, agenda, further, news=len(parties_told(mechanisms)) > 1)
    space = StateSpace(scenario, phases, mechanisms)
    if space.count > STATE_LIMIT:
        raise InputError(_too_large(space))
    return agenda, space


def _too_large(space: StateSpace) -> str:
    parts = ", ".join(f"{component.key} {component.size}" for component in space.components)
    smaller = coarser(space)
    return (
        f"the scenario has {space.count:,} states; the limit is {STATE_LIMIT:,}. "
        f"Phases make {len(space.phases)}, and in each the values multiply: {parts}. "
        f"{'; '.join(smaller)}. Use fewer levers or levels, fewer steps, or a smaller menu (now {space.scenario.menu})"
    )


def _assemble(space: StateSpace, agenda: Agenda, flows: Flows, tidings: Tidings, table: MoveTable) -> Confrontation:
    states, meta, first_branch, successors, chances, news = table.gather()
    total, scenario = space.count, space.scenario
    first_move = np.searchsorted(states, np.arange(total + 1))
    start = space.start()
    origin = _reachable(start, total, first_move, first_branch, successors)
    renumber = np.full(total, -1, np.int64)
    renumber[origin] = np.arange(len(origin))
    moves, first_kept = slices(first_move, origin)
    branches, branch_kept = slices(first_branch, moves)
    phase = np.searchsorted(space.offset, origin, side="right") - 1
    movers = np.array([p.mover for p in space.phases], np.int8)[phase]
    levels, stamina, closing_row, closing = _meanings(space, flows, origin, phase)
    likelihood, redraw_player, redraw = tidings.arrays()
    season = np.full(scenario.horizon if tidings.dates else 0, -1, np.int16)
    season[list(tidings.dates)] = np.arange(len(tidings.dates))
    names = table.names
    name_of = meta[moves, 1]
    players = tuple(
        Player(name, tuple(party.types), tuple(k.prior for k in party.types.values()))
        for name, party in scenario.parties.items()
    )
    precision = tuple(party.precision for party in scenario.parties.values())
    describe = Describer(space, agenda, origin, phase)
    return Confrontation(
        players=players,  # type: ignore[arg-type]
        mover=movers,
        first_move=first_kept,
        row=meta[moves, 0].astype(np.int32),
        elapsed=meta[moves, 2].astype(np.int8),
        first_branch=branch_kept,
        successor=renumber[successors[branches]].astype(np.int32),
        probability=np.ascontiguousarray(chances[branches, 0]),
        season=season,
        dated=np.ascontiguousarray(chances[branches, 1:].T) if len(season) else np.zeros((0, 0)),
        likelihood_row=news[branches, 0],
        likelihood=likelihood,
        redraw_row=news[branches, 1],
        redraw_player=redraw_player,
        redraw=redraw,
        reward=np.concatenate(flows.rows),
        discount=np.concatenate(flows.factors),
        closing_row=closing_row,
        closing=closing,
        periods=scenario.horizon,
        start=int(renumber[start]),
        move_name=lambda a: names[name_of[a]],
        state_name=describe,
        precision=precision,  # type: ignore[arg-type]
        title=scenario.title,
        scenario=scenario,
        agenda=agenda,
        phases=tuple(space.phases),
        phase=phase,
        levels=levels,
        stamina=stamina,
        origin=origin,
        space=space,
    ).check()  # type: ignore[return-value]


def _reachable(
    start: int, total: int, first_move: NDArray, first_branch: NDArray, successors: NDArray
) -> NDArray[np.int64]:
    """Return the states that can follow ``start``, itself included, in rising order."""
    seen = np.zeros(total, bool)
    seen[start] = True
    frontier = np.array([start])
    while len(frontier):
        moves, _ = slices(first_move, frontier)
        branches, _ = slices(first_branch, moves)
        new = np.unique(successors[branches])
        frontier = new[~seen[new]]
        seen[frontier] = True
    return np.flatnonzero(seen)


def _meanings(
    space: StateSpace, flows: Flows, origin: NDArray[np.int64], phase: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int32], NDArray[np.float64]]:
    """Return levels, stamina, and what each state is worth at the horizon: a flow for ever."""
    levels = np.zeros((len(origin), len(space.levers)), np.int64)
    stamina = np.ones((len(origin), 2))
    closing_row = np.zeros(len(origin), np.int32)
    tables, count = [np.zeros((1, *flows.shape))], 1
    lasting = 1.0 / (1.0 - flows.discounts)[None, :, None, None]
    for n, p in enumerate(space.phases):
        members = np.flatnonzero(phase == n)
        if not len(members):
            continue
        at = space.standing(origin[members], p)
        levels[members], stamina[members] = at.levels, stamina_of(at)
        if not (p.is_end or p.begins_period):
            continue
        first, which = flows.distinct(at)
        closing_row[members] = count + which
        tables.append(flows.afterwards(at.take(first)) * lasting)
        count += len(first)
    return levels, stamina, closing_row, np.concatenate(tables)
