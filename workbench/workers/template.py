"""The parent's hold on the process that workers are copies of: one, begun when the first is needed."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Literal

from workbench.workers.forking import LENGTH, UNUSED

KEPT = 40
"""Lines of what a process printed that are kept, to say why it ended."""

IDLE = 600.0
"""Seconds without a copy after which the process ends, to give its memory back."""

type Role = Literal["job", "pool"]


class Template:
    """A process that copies itself; it leads a session of its own, as each copy does."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            # -P: its folder may hold a file called like a module; the kernel's own path is given instead
            self._popen: subprocess.Popen[bytes] = subprocess.Popen(
                [sys.executable, "-P", "-m", "workbench.workers", str(IDLE)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                start_new_session=True,
            )
        self.owner = os.getpid()
        self._asked = 0
        self.printed: deque[str] = deque(maxlen=KEPT)
        self._sending = threading.Lock()
        self._printer = threading.Thread(target=self._drain, daemon=True, name="workbench-template-output")
        self._printer.start()

    @property
    def pid(self) -> int:
        """Its number in the system."""
        return self._popen.pid

    def alive(self) -> bool:
        """Whether it is still there."""
        return self._popen.poll() is None

    def copy(self, role: Role, pipes: Sequence[int]) -> int:
        """Ask for a copy with these pipes, and return at once. Returns the number by which it is signalled.

        Raises:
            OSError: the process is gone.
        """
        self._send({"role": role, "number": self._asked + 1, "environment": {**os.environ}}, pipes)
        self._asked += 1
        return self._asked

    def signal(self, number: int, signal_number: int, *, group: bool) -> bool:
        """Signal a copy, or it and the processes that it began, unless it has ended. False if the template has gone."""
        with suppress(OSError):
            self._send({"number": number, "signal_number": signal_number, "group": group})
            return True
        return False

    def end(self) -> int:
        """End it. Returns its exit code, of now or of when it ended before."""
        self._popen.kill()
        self._printer.join()
        return self._popen.wait()

    def _send(self, message: object, descriptors: Sequence[int] = ()) -> None:
        text = json.dumps(message).encode()
        data = len(text).to_bytes(LENGTH) + text
        with self._sending:
            # all in one call, so that nothing comes between; the rest only if more than a hundred wait to be read
            sent = socket.send_fds(self._control, [data], descriptors)
            self._control.sendall(data[sent:])

    def _drain(self) -> None:
        assert self._popen.stderr is not None
        for line in self._popen.stderr:
            if line.startswith(UNUSED):
                self._leave(int(line.removeprefix(UNUSED)))
            else:
                self.printed.append(line.decode("utf-8", "replace").rstrip())
        self._popen.wait()
        self._popen.stderr.close()
        self._control.close()

    def _leave(self, copies: int) -> None:
        """Let it end, unless it was asked for more copies than it knew of when it had been idle for long."""
        if _guard.acquire(blocking=False):  # otherwise somebody needs it right now
            try:
                if copies == self._asked:
                    self._control.shutdown(socket.SHUT_RDWR)
                    with suppress(ValueError):
                        _current.remove(self)
            finally:
                _guard.release()


_guard = threading.Lock()
_current: list[Template] = []


def prepare() -> Template:
    """Begin the process, unless it is there: to import NautilusTrader takes it seconds. Returns without waiting."""
    with _guard:
        return _prepared()


def copy(role: Role, pipes: Sequence[int]) -> tuple[Template, int]:
    """A copy with these pipes, of the process that is there or of a new one, and its number."""
    with _guard:
        with suppress(OSError):
            template = _prepared()
            return template, template.copy(role, pipes)
        _forget()  # it was about to end when it was asked
        template = _prepared()
        return template, template.copy(role, pipes)


def dismiss() -> None:
    """End the process, if there is one. What is under way in copies goes on."""
    with _guard:
        _forget()


def _prepared() -> Template:
    # a fork of this process has the list, and nothing in it is its own
    if _current and _current[0].owner != os.getpid():
        _current.clear()
    if not _current or not _current[0].alive():
        _forget()
        _current.append(Template())
    return _current[0]


def _forget() -> None:
    while _current:
        _current.pop().end()
