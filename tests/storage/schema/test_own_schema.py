"""The record has a schema of its own: neither other tables nor the settings of a login are in its way."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from typer.testing import CliRunner

from tests.conftest import _address
from tests.support.plausible import varied, write
from tests.support.servers import running
from tests.support.stretches import SHORT
from workbench import Workbench
from workbench.cli import app
from workbench.errors import InvalidInput, NotAllowed
from workbench.settings import Settings
from workbench.storage import Database, Records
from workbench.storage.schema.tables import REVISION, metadata
from workbench.storage.server.pg_binaries import available, newest
from workbench.storage.upkeep.archive import seal
from workbench.storage.upkeep.backup import restore
from workbench.storage.upkeep.check_rules import by_the_database

SCRIPT = "tests.support.user_strategies:Script"
RELEASED = Path(__file__).parent / "released"
ODD = {
    "search_path": "other, public",
    "datestyle": "German, DMY",
    "timezone": "Asia/Kathmandu",
    "intervalstyle": "sql_standard",
    "bytea_output": "escape",
    "extra_float_digits": "-10",
    "client_encoding": "LATIN1",
    "quote_all_identifiers": "on",
    "standard_conforming_strings": "off",
    "lc_monetary": "C.utf8",
    "lc_numeric": "C.utf8",
    "lc_time": "C.utf8",
    "lc_messages": "C.utf8",
}
"""What somebody may have set for a login; the machines of tests have no German."""
THEIRS = (
    "create table {0}.alembic_version (version_num text); insert into {0}.alembic_version values ('0003')",
    "create table {0}.backtest_runs (status text); insert into {0}.backtest_runs values ('theirs')",
    "create function {0}.refuse_change() returns trigger language plpgsql as 'begin return null; end'",
)
_numbers = count(1)


@pytest.fixture(scope="module")
def plain() -> Iterator[str]:
    """A server as PostgreSQL makes it, whose sessions look into `public`."""
    with running(available()[newest()]) as url:
        yield url


@contextmanager
def new_database(server: str, options: str = "") -> Iterator[str]:
    name = f"own_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name} template template0 {options}".encode())
        yield _address(server, name)
        connection.execute(f"drop database {name} with (force)".encode())


def database(url: str) -> Database:
    return Database(Settings(home=Path(), database_url=url))


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """A database whose connections are given back afterwards."""
    made = database(url)
    try:
        yield made
    finally:
        made.close()


def record(url: str, runs: int) -> None:
    with opened(url) as ours:
        for made in varied(range(runs)):
            write(Records(ours), made)


def execute(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def ask(url: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(question.encode()).fetchall()


def places(url: str) -> set[tuple[object, ...]]:
    """Every schema that holds something of a user's, and what kind."""
    return set(
        ask(
            url,
            "select nspname, relkind::text from pg_class join pg_namespace n on n.oid = relnamespace "
            "where nspname !~ '^(pg_|information_schema)' union select nspname, 'function' from pg_proc "
            "join pg_namespace n on n.oid = pronamespace where nspname !~ '^(pg_|information_schema)'",
        )
    )


def test_tables_of_the_same_names_in_public_disturb_nothing_and_stay_as_they_are(plain: str) -> None:
    with new_database(plain) as url:
        execute(url, *(statement.format("public") for statement in THEIRS))
        assert database(url).revision() is None
        assert database(url).upgrade() is None
        record(url, 3)
        with opened(url) as ours, ours.connect() as connection:
            assert list(by_the_database(connection)) == []
        assert ask(url, "select version_num, status from public.alembic_version, public.backtest_runs") == [
            ("0003", "theirs")
        ]
        assert ask(url, "select count(*) from workbench.backtest_runs") == [(3,)]


@pytest.mark.parametrize("schema", ["public", "Odd name"])
def test_an_old_record_moves_with_all_that_belongs_to_it(plain: str, schema: str, tmp_path: Path) -> None:
    with new_database(plain) as url:
        load(url, "0006")
        if schema != "public":
            # where the search path of whoever made it led
            execute(url, f'alter schema public rename to "{schema}"', "create schema public")
        before = sorted(ask(url, f'select r::text from "{schema}".backtest_runs r'))
        assert database(url).upgrade() == "0006"
        assert sorted(ask(url, "select r::text from workbench.backtest_runs r")) == before
        # an older workbench, which looks here, is told that the record is newer, and takes it for no empty one
        assert {place for place in places(url) if place[0] != "workbench"} == {(schema, "v")}
        assert ask(url, f'select version_num from "{schema}".alembic_version') == [(REVISION,)]
        assert database(url).upgrade() == REVISION
        workbench = Workbench(Settings(home=tmp_path, database_url=url))
        assert len(workbench.history()) == 6
        workbench.close()


def load(url: str, revision: str) -> None:
    psql = available()[newest()] / "psql"
    command: list[str | Path] = [psql, "-q", "-v", "ON_ERROR_STOP=1", "-f", RELEASED / f"{revision}.sql", url]
    subprocess.run(command, check=True, capture_output=True)


def test_rules_hold_for_somebody_whose_search_path_leads_elsewhere(plain: str) -> None:
    with new_database(plain) as url:
        database(url).upgrade()
        record(url, 3)
        execute(url, *(statement.format("public") for statement in THEIRS))
        for change in (
            "delete from workbench.run_results",
            "insert into workbench.run_results select gen_random_uuid(), bars, equity, trades, fills "
            "from workbench.run_results limit 1",
            "update workbench.run_configs set own = '[]'",
            "truncate workbench.run_labels",
        ):
            with pytest.raises(psycopg.IntegrityError, match=r"is final|no run|emptied by nobody"):
                execute(url, change)
        execute(url, "delete from workbench.backtest_runs")
        assert ask(url, "select count(*) from workbench.run_configs") == [(0,)]


@pytest.fixture
def odd(plain: str) -> Iterator[str]:
    """A database of a login that has set all that a login can set, with tables of its own where its path leads."""
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("create role odd login createrole")
        for name, value in ODD.items():
            # a path is a list of names, and not one name with a comma in it
            wanted = sql.SQL(value) if name == "search_path" else sql.Literal(value)
            connection.execute(sql.SQL("alter role odd set {} = {}").format(sql.Identifier(name), wanted))
        with new_database(plain, "owner odd") as url:
            execute(url, "create schema other authorization odd")
            own = url.replace("postgres@", "odd@")
            execute(own, *(statement.format("other") for statement in THEIRS))
            yield own
        connection.execute("drop owned by odd")
        for role in ("odd", "workbench_writer", "workbench_reader"):
            connection.execute(f"drop role if exists {role}".encode())


def test_every_command_works_for_a_login_with_odd_settings(
    odd: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", odd)
    monkeypatch.setenv("WORKBENCH_HOME", str(home))
    before = ask(odd, "select version_num, status from other.alembic_version, other.backtest_runs")
    assert "from an empty database to schema" in ntrader("db", "upgrade")
    workbench = Workbench(Settings(home=home, database_url=odd))
    run = workbench.run(SCRIPT, orders={"1": 10, "5": -10}, note="Ünïcode «日本» \\ '", tags=["ema"], **SHORT)
    again = workbench.get(run.id)
    assert again == run
    assert again.metrics == run.metrics
    assert again.equity().equals(run.equity())
    assert workbench.history(params={"note": run.params["note"]}, tag="ema")["run_id"].tolist() == [run.id]
    assert workbench.details(run.id)["value"].str.contains(run.id).any()
    assert workbench.rerun(run.id).verdict
    for command in ("history", "best", "show", "data"):
        ntrader(command, *{"best": ["sharpe_ratio"], "show": [run.id], "data": ["list"]}.get(command, []))
    assert json.loads(ntrader("db", "status", "--json"))["runs"]["completed"] == 2
    ntrader("db", "roles", "--apply", "--own-rows-only")
    assert "nothing is wrong" in ntrader("db", "check")
    file = str(tmp_path / "odd.backup")
    assert "2 runs" in ntrader("db", "backup", file)
    workbench.delete(run.id)
    assert "Restored 2 runs" in ntrader("db", "restore", file, "--replace")
    assert workbench.get(run.id) == run
    assert "nothing is wrong" in ntrader("db", "check")
    workbench.close()
    assert ask(odd, "select version_num, status from other.alembic_version, other.backtest_runs") == before


def ntrader(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == 0, done.output
    return done.stdout


def test_an_address_cannot_lead_elsewhere_either(plain: str, tmp_path: Path) -> None:
    with new_database(plain) as url:
        odd = f"{url}&options=-c%20search_path%3Dpublic%20-c%20datestyle%3DGerman%20-c%20work_mem%3D5MB"
        database(odd).upgrade()
        record(odd, 1)
        assert ask(url, "select count(*) from workbench.backtest_runs") == [(1,)]
        with opened(odd) as ours, ours.connect() as connection:
            assert connection.exec_driver_sql("show work_mem").scalar() == "5MB"


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_is_not_in_utf8_is_refused_with_what_to_do(plain: str, encoding: str) -> None:
    with new_database(plain, f"encoding '{encoding}' locale 'C'") as url:
        with pytest.raises(InvalidInput, match=rf"is in {encoding}, .*create database workbench .*encoding 'UTF8'"):
            database(url).upgrade()
        assert places(url) == set()
        # and what it says is what helps
        execute(plain, "create database workbench template template0 encoding 'UTF8' locale 'C'")
        assert database(_address(plain, "workbench")).upgrade() is None
        execute(plain, "drop database workbench with (force)")


def test_what_an_older_version_kept_in_another_encoding_is_restored_into_utf8(plain: str, tmp_path: Path) -> None:
    file = tmp_path / "old.backup"
    with new_database(plain, "encoding 'LATIN1' locale 'C'") as old, new_database(plain) as new:
        load(old, "0006")
        name = "'Caf' || chr(233)"
        execute(old, f"set session_replication_role = replica; update backtest_runs set strategy_name = {name}")
        subprocess.run([available()[newest()] / "pg_dump", "-Fc", "-n", "public", "-f", file, old], check=True)
        seal(file)
        assert restore(database(new), file) == 6
        assert set(ask(new, "select strategy_name from workbench.backtest_runs")) == {("Café",)}


def test_a_schema_that_is_closed_to_a_login_is_not_taken_for_one_that_is_not_there(plain: str) -> None:
    with new_database(plain) as url:
        database(url).upgrade()
        execute(url, "create role stranger login")
        try:
            with pytest.raises(NotAllowed, match=r"permission denied for schema workbench.*grant workbench_writer"):
                database(url.replace("postgres@", "stranger@")).revision()
        finally:
            execute(url, "drop role stranger")


def test_who_may_make_no_schema_is_told_so(plain: str) -> None:
    with new_database(plain) as url:
        execute(url, "create role guest login")
        try:
            with pytest.raises(NotAllowed, match=r"permission denied for database.*grant create on database"):
                database(url.replace("postgres@", "guest@")).upgrade()
        finally:
            execute(url, "drop role guest")


def test_only_our_own_tables_are_in_it(plain: str) -> None:
    with new_database(plain) as url:
        database(url).upgrade()
        tables = ask(
            url, "select relname from pg_class where relnamespace = 'workbench'::regnamespace and relkind = 'r'"
        )
        assert {name for (name,) in tables} == {*metadata.tables, "alembic_version"}
        assert {schema for schema, _ in places(url)} == {"workbench"}
