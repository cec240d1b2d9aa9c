"""`wb.plot`: whatever names runs becomes a figure of what is stored of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from tests.support.user_strategies import Script
from workbench import Run, Workbench
from workbench.errors import InvalidInput, MetricNotFound, RunFailed, RunNotFound, UnknownParameter

ORDERS = {"3": 50, "20": -50, "30": -80, "60": 80}


@pytest.fixture
def runs(wb: Workbench) -> list[Run]:
    return [
        wb.run("sma_crossover", instrument="IBM", fast_period=fast, slow_period=slow, end="2001-12-31", progress=False)
        for fast, slow in ((5, 20), (10, 20), (10, 40))
    ]


def ids(figure: go.Figure) -> list[str]:
    return list(figure.layout.meta["run_ids"])


def test_ids_runs_lists_and_frames_of_any_verb_name_the_same_runs(wb: Workbench, runs: list[Run]) -> None:
    whole = [run.id for run in runs]
    newest_first = whole[::-1]
    accepted: list[tuple[list[Any], list[str]]] = [
        (whole, whole),
        ([run.id[:8] for run in runs], whole),
        (runs, whole),
        ([[runs[0], [whole[1]]], (runs[2].record.run_id,)], whole),
        ([wb.history()], newest_first),
        ([wb.history(frame="polars")], newest_first),
        ([wb.history()["run_id"]], newest_first),
        ([wb.history(frame="polars")["run_id"]], newest_first),
        ([wb.strategy_history("sma_crossover")], whole),
        ([wb.details(runs[1])], [whole[1]]),
        ([wb.details(runs[1], frame="polars")], [whole[1]]),
    ]
    for given, expected in accepted:
        assert ids(wb.plot.equity(*given)) == expected
    assert set(ids(wb.plot.drawdown(wb.best()))) == set(whole)


def test_a_frame_with_a_run_per_column_names_them(wb: Workbench, runs: list[Run]) -> None:
    import pandas as pd

    frame = pd.DataFrame({"name": ["total_return"], "best": [""], runs[1].id: ["0.1"], runs[0].id: ["0.2"]})
    assert ids(wb.plot.compare(frame)) == [runs[1].id, runs[0].id]


def test_the_same_run_twice_is_drawn_once(wb: Workbench, runs: list[Run]) -> None:
    assert ids(wb.plot.equity(runs[0], runs[0].id[:8], wb.history())) == [runs[n].id for n in (0, 2, 1)]


def test_no_run_is_an_error_that_says_what_to_type(wb: Workbench) -> None:
    for verb in ("equity", "drawdown", "compare", "scatter", "heatmap", "timeline"):
        empty: list[list[Any]] = [[], [[]], [wb.history()]]
        for given in empty:
            with pytest.raises(InvalidInput, match=re.escape(f"Type wb.plot.{verb}('1a2b3c4d')")):
                getattr(wb.plot, verb)(*given)


def test_what_names_no_run_is_an_error_that_says_so(wb: Workbench) -> None:
    with pytest.raises(RunNotFound):
        wb.plot.equity("1a2b3c4d")
    with pytest.raises(InvalidInput, match="3 is not a run"):
        wb.plot.equity(3)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="names no run: it has the columns instrument_id"):
        wb.plot.equity(wb.instruments())


def test_an_unknown_metric_or_parameter_is_an_error_with_the_nearest_name(wb: Workbench, runs: list[Run]) -> None:
    for draw in (wb.plot.scatter, wb.plot.heatmap, wb.plot.timeline):
        with pytest.raises(MetricNotFound, match="Did you mean 'sharpe_ratio'"):
            draw(runs, metric="sharp_ratio")
    with pytest.raises(MetricNotFound, match="Did you mean 'win_rate'"):
        wb.plot.compare(runs, metrics=("win_rat",))
    with pytest.raises(UnknownParameter, match="Did you mean 'fast_period'"):
        wb.plot.scatter(runs, param="fast_perod")
    with pytest.raises(InvalidInput, match="no metric was given"):
        wb.plot.compare(runs, metrics=())


def test_bars_points_and_cells_are_the_stored_values(wb: Workbench, runs: list[Run]) -> None:
    stored = [run.metrics.total_return for run in runs if run.metrics and run.metrics.total_return is not None]
    assert len(stored) == len(runs)
    (bars,) = wb.plot.compare(runs, metrics="total_return").data
    assert list(bars.x) == stored
    (points,) = wb.plot.scatter(runs, metric="total_return", param="slow_period").data
    assert (list(points.x), list(points.y)) == ([20, 20, 40], stored)
    (cells,) = wb.plot.heatmap(runs, metric="total_return").data
    assert (list(cells.x), list(cells.y)) == (["5", "10"], ["20", "40"])
    assert [list(row) for row in cells.z] == [[stored[0], stored[1]], [None, stored[2]]]
    assert sorted(wb.plot.timeline(runs, metric="total_return").data[1].y) == sorted(stored)


def test_rebased_ends_at_the_total_return(wb: Workbench, runs: list[Run]) -> None:
    figure = wb.plot.equity(runs, rebased=True)
    for run, line in zip(runs, figure.data[::2], strict=True):
        assert run.metrics is not None
        assert line.y[-1] == pytest.approx(run.metrics.total_return)


def test_a_timeline_takes_a_strategy_by_any_of_its_names(wb: Workbench, runs: list[Run]) -> None:
    momentum = wb.run("momentum", instrument="IBM", progress=False)
    for name in ("sma_crossover", "SMA Crossover"):
        assert ids(wb.plot.timeline(name)) == [run.id for run in runs]
    assert ids(wb.plot.timeline("sma_crossover", momentum.id)) == [run.id for run in (*runs, momentum)]


def test_a_failed_run_is_drawn_as_far_as_it_came_and_named_as_failed(wb: Workbench) -> None:
    with pytest.raises(RunFailed) as failed:
        wb.run(Script, instrument="IBM", orders=ORDERS, raise_on=100, progress=False)
    run: Run = failed.value.run
    assert wb.plot.equity(run).layout.title.text.endswith("failed")
    assert [trace.name for trace in wb.plot.timeline(Script).data] == ["failed"]
    assert [list(panel.text) for panel in wb.plot.compare(run).data] == [["–"]] * 4


def test_trades_stand_on_the_closes_of_the_bars_that_the_run_saw(wb: Workbench) -> None:
    run = wb.run(Script, instrument="IBM", orders=ORDERS, start="2000-06-01", end="2000-12-31", progress=False)
    figure = wb.plot.trades(run.id[:8])
    close = next(trace for trace in figure.data if trace.name == "close")
    # NYSE traded on 148 days from June to December 2000: 22 + 20 + 23 + 20 + 22 + 21 + 20
    assert len(close.y) == 148
    entries = {trace.name: trace for trace in figure.data if trace.mode == "markers"}
    # market orders fill at the close of their bar: the 3rd, the 20th, the 30th and the 60th
    assert entries["long in"].y[0] == close.y[2]
    assert entries["long out"].y[0] == close.y[19]
    assert entries["short in"].y[0] == close.y[29]
    assert entries["short out"].y[0] == close.y[59]
    assert ids(figure) == [run.id]


def test_trades_of_data_that_are_gone_or_changed_stand_alone_and_say_so(fresh_wb: Workbench) -> None:
    fresh_wb.import_mock(end="2020-12-31")
    run = fresh_wb.run(Script, instrument="MOCK", orders=ORDERS, progress=False)
    assert "close" in [trace.name for trace in fresh_wb.plot.trades(run).data]
    fresh_wb.import_mock(end="2020-12-31", seed=2, replace=True)
    changed = fresh_wb.plot.trades(run)
    folder = Path(fresh_wb.status()["home"]) / "catalog"
    assert folder.is_dir()
    folder.rename(folder.with_name("elsewhere"))
    gone = fresh_wb.plot.trades(run)
    for figure, why in ((changed, "the catalog now has other data"), (gone, "the catalog no longer has")):
        assert [trace.name for trace in figure.data if trace.mode == "markers"] == [
            "long in",
            "long out",
            "short in",
            "short out",
        ]
        assert "close" not in [trace.name for trace in figure.data]
        assert why in figure.layout.annotations[0].text.replace("<br>", " ")


def test_trades_and_tearsheet_take_one_run(wb: Workbench, runs: list[Run], tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"3 runs were given and wb\.plot\.trades shows one"):
        wb.plot.trades(wb.history())
    with pytest.raises(InvalidInput, match=r"'sheet\.png' is not an \.html file"):
        wb.plot.tearsheet(runs[0], "sheet.png")


def test_the_tearsheet_is_written_from_stored_marked_to_market_returns(wb: Workbench, tmp_path: Path) -> None:
    run = wb.run(Script, instrument="IBM", orders={"3": 50}, end="2000-12-31", progress=False)
    path = wb.plot.tearsheet(run.id[:8], tmp_path / "sheet.html")
    text = path.read_text()
    assert run.id in text
    assert run.metrics is not None
    assert run.metrics.total_return is not None
    # one position that is still open: NautilusTrader's own sheet would have no return at all
    assert f"{run.metrics.total_return:.2%}" in text
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=", text)


def test_a_run_without_equity_has_no_tearsheet(wb: Workbench, tmp_path: Path) -> None:
    with pytest.raises(RunFailed) as failed:
        wb.run("tests.support.user_strategies:RaisesAtOnce", instrument="IBM", progress=False)
    with pytest.raises(InvalidInput, match="is failed and recorded no equity"):
        wb.plot.tearsheet(failed.value.run, tmp_path / "sheet.html")
    assert not list(tmp_path.iterdir())


def test_every_figure_is_json_that_reads_back(wb: Workbench, runs: list[Run]) -> None:
    plot = wb.plot
    for figure in (
        plot.equity(runs),
        plot.drawdown(runs),
        plot.compare(runs),
        plot.scatter(runs),
        plot.heatmap(runs),
        plot.timeline(runs),
        plot.trades(runs[0]),
    ):
        assert json.loads(figure.to_json())["layout"]["meta"]["run_ids"]
        assert not np.isnan(figure.layout.height)
