"""Interventions: in a game small enough to work out by hand, and in confrontations by what never happens in them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tests.scenario.confrontations import compiled

from duress import AQRE, Game, GameBuilder, InputError, Intervention, simulate, solve
from duress.game.restriction import without_moves
from duress.scenario.compile import Confrontation
from duress.simulate.interventions import CONCEDES, DROPS, INTERVENTIONS, KEEPS, NO_LEVERS, NO_TALKS, WAITS
from duress.solve.solution import Solution

TYPED = (
    "Owners: {types: {one: {prior: 1, breach: {cost: .5}}}}",
    "Owners: {types: {kind: {prior: .4, breach: {cost: 2}}, hard: {prior: .6}}}",
)


@pytest.fixture(scope="module")
def dispute() -> Solution:
    return solve(compiled(TYPED), AQRE(precision=2, beliefs=9))


def made(game: Game, moves: np.ndarray) -> set[str]:
    return {game.move_name(int(a)) for a in np.unique(moves[moves >= 0])}


def of_union(solution: Solution, *beginnings: str) -> Callable[[Intervention | None], bool]:
    game = solution.game

    def happens(intervention: Intervention | None) -> bool:
        h = simulate(solution, 400, intervention=intervention)
        at = h.states
        union = (h.moves >= 0) & (game.mover[at] == 1)
        return any(name.startswith(beginnings) for name in made(game, h.moves[union]))

    return happens


FORBIDDEN = {
    NO_LEVERS: ("raise", "refuse and raise", "walk out and raise", "breach"),
    DROPS: (),
    KEEPS: ("accept and drop",),
    NO_TALKS: ("invite", "accept and "),
    CONCEDES: ("hold", "raise"),
    WAITS: ("raise", "refuse and raise", "breach", "invite", "accept and "),
}


@pytest.mark.parametrize("kind", [kind for kind in INTERVENTIONS if FORBIDDEN[kind]])
def test_what_a_party_does_not_do_does_not_happen(dispute: Solution, kind: str) -> None:
    happens = of_union(dispute, *FORBIDDEN[kind])
    assert happens(None)
    assert not happens(Intervention("Union", kind))


@pytest.mark.parametrize("kind", [kind for kind in INTERVENTIONS if FORBIDDEN[kind]])
def test_a_game_solved_again_has_no_such_moves(dispute: Solution, kind: str) -> None:
    game = dispute.game
    assert isinstance(game, Confrontation)
    smaller = Intervention("Union", kind).imposed_on(game)
    assert smaller.states <= game.states and smaller.moves < game.moves
    state = np.repeat(np.arange(smaller.states), np.diff(smaller.first_move))
    own = np.flatnonzero(smaller.mover[state] == 1)
    assert not [a for a in own if smaller.move_name(int(a)).startswith(FORBIDDEN[kind])]
    solved = solve(smaller, AQRE(precision=2, beliefs=5))
    assert solved.solved


def test_with_nothing_kept_one_drops_wherever_one_may(dispute: Solution) -> None:
    game = dispute.game
    assert isinstance(game, Confrontation)
    removed = Intervention("Union", DROPS).removed(game)
    assert {game.move_name(int(a)) for a in np.flatnonzero(removed)} == {"accept and keep"}
    for a in np.flatnonzero(removed):
        state = int(np.searchsorted(game.first_move, a, side="right")) - 1
        assert "accept and drop" in {game.move_name(b) for b in game.moves_of(state)}


def test_states_of_the_smaller_game_are_those_of_the_larger(dispute: Solution) -> None:
    game = dispute.game
    assert isinstance(game, Confrontation)
    smaller = Intervention("Union", NO_LEVERS).imposed_on(game)
    for s in range(smaller.states):
        there = game.find(smaller.standing(s))
        assert there is not None
        assert smaller.state_name(s) == game.state_name(there)
        assert (smaller.levels[s] == game.levels[there]).all()
        names = {game.move_name(a) for a in game.moves_of(there)}
        assert {smaller.move_name(a) for a in smaller.moves_of(s)} <= names


def test_taking_nothing_out_changes_no_value(dispute: Solution) -> None:
    game = dispute.game
    same = without_moves(game, np.zeros(game.moves, bool))
    assert same.states == game.states
    assert solve(same, dispute.method).value() == dispute.value()


def sender() -> Game:
    """Two types may speak or not; the listener, seeing which, gives or not."""
    b = GameBuilder(("Sender", {"good": 0.5, "bad": 0.5}), ("Receiver", {"any": 1.0}))
    b.state("say", mover="Sender")
    for word, cost in (("speak", {"good": -0.1, "bad": -0.6}), ("hush", 0.0), ("shout", {"good": -9.0, "bad": -9.5})):
        b.state(f"heard {word}", mover="Receiver").move("say", word, to=f"heard {word}", reward={"Sender": cost})
        for answer, gain in (("give", 1.0), ("keep", 0.0)):
            right = {("good", "any"): gain, ("bad", "any"): -gain}
            b.end(f"{word} {answer}", {"Sender": gain, "Receiver": right})
            b.move(f"heard {word}", answer, to=f"{word} {answer}")
    return b.build("say")


def test_without_a_word_the_game_is_worth_what_a_hand_computes() -> None:
    game, precision = sender(), 3.0
    gone = np.array([game.move_name(a) in ("speak", "shout") for a in range(game.moves)])
    smaller = without_moves(game, gone)
    assert smaller.states == 4  # to say, to have heard nothing, and two ends
    value = solve(smaller, AQRE(precision=precision, beliefs=5)).value()
    # The listener hears nothing and learns nothing: giving is worth 0 to it, as is keeping, so it gives half the time.
    assert value["Sender"] == pytest.approx({"good": 0.5, "bad": 0.5}, abs=1e-9)
    assert value["Receiver"]["any"] == pytest.approx(0.0, abs=1e-9)


def test_all_moves_of_a_state_stay_where_all_would_go() -> None:
    game = sender()
    gone = np.array([game.move_name(a) in ("speak", "hush", "shout", "give") for a in range(game.moves)])
    smaller = without_moves(game, gone)
    names = [smaller.move_name(a) for a in smaller.moves_of(smaller.start)]
    assert names == ["speak", "hush", "shout"]
    assert [smaller.move_name(a) for a in range(smaller.moves)].count("keep") == 3


def test_realised_worth_is_on_average_the_solved_value(dispute: Solution) -> None:
    h = simulate(dispute, 6000, seed=5)
    for i, player in enumerate(dispute.game.players):
        for k, kind in enumerate(player.types):
            found = h.worth[h.types[:, i] == k, i]
            assert found.mean() == pytest.approx(
                dispute.value()[player.name][kind], abs=4 * found.std() / np.sqrt(len(found))
            )


def test_an_idle_spell_ends(dispute: Solution) -> None:
    game = dispute.game
    h = simulate(dispute, 800, intervention=Intervention("Union", NO_LEVERS, periods=3))
    union = (h.moves >= 0) & (game.mover[h.states] == 1)
    raises = np.array([game.move_name(a) == "raise boycott" for a in range(game.moves)])[h.moves] & union
    assert not raises[h.periods < 3].any()
    assert raises[h.periods >= 3].any()


def test_a_move_next_to_impossible_is_read_by_the_ratio_of_its_chances() -> None:
    """A union that would never concede does: the public learns what the ratio of two tiny chances says."""
    union = "Union: {types: {soft: {prior: .5, bears: 1.3}, tough: {prior: .5}}"
    game = compiled(TYPED, ("Union: {types: {one: {prior: 1, breach: {cost: .5}}}", union))
    solution = solve(game, AQRE(precision=120, beliefs=9))
    kept = simulate(solution, 50, intervention=Intervention("Union", CONCEDES))
    assert np.isfinite(kept.beliefs).all() and np.isfinite(kept.worth).all()
    conceded = np.array([game.move_name(a) == "concede" for a in range(game.moves)])
    rows, columns = np.nonzero((kept.moves >= 0) & conceded[kept.moves] & (game.mover[kept.states] == 1))
    assert len(rows)
    state, period = int(kept.states[rows[0], columns[0]]), int(kept.periods[rows[0], columns[0]])
    before = (float(kept.beliefs[rows[0], columns[0], 0]), float(kept.beliefs[rows[0], columns[0], 1]))
    move = int(kept.moves[rows[0], columns[0]] - game.first_move[state])
    room = solution.stage(state, period, before)
    assert room.policy[:, move].max() < 1e-6
    logs = 120 * room.q[:, : len(game.moves_of(state))]
    logs = logs[:, move] - np.logaddexp.reduce(logs, axis=1)
    odds = before[1] / (1 - before[1]) * np.exp(logs[1] - logs[0])
    assert room.after[move] == pytest.approx(odds / (1 + odds), rel=1e-6)
    after = kept.beliefs[rows[0], columns[0], 1] if columns[0] + 1 == kept.moves.shape[1] else room.after[move]
    assert after != before[1]


@pytest.mark.parametrize(
    ("intervention", "said"),
    [
        (Intervention("Nobody", NO_LEVERS), "the parties are Owners and Union"),
        (Intervention("Union", "sulks"), "there are never uses its levers"),
        (Intervention("Union", NO_LEVERS, levers=("lockout",)), "'lockout' is not a lever of Union"),
        (Intervention("Union", NO_LEVERS, periods=-1), "it must be at least 0"),
    ],
)
def test_what_is_no_intervention_is_said(dispute: Solution, intervention: Intervention, said: str) -> None:
    with pytest.raises(InputError, match=said):
        simulate(dispute, 10, intervention=intervention)
    with pytest.raises(InputError):
        intervention.imposed_on(dispute.game)  # type: ignore[arg-type]
