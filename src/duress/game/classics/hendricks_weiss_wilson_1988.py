"""The war of attrition: two sides pay to hold on until one concedes."""

from __future__ import annotations

import math

import numpy as np

from ...errors import InputError
from ..builder import GameBuilder
from ..game import Game
from .entry import Classic, Known, Solved
from .reading import turns_of

PRIZE = 1.0
COST = 0.1
TOUGH = 0.05
"""What winning is worth, what a turn costs either side, and the chance that a side never concedes, unless told."""

_TURNS = 20


def war_of_attrition(
    prize: float = PRIZE,
    cost: float = COST,
    tough: float = TOUGH,
    periods: int = 45,
    precision: float = 1000.0,
) -> Game:
    """Return the game of two sides who by turns hold on or concede; the other then has the prize.

    Parameters
    ----------
    prize : float
        v.
    cost : float
        k, what either side pays whenever one of them holds on.
    tough : float
        Chance that a side is of a type that never concedes: conceding costs it ten times the prize.
    periods : int
        Turns in all. After the last there is nothing to win.
    precision : float

    Returns
    -------
    Game
        Players First and Second (weak, tough), who move by turns in states ``First decides`` and ``Second decides``.

    Notes
    -----
    The paper's game is of complete information and in continuous time: in an equilibrium where nobody concedes at once,
    each concedes at the rate that makes the other indifferent, flow cost / prize. By turns, holding on costs k at once
    and, unless the other then concedes, k again until the next turn of one's own, where one is indifferent again; so
    with the chance h that the other concedes,

        0 = -k + h v - (1 - h) k,  h = 2 k / (v + k),

    which per unit of time tends to the paper's as turns get short (2 k is the cost of a round).

    Complete information has other equilibria as well, where one side concedes at once; with a last turn, backward
    induction leaves only such. A small chance that a side is tough makes the mixed one the only one: the chance of
    concession, over both types, is h at each turn while both are still in doubt (Abreu & Gul 2000, proposition 1;
    Kreps & Wilson 1982, section 4). Each turn without concession divides a reputation by 1 - h, so that it takes each
    side log(``tough``) / log(1 - h) turns to be known as tough. The first concession may be smaller, to make that even.

    References
    ----------
    Maynard Smith, J. (1974). The theory of games and the evolution of animal conflicts. J. Theor. Biol. 47, 209-221.
    Hendricks, K., Weiss, A. & Wilson, C. (1988). The war of attrition in continuous time with complete information.
    Int. Econ. Rev. 29(4), 663-680.

    Examples
    --------
    >>> from duress.game.classics import war_of_attrition
    >>> war_of_attrition().states
    3
    """
    if prize <= 0 or cost <= 0:
        raise InputError(f"prize and cost: {prize:g} and {cost:g}; both must be above 0")
    names = ("First", "Second")
    types = {"weak": 1 - tough, "tough": tough}
    builder = GameBuilder(
        (names[0], types), (names[1], types), periods=periods, precision=precision, title="The war of attrition"
    )
    for name in names:
        builder.state(f"{name} decides", mover=name)
    for name, other in (names, names[::-1]):
        conceded = {name: {"weak": 0.0, "tough": -10 * prize}, other: prize}
        builder.move(f"{name} decides", "concede", to="over", reward=conceded)
        paid = {name: -cost, other: -cost}
        builder.move(f"{name} decides", "hold on", to=f"{other} decides", reward=paid, elapsed=True)
    return builder.end("over").build("First decides")


def concedes(prize: float = PRIZE, cost: float = COST) -> float:
    """Return the chance per turn that a side concedes, 2 k / (v + k) (see `war_of_attrition`)."""
    return 2 * cost / (prize + cost)


def chance_per_turn(solution: Solved, player: str) -> float:
    """Return the mean chance that this player concedes at a turn, over the first twenty after the first."""
    turns = list(turns_of(solution, "hold on", _TURNS + 1))[1:]
    return float(np.mean([turn.leaves for turn in turns if turn.player == player]))


def _outlasted(solution: Solved) -> float:
    turns = list(turns_of(solution, "hold on", 11))[1:]
    return math.prod(1 - turn.leaves for turn in turns)


def _turns_to_certainty(solution: Solved) -> float:
    turns = turns_of(solution, "hold on", solution.game.periods)
    return next((float(turn.period) for turn in turns if min(turn.beliefs) > 0.99), math.inf)


CLASSIC = Classic(
    name="hendricks-weiss-wilson-1988",
    short="war-of-attrition",
    title="The war of attrition",
    citation="Hendricks, K., Weiss, A. & Wilson, C. (1988). The war of attrition in continuous time with complete "
    "information. International Economic Review 29(4), 663-680, the equilibria without immediate concession.",
    build=war_of_attrition,
    method={"precision": 1000.0, "beliefs": 65, "branch": "in time"},
    expected=(
        *(
            Known(
                f"{name} concedes with this chance per turn.",
                concedes(),
                0.01,
                lambda s, name=name: chance_per_turn(s, name),
            )
            for name in ("First", "Second")
        ),
        Known(
            "After the first, ten turns pass without concession with this chance.",
            (1 - concedes()) ** 10,
            0.02,
            _outlasted,
        ),
        Known(
            "To the first who may concede, the war is worth nothing.", 0.0, 0.005, lambda s: s.value()["First"]["weak"]
        ),
        Known(
            "Whoever has not conceded after this many turns is known to be tough.",
            2 * math.log(TOUGH) / math.log(1 - concedes()),
            2.0,
            _turns_to_certainty,
        ),
    ),
)
