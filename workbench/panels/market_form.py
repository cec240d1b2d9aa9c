"""What to trade on, from when to when, with how much."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, DatePicker, Dropdown, FloatText

from workbench.config import Terms
from workbench.display.html import escape
from workbench.panels.panel import offer

if TYPE_CHECKING:
    from workbench.verbs.workbench import Workbench


class MarketForm:
    """Instrument and bars, period, capital. The period begins as all days of the data, and days outside are refused."""

    def __init__(self, workbench: Workbench, changed: Callable[[], None]) -> None:
        self._workbench = workbench
        self._days: dict[tuple[str, str], tuple[date, date, int]] = {}
        self.instrument = Dropdown(description="Instrument").add_class("wb-field").add_class("wb-instrument")
        self.start = DatePicker(description="First day").add_class("wb-field").add_class("wb-start")
        self.end = DatePicker(description="Last day").add_class("wb-field").add_class("wb-end")
        self.capital = FloatText(value=Terms().capital, description="Capital", step=None)
        self.capital.add_class("wb-field").add_class("wb-capital")
        self.about = HTML().add_class("wb-about")
        self.controls = (self.instrument, self.start, self.end, self.capital)
        self.refresh()
        self._fit()
        self.instrument.observe(lambda _change: self._fit(), "value")
        for control in self.controls:
            control.observe(lambda _change: changed(), "value")

    def refresh(self) -> None:
        """Ask the catalog again; what is chosen stays chosen if it is still there."""
        datasets = self._workbench.instruments(frame="pandas").to_dict("records")
        days = {
            (data["instrument_id"], data["bar"]): (data["first"].date(), data["last"].date(), int(data["rows"]))
            for data in datasets
        }
        if days == self._days:
            return
        self._days = days
        if offer(self.instrument, [(f"{name}, {_short(bar)}", (name, bar)) for name, bar in days]):
            self._fit()

    def arguments(self) -> dict[str, Any]:
        """As `Workbench.run` takes them; a day that was cleared is left to the data."""
        name, bar = self.instrument.value or (None, None)
        days = {"start": self.start.value, "end": self.end.value}
        period = {which: day.isoformat() for which, day in days.items() if day is not None}
        return {"instrument": name, "bar": bar, **period, "capital": self.capital.value}

    def _fit(self) -> None:
        """Take the days of the chosen data, and say what they are."""
        if self.instrument.disabled:
            return
        if self.instrument.value is None:
            self.about.value = (
                "<small>The catalog is empty. Type <code>wb.import_sample()</code> or <code>wb.import_csv(…)</code> "
                "in a cell.</small>"
            )
            return
        first, last, rows = self._days[self.instrument.value]
        self.start.value, self.end.value = first, last
        self.about.value = f"<small>{escape(f'{rows:,} bars, {first} to {last}')}</small>"


def _short(bar: str) -> str:
    """``1-DAY``; what most bars have in common is left out, so that a narrow list shows the rest."""
    return bar.removesuffix("-EXTERNAL").removesuffix("-LAST")
