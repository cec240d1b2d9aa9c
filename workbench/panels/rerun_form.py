"""A recorded configuration, its parameters to be changed, and run anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ipywidgets import HTML, VBox

from workbench.display.html import escape
from workbench.errors import InvalidInput
from workbench.panels.form import Form
from workbench.panels.job_controls import JobControls
from workbench.panels.notice import Notice
from workbench.panels.panel import show
from workbench.strategies import find, load, parameters
from workbench.workers import JobRequest, Report, carried

if TYPE_CHECKING:
    from workbench.verbs.run import Run
    from workbench.verbs.workbench import Workbench


class RerunForm:
    """Offers one run at a time; `done` is called with every new one."""

    def __init__(self, workbench: Workbench, done: Callable[[Run], None]) -> None:
        self._workbench = workbench
        self._done = done
        self._run: Run | None = None
        self._code = "today"
        self._classes: list[type] = []
        self.notice = Notice()
        self._about = HTML()
        self.form = Form(lambda: self.notice.say(""))
        self.running = JobControls(self._request, self._ended, self.notice, label="Run again")
        self.view = VBox([self._about, self.form.view, self.notice.view, self.running.view]).add_class("wb-again")
        show(self.view, when=False)

    def offer(self, run: Run | None) -> None:
        """Show the parameters that this run had; none for none."""
        self._run = run
        show(self.view, when=run is not None)
        if run is not None:
            self.notice.around(lambda: self._offer(run))

    def _offer(self, run: Run) -> None:
        self.notice.say("")
        self.form.show(())
        words = f"Run {run.id[:8]} again: {run.strategy} on {run.record.instrument_id}, from its record, with these:"
        self._about.value = f"<h5>{escape(words)}</h5>"
        self._code = "today"
        self._classes = []
        try:
            info = find(run.record.strategy_path)
            known = parameters(info)
            self._classes = [cls for cls in load(info) if cls is not None]
        except InvalidInput as missing_class:
            self._code = "stored"
            self.notice.say(
                f"{missing_class} Its recorded source will be run, with the parameters that it had.", "warning"
            )
            return
        self.form.show(known, run.params)
        if missing := sorted(set(run.params) - {parameter.name for parameter in known}):
            self.notice.say(
                f"{run.strategy} has no parameter {', '.join(missing)} any more: it is left out.", "warning"
            )

    def _request(self) -> JobRequest:
        run = self._run
        if run is None:
            raise InvalidInput("no run was chosen to be run again.")
        changed = {name: value for name, value in self.form.values().items() if run.params.get(name) != value}
        arguments = {"run_id": run.id, "code": self._code, **changed}
        return JobRequest(
            verb="rerun", arguments=arguments, settings=self._workbench.where, carried=carried(self._classes)
        )

    def _ended(self, report: Report) -> None:
        run = self._workbench.get(str(report.run_id))
        verdict = run.verdict
        if verdict is not None:
            self.notice.say(verdict.lines()[0], "done" if verdict.same else "info")
        self._done(run)
