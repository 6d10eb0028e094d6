"""A sweep: rows are what each game gives alone, however it is cut up, stopped and shared out."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from duress import Design, InputError, Scenario, Sweep, compiled, solve, sweep
from duress.assess.moment import first_invitation
from duress.assess.replies import values_at
from duress.scenario.reading.whole import read
from duress.simulate.histories import simulate
from duress.sweep import point as at_a_point
from duress.sweep.design import lay_out
from duress.sweep.folder import Folder
from duress.sweep.gather import TRIES, gather
from duress.sweep.point import Question, Row, rows_of
from duress.sweep.sweep import _about

from .conftest import METHOD, SHORT

HARM = "levers.sanctions.harm[1]"
CLAIM = "laying down levers to talk is ruinous"
DESIGN = Design("lhs", 10)


def swept(crisis: Scenario, out: Path, design: Design = DESIGN, **how: Any) -> Sweep:
    return sweep(crisis, design, out, method=METHOD, histories=100, **{"processes": 1, **how})


def timeless(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.drop("seconds")


@pytest.fixture(scope="module")
def found(crisis: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    return swept(crisis, tmp_path_factory.mktemp("sweep") / "one", claims=[CLAIM])


def test_a_change_in_any_room_that_makes_rows_is_another_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "_PACKAGE", tmp_path)
    sources = [tmp_path / room / "inner" / "one.py" for room in ("game", "scenario", "solve", "simulate", "assess")]
    for source in sources:
        source.parent.mkdir(parents=True)
        source.write_text("x = 1\n", encoding="utf-8")
    seen = {compiled.sources_digest(*at_a_point.ROOMS)}
    for source in sources:
        source.write_text("x = 2\n", encoding="utf-8")
        seen.add(compiled.sources_digest(*at_a_point.ROOMS))
    assert len(seen) == 1 + len(sources)


def test_a_row_is_what_its_game_gives_alone(crisis: Scenario, found: Sweep) -> None:
    base = solve(crisis.compile(), METHOD)
    moment = first_invitation(base, 1, simulate(base, 100, 0))
    for row in found.frame.head(3).iter_rows(named=True):
        numbers = {path: row[path] for path in found.plan.paths}
        alone = solve(crisis.with_values(numbers).compile(), METHOD)
        for kind, by_reply in values_at(alone, moment.state, moment.period, moment.beliefs).items():
            for reply, value in by_reply.items():
                assert row[f"value[{kind}][{reply}]"] == pytest.approx(value, abs=1e-7)
            assert row[f"best[{kind}]"] == max(by_reply, key=by_reply.__getitem__)
            assert row[f"best value[{kind}]"] == pytest.approx(max(by_reply.values()), abs=1e-7)


def test_the_table_has_a_row_for_every_point_with_its_inputs(found: Sweep) -> None:
    frame = found.frame
    assert frame["point"].to_list() == list(range(10))
    for n, path in enumerate(found.plan.paths):
        assert frame[path].to_list() == found.plan.table[:, n].tolist()
    assert set(frame["status"]) == {"solved"}
    assert (frame["seconds"] > 0).all()
    assert (frame["residual"] < 1e-6).all()
    assert set(frame[f"claim[{CLAIM}]"]) <= {"holds", "fails", "undecided"}
    assert sum(found.counts("verdict").values()) == 10
    json.dumps(found.as_json(), allow_nan=False)


def test_one_process_and_two_give_the_same_rows(crisis: Scenario, found: Sweep, tmp_path: Path) -> None:
    assert_frame_equal(
        timeless(swept(crisis, tmp_path / "two", claims=[CLAIM], processes=2).frame), timeless(found.frame)
    )


def test_a_point_that_fails_is_a_row_with_its_reason(crisis: Scenario, tmp_path: Path) -> None:
    # The two priors of one party add up to 1 only where they happen to.
    priors = {f"parties.Coercer.types.{kind}.prior": (0.2, 0.8) for kind in ("sincere", "tactical")}
    found = swept(crisis, tmp_path / "priors", Design("grid", 4, priors))
    assert found.frame["status"].to_list() == ["failed", "solved", "solved", "failed"]
    assert list(found.failures().values()) == [[0], [3]] or list(found.failures().values()) == [[0, 3]]
    assert "add up to 1" in found.frame["reason"][0]
    assert found.frame["verdict"].null_count() == 2
    assert sum(found.counts("verdict").values()) == 2


def test_whatever_goes_wrong_at_a_point_is_its_own(crisis: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    question = question_about(crisis)
    answer = at_a_point._answer

    def broken(question: Question, solution: Any, moment: Any) -> Row:
        if solution.game.scenario.numbers[HARM] == 0.7:
            raise FloatingPointError("overflow")
        return answer(question, solution, moment)

    monkeypatch.setattr(at_a_point, "_answer", broken)
    bad, good = rows_of(question, [(0, {HARM: 0.7}), (1, {HARM: 0.6})])
    assert (bad["status"], bad["reason"]) == ("failed", "FloatingPointError: overflow")
    assert good["status"] == "solved"


def question_about(crisis: Scenario) -> Question:
    base = solve(crisis.compile(), METHOD)
    moment = first_invitation(base, 1, simulate(base, 100, 0))
    return Question("a key", crisis, "Target", METHOD, (), 100, 0, moment)


def test_a_worker_of_another_version_is_refused(crisis: Scenario) -> None:
    with pytest.raises(InputError, match=r"a worker has duress .* started with 0\.0\.9"):
        rows_of(replace(question_about(crisis), version="0.0.9"), [(0, {HARM: 0.6})])


@pytest.mark.usefixtures("point_by_point")
def test_it_goes_on_where_it_was_and_ends_the_same(
    crisis: Scenario, found: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, keep = [], Folder.keep

    def stopped_after_some(folder: Folder, rows: Any, schema: Any) -> None:
        if len(kept) > 3:
            raise KeyboardInterrupt
        keep(folder, rows, schema)
        kept.extend(rows)

    out, said = tmp_path / "stopped", []
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Folder, "keep", stopped_after_some)
        swept(crisis, out, claims=[CLAIM])
    assert not (out / "sweep.parquet").exists()
    again = swept(crisis, out, claims=[CLAIM], say=said.append)
    assert f"{len(kept)} are done already" in said[0]
    assert re.fullmatch(r"[\d.]+ s a point, 1 at once: about [\d.]+ (s|min) for the 3 left", said[1])
    assert_frame_equal(timeless(again.frame), timeless(found.frame))
    assert sorted(path.name for path in out.iterdir()) == [".lock", "sweep.json", "sweep.parquet"]


def test_parts_come_in_any_order_and_a_point_counts_once(tmp_path: Path) -> None:
    folder = Folder(tmp_path, {"points": 4})
    for numbers in ([2], [1, 2], [0, 3]):
        folder.keep([{"point": number} for number in numbers], {"point": int, "verdict": str})
    assert folder.done() == {0, 1, 2, 3}
    with pytest.raises(ValueError, match="1 points are missing"):
        folder.finish(5)
    assert folder.finish(4)["point"].to_list() == [0, 1, 2, 3]
    whole = folder.whole()
    assert whole is not None
    assert whole["verdict"].null_count() == 4


def test_a_finished_sweep_is_read_and_not_done_again(crisis: Scenario, tmp_path: Path) -> None:
    first = swept(crisis, tmp_path / "done")
    assert_frame_equal(swept(crisis, tmp_path / "done").frame, first.frame)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"seed": 1}, "seed"),
        ({"design": Design("lhs", 11)}, "points"),
        ({"design": Design("lhs", 10, {HARM: (0.1, 0.9)})}, "numbers"),
        ({"claims": [CLAIM]}, "claims"),
        ({"party": "Coercer"}, "party"),
        ({"crisis": SHORT.replace(".25", ".3")}, "scenario"),
    ],
)
def test_a_folder_of_another_sweep_is_refused(
    crisis: Scenario, tmp_path: Path, change: dict[str, Any], named: str
) -> None:
    Folder(tmp_path, about(crisis))
    text = change.pop("crisis", None)
    with pytest.raises(InputError, match=f"holds another sweep, which differs in .*{named}"):
        swept(read(text, "short") if text else crisis, tmp_path, **change)


def about(crisis: Scenario) -> dict[str, Any]:
    return _about(crisis, lay_out(crisis, DESIGN, 0), "Target", replace(METHOD, threads=1), [], 100, 0)


def test_a_folder_with_other_files_is_refused(crisis: Scenario, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(InputError, match="holds other files"):
        swept(crisis, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_two_processes_do_not_sweep_into_one_folder(crisis: Scenario, tmp_path: Path) -> None:
    with Folder(tmp_path, about(crisis)).held(), pytest.raises(InputError, match="another process is sweeping"):
        swept(crisis, tmp_path)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"cluster": "host:8786"}, "must be local or an address such as tcp://host:8786; found 'host:8786'"),
        ({"claims": ["talks are fun"]}, "'talks are fun' is not a kind of claim"),
        ({"processes": 0}, "processes: is 0; it must be at least 1"),
        ({"party": "Nobody"}, "'Nobody' is not a party"),
    ],
)
def test_what_will_not_do_is_refused(crisis: Scenario, tmp_path: Path, how: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        swept(crisis, tmp_path / "new", **how)


class Deadly:
    """Workers that die of point 5, and take everything under way with them; they do one job after another."""

    lost = ChildProcessError

    def __init__(self) -> None:
        self.handed_out: list[tuple[int, ...]] = []
        self.broken = False

    def count(self) -> int:
        return 3

    def renew(self) -> None:
        self.broken = False

    def submit(self, job: Any, *arguments: Any) -> Future[Any]:
        _, points = arguments
        future: Future[Any] = Future()
        self.handed_out.append(tuple(number for number, _ in points))
        if 5 in self.handed_out[-1] or self.broken:
            self.broken = True
            future.set_exception(ChildProcessError())
        else:
            future.set_result([{"point": number, "status": "solved", "seconds": 0.1} for number, _ in points])
        return future


def test_a_point_that_kills_its_workers_fails_alone(crisis: Scenario) -> None:
    kept: list[Row] = []
    workers = Deadly()
    gather(question_about(crisis), [(n, {HARM: 0.5}) for n in range(40)], workers, kept.extend)
    assert sorted(int(str(row["point"])) for row in kept) == list(range(40))
    (failed,) = [row for row in kept if row["status"] == "failed"]
    assert failed["point"] == 5
    assert f"was lost, {TRIES} times" in str(failed["reason"])
    # Once among others, when it might have been any of them, and then by itself.
    assert workers.handed_out.count((5,)) == 1 + TRIES


def run_aside(scenario: Path, out: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "duress", "sweep", str(scenario), "--design", "lhs", "--points", "300"]
    command += ["--beliefs", "3", "--precision", "0.8", "--out", str(out), "--processes", "2"]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)


def session_of(leader: int) -> list[int]:
    """Return the processes of a session that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.getsid(int(entry.name)) == leader:
                state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
                found += [int(entry.name)] if state not in "ZX" else []
        except (ProcessLookupError, FileNotFoundError):
            continue
    return found


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_killed_from_outside_it_leaves_no_process_and_whole_parts(tmp_path: Path, how: signal.Signals) -> None:
    (tmp_path / "short.yaml").write_text(SHORT, encoding="utf-8")
    out = tmp_path / "out"
    running = run_aside(tmp_path / "short.yaml", out)
    try:
        until = time.monotonic() + 120
        while not list(out.glob("parts/*.parquet")) and time.monotonic() < until:
            time.sleep(0.1)
        assert len(session_of(running.pid)) >= 3
        running.send_signal(how)
        said = running.communicate(timeout=30)[1]
        until = time.monotonic() + 30
        while session_of(running.pid) and time.monotonic() < until:
            time.sleep(0.1)
        assert not session_of(running.pid)
    finally:
        for left in session_of(running.pid):
            os.kill(left, signal.SIGKILL)
    done = pl.read_parquet(out / "parts" / "*.parquet")
    assert 0 < len(done) < 300
    assert done["point"].is_unique().all()
    if how == signal.SIGINT:
        assert running.returncode == 1
        assert f"{len(done)} of 300 points are kept" in said
        assert "Traceback" not in said
