"""Solving in the background: one work per solution wanted, however many pages wait for it; kept and reused."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import cast

from ..errors import InputError, NotSolvedError
from ..play.setting import Setting

KEPT = 8
"""Solutions kept in memory."""

AT_ONCE = 1
"""Solutions worked on at once; others wait for their turn. One uses every core for its stages."""

LONGEST = 900.0
"""Seconds that one solution may take."""

MOST_WAITING = 20
"""Solutions that are wanted and not there yet."""

TOO_LONG = (
    f"Solving took longer than {LONGEST / 60:.0f} minutes, which is all a page may ask for. Try a shorter horizon or "
    "fewer levels, or solve it once with duress play: the page then finds it."
)

TOO_MANY = f"{MOST_WAITING} scenarios wait to be solved here already. Try again in a few minutes."

STOPPED = "Solving was cancelled."

Prepare = Callable[["Work"], object]
"""Makes something, such as a solved setting, telling the work it is called with how far it is."""


class _CancelledError(Exception):
    """Ends a work nobody waits for any more."""


class _TooLongError(Exception):
    """Ends a work that takes longer than a page may ask for; no fault of what is being solved."""


@dataclass
class Work:
    """A solution being made, or made.

    Parameters
    ----------
    done, total : int
        Periods solved, and in all; ``total`` is 0 until it begins.
    step : str
        What is being done, where there are several steps.
    result : object
        What was made, once it is there; `setting` where that is a solved game.
    fault : str
        Why there is none; empty while there may be one.
    waiting : int
        Pages that wait for it.
    cancelled : Event
        Set once none does.
    clock : callable
        Gives the time in seconds.
    begun : float
        When it was begun.
    """

    done: int = 0
    total: int = 0
    step: str = ""
    result: object = field(default=None, repr=False)
    fault: str = ""
    waiting: int = 0
    cancelled: threading.Event = field(default_factory=threading.Event, repr=False)
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    begun: float = 0.0

    @property
    def over(self) -> bool:
        """Whether it has ended, well or not."""
        return self.result is not None or bool(self.fault)

    @property
    def setting(self) -> Setting | None:
        """The solved game, of a work that makes one."""
        return cast(Setting | None, self.result)

    def leave(self) -> None:
        """Wait no more; the work stops at its next period if nobody else waits."""
        self.waiting -= 1
        if self.waiting <= 0:
            self.cancelled.set()

    def __call__(self, done: int, total: int) -> None:
        """Take down how far it is; end it if it was cancelled or takes too long."""
        if self.cancelled.is_set():
            raise _CancelledError
        if self.clock() - self.begun > LONGEST:
            raise _TooLongError
        self.done, self.total = done, total

    def run(self, prepare: Prepare) -> None:
        """Do the work; a fault becomes a sentence."""
        self.begun = self.clock()
        try:
            self(0, 0)
            self.result = prepare(self)
        except _CancelledError:
            self.fault = STOPPED
        except _TooLongError:
            self.fault = TOO_LONG
        except (InputError, NotSolvedError) as error:
            self.fault = str(error)
        except Exception:
            self.fault = "Solving failed; the server's log says why."
            raise


class Solver:
    """Makes solutions in the background and keeps the last few."""

    def __init__(self) -> None:
        self._works: OrderedDict[object, Work] = OrderedDict()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="solving")

    def work(self, key: object, prepare: Prepare) -> Work:
        """Return the work on the solution that ``key`` stands for, begun if it is not there; wait with `Work.over`.

        It is over at once, with a fault, if too many are wanted.
        """
        with self._lock:
            work = self._works.get(key)
            if work is None or work.fault or (work.cancelled.is_set() and work.result is None):
                if sum(not (w.over or w.cancelled.is_set()) for w in self._works.values()) >= MOST_WAITING:
                    return Work(fault=TOO_MANY)
                work = self._works[key] = Work()
                self._pool.submit(work.run, prepare)
            work.waiting += 1
            self._works.move_to_end(key)
            ended = [k for k, w in self._works.items() if w.over]
            for old in ended[: max(0, len(ended) - KEPT)]:
                del self._works[old]
            return work
