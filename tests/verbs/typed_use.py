"""What a user's type checker sees: every public verb, used as a notebook would. Checked by mypy, never executed.

Plotly has no types of its own: that figures are `Figure` is checked at run time, in `test_public_types`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import assert_type

import pandas as pd
import polars as pl
from nautilus_trader.backtest.engine import BacktestEngine
from plotly.graph_objects import Figure

import workbench as wb
from workbench.catalog import ImportReport
from workbench.comparison.pandas_frame import ComparisonFrame
from workbench.comparison.polars_frame import ComparisonFrame as PolarsComparison
from workbench.config import Snapshot
from workbench.errors import DuplicateRun, RunFailed, RunInterrupted, WorkbenchError
from workbench.metrics import Metrics
from workbench.panels.compare import Compare
from workbench.panels.history import History
from workbench.panels.launcher import Launcher
from workbench.reproduction import Changes, Verdict
from workbench.runs import Failure


def runs(engine: BacktestEngine) -> None:
    run = assert_type(wb.run("sma_crossover", instrument="AAPL", start="2012-01-01", fast_period=10), wb.Run)
    assert_type(wb.run("momentum", instrument="AAPL", name="first", tags=["ema"], note="a try", fees="1 USD"), wb.Run)
    assert_type(wb.rerun(run, end="2013-03-01"), wb.Run)
    assert_type(wb.record(engine), wb.Run)
    with wb.recording(engine, risk_free=0.02) as recording:
        engine.run()
    assert_type(recording.run, wb.Run | None)
    assert_type(wb.export_config(run, "run.json"), Path)
    try:
        wb.run("sma_crossover", instrument="AAPL", on_duplicate="raise")
    except (DuplicateRun, RunFailed) as error:
        assert_type(wb.get(error.run), wb.Run)
    except RunInterrupted as stopped:
        assert_type(wb.get(stopped.run), wb.Run)
    except WorkbenchError as error:
        assert_type(len(error.hints), int)


def one_run(run: wb.Run) -> None:
    assert_type(run.id, str)
    assert_type(run.status, wb.Status)
    assert_type(run.params, Mapping[str, object])
    assert_type(run.metrics, Metrics | None)
    assert_type(run.error, Failure | None)
    assert_type(run.started_at, datetime)
    assert_type(run.duration, float | None)
    assert_type(run.verdict, Verdict | None)
    assert_type(run.config, Snapshot)
    assert_type(run.tags, tuple[str, ...])
    assert_type(run.equity(), pd.DataFrame)
    assert_type(run.trades(frame="polars"), pl.DataFrame)
    assert_type(run.fills(frame="pandas"), pd.DataFrame)
    if run.metrics is not None:
        assert_type(run.metrics.sharpe_ratio, float | None)
        assert_type(run.metrics["total_trades"], float | int | datetime | None)


def lists() -> None:
    assert_type(wb.history(strategy="sma_crossover", tag=["ema"], since="2026-01-01", limit=5), pd.DataFrame)
    assert_type(wb.history(frame="polars"), pl.DataFrame)
    assert_type(wb.history(params={"fast_period": (5, 15), "slow_period": wb.PRESENT, "stop": wb.ABSENT}), pd.DataFrame)
    assert_type(wb.history_pages(size=100), Iterator[pd.DataFrame])
    assert_type(wb.history_pages(frame="polars"), Iterator[pl.DataFrame])
    assert_type(wb.best(), pd.DataFrame)
    assert_type(wb.best("sharpe_ratio", instrument="AAPL"), pd.DataFrame)
    assert_type(wb.best("sharpe_ratio", frame="polars"), pl.DataFrame)
    assert_type(wb.strategy_history("momentum"), pd.DataFrame)
    assert_type(wb.strategy_history("momentum", frame="polars"), pl.DataFrame)
    assert_type(wb.find_duplicates("momentum", instrument="AAPL"), pd.DataFrame)
    assert_type(wb.find_duplicates("momentum", instrument="AAPL", frame="polars"), pl.DataFrame)


def views(run: wb.Run) -> None:
    assert_type(wb.get("1a2b3c4d"), wb.Run)
    assert_type(wb.details(run), pd.DataFrame)
    assert_type(wb.details(run, frame="polars"), pl.DataFrame)
    assert_type(wb.compare(run, "1a2b3c4d", only_differences=True), ComparisonFrame)
    assert_type(wb.compare(run, "1a2b3c4d", frame="polars"), PolarsComparison)
    assert_type(wb.diff(run, "1a2b3c4d"), Changes[pd.DataFrame])
    assert_type(wb.diff(run, "1a2b3c4d", frame="polars").trades, pl.DataFrame)


def keeping(run: wb.Run) -> None:
    assert_type(wb.tag(run, "ema", remove=["old"]), wb.Run)
    assert_type(wb.note(run, "looks good", name="winner"), wb.Run)
    wb.delete(run)
    wb.connect("postgresql://localhost/record")
    wb.use("polars")
    assert_type(wb.status()["database"], str)


def market_data() -> None:
    assert_type(wb.strategies(), pd.DataFrame)
    assert_type(wb.strategies(frame="polars"), pl.DataFrame)
    assert_type(wb.instruments(), pd.DataFrame)
    assert_type(wb.instruments(frame="polars"), pl.DataFrame)
    assert_type(wb.import_csv(Path("aapl.csv"), instrument="AAPL.NASDAQ", bar="1d"), ImportReport)
    assert_type(wb.import_mock(start="2020-01-01", end="2020-12-31", seed=1), ImportReport)
    assert_type(wb.import_sample(), list[ImportReport])


def figures(run: wb.Run, frame: pd.DataFrame) -> None:
    assert_type(wb.plot.equity(run, rebased=True), Figure)
    assert_type(wb.plot.drawdown(run, [run, "1a2b3c4d"]), Figure)
    assert_type(wb.plot.compare(frame), Figure)
    assert_type(wb.plot.scatter(frame, param="fast_period"), Figure)
    assert_type(wb.plot.heatmap(wb.history(frame="polars"), x="fast_period", y="slow_period"), Figure)
    assert_type(wb.plot.timeline("momentum"), Figure)
    assert_type(wb.plot.trades(run), Figure)
    assert_type(wb.plot.tearsheet(run, "tearsheet.html"), Path)


def panels(run: wb.Run) -> None:
    assert_type(wb.panels.launcher("momentum"), Launcher)
    assert_type(wb.panels.history(), History)
    assert_type(wb.panels.compare([run, "1a2b3c4d"]), Compare)


@wb.register
class Plain:
    """A strategy's class stays what it is."""


@wb.register(name="Night Owl", type="custom")
class Owl:
    hour = 3


assert_type(Owl.hour, int)


@wb.metric(higher_is_better=True)
def ups(equity: float) -> float:
    return equity


assert_type(ups(1.0), float)

another = wb.Workbench()
assert_type(another.run("momentum", instrument="AAPL"), wb.Run)
assert_type(another.history(frame="polars"), pl.DataFrame)


def wrong(run: wb.Run) -> None:
    """Each of these is an error of the kind that stands beside it; mypy says so where one is not."""
    wb.history(strategi="momentum")  # type: ignore[call-overload]
    wb.history(limit="5")  # type: ignore[call-overload]
    wb.history(frame="numpy")  # type: ignore[call-overload]
    wb.history(tag=5)  # type: ignore[call-overload]
    wb.best(5)  # type: ignore[call-overload]
    wb.get(5)  # type: ignore[arg-type]
    wb.details(run).write_csv()  # type: ignore[operator]
    wb.details(run, frame="polars").to_markdown()  # type: ignore[attr-defined]
    wb.run("momentum", instrument="AAPL", on_duplicate="stop")  # type: ignore[call-overload]
    wb.run()  # type: ignore[call-overload]
    wb.tag(run, 5)  # type: ignore[arg-type]
    wb.note(run)  # type: ignore[call-arg]
    wb.compare(1, 2)  # type: ignore[call-overload]
    wb.diff(run)  # type: ignore[call-overload]
    wb.import_csv("aapl.csv", bar="1d")  # type: ignore[call-arg]
    wb.import_csv("aapl.csv", instrument="AAPL.NASDAQ", bar="1d", stamps="middle")  # type: ignore[arg-type]
    wb.plot.equity(run, rebase=True)  # type: ignore[call-arg]
    wb.plot.equity(5)  # type: ignore[arg-type]
    wb.best_of("sharpe_ratio")  # type: ignore[attr-defined]
    run.status = wb.Status.FAILED  # type: ignore[misc]
    assert run.metrics.sharpe_ratio  # type: ignore[union-attr]
    run.params["fast_period"] + 1  # type: ignore[operator]
    run.equity(frame="arrow")  # type: ignore[call-overload]
