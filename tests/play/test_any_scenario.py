"""Any scenario can be played to its end from either seat, and everything shown is sound on the way."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from duress.figures import deal_space
from duress.play.match import begin
from duress.play.opponents import OPPONENTS
from duress.play.setting import Setting
from duress.play.table import Seat, Table, deal
from duress.play.view import View, view
from duress.scenario import bundled, load, read
from duress.scenario.schema import Scenario
from duress.simulate.outcomes import outcomes_of

from .conftest import rough, roughly_solved

VARIANTS = {
    "one type each": "parties: {Coercer: {types: {only: {prior: 1}}}, Target: {types: {only: {prior: 1}}}}",
    "words": "talks: {about: words}",
    "by lot": "talks: {proposer: by lot}",
    "ask first": "talks: {replies: [refuse, accept and keep, ask first], ask_first: {Target: {sanctions: none}}}",
    "no talks": "talks: {invite: []}",
}


def scenarios() -> list[Scenario]:
    return [load(name) for name in bundled()] + [
        read(f"extends: sanctions-crisis\nhorizon: 6\n{more}", name) for name, more in VARIANTS.items()
    ]


@pytest.mark.slow
@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)
def test_random_games_are_played_to_their_end(scenario: Scenario) -> None:
    setting = roughly_solved(scenario.name) if scenario.name in bundled() else rough(scenario)
    ends = outcomes_of(setting.game)
    names = [p.name for p in setting.game.players]
    for seed, kind in enumerate(OPPONENTS):
        any_move = np.random.default_rng(seed)
        match = begin(setting, names[seed % 2], kind, seed)
        while not match.table.over:
            sound(match.view(match.persons[0]), match.table)
            match = match.move(int(any_move.integers(len(match.table.moves))) + 1)
        shown = match.view(match.persons[0])
        sound(shown, match.table)
        assert shown.ending is not None
        assert shown.ending.outcome in ends
        # Every move made has a price, and none is below nothing.
        prices = [made for moves in shown.ending.priced.values() for made in moves]
        assert len(prices) == match.turns
        assert min(made.price for made in prices) >= 0


def sound(shown: View, table: Table) -> None:
    """Check what holds of every view: chances are chances, and the words are there."""
    json.dumps(shown.as_json(), allow_nan=False)
    for entry in shown.timeline:
        assert entry.words.strip(": .")
        for belief in entry.beliefs.values():
            assert math.isclose(sum(belief.values()), 1)
        assert all(0 <= left <= 1 for left in entry.stamina.values())
        assert min(entry.pressure.values()) >= 0
    assert shown.timeline[-1].turn == shown.turns == table.turns
    assert [option.move for option in shown.options] == list(table.moves)
    assert all(option.leads_to for option in shown.options)


def test_the_deal_space_draws_a_view_as_it_is(crisis: Setting) -> None:
    shown = begin(crisis, "Target", seed=5).view("Target")
    chart = deal_space(shown).to_dict()
    assert "no deal" in json.dumps(chart)
    away = shown.timeline[-1].no_deal
    drawn = {p: sum(shown.prior[p][k] * v for k, v in by.items()) for p, by in shown.agenda.walk_away.items()}
    assert away == pytest.approx(drawn)


def test_offers_leave_a_trail(crisis: Setting) -> None:
    table = deal(crisis, (Seat("Coercer"), Seat("Target")), seed=1)
    for move in ("invite", "accept and keep", "offer policy: compromise", "reject"):
        assert view(table, "Coercer").offers == ()
        table = table.play(move) if move in table.moves else table.play("hold").play(move)
        if move.startswith("offer"):
            (offer,) = view(table, "Target").offers
            assert (offer.party, offer.words, offer.answer) == ("Coercer", "policy: compromise", "")
            break
    (offer,) = view(table.play("reject"), "Target").offers
    assert offer.answer == "reject"
    compromise = next(t for t in view(table, "Target").agenda.terms if t.words == "policy: compromise")
    assert offer.mean_value == compromise.mean_value
