"""Numbers fitted to records: those that made the records come back, and what records cannot tell is said to be so."""

from __future__ import annotations

import numpy as np
import pytest
from tests.simulate.test_replay import PLAIN, RULES, row, words_of

from duress import AQRE, InputError, calibrate, simulate, solve
from duress.scenario.reading.whole import read
from duress.scenario.schema import Scenario
from duress.simulate.calibrate import DROP
from duress.simulate.rows import Row

METHOD = AQRE(beliefs=5)
HARM = "levers.squeeze.harm[1]"
PRECISION = "parties.A.precision"
TEXT = (PLAIN + RULES).replace("  A: {types", "  A: {precision: 4, types").replace("horizon: 5", "horizon: 3")


def scenario(text: str = TEXT) -> Scenario:
    return read(text, "dispute")


def records(true: Scenario, count: int, seed: int) -> list[list[Row]]:
    """Simulate records of ``true``; those whose rows could be read in two ways are left out."""
    solution = solve(true.compile(), METHOD)
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
    found = calibrate(here, records(scenario(), 40, seed=5), {PRECISION: (0.5, 50.0)}, METHOD, evaluations=20)
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
    made = records(here, 10, seed=1)
    found = calibrate(here, made, {"parties.B.breach.cost": (0.1, 0.9)}, METHOD, evaluations=8, points=3)
    (one,) = found.estimates
    assert one.flat
    assert one.interval == (None, None)
    assert np.ptp(one.profile.log_likelihood) < 1e-6


def test_two_numbers_are_fitted_at_once_and_each_profile_is_over_the_other() -> None:
    over = {PRECISION: (0.5, 50.0), HARM: (0.05, 0.8)}
    found = calibrate(scenario(), records(scenario(), 25, seed=2), over, METHOD, evaluations=25, points=3)
    for one in found.estimates:
        assert max(one.profile.log_likelihood) <= found.log_likelihood + 1e-9
        assert one.low <= one.value <= one.high
    assert found.log_likelihood >= found.log_likelihood_before


def test_what_cannot_be_fitted_is_said_all_at_once() -> None:
    with pytest.raises(InputError) as raised:
        calibrate(scenario(), [[row(0, "A", "invite")]], {"levers.x": (0, 1), HARM: None, PRECISION: (3, 2)}, METHOD)
    assert [str(fault) for fault in raised.value.faults] == [
        "levers.x: is not a number the scenario writes out",
        f"{HARM}: needs a range, LO..HI: the scenario gives it none",
        f"{PRECISION}: must range from a lower to a higher value; found 3 to 2",
    ]


@pytest.mark.slow
def test_intervals_hold_the_true_precision_about_as_often_as_they_say() -> None:
    inside = 0
    for seed in range(20):
        found = calibrate(
            scenario(), records(scenario(), 25, seed=100 + seed), {PRECISION: (0.5, 50.0)}, METHOD, evaluations=14
        )
        low, high = found.estimates[0].interval
        inside += (low or 0.5) < 4.0 < (high or 50.0)
    assert inside >= 16  # 95 % of 20 are 19; 15 or fewer have a chance of 3 in 1,000


def test_the_interval_is_where_the_profile_falls() -> None:
    found = calibrate(scenario(), records(scenario(), 15, seed=9), {PRECISION: (0.5, 50.0)}, METHOD, 12, points=21)
    (one,) = found.estimates
    for end in one.interval:
        if end is not None:
            there = np.interp(np.log(end), np.log(one.profile.values), one.profile.log_likelihood)
            assert there == pytest.approx(found.log_likelihood - DROP, abs=0.02)
