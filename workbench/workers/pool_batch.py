"""One batch of a pool: specs out to its workers, outcomes back, the dead replaced."""

from __future__ import annotations

import pickle
import threading
from collections import deque
from collections.abc import Callable, Iterator
from multiprocessing.connection import wait

from workbench.engine import Spec
from workbench.errors import InvalidInput
from workbench.workers.pool_member import Member, PoolJob
from workbench.workers.pool_worker import PROTOCOL, Ground, Outcome

IN_FLIGHT = 2
"""Jobs that a worker has at most: the one it runs and the one after it."""


class Crew:
    """The workers of a pool, as many as there shall be.

    `guard` is held by whoever works with them. Only `kill` may be called without it, from any thread.
    """

    def __init__(self, size: int) -> None:
        self.guard = threading.RLock()
        self.members: list[Member] = []
        self._size = size
        self._beginning = threading.RLock()

    def complete(self, cancelled: threading.Event) -> None:
        """Begin the workers that are missing; they are not yet warm."""
        if len(self.members) < self._size:
            # Ctrl-C reaches the main thread alone: in another, it cannot part a new process from the list that knows it
            beginner = threading.Thread(target=self._begin, args=(cancelled,), name="workbench-pool-begin")
            beginner.start()
            beginner.join()

    def kill(self) -> None:
        """End all at once, without waiting."""
        for member in list(self.members):
            member.kill()

    def drop(self, keep: Callable[[Member], bool] = lambda _member: False) -> None:
        """End the workers that are not to be kept and wait for their end."""
        with self._beginning:
            for member in [member for member in self.members if not keep(member)]:
                self.dismiss(member)

    def dismiss(self, member: Member) -> str:
        """End one. Returns how it ended, in words."""
        how = member.close()  # first: one that is forgotten before its end would be left behind by Ctrl-C
        if member in self.members:
            self.members.remove(member)
        return how

    def _begin(self, cancelled: threading.Event) -> None:
        with self._beginning:
            while len(self.members) < self._size and not cancelled.is_set():
                self.members.append(Member())
            if cancelled.is_set():  # it may have come after `kill` had looked
                self.kill()


class Batch:
    """The jobs of one call of `Pool.run`, until `cancelled` is set."""

    def __init__(
        self, crew: Crew, ground: Ground, specs: Iterator[tuple[int, Spec]], *, attempts: int, recycle: int
    ) -> None:
        self.cancelled = threading.Event()
        self._crew = crew
        self.ground = ground
        self._specs = specs
        self._attempts = attempts
        self._recycle = recycle
        self._again: deque[PoolJob] = deque()
        self._ready: deque[Outcome] = deque()

    def next_outcome(self) -> Outcome | None:
        """Wait for the next outcome; None at the end. The crew is free for others in between."""
        with self._crew.guard:
            while not self._ready and not self.cancelled.is_set():
                self._fill()
                busy = [member for member in self._crew.members if member.jobs]
                if not busy:
                    return None
                arrived = wait([member.reports for member in busy])
                for member in busy:
                    if member.reports in arrived:
                        self._take(member)
            return None if self.cancelled.is_set() else self._ready.popleft()

    def _take(self, member: Member) -> None:
        outcome = member.receive()
        if outcome is None:
            outcome = self._died(member)
        elif member.taken >= self._recycle and not member.jobs:
            self._crew.dismiss(member)
        if outcome is not None:
            self._ready.append(outcome)

    def _fill(self) -> None:
        """Give each worker what it may have, one by one, so that the last jobs are spread."""
        self._crew.complete(self.cancelled)
        for filled in range(IN_FLIGHT):
            for member in self._crew.members:
                if len(member.jobs) > filled or member.taken >= self._recycle:
                    continue
                job = self._again.popleft() if self._again else self._next_job()
                if job is None:
                    return
                member.give(job, self.ground)

    def _next_job(self) -> PoolJob | None:
        """The next spec, pickled."""
        for index, spec in self._specs:
            try:
                pickled = pickle.dumps(spec, protocol=PROTOCOL)
            except Exception as error:
                raise InvalidInput(
                    f"job {index} cannot be sent to a worker: {type(error).__name__}: {error}."
                ) from error
            title = f"{spec.info.name} on {spec.snapshot.data[0].instrument_id}"
            return PoolJob(index=index, title=title, pickled=pickled)
        return None

    def _died(self, member: Member) -> Outcome | None:
        """Let go of a worker. Its outcome if the job that it ran has failed for good; the rest is run again."""
        jobs = list(member.jobs)
        how = self._crew.dismiss(member)
        if not jobs:
            return None
        jobs[0].deaths += 1
        given_up = jobs[0].deaths >= self._attempts
        self._again.extendleft(reversed(jobs[1:] if given_up else jobs))
        if not given_up:
            return None
        times = f", {jobs[0].deaths} times" if jobs[0].deaths > 1 else ""
        failure = f"The process of job {jobs[0].index} ({jobs[0].title}) {how}{times}."
        return Outcome(index=jobs[0].index, failure=failure)
