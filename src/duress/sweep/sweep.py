"""The sweep: a scenario's game solved and assessed at every point of a design, kept as it goes."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median
from typing import Any

from .. import __version__
from ..assess.assess import FEWEST_HISTORIES
from ..assess.moment import first_invitation
from ..assess.parties import party_name
from ..errors import Fault, InputError
from ..scenario.claims import KINDS
from ..scenario.reading.fields import nearest
from ..scenario.schema import Scenario
from ..simulate.histories import simulate
from ..solve.aqre import AQRE, Progress
from ..solve.solution import solve
from .design import Design, Plan, lay_out
from .folder import Folder
from .gather import gather
from .point import VERSION, Question, Row, row_as_it_stands
from .record import Sweep
from .workers import LOCAL, Workers, fault_of, workers_at

Step = Callable[[str], "Progress | None"]
Say = Callable[[str], None]

_POINTS_BEFORE_ESTIMATE = 3
"""Points for every worker after which the time is estimated."""


def sweep(
    scenario: Scenario,
    design: Design,
    out: str | Path,
    party: str | None = None,
    method: AQRE | None = None,
    claims: Sequence[str] = (),
    histories: int = 1000,
    seed: int = 0,
    cluster: str = LOCAL,
    processes: int | None = None,
    step: Step | None = None,
    say: Say | None = None,
) -> Sweep:
    """Solve and assess ``scenario`` at every point of ``design``.

    At each point the game is solved, begun from that of the scenario as it stands, and certified, and the same
    invitation is judged: the first one that ``party`` receives in the scenario as it stands. A point that fails is a
    row that says why. Stopped at any moment and called again, it goes on from where it was; the rows are the same
    whoever solves them and however often it was stopped, their seconds aside.

    Worker processes of this machine import the main module: a script calls this under ``if __name__ == "__main__"``.

    Parameters
    ----------
    design : Design
        What to vary, and how.
    out : str or Path
        A folder of its own: ``sweep.parquet`` is the table.
    party : str, optional
        Who is invited. Default the party that moves second in a period.
    method : AQRE, optional
        Default on 5 beliefs.
    claims : sequence of str
        Kinds of claims to test at every point (`duress.scenario.claims.KINDS`).
    histories : int
        Simulated at each point where there are claims to test, and to find the invitation; at least 100.
    seed : int
        Of the design and the simulations.
    cluster : str
        "local": processes of this machine; or the address of a Dask scheduler, ``tcp://host:port``.
    processes : int, optional
        On this machine; default one for every core.
    step : callable, optional
        Given the name of a longer step, returns what is called with (done, in all) during it.
    say : callable, optional
        Called with a sentence on the size before anything is solved, and one on the time after a few points.

    Raises
    ------
    InputError
        If the design, the party, a claim, the cluster or the folder will not do.
    NotSolvedError
        If the game of the scenario as it stands is not solved.
    SweepStopped
        If the scheduler is gone; what is done is kept.

    Examples
    --------
    >>> import duress as du
    >>> crisis = du.load("sanctions-crisis")
    >>> over = {"levers.sanctions.harm[2]": (0.3, 0.8), "levers.retaliation.harm[2]": (0.1, 0.9)}
    >>> found = du.sweep(crisis, du.Design("grid", 100, over), "crisis-100")  # doctest: +SKIP
    """
    began = time.perf_counter()
    name = party_name(scenario, party)
    method = replace(method or AQRE(beliefs=5), threads=1)
    _check(claims, histories, processes, cluster)
    plan = lay_out(scenario, design, seed)
    begin, tell = step or (lambda _: None), say or (lambda _: None)
    folder = Folder(Path(out), _about(scenario, plan, name, method, claims, histories, seed))
    with folder.held():
        done = folder.done() if folder.whole() is None else set(range(len(plan.table)))
        tell(_size(plan, len(done)))
        solution = solve(scenario.compile(), method, begin("Solving as it stands"), reuse=True)
        moment = first_invitation(
            solution, tuple(scenario.parties).index(name), simulate(solution, histories, seed, threads=1)
        )
        question = Question(folder.key, scenario, name, method, tuple(claims), histories, seed, moment)
        standing = row_as_it_stands(question, solution)
        if len(done) < len(plan.table):
            with workers_at(cluster, processes) as workers:
                if not workers.count():
                    tell(f"{cluster} has no worker yet: waiting for one")
                keep = _Keeper(folder, plan, standing, workers, len(done), begin("Sweeping"), tell)
                todo = [(n, plan.values(n)) for n in range(len(plan.table)) if n not in done]
                gather(question, todo, workers, keep)
        frame = folder.whole()
        if frame is None:
            frame = folder.finish(len(plan.table))
    return Sweep(
        scenario=scenario.name,
        title=scenario.title,
        party=name,
        plan=plan,
        frame=frame,
        standing=standing,
        run={
            "digest": scenario.digest,
            "key": folder.key,
            "seed": seed,
            "histories": histories,
            "beliefs": method.beliefs,
            "branch": solution.induction.branch,
            "command": _command(scenario, design, name, method, claims, histories, seed, folder.path),
            "version": __version__,
            "seconds": round(time.perf_counter() - began, 3),
            "seconds_of_points": round(float(frame["seconds"].sum()), 3),
        },
    )


class _Keeper:
    """Keeps rows as they come, and says how far it is."""

    def __init__(
        self,
        folder: Folder,
        plan: Plan,
        standing: Row,
        workers: Workers,
        done: int,
        progress: Progress | None,
        tell: Say,
    ) -> None:
        self._folder, self._workers, self._progress, self._tell = folder, workers, progress, tell
        self._schema = _schema(plan, standing)
        self._done, self._all = done, len(plan.table)
        self._seconds: list[float] = []
        self._told = False

    def __call__(self, rows: Sequence[Row]) -> None:
        self._folder.keep(rows, self._schema)
        self._done += len(rows)
        if self._progress:
            self._progress(self._done, self._all)
        if self._told or self._done == self._all:
            return
        self._seconds += [float(row["seconds"] or 0.0) for row in rows]
        at_once = max(1, self._workers.count())
        if len(self._seconds) >= _POINTS_BEFORE_ESTIMATE * at_once:
            self._told = True
            # The first point of a worker takes longer: it is ready for the others by then.
            each, left = median(self._seconds), self._all - self._done
            time_left = duration(each * left / at_once)
            self._tell(f"{each:.2g} s a point, {at_once} at once: about {time_left} for the {left:,} left")


def _check(claims: Sequence[str], histories: int, processes: int | None, cluster: str) -> None:
    faults = [
        Fault("claim", f"{kind!r} is not a kind of claim{nearest(kind, KINDS)}; duress claims --list lists them")
        for kind in claims
        if kind not in KINDS
    ]
    if histories < FEWEST_HISTORIES:
        faults.append(Fault("histories", f"is {histories}; at least {FEWEST_HISTORIES} are needed"))
    if processes is not None and processes < 1:
        faults.append(Fault("processes", f"is {processes}; it must be at least 1"))
    if fault := fault_of(cluster):
        faults.append(fault)
    if faults:
        raise InputError(faults)


def _about(
    scenario: Scenario, plan: Plan, party: str, method: AQRE, claims: Sequence[str], histories: int, seed: int
) -> dict[str, Any]:
    """Return all that the rows depend on; read back from JSON it is the same."""
    precision = method.precision
    return {
        "scenario": scenario.digest,
        "design": plan.kind,
        "points": len(plan.table),
        "numbers": [[n.path, n.kind, *map(float, n.numbers)] for n in plan.numbers],
        "party": party,
        "method": {
            **asdict(replace(method, threads=None)),
            "precision": dict(precision) if isinstance(precision, dict) else precision,
        },
        "claims": list(claims),
        "histories": histories,
        "seed": seed,
        "version": VERSION,
    }


def _schema(plan: Plan, standing: Row) -> dict[str, type]:
    """Return column -> type of its entries."""
    answer = {column: type(entry) for column, entry in standing.items()}
    inputs = dict.fromkeys(plan.paths, float)
    about = {"point": int, **inputs, "seed": int, "status": str, "reason": str}
    return {**about, **answer, "seconds": float}


def _size(plan: Plan, done: int) -> str:
    return plan.sentence + (f"; {done:,} are done already" if done else "")


def duration(seconds: float) -> str:
    """Return a time in its largest fitting unit: "8.3 min"."""
    for unit, length in (("days", 86400), ("hours", 3600), ("min", 60)):
        if seconds >= 1.5 * length:
            return f"{seconds / length:.2g} {unit}"
    return f"{max(1, round(seconds))} s"


def _command(
    scenario: Scenario,
    design: Design,
    party: str,
    method: AQRE,
    claims: Sequence[str],
    histories: int,
    seed: int,
    out: Path,
) -> str:
    """Return the command line that gives the same answer."""
    words = ["duress", "sweep", scenario.path or scenario.name, "--party", party]
    words += ["--design", design.kind, "--points", str(design.points)]
    for path, ends in (design.over or {}).items():
        words += ["--over", path if ends is None else f"{path}:{ends[0]:g}..{ends[1]:g}"]
    if isinstance(method.precision, (int, float)):
        words += ["--precision", f"{method.precision:g}"]
    for kind in claims:
        words += ["--claim", kind]
    words += ["--beliefs", str(method.beliefs), "--histories", str(histories), "--seed", str(seed), "--out", str(out)]
    return shlex.join(words)
