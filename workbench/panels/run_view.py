"""One run as it is seen: its card, its curve, and on demand everything known of it."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from ipywidgets import HTML, VBox

from workbench.panels.chart import Chart
from workbench.panels.panel import show

if TYPE_CHECKING:
    from workbench.runs import Run
    from workbench.verbs.workbench import Workbench

_STYLE = """<style>
.wb-panel .wb-facts{overflow-x:auto;margin:.5em 0 0}.wb-panel .wb-facts summary{cursor:pointer}
.wb-panel .wb-facts table{border-collapse:collapse;margin:.3em 0;font-size:12px;color:inherit}
.wb-panel .wb-facts th,.wb-panel .wb-facts td{text-align:left;vertical-align:top;padding:.1em .8em .1em 0;
 font-weight:400;white-space:pre-wrap;overflow-wrap:anywhere}
.wb-panel .wb-facts th{opacity:.75;white-space:nowrap}
</style>"""


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
            f"<tr><th scope='row'>{html.escape(section)}</th><th scope='row'>{html.escape(name)}</th>"
            f"<td>{html.escape(value)}</td></tr>"
            for section, name, value in facts.itertuples(index=False)
        )
        return (
            f"{_STYLE}<details class='wb-facts'><summary>Everything known of this run</summary>"
            f"<table>{rows}</table></details>"
        )
