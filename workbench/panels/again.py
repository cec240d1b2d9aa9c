"""A recorded configuration, its parameters to be changed, and run anew."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, VBox

from workbench.apart import Report, Request
from workbench.errors import InvalidInput
from workbench.panels.form import Form
from workbench.panels.launcher import sendable
from workbench.panels.notice import Notice
from workbench.panels.panel import show
from workbench.panels.running import Running
from workbench.strategies import find, parameters

if TYPE_CHECKING:
    from workbench._workbench import Workbench
    from workbench.config import Snapshot
    from workbench.runs import Run


class Again:
    """Offers one run at a time; `done` is called with every new one."""

    def __init__(self, workbench: Workbench, done: Callable[[Run], None]) -> None:
        self._workbench = workbench
        self._done = done
        self._run: Run | None = None
        self.notice = Notice()
        self._about = HTML()
        self.form = Form(lambda: self.notice.say(""))
        self.running = Running(self._request, self._ended, self.notice, label="Run again")
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
        words = f"Run {run.id[:8]} again: {run.strategy} on {run.record.instrument_id}, with today's code and these:"
        self._about.value = f"<h5>{html.escape(words)}</h5>"
        known = parameters(find(run.record.strategy_path))
        self.form.show(known, run.params)
        if gone := sorted(set(run.params) - {one.name for one in known}):
            self.notice.say(f"{run.strategy} has no parameter {', '.join(gone)} any more: it is left out.", "warning")

    def _request(self) -> Request:
        if self._run is None:
            raise InvalidInput("no run was chosen to be run again.")
        sendable(find(self._run.record.strategy_path))
        arguments = arguments_again(self._run.config, self.form.values())
        return Request(verb="run", arguments=arguments, settings=self._workbench.where)

    def _ended(self, report: Report) -> None:
        self._done(self._workbench.get(str(report.run_id)))


def arguments_again(snapshot: Snapshot, params: Mapping[str, Any]) -> dict[str, Any]:
    """What to type after ``wb.run`` for a recorded configuration with these parameters.

    Raises:
        InvalidInput: a rate that is not one for all: `Workbench.run` has no word for it.
    """
    venue, data = snapshot.venue, snapshot.data[0]
    return {
        "strategy": snapshot.strategy.path,
        "instrument": data.instrument_id,
        "bar": data.bar,
        "start": snapshot.start,
        "end": snapshot.end,
        "capital": f"{venue.capital} {venue.currency}",
        "account": venue.account,
        "oms": venue.oms,
        "leverage": venue.leverage,
        "fees": _fees(snapshot),
        "slippage": venue.fill.prob_slippage,
        "seed": venue.fill.seed,
        "risk_free": snapshot.risk_free,
        "params": dict(params),
        "on_duplicate": "ignore",
    }


def _fees(snapshot: Snapshot) -> str | None:
    """An amount per order, one rate for all orders, or None for the instrument's own two."""
    venue = snapshot.venue
    if venue.fees.amount is not None:
        return f"{venue.fees.amount} {venue.currency}"
    definition = snapshot.instruments[snapshot.data[0].instrument_id]
    maker, taker = definition.get("maker_fee"), definition.get("taker_fee")
    return None if maker != taker or taker is None else str(taker)
