"""The certificate passes what is right and catches what is not, whichever number is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from duress.game.builder import Branch, GameBuilder
from duress.game.game import Game
from duress.solve.aqre import AQRE, induct
from duress.solve.certificate import Certificate, Certifier
from duress.solve.solution import solve

PRECISION = 4.0
BELIEFS = 5
METHOD = AQRE(precision=PRECISION, beliefs=BELIEFS, threads=1)
Period = tuple[np.ndarray, np.ndarray, np.ndarray]


def make_game() -> Game:
    """Return two periods of an offer, an answer, and a public sign of the first player's type or a new draw."""
    rng = np.random.default_rng(5)

    def payoffs() -> dict[str, Any]:
        return {"First": rng.normal(size=(2, 2)), "Second": rng.normal(size=(2, 2))}

    builder = GameBuilder(("First", {"mild": 0.3, "stern": 0.7}), ("Second", {"weak": 0.6, "strong": 0.4}), periods=2)
    builder.state("offer", mover="First", at_horizon=payoffs()).state("answer", mover="Second", at_horizon=payoffs())
    builder.state("chance", mover="First", at_horizon=payoffs()).end("over", payoffs())
    signs = [Branch("offer", {"mild": 0.2, "stern": 0.9}), Branch("answer", {"mild": 0.8, "stern": 0.1})]
    draw = [Branch("offer", 0.7, ("Second", {"weak": 0.1, "strong": 0.9})), Branch("over", 0.3)]
    for state, move, to in (
        ("offer", "much", "answer"),
        ("offer", "little", "answer"),
        ("answer", "yes", "over"),
        ("answer", "no", "chance"),
        ("answer", "perhaps", {"chance": 0.5, "over": 0.5}),
    ):
        builder.move(state, move, to=to, reward=payoffs(), discount={"First": 0.9, "Second": 0.8})
    builder.move("chance", "a sign", to=signs, reward=payoffs(), discount=0.9, elapsed=True)
    builder.move("chance", "a draw", to=draw, reward=payoffs(), discount=0.9, elapsed=True)
    return builder.build("offer")


@pytest.fixture(scope="module")
def observed() -> tuple[Game, tuple[Any, ...], list[Period]]:
    """Return a game, what a certifier is told of its solution, and what it is shown period by period."""
    game, told, shown = make_game(), [], []

    def watch(*about: Any) -> Callable[..., None]:
        *others, horizon = about
        told.extend([*others, horizon.copy()])  # the solver works on in the array it shows
        return lambda now, later, y: shown.append((now.copy(), later.copy(), y.copy()))

    induct(game, METHOD, watch, None)
    return game, tuple(told), shown


def certify(game: Game, about: tuple[Any, ...], periods: list[Period], threads: int = 1) -> Certificate:
    certifier = Certifier(game, *about, threads=threads)
    for period in periods:
        # The solver uses its arrays again: the certifier must not hold on to them.
        arrays = [array.copy() for array in period]
        certifier(arrays[0], arrays[1], arrays[2])
        for array in arrays:
            array[...] = np.nan
    return certifier.certificate(0, 0.0)


def spoil(array: np.ndarray, place: tuple[Any, ...], by: float) -> np.ndarray:
    changed = array.copy()
    changed[place] += by
    return changed


def worst_numerical(certificate: Certificate) -> float:
    return max(abs(g) for types in certificate.deviation_gain_numerical.values() for g in types.values())


def test_a_right_solution_passes(observed: tuple) -> None:
    found = certify(*observed)
    assert found.residual < 1e-8
    # Not rounding alone: worth is right to first order in the last step, whose square the tolerance bounds.
    assert found.value_error < 1e-11
    assert worst_numerical(found) < 1e-11
    for player in ("First", "Second"):
        for k, gain in found.deviation_gain.items():
            parts = (found.deviation_gain_precision[k], found.deviation_gain_numerical[k])
            for name in gain:
                assert gain[name] == pytest.approx(parts[0][name] + parts[1][name], abs=1e-13)
        assert all(0 <= g < 1 / PRECISION * np.log(3) * 4 for g in found.deviation_gain[player].values())


def test_threads_change_nothing(observed: tuple) -> None:
    assert certify(*observed, threads=1) == certify(*observed, threads=3)


@pytest.mark.parametrize("period", [0, 1])
def test_a_wrong_log_ratio_is_caught_at_every_stage(observed: tuple, period: int) -> None:
    game, about, shown = observed
    now, later, y = shown[period]
    offers, answers = game.moves_of(0), game.moves_of(1)
    inner = range(1, BELIEFS - 1)
    places = [(a, u, w) for a in offers for u in inner for w in range(BELIEFS)]
    places += [(a, u, w) for a in answers for u in range(BELIEFS) for w in inner]
    for place in places:
        periods = list(shown)
        periods[period] = (now, later, spoil(y, place, 1e-3))
        # Small where the move is rare; for a right solution the error is 1e-15.
        assert certify(game, about, periods).value_error > 1e-9, place


def test_log_ratios_that_no_longer_answer_themselves_are_caught(observed: tuple) -> None:
    game, about, (last, (now, later, y)) = observed
    found = certify(game, about, [last, (now, later, 0.9 * y)])
    assert found.residual > 1e-3
    assert found.value_error > 1e-3


@pytest.mark.parametrize("period", [0, 1])
def test_a_wrong_value_is_caught_everywhere(observed: tuple, period: int) -> None:
    game, about, shown = observed
    now, later, y = shown[period]
    for place in np.ndindex(now.shape):
        periods = list(shown)
        periods[period] = (spoil(now, place, 1e-6), later, y)
        assert certify(game, about, periods).value_error > 1e-8, place


def test_a_wrong_horizon_is_caught(observed: tuple) -> None:
    game, (arrays, nodes, precisions, horizon), shown = observed
    for place in np.ndindex(horizon.shape):
        about = (arrays, nodes, precisions, spoil(horizon, place, 1e-6))
        assert certify(game, about, shown).value_error > 1e-8, place


@pytest.mark.parametrize("player", [0, 1])
def test_another_precision_is_caught(observed: tuple, player: int) -> None:
    game, (arrays, nodes, precisions, horizon), shown = observed
    found = certify(game, (arrays, nodes, spoil(precisions, (player,), 0.01), horizon), shown)
    assert found.value_error > 1e-6
    assert worst_numerical(found) > 1e-7


WRONG = {
    "reward": (slice(None), slice(None), 1, 1),
    "discount": (slice(None), 1),
    "probability": (slice(None),),
    "likelihood": (slice(1, None), 0, 1),
    "redraw": (slice(1, None), 1),
}


@pytest.mark.parametrize("field", WRONG)
def test_a_solution_of_another_game_is_caught(observed: tuple, field: str) -> None:
    game, (arrays, *rest), shown = observed
    other = arrays._replace(**{field: spoil(getattr(arrays, field), WRONG[field], -1e-4)})
    found = certify(game, (other, *rest), shown)
    assert found.value_error > 1e-7
    assert worst_numerical(found) > 1e-7


@pytest.mark.parametrize(("field", "value"), [("successor", 0), ("elapsed", 0)])
def test_a_solution_with_another_future_is_caught(observed: tuple, field: str, value: int) -> None:
    game, (arrays, *rest), shown = observed
    changed = getattr(arrays, field).copy()
    changed[-1] = 1 - value if changed[-1] == value else value
    found = certify(game, (arrays._replace(**{field: changed}), *rest), shown)
    assert found.value_error > 1e-4


@pytest.mark.parametrize("what", [0, 2])
def test_what_is_no_number_counts_as_infinite(observed: tuple, what: int) -> None:
    game, about, shown = observed
    arrays = list(shown[1])
    arrays[what] = spoil(arrays[what], (0, 2, 2), np.nan)
    found = certify(game, about, [shown[0], (arrays[0], arrays[1], arrays[2])])
    assert found.value_error == np.inf
    if what == 2:
        assert found.residual == np.inf


def test_a_better_plan_is_found_where_behaviour_is_poor() -> None:
    # At precision 0 choices are at random, so that the gain is what being choosy is worth.
    builder = GameBuilder(("One", {"any": 1.0}), ("Other", {"x": 0.5, "y": 0.5}))
    builder.state("one", mover="One").state("other", mover="Other").end("over")
    builder.move("one", "left", to="other", reward={"One": 1.0})
    builder.move("one", "right", to="other", reward={"One": 4.0})
    builder.move("other", "up", to="over", reward={"Other": {"x": 2.0}, "One": 8.0})
    builder.move("other", "down", to="over")
    found = solve(builder.build("one"), AQRE(precision=0.0, beliefs=5)).certificate
    assert found.deviation_gain["One"] == pytest.approx({"any": 1.5})
    assert found.deviation_gain["Other"] == pytest.approx({"x": 1.0, "y": 0.0})
    assert found.residual == 0.0


@pytest.mark.parametrize("precision", [0.0, 1e4])
def test_extreme_precisions_pass(precision: float) -> None:
    found = solve(make_game(), replace(METHOD, precision=precision, branch="in time"), throw=False).certificate
    assert found.unsolved == 0
    assert found.residual < 1e-4
    assert found.value_error < 1e-9
    assert worst_numerical(found) < 1e-9


def test_it_is_said_in_words_and_as_json(observed: tuple) -> None:
    found = replace(certify(*observed), residual=2e-7, grid_error=0.003)
    record = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert {"residual", "unsolved", "deviation_gain", "grid_error"} <= set(record)
    assert record["deviation_gain"].keys() == {"First", "Second"}
    assert record["deviation_gain"]["First"].keys() == {"mild", "stern"}
    assert found.sentence().startswith("Every stage is solved: choices answer beliefs to 2e-07")
    assert "0.003 stakes" in found.sentence()
    (gain, player, kind) = max((g, p, k) for p, types in found.deviation_gain.items() for k, g in types.items())
    assert f"is {gain:.2g} stakes ({player}, {kind})" in found.sentence()
    none = {p: dict.fromkeys(types, -1e-15) for p, types in found.deviation_gain.items()}
    assert "no type could gain a millionth of a stake" in replace(found, deviation_gain=none).sentence()
    assert "3 stages are NOT solved" in replace(found, unsolved=3).sentence()
