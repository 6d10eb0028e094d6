"""The chain store: a monopolist with a name to lose, and entrants who wonder whether it is tough."""

from __future__ import annotations

from ...errors import InputError
from ..builder import GameBuilder
from ..game import Game
from .entry import Classic, Known, Solved
from .reading import at, threshold

ENTRANT = 0.5
"""What an entrant that is let in earns, unless told."""


def chain_store(
    markets: int = 6,
    prior: float = 0.5,
    entrant: float = ENTRANT,
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


def fights(markets: int, reputation: float, entrant: float = ENTRANT) -> float:
    """Return how often a weak monopolist fights an entry in the first of ``markets`` left (see `chain_store`)."""
    needed = entrant ** (markets - 1)
    return min(1.0, (1 - needed) * reputation / ((1 - reputation) * needed))


def _deters(markets: int) -> Known:
    def read(solution: Solved) -> float:
        def enters(p: float) -> float:
            return at(solution, f"enter {markets}", (p, 0.0)).policy["all"]["enter"]

        return threshold(enters, 0.001, 0.99)

    number = ENTRANT**markets
    return Known(f"With {markets} to go, entrants stay out from this reputation on.", number, 0.02 * number, read)


def _defends(markets: int, reputation: float, tolerance: float) -> Known:
    return Known(
        f"With {markets} to go and a reputation of {reputation:.4g}, a weak monopolist fights with this chance.",
        fights(markets, reputation),
        tolerance,
        lambda s: at(s, f"fight {markets}", (reputation, 0.0)).policy["weak"]["fight"],
    )


CLASSIC = Classic(
    name="kreps-wilson-1982",
    short="chain-store",
    title="The chain store",
    citation="Kreps, D. & Wilson, R. (1982). Reputation and imperfect information. Journal of Economic Theory 27(2), "
    "253-279, section 3.",
    build=chain_store,
    method={"precision": 1000.0, "beliefs": 401, "spacing": "log odds"},
    expected=(
        *(_deters(n) for n in range(1, 5)),
        *(_defends(n, 0.5 * ENTRANT**n, 0.01) for n in range(1, 5)),
        _defends(3, 1.3 * ENTRANT**2, 0.01),
    ),
)
