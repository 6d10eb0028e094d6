"""Histories: moves a second on every core, beside rollouts of OpenSpiel and NegMAS where these are installed.

A move is one step of a history, the passing of time among them; in OpenSpiel a move or a draw of chance; in NegMAS a
step of the negotiation. The games are not the same, and the others' moves are drawn at random while ours follow the
equilibrium of the solved game with beliefs by Bayes' rule: what is compared is what a user waits for. With ``--fast``
behaviour is linear between beliefs that were solved, and how far off that is stands beside it.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import random
import statistics
import time
from collections.abc import Callable
from typing import Any

from duress import AQRE, gap_between, load, simulate, solve
from duress.simulate.histories import FAST_STEP

ROUNDS = 3
SECONDS = 2.0
"""How long the others play in one round."""


def ours(name: str, histories: int, step: float = 0.0) -> None:
    """Play a bundled scenario; the median of several rounds, once it has been compiled."""
    solution = solve(load(name).compile(), AQRE(beliefs=7), reuse=True)
    simulate(solution, 10, step=step)
    moves, wall, busy = 0, [], []
    for _ in range(ROUNDS):
        began, at_work = time.perf_counter(), time.process_time()
        moves = int((simulate(solution, histories, seed=1, step=step).moves >= 0).sum())
        wall.append(time.perf_counter() - began)
        busy.append(time.process_time() - at_work)
    clock, work = statistics.median(wall), statistics.median(busy)
    said = f"duress, {name}, {histories:,} histories" + (", --fast" if step else "")
    if step:
        mean, most = gap_between(solution, simulate(solution, 500, seed=2), step)
        said += f" ({mean:.0e} off, at most {most:.0e})"
    print(f"{said:<78}{moves / clock:>14,.0f}{moves / work:>16,.0f}", flush=True)


def others(name: str, package: str, play: Callable[[Any], int]) -> None:
    """Time ``play``, which plays one game and returns its moves, with a package that may be missing."""
    if importlib.util.find_spec(package) is None:
        print(f"{package} is not installed, so {name} is not played")
        return
    module = importlib.import_module(package)
    rates = []
    for _ in range(ROUNDS):
        began, moves = time.process_time(), 0
        while time.process_time() - began < SECONDS:
            moves += play(module)
        rates.append(moves / (time.process_time() - began))
    print(f"{name:<78}{'':>14}{statistics.median(rates):>16,.0f}", flush=True)


def poker(pyspiel: Any) -> int:
    """Play Kuhn poker once at random; return moves and draws."""
    state, moves = pyspiel.load_game("kuhn_poker").new_initial_state(), 0
    while not state.is_terminal():
        state.apply_action(random.choice(state.legal_actions()))
        moves += 1
    return moves


def bargaining(pyspiel: Any) -> int:
    """Play OpenSpiel's bargaining once at random; return moves and draws."""
    state, moves = pyspiel.load_game("bargaining").new_initial_state(), 0
    while not state.is_terminal():
        state.apply_action(random.choice(state.legal_actions()))
        moves += 1
    return moves


def alternating(negmas: Any) -> int:
    """Run one session of alternating offers between two that make offers at random; return its steps."""
    issues = [negmas.make_issue(10, "terms")]
    session = negmas.SAOMechanism(issues=issues, n_steps=36)
    for sign in (1, -1):
        worth = negmas.LinearAdditiveUtilityFunction({"terms": lambda k, s=sign: s * k}, issues=issues)
        session.add(negmas.sao.RandomNegotiator(), ufun=worth)
    return int(session.run().step)


if __name__ == "__main__":
    print(f"{f'{os.cpu_count()} cores':<78}{'moves a second':>14}{'a second of CPU':>16}")
    for name in ("sanctions-crisis", "iran-2019"):
        ours(name, 10_000)
        ours(name, 100_000, FAST_STEP)
    others("OpenSpiel, Kuhn poker, at random", "pyspiel", poker)
    others("OpenSpiel, bargaining, at random", "pyspiel", bargaining)
    others("NegMAS, alternating offers, at random", "negmas", alternating)
