"""Runs as rows of a table, with a checkbox each. It shows one page and knows of no other."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from typing import Any

from ipywidgets import HTML, Box, Checkbox, VBox

from workbench.display.format import number
from workbench.display.html import escape, title
from workbench.panels.panel import show

MARKS = {"completed": "✓", "failed": "✗ failed", "interrupted": "■ interrupted", "running": "… running"}
"""What went well needs no word, but for a screen reader: the label of its checkbox says it."""

COLUMNS = (
    *("Status", "Run", "Started (UTC)", "Strategy", "Instrument"),
    *("Return", "Sharpe", "Max DD", "Trades"),
    *("Tags", "Parameters"),
)
RIGHT = range(5, 9)


class RunTable:
    """Shows rows of `wb.history`. `changed` is called with an id and whether it is chosen, when a box is ticked."""

    def __init__(self, size: int, changed: Callable[[str, bool], None]) -> None:
        self._changed = changed
        self._rows: list[Any] = []
        self._quiet = False
        self._guard = threading.RLock()  # a tick that comes while another page is filled in waits for it
        self._html = HTML().add_class("wb-rows")
        self.checks = [Checkbox(indent=False) for _ in range(size)]
        for position, check in enumerate(self.checks):
            check.observe(lambda change, position=position: self._ticked(position, change["new"]), "value")
        self.view = Box([VBox(self.checks).add_class("wb-checks"), self._html]).add_class("wb-table")

    @property
    def run_ids(self) -> list[str]:
        """What is shown, from top to bottom."""
        return [row.run_id for row in self._rows]

    def show(self, rows: Sequence[Any], chosen: Sequence[str]) -> None:
        """Show these, at most as many as there are checkboxes, those ticked that are chosen."""
        with self._guard:
            self._rows = list(rows[: len(self.checks)])
            for position, check in enumerate(self.checks):
                filled = position < len(self._rows)
                show(check, when=filled)
                check.description = _spoken(self._rows[position]) if filled else ""
            self.mark(chosen)

    def mark(self, chosen: Sequence[str]) -> None:
        """Tick what is chosen; the rows stay."""
        with self._guard:
            self._quiet = True  # ticked by the panel, not by the trader
            for position, check in enumerate(self.checks):
                check.value = position < len(self._rows) and self._rows[position].run_id in chosen
            self._quiet = False
            self._draw(chosen)

    def _draw(self, chosen: Sequence[str]) -> None:
        heads = "".join(f"<th scope='col'{_side(at)}>{name}</th>" for at, name in enumerate(COLUMNS))
        rows = "".join(_row(row, chosen=row.run_id in chosen) for row in self._rows)
        none = "" if rows else f"<tr><td colspan='{len(COLUMNS)}'>No saved run matches.</td></tr>"
        self._html.value = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}{none}</tbody></table>"

    def _ticked(self, position: int, chosen: bool) -> None:
        with self._guard:
            if not self._quiet and position < len(self._rows):
                self._changed(self._rows[position].run_id, chosen)


def _spoken(row: Any) -> str:
    """What a screen reader says of a checkbox."""
    named = f" {row.name!r}" if _named(row) else ""
    return f"choose run {row.run_id[:8]}{named}, {row.strategy_name} on {row.instrument_id}, {row.status}"


def _named(row: Any) -> bool:
    return isinstance(row.name, str) and bool(row.name)


def _row(row: Any, *, chosen: bool) -> str:
    values = (
        MARKS[row.status] + ("≠" if row.reconciled == "no" else ""),
        row.name if _named(row) else row.run_id[:8],
        f"{row.started_at:%Y-%m-%d %H:%M}",
        row.strategy_name,
        row.instrument_id,
        number(_known(row.total_return), "fraction"),
        number(_known(row.sharpe_ratio), "ratio"),
        number(_known(row.max_drawdown), "fraction"),
        number(_known(row.total_trades), "count"),
        row.tags if isinstance(row.tags, str) else "",
        ", ".join(f"{name} {value}" for name, value in _telling(json.loads(row.params))),
    )
    why = row.error_message if isinstance(row.error_message, str) else row.run_id
    if row.reconciled == "no":
        why = f"does not reconcile, see its warnings; {why}"
    titles = {0: f"{row.status}: {why}", 1: row.run_id, len(values) - 1: values[-1]}
    cells = "".join(
        f"<td{_side(at)}{title(titles.get(at))}>{escape(str(value)[:200])}</td>" for at, value in enumerate(values)
    )
    return f"<tr data-run='{escape(row.run_id)}' aria-selected='{str(chosen).lower()}'>{cells}</tr>"


def _telling(params: dict[str, Any]) -> list[tuple[str, Any]]:
    """Parameters as a trader reads them: numbers before words, and before what is only on or off."""
    kinds = {name: isinstance(value, bool) + (not isinstance(value, int | float)) for name, value in params.items()}
    return sorted(params.items(), key=lambda item: kinds[item[0]])


def _side(at: int) -> str:
    return " class='wb-right'" if at in RIGHT else ""


def _known(value: Any) -> Any:
    """A number, or None for what pandas has for a missing one."""
    import pandas as pd

    return None if pd.isna(value) else value
