"""A record of real moves played through a solved scenario: how likely each move was, and what it told about types.

In every period a party moves when its turn comes, and answers when it is asked. What it did is what its rows in the
record say; where they say nothing it held, or answered in the way that changes least. What chance did is taken from the
record where rows tell of it (bystanders, governments), and carried with its probabilities where none does: see
`duress.simulate.cloud`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..scenario.compile import Confrontation
from ..scenario.mechanisms.bystanders import bystander_key
from ..scenario.record import Rule, parts_of
from ..scenario.schema import Scenario
from ..solve.aqre import AQRE, Progress
from ..solve.solution import Solution, solve
from .baselines import Scores, scores_of
from .cloud import Particle, Stages, chance_after, gathered, mean, moved
from .rows import Placed, Row, history_of, place, read_rows

STILL = ("hold", "refuse", "stall", "reject", "comply", "decline")
"""What a party without a row does: the first of these that it can."""
ANSWERS = frozenset(("refuse", "accept and keep", "accept and drop", "ask first"))
INVITE = "invite"
LEAST = 1e-12
"""Probability below which a move counts as one that the solution rules out."""
_MOST_STEPS = 12
"""Turns of a period, at most; in the protocol there are no more than six."""


@dataclass(frozen=True)
class Turn:
    """One turn with a choice, as the record has it.

    Parameters
    ----------
    period : int
        From 0 on.
    words : str
        The period as the scenario counts: "quarter 3".
    party, move : str
        Who moved, and what it did; the likeliest, where the record does not tell several moves apart.
    rows : tuple of Row
        Rows of the record that say so; none where a party without a row is taken to have held or answered.
    chance : float
        Public probability of the move just before it was made.
    expected : dict
        Move -> public probability, the likeliest first.
    about : dict
        Party -> type -> what the public believes once the move is made.
    value : dict
        Party -> type -> what the rest of the game is worth to it then, in discounted stakes.
    """

    period: int
    words: str
    party: str
    move: str
    rows: tuple[Row, ...]
    chance: float
    expected: dict[str, float]
    about: dict[str, dict[str, float]]
    value: dict[str, dict[str, float]]


@dataclass(frozen=True)
class Unused:
    """A row of the record that is no move here, and why."""

    row: Row
    why: str


@dataclass(frozen=True)
class Replay:
    """A record of real moves, replayed.

    Parameters
    ----------
    before : dict
        Party -> type -> belief at the start.
    by_chance : tuple of Row
        Rows that tell what chance did: bystanders and governments.
    unused : tuple of Unused
        Every other row, in the order of dates.
    left_out : float
        The largest share of what may have been that was left out of the calculation at any turn.
    scores : Scores
        Log-likelihood per move, beside three baselines.
    """

    scenario: str
    title: str
    period_word: str
    parties: tuple[str, str]
    before: dict[str, dict[str, float]]
    turns: tuple[Turn, ...]
    by_chance: tuple[Row, ...]
    unused: tuple[Unused, ...]
    left_out: float
    scores: Scores
    run: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return nested dictionaries and lists for `json.dumps`; days as YYYY-MM-DD."""
        return _plain(dataclasses.asdict(self))


def _plain(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _plain(value) for key, value in part.items()}
    if isinstance(part, (list, tuple)):
        return [_plain(value) for value in part]
    return part.isoformat() if hasattr(part, "isoformat") else part


def replay(
    what: Scenario | Solution,
    history: str | Path | Sequence[Row] | None = None,
    method: AQRE | None = None,
    progress: Progress | None = None,
    reuse: bool = False,
) -> Replay:
    """Replay a record of real moves.

    Parameters
    ----------
    what : Scenario or Solution
        A scenario is compiled and solved by ``method`` first. It says under ``replay`` how rows are read.
    history : path or sequence of Row, optional
        Default the record that the scenario names.
    progress : callable, optional
        Called with (done, in all) while the game is solved.
    reuse : bool
        Whether a solution kept on disk will do, and a new one is kept there.

    Raises
    ------
    InputError
        If the record cannot be read, or the scenario does not say how.
    """
    scenario = what.game.scenario if isinstance(what, Solution) else what  # type: ignore[attr-defined]
    rows = history if isinstance(history, Sequence) and not isinstance(history, str) else None
    placed = place(scenario, read_rows(history or history_of(scenario)) if rows is None else rows)  # type: ignore[arg-type]
    moves = [one for one in placed if not one.why_not]
    if not moves:
        raise InputError("no row of the record is a move of the scenario; see its rules under replay.rows")
    solution = what if isinstance(what, Solution) else solve(scenario.compile(), method, progress, reuse=reuse)
    return _Filter(solution, placed).run()


def log_likelihood(solution: Solution, placed: Sequence[Placed]) -> tuple[float, int]:
    """Return the log-likelihood of the moves of a record, already placed in periods, and how many they are."""
    turns = _Filter(solution, placed).run().turns
    return math.fsum(math.log(max(turn.chance, LEAST)) for turn in turns), len(turns)


class _Filter:
    """Plays a record through, carrying all that may have been."""

    def __init__(self, solution: Solution, placed: Sequence[Placed]) -> None:
        game = solution.game
        assert isinstance(game, Confrontation)
        self.solution, self.game, self.stages = solution, game, Stages(solution)
        self.placed = placed
        self.last = max(one.period for one in placed if not one.why_not)
        self._levels: dict[tuple[str, int], int] = {}
        self._stands: dict[tuple[str, int], int] = {}
        self.names = tuple(p.name for p in game.players)
        self.record = game.scenario.record
        self.used: set[int] = set()
        self.told_by_chance: set[int] = set()
        self.why: dict[int, str] = {n: one.why_not for n, one in enumerate(placed) if one.why_not}
        self.turns: list[Turn] = []
        self.left_out = 0.0
        self.agreed: set[int] = {0}
        self.changed: set[tuple[int, str]] = set()
        assert self.record is not None
        rules = self.record.rules
        self.told_governments = {rule.government for rule in rules if rule.government}
        self.told_levels = {name for rule in rules for name, _ in rule.level}

    def run(self) -> Replay:
        game = self.game
        cloud = [Particle(game.start, 0, self.solution.prior(), 1.0)]
        for period in range(self.last + 1):
            cloud = self._period(cloud, period)
        unused = [
            Unused(one.row, self.why.get(n, "nobody was asked, or it had moved already"))
            for n, one in enumerate(self.placed)
            if n not in self.used
        ]
        scenario = game.scenario
        return Replay(
            scenario=scenario.name,
            title=scenario.title,
            period_word=scenario.period,
            parties=(self.names[0], self.names[1]),
            before={p.name: dict(zip(p.types, map(float, p.prior), strict=True)) for p in game.players},
            turns=tuple(self.turns),
            by_chance=tuple(self.placed[n].row for n in sorted(self.told_by_chance)),
            unused=tuple(unused),
            left_out=self.left_out,
            scores=scores_of([(t.party, t.move, t.chance, tuple(t.expected)) for t in self.turns]),
            run={**self.solution.run, "scenario": scenario.name, "digest": scenario.digest},
        )

    def _period(self, cloud: list[Particle], period: int) -> list[Particle]:
        """Play one period: turn by turn, until time has passed for all."""
        rows = {
            i: [n for n, one in enumerate(self.placed) if one.period == period and one.means.by == name and self._is(n)]
            for i, name in enumerate(self.names)
        }
        for _ in range(_MOST_STEPS):
            cloud = self._settle(cloud, period)
            if not any(self._chooses(one, period) for one in cloud):
                break
            cloud = self._turn(cloud, period, rows)
        self._note_chance(period)
        for i, left in rows.items():
            for n in left:
                if n not in self.used and n not in self.why:
                    self.why[n] = self._not_possible(i, period)
        return cloud

    def _is(self, n: int) -> bool:
        return not self.placed[n].why_not

    def _not_possible(self, party: int, period: int) -> str:
        options = [t for t in self.turns if t.period == period and t.party == self.names[party]]
        if not options:
            return f"not possible here: {self.names[party]} has no turn in this {self.game.scenario.period}"
        could = list(dict.fromkeys(move for turn in options for move in turn.expected))
        return f"not possible here: {self.names[party]} could {', '.join(could)}"

    def _note_chance(self, period: int) -> None:
        """Count the rows that tell what chance had done by ``period`` as used, if it could have."""
        for n, one in enumerate(self.placed):
            if one.period == period and not one.why_not and (one.means.level or one.means.government):
                self.why[n] = self._beyond_chance(one.means, period)
                if not self.why[n]:
                    self.used.add(n)
                    self.told_by_chance.add(n)

    def _beyond_chance(self, said: Rule, period: int) -> str:
        """Return why chance cannot have done by ``period`` what a row says, "" if it can have."""
        game = self.game
        if period == 0:
            # Nothing has happened yet: bystanders stand where they start.
            for name, level in said.level:
                start = self._standing(name, game.start)
                if level != start:
                    there, second = game.scenario.bystanders[name].levels[start], f"second {game.scenario.period}"
                    return f"not possible here: {name} starts at {there!r}, and nothing moves it before the {second}"
        allowed = period in self.agreed and (not said.government or (period, said.government) in self.changed)
        return "" if allowed else "not possible here: chance could not bring it about"

    def _chooses(self, one: Particle, period: int) -> bool:
        game = self.game
        return one.period == period and game.mover[one.state] >= 0 and len(game.moves_of(one.state)) > 1

    def _settle(self, cloud: list[Particle], period: int) -> list[Particle]:
        """Let time pass and news come wherever nobody has a choice, until somebody has one or the period is over."""
        game = self.game
        for _ in range(_MOST_STEPS):
            waiting = [one for one in cloud if self._waits(one, period)]
            if not waiting:
                break
            rest = [one for one in cloud if not self._waits(one, period)]
            passing = [(one, int(game.first_move[one.state])) for one in waiting]
            cloud = self._gathered([*rest, *self._by_chance(passing, alone=not rest)])
        return cloud

    def _waits(self, one: Particle, period: int) -> bool:
        """Whether time passes or news comes there, no later than in ``period``."""
        game = self.game
        there = one.period <= period and one.period < game.periods and game.mover[one.state] >= 0
        return there and len(game.moves_of(one.state)) == 1

    def _by_chance(self, moving: Iterable[tuple[Particle, int]], *, alone: bool) -> list[Particle]:
        """Return what chance makes of particles after a move of each, as far as the record allows.

        Their weights fall by the chance of what the record tells, so that what made it likely is believed the more.
        Where none allows it and they are all there is (``alone``), nothing is learned from the record.
        """
        found: list[tuple[Particle, bool]] = []
        for one, move in moving:
            ways = list(chance_after(self.game, one, move))
            changeable = {drawn for _, drawn in ways if drawn >= 0}
            for after, drawn in ways:
                agrees = self._agrees(after, drawn, changeable)
                found.append((after, agrees))
                if agrees and drawn >= 0:
                    self.changed.add((after.period, self.names[drawn]))
        allowed = [after for after, agrees in found if agrees]
        self.agreed.update(after.period for after in allowed)
        return allowed if allowed or not alone else [after for after, _ in found]

    def _agrees(self, one: Particle, drawn: int, changeable: set[int]) -> bool:
        """Whether what chance did is what the record tells of what follows: that it goes on, to begin with.

        ``drawn`` is the player whose government changed, -1 for none, and ``changeable`` whose might have.
        """
        if self.game.mover[one.state] < 0 and one.period <= self.last:
            return False
        said = {p.means.government for p in self.placed if p.period == one.period and not p.why_not}
        changed = {i for i in changeable if self.names[i] in said}
        if changed and drawn not in changed:
            return False
        if drawn >= 0 and drawn not in changed and self.names[drawn] in self.told_governments:
            return False
        return self.game.mover[one.state] < 0 or self._levels_agree(one)

    def _levels_agree(self, one: Particle) -> bool:
        """Whether every bystander that rules tell of stands where its last row up to this period says."""
        return all(self._standing(name, one.state) == self._level_by(name, one.period) for name in self.told_levels)

    def _standing(self, name: str, state: int) -> int:
        """Return the level of a bystander in a state."""
        key = (name, state)
        if key not in self._stands:
            self._stands[key] = int(self.game.standing(state)[bystander_key(name)][0])
        return self._stands[key]

    def _level_by(self, name: str, period: int) -> int:
        """Return where the record last says a bystander is, up to a period; where it starts before any row."""
        key = (name, period)
        if key not in self._levels:
            said = [dict(one.means.level).get(name) for one in self.placed if one.period <= period and not one.why_not]
            told = [rank for rank in said if rank is not None]
            self._levels[key] = told[-1] if told else self._standing(name, self.game.start)
        return self._levels[key]

    def _turn(self, cloud: list[Particle], period: int, rows: Mapping[int, list[int]]) -> list[Particle]:
        """Let everybody who has a choice make the move the record tells, and note it."""
        game = self.game
        mover = int(game.mover[next(one.state for one in cloud if self._chooses(one, period))])
        acting: list[Particle] = []
        rest: list[Particle] = []
        for one in cloud:
            turn = self._chooses(one, period) and int(game.mover[one.state]) == mover
            (acting if turn else rest).append(one)
        expected: dict[str, float] = {}
        onward: list[tuple[Particle, int]] = []
        weight, taken = math.fsum(one.weight for one in acting), 0.0
        done: dict[str, float] = {}
        answering: set[int] = set()
        for one in acting:
            stage = self.stages.at(one)
            chances = stage.chances(one.beliefs[mover])
            names = [game.move_name(a) for a in stage.moves]
            for name, chance in zip(names, chances, strict=True):
                expected[name] = expected.get(name, 0.0) + one.weight * float(chance) / weight
            made, answered = self._did(names, mover, rows)
            answering |= answered
            for move in made:
                weight_there = one.weight * max(float(chances[move]), LEAST)
                taken += weight_there
                done[names[move]] = done.get(names[move], 0.0) + weight_there
                after = dataclasses.replace(moved(one, stage, move), weight=weight_there)
                onward.append((after, int(stage.moves[move])))
        self.used |= answering
        total = taken + math.fsum(one.weight for one in rest)
        cloud = self._gathered([*rest, *self._by_chance(onward, alone=not rest)])
        ordered = dict(sorted(expected.items(), key=lambda entry: -entry[1]))
        self.turns.append(
            Turn(
                period=period,
                words=f"{game.scenario.period} {period + 1}",
                party=self.names[mover],
                move=max(done, key=done.__getitem__),
                rows=tuple(self.placed[n].row for n in sorted(answering)),
                chance=total,
                expected=ordered,
                about=self._beliefs(cloud),
                value=self._values(cloud),
            )
        )
        return cloud

    def _did(self, names: Sequence[str], mover: int, rows: Mapping[int, list[int]]) -> tuple[list[int], set[int]]:
        """Return which of the moves ``names`` the record tells, and the rows they answer to.

        There may be several that it does not tell apart, as with an offer of unknown terms: then it was any of them.
        """
        open_rows = [n for n in rows[mover] if n not in self.used]
        best: tuple[int, float, int] | None = None
        found: list[int] = []
        told: set[int] = set()
        for k, name in enumerate(names):
            parts = parts_of(name)
            answered = [n for n in open_rows if any(word in parts for word in self.placed[n].means.moves)]
            if answered:
                # Most rows first; then the rule written first; then the move that says nothing more than the rows do.
                rank = (len(answered), -min(self.placed[n].rule for n in answered), -len(parts))
                if best is None or rank > best:
                    best, found, told = rank, [k], set(answered)
                elif rank == best:
                    found.append(k)
        if found:
            return found, told
        asked = [n for n in rows[1 - mover] if n not in self.used]
        if INVITE in names and any(ANSWERS & set(self.placed[n].means.moves) for n in asked):
            return [names.index(INVITE)], set()  # who answers was asked
        still = next((name for name in STILL if name in names), names[0])
        return [names.index(still)], set()

    def _gathered(self, particles: Iterable[Particle]) -> list[Particle]:
        cloud, left_out = gathered(particles)
        self.left_out = max(self.left_out, left_out)
        return cloud

    def _beliefs(self, cloud: Sequence[Particle]) -> dict[str, dict[str, float]]:
        second = mean(cloud, lambda one: np.array(one.beliefs))
        return {
            p.name: dict(zip(p.types, (1.0 - float(b), float(b)) if len(p.types) > 1 else (1.0,), strict=True))
            for p, b in zip(self.game.players, second, strict=True)
        }

    def _values(self, cloud: Sequence[Particle]) -> dict[str, dict[str, float]]:
        """Return what the rest is worth to each type, on average over all that may have been in the public's eyes."""
        value: NDArray[np.float64] = mean(cloud, self.stages.value)
        return {
            p.name: {kind: float(value[i, k]) for k, kind in enumerate(p.types)}
            for i, p in enumerate(self.game.players)
        }
