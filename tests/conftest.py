"""What holds for every test: chance is seeded, and the first compilation of a kernel is no failure."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import settings

from duress.game.builder import GameBuilder
from duress.game.game import Game

settings.register_profile("duress", derandomize=True, deadline=None)
settings.load_profile("duress")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of belief lattices first, beside one another: their kernels are compiled by one worker alone.

    The other workers meanwhile compile what those tests need besides, and all the rest.
    """
    items.sort(key=lambda item: item.path.stem != "test_lattice")


@pytest.fixture(scope="session")
def talk() -> Callable[[bool], Game]:
    """Make a game of two words that cost nothing: aligned, both sides want them understood; else only the receiver.

    Aligned it has three equilibria or more: either word may mean either type, or neither means anything.
    """

    def make(aligned: bool) -> Game:
        builder = GameBuilder(("Sender", {"x": 0.5, "y": 0.5}), ("Receiver", {"any": 1.0}))
        builder.state("say", mover="Sender")
        for word in "ab":
            builder.state(f"hear {word}", mover="Receiver").move("say", word, to=f"hear {word}")
            for guess in "xy":
                right = {(kind, "any"): float(kind == guess) for kind in "xy"}
                builder.end(f"{word}{guess}", {"Sender": right if aligned else 0.0, "Receiver": right})
                builder.move(f"hear {word}", guess, to=f"{word}{guess}")
        return builder.build("say")

    return make
