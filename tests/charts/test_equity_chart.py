"""The equity chart: its numbers by hand, its ink by its traces."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.charts import Curve, equity_figure
from workbench.charts.equity import equity_line, equity_lines, extremes
from workbench.charts.layout import INK, PALETTE

DAY = 86_400_000_000_000
MINUTE = 60_000_000_000
START = 19_906 * DAY  # 2024-07-02
HALVED = [10_000, 10_000, 10_900, 11_800, 6_400, 8_200, 10_000, 10_000]


def curve(equity: Sequence[float], number: int = 0, **given: Any) -> Curve:
    known = {"run_id": f"{number:08x}-1111-4111-8111-111111111111", "label": f"SMA {number}", "currency": "USD"}
    bars = START + np.arange(len(equity)) * DAY
    return Curve(**{**known, "time": bars, "equity": np.array(equity, dtype=float), **given})


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_line_has_the_drawdown_of_each_bar() -> None:
    line = equity_line(curve(HALVED))
    assert line.equity.tolist() == HALVED
    # 6,400, 8,200 and 10,000 under the peak of 11,800
    assert line.drawdown == pytest.approx([0, 0, 0, 0, -0.457627, -0.305085, -0.152542, -0.152542], abs=1e-6)
    assert line.time[0] == np.datetime64("2024-07-02")
    assert (line.run_id[:8], line.label, line.currency) == ("00000000", "SMA 0", "USD")


def test_drawdown_starts_at_the_initial_capital_if_it_is_known() -> None:
    assert equity_line(curve([80.0, 90.0], initial_capital=100.0)).drawdown == pytest.approx([-0.2, -0.1])
    assert equity_line(curve([80.0, 90.0])).drawdown.tolist() == [0.0, 0.0]


def test_a_short_curve_is_drawn_whole() -> None:
    assert extremes(np.ones(5_000), np.zeros(5_000), 5_000).tolist() == list(range(5_000))


def test_of_a_long_curve_each_part_gives_its_extremes() -> None:
    # 12 bars, 6 points: parts of 12 × 3 / 6 = 6 bars; highest at 2 and 10, lowest at 3 and 7, deepest at 5 and 11
    equity = np.array([5.0, 6, 9, 1, 6, 5, 4, 0, 6, 7, 8, 4])
    depth = np.array([0, -0.1, 0, -0.2, 0, -0.9, 0, 0, 0, 0, 0, -0.5])
    assert extremes(equity, depth, 6).tolist() == [0, 2, 3, 5, 7, 10, 11]


def test_a_last_part_that_is_short_has_no_bars_beyond_the_end() -> None:
    # parts of 6 bars: the second one has two
    assert extremes(np.arange(8.0), np.zeros(8), 4).tolist() == [0, 5, 6, 7]


def test_a_long_curve_keeps_peak_trough_and_ends() -> None:
    # a slow wave of 100,000 bars with one bar up and one bar down, far apart
    equity = 10_000 + 500 * np.sin(np.arange(100_000) / 5_000)
    equity[31_234], equity[77_777] = 20_000.0, 1_000.0
    line = equity_line(curve(equity.tolist(), time=START + np.arange(100_000) * MINUTE))
    assert 3_000 < line.equity.size <= 5_002
    assert (line.equity.max(), line.equity.min()) == (20_000.0, 1_000.0)
    assert line.drawdown.min() == pytest.approx(-0.95)  # 1,000 / 20,000 - 1
    assert line.time[line.drawdown.argmin()] == np.datetime64(START + 77_777 * MINUTE, "ns")
    assert (line.equity[0], line.equity[-1]) == (equity[0], equity[-1])


@given(st.lists(st.floats(1, 100), min_size=1, max_size=200), st.integers(3, 60))
def test_what_is_left_out_is_never_an_extreme(equity: list[float], most: int) -> None:
    line = equity_line(curve(equity), most)
    whole = equity_line(curve(equity), 1_000)
    assert (line.equity.max(), line.equity.min()) == (max(equity), min(equity))
    assert line.drawdown.min() == whole.drawdown.min()
    assert (np.diff(line.time.astype(np.int64)) > 0).all()
    # three a part, the two ends, and the last part may be a short one
    assert line.time.size <= max(most, 3) + 5


def test_equity_is_on_top_and_drawdown_below_on_one_time_axis() -> None:
    figure = equity_figure([curve(HALVED)])
    top, below = figure.data
    assert (top.yaxis, below.yaxis) == ("y", "y2")
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1]
    assert figure.layout.xaxis.matches == "x2"
    assert list(top.y) == HALVED
    assert below.y[4] == pytest.approx(-0.457627, abs=1e-6)
    assert list(top.x) == list(below.x)
    assert (top.mode, below.mode, below.fill) == ("lines", "lines", "tozeroy")


def test_the_axes_say_what_they_measure() -> None:
    layout = equity_figure([curve(HALVED)]).layout
    assert layout.yaxis.title.text == "Account value (USD)"
    assert layout.xaxis2.title.text == "Time (UTC)"
    assert (layout.yaxis2.title.text, layout.yaxis2.tickformat) == ("Drawdown", ".1~%")
    assert layout.title.text == "SMA 0"


def test_several_runs_can_be_told_apart() -> None:
    figure = equity_figure([curve(HALVED, number) for number in range(10)])
    assert len({(trace.line.color, trace.line.dash) for trace in figure.data[::2]}) == 10
    for top, below in zip(figure.data[::2], figure.data[1::2], strict=True):
        assert (top.line, top.legendgroup) == (below.line, below.legendgroup)
        assert (top.showlegend, below.showlegend, below.fill) == (None, False, "none")
    assert [trace.name for trace in figure.data[::2]] == [f"SMA {number}" for number in range(10)]
    assert (figure.layout.showlegend, figure.layout.title.text) == (True, "Equity")
    assert equity_figure([curve(HALVED, number) for number in range(2)], "SMA").layout.title.text == "Equity: SMA"


def test_above_twelve_runs_thin_lines_and_the_hover_take_the_place_of_the_legend() -> None:
    twelve, fifty = (equity_figure([curve(HALVED, number) for number in range(count)]) for count in (12, 50))
    assert (twelve.layout.showlegend, fifty.layout.showlegend) == (True, False)
    assert len(fifty.data) == 100
    assert {(trace.line.width, trace.line.dash, trace.opacity) for trace in fifty.data} == {(1.0, "solid", 0.7)}
    assert {(trace.line.width, trace.opacity) for trace in twelve.data} == {(1.5, 1.0)}
    assert fifty.layout.hoverlabel.namelength == -1
    assert [note.text for note in fifty.layout.annotations] == ["Point at a line to see its run"]
    assert len(set(fifty.layout.meta["run_ids"])) == 50


def test_a_legend_of_many_lines_makes_the_figure_higher_and_not_the_plot_lower() -> None:
    two, ten = (equity_figure([curve(HALVED, number, label="x" * 50) for number in range(count)]) for count in (2, 10))
    # 50 + 6.5 × 50 = 375 pixels a label, so one in each line of 700: 2 and 10 lines of 24 pixels
    assert ten.layout.height - two.layout.height == 8 * 24
    assert two.layout.legend.y == ten.layout.legend.y


def test_rebased_is_the_change_since_the_initial_capital_whatever_the_currency() -> None:
    small = curve([90.0, 120.0], initial_capital=100.0)
    large = curve([2_000.0, 1_000.0], 1, currency="JPY")
    lines = equity_lines([small, large], rebased=True)
    # 90 / 100 - 1 and 120 / 100 - 1; without a capital the first value: 1,000 / 2,000 - 1
    assert [line.equity.tolist() for line in lines] == [pytest.approx([-0.1, 0.2]), pytest.approx([0.0, -0.5])]
    assert lines[0].drawdown == pytest.approx([-0.1, 0.0])
    figure = equity_figure([small, large], rebased=True)
    assert (figure.layout.yaxis.title.text, figure.layout.yaxis.tickformat) == ("Change since the start", ".1~%")
    assert figure.data[0].hovertemplate.startswith("%{y:+.2%}<br>")


def test_many_curves_share_the_points_of_one_figure() -> None:
    curves = [curve(np.sin(np.arange(3_270) / 50).tolist(), number, initial_capital=1.0) for number in range(50)]
    sizes = {line.time.size for line in equity_lines(curves)}
    # 50,000 / 50 = 1,000 each, and the two ends
    assert max(sizes) <= 1_002
    assert equity_lines(curves[:2])[0].time.size == 3_270


def test_fifty_long_runs_are_drawn_and_written_in_seconds() -> None:
    curves = [curve(np.sin(np.arange(3_270) / 50).tolist(), number, initial_capital=1.0) for number in range(50)]
    equity_figure(curves[:1])
    # of this process alone, and ten times what it takes: drawing every point of every run takes minutes
    start = time.process_time()
    text = equity_figure(curves).to_json()
    assert time.process_time() - start < 5
    assert len(text) < 4_000_000


def test_a_single_run_needs_no_legend() -> None:
    assert equity_figure([curve(HALVED)]).layout.showlegend is False


def test_run_ids_are_in_the_hover_and_in_the_figure() -> None:
    figure = equity_figure([curve(HALVED, 1), curve([], 2)])
    assert figure.layout.meta == {"run_ids": [curve([], number).run_id for number in (1, 2)]}
    for trace in figure.data:
        assert "run %{meta[0]}" in trace.hovertemplate
        assert trace.meta == ("00000001", "USD")
        assert "UTC" in trace.hovertemplate
    assert figure.data[0].hovertemplate.startswith("%{y:,.2f} %{meta[1]}")
    assert figure.data[1].hovertemplate.startswith("%{y:.2%}")


def test_runs_in_two_currencies_are_named_on_the_axis() -> None:
    runs = [curve(HALVED, 0), curve(HALVED, 1, currency="JPY"), curve(HALVED, 2)]
    assert equity_figure(runs).layout.yaxis.title.text == "Account value (USD, JPY)"


def test_one_bar_is_a_point() -> None:
    figure = equity_figure([curve([10_000.0])])
    assert [trace.mode for trace in figure.data] == ["markers", "markers"]
    assert figure.data[0].marker.color == figure.data[0].line.color


@pytest.mark.parametrize("curves", [[], [curve([])]])
def test_a_figure_of_nothing_says_so(curves: list[Curve]) -> None:
    figure = equity_figure(curves)
    assert len(figure.data) == 0
    (note,) = figure.layout.annotations
    assert note.text.startswith("no equity was recorded")
    assert (note.x, note.y, note.showarrow) == (0.5, 0.5, False)
    assert [axis.visible for axis in (figure.layout.xaxis, figure.layout.yaxis)] == [False, False]


def test_a_run_without_equity_is_named_beside_the_others() -> None:
    figure = equity_figure([curve(HALVED, 0), curve([], 1, label="<b>RSI</b>")])
    assert len(figure.data) == 2
    (note,) = figure.layout.annotations
    assert note.text == "No equity was recorded: &lt;b&gt;RSI&lt;/b&gt;"
    assert (note.x, note.y, note.xanchor, note.yanchor) == (0, 1, "left", "bottom")


def test_a_full_figure_has_no_note() -> None:
    assert not equity_figure([curve(HALVED)]).layout.annotations


def test_a_label_is_shown_as_it_is_written() -> None:
    figure = equity_figure([curve(HALVED, label="fast < slow")])
    assert figure.data[0].name == "fast &lt; slow"
    assert figure.layout.title.text == "fast &lt; slow"


@pytest.mark.parametrize("background", ["#ffffff", "#111111"])
def test_lines_and_text_stand_out_from_a_light_and_a_dark_notebook(background: str) -> None:
    # WCAG 2.2: 3 for lines (1.4.11); the same is enough for large text, and 4 is near the 4.5 of small text
    for colour, enough in [(INK, 4.0), *((colour, 3.0) for colour in PALETTE)]:
        low, high = sorted([luminance(colour), luminance(background)])
        assert (high + 0.05) / (low + 0.05) >= enough, colour


def test_the_notebook_shows_through() -> None:
    layout = equity_figure([curve(HALVED)]).layout
    assert (layout.paper_bgcolor, layout.plot_bgcolor) == ("rgba(0, 0, 0, 0)", "rgba(0, 0, 0, 0)")
    assert layout.font.color == INK


def test_a_figure_becomes_json_with_utc_times() -> None:
    figure = json.loads(equity_figure([curve([10_000.0, 10_100.0])]).to_json())
    assert [time[:19] for time in figure["data"][0]["x"]] == ["2024-07-02T00:00:00", "2024-07-03T00:00:00"]


def test_plotly_is_imported_with_the_first_figure_only() -> None:
    code = "import sys, workbench.charts; raise SystemExit('plotly' in sys.modules or 'pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_account_that_never_moved_is_a_line_in_the_middle_of_a_plain_axis() -> None:
    figure = equity_figure([curve([10_000.0] * 5)])
    # 5 % of 10,000 above and below
    assert tuple(figure.layout.yaxis.range) == (9_500, 10_500)
    assert tuple(figure.layout.yaxis2.range) == (-0.1, 0)
    assert equity_figure([curve(HALVED)]).layout.yaxis.range is None
