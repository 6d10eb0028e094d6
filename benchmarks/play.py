"""How long a person waits: the reply to a move, everything a page shows, what each move leads to, a comparison, a link.

Times are medians over games from the solved table, in milliseconds; the first game, in which kernels are loaded, is not
counted. A reply should take less than 200 ms.
"""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

from duress.play.compare import compare
from duress.play.link import link_of, open_link
from duress.play.match import Match, begin
from duress.play.setting import Setting, prepare

GAMES = 6
SCENARIOS = ("sanctions-crisis", "iran-2019")

Result = TypeVar("Result")


def main() -> None:
    for name in SCENARIOS:
        setting = prepare(name)
        party = setting.game.scenario.order[1]
        times: dict[str, list[float]] = defaultdict(list)
        for seed in range(GAMES + 1):
            taken = play(setting, party, seed)
            for what, found in taken.items() if seed else ():
                times[what] += found
        print(f"{name} ({setting.game.states:,} states)")
        for what, found in times.items():
            print(
                f"  {what:28s} median {statistics.median(found):7.1f} ms   most {max(found):7.1f} ms   of {len(found)}"
            )


def play(setting: Setting, party: str, seed: int) -> dict[str, list[float]]:
    """Play a game through, making the moves in turn, and return how long each thing took."""
    times: dict[str, list[float]] = defaultdict(list)

    def timed(what: str, work: Callable[[], Result]) -> Result:
        began = time.perf_counter()
        result = work()
        times[what].append(1000 * (time.perf_counter() - began))
        return result

    match = begin(setting, party, "bluffer", seed)
    while not match.table.over:
        here, move = match, match.turns % len(match.table.moves) + 1
        timed("what each move leads to", lambda here=here: here.prospects(party))
        match = timed("reply to a move", lambda here=here, move=move: here.move(move))
        timed("all that is shown", lambda match=match: match.view(party))
    branched = other_way(match)
    ends = [branch.node for branch in branched.branches][:2]
    if len(ends) == 2:
        timed("two branches, 200 times on", lambda: compare(branched, party, ends))
    link = timed("to a link", lambda: link_of(branched))
    timed("from a link", lambda: open_link(link, setting))
    return times


def other_way(match: Match) -> Match:
    """Return the match with another last move."""
    back = match.undo()
    last = match.names(match.line())[back.turns]
    return back.move(next(move for move in back.table.moves if move != last))


if __name__ == "__main__":
    main()
