"""US4: runs that were made and recorded, side by side."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.verdicts import verdict_of
from workbench import Workbench
from workbench.charts.labels import differences, subject
from workbench.comparison import compare, side_by_side
from workbench.config import Snapshot, all_facts, facts_of, setting
from workbench.config.facts import SECTIONS
from workbench.errors import RunFailed
from workbench.runs import Record

SCRIPT = "tests.support.user_strategies:Script"
SHORT: dict[str, Any] = {"end": "2002-01-02", "progress": False}


def read_back(wb: Workbench, *run_ids: str) -> list[tuple[Record, Snapshot]]:
    found = [wb.get(run_id) for run_id in run_ids]
    return [(one.record, one.config) for one in found]


def test_strategies_instruments_and_periods_are_compared_as_they_were_recorded(wb: Workbench) -> None:
    first = wb.run("sma_crossover", instrument="AAPL", capital=10_000, **SHORT)
    second = wb.run("momentum", instrument="IBM", end="2001-01-02", fees=0.001, progress=False)
    frame = compare(read_back(wb, first.id[:8], second.id[:8]))
    told = {(one.section, one.name): one for one in frame.comparison.rows}
    assert told["settings", "strategy"].values == ("SMA Crossover", "Momentum")
    assert told["settings", "instrument"].values == ("AAPL.NASDAQ", "IBM.NYSE")
    assert told["settings", "end"].values[1] == "2001-01-02 23:59:59.999999+00:00"
    assert told["settings", "capital"].values == ("10000", "100000")
    assert told["settings", "venue"].values == ("NASDAQ", "NYSE")
    assert told["settings", "fees.taker"].values == ("0", "0.001")
    assert told["settings", "currency"].values == ("USD", "USD")
    assert not told["settings", "currency"].differs
    # defaults nobody typed: of one strategy, and shared by both
    assert told["parameters", "fast_period"].values == ("10", "")
    assert told["parameters", "lookback"].values == ("", "126")
    assert told["parameters", "position_pct"].values[1] == "0.95"
    starts = (
        "Instruments differ: AAPL.NASDAQ, IBM.NYSE.",
        "Periods differ: ",
        "Initial capital differs: 10,000.00 USD",
    )
    assert [note.startswith(start) for note, start in zip(frame.notes, starts, strict=True)] == [True] * 3


def test_values_are_those_of_the_details(wb: Workbench) -> None:
    runs = [wb.run("sma_crossover", instrument="AAPL", fast_period=n, **SHORT) for n in (5, 10)]
    frame = compare(read_back(wb, *(run.id for run in runs)))
    for run in runs:
        details = wb.details(run)
        for section in ("metrics", "parameters"):
            mine, theirs = frame[frame["section"] == section], details[details["section"] == section]
            assert mine[run.id].tolist() == theirs["value"].tolist()
            assert mine["name"].tolist() == theirs["name"].tolist()


def test_only_what_differs_is_the_changed_parameter_and_what_came_of_it(wb: Workbench) -> None:
    runs = [wb.run(SCRIPT, instrument="AAPL", orders={"2": 10, "9": n}, **SHORT) for n in (-10, 10)]
    frame = compare(read_back(wb, *(run.id for run in runs)), only_differences=True)
    rest = frame[frame["section"] != "metrics"]
    assert rest["name"].tolist() == ["orders.9"]
    assert rest[runs[0].id].tolist() == ["-10.0"]
    assert frame["differs"].all()
    # one sold on the ninth bar and has its round trip; the other still holds 20
    trades = frame[frame["name"] == "total_trades"].iloc[0]
    assert (trades[runs[0].id], trades[runs[1].id], trades["best"]) == ("1", "0", "")


def test_the_best_run_of_a_metric_is_the_one_that_history_puts_first(wb: Workbench) -> None:
    ids = [wb.run("sma_crossover", instrument="AAPL", fast_period=n, **SHORT).id for n in (2, 5, 10, 15)]
    frame = compare(read_back(wb, *ids)).set_index("name")
    for name in ("total_return", "sharpe_ratio", "max_drawdown"):
        assert frame.loc[name, "best"] == wb.history(order_by=name, limit=1)["run_id"].item()


def test_a_failed_run_is_compared_without_metrics_and_a_note_says_so(wb: Workbench) -> None:
    done = wb.run(SCRIPT, instrument="AAPL", **SHORT)
    with pytest.raises(RunFailed) as caught:
        wb.run(SCRIPT, instrument="AAPL", raise_on=3, **SHORT)
    failed = caught.value.run.id
    comparison = side_by_side(read_back(wb, done.id, failed), only_differences=True)
    assert comparison.notes == (f"Run {failed[:8]} has no metrics: its status is failed.",)
    told = {one.name: one for one in comparison.rows}
    assert told["raise_on"].values == ("0", "3")
    assert told["total_return"].values == ("0.0", "")
    assert told["total_return"].best == (0,)


def test_ten_runs_are_compared_in_the_order_given(wb: Workbench) -> None:
    ids = [wb.run(SCRIPT, instrument="IBM", end="2000-06-01", note=str(n), progress=False).id for n in range(10)]
    given = ids[::-1]
    frame = compare(read_back(wb, *given), only_differences=True)
    assert list(frame.columns)[4:] == given
    assert frame.set_index("name").loc["note", given].tolist() == list("9876543210")


def test_names_and_tags_of_the_runs_stand_above_their_metrics(wb: Workbench) -> None:
    labels: list[dict[str, Any]] = [{"name": "base", "tags": ["ema", "daily"], "fast_period": 5}, {"fast_period": 6}]
    ids = [wb.run("sma_crossover", instrument="AAPL", progress=False, **known).id for known in labels]
    frame = wb.compare(*ids, only_differences=True)
    above = frame[frame["section"] == "run"].set_index("name")
    assert above[ids[0]].to_dict() == {"name": "base", "tags": "daily, ema"}
    assert above[ids[1]].to_dict() == {"name": "", "tags": ""}
    assert frame["section"].iloc[0] == "run"
    table = frame._repr_html_()
    assert all(f">{shown}</td>" in table for shown in ("base", "daily, ema", "–"))
    wb.tag(ids[1], "ema")
    assert wb.compare(*ids).set_index("name").loc["tags", ids[1]] == "ema"


def test_runs_without_names_and_tags_have_no_row_for_them(wb: Workbench) -> None:
    ids = [wb.run("sma_crossover", instrument="AAPL", fast_period=fast, progress=False).id for fast in (5, 6)]
    assert "run" not in set(wb.compare(*ids)["section"])


def test_details_compare_diff_verdict_and_chart_call_a_setting_by_one_name(wb: Workbench) -> None:
    first = wb.run("sma_crossover", instrument="AAPL", capital=10_000, slippage=0.1, seed=1, **SHORT)
    second = wb.run("momentum", instrument="IBM", end="2001-01-02", fees="1 USD", risk_free=0.02, progress=False)
    records = read_back(wb, first.id, second.id)
    shown = [{setting(path).name for path in facts_of(snapshot)} for _, snapshot in records]
    for run, names in zip((first, second), shown, strict=True):
        details = wb.details(run)
        assert set(details[details["section"].isin(SECTIONS)]["name"]) == names
    compared = compare(records)
    code = {setting(path).name for _, snapshot in records for path in facts_of(snapshot) if path[0] == "code"}
    settings = compared[compared["section"].isin(["settings", "parameters"])]
    assert set(settings["name"]) == (shown[0] | shown[1]) - code
    every = {setting(path).name for _, snapshot in records for path in all_facts(snapshot)}
    changed = set(wb.diff(first, second).configuration["name"])
    assert {"strategy_path", "instrument", "end", "capital", "slippage", "fees.amount", "risk_free"} <= changed <= every
    (note,) = differences([subject(record) for record, _ in records])
    noted = note.removeprefix("these runs also differ in ").split(", ")
    assert {"strategy", "instrument", "end", "capital"} <= set(noted) <= shown[0] | shown[1]
    (cause,) = verdict_of(wb.rerun(first, seed=2, progress=False)).causes
    assert (cause.name, cause.before, cause.after) == ("seed", "1", "2")
