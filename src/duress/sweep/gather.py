"""Hands points to workers and keeps what comes back, as it comes; the loss of a worker costs time and no point.

What a lost worker had is tried again by itself, so that nothing else can be to blame, and halved until it is one point:
a point that loses its worker `TRIES` times by itself failed, and says so.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass, replace

from .point import Question, Row, rows_of, without_answer
from .workers import GONE, SweepStopped, Workers

TRIES = 3
AHEAD = 2
"""Jobs handed out for every job that can be worked on, so that no worker waits for the next."""

SECONDS_PER_JOB = 4.0
MOST_PER_JOB = 64

Point = tuple[int, Mapping[str, float]]
Keep = Callable[[Sequence[Row]], None]


@dataclass(frozen=True)
class _Job:
    """Points for one worker: with nothing else under way if ``alone``, and then with so many ``losses`` of workers."""

    points: tuple[Point, ...]
    alone: bool = False
    losses: int = 0

    @property
    def hopeless(self) -> bool:
        """Whether it need not be tried again."""
        return self.losses >= TRIES

    def after_a_loss(self) -> list[_Job]:
        """Return what to try, now that its worker was lost."""
        if not self.alone:
            return [replace(self, alone=True)]
        if len(self.points) == 1:
            return [replace(self, losses=self.losses + 1)]
        middle = len(self.points) // 2
        return [replace(self, points=half) for half in (self.points[:middle], self.points[middle:])]


def gather(question: Question, points: Sequence[Point], workers: Workers, keep: Keep) -> None:
    """Have every one of ``points`` solved, and ``keep`` called with rows as they come.

    Raises
    ------
    SweepStopped
        If whoever hands out the jobs is gone.
    InputError
        If a worker runs another version of duress.
    """
    left = deque(points)
    suspects: deque[_Job] = deque()
    pending: dict[Future[list[Row]], _Job] = {}
    size = 1

    def hand_out(job: _Job) -> None:
        try:
            future = workers.submit(rows_of, question, job.points)
        except workers.lost:
            workers.renew()
            future = workers.submit(rows_of, question, job.points)
        pending[future] = job

    while left or suspects or pending:
        while left and not suspects and len(pending) < AHEAD * max(1, workers.count()):
            hand_out(_Job(tuple(left.popleft() for _ in range(min(size, len(left))))))
        if suspects and not pending:
            hand_out(suspects.popleft())
        done, _ = wait(pending, return_when=FIRST_COMPLETED)
        for future in done:
            job = pending.pop(future)
            try:
                rows = future.result()
            except workers.lost:
                workers.renew()
                again = job.after_a_loss()
                suspects.extend(one for one in again if not one.hopeless)
                rows = [_lost(question, *one.points[0]) for one in again if one.hopeless]
            except CancelledError:
                raise SweepStopped(GONE) from None
            else:
                seconds = sum(float(row["seconds"] or 0.0) for row in rows) / len(rows)
                size = min(MOST_PER_JOB, max(1, int(SECONDS_PER_JOB / max(seconds, 1e-3))))
            if rows:
                keep(rows)


def _lost(question: Question, number: int, values: Mapping[str, float]) -> Row:
    reason = f"the worker that had it was lost, {TRIES} times: out of memory, or killed"
    return without_answer(question, number, values, reason, 0.0)
