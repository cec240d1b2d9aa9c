"""US2 and US3: what was run comes back, filtered, ordered, in pandas and polars."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
import pandas as pd
import polars as pl
import pytest

from workbench import Workbench, frames
from workbench.errors import InvalidInput, RunFailed

SCRIPT = "tests.support.user_strategies:Script"


class Until(TypedDict):
    """The last day of a run; no progress bar."""

    end: str
    progress: bool


@pytest.fixture
def filled(wb: Workbench) -> Workbench:
    """Eight runs: three strategies, two instruments, completed, failed and without any trade."""
    short: Until = {"end": "2002-01-02", "progress": False}
    wb.run("sma_crossover", instrument="AAPL", **short)
    wb.run("sma_crossover", instrument="IBM", **short)
    wb.run("SMA Crossover", instrument="AAPL", fast_period=5, **short)
    wb.run("momentum", instrument="IBM", **short)
    wb.run("mean_reversion", instrument="AAPL", **short)
    wb.run("mean_reversion", instrument="MSFT", **short)
    wb.run(SCRIPT, instrument="AAPL", **short)
    with pytest.raises(RunFailed):
        wb.run(SCRIPT, instrument="IBM", raise_on=3, **short)
    return wb


FILTERS: dict[str, tuple[Any, ...]] = {
    "strategy": (None, "sma_crossover", "Mean Reversion", SCRIPT),
    "strategy_type": (None, "trend_following", "momentum"),
    "instrument": (None, "AAPL.NASDAQ", "IBM"),
    "status": (None, "completed", "failed", "interrupted"),
    "order_by": ("started_at", "total_return", "sharpe_ratio", "max_drawdown"),
    "ascending": (False, True),
    "limit": (1, 3, 1000),
}


def naive(everything: pd.DataFrame, asked: dict[str, Any]) -> list[str]:
    """The same question asked of the whole table, in plain pandas."""
    rows = everything
    keys = {"sma_crossover": "SMA Crossover", SCRIPT: "Script"}
    if asked["strategy"]:
        rows = rows[rows["strategy_name"] == keys.get(asked["strategy"], asked["strategy"])]
    if asked["strategy_type"]:
        rows = rows[rows["strategy_type"] == asked["strategy_type"]]
    if asked["instrument"]:
        rows = rows[rows["instrument_id"].str.startswith(asked["instrument"])]
    if asked["status"]:
        rows = rows[rows["status"] == asked["status"]]
    by = [asked["order_by"], "run_id"]
    ordered = rows.sort_values(by, ascending=asked["ascending"], na_position="last")
    return list(ordered["run_id"][: asked["limit"]])


def test_every_combination_of_filters_orders_and_limits_equals_the_naive_answer(filled: Workbench) -> None:
    everything = filled.history(limit=1000)
    assert len(everything) == 8
    combinations = [dict(zip(FILTERS, values, strict=True)) for values in itertools.product(*FILTERS.values())]
    # every 7th of 3,456: enough to meet each pair of values, quick enough to run always
    for asked in combinations[::7]:
        assert list(filled.history(**asked)["run_id"]) == naive(everything, asked), asked


def test_newest_come_first_and_twenty_by_default(filled: Workbench) -> None:
    for _ in range(14):
        filled.run(SCRIPT, instrument="AAPL", start="2002-01-02", end="2002-01-02", progress=False)
    history = filled.history()
    assert len(history) == 20
    assert history["started_at"].is_monotonic_decreasing


def test_undefined_values_come_last_either_way(filled: Workbench) -> None:
    for ascending in (True, False):
        sharpe = filled.history(order_by="sharpe_ratio", ascending=ascending)["sharpe_ratio"]
        assert sharpe[:6].notna().all()
        assert sharpe[6:].isna().all()


def test_since_and_until_are_inclusive_times_of_execution(filled: Workbench) -> None:
    everything = filled.history(ascending=True)
    second, third = everything["started_at"][1], everything["started_at"][2]
    assert len(filled.history(since=second, until=third)) == 2
    today = datetime.now(UTC).date()
    assert len(filled.history(since=today - timedelta(days=1), until=today)) == 8
    assert filled.history(until=today - timedelta(days=1)).empty
    assert filled.history(since="2200-01-01").empty


def test_filters_are_applied_before_the_limit(filled: Workbench) -> None:
    assert filled.history(strategy="momentum", limit=1)["strategy_name"].tolist() == ["Momentum"]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "status": ({"status": "done"}, "'completed'"),
    "order": ({"order_by": "profit"}, "'sharpe_ratio'"),
    "limit of none": ({"limit": 0}, "1 to 1000"),
    "limit too high": ({"limit": 1001}, "1 to 1000"),
    "limit in words": ({"limit": "all"}, "1 to 1000"),
    "limit as a switch": ({"limit": True}, "1 to 1000"),
    "since": ({"since": "last week"}, "since='last week'"),
    "dates crossed": ({"since": "2024-02-01", "until": "2024-01-01"}, "before since"),
    "frame": ({"frame": "numpy"}, "'polars'"),
    "instrument": ({"instrument": 5}, "not text"),
    "type": ({"strategy_type": ["momentum"]}, "not text"),
    "strategy": ({"strategy": "!!"}, "letter or a digit"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_question_is_refused_with_what_to_ask(wb: Workbench, wrong: str) -> None:
    arguments, says = WRONG[wrong]
    with pytest.raises(InvalidInput) as caught:
        wb.history(**arguments)
    assert says in str(caught.value)


@pytest.mark.parametrize("text", ["'; drop table backtest_runs; --", "%", "_", "a\\b", "日本", "AAPL%", "😀"])
def test_odd_text_in_a_filter_finds_nothing_and_breaks_nothing(filled: Workbench, text: str) -> None:
    assert filled.history(instrument=text).empty
    assert filled.history(strategy_type=text).empty
    assert len(filled.history()) == 8


def test_pandas_and_polars_hold_equal_values(filled: Workbench) -> None:
    of_pandas, of_polars = filled.history(frame="pandas"), filled.history(frame="polars")
    assert list(of_pandas.columns) == of_polars.columns == list(frames.HISTORY)
    for name in of_polars.columns:
        left = [None if value is pd.NA or value is pd.NaT or value != value else value for value in of_pandas[name]]
        assert left == of_polars[name].to_list(), name


def test_an_empty_answer_has_the_columns_and_types_of_a_full_one(filled: Workbench) -> None:
    full, empty = filled.history(), filled.history(since="2200-01-01")
    assert full.dtypes.to_dict() == empty.dtypes.to_dict()
    assert filled.history(since="2200-01-01", frame="polars").schema == filled.history(frame="polars").schema
    failed = filled.get(filled.history(status="failed")["run_id"].item())
    done = filled.get(filled.history(strategy="momentum")["run_id"].item())
    assert failed.trades().dtypes.to_dict() == done.trades().dtypes.to_dict()


def test_the_kind_of_frame_is_chosen_once(filled: Workbench) -> None:
    run = filled.get(filled.history(strategy="momentum")["run_id"].item())
    filled.use("polars")
    for frame in (filled.history(), filled.details(run), filled.strategies(), filled.instruments(), run.equity()):
        assert isinstance(frame, pl.DataFrame)
    assert isinstance(filled.history(frame="pandas"), pd.DataFrame)


def test_ratios_are_floats_times_are_utc_and_counts_may_be_missing(filled: Workbench) -> None:
    history = filled.history()
    assert history["total_return"].dtype == np.float64
    assert str(history["started_at"].dtype) == "datetime64[us, UTC]"
    assert str(history["total_trades"].dtype) == "Int64"


def test_details_tell_everything_in_sections(filled: Workbench) -> None:
    run_id = filled.history(strategy="momentum")["run_id"].item()
    details = filled.details(run_id[:10])
    assert list(details.columns) == ["section", "name", "value"]
    told = {(row.section, row.name_): row.value for row in details.rename(columns={"name": "name_"}).itertuples()}
    assert told["run", "run_id"] == run_id
    assert told["parameters", "lookback"] == "126"
    assert told["parameters", "threshold"] == "0.0"
    assert told["market", "instrument"] == "IBM.NYSE"
    assert told["market", "end"] == "2002-01-02 23:59:59.999999+00:00"
    assert told["terms", "capital"] == "100000"
    sample = Path(__file__).resolve().parents[2] / "data" / "sample" / "IBM.csv"
    days = [line[:10] for line in sample.read_text().splitlines()[1:]]
    assert told["data", "data.rows"] == str(sum(day <= "2002-01-02" for day in days))
    assert len(str(told["data", "data.fingerprint"])) == 64
    metrics = filled.get(run_id).metrics
    assert metrics is not None
    assert told["metrics", "sharpe_ratio"] == repr(metrics.sharpe_ratio)


def test_details_of_a_failed_run_have_the_message_and_the_trace(filled: Workbench) -> None:
    details = filled.details(filled.history(status="failed")["run_id"].item())
    error = details[details["section"] == "error"].set_index("name")["value"]
    assert error["message"] == "ValueError: boom on bar 3"
    assert "user_strategies.py" in error["trace"]


def test_an_empty_record_is_an_empty_frame_with_all_columns(wb: Workbench) -> None:
    history = wb.history()
    assert history.empty
    assert list(history.columns) == list(frames.HISTORY)


def test_what_can_be_run_and_on_what(wb: Workbench) -> None:
    strategies = wb.strategies().set_index("key")
    assert {"sma_crossover", "mean_reversion", "momentum"} <= set(strategies.index)
    assert strategies["parameters"]["sma_crossover"].startswith("fast_period=10, slow_period=20")
    assert strategies.loc["sma_crossover", "strategy_type"] == "trend_following"
    instruments = wb.instruments()
    assert instruments["instrument_id"].tolist() == ["AAPL.NASDAQ", "GOOG.NASDAQ", "IBM.NYSE", "MSFT.NASDAQ"]
    assert instruments["rows"].tolist() == [3270, 2148, 3270, 3270]
    assert instruments["first"][0].date().isoformat() == "2000-03-01"
    assert instruments["last"][0].date().isoformat() == "2013-03-01"
