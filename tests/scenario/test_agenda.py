"""What can be signed, the frontier, and where theory would settle, against brute force."""

from __future__ import annotations

import numpy as np

from duress.scenario.agenda import agenda_of

from .confrontations import scenario

TWO = (
    "issues:\n",
    "issues:\n  hours: {positions: [long, short], red_line: {Owners: [short]},"
    " values: {Owners: [.4, 0], Union: [0, .3]}}\n",
)
WALK_AWAY = np.array([-0.05, 0.2])


def test_signable_terms_are_those_across_nobodys_red_line() -> None:
    agenda = agenda_of(scenario(TWO))
    assert agenda.signable.sum() == 3
    assert all(agenda.terms(int(k))["hours"] == "long" for k in np.flatnonzero(agenda.signable))
    assert agenda.blockers(5) == {"Owners": ("hours",)}


def test_frontier_against_brute_force() -> None:
    agenda = agenda_of(scenario(TWO))
    signable = np.flatnonzero(agenda.signable)
    undominated = {
        int(k)
        for k in signable
        if not any(
            (agenda.mean[j] >= agenda.mean[k]).all() and (agenda.mean[j] > agenda.mean[k]).any() for j in signable
        )
    }
    assert set(map(int, agenda.frontier)) == undominated
    assert (np.diff(agenda.mean[agenda.frontier, 0]) < 0).all()


def test_settlements_against_brute_force() -> None:
    agenda = agenda_of(scenario())
    gain = agenda.mean - WALK_AWAY
    candidates = [k for k in np.flatnonzero(agenda.signable) if (gain[k] >= 0).all()]
    found = agenda.settlements(WALK_AWAY)
    assert found["Nash"] == max(candidates, key=lambda k: gain[k].prod())
    assert found["egalitarian"] == max(candidates, key=lambda k: gain[k].min())
    assert found["welfare"] == max(candidates, key=lambda k: gain[k].sum())
    ideal = gain[candidates].max(axis=0)
    assert found["Kalai-Smorodinsky"] == max(candidates, key=lambda k: (gain[k] / ideal).min())


def test_no_settlement_where_walking_away_is_better_for_someone() -> None:
    assert agenda_of(scenario()).settlements(np.array([0.8, 0.8])) == {}


def test_menu_keeps_both_ends_of_the_frontier() -> None:
    agenda = agenda_of(scenario(("menu: 2", "menu: 2")))
    assert agenda.menu.tolist() == [agenda.frontier[0], agenda.frontier[-1]]


def test_status_quo_and_demands_are_found_by_name() -> None:
    agenda = agenda_of(scenario(TWO))
    assert agenda.words(agenda.status_quo) == "status quo"
    assert agenda.terms(agenda.demand[0]) == {"hours": "long", "wages": "as offered"}
