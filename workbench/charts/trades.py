"""Where a run went in and out, on the price that it saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from workbench.arrays import FloatArray, IndexArray, Int64Array
from workbench.charts.equity import MOST_POINTS, extremes
from workbench.charts.labels import Subject, labels
from workbench.charts.layout import INK, PALETTE, lay_out, say_nothing_is_there
from workbench.display.format import quantity, signed
from workbench.display.html import escape
from workbench.runs import Trade

if TYPE_CHECKING:
    import pyarrow as pa
    from plotly import graph_objects as go

SIDES = {"LONG": ("triangle-up", PALETTE[0]), "SHORT": ("triangle-down", PALETTE[1])}
"""Shape and colour of each side; in is filled and out is open, so the shape alone is enough."""

_CROWDED = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Tape:
    """One run on one instrument. `time` (ns UTC) and `close` have shape ``(n,)``, empty if the bars are gone."""

    run: Subject
    instrument_id: str
    time: Int64Array = field(repr=False)
    close: FloatArray = field(repr=False)
    trades: Sequence[Trade] = field(repr=False)
    notes: Sequence[str] = ()


def round_trips(table: pa.Table) -> list[Trade]:
    """The rows of a stored table of trades."""
    import pyarrow as pa

    for name in ("entry_time", "exit_time"):
        ns = table[name].cast(pa.int64())
        table = table.set_column(table.column_names.index(name), name, ns)
    return [Trade(return_=row.pop("return"), **row) for row in table.to_pylist()]


def trades_figure(tape: Tape) -> go.Figure:
    """Draw closes, entries and exits. Without bars the trades stand alone, at the prices at which they filled."""
    seen = shown_bars(tape)
    return draw(tape, tape.time[seen], tape.close[seen])


def shown_bars(tape: Tape, most_points: int = MOST_POINTS) -> IndexArray:
    """Positions of the bars to draw: those that carry the shape of the price, and every bar of an entry or exit."""
    if not tape.close.size:
        return np.empty(0, dtype=np.intp)
    shape = extremes(tape.close, np.zeros(tape.close.size), most_points)
    times = np.array([time for trade in tape.trades for time in (trade.entry_time, trade.exit_time)], dtype=np.int64)
    at = np.searchsorted(tape.time, times)
    return np.union1d(shape, at[at < tape.time.size])


def draw(tape: Tape, time: Int64Array, close: FloatArray) -> go.Figure:
    """Turn closes and trades into ink."""
    from plotly import graph_objects as go

    figure = go.Figure()
    run = tape.run.run_id[:8]
    here = [trade for trade in tape.trades if trade.instrument_id == tape.instrument_id]
    if time.size:
        figure.add_scatter(
            x=time.astype("datetime64[ns]"),
            y=close,
            mode="lines",
            name="close",
            line={"color": INK, "width": 1},
            hovertemplate=f"close %{{y:,.6~f}}<br>%{{x|%Y-%m-%d %H:%M}} UTC<br>run {run}<extra></extra>",
        )
    for side in SIDES:
        some = [trade for trade in here if trade.side == side]
        if some:
            _add(figure, some, side, run)
    (label,) = labels([tape.run])
    notes = list(tape.notes)
    if others := len(tape.trades) - len(here):
        one = others == 1
        notes.append(f"{others} trade{' of another instrument is' if one else 's of other instruments are'} not drawn")
    anything = bool(time.size or here)
    if anything and not here:
        notes.append("no trade was recorded")
    lay_out(
        figure,
        title=f"Trades: {label}",
        run_ids=[tape.run.run_id],
        notes=notes,
        axes=anything,
        legend=[trace.name for trace in figure.data if trace.showlegend is not False],
    )
    figure.update_xaxes(title={"text": "Time (UTC)", "standoff": 8}, type="date")
    figure.update_yaxes(title=f"Price of {escape(tape.instrument_id)}", tickformat=",.6~f")
    if not anything:
        say_nothing_is_there(figure, "no trade was recorded")
    return figure


def _add(figure: go.Figure, trades: Sequence[Trade], side: str, run: str) -> None:
    symbol, colour = SIDES[side]
    name = side.lower()
    size = 7 if len(trades) > _CROWDED else 10
    where = f"<br>%{{x|%Y-%m-%d %H:%M}} UTC<br>run {run}<extra></extra>"
    figure.add_scatter(
        # from in to out, with a gap before the next
        x=[_at(time) for trade in trades for time in (trade.entry_time, trade.exit_time, None)],
        y=[price for trade in trades for price in (trade.entry_price, trade.exit_price, None)],
        mode="lines",
        line={"color": colour, "width": 1.5, "dash": "dot"},
        legendgroup=f"{name} in",
        showlegend=False,
        hoverinfo="skip",
        name=f"held {name}",
    )
    figure.add_scatter(
        x=[_at(trade.entry_time) for trade in trades],
        y=[trade.entry_price for trade in trades],
        mode="markers",
        name=f"{name} in",
        legendgroup=f"{name} in",
        marker={"symbol": symbol, "color": colour, "size": size},
        customdata=[[quantity(trade.quantity)] for trade in trades],
        hovertemplate=f"{name} in: %{{customdata[0]}} at %{{y:,.6~f}}{where}",
    )
    figure.add_scatter(
        x=[_at(trade.exit_time) for trade in trades],
        y=[trade.exit_price for trade in trades],
        mode="markers",
        name=f"{name} out",
        marker={"symbol": f"{symbol}-open", "color": colour, "size": size, "line": {"width": 2}},
        customdata=[[quantity(trade.quantity), _won(trade)] for trade in trades],
        hovertemplate=f"{name} out: %{{customdata[0]}} at %{{y:,.6~f}}<br>%{{customdata[1]}}{where}",
    )


def _won(trade: Trade) -> str:
    return f"{signed(trade.pnl, 'money', escape(trade.currency))} ({signed(trade.return_, 'fraction')})"


def _at(ns: int | None) -> np.datetime64 | None:
    return None if ns is None else np.datetime64(ns, "ns")
