"""The chain store of Kreps & Wilson (1982): when entrants dare, and how often a weak monopolist fights."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from duress.errors import InputError
from duress.game.classics import chain_store
from duress.solve.aqre import AQRE
from duress.solve.solution import Solution, solve

ENTRANT = 0.5
MARKETS = range(1, 7)
CASES = [(100.0, 201), (1000.0, 401)]


@cache
def solved(precision: float, beliefs: int) -> Solution:
    game = chain_store(markets=max(MARKETS), entrant=ENTRANT, precision=precision)
    return solve(game, AQRE(beliefs=beliefs, spacing="log odds"))


def chance(solution: Solution, state: str, belief: float, kind: str, move: str) -> float:
    names = [solution.game.state_name(s) for s in range(solution.game.states)]
    return solution.behaviour(names.index(state), 0, (belief, 0.0)).policy[kind][move]


@pytest.mark.parametrize("markets", MARKETS)
@pytest.mark.parametrize(("precision", "beliefs"), CASES)
def test_entrants_dare_below_the_threshold(precision: float, beliefs: int, markets: int) -> None:
    solution, threshold = solved(precision, beliefs), ENTRANT**markets
    nodes = solution.induction.nodes[0][1:-1]
    odds = np.log(nodes / (1 - nodes))
    # Within one grid step: at the nearest node below the step below the threshold they dare, above the step above not.
    step = odds[1] - odds[0]
    middle = np.log(threshold / (1 - threshold))
    below, above = (1 / (1 + np.exp(-(middle + side * step))) for side in (-1, 1))
    assert chance(solution, f"enter {markets}", below, "all", "enter") > 0.5
    assert chance(solution, f"enter {markets}", above, "all", "enter") < 0.5


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
@pytest.mark.parametrize("markets", MARKETS)
@pytest.mark.parametrize(("precision", "beliefs"), CASES)
def test_the_weak_fight_as_often_as_keeps_their_name(
    precision: float, beliefs: int, markets: int, share: float
) -> None:
    found = solved(precision, beliefs)
    needed = ENTRANT ** (markets - 1)
    belief = share * ENTRANT**markets
    right = (1 - needed) * belief / ((1 - belief) * needed)
    assert chance(found, f"fight {markets}", belief, "weak", "fight") == pytest.approx(right, abs=0.02)


@pytest.mark.parametrize(("precision", "beliefs"), CASES)
def test_a_good_name_is_defended_for_certain_and_the_tough_always_fight(precision: float, beliefs: int) -> None:
    found = solved(precision, beliefs)
    for markets in MARKETS:
        if markets > 1:
            name = min(1.5 * ENTRANT ** (markets - 1), 0.9)
            assert chance(found, f"fight {markets}", name, "weak", "fight") > 0.98
        for belief in (0.01, 0.3, 0.9):
            assert chance(found, f"fight {markets}", belief, "tough", "fight") > 0.98


@pytest.mark.parametrize("markets", MARKETS)
def test_each_entrant_cares_for_its_own_market_and_the_monopolist_for_all(markets: int) -> None:
    solution = solved(100.0, 201)
    names = [solution.game.state_name(s) for s in range(solution.game.states)]
    weak, tough = (solution.behaviour(names.index(f"enter {markets}"), 0, (p, 0.0)).value for p in (0.0, 1.0))
    assert weak["Entrants"]["all"] == pytest.approx(ENTRANT, abs=1e-6)
    assert weak["Monopolist"]["weak"] == pytest.approx(0.0, abs=1e-6)
    assert tough["Entrants"]["all"] == pytest.approx(0.0, abs=1e-6)
    assert tough["Monopolist"]["tough"] == pytest.approx(2.0 * markets, abs=1e-6)


def test_it_is_certified() -> None:
    for precision, beliefs in CASES:
        certificate = solved(precision, beliefs).certificate
        assert certificate.residual < 1e-4
        assert certificate.value_error < 1e-9
        assert max(g for types in certificate.deviation_gain.values() for g in types.values()) < 1e-9


def test_a_chain_without_markets_is_refused() -> None:
    with pytest.raises(InputError, match="markets: 0; at least 1"):
        chain_store(markets=0)
