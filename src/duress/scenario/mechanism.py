"""What a mechanism of the language is: what of the world it remembers, and what it does to moves, flows and chance.

A mechanism is one file in ``mechanisms/``: a class with the methods below that it needs. It adds *components* to the
public state, each a number from 0 to ``size - 1``; it may refuse moves or make them dear, add flows, scale what a lever
does, let components move when time passes, and end the confrontation. All of it for many states at once: a `Standing`
holds n states of one phase, and every array has n entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .schema import Scenario

if TYPE_CHECKING:
    from .agenda import Agenda
    from .move import Move
    from .phases import Phase
    from .space import Standing, StateSpace

Chances = Sequence[tuple[NDArray[np.int64], NDArray[np.float64]]]
"""Values a component may take next, each an array (n,) with its chances (n,); the chances of a state add up to 1."""


@dataclass(frozen=True)
class Component:
    """A part of the public state: one number from 0 to ``size - 1``.

    Parameters
    ----------
    key : str
        What it is, unique in the scenario, such as "level of sanctions".
    size : int
        Values it may take.
    start : int
        Value at the first period.
    fixed : callable
        ``fixed(phase)`` is the value it has throughout a phase in which it does not vary, or None where it does.
    words : callable
        ``words(value)`` says the value, as in "sanctions full"; "" where there is nothing to say.
    drift : callable or None
        ``drift(standing)`` says where it may go when time passes; None if time does not move it.
    """

    key: str
    size: int
    start: int
    fixed: Callable[[Phase], int | None]
    words: Callable[[int], str]
    drift: Callable[[Standing], Chances] | None = None


@dataclass(frozen=True)
class Way:
    """One way that news may turn out.

    Parameters
    ----------
    share : float
        Chance of it that does not depend on the type.
    dated : dict
        Period, counted from 0, -> what that chance is as it ends, where a date makes a difference.
    likelihood : array, shape (variants, types)
        Factor by type that multiplies the chance.
    variant : int array, shape (n,)
        Which row of ``likelihood`` holds in each state.
    draws : tuple of float
        Distribution from which the party's type is drawn anew; empty where it stays.
    """

    share: float
    likelihood: NDArray[np.float64]
    variant: NDArray[np.int64]
    draws: tuple[float, ...] = ()
    dated: Map[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class News:
    """Something the public learns of a party when time has passed; for each type the chances of its ways add up to 1.

    Parameters
    ----------
    party : int
    ways : tuple of Way
    """

    party: int
    ways: tuple[Way, ...]


class Mechanism:
    """A part of the language at work in one scenario. Each method here does nothing; a mechanism overrides some.

    Parameters
    ----------
    scenario : Scenario
        In which ``applies(scenario)`` is true.
    """

    components: Sequence[Component] = ()

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    @classmethod
    def applies(cls, scenario: Scenario) -> bool:
        """Whether the scenario uses it."""
        raise NotImplementedError

    def phases(self) -> Iterable[Phase]:
        """Return phases it adds, such as an end."""
        return ()

    def moves(self, space: StateSpace, agenda: Agenda, phase: Phase) -> Iterable[Move]:
        """Return moves it adds in ``phase``, after those of the protocol."""
        return ()

    def moved(self, move: Move) -> Iterator[Move]:
        """Yield what becomes of a move: itself, fewer states of it, parts that cost something or end up elsewhere."""
        yield move

    def in_force(self, lever: int, levels: NDArray[np.int64], at: Standing) -> NDArray[np.int64]:
        """Return the level at which the lever takes effect, given the ``levels`` at which it stands."""
        return levels

    def settled(self, at: Standing, levers: Sequence[int]) -> Standing:
        """Return the states once what follows the levels of these levers has followed them."""
        return at

    def bite(self, lever: int, at: Standing) -> NDArray[np.float64] | None:
        """Return a factor for the harm and drain of the lever; None for 1."""
        return None

    def flow(self, party: int, at: Standing) -> NDArray[np.float64] | float:
        """Return stakes per period to ``party`` besides terms, harm and cost, shape (n,) or (n, types)."""
        return 0.0

    def flow_key(self, at: Standing) -> Iterable[tuple[NDArray[np.int64], int]]:
        """Yield what `flow`, `in_force` and `bite` depend on besides levels: arrays of numbers below a size."""
        return ()

    def endings(self, before: Standing, after: Standing) -> Iterable[tuple[Phase, NDArray[np.float64]]]:
        """Yield each end, or other turn, that the passing of time may bring, with its chance."""
        return ()

    def tells_of(self) -> Iterable[int]:
        """Return the parties of which it may bring news."""
        return ()

    def dates(self) -> Iterable[int]:
        """Return the periods, counted from 0, in which the chances of its news are not the usual ones."""
        return ()

    def news(self, party: int, at: Standing) -> Iterable[News]:
        """Yield what the public may learn of a party, one of `tells_of`, as a period begins in ``at``."""
        return ()


def by_mean(value: NDArray[np.int64], rate: NDArray[np.float64], top: int) -> Chances:
    """Return the two neighbouring steps to which a value on steps 0 to ``top`` moves, so that the mean moves by rate.

    Parameters
    ----------
    value : int array, shape (n,)
    rate : array, shape (n,)
        In steps per period, of either sign.
    top : int
    """
    whole = np.floor(rate + 1e-12)
    part = np.maximum(rate - whole, 0.0)
    low = np.clip(value + whole.astype(np.int64), 0, top)
    high = np.clip(value + whole.astype(np.int64) + 1, 0, top)
    return [(low, 1.0 - part), (high, part)]


def lapsing(value: NDArray[np.int64], chance: float) -> Chances:
    """Return what a value that may lapse is next: 0 with ``chance`` where it is not, else as it is.

    Parameters
    ----------
    value : int array, shape (n,)
    chance : float
        Per period.
    """
    gone = np.where(value > 0, chance, 0.0)
    return [(value, 1.0 - gone), (np.zeros_like(value), gone)]
