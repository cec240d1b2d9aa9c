"""What was tried when, and how good it was: a mark per run over the time of its execution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.arrays import FloatArray
from workbench.charts.labels import together
from workbench.charts.layout import INK, PALETTE, lay_out
from workbench.charts.scale import Mark, Scale
from workbench.display.html import escape
from workbench.runs import Status

if TYPE_CHECKING:
    from plotly import graph_objects as go

MARKS = {
    Status.COMPLETED: ("circle", PALETTE[0]),
    Status.FAILED: ("x", PALETTE[1]),
    Status.INTERRUPTED: ("square", PALETTE[3]),
    Status.RUNNING: ("triangle-right-open", PALETTE[2]),
}
"""Shape and colour of each status; the shape alone is enough."""


def timeline_figure(marks: Sequence[Mark], *, scale: Scale) -> go.Figure:
    """Draw the metric over execution time, with the best so far as a line.

    Runs without a value (failed, interrupted, still running, or undefined) stand in a lane of their own below.
    """
    return draw(sorted(marks, key=lambda mark: (mark.run.started_at, mark.run_id)), scale=scale)


def best_so_far(values: Sequence[float | None], *, higher_is_better: bool) -> FloatArray:
    """The best of all values up to each one, shape ``(n,)``; NaN before the first that is defined."""
    known = np.array([math.nan if value is None else value for value in values], dtype=np.float64)
    accumulate = np.fmax.accumulate if higher_is_better else np.fmin.accumulate
    return accumulate(known) if known.size else known


def draw(marks: Sequence[Mark], *, scale: Scale) -> go.Figure:
    """Turn runs, in order of their start, into ink."""
    from plotly.subplots import make_subplots

    scored = [mark for mark in marks if mark.value is not None]
    lane = [mark for mark in marks if mark.value is None]
    both = bool(scored and lane)
    below = 2 if both else 1
    heights = [0.86, 0.14] if both else [1.0]
    figure = make_subplots(rows=below, cols=1, shared_xaxes=True, row_heights=heights, vertical_spacing=0.03)
    if scored and scale.has_a_best:
        _add_the_best(figure, scored, scale)
    for row, some in ((1, scored), (below, lane)):
        for status in MARKS:
            _add(figure, [mark for mark in some if mark.run.status is status], status, scale, row)
    lay_out(
        figure,
        title=f"{scale.label} over time: {together([mark.run for mark in marks])}",
        run_ids=[mark.run_id for mark in marks],
        height=420 if scored else 200,
        legend=[trace.name for trace in figure.data],
    )
    if scored:
        figure.update_yaxes(title=escape(scale.title), tickformat=scale.tickformat, row=1)
    if lane:
        figure.update_yaxes(tickvals=[0], ticktext=["no value"], range=[-1, 1], showgrid=False, row=below)
    figure.update_xaxes(title={"text": "Executed (UTC)", "standoff": 8}, row=below)
    return figure


def _add(figure: go.Figure, marks: Sequence[Mark], status: Status, scale: Scale, row: int) -> None:
    from plotly import graph_objects as go

    if not marks:
        return
    symbol, colour = MARKS[status]
    undefined = status is Status.COMPLETED and marks[0].value is None
    trace: dict[str, Any] = {
        "x": [_utc(mark) for mark in marks],
        "y": [0.0 if mark.value is None else mark.value for mark in marks],
        "ids": [mark.run_id for mark in marks],
        "mode": "markers",
        "name": "completed, undefined" if undefined else status.value,
        "marker": {"symbol": "circle-open" if undefined else symbol, "color": colour, "size": 9},
        "customdata": [
            [escape(scale.text(mark.value)), escape(mark.label), mark.run_id[:8], status.value] for mark in marks
        ],
        "hovertemplate": f"{escape(scale.label)} %{{customdata[0]}}<br>%{{x|%Y-%m-%d %H:%M:%S}} UTC"
        "<br>%{customdata[1]}<br>run %{customdata[2]}, %{customdata[3]}<extra></extra>",
    }
    figure.add_trace(go.Scatter(trace), row=row, col=1)


def _add_the_best(figure: go.Figure, scored: Sequence[Mark], scale: Scale) -> None:
    from plotly import graph_objects as go

    best = best_so_far([mark.value for mark in scored], higher_is_better=bool(scale.higher_is_better))
    line = go.Scatter(
        x=[_utc(mark) for mark in scored],
        y=best,
        mode="lines",
        name="best so far",
        line={"color": INK, "width": 1.5, "dash": "dot", "shape": "hv"},
        hoverinfo="skip",
    )
    figure.add_trace(line, row=1, col=1)


def _utc(mark: Mark) -> datetime:
    # Plotly writes an aware time with its offset, and the browser drops that
    return mark.run.started_at.astimezone(UTC).replace(tzinfo=None)
