"""What is refused, by line, and what is only said."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

import numpy as np

from workbench.arrays import BoolArray, FloatArray, Int64Array
from workbench.catalog.dataset import day, moment
from workbench.errors import InvalidMarketData, Part

SHOWN = 5
LARGE_MOVE = 0.40


class Problems:
    """Bad rows of one file, the first reason of each; checks are added in order and the first few are kept as text."""

    def __init__(self, rows: int) -> None:
        self.bad: BoolArray = np.zeros(rows, dtype=np.bool_)
        self._reasons: dict[int, str] = {}

    def add(self, mask: BoolArray, reason: Callable[[int], str]) -> None:
        """Mark rows as bad unless they already are."""
        new = mask & ~self.bad
        for row in np.flatnonzero(new)[:SHOWN].tolist():
            self._reasons[row] = reason(row)
        self.bad |= new

    def raise_if_any(self, label: str, line: Int64Array) -> None:
        """Refuse the file if a row is bad.

        Raises:
            InvalidMarketData: with the first five bad lines and their number.
        """
        count = int(self.bad.sum())
        if not count:
            return
        shown = sorted(self._reasons)[:SHOWN]
        text = "; ".join(f"line {line[row]}: {self._reasons[row]}" for row in shown)
        more = f" ({count:,} bad lines, the first {len(shown)} are shown)" if count > len(shown) else ""
        raise InvalidMarketData(f"{label}, {text}{more}. Nothing was written.")


def check_prices(columns: dict[str, FloatArray], largest: float, problems: Problems) -> None:
    """Check that prices are above zero, not above `largest`, and that high and low enclose the others."""
    for name in ("open", "high", "low", "close"):
        values = columns[name]
        problems.add(values <= 0, lambda row, n=name, v=values: f"{n} {_plain(v[row])} is not above zero")  # type: ignore[misc]
        problems.add(values > largest, lambda row, n=name, v=values: f"{n} {_plain(v[row])} is too large")  # type: ignore[misc]
    for other in ("low", "open", "close"):
        problems.add(columns["high"] < columns[other], _order(columns, "high", "below", other))
    for other in ("open", "close"):
        problems.add(columns["low"] > columns[other], _order(columns, "low", "above", other))


def check_volume(volume: FloatArray, largest: float, problems: Problems) -> None:
    """Check that volume is not negative and not above `largest`."""
    problems.add(volume < 0, lambda row: f"volume {_plain(volume[row])} is negative")
    problems.add(volume > largest, lambda row: f"volume {_plain(volume[row])} is too large")


def check_order(time: Int64Array, line: Int64Array, problems: Problems) -> None:
    """Check that times rise from row to row, as far as they could be read."""
    if len(time) < 2:
        return
    step = np.diff(time, prepend=time[0] - 1)
    readable = ~problems.bad
    readable[1:] &= ~problems.bad[:-1]
    if len(time) > 2 and (step[1:] < 0).all() and readable.all():
        problems.add(step < 0, lambda _: "the rows run from newest to oldest; sort them oldest first")
        return
    problems.add(readable & (step == 0), lambda row: f"doubled, the same time as line {line[row - 1]}")
    problems.add(
        readable & (step < 0),
        lambda row: (
            f"unsorted, the bar closing {moment(int(time[row]))} comes after "
            f"{moment(int(time[row - 1]))} in line {line[row - 1]}"
        ),
    )


def move_warning(time: Int64Array, close: FloatArray) -> tuple[str, ...]:
    """Name the days on which the close moves by more than 40 %."""
    if len(close) < 2:
        return ()
    move = close[1:] / close[:-1] - 1
    rows = np.flatnonzero(np.abs(move) > LARGE_MOVE)
    if not len(rows):
        return ()
    named = [f"{day(int(time[row + 1]))} ({100 * move[row]:+.1f} %)" for row in rows[:SHOWN]]
    more = f" and {len(rows) - SHOWN:,} more" if len(rows) > SHOWN else ""
    return (f"the close moves by more than 40 % on {', '.join(named)}{more}: a split left in the prices, or real?",)


def refuse(label: str, *reason: Part) -> NoReturn:
    """Refuse a whole file."""
    raise InvalidMarketData(f"{label} ", *reason, ". Nothing was written.")


def _order(columns: dict[str, FloatArray], name: str, side: str, other: str) -> Callable[[int], str]:
    return lambda row: f"{name} {_plain(columns[name][row])} is {side} {other} {_plain(columns[other][row])}"


def _plain(value: float) -> str:
    return f"{value:.15g}"
