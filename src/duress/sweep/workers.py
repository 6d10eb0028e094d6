"""Who solves the points: processes of this machine, or the workers of a Dask scheduler, behind one interface."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, Protocol

from ..errors import Fault, InputError

LOCAL = "local"
SCHEMES = ("tcp://", "tls://", "ucx://", "ws://", "wss://")

_RETRIES = 3
"""How often Dask gives a task to another worker after a fault that is not the task's."""


_PATIENCE = 5
"""Seconds a scheduler has to answer."""

GONE = "the scheduler is gone"


class SweepStopped(RuntimeError):
    """A sweep that cannot go on for no fault of its own; what is done is kept, and started again it goes on."""


class Workers(Protocol):
    """Takes jobs, like an `Executor`, and survives the loss of a worker."""

    @property
    def lost(self) -> type[BaseException]:
        """What a job raises if the worker that had it is gone."""
        ...

    def submit(self, job: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Hand out a job."""
        ...

    def count(self) -> int:
        """Return how many jobs can be worked on at once, at present; 0 while there is nobody."""
        ...

    def renew(self) -> None:
        """Be ready again after a loss, if what was lost is not made good already."""
        ...


@contextmanager
def workers_at(cluster: str, processes: int | None = None) -> Iterator[Workers]:
    """Give the workers of ``cluster``; those of this machine are gone, whatever they were at, when it is left.

    Parameters
    ----------
    cluster : str
        "local", or the address of a Dask scheduler.
    processes : int, optional
        On this machine; default one for every core.

    Raises
    ------
    InputError
        If there is no such cluster, or no scheduler answers there.
    """
    if fault := fault_of(cluster):
        raise InputError(fault)
    if cluster == LOCAL:
        workers = _Processes(processes or os.cpu_count() or 1)
        try:
            yield workers
        finally:
            workers.stop()
    else:
        with _client(cluster) as client:
            yield _Dask(client)


def fault_of(cluster: str) -> Fault | None:
    """Return what is wrong with the name of a cluster, if anything is."""
    if cluster == LOCAL or cluster.startswith(SCHEMES):
        return None
    return Fault("cluster", f"must be local or an address such as tcp://host:8786; found {cluster!r}")


class _Processes:
    """Processes of this machine: spawned, for a fork of a process with threads may hang."""

    lost = BrokenProcessPool

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._open()

    def _open(self) -> None:
        context = multiprocessing.get_context("spawn")
        heard, self._line = context.Pipe(duplex=False)
        self._pool: Executor = ProcessPoolExecutor(
            self._processes, context, initializer=_end_with_the_line, initargs=(heard,)
        )
        self._heard = heard

    def submit(self, job: Callable[..., Any], *arguments: Any) -> Future[Any]:
        return self._pool.submit(job, *arguments)

    def count(self) -> int:
        return self._processes

    def renew(self) -> None:
        try:
            self._pool.submit(os.getpid)
        except BrokenProcessPool:
            self.stop()
            self._open()

    def stop(self) -> None:
        """End the processes at once."""
        self._line.close()
        self._heard.close()
        self._pool.shutdown(wait=True, cancel_futures=True)


def _end_with_the_line(heard: Any) -> None:
    """Have this process end when nobody holds the other end of the line, or at the keyboard's interrupt.

    The line is cut when the work is stopped, and by the system when the process that gave the work is killed.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)

    def listen() -> None:
        try:
            heard.recv_bytes()
        except (EOFError, OSError):
            os._exit(1)

    threading.Thread(target=listen, daemon=True).start()


class _Dask:
    """The workers of a Dask scheduler; it gives the jobs of a worker that is gone to another by itself."""

    def __init__(self, client: Any) -> None:
        from distributed.scheduler import KilledWorker

        self.lost: type[BaseException] = KilledWorker
        self._client = client
        self._pool = client.get_executor(pure=False, retries=_RETRIES)

    def submit(self, job: Callable[..., Any], *arguments: Any) -> Future[Any]:
        return self._pool.submit(job, *arguments)

    def count(self) -> int:
        try:
            return sum(self._client.nthreads().values())
        except OSError:
            raise SweepStopped(GONE) from None

    def renew(self) -> None:
        pass


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise InputError(
            Fault("cluster", f"{address} needs Dask, which is not installed: pip install 'duress[cluster]'")
        ) from None
    try:
        return Client(address, timeout=_PATIENCE)
    except (OSError, ValueError) as error:
        raise InputError(Fault("cluster", f"no scheduler answers at {address}: {error}")) from None
