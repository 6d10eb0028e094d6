"""States and phases of a confrontation in words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .agenda import Agenda
from .space import Phase, StateSpace


class Describer:
    """Says a state in words."""

    def __init__(self, space: StateSpace, agenda: Agenda, origin: NDArray[np.int64], phase: NDArray[np.int64]) -> None:
        self.space, self.agenda, self.origin, self.phase = space, agenda, origin, phase
        self.parties = tuple(space.scenario.parties)

    def __call__(self, state: int) -> str:
        """Say a state: its phase, the level of every lever, stamina."""
        p = self.space.phases[self.phase[state]]
        words = self.phase_words(p)
        if p.is_end:
            return words
        levels, stamina = self.space.parts(self.origin[state : state + 1], p)
        parts = [f"{lever.name} {lever.levels[k]}" for lever, k in zip(self.space.levers, levels[0], strict=True)]
        parts += [
            f"stamina of {name} {z / (size - 1):.2f}"
            for name, z, size in zip(self.parties, stamina[0], self.space.stamina_sizes, strict=True)
            if size > 1
        ]
        return "; ".join([words, *parts])

    def phase_words(self, p: Phase) -> str:
        """Say a phase in words."""
        mover = self.parties[p.mover]
        terms = self.agenda.words(p.terms) if p.terms >= 0 else ""
        if p.is_passing:
            onward = p.kind.split(" ")[-1]
            return f"time passes before {'the ' if onward != 'agreement' else ''}{onward}" + (
                f" ({terms})" if terms else ""
            )
        return {
            "confrontation": f"confrontation, {mover} to move",
            "invited": f"{self.parties[p.party]} has invited, {mover} to reply",
            "table": f"at the table, {mover} to propose",
            "offer": f"{self.parties[p.party]} has offered {terms}, {mover} to answer",
            "agreement": f"agreement in force ({terms}), {mover} to comply or not",
            "collapse": f"collapse of {self.parties[p.party]}",
            "concession": f"concession of {self.parties[p.party]}",
        }[p.kind]
