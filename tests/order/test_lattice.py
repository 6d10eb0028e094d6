"""How fast errors fall as belief lattices for several types are refined: with the square of the step."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from duress.errors import InputError
from duress.game.beliefs import belief_nodes
from duress.game.builder import GameBuilder
from duress.game.game import Game
from duress.game.simplex import belief_lattice
from duress.solve.lattice import induct_lattice

PRECISION = 1.5
PRIORS = {3: [0.3, 0.45, 0.25], 4: [0.2, 0.35, 0.25, 0.2]}
RECEIVER = {3: [0.6, 0.4], 4: [1.0]}
"""By number of types of the sender."""
SIGNALS, REPLIES = 3, 2


def beliefs(types: int, count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.full(types, 0.7), size=count)


@pytest.mark.parametrize(("types", "nodes", "points"), [(1, 9, 1), (2, 9, 9), (3, 9, 45), (4, 9, 165), (4, 3, 10)])
def test_points_are_beliefs_and_the_corners_are_certainties(types: int, nodes: int, points: int) -> None:
    lattice = belief_lattice(types, nodes)
    assert lattice.points.shape == (points, types)
    assert lattice.points.min() >= 0
    assert lattice.points.sum(axis=1) == pytest.approx(1, abs=1e-15)
    assert {tuple(row) for row in np.eye(types)} <= {tuple(row) for row in lattice.points}
    corners, weights = lattice.place(lattice.points)
    heaviest = np.take_along_axis(corners, weights.argmax(axis=1)[:, None], axis=1)[:, 0]
    assert list(heaviest) == list(range(points))
    assert weights.max(axis=1) == pytest.approx(1, abs=1e-12)


def test_for_two_types_it_is_the_cosine_grid() -> None:
    assert belief_lattice(2, 13).points[:, 1] == pytest.approx(belief_nodes(2, 13), abs=1e-15)


@pytest.mark.parametrize("types", [2, 3, 4])
def test_the_interpolant_is_exact_for_what_is_linear_and_continuous(types: int) -> None:
    lattice, about = belief_lattice(types, 7), beliefs(types, 2000)
    corners, weights = lattice.place(about)
    assert weights.min() >= 0
    assert weights.sum(axis=1) == pytest.approx(1, abs=1e-14)
    assert np.einsum("bv,bvk->bk", weights, lattice.points[corners]) == pytest.approx(about, abs=1e-12)
    # Along a line through the simplex the steps of the interpolant shrink with those of the belief.
    values = np.random.default_rng(1).normal(size=len(lattice))
    first, second = beliefs(types, 2, seed=4)
    share = np.linspace(0, 1, 20001)[:, None]
    corners, weights = lattice.place((1 - share) * first + share * second)
    assert np.abs(np.diff((weights * values[corners]).sum(axis=1))).max() < 0.01


@pytest.mark.parametrize("types", [2, 3, 4])
def test_the_error_of_the_interpolant_falls_with_the_square_of_the_step(types: int) -> None:
    about, weights = beliefs(types, 20000), np.linspace(-1.5, 2, types)
    errors = []
    for nodes in (9, 17, 33):
        lattice = belief_lattice(types, nodes)
        corners, shares = lattice.place(about)
        found = (shares * np.exp(lattice.points @ weights)[corners]).sum(axis=1)
        errors.append(np.abs(found - np.exp(about @ weights)).max())
    assert errors[0] / errors[1] == pytest.approx(4, abs=0.5)
    assert errors[1] / errors[2] == pytest.approx(4, abs=0.5)


@pytest.mark.parametrize(("types", "nodes"), [(0, 9), (5, 9), (3, 2)])
def test_a_lattice_that_cannot_be_is_refused(types: int, nodes: int) -> None:
    with pytest.raises(InputError, match=r"allowed|needed"):
        belief_lattice(types, nodes)


@cache
def payoffs(types: int, seed: int) -> np.ndarray:
    """Return payoffs by player, signal, reply, type of the sender, type of the receiver."""
    return np.random.default_rng(seed).normal(size=(2, SIGNALS, REPLIES, types, len(RECEIVER[types])))


def make_game(types: int, seed: int) -> Game:
    sender = {f"s{k}": p for k, p in enumerate(PRIORS[types])}
    receiver = {f"r{k}": p for k, p in enumerate(RECEIVER[types])}
    builder = GameBuilder(("Sender", sender), ("Receiver", receiver)).state("signal", mover="Sender").end("over")
    for a in range(SIGNALS):
        builder.state(f"reply to {a}", mover="Receiver").move("signal", str(a), to=f"reply to {a}")
        for r in range(REPLIES):
            table = payoffs(types, seed)[:, a, r]
            reward = {
                player: {(k, m): float(table[i, x, y]) for x, k in enumerate(sender) for y, m in enumerate(receiver)}
                for i, player in enumerate(("Sender", "Receiver"))
            }
            builder.move(f"reply to {a}", str(r), to="over", reward=reward)
    return builder.build("signal")


def respond(worth: np.ndarray) -> np.ndarray:
    """Return the logit response along the second axis."""
    odds = np.exp(PRECISION * (worth - worth.max(axis=1, keepdims=True)))
    return odds / odds.sum(axis=1, keepdims=True)


def exact(types: int, seed: int) -> np.ndarray:
    """Return the sender's choices by type and signal, by repetition of the two players' responses."""
    signal, table = np.full((types, SIGNALS), 1 / SIGNALS), payoffs(types, seed)
    for _ in range(2000):
        joint = np.array(PRIORS[types])[:, None] * signal
        belief = joint / joint.sum(axis=0)
        reply = np.stack([respond(np.einsum("rkm,k->mr", table[1, a], belief[:, a])) for a in range(SIGNALS)])
        worth = np.einsum("arkm,amr,m->ka", table[0], reply, RECEIVER[types])
        before, signal = signal, respond(worth)
        if np.abs(signal - before).max() < 1e-14:
            return signal
    raise AssertionError("the responses do not settle")


@pytest.mark.parametrize(("types", "finest"), [(3, 2e-4), (4, 3e-4)])
def test_the_error_of_behaviour_falls_with_the_square_of_the_step(types: int, finest: float) -> None:
    grids = np.array([9, 17, 33])
    errors = []
    for seed in range(6):
        game, right = make_game(types, seed), exact(types, seed)
        row = []
        for nodes in grids:
            found = induct_lattice(game, np.full(2, PRECISION), int(nodes), 1e-11, 1, branch="in time")
            stage = found.stage(game.start, 0, np.array(PRIORS[types]), np.array(RECEIVER[types]))
            assert stage.solved
            row.append(np.sqrt(np.mean((stage.policy - right) ** 2)))
        errors.append(row)
    rates = [np.polyfit(np.log(grids - 1), np.log(row), 1)[0] for row in errors]
    assert np.max(errors, axis=0)[-1] < finest
    assert np.mean(rates) < -1.8
