"""Simulated histories of a confrontation in a few numbers: means, each with its error."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .events import events_of
from .histories import Histories
from .outcomes import confrontation_of, outcome_odds, outcomes_of, pressure_and_stamina


@dataclass(frozen=True)
class Mean:
    """A mean over independent histories, and its standard error."""

    mean: float
    error: float

    @classmethod
    def of(cls, values: NDArray[Any]) -> Mean:
        """Return the mean of ``values``, one per history; the error of a single one is not known and given as inf."""
        count = len(values)
        return cls(float(values.mean()), float(values.std(ddof=1) / math.sqrt(count)) if count > 1 else math.inf)


@dataclass(frozen=True)
class Summary:
    """What simulated histories show.

    Shares are of all histories; periods count from 1, as people do.

    Parameters
    ----------
    histories : int
    outcomes : dict
        Way to end -> share.
    invitations : dict
        Party -> share in which it makes the first invitation.
    first_invitation : Mean or None
        Its period, where there is one; None if there never is.
    replies : dict
        Party -> reply to the first invitation -> share.
    terms : dict
        Terms first signed, in words -> share; the commonest first.
    breaches : dict
        Party -> how often it goes back on terms in force.
    value : dict
        Party -> type -> what a history is worth, in discounted stakes; types that were never dealt are left out.
    periods : tuple of int
    pressure, stamina : dict
        Party -> per period. Pressure is the harm done to the other, stakes per period.
    """

    histories: int
    outcomes: dict[str, Mean]
    invitations: dict[str, Mean]
    first_invitation: Mean | None
    replies: dict[str, dict[str, Mean]]
    terms: dict[str, Mean]
    breaches: dict[str, Mean]
    value: dict[str, dict[str, Mean]]
    periods: tuple[int, ...]
    pressure: dict[str, tuple[Mean, ...]]
    stamina: dict[str, tuple[Mean, ...]]

    def as_json(self) -> dict[str, Any]:
        """Return the summary as plain values; an unknown error is null."""
        return _plain(asdict(self))


def _plain(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _plain(value) for key, value in part.items()}
    if isinstance(part, (list, tuple)):
        return [_plain(value) for value in part]
    return None if isinstance(part, float) and not math.isfinite(part) else part


def summary_of(histories: Histories) -> Summary:
    """Return what ``histories`` of a confrontation show.

    Examples
    --------
    >>> import duress as du
    >>> crisis = du.solve(du.load("sanctions-crisis").compile(), du.AQRE(precision=2, beliefs=5))
    >>> shown = du.summary_of(du.simulate(crisis, 200, seed=1))
    >>> round(sum(share.mean for share in shown.outcomes.values()), 6)
    1.0
    """
    game = confrontation_of(histories)
    events, count = events_of(histories), len(histories.final)
    parties = [p.name for p in game.players]
    odds = outcome_odds(histories)
    replies = np.array([game.move_name(a) for a in events.reply], object)
    answered: dict[str, dict[str, Mean]] = {}
    for i, name in enumerate(parties):
        to = (events.inviter >= 0) & (events.inviter != i)
        answered[name] = {str(reply): _share((replies == reply) & to) for reply in sorted(set(replies[to]))}
    signed, times = np.unique(events.terms[events.terms >= 0], return_counts=True)
    commonest = signed[np.argsort(-times, kind="stable")]
    there = events.invited >= 0
    periods, pressure, stamina = pressure_and_stamina(histories)
    return Summary(
        histories=count,
        outcomes={name: _share_of(odds[name], count) for name in outcomes_of(game)},
        invitations={name: _share(events.inviter == i) for i, name in enumerate(parties)},
        first_invitation=Mean.of(events.invited[there] + 1) if there.any() else None,
        replies=answered,
        terms={game.agenda.words(int(k)): _share(events.terms == k) for k in commonest},
        breaches={name: Mean.of(events.breaches[:, i]) for i, name in enumerate(parties)},
        value={
            p.name: {
                kind: Mean.of(histories.worth[dealt, i])
                for k, kind in enumerate(p.types)
                if (dealt := histories.types[:, i] == k).any()
            }
            for i, p in enumerate(game.players)
        },
        periods=tuple(int(t) + 1 for t in periods),
        pressure=_over_time(parties, pressure),
        stamina=_over_time(parties, stamina),
    )


def _share(there: NDArray[np.bool_]) -> Mean:
    return _share_of(float(there.mean()), len(there))


def _share_of(share: float, count: int) -> Mean:
    """Return a share with its error: that of a share seen once, where it was never seen or always."""
    return Mean(share, math.sqrt(max(share * (1 - share), 0.0) / count) if 0 < share < 1 else 1 / count)


def _over_time(parties: list[str], table: NDArray[np.float64]) -> dict[str, tuple[Mean, ...]]:
    return {name: tuple(Mean.of(table[:, t, i]) for t in range(table.shape[1])) for i, name in enumerate(parties)}
