"""Rooms: who may move, what is told to whom, and how many there may be."""

from __future__ import annotations

import asyncio
import json

import pytest

from duress.errors import InputError
from duress.play.match import Match
from duress.play.setting import Setting
from duress.play.store import Store
from duress.play.table import Seat
from duress.play.watch import watched
from duress.web import rooms as module
from duress.web.keeping import Keeper
from duress.web.places import move_seen
from duress.web.rooms import Room, Rooms, against_equilibrium, two_people

from .test_places import run


@pytest.fixture
def rooms(keeper: Keeper) -> Rooms:
    return Rooms(keeper)


def conceded(match: Match) -> Match:
    return match.move("concede")


async def kept(room: Room) -> None:
    assert await room.kept() == ""


async def to_the_end(room: Room, moves: int = 4) -> None:
    """Make the first move there is a few times, then concede."""
    for _ in range(moves):
        await room.go(room.match.table.turn, move_seen(1, room.match.turns))
    await room.go(room.match.table.turn, conceded)


def test_only_who_is_to_move_moves_and_everybody_is_told(setting: Setting, rooms: Rooms) -> None:
    room = rooms.open(setting, two_people(setting, {"Coercer": "Ann", "Target": "Bo"}))
    chairs = {party: rooms.chair(key) for party, key in room.keys.items()}
    told: list[str] = []

    async def ann() -> None:
        told.append("Ann")

    async def bo() -> None:
        told.append("Bo")

    async def played() -> None:
        leave = chairs["Coercer"].listen(ann)
        chairs["Target"].listen(bo)
        turn = room.match.table.turn
        waits = next(party for party in chairs if party != turn)
        with pytest.raises(InputError, match=f"It is the turn of {turn}"):
            await chairs[waits].go(move_seen(1, room.match.turns))
        await chairs[turn].go(move_seen(1, room.match.turns))
        await asyncio.sleep(0)
        assert sorted(told) == ["Ann", "Bo"]
        leave()
        await chairs[room.match.table.turn].go(move_seen(1, room.match.turns))
        await asyncio.sleep(0)
        assert sorted(told) == ["Ann", "Bo", "Bo"]

    run(played())
    assert room.match.turns == 2


def test_moves_at_once_from_both_seats_are_taken_one_after_the_other(setting: Setting, rooms: Rooms) -> None:
    room = rooms.open(setting, two_people(setting))

    async def everybody_at_once() -> list[object]:
        return await asyncio.gather(
            *(room.go(party, move_seen(1, 0)) for _ in range(5) for party in room.keys), return_exceptions=True
        )

    results: list[object] = []

    async def collected() -> None:
        results.extend(await everybody_at_once())

    run(collected())
    assert results.count(None) == room.match.turns == 1
    assert all(isinstance(result, InputError) for result in results if result is not None)


def test_a_shared_game_is_kept_with_the_names_and_can_be_gone_back_in_by_one_alone(
    setting: Setting, rooms: Rooms, url: str
) -> None:
    room = rooms.open(setting, two_people(setting, {"Coercer": "Ann"}))
    with pytest.raises(InputError, match="it can be had once it is over"):
        rooms.chair(room.keys["Target"]).otherwise()
    run(to_the_end(room))
    run(kept(room))
    store = Store(url)
    (game,) = store.games()
    moves = store.moves()
    store.close()
    assert game.over
    assert set(moves.filter(moves["party"] == "Coercer")["name"]) == {"Ann"}
    alone = against_equilibrium(room.match, "Target")
    assert alone.persons == ("Target",)
    assert alone.table.types == room.match.table.types
    assert alone.names(alone.line()) == room.match.names(room.match.line())
    assert alone.undo().turns < room.match.turns
    assert rooms.chair(room.keys["Target"]).otherwise().startswith("/table/")


def test_what_is_watched_is_the_same_whatever_was_dealt_until_it_is_over(setting: Setting, rooms: Rooms) -> None:
    seen: dict[tuple[int, int], str] = {}
    room = rooms.open(setting, two_people(setting))
    for _ in range(200):
        room = rooms.open(setting, two_people(setting))
        shown = watched(room.match.table).as_json() | {"seed": 0}
        seen[room.match.table.types] = json.dumps(shown)
        if len(seen) == 4:
            break
    assert len(seen) == 4
    assert len(set(seen.values())) == 1
    run(to_the_end(room))
    ending = watched(room.match.table).ending
    assert ending is not None
    kinds = [p.types[k] for p, k in zip(setting.game.players, room.match.table.types, strict=True)]
    assert list(ending.types.values()) == kinds


def test_addresses_are_long_different_and_told_by_no_view(setting: Setting, rooms: Rooms) -> None:
    opened = [rooms.open(setting, two_people(setting)) for _ in range(20)]
    keys = [key for room in opened for key in (*room.keys.values(), room.watch)]
    assert len(set(keys)) == 60
    assert min(map(len, keys)) >= 22
    for key in ("", "x", opened[0].watch):
        with pytest.raises(InputError, match="There is no such seat here"):
            rooms.chair(key)
    with pytest.raises(InputError, match="There is no such seat here"):
        rooms.watched(opened[0].keys["Target"])


def test_a_full_house_makes_place_for_who_comes_only_by_games_that_are_over_and_left(
    setting: Setting, rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_ROOMS", 2)
    first, _ = (rooms.open(setting, two_people(setting)) for _ in range(2))
    with pytest.raises(InputError, match="tables of this server are taken"):
        rooms.open(setting, two_people(setting))
    run(to_the_end(first))
    rooms.open(setting, two_people(setting))
    assert len(rooms) == 2
    with pytest.raises(InputError, match="no such seat"):
        rooms.chair(first.keys["Target"])


def test_a_seat_that_is_good_for_one_browser_is_taken_once_and_no_browser_has_two(
    setting: Setting, rooms: Rooms
) -> None:
    room = rooms.open(setting, two_people(setting), once=True)
    assert not room.holds("Target", "ann")
    room.take("Target", "ann")
    room.take("Target", "ann")
    assert room.holds("Target", "ann")
    with pytest.raises(InputError, match="taken in another browser"):
        room.take("Target", "bo")
    with pytest.raises(InputError, match="You have the seat of Target"):
        room.take("Coercer", "ann")
    room.take("Coercer", "bo")
    assert (room.holds("Coercer", "bo"), room.holds("Coercer", "ann"), room.holds("Target", "bo")) == (
        True,
        False,
        False,
    )
    assert rooms.open(setting, two_people(setting)).holds("Target", "anybody")


def test_one_person_in_a_room_plays_the_equilibrium(setting: Setting, rooms: Rooms) -> None:
    room = rooms.open(setting, (Seat("Coercer", "equilibrium"), Seat("Target", name="Odd")))
    assert list(room.keys) == ["Target"]
    assert room.match.table.turn in ("Target", "")
