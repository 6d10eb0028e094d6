"""The likeliest path, told in sentences from the names the scenario uses."""

from __future__ import annotations

import math
import re
from itertools import groupby

from ..scenario.compile import Confrontation
from ..solve.solution import Beliefs, Solution
from .moment import Step, likeliest_path

TOLD = 0.05
"""Change of a public belief that is worth a sentence."""

UNSURE = 0.8
"""Chance of a move below which it is told."""

_VERBS_AFTER_AND = re.compile(r" and (raise|ease|keep|drop|walk)\b")


def story_of(solution: Solution) -> tuple[str, ...]:
    """Return the likeliest path of a confrontation in sentences, months in which the same happens told as one.

    The last sentence says how it ends, and how likely this very path is.
    """
    game = solution.game
    assert isinstance(game, Confrontation)
    steps = list(likeliest_path(solution))
    word = game.scenario.period
    told, known, first = [], solution.prior(), 0
    periods = [(period, list(group)) for period, group in groupby(steps, key=lambda at: at.period)]
    for n, (period, group) in enumerate(periods):
        moves = _moves(game, group)
        after = group[-1].after
        news = news_of_types(game, known, after)
        same = n + 1 < len(periods) and not news and moves == _moves(game, periods[n + 1][1])
        if same:
            continue
        since = periods[first][0]
        when = (
            f"{word.capitalize()} {period + 1}"
            if since == period
            else f"{word.capitalize()}s {since + 1} to {period + 1}"
        )
        told.append(" ".join([f"{when.capitalize()}: {moves}.", *news]))
        known, first = (after if news else known), n + 1
    chance = math.exp(sum(math.log(max(at.chance, 1e-300)) for at in steps))
    last = steps[-1].onward if steps else game.start
    ends = f"It ends there: {game.state_name(last)}" if game.mover[last] < 0 else "So it stands when the time is over"
    return (
        *told,
        f"{ends}. Every step is the likeliest; that all of them come about so has a chance of {_share(chance)}.",
    )


def _share(chance: float) -> str:
    return f"{chance:.0%}" if chance >= 0.01 else f"{chance:.1g}"


def _moves(game: Confrontation, steps: list[Step]) -> str:
    """Return what the parties do in one period, without the passing of time."""
    said = []
    for at in steps:
        if len(game.moves_of(at.state)) < 2:
            continue
        chance = f" ({_share(at.chance)})" if at.chance < UNSURE else ""
        said.append(f"{game.players[game.mover[at.state]].name} {third_person(game.move_name(at.move))}{chance}")
    return "; ".join(said) or "nobody has a choice"


def third_person(move: str) -> str:
    """Return a move as one says it of somebody.

    Examples
    --------
    >>> third_person("refuse and raise sanctions")
    'refuses and raises sanctions'
    >>> third_person("comply")
    'complies'
    """
    first, *rest = move.split(" ", 1)
    said = " ".join([_inflected(first), *rest])
    return _VERBS_AFTER_AND.sub(lambda found: f" and {_inflected(found[1])}", said)


def _inflected(verb: str) -> str:
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("ch", "sh", "s", "x", "o")) else f"{verb}s"


def news_of_types(game: Confrontation, known: Beliefs, now: Beliefs) -> list[str]:
    """Return what the public has come to believe, where that has changed enough."""
    said = []
    for player, before, after in zip(game.players, known, now, strict=True):
        if len(player.types) == 2 and abs(after - before) >= TOLD:
            turned = "rises" if after > before else "falls"
            said.append(
                f"The chance that {player.name} is {player.types[1]} {turned} from {before:.0%} to {after:.0%} in the "
                "public's eyes."
            )
    return said
