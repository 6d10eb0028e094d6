"""What a file cannot say: each fault names the field, what was found and what is allowed; all faults come at once."""

from __future__ import annotations

from pathlib import Path

import pytest

import duress as du
from duress.errors import Fault, InputError
from duress.scenario import read

VALID = """\
parties:
  A: {}
  B: {types: {u: {}, v: {}}}
levers:
  press: {by: A, levels: [off, low, high], harm: [0, .2, .5]}
issues:
  land: {positions: [mine, half, yours], values: {A: [0, .5, 1], B: [1, .6, 0]}}
"""


def faults_of(text: str) -> tuple[Fault, ...]:
    with pytest.raises(InputError) as caught:
        read(text, "faulty")
    return caught.value.faults


def changed(before: str, after: str) -> str:
    assert VALID.count(before) == 1
    return VALID.replace(before, after)


def test_the_valid_one_is_valid() -> None:
    assert read(VALID, "valid").name == "valid"


ONE_FAULT = [
    # structure
    (
        "  A: {}",
        "  A: {discont: .9}",
        "parties.A.discont",
        "is not a field here; did you mean discount? (allowed: discount,",
    ),
    ("parties:", "lever: {}\nparties:", "lever", "is not a field here; did you mean levers?"),
    (
        "by: A",
        "by: A, startup: 1",
        "levers.press.startup",
        "did you mean start_up? (allowed: by, levels, harm, drain, cost, start,",
    ),
    (
        "  A: {}",
        "  A: 3",
        "parties.A",
        "must be a mapping (of discount, precision, types, stamina, breach, red_lines, audience_cost, signs, "
        "government); found 3",
    ),
    ("issues:\n", "issues: none\nx:\n", "issues", "must be a mapping (of issues); found 'none'"),
    (
        "levels: [off, low, high]",
        "levels: off",
        "levers.press.levels",
        "must be a list of levels, such as [off]; found 'off'",
    ),
    ("levels: [off, low, high]", "levels: [off, [low], high]", "levers.press.levels[1]", "found a list"),
    ("parties:", "title: [a]\nparties:", "title", "must be a text; found a list"),
    ("parties:", f"title: {'x' * 201}\nparties:", "title", "must be a text of at most 200 characters; found 201"),
    (
        "  A: {}",
        "  A: {discount: {source: x}}",
        "parties.A.discount",
        "or {value: (the number), source: ..., note: ...}",
    ),
    ("  A: {}", "  A: {discount: {value: .9, sorce: x}}", "parties.A.discount.sorce", "did you mean source?"),
    # parties
    (
        "  A: {}\n",
        "  A: {}\n  C: {}\n",
        "parties",
        "must name exactly two parties, such as {Coercer: {}, Target: {}}; found 3: A, C, B",
    ),
    ("  A: {}", "  A: {discount: 1}", "parties.A.discount", "must be a number above 0 and below 1; found 1"),
    ("  A: {}", "  A: {discount: .nan}", "parties.A.discount", "found .nan"),
    ("  A: {}", "  A: {discount: '.9'}", "parties.A.discount", "found '.9'"),
    (
        "  A: {}",
        "  A: {precision: -.inf}",
        "parties.A.precision",
        "must be a number above 0 and at most 10000; found -.inf",
    ),
    ("  A: {}", "  A: {precision: 1e999}", "parties.A.precision", "found 1e999"),
    ("  A: {}", "  A: {stamina: {start: 1.5}}", "parties.A.stamina.start", "must be a number from 0 to 1; found 1.5"),
    (
        "  A: {}",
        "  A: {stamina: {steps: 2.5}}",
        "parties.A.stamina.steps",
        "must be a whole number from 1 to 50; found 2.5",
    ),
    (
        "  A: {}",
        "  A: {stamina: {at_zero: fight}}",
        "parties.A.stamina.at_zero",
        "'fight' is not an end the language knows (allowed: concede)",
    ),
    ("  A: {}", "  A: {breach: {cost: 1}}", "parties.A.breach", "has no effect without types"),
    ("  A: {}", "  A: {types: {}}", "parties.A.types", "must name 1 to 4 types; found 0"),
    ("u: {}, v: {}", "u: {}, v: {}, w: {}, x: {}, y: {}", "parties.B.types", "must name 1 to 4 types; found 5"),
    (
        "u: {}, v: {}",
        "u: {prior: .5}, v: {prior: .6}",
        "parties.B.types",
        "the priors must add up to 1; found 0.5 + 0.6 = 1.1",
    ),
    (
        "u: {}, v: {}",
        "u: {prior: .5}, v: {}",
        "parties.B.types",
        "give a prior to every type or to none; without one: v",
    ),
    (
        "u: {}, v: {}",
        "u: {prior: 0}, v: {prior: 1}",
        "parties.B.types.u.prior",
        "must be a number above 0 and at most 1; found 0",
    ),
    ("u: {}, v: {}", "u: {bears: -1}, v: {}", "parties.B.types.u.bears", "must be a number from 0 to 100; found -1"),
    (
        "u: {}, v: {}",
        "u: {breach: {cost: -1}}, v: {}",
        "parties.B.types.u.breach.cost",
        "must be a number from 0 to 1000; found -1",
    ),
    (
        "u: {}, v: {}",
        f"{'u' * 61}: {{}}, v: {{}}",
        f"parties.B.types.{'u' * 57}...",
        "must have 1 to 60 characters on one line",
    ),
    # levers
    ("by: A, ", "", "levers.press.by", "is missing; say which party holds the lever (parties: A, B)"),
    ("by: A", "by: C", "levers.press.by", "'C' is not a party (allowed: A, B)"),
    ("by: A", "by: [A]", "levers.press.by", "must be a party (allowed: A, B); found a list"),
    ("levels: [off, low, high], ", "", "levers.press.levels", "is missing; list two or more levels, lowest first"),
    ("[off, low, high], harm: [0, .2, .5]", "[off]", "levers.press.levels", "must name 2 to 12 levels; found 1"),
    ("[off, low, high]", "[off, low, off]", "levers.press.levels[2]", "'off' is listed twice; keep one"),
    (
        "[off, low, high]",
        "[off, '', high]",
        "levers.press.levels[1]",
        "the name of a level must have 1 to 60 characters on one line; found ''",
    ),
    (
        "harm: [0, .2, .5]",
        "harm: [0, .2]",
        "levers.press.harm",
        "must hold one number per level, 3 in all (off, low, high); found 2",
    ),
    ("harm: [0, .2, .5]", "harm: [0, -.2, .5]", "levers.press.harm[1]", "must be a number from 0 to 1000; found -.2"),
    (
        "harm: [0, .2, .5]",
        "harm: {A: [0, .2, .5]}",
        "levers.press.harm.A",
        "A holds this lever, so harm falls on the other party (B)",
    ),
    (
        "harm: [0, .2, .5]",
        "harm: {b: [0, .2, .5]}",
        "levers.press.harm.b",
        "is not a party; did you mean B? (there are: A, B)",
    ),
    ("harm: [0, .2, .5]", "harm: {B: [0, .2]}", "levers.press.harm.B", "must hold one number per level"),
    ("harm: [0, .2, .5]", "drain: [0, .2, 1.5]", "levers.press.drain[2]", "must be a number from 0 to 1; found 1.5"),
    ("harm: [0, .2, .5]", "cost: [0, .2, x]", "levers.press.cost[2]", "must be a number from 0 to 1000; found 'x'"),
    (
        "by: A",
        "by: A, start: hihg",
        "levers.press.start",
        "'hihg' is not a level of this lever; did you mean high? (allowed: off, low, high)",
    ),
    ("by: A", "by: A, step: 3", "levers.press.step", "must be a whole number from 1 to 2; found 3"),
    (
        "{by: A, levels: [off, low, high], harm: [0, .2, .5]}",
        "3",
        "levers.press",
        "must be a mapping (of by, levels, harm, drain, cost, start, step, back, lag, ramp,",
    ),
    # issues
    ("positions: [mine, half, yours], ", "", "issues.land.positions", "is missing; list two or more"),
    (
        ", values: {A: [0, .5, 1], B: [1, .6, 0]}",
        "",
        "issues.land.values",
        "is missing; give each party one number per position, {A: [...], B: [...]}",
    ),
    ("A: [0, .5, 1], B:", "B:", "issues.land.values.A", "is missing; give one number from 0 to 1 per position"),
    (
        "A: [0, .5, 1]",
        "A: [0, .5]",
        "issues.land.values.A",
        "must hold one number per position, 3 in all (mine, half, yours); found 2",
    ),
    ("A: [0, .5, 1]", "A: [0, .5, 1.1]", "issues.land.values.A[2]", "must be a number from 0 to 1; found 1.1"),
    ("B: [1, .6, 0]", "B: {u: [1, .6, 0]}", "issues.land.values.B", "must give a list per type; without one: v"),
    (
        "B: [1, .6, 0]",
        "B: {u: [1, .6, 0], v: [1, 1, 1], w: [1, 1, 1]}",
        "issues.land.values.B.w",
        "is not a type (there are: u, v)",
    ),
    (
        "0]}}",
        "0]}, red_line: {B: [your]}}",
        "issues.land.red_line.B[0]",
        "'your' is not a position; did you mean yours? (allowed: mine, half, yours)",
    ),
    ("0]}}", "0]}, red_line: {C: [yours]}}", "issues.land.red_line.C", "is not a party (there are: A, B)"),
    (
        "0]}}",
        "0]}, red_line: {B: yours}}",
        "issues.land.red_line.B",
        "must be a list of positions, such as [yours]; found 'yours'",
    ),
    (
        "0]}}",
        "0]}, red_line: {B: [mine]}}",
        "issues.land.red_line.B",
        "a red line lists the positions a party will not sign, and [mine] holds what B values most, mine; "
        "did you mean [half, yours]?",
    ),
    ("0]}}", "0]}, red_line: {B: [mine, half, yours]}}", "issues.land.red_line.B", "leave out those it would sign"),
    ("  A: {}", "  A: {red_lines: {sea: [mine]}}", "parties.A.red_lines.sea", "is not an issue (there are: land)"),
    ("  A: {}", "  A: {red_lines: {land: [yours]}}", "parties.A.red_lines.land", "did you mean [mine, half]?"),
    # the rest
    (
        "parties:",
        "period: months\nparties:",
        "period",
        "'months' is not a unit of time; did you mean month? (allowed: day, week, month, quarter, year)",
    ),
    ("parties:", "horizon: 601\nparties:", "horizon", "must be a whole number from 1 to 600; found 601"),
    ("parties:", "menu: 0\nparties:", "menu", "must be a whole number from 1 to 12; found 0"),
    ("parties:", "order: [A]\nparties:", "order", "must name both parties, the first mover first; found A"),
    ("parties:", "order: [A, A]\nparties:", "order[1]", "'A' is listed twice; keep one"),
    (
        "parties:",
        "demand: {A: {land: all}}\nparties:",
        "demand.A.land",
        "'all' is not a position of land (allowed: mine, half, yours)",
    ),
    ("parties:", "demand: {A: {sea: all}}\nparties:", "demand.A.sea", "is not an issue (there are: land)"),
    ("parties:", "demand: {C: {}}\nparties:", "demand.C", "is not a party (there are: A, B)"),
    (
        "0]}}",
        "0]}, red_line: {B: [yours]}}\ndemand: {B: {land: yours}}",
        "demand.B.land",
        "which its own red line says it will not sign",
    ),
    ("parties:", "status_quo: {land: all}\nparties:", "status_quo.land", "'all' is not a position of land"),
    ("parties:", "talks: {invite: [C]}\nparties:", "talks.invite[0]", "'C' is not a party (allowed: A, B)"),
    ("parties:", "talks: {invite: A}\nparties:", "talks.invite", "must be a list of parties, such as [A]; found 'A'"),
    (
        "parties:",
        "talks: {replies: [accept and keep]}\nparties:",
        "talks.replies",
        "must hold refuse, and accept and keep or accept and drop (or both)",
    ),
    (
        "parties:",
        "talks: {invite: [A, B, A]}\nparties:",
        "talks.invite",
        "must list at most 2 parties (A, B); found 3",
    ),
    (
        "parties:",
        "talks: {replies: [refuse]}\nparties:",
        "talks.replies",
        "must hold refuse, and accept and keep or accept and drop (or both)",
    ),
    (
        "parties:",
        "talks: {replies: [accept and kep]}\nparties:",
        "talks.replies[0]",
        "'accept and kep' is not a reply; did you mean accept and keep?",
    ),
    (
        "parties:",
        "talks: {stalling: yes}\nparties:",
        "talks.stalling",
        "'yes' is not a rule for stalling (allowed: allowed, ruled out)",
    ),
    (
        "parties:",
        "talks: {proposer: C}\nparties:",
        "talks.proposer",
        "(allowed: alternates, inviter, invited, by lot, A, B)",
    ),
    (
        "parties:",
        "agreement: {relief: {pres: off}}\nparties:",
        "agreement.relief.pres",
        "is not a lever; did you mean press? (there are: press)",
    ),
    (
        "parties:",
        "agreement: {relief: {press: of}}\nparties:",
        "agreement.relief.press",
        "'of' is not a level of press; did you mean off?",
    ),
    (
        "parties:",
        "agreement: {breach: {snapback: {press: x}}}\nparties:",
        "agreement.breach.snapback.press",
        "'x' is not a level of press",
    ),
    # YAML that is read, but not allowed
    ("  A: {}\n", "  A: {}\n  A: {}\n", "parties.A", "is given twice, first on line 2; keep one (line 3)"),
    ("by: A", "by: A, by: B", "levers.press.by", "is given twice, first on line 5; keep one (line 5)"),
    ("  A: {}", "  A: &a {}", "parties.A", "&a names a part for repetition, which is not allowed"),
    (
        "harm: [0, .2, .5]",
        "harm: *h",
        "levers.press.harm",
        "*h repeats another part, which is not allowed; write the part out",
    ),
    ("  A: {}", "  A: !!map {}", "parties.A", "the tag '!!map' is not allowed; write the plain value"),
    ("parties:", 'summary: "a\\0b"\nparties:', "summary", "the text holds the character '\\x00', which is not allowed"),
    ("  A: {}", "  A: {}\n  [x]: {}", "parties", "the name of an entry must be a word, not a list or a mapping"),
    # what a lever may have
    ("by: A", "by: A, lag: -1", "levers.press.lag", "must be a whole number from 0 to 24; found -1"),
    ("by: A", "by: A, ramp: 3", "levers.press.ramp", "must be a whole number from 1 to 2; found 3"),
    ("by: A", "by: A, back: {step: 0}", "levers.press.back.step", "must be a whole number from 1 to 2; found 0"),
    ("by: A", "by: A, back: 2", "levers.press.back", "must be a mapping (of step); found 2"),
    (
        "by: A",
        "by: A, irreversible: maybe",
        "levers.press.irreversible",
        "'maybe' is not a truth value (allowed: true, false)",
    ),
    (
        "by: A",
        "by: A, irreversible: true, back: {step: 2}",
        "levers.press.back",
        "has no effect on a lever that is irreversible; leave one out",
    ),
    (
        "by: A",
        "by: A, irreversible: true, scope: {in_talks: low}",
        "levers.press.scope.in_talks",
        "would lower a lever that is irreversible",
    ),
    ("by: A", "by: A, scope: {ceiling: top}", "levers.press.scope.ceiling", "is not a level from its floor up"),
    (
        "by: A",
        "by: A, scope: {floor: low}, start: off",
        "levers.press.start",
        "is off, outside what the owner may use (low, high)",
    ),
    (
        "harm: [0, .2, .5]}",
        "harm: [0, .2, .5], irreversible: true}\nagreement: {relief: {press: off}}",
        "agreement.relief.press",
        "is irreversible, so no terms relieve it; leave it out",
    ),
    ("by: A", "by: A, breaks: deal", "levers.press.breaks", "no lever is an obligation under any"),
    (
        "by: A",
        "by: A, obligation: {only_after: breach by B}",
        "levers.press.obligation.of",
        "is missing; name the agreement it is an obligation under",
    ),
    (
        "by: A",
        "by: A, obligation: {of: deal, only_after: breach by A}",
        "levers.press.obligation.only_after",
        "'breach by A' is not a condition an obligation may have; did you mean breach by B?",
    ),
    ("by: A", "by: A, stock: {decays: .1}", "levers.press.stock.grows", "is missing; give one number per level"),
    ("by: A", "by: A, stock: {grows: [0, 2, 0]}", "levers.press.stock.grows[1]", "must be a number from 0 to 1"),
    ("by: A", "by: A, norm: {above: low}", "levers.press.norm.cost", "or write ruled_out: true"),
    ("by: A", "by: A, norm: {above: high, cost: 1}", "levers.press.norm.above", "is not a level below the highest"),
    (
        "by: A",
        "by: A, norm: {cost: 1, ruled_out: true}",
        "levers.press.norm.cost",
        "costs nothing where ruled_out is true; leave one of them out",
    ),
    ("by: A", "by: A, wears_off: {}", "levers.press.wears_off.rate", "is missing; say which share"),
    ("by: A", "by: A, wears_off: {rate: .1, floor: 1}", "levers.press.wears_off.floor", "at least 0 and below 1"),
    ("by: A", "by: A, hazard: {open conflict: [0, .1, 2]}", "levers.press.hazard.open conflict[2]", "from 0 to 1"),
    (
        "by: A",
        "by: A, hazard: {open conflict: [0, .1, .2]}",
        "conflict",
        "is missing, and levers.press.hazard speaks of it; say what it is worth per period for ever, {A: -1, B: -1}",
    ),
    # the world
    ("parties:", "conflict: {A: -1, B: -1}\nparties:", "conflict", "cannot come about: no lever has a hazard"),
    ("parties:", "ends: {then: open conflict}\nconflict: {A: -1}\nparties:", "conflict.B", "is missing; say in stakes"),
    (
        "parties:",
        "ends: {then: open conflict}\nconflict: {A: -1, B: {u: -1}}\nparties:",
        "conflict.B",
        "must give a number per type; without one: v",
    ),
    (
        "parties:",
        "ends: {then: peace}\nparties:",
        "ends.then",
        "allowed: as it stands, status quo, open conflict, demand",
    ),
    (
        "parties:",
        "horizon: 5\nends: {deadline: 6}\nparties:",
        "ends.deadline",
        "must be the same where both are given; found 6 and 5",
    ),
    ("parties:", "bystanders: {C: {}}\nparties:", "bystanders.C.levels", "is missing; list two or more levels"),
    (
        "parties:",
        "bystanders: {C: {levels: [a, b], moves: {up: .6, down: .6}}}\nparties:",
        "bystanders.C.moves",
        "must not add up to more than 1; found 0.6 + 0.6",
    ),
    (
        "parties:",
        "bystanders: {C: {levels: [a, b], effect: {pres: [1, 1]}}}\nparties:",
        "bystanders.C.effect.pres",
        "is not a lever; did you mean press?",
    ),
    (
        "parties:",
        "bystanders: {C: {levels: [a, b], moves: {with: {press: 3}}}}\nparties:",
        "bystanders.C.moves.with.press",
        "must be a number from -1 to 1; found 3",
    ),
    (
        "u: {}, v: {}}",
        "u: {}, v: {}}, signs: {unrest: {u: 0, v: .2}}",
        "parties.B.signs.unrest.u",
        "must be a number above 0 and below 1; found 0",
    ),
    (
        "u: {}, v: {}}",
        "u: {}, v: {}}, signs: {unrest: {u: .1}}",
        "parties.B.signs.unrest",
        "must give a number per type; without one: v",
    ),
    (
        "u: {}, v: {}}",
        "u: {}, v: {}}, signs: {unrest: {chance: {u: .1, v: .2}, strained: {u: .1, v: .3}}}",
        "parties.B.signs.unrest.strained",
        "has no effect: no lever of the other party drains the stamina of B; leave it out",
    ),
    (
        "u: {}, v: {}}",
        "u: {}, v: {}}, government: {changes: {chance: .1}, draws: {u: .5, v: .6}}",
        "parties.B.government.draws",
        "must add up to 1; found 0.5 + 0.6 = 1.1",
    ),
    (
        "u: {}, v: {}}",
        "u: {}, v: {}}, government: {changes: {period: 37}}",
        "parties.B.government.changes.period",
        "must be a whole number from 1 to 36; found 37",
    ),
    (
        "u: {}, v: {}}",
        "u: {}, v: {}}, government: {}",
        "parties.B.government.changes.chance",
        "is missing; say how likely",
    ),
]


@pytest.mark.parametrize(("before", "after", "field", "sentence"), ONE_FAULT)
def test_a_fault_names_the_field_and_what_is_allowed(before: str, after: str, field: str, sentence: str) -> None:
    faults = faults_of(changed(before, after))
    assert field in [fault.field for fault in faults]
    (said,) = (fault.sentence for fault in faults if fault.field == field)
    assert sentence in said
    assert "(line " in said


def test_a_fault_is_reported_once() -> None:
    """A fault that makes others meaningless stands alone."""
    counts = [len(faults_of(changed(before, after))) for before, after, *_ in ONE_FAULT]
    not_alone = [row[2] for row, count in zip(ONE_FAULT, counts, strict=True) if count > 1]
    # The section that took the place of `issues` is unknown, and a third party lacks its values.
    assert not_alone == ["issues", "parties"]


@pytest.mark.parametrize(
    ("missing", "field", "sentence"),
    [
        (0, "parties", "is missing; name exactly two parties, such as {Coercer: {}, Target: {}}"),
        (2, "issues", "is missing; name at least one issue, such as {policy:"),
    ],
)
def test_a_missing_section_is_one_fault(missing: int, field: str, sentence: str) -> None:
    lines = VALID.splitlines(keepends=True)
    sections = ["".join(lines[:3]), "".join(lines[3:5]), "".join(lines[5:])]
    del sections[missing]
    (fault,) = faults_of("".join(sections))
    assert fault.field == field
    assert sentence in fault.sentence


def test_there_is_a_limit_to_levers_and_to_issues() -> None:
    lever = VALID.splitlines()[4]
    issue = VALID.splitlines()[6]
    levers = "\n".join(lever.replace("press", f"press {n}") for n in range(13))
    issues = "\n".join(issue.replace("land", f"land {n}") for n in range(13))
    assert [str(fault) for fault in faults_of(VALID.replace(lever, levers).replace(issue, issues))] == [
        "levers: must name at most 12 levers; found 13 (line 5)",
        "issues: must name 1 to 12 issues, such as {policy: {positions: [as it is, as demanded], "
        "values: {A: [1, 0], B: [0, 1]}}}; found 13 (line 19)",
    ]
    assert "must name 1 to 12 issues" in str(*faults_of(VALID.replace(issue, "").replace("issues:", "issues: {}")))


def test_a_scenario_needs_no_levers() -> None:
    assert read(VALID[: VALID.index("levers")] + VALID[VALID.index("issues") :], "talk").levers == {}


def test_a_party_may_not_be_called_as_a_rule_for_who_proposes() -> None:
    (fault,) = faults_of(VALID.replace("  A:", "  inviter:").replace("A:", "inviter:").replace("by: A", "by: inviter"))
    assert (fault.field, fault.sentence) == (
        "parties.inviter",
        "is a word of talks.proposer (alternates, inviter, invited, by lot); choose another (line 2)",
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the file is empty; a scenario needs at least parties and issues"),
        ("# only a comment\n", "the file is empty"),
        ("hello", "a scenario is a mapping (parties: ..., levers: ..., issues: ...); found 'hello'"),
        ("- 1", "found a list"),
        ("a: [1, 2", "this is not YAML: a list [ ... ] is not closed, or lacks a comma"),
        ("a: {b: 1\nc: 2", "this is not YAML: a mapping { ... } is not closed, or lacks a comma"),
        ("a: b: c", "line 1, column 5: this is not YAML: a second ': ' on one line"),
        ("a:\n\t- x", "line 2, column 1: this is not YAML: a character that no plain text may start with (a tab"),
        ("a: 'x", "this is not YAML: a quote is opened and never closed"),
        ('a: "\\q"', "this is not YAML: an unknown escape after \\"),
        ('a: "\\ud800"', "this is not YAML: an unknown escape"),
        ("- a\nb: c", "this is not YAML: the indentation does not fit"),
        ("a: 1\n---\nb: 2", "line 2: a second document starts here"),
        ("[" * 1000, "line 1: the nesting is deeper than 12 levels"),
        ("#" * 1_000_001, "the file is larger than 1 MB"),
        ("- 1\n" * 20_001, "the file holds more than 20000 values"),
    ],
)
def test_what_is_no_scenario_at_all_is_said_in_words(text: str, sentence: str) -> None:
    (fault,) = faults_of(text)
    assert fault.field == ""
    assert sentence in str(fault)


def test_a_name_that_cannot_be_shown_is_escaped() -> None:
    (fault,) = faults_of(VALID + '"a\\nb": 1\n')
    assert fault.field == "a\\nb"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"title: \xff\xfe", "line 1: the file is not UTF-8 text"),
        (b"a: 1\n\n\x89PNG\r\n", "line 3: the file is not UTF-8 text"),
        (b"a: 1\nb: \x00\x01", "line 2: the file holds the character '\\x00', which is not text"),
        (b"a: 1\n" * 250_000, "the file is larger than 1 MB"),
        ("é".encode() * 500_001, "the file is larger than 1 MB"),
    ],
)
def test_a_file_that_is_no_text_is_said_to_be_none(tmp_path: Path, content: bytes, sentence: str) -> None:
    file = tmp_path / "odd.yaml"
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        du.load(file)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ("iran-2091", "there is no file 'iran-2091', and no bundled scenario of this name; did you mean iran-2019?"),
        ("sanctions-crisis.yml", "did you mean sanctions-crisis? (bundled: debt, iran-2019, "),
        ("zzz", "there is no file 'zzz', and no bundled scenario of this name (bundled: debt, iran-2019, "),
        ("/", "'/' is a folder; name a scenario file in it"),
        ("a\0b", "the file 'a\\x00b' cannot be read"),
        ("x" * 5000, "cannot be read"),
    ],
)
def test_a_file_that_is_not_there_is_said_to_be_missing(wanted: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        du.load(wanted)
    assert sentence in str(caught.value)


def test_all_faults_come_at_once_in_the_order_of_the_file() -> None:
    faults = faults_of("""\
period: mnth
parties:
  A: {discount: 2, types: {x: {prior: .5}, y: {prior: .6}}}
  B: {stamina: {start: .nan}}
levers:
  s: {levels: [no, on], harm: [0]}
  t: {by: C, levels: [no, on]}
issues:
  ok: {positions: [a, b], values: {A: [0, 1], B: [1, 0]}, red_line: {A: [b]}}
  q: {positions: [a, b], values: {A: [0, 2], B: [1]}}
demand: {A: {q: c}}
agreement: {relief: {t: of, u: no}}
unheard: of
""")
    assert [fault.field for fault in faults] == [
        "period",
        "parties.A.discount",
        "parties.A.types",
        "parties.B.stamina.start",
        "levers.s.by",
        "levers.s.harm",
        "levers.t.by",
        "issues.ok.red_line.A",
        "issues.q.values.A[1]",
        "issues.q.values.B",
        "demand.A.q",
        "agreement.relief.u",
        "agreement.relief.t",
        "unheard",
    ]
