"""One worker of a pool, as the parent sees it."""

from __future__ import annotations

import os
import pickle
import signal
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from workbench.workers.pool_worker import PROTOCOL, Ground, Outcome
from workbench.workers.process import Child

LARGEST = 1 << 30
"""Bytes of an outcome at most; a length above that is no length but something else that was written to the pipe."""


@dataclass(slots=True, kw_only=True)
class PoolJob:
    """A pickled spec on its way; `deaths` counts the workers that ended while they ran it."""

    index: int
    title: str
    pickled: bytes
    deaths: int = 0


class Member:
    """A process, its pipes, and the jobs it was sent, the one it runs first."""

    def __init__(self) -> None:
        self._child = Child("pool")
        to, back = self._child.pipes()
        # duplicates: the child closes its own ends, the connections theirs
        self._sender = Connection(os.dup(to), readable=False)
        self.reports = Connection(os.dup(back), writable=False)
        self.jobs: deque[PoolJob] = deque()
        self.taken = 0
        self._ground: Ground | None = None
        self._killed = False

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._child.pid

    @property
    def idle(self) -> bool:
        """Whether it can be given a job: nothing is under way, not even its end."""
        return not self.jobs and self.alive()

    def alive(self) -> bool:
        """Whether it is still there, and not being ended."""
        return not self._killed and self._child.alive()

    def usable(self, ground: Ground) -> bool:
        """Whether it can serve this batch: it is idle, and what it took over for another is not in the way."""
        return self.idle and (self._ground in (None, ground) or not _own(self._ground))

    def give(self, job: PoolJob, ground: Ground) -> None:
        """Send one job, and before it the batch it belongs to, unless the worker knows.

        A worker that is gone does not take it, which `receive` will tell.
        """
        self.jobs.append(job)  # first: whoever is interrupted here must not take it for idle, with half a message sent
        self.taken += 1
        if self._ground != ground:
            self._ground = ground
            self._send(pickle.dumps(ground, protocol=PROTOCOL))
        self._send(pickle.dumps((job.index, job.pickled), protocol=PROTOCOL))

    def receive(self) -> Outcome | None:
        """Read the next outcome; None if the worker is gone or sends anything but an outcome of its job."""
        try:
            outcome = pickle.loads(self.reports.recv_bytes(LARGEST))
        except Exception:  # noqa: BLE001 - half a message of a killed worker, or bytes that a strategy wrote
            return None
        if not isinstance(outcome, Outcome) or not self.jobs or outcome.index != self.jobs[0].index:
            return None
        self.jobs.popleft()
        return outcome

    def kill(self) -> None:
        """End it at once; who reads its reports sees the end."""
        self._killed = True
        self._child.kill()

    def close(self) -> str:
        """End it and give everything back. Returns how it ended, in words."""
        self.kill()
        code = self._child.ended()
        for pipe in (self._sender, self.reports):
            with suppress(OSError):
                pipe.close()
        last = next((line for line in reversed(self._child.printed) if line.strip()), "")
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        return f"{how}{f' ({last})' if last else ''}"

    def _send(self, message: bytes) -> None:
        with suppress(BrokenPipeError, ConnectionError):
            self._sender.send_bytes(message)


def _own(ground: Ground | None) -> bool:
    return ground is not None and bool(ground.carried.cells or ground.carried.modules)
