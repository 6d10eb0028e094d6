"""States and phases of a confrontation in words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .agenda import Agenda
from .phases import CONFLICT, Phase
from .schema import ABOUT
from .space import Standing, StateSpace


def components_in_words(at: Standing) -> list[str]:
    """Say every component of the one state that ``at`` holds: levels of levers, stamina, and what else there is."""
    components = zip(at.space.components, at.values[0], strict=True)
    parts = [c.words(int(value)) for c, value in components if not at.phase.is_end or c.fixed(at.phase) is None]
    return [part for part in parts if part]


class Describer:
    """Says a state in words."""

    def __init__(self, space: StateSpace, agenda: Agenda, origin: NDArray[np.int64], phase: NDArray[np.int64]) -> None:
        self.space, self.agenda, self.origin, self.phase = space, agenda, origin, phase
        self.parties = tuple(space.scenario.parties)

    def __call__(self, state: int) -> str:
        """Say a state: its phase, and every component: levels of levers, stamina, and what else there is."""
        p = self.space.phases[self.phase[state]]
        parts = components_in_words(self.space.standing(self.origin[state : state + 1], p))
        return "; ".join(part for part in [self.phase_words(p), *parts] if part)

    def phase_words(self, p: Phase) -> str:
        """Say a phase in words."""
        mover = self.parties[p.mover]
        terms = self.agenda.words(p.terms) if p.terms >= 0 else ""
        if p.is_chance:
            onward = p.kind.split(" ")[-1]
            begins = "time passes" if p.is_passing else "news comes"
            said = f"{begins} before {onward if onward == 'agreement' else f'the {onward}'}"
            return f"{said} ({terms})" if terms else said
        terms_on_table = self.space.scenario.talks.about == ABOUT[0]
        return {
            "confrontation": f"confrontation, {mover} to move",
            "invited": f"{self.parties[p.party]} has invited, {mover} to reply",
            "asked": f"{self.parties[p.party]} asks first, {mover} to grant it or decline",
            "table": f"at the table, {mover} to {'propose' if terms_on_table else 'speak'}",
            "offer": f"{self.parties[p.party]} has offered {terms}, {mover} to answer",
            "agreement": f"agreement in force ({terms}), {mover} to comply or not",
            "collapse": f"collapse of {self.parties[p.party]}",
            "concession": f"concession of {self.parties[p.party]}",
            CONFLICT: CONFLICT,
        }[p.kind]
