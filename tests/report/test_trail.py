"""The deal space of a game in progress: compiled once, fed with every position."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from duress.figures import deal_space, trail
from duress.figures.trail import compiled, frame
from duress.play.match import Match, begin
from duress.play.setting import prepare
from duress.play.view import View


@pytest.fixture(scope="module")
def played() -> Match:
    """Return a game in which two offers were made and rejected."""
    match = begin(prepare("sanctions-crisis"), "Target", "stubborn", seed=0)
    for _ in range(20):
        moves = match.table.moves
        offers = [n for n, move in enumerate(moves, 1) if move.startswith("offer")]
        asks = [n for n, move in enumerate(moves, 1) if move.startswith(("accept", "invite"))]
        match = match.move((offers or asks or [1])[0])
        if len(match.view("Target").offers) >= 2 or match.table.over:
            break
    assert len(match.view("Target").offers) >= 2
    return match


@pytest.fixture(scope="module")
def shown(played: Match) -> View:
    return played.view("Target")


def test_one_compiled_chart_serves_every_position_of_a_game(played: Match, shown: View) -> None:
    first = begin(played.setting, "Target", "stubborn", seed=0).view("Target")
    assert compiled(first) is compiled(shown)
    assert compiled(first) is not compiled(first, narrow=True)
    assert frame(first) != frame(shown)


def test_a_compiled_chart_has_a_place_for_everything_a_frame_holds(shown: View) -> None:
    for narrow in (False, True):
        chart, told = compiled(shown, narrow=narrow), frame(shown, narrow=narrow)
        assert set(told.data) <= {data["name"] for data in chart["data"]}
        assert {*told.signals, "lit", "lit_terms"} == {signal["name"] for signal in chart["signals"]} - {"width"}


def test_offers_lie_on_their_terms_in_the_order_they_were_made_and_the_last_is_the_boldest(shown: View) -> None:
    told = frame(shown)
    terms = {row["terms"]: (row["across"], row["up"]) for row in told.data["points"]}
    offers = told.data["offers"]
    assert [row["turn"] for row in offers] == [offer.turn for offer in shown.offers]
    assert all(terms[row["terms"]] == (row["across"], row["up"]) for row in offers)
    ages = [row["age"] for row in offers]
    assert ages == sorted(ages)
    assert ages[-1] == 1
    assert any(f"offered in move {offers[0]['turn']}" in row["label"] for row in told.data["points"])


def test_the_worth_of_no_deal_has_come_from_where_the_game_began_to_where_it_is(shown: View) -> None:
    past = frame(shown).data["past"]
    assert len(past) == len(shown.timeline)
    diamond = next(row for row in frame(shown).data["points"] if row["kind"] == "no deal")
    assert (past[-1]["across"], past[-1]["up"]) == pytest.approx((diamond["across"], diamond["up"]))


def test_what_is_seen_is_also_said(shown: View) -> None:
    said = frame(shown).description
    assert said.startswith(deal_space(shown).description)
    for offer in shown.offers:
        assert f"Move {offer.turn}: {offer.party} offered {offer.words}" in said


def test_many_who_ask_at_once_have_it_compiled_once(shown: View, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def slowly(chart: object) -> dict[str, object]:
        made.append(chart)
        time.sleep(0.05)
        return {}

    trail._compiled.cache_clear()
    monkeypatch.setattr(trail, "to_vega", slowly)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: compiled(shown), range(8)))
    trail._compiled.cache_clear()
    assert len(made) == 1
