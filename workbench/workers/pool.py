"""A pool of warm workers that take spec after spec; nothing is saved there, the results come back to this process.

with Pool(2) as pool:
    for outcome in pool.run(specs, catalog):
        print(outcome.index, outcome.metrics or outcome.failure)
"""

from __future__ import annotations

import os
import sys
import threading
import weakref
from collections.abc import Generator, Iterable
from contextlib import suppress
from inspect import GEN_CLOSED, getgeneratorstate
from pathlib import Path
from types import TracebackType
from typing import Self

from workbench.catalog import Catalog
from workbench.engine import Spec
from workbench.errors import InvalidInput
from workbench.workers.carried import carried
from workbench.workers.pool_batch import Batch, Crew
from workbench.workers.pool_worker import Ground, Outcome

type Outcomes = Generator[Outcome, None, None]


class Pool:
    """Spawned processes that end after `idle` seconds without work, with `close`, or with this process.

    A worker that dies costs the job it ran, which is tried again until `attempts` workers died of it; then its outcome
    names the job and the reason. The worker is replaced, all other jobs go on. A worker is renewed after `recycle`
    jobs, which bounds its memory. Ctrl-C ends the batch; the pool may be used again.
    """

    def __init__(self, workers: int, *, idle: float = 300.0, attempts: int = 1, recycle: int = 500) -> None:
        for name, value in (("workers", workers), ("attempts", attempts), ("recycle", recycle)):
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise InvalidInput(f"{name}={value!r} of a pool must be a whole number of at least 1.")
        self._idle = idle
        self._attempts = attempts
        self._recycle = recycle
        self._crew = Crew(workers)
        self._cancelled = threading.Event()
        self._outcomes: weakref.ref[Outcomes] | None = None
        self._starting = threading.Lock()
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that live."""
        return tuple(member.pid for member in list(self._crew.members) if member.alive())

    def warm(self) -> None:
        """Begin the workers ahead of the first batch; returns at once."""
        with self._starting:
            if self._under_way():
                return
            self._cancelled = threading.Event()
        self._crew.complete(self._cancelled)
        self._start_timer(self._cancelled)

    def run(self, specs: Iterable[Spec], catalog: Catalog) -> Outcomes:
        """Run specs, which are asked for as workers become free, and yield each outcome as it comes.

        Closing the generator, or an exception while it waits, stops the jobs under way.

        Raises:
            InvalidInput: a metric of the user's cannot be sent, or the pool is busy with another batch; while the
                outcomes are read, that a spec cannot be sent.
        """
        batch = Batch(self._crew, _ground(catalog), enumerate(specs), attempts=self._attempts, recycle=self._recycle)
        with self._starting:
            if self._under_way():
                raise InvalidInput(
                    "the pool is busy with another batch. Read it to its end, stop it by pool.cancel(), "
                    "or make another Pool."
                )
            self._cancelled = batch.cancelled
            outcomes = self._read(batch)
            self._outcomes = weakref.ref(outcomes)
        return outcomes

    def cancel(self) -> None:
        """Stop the batch under way, from any thread: it ends without the outcomes that are missing."""
        self._cancelled.set()
        self._crew.kill()
        if self._crew.guard.acquire(blocking=False):  # otherwise somebody waits for the workers, and will see their end
            try:
                self._crew.drop()
            finally:
                self._crew.guard.release()

    def close(self) -> None:
        """End all workers, whether or not a batch was read to its end. A pool that is closed may be used again."""
        self.cancel()
        self._stop_timer()
        with self._crew.guard:
            self._crew.drop()

    def _under_way(self) -> bool:
        """Whether a batch is neither read to its end nor closed nor cancelled."""
        outcomes = self._outcomes() if self._outcomes is not None else None
        return outcomes is not None and getgeneratorstate(outcomes) != GEN_CLOSED and not self._cancelled.is_set()

    def _read(self, batch: Batch) -> Outcomes:
        try:
            self._stop_timer()
            with self._crew.guard:
                self._crew.drop(keep=lambda member: member.usable(batch.ground))
            while (outcome := batch.next_outcome()) is not None:
                yield outcome
        finally:
            if self._cancelled is batch.cancelled:  # otherwise it was cancelled, and the workers are another batch's
                with self._crew.guard:
                    self._crew.drop(keep=lambda member: member.idle)
                self._start_timer(batch.cancelled)

    def _start_timer(self, since: threading.Event) -> None:
        self._stop_timer()
        self._timer = threading.Timer(self._idle, self._end_idle, args=(since,))
        self._timer.daemon = True
        with suppress(RuntimeError):  # at the end of the interpreter no thread begins, and the workers end with it
            self._timer.start()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _end_idle(self, since: threading.Event) -> None:
        """End the workers unless another batch has begun."""
        with self._starting:
            if self._cancelled is since and not self._under_way() and self._crew.guard.acquire(blocking=False):
                try:
                    self._crew.drop()
                finally:
                    self._crew.guard.release()


def _ground(catalog: Catalog) -> Ground:
    session = carried()
    if session.missing:
        names = ", ".join(session.missing)
        raise InvalidInput(f"the metric {names} cannot be sent to a worker. Write it in a module that can be imported.")
    files = [getattr(sys.modules.get(module), "__file__", None) for module in session.modules]
    return Ground(
        catalog=catalog.path.absolute(),
        folder=os.getcwd(),  # noqa: PTH109 - text, as the workers' chdir takes it
        path=tuple(sys.path),
        carried=session,
        stamps=tuple(Path(file).stat().st_mtime_ns if file and Path(file).exists() else 0 for file in files),
    )
