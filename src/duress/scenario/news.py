"""What the public learns of a party when time passes: signs of its type, and that its type is drawn anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..game.game import MAX_TYPES
from .mechanism import News


@dataclass(frozen=True)
class Heard:
    """News by branch: what each branch becomes, b of them in the order of the states they are of.

    Parameters
    ----------
    origin : int array, shape (b,)
        Number, among those before the news, of the branch that it was.
    share : array, shape (b, 1 + dates)
        Chance of it that no type enters: as usual, and in the period of each date.
    likelihood_row, redraw_row : int array, shape (b,)
        Rows of the game's tables.
    """

    origin: NDArray[np.int64]
    share: NDArray[np.float64]
    likelihood_row: NDArray[np.int64]
    redraw_row: NDArray[np.int64]


class Tidings:
    """The rows of likelihoods and of redraws that the branches of a game refer to.

    Parameters
    ----------
    dates : sequence of int
        Periods, counted from 0, that have chances of their own.
    """

    def __init__(self, dates: Sequence[int] = ()) -> None:
        self.dates = tuple(dates)
        self._likelihoods: dict[tuple[int, tuple[float, ...]], int] = {(0, (1.0,) * MAX_TYPES): 0}
        self._draws: dict[tuple[int, tuple[float, ...]], int] = {(0, (0.0,) * MAX_TYPES): 0}

    def arrays(self) -> tuple[NDArray[np.float64], NDArray[np.int8], NDArray[np.float64]]:
        """Return likelihoods (L, 2, 4), and the player (D,) and distribution (D, 4) of each redraw."""
        likelihood = np.ones((len(self._likelihoods), 2, MAX_TYPES))
        for (player, row), n in self._likelihoods.items():
            likelihood[n, player] = row
        players = np.array([player for player, _ in self._draws], np.int8)
        return likelihood, players, np.array([row for _, row in self._draws])

    def hear(self, count: int, news: Sequence[News], late: int = 0) -> Heard:
        """Split each of ``count`` branches by all ``news``, which are independent and of one party.

        News of a period is ``late`` by 1 if the next one has begun when it comes.
        """
        origin, share = np.arange(count), np.ones((count, 1 + len(self.dates)))
        code, table = np.zeros(count, np.int64), np.ones((1, MAX_TYPES))
        drawn = np.zeros(count, np.int64)
        for item in news:
            ways = len(item.ways)
            came, way = np.repeat(np.arange(len(origin)), ways), np.tile(np.arange(ways), len(origin))
            origin = origin[came]
            shares = [[w.share, *(w.dated.get(date - late, w.share) for date in self.dates)] for w in item.ways]
            share = share[came] * np.array(shares)[way]
            rows = np.concatenate([_padded(w.likelihood) for w in item.ways])
            first = np.cumsum([0, *(len(w.likelihood) for w in item.ways)])[:-1]
            which = np.stack([w.variant for w in item.ways], axis=1)[origin, way] + first[way]
            code = code[came] * len(rows) + which
            table = (table[:, None] * rows[None]).reshape(-1, MAX_TYPES)
            draws = np.array([self._draw(item.party, w.draws) for w in item.ways])[way]
            drawn = np.where(draws > 0, draws, drawn[came])
        kept = (share > 0).any(axis=1)
        rows = np.array([self._likelihood(news[0].party, tuple(row)) for row in table]) if news else np.zeros(1, int)
        return Heard(origin[kept], share[kept], rows[code[kept]], drawn[kept])

    def _likelihood(self, party: int, row: tuple[float, ...]) -> int:
        if all(value == 1.0 for value in row):
            return 0
        return self._likelihoods.setdefault((party, row), len(self._likelihoods))

    def _draw(self, party: int, draws: tuple[float, ...]) -> int:
        if not draws:
            return 0
        row = (*draws, *(0.0,) * (MAX_TYPES - len(draws)))
        return self._draws.setdefault((party, row), len(self._draws))


def _padded(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return rows of one factor per type as rows of one per type a player may have."""
    out = np.ones((len(rows), MAX_TYPES))
    out[:, : rows.shape[1]] = rows
    return out
