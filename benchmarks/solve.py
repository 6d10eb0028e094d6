"""The solver on one thread: time a stage, beside the least it could take; the certificate; and the tree, beside Gambit.

The floor is one logit response of both types of a mover with four moves, at beliefs enough for one state, all in cache:
what a stage would take if nothing had to be looked up or solved. Medians of several rounds, all in one run; a million
states once.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import numpy as np

from duress import AQRE, Game, PublicTree, load, solve
from duress.game.efg import write_efg
from duress.solve.aqre import Induction, induct
from duress.solve.certificate import Certifier

ROUNDS = 3
MOVES = 4
PATIENCE = 300
"""Seconds after which Gambit is stopped."""


def median(run: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median of the CPU seconds of ``run``, once it has been compiled."""
    times = []
    for _ in range(rounds):
        began = time.process_time()
        run()
        times.append(time.process_time() - began)
    return statistics.median(times)


def solved(game: Game, method: AQRE, certify: bool) -> Induction:
    observer = partial(Certifier, game, threads=1) if certify else None
    return induct(game, method, observer, None)  # type: ignore[arg-type]


def floor() -> float:
    """Return the seconds of one logit response of two types."""
    respond = importlib.import_module("duress.solve.lockstep")._respond_plainly
    pairs, rng = 289, np.random.default_rng(0)
    worth, q, policy = rng.normal(size=(MOVES, 4, pairs)), np.empty((2, MOVES, pairs)), np.empty((2, MOVES, pairs))
    work = np.empty((2, pairs))
    arguments = (2, 20.0, MOVES, 0, 0, pairs, worth, q, policy, work)
    respond(*arguments)

    def many() -> None:
        for _ in range(2000):
            respond(*arguments)

    return median(many, 5) / 2000 / pairs


def stages() -> None:
    least = floor()
    print(f"One logit response, all in cache: {least * 1e9:.0f} ns\n")
    columns = (
        "game",
        "beliefs",
        "precision",
        "stages",
        "M a second",
        "ns",
        "of floor",
        "rescued",
        "certificate",
        "MB/M",
    )
    print("".join(f"{c:>18}" if n == 0 else f"{c:>12}" for n, c in enumerate(columns)))
    for name, beliefs, precision in (
        ("sanctions-crisis", 9, 1.0),
        ("sanctions-crisis", 17, 20.0),
        ("iran-2019", 7, 20.0),
    ):
        game = load(name).compile()
        method = AQRE(precision=precision, beliefs=beliefs, branch="in time", threads=1)
        induction = solved(game, method, certify=True)
        plain = median(partial(solved, game, method, False))
        both = median(partial(solved, game, method, True))
        count = induction.stages
        kept = induction.values.nbytes + induction.ratios.nbytes
        row = (
            f"{beliefs} x {beliefs}",
            f"{precision:g}",
            f"{count:,}",
            f"{count / plain / 1e6:.2f}",
            f"{plain / count * 1e9:.0f}",
            f"{plain / count / least:.0f}",
            f"{induction.counts[1:].sum() / count:.2%}",
            f"{both / plain - 1:+.0%}",
            f"{kept / count:.0f}",
        )
        print(f"{name:>18}" + "".join(f"{cell:>12}" for cell in row), flush=True)


def large(levels: int, most: tuple[int, int], periods: int, beliefs: int) -> None:
    """Solve a confrontation of two levers and a stamina each once, on every core: compiling, seconds, and memory."""
    steps = ", ".join(f"l{k}" for k in range(levels))

    def rising(top: float) -> str:
        return ", ".join(f"{top * k / (levels - 1):.4f}" for k in range(levels))

    text = f"""
        horizon: {periods}
        parties: {{A: {{stamina: {{steps: {most[0]}}}}}, B: {{stamina: {{steps: {most[1]}}}}}}}
        levers:
          first: {{by: A, levels: [{steps}], harm: [{rising(0.5)}], drain: [{rising(0.05)}]}}
          second: {{by: B, levels: [{steps}], harm: [{rising(0.25)}], drain: [{rising(0.05)}]}}
        issues: {{policy: {{positions: [a, b, c], values: {{A: [0, .5, 1], B: [1, .6, 0]}}}}}}
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "large.yaml"
        path.write_text(dedent(text), encoding="utf-8")
        began = time.perf_counter()
        game = load(path).compile()
    compiled = time.perf_counter() - began
    method = AQRE(precision=20.0, beliefs=beliefs, branch="in time")
    began, busy = time.perf_counter(), time.process_time()
    induction = induct(game, method, None, None)
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    count, kept = induction.stages, induction.values.nbytes + induction.ratios.nbytes
    print(
        f"\n{game.states:,} states compiled in {compiled:.1f} s; {count:,} stages at {beliefs} x {beliefs} beliefs, "
        f"precision 20, {periods} periods: {seconds:.0f} s, {count / busy / 1e6:.2f} M a second and core, "
        f"{kept / count:.0f} MB a million",
        flush=True,
    )


def in_gambit(path: Path, precision: float) -> str:
    """Return the CPU seconds Gambit takes for the principal branch of a file up to a precision."""
    code = (
        "import sys, time, pygambit; game = pygambit.read_efg(sys.argv[1]); began = time.process_time(); "
        "pygambit.qre.logit_solve_lambda(game, float(sys.argv[2])); print(time.process_time() - began)"
    )
    try:
        run = subprocess.run(
            [sys.executable, "-c", code, str(path), str(precision)],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"> {PATIENCE}"
    return f"{float(run.stdout):.2f}" if run.returncode == 0 else "fails"


def trees() -> None:
    """Time both methods and Gambit, where it is installed, on a confrontation unrolled to what Gambit manages."""
    installed = importlib.util.find_spec("pygambit") is not None
    if not installed:
        print("\npygambit is not installed: Gambit's column is empty")
    print(f"\n{'sanctions-crisis':>18}{'histories':>12}{'tree, s':>12}{'grid 7 x 7, s':>15}{'Gambit, s':>12}")
    for periods in (1, 2):
        game = load("sanctions-crisis").compile()
        short = Game(**{**{f: getattr(game, f) for f in Game.__dataclass_fields__}, "periods": periods})
        method = PublicTree(precision=2.0)
        found = solve(short, method)
        tree = median(partial(solve, short, method))
        grid = median(partial(induct, short, AQRE(precision=2.0, beliefs=7, threads=1), None, None))
        said = ""
        if installed:
            with TemporaryDirectory() as folder:
                path = Path(folder) / "game.efg"
                path.write_text(write_efg(short), encoding="utf-8")
                said = in_gambit(path, 2.0)
        print(f"{periods:>11} periods{found.run['histories']:>12,}{tree:>12.3f}{grid:>15.3f}{said:>12}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--largest",
        action="store_true",
        help="about a thousand million stages only: minutes, and 25 GB on disk for values",
    )
    if parser.parse_args().largest:
        large(levels=6, most=(13, 14), periods=36, beliefs=17)
    else:
        stages()
        large(levels=12, most=(22, 22), periods=4, beliefs=5)
        trees()
