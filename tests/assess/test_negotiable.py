"""What is negotiable before anything is solved: red lines, what no deal is worth at each pressure, who gets what."""

from __future__ import annotations

import numpy as np
import pytest

import duress as du
from duress.assess.negotiable import negotiable
from duress.errors import InputError
from duress.scenario import read

DISPUTE = """
title: A dispute
parties: {Owners: {types: {one: {}}}, Union: {types: {poor: {bears: 2}, rich: {bears: 1}}}}
levers:
  lockout: {by: Owners, levels: [none, full], harm: [0, .3], cost: [0, .05], start: full}
  boycott: {by: Union, levels: [none, full], harm: [0, .2]}
issues:
  wages: {positions: [old, half, new], values: {Owners: [0, .4, .6], Union: [.6, .4, 0]}}
  hours: {positions: [long, short], values: {Owners: [.4, 0], Union: [0, .4]}, red_line: {Owners: [short]}}
demand: {Union: {hours: short}}
"""
NOTHING = DISPUTE.replace("red_line: {Owners: [short]}", "red_line: {Owners: [short], Union: [long]}")


def test_no_deal_is_the_status_quo_minus_what_pressure_costs() -> None:
    # Owners' levers at their highest is the start again, and all at their highest is the Union's case.
    at_start, none, union = negotiable(read(DISPUTE, "dispute")).cases
    assert [c.case for c in (at_start, none)] == ["at the start", "no lever in use"]
    assert at_start.walk_away["Owners"]["one"] == pytest.approx(0.4 - 0.05)
    assert at_start.walk_away["Union"] == pytest.approx({"poor": 0.6 - 2 * 0.3, "rich": 0.6 - 0.3})
    assert none.walk_away["Owners"]["one"] == pytest.approx(0.4)
    assert union.case == "levers of Union at their highest"
    assert union.walk_away["Owners"]["one"] == pytest.approx(0.4 - 0.05 - 0.2)


def test_terms_and_zones_move_with_the_pressure() -> None:
    # Signable are wages alone: (Owners, Union) is (.4, .6), (.8, .4), (1, 0). At the start no deal is worth (.35, .15):
    # products of gains .05 * .45, .45 * .25 = .1125. With no lever in use it is (.4, .6), which nothing beats for both.
    answer = negotiable(read(DISPUTE, "dispute"))
    at_start, none = answer.cases[:2]
    nash = at_start.settlements["Nash"]
    assert nash.words == "wages: half"
    assert nash.gain == pytest.approx({"Owners": 0.45, "Union": 0.25})
    assert none.settlements["Nash"].words == "nothing changes"
    assert {tuple(z.types.values()): z.count for z in at_start.zones} == {("one", "poor"): 3, ("one", "rich"): 2}
    assert {tuple(z.types.values()): z.count for z in none.zones} == {("one", "poor"): 1, ("one", "rich"): 1}
    asked = negotiable(read(DISPUTE, "dispute"), at={"lockout": "none"}).cases[0]
    assert asked.case == "as asked"
    assert asked.walk_away == none.walk_away


def test_who_blocks_what() -> None:
    (line,) = negotiable(read(DISPUTE, "dispute")).red_lines
    assert (line.party, line.issue, line.positions) == ("Owners", "hours", ("short",))
    assert (line.removes, line.alone) == (3, 3)
    assert set(line.opens) == {"hours: short", "wages: half, hours: short"}


def test_views_say_what_stands_in_the_way() -> None:
    owners, union = negotiable(read(DISPUTE, "dispute")).views
    assert owners.best is not None
    assert owners.best.words == "wages: half"
    assert owners.sentences == ("Union could sign what Owners asks for, and is better off without a deal.",)
    assert union.sentences == ("Owners will not sign what Union asks for (hours).",)
    assert [view.party for view in negotiable(read(DISPUTE, "dispute"), "Union").views] == ["Union"]


def test_an_empty_overlap_is_said_in_words() -> None:
    answer = negotiable(read(NOTHING, "dispute"))
    assert answer.agenda.sentences[0].startswith("Nothing is left to sign: every set of terms crosses a red line")
    assert "The demand of Union lies across a red line of Owners (hours)." in answer.agenda.sentences
    assert all(not case.settlements and not any(z.count for z in case.zones) for case in answer.cases)
    assert answer.views[0].best is None


def test_only_the_status_quo_is_said_in_words() -> None:
    kept = DISPUTE.replace("red_line: {Owners: [short]}", "red_line: {Owners: [short]}").replace(
        "Union: [.6, .4, 0]}}", "Union: [.6, .4, 0]}, red_line: {Union: [half, new]}}"
    )
    assert (
        negotiable(read(kept, "dispute")).agenda.sentences[0].startswith("Nothing is left to sign but the status quo")
    )


def test_it_is_the_agenda_an_assessment_reports_at_those_levers() -> None:
    crisis = du.load("sanctions-crisis")
    game = crisis.compile()
    answer = negotiable(crisis, at={"sanctions": "full", "retaliation": "some"})
    state = game.find(game.standing(game.start).put_levels(np.array([[2, 1]])))
    assert state is not None
    flow = game.flow(state)
    for i, name in enumerate(crisis.parties):
        assert list(answer.cases[0].walk_away[name].values()) == pytest.approx(flow[i])


@pytest.mark.parametrize(
    ("party", "at", "said"),
    [
        ("Nobody", {}, "party: 'Nobody' is not a party of this scenario"),
        (None, {"strike": "full"}, "strike: is not a lever (there are: lockout, boycott)"),
        (None, {"lockout": "half"}, "lockout: 'half' is not a level of this lever (allowed: none, full)"),
    ],
)
def test_what_is_asked_must_be_there(party: str | None, at: dict[str, str], said: str) -> None:
    with pytest.raises(InputError) as caught:
        negotiable(read(DISPUTE, "dispute"), party, at)
    assert str(caught.value).startswith(said)
