"""Runs side by side; change the parameters of one, run it, and it joins them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ipywidgets import Accordion, Button, Dropdown

from workbench.comparison.rows import MOST
from workbench.panels.notice import Notice
from workbench.panels.panel import Panel, offer, row
from workbench.panels.rerun_form import RerunForm
from workbench.panels.run_browser import RunBrowser
from workbench.panels.side_by_side import SideBySide

if TYPE_CHECKING:
    from workbench.verbs.run import Run
    from workbench.verbs.workbench import Workbench


class Compare(Panel):
    """`chosen` are the ids side by side, in their order; `run` the one that was run again last, None before."""

    def __init__(self, workbench: Workbench, ids: Iterable[str | Run] | None = None) -> None:
        super().__init__("Compare runs", "compare-panel")
        self._workbench = workbench
        self.run: Run | None = None
        runs = [workbench.get(run) for run in _several(ids)]
        self.notice = Notice()
        self.together = SideBySide(workbench)
        self.again = RerunForm(workbench, self._made)
        self.base = Dropdown(description="Change and run again").add_class("wb-field").add_class("wb-base")
        self.out = Button(description="Take it out").add_class("wb-out")
        self.record = RunBrowser(workbench, self._chosen, size=10)
        self._arrange(open_=not runs)
        self.record.choose([run.id for run in runs])

    @property
    def chosen(self) -> list[str]:
        """Ids in the order in which they stand side by side."""
        return list(self.record.chosen)

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the run that was started is over and has joined."""
        self.again.running.wait(timeout)

    def _leave(self) -> None:
        self.record.leave()

    def _arrange(self, *, open_: bool) -> None:
        choosing = Accordion([self.record.view], titles=("Choose runs",), selected_index=0 if open_ else None)
        choosing.add_class("wb-choosing")
        self.base.observe(lambda _change: self.notice.around(self._offer), "value")
        self.out.on_click(lambda _button: self.notice.around(self._take_out))
        of_one = row(self.base, self.out).add_class("wb-low")
        self.fill([choosing, self.together.view, of_one, self.again.view, self.notice.view])

    def _chosen(self) -> None:
        """Compare what is chosen now, and offer each of them to be run again."""
        runs = [self._workbench.get(run_id) for run_id in self.chosen]
        self.together.show(self.chosen)
        options = [(_called(run), run.id) for run in runs]
        if offer(self.base, [("–", ""), *options]):
            self._offer()

    def _offer(self) -> None:
        if self.base.disabled:
            return
        self.out.disabled = not self.base.value
        self.again.offer(self._workbench.get(self.base.value) if self.base.value else None)

    def _take_out(self) -> None:
        self.record.choose([run_id for run_id in self.chosen if run_id != self.base.value])

    def _made(self, run: Run) -> None:
        """The new run joins; the parameters stay, for the next try."""
        self.run = run
        if len(self.chosen) == MOST:
            self.notice.say(f"Run {run.id[:8]} is saved. {MOST} stand here already: take one out to see it.")
            return
        self.record.choose([*self.chosen, run.id])


def _called(run: Run) -> str:
    called = f"{run.id[:8]}, {run.strategy} on {run.record.instrument_id}"
    return f"{run.name}: {called}" if run.name else called


def _several(ids: Iterable[str | Run] | str | None) -> Iterable[str | Run]:
    """One id is text, which is a series of letters too."""
    if ids is None:
        return ()
    return ids if isinstance(ids, Iterable) and not isinstance(ids, str) else (ids,)
