"""What a move leads to: its worth to both sides, what the other will do about it, and why another was worth more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..assess.moment import believed
from ..assess.moment import step as read_move
from ..report.words import number, percent, signed
from ..scenario.pressure import drain_on
from ..solve.solution import Beliefs
from .setting import Setting
from .table import Step, Table

SMALL = 0.005
"""Stakes below which a difference is not told: it would show as 0.00."""

_TOLD = 0.02
"""Change of a belief worth a word."""


@dataclass(frozen=True)
class Prospect:
    """What one move that may be made now leads to, in the eyes of the party that may make it.

    Parameters
    ----------
    number : int
        As moves are listed, from 1.
    move : str
    value : float
        To its own type, in discounted stakes from now on, if it plays on as in equilibrium.
    behind : float
        How much less that is than the best move; 0 for the best.
    other_value : float
        To the other side, its types weighted by what is believed of it.
    chance : float
        With which its own type makes the move in equilibrium.
    read_as : dict
        Own type -> what the other side would believe once it sees the move.
    answers : dict
        The other side's next move -> its chance, where it is the other's turn at once; else empty.
    accepted : float
        Chance that an invitation, offer or request is accepted at once; 0 where nothing is there to accept.
    drain : dict
        Party -> stamina it loses per period as things then stand.
    """

    number: int
    move: str
    value: float
    behind: float
    other_value: float
    chance: float
    read_as: dict[str, float]
    answers: dict[str, float]
    accepted: float
    drain: dict[str, float]


@dataclass(frozen=True)
class Priced:
    """One move made, priced: what the best move was worth to the mover's true type, less what this one was.

    Parameters
    ----------
    turn : int
        Which move of the game, from 1.
    period : int
        From 0.
    party, kind : str
        Who moved, and what type it truly was.
    move, best : str
    value, best_value, price : float
        In discounted stakes from then on; the price is 0 for the best move.
    why : str
        A sentence or two.
    """

    turn: int
    period: int
    party: str
    kind: str
    move: str
    best: str
    value: float
    best_value: float
    price: float
    why: str


def prospects(table: Table) -> tuple[Prospect, ...]:
    """Return what each move that may be made now leads to; none when it is over."""
    if table.over:
        return ()
    setting, me = table.setting, table.mover
    game = setting.game
    room = setting.solution.stage(table.state, table.period, table.beliefs)
    own = table.types[me]
    worth, chances = room.q[own, : len(table.moves)].copy(), room.policy[own, : len(table.moves)].copy()
    weights = np.array([1.0 - table.beliefs[1 - me], table.beliefs[1 - me]])[: game.types[1 - me]]
    found = []
    for n, name in enumerate(table.moves):
        read, _ = read_move(setting.solution, table.state, table.period, table.beliefs, n)
        number_of = int(game.first_move[table.state]) + n
        values = values_after(setting, number_of, table.period, read)
        state = int(game.successors_of(number_of)[0])
        answers = _answers(setting, state, table.period, read, 1 - me)
        at = game.standing(state)
        found.append(
            Prospect(
                number=n + 1,
                move=name,
                value=float(worth[n]),
                behind=float(worth.max() - worth[n]),
                other_value=float(weights @ values[1 - me, : len(weights)]),
                chance=float(chances[n]),
                read_as=believed(game.players[me], read[me]),
                answers=answers,
                accepted=sum(p for answer, p in answers.items() if answer.startswith(("accept", "grant"))),
                drain={p.name: float(drain_on(at, i)[0]) for i, p in enumerate(game.players)},
            )
        )
    return tuple(found)


def values_after(setting: Setting, move: int, period: int, read: Beliefs) -> NDArray[np.float64]:
    """Return what the game is worth once ``move``, which somebody chose, is made and the public believes ``read``.

    Returns
    -------
    array, shape (2, 2)
        To each party and type, in discounted stakes, what the move itself brings included.
    """
    game, row = setting.game, setting.game.row[move]
    (state,) = game.successors_of(move)
    values = setting.solution.stage(int(state), period, read).values if game.mover[state] >= 0 else None
    weights = [np.array([1.0 - p, p])[:k] for p, k in zip(read, game.types, strict=True)]
    found = np.zeros((2, 2))
    for i in (0, 1):
        paid, kinds = game.reward[row, i], game.types[i]
        if values is None:
            closing = game.closing[game.closing_row[state], i]
            paid = paid + game.discount[row, i] * closing
        found[i, :kinds] = paid @ weights[1] if i == 0 else weights[0] @ paid
        if values is not None:
            found[i, :kinds] += game.discount[row, i] * values[i, :kinds]
    return found


def _answers(setting: Setting, state: int, period: int, beliefs: Beliefs, party: int) -> dict[str, float]:
    """Return what ``party`` is expected to do in ``state``: move -> public chance; empty if it has no choice there."""
    game = setting.game
    moves = game.moves_of(state)
    if game.mover[state] != party or len(moves) < 2 or period >= game.periods:
        return {}
    policy = setting.solution.stage(state, period, beliefs).policy
    weights = np.array([1.0 - beliefs[party], beliefs[party]])[: game.types[party]]
    chances = weights @ policy[: len(weights), : len(moves)]
    return {game.move_name(a): float(p) for a, p in zip(moves, chances, strict=True)}


def priced(table: Table, party: int) -> tuple[Priced, ...]:
    """Return every move that ``party`` (0 or 1) has made, priced for the type it was, in the order they were made."""
    found, turn = [], 0
    for step in table.steps:
        turn += step.chosen
        if step.chosen and table.setting.game.mover[step.state] == party:
            found.append(_priced(table.setting, step, turn))
    return tuple(found)


def _priced(setting: Setting, step: Step, turn: int) -> Priced:
    game = setting.game
    me = int(game.mover[step.state])
    first = int(game.first_move[step.state])
    made, best = step.move - first, int(np.argmax(step.worth))
    names = [game.move_name(a) for a in game.moves_of(step.state)]
    return Priced(
        turn=turn,
        period=step.period,
        party=game.players[me].name,
        kind=game.players[me].types[step.types[me]],
        move=names[made],
        best=names[best],
        value=step.worth[made],
        best_value=step.worth[best],
        price=step.worth[best] - step.worth[made],
        why=_nothing_better(step, names, made) if made == best else _why(setting, step, names, made, best),
    )


def _nothing_better(step: Step, names: list[str], made: int) -> str:
    after = max((n for n in range(len(names)) if n != made), key=lambda n: step.worth[n])
    gap = step.worth[made] - step.worth[after]
    if gap < SMALL:
        return f"Nothing was worth more; {names[after]} was worth the same."
    return f"Nothing was worth more; the next best, {names[after]}, was worth {number(gap)} stakes less."


def _why(setting: Setting, step: Step, names: list[str], made: int, best: int) -> str:
    """Say why ``best`` was worth more: where it leads, what it tells the other side, and what that would have done.

    What a move is worth splits into its worth had it told nothing, and the rest, which is what the telling is worth.
    """
    price = step.worth[best] - step.worth[made]
    if price < SMALL:
        return f"Nothing was worth more; {names[best]} was worth the same."
    game = setting.game
    me = int(game.mover[step.state])
    own, first = step.types[me], int(game.first_move[step.state])
    reads = {n: read_move(setting.solution, step.state, step.period, step.beliefs, n)[0] for n in (made, best)}
    untold = {n: values_after(setting, first + n, step.period, step.beliefs)[me, own] for n in (made, best)}
    leads = float(untold[best] - untold[made])
    tells = price - leads
    parts = []
    if abs(leads) >= SMALL:
        parts.append(f"{signed(leads)} by where it leads")
    if abs(tells) >= SMALL:
        parts.append(f"{signed(tells)} by what it tells")
    said = [f"{names[best].capitalize()} was worth {number(price)} stakes more: {', '.join(parts)}."]
    other = game.players[1 - me].name
    after_best, after_made = reads[best][me], reads[made][me]
    if abs(after_best - after_made) >= _TOLD and len(game.players[me].types) > 1:
        kind = game.players[me].types[1]
        said.append(
            f"{other} would have taken you for {kind} with {percent(after_best)}, and not with {percent(after_made)}."
        )
    answers = {
        n: _answers(setting, int(game.successors_of(first + n)[0]), step.period, reads[n], 1 - me) for n in reads
    }
    if answers[best]:
        likeliest = max(answers[best], key=answers[best].__getitem__)
        before = answers[made].get(likeliest)
        compared = "" if before is None else f", against {percent(before)} after {names[made]}"
        said.append(
            f"{other} would likeliest have answered: {likeliest} ({percent(answers[best][likeliest])}{compared})."
        )
    return " ".join(said)
