"""Choose, run, see. The form is made from the strategy's own configuration class."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Box, Button, Dropdown

from workbench import workers
from workbench.display.html import escape
from workbench.errors import InvalidInput, WorkbenchError
from workbench.panels import events
from workbench.panels.debounce import Debounced
from workbench.panels.form import Form
from workbench.panels.job_controls import JobControls
from workbench.panels.labels_form import LabelsForm
from workbench.panels.market_form import MarketForm
from workbench.panels.notice import Notice, control_of
from workbench.panels.panel import Panel, PanelClosed, offer, row, show
from workbench.panels.run_view import RunView
from workbench.panels.terms_form import TermsForm
from workbench.provenance import MAIN
from workbench.strategies import StrategyInfo, find, load, parameters, registered
from workbench.verbs.duplicates import Earlier
from workbench.workers import Carried, JobRequest, Report, carried

if TYPE_CHECKING:
    from workbench.verbs.run import Run
    from workbench.verbs.workbench import Workbench


class Launcher(Panel):
    """`run` is the run that the panel shows: the last one, or the earlier one that was looked at; None before."""

    def __init__(self, workbench: Workbench, strategy: str | type | None = None) -> None:
        super().__init__("Run a backtest", "launcher")
        self._workbench = workbench
        self.run: Run | None = None
        self._earlier: str | None = None
        self._infos: dict[str, StrategyInfo] = {}
        self.check = Debounced(self._look)
        self.strategy = Dropdown(description="Strategy").add_class("wb-field").add_class("wb-strategy")
        self._about = HTML().add_class("wb-about")
        self.market = MarketForm(workbench, self.check.soon)
        self.form = Form(self.check.soon)
        self.terms = TermsForm(self.check.soon)
        self.labels = LabelsForm()
        self.notice = Notice()
        self.see = Button(description="Show it").add_class("wb-see")
        self.running = JobControls(self._request, self._ended, self.notice)
        self.result = RunView(workbench)
        self._choose(strategy)
        self._arrange()
        events.listen(self.refresh)
        workers.prepare()

    def refresh(self) -> None:
        """Offer what can be run now, and on what: strategies and data that a cell has brought."""
        self.notice.around(self._refresh)

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the run is over and shown."""
        self.running.wait(timeout)

    def _leave(self) -> None:
        events.leave(self.refresh)
        self.check.drop()

    def _arrange(self) -> None:
        self.strategy.observe(lambda _change: self.notice.around(self._reform), "value")
        self.see.on_click(lambda _button: self.notice.around(self._show_earlier))
        chosen = Box([self.strategy, *self.market.controls]).add_class("wb-fields")
        parts = [chosen, self._about, self.market.about, self.form.view, self.terms.view, self.labels.view]
        self.fill([*parts, row(self.notice.view, self.see), self.running.view, self.result.view])
        show(self.see, when=False)

    def _choose(self, strategy: str | type | None) -> None:
        """List the strategies, and choose one."""
        if strategy is not None:
            info = find(strategy)
            self._infos[info.path] = info
        self._refresh()
        if strategy is not None:
            self.strategy.value = info.path
            self._reform()

    def _refresh(self) -> None:
        self.market.refresh()
        # one that was given by its class is in no list
        infos = self._infos | {info.path: info for info in registered()}
        if infos != self._infos or not self.strategy.options:
            self._infos = infos
            if offer(self.strategy, [(info.name, path) for path, info in infos.items()]):
                self._reform()

    def _reform(self) -> None:
        """The form of the chosen strategy."""
        if self.strategy.disabled:
            return
        info = self._infos[self.strategy.value]
        words = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(info.help))
        self._about.value = f"<small>{words}</small>"
        self.form.show(())  # so that no parameter of the last one is left if this one cannot be loaded
        self.form.show(parameters(info))
        self.labels.leave_to(self.form.controls)
        self.check.soon()

    def _arguments(self) -> dict[str, Any]:
        """What a person would type after ``wb.run``."""
        chosen = {"strategy": self.strategy.value, **self.market.arguments(), **self.terms.arguments()}
        return {**chosen, "params": self.form.values()}

    def _request(self) -> JobRequest:
        # a late answer would find this very run, and stand in the place of how it ended
        self.check.drop()
        arguments = self._arguments()
        needed = needed_by(self._infos[arguments["strategy"]])
        # it was said already, beside the button
        typed = {**arguments, **self.labels.arguments(), "on_duplicate": "ignore"}
        return JobRequest(verb="run", arguments=typed, settings=self._workbench.where, carried=needed)

    def _ended(self, report: Report) -> None:
        self.run = self._workbench.get(str(report.run_id))
        self.result.show(self.run)
        show(self.see, when=False)

    def _look(self, wanted: Callable[[], bool]) -> None:
        with suppress(PanelClosed):  # meanwhile: this is done on another thread
            self._say_what_is_known(wanted)

    def _say_what_is_known(self, wanted: Callable[[], bool]) -> None:
        """Say what is wrong with what is chosen, or that it was run before."""
        words, earlier = "", None
        try:
            duplicates = self._workbench.find_duplicates(**self._arguments(), limit=1, frame="pandas")
            for row in duplicates.to_dict("records"):
                nearest = Earlier(kind=row["kind"], run_id=row["run_id"], started_at=row["started_at"])
                words, earlier = nearest.text, nearest.run_id
        except WorkbenchError as wrong:
            words = wrong.told(control_of)
        if wanted():
            self._earlier = earlier
            self.notice.say(words, "info" if earlier else "warning")
            show(self.see, when=earlier is not None)

    def _show_earlier(self) -> None:
        if self._earlier is not None:
            self.run = self._workbench.get(self._earlier)
            self.result.show(self.run)


def needed_by(info: StrategyInfo) -> Carried:
    """What a process of its own needs to run this strategy.

    Raises:
        InvalidInput: not all that it uses was typed in a cell.
    """
    module, _, name = info.path.partition(":")
    needed = carried([cls for cls in load(info) if cls is not None])
    if module == MAIN and needed.cells is None:
        raise InvalidInput(
            f"{name} uses something that was not typed in a cell of this notebook, and a panel's run has a process of "
            f"its own, which cannot see it. Put it into a module and choose 'module:{name}', or type wb.run({name}, …)."
        )
    return needed
