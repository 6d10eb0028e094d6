"""Simulated histories as tables, one fact in a row, for Polars, Parquet and whatever reads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .events import events_of
from .histories import Histories
from .outcomes import confrontation_of, outcome_of_each, outcomes_of, pressure_and_stamina, settled_after

if TYPE_CHECKING:
    import polars


def tables_of(histories: Histories) -> dict[str, polars.DataFrame]:
    """Return histories of a confrontation as three tables.

    ``histories`` has a row for each history: how it ended, after how many periods it was settled (``settled_after``),
    the period and maker of the first invitation and the reply to it (``invited_in``, ``invited_by``, ``reply``), and
    when which terms were first signed (``signed_in``, ``terms``). ``parties`` has a row for each history and party: the
    type it was dealt, what the history was worth to it in discounted stakes (``value``), and its ``breaches`` of terms
    in force. ``periods`` has a row for each history, period and party: ``pressure`` (harm to the other, stakes per
    period) and ``stamina``. Periods count from 1; what never happened is null.
    """
    import polars as pl

    game = confrontation_of(histories)
    events, count = events_of(histories), len(histories.final)
    sides = pl.Series([p.name for p in game.players], dtype=pl.Enum([p.name for p in game.players]))
    periods, pressure, stamina = pressure_and_stamina(histories)
    number = np.arange(count, dtype=np.int32)

    def when(period: NDArray[np.int64]) -> polars.Series:
        return pl.Series((period + 1).astype(np.int16)).replace(0, None)

    def named(numbers: NDArray[np.int64], words: Callable[[int], str]) -> polars.Series:
        """Return what each number is called; null for those below zero."""
        known, which = np.unique(numbers, return_inverse=True)
        called = pl.Series([None if k < 0 else words(int(k)) for k in known], dtype=pl.String)
        return called.gather(which.ravel())

    by_history = pl.DataFrame(
        {
            "history": number,
            "outcome": named(outcome_of_each(histories), outcomes_of(game).__getitem__),
            "settled_after": settled_after(histories).astype(np.int16),
            "invited_in": when(events.invited),
            "invited_by": named(events.inviter, lambda i: game.players[i].name).cast(sides.dtype),
            "reply": named(events.reply, game.move_name),
            "signed_in": when(events.signed),
            "terms": named(events.terms, game.agenda.words),
        }
    )
    kinds = [kind for p in game.players for kind in p.types]
    dealt = histories.types + np.array([0, len(game.players[0].types)])
    by_party = pl.DataFrame(
        {
            "history": np.repeat(number, 2),
            "party": sides.gather(np.tile([0, 1], count)),
            "type": named(dealt.ravel(), kinds.__getitem__),
            "value": histories.worth.ravel(),
            "breaches": events.breaches.ravel().astype(np.int16),
        }
    )
    length = len(periods)
    by_period = pl.DataFrame(
        {
            "history": np.repeat(number, 2 * length),
            "period": np.tile(np.repeat(periods + 1, 2), count).astype(np.int16),
            "party": sides.gather(np.tile([0, 1], count * length)),
            "pressure": pressure.ravel(),
            "stamina": stamina.ravel(),
        }
    )
    return {"histories": by_history, "parties": by_party, "periods": by_period}


def write_tables(histories: Histories, folder: str | Path) -> tuple[Path, ...]:
    """Write each of `tables_of` as a Parquet file into ``folder``, which is made; return the files.

    Raises
    ------
    InputError
        If a file cannot be written.
    """
    found = []
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for name, table in tables_of(histories).items():
            found.append(Path(folder) / f"{name}.parquet")
            table.write_parquet(found[-1])
    except OSError as error:
        raise InputError(f"{str(folder)!r} cannot hold tables of histories: {error.strerror or error}") from None
    return tuple(found)
