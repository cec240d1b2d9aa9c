"""The parent's half: a request in, reports out, as they come."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.errors import InvalidInput, WorkbenchError
from workbench.runs import Status
from workbench.settings import Settings
from workbench.verbs.workbench import Workbench
from workbench.workers.carried import Carried
from workbench.workers.process import Child

SETTLED = 30.0
"""Seconds at most until the server sees that a process is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRequest:
    """A verb of the workbench and its arguments, all of them plain JSON, and whose workbench it is.

    `carried` is what the run needs of this session.
    """

    verb: str
    arguments: Mapping[str, Any]
    settings: Settings
    carried: Carried = field(default_factory=Carried)

    def line(self) -> bytes:
        """What is sent: through a pipe, where no password can be seen, and with where the kernel stands.

        Raises:
            InvalidInput: an argument that cannot be written as JSON.
        """
        request = {
            "verb": self.verb,
            "arguments": dict(self.arguments),
            "home": str(self.settings.home),
            "database_url": self.settings.database_url,
            "around": self.settings.around,
            "carried": self.carried.to_dict(),
            "folder": os.getcwd(),  # noqa: PTH109 - text, for JSON
            "path": sys.path,
        }
        try:
            return json.dumps(request, allow_nan=False).encode()
        except (TypeError, ValueError) as error:
            raise InvalidInput(f"the run cannot be sent to a process of its own: {error}. Use wb.run.") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How far a job is. `run_id` is known once the run is saved, `status` once it has ended.

    A job that is over without a `status` recorded nothing, and `message` says why; a job whose process died has the
    status `INTERRUPTED`, as the record shows it.
    """

    run_id: str | None = None
    done: int = 0
    total: int = 0
    status: Status | None = None
    message: str = ""
    over: bool = False


class Job:
    """One request under way. `tell` is called with each report, from another thread, at most ten times a second."""

    def __init__(self, child: Child, line: bytes, settings: Settings, tell: Callable[[Report], None]) -> None:
        self._child = child
        self._settings = settings
        self._tell = tell
        self._cancelled = threading.Event()
        self.report = Report()
        child.send(line)
        self._reader = threading.Thread(target=self._follow, daemon=True, name="workbench-job")
        self._reader.start()

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._child.pid

    def cancel(self) -> None:
        """Stop it: at once if it listens, after some seconds in any case. Returns without waiting."""
        if not self._cancelled.is_set():
            self._cancelled.set()
            threading.Thread(target=self._child.interrupt, daemon=True, name="workbench-cancel").start()

    def wait(self, timeout: float | None = None) -> Report:
        """Wait for its end, and for `tell` to know of it."""
        self._reader.join(timeout)
        return self.report

    def _follow(self) -> None:
        for line in self._child.lines():
            message = json.loads(line)
            if message.get("stopped"):
                continue  # what that means depends on how far it was: see `_last`
            self.report = _heard(self.report, message)
            self._tell(self.report)
        code = self._child.ended()
        if not self.report.over:
            self.report = replace(self._last(code), over=True)
            self._tell(self.report)

    def _last(self, code: int) -> Report:
        """What is to be said of a process that has gone without a word."""
        report = self.report
        if report.run_id is not None:  # it died with its run, and only the database can tell how that ended
            status = _status_of(report.run_id, self._settings)
            quiet = self._cancelled.is_set() or status is Status.COMPLETED
            return replace(report, status=status, message="" if quiet else self._why(code))
        if self._cancelled.is_set():
            return replace(report, message="Cancelled before it began; nothing was recorded.")
        return replace(report, message=f"{self._why(code)} Nothing was recorded.")

    def _why(self, code: int) -> str:
        last = next((line for line in reversed(self._child.printed) if line.strip()), "")
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        return f"The process of the run {how}{f': {last}' if last else ''}."


def _status_of(run_id: str, settings: Settings) -> Status:
    """How a run ended whose process is gone. The server needs a moment to see that the process's lock is free."""
    workbench = Workbench(settings)
    workbench.tell = lambda _notice: None
    deadline = time.monotonic() + SETTLED
    try:
        while (status := workbench.get(run_id).status) is Status.RUNNING and time.monotonic() < deadline:
            time.sleep(0.02)
    except WorkbenchError:  # the database is away, or the run waits for it: it was not told to have completed
        return Status.INTERRUPTED
    finally:
        workbench.close()
    return Status.INTERRUPTED if status is Status.RUNNING else status


def _heard(report: Report, message: Mapping[str, Any]) -> Report:
    """The report after a line: the last one has a status, or the reason why nothing was recorded."""
    status = message.get("status")
    return replace(
        report,
        run_id=message.get("run_id", report.run_id),
        done=message.get("done", report.done),
        total=message.get("total", report.total),
        message=message.get("message", report.message),
        status=Status(status) if status is not None else None,
        over="status" in message or "message" in message,
    )


def begin(request: JobRequest, tell: Callable[[Report], None] = lambda _report: None) -> Job:
    """Do it in a process of its own.

    Raises:
        InvalidInput: an argument that cannot be sent. Nothing was begun.
    """
    line = request.line()
    return Job(Child("job"), line, request.settings, tell)
