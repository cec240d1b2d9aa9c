"""Chosen runs side by side: the marked table, and their curves in one chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ipywidgets import HTML, Checkbox, VBox

from workbench.comparison import check_number
from workbench.panels.chart import Chart
from workbench.panels.notice import Notice
from workbench.panels.panel import row, show

if TYPE_CHECKING:
    from workbench.verbs.workbench import Workbench


class SideBySide:
    """Says how many are missing where there is nothing to compare yet."""

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench
        self._run_ids: list[str] = []
        self.differences = Checkbox(value=True, description="Differences only", indent=False)
        self.differences.add_class("wb-differences")
        self.rebased = Checkbox(value=False, description="As change since the start", indent=False)
        self.rebased.add_class("wb-rebased")
        self.notice = Notice()
        self.table = HTML().add_class("wb-compared")
        self.chart = Chart()
        self._options = row(self.differences, self.rebased)
        self.view = VBox([self.notice.view, self._options, self.table, self.chart.view]).add_class("wb-side-by-side")
        self.differences.observe(lambda _change: self.notice.around(self._tabulate), "value")
        self.rebased.observe(lambda _change: self.notice.around(self._draw), "value")

    def show(self, run_ids: Sequence[str]) -> None:
        """Compare these."""
        self._run_ids = list(run_ids)
        self.notice.around(self._show)

    def _show(self) -> None:
        some = len(self._run_ids) > 1
        for part in (self._options, self.table, self.chart.view):
            show(part, when=some)
        if not some:
            self.notice.say("Choose two to ten runs to compare them.")
            return
        check_number(self._run_ids)
        self.notice.say("")
        self._tabulate()
        self._draw()

    def _tabulate(self) -> None:
        compared = self._workbench.compare(*self._run_ids, only_differences=self.differences.value, frame="pandas")
        self.table.value = compared._repr_html_()

    def _draw(self) -> None:
        self.chart.show(self._workbench.plot.equity(*self._run_ids, rebased=self.rebased.value))
