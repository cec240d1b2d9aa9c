"""The equity curves of one or several runs, and below them how deep each one is under its peak."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.metrics import FloatArray, Int64Array, drawdown

if TYPE_CHECKING:
    from plotly import graph_objects as go

# The four of Okabe & Ito's colour-blind-safe colours that stand out from white and from black alike.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
DASHES = ("solid", "dash", "dot")
INK = "#777777"
GRID = "rgba(128, 128, 128, 0.25)"
NOTHING = "no equity was recorded"
MOST_POINTS = 5_000


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is drawn of a curve: at most about `MOST_POINTS` of its points, all extremes among them."""

    run_id: str
    label: str
    currency: str
    time: NDArray[np.datetime64]
    equity: FloatArray
    drawdown: FloatArray


def equity_figure(curves: Sequence[Curve]) -> go.Figure:
    """Draw equity on top and drawdown below, on one time axis.

    A run without equity is named in the figure. Runs in different currencies share the axis; its title names them all.
    """
    return draw([equity_line(curve) for curve in curves])


def equity_line(curve: Curve, most_points: int = MOST_POINTS) -> Line:
    """Measure the drawdown of every bar, then leave out bars that would not be seen."""
    depth = drawdown(curve.equity, curve.initial_capital)
    seen = extremes(curve.equity, depth, most_points)
    return Line(
        run_id=curve.run_id,
        label=curve.label,
        currency=curve.currency,
        time=curve.time[seen].astype("datetime64[ns]"),
        equity=curve.equity[seen],
        drawdown=depth[seen],
    )


def extremes(equity: FloatArray, depth: FloatArray, most_points: int) -> NDArray[np.intp]:
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
    found = [rows[0].argmax(axis=1), rows[0].argmin(axis=1), rows[1].argmin(axis=1)]
    return np.unique(np.concatenate([[0], *(starts + f for f in found), [equity.size - 1]]))


def draw(lines: Sequence[Line]) -> go.Figure:
    """Turn lines into ink. The background is transparent, so that a light and a dark notebook both suit it."""
    from plotly.subplots import make_subplots

    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.7, 0.3], vertical_spacing=0.04)
    drawn = [line for line in lines if line.time.size]
    for number, line in enumerate(drawn):
        _add(figure, line, number, filled=len(drawn) == 1)
    _lay_out(figure, drawn)
    figure.update_layout(meta={"run_ids": [line.run_id for line in lines]})
    _name_the_missing(figure, [line for line in lines if not line.time.size], alone=not drawn)
    return figure


def _add(figure: go.Figure, line: Line, number: int, *, filled: bool) -> None:
    from plotly import graph_objects as go

    colour, dash = PALETTE[number % len(PALETTE)], DASHES[number // len(PALETTE) % len(DASHES)]
    shared: dict[str, Any] = {
        "x": line.time,
        # a line through one point is invisible
        "mode": "markers" if line.time.size == 1 else "lines",
        "name": html.escape(line.label),
        "legendgroup": line.run_id,
        "line": {"color": colour, "dash": dash, "width": 1.5},
        "marker": {"color": colour, "size": 8},
        "meta": [line.run_id[:8], line.currency],
    }
    where = "<br>%{x|%Y-%m-%d %H:%M} UTC<br>run %{meta[0]}"
    figure.add_trace(go.Scatter(y=line.equity, hovertemplate="%{y:,.2f} %{meta[1]}" + where, **shared), row=1, col=1)
    shared |= {"showlegend": False, "fill": "tozeroy" if filled else "none"}
    figure.add_trace(go.Scatter(y=line.drawdown, hovertemplate="%{y:.2%}" + where, **shared), row=2, col=1)


def _lay_out(figure: go.Figure, lines: Sequence[Line]) -> None:
    currencies = ", ".join(dict.fromkeys(line.currency for line in lines))
    axis = {"gridcolor": GRID, "zerolinecolor": GRID, "linecolor": INK, "visible": bool(lines), "automargin": True}
    figure.update_layout(
        template="none",
        title={
            "text": html.escape(lines[0].label) if len(lines) == 1 else "Equity",
            "font": {"size": 15},
            "x": 0,
            "xref": "paper",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 12},
        },
        height=460,
        margin={"l": 70, "r": 20, "t": 45, "b": 30},
        paper_bgcolor="rgba(0, 0, 0, 0)",
        plot_bgcolor="rgba(0, 0, 0, 0)",
        font={"color": INK},
        # below, where it may grow: above it would run into the title
        legend={"orientation": "h", "x": 0, "y": -0.18, "yanchor": "top"},
        modebar={"bgcolor": "rgba(0, 0, 0, 0)", "color": INK, "activecolor": PALETTE[0]},
        showlegend=len(lines) > 1,
        hovermode="closest",
    )
    figure.update_xaxes(axis)
    figure.update_yaxes(axis)
    figure.update_xaxes(title={"text": "Time (UTC)", "standoff": 8}, row=2)
    figure.update_yaxes(title=f"Account value ({currencies})", row=1)
    figure.update_yaxes(title="Drawdown", tickformat=".1~%", row=2)
    _frame_what_is_flat(figure, lines)


def _frame_what_is_flat(figure: go.Figure, lines: Sequence[Line]) -> None:
    """Give an account that never moved, or never fell, an axis that says so; left alone it would be zoomed into."""
    lowest = min((float(line.equity.min()) for line in lines), default=0.0)
    if lines and lowest == max(float(line.equity.max()) for line in lines):
        margin = abs(lowest) * 0.05 or 1.0
        figure.update_yaxes(range=[lowest - margin, lowest + margin], row=1)
    if lines and not any(line.drawdown.any() for line in lines):
        figure.update_yaxes(range=[-0.1, 0.0], row=2)


def _name_the_missing(figure: go.Figure, missing: Sequence[Line], *, alone: bool) -> None:
    if not missing and not alone:
        return
    names = ", ".join(html.escape(line.label) for line in missing)
    figure.add_annotation(
        text=f"{NOTHING}: {names}" if names else NOTHING,
        xref="paper",
        yref="paper",
        x=0.5 if alone else 1.0,
        y=0.5 if alone else 1.0,
        xanchor="center" if alone else "right",
        showarrow=False,
    )
