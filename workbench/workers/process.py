"""The process itself: begun ahead of time, talked to by lines, stopped so that nothing of it is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress

PATIENCE = 6.0
"""Seconds from the first request to stop until the process is killed. The child itself gives up after five."""

LINGERING = 5.0
"""Seconds to wait for the last of what it printed: a process that a strategy began may keep the pipe open for ever."""

KEPT = 40
"""Lines of what it printed that are kept, to say why it ended."""


class Child:
    """One process, for one request, or for many with the argument ``pool``.

    It leads a session of its own: the stop button of a cell does not reach it.
    """

    def __init__(self, *arguments: str) -> None:
        # -P: its folder may hold a file called like a module; the kernel's own path is given instead
        self._popen = subprocess.Popen(
            [sys.executable, "-P", "-m", "workbench.workers", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,
        )
        self.printed: deque[str] = deque(maxlen=KEPT)
        self._printer = threading.Thread(target=self._drain, daemon=True, name="workbench-child-output")
        self._printer.start()

    @property
    def pid(self) -> int:
        """Its number in the system."""
        return self._popen.pid

    def alive(self) -> bool:
        """Whether it is still there."""
        return self._popen.poll() is None

    def send(self, line: bytes) -> None:
        """Write one line to it. A child that is gone does not take it; what it said last says why."""
        assert self._popen.stdin is not None
        with suppress(BrokenPipeError):
            self._popen.stdin.write(line + b"\n")
            self._popen.stdin.flush()

    def pipes(self) -> tuple[int, int]:
        """The file numbers to write to it and to read from it; `ended` closes them."""
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        return self._popen.stdin.fileno(), self._popen.stdout.fileno()

    def lines(self) -> Iterator[bytes]:
        """What it reports, until it ends."""
        assert self._popen.stdout is not None
        yield from self._popen.stdout

    def ended(self) -> int:
        """Wait for its end, give everything back. Returns its exit code, negative for the signal that ended it."""
        code = self._popen.wait()
        self._printer.join(LINGERING)
        for pipe in (self._popen.stdin, self._popen.stdout, self._popen.stderr):
            assert pipe is not None
            if pipe is self._popen.stderr and self._printer.is_alive():
                continue  # closing it would wait for its reader
            with suppress(BrokenPipeError):
                pipe.close()
        return code

    def interrupt(self) -> None:
        """Ask it to stop as the stop button does, each second, for compiled code may swallow one; then kill it."""
        for _ in range(int(PATIENCE)):
            with suppress(ProcessLookupError):
                self._popen.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self._popen.wait(1.0)
                return
        self.kill()

    def kill(self) -> None:
        """End it and the processes that it began, at once, without waiting."""
        if self._popen.returncode is None:  # otherwise its number may be that of another process by now
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._popen.pid, signal.SIGKILL)

    def dismiss(self) -> None:
        """End a child that was asked nothing."""
        self.kill()
        self.ended()

    def _drain(self) -> None:
        assert self._popen.stderr is not None
        for line in self._popen.stderr:
            self.printed.append(line.decode("utf-8", "replace").rstrip())
