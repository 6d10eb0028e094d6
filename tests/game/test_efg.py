"""Gambit's files: read, written, and refused with the rule they break."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duress.errors import InputError
from duress.game.builder import Branch, GameBuilder
from duress.game.classics import beer_quiche, chain_store, rubinstein
from duress.game.efg import read_efg, write_efg
from duress.game.efg_text import adding_up
from duress.game.game import Game
from duress.solve.solution import solve
from duress.solve.tree import PublicTree

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "gambit"


def news_game(patience: float = 0.5) -> Game:
    """Return a game with a public sign of the second player's type, discounts, and rewards on the way."""
    builder = GameBuilder(("A", {"x": 0.25, "y": 0.75}), ("B", {"v": 0.5, "w": 0.3, "z": 0.2}), periods=2)
    builder.state("ask", mover="A", at_horizon={"A": {"x": 0.125}}).state("answer", mover="B").end("over", {"B": 0.5})
    builder.move("ask", "go", to="answer", reward={"A": 0.3, "B": {("x", "w"): 1.5}}, discount={"B": patience})
    builder.move("ask", "stop", to={"over": 0.4, "answer": 0.6})
    sign = [
        Branch("ask", {"v": 0.2, "w": 0.5, "z": 0.75}),
        Branch("over", {"v": 0.8, "w": 0.5, "z": 0.25}),
    ]
    builder.move("answer", "wait", to=sign, discount=patience, elapsed=True, reward={"A": {("y", "z"): -1.0}})
    builder.move("answer", "end", to="over", reward={"B": {"v": 2.0}})
    return builder.build("ask")


GAMES: dict[str, Callable[[], Game]] = {
    "beer and quiche": beer_quiche,
    "chain store": lambda: chain_store(markets=3),
    "alternating offers": lambda: rubinstein(shares=3, periods=3),
    "signs": news_game,
}


@pytest.mark.parametrize("name", GAMES)
def test_what_is_written_is_read_and_written_again(name: str) -> None:
    once = write_efg(GAMES[name]())
    assert write_efg(read_efg(once)) == once


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.floats(1e-9, 1.0), min_size=1, max_size=9))
def test_chances_add_up_to_one_exactly(sizes: list[float]) -> None:
    chances = [size / sum(sizes) for size in sizes]
    texts = adding_up(chances)
    assert sum(map(Fraction, texts)) == 1
    assert [float(text) for text in texts] == pytest.approx(chances, abs=1e-15)
    assert adding_up([float(text) for text in texts]) == texts


@pytest.mark.parametrize("game", [beer_quiche(0.4), news_game(patience=1.0)], ids=["beer and quiche", "signs"])
def test_a_written_game_is_the_same_game(game: Game) -> None:
    method = PublicTree(precision=2.0)
    right, found = solve(game, method).value(), solve(read_efg(write_efg(game)).game, method).value()
    for player, kinds in right.items():
        assert list(found[player].values()) == pytest.approx(list(kinds.values()), abs=1e-12)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.integers(1, 3), st.integers(1, 3))
def test_random_games_survive_the_round_trip(seed: int, first: int, second: int) -> None:
    rng = np.random.default_rng(seed)
    priors = [
        dict(zip("xyz", p, strict=False)) for p in (rng.dirichlet(np.ones(first)), rng.dirichlet(np.ones(second)))
    ]
    builder = GameBuilder(("A", priors[0]), ("B", priors[1]))
    builder.state("s0", mover="AB"[seed % 2]).state("s1", mover="AB"[seed // 2 % 2])
    for n in range(3):
        builder.end(f"e{n}", {"A": rng.normal(size=(first, second)), "B": rng.normal(size=(first, second))})
    builder.move("s0", 'a "quoted" move', to="s1").move("s0", "back\\slash", to={"e0": 0.25, "s1": 0.75})
    builder.move("s1", "l", to="e1").move("s1", "r", to="e2", reward={"A": rng.normal()}, discount=0.5)
    once = write_efg(builder.build("s0"))
    form = read_efg(once)
    assert write_efg(form) == once
    assert form.game.types == (first, second)


@pytest.mark.skipif(not REFERENCE.is_dir(), reason=f"the files to read are not there: {REFERENCE} is no folder")
@pytest.mark.parametrize("turns", [1, 2, 3, 4, 5])
def test_reference_files(turns: int) -> None:
    form = read_efg(REFERENCE / f"siggame_T{turns}_A3_s0.efg")
    assert [p.name for p in form.game.players] == ["P1", "P2"]
    assert form.game.players[0].prior == pytest.approx((0.4, 0.6))
    assert form.game.players[1].prior == pytest.approx((0.55, 0.45))
    assert form.labels[form.game.start, 1] == "t1|"
    assert form.deal == {(0, 0): 0.22, (0, 1): 0.18, (1, 0): 0.33, (1, 1): 0.27}
    again = read_efg(write_efg(form)).game
    assert np.array_equal(again.closing, form.game.closing)
    assert again.players == form.game.players


HEAD = 'EFG 2 R "t" { "A" "B" } ""\n'
DEAL = 'c "" 1 "" { "x" 1/2 "y" 1/2 } 0\n'
BROKEN = {
    'EFG 2 R "horse" { "A" "B" "C" } ""\nt "" 1 "" { 0, 0, 0 }': "3 players; a game here has two",
    HEAD
    + DEAL
    + 'p "" 1 1 "" { "l" "r" } 0\np "" 2 1 "" { "u" "d" } 0\nt "" 1 "" { 0 0 }\nt "" 2 "" { 0 0 }\n'
    + 'p "" 2 1 "" { "u" "d" } 0\nt "" 3 "" { 0 0 }\nt "" 4 "" { 0 0 }\n'
    + 'p "" 1 2 "" { "l" "r" } 0\np "" 2 1 "" { "u" "d" } 0\nt "" 5 "" { 0 0 }\nt "" 6 "" { 0 0 }\n'
    + 'p "" 2 1 "" { "u" "d" } 0\nt "" 7 "" { 0 0 }\nt "" 8 "" { 0 0 }\n': "all moves must be public",
    HEAD
    + DEAL
    + 'p "" 1 1 "" { "l" "r" } 0\nt "" 1 "" { 0 0 }\nt "" 2 "" { 0 0 }\n'
    + 'p "" 1 2 "" { "l" "m" } 0\nt "" 3 "" { 0 0 }\nt "" 4 "" { 0 0 }\n': "must not depend on types",
    HEAD
    + DEAL
    + ('p "" 1 1 "" { "l" "r" } 0\np "" 2 1 "" { "u" "d" } 0\n' + 't "" 1 "" { 0 0 }\n' * 3) * 2: "nobody can tell",
    HEAD + 'c "" 1 "" { "x" 0.5 "y" 0.6 } 0\nt "" 1 "" { 0 0 }\nt "" 2 "" { 0 0 }\n': "sum to 1.1",
}


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_outside_the_class_is_told_which_rule_it_breaks(text: str) -> None:
    with pytest.raises(InputError, match=BROKEN[text].replace("?", r"\?")):
        read_efg(text)


def test_types_must_be_dealt_independently() -> None:
    text = write_efg(news_game()).replace('"x, v" 0.125', '"x, v" 0.225', 1).replace('"x, w" 0.075', '"x, w" -0.025', 1)
    with pytest.raises(InputError, match="independently"):
        read_efg(text)


def test_trees_beyond_the_limit_are_refused() -> None:
    with pytest.raises(InputError, match="more than 100 nodes"):
        write_efg(rubinstein(shares=11), limit=100)


def test_new_draws_are_refused() -> None:
    builder = GameBuilder(("A", {"x": 0.5, "y": 0.5}), ("B", {"any": 1.0})).state("s", mover="A").end("over")
    builder.move("s", "l", to=[Branch("over", 1.0, ("A", {"x": 0.1, "y": 0.9}))]).move("s", "r", to="over")
    with pytest.raises(InputError, match="drawn anew"):
        write_efg(builder.build("s"))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.data())
def test_damaged_text_gets_a_sentence(data: st.DataObject) -> None:
    text = write_efg(beer_quiche())
    cut = data.draw(st.integers(0, len(text)))
    put = data.draw(st.sampled_from(["", '"', "{", "}", "-", "x", "1/0", "1e999", "9", "c", "\\"]))
    damaged = text[:cut] + put + text[cut + data.draw(st.integers(0, 30)) :]
    try:
        read_efg("EFG" + damaged[3:])
    except InputError as error:
        assert str(error)


def test_a_thousand_moves_in_a_row_are_read() -> None:
    text = HEAD + "".join(f'p "" 1 {n} "" {{ "on" "off" }} 0\n' for n in range(1, 1001)) + 't "" 1 "" { 1 0 }\n'
    text += "".join(f't "" {n} "" {{ 0 {n} }}\n' for n in range(2, 1002))
    assert read_efg(text).game.states == 2001
