"""Every reply to an invitation: what it is worth to each type, and how it ends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..scenario.compile import Confrontation
from ..scenario.schema import REPLIES
from ..simulate.events import events_of
from ..simulate.histories import Histories, simulate
from ..simulate.outcomes import outcome_odds, outcomes_of, pressure_and_stamina, settled_after
from ..solve.solution import Beliefs, Solution
from .record import LeverCase, Path, Reply
from .verdict import Worth


def family_of(move: str) -> str:
    """Return which of `REPLIES` a move of the invited party belongs to."""
    return max((r for r in REPLIES if move.startswith(r)), key=len)


def values_at(solution: Solution, state: int, period: int, beliefs: Beliefs) -> dict[str, dict[str, float]]:
    """Return own type -> reply available in ``state`` -> value in discounted stakes."""
    game = solution.game
    worth = solution.stage(state, period, beliefs).q
    moves = [game.move_name(a) for a in game.moves_of(state)]
    types = game.players[game.mover[state]].types
    return {k: {move: float(worth[m, n]) for n, move in enumerate(moves)} for m, k in enumerate(types)}


def replies_at(
    solution: Solution, state: int, period: int, beliefs: Beliefs, histories: int, seed: int
) -> tuple[Reply, ...]:
    """Return every reply available in ``state``, in the order of `REPLIES`, with values and simulated ends."""
    game = solution.game
    assert isinstance(game, Confrontation)
    party = int(game.mover[state])
    player = game.players[party]
    values = values_at(solution, state, period, beliefs)
    room = solution.stage(state, period, beliefs)
    across = game.players[1 - party]
    weight = np.array([1 - beliefs[party], beliefs[party]])[: len(player.types)]
    discount = game.scenario.parties[player.name].discount
    found = []
    for n, a in enumerate(game.moves_of(state)):
        name = game.move_name(a)
        broken = np.zeros((len(player.types), len(across.types)))
        by_type, lasting, moving = {}, 0.0, np.zeros((2, game.periods - period, 2))
        for k, type_name in enumerate(player.types):
            dealt = (k, None) if party == 0 else (None, k)
            played = simulate(solution, histories, seed, state, period, beliefs, dealt, name)
            by_type[type_name] = outcome_odds(played)
            lasting += float(weight[k] * settled_after(played).mean())
            broken[k] = _broken(played, 1 - party, len(across.types))
            moving += weight[k] * np.stack([table.mean(axis=0) for table in pressure_and_stamina(played)[1:]])
        odds = {
            end: float(sum(w * by_type[k][end] for w, k in zip(weight, player.types, strict=True)))
            for end in outcomes_of(game)
        }
        value = {k: values[k][name] for k in player.types}
        found.append(
            Reply(
                reply=name,
                family=family_of(name),
                value=value,
                share={k: (1 - discount) * v for k, v in value.items()},
                probability={k: float(room.policy[m, n]) for m, k in enumerate(player.types)},
                outcomes=odds,
                outcomes_by_type=by_type,
                outcome_error=float(np.sqrt(max(p * (1 - p) for p in odds.values()) / histories)),
                settled_after=lasting,
                other_value={k: float(room.other_q[m, n]) for m, k in enumerate(across.types)},
                broken=_labelled(weight @ broken, across.types),
                paths=_paths(game, range(period, game.periods), moving),
            )
        )
    return tuple(sorted(found, key=lambda r: REPLIES.index(r.family)))


def _broken(played: Histories, other: int, types: int) -> NDArray[np.float64]:
    """Return by type of the other party in how many of its histories it goes back on terms; nan if never dealt."""
    dealt = played.types[:, other, None] == np.arange(types)
    goes_back = events_of(played).breaches[:, other] > 0
    with np.errstate(invalid="ignore"):
        return (dealt & goes_back[:, None]).sum(axis=0) / dealt.sum(axis=0)


def _labelled(values: NDArray[np.float64], names: tuple[str, ...]) -> dict[str, float]:
    return {name: float(value) for name, value in zip(names, values, strict=True) if np.isfinite(value)}


def _paths(game: Confrontation, periods: range, means: NDArray[np.float64]) -> tuple[Path, ...]:
    """Return means (2, T, 2) of pressure and stamina by party as records, where there are any."""
    pressing = [any(lever.by == p.name for lever in game.scenario.levers.values()) for p in game.players]
    drained = [game.scenario.drained(p.name) for p in game.players]
    return tuple(
        Path(kind, p.name, tuple(periods), tuple(map(float, means[n, :, i])))
        for n, (kind, there) in enumerate((("pressure", pressing), ("stamina", drained)))
        for i, p in enumerate(game.players)
        if there[i]
    )


def worth_of(values: dict[str, dict[str, float]]) -> dict[str, Worth]:
    """Return for each type the best refusal, and accepting with levers kept and dropped; ``values`` as of `values_at`.

    Where there is nothing to drop, or keeping or dropping is not among the replies, the one stands for the other.
    """
    found = {}
    for k, by_reply in values.items():
        best = {
            family: max((v for r, v in by_reply.items() if family_of(r) == family), default=None) for family in REPLIES
        }
        keep, drop = best["accept and keep"], best["accept and drop"]
        refusals = [v for f in ("refuse", "refuse and raise") if (v := best[f]) is not None]
        keep = drop if keep is None else keep
        assert keep is not None
        found[k] = Worth(max(refusals), keep, keep if drop is None else drop)
    return found


def lever_cases(
    solution: Solution,
    state: int,
    period: int,
    beliefs: Beliefs,
    as_they_stand: tuple[Reply, ...],
    histories: int,
    seed: int,
) -> tuple[LeverCase, ...]:
    """Return the same invitation with the party's own levers at none, as they stand, and one step higher.

    A case that cannot be reached from the start, or is the same as another, is left out.
    """
    game = solution.game
    assert isinstance(game, Confrontation)
    party = game.players[game.mover[state]].name
    own = [n for n, lever in enumerate(game.scenario.levers.values()) if lever.by == party]
    standing = game.levels[state].copy()
    none, more = standing.copy(), standing.copy()
    for n in own:
        lever = tuple(game.scenario.levers.values())[n]
        none[n] = standing[n] if lever.irreversible else lever.floor
        more[n] = min(standing[n] + lever.step, lever.ceiling)
    cases = []
    for case, levels in (("none", none), ("as they stand", standing), ("more", more)):
        if case != "as they stand" and (levels == standing).all():
            continue
        other = game.find(game.standing(state).put_levels(levels[None]))
        if other is None:
            continue
        replies = (
            as_they_stand if case == "as they stand" else replies_at(solution, other, period, beliefs, histories, seed)
        )
        levers = tuple(game.scenario.levers.values())
        best = {k: max(replies, key=lambda r: r.value[k]).reply for k in replies[0].value}
        cases.append(LeverCase(case, {levers[n].name: levers[n].levels[levels[n]] for n in own}, replies, best))
    return tuple(cases)
