"""A game in progress follows the solved game, keeps secrets, and is the same whenever it is played."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from duress import InputError, simulate
from duress.play.match import begin
from duress.play.setting import Setting
from duress.play.table import Seat, Table, deal
from duress.play.view import view
from duress.simulate.outcomes import outcome_by_phase, outcome_odds, outcomes_of


def watched(setting: Setting, seed: int) -> Table:
    """Play a game between two equilibrium players to its end."""
    first, second = (Seat(p.name, "equilibrium") for p in setting.game.players)
    return deal(setting, (first, second), seed).replied()


def people(setting: Setting) -> tuple[Seat, Seat]:
    """Seat two people."""
    first, second = (Seat(p.name) for p in setting.game.players)
    return first, second


def test_games_of_equilibrium_players_end_as_simulated_ones_and_are_worth_what_was_solved(crisis: Setting) -> None:
    games = [watched(crisis, seed) for seed in range(240)]
    odds = outcome_odds(simulate(crisis.solution, 4000, seed=1))
    names = outcome_by_phase(crisis.game)
    ended = [names[crisis.game.phase[game.state]] for game in games]
    for name in outcomes_of(crisis.game):
        share, expected = ended.count(name) / len(ended), odds[name]
        assert abs(share - expected) < 4 * np.sqrt(max(expected * (1 - expected), 0.0025) / len(ended))
    for i, player in enumerate(crisis.game.players):
        for k, kind in enumerate(player.types):
            # What was dealt: nothing in this scenario draws a type anew.
            mine = np.array([game.total()[i] for game in games if game.types[i] == k])
            assert len(mine) > 50
            error = mine.std() / np.sqrt(len(mine))
            assert abs(mine.mean() - crisis.solution.value()[player.name][kind]) < 4 * error + 0.05


def test_beliefs_are_those_that_simulated_histories_carry(crisis: Setting) -> None:
    histories = simulate(crisis.solution, 20, seed=3)
    game, compared = crisis.game, 0
    for row in range(20):
        table = deal(crisis, people(crisis))
        for move, belief in zip(histories.moves[row], histories.beliefs[row], strict=True):
            if move < 0:
                break
            first = int(game.first_move[table.state])
            if len(game.moves_of(int(np.searchsorted(game.first_move, move, side="right")) - 1)) < 2:
                continue
            if not first <= move < game.first_move[table.state + 1]:
                break  # chance took another way
            assert table.beliefs == pytest.approx(tuple(belief), abs=1e-9)
            table, compared = table.play(int(move) - first + 1), compared + 1
    assert compared > 100


def everything_seen(setting: Setting, secret: int, party: str) -> tuple[tuple[int, int], list[object]]:
    """Play fixed moves between two people and return what was dealt and all that one of them is shown on the way."""
    table = deal(setting, people(setting), seed=1, secret=secret)
    dealt, seen = table.types, []
    while not table.over and table.turns < 30:
        seen.append(view(table, party))
        table = table.play(table.turns % len(table.moves) + 1)
    return dealt, seen


def test_a_seat_is_shown_the_same_whatever_the_other_was_dealt(crisis: Setting) -> None:
    by_deal = {}
    for secret in range(40):
        dealt, seen = everything_seen(crisis, secret, "Target")
        by_deal.setdefault(dealt, seen)
    assert set(by_deal) == {(0, 0), (0, 1), (1, 0), (1, 1)}
    for mine in (0, 1):
        assert by_deal[0, mine] == by_deal[1, mine]
    # And it is not because nothing of a type is shown: one's own is.
    assert by_deal[0, 0] != by_deal[0, 1]


def test_nobody_is_unmasked_before_the_end(crisis: Setting) -> None:
    shown = {}
    for kind in ("stubborn", "weary"):
        match = begin(crisis, "Coercer", against=kind, seed=4)
        assert match.table.seat("Coercer") == match.table.mover
        shown[kind] = json.dumps(match.view("Coercer").as_json())
        while not match.table.over:
            assert match.view("Coercer").ending is None
            match = match.move(1)
        ending = match.view("Coercer").ending
        assert ending is not None
        assert kind in ending.players["Target"]
        assert ending.types["Target"] in ("fragile", "resolute")
    assert shown["stubborn"] == shown["weary"]


def test_what_is_shown_holds_no_way_back_to_what_is_hidden(iran: Setting) -> None:
    """Nothing in a view is a table, a setting or a solution; JSON takes all of it."""
    match = begin(iran, "Iran", seed=2)
    seen = match.view("Iran")
    json.dumps(seen.as_json(), allow_nan=False)
    assert {f.name for f in dataclasses.fields(seen)} & {"types", "secret", "table", "seats"} == set()


def test_the_same_seed_is_the_same_game_and_another_is_another(iran: Setting) -> None:
    def played(seed: int, secret: int = 0) -> tuple[object, ...]:
        table = deal(iran, people(iran), seed, secret)
        while not table.over:
            table = table.play(table.turns % len(table.moves) + 1)
        return table.state, table.types, tuple((s.state, s.beliefs) for s in table.steps)

    assert played(5) == played(5)
    assert len({played(seed)[:2] for seed in range(12)}) > 1
    assert len({played(5, secret)[:2] for secret in range(12)}) > 1


def test_a_period_brings_the_same_on_every_way_to_play_on(iran: Setting) -> None:
    """Draws depend on seed, period and count, so a stamina or bystander's coin falls alike after either move."""
    table = deal(iran, people(iran), seed=9)
    draws = []
    for move in table.moves[:2]:
        after = table.play(move)
        while after.period == 0 and not after.over:
            after = after.play(1)
        draws.append(after._luck(2).tolist())
    assert draws[0] == draws[1]


def test_a_government_that_changes_is_told_and_its_new_type_only_to_itself() -> None:
    from duress.play.setting import prepare
    from duress.scenario import read

    text = """
extends: sanctions-crisis
horizon: 6
parties: {Target: {government: {changes: {period: 2, chance: 1}, draws: {fragile: .5, resolute: .5}}}}
"""
    setting = prepare(read(text, "vote"), precision=2, beliefs=5)
    kinds = set()
    for seed in range(12):
        table = deal(setting, people(setting), seed)
        before = view(table, "Target").kind
        while table.period < 3 and not table.over:
            table = table.play("comply" if "comply" in table.moves else 1)
        shown = view(table, "Target")
        told = [entry for entry in shown.timeline if "drawn anew" in entry.words]
        assert len(told) == 1
        assert shown.about_you["resolute"] == pytest.approx(told[0].beliefs["Target"]["resolute"], abs=0.5)
        assert told[0].beliefs["Target"]["resolute"] == pytest.approx(0.5)
        kinds.add((before, shown.kind))
    assert len(kinds) == 4


def test_faults_of_moves_seats_and_seeds_are_sentences(crisis: Setting) -> None:
    table = deal(crisis, people(crisis))
    with pytest.raises(InputError, match="move: 'dance' cannot be made now; Coercer may: 1 hold, 2 raise sanctions"):
        table.play("dance")
    with pytest.raises(InputError, match="move: 0 cannot be made now"):
        table.play(0)
    with pytest.raises(InputError) as caught:
        deal(crisis, (Seat("Coercer", "wizard"), Seat("Coercer", name="x" * 41)), seed=-1)
    assert [fault.field for fault in caught.value.faults] == ["seats", "player", "name", "seed"]
    with pytest.raises(InputError, match="party: 'Nobody' is not a party"):
        view(table, "Nobody")
    with pytest.raises(InputError, match="is not over"):
        table.total()


def test_three_types_are_refused_with_a_sentence() -> None:
    from duress.play.setting import prepare
    from duress.scenario import read

    text = "extends: sanctions-crisis\nparties: {Target: {types: {a: {prior: .4}, b: {prior: .3}, c: {prior: .3}}}}"
    with pytest.raises(InputError, match=r"parties.Target.types: are more than two"):
        prepare(read(text, "three"))
