"""The compare chart: bars by their values, the best by its star."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workbench.charts import Bars, Scale, Subject, compare_figure
from workbench.charts.compare import room
from workbench.charts.layout import INK, PALETTE

Make = Callable[..., Subject]
SHARPE = Scale(label="Sharpe ratio", higher_is_better=True)
DEPTH = Scale(label="Max drawdown", unit="fraction", higher_is_better=True)


def test_the_axis_has_room_for_the_words_beyond_the_bars() -> None:
    # words of 8.5 and 1.5 more letters of 6.4 pixels are 64 of 160: 40 %, so 60 % are left for 0 … 3
    assert room([3.0, 1.0], ["x" * 8 + "y", "z"], 168.0) == pytest.approx((0.0, 5.0))
    # two words of 3.5 + 1.5 letters: 32 of 160 pixels each side, 60 % are left for -1 … 2
    assert room([-1.0, 2.0], ["x" * 4, "y" * 4], 176.0) == pytest.approx((-2.0, 3.0))


def test_an_axis_without_values_still_has_a_width() -> None:
    low, high = room([None, None], ["–", "–"], 160.0)
    assert low <= 0 < high


def test_a_panel_per_metric_a_bar_per_run_and_a_star_at_the_best(run: Make) -> None:
    runs = [run(n, params={"fast": n}) for n in range(3)]
    figure = compare_figure(
        runs, [Bars(scale=SHARPE, values=[0.5, None, 1.0]), Bars(scale=DEPTH, values=[-0.1, None, -0.2])]
    )
    sharpe, depth = figure.data
    assert (list(sharpe.x), list(sharpe.y), sharpe.orientation) == ([0.5, 0.0, 1.0], [0, 1, 2], "h")
    assert list(sharpe.text) == ["0.50", "–", "1.00 ★"]
    assert list(depth.text) == ["-10.0% ★", "–", "-20.0%"]
    assert list(sharpe.marker.color) == [INK, INK, PALETTE[0]]
    titles = [note.text for note in figure.layout.annotations]
    assert titles == ["Sharpe ratio", "Max drawdown"]
    assert list(figure.layout.yaxis.ticktext) == ["fast 0, 00000000", "fast 1, 00000001", "fast 2, 00000002"]
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]


def test_more_than_four_panels_go_on_below(run: Make) -> None:
    figure = compare_figure([run(1), run(2)], [Bars(scale=SHARPE, values=[1.0, 2.0])] * 5)
    assert [trace.xaxis for trace in figure.data] == ["x", "x2", "x3", "x4", "x5"]
    assert figure.layout.yaxis5.domain[1] < figure.layout.yaxis.domain[0]


def test_ids_are_in_hover_and_figure(run: Make) -> None:
    runs = [run(1), run(2)]
    figure = compare_figure(runs, [Bars(scale=SHARPE, values=[1.0, 2.0])])
    assert list(figure.data[0].ids) == figure.layout.meta["run_ids"] == [one.run_id for one in runs]
    assert [one[2] for one in figure.data[0].customdata] == ["00000001", "00000002"]
    assert "run %{customdata[2]}" in figure.data[0].hovertemplate
    assert "the best" in figure.data[0].customdata[1][3]


def test_what_is_not_in_the_labels_is_noted_above_the_panels(run: Make) -> None:
    runs = [run(1, terms={"start": "2001"}), run(2, terms={"start": "2002"})]
    figure = compare_figure(runs, [Bars(scale=SHARPE, values=[1.0, 2.0])])
    (note,) = [one for one in figure.layout.annotations if one.name == "notes"]
    assert note.text == "These runs also differ in start"
    assert note.yshift > 20


def test_fifty_runs_have_a_line_each(run: Make) -> None:
    figure = compare_figure([run(n) for n in range(50)], [Bars(scale=SHARPE, values=[float(n) for n in range(50)])])
    assert len(figure.layout.yaxis.ticktext) == 50
    # 19 pixels a run at least
    assert figure.layout.height >= 50 * 19
