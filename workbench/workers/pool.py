"""A pool of warm workers that take spec after spec; nothing is saved there, the results come back to this process.

with Pool(2) as pool:
    for outcome in pool.run(specs, catalog):
        print(outcome.index, outcome.metrics or outcome.failure)
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import wait
from pathlib import Path
from types import TracebackType
from typing import Self

from workbench.catalog import Catalog
from workbench.engine import Spec
from workbench.errors import InvalidInput
from workbench.workers.carried import carried
from workbench.workers.pool_member import Member, PoolJob
from workbench.workers.pool_worker import PROTOCOL, Ground, Outcome

IN_FLIGHT = 2
"""Jobs that a worker has at most: the one it runs and the one after it."""


class Pool:
    """Spawned processes that end after `idle` seconds without work, with `close`, or with this process.

    A worker that dies costs the job it ran, which is tried again until `attempts` workers died of it; then its outcome
    names the job and the reason. The worker is replaced, all other jobs go on. A worker is renewed after `recycle`
    jobs, which bounds its memory.
    """

    def __init__(self, workers: int, *, idle: float = 300.0, attempts: int = 1, recycle: int = 500) -> None:
        for name, value in (("workers", workers), ("attempts", attempts), ("recycle", recycle)):
            if value < 1:
                raise InvalidInput(f"{name}={value} of a pool must be at least 1.")
        self._size = workers
        self._idle = idle
        self._attempts = attempts
        self._recycle = recycle
        self._members: list[Member] = []
        self._busy = threading.Lock()
        self._cancelled = threading.Event()
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that live."""
        return tuple(member.pid for member in self._members if member.alive())

    def warm(self) -> None:
        """Begin the workers ahead of the first batch; returns at once."""
        while len(self._members) < self._size:
            self._members.append(Member())

    def run(self, specs: Iterable[Spec], catalog: Catalog) -> Iterator[Outcome]:
        """Run specs, which are asked for as workers become free, and yield each outcome as it comes.

        Closing the iterator, or an exception while it waits, stops the jobs under way.

        Raises:
            InvalidInput: a spec or a metric of the user's cannot be sent, or the pool is busy with another batch.
        """
        if not self._busy.acquire(blocking=False):
            raise InvalidInput("the pool is busy with another batch. Wait for its end, or make another Pool.")
        try:
            self._cancelled.clear()
            self._stop_timer()
            ground = _ground(catalog)
            self._renew(ground)
            yield from self._outcomes(ground, enumerate(specs))
        finally:
            for member in [member for member in self._members if member.jobs]:
                self._drop(member)
            self._start_timer()
            self._busy.release()

    def cancel(self) -> None:
        """Stop the batch under way, from another thread: its iterator ends without the outcomes that are missing."""
        self._cancelled.set()
        for member in list(self._members):
            member.kill()

    def close(self) -> None:
        """End all workers. A pool that is closed may be used again and begins new ones."""
        self.cancel()
        self._stop_timer()
        with self._busy:
            for member in list(self._members):
                self._drop(member)

    def _outcomes(self, ground: Ground, specs: Iterator[tuple[int, Spec]]) -> Iterator[Outcome]:
        again: deque[PoolJob] = deque()
        while not self._cancelled.is_set():
            self._fill(ground, again, specs)
            busy = {member.reports: member for member in self._members if member.jobs}
            if not busy:
                return
            for reports in wait(list(busy)):
                member = busy[reports]  # type: ignore[index]
                outcome = member.receive()
                if outcome is None:
                    outcome = self._died(member, again)
                elif member.taken >= self._recycle and not member.jobs:
                    self._drop(member)
                if outcome is not None and not self._cancelled.is_set():
                    yield outcome

    def _fill(self, ground: Ground, again: deque[PoolJob], specs: Iterator[tuple[int, Spec]]) -> None:
        """Give each worker what it may have, one by one, so that the last jobs are spread."""
        self.warm()
        for filled in range(IN_FLIGHT):
            for member in self._members:
                if len(member.jobs) > filled or member.taken >= self._recycle:
                    continue
                job = again.popleft() if again else _next(specs)
                if job is None:
                    return
                member.settle(ground)
                member.give(job)

    def _died(self, member: Member, again: deque[PoolJob]) -> Outcome | None:
        """Replace a worker. Its outcome if the job that it ran has failed for good; the rest is run again."""
        jobs = list(member.jobs)
        how = self._drop(member)
        if not jobs:
            return None
        jobs[0].deaths += 1
        given_up = jobs[0].deaths >= self._attempts
        again.extendleft(reversed(jobs[1:] if given_up else jobs))
        if not given_up:
            return None
        times = f", {jobs[0].deaths} times" if jobs[0].deaths > 1 else ""
        failure = f"The process of job {jobs[0].index} ({jobs[0].title}) {how}{times}."
        return Outcome(index=jobs[0].index, failure=failure)

    def _renew(self, ground: Ground) -> None:
        """Let go of workers that cannot serve this batch."""
        for member in [member for member in self._members if not member.usable(ground)]:
            self._drop(member)

    def _drop(self, member: Member) -> str:
        with suppress(ValueError):
            self._members.remove(member)
        return member.close()

    def _start_timer(self) -> None:
        self._timer = threading.Timer(self._idle, self._end_idle)
        self._timer.daemon = True
        self._timer.start()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _end_idle(self) -> None:
        if self._busy.acquire(blocking=False):
            try:
                for member in list(self._members):
                    self._drop(member)
            finally:
                self._busy.release()


def _next(specs: Iterator[tuple[int, Spec]]) -> PoolJob | None:
    """The next spec, pickled."""
    for index, spec in specs:
        try:
            pickled = pickle.dumps(spec, protocol=PROTOCOL)
        except Exception as error:
            raise InvalidInput(f"job {index} cannot be sent to a worker: {type(error).__name__}: {error}.") from error
        title = f"{spec.info.name} on {spec.snapshot.data[0].instrument_id}"
        return PoolJob(index=index, title=title, pickled=pickled)
    return None


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
