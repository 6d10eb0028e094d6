"""How long a stage takes, on one thread: bundled scenarios at two precisions, and the certificate beside the solver."""

from __future__ import annotations

import statistics
import time
from functools import partial

from duress import AQRE, load
from duress.solve.aqre import induct
from duress.solve.certificate import Certifier

ROUNDS = 3


def main() -> None:
    print(
        f"{'scenario':18}{'precision':>10}{'stages':>12}{'ns a stage':>12}{'certificate':>13}{'swept':>9}{'unsolved':>10}"
    )
    for name in ("sanctions-crisis",):
        game = load(name).compile()
        for precision in (1.0, 20.0):
            method = AQRE(precision=precision, beliefs=9, branch="in time", threads=1)
            induct(game, method, None, None)
            plain, certified = [], []
            for _ in range(ROUNDS):
                began = time.process_time()
                induction = induct(game, method, None, None)
                plain.append(time.process_time() - began)
                began = time.process_time()
                induct(game, method, partial(Certifier, game, threads=1), None)
                certified.append(time.process_time() - began)
            solving = statistics.median(plain)
            ratio = (statistics.median(certified) - solving) / solving
            stages = int(induction.counts.sum())
            print(
                f"{name:20} {precision:9g} {stages:12,} {solving / stages * 1e9:11.0f} {ratio:11.2f}x "
                f"{int(induction.counts[1]):8,} {int(induction.counts[2]):9,}"
            )


if __name__ == "__main__":
    main()
