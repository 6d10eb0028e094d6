"""How long a stage takes, on one thread, at two precisions, and what the certificate adds."""

from __future__ import annotations

import statistics
import time
from functools import partial

from duress import AQRE, Game, load
from duress.solve.aqre import Induction, induct
from duress.solve.certificate import Certifier

ROUNDS = 3
COLUMNS = ("precision", "stages", "ns a stage", "certificate", "swept", "unsolved")


def timed(game: Game, method: AQRE, certify: bool) -> tuple[float, Induction]:
    began = time.process_time()
    observer = partial(Certifier, game, threads=1) if certify else None
    induction = induct(game, method, observer, None)  # type: ignore[arg-type]
    return time.process_time() - began, induction


def main() -> None:
    game = load("sanctions-crisis").compile()
    print("sanctions-crisis, 9 x 9 beliefs, one thread, medians")
    print("".join(f"{column:>13}" for column in COLUMNS))
    for precision in (1.0, 20.0):
        method = AQRE(precision=precision, beliefs=9, branch="in time", threads=1)
        _, induction = timed(game, method, certify=True)
        plain = statistics.median(timed(game, method, certify=False)[0] for _ in range(ROUNDS))
        both = statistics.median(timed(game, method, certify=True)[0] for _ in range(ROUNDS))
        stages = int(induction.counts.sum())
        row = (f"{precision:g}", f"{stages:,}", f"{plain / stages * 1e9:.0f}", f"{both / plain - 1:+.0%}")
        print("".join(f"{cell:>13}" for cell in (*row, *map(str, induction.counts[1:]))))


if __name__ == "__main__":
    main()
