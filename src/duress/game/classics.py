"""Games of the literature with a known answer, built by hand: examples of `GameBuilder`, and tests of the solver."""

from __future__ import annotations

import numpy as np

from ..errors import InputError
from .builder import GameBuilder
from .game import Game


def chain_store(
    markets: int = 6,
    prior: float = 0.5,
    entrant: float = 0.5,
    monopolist: float = 2.0,
    precision: float = 100.0,
) -> Game:
    """Return the game of a monopolist in several markets and of entrants who do not know whether it is tough.

    An entrant that stays out earns nothing, one that is let in ``entrant``, one that is fought ``entrant`` - 1. A
    market not entered is worth ``monopolist``. A weak monopolist loses 1 by fighting; a tough one by giving in.
    Each entrant cares for its own market only: what follows is discounted to nothing.

    Parameters
    ----------
    markets : int
        Counted down: state ``enter n`` is the first of the last n.
    prior : float
        Chance that the monopolist is tough.
    entrant : float
        b in (0, 1).
    monopolist : float
        a > 1.
    precision : float

    Returns
    -------
    Game
        Players Monopolist (weak, tough) and Entrants (all alike).

    Notes
    -----
    With n markets to go and reputation p, the entrant stays out if p > b^n. A weak monopolist fights for certain if
    p ≥ b^(n - 1), and else with probability (1 - b^(n - 1)) p / ((1 - p) b^(n - 1)), which lifts a reputation that
    survives to b^(n - 1).

    References
    ----------
    Kreps, D. & Wilson, R. (1982). Reputation and imperfect information. J. Econ. Theory 27(2), 253-279, section 3.

    Examples
    --------
    >>> from duress.game.classics import chain_store
    >>> chain_store(markets=3).states
    7
    """
    if markets < 1:
        raise InputError(f"markets: {markets}; at least 1 is needed")
    builder = GameBuilder(
        ("Monopolist", {"weak": 1 - prior, "tough": prior}),
        ("Entrants", {"all": 1.0}),
        precision=precision,
        title="The chain store",
    )
    ahead = [f"enter {n}" for n in range(markets, 0, -1)]
    for n in range(markets, 0, -1):
        builder.state(f"enter {n}", mover="Entrants").state(f"fight {n}", mover="Monopolist")
    builder.end("over")
    for n, after in zip(range(markets, 0, -1), [*ahead[1:], "over"], strict=True):
        own_market = {"Entrants": 0.0}
        given_in = {"Entrants": entrant, "Monopolist": {"weak": 0.0, "tough": -1.0}}
        fought = {"Entrants": entrant - 1, "Monopolist": {"weak": -1.0, "tough": 0.0}}
        builder.move(f"enter {n}", "stay out", to=after, reward={"Monopolist": monopolist}, discount=own_market)
        builder.move(f"enter {n}", "enter", to=f"fight {n}")
        builder.move(f"fight {n}", "give in", to=after, reward=given_in, discount=own_market)
        builder.move(f"fight {n}", "fight", to=after, reward=fought, discount=own_market)
    return builder.build(f"enter {markets}")


def rubinstein(
    discounts: tuple[float, float] = (0.9, 0.8),
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


def beer_quiche(strong: float = 0.9, precision: float = 20.0) -> Game:
    """Return the game of a stranger whose breakfast tells a bully whether it is wise to pick a fight.

    The strong prefer beer and the weak quiche: their own breakfast is worth 1, not being fought 2. The bully gains 1 by
    fighting the weak and 1 by leaving the strong in peace.

    Parameters
    ----------
    strong : float
        Chance that the stranger is strong.
    precision : float

    Returns
    -------
    Game
        Players Stranger (weak, strong) and Bully; states ``breakfast``, ``after beer``, ``after quiche``.

    Notes
    -----
    With ``strong`` > 1/2 both types order beer and are left in peace (that both order quiche is an equilibrium too, but
    no reasonable one). With ``strong`` < 1/2 the only equilibrium is mixed: the strong order beer, the weak do so with
    probability ``strong`` / (1 - ``strong``), and the bully fights those who order beer half the time, the others
    always.

    References
    ----------
    Cho, I.-K. & Kreps, D. (1987). Signaling games and stable equilibria. Q. J. Econ. 102(2), 179-221, section II.

    Examples
    --------
    >>> from duress.game.classics import beer_quiche
    >>> beer_quiche().moves
    6
    """
    builder = GameBuilder(
        ("Stranger", {"weak": 1 - strong, "strong": strong}),
        ("Bully", {"any": 1.0}),
        precision=precision,
        title="Beer and quiche",
    )
    builder.state("breakfast", mover="Stranger")
    for order, fond in (("beer", "strong"), ("quiche", "weak")):
        builder.state(f"after {order}", mover="Bully")
        builder.move("breakfast", order, to=f"after {order}", reward={"Stranger": {fond: 1.0}})
        builder.move(f"after {order}", "fight", to="over", reward={"Bully": {("weak", "any"): 1.0}})
        peace = {"Stranger": 2.0, "Bully": {("strong", "any"): 1.0}}
        builder.move(f"after {order}", "leave in peace", to="over", reward=peace)
    return builder.end("over").build("breakfast")
