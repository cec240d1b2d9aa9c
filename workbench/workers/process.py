"""A worker's process as its parent sees it: talked to by pipes, stopped so that nothing of it is left."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import wait

from workbench.workers import template
from workbench.workers.template import KEPT, Role

PATIENCE = 6.0
"""Seconds from the first request to stop until the process is killed. The child itself gives up after five."""

LINGERING = 5.0
"""Seconds to wait for the last of what it printed: a process that a strategy began may keep the pipe open for ever."""


class Child:
    """One process, for one request or for many: a copy of the template.

    It leads a session of its own: the stop button of a cell does not reach it. Should the template be killed, it goes
    on, and its parent deals with it alone.
    """

    def __init__(self, role: Role) -> None:
        request, report, errors, news = (os.pipe() for _ in range(4))
        theirs = (request[0], report[1], errors[1], news[1])
        try:
            self._template, self._number = template.copy(role, theirs)
        except BaseException:
            for descriptor in (request[1], report[0], errors[0], news[0]):
                os.close(descriptor)
            raise
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        self._requests = open(request[1], "wb")  # noqa: PTH123, SIM115 - `ended` closes them
        self._reports = open(report[0], "rb")  # noqa: PTH123, SIM115
        self._errors = open(errors[0], "rb")  # noqa: PTH123, SIM115
        self._news = news[0]
        # not before: threads may still wait for it
        weakref.finalize(self, os.close, self._news).atexit = False
        self._hearing = threading.Lock()
        self._pid: int | None = None
        self._code: int | None = None
        self._orphaned = False
        self.printed: deque[str] = deque(maxlen=KEPT)
        self._printer = threading.Thread(target=self._drain, daemon=True, name="workbench-child-output")
        self._printer.start()

    @property
    def pid(self) -> int:
        """Its number in the system, as soon as there is one; 0 if there never was."""
        while self._pid is None:
            self._hear(0.1)  # not for ever: another thread may be told
        return self._pid

    def alive(self) -> bool:
        """Whether it is still there, or still to come."""
        return not self._ends(0.0)

    def send(self, line: bytes) -> None:
        """Write one line to it. A child that is gone does not take it; what it said last says why."""
        with suppress(BrokenPipeError):
            self._requests.write(line + b"\n")
            self._requests.flush()

    def pipes(self) -> tuple[int, int]:
        """The file numbers to write to it and to read from it; `ended` closes them."""
        return self._requests.fileno(), self._reports.fileno()

    def lines(self) -> Iterator[bytes]:
        """What it reports, until it ends."""
        yield from self._reports

    def ended(self) -> int:
        """Wait for its end, give everything back. Returns its exit code, negative for the signal that ended it."""
        self._ends(None)
        if not sys.is_finalizing():  # otherwise no thread goes on
            self._printer.join(LINGERING)
        for pipe in (self._requests, self._reports, self._errors):
            if pipe is self._errors and self._printer.is_alive():
                continue  # closing it would wait for its reader
            with suppress(BrokenPipeError):
                pipe.close()
        assert self._code is not None
        return self._code

    def interrupt(self) -> None:
        """Ask it to stop as the stop button does, each second, for compiled code may swallow one; then kill it."""
        for _ in range(int(PATIENCE)):
            self._signal(signal.SIGINT, group=False)
            if self._ends(1.0):
                return
        self.kill()

    def kill(self) -> None:
        """End it and the processes that it began, at once, without waiting."""
        self._signal(signal.SIGKILL, group=True)

    def _signal(self, number: int, *, group: bool) -> None:
        if self._code is None and not self._template.signal(self._number, number, group=group) and self.alive():
            with suppress(ProcessLookupError, PermissionError):
                (os.killpg if group else os.kill)(self.pid, number)

    def _ends(self, timeout: float | None) -> bool:
        """Whether it ends within so many seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while self._code is None:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            if self._orphaned:
                if not _exists(self.pid):
                    self._code = 0  # nobody was told
                elif left == 0:
                    return False
                else:
                    time.sleep(0.02)
            elif not self._hear(left):
                return self._code is not None
        return True

    def _hear(self, timeout: float | None) -> bool:
        """Wait for the next news of it: first its number, then how it ended. False if there were none in time."""
        if not wait([self._news], timeout):
            return False
        with self._hearing:
            if self._code is None and wait([self._news], 0):  # otherwise another thread was first
                news = os.read(self._news, 100)
                for number in map(int, news.split()):
                    if self._pid is None:
                        self._pid = number
                    else:
                        self._code = number
                if not news:  # the template has gone without a word of how it ended
                    self._forsaken()
        return True

    def _forsaken(self) -> None:
        if self._pid is not None:
            self._orphaned = True
        else:
            self._pid, self._code = 0, self._template.end()
            self.printed.extend(self._template.printed)

    def _drain(self) -> None:
        for line in self._errors:
            self.printed.append(line.decode("utf-8", "replace").rstrip())


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
