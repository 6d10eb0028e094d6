"""How fast the error falls as the belief grid is refined: at least with the square of the step."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from duress.game.beliefs import Spacing
from duress.game.builder import GameBuilder
from duress.game.game import Game
from duress.solve.aqre import AQRE
from duress.solve.solution import solve

PRECISION = 1.5
PRIORS = (np.array([0.45, 0.55]), np.array([0.7, 0.3]))
TYPES = (("x", "y"), ("u", "v"))
GRIDS = np.array([9, 17, 33, 65])
SEEDS = range(6)


@cache
def payoffs(seed: int) -> np.ndarray:
    """Return payoffs by player, signal, reply, type of the sender, type of the receiver."""
    return np.random.default_rng(seed).normal(size=(2, 3, 2, 2, 2))


def make_game(seed: int) -> Game:
    sender, receiver = (dict(zip(k, map(float, p), strict=True)) for k, p in zip(TYPES, PRIORS, strict=True))
    builder = GameBuilder(("Sender", sender), ("Receiver", receiver)).state("signal", mover="Sender").end("over")
    for a in range(3):
        builder.state(f"reply to {a}", mover="Receiver").move("signal", str(a), to=f"reply to {a}")
        for r in range(2):
            reward = {"Sender": payoffs(seed)[0, a, r], "Receiver": payoffs(seed)[1, a, r]}
            builder.move(f"reply to {a}", str(r), to="over", reward=reward)
    return builder.build("signal")


def respond(worth: np.ndarray) -> np.ndarray:
    """Return the logit response along the second axis."""
    odds = np.exp(PRECISION * (worth - worth.max(axis=1, keepdims=True)))
    return odds / odds.sum(axis=1, keepdims=True)


@cache
def exact(seed: int) -> np.ndarray:
    """Return the sender's choices by type and signal, by repetition of the two players' responses."""
    signal = np.full((2, 3), 1 / 3)
    for _ in range(1000):
        joint = PRIORS[0][:, None] * signal
        belief = joint / joint.sum(axis=0)
        reply = np.stack([respond(np.einsum("rkm,k->mr", payoffs(seed)[1, a], belief[:, a])) for a in range(3)])
        worth = np.einsum("arkm,amr,m->ka", payoffs(seed)[0], reply, PRIORS[1])
        before, signal = signal, respond(worth)
        if np.abs(signal - before).max() < 1e-15:
            return signal
    raise AssertionError("the responses do not settle")


def error(seed: int, beliefs: int, spacing: Spacing) -> float:
    solution = solve(make_game(seed), AQRE(precision=PRECISION, beliefs=int(beliefs), spacing=spacing))
    found = np.array([list(solution.behaviour().policy[k].values()) for k in TYPES[0]])
    return float(np.abs(found - exact(seed)).max())


@pytest.mark.parametrize(("spacing", "finest"), [("cosine", 1e-6), ("log odds", 1e-5)])
def test_behaviour_converges(spacing: Spacing, finest: float) -> None:
    errors = np.array([[error(seed, n, spacing) for n in GRIDS] for seed in SEEDS])
    rates = [np.polyfit(np.log(GRIDS - 1), np.log(row), 1)[0] for row in errors]
    assert errors[:, -1].max() < finest
    assert np.mean(rates) < -2


def test_the_grid_error_that_is_certified_tells_the_size_of_the_error() -> None:
    # An estimate and no bound: on the coarsest of these grids one of these games is off by six times as much.
    for seed in SEEDS[:3]:
        fine = solve(make_game(seed), AQRE(precision=PRECISION, beliefs=129)).value()
        for beliefs, times in ((9, 10), (17, 2), (33, 2)):
            solution = solve(make_game(seed), AQRE(precision=PRECISION, beliefs=beliefs))
            value = solution.value()
            missed = max(abs(value[p][k] - fine[p][k]) for p in value for k in value[p])
            assert missed < times * solution.certificate.grid_error
