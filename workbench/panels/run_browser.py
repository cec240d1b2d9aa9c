"""The record to look through: filters, order, pages, and which runs are chosen, on whichever page they stand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Box, Button, Combobox, Dropdown, Text, VBox

from workbench.errors import RunNotFound
from workbench.panels import events
from workbench.panels.notice import Notice
from workbench.panels.panel import row, show
from workbench.panels.run_table import RunTable
from workbench.runs import Status
from workbench.strategies import registered
from workbench.verbs.filters import Filter, declared
from workbench.verbs.param_expressions import wanted_params

if TYPE_CHECKING:
    from workbench.verbs.workbench import Workbench

ORDERS = {
    "Newest first": ("started_at", False),
    "Oldest first": ("started_at", True),
    "Best return first": ("total_return", False),
    "Worst return first": ("total_return", True),
    "Best Sharpe first": ("sharpe_ratio", False),
    "Worst Sharpe first": ("sharpe_ratio", True),
    "Mildest drawdown first": ("max_drawdown", False),
    "Deepest drawdown first": ("max_drawdown", True),
}

OFFERED = ("strategy", "instrument")
"""Filters whose values are offered; any other can be typed."""


class RunBrowser:
    """`chosen` are ids in the order they were chosen in; `changed` is called when they are others."""

    def __init__(self, workbench: Workbench, changed: Callable[[], None], *, size: int = 20) -> None:
        self._workbench = workbench
        self._changed = changed
        self._size = size
        self._behind: list[str | None] = [None]
        self.chosen: list[str] = []
        self.notice = Notice()
        self.table = RunTable(size, lambda run_id, on: self.notice.around(lambda: self._ticked(run_id, on)))
        self._filling = threading.RLock()
        self.filters = _filters()
        self.back = Button(description="◀ Previous page").add_class("wb-back")
        self.on = Button(description="Next page ▶").add_class("wb-next")
        self.again = Button(description="Refresh").add_class("wb-refresh")
        self.none = Button(description="Choose none").add_class("wb-none")
        self._words = HTML().add_class("wb-words").add_class("wb-count")
        self._arrange()
        self.refresh()
        events.listen(self.refresh)

    def refresh(self) -> None:
        """Ask the record again for the page that is shown, or the first one if its place is gone."""
        self.notice.around(self._refill)

    def leave(self) -> None:
        """Listen to no event any more."""
        events.leave(self.refresh)

    def choose(self, run_ids: Iterable[str]) -> None:
        """Choose these and no others."""
        self.chosen = list(dict.fromkeys(run_ids))
        self.table.mark(self.chosen)
        self._count()
        self._changed()

    def _arrange(self) -> None:
        for control in self.filters.values():
            control.observe(lambda _change: self.notice.around(self._first), "value")
        self.back.on_click(lambda _button: self.notice.around(self._page_back))
        self.on.on_click(lambda _button: self.notice.around(self._page_on))
        self.again.on_click(lambda _button: self.refresh())
        self.none.on_click(lambda _button: self.choose([]))
        filters = Box(tuple(self.filters.values())).add_class("wb-fields")
        pager = row(self.back, self.on, self.again, self._words, self.none)
        self.view = VBox([filters, self.notice.view, self.table.view, pager]).add_class("wb-record")

    def _asked(self) -> dict[str, Any]:
        """What a person would type after ``wb.history_pages``."""
        values = {name: control.value for name, control in self.filters.items()}
        order_by, ascending = ORDERS[values["order"]]
        typed = {name: text.strip() or None for name, text in values.items() if name not in ("order", "params")}
        params = wanted_params(values["params"].split())
        return {**typed, "params": params, "order_by": order_by, "ascending": ascending}

    def _refill(self) -> None:
        try:
            self._fill()
        except RunNotFound:
            self._first()

    def _fill(self) -> None:
        # a cell that ends asks in the main thread, a control in another: who comes last shows what is asked then
        with self._filling:
            self._show_page()

    def _show_page(self) -> None:
        # one more than is shown: whether there is a page after this one
        pages = self._workbench.history_pages(
            size=self._size + 1, after=self._behind[-1], frame="pandas", **self._asked()
        )
        rows = [row for page in islice(pages, 1) for row in page.itertuples()]
        self.table.show(rows, self.chosen)
        self.notice.say("")
        self.back.disabled = len(self._behind) == 1
        self.on.disabled = len(rows) <= self._size
        self._offer()
        self._count()

    def _first(self) -> None:
        self._behind = [None]
        self._fill()

    def _page_on(self) -> None:
        self._behind.append(self.table.run_ids[-1])
        self._fill()

    def _page_back(self) -> None:
        if len(self._behind) > 1:
            self._behind.pop()
        self._fill()

    def _ticked(self, run_id: str, on: bool) -> None:
        self.choose([*self.chosen, run_id] if on else [other for other in self.chosen if other != run_id])

    def _count(self) -> None:
        first = (len(self._behind) - 1) * self._size
        shown = f"{first + 1:,} to {first + len(self.table.run_ids):,}" if self.table.run_ids else "none"
        chosen = f"; {len(self.chosen)} chosen" if self.chosen else ""
        self._words.value = f"<span role='status'>{shown}{chosen}</span>"
        show(self.none, when=bool(self.chosen))

    def _offer(self) -> None:
        """Names to choose from; any other can be typed, for the record may hold what is no longer registered."""
        self.filters["strategy"].options = [info.name for info in registered()]
        names = self._workbench.instruments(frame="pandas")["instrument_id"]
        self.filters["instrument"].options = list(dict.fromkeys(names))


def _filters() -> dict[str, Any]:
    """A control for each filter that is declared with a label, and one for the order."""
    controls = {name: _control(name, about) for name, about in declared().items() if about.label}
    controls["order"] = Dropdown(description="Order", options=list(ORDERS))
    for name, control in controls.items():
        control.add_class("wb-field").add_class(f"wb-filter-{name}")
    return controls


def _control(name: str, about: Filter) -> Any:
    if name == "status":
        return Dropdown(
            description=about.label, options=[("any", ""), *((status.value, status.value) for status in Status)]
        )
    if name in OFFERED:
        return Combobox(description=about.label, continuous_update=False, placeholder="any")
    example = "fast_period=5..15" if name == "params" else "any"
    return Text(description=about.label, continuous_update=False, placeholder=example)
