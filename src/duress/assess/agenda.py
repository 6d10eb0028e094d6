"""What can be signed at all, measured against what each side has while the pressure in force goes on."""

from __future__ import annotations

import numpy as np

from ..scenario.agenda import Agenda
from ..scenario.compile import Confrontation
from .record import AgendaAnswer, TermsAnswer

MOST_TERMS = 400
"""Terms reported; beyond, only those that are offered, on the frontier, or known for something."""


def agenda_answer(game: Confrontation, state: int) -> AgendaAnswer:
    """Return the agenda of the scenario as it stands in ``state``."""
    agenda, scenario = game.agenda, game.scenario
    flow = game.flow(state)
    priors = [np.array(p.prior) for p in game.players]
    walk_away = {p.name: dict(zip(p.types, map(float, flow[i]), strict=True)) for i, p in enumerate(game.players)}
    settlements = agenda.settlements(np.array([flow[i] @ priors[i] for i in (0, 1)]))
    labels: dict[int, list[str]] = {agenda.status_quo: ["status quo"]}
    for i, name in enumerate(agenda.parties):
        labels.setdefault(agenda.demand[i], []).append(f"demand of {name}")
    for name, k in settlements.items():
        labels.setdefault(k, []).append(name)
    for k in agenda.menu:
        labels.setdefault(int(k), []).append("offered")
    frontier = {int(k) for k in agenda.frontier}
    chosen = range(len(agenda.mean)) if len(agenda.mean) <= MOST_TERMS else sorted(frontier | set(labels))
    terms = tuple(_terms(agenda, k, k in frontier, tuple(labels.get(k, ()))) for k in chosen)
    return AgendaAnswer(
        issues={issue.name: issue.positions for issue in scenario.issues.values()},
        terms=terms,
        walk_away=walk_away,
        sentences=_sentences(agenda, walk_away, settlements),
    )


def _terms(agenda: Agenda, k: int, on_frontier: bool, labels: tuple[str, ...]) -> TermsAnswer:
    types = {name: agenda.type_names[i] for i, name in enumerate(agenda.parties)}
    return TermsAnswer(
        positions=agenda.terms(k),
        words="nothing changes" if k == agenda.status_quo else agenda.words(k),
        value={
            name: dict(zip(types[name], map(float, agenda.value[i][k]), strict=True))
            for i, name in enumerate(agenda.parties)
        },
        mean_value={name: float(agenda.mean[k, i]) for i, name in enumerate(agenda.parties)},
        signable=bool(agenda.signable[k]),
        blockers=agenda.blockers(k),
        on_frontier=on_frontier,
        labels=labels,
    )


def _sentences(agenda: Agenda, walk_away: dict[str, dict[str, float]], settlements: dict[str, int]) -> tuple[str, ...]:
    signable = int(agenda.signable.sum())
    said = []
    for i, name in enumerate(agenda.parties):
        blocked = {issue: [agenda.names[n][r] for r in sorted(set(agenda.position[agenda.crosses[:, i, n], n]))]
                   for n, issue in enumerate(agenda.issues) if agenda.crosses[:, i, n].any()}  # fmt: skip
        if blocked:
            lines = "; ".join(f"{issue}: {', '.join(positions)}" for issue, positions in blocked.items())
            said.append(f"{name} will not sign, whatever the pressure: {lines}.")
    if not signable:
        return ("Nothing is left to sign: every set of terms crosses a red line.", *said)
    said.insert(
        0,
        f"{signable} of {len(agenda.mean)} sets of terms can be signed; {len(agenda.frontier)} of them are efficient.",
    )
    for i, name in enumerate(agenda.parties):
        other = agenda.parties[1 - i]
        blockers = agenda.blockers(agenda.demand[i])
        if other in blockers:
            said.append(f"The demand of {name} lies across a red line of {other} ({', '.join(blockers[other])}).")
    if "Nash" in settlements:
        k = settlements["Nash"]
        said.append(f"Against the pressure in force Nash would settle on: {agenda.words(k)}.")
    else:
        said.append("No signable terms leave both sides better off than the pressure in force.")
    return tuple(said)
