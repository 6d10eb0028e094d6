"""Bargaining and reputation: two sides insist on their demands, and either may be of a kind that never yields."""

from __future__ import annotations

import math

import numpy as np

from ...errors import InputError
from ..builder import GameBuilder
from ..game import Game
from .entry import Classic, Known, Solved
from .reading import turns_of

NAMES = ("First", "Second")
DEMANDS = (0.7, 0.6)
RATES = (1.0, 1.0)
OBSTINATE = (0.1, 0.1)
"""Demands, discount rates and chances of obstinacy, unless told."""
STEP = 0.05
"""Time between turns, unless told."""


def reputational_bargaining(
    demands: tuple[float, float] = DEMANDS,
    rates: tuple[float, float] = RATES,
    obstinate: tuple[float, float] = OBSTINATE,
    step: float = STEP,
    length: float = 3.0,
    precision: float = 1000.0,
) -> Game:
    """Return the game of two sides with demands that do not fit, who by turns insist or concede the other's.

    Parameters
    ----------
    demands : tuple of two float
        α, shares of a cake of size 1 that each asks for; more than 1 in all.
    rates : tuple of two float
        r, discount rates per unit of time.
    obstinate : tuple of two float
        z, chances that each is of a type that never concedes: conceding costs it ten cakes.
    step : float
        Time between turns, First's and Second's in alternation.
    length : float
        Time in all. After the last turn there is nothing to divide.
    precision : float

    Returns
    -------
    Game
        Players First and Second (rational, obstinate), in states ``First decides`` and ``Second decides``.

    Notes
    -----
    In continuous time each concedes at the rate that keeps the other indifferent,

        λ_i = r_j (1 - α_i) / (α_1 + α_2 - 1),

    so that its reputation grows as exp(λ_i t) until it is 1, which happens to both at the time T = min -log(z_i) / λ_i.
    The other, who would take longer, is the weaker; it concedes at once with the chance 1 - z_i exp(λ_i T) that makes
    it ready by then. The weaker expects 1 - α_j, no more than by conceding at once.

    By turns, at the discount factor d_j = exp(-r_j ``step``), the chance of concession at a turn is

        h_i = (1 - α_i) (1 - d_j²) / (d_j (α_j - d_j (1 - α_i))),

    2 λ_i ``step`` in the limit; the first concession is up to one such chance larger than in continuous time.
    Shorter turns need a finer grid of beliefs: a turn has to move reputations by more than the grid blurs. The end at
    ``length`` does not matter where T is well before it.

    References
    ----------
    Abreu, D. & Gul, F. (2000). Bargaining and reputation. Econometrica 68(1), 85-117, proposition 1.

    Examples
    --------
    >>> from duress.game.classics import reputational_bargaining
    >>> reputational_bargaining(step=0.1).periods
    30
    """
    if sum(demands) <= 1:
        raise InputError(f"demands: {demands[0]:g} and {demands[1]:g}; together they must exceed 1")
    first, second = ({"rational": 1 - z, "obstinate": z} for z in obstinate)
    builder = GameBuilder(
        (NAMES[0], first),
        (NAMES[1], second),
        periods=round(length / step),
        precision=precision,
        title="Bargaining and reputation",
    )
    patience = {name: math.exp(-rate * step) for name, rate in zip(NAMES, rates, strict=True)}
    asked = dict(zip(NAMES, demands, strict=True))
    for name in NAMES:
        builder.state(f"{name} decides", mover=name)
    for name, other in (NAMES, NAMES[::-1]):
        conceded = {name: {"rational": 1 - asked[other], "obstinate": -10.0}, other: asked[other]}
        builder.move(f"{name} decides", "concede", to="agreed", reward=conceded)
        builder.move(f"{name} decides", "insist", to=f"{other} decides", discount=patience, elapsed=True)
    return builder.end("agreed").build("First decides")


def concession_rate(i: int) -> float:
    """Return λ of player ``i``, per unit of time (see `reputational_bargaining`)."""
    return RATES[1 - i] * (1 - DEMANDS[i]) / (sum(DEMANDS) - 1)


def time_of_certainty() -> float:
    """Return T, when both reputations reach 1."""
    return min(-math.log(OBSTINATE[i]) / concession_rate(i) for i in (0, 1))


def concedes_at_once(i: int) -> float:
    """Return the chance that player ``i`` concedes at time 0; 0 for the stronger."""
    return 1 - OBSTINATE[i] * math.exp(concession_rate(i) * time_of_certainty())


def read_rate(solution: Solved, i: int, step: float = STEP) -> float:
    """Return the mean rate at which player ``i`` concedes, after the first turn and until a reputation nears 1."""
    turns = list(turns_of(solution, "insist", solution.game.periods))[1:]
    own = [turn for turn in turns if turn.player == NAMES[i] and max(turn.beliefs) < 0.9][:-1]
    return float(np.mean([-math.log(1 - turn.leaves) for turn in own])) / (2 * step)


def read_certainty(solution: Solved, step: float = STEP) -> float:
    """Return the time at which both reputations have passed 0.99; infinity if they never do."""
    turns = turns_of(solution, "insist", solution.game.periods)
    return next((turn.period * step for turn in turns if min(turn.beliefs) > 0.99), math.inf)


def read_first_concession(solution: Solved) -> float:
    """Return the chance that the first to move concedes at its first turn."""
    return next(turns_of(solution, "insist", 1)).leaves


def _second_expects() -> float:
    at_once = concedes_at_once(0)
    return at_once * DEMANDS[1] + (1 - at_once) * (1 - DEMANDS[0])


CLASSIC = Classic(
    name="abreu-gul-2000",
    short="reputational-bargaining",
    title="Bargaining and reputation",
    citation="Abreu, D. & Gul, F. (2000). Bargaining and reputation. Econometrica 68(1), 85-117, proposition 1.",
    build=reputational_bargaining,
    method={"precision": 1000.0, "beliefs": 65, "branch": "in time"},
    expected=(
        Known("First concedes at this rate.", concession_rate(0), 0.08, lambda s: read_rate(s, 0)),
        Known("Second concedes at this rate.", concession_rate(1), 0.08, lambda s: read_rate(s, 1)),
        Known("Both reputations are complete at this time.", time_of_certainty(), 2 * STEP, read_certainty),
        Known(
            "First, the weaker, concedes at once with this chance.", concedes_at_once(0), 0.05, read_first_concession
        ),
        Known("A rational First expects this.", 1 - DEMANDS[1], 0.005, lambda s: s.value()["First"]["rational"]),
        Known("A rational Second expects this.", _second_expects(), 0.01, lambda s: s.value()["Second"]["rational"]),
    ),
)
