"""From a scenario to the game that is solved: flows, stamina, and arrays over the states that can be reached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..game.game import MAX_TYPES, Game, Player
from .agenda import Agenda, agenda_of
from .flows import Flows, stamina_after
from .protocol import moves_of
from .schema import Scenario
from .space import Phase, StateSpace, phases_of
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
    phase: NDArray[np.int64] = None  # type: ignore[assignment]
    levels: NDArray[np.int64] = None  # type: ignore[assignment]
    stamina: NDArray[np.float64] = None  # type: ignore[assignment]
    origin: NDArray[np.int64] = None  # type: ignore[assignment]
    space: StateSpace = None  # type: ignore[assignment]

    def find(self, phase: Phase, levels: NDArray[np.int64], stamina: NDArray[np.int64]) -> int | None:
        """Return the state with these levels (levers,) and stamina steps (2,), or None if it cannot be reached."""
        wanted = self.space.number(phase, levels[None], stamina[None])[0]
        s = int(np.searchsorted(self.origin, wanted))
        return s if s < len(self.origin) and self.origin[s] == wanted else None

    def flow(self, state: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return what each type of each party gets per period with no deal, at the levers and strain of ``state``.

        Two arrays, one number for each type of that party, in stakes per period.
        """
        flows = Flows(self.space, self.agenda)
        strained = flows.strained(self.stamina_steps(state)[None])
        table = flows.flow(self.agenda.status_quo, self.levels[state][None], strained)[0]
        return table[0][:, 0], table[1][0]

    def stamina_steps(self, state: int) -> NDArray[np.int64]:
        """Return the stamina of each party in ``state`` in steps, as `find` takes it."""
        phase = self.phases[self.phase[state]]
        return self.space.parts(self.origin[state : state + 1], phase)[1][0]


def compile_scenario(scenario: Scenario) -> Confrontation:
    """Compile ``scenario``.

    Raises
    ------
    InputError
        If it has more than `STATE_LIMIT` states; the sentence says what makes it large.
    """
    agenda, space = lay_out(scenario)
    flows = Flows(space, agenda)
    table = MoveTable()
    for phase in space.phases:
        if phase.is_passing:
            _pass_time(space, phase, flows, table)
        for move in moves_of(space, agenda, phase):
            row = flows.breach_row(move.breaks)
            table.add(move.name, move.states, np.full(len(move.states), row), False, move.successor[:, None], None)
    return _assemble(space, agenda, flows, table)


def lay_out(scenario: Scenario) -> tuple[Agenda, StateSpace]:
    """Return the terms and the numbering of states of ``scenario``, without building its arrays.

    Raises
    ------
    InputError
        If it has too many terms or more than `STATE_LIMIT` states.
    """
    agenda = agenda_of(scenario)
    space = StateSpace(scenario, phases_of(scenario, agenda))
    if space.count > STATE_LIMIT:
        raise InputError(_too_large(space))
    return agenda, space


def _too_large(space: StateSpace) -> str:
    levers = " x ".join(f"{lever.name} {n}" for lever, n in zip(space.levers, space.lever_sizes, strict=True)) or "none"
    stamina = " x ".join(
        f"{party} {n}" for party, n in zip(space.scenario.parties, space.stamina_sizes, strict=True) if n > 1
    )
    return (
        f"the scenario has {space.count:,} states; the limit is {STATE_LIMIT:,}. "
        f"Lever levels make {space.lever_count:,} ({levers}), stamina steps {space.stamina_count:,} "
        f"({stamina or 'none'}), phases {len(space.phases)}. "
        "Use fewer levers or levels, fewer stamina steps, or a smaller menu"
    )


def _pass_time(space: StateSpace, phase: Phase, flows: Flows, table: MoveTable) -> None:
    """Add the passing of time: flows accrue, stamina moves by chance to a neighbouring step, someone may collapse."""
    states, levels, stamina = space.members(phase)
    terms = phase.terms if phase.terms >= 0 else flows.agenda.status_quo
    rows = flows.period_rows(terms, levels, stamina)
    steps = [stamina_after(space, i, levels, stamina[:, i]) for i in (0, 1)]
    successors, chances = [], []
    onward = space.phase(*phase.onward)
    for z0, p0 in steps[0]:
        for z1, p1 in steps[1]:
            target = space.number(onward, levels, np.stack([z0, z1], axis=1))
            gone = [(z == 0) & (size > 1) for z, size in zip((z0, z1), space.stamina_sizes, strict=True)]
            for i in (0, 1):
                if space.stamina_sizes[i] > 1:
                    target = np.where(gone[i], space.offset[space.index[("collapse", i, 0, -1)]], target)
            both = gone[0] & gone[1]
            successors.append(target)
            chances.append(p0 * p1 * np.where(both, 0.5, 1.0))
            if both.any():
                # Neither outlasts the other: either demand is imposed with even chances.
                successors.append(np.full(len(states), space.offset[space.index[("collapse", 0, 0, -1)]]))
                chances.append(np.where(both, 0.5 * p0 * p1, 0.0))
    table.add("time passes", states, rows, True, np.stack(successors, axis=1), np.stack(chances, axis=1))


def _assemble(space: StateSpace, agenda: Agenda, flows: Flows, table: MoveTable) -> Confrontation:
    states, meta, first_branch, successors, chances = table.gather()
    total = space.count
    first_move = np.searchsorted(states, np.arange(total + 1))
    start = space.start()
    origin = _reachable(start, total, first_move, first_branch, successors)
    renumber = np.full(total, -1, np.int64)
    renumber[origin] = np.arange(len(origin))
    moves, first_kept = slices(first_move, origin)
    branches, branch_kept = slices(first_branch, moves)
    phase = np.searchsorted(space.offset, origin, side="right") - 1
    movers = np.array([p.mover for p in space.phases], np.int8)[phase]
    levels, stamina, closing_row, closing = _meanings(space, agenda, flows, origin, phase)
    names = table.names
    name_of = meta[moves, 1]
    scenario = space.scenario
    players = tuple(
        Player(name, tuple(party.types), tuple(k.prior for k in party.types.values()))
        for name, party in scenario.parties.items()
    )
    precision = tuple(party.precision for party in scenario.parties.values())
    sizes = np.array(space.stamina_sizes)
    describe = Describer(space, agenda, origin, phase)
    return Confrontation(
        players=players,  # type: ignore[arg-type]
        mover=movers,
        first_move=first_kept,
        row=meta[moves, 0].astype(np.int32),
        elapsed=meta[moves, 2].astype(np.int8),
        first_branch=branch_kept,
        successor=renumber[successors[branches]].astype(np.int32),
        probability=chances[branches],
        likelihood_row=np.zeros(len(branches), np.int16),
        likelihood=np.ones((1, 2, MAX_TYPES)),
        redraw_row=np.zeros(len(branches), np.int16),
        redraw_player=np.zeros(1, np.int8),
        redraw=np.zeros((1, MAX_TYPES)),
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
        stamina=np.where(sizes > 1, stamina / np.maximum(sizes - 1, 1), 1.0),
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
    space: StateSpace, agenda: Agenda, flows: Flows, origin: NDArray[np.int64], phase: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
    """Return levels, stamina steps, and what each state is worth at the horizon: its flow for ever."""
    levels = np.zeros((len(origin), len(space.levers)), np.int64)
    stamina = np.zeros((len(origin), 2), np.int64)
    closing_row = np.zeros(len(origin), np.int32)
    tables, count = [np.zeros((1, *flows.shape))], 1
    lasting = 1.0 / (1.0 - flows.discounts)[None, :, None, None]
    for n, p in enumerate(space.phases):
        members = np.flatnonzero(phase == n)
        if not len(members):
            continue
        if p.is_end:
            levels[members] = space.relief
            terms = agenda.demand[1 - p.party]
            flow = flows.flow(terms, space.relief[None], np.zeros((1, 2), bool))
            which = np.zeros(len(members), np.int64)
        else:
            levels[members], stamina[members] = space.parts(origin[members], p)
            if p.slot > 0 or p.is_passing or p.kind not in ("confrontation", "table", "agreement"):
                continue
            terms = p.terms if p.terms >= 0 else agenda.status_quo
            strained = flows.strained(stamina[members])
            keys = np.concatenate([levels[members], strained.astype(np.int64)], axis=1)
            _, first, which = np.unique(keys, axis=0, return_index=True, return_inverse=True)
            flow = flows.flow(terms, levels[members][first], strained[first])
        closing_row[members] = count + which.reshape(-1)
        tables.append(flow * lasting)
        count += len(flow)
    return levels, stamina, closing_row, np.concatenate(tables)
