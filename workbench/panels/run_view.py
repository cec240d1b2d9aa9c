"""One run as it is seen: its card, its curve, and on demand everything known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipywidgets import HTML, VBox

from workbench.display.html import escape
from workbench.panels.chart import Chart
from workbench.panels.panel import show

if TYPE_CHECKING:
    from workbench.verbs.run import Run
    from workbench.verbs.workbench import Workbench


class RunView:
    """Empty until a run is shown."""

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench
        self._card = HTML().add_class("wb-shown")
        self._chart = Chart()
        self._facts = HTML()
        self.view = VBox([self._card, self._chart.view, self._facts]).add_class("wb-run-view")
        show(self.view, when=False)

    def show(self, run: Run) -> None:
        """Show this one."""
        self._card.value = run.card().html()
        self._chart.show(self._workbench.plot.equity(run))
        self._facts.value = self._everything(run)
        show(self.view, when=True)

    def clear(self) -> None:
        """Show none."""
        show(self.view, when=False)
        self._card.value = self._facts.value = ""
        self._chart.clear()

    def _everything(self, run: Run) -> str:
        facts = self._workbench.details(run, frame="pandas")
        rows = "".join(
            f"<tr><th scope='row'>{escape(section)}</th><th scope='row'>{escape(name)}</th>"
            f"<td>{escape(value)}</td></tr>"
            for section, name, value in facts.itertuples(index=False)
        )
        return (
            f"<details class='wb-facts'><summary>Everything known of this run</summary><table>{rows}</table></details>"
        )
