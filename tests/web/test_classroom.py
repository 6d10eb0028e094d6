"""A class: joined by code and name, paired in the order of arrival, with a board that tells no more than it may."""

from __future__ import annotations

import json
import re
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest
from playwright.sync_api import Page, expect

from duress.errors import InputError
from duress.play.setting import Setting
from duress.play.store import Store
from duress.web import classroom as module
from duress.web.classroom import LETTERS, MOST_LETTERS, Classroom, code_of, name_of
from duress.web.keeping import Keeper
from duress.web.places import move_seen
from duress.web.presence import LEFT_AFTER
from duress.web.rooms import Rooms

from .conftest import COMPILES, Window, served
from .held import held
from .test_places import run


@pytest.fixture
def classroom(keeper: Keeper) -> Classroom:
    return Classroom("ABC123", Rooms(keeper))


def test_people_are_paired_in_the_order_they_came_and_the_odd_one_plays_the_equilibrium(
    classroom: Classroom, setting: Setting
) -> None:
    people = [classroom.join("abc 123", name) for name in ("Ann", "Bo", "Cleo", "Dan", "Eve")]
    assert not classroom.rounds
    assert people[0].address.startswith("/class/")
    classroom.begin(setting)
    assert [pair.players for pair in classroom.rounds[-1].pairs()] == [
        {"Coercer": "Ann", "Target": "Bo"},
        {"Coercer": "Cleo", "Target": "Dan"},
        {"Target": "Eve", "Coercer": "the equilibrium"},
    ]
    assert people[0].room is people[1].room is not people[2].room
    assert len({person.address for person in people}) == 5
    assert all(person.address.startswith("/seat/") for person in people)


def test_who_comes_later_is_paired_with_the_next_or_seated_by_the_teacher(
    classroom: Classroom, setting: Setting
) -> None:
    classroom.begin(setting)
    late = classroom.join("ABC123", "Late")
    assert classroom.waiting == (late,)
    classroom.join("ABC123", "Later")
    assert classroom.waiting == ()
    last = classroom.join("ABC123", "Last")
    classroom.seat_odd()
    assert last.room is not None
    assert [list(pair.players.values()) for pair in classroom.rounds[-1].pairs()] == [
        ["Late", "Later"],
        ["Last", "the equilibrium"],
    ]


def test_another_round_pairs_everybody_anew_and_every_seat_says_where_the_next_is(
    classroom: Classroom, setting: Setting
) -> None:
    people = [classroom.join("ABC123", name) for name in ("Ann", "Bo", "Cleo", "Dan")]
    classroom.begin(setting)
    before = [(person.room, person.party, person.address) for person in people]
    classroom.begin(setting)
    first, second = (one.pairs() for one in classroom.rounds)
    assert [list(pair.players.values()) for pair in first] == [["Ann", "Bo"], ["Cleo", "Dan"]]
    assert [list(pair.players.values()) for pair in second] == [["Bo", "Cleo"], ["Dan", "Ann"]]
    for person, (room, party, address) in zip(people, before, strict=True):
        assert room is not None
        assert person.party != party
        assert room.onward[party] == person.address != address
    late = classroom.join("ABC123", "Late")
    assert classroom.waiting == (late,)


def test_two_who_play_another_round_change_sides(classroom: Classroom, setting: Setting) -> None:
    for name in ("Ann", "Bo"):
        classroom.join("ABC123", name)
    classroom.begin(setting)
    classroom.begin(setting)
    assert [pair.players for one in classroom.rounds for pair in one.pairs()] == [
        {"Coercer": "Ann", "Target": "Bo"},
        {"Coercer": "Bo", "Target": "Ann"},
    ]


def names_at(classroom: Classroom) -> list[list[str]]:
    """Return who plays whom in the last round."""
    return [list(pair.players.values()) for pair in classroom.rounds[-1].pairs()]


@pytest.fixture
def clocked(keeper: Keeper) -> tuple[Classroom, list[float]]:
    """Return a class that was begun, and its clock; everybody but Bo has a page open."""
    hours = [0.0]
    classroom = Classroom("ABC123", Rooms(keeper), lambda: hours[0])
    for name in ("Ann", "Bo", "Cleo", "Dan", "Eve"):
        person = classroom.join("ABC123", name)
        person.presence.opened(name)
        if name == "Bo":
            person.presence.closed(name)
    return classroom, hours


def test_who_has_left_is_not_paired_in_another_round_before_they_are_back(
    clocked: tuple[Classroom, list[float]], setting: Setting
) -> None:
    classroom, hours = clocked
    people = {person.name: person for person in classroom.people}
    classroom.begin(setting)
    assert names_at(classroom) == [["Ann", "Bo"], ["Cleo", "Dan"], ["Eve", "the equilibrium"]]
    before = people["Bo"].room
    assert before is not None
    hours[0] += LEFT_AFTER
    assert classroom.left == ()
    hours[0] += 1.0
    assert classroom.left == (people["Bo"],)
    classroom.begin(setting)
    assert sorted(name for table in names_at(classroom) for name in table) == ["Ann", "Cleo", "Dan", "Eve"]
    assert ["Cleo", "Dan"] not in names_at(classroom)
    assert people["Bo"].room is None
    assert classroom.waiting == ()
    assert before.onward["Target"] == people["Bo"].address  # where they wait, and are sent on
    people["Bo"].presence.opened("again")
    assert classroom.waiting == (people["Bo"],)
    classroom.join("ABC123", "Late")
    assert names_at(classroom)[-1] == ["Bo", "Late"]


def test_who_comes_back_is_paired_with_who_waits(clocked: tuple[Classroom, list[float]], setting: Setting) -> None:
    classroom, hours = clocked
    hours[0] += LEFT_AFTER + 1.0
    classroom.begin(setting)
    classroom.join("ABC123", "Late")
    bo = next(person for person in classroom.people if person.name == "Bo")
    bo.presence.opened("again")
    assert sorted(names_at(classroom)[-1]) == ["Bo", "Late"]


def test_who_was_taken_out_is_not_paired_and_may_join_again(classroom: Classroom, setting: Setting) -> None:
    ann, *_ = (classroom.join("ABC123", name) for name in ("Ann", "Bo", "Cleo"))
    classroom.let_go(ann.key)
    classroom.begin(setting)
    assert names_at(classroom) == [["Bo", "Cleo"]]
    with pytest.raises(InputError, match="Nobody of this class has that address"):
        classroom.person(ann.key)
    assert classroom.join("ABC123", "Ann").key != ann.key


def test_the_odd_one_is_told(classroom: Classroom, setting: Setting) -> None:
    ann, bo, cleo = (classroom.join("ABC123", name) for name in ("Ann", "Bo", "Cleo"))
    classroom.begin(setting)
    told = [person.room.remarks[person.party] for person in (ann, bo, cleo) if person.room]
    assert told == ["", "", "Nobody was left for you to play with in this round, so the equilibrium plays Coercer."]


def test_the_board_tells_turns_and_outcomes_and_nothing_of_what_was_dealt(
    classroom: Classroom, setting: Setting
) -> None:
    ann, bo = (classroom.join("ABC123", name) for name in ("Ann", "Bo"))
    classroom.begin(setting)
    (pair,) = classroom.rounds[-1].pairs()
    assert (pair.turn, pair.moves, pair.outcome) == ("Ann", 0, "")
    room = ann.room
    assert room is not None
    run(room.go(ann.party, move_seen(1, 0)))
    (pair,) = classroom.rounds[-1].pairs()
    assert (pair.turn, pair.moves, pair.outcome) == ("Bo", 1, "")
    told = json.dumps([pair.players, pair.turn, pair.watch])
    assert not any(kind in told for player in setting.game.players for kind in player.types)
    assert not any(key in told for key in room.keys.values())
    run(room.go(bo.party, lambda match: match.move("concede")))
    (pair,) = classroom.rounds[-1].pairs()
    assert (pair.turn, pair.outcome) == ("", "concession of Target")


def test_a_wrong_code_is_refused_and_codes_cannot_be_tried_one_after_another(tmp_path: Path) -> None:
    keeper, hours = Keeper(f"sqlite:///{tmp_path / 'games.sqlite'}"), [0.0]
    classroom = Classroom("ABC123", Rooms(keeper), lambda: hours[0])
    for _ in range(20):
        with pytest.raises(InputError, match="not the code of this class"):
            classroom.join("WRONG1", "Mal", "10.0.0.66")
    with pytest.raises(InputError, match="Too many wrong codes"):
        classroom.join("ABC123", "Mal", "10.0.0.66")
    classroom.join("ABC123", "Ann", "10.0.0.1")
    hours[0] += 10.0
    classroom.join("ABC123", "Mal", "10.0.0.66")
    assert classroom.size == 2
    keeper.close()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Ann   Lee ", "Ann Lee"),
        ("Zoë", "Zoë"),
        ("A\u202enn\x07\nB", "A nn B"),
        ("<b>Ann</b>", "<b>Ann</b>"),
        ("\uff21nn", "Ann"),
    ],
)
def test_a_name_is_shown_on_one_line_with_nothing_hidden_in_it(typed: str, shown: str) -> None:
    assert name_of(typed) == shown


@pytest.mark.parametrize("typed", ["", "  ", "\u200b", "...", "x" * (MOST_LETTERS + 1), "y" * 100_000])
def test_what_is_no_name_is_a_sentence(typed: str) -> None:
    with pytest.raises(InputError, match=r"name: (needs a letter|has .* letters; at most 24)"):
        name_of(typed)


def test_a_name_is_one_persons_and_a_class_has_an_end(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    classroom.join("ABC123", "Ann")
    with pytest.raises(InputError, match="name: ANN is here already"):
        classroom.join("ABC123", "ANN")
    monkeypatch.setattr(module, "MOST_PEOPLE", 1)
    with pytest.raises(InputError, match="The class is full"):
        classroom.join("ABC123", "Bo")


def test_codes() -> None:
    made = {code_of("auto") for _ in range(50)}
    assert len(made) == 50
    assert all(re.fullmatch(f"[{LETTERS}]{{6}}", code) for code in made)
    assert code_of("maths7") == "MATHS7"
    for asked in ("abc", "a b c d", "x" * 21, "ümlaut"):
        with pytest.raises(InputError, match=r"room-code: is .*; 4 to 20 letters and digits are allowed, or auto"):
            code_of(asked)


@pytest.fixture(scope="module")
def lesson(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, str, str]]:
    """Serve a class; give the server's address, the code, the path of the board, and the database."""
    database = f"sqlite:///{tmp_path_factory.mktemp('class') / 'games.sqlite'}"
    with served(folder, database, "--room-code", "auto") as (url, said):
        code = re.search(r"with the code (\w+)", said)
        board = re.search(r"(/board/\S+)", said)
        assert code and board and url + "/join" in said
        yield url, code[1], board[1], database


@pytest.fixture
def pupils(lesson: tuple[str, str, str, str], windows: Callable[[], Window]) -> Callable[[], Window]:
    def one() -> Window:
        window = windows()
        window.address = lesson[0]
        return window

    return one


def joined(window: Window, code: str, name: str) -> Page:
    window.open("/join")
    page = window.page
    page.get_by_label("Code").fill(code.lower())
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Join").click()
    page.wait_for_url("**/class/**")
    expect(page.locator("h1")).to_have_text(f"You are here, {name}")
    return page


def test_a_class_plays_and_the_board_follows(lesson: tuple[str, str, str, str], pupils: Callable[[], Window]) -> None:
    _, code, path, database = lesson
    stranger = pupils()
    stranger.open("/join")
    held(stranger.page)
    stranger.page.get_by_label("Code").fill("WRONG1")
    stranger.page.get_by_label("Name").fill("Mal")
    stranger.page.get_by_role("button", name="Join").click()
    expect(stranger.page.get_by_role("alert")).to_contain_text("not the code of this class")
    stranger.open("/board/guessed")
    expect(stranger.page.get_by_role("alert")).to_contain_text("The board has another address")

    ann, bo, cleo = (joined(pupils(), code, name) for name in ("Ann <b>", "Bo", "Cleo"))
    teacher = pupils()
    teacher.open(path)
    board = teacher.page
    expect(board.locator(".joinable .code")).to_have_text(code)
    expect(board.get_by_text("Waiting, in the order they came: Ann <b>, Bo, Cleo")).to_be_visible()
    held(board)
    held(cleo)
    board.get_by_role("combobox", name="Case").click()
    board.get_by_role("option", name="A sanctions crisis").first.click()
    board.get_by_role("button", name="Begin").click()
    for page, party in ((ann, "Coercer"), (bo, "Target"), (cleo, "Target")):
        page.wait_for_url("**/seat/**", timeout=COMPILES)
        expect(page.locator("#now")).to_contain_text(f"You are {party}")
        page.wait_for_function("window.socket?.connected === true")
    rows = board.locator(".pairs tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Ann <b> to move")
    expect(bo.locator(".waits")).to_contain_text("Coercer (Ann <b>)")

    ann.keyboard.press("1")
    expect(rows.first).to_contain_text("Bo to move")
    shown = board.locator("main.frame").inner_html()  # the bar's certificate names every type there is
    assert not any(kind in shown for kind in ("sincere", "tactical", "fragile", "resolute"))
    bo.reload()
    bo.wait_for_function("window.socket?.connected === true")
    bo.locator(".moves button", has_text="concede").click()
    expect(rows.first).to_contain_text("concession of Target")
    expect(board.get_by_text("2 tables, 1 over")).to_be_visible()

    board.locator("summary", has_text="Another round").press("Enter")
    board.get_by_role("combobox", name="Case").click()
    board.get_by_role("option", name="A sanctions crisis").first.click()
    board.get_by_role("button", name="Begin round 2").click()
    expect(board.get_by_role("heading", name="Round 1: A sanctions crisis")).to_be_visible()
    expect(board.get_by_role("heading", name="Round 2: A sanctions crisis")).to_be_visible()
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text("CleoAnn <b>")
    held(board)
    expect(ann.get_by_role("link", name="Go to your new seat")).to_be_visible()
    held(ann)
    ann.get_by_role("link", name="Go to your new seat").click()
    expect(ann.locator("#now")).to_contain_text("You are Target")
    bo.get_by_role("link", name="Go to your new seat").click()
    expect(bo.get_by_text("Nobody was left for you to play with in this round")).to_be_visible()
    held(bo)

    store = Store(database)
    moves = store.moves()
    store.close()
    assert {"Ann <b>", "Bo"} <= set(moves["name"])


def test_who_closed_their_page_is_not_paired_and_who_was_taken_out_is_told(
    folder: Path, tmp_path: Path, windows: Callable[[], Window]
) -> None:
    soon = "import duress.web.presence as p; p.LEFT_AFTER = 1.0; from duress.cli import main; main()"
    database = f"sqlite:///{tmp_path / 'games.sqlite'}"
    with served(folder, database, "--room-code", "LEAVES", program=(sys.executable, "-c", soon)) as (url, said):

        def window() -> Window:
            one = windows()
            one.address = url
            return one

        ann, bo, cleo = (joined(window(), "LEAVES", name) for name in ("Ann", "Bo", "Cleo"))
        bo_is_at = bo.url
        teacher = window()
        path = re.search(r"(/board/\S+)", said)
        assert path
        teacher.open(path[1])
        board = teacher.page
        bo.goto("about:blank")
        expect(board.get_by_text("Left, and not paired before they come back: Bo.")).to_be_visible()
        held(board)
        board.get_by_role("combobox", name="Case").click()
        board.get_by_role("option", name="A sanctions crisis").first.click()
        board.get_by_role("button", name="Begin").click()
        ann.wait_for_url("**/seat/**", timeout=COMPILES)
        rows = board.locator(".pairs tbody tr")
        expect(rows).to_have_count(1)
        expect(rows.first).to_contain_text("Cleo")
        bo.goto(bo_is_at)
        expect(bo.get_by_text("Waiting for a partner")).to_be_visible()
        expect(board.get_by_text("Waiting, in the order they came: Bo")).to_be_visible()
        board.locator("summary", has_text="Take somebody out").press("Enter")
        board.get_by_role("combobox", name="Who").click()
        board.get_by_role("option", name="Bo").click()
        held(board)
        board.get_by_role("button", name="Take out").click()
        expect(bo.get_by_text("Your teacher has taken you out of the class.")).to_be_visible()
        expect(board.get_by_text("2 people have joined")).to_be_visible()
        expect(cleo.locator("#now")).to_contain_text("You are Target")


def test_without_a_class_there_is_nothing_to_join(address: str) -> None:
    with pytest.raises(HTTPError) as caught:
        urllib.request.urlopen(f"{address}/join")
    assert caught.value.code == 404
    caught.value.close()
