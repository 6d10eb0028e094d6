"""An invitation in a state that the analyst describes, in the words in which duress describes states."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import Fault, InputError
from ..scenario.compile import Confrontation
from ..scenario.mechanism import Component
from ..solve.solution import Beliefs, Solution
from .moment import INVITE, Moment, step

YES, NO = ("yes", "true", "on"), ("no", "false", "off")


@dataclass(frozen=True)
class Described:
    """An invitation not yet read: the state in which a party has been invited, the period, and beliefs before it."""

    state: int
    period: int
    before: Beliefs


def describe(game: Confrontation, party: int, at: Mapping[str, str]) -> Described:
    """Return the invitation to ``party`` in the state that ``at`` describes.

    Parameters
    ----------
    game : Confrontation
    party : int
    at : mapping
        What -> what it is. What may be a lever (its level), anything else of the public state in the words in which
        states are described ("stamina of Iran": a number, the nearest step counts; "US in breach of 2015 agreement":
        yes or no), the word for a period ("quarter": from 1 on), or a type of a party ("US tactical": the probability
        the public gives it before the invitation is made). What is not described is as at the start, or where that
        cannot be, as near to it as can be.

    Raises
    ------
    InputError
        If something is not known, may not be so, or if no invitation with all that can be reached.
    """
    name, other = game.players[party].name, game.players[1 - party].name
    invited = np.array([p.kind == "invited" and p.mover == party for p in game.phases])
    states = np.flatnonzero(invited[game.phase])
    if not len(states):
        raise InputError(Fault("party", f"{name} is never invited: talks.invite does not list {other}"))
    period, before = 0, [p.prior[1] if len(p.types) == 2 else 0.0 for p in game.players]
    wanted: dict[int, tuple[int, str]] = {}
    faults: list[Fault] = []
    for what, value in at.items():
        try:
            if _same(what, game.scenario.period) or _same(what, "period"):
                period = _period(game, what, value)
            elif (belief := _belief(game, what, value)) is not None:
                before[belief[0]] = belief[1]
            else:
                column, found = _component(game, what, value)
                wanted[column] = found, what
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return Described(_nearest(game, states, wanted, name), period, (before[0], before[1]))


def read_invitation(solution: Solution, described: Described) -> Moment:
    """Return the invitation ``described``, with what the public believes once it is made."""
    game = solution.game
    assert isinstance(game, Confrontation)
    back, move = _made(game, described.state)
    after, _ = step(solution, back, described.period, described.before, move)
    return Moment(described.state, described.period, back, described.before, after, "the state described")


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _number(text: str) -> float | None:
    match = re.fullmatch(r"\s*([-+]?(?:\d+\.?\d*|\.\d+))\s*(%?)\s*", text)
    return None if match is None else float(match[1]) / (100.0 if match[2] else 1.0)


def _period(game: Confrontation, what: str, value: str) -> int:
    number = _number(value)
    if number is None or number != int(number) or not 1 <= number <= game.periods:
        raise InputError(Fault(f"at {what}", f"must be a whole number from 1 to {game.periods}; found '{value}'"))
    return int(number) - 1


def _belief(game: Confrontation, what: str, value: str) -> tuple[int, float] | None:
    """Return a party and the probability of its second type, or None if ``what`` is no type of a party."""
    for i, player in enumerate(game.players):
        for k, kind in enumerate(player.types):
            if not _same(what, f"{player.name} {kind}"):
                continue
            chance = _number(value)
            if chance is None or not 0.0 <= chance <= 1.0:
                raise InputError(Fault(f"at {what}", f"must be a probability from 0 to 1; found '{value}'"))
            if len(player.types) == 1 and chance != 1.0:
                raise InputError(Fault(f"at {what}", f"must be 1, as {player.name} has one type; found '{value}'"))
            return i, 0.0 if len(player.types) == 1 else chance if k == 1 else 1.0 - chance
    return None


def _component(game: Confrontation, what: str, value: str) -> tuple[int, int]:
    """Return which component of the state ``what`` is, and its value."""
    components = game.space.components
    for column, component in enumerate(components):
        said = [component.words(v) for v in range(component.size)]
        answers = {" ".join(s.split())[len(what) :].strip(): v for v, s in enumerate(said) if _begins(s, what)}
        if not answers:
            continue
        if set(answers) == {""}:  # it is so, or it is not
            return column, _flag(what, value, answers[""], component)
        for answer, v in answers.items():
            if _same(answer, value):
                return column, v
        numbers = {v: n for answer, v in answers.items() if (n := _number(answer)) is not None}
        asked = _number(value)
        if asked is not None and len(numbers) == len(answers):
            lowest, highest = min(numbers.values()), max(numbers.values())
            if not lowest <= asked <= highest:
                raise InputError(Fault(f"at {what}", f"must be from {lowest:g} to {highest:g}; found '{value}'"))
            return column, min(numbers, key=lambda v: abs(numbers[v] - asked))
        raise InputError(Fault(f"at {what}", f"must be one of {', '.join(answers)}; found '{value}'"))
    raise InputError(Fault(f"at {what}", f"is not part of the state; {', '.join(_known(game))} are"))


def _begins(said: str, what: str) -> bool:
    words, first = said.casefold().split(), what.casefold().split()
    return bool(first) and words[: len(first)] == first


def _flag(what: str, value: str, there: int, component: Component) -> int:
    absent = [v for v in range(component.size) if not component.words(v)]
    if value.casefold() in YES:
        return there
    if value.casefold() in NO and absent:
        return absent[0]
    raise InputError(Fault(f"at {what}", f"must be yes or no; found '{value}'"))


def _known(game: Confrontation) -> list[str]:
    """Return everything that may be described."""
    known = [game.scenario.period, *(_name_of(game, n) for n in range(len(game.space.components)))]
    known += [f"{p.name} {kind}" for p in game.players for kind in p.types if len(p.types) > 1]
    return list(dict.fromkeys(name for name in known if name))


def _name_of(game: Confrontation, column: int) -> str:
    """Return by which words a component is described; empty if it is never said."""
    if column < len(game.scenario.levers):
        return list(game.scenario.levers)[column]
    component = game.space.components[column]
    said = [words for v in range(component.size) if (words := component.words(v))]
    same = [w for w in zip(*(s.split() for s in said), strict=False) if len(set(w)) == 1]
    return " ".join(w[0] for w in same) if len(said) > 1 else "".join(said)


def description_of(game: Confrontation, state: int, period: int, beliefs: Beliefs) -> dict[str, str]:
    """Return the words in which `describe` finds an invitation made where things stand as in ``state``.

    Parameters
    ----------
    game : Confrontation
    state : int
        Any that is no end.
    period : int
        From 0.
    beliefs : tuple of float
        Public probability of each party's second type.

    Notes
    -----
    What is as at the start is left out where it can be: the description is of what differs.
    """
    values, start = game.standing(state).values[0], game.standing(game.start).values[0]
    found = {}
    for column, component in enumerate(game.space.components):
        name, said = _name_of(game, column), component.words(int(values[column]))
        if name and values[column] != start[column]:
            found[name] = said[len(name) :].strip() or "yes" if said else "no"
    found[game.scenario.period] = str(period + 1)
    for player, second in zip(game.players, beliefs, strict=True):
        if len(player.types) == 2:
            found[f"{player.name} {player.types[1]}"] = f"{second:.4f}"
    return found


def _nearest(game: Confrontation, states: NDArray[np.int64], wanted: Mapping[int, tuple[int, str]], party: str) -> int:
    """Return the state with all that is wanted, and otherwise as near as can be to how things stand at the start."""
    start = game.standing(game.start).values[0]
    by_phase = [(n, states[game.phase[states] == n]) for n in np.unique(game.phase[states])]
    values = np.concatenate([game.space.standing(game.origin[here], game.phases[n]).values for n, here in by_phase])
    states = np.concatenate([here for _, here in by_phase])
    fits = np.ones(len(states), bool)
    for column, (value, what) in wanted.items():
        closer = fits & (values[:, column] == value)
        if not closer.any():
            so = game.space.components[column].words(value) or f"{what} no"
            raise InputError(Fault(f"at {what}", f"no invitation to {party} can be reached with {so}{_given(wanted)}"))
        fits = closer
    free = [column for column in range(values.shape[1]) if column not in wanted]
    apart = values[:, free] - start[free]
    order = np.lexsort((states, np.abs(apart).sum(axis=1), (apart != 0).sum(axis=1), ~fits))
    return int(states[order[0]])


def _given(wanted: Mapping[int, tuple[int, str]]) -> str:
    return " and the rest described" if len(wanted) > 1 else ""


def _made(game: Confrontation, state: int) -> tuple[int, int]:
    """Return the state in which the invitation that leads to ``state`` is made, and which move of it it is."""
    inviter = game.phases[game.phase[state]].party
    values = game.standing(state).values[0]
    found = []
    for branch in np.flatnonzero(game.successor == state):
        move = int(np.searchsorted(game.first_branch, branch, side="right")) - 1
        back = int(np.searchsorted(game.first_move, move, side="right")) - 1
        if int(game.mover[back]) == inviter and game.move_name(move) == INVITE:
            changed = int((game.standing(back).values[0] != values).sum())
            found.append((changed, back, move - int(game.first_move[back])))
    _, back, move = min(found)
    return back, move
