"""Alternating offers: two impatient players divide a cake."""

from __future__ import annotations

import numpy as np

from ...errors import InputError
from ..builder import GameBuilder
from ..game import Game
from .entry import Classic, Known
from .reading import at, likeliest

PATIENCE = (0.9, 0.8)
"""Discount factors of the first to offer and of the other, unless told."""


def rubinstein(
    discounts: tuple[float, float] = PATIENCE,
    shares: int = 201,
    periods: int = 60,
    precision: float = 400.0,
) -> Game:
    """Return the game of two players who divide a cake of size 1, offering by turns; each refusal costs a period.

    Parameters
    ----------
    discounts : tuple of two float
        Of the first to offer, and of the other, per period.
    shares : int
        Offers are multiples of 1 / (``shares`` - 1).
    periods : int
        Offers in all; after the last refusal there is nothing.
    precision : float

    Returns
    -------
    Game
        Players First and Second, one type each. State ``First offers`` is the start; after an offer, ``Second answers
        0.4 to First`` and the like, where the number is the share of whoever offered.

    Notes
    -----
    In the limit of many periods, fine shares and high precision the first to offer asks for, and is given,
    (1 - d₂) / (1 - d₁ d₂). Every round adds the rounding of its offer to whole shares, with perfect rationality up to
    1 / (1 - d₁ d₂) of them in all; where precision is about two per share, responses are smooth and the rounding of the
    two players mostly cancels.

    References
    ----------
    Rubinstein, A. (1982). Perfect equilibrium in a bargaining model. Econometrica 50(1), 97-109, conclusion 1.
    Ståhl, I. (1972). Bargaining theory. Stockholm School of Economics (the game with a last period).
    van Damme, E., Selten, R. & Winter, E. (1990). Alternating bid bargaining with a smallest money unit. Games Econ.
    Behav. 2(2), 188-201.

    Examples
    --------
    >>> from duress.game.classics import rubinstein
    >>> rubinstein(shares=11).states
    25
    """
    if shares < 2:
        raise InputError(f"shares: {shares}; at least 2 are needed")
    names = ("First", "Second")
    builder = GameBuilder(
        (names[0], {"any": 1.0}),
        (names[1], {"any": 1.0}),
        periods=periods,
        precision=precision,
        title="Alternating offers",
    )
    sizes = np.linspace(0.0, 1.0, shares)
    patience: dict[str, float] = dict(zip(names, discounts, strict=True))
    for name in names:
        builder.state(f"{name} offers", mover=name)
    for name, other in (names, names[::-1]):
        for size in sizes:
            answer = f"{other} answers {size:g} to {name}"
            builder.state(answer, mover=other)
            builder.move(f"{name} offers", f"ask {size:g}", to=answer)
            builder.move(answer, "accept", to="agreed", reward={name: size, other: 1 - size})
            builder.move(answer, "refuse", to=f"{other} offers", discount=patience, elapsed=True)
    return builder.end("agreed").build("First offers")


def split(own: float, other: float) -> float:
    """Return the share of whoever offers, with discount factors ``own`` and ``other``: (1 - d₂) / (1 - d₁ d₂)."""
    return (1 - other) / (1 - own * other)


CLASSIC = Classic(
    name="rubinstein-1982",
    short="rubinstein",
    title="Alternating offers",
    citation="Rubinstein, A. (1982). Perfect equilibrium in a bargaining model. Econometrica 50(1), 97-109, "
    "conclusion 1.",
    build=rubinstein,
    method={"precision": 400.0},
    expected=(
        Known(
            "The first to offer asks for this share of the cake.",
            split(*PATIENCE),
            0.01,
            lambda s: likeliest(s.behaviour().policy["any"]),
        ),
        Known(
            "The game is worth this to the first to offer.",
            split(*PATIENCE),
            0.012,
            lambda s: s.value()["First"]["any"],
        ),
        Known(
            "The game is worth this to the other.",
            1 - split(*PATIENCE),
            0.012,
            lambda s: s.value()["Second"]["any"],
        ),
        Known(
            "The other, were it to offer, would ask for this share.",
            split(*PATIENCE[::-1]),
            0.01,
            lambda s: likeliest(at(s, "Second offers", (0.0, 0.0)).policy["any"]),
        ),
    ),
)
