"""A game in progress as anybody may see it: what is public, and no more until it is over."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from ..assess.moment import believed, situation_at
from ..assess.record import Situation
from ..report.reading import MODEL_LINE
from ..simulate.outcomes import outcome_by_phase
from .table import Table
from .view import AS_IF, Ending, Entry, ending_of, timeline


@dataclass(frozen=True)
class Watched:
    """A game in progress as anybody may see it.

    Parameters
    ----------
    title, summary, period_word : str
    names : dict
        Party -> who plays it, by the name it chose; empty if it has none.
    turn : str
        The party to move; empty when it is over.
    turns, periods : int
        Moves made so far; periods there are.
    situation : Situation
    beliefs, prior : dict
        Party -> type -> what the public believes now, and believed at the start.
    timeline : tuple of Entry
    ending : Ending, optional
        With types and prices; None until it is over.
    seed : int
    certificate : str
    notes : tuple of str
    """

    title: str
    summary: str
    period_word: str
    names: dict[str, str]
    turn: str
    turns: int
    periods: int
    situation: Situation
    beliefs: dict[str, dict[str, float]]
    prior: dict[str, dict[str, float]]
    timeline: tuple[Entry, ...]
    ending: Ending | None
    seed: int
    certificate: str
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return nested dictionaries and lists for `json.dumps`."""
        return dataclasses.asdict(self)


def watched(table: Table) -> Watched:
    """Return what anybody may see of a table."""
    setting, game = table.setting, table.setting.game
    return Watched(
        title=game.scenario.title,
        summary=game.scenario.summary,
        period_word=game.scenario.period,
        names={seat.party: seat.name for seat in table.seats},
        turn=table.turn,
        turns=table.turns,
        periods=game.periods,
        situation=situation_at(game, table.state, min(table.period, game.periods - 1)),
        beliefs={p.name: believed(p, b) for p, b in zip(game.players, table.beliefs, strict=True)},
        prior={p.name: dict(zip(p.types, p.prior, strict=True)) for p in game.players},
        timeline=timeline(table),
        ending=ending_of(table) if table.over else None,
        seed=table.seed,
        certificate=setting.solution.certificate.sentence(),
        notes=(f"{MODEL_LINE}.", AS_IF),
    )


def outcome_of(table: Table) -> str:
    """Return how a table ended, one of `duress.simulate.histories.outcomes_of`; empty until it is over."""
    game = table.setting.game
    return outcome_by_phase(game)[game.phase[table.state]] if table.over else ""
