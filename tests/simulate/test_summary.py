"""What histories show in numbers and tables: counted by hand from the moves, and the same in both."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.scenario.confrontations import compiled

from duress import AQRE, Histories, InputError, simulate, solve, summary_of, tables_of, write_tables
from duress.simulate import histories as module
from duress.simulate.events import events_of
from duress.solve.solution import Solution


@pytest.fixture(scope="module")
def solution() -> Solution:
    return solve(compiled(), AQRE(precision=2, beliefs=3))


@pytest.fixture(scope="module")
def played(solution: Solution) -> Histories:
    return simulate(solution, 400, seed=5)


def test_the_stream_is_that_of_numpy(solution: Solution) -> None:
    """The first draw of history h is number 4 h (L + 1) of the stream: it says which first move is made."""
    h = simulate(solution, 300, seed=11)
    stream = np.random.Generator(np.random.Philox(11)).random((300, h.moves.shape[1] + 1, 4))
    behaviour = solution.behaviour()
    edges = np.cumsum(list(behaviour.policy["one"].values()))
    expected = np.minimum(np.searchsorted(edges, stream[:, 0, 0], side="right"), len(edges) - 1)
    np.testing.assert_array_equal(h.moves[:, 0] - h.game.first_move[h.game.start], expected)


def test_histories_that_would_not_fit_are_refused(solution: Solution, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MEMORY_LIMIT", 20_000)
    fit = 20_000 // (simulate(solution, 1).moves.shape[1] * (4 + 16 + 8))
    assert len(simulate(solution, fit).final) == fit
    for count in (0, fit + 1):
        with pytest.raises(InputError, match=f"histories: is {count}; 1 to {fit} of up to"):
            simulate(solution, count)


def test_events_are_those_of_the_moves(played: Histories) -> None:
    game, events = played.game, events_of(played)
    seen = set()
    for h in range(len(played.final)):
        names = [game.move_name(int(a)) for a in played.moves[h] if a >= 0]
        periods = played.periods[h]
        if "invite" in names:
            at = names.index("invite")
            assert events.invited[h] == periods[at]
            assert events.inviter[h] == game.mover[played.states[h, at]]
            assert game.move_name(int(events.reply[h])) == names[at + 1]
        else:
            assert (events.invited[h], events.inviter[h], events.reply[h]) == (-1, -1, -1)
        if "accept" in names:
            at = names.index("accept")
            assert events.signed[h] == periods[at]
            offer = names[at - 1].removeprefix("offer ")
            assert game.agenda.words(int(events.terms[h])) == offer  # type: ignore[attr-defined]
        else:
            assert (events.signed[h], events.terms[h]) == (-1, -1)
        assert events.breaches[h].sum() == names.count("breach")
        seen |= set(names)
    assert {"invite", "accept", "breach"} <= seen


def test_tables_and_summary_say_the_same(played: Histories) -> None:
    tables, summary = tables_of(played), summary_of(played)
    by_history, by_party, by_period = (tables[name] for name in ("histories", "parties", "periods"))
    assert [len(t) for t in tables.values()] == [400, 800, 400 * 6 * 2]
    for name, share in summary.outcomes.items():
        assert (by_history["outcome"] == name).mean() == pytest.approx(share.mean)
    for name, share in summary.terms.items():
        assert (by_history["terms"] == name).sum() / 400 == pytest.approx(share.mean)
    assert summary.first_invitation is not None
    invited = by_history["invited_in"].drop_nulls().to_numpy()
    assert summary.first_invitation.mean == pytest.approx(invited.mean())
    assert summary.first_invitation.error == pytest.approx(invited.std(ddof=1) / np.sqrt(len(invited)))
    assert invited.min() == 1
    for name in ("Owners", "Union"):
        own = by_party.filter(pl.col("party") == name)
        assert own["breaches"].mean() == pytest.approx(summary.breaches[name].mean)
        assert own["value"].mean() == pytest.approx(summary.value[name]["one"].mean)
        third = by_period.filter((pl.col("party") == name) & (pl.col("period") == 3))
        assert third["pressure"].mean() == pytest.approx(summary.pressure[name][2].mean)
        assert third["stamina"].mean() == pytest.approx(summary.stamina[name][2].mean)
    json.dumps(summary.as_json(), allow_nan=False)


def test_a_single_history_has_no_error_to_show(solution: Solution) -> None:
    summary = summary_of(simulate(solution, 1, seed=3))
    assert summary.as_json()["value"]["Owners"]["one"]["error"] is None


def test_parquet_files_hold_the_tables(played: Histories, tmp_path: Path) -> None:
    for path in write_tables(played, tmp_path / "new" / "folder"):
        assert pl.read_parquet(path).equals(tables_of(played)[path.stem])
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot hold tables of histories"):
        write_tables(played, tmp_path / "file")
