"""Histories: moves a second on every core, beside rollouts of OpenSpiel and NegMAS where these are installed.

A move is one step of a history, the passing of time among them; in OpenSpiel a move or a draw of chance; in NegMAS a
step of the negotiation. The games are not the same, and the others' moves are drawn at random while ours follow the
equilibrium of the solved game with beliefs by Bayes' rule: what is compared is what a user waits for. With ``--fast``
behaviour is linear between beliefs at which it was solved, and how far off that is stands beside it.

The others are no dependencies of duress. ``--python PATH`` names an interpreter that has ``open_spiel`` and ``negmas``;
default this one. They play in as many processes as there are cores.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from typing import Any

FEW, MANY = 10_000, 1_000_000
"""Histories played exactly, and with ``--fast``: that pays where what was solved once is met again."""

ROUNDS = 3
SECONDS = 2.0
"""How long the others play in one round."""

ROLLOUTS = 20_000
"""Rollouts asked of OpenSpiel's own evaluator at a time."""


def ours(name: str) -> None:
    """Play a scenario, exactly and with ``--fast``; the median of several rounds, once it has been compiled."""
    from duress import AQRE, gap_between, load, simulate, solve
    from duress.simulate.histories import FAST_ALLOWANCE

    solution = solve(load(name).compile(), AQRE(beliefs=7), reuse=True)
    for histories, allowance in ((FEW, 0.0), (MANY, FAST_ALLOWANCE)):
        simulate(solution, 10, allowance=allowance)
        moves, wall, busy = 0, [], []
        for _ in range(ROUNDS):
            began, at_work = time.perf_counter(), time.process_time()
            moves = len(simulate(solution, histories, seed=1, allowance=allowance).made)
            wall.append(time.perf_counter() - began)
            busy.append(time.process_time() - at_work)
        clock, work = statistics.median(wall), statistics.median(busy)
        said = f"duress, {name}, {histories:,} histories" + (", --fast" if allowance else "")
        if allowance:
            gap = gap_between(solution, simulate(solution, 500, seed=2), allowance)
            said += f" ({gap.mean:.0e} off, at most {gap.largest:.0e})"
        show(said, moves / clock, moves / work)


def show(said: str, by_clock: float, by_work: float) -> None:
    """Print one line of the table."""
    print(f"{said:<78}{by_clock:>14,.0f}{by_work:>22,.0f}", flush=True)


@cache
def loaded(pyspiel: Any, name: str) -> Any:
    """Load a game of OpenSpiel, once."""
    return pyspiel.load_game(name)


def kuhn_poker(pyspiel: Any) -> int:
    """Play Kuhn poker once at random; return moves and draws."""
    return at_random(loaded(pyspiel, "kuhn_poker").new_initial_state())


def bargaining(pyspiel: Any) -> int:
    """Play OpenSpiel's bargaining once at random; return moves and draws."""
    return at_random(loaded(pyspiel, "bargaining").new_initial_state())


def at_random(state: Any) -> int:
    """Play a state of OpenSpiel to its end at random; return moves and draws."""
    moves = 0
    while not state.is_terminal():
        state.apply_action(random.choice(state.legal_actions()))
        moves += 1
    return moves


def poker_inside(pyspiel: Any) -> int:
    """Play Kuhn poker, once it is dealt, by OpenSpiel's own rollouts; return moves."""
    game = loaded(pyspiel, "kuhn_poker")
    state = game.new_initial_state()
    while state.is_chance_node():
        state.apply_action(random.choice(state.legal_actions()))
    rollouts = pyspiel.RandomRolloutEvaluator(ROLLOUTS, random.randrange(2**31))
    # Tree search of one simulation does nothing but ask for the rollouts of where it stands.
    pyspiel.MCTSBot(game, rollouts, 1.0, 1, 1, False, 1, False).step(state)
    # They are not counted: two moves, and a third for the one in four that first passes and is then met by a bet.
    return round(ROLLOUTS * 2.25)


def alternating(negmas: Any) -> int:
    """Run one session of alternating offers between two that make offers at random; return its steps."""
    issues = [negmas.make_issue(10, "terms")]
    session = negmas.SAOMechanism(issues=issues, n_steps=36)
    for sign in (1, -1):
        worth = negmas.LinearAdditiveUtilityFunction({"terms": lambda k, s=sign: s * k}, issues=issues)
        session.add(negmas.sao.RandomNegotiator(), ufun=worth)
    return int(session.run().step)


OTHERS: tuple[tuple[str, str, Callable[[Any], int]], ...] = (
    ("OpenSpiel, Kuhn poker, at random, its own rollouts", "pyspiel", poker_inside),
    ("OpenSpiel, Kuhn poker, at random, from Python", "pyspiel", kuhn_poker),
    ("OpenSpiel, bargaining, at random, from Python", "pyspiel", bargaining),
    ("NegMAS, alternating offers, at random", "negmas", alternating),
)


def rates(number: int) -> tuple[float, float]:
    """Play the other game of that number for `SECONDS`; return moves a second by the clock and of processor time."""
    _, package, play = OTHERS[number]
    module = importlib.import_module(package)
    play(module)
    began, at_work, moves = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - began < SECONDS:
        moves += play(module)
    return moves / (time.perf_counter() - began), moves / (time.process_time() - at_work)


def others() -> None:
    """Time what this interpreter has of the others."""
    cores = os.cpu_count() or 1
    with multiprocessing.get_context("spawn").Pool(cores) as pool:
        for number, (name, package, _) in enumerate(OTHERS):
            if importlib.util.find_spec(package) is None:
                print(f"{name}: not played, because {sys.executable} has no {package}", flush=True)
                continue
            rounds = [pool.map(rates, [number] * cores, chunksize=1) for _ in range(ROUNDS)]
            by_clock = statistics.median(sum(clock for clock, _ in found) for found in rounds)
            show(name, by_clock, statistics.median(work for found in rounds for _, work in found))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("scenarios", nargs="*", help="bundled scenarios or files; by default every bundled one")
    parser.add_argument("--python", default=sys.executable, help="an interpreter that has open_spiel and negmas")
    parser.add_argument("--others", action="store_true", help="play the others only, in this interpreter")
    asked = parser.parse_args()
    if asked.others:
        others()
    else:
        print(f"{f'{os.cpu_count()} cores':<78}{'moves a second':>14}{'a second of a core':>22}")
        from duress.scenario import bundled  # not in an interpreter that has the others only

        for scenario in asked.scenarios or bundled():
            ours(scenario)
        subprocess.run([asked.python, __file__, "--others"], check=True)
