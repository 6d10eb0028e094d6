"""The moment assessed: the first invitation a party receives, and what the public believes by then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..errors import Fault, InputError
from ..game.game import Player
from ..scenario.compile import Confrontation
from ..simulate.histories import Histories
from ..solve.paths import outcomes
from ..solve.solution import Beliefs, Solution
from .record import LeverStanding, Situation

INVITE = "invite"

LEAST_DIFFERENCE = 0.01
"""Stakes below which two values count as equal: a hundredth of what is in dispute in one period."""


@dataclass(frozen=True)
class Moment:
    """A state in which a party has been invited, with the period and the public beliefs there.

    ``inviting`` is the state in which the invitation was made and ``before`` are the beliefs there; ``found`` says in
    words how the moment was chosen.
    """

    state: int
    period: int
    inviting: int
    before: Beliefs
    beliefs: Beliefs
    found: str


def first_invitation(solution: Solution, party: int, histories: Histories) -> Moment:
    """Return the first invitation that ``party`` receives.

    The first on the likeliest path; if there is none, the likeliest first invitation in the simulated ``histories``;
    if there is none either, an invitation made at the start, out of the blue.

    Raises
    ------
    InputError
        If the other party may not invite.
    """
    game = solution.game
    assert isinstance(game, Confrontation)
    name, other = game.players[party].name, game.players[1 - party].name
    if not any(p.kind == "invited" and p.mover == party for p in game.phases):
        raise InputError(Fault("party", f"{name} is never invited: talks.invite does not list {other}"))
    return (
        _on_likeliest_path(solution, game, party)
        or _in_histories(solution, game, party, histories)
        or _at_start(solution, game, party)
    )


def believed(player: Player, second: float) -> dict[str, float]:
    """Return type -> public probability, from that of the second type."""
    return dict(zip(player.types, (1.0 - second, second) if len(player.types) == 2 else (1.0,), strict=True))


def situation_at(game: Confrontation, state: int, period: int) -> Situation:
    """Return what everybody sees in ``state`` at ``period``, counted from 0."""
    scenario = game.scenario
    standing = tuple(
        LeverStanding(lever.name, lever.by, lever.levels[rank], int(rank), lever.levels)
        for lever, rank in zip(scenario.levers.values(), game.levels[state], strict=True)
    )
    stamina = {p.name: float(game.stamina[state, i]) for i, p in enumerate(game.players) if scenario.drained(p.name)}
    return Situation(
        period=period,
        date_words=f"{scenario.period} {period + 1} of {game.periods}",
        levers=standing,
        stamina=stamina,
        words=game.state_name(state),
    )


def error_at(solution: Solution, moment: Moment) -> float:
    """Return the error of what replies are worth against one another, in stakes, from the belief grid.

    At least `LEAST_DIFFERENCE`, so that no verdict rests on what nobody would notice.
    """
    return _error(solution, moment.state, moment.period, moment.beliefs)


def error_of_inviting(solution: Solution, moment: Moment) -> float:
    """Return the same for what the inviter's moves were worth against one another."""
    return _error(solution, moment.inviting, moment.period, moment.before)


def _error(solution: Solution, state: int, period: int, beliefs: Beliefs) -> float:
    return max(solution.change_on_refinement(state, period, beliefs), LEAST_DIFFERENCE)


def _is_invited(game: Confrontation, state: int, party: int) -> bool:
    phase = game.phases[game.phase[state]]
    return phase.kind == "invited" and phase.mover == party


def step(solution: Solution, state: int, period: int, beliefs: Beliefs, move: int) -> tuple[Beliefs, int]:
    """Return beliefs and period after ``move``, by number within its state."""
    game = solution.game
    mover = int(game.mover[state])
    updated = list(beliefs)
    if len(game.moves_of(state)) > 1:
        updated[mover] = float(solution.stage(state, period, beliefs).after[move])
    return (updated[0], updated[1]), period + int(game.elapsed[game.first_move[state] + move])


@dataclass(frozen=True)
class Step:
    """One move on the likeliest path, or the passing of time.

    ``chance`` is that of the move and what follows it in the public's eyes; ``before`` and ``after`` are the beliefs
    just before the move, and once it and what followed are seen; ``onward`` is the state it leads to.
    """

    state: int
    period: int
    move: int
    chance: float
    before: Beliefs
    after: Beliefs
    onward: int


def likeliest_path(solution: Solution) -> Iterator[Step]:
    """Yield the likeliest move and what likeliest follows it, step by step from the start to an end or the horizon."""
    game = solution.game
    state, period, beliefs = game.start, 0, solution.prior()
    while game.mover[state] >= 0 and period < game.periods:
        mover, count = int(game.mover[state]), len(game.moves_of(state))
        room = solution.stage(state, period, beliefs)
        weight = np.array([1 - beliefs[mover], beliefs[mover]])[: len(game.players[mover].types)]
        chances = weight @ room.policy[: len(weight), :count]
        move = int(np.argmax(chances))
        read, later = step(solution, state, period, beliefs, move)
        by_type = [(1.0 - p, p)[: len(player.types)] for p, player in zip(read, game.players, strict=True)]
        number = int(game.first_move[state]) + move
        ways = outcomes(game, number, period, (by_type[0], by_type[1]))
        chance, (first, second), onward = max(ways, key=lambda way: way[0])
        after = (first[-1] if len(first) > 1 else 0.0, second[-1] if len(second) > 1 else 0.0)
        yield Step(state, period, number, float(chances[move] * chance), beliefs, after, onward)
        state, period, beliefs = onward, later, after


def _on_likeliest_path(solution: Solution, game: Confrontation, party: int) -> Moment | None:
    for at in likeliest_path(solution):
        if _is_invited(game, at.onward, party):
            return Moment(
                at.onward, at.period, at.state, at.before, at.after, "the first invitation on the likeliest path"
            )
    return None


def _in_histories(solution: Solution, game: Confrontation, party: int, histories: Histories) -> Moment | None:
    states, periods = histories.states, histories.periods
    invited = np.array([p.kind == "invited" and p.mover == party for p in game.phases])
    hit = (states >= 0) & invited[game.phase[states]]
    rows = np.flatnonzero(hit.any(axis=1))
    if not len(rows):
        return None
    at = hit[rows].argmax(axis=1)
    keys = np.stack([periods[rows, at], states[rows, at]], axis=1)
    kinds, which, counts = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    best = int(np.argmax(counts))
    like = np.flatnonzero(which.reshape(-1) == best)
    # Beliefs depend on how the state was reached: take the likeliest way there.
    ways = np.stack([_prefix(histories.moves[rows[n]], int(at[n])) for n in like])
    _, first, times = np.unique(ways, axis=0, return_index=True, return_counts=True)
    chosen = like[first[np.argmax(times)]]
    row, column = rows[chosen], at[chosen]
    before, after = histories.beliefs[row, column - 1], histories.beliefs[row, column]
    share = len(rows) / len(histories.final)
    found = (
        f"the likeliest first invitation in {len(histories.final)} simulated histories "
        f"({share:.0%} hold one, {counts[best] / len(rows):.0%} of those begin so)"
    )
    return Moment(
        int(kinds[best, 1]),
        int(kinds[best, 0]),
        int(states[row, column - 1]),
        (float(before[0]), float(before[1])),
        (float(after[0]), float(after[1])),
        found,
    )


def _prefix(moves: np.ndarray, length: int) -> np.ndarray:
    """Return ``moves`` with everything from ``length`` on blanked."""
    kept = np.full_like(moves, -1)
    kept[:length] = moves[:length]
    return kept


def _at_start(solution: Solution, game: Confrontation, party: int) -> Moment:
    state, period, beliefs = game.start, 0, solution.prior()
    if game.mover[state] == party:
        names = [game.move_name(a) for a in game.moves_of(state)]
        beliefs, period = step(solution, state, period, beliefs, names.index("hold"))
        state = int(game.successors_of(game.first_move[state] + names.index("hold"))[0])
    names = [game.move_name(a) for a in game.moves_of(state)]
    invite = names.index(INVITE)
    after, _ = step(solution, state, period, beliefs, invite)
    target = int(game.successors_of(game.first_move[state] + invite)[0])
    return Moment(target, period, state, beliefs, after, "an invitation at the start, which no simulated history holds")
