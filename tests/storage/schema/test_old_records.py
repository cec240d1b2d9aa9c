"""Records that older versions wrote open in this one, with every number as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine

from tests.storage.conftest import DUMPS
from workbench import Run, Workbench
from workbench.errors import DatabaseBehind
from workbench.settings import Settings
from workbench.storage import Database, connection_url
from workbench.storage.schema import migrate
from workbench.storage.schema.tables import REVISION
from workbench.storage.upkeep.check import Checkup


def by_note(workbench: Workbench) -> dict[str, Run]:
    runs = [workbench.get(run_id) for run_id in workbench.history()["run_id"]]
    return {str(run.params["note"]): run for run in runs}


def test_the_first_schema_is_among_them_and_all_are_small() -> None:
    assert DUMPS[0].stem == "0001"
    assert all(file.stat().st_size < 200_000 for file in DUMPS)


def test_an_old_record_is_not_read_before_it_is_upgraded(old: tuple[str, str], tmp_path: Path) -> None:
    url, schema = old
    if schema == REVISION:
        return
    with pytest.raises(DatabaseBehind, match=f"schema {schema} .*needs {REVISION}.*ntrader db upgrade"):
        Workbench(Settings(home=tmp_path, database_url=url)).history()


def test_every_run_of_an_old_record_comes_back(upgraded: Workbench) -> None:
    runs = by_note(upgraded)
    assert {note: run.status.value for note, run in runs.items()} == {
        "fall and recovery": "completed",
        "fees": "completed",
        "no trades": "completed",
        "raises": "failed",
        "stopped": "interrupted",
        # its process was killed: nobody wrote that, its lock is gone
        "killed": "interrupted",
    }
    assert len(upgraded.history(status="interrupted")) == 2
    for run in runs.values():
        assert run.source is not None
        assert "class Script(Strategy)" in run.source
        assert run.config.venue.capital == "10000"
        assert run.config.data[0].rows == 8
        assert upgraded.details(run.id)["value"].str.contains(run.id).any()


def test_the_metrics_and_results_of_an_old_record_are_what_they_were(upgraded: Workbench) -> None:
    runs = by_note(upgraded)
    fell, fees, nothing = runs["fall and recovery"], runs["fees"], runs["no trades"]
    assert fell.metrics is not None
    assert fees.metrics is not None
    assert nothing.metrics is not None
    # 90 shares at 100 of 10,000: 1,000 in cash and 90 times the closes 100 100 110 120 60 80, sold at 100
    assert fell.equity()["equity"].tolist() == [10_000, 10_000, 10_900, 11_800, 6_400, 8_200, 10_000, 10_000]
    assert fell.metrics.max_drawdown == pytest.approx(6_400 / 11_800 - 1)
    assert (fell.metrics.total_return, fell.metrics.break_even_trades) == (0, 1)
    # 50 bought at 100 and sold at 110, 5 for each order
    assert fees.trades()[["pnl", "commission"]].values.tolist() == [[490, 10]]
    assert fees.fills()["price"].tolist() == [100, 110]
    assert fees.metrics.total_return == pytest.approx(0.049)
    assert fees.metrics.final_balance == 10_490
    assert (nothing.metrics.total_return, nothing.metrics.total_trades) == (0, 0)
    assert nothing.metrics.win_rate is None
    assert nothing.metrics.undefined["win_rate"].reason
    assert [warning.code for warning in nothing.warnings] == ["no_orders"]


def test_how_the_runs_of_an_old_record_ended_is_what_it_was(upgraded: Workbench) -> None:
    runs = by_note(upgraded)
    error = runs["raises"].error
    assert error is not None
    assert error.message == "ValueError: boom on bar 3"
    assert 'user_strategies.py", line ' in error.trace
    assert runs["stopped"].record.finished_at is not None
    assert (runs["killed"].record.finished_at, runs["killed"].metrics) == (None, None)


def test_the_other_verbs_work_on_an_old_record(upgraded: Workbench) -> None:
    runs = by_note(upgraded)
    assert upgraded.best("total_return")["run_id"].tolist()[0] == runs["fees"].id
    assert upgraded.history(params={"note": "fees"})["run_id"].tolist() == [runs["fees"].id]
    assert len(upgraded.strategy_history("Script")) == 6
    assert len(upgraded.compare(runs["fees"].id, runs["no trades"].id)) > 10
    assert upgraded.plot.equity(runs["fees"].id).data[0].y[-1] == 10_490
    assert upgraded.find_duplicates(runs["fees"])["run_id"].tolist() == []
    upgraded.delete(runs["fees"].id)
    assert len(upgraded.history()) == 5


def test_an_upgraded_record_has_nothing_wrong_every_configuration_is_the_same_text(
    upgraded: Workbench, old: tuple[str, str]
) -> None:
    assert list(Checkup(upgraded._session.database).findings()) == []
    if old[1] != "0001":
        return
    # there and back again
    downgrade(old[0], "0004")
    with psycopg.connect(old[0]) as connection:
        whole = "select count(*) from run_configs where sha256(convert_to(snapshot::text, 'UTF8')) = config_sha256"
        assert connection.execute(whole).fetchone() == (6,)
    upgraded.close()
    assert Database(Settings(home=Path(), database_url=old[0])).upgrade() == "0004"
    assert list(Checkup(upgraded._session.database).findings()) == []


def test_an_old_record_is_as_closed_as_a_new_one(upgraded: Workbench, old: tuple[str, str]) -> None:
    with psycopg.connect(old[0], autocommit=True) as connection:
        for statement in (
            "update backtest_runs set duration = 1",
            "truncate run_results",
            "update run_configs set own = '[]'",
            "update config_bases set parts = array['1']",
        ):
            with pytest.raises(psycopg.IntegrityError):
                connection.execute(statement.encode())


def downgrade(url: str, to: str) -> None:
    from alembic import command

    engine = create_engine(connection_url(Settings(home=Path(), database_url=url)))
    try:
        with engine.begin() as inside:
            config = migrate.config()
            config.attributes["connection"] = inside
            command.downgrade(config, to)
    finally:
        engine.dispose()


def rows(url: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute("select run_id, status, params from backtest_runs order by run_id").fetchall()


def test_a_downgrade_that_would_lose_runs_is_refused_in_words(upgraded: Workbench, old: tuple[str, str]) -> None:
    before = rows(old[0])
    with pytest.raises(RuntimeError, match=r"(would lose|which) 6 runs.*ntrader db (backup|restore) FILE"):
        downgrade(old[0], "base")
    assert rows(old[0]) == before
    assert len(upgraded.history()) == 6


def test_a_downgrade_that_would_lose_who_recorded_a_run_is_refused_in_words(wb: Workbench, database_url: str) -> None:
    wb.run(
        "tests.support.user_strategies:Script", instrument="AAPL", start="2012-01-03", end="2012-03-01", progress=False
    )
    with pytest.raises(RuntimeError, match=r"would lose what accounts and positions said of 1 runs"):
        downgrade(database_url, "0001")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("update run_results set statement = null")
    with pytest.raises(RuntimeError, match=r"no place for who recorded a run, which 1 runs know"):
        downgrade(database_url, "0001")
    assert len(wb.history()) == 1


def test_a_downgrade_that_loses_nothing_is_done_and_can_be_undone(upgraded: Workbench, old: tuple[str, str]) -> None:
    if old[1] != "0001":
        return
    before = rows(old[0])
    downgrade(old[0], "0001")
    upgraded.close()
    with pytest.raises(DatabaseBehind):
        upgraded.history()
    assert Database(Settings(home=Path(), database_url=old[0])).upgrade() == "0001"
    assert rows(old[0]) == before
