"""What the mechanisms of talks and agreements do to the equilibrium of a small confrontation."""

from __future__ import annotations

import pytest

from duress.errors import InputError
from duress.game.game import Game
from duress.scenario import explain
from duress.scenario.agenda import agenda_of
from duress.scenario.compile import Confrontation
from duress.solve.aqre import AQRE
from duress.solve.solution import Behaviour, Solution, solve

from .confrontations import moves_in, scenario

METHOD = AQRE(beliefs=3, threads=1)


def solved(*changes: tuple[str, str]) -> Solution:
    solution = solve(scenario(*changes).compile(), METHOD, reuse=False)
    assert solution.certificate.unsolved == 0
    return solution


def at(solution: Solution, kind: str, *words: str) -> Behaviour:
    """Return what is done in the first period in the state that `state_in` finds."""
    return solution.behaviour(state_in(solution.game, kind, *words), 0, (0.0, 0.0))


def state_in(game: Game, kind: str, *words: str) -> int:
    """Return the first state of this kind in whose description all ``words`` are, by default of a fresh Union."""
    assert isinstance(game, Confrontation)
    if not any(part.startswith("stamina") for part in words):
        words = (*words, "stamina of Union 1.00")
    for s in range(game.states):
        said = game.state_name(s)
        if game.phases[game.phase[s]].kind == kind and all(part in said for part in words):
            return s
    raise AssertionError(f"no state of kind {kind} with {words}")


def moves(game: Game, state: int) -> dict[str, int]:
    """Return the moves in a state: name -> number."""
    return {game.move_name(a): int(a) for a in game.moves_of(state)}


def leads_to(game: Game, state: int, move: str) -> dict[str, float]:
    """Return the states, in words, to which a move leads, with their chances."""
    a = moves(game, state)[move]
    found: dict[str, float] = {}
    for b in range(game.first_branch[a], game.first_branch[a + 1]):
        words = game.state_name(int(game.successor[b]))
        found[words] = found.get(words, 0.0) + float(game.probability[b])
    return found


def chance(behaviour: Behaviour, move: str) -> float:
    return behaviour.policy["one"].get(move, 0.0)


def value(behaviour: Behaviour, party: str) -> float:
    return behaviour.value[party]["one"]


ISSUE = "Union: [1, .6, 0]}}"


def crossing(price: str) -> tuple[str, str]:
    return ISSUE, f"Union: [1, .6, 0]}}, red_line: {{Union: {price}}}}}"


def test_a_red_line_with_a_price_is_crossed_less_the_dearer_it_is() -> None:
    blunt = [(f"{party}: {{types", f"{party}: {{precision: 1, types") for party in ("Owners", "Union")]
    prices = ("{}", "{as offered: .5}", "{as offered: 2}")
    free, dear, dearer = (solved(*blunt, crossing(price)) for price in prices)
    weary = ("lockout full", "stamina of Union 0.25")
    offered = [at(one, "offer", "Owners has offered wages: as offered", *weary) for one in (free, dear, dearer)]
    accepted = [chance(one, "accept") for one in offered]
    assert accepted[0] > accepted[1] > accepted[2] > 0
    conceded = [chance(at(one, "confrontation", "Union to move", *weary), "concede") for one in (free, dear, dearer)]
    assert conceded[0] > conceded[1] > conceded[2] > 0
    hard = solved(crossing("[as offered]"))
    assert "accept" not in at(hard, "offer", "Owners has offered wages: as offered").policy["one"]


def test_a_price_of_nothing_changes_nothing() -> None:
    start = [value(at(one, "confrontation"), "Union") for one in (solved(), solved(crossing("{as offered: 0}")))]
    assert start[0] == start[1]


def test_the_agenda_counts_a_price_as_an_even_share() -> None:
    one = scenario(crossing("{as offered: 2}"))
    agenda = agenda_of(one)
    assert agenda.signable.all()
    assert agenda.price[:, 1].tolist() == [0, 0, 2]
    assert agenda.mean[:, 1] == pytest.approx([1, 0.6, -2 * (1 - one.parties["Union"].discount)])
    assert agenda.value[1][:, 0].tolist() == [1, 0.6, 0]


def talks(rules: str) -> tuple[str, str]:
    return "issues:\n", f"talks: {{{rules}}}\nissues:\n"


def agreement(rules: str) -> tuple[str, str]:
    return "issues:\n", f"agreement: {{{rules}}}\nissues:\n"


def audience(costs: str) -> tuple[str, str]:
    return "Union: {types", f"Union: {{audience_cost: {{{costs}}}, types"


ALL_TERMS = ("menu: 2", "menu: 3")
WEAK = ("harm: [0, .5], drain: [0, .1], cost: [0, .05]", "harm: [0, .05], drain: [0, .01], cost: [0, .2]")
ASK = talks("ask_first: {Union: {lockout: none}}")


def test_the_invited_may_ask_for_a_lever_to_be_eased_first() -> None:
    game = scenario(ASK).compile()
    assert moves_in(game, "asked", "Owners") == {"grant", "decline"}
    eased = moves(game, state_in(game, "invited", "Owners has invited", "lockout none"))
    kept = moves(game, state_in(game, "invited", "Owners has invited", "lockout full"))
    # Nothing is asked of the Owners where the lockout is off, and the Owners may ask for nothing.
    assert "ask first" not in eased
    assert "ask first" in kept
    assert "ask first" not in moves_in(game, "invited", "Owners")
    asked = state_in(game, "asked", "lockout full")
    assert list(leads_to(game, asked, "grant")) == [
        "time passes before the table; lockout none; boycott none; stamina of Union 1.00"
    ]
    (declined,) = leads_to(game, asked, "decline")
    assert declined.startswith("time passes before the confrontation; lockout full")


def test_what_is_asked_is_granted_if_it_is_worth_little_to_who_holds_it() -> None:
    strong, weak = solved(ASK), solved(ASK, WEAK)
    assert chance(at(strong, "asked", "lockout full"), "grant") < 0.01
    assert chance(at(weak, "asked", "lockout full"), "grant") > 0.9
    reply = at(weak, "invited", "Owners has invited", "lockout full")
    assert chance(reply, "ask first") > 2 * chance(reply, "accept and keep")


def test_at_a_table_for_words_nothing_can_be_signed() -> None:
    words, terms = solved(talks("about: words, words: [warm, cold]"), ALL_TERMS), solved(ALL_TERMS)
    game = words.game
    assert isinstance(game, Confrontation)
    assert moves_in(game, "table", "Owners") == {"say warm", "say cold", "walk out"}
    assert not {"offer", "agreement"} & {phase.kind for phase in game.phases}
    spoken = at(words, "table", "Owners to speak", "lockout full")
    # With one type a side words tell nothing, so it does not matter which is said.
    assert chance(spoken, "say warm") == pytest.approx(chance(spoken, "say cold"))
    replies = [at(one, "invited", "Owners has invited", "lockout full") for one in (words, terms)]
    assert chance(replies[0], "accept and keep") < chance(replies[1], "accept and keep") / 5


def test_talking_reveals_the_type_even_where_words_are_free() -> None:
    types = ("Union: {types: {one: {prior: 1,", "Union: {types: {one: {prior: .5, bears: 2,")
    more = ("breach: {cost: .5}}}, stamina", "breach: {cost: .5}}, two: {prior: .5, bears: .5}}, stamina")
    spoken = solve(scenario(talks("about: words"), types, more).compile(), AQRE(beliefs=5, threads=1), reuse=False)
    table = spoken.behaviour(
        state_in(spoken.game, "table", "Union to speak", "lockout full", "boycott none"), 0, (0.0, 0.5)
    )
    stays = {kind: 1 - policy["walk out"] for kind, policy in table.policy.items()}
    assert abs(stays["one"] - stays["two"]) > 0.01


def test_talks_are_dear_after_a_public_refusal() -> None:
    free, dear = solved(), solved(audience("talks_after_refusal: .3"))
    place = ("confrontation", "Union to move", "lockout full", "boycott full")
    fresh, bound = at(dear, *place), at(dear, *place, "Union has refused in public")
    assert chance(bound, "invite") < chance(fresh, "invite") / 4
    assert value(bound, "Union") < value(fresh, "Union")
    assert not any("refused in public" in free.game.state_name(s) for s in range(free.game.states))


def test_conceding_is_dear_after_a_public_refusal() -> None:
    dear = solved(audience("concession_after_refusal: .3"))
    place = ("confrontation", "Union to move", "lockout full", "boycott none", "stamina of Union 0.25")
    fresh, bound = at(dear, *place), at(dear, *place, "Union has refused in public")
    assert 0 < chance(bound, "concede") < chance(fresh, "concede")


def test_a_promise_to_press_no_further_makes_pressing_dear() -> None:
    dear = solved(audience("raise_after_promise: .5"))
    table = next(
        dear.game.state_name(s) for s in range(dear.game.states) if "Union has promised" in dear.game.state_name(s)
    )
    assert "boycott none" in table
    place = ("confrontation", "Union to move", "lockout full", "boycott none")
    free, bound = at(dear, *place), at(dear, *place, "Union has promised in public")
    assert chance(bound, "raise boycott") < chance(free, "raise boycott") / 2
    state = state_in(dear.game, *place, "Union has promised in public")
    row = dear.game.row[moves(dear.game, state)["raise boycott"]]
    assert dear.game.reward[row, 1, 0, 0] == pytest.approx(-0.5)
    assert not any("promised" in words for words in leads_to(dear.game, state, "raise boycott"))


def test_what_is_forgotten_at_once_costs_nothing() -> None:
    forgotten = solved(audience("talks_after_refusal: .3, raise_after_promise: .4, forgotten: 1"))
    # A promise is made for talks, which begin when it is forgotten; a refusal in one period binds nobody in the next.
    assert value(forgotten.behaviour(), "Union") == pytest.approx(value(solved().behaviour(), "Union"))


def test_the_proposer_is_drawn_by_lot() -> None:
    lot, mine = solved(talks("proposer: by lot"), ALL_TERMS), solved(talks("proposer: Owners"), ALL_TERMS)
    game = lot.game
    to = {"Owners": 0.0, "Union": 0.0}
    for words, p in leads_to(game, state_in(game, "passing to table", "lockout none"), "time passes").items():
        to[words.removeprefix("at the table, ").split(" ")[0]] += p
    assert to == pytest.approx({"Owners": 0.5, "Union": 0.5})
    # Who never proposes has little to gain from talks.
    replies = [at(one, "invited", "Owners has invited", "lockout full") for one in (lot, mine)]
    assert chance(replies[0], "accept and keep") > 0.9 > 0.1 > chance(replies[1], "accept and keep")


STEPS = "relief: {lockout: [full, none]}, step_takes: 4"


def test_relief_in_steps_goes_on_while_terms_are_complied_with() -> None:
    game = scenario(ALL_TERMS, agreement(STEPS)).compile()
    signed = state_in(game, "passing to agreement", "half way", "lockout full")
    eased = [p for words, p in leads_to(game, signed, "time passes").items() if "lockout none" in words]
    assert sum(eased) == pytest.approx(1 / 4)
    # Who breaks the terms loses the relief that was still to come: the other's lever stays where it is.
    (broken,) = leads_to(game, state_in(game, "agreement", "half way), Union", "lockout full"), "breach")
    assert "lockout full" in broken


def test_who_has_given_only_a_part_keeps_the_terms() -> None:
    at_once, stepwise = solved(ALL_TERMS), solved(ALL_TERMS, agreement(STEPS))
    place = ("agreement", "half way), Owners")
    assert chance(at(at_once, *place, "lockout none"), "comply") < 0.01
    assert chance(at(stepwise, *place, "lockout full"), "comply") > 0.9
    assert value(at(stepwise, *place, "lockout full"), "Union") < value(at(stepwise, *place, "lockout none"), "Union")


def test_a_lever_below_the_first_step_stays_there() -> None:
    game = scenario(ALL_TERMS, agreement(STEPS)).compile()
    (signed,) = leads_to(game, state_in(game, "offer", "lockout none"), "accept")
    assert "lockout none" in signed


def test_a_ratchet_lets_the_breaker_keep_what_it_was_given() -> None:
    none, some, all_of_it = (
        solved(ALL_TERMS, agreement(f"breach: {{{rule}}}"))
        for rule in ("ratchet: []", "ratchet: [wages], given_back: 1", "ratchet: [wages]")
    )
    place = ("agreement", "half way), Owners")
    worth = [value(at(one, *place), "Owners") for one in (none, some, all_of_it)]
    assert worth[0] < worth[1] < worth[2] - 5
    given = [value(at(one, *place), "Union") for one in (none, some, all_of_it)]
    assert given[0] > given[1] > given[2] + 5
    game = all_of_it.game
    assert isinstance(game, Confrontation)
    kept = state_in(game, "confrontation", "Owners to move", "kept after a breach: wages: half way")
    bare = state_in(game, "confrontation", "Owners to move")
    flow = [game.flow(s) for s in (kept, bare)]
    assert flow[0][0] - flow[1][0] == pytest.approx([0.5])
    assert flow[0][1] - flow[1][1] == pytest.approx([-0.4])


def test_who_loses_by_terms_takes_back_what_it_gave() -> None:
    game = scenario(ALL_TERMS, agreement("breach: {ratchet: [wages]}")).compile()
    (broken,) = leads_to(game, state_in(game, "agreement", "half way), Union"), "breach")
    assert "kept" not in broken


DEAL = (
    ALL_TERMS,
    ("harm: [0, .5], drain: [0, .1], cost: [0, .05]", "harm: [0, .7], drain: [0, .01], cost: [0, .1]"),
    ("harm: [0, .3]", "harm: [0, .4]"),
    ("breach: {cost: .5}", "breach: {cost: 20}"),
    ("Owners: {types", "Owners: {precision: 100, types"),
    ("Union: {types", "Union: {precision: 100, types"),
    talks("stalling: ruled out"),
)


def red_lines(lines: str) -> tuple[str, str]:
    return ISSUE, f"{ISSUE[:-1]}, red_line: {lines}}}"


def ends_in_two_moves(solution: Solution) -> float:
    """Return the chance that talks, once the Owners may propose, are left by them or by the answer to their offer."""
    place = ("lockout full", "boycott full")
    table = at(solution, "table", "Owners to propose", *place).policy["one"]
    odds = table["walk out"]
    for move, p in table.items():
        if move.startswith("offer "):
            answer = at(solution, "offer", f"Owners has offered {move.removeprefix('offer ')},", *place).policy["one"]
            odds += p * sum(q for reply, q in answer.items() if reply.startswith("walk out"))
    return odds


def test_an_empty_overlap_ends_the_talks_in_two_moves() -> None:
    empty = solved(*DEAL, red_lines("{Owners: [as before], Union: [half way, as offered]}"))
    overlap = solved(*DEAL, red_lines("{Union: [as offered]}"))
    assert isinstance(empty.game, Confrontation)
    assert not empty.game.agenda.signable.any()
    assert not any(phase.kind == "agreement" for phase in empty.game.phases)
    assert ends_in_two_moves(empty) > 0.99
    assert ends_in_two_moves(overlap) < 0.01


FAULTS = [
    ("talks: {ask_first: {Union: {boycott: none}}}", "Union holds this lever itself; it can ask for lockout"),
    (
        "talks: {ask_first: {Union: {lockout: half}}}",
        "'half' is not a level that lockout may have (allowed: none, full)",
    ),
    ("talks: {ask_first: {Press: {lockout: none}}}", "talks.ask_first.Press: is not a party"),
    ("talks: {replies: [refuse, accept and keep, ask first]}", "talks.ask_first does not say for what"),
    (
        "talks: {ask_first: {Union: {lockout: none}}, replies: [refuse, accept and keep]}",
        "talks.replies: must hold ask first, as talks.ask_first says for what",
    ),
    ("talks: {about: wages}", "talks.about: 'wages' is not what a table is for (allowed: terms, words)"),
    ("talks: {words: [a, b]}", "talks.words: has no effect at a table for terms; say about: words"),
    ("talks: {about: words, words: []}", "talks.words: must name 1 to 6 words; found 0"),
    (
        "agreement: {relief: {lockout: [none, full]}}",
        "must list levels from higher to lower, one or more of full, none",
    ),
    ("agreement: {relief: {lockout: []}}", "must list levels from higher to lower"),
    ("agreement: {step_takes: 0}", "agreement.step_takes: must be a number from 1 to 600; found 0"),
    ("agreement: {breach: {ratchet: [hours]}}", "agreement.breach.ratchet[0]: 'hours' is not an issue"),
    ("agreement: {breach: {given_back: 2}}", "agreement.breach.given_back: must be a number from 0 to 1; found 2"),
]


@pytest.mark.parametrize(("text", "said"), FAULTS)
def test_faults_of_talks_and_agreements(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        scenario(("issues:\n", f"{text}\nissues:\n"))
    assert len(caught.value.faults) == 1
    assert said in str(caught.value)


def test_faults_of_prices_and_audience_costs() -> None:
    with pytest.raises(InputError) as caught:
        scenario(crossing("{as offered: -1, new: 2}"), audience("talks_after_refusal: x"))
    assert [str(fault).split(" (line")[0] for fault in caught.value.faults] == [
        "parties.Union.audience_cost.talks_after_refusal: must be a number from 0 to 1000; found 'x'",
        "issues.wages.red_line.Union.new: is not a position (there are: as before, half way, as offered)",
        "issues.wages.red_line.Union.as offered: must be a number from 0 to 1000; found -1",
    ]


def test_all_of_it_is_said_in_words() -> None:
    one = scenario(
        crossing("{as offered: .2}"),
        audience("talks_after_refusal: .3, raise_after_promise: .4, forgotten: .1"),
        talks("ask_first: {Union: {lockout: none}}, about: words, words: [warm, cold], proposer: by lot"),
        agreement(f"{STEPS}, breach: {{ratchet: [wages], given_back: .05}}"),
    )
    said = " ".join(explain(one).split())
    for words in (
        "Red line: signing as offered costs Union 0.2, once.",
        "In public: to talk after refusing to costs it 0.3; to raise a lever after promising not to costs it 0.4; "
        "forgotten with chance 0.1 per month.",
        "Union may ask first: lockout no higher than none.",
        "At the table words are exchanged and nothing is signed: warm, cold.",
        "Speaks: drawn by lot each time.",
        "lockout from full to none, a step every 4 months on average",
        "Who breaks them keeps what they gave it on wages, undone with chance 0.05 per month.",
    ):
        assert words in said, words
