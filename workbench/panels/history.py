"""The record: look through it, open a run, compare some, run one again, delete what is of no use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Button

from workbench.comparison.rows import FEWEST, MOST
from workbench.display.html import escape
from workbench.panels import events
from workbench.panels.notice import Notice
from workbench.panels.panel import Panel, row, show
from workbench.panels.rerun_form import RerunForm
from workbench.panels.run_browser import RunBrowser
from workbench.panels.run_view import RunView
from workbench.panels.side_by_side import SideBySide
from workbench.runs import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workbench.verbs.run import Run
    from workbench.verbs.workbench import Workbench

NAMED = 10
"""Runs that a question names before it says how many more."""


class History(Panel):
    """`run` is the run that was opened or made last, None before; `chosen` the ids that are ticked."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__("Saved runs", "history")
        self._workbench = workbench
        self.run: Run | None = None
        self.notice = Notice()
        self.details = RunView(workbench)
        self.together = SideBySide(workbench)
        self.again = RerunForm(workbench, self._made)
        self.open = Button(description="Open").add_class("wb-open")
        self.compare = Button(description="Compare").add_class("wb-compare-chosen")
        self.rerun = Button(description="Run again …").add_class("wb-rerun")
        self.delete = Button(description="Delete …").add_class("wb-delete")
        self.yes = Button(button_style="danger").add_class("wb-delete-yes")
        self.no = Button(description="Keep").add_class("wb-delete-no")
        self._named = HTML().add_class("wb-delete-what")
        self._running: set[str] = set()
        self._sure = row(self._named, self.yes, self.no)
        self.record = RunBrowser(workbench, self._chosen)
        self._arrange()

    @property
    def chosen(self) -> list[str]:
        """Ids in the order in which they were ticked, on this page or another."""
        return list(self.record.chosen)

    def wait(self, timeout: float | None = None) -> None:
        """Wait until a run that is run again is over and shown."""
        self.again.running.wait(timeout)

    def _leave(self) -> None:
        self.record.leave()

    def _arrange(self) -> None:
        self._does(self.open, self._open)
        self._does(self.compare, lambda: self._only(self.together, lambda: self.together.show(self.chosen)))
        self._does(self.rerun, lambda: self._only(self.again, lambda: self.again.offer(self._one())))
        self._does(self.delete, self._ask)
        self._does(self.yes, self._delete)
        self._does(self.no, lambda: show(self._sure, when=False))
        actions = row(self.open, self.compare, self.rerun, self.delete)
        below = [self.details.view, self.again.view, self.together.view]
        self.fill([self.record.view, actions, self._sure, self.notice.view, *below])
        show(self.together.view, when=False)
        self._chosen()

    def _does(self, button: Any, work: Callable[[], None]) -> None:
        button.on_click(lambda _button: self.notice.around(work))

    def _chosen(self) -> None:
        """Only what can be done with as many as are chosen can be pressed."""
        count = len(self.chosen)
        self.open.disabled = self.rerun.disabled = count != 1
        self.compare.disabled = not FEWEST <= count <= MOST
        self.delete.disabled = count == 0
        show(self._sure, when=False)

    def _one(self) -> Run:
        return self._workbench.get(self.chosen[0])

    def _open(self) -> None:
        self.run = self._one()
        self._only(self.details, lambda: self.details.show(self._one()))

    def _only(self, part: Any, fill: Callable[[], None]) -> None:
        """Show one thing below the table, in place of the others."""
        self.notice.say("")
        for other in (self.details, self.together, self.again):
            show(other.view, when=other is part)
        fill()

    def _ask(self) -> None:
        runs = [self._workbench.get(run_id) for run_id in self.chosen]
        named = ", ".join(f"{run.id[:8]} ({run.strategy} on {run.record.instrument_id})" for run in runs[:NAMED])
        more = f" and {len(runs) - NAMED} more" if len(runs) > NAMED else ""
        running = [run for run in runs if run.status is Status.RUNNING]
        self._running = {run.id for run in running}
        self._named.value = f"<span role='alert'>{escape(_warned(named + more, running))}</span>"
        self.yes.description = f"Delete {'this run' if len(runs) == 1 else f'these {len(runs)} runs'}"
        show(self._sure, when=True)

    def _delete(self) -> None:
        run_ids = self.chosen
        for run_id in run_ids:
            self._workbench.delete(run_id, force=run_id in self._running)
        for part in (self.details, self.together, self.again):
            show(part.view, when=False)
        self.record.choose([])
        events.ring()
        self.notice.say(f"{len(run_ids)} deleted: {', '.join(run_id[:8] for run_id in run_ids[:10])}", "done")

    def _made(self, run: Run) -> None:
        """What was run again is opened."""
        self.run = run
        self.record.choose([run.id])
        self.details.show(run)


def _warned(named: str, running: Sequence[Run]) -> str:
    words = f"Deleting {named} cannot be undone."
    if not running:
        return words
    who = ", ".join(f"{run.id[:8]} (by {run.record.recorded_by}, since {run.started_at:%H:%M} UTC)" for run in running)
    return f"{words} Running now: {who}. What comes of it is not recorded."
