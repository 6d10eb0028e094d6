"""What can be signed, the frontier, and where theory would settle, against brute force."""

from __future__ import annotations

import numpy as np

from duress.scenario.agenda import Agenda, agenda_of
from duress.scenario.reading.whole import read

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


SPLITS = (0.0, 0.2, 0.39, 0.5, 0.618, 0.667, 0.75, 0.9375, 1.0)


def a_split(second: list[float]) -> Agenda:
    """Return the agenda of a pie of which the first party holds a share, its worth to it; ``second`` is the other's."""
    positions = ", ".join(f"p{share}" for share in SPLITS)
    return agenda_of(
        read(
            f"""
parties: {{A: {{types: {{one: {{}}}}}}, B: {{types: {{one: {{}}}}}}}}
issues: {{pie: {{positions: [{positions}], values: {{A: {list(SPLITS)}, B: {second}}}}}}}
menu: 9
""",
            "a-split",
        )
    )


def shares(agenda: Agenda, walk_away: tuple[float, float]) -> dict[str, float]:
    return {name: SPLITS[k] for name, k in agenda.settlements(np.array(walk_away)).items()}


def test_a_concave_frontier_settles_where_the_textbook_says() -> None:
    # The frontier is u2 = sqrt(1 - u1) / 2. Nash: max u1 sqrt(1 - u1), at 2/3. Kalai-Smorodinsky: u1 = sqrt(1 - u1), at
    # (sqrt 5 - 1) / 2. Egalitarian: u1 = sqrt(1 - u1) / 2, at (sqrt 17 - 1) / 8. Welfare: 4 sqrt(1 - u1) = 1, at 15/16.
    agenda = a_split([round(0.5 * (1 - share) ** 0.5, 6) for share in SPLITS])
    assert shares(agenda, (0.0, 0.0)) == {
        "Nash": 0.667,
        "Kalai-Smorodinsky": 0.618,
        "egalitarian": 0.39,
        "welfare": 0.9375,
    }


def test_a_better_walk_away_point_moves_the_split_of_a_pie() -> None:
    # On u2 = 1 - u1 Nash, Kalai-Smorodinsky and egalitarian all give each its walk-away worth and half of what is left.
    agenda = a_split([1 - share for share in SPLITS])
    for walk_away, split in (((0.0, 0.0), 0.5), ((0.5, 0.0), 0.75), ((0.3, 0.52), 0.39), ((0.0, 0.6), 0.2)):
        settled = shares(agenda, walk_away)
        assert {settled[name] for name in ("Nash", "Kalai-Smorodinsky", "egalitarian")} == {split}, walk_away


def test_the_zone_of_agreement_depends_on_the_type() -> None:
    agenda = agenda_of(
        scenario(
            ("values: {Owners: [0, .5, 1], Union: [1, .6, 0]}", "values: {Owners: [0, .5, 1], Union: VALUES}"),
            ("Union: {types: {one: {prior: 1,", "Union: {types: {other: {prior: .5}, one: {prior: .5,"),
            ("VALUES", "{other: [1, .2, 0], one: [1, .6, 0]}"),
        )
    )
    assert agenda.zone((0.1, 0.3), (0, 0)).tolist() == []
    assert agenda.zone((0.1, 0.3), (0, 1)).tolist() == [1]
    assert agenda.zone((0.0, 0.3), (0, 0)).tolist() == [0]


def test_a_red_line_thought_away_opens_what_it_kept_off_the_frontier() -> None:
    agenda = agenda_of(scenario(TWO))
    # Short hours give (Owners, Union) (1, .3), (.5, .9) and (0, 1.3); long ones (1.4, 0), (.9, .6) and (.4, 1).
    opened = agenda.opened_without(0, agenda.issues.index("hours"))
    assert [agenda.terms(int(k))["hours"] for k in opened] == ["short"] * 3
    assert [agenda.terms(int(k))["wages"] for k in opened] == ["as offered", "half way", "as before"]
    assert len(agenda.opened_without(1, agenda.issues.index("hours"))) == 0
