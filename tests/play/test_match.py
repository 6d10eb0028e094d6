"""Going back, branching, and links."""

from __future__ import annotations

import base64
import doctest
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duress import InputError
from duress.play import match as match_module
from duress.play.link import FORMAT, link_of, open_link, read_link
from duress.play.match import Match, begin
from duress.play.setting import Setting, prepare
from duress.play.table import Seat
from duress.scenario import load, read


def to_the_end(match: Match) -> Match:
    while not match.table.over:
        match = match.move(1)
    return match


def test_back_and_another_move_makes_a_branch_and_loses_nothing(crisis: Setting) -> None:
    match = to_the_end(begin(crisis, "Target", seed=5))
    first = match.at
    forked = match.back(5)
    assert forked.turns >= 5
    other = forked.move(2)
    a, b = other.branches
    assert (a.name, a.node, a.forks_at, a.over, a.current) == ("A", first, 0, True, False)
    assert (b.name, b.node, b.current) == ("B", other.at, True)
    assert a.moves[: b.forks_at] == b.moves[: b.forks_at]
    assert a.moves[b.forks_at] != b.moves[b.forks_at]
    (ghost,) = other.ghosts
    assert (ghost.name, ghost.forks_at) == ("A", b.forks_at)
    assert [e.move for e in ghost.entries if e.move] == list(a.moves[b.forks_at :])
    assert other.go(first).view("Target") == match.view("Target")


def test_the_same_move_again_is_the_same_branch(crisis: Setting) -> None:
    match = begin(crisis, "Target", seed=5).move("hold")
    again = match.undo().move("hold")
    assert again.nodes == match.nodes
    assert again.at == match.at


def test_undo_comes_back_to_ones_own_last_choice(crisis: Setting) -> None:
    start = begin(crisis, "Target", seed=5)
    assert start.move("hold").move("hold").undo().undo().view("Target") == start.view("Target")
    with pytest.raises(InputError, match="undo: there is no move to take back"):
        start.undo()


def test_two_people_go_back_only_once_their_game_is_over(crisis: Setting) -> None:
    match = begin(crisis, seats=(Seat("Coercer", name="Ann"), Seat("Target", name="Bo")), secret=77)
    assert match.persons == ("Coercer", "Target")
    match = match.move("hold").move("hold")
    with pytest.raises(InputError, match="two people play"):
        match.back(0)
    with pytest.raises(InputError, match="would tell what was dealt"):
        link_of(match)
    match = match.move("concede")
    assert match.table.over
    assert match.back(1).table.turns == 1
    assert open_link(link_of(match), crisis) == match


def test_whom_no_person_plays_no_person_moves(crisis: Setting) -> None:
    watched = begin(crisis, seats=(Seat("Coercer", "equilibrium"), Seat("Target", "weary")), seed=1)
    with pytest.raises(InputError, match="whom no person plays"):
        watched.move(1)
    assert watched.replied_once().turns == 1
    assert watched.replied().table.over


def test_faults_of_turns_and_nodes_are_sentences(crisis: Setting) -> None:
    match = begin(crisis, "Target", seed=5)
    with pytest.raises(InputError, match=r"turn: is 99; it must be 0 to \d"):
        match.back(99)
    with pytest.raises(InputError, match=r"node: is -1; nodes are numbered 0 to \d"):
        match.go(-1)
    with pytest.raises(InputError, match="against: 'wizard' is no opponent; there are equilibrium, sharp"):
        begin(crisis, "Target", against="wizard")


def test_a_link_brings_back_every_branch(crisis: Setting) -> None:
    match = to_the_end(begin(crisis, "Target", against="bluffer", seed=5)).back(4).move(2)
    link = link_of(match)
    assert set(link) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
    assert open_link(link, crisis) == match
    assert open_link(link).view("Target") == match.view("Target")


def test_a_link_of_a_file_with_changes_needs_no_file(tmp_path: object) -> None:
    text = """
extends: sanctions-crisis
title: "no"      # a word, and a comment
horizon: 6
summary: >
  Two lines,
  folded: with a colon.
parties: {Target: {types: {fragile: {prior: .4}, resolute: {prior: .6}}}}
"""
    setting = prepare(read(text, "mine"), {"levers.sanctions.harm[2]": 0.6}, precision=2, beliefs=7)
    match = begin(setting, "Target", seed=2).move(1)
    opened = open_link(link_of(match))
    assert opened.setting.scenario.digest == setting.scenario.digest
    assert opened.setting.game.scenario.levers["sanctions"].harm == (0.0, 0.2, 0.6)
    assert opened.setting.game.title == "no"
    assert opened.view("Target") == match.view("Target")


@pytest.mark.parametrize("name", ["iran-2019", "strike", "debt"])
def test_a_scenario_written_out_reads_as_it_was(name: str) -> None:
    from duress.scenario.reading.write import as_yaml

    scenario = load(name)
    again = read(as_yaml(scenario.written.tree), name)
    assert again.digest == scenario.digest
    assert again.numbers == scenario.numbers
    assert again.parties == scenario.parties


def rewritten(link: str, **changes: object) -> str:
    """Return a link with some of what it holds replaced."""
    body = link.split(".", 1)[1]
    content = json.loads(zlib.decompress(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))
    packed = zlib.compress(json.dumps({**content, **changes}).encode())
    return f"{FORMAT}.{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def test_a_link_of_another_version_says_so(crisis: Setting) -> None:
    link = link_of(begin(crisis, "Target", seed=5))
    with pytest.raises(InputError, match=r"the link is of version 9 of links, and this duress .* reads version 1"):
        read_link("9" + link[1:])
    with pytest.raises(InputError, match="is of another version of the scenario 'sanctions-crisis'"):
        read_link(rewritten(link, digest="0123456789abcdef")).prepare()
    with pytest.raises(InputError, match="the scenario 'atlantis', which does not come with this duress"):
        read_link(rewritten(link, scenario="atlantis")).prepare()
    assert read_link(link).note == ""
    assert "made by duress 0.0.1" in read_link(rewritten(link, by="0.0.1")).note


def test_a_link_that_does_not_fit_is_refused(crisis: Setting) -> None:
    link = link_of(begin(crisis, "Target", seed=5).move(1))
    for changes in ({"moves": [[1, 0]]}, {"moves": [[0, True]]}, {"at": 9}, {"seats": []}, {"seed": "x"}, {"moves": 3}):
        with pytest.raises(InputError, match="not whole"):
            read_link(rewritten(link, **changes))
    with pytest.raises(InputError, match="move 1 cannot be made"):
        open_link(rewritten(link, moves=[[0, 99]], at=0), crisis)
    with pytest.raises(InputError, match="seats: must be one for each of Coercer and Target"):
        open_link(rewritten(link, seats=[["A", "human", ""], ["B", "human", ""]]), crisis)
    with pytest.raises(InputError, match="characters; 64,000 are allowed"):
        read_link("1." + "A" * 300_000)
    bomb = base64.urlsafe_b64encode(zlib.compress(b" " * 40_000_000)).decode().rstrip("=")
    with pytest.raises(InputError, match="not whole"):
        read_link(f"1.{bomb}")


def test_what_prepare_did_not_solve_has_no_link(iran: Setting) -> None:
    with pytest.raises(InputError, match="solved by another method or branch"):
        link_of(begin(iran, "Iran"))


def test_examples_run() -> None:
    assert doctest.testmod(match_module).failed == 0


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda b: f"1.{base64.urlsafe_b64encode(b).decode()}"))
def test_no_text_is_a_link_by_accident(text: str) -> None:
    with pytest.raises(InputError):
        read_link(text)
