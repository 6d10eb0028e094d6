"""What would change the answer, as far as the solved game itself can say: beliefs, stamina, levels of levers.

A solution holds every belief and every reachable state, so these need no new solution. Each entry is the nearest value
at which the best reply of a type changes, everything else as it stands.
"""

from __future__ import annotations

import numpy as np

from ..scenario.compile import Confrontation
from ..scenario.mechanisms.levels import level_key
from ..scenario.mechanisms.stamina import stamina_key
from ..solve.solution import Beliefs, Solution
from .record import Flip

_GRID = 40
_HALVINGS = 20


def flips_at(solution: Solution, state: int, period: int, beliefs: Beliefs) -> tuple[Flip, ...]:
    """Return the nearest flips of each type's best reply to the invitation in ``state``."""
    game = solution.game
    assert isinstance(game, Confrontation)
    return (
        *_belief_flips(solution, state, period, beliefs),
        *_stamina_flips(solution, game, state, period, beliefs),
        *_lever_flips(solution, game, state, period, beliefs),
    )


def _best(solution: Solution, state: int, period: int, beliefs: Beliefs, k: int) -> str:
    room = solution.stage(state, period, beliefs)
    moves = solution.game.moves_of(state)
    return solution.game.move_name(moves[int(np.argmax(room.q[k, : len(moves)]))])


def _belief_flips(solution: Solution, state: int, period: int, beliefs: Beliefs) -> list[Flip]:
    """Vary what the public believes about the inviter."""
    party = int(solution.game.mover[state])
    other = solution.game.players[1 - party]
    if len(other.types) < 2:
        return []
    now = beliefs[1 - party]

    def at(p: float) -> Beliefs:
        return (beliefs[0], p) if party == 0 else (p, beliefs[1])

    found = []
    for k, name in enumerate(solution.game.players[party].types):
        reply = _best(solution, state, period, beliefs, k)
        near = []
        for goal in (0.0, 1.0):
            steps = now + (goal - now) * np.linspace(0, 1, _GRID + 1)[1:]
            last = now
            for p in steps:
                if _best(solution, state, period, at(float(p)), k) != reply:
                    near.append(_close_in(solution, state, period, at, k, reply, last, float(p)))
                    break
                last = float(p)
        if near:
            p, changed = min(near, key=lambda pair: abs(pair[0] - now))
            found.append(Flip(f"belief that {other.name} is {other.types[1]}", name, now, p, reply, changed))
    return found


def _close_in(
    solution: Solution, state: int, period: int, at, k: int, reply: str, same: float, other: float
) -> tuple[float, str]:
    """Return where between ``same`` and ``other`` the best reply stops being ``reply``, and what it becomes."""
    for _ in range(_HALVINGS):
        middle = 0.5 * (same + other)
        if _best(solution, state, period, at(middle), k) == reply:
            same = middle
        else:
            other = middle
    return other, _best(solution, state, period, at(other), k)


def _stamina_flips(solution: Solution, game: Confrontation, state: int, period: int, beliefs: Beliefs) -> list[Flip]:
    party = int(game.mover[state])
    at = game.standing(state)
    found = []
    for name, other in game.scenario.parties.items():
        if not game.scenario.drained(name):
            continue
        key, steps = stamina_key(name), other.stamina.steps
        ways = {z: game.find(at.put(key, z)) for z in range(1, steps + 1)}
        found += _nearest(
            solution, game, state, period, beliefs, f"stamina of {name}", int(at[key][0]), ways,
            lambda z, steps=steps: round(z / steps, 4), party,
        )  # fmt: skip
    return found


def _lever_flips(solution: Solution, game: Confrontation, state: int, period: int, beliefs: Beliefs) -> list[Flip]:
    party = int(game.mover[state])
    found = []
    for n, lever in enumerate(game.scenario.levers.values()):
        ways = {
            level: game.find(game.standing(state).put(level_key(lever.name), level))
            for level in range(len(lever.levels))
        }
        found += _nearest(
            solution, game, state, period, beliefs, f"level of {lever.name}", int(game.levels[state, n]), ways,
            lambda level, lever=lever: lever.levels[level], party,
        )  # fmt: skip
    return found


def _nearest(
    solution: Solution, game: Confrontation, state: int, period: int, beliefs: Beliefs, parameter: str, now: int,
    ways: dict[int, int | None], say, party: int,
) -> list[Flip]:  # fmt: skip
    """Return for each type the nearest of ``ways`` (rank -> state) at which its best reply differs."""
    found = []
    for k, name in enumerate(game.players[party].types):
        reply = _best(solution, state, period, beliefs, k)
        for rank in sorted((r for r in ways if r != now), key=lambda r: (abs(r - now), r)):
            other = ways[rank]
            if other is None:
                continue
            changed = _best(solution, other, period, beliefs, k)
            if changed != reply:
                found.append(Flip(parameter, name, say(now), say(rank), reply, changed))
                break
    return found
