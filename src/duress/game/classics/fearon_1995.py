"""Two rational roads to war: an ultimatum to an opponent of unknown resolve, and power that is about to shift."""

from __future__ import annotations

import numpy as np

from ...errors import InputError
from ..builder import GameBuilder
from ..game import Game
from .entry import Classic, Known, Solved
from .reading import amount, at, likeliest, threshold

POWER = 0.5
"""Chance that the challenger wins a war, unless told."""
COSTS = {"resolute": 0.1, "irresolute": 0.3}
"""What war costs a defender of either type."""
OWN_COST = 0.1
"""What war costs the challenger."""


def uncertain_resolve(
    irresolute: float = 0.7,
    power: float = POWER,
    costs: tuple[float, float] = (COSTS["resolute"], COSTS["irresolute"]),
    own_cost: float = OWN_COST,
    shares: int = 201,
    precision: float = 3000.0,
) -> Game:
    """Return the game of a challenger who makes a demand, take it or fight, of a defender of unknown resolve.

    Parameters
    ----------
    irresolute : float
        Chance that war is dear to the defender.
    power : float
        p, the chance that the challenger wins a war and with it everything.
    costs : tuple of two float
        What war costs a resolute and an irresolute defender.
    own_cost : float
        What war costs the challenger.
    shares : int
        Demands are multiples of 1 / (``shares`` - 1).
    precision : float

    Returns
    -------
    Game
        Players Challenger and Defender (resolute, irresolute); states ``demand`` and ``answer 0.6`` and the like.

    Notes
    -----
    A defender of cost c yields up to p + c. The challenger either demands p + c of the resolute, and there is peace, or
    p + c of the irresolute, and fights the resolute. The second is better if the chance of an irresolute opponent
    exceeds (c_r + c) / (c_i + c), where c_r and c_i are the costs of the two and c its own. The paper has a continuum
    of types; this is its trade of risk against return with two. The last demand that is surely accepted is one share
    less than the limit, and the cut-off moves by as much.

    References
    ----------
    Fearon, J. (1995). Rationalist explanations for war. Int. Organ. 49(3), 379-414.

    Examples
    --------
    >>> from duress.game.classics import uncertain_resolve
    >>> uncertain_resolve(shares=11).moves
    33
    """
    if shares < 2:
        raise InputError(f"shares: {shares}; at least 2 are needed")
    builder = GameBuilder(
        ("Challenger", {"any": 1.0}),
        ("Defender", {"resolute": 1 - irresolute, "irresolute": irresolute}),
        precision=precision,
        title="Uncertain resolve",
    )
    builder.state("demand", mover="Challenger")
    fought = {"resolute": 1 - power - costs[0], "irresolute": 1 - power - costs[1]}
    for share in np.linspace(0.0, 1.0, shares):
        answer = f"answer {share:g}"
        builder.state(answer, mover="Defender").move("demand", f"demand {share:g}", to=answer)
        builder.move(answer, "yield", to="peace", reward={"Challenger": share, "Defender": 1 - share})
        builder.move(answer, "fight", to="war", reward={"Challenger": power - own_cost, "Defender": fought})
    return builder.end("peace").end("war").build("demand")


def cut_off() -> float:
    """Return the chance of an irresolute opponent from which the challenger risks war (see `uncertain_resolve`)."""
    return (COSTS["resolute"] + OWN_COST) / (COSTS["irresolute"] + OWN_COST)


def _war(solution: Solved, irresolute: float) -> float:
    """Return the chance of war at this public chance of an irresolute defender."""
    about, chance = (0.0, irresolute), 0.0
    for move, demanded in at(solution, "demand", about).policy["any"].items():
        answer = at(solution, f"answer {amount(move):g}", about).policy
        fights = (1 - irresolute) * answer["resolute"]["fight"] + irresolute * answer["irresolute"]["fight"]
        chance += demanded * fights
    return chance


def demands_all(solution: Solved, irresolute: float) -> float:
    """Return the chance that the challenger demands more than a resolute defender yields."""
    policy = at(solution, "demand", (0.0, irresolute)).policy["any"]
    return sum(chance for move, chance in policy.items() if amount(move) > POWER + COSTS["resolute"])


def _demand(irresolute: float) -> tuple[Known, Known, Known]:
    risks = irresolute > cut_off()
    resolve = "irresolute" if risks else "resolute"
    demand, war = POWER + COSTS[resolve], 1 - irresolute if risks else 0.0
    where = f"Where {irresolute:g} are irresolute, "
    return (
        Known(
            where + "the challenger demands this share.",
            demand,
            0.01,
            lambda s: likeliest(at(s, "demand", (0.0, irresolute)).policy["any"]),
        ),
        Known(where + "there is war with this chance.", war, 0.01, lambda s: _war(s, irresolute)),
        Known(
            where + "the game is worth this to the challenger.",
            war * (POWER - OWN_COST) + (1 - war) * demand,
            0.01,
            lambda s: at(s, "demand", (0.0, irresolute)).value["Challenger"]["any"],
        ),
    )


RESOLVE = Classic(
    name="fearon-1995-uncertain-resolve",
    short="uncertain-resolve",
    title="An ultimatum to an opponent of unknown resolve",
    citation="Fearon, J. (1995). Rationalist explanations for war. International Organization 49(3), 379-414, "
    "pp. 393-395 and appendix, with two types.",
    build=uncertain_resolve,
    method={"precision": 3000.0, "beliefs": 65},
    expected=(
        Known(
            "The challenger risks war from this chance of an irresolute opponent on.",
            cut_off(),
            0.01,
            lambda s: threshold(lambda p: demands_all(s, p), 0.1, 0.9),
        ),
        *_demand(0.3),
        *_demand(0.7),
    ),
)

POWER_NOW = 0.2
POWER_LATER = (0.4, 0.5, 0.58, 0.62, 0.7, 0.8)
WAR_COST = 0.2
PATIENCE = 0.5
"""Power before and after the shift, the cost of war to either side, and the discount factor, unless told."""


def shifting_power(
    now: float = POWER_NOW,
    later: tuple[float, ...] = POWER_LATER,
    cost: float = WAR_COST,
    discount: float = PATIENCE,
    shares: int = 201,
    precision: float = 5000.0,
) -> Game:
    """Return the game of a rising side, which cannot promise to be modest later, and a declining one, which may strike.

    First all learn how strong the rising side will be. It demands a share of today's good; the declining side yields or
    fights. If there was no war, the rising side, now stronger, demands a share of all later goods, and the other yields
    or fights again. A war decides over everything from then on.

    Parameters
    ----------
    now : float
        p₁, the chance that the rising side wins a war today.
    later : tuple of float
        The chances p₂ it may have tomorrow, equally likely.
    cost : float
        What war costs either side, per period: c (1 - d) where the paper has c, d being the discount factor.
    discount : float
    shares : int
        Demands are multiples of 1 / (``shares`` - 1).
    precision : float

    Returns
    -------
    Game
        Players Rising and Declining, values per period. States ``news``, ``demand today, then 0.7``, ``answer 0.3
        today, then 0.7``, and the same ``tomorrow``.

    Notes
    -----
    Tomorrow the rising side demands p₂ + k at cost k per period, and leaves the other its worth of war, 1 - p₂ - k.
    Even all of today's good does not make up for that, and the declining side strikes first, if

        (1 - d) + d (1 - p₂ - k) < 1 - p₁ - k,  that is  d p₂ - p₁ > (1 - d) k.

    Else the rising side demands today what leaves the other indifferent. All later periods being alike, they are one
    here.

    References
    ----------
    Fearon, J. (1995). Rationalist explanations for war. Int. Organ. 49(3), 379-414, pp. 404-408.
    Powell, R. (2006). War as a commitment problem. Int. Organ. 60(1), 169-203.

    Examples
    --------
    >>> from duress.game.classics import shifting_power
    >>> shifting_power(later=(0.7,), shares=11).states
    27
    """
    if shares < 2:
        raise InputError(f"shares: {shares}; at least 2 are needed")
    builder = GameBuilder(
        ("Rising", {"any": 1.0}),
        ("Declining", {"any": 1.0}),
        periods=2,
        precision=precision,
        title="Shifting power",
    )
    builder.state("news", mover="Rising").end("peace").end("war")
    for power in later:
        for day in ("today", "tomorrow"):
            _add_demands(builder, day, power if day == "tomorrow" else now, power, cost, discount, shares)
    chances = {f"demand today, then {power:g}": 1 / len(later) for power in later}
    return builder.move("news", "learn", to=chances).build("news")


def _add_demands(
    builder: GameBuilder, day: str, power: float, later: float, cost: float, discount: float, shares: int
) -> None:
    """Add the demands of one day and the answers to them."""
    today, then = day == "today", f"{day}, then {later:g}"
    weight = 1 - discount if today else 1.0
    following = f"demand tomorrow, then {later:g}" if today else "peace"
    builder.state(f"demand {then}", mover="Rising")
    for share in np.linspace(0.0, 1.0, shares):
        answer = f"answer {share:g} {then}"
        builder.state(answer, mover="Declining").move(f"demand {then}", f"demand {share:g}", to=answer)
        builder.move(
            answer,
            "yield",
            to=following,
            reward={"Rising": weight * share, "Declining": weight * (1 - share)},
            discount=discount if today else 1.0,
            elapsed=today,
        )
        builder.move(answer, "fight", to="war", reward={"Rising": power - cost, "Declining": 1 - power - cost})


def _fights_today(solution: Solved, later: float) -> float:
    """Return the chance of war today if the rising side will win with chance ``later``."""
    policy = at(solution, f"demand today, then {later:g}", (0.0, 0.0)).policy["any"]
    return sum(
        chance * at(solution, f"answer {amount(move):g} today, then {later:g}", (0.0, 0.0)).policy["any"]["fight"]
        for move, chance in policy.items()
    )


def _strikes_from(solution: Solved) -> float:
    return float(np.interp(0.5, [_fights_today(solution, p) for p in POWER_LATER], POWER_LATER))


def _preventive(later: float) -> Known:
    strikes = PATIENCE * later - POWER_NOW > (1 - PATIENCE) * WAR_COST
    what = f"Where power goes from {POWER_NOW:g} to {later:g}, there is war at once with this chance."
    return Known(what, float(strikes), 0.005, lambda s: _fights_today(s, later))


def _asked_today(later: float) -> Known:
    kept = (1 - POWER_NOW - WAR_COST - PATIENCE * (1 - later - WAR_COST)) / (1 - PATIENCE)
    return Known(
        f"Where power goes from {POWER_NOW:g} to {later:g}, the rising side demands this share today.",
        1 - kept,
        0.01,
        lambda s: likeliest(at(s, f"demand today, then {later:g}", (0.0, 0.0)).policy["any"]),
    )


SHIFT = Classic(
    name="fearon-1995-shifting-power",
    short="shifting-power",
    title="Power that is about to shift",
    citation="Fearon, J. (1995). Rationalist explanations for war. International Organization 49(3), 379-414, "
    "pp. 404-408; Powell, R. (2006). War as a commitment problem. International Organization 60(1), 169-203.",
    build=shifting_power,
    method={"precision": 5000.0},
    expected=(
        Known(
            "The declining side strikes first from this later power of the other on.",
            (POWER_NOW + (1 - PATIENCE) * WAR_COST) / PATIENCE,
            0.02,
            _strikes_from,
        ),
        *(_preventive(later) for later in (0.5, 0.58, 0.62, 0.7)),
        *(_asked_today(later) for later in (0.4, 0.5)),
        Known(
            "Where war is coming, it is worth this to the declining side.",
            1 - POWER_NOW - WAR_COST,
            0.005,
            lambda s: at(s, "demand today, then 0.7", (0.0, 0.0)).value["Declining"]["any"],
        ),
    ),
)
