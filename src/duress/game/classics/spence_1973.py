"""The job market: education that makes nobody more able, and tells who is."""

from __future__ import annotations

import numpy as np

from ...errors import InputError
from ..builder import GameBuilder
from ..game import Game
from .entry import Classic, Known, Solved
from .reading import at, likeliest, mean

PRODUCTIVITY = (1.0, 2.0)
"""What the less able and the able are worth to an employer; a unit of education costs each the inverse of it."""
MENU = (0.0, 0.35, 0.7, 1.05, 1.4)
"""Levels of education, unless told."""
FEW, MANY = 0.5, 0.95
"""Chances that the worker is able at which the numbers are read."""


def job_market(
    able: float = FEW,
    menu: tuple[float, ...] = MENU,
    wages: int = 41,
    precision: tuple[float, float] = (1000.0, 1000.0),
) -> Game:
    """Return the game of a worker who chooses an education and of an employer who sees it and pays.

    A worker of productivity 1 pays 1 for a unit of education, one of productivity 2 pays 1/2. Employers who compete
    pay what they expect the worker to produce; here one employer stands for them, who loses the square of what the wage
    is off.

    Parameters
    ----------
    able : float
        Chance that the productivity is 2.
    menu : tuple of float
        Levels of education.
    wages : int
        Wages on offer, evenly from 1/2 to 5/2.
    precision : tuple of two float
        Of the worker and of the employer.

    Returns
    -------
    Game
        Players Worker (less able, able) and Employer; states ``school`` and ``hire at 0.35`` and the like.

    Notes
    -----
    The employer's wages scatter about the expected productivity with variance 1 / (2λ) at precision λ; their range is
    wider than that of productivity, so that their mean is unbiased.

    Where the able buy e and the less able nothing, the wages are 2 and 1, and it must be that 1 ≤ e ≤ 2: copying would
    not pay the less able, and e pays the able. There are many such equilibria, and others where both buy the same. The
    least costly that separates (Riley) is the only one to pass the intuitive criterion where education is continuous.
    With a menu, that both buy nothing passes too where no level on the menu is worth buying to the able only: for
    1 + ``able`` ≥ 2 - e / 2 at the least level e, here from 0.825 on.

    No theorem says which of these the limit of logit responses picks. Here the branch followed from precision zero was
    found to end, at precisions of 50 to 5000, in the least costly separation at chances of 0.1 to 0.8, and at 0.95,
    where it makes both types better off, in nobody learning; in between it depends on the precisions. The wages and the
    floor under what the less able get are true of every sequential equilibrium.

    References
    ----------
    Spence, M. (1973). Job market signaling. Q. J. Econ. 87(3), 355-374.
    Riley, J. (1979). Informational equilibrium. Econometrica 47(2), 331-359.
    Cho, I.-K. & Kreps, D. (1987). Signaling games and stable equilibria. Q. J. Econ. 102(2), 179-221.

    Examples
    --------
    >>> from duress.game.classics import job_market
    >>> job_market(wages=5).moves
    30
    """
    if wages < 2:
        raise InputError(f"wages: {wages}; at least 2 are needed")
    builder = GameBuilder(
        ("Worker", {"less able": 1 - able, "able": able}),
        ("Employer", {"any": 1.0}),
        precision=precision,
        title="The job market",
    )
    low, high = PRODUCTIVITY
    builder.state("school", mover="Worker")
    for level in menu:
        hire = f"hire at {level:g}"
        builder.state(hire, mover="Employer")
        cost = {"less able": -level / low, "able": -level / high}
        builder.move("school", f"learn {level:g}", to=hire, reward={"Worker": cost})
        for wage in np.linspace(low - 0.5, high + 0.5, wages):
            off = {("less able", "any"): -((wage - low) ** 2), ("able", "any"): -((wage - high) ** 2)}
            builder.move(hire, f"pay {wage:g}", to="hired", reward={"Worker": wage, "Employer": off})
    return builder.end("hired").build("school")


def separating_level(menu: tuple[float, ...] = MENU) -> float:
    """Return the least level that the less able would not buy to pass for able: 2 - e ≤ 1."""
    low, high = PRODUCTIVITY
    return min(level for level in menu if high - level / low <= low)


def _education(kind: str, able: float, number: float) -> Known:
    return Known(
        f"Where {able:g} are able, the {kind} buy this much education.",
        number,
        0.002,
        lambda s: mean(at(s, "school", (able, 0.0)).policy[kind]),
    )


def _worth(kind: str, able: float, number: float) -> Known:
    return Known(
        f"Where {able:g} are able, the {kind} get this, cost of education deducted.",
        number,
        0.002,
        lambda s: at(s, "school", (able, 0.0)).value["Worker"][kind],
    )


def _paid(solution: Solved, able: float, level: float) -> tuple[float, float]:
    """Return the mean wage at this level, and the productivity that the public expects there."""
    belief = at(solution, "school", (able, 0.0)).after[f"learn {level:g}"]
    wage = mean(at(solution, f"hire at {level:g}", (belief, 0.0)).policy["any"])
    return wage, PRODUCTIVITY[0] * (1 - belief) + PRODUCTIVITY[1] * belief


def _largest_error(solution: Solved) -> float:
    pairs = (_paid(solution, able, level) for able in (FEW, MANY) for level in MENU)
    return max(abs(wage - expected) for wage, expected in pairs)


def _shortfall(solution: Solved) -> float:
    """Return by how much the less able fall short of their productivity, at the worst of some chances."""
    worths = (at(solution, "school", (p, 0.0)).value["Worker"]["less able"] for p in (0.1, 0.3, FEW, 0.7, MANY))
    return max(0.0, PRODUCTIVITY[0] - min(worths))


_RILEY = separating_level()
_POOLED = PRODUCTIVITY[0] * (1 - MANY) + PRODUCTIVITY[1] * MANY

CLASSIC = Classic(
    name="spence-1973",
    short="job-market",
    title="The job market",
    citation="Spence, M. (1973). Job market signaling. Quarterly Journal of Economics 87(3), 355-374, the two groups "
    "of table I; the least costly separation: Riley, J. (1979). Informational equilibrium. Econometrica 47(2), "
    "331-359.",
    build=job_market,
    method={"precision": 1000.0, "beliefs": 129},
    expected=(
        Known("No wage is off the expected productivity by more than this.", 0.0, 0.001, _largest_error),
        Known("The less able fall short of their productivity by no more than this.", 0.0, 0.002, _shortfall),
        Known(
            f"Where {FEW:g} are able, they buy the least level that the others would not copy.",
            _RILEY,
            1e-9,
            lambda s: likeliest(at(s, "school", (FEW, 0.0)).policy["able"]),
        ),
        _education("able", FEW, _RILEY),
        _education("less able", FEW, 0.0),
        Known(
            "The least level that separates is paid this.", PRODUCTIVITY[1], 0.002, lambda s: _paid(s, FEW, _RILEY)[0]
        ),
        Known("No education is paid this.", PRODUCTIVITY[0], 0.01, lambda s: _paid(s, FEW, 0.0)[0]),
        _worth("able", FEW, PRODUCTIVITY[1] - _RILEY / PRODUCTIVITY[1]),
        _worth("less able", FEW, PRODUCTIVITY[0]),
        _education("able", MANY, 0.0),
        _worth("able", MANY, _POOLED),
        _worth("less able", MANY, _POOLED),
    ),
)
