"""Branches side by side: how each goes on in many seeded continuations, from the eyes of one seat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import Fault, InputError
from ..report.words import number
from ..simulate.histories import simulate
from ..simulate.outcomes import QUANTILES, outcome_by_phase, outcome_odds, settled_after
from .match import Match

CONTINUATIONS = 200
"""Continuations of each branch, unless asked for more."""

MOST_BRANCHES = 3
"""Branches compared at once."""

PLAYED_ON = (
    "From where a branch begins, both sides go on as in equilibrium; one's own type is what it is, and the other's is "
    "drawn from what is believed of it. Every branch has the same draws."
)


@dataclass(frozen=True)
class Continued:
    """One branch, played on many times.

    Parameters
    ----------
    name : str
        As in `Match.branches`.
    node : int
        From where it is played on.
    turn : int
        Moves made by then.
    move : str
        The last of them: where a branch parts from the others, the move by which it does.
    mean, error, spread : float
        Worth to the party of the whole game, in stakes discounted to its start: what it has had by then, and what
        follows. Mean over the continuations, its standard error, and the standard deviation between them.
    low, high : float
        Between which nine tenths of the continuations lie.
    settled : float
        Period, from 0 and counted from the start of the game, by which it is settled on average: it has ended, or terms
        are in force that last. Branches that end alike may differ in when.
    outcomes : dict
        How it ends -> share of the continuations.
    """

    name: str
    node: int
    turn: int
    move: str
    mean: float
    error: float
    spread: float
    low: float
    high: float
    settled: float
    outcomes: dict[str, float]


@dataclass(frozen=True)
class Comparison:
    """Branches compared for one party; ``sentence`` says which is worth more, ``note`` how they were played on."""

    party: str
    continuations: int
    seed: int
    rows: tuple[Continued, ...]
    sentence: str
    note: str = PLAYED_ON


def compare(
    match: Match,
    party: str,
    nodes: Sequence[int],
    continuations: int = CONTINUATIONS,
    seed: int = 0,
    as_left: bool = False,
) -> Comparison:
    """Compare branches of ``match`` by what they are worth to ``party``.

    Parameters
    ----------
    match : Match
    party : str
    nodes : sequence of int
        Where the branches end (`duress.play.match.Branch.node`): two or three.
    continuations : int
        Of each branch, 2 to 10 000.
    seed : int
    as_left : bool
        Whether to play on from where each branch was left, luck so far included; else from just after the move by
        which it parts from the others.

    Raises
    ------
    InputError
        With every fault of the nodes and numbers.
    """
    me = match.table.seat(party)
    faults = []
    if not 2 <= len(set(nodes)) <= MOST_BRANCHES or len(set(nodes)) < len(nodes):
        faults.append(Fault("nodes", f"are {len(nodes)}; two or three different ones are compared"))
    faults += [
        Fault("nodes", f"hold {node}; nodes are numbered 0 to {len(match.nodes) - 1}")
        for node in nodes
        if not 0 <= node < len(match.nodes)
    ]
    if not 2 <= continuations <= 10_000:
        faults.append(Fault("continuations", f"is {continuations}; 2 to 10,000 are allowed"))
    if faults:
        raise InputError(faults)
    names = {branch.node: branch.name for branch in match.branches}
    lines = [match.line(node) for node in nodes]
    rows, worths = [], []
    for n, line in enumerate(lines):
        others = {node for m, other in enumerate(lines) if m != n for node in other}
        parted = [node for node in line if node not in others]
        start = line[-1] if as_left or not parted else parted[0]
        worth, settled, odds = _played_on(match, start, me, continuations, seed)
        low, high = np.quantile(worth, (QUANTILES[0], QUANTILES[-1]))
        made = match.names(line[: line.index(start) + 1])
        rows.append(
            Continued(
                name=names.get(nodes[n], f"turn {len(line) - 1}"),
                node=start,
                turn=line.index(start),
                move=made[-1] if made else "",
                mean=float(worth.mean()),
                error=float(worth.std(ddof=1) / np.sqrt(len(worth))),
                spread=float(worth.std(ddof=1)),
                low=float(low),
                high=float(high),
                settled=settled,
                outcomes=odds,
            )
        )
        worths.append(worth)
    return Comparison(party, continuations, seed, tuple(rows), _sentence(party, rows, worths))


def _played_on(
    match: Match, node: int, me: int, count: int, seed: int
) -> tuple[NDArray[np.float64], float, dict[str, float]]:
    """Return what the whole game is worth in each continuation, shape (count,), when it is settled, and how it ends."""
    table = match.nodes[node].table
    game = table.setting.game
    if table.over:
        outcome = outcome_by_phase(game)[game.phase[table.state]]
        return np.full(count, table.total()[me]), float(table.period), {outcome: 1.0}
    own = table.types[me]
    types = (own, None) if me == 0 else (None, own)
    played = simulate(table.setting.solution, count, seed, table.state, table.period, table.beliefs, types)
    odds = {name: share for name, share in outcome_odds(played).items() if share > 0}
    settled = table.period + float(settled_after(played).mean())
    return table.stakes[me] + table.weight[me] * played.worth[:, me], settled, odds


def _sentence(party: str, rows: Sequence[Continued], worths: Sequence[NDArray[np.float64]]) -> str:
    """Say which branch is worth most, and whether the next is clear of it: twice the error of their difference."""
    order = sorted(range(len(rows)), key=lambda n: -rows[n].mean)
    best, second = order[0], order[1]
    gap = worths[best] - worths[second]
    error = float(gap.std(ddof=1) / np.sqrt(len(gap)))
    more = f"{number(float(gap.mean()))} ± {number(error)} stakes"
    if gap.mean() > 2 * error:
        return f"Branch {rows[best].name} is worth most to {party}: {more} more than {rows[second].name}."
    return f"Branches {rows[best].name} and {rows[second].name} cannot be told apart: they differ by {more}."
