"""Opponents keep to their rules in every scenario."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from duress.play.match import begin
from duress.play.opponents import HURT, OPPONENTS, TIRED, policy
from duress.play.setting import Setting
from duress.play.table import Seat, Table, deal
from duress.scenario import bundled
from duress.scenario.pressure import harm_on

from .conftest import roughly_solved


def games(setting: Setting, party: int, kind: str, seeds: int) -> list[tuple[Table, str]]:
    """Return every turn of a character, with the move it made, in games in which the other side moves at random."""
    found = []
    names = [p.name for p in setting.game.players]
    seats = (Seat(names[party], kind), Seat(names[1 - party]))
    for seed in range(seeds):
        table = deal(setting, seats, seed)
        any_move = np.random.default_rng(seed)
        while not table.over:
            if table.waits:
                table = table.play(int(any_move.integers(len(table.moves))) + 1)
            else:
                after = table.replied_once()
                made = after.steps[len(table.steps)].move
                found.append((table, setting.game.move_name(made)))
                table = after
    return found


@pytest.mark.parametrize("name", bundled())
@pytest.mark.parametrize("party", [0, 1])
def test_characters_keep_to_their_rules(name: str, party: int) -> None:
    setting = roughly_solved(name)
    game = setting.game
    demand = game.agenda.words(game.agenda.demand[party])
    made = {kind: games(setting, party, kind, 6) for kind in ("stubborn", "weary", "bluffer")}
    for table, move in made["stubborn"]:
        assert move != "concede"
        assert not move.startswith(("ease ", "accept and drop"))
        assert not move.startswith("offer ") or move == f"offer {demand}"
        if move == "accept":
            assert game.phases[game.phase[table.state]].terms == game.agenda.demand[party]
    for table, move in made["weary"]:
        others = [m for m in table.moves if "raise " not in m]
        assert "raise " not in move or not others
        if game.stamina[table.state, party] < TIRED and "concede" in table.moves:
            assert move == "concede"
        if "accept" in table.moves:
            assert move == "accept"
    for table, move in made["bluffer"]:
        raising = [m for m in table.moves if "raise " in m]
        if game.stamina[table.state, party] < HURT:
            assert "raise " not in move or len(raising) == len(table.moves)
        elif raising and move not in raising:
            # Not raising is because something hurts.
            assert harm_on(game.standing(table.state), party)[0] > 0
    assert all(made.values())


def test_a_sharp_opponent_makes_the_best_move_more_often(crisis: Setting) -> None:
    match = begin(crisis, "Coercer", against="sharp", seed=1)
    table = match.table.play("hold")
    assert table.turn == "Target"
    sharp = policy(table)
    room = crisis.solution.stage(table.state, table.period, table.beliefs)
    usual, worth = room.policy[table.types[1], : len(sharp)], room.q[table.types[1], : len(sharp)]
    best = int(np.argmax(worth))
    assert sharp[best] > usual[best]
    # The same response at five times the precision: log odds between any two moves are five times as large.
    np.testing.assert_allclose(np.diff(np.log(sharp)), 5 * np.diff(np.log(usual)), rtol=1e-6)


def test_every_opponent_has_a_rule_in_words() -> None:
    assert list(OPPONENTS) == ["equilibrium", "sharp", "bluffer", "stubborn", "weary"]
    for opponent in OPPONENTS.values():
        assert opponent.rule.endswith(".")


def test_characters_are_read_as_if_equilibrium_was_played(crisis: Setting) -> None:
    """The public does not know: after the same move it believes the same, whoever made it."""
    beliefs = set()
    for kind in OPPONENTS:
        table = deal(crisis, (Seat("Coercer", kind), Seat("Target")), seed=3)
        beliefs.add(table.play("raise sanctions").beliefs)
    assert len(beliefs) == 1


def test_the_stubborn_ask_for_and_sign_all_they_want_and_nothing_else(crisis: Setting) -> None:
    game = crisis.game
    table = deal(crisis, (Seat("Coercer", "stubborn"), Seat("Target")), seed=3)
    table = table.play("invite").play("accept and keep")
    assert table.turn == "Coercer"
    offered = {move for move, chance in zip(table.moves, policy(table), strict=True) if chance > 0}
    assert offered == {f"offer {game.agenda.words(game.agenda.demand[0])}", "stall", "walk out"}
    for terms in sorted({phase.terms for phase in game.phases if phase.kind == "offer" and phase.mover == 0}):
        (number,) = [n for n, p in enumerate(game.phases) if p.kind == "offer" and p.mover == 0 and p.terms == terms]
        asked = replace(table, state=int(np.flatnonzero(game.phase == number)[0]))
        signed = dict(zip(asked.moves, policy(asked), strict=True)).get("accept", 0.0)
        assert (signed > 0) == (terms == game.agenda.demand[0])
