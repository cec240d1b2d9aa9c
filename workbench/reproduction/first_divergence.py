"""Where two runs part: the first trade that is not the same, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from workbench.display.format import signed

if TYPE_CHECKING:
    import pyarrow as pa

TRADE = ("instrument_id", "side", "quantity", "entry_time", "entry_price", "exit_time", "exit_price", "pnl")
FILL = ("time", "instrument_id", "side", "quantity", "price", "commission")


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """The first trade or fill that is not the same.

    `number` counts from 1. `original` and `other` are its row in each run, None where a run has no more. `common` is
    the profit of all trades before it, equal in both; `profits` what the trades from there on made in each, in the
    currency of the trades, so that ``profits[1] - profits[0]`` is what the change cost or brought.
    """

    what: str
    number: int
    original: Mapping[str, object] | None
    other: Mapping[str, object] | None
    common: float
    profits: tuple[float, float]

    def __str__(self) -> str:
        rows = f"{_row(self.original)} → {_row(self.other)}"
        first = f"the {self.what}s part at {self.what} {self.number}: {rows}."
        if self.what == "fill":
            return f"{first} No closed trade differs."
        common, before, after, difference = (
            signed(profit, "money") for profit in (self.common, *self.profits, self.profits[1] - self.profits[0])
        )
        return (
            f"{first} Profit of the trades before it: {common}, the same in both; "
            f"from there on: {before} → {after}, a difference of {difference}."
        )


def first_divergence(original: tuple[pa.Table, pa.Table], other: tuple[pa.Table, pa.Table]) -> Divergence | None:
    """Find where the trades of two runs part, or where no trade differs, their fills; each is (trades, fills)."""
    trades = [table.to_pylist() for table in (original[0], other[0])]
    at = _first(trades[0], trades[1], TRADE)
    if at is not None:
        profits = [sum(row["pnl"] for row in rows[at:]) for rows in trades]
        return Divergence(
            what="trade",
            number=at + 1,
            original=_at(trades[0], at),
            other=_at(trades[1], at),
            common=sum(row["pnl"] for row in trades[0][:at]),
            profits=(profits[0], profits[1]),
        )
    fills = [table.to_pylist() for table in (original[1], other[1])]
    at = _first(fills[0], fills[1], FILL)
    if at is None:
        return None
    common = sum(row["pnl"] for row in trades[0])
    rows = [_at(one, at) for one in fills]
    return Divergence(what="fill", number=at + 1, original=rows[0], other=rows[1], common=common, profits=(0.0, 0.0))


def _first(before: list[Any], after: list[Any], columns: tuple[str, ...]) -> int | None:
    for number, (one, two) in enumerate(zip_longest(before, after)):
        if one is None or two is None or any(one[name] != two[name] for name in columns):
            return number
    return None


def _at(rows: list[Any], number: int) -> Mapping[str, Any] | None:
    return rows[number] if number < len(rows) else None


def _row(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return "none"
    if "pnl" in row:
        times = f"{_moment(row['entry_time'])} at {row['entry_price']:g} to {_moment(row['exit_time'])}"
        return f"{row['side']} {row['quantity']:g} {row['instrument_id']}, {times} at {row['exit_price']:g}"
    return f"{row['side']} {row['quantity']:g} {row['instrument_id']}, {_moment(row['time'])} at {row['price']:g}"


def _moment(when: datetime) -> str:
    utc = when.astimezone(UTC)
    return f"{utc:%Y-%m-%d}" if (utc.hour, utc.minute) == (23, 59) else f"{utc:%Y-%m-%d %H:%M:%S}"
