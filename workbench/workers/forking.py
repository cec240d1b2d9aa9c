"""The process that workers are copies of: all that a run needs is imported, and nothing was ever run in it.

`template` begins it and tells it, by messages on its standard input, a socket, to copy itself and to signal a copy. On
a pipe of its own each copy's number is told, and how it ended. The process ends with its parent.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

UNUSED = b"workbench: unused since copy "
"""What it writes when it has had no copy for long, and the number of the last one."""

HEAVY = (
    "pandas",
    "psycopg",
    "pyarrow",
    "sqlalchemy",
    "nautilus_trader.backtest.engine",
    "workbench.engine.nautilus1.engine",
    "workbench.plans.execution",
    "workbench.storage.schema.migrate",
)
"""What every run needs, from here or from there."""

LENGTH = 4
"""Bytes before a message, which say how long it is."""

PIPES = 4
"""A copy's input, output and errors, and the pipe on which its parent is told of it."""


@dataclass(frozen=True, slots=True)
class _Copy:
    pid: int
    told: int
    role: str


class Forking:
    """The loop of the process. A copy leaves it, too, and is then what it was made for."""

    def __init__(self, idle: float) -> None:
        self._idle = idle
        self._control = socket.socket(fileno=os.dup(0))
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        self._copies: dict[int, _Copy] = {}
        self._last = 0
        self._woken, self._wake = os.pipe()
        for end in (self._woken, self._wake):
            os.set_blocking(end, False)

    def role(self) -> str | None:
        """What this process is to be: the role of a copy; None for the process itself, once nobody needs it."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)
        signal.set_wakeup_fd(self._wake)
        for name in HEAVY:
            importlib.import_module(name)
        # from now on garbage is looked for, but not in what was imported, which all copies share
        gc.freeze()
        gc.enable()
        control = self._control.fileno()
        while True:
            ready, _, _ = select.select([control, self._woken], [], [], self._idle)
            if self._woken in ready:
                os.read(self._woken, 4096)
                self._reap()
            if control in ready:
                message, descriptors = self._receive()
                if message is None:
                    self._wait_for_copies()
                    return None
                if "role" not in message:
                    self._signal(**message)
                elif self._is_copy(message["number"], message["role"], descriptors):
                    _settle(message["environment"], descriptors)
                    return str(message["role"])
            if not ready and not self._copies:
                os.write(2, UNUSED + b"%d\n" % self._last)

    def _receive(self) -> tuple[Mapping[str, Any] | None, Sequence[int]]:
        """The next message; None once the parent is gone."""
        head, descriptors, _, _ = socket.recv_fds(self._control, LENGTH, PIPES)
        head += self._exactly(LENGTH - len(head))
        text = self._exactly(int.from_bytes(head))
        return (json.loads(text) if text else None), descriptors

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count and (more := self._control.recv(count - len(data))):
            data += more
        return data if len(data) == count else b""

    def _is_copy(self, number: int, role: str, descriptors: Sequence[int]) -> bool:
        """Copy this process; true in the copy, which holds nothing of its siblings or of the way to the parent."""
        with warnings.catch_warnings():
            # of the threads that libraries have begun: they wait for work, and know of forks
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for descriptor in (self._woken, self._wake, *(copy.told for copy in self._copies.values())):
                os.close(descriptor)
            self._control.close()
            return True
        self._copies[number], self._last = _Copy(pid, descriptors[-1], role), number
        for descriptor in descriptors[:-1]:
            os.close(descriptor)
        _tell(descriptors[-1], pid)
        return False

    def _signal(self, number: int, signal_number: int, *, group: bool) -> None:
        """Signal a copy, or it and the processes that it began. It was not waited for: the number is still its own."""
        copy = self._copies.get(number)
        if copy is not None:
            with suppress(ProcessLookupError, PermissionError):
                if group:
                    os.killpg(copy.pid, signal_number)
                    return
            with suppress(ProcessLookupError, PermissionError):
                os.kill(copy.pid, signal_number)  # where it has just been made, it has no group of its own yet

    def _wait_for_copies(self) -> None:
        """Without a parent, they end by themselves; one after another is waited for."""
        while self._copies:
            select.select([self._woken], [], [])
            os.read(self._woken, 4096)
            self._reap()

    def _reap(self) -> None:
        for number, copy in list(self._copies.items()):
            ended = os.waitid(os.P_PID, copy.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is not None and copy.role == "pool":  # what a pool's worker began ends with it
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(copy.pid, signal.SIGKILL)
            pid, status = os.waitpid(copy.pid, os.WNOHANG)
            if pid:
                del self._copies[number]
                _tell(copy.told, os.waitstatus_to_exitcode(status))
                os.close(copy.told)


def _tell(pipe: int, number: int) -> None:
    with suppress(BrokenPipeError):  # the parent is gone, or wants to know no more
        os.write(pipe, b"%d\n" % number)


def _settle(environment: Mapping[str, str], descriptors: Sequence[int]) -> None:
    """Be a process of one's own: a session, pipes, an environment and random numbers that no other copy has."""
    os.setsid()
    for number, descriptor in enumerate(descriptors[:-1]):
        os.dup2(descriptor, number)
    for descriptor in descriptors:
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed()  # Python's own are sown anew by each fork
