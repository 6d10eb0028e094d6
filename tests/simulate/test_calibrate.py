"""Numbers fitted to records: those that made the records come back, and what records cannot tell is said to be so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.simulate.test_replay import PLAIN, RULES, row, words_of

from duress import AQRE, InputError, calibrate, simulate, solve
from duress.report.calibrated import at_ends, verdict
from duress.scenario.reading.whole import read
from duress.scenario.schema import Scenario
from duress.simulate.calibrate import DROP
from duress.simulate.replay import log_likelihood
from duress.simulate.rows import Row, place
from duress.simulate.search import BOTH, Scale, Search
from duress.solve.solution import Solution

METHOD = AQRE(beliefs=5)
HARM = "levers.squeeze.harm[1]"
PRECISION = "parties.A.precision"
TEXT = (PLAIN + RULES).replace("  A: {types", "  A: {precision: 4, types").replace("horizon: 5", "horizon: 3")


def scenario(text: str = TEXT) -> Scenario:
    return read(text, "dispute")


@cache
def truth(text: str) -> Solution:
    return solve(scenario(text).compile(), METHOD)


def records(text: str, count: int, seed: int) -> list[list[Row]]:
    """Simulate records of the scenario ``text``; those whose rows could be read in two ways are left out."""
    solution = truth(text)
    game = solution.game
    h = simulate(solution, 3 * count, seed=seed)
    found = []
    for n in range(len(h.final)):
        rows = [
            row(int(period), game.players[game.mover[state]].name, word)
            for state, period, move in zip(h.states[n], h.periods[n], h.moves[n], strict=True)
            if move >= 0 and len(game.moves_of(int(state))) > 1
            for word in words_of(game.move_name(int(move)))
        ]
        if rows and len({(r.date, r.party, r.kind) for r in rows}) == len(rows):
            found.append(rows)
    return found[:count]


def test_the_precision_behind_records_comes_back() -> None:
    here = scenario().with_values({PRECISION: 1.0})
    found = calibrate(here, records(TEXT, 40, seed=6), {PRECISION: (0.5, 50.0)}, METHOD, evaluations=20)
    (one,) = found.estimates
    low, high = one.interval
    assert low is not None and high is not None
    assert low < 4.0 < high
    assert low < one.value < high < 20.0
    assert found.log_likelihood > found.log_likelihood_before
    assert not one.flat
    assert one.profile.log_likelihood[one.profile.values.index(one.value)] == pytest.approx(found.log_likelihood)


def test_a_number_that_moves_do_not_depend_on_is_flat() -> None:
    """B's breach of terms costs the same whatever happens where nothing can be signed, and so tells nothing."""
    text = TEXT.replace("issues: {x: {", "issues: {x: {red_line: {A: [p, m], B: [m, q]}, ").replace(
        "  B: {types", "  B: {breach: {cost: .2}, types"
    )
    here = scenario(text)
    made = records(text, 10, seed=1)
    found = calibrate(here, made, {"parties.B.breach.cost": (0.1, 0.9)}, METHOD, evaluations=8, points=3)
    (one,) = found.estimates
    assert one.flat
    assert one.interval == (None, None)
    assert np.ptp(one.profile.log_likelihood) < 1e-6


def test_two_numbers_are_fitted_at_once_and_each_profile_is_over_the_other() -> None:
    over = {PRECISION: (0.5, 50.0), HARM: (0.05, 0.8)}
    found = calibrate(scenario(), records(TEXT, 25, seed=2), over, METHOD, evaluations=25, points=3)
    for one in found.estimates:
        assert max(one.profile.log_likelihood) <= found.log_likelihood + 1e-9
        assert one.low <= one.value <= one.high
        # Whatever a later profile found: every profile reaches the top, and does so at the best value.
        assert one.profile.log_likelihood[one.profile.values.index(one.value)] == found.log_likelihood
    assert found.log_likelihood >= found.log_likelihood_before


def test_what_cannot_be_fitted_is_said_all_at_once() -> None:
    with pytest.raises(InputError) as raised:
        calibrate(scenario(), [[row(0, "A", "invite")]], {"levers.x": (0, 1), HARM: None, PRECISION: (3, 2)}, METHOD)
    assert [str(fault) for fault in raised.value.faults] == [
        "levers.x: is not a number the scenario writes out",
        f"{HARM}: needs a range, LO..HI: the scenario gives it none",
        f"{PRECISION}: must range from a lower to a higher value; found 3 to 2",
    ]


def test_the_precision_of_both_is_one_number() -> None:
    text = TEXT.replace("  B: {types", "  B: {precision: 4, types")
    found = calibrate(scenario(text), records(text, 30, seed=4), {BOTH: (0.5, 50.0)}, METHOD, 14, points=5)
    (one,) = found.estimates
    assert one.before == pytest.approx(4.0)
    low, high = one.interval
    assert low is not None and high is not None
    assert low < 4.0 < high
    assert one.at_end == ""
    # As if both were given it by hand.
    by_hand = scenario(text).with_values({PRECISION: one.value, "parties.B.precision": one.value})
    solution, made = solve(by_hand.compile(), METHOD), records(text, 30, seed=4)
    total = sum(log_likelihood(solution, place(by_hand, rows))[0] for rows in made)
    assert found.log_likelihood == pytest.approx(total, abs=1e-6)


def test_a_best_value_at_the_end_of_its_range_is_said_to_be_there() -> None:
    found = calibrate(scenario(), records(TEXT, 25, seed=5), {PRECISION: (20.0, 50.0)}, METHOD, 10, points=3)
    (one,) = found.estimates
    assert one.at_end == "low"
    assert "the end of its range, 20" in verdict(one)
    assert "a lower one may fit better still" in verdict(one)
    assert at_ends([one]) == ""
    assert at_ends([one, one, replace(one, at_end="")]).startswith("2 of 3 numbers fit best at an end of their range:")


def test_the_grid_of_the_search_is_held_against_a_finer_one() -> None:
    found = calibrate(scenario(), records(TEXT, 8, seed=3), {PRECISION: (0.5, 50.0)}, METHOD, 8, points=3)
    assert found.finer.beliefs == 9
    assert found.finer.log_likelihood == pytest.approx(found.log_likelihood, abs=0.5)
    assert found.finer.log_likelihood > found.finer.log_likelihood_before - 0.5


def test_six_numbers_take_a_game_or_two_for_each_point_of_a_profile() -> None:
    """On a likelihood that is known, the search finds the top, and profiles are those of the quadratic it is."""
    rng = np.random.default_rng(3)
    turn = rng.normal(size=(6, 6))
    curve, top = turn @ turn.T + np.eye(6), np.array([0.3, 0.7, 0.5, 0.45, 0.6, 0.4])

    class Known(Search):
        def _worked_out(self, values: Sequence[float]) -> float:
            off = np.array(values) - top
            return float(-4.0 * off @ curve @ off)

    search = Known(None, METHOD, scenario(), [Scale(str(k), 0.0, 1.0) for k in range(6)], [], None)  # type: ignore[arg-type]
    search.greatest(np.full(6, 0.5), 60)
    assert len(search.known) <= 60
    np.testing.assert_allclose(search.best, top, atol=0.03)
    inverse = np.linalg.inv(curve)
    for share, height in search.profile(0, 7, 4):
        if abs(share - top[0]) <= 0.4:
            assert height == pytest.approx(-4.0 * (share - top[0]) ** 2 / inverse[0, 0], abs=0.3)
    assert len(search.known) <= 60 + 6 * 4
    low = [(share, height - 1.0) for share, height in search.profile(1, 3, 1)]
    lifted = dict(search.lifted(1, low))
    assert lifted[float(search.best[1])] == max(search.known.values())
    assert all(lifted[share] >= height + 1.0 for share, height in low)


@pytest.mark.slow
def test_intervals_hold_the_true_precision_about_as_often_as_they_say() -> None:
    inside = 0
    for seed in range(20):
        made = records(TEXT, 25, seed=100 + seed)
        found = calibrate(scenario(), made, {PRECISION: (1.0, 20.0)}, METHOD, evaluations=10, points=5)
        low, high = found.estimates[0].interval
        inside += (low or 1.0) < 4.0 < (high or 20.0)
    assert inside >= 16  # 95 % of 20 are 19; 15 or fewer have a chance of 3 in 1,000


def test_the_interval_is_where_the_profile_falls() -> None:
    found = calibrate(scenario(), records(TEXT, 15, seed=9), {PRECISION: (0.5, 50.0)}, METHOD, 12, points=21)
    (one,) = found.estimates
    for end in one.interval:
        if end is not None:
            there = np.interp(np.log(end), np.log(one.profile.values), one.profile.log_likelihood)
            assert there == pytest.approx(found.log_likelihood - DROP, abs=0.02)
