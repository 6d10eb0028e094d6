"""What can be signed at all, measured against what each side has while the pressure in force goes on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..scenario.agenda import Agenda
from .record import AgendaAnswer, TermsAnswer

MOST_TERMS = 400
"""Terms reported; beyond, only those that are offered, on the frontier, or known for something."""


def agenda_answer(agenda: Agenda, flow: tuple[NDArray[np.float64], NDArray[np.float64]]) -> AgendaAnswer:
    """Return what can be signed, measured against what each type of each party gets per period without a deal.

    Parameters
    ----------
    agenda : Agenda
    flow : tuple of two arrays, shape (types of that party,)
        Stakes per period with no deal, while the pressure in force goes on.
    """
    settlements = agenda.settlements(mean_flow(agenda, flow))
    labels: dict[int, list[str]] = {agenda.status_quo: ["status quo"]}
    for i, name in enumerate(agenda.parties):
        labels.setdefault(agenda.demand[i], []).append(f"demand of {name}")
    for name, k in settlements.items():
        labels.setdefault(k, []).append(name)
    for k in agenda.menu:
        labels.setdefault(int(k), []).append("offered")
    frontier = {int(k) for k in agenda.frontier}
    chosen = range(len(agenda.mean)) if len(agenda.mean) <= MOST_TERMS else sorted(frontier | set(labels))
    return AgendaAnswer(
        issues=dict(zip(agenda.issues, agenda.names, strict=True)),
        terms=tuple(_terms(agenda, k, k in frontier, tuple(labels.get(k, ()))) for k in chosen),
        walk_away=by_type(agenda, flow),
        sentences=_sentences(agenda, settlements),
    )


def mean_flow(agenda: Agenda, flow: tuple[NDArray[np.float64], NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return each party's flow averaged over its types by their priors, shape (2,)."""
    return np.array([flow[i] @ agenda.prior[i] for i in (0, 1)])


def by_type(agenda: Agenda, flow: tuple[NDArray[np.float64], NDArray[np.float64]]) -> dict[str, dict[str, float]]:
    """Return party -> type -> stakes per period."""
    return {
        name: dict(zip(agenda.type_names[i], map(float, flow[i]), strict=True)) for i, name in enumerate(agenda.parties)
    }


def words_of(agenda: Agenda, k: int) -> str:
    """Say the terms: the positions that differ from the status quo, or "nothing changes"."""
    return "nothing changes" if k == agenda.status_quo else agenda.words(k)


def _terms(agenda: Agenda, k: int, on_frontier: bool, labels: tuple[str, ...]) -> TermsAnswer:
    types = {name: agenda.type_names[i] for i, name in enumerate(agenda.parties)}
    return TermsAnswer(
        positions=agenda.terms(k),
        words=words_of(agenda, k),
        value={
            name: dict(zip(types[name], map(float, agenda.worth[i][k]), strict=True))
            for i, name in enumerate(agenda.parties)
        },
        mean_value={name: float(agenda.mean[k, i]) for i, name in enumerate(agenda.parties)},
        signable=bool(agenda.signable[k]),
        blockers=agenda.blockers(k),
        on_frontier=on_frontier,
        labels=labels,
    )


def _sentences(agenda: Agenda, settlements: dict[str, int]) -> tuple[str, ...]:
    signable = int(agenda.signable.sum())
    said = []
    for i, name in enumerate(agenda.parties):
        blocked = {issue: [agenda.names[n][r] for r in sorted(set(agenda.position[agenda.crosses[:, i, n], n]))]
                   for n, issue in enumerate(agenda.issues) if agenda.crosses[:, i, n].any()}  # fmt: skip
        if blocked:
            lines = "; ".join(f"{issue}: {', '.join(positions)}" for issue, positions in blocked.items())
            said.append(f"{name} will not sign, whatever the pressure: {lines}.")
    if not signable:
        nothing = "Nothing is left to sign: every set of terms crosses a red line, so talks cannot end in a deal."
        return (nothing, *said, *_across(agenda))
    if signable == 1 and agenda.signable[agenda.status_quo]:
        said.insert(0, "Nothing is left to sign but the status quo: all other terms cross a red line.")
        return (*said, *_across(agenda))
    said.insert(
        0,
        f"{signable} of {len(agenda.mean)} sets of terms can be signed; {len(agenda.frontier)} of them are efficient.",
    )
    said += _across(agenda)
    if "Nash" in settlements:
        k = settlements["Nash"]
        said.append(f"Against the pressure in force Nash would settle on: {agenda.words(k)}.")
    else:
        said.append("No signable terms leave both sides better off than the pressure in force.")
    return tuple(said)


def _across(agenda: Agenda) -> list[str]:
    """Say which demands lie across a red line of the other party."""
    said = []
    for i, name in enumerate(agenda.parties):
        other = agenda.parties[1 - i]
        crossed = agenda.blockers(agenda.demand[i]).get(other)
        if crossed:
            said.append(f"The demand of {name} lies across a red line of {other} ({', '.join(crossed)}).")
    return said
