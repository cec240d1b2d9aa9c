"""The drawdown chart."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.charts import Curve, drawdown_figure

DAY = 86_400_000_000_000


def curve(equity: list[float], number: int = 0) -> Curve:
    return Curve(
        run_id=f"{number:08x}-1111-4111-8111-111111111111",
        label=f"SMA {number}",
        currency="USD",
        time=19_906 * DAY + np.arange(len(equity)) * DAY,
        equity=np.array(equity),
    )


def test_the_line_is_the_depth_under_the_peak_and_the_deepest_point_is_marked() -> None:
    line, mark = drawdown_figure([curve([100.0, 80.0, 120.0, 90.0])]).data
    # 80 / 100 - 1, and 90 / 120 - 1 which is deeper
    assert list(line.y) == pytest.approx([0.0, -0.2, 0.0, -0.25])
    assert line.fill == "tozeroy"
    assert (mark.y[0], mark.text) == (-0.25, "-25.0%")
    assert mark.x[0] == np.datetime64("2024-07-05")
    assert (mark.mode, mark.marker.symbol, mark.showlegend) == ("markers+text", "diamond", False)


def test_a_run_that_never_fell_has_no_mark_and_an_axis_that_says_so() -> None:
    figure = drawdown_figure([curve([100.0, 110.0])])
    assert len(figure.data) == 1
    assert tuple(figure.layout.yaxis.range) == (-0.1, 0)


def test_fifty_runs_are_fifty_thin_lines_without_marks_or_legend() -> None:
    figure = drawdown_figure([curve([100.0, 90.0], number) for number in range(50)], "50 runs")
    assert [trace.mode for trace in figure.data] == ["lines"] * 50
    assert {trace.line.width for trace in figure.data} == {1.0}
    assert (figure.layout.showlegend, figure.layout.title.text) == (False, "Drawdown: 50 runs")


def test_run_ids_are_in_hover_and_figure_and_the_missing_is_named() -> None:
    figure = drawdown_figure([curve([100.0, 90.0], 1), curve([], 2)])
    assert [run_id[:8] for run_id in figure.layout.meta["run_ids"]] == ["00000001", "00000002"]
    assert all("run %{meta[0]}" in trace.hovertemplate and trace.meta[0] == "00000001" for trace in figure.data)
    assert [note.text for note in figure.layout.annotations] == ["No equity was recorded: SMA 2"]


def test_a_figure_of_nothing_says_so() -> None:
    figure = drawdown_figure([curve([])])
    assert (len(figure.data), figure.layout.annotations[0].text) == (0, "no equity was recorded: SMA 0")
