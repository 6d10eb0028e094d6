"""What a scenario file may say, and what is filled in where it says nothing."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import duress as du
from duress.scenario import read
from duress.scenario.schema import (
    Agreement,
    AudienceCost,
    Issue,
    Lever,
    Party,
    PartyType,
    Provenance,
    Scenario,
    Stamina,
    Talks,
)

TEN_LINES = """
title: A sanctions crisis
parties: {Coercer: {}, Target: {}}
levers:
  sanctions:  {by: Coercer, levels: [none, partial, full], harm: [0, .2, .5], drain: [0, .02, .05]}
  retaliation: {by: Target, levels: [none, some, full], harm: [0, .1, .25]}
issues:
  policy: {positions: [as it is, compromise, as demanded], values: {Coercer: [0, .5, 1], Target: [1, .6, 0]}}
"""

FRESH = Stamina(start=1.0, steps=10, recovers=0.03, strained_below=0.3, strain=0.0, at_zero="concede")


def smallest(
    top: str = "", party_a: str = "", party_b: str = "", lever: str = "", issue: str = "", more_levers: str = ""
) -> Scenario:
    """Read a small valid scenario with something added to one of its parts."""
    return read(
        f"""
parties:
  A: {{{party_a}}}
  B: {{{party_b}}}
levers:
  press: {{by: A, levels: [off, on], harm: [0, .5]{lever}}}
{more_levers}
issues:
  land: {{positions: [mine, half, yours], values: {{A: [0, .5, 1], B: [1, .6, 0]}}{issue}}}
{top}
""",
        "small",
    )


def test_ten_lines_get_the_documented_defaults() -> None:
    scenario = read(TEN_LINES, "ten-lines")
    assert (scenario.name, scenario.title, scenario.summary) == ("ten-lines", "A sanctions crisis", "")
    assert (scenario.period, scenario.horizon, scenario.order) == ("month", 36, ("Coercer", "Target"))
    assert scenario.parties == {
        "Coercer": Party(
            name="Coercer",
            discount=0.97,
            precision=20.0,
            types={
                "sincere": PartyType("sincere", prior=0.5, bears=1.0, breach_cost=0.8),
                "tactical": PartyType("tactical", prior=0.5, bears=1.0, breach_cost=0.0),
            },
            stamina=FRESH,
            audience_cost=AudienceCost(0, 0, 0, 0),
        ),
        "Target": Party(
            name="Target",
            discount=0.97,
            precision=20.0,
            types={
                "fragile": PartyType("fragile", prior=0.5, bears=1.4, breach_cost=0.4),
                "resolute": PartyType("resolute", prior=0.5, bears=0.8, breach_cost=0.4),
            },
            stamina=FRESH,
            audience_cost=AudienceCost(0, 0, 0, 0),
        ),
    }
    assert scenario.levers == {
        "sanctions": Lever(
            name="sanctions",
            by="Coercer",
            levels=("none", "partial", "full"),
            harm=(0.0, 0.2, 0.5),
            drain=(0.0, 0.02, 0.05),
            cost=(0.0, 0.0, 0.0),
            start=0,
            step=1,
            back=1,
            floor=0,
            ceiling=2,
            in_talks=2,
        ),
        "retaliation": Lever(
            name="retaliation",
            by="Target",
            levels=("none", "some", "full"),
            harm=(0.0, 0.1, 0.25),
            drain=(0.0, 0.0, 0.0),
            cost=(0.0, 0.0, 0.0),
            start=0,
            step=1,
            back=1,
            floor=0,
            ceiling=2,
            in_talks=2,
        ),
    }
    assert scenario.issues == {
        "policy": Issue(
            name="policy",
            positions=("as it is", "compromise", "as demanded"),
            values={
                "Coercer": {"sincere": (0.0, 0.5, 1.0), "tactical": (0.0, 0.5, 1.0)},
                "Target": {"fragile": (1.0, 0.6, 0.0), "resolute": (1.0, 0.6, 0.0)},
            },
            red_line={"Coercer": (), "Target": ()},
            crossing={"Coercer": {}, "Target": {}},
        )
    }
    assert scenario.talks == Talks(
        invite=("Coercer", "Target"),
        replies=("refuse", "refuse and raise", "accept and keep", "accept and drop"),
        stalling="allowed",
        proposer="alternates",
        about="terms",
        words=("conciliatory", "firm"),
        ask_first={"Coercer": {}, "Target": {}},
    )
    assert scenario.agreement == Agreement(
        relief={"sanctions": 0, "retaliation": 0},
        steps={},
        step_takes=1.0,
        snapback={"sanctions": 2, "retaliation": 2},
        ratchet=(),
        given_back=0.0,
    )
    assert scenario.demand == {"Coercer": {"policy": "as demanded"}, "Target": {"policy": "as it is"}}
    assert scenario.status_quo == {"policy": "as it is"}
    assert scenario.menu == 5
    assert (scenario.notes, scenario.sources, scenario.path) == ((), {}, None)


def test_the_default_types_depend_on_the_levers_and_not_on_who_is_written_first() -> None:
    lines = TEN_LINES.replace("{Coercer: {}, Target: {}}", "{Target: {}, Coercer: {}}")
    turned, straight = read(lines, "turned"), read(TEN_LINES, "straight")
    assert turned.parties == straight.parties
    assert turned.order == ("Target", "Coercer")
    drained = smallest(lever=", drain: [0, .1]", more_levers="  back: {by: B, levels: [off, on], drain: [0, .1]}")
    assert [tuple(party.types) for party in drained.parties.values()] == [("fragile", "resolute")] * 2


@pytest.mark.parametrize(
    ("period", "horizon", "months"),
    [("day", 600, 12 / 365.25), ("week", 157, 84 / 365.25), ("month", 36, 1), ("quarter", 12, 3), ("year", 3, 12)],
)
def test_defaults_keep_their_pace_in_any_period(period: str, horizon: int, months: float) -> None:
    scenario = smallest(top=f"period: {period}")
    assert scenario.horizon == horizon
    assert scenario.parties["A"].discount == pytest.approx(0.97**months, rel=1e-15)
    assert scenario.parties["A"].stamina.recovers == pytest.approx(0.03 * months, rel=1e-15)


def test_everything_can_be_said() -> None:
    scenario = smallest(
        top="""
period: week
horizon: 10
order: [B, A]
menu: 3
demand: {A: {land: half}}
status_quo: {land: half}
talks: {invite: [B], replies: [accept and keep, refuse], stalling: ruled out, proposer: B}
agreement: {relief: {press: on}, breach: {snapback: {press: off}}}
""",
        party_a="discount: .9, precision: 7, breach: {cost: .3}, types: {x: {prior: .25, bears: 2}, y: {prior: .75, "
        "breach: {cost: 1}}}, stamina: {start: .5, steps: 4, recovers: .1, strained_below: .2, strain: .6}",
        lever=", start: on, step: 1, cost: [0, .1]",
        issue=", red_line: {A: [mine]}",
    )
    assert (scenario.period, scenario.horizon, scenario.order, scenario.menu) == ("week", 10, ("B", "A"), 3)
    assert scenario.demand == {"A": {"land": "half"}, "B": {"land": "mine"}}
    assert scenario.status_quo == {"land": "half"}
    assert scenario.talks == Talks(
        ("B",), ("refuse", "accept and keep"), "ruled out", "B", "terms", ("conciliatory", "firm"), {"A": {}, "B": {}}
    )
    assert scenario.agreement == Agreement({"press": 1}, {}, 1.0, {"press": 0}, (), 0.0)
    assert scenario.parties["A"] == Party(
        name="A",
        discount=0.9,
        precision=7.0,
        types={"x": PartyType("x", 0.25, 2.0, 0.3), "y": PartyType("y", 0.75, 1.0, 1.0)},
        stamina=Stamina(0.5, 4, 0.1, 0.2, 0.6, "concede"),
        audience_cost=AudienceCost(0, 0, 0, 0),
    )
    assert (scenario.levers["press"].start, scenario.levers["press"].cost) == (1, (0.0, 0.1))
    assert scenario.issues["land"].red_line == {"A": ("mine",), "B": ()}


def test_nobody_need_invite() -> None:
    assert smallest(top="talks: {invite: []}").talks.invite == ()


def test_a_red_line_may_stand_with_the_issue_or_with_the_party_or_with_both() -> None:
    one = smallest(issue=", red_line: {B: [yours]}")
    other = smallest(party_b="red_lines: {land: [yours]}")
    both = smallest(issue=", red_line: {B: [yours]}", party_b="red_lines: {land: [half]}")
    assert one.issues["land"].red_line == other.issues["land"].red_line == {"A": (), "B": ("yours",)}
    assert both.issues["land"].red_line["B"] == ("half", "yours")


def test_harm_may_name_who_bears_it() -> None:
    named = smallest(lever=", drain: {B: [0, .1]}")
    assert named.levers["press"].drain == (0.0, 0.1)


def test_values_may_differ_between_types() -> None:
    scenario = read(
        """
parties: {A: {types: {x: {prior: .75}, y: {prior: .25}}}, B: {}}
issues: {land: {positions: [p, q], values: {A: {y: [1, 0], x: [.2, .5]}, B: [1, 0]}}}
""",
        "types",
    )
    land = scenario.issues["land"]
    assert land.values["A"] == {"x": (0.2, 0.5), "y": (1.0, 0.0)}
    assert land.mean_values(scenario.parties["A"]) == pytest.approx((0.4, 0.375))
    assert scenario.demand["A"] == {"land": "p"}


def test_the_first_of_equally_good_positions_that_a_party_would_sign_is_its_demand() -> None:
    lines = "parties: {A: {}, B: {}}\nissues: {land: {positions: [p, q, r], values: {A: [1, 1, 0], B: [0, 1, 1]}%s}}"
    assert read(lines % "", "ties").demand == {"A": {"land": "p"}, "B": {"land": "q"}}
    assert read(lines % ", red_line: {A: [p]}", "ties").demand["A"] == {"land": "q"}


def test_priors_are_even_by_default_and_a_third_may_be_written_with_six_digits() -> None:
    even = smallest(party_a="types: {x: {}, y: , z: {}}")
    assert [kind.prior for kind in even.parties["A"].types.values()] == [1 / 3] * 3
    rough = smallest(party_a="types: {x: {prior: .333333}, y: {prior: .333333}, z: {prior: .333333}}")
    assert sum(kind.prior for kind in rough.parties["A"].types.values()) == pytest.approx(1, abs=1e-12)


def test_words_stay_words_and_dates_stay_words() -> None:
    scenario = read(
        """
parties: {yes: , no: {}}
levers:
  on: {by: no, levels: [no, off, y, n, on, 2019-05-02, 10, 1:30, 0o7, null], start: off}
issues: {true: {positions: [1, 2.50, "3"], values: {yes: [0, 0, 1], no: [1, 0, 0]}}}
status_quo: {true: 2.50}
""",
        "words",
    )
    assert tuple(scenario.parties) == ("yes", "no")
    assert scenario.levers["on"].levels == ("no", "off", "y", "n", "on", "2019-05-02", "10", "1:30", "0o7", "null")
    assert scenario.levers["on"].start == 1
    assert scenario.issues["true"].positions == ("1", "2.50", "3")
    assert scenario.status_quo == {"true": "2.50"}


@pytest.mark.parametrize("written", ["0.25", ".25", "+.25", "25e-2", "2.5E-1"])
def test_a_number_may_be_written_in_any_usual_way(written: str) -> None:
    assert smallest(party_a=f"discount: {written}").parties["A"].discount == 0.25


def test_minus_nothing_is_nothing() -> None:
    assert str(smallest(lever=", cost: [-0, -.0]").levers["press"].cost) == "(0.0, 0.0)"


def test_numbers_and_parts_may_say_where_they_come_from() -> None:
    scenario = smallest(
        top='source: "a book"\ntalks: {note: rare}',
        party_a="discount: {value: .9, source: a study, note: judgement}",
        lever=", cost: [0, {value: .1, source: ledger}], source: archive",
    )
    assert scenario.parties["A"].discount == 0.9
    assert scenario.levers["press"].cost == (0.0, 0.1)
    assert scenario.sources == {
        "": Provenance("a book"),
        "talks": Provenance(note="rare"),
        "parties.A.discount": Provenance("a study", "judgement"),
        "levers.press": Provenance("archive"),
        "levers.press.cost[1]": Provenance("ledger"),
    }


def test_what_a_default_filled_is_on_record() -> None:
    scenario = smallest(party_a="discount: .9", top="menu: 5")
    assert {"parties.B.discount", "parties.A.types", "demand.A.land", "levers.press.cost"} <= scenario.defaults
    assert not {"parties.A.discount", "menu", "levers.press.harm"} & scenario.defaults


def test_notes_say_what_may_have_been_overlooked() -> None:
    scenario = read(
        """
parties: {A: {}, B: {}}
issues:
  land: {positions: [p, q], values: {A: [0, .9], B: [1, 0]}, red_line: {B: [q]}}
""",
        "notes",
    )
    assert scenario.notes == (
        "issues: the best positions of A add up to 0.9 of a stake, not 1",
        "levers: A holds none",
        "demand: what A asks for crosses red lines of B: land",
        "levers: B holds none",
    )


def test_the_digest_is_of_the_content_and_not_of_its_layout() -> None:
    flow = read("parties: {A: {}, B: {}}\nissues: {i: {positions: [p, q], values: {A: [0, 1], B: [1, 0]}}}", "x")
    block = read(
        "# a comment\nparties:\n  A: {}\n  B: {}\nissues:\n  i:\n    positions: [p, 'q']\n"
        "    values:\n      A: [0, 1]\n      B:\n      - 1\n      - 0\n",
        "y",
    )
    other = read("parties: {A: {}, B: {}}\nissues: {i: {positions: [p, q], values: {A: [0, 1], B: [.9, 0]}}}", "x")
    assert flow.digest == block.digest != other.digest
    assert len(flow.digest) == 64


def test_a_scenario_answers_who_holds_what() -> None:
    scenario = du.load("sanctions-crisis")
    assert scenario.other("Coercer") == "Target"
    assert scenario.other("Target") == "Coercer"
    assert [lever.name for lever in scenario.levers_of("Target")] == ["retaliation"]
    assert scenario.drained("Target")
    assert not scenario.drained("Coercer")


def test_a_scenario_can_be_sent_to_another_process() -> None:
    scenario = du.load("iran-2019")
    assert pickle.loads(pickle.dumps(scenario)) == scenario


def test_a_file_is_loaded_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + TEN_LINES.replace("\n", "\r\n").encode())
    scenario = du.load(file)
    assert (scenario.name, scenario.path) == ("mine", str(file))
    assert scenario.digest == read(TEN_LINES, "same").digest
