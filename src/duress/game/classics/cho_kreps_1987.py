"""Beer and quiche: a breakfast that tells whether a fight is wise."""

from __future__ import annotations

from ..builder import GameBuilder
from ..game import Game
from .entry import Classic, Known, Solved
from .reading import at

MANY, FEW = 0.9, 0.3
"""Chances that the stranger is strong, above and below one half, at which the numbers are read."""


def beer_quiche(strong: float = MANY, precision: float = 20.0) -> Game:
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


def _orders(strong: float, kind: str) -> float:
    """Return how often this type orders beer (see `beer_quiche`)."""
    return 1.0 if kind == "strong" or strong > 0.5 else strong / (1 - strong)


def _fought(strong: float, order: str) -> float:
    return 1.0 if order == "quiche" else 0.0 if strong > 0.5 else 0.5


def _stranger(strong: float, kind: str) -> float:
    """Return what the game is worth to this type: the worth of beer at the chance that it is fought."""
    peace = 2 * (1 - _fought(strong, "beer"))
    return peace + (kind == "strong")


def _breakfast(strong: float, kind: str) -> Known:
    return Known(
        f"Where {strong:g} are strong, a {kind} stranger orders beer with this chance.",
        _orders(strong, kind),
        0.005,
        lambda s: at(s, "breakfast", (strong, 0.0)).policy[kind]["beer"],
    )


def _fight(strong: float, order: str) -> Known:
    def read(solution: Solved) -> float:
        belief = at(solution, "breakfast", (strong, 0.0)).after[order]
        return at(solution, f"after {order}", (belief, 0.0)).policy["any"]["fight"]

    what = f"Where {strong:g} are strong, those who order {order} are fought with this chance."
    return Known(what, _fought(strong, order), 0.01, read)


def _worth(strong: float, kind: str) -> Known:
    return Known(
        f"Where {strong:g} are strong, the game is worth this to a {kind} stranger.",
        _stranger(strong, kind),
        0.02,
        lambda s: at(s, "breakfast", (strong, 0.0)).value["Stranger"][kind],
    )


CLASSIC = Classic(
    name="cho-kreps-1987",
    short="beer-quiche",
    title="Beer and quiche",
    citation="Cho, I.-K. & Kreps, D. (1987). Signaling games and stable equilibria. Quarterly Journal of Economics "
    "102(2), 179-221, section II.",
    build=beer_quiche,
    method={"precision": 1000.0, "beliefs": 65},
    expected=tuple(
        known(strong, about)
        for strong in (MANY, FEW)
        for known, pair in (
            (_breakfast, ("weak", "strong")),
            (_fight, ("beer", "quiche")),
            (_worth, ("weak", "strong")),
        )
        for about in pair
    ),
)
