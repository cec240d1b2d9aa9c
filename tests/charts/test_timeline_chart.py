"""The timeline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest

from workbench.charts import Mark, Scale, timeline_figure
from workbench.charts.timeline import best_so_far
from workbench.runs import Status

Make = Callable[..., Mark]
SHARPE = Scale(label="Sharpe ratio", higher_is_better=True)


def test_the_best_so_far_never_gets_worse_and_skips_what_is_undefined() -> None:
    values = [None, 1.0, 0.5, None, 2.0]
    assert best_so_far(values, higher_is_better=True) == pytest.approx([np.nan, 1, 1, 1, 2], nan_ok=True)
    assert best_so_far(values, higher_is_better=False) == pytest.approx([np.nan, 1, 0.5, 0.5, 0.5], nan_ok=True)
    assert best_so_far([], higher_is_better=True).size == 0


def test_runs_stand_in_the_order_of_their_execution_whatever_the_order_given(mark: Make) -> None:
    best, runs = timeline_figure([mark(3, 0.5), mark(1, 1.0), mark(2, 2.0)], scale=SHARPE).data
    assert list(runs.y) == [1.0, 2.0, 0.5]
    assert (best.name, list(best.y), best.line.shape) == ("best so far", [1.0, 2.0, 2.0], "hv")
    assert runs.x[0] == datetime(2026, 11, 21, 12, 1)


def test_times_are_utc_wherever_the_database_lives(mark: Make) -> None:
    tokyo = datetime(2026, 11, 21, 21, tzinfo=timezone(timedelta(hours=9)))
    (_, runs) = timeline_figure([mark(1, 1.0, started_at=tokyo)], scale=SHARPE).data
    assert runs.x[0] == datetime(2026, 11, 21, 12)


def test_every_status_has_its_own_shape_and_those_without_a_value_a_lane_below(mark: Make) -> None:
    marks = [mark(n, None, status=status) for n, status in enumerate(Status)] + [mark(9, 1.0)]
    figure = timeline_figure(marks, scale=SHARPE)
    shapes = {trace.name: (trace.marker.symbol, trace.yaxis) for trace in figure.data if trace.mode == "markers"}
    assert shapes == {
        "completed": ("circle", "y"),
        "completed, undefined": ("circle-open", "y2"),
        "failed": ("x", "y2"),
        "interrupted": ("square", "y2"),
        "running": ("triangle-right-open", "y2"),
    }
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1]
    assert list(figure.layout.yaxis2.ticktext) == ["no value"]


def test_without_any_value_the_lane_is_the_chart(mark: Make) -> None:
    figure = timeline_figure([mark(1, None, status=Status.FAILED)], scale=SHARPE)
    assert [trace.name for trace in figure.data] == ["failed"]
    assert list(figure.layout.yaxis.ticktext) == ["no value"]


def test_there_is_no_best_line_where_there_is_no_best(mark: Make) -> None:
    trades = Scale(label="Trades", unit="count")
    assert [trace.mode for trace in timeline_figure([mark(1, 1.0)], scale=trades).data] == ["markers"]


def test_ids_are_in_hover_and_figure(mark: Make) -> None:
    figure = timeline_figure([mark(2, 1.0), mark(1, None, status=Status.FAILED)], scale=SHARPE)
    assert [run_id[:8] for run_id in figure.layout.meta["run_ids"]] == ["00000001", "00000002"]
    for trace in figure.data[1:]:
        assert trace.customdata[0][2] == trace.ids[0][:8]
        assert "run %{customdata[2]}, %{customdata[3]}" in trace.hovertemplate
