"""A record of real moves played through a solved scenario: how likely each move was, and what it told about types.

In every period a party moves when its turn comes, and answers when it is asked. What it did is what its rows in the
record say; where they say nothing it held, or answered in the way that changes least. What chance did is taken from the
record where rows tell of it (bystanders, governments), and carried with its probabilities where none does: see
`duress.simulate.cloud`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..scenario.compile import Confrontation
from ..scenario.record import Rule, parts_of
from ..scenario.schema import Scenario
from ..solve.aqre import AQRE, Progress
from ..solve.solution import Solution, solve
from .baselines import Scores, scores_of
from .cloud import Cloud, after_chance, begun, gathered, joined, solve_stages, value_of_rest
from .rows import Placed, Row, history_of, place, read_rows
from .told import Told

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
    turns = _Filter(solution, placed, brief=True).run().turns
    return math.fsum(math.log(max(turn.chance, LEAST)) for turn in turns), len(turns)


class _Filter:
    """Plays a record through, carrying all that may have been; ``brief`` leaves out what turns were worth."""

    def __init__(self, solution: Solution, placed: Sequence[Placed], brief: bool = False) -> None:
        game = solution.game
        assert isinstance(game, Confrontation)
        self.solution, self.game, self.placed, self.brief = solution, game, placed, brief
        self.last = max(one.period for one in placed if not one.why_not)
        self.told = Told(game, placed)
        self.names = tuple(p.name for p in game.players)
        self.open = np.diff(game.first_move)
        self.used: set[int] = set()
        self.told_by_chance: set[int] = set()
        self.why: dict[int, str] = {n: one.why_not for n, one in enumerate(placed) if one.why_not}
        self.turns: list[Turn] = []
        self.left_out = 0.0
        self.agreed: set[int] = {0}
        self.changed: set[tuple[int, str]] = set()
        self._moves: dict[int, tuple[str, ...]] = {}

    def run(self) -> Replay:
        game = self.game
        cloud = begun(self.solution)
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

    def _period(self, cloud: Cloud, period: int) -> Cloud:
        """Play one period: turn by turn, until time has passed for all."""
        rows = {
            i: [n for n, one in enumerate(self.placed) if one.period == period and one.means.by == name and self._is(n)]
            for i, name in enumerate(self.names)
        }
        for _ in range(_MOST_STEPS):
            cloud = self._settle(cloud, period)
            if not self._chooses(cloud, period).any():
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
        if period == 0 and (why := self.told.not_at_first(said)):
            return why
        allowed = period in self.agreed and (not said.government or (period, said.government) in self.changed)
        return "" if allowed else "not possible here: chance could not bring it about"

    def _chooses(self, cloud: Cloud, period: int) -> NDArray[np.bool_]:
        there = (cloud.period == period) & (self.game.mover[cloud.state] >= 0)
        return there & (self.open[cloud.state] > 1)

    def _waits(self, cloud: Cloud, period: int) -> NDArray[np.bool_]:
        """Return where time passes or news comes, no later than in ``period``."""
        game = self.game
        there = (cloud.period <= period) & (cloud.period < game.periods) & (game.mover[cloud.state] >= 0)
        return there & (self.open[cloud.state] == 1)

    def _settle(self, cloud: Cloud, period: int) -> Cloud:
        """Let time pass and news come wherever nobody has a choice, until somebody has one or the period is over."""
        for _ in range(_MOST_STEPS):
            waits = self._waits(cloud, period)
            if not waits.any():
                break
            waiting, rest = cloud[waits], cloud[~waits]
            moves = self.game.first_move[waiting.state].astype(np.int64)
            cloud = self._gathered(joined(rest, self._by_chance(waiting, moves, alone=not len(rest))))
        return cloud

    def _by_chance(self, cloud: Cloud, moves: NDArray[np.int64], *, alone: bool) -> Cloud:
        """Return what chance makes of a cloud after a move of each, as far as the record allows.

        Weights fall by the chance of what the record tells, so that what made it likely is believed the more. Where
        none allows it and it is all there is (``alone``), nothing is learned from the record.
        """
        found, drawn, origin = after_chance(self.game, cloud, moves)
        changeable = np.zeros((len(cloud), 2), bool)
        changeable[origin[drawn >= 0], drawn[drawn >= 0]] = True
        agrees = self.told.agrees(found, drawn, changeable[origin])
        seen = agrees & (drawn >= 0)
        self.changed.update((int(t), self.names[i]) for t, i in zip(found.period[seen], drawn[seen], strict=True))
        self.agreed.update(map(int, np.unique(found.period[agrees])))
        return found[agrees] if agrees.any() or not alone else found

    def _turn(self, cloud: Cloud, period: int, rows: Mapping[int, list[int]]) -> Cloud:
        """Let everybody who has a choice make the move the record tells, and note it."""
        game = self.game
        chooses = self._chooses(cloud, period)
        mover = int(game.mover[cloud.state[chooses][0]])
        acts = chooses & (game.mover[cloud.state] == mover)
        acting, rest = cloud[acts], cloud[~acts]
        stages = solve_stages(self.solution, acting)
        chances, after = stages.chances(acting.beliefs[:, mover]), stages.after
        expected: dict[str, float] = {}
        done: dict[str, float] = {}
        answering: set[int] = set()
        onward: list[Cloud] = []
        moves: list[NDArray[np.int64]] = []
        for names, here in self._alike(acting):
            shares = acting.weight[here] @ chances[here] / acting.weight.sum()
            for name, share in zip(names, shares, strict=False):
                expected[name] = expected.get(name, 0.0) + float(share)
            made, answered = self._did(names, mover, rows)
            answering |= answered
            for move in made:
                chance = np.maximum(chances[here, move], LEAST)
                onward.append(acting[here].moved(mover, after[here, move], chance))
                moves.append(game.first_move[acting.state[here]].astype(np.int64) + move)
                done[names[move]] = done.get(names[move], 0.0) + float(onward[-1].weight.sum())
        self.used |= answering
        going = joined(*onward)
        total = math.fsum((*going.weight, *rest.weight))
        cloud = self._gathered(joined(rest, self._by_chance(going, np.concatenate(moves), alone=not len(rest))))
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
                value={} if self.brief else self._values(cloud),
            )
        )
        return cloud

    def _alike(self, cloud: Cloud) -> list[tuple[tuple[str, ...], NDArray[np.intp]]]:
        """Return the names of what can be done, and where in the cloud just that can be done."""
        states, which = np.unique(cloud.state, return_inverse=True)
        groups: dict[tuple[str, ...], list[int]] = {}
        for n, state in enumerate(map(int, states)):
            if state not in self._moves:
                self._moves[state] = tuple(self.game.move_name(a) for a in self.game.moves_of(state))
            groups.setdefault(self._moves[state], []).append(n)
        return [(names, np.flatnonzero(np.isin(which, some))) for names, some in groups.items()]

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

    def _gathered(self, cloud: Cloud) -> Cloud:
        cloud, left_out = gathered(cloud)
        self.left_out = max(self.left_out, left_out)
        return cloud

    def _beliefs(self, cloud: Cloud) -> dict[str, dict[str, float]]:
        second = cloud.mean(cloud.beliefs)
        return {
            p.name: dict(zip(p.types, (1.0 - float(b), float(b)) if len(p.types) > 1 else (1.0,), strict=True))
            for p, b in zip(self.game.players, second, strict=True)
        }

    def _values(self, cloud: Cloud) -> dict[str, dict[str, float]]:
        """Return what the rest is worth to each type, on average over all that may have been in the public's eyes."""
        value = cloud.mean(value_of_rest(self.solution, cloud))
        return {
            p.name: {kind: float(value[i, k]) for k, kind in enumerate(p.types)}
            for i, p in enumerate(self.game.players)
        }
