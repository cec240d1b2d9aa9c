"""The equity curves of one or several runs, and below them how deep each one is under its peak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.arrays import FloatArray, IndexArray, Int64Array
from workbench.charts.layout import lay_out, left_out, legend_of, look, say_nothing_is_there, short
from workbench.metrics import drawdown
from workbench.runs import Record

if TYPE_CHECKING:
    import pyarrow as pa
    from plotly import graph_objects as go

NOTHING = "no equity was recorded"
MOST_POINTS = 5_000
"""Of one curve; a screen has fewer columns."""

MOST_POINTS_IN_ALL = 50_000
"""Of all curves of a figure, whose file would else grow to megabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One run's equity: account value per bar, `time` in ns UTC, both of shape ``(n,)``, money in `currency`.

    `initial_capital` is the first peak that drawdown is measured from, as in the metrics; without it, the first value.
    """

    run_id: str
    label: str
    currency: str
    time: Int64Array
    equity: FloatArray
    initial_capital: float | None = None

    @property
    def start(self) -> float:
        """What the account had before the first bar."""
        return float(self.equity[0] if self.initial_capital is None else self.initial_capital)


def curve(record: Record, label: str, table: pa.Table) -> Curve:
    """A stored table of time and equity as a curve."""
    return Curve(
        run_id=str(record.run_id),
        label=label,
        currency=record.currency,
        initial_capital=float(record.initial_capital),
        time=table["time"].cast("int64").to_numpy(),
        equity=table["equity"].to_numpy(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is drawn of a curve: about `most_points` of its bars, all extremes among them.

    `equity` is money, or the change since the start as a fraction if it was rebased; `drawdown` a fraction <= 0.
    """

    run_id: str
    label: str
    currency: str
    time: NDArray[np.datetime64]
    equity: FloatArray
    drawdown: FloatArray


def equity_figure(curves: Sequence[Curve], of: str = "", *, rebased: bool = False) -> go.Figure:
    """Draw equity on top and drawdown below, on one time axis.

    A run without equity is named in the figure. Runs in different currencies share the axis; its title names them all.

    Args:
        curves: one per run.
        of: what several runs have in common, for the title; one run is its own title.
        rebased: the change since the start, as a fraction of each run's initial capital, instead of money.
    """
    title = f"Equity: {of}" if of else "Equity"
    return draw(equity_lines(curves, rebased=rebased), title=title, rebased=rebased)


def equity_lines(curves: Sequence[Curve], *, rebased: bool = False) -> list[Line]:
    """The lines of all curves, the more of them the fewer points each."""
    most = min(MOST_POINTS, MOST_POINTS_IN_ALL // max(len(curves), 1))
    return [equity_line(curve, most, rebased=rebased) for curve in curves]


def equity_line(curve: Curve, most_points: int = MOST_POINTS, *, rebased: bool = False) -> Line:
    """Measure the drawdown of every bar, then leave out bars that would not be seen."""
    depth = drawdown(curve.equity, curve.initial_capital)
    seen = extremes(curve.equity, depth, most_points)
    equity = curve.equity[seen]
    return Line(
        run_id=curve.run_id,
        label=curve.label,
        currency=curve.currency,
        time=curve.time[seen].astype("datetime64[ns]"),
        equity=equity / curve.start - 1.0 if rebased and equity.size else equity,
        drawdown=depth[seen],
    )


def extremes(equity: FloatArray, depth: FloatArray, most_points: int) -> IndexArray:
    """Choose the bars that carry the shape of the curve.

    Of each of equally many bars: the highest and the lowest equity and the deepest drawdown, plus the first and the
    last bar of all. Every peak and trough of the whole curve is therefore drawn.

    Args:
        equity: account value per bar, shape ``(n,)``.
        depth: drawdown per bar, shape ``(n,)``.
        most_points: about how many to keep.

    Returns:
        Positions, ascending, without repeats: all ``n`` if that is not more than `most_points`.
    """
    if equity.size <= most_points:
        return np.arange(equity.size)
    width = -(-equity.size * 3 // most_points)
    starts = np.arange(0, equity.size, width)
    # the last row is filled up with its own last value, which argmax and argmin never prefer to the real one
    rows = [np.pad(a, (0, starts.size * width - a.size), mode="edge").reshape(-1, width) for a in (equity, depth)]
    turning = [rows[0].argmax(axis=1), rows[0].argmin(axis=1), rows[1].argmin(axis=1)]
    return np.unique(np.concatenate([[0], *(starts + rows for rows in turning), [equity.size - 1]]))


def draw(lines: Sequence[Line], *, title: str = "Equity", rebased: bool = False) -> go.Figure:
    """Turn lines into ink."""
    from plotly.subplots import make_subplots

    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.7, 0.3], vertical_spacing=0.04)
    drawn = [line for line in lines if line.time.size]
    for number, line in enumerate(drawn):
        _add(figure, line, look(number, len(drawn)), alone=len(drawn) == 1, rebased=rebased)
    missing = [line.label for line in lines if not line.time.size]
    legend, notes = legend_of([line.label for line in drawn])
    lay_out(
        figure,
        title=drawn[0].label if len(drawn) == 1 else title,
        run_ids=[line.run_id for line in lines],
        notes=[*notes, *left_out(NOTHING, missing)] if drawn else (),
        axes=bool(drawn),
        legend=legend,
    )
    currencies = ", ".join(dict.fromkeys(line.currency for line in drawn))
    figure.update_xaxes(title={"text": "Time (UTC)", "standoff": 8}, row=2)
    figure.update_yaxes(title="Change since the start" if rebased else f"Account value ({currencies})", row=1)
    figure.update_yaxes(tickformat=".1~%" if rebased else None, row=1)
    figure.update_yaxes(title="Drawdown", tickformat=".1~%", row=2)
    frame_what_is_flat(figure, [line.equity for line in drawn], row=1)
    frame_what_never_fell(figure, drawn, row=2)
    if not drawn:
        say_nothing_is_there(figure, ": ".join([NOTHING, *filter(None, [", ".join(missing)])]))
    return figure


def trace(line: Line, shown: dict[str, Any], hover: str) -> dict[str, Any]:
    """What the line of one run has in every chart of lines over time; `hover` says how a value is written."""
    return {
        "x": line.time,
        # a line through one point is invisible
        "mode": "markers" if line.time.size == 1 else "lines",
        "name": short(line.label),
        "legendgroup": line.run_id,
        "marker": {"color": shown["line"]["color"], "size": 8},
        "meta": [line.run_id[:8], line.currency],
        "hovertemplate": hover + "<br>%{x|%Y-%m-%d %H:%M} UTC<br>run %{meta[0]}",
        **shown,
    }


def _add(figure: go.Figure, line: Line, shown: dict[str, Any], *, alone: bool, rebased: bool) -> None:
    from plotly import graph_objects as go

    value = "%{y:+.2%}" if rebased else "%{y:,.2f} %{meta[1]}"
    figure.add_trace(go.Scatter(y=line.equity, **trace(line, shown, value)), row=1, col=1)
    below = trace(line, shown, "%{y:.2%}") | {"showlegend": False, "fill": "tozeroy" if alone else "none"}
    figure.add_trace(go.Scatter(y=line.drawdown, **below), row=2, col=1)


def frame_what_is_flat(figure: go.Figure, values: Sequence[FloatArray], row: int) -> None:
    """Give what never moved an axis that says so; left alone it would be zoomed into."""
    lowest = min((float(returns.min()) for returns in values), default=0.0)
    if values and lowest == max(float(returns.max()) for returns in values):
        margin = abs(lowest) * 0.05 or 1.0
        figure.update_yaxes(range=[lowest - margin, lowest + margin], row=row)


def frame_what_never_fell(figure: go.Figure, lines: Sequence[Line], row: int | None = None) -> None:
    """The same for drawdown, whose top is zero."""
    if lines and not any(line.drawdown.any() for line in lines):
        figure.update_yaxes(range=[-0.1, 0.0], row=row)
