"""What is wrong with a record is found: each damage done by hand, past the rules that refuse it, and named."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import psycopg
import pytest

from tests.support.stretches import Stretch
from workbench import Run, Workbench
from workbench.errors import RunFailed
from workbench.metrics import Metrics
from workbench.settings import Settings
from workbench.storage import Database
from workbench.storage.queries.columns import METRIC_COLUMNS
from workbench.storage.upkeep.check import Checkup, _same

SCRIPT = "tests.support.user_strategies:Script"
SHORT: Stretch = {"instrument": "AAPL", "start": "2012-01-03", "end": "2012-12-31", "progress": False}


@pytest.fixture
def record(wb: Workbench) -> Run:
    """A run with a trade; beside it one without, a failed and an interrupted one."""
    wb.run(SCRIPT, **SHORT)
    wb.run("sma_crossover", **SHORT)
    with pytest.raises(RunFailed):
        wb.run(SCRIPT, raise_on=3, **SHORT)
    with pytest.raises(KeyboardInterrupt):
        wb.run(SCRIPT, interrupt_on=3, **SHORT)
    return wb.run(SCRIPT, orders={"1": 10, "50": -10}, **SHORT)


@pytest.fixture
def past_the_rules(sql_connection: psycopg.Connection) -> psycopg.Connection:
    """A superuser's connection that no trigger and no foreign key holds back."""
    sql_connection.execute("set session_replication_role = replica")
    return sql_connection


def findings(url: str) -> list[str]:
    return [str(one) for one in Checkup(Database(Settings(home=Path(), database_url=url))).findings()]


def test_a_good_record_has_no_findings(wb: Workbench, record: Run, database_url: str) -> None:
    checkup = Checkup(Database(Settings(home=Path(), database_url=database_url)))
    seen: list[tuple[int, int]] = []
    assert list(checkup.findings(lambda done, of: seen.append((done, of)))) == []
    assert (checkup.runs, checkup.remeasured) == (5, 3)
    assert seen == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]


def test_a_run_whose_process_was_killed_is_no_damage(
    wb: Workbench, record: Run, past_the_rules: psycopg.Connection, database_url: str
) -> None:
    # it has an end in no column: neither results nor the environment that is written with them
    past_the_rules.execute(
        "update backtest_runs set status = 'running', finished_at = null, duration = null, result_sha256 = null, "
        "environment_sha256 = null where run_id = %s",
        (record.id,),
    )
    for table in ("performance_metrics", "run_results"):
        past_the_rules.execute(f"delete from {table} where run_id = %s".encode(), (record.id,))
    assert wb.get(record.id).status == "interrupted"
    assert findings(database_url) == []


def test_an_empty_record_has_no_findings(database_url: str) -> None:
    assert findings(database_url) == []


def test_a_record_of_an_older_version_has_no_findings(upgraded: Workbench) -> None:
    checkup = Checkup(upgraded._session.database)
    assert [str(one) for one in checkup.findings()] == []
    # their metrics are of formulas that are no more
    assert (checkup.runs, checkup.remeasured) == (6, 0)


DAMAGES = {
    "a metric": (
        "update performance_metrics set volatility = volatility + 1e-7 where run_id = '{run}'",
        r"^{run}: its volatility is stored as \S+ and is \S+ by its results$",
    ),
    "a metric that was undefined": (
        "update performance_metrics set profit_factor = 1 where run_id = '{run}'",
        r"^{run}: its profit_factor is stored as 1\.0 and is None by its results$",
    ),
    "the time of a metric": (
        "update performance_metrics set max_drawdown_at = max_drawdown_at + interval '1 day' where run_id = '{run}'",
        r"^{run}: its max_drawdown_at is stored as 2012-\S+ \S+ and is 2012-\S+ \S+ by its results$",
    ),
    "a count": (
        "update performance_metrics set total_trades = 2, break_even_trades = break_even_trades + 1 "
        "where run_id = '{run}'",
        r"^{run}: its (total|break_even)_trades is stored as \d and is \d by its results$",
    ),
    "results that are no Arrow": (
        "update run_results set trades = 'abc' where run_id = '{run}'",
        r"^{run}: its results cannot be read: ",
    ),
    "results cut short": (
        "update run_results set equity = substr(equity, 1, octet_length(equity) / 2) where run_id = '{run}'",
        r"^{run}: its results cannot be read: ",
    ),
    "results of another kind": (
        "update run_results set fills = equity where run_id = '{run}'",
        r"^{run}: its fills has other columns: time, equity$",
    ),
    "the number of bars": (
        "update run_results set bars = bars + 1 where run_id = '{run}'",
        r"^{run}: its equity has 250 rows and it ran on 251 bars$",
    ),
    "metrics gone": (
        "delete from performance_metrics where run_id = '{run}'",
        r"^{run}: it is completed and has no metrics$",
    ),
    "results gone": ("delete from run_results where run_id = '{run}'", r"^{run}: it is completed and has no results$"),
    "another setup": (
        "update backtest_runs set setup_sha256 = data_sha256 where run_id = '{run}'",
        r"^{run}: the digest of its setup is not that of its configuration$",
    ),
    "metrics under another strategy": (
        "update performance_metrics set strategy_key = 'x' where run_id = '{run}'",
        r"^run {run}: its metrics stand under another strategy, instrument or time$",
    ),
    "a source": (
        "update source_files set source = source || ' '",
        r"^source [0-9a-f]{{64}}: its text has another digest$",
    ),
    "a trigger": (
        "alter table run_results disable trigger refuse_change",
        r"^run_results: its trigger refuse_change is gone or switched off$",
    ),
    "a trigger dropped": (
        "drop trigger leave_running_once on backtest_runs",
        r"^backtest_runs: its trigger leave_running_once is gone or switched off$",
    ),
    "a constraint": (
        "alter table performance_metrics drop constraint performance_metrics_win_rate_in_range",
        r"^performance_metrics: its constraint performance_metrics_win_rate_in_range is gone or not enforced$",
    ),
    "a foreign key": (
        "alter table run_results drop constraint run_results_run_id_fkey",
        r"^run_results: its constraint run_results_run_id_fkey is gone or not enforced$",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damage_is_found_and_named(
    record: Run, past_the_rules: psycopg.Connection, database_url: str, damage: str
) -> None:
    statement, expected = DAMAGES[damage]
    past_the_rules.execute(statement.format(run=record.id).encode())
    found = findings(database_url)
    assert found
    for one in found:
        assert re.search(expected.format(run=record.id), one), one


def test_a_changed_configuration_is_found_by_its_text_and_by_what_the_run_is(
    record: Run, past_the_rules: psycopg.Connection, database_url: str
) -> None:
    past_the_rules.execute(
        "update config_bases set parts = array[replace(parts[1], '2012-12-31', '2012-12-30')] || parts[2:] "
        "from run_configs join backtest_runs using (config_sha256) "
        "where config_bases.base_sha256 = run_configs.base_sha256 and run_id = %s",
        [record.id],
    )
    # four runs differ in their parameters alone: the rest is stored once
    wb = Workbench(Settings(home=Path(), database_url=database_url))
    ids = wb.history("Script")["run_id"]
    wb.close()
    assert len(ids) == 4
    texts = [one for one in findings(database_url) if one.startswith("configuration ")]
    assert len(texts) == 4
    assert all(one.endswith(": its text has another digest") for one in texts)
    said = {f"{run_id}: the digest of its setup is not that of its configuration" for run_id in ids}
    assert set(findings(database_url)) == {*texts, *said}


def test_what_a_lost_run_leaves_is_found(record: Run, past_the_rules: psycopg.Connection, database_url: str) -> None:
    past_the_rules.execute("delete from backtest_runs where run_id = %s", [record.id])
    found = findings(database_url)
    assert "performance_metrics: 1 rows point at no backtest_runs" in found
    assert "run_results: 1 rows point at no backtest_runs" in found
    assert [one for one in found if one.startswith("configuration ") and one.endswith(": no run has it")]
    assert len(found) == 3


def test_rows_that_break_a_rule_are_counted(record: Run, sql_connection: psycopg.Connection, database_url: str) -> None:
    name = "performance_metrics_total_return_in_range"
    sql_connection.execute(f"alter table performance_metrics drop constraint {name}".encode())
    sql_connection.execute("set session_replication_role = replica")
    sql_connection.execute("update performance_metrics set total_return = 101")
    added = f"alter table performance_metrics add constraint {name} check (total_return between -1 and 100) not valid"
    sql_connection.execute(added.encode())
    found = findings(database_url)
    assert f"performance_metrics: its constraint {name} is gone or not enforced" in found
    assert f"performance_metrics: 3 rows break {name}" in found
    # and the three runs were not measured so
    assert len(found) == 5


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (None, None, True),
        (None, 0.0, False),
        (0.0, None, False),
        (1.0, 1.0 + 1e-12, True),
        (1.0, 1.0 + 1e-8, False),
        (0.0, 1e-13, True),
        (0.0, 1e-9, False),
    ],
)
def test_metrics_are_the_same_but_for_the_order_of_a_sum(one: float | None, other: float | None, same: bool) -> None:
    assert _same(one, other) is same


def test_metrics_of_older_formulas_are_not_measured_again(
    record: Run, past_the_rules: psycopg.Connection, database_url: str
) -> None:
    past_the_rules.execute("update performance_metrics set formulas_version = 0, volatility = 9")
    checkup = Checkup(Database(Settings(home=Path(), database_url=database_url)))
    assert list(checkup.findings()) == []
    assert (checkup.runs, checkup.remeasured) == (5, 0)


def test_every_metric_is_compared() -> None:
    beside = {"custom", "undefined", "formulas_version"}
    compared = set(METRIC_COLUMNS)
    assert {field.name for field in fields(Metrics)} - beside == compared
