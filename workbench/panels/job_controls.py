"""Run, Cancel, and how far it is: the controls of one job in a process of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ipywidgets import HTML, Button, FloatProgress

from workbench import workers
from workbench.display.html import escape
from workbench.panels import events
from workbench.panels.notice import Notice
from workbench.panels.panel import row, show
from workbench.runs import Status
from workbench.workers import Job, JobRequest, Report

SETTLE = 0.25
"""Seconds from the press of Run until the form is read. The kernel hears each control on a thread of its own, so that
the press may overtake what was typed just before it."""


class JobControls:
    """One job at a time. `request` says what to run when the button is pressed, `ended` is told of every recorded run.

    Both are called on whichever thread the control or the job is on. What goes wrong stands in `notice`.
    """

    def __init__(
        self, request: Callable[[], JobRequest], ended: Callable[[Report], None], notice: Notice, *, label: str = "Run"
    ) -> None:
        self._request = request
        self._ended = ended
        self._notice = notice
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._unwanted = threading.Event()
        self._job: Job | None = None
        self._missing: tuple[str, ...] = ()
        self._began = 0.0
        self.go = Button(description=label, button_style="primary").add_class("wb-run")
        self.stop = Button(description="Cancel", disabled=True).add_class("wb-cancel")
        self.bar = FloatProgress(min=0, max=1).add_class("wb-progress")
        self.words = HTML().add_class("wb-words")
        self.view = row(self.go, self.stop, self.bar, self.words)
        self.go.on_click(lambda _button: notice.around(self.start))
        self.stop.on_click(lambda _button: notice.around(self.cancel))
        show(self.bar, when=False)

    def start(self) -> None:
        """Begin the job, unless one is under way."""
        with self._guard:
            if self._busy():
                return
            self._job = None
            self._unwanted.clear()
            self._set(busy=True)
            self._say("Starting …")
            self._thread = threading.Thread(target=self._work, daemon=True, name="workbench-run")
            self._thread.start()

    def cancel(self) -> None:
        """Stop the job: at once if it listens, after some seconds in any case."""
        if self._busy():
            self.stop.disabled = True
            self._say("Cancelling …")
            self._unwanted.set()
            if self._job is not None:
                self._job.cancel()

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the job is over and shown."""
        if self._thread is not None:
            self._thread.join(timeout)

    def _work(self) -> None:
        """Read the form, begin the job, follow it to its end."""
        time.sleep(SETTLE)
        self._notice.around(self._begin)
        job = self._job
        if job is None:
            self._set(busy=False)
            self._say("")
            return
        if self._unwanted.is_set():
            job.cancel()
        job.wait()

    def _busy(self) -> bool:
        """A run that is over leaves the button to the next one, though its process still has to go."""
        over = self._job is not None and self._job.report.over
        return self._thread is not None and self._thread.is_alive() and not over

    def _begin(self) -> None:
        request = self._request()
        self._missing = request.carried.missing
        self._notice.say("")
        self._began = time.monotonic()
        self._job = workers.begin(request, self._told)

    def _told(self, report: Report) -> None:
        if not report.over:
            self._progress(report)
            return
        self._set(busy=False)
        self._say(_outcome(report, time.monotonic() - self._began))
        if report.status is None or report.message:
            self._notice.say(report.message, "error" if report.status is not Status.INTERRUPTED else "warning")
        elif self._missing:
            why = "it uses something that is neither in a module nor in a cell of this notebook"
            self._notice.say(
                f"Not measured by the panel's run: {', '.join(self._missing)}. {why.capitalize()}.", "warning"
            )
        if report.status is not None:
            self._notice.around(lambda: self._ended(report))
            events.ring()
        workers.prepare()

    def _progress(self, report: Report) -> None:
        if self.stop.disabled:
            return  # the words are those of a cancel
        if not report.total:
            self._say("Running …")
            self._began = time.monotonic()
            return
        self.bar.value = report.done / report.total
        self._say(f"{report.done:,} of {report.total:,} bars{_left(report, time.monotonic() - self._began)}")

    def _set(self, *, busy: bool) -> None:
        self.bar.value = 0.0
        self.go.disabled, self.stop.disabled = busy, not busy
        show(self.bar, when=busy)

    def _say(self, text: str) -> None:
        self.words.value = f"<span role='status'>{escape(text)}</span>"


def _left(report: Report, seconds: float) -> str:
    """How long it will take at the pace so far; nothing before there is a pace."""
    if seconds < 0.5 or not report.done:
        return ""
    left = seconds * (report.total - report.done) / report.done
    return f", about {left:.0f} s left" if left < 90 else f", about {left / 60:.0f} min left"


def _outcome(report: Report, seconds: float) -> str:
    if report.status is None:
        return ""
    said = {Status.COMPLETED: "Completed", Status.FAILED: "Failed", Status.INTERRUPTED: "Interrupted"}[report.status]
    return f"{said} after {seconds:.1f} s; run {str(report.run_id)[:8]} is saved."
