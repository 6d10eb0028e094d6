"""The same sweep on a real Dask scheduler with workers on loopback, one of them killed on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from duress import Design, InputError, Scenario, sweep
from duress.sweep.workers import SweepStopped

from .conftest import METHOD

POINTS = 24


@contextmanager
def running(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of Dask's programs until the end of the block."""
    environment = {**os.environ, "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
    command = [sys.executable, "-m", "distributed.cli." + words[0], *words[1:], "--no-dashboard"]
    program = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield program
    finally:
        program.kill()
        program.wait()


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    import json

    file = tmp_path / "scheduler.json"
    with running("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file)) as program:
        until = time.monotonic() + 60
        while not file.exists() and time.monotonic() < until:
            time.sleep(0.1)
        yield json.loads(file.read_text(encoding="utf-8"))["address"], program


def worker(address: str):
    return running("dask_worker", address, "--no-nanny", "--nthreads", "1", "--local-directory", "/tmp")


@pytest.mark.slow
def test_an_address_where_nobody_answers_is_refused(crisis: Scenario, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no scheduler answers at tcp://127\.0\.0\.1:9"):
        sweep(crisis, Design("lhs", 4), tmp_path / "out", method=METHOD, cluster="tcp://127.0.0.1:9", histories=100)


@pytest.mark.slow
@pytest.mark.usefixtures("point_by_point")
def test_a_worker_killed_on_the_way_costs_no_point(
    crisis: Scenario, tmp_path: Path, scheduler: tuple[str, subprocess.Popen[bytes]]
) -> None:
    address, _ = scheduler
    done: list[int] = []
    with worker(address) as first, worker(address):

        def kill_one_after_some(count: int, _: int) -> None:
            done.append(count)
            if 4 <= count and first.poll() is None:
                first.send_signal(signal.SIGKILL)

        design = Design("lhs", POINTS)
        shared = sweep(
            crisis, design, tmp_path / "shared", method=METHOD, cluster=address, histories=100,
            step=lambda what: kill_one_after_some if what == "Sweeping" else None,
        )  # fmt: skip
        assert first.wait(10) == -signal.SIGKILL
    assert done[0] < 4 < done[-1] == POINTS
    assert shared.frame["point"].to_list() == list(range(POINTS))
    assert set(shared.frame["status"]) == {"solved"}
    alone = sweep(crisis, design, tmp_path / "alone", method=METHOD, histories=100, processes=2)
    assert_frame_equal(shared.frame.drop("seconds"), alone.frame.drop("seconds"))


@pytest.mark.slow
def test_without_a_worker_it_says_so_and_waits_for_one(
    crisis: Scenario, tmp_path: Path, scheduler: tuple[str, subprocess.Popen[bytes]]
) -> None:
    address, _ = scheduler
    said: list[str] = []
    with ExitStack() as stack:

        def note(sentence: str) -> None:
            said.append(sentence)
            if "waiting" in sentence:
                stack.enter_context(worker(address))

        found = sweep(
            crisis, Design("lhs", 3), tmp_path / "out", method=METHOD, cluster=address, histories=100, say=note
        )
    assert said[1] == f"{address} has no worker yet: waiting for one"
    assert set(found.frame["status"]) == {"solved"}


@pytest.mark.slow
@pytest.mark.usefixtures("point_by_point")
def test_a_scheduler_that_is_gone_stops_the_sweep_and_loses_nothing(
    crisis: Scenario, tmp_path: Path, scheduler: tuple[str, subprocess.Popen[bytes]]
) -> None:
    address, program = scheduler
    design, out = Design("lhs", POINTS), tmp_path / "out"

    def kill_it_after_some(count: int, _: int) -> None:
        if count >= 4:
            program.kill()

    with worker(address), pytest.raises(SweepStopped, match="the scheduler is gone"):
        sweep(
            crisis, design, out, method=METHOD, cluster=address, histories=100,
            step=lambda what: kill_it_after_some if what == "Sweeping" else None,
        )  # fmt: skip
    said: list[str] = []
    found = sweep(crisis, design, out, method=METHOD, histories=100, processes=2, say=said.append)
    assert "are done already" in said[0]
    assert found.frame["point"].to_list() == list(range(POINTS))
