"""The catalogue of classics: each solved as it says, and each textbook number set beside ours."""

from __future__ import annotations

import doctest
import inspect
import pkgutil
import re
from dataclasses import replace
from functools import cache, partial

import numpy as np
import pytest

from duress.errors import InputError
from duress.game import classics
from duress.game.classics import (
    abreu_gul_2000,
    fearon_1995,
    hendricks_weiss_wilson_1988,
    job_market,
    reputational_bargaining,
    shifting_power,
    uncertain_resolve,
    war_of_attrition,
)
from duress.game.classics.catalogue import CLASSICS, Classic, Known, compare, find
from duress.game.classics.reading import at, mean, threshold, turns_of
from duress.solve.aqre import AQRE
from duress.solve.solution import Solution, solve


@cache
def solved(name: str) -> Solution:
    entry = find(name)
    return solve(entry.build(), AQRE(**entry.method))


def lacks(entry: Classic) -> list[str]:
    """Return what an entry of the catalogue is without."""
    found = []
    if not entry.expected:
        found.append("expected numbers")
    if not re.search(r"\((18|19|20)\d\d\)", entry.citation):
        found.append("a citation with a year")
    if any(
        parameter.default is inspect.Parameter.empty for parameter in inspect.signature(entry.build).parameters.values()
    ):
        found.append("defaults")
    (example,) = doctest.DocTestFinder(recurse=False).find(entry.build, "example") or [None]
    if (
        example is None
        or not example.examples
        or doctest.DocTestRunner(verbose=False).run(example, out=lambda text: None).failed
    ):
        found.append("an example that runs")
    return found


@pytest.mark.parametrize(
    ("name", "known"),
    [pytest.param(c.name, k, id=f"{c.name}-{n}") for c in CLASSICS for n, k in enumerate(c.expected)],
)
def test_the_textbook_is_right(name: str, known: Known) -> None:
    assert known.read(solved(name)) == pytest.approx(known.number, abs=known.tolerance, rel=0), known.what


@pytest.mark.parametrize("entry", CLASSICS, ids=lambda c: c.name)
def test_every_entry_is_complete(entry: Classic) -> None:
    assert lacks(entry) == []
    assert all(known.what.endswith(".") and known.tolerance > 0 for known in entry.expected)
    assert solved(entry.name).certificate.unsolved == 0
    assert solved(entry.name).certificate.residual < 1e-4


def test_what_an_entry_lacks_is_found() -> None:
    def bare() -> None: ...

    def wrong() -> None:
        """Return nothing.

        >>> 1 + 1
        3
        """

    entry = CLASSICS[0]
    assert lacks(replace(entry, expected=())) == ["expected numbers"]
    assert lacks(replace(entry, citation="Spence, M., forthcoming.")) == ["a citation with a year"]
    assert lacks(replace(entry, build=bare)) == ["an example that runs"]
    assert lacks(replace(entry, build=lambda wages: wages)) == ["defaults", "an example that runs"]
    assert lacks(replace(entry, build=wrong)) == ["an example that runs"]


def test_every_paper_is_in_the_catalogue() -> None:
    papers = {m.name.replace("_", "-") for m in pkgutil.iter_modules(classics.__path__) if re.search(r"\d{4}$", m.name)}
    assert {re.match(r".*?\d{4}", c.name)[0] for c in CLASSICS} == papers  # type: ignore[index]
    assert {c.build.__name__ for c in CLASSICS} == set(classics.__all__)


def test_classics_are_found_by_either_name_and_an_unknown_one_is_answered_with_the_list() -> None:
    names = [n for c in CLASSICS for n in (c.name, c.short)]
    assert len(set(names)) == len(names)
    for entry in CLASSICS:
        assert find(entry.name) is find(entry.short) is entry
    with pytest.raises(InputError, match="classic: selten-1975 is not in the catalogue") as caught:
        find("selten-1975")
    assert all(name in str(caught.value) for name in names)


def test_numbers_are_compared_in_order() -> None:
    entry = find("beer-quiche")
    rows = compare(entry, solved(entry.name))
    assert [(what, textbook, tolerance) for what, textbook, _, tolerance in rows] == [
        (known.what, known.number, known.tolerance) for known in entry.expected
    ]
    assert [row.ours for row in rows] == [known.read(solved(entry.name)) for known in entry.expected]


def test_shorter_turns_come_nearer_to_continuous_time() -> None:
    def errors(step: float) -> np.ndarray:
        solution = solve(reputational_bargaining(step=step), AQRE(**find("abreu-gul-2000").method))
        rates = [abreu_gul_2000.read_rate(solution, i, step) - abreu_gul_2000.concession_rate(i) for i in (0, 1)]
        at_once = abreu_gul_2000.read_first_concession(solution) - abreu_gul_2000.concedes_at_once(0)
        return np.abs([*rates, at_once])

    coarse, fine = errors(0.2), errors(0.05)
    assert (fine < coarse).all()
    assert fine.sum() < 0.5 * coarse.sum()


def test_of_two_alike_neither_is_the_weaker() -> None:
    game = reputational_bargaining(demands=(0.65, 0.65), step=0.1)
    turns = list(turns_of(solve(game, AQRE(beliefs=65, branch="in time")), "insist", 14))
    beliefs = np.array([turn.beliefs for turn in turns[1:]])
    assert turns[0].leaves < 0.25
    assert np.abs(np.log(beliefs[:, 0] / beliefs[:, 1])).max() < 0.35


@pytest.mark.parametrize(("cost", "periods"), [(0.05, 80), (0.2, 30)])
def test_the_dearer_the_war_the_sooner_it_ends(cost: float, periods: int) -> None:
    solution = solve(war_of_attrition(cost=cost, periods=periods), AQRE(beliefs=65, branch="in time"))
    expected = hendricks_weiss_wilson_1988.concedes(cost=cost)
    turns = [t for t in turns_of(solution, "hold on", 21) if t.period > 1 and max(t.beliefs) < 0.9]
    assert float(np.mean([turn.leaves for turn in turns])) == pytest.approx(expected, rel=0.12)


def test_with_no_doubt_a_war_with_a_last_turn_is_over_at_once() -> None:
    solution = solve(war_of_attrition(tough=0.0, periods=6), AQRE(beliefs=65, branch="in time"))
    leaves = [turn.leaves for turn in turns_of(solution, "hold on", 6)]
    assert all(min(chance, 1 - chance) < 0.02 for chance in leaves)
    assert leaves[-1] > 0.98


def test_finer_demands_move_the_cut_off_to_its_place() -> None:
    errors = []
    for shares in (26, 101, 401):
        game = uncertain_resolve(shares=shares, precision=20.0 * (shares - 1))
        solution = solve(game, AQRE(beliefs=65))
        found = threshold(partial(fearon_1995.demands_all, solution), 0.1, 0.9)
        errors.append(abs(found - fearon_1995.cut_off()))
    assert errors[0] > 3 * errors[1] > 9 * errors[2]


def test_a_dearer_war_bears_a_larger_shift() -> None:
    def strikes(cost: float) -> float:
        solution = solve(shifting_power(later=(0.65,), cost=cost, shares=101), AQRE())
        return at(solution, "demand today, then 0.65", (0.0, 0.0)).value["Declining"]["any"] - (0.8 - cost)

    # Above its worth of war only if there is peace; the condition turns at a cost of 0.25 per period.
    assert strikes(0.2) == pytest.approx(0.0, abs=1e-6)
    assert strikes(0.3) > 1e-3


@pytest.mark.parametrize("precision", [100.0, 1000.0, 5000.0])
def test_what_the_job_market_settles_on_does_not_hang_on_precision(precision: float) -> None:
    solution = solve(job_market(), AQRE(precision=precision, beliefs=129))
    for able, level in ((0.1, 1.05), (0.3, 1.05), (0.5, 1.05), (0.8, 1.05), (0.95, 0.0)):
        policy = at(solution, "school", (able, 0.0)).policy
        assert mean(policy["able"]) == pytest.approx(level, abs=0.02)
        assert mean(policy["less able"]) == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (partial(job_market, wages=1), "wages: 1; at least 2"),
        (partial(uncertain_resolve, shares=1), "shares: 1; at least 2"),
        (partial(shifting_power, shares=0), "shares: 0; at least 2"),
        (partial(war_of_attrition, cost=0.0), "prize and cost: 1 and 0; both must be above 0"),
        (partial(reputational_bargaining, demands=(0.5, 0.5)), "demands: 0.5 and 0.5; together they must exceed 1"),
    ],
)
def test_a_game_that_makes_no_sense_is_refused(build: partial, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        build()
