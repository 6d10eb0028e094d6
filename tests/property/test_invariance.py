"""What cannot matter does not: units of payoffs, their zero, the order of players and of types, names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from duress.game.builder import GameBuilder
from duress.game.game import Game
from duress.solve.aqre import AQRE
from duress.solve.solution import Behaviour, solve

METHOD = AQRE(beliefs=7, threads=1)
NODES = (0.0, 0.25, 0.5, 0.75, 1.0)
few = settings(max_examples=12)


@dataclass(frozen=True)
class Recipe:
    """Payoffs and priors of a small game: two periods of First, Second, First, each with three or two moves."""

    types: tuple[int, int]
    first: float
    second: float
    precision: float
    reward: np.ndarray
    at_horizon: np.ndarray
    discount: np.ndarray

    def build(self) -> Game:
        """Return the game."""
        priors = [
            {f"{name} {k}": p for k, p in enumerate([1 - second, second] if types == 2 else [1.0])}
            for name, types, second in zip(("First", "Second"), self.types, (self.first, self.second), strict=True)
        ]
        builder = GameBuilder(("First", priors[0]), ("Second", priors[1]), periods=2, precision=self.precision)
        movers = ("First", "Second", "First")
        for s, mover in enumerate(movers):
            builder.state(f"s{s}", mover=mover, at_horizon=self.payoffs(self.at_horizon[s]))
        builder.end("over", self.payoffs(self.at_horizon[3]))
        for s in range(3):
            for a in range(3 if s == 0 else 2):
                last = s == 2
                to = {"s0": 0.8, "over": 0.2} if last else {f"s{s + 1}": 1.0}
                discount = {name: float(d) for name, d in zip(("First", "Second"), self.discount[s, a], strict=True)}
                reward = self.payoffs(self.reward[s, a])
                builder.move(f"s{s}", f"a{a}", to=to, reward=reward, discount=discount, elapsed=last)
        return builder.build("s0")

    def payoffs(self, table: np.ndarray) -> dict[str, np.ndarray]:
        """Return the payoffs of both players, by the types there are."""
        k, m = self.types
        return {"First": table[0, :k, :m], "Second": table[1, :k, :m]}


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    rng = np.random.default_rng(draw(st.integers(0, 2**20)))
    chance = st.floats(0.05, 0.95)
    types = draw(st.sampled_from([(2, 2), (2, 1), (1, 2)]))
    return Recipe(
        types,
        draw(chance),
        draw(chance),
        draw(st.floats(0.1, 3.0)),
        rng.normal(size=(3, 3, 2, 2, 2)),
        rng.normal(size=(4, 2, 2, 2)),
        rng.uniform(0.5, 1.0, size=(3, 3, 2)),
    )


def behaviours(game: Game) -> Iterator[tuple[tuple[int, int, float, float], Behaviour]]:
    """Yield what is done and expected in every state and period, on and off the belief grid, and the start."""
    solution = solve(game, METHOD)
    assert solution.certificate.unsolved == 0
    beliefs = [NODES if k == 2 else (0.0,) for k in game.types]
    for s in range(3):
        for t in range(2):
            for p in beliefs[0]:
                for q in beliefs[1]:
                    yield (s, t, p, q), solution.behaviour(s, t, (p, q))
    yield (0, 0, -1.0, -1.0), solution.behaviour()


def compare(one: Game, other: Game, place: Callable, choice: Callable, value: Callable) -> None:
    """Compare two games stage by stage.

    ``place`` maps a place of the first game to the second; ``choice`` and ``value`` take a behaviour of the second and
    give policies, as an array, and values, as a list of two arrays, as they must be in the first.
    """
    found = dict(behaviours(other))
    for where, here in behaviours(one):
        there = found[place(*where)]
        np.testing.assert_allclose(policies(here), choice(there), atol=1e-7, err_msg=str(where))
        for mine, theirs in zip(values(here), value(there), strict=True):
            np.testing.assert_allclose(mine, theirs, atol=1e-7, err_msg=str(where))


def policies(behaviour: Behaviour) -> np.ndarray:
    return np.array([list(row.values()) for row in behaviour.policy.values()])


def values(behaviour: Behaviour) -> list[np.ndarray]:
    return [np.array(list(by_type.values())) for by_type in behaviour.value.values()]


def same(*place: float) -> tuple[float, ...]:
    return place


@few
@given(recipes(), st.floats(0.05, 20.0))
def test_the_unit_of_payoffs_does_not_matter(recipe: Recipe, unit: float) -> None:
    other = replace(
        recipe,
        precision=recipe.precision / unit,
        reward=recipe.reward * unit,
        at_horizon=recipe.at_horizon * unit,
    )
    compare(recipe.build(), other.build(), same, policies, lambda b: [v / unit for v in values(b)])


@few
@given(recipes(), st.floats(-5, 5), st.floats(-5, 5))
def test_what_is_paid_whatever_happens_does_not_matter(recipe: Recipe, first: float, second: float) -> None:
    # Paid at the end and at the horizon, so without discounting.
    recipe = replace(recipe, discount=np.ones_like(recipe.discount))
    shift = np.array([first, second])
    other = replace(recipe, at_horizon=recipe.at_horizon + shift[:, None, None])
    compare(
        recipe.build(), other.build(), same, policies, lambda b: [v - x for v, x in zip(values(b), shift, strict=True)]
    )


@few
@given(recipes())
def test_a_payoff_for_every_move_of_a_state_does_not_matter(recipe: Recipe) -> None:
    # The last period, where what follows is the same whatever was paid before.
    reward = recipe.reward.copy()
    reward[0] += np.array([2.0, -3.0])[:, None, None]
    one, other = (dict(behaviours(r.build())) for r in (recipe, replace(recipe, reward=reward)))
    for where, here in one.items():
        if where[:2] == (0, 1):
            np.testing.assert_allclose(policies(here), policies(other[where]), atol=1e-7)
            for mine, theirs, paid in zip(values(here), values(other[where]), (2.0, -3.0), strict=True):
                np.testing.assert_allclose(mine + paid, theirs, atol=1e-7)


@few
@given(recipes())
def test_the_order_of_the_players_does_not_matter(recipe: Recipe) -> None:
    game = recipe.build()
    turned = replace(
        game,
        players=game.players[::-1],
        mover=np.where(game.mover < 0, -1, 1 - game.mover).astype(np.int8),
        likelihood=game.likelihood[:, ::-1].copy(),
        redraw_player=(1 - game.redraw_player).astype(np.int8),
        reward=game.reward[:, ::-1].swapaxes(2, 3).copy(),
        discount=game.discount[:, ::-1].copy(),
        closing=game.closing[:, ::-1].swapaxes(2, 3).copy(),
        precision=game.precision[::-1],
    ).check()
    compare(game, turned, lambda s, t, p, q: (s, t, q, p), policies, lambda b: values(b)[::-1])


@few
@given(recipes())
def test_the_order_of_the_types_does_not_matter(recipe: Recipe) -> None:
    game = recipe.build()
    turned = replace(
        game,
        players=tuple(replace(p, types=p.types[::-1], prior=p.prior[::-1]) for p in game.players),
        reward=game.reward[:, :, ::-1, ::-1].copy(),
        closing=game.closing[:, :, ::-1, ::-1].copy(),
    ).check()

    def place(s: int, t: int, p: float, q: float) -> tuple[float, ...]:
        if p < 0:
            return s, t, p, q
        return s, t, 1 - p if game.types[0] == 2 else p, 1 - q if game.types[1] == 2 else q

    compare(game, turned, place, lambda b: policies(b)[::-1], lambda b: [v[::-1] for v in values(b)])


@few
@given(recipes())
def test_a_type_that_is_like_another_changes_nothing(recipe: Recipe) -> None:
    # First is of one type; then of two types, that differ in name only.
    recipe = replace(recipe, types=(1, recipe.types[1]))
    alike = replace(
        recipe,
        types=(2, recipe.types[1]),
        reward=np.repeat(recipe.reward[..., :1, :], 2, axis=3),
        at_horizon=np.repeat(recipe.at_horizon[..., :1, :], 2, axis=2),
    )

    def both(behaviour: Behaviour) -> np.ndarray:
        found = policies(behaviour)
        return found if behaviour.player == "Second" else found[[0]]

    compare(
        recipe.build(),
        alike.build(),
        lambda s, t, p, q: (s, t, 0.25 if p == 0 else p, q),
        both,
        lambda b: [values(b)[0][1:], values(b)[1]],
    )
