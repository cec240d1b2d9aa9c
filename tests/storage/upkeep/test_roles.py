"""A server that several people share: what each may do, tried as them, and who recorded what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from alembic import command
from psycopg import sql
from sqlalchemy import make_url

from tests.storage.writing.test_records import SCRIPT
from tests.support.stretches import SHORT
from workbench import Run, Workbench
from workbench.errors import NotAllowed
from workbench.settings import Settings
from workbench.storage import Database
from workbench.storage.schema import migrate
from workbench.storage.schema.tables import metadata
from workbench.storage.upkeep import roles

_numbers = count(1)

type Login = Callable[..., str]
type Open = Callable[[str], Workbench]


@pytest.fixture
def login(database_url: str, sql_connection: psycopg.Connection) -> Iterator[Login]:
    """Makes a login, a member of a role, and gives its URL."""
    roles.apply(Database(Settings(home=Path(), database_url=database_url)))
    made: list[str] = []

    def make(member_of: str | None, options: str = "") -> str:
        name = f"person_{next(_numbers)}"
        sql_connection.execute(f"create role {name} login {options}".encode())
        made.append(name)
        if member_of is not None:
            sql_connection.execute(f"grant {member_of} to {name}".encode())
        return database_url.replace("postgres@", f"{name}@")

    yield make
    for name in made:
        sql_connection.execute(sql.SQL("drop owned by {0}; drop role {0}").format(sql.Identifier(name)))


@pytest.fixture
def opened(home: Path) -> Iterator[Open]:
    made: list[Workbench] = []

    def one(url: str) -> Workbench:
        made.append(Workbench(Settings(home=home, database_url=url)))
        return made[-1]

    yield one
    for workbench in made:
        workbench.close()


def name_of(url: str) -> str:
    return url.partition("//")[2].partition("@")[0]


def recorder(workbench: Workbench, run: Run) -> str:
    details = workbench.details(run.id)
    return str(details[details["name"] == "recorded_by"]["value"].item())


def test_a_writer_runs_records_reads_and_deletes(login: Login, opened: Open) -> None:
    writer = opened(login(roles.WRITER))
    run = writer.run(SCRIPT, orders={"1": 10, "5": -10}, **SHORT)
    again = writer.run(SCRIPT, orders={"1": 10, "5": -10}, on_duplicate="ignore", **SHORT)
    assert writer.get(run.id) == run
    assert len(writer.get(run.id).trades()) == 1
    assert set(writer.history()["run_id"]) == {run.id, again.id}
    writer.delete(run.id)
    writer.delete(again.id)
    assert writer.history().empty


def test_what_a_writer_deletes_takes_its_configuration_along_though_it_may_not_touch_those(
    login: Login, opened: Open, sql_connection: psycopg.Connection
) -> None:
    url = login(roles.WRITER)
    writer = opened(url)
    run = writer.run(SCRIPT, **SHORT)
    with psycopg.connect(url, autocommit=True) as connection:
        for table in (
            "run_configs",
            "config_bases",
            "source_files",
            "config_sources",
            "performance_metrics",
            "run_results",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"delete from {table}".encode())
    writer.delete(run.id)
    # what a million runs share stays: versions, and what fingerprints were made of
    for table in set(metadata.tables) - {"environments", "market_data"}:
        assert sql_connection.execute(f"select count(*) from {table}".encode()).fetchone() == (0,)


FORBIDDEN_TO_A_WRITER = (
    ("update backtest_runs set status = 'failed', error_message = 'x'", psycopg.IntegrityError),
    ("update backtest_runs set initial_capital = 1", psycopg.errors.InsufficientPrivilege),
    ("update backtest_runs set recorded_by = 'somebody'", psycopg.errors.InsufficientPrivilege),
    ("update performance_metrics set sharpe_ratio = 9", psycopg.errors.InsufficientPrivilege),
    ("update run_results set equity = 'x'", psycopg.errors.InsufficientPrivilege),
    ("update run_configs set own = '[]'", psycopg.errors.InsufficientPrivilege),
    ("update alembic_version set version_num = '9999'", psycopg.errors.InsufficientPrivilege),
    ("alter table backtest_runs disable trigger all", psycopg.errors.InsufficientPrivilege),
    ("set session_replication_role = replica", psycopg.errors.InsufficientPrivilege),
    ("drop table run_results", psycopg.errors.InsufficientPrivilege),
    ("truncate backtest_runs cascade", psycopg.errors.InsufficientPrivilege),
)


def test_a_writer_changes_no_finished_record(login: Login, opened: Open) -> None:
    url = login(roles.WRITER)
    opened(url).run(SCRIPT, **SHORT)
    with psycopg.connect(url, autocommit=True) as connection:
        for statement, error in FORBIDDEN_TO_A_WRITER:
            with pytest.raises(error):
                connection.execute(statement.encode())


def test_a_reader_reads_everything_and_writes_nothing(wb: Workbench, login: Login, opened: Open) -> None:
    run = wb.run(SCRIPT, orders={"1": 10, "5": -10}, **SHORT)
    url = login(roles.READER)
    reader = opened(url)
    assert reader.history()["run_id"].tolist() == [run.id]
    assert reader.get(run.id) == run
    assert len(reader.get(run.id).trades()) == 1
    assert len(reader.compare(run.id, wb.run(SCRIPT, **SHORT).id)) > 10
    with psycopg.connect(url, autocommit=True) as connection:
        for table in metadata.tables:
            column = next(iter(metadata.tables[table].columns)).name
            for statement in ("delete from {0}", "truncate {0}", "truncate {0} cascade", "update {0} set {1} = {1}"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement.format(table, column).encode())
    for attempt in (lambda: reader.run(SCRIPT, **SHORT), lambda: reader.delete(run.id)):
        with pytest.raises(NotAllowed, match=r"permission denied for table \w+.*grant workbench_writer to person_"):
            attempt()
    assert len(wb.history()) == 2


def test_what_waits_for_somebody_with_more_rights_does_not_keep_a_reader_from_reading(
    wb: Workbench, login: Login, opened: Open
) -> None:
    url = login(roles.READER)
    run, reader = wb.run(SCRIPT, **SHORT), opened(url)
    away = opened(f"postgresql://{make_url(url).username}@127.0.0.1:1/none")
    away.tell = lambda text: None
    away.run(SCRIPT, **SHORT)
    reader.where.outbox.parent.mkdir(exist_ok=True)
    away.where.outbox.rename(reader.where.outbox)
    assert reader.history()["run_id"].tolist() == [run.id]
    assert reader.status()["waiting"] == 1
    with psycopg.connect(str(wb.where.database_url), autocommit=True) as connection:
        connection.execute(f"grant {roles.WRITER} to {make_url(url).username}".encode())
    reader.close()
    assert len(reader.history()) == 2


def test_a_login_without_a_role_sees_nothing(wb: Workbench, login: Login) -> None:
    wb.run(SCRIPT, **SHORT)
    with psycopg.connect(login(None), autocommit=True) as connection:
        for table in metadata.tables:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"select * from workbench.{table}".encode())


def test_not_even_the_owner_empties_a_table(wb: Workbench, sql_connection: psycopg.Connection) -> None:
    wb.run(SCRIPT, **SHORT)
    for table in metadata.tables:
        with pytest.raises(psycopg.IntegrityError, match="emptied by nobody"):
            sql_connection.execute(f"truncate {table} cascade".encode())
    assert len(wb.history()) == 1


def test_who_recorded_a_run_is_the_databases_word_and_not_the_clients(
    wb: Workbench, login: Login, opened: Open, sql_connection: psycopg.Connection
) -> None:
    url = login(roles.WRITER)
    writer = opened(url)
    run = writer.run(SCRIPT, **SHORT)
    assert recorder(wb, run) == name_of(url)
    assert recorder(wb, wb.run(SCRIPT, **SHORT)) == "postgres"
    columns = (
        "started_at, period_start, period_end, strategy_key, strategy_name, strategy_type, strategy_path, "
        "instrument_id, bar, initial_capital, currency, data_source, setup_sha256, code_sha256, data_sha256, "
        "config_sha256, params"
    )
    forged = (
        f"insert into backtest_runs (run_id, recorded_by, {columns}) "
        f"select gen_random_uuid(), 'postgres', {columns} from backtest_runs limit 1 returning recorded_by"
    )
    with psycopg.connect(url) as connection:
        assert connection.execute(forged.encode()).fetchone() == (name_of(url),)


def test_with_own_rows_only_people_see_and_delete_only_their_own(
    wb: Workbench, login: Login, opened: Open, database_url: str
) -> None:
    roles.apply(Database(Settings(home=Path(), database_url=database_url)), own_rows_only=True)
    alice, bob = opened(login(roles.WRITER)), opened(login(roles.WRITER))
    # the same configuration: it is stored once, and each sees it as their own
    hers, his = alice.run(SCRIPT, **SHORT), bob.run(SCRIPT, **SHORT)
    assert alice.history()["run_id"].tolist() == [hers.id]
    assert bob.history()["run_id"].tolist() == [his.id]
    assert bob.get(his.id).config == hers.config
    assert bob.get(his.id).source == alice.get(hers.id).source
    secret = alice.run(SCRIPT, note="alice's own", **SHORT)
    with psycopg.connect(
        bob._session.database.engine().url.set(drivername="postgresql").render_as_string(False)
    ) as connection:
        found = connection.execute("select count(*) from run_configs where own::text like '%own%'").fetchone()
        assert found == (0,)
        for table in ("performance_metrics", "run_results", "backtest_runs"):
            assert connection.execute(f"select count(*) from {table}".encode()).fetchone() == (1,)
        assert connection.execute("delete from backtest_runs where run_id = %s", [hers.id]).rowcount == 0
    with pytest.raises(LookupError):
        bob.delete(secret.id)
    bob.delete(his.id)
    assert alice.get(hers.id).config == hers.config
    # the owner sees all, and can open it again
    assert set(wb.history()["run_id"]) == {hers.id, secret.id}
    roles.apply(Database(Settings(home=Path(), database_url=database_url)), own_rows_only=False)
    assert set(bob.history()["run_id"]) == {hers.id, secret.id}


def test_making_the_roles_again_changes_nothing_and_does_not_open_what_was_closed(
    login: Login, opened: Open, database_url: str
) -> None:
    database = Database(Settings(home=Path(), database_url=database_url))
    roles.apply(database, own_rows_only=True)
    roles.apply(database)
    alice, bob = opened(login(roles.WRITER)), opened(login(roles.WRITER))
    alice.run(SCRIPT, **SHORT)
    assert bob.history().empty


def test_who_may_not_make_roles_is_told_what_to_do(login: Login) -> None:
    database = Database(Settings(home=Path(), database_url=login(roles.WRITER)))
    with pytest.raises(NotAllowed, match=r"cannot make the roles: .*ntrader db roles > roles\.sql"):
        roles.apply(database)


def test_every_table_has_its_rule_of_what_is_seen() -> None:
    assert set(roles._SEEN) == set(metadata.tables)


@pytest.mark.parametrize("own_rows_only", [False, True])
def test_an_upgrade_gives_the_rights_on_what_it_makes(
    wb: Workbench, login: Login, opened: Open, database_url: str, own_rows_only: bool
) -> None:
    database = Database(Settings(home=Path(), database_url=database_url))
    roles.apply(database, own_rows_only)
    url = login(roles.WRITER)
    run = opened(url).run(SCRIPT, orders={"1": 10}, **SHORT)
    others = wb.run(SCRIPT, orders={"1": 20}, **SHORT)
    with psycopg.connect(database_url, autocommit=True) as connection:
        # what a downgrade refuses to lose
        connection.execute("set session_replication_role = replica")
        connection.execute("update run_results set statement = null")
    with database.engine().begin() as connection:
        config = migrate.config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0004")
    database.close()
    assert database.upgrade() == "0004"
    writer = opened(url)
    assert writer.get(run.id).config == run.config
    assert writer.run(SCRIPT, orders={"1": 30}, **SHORT).source == run.source
    with psycopg.connect(url, autocommit=True) as connection:
        seen = connection.execute("select count(*) from run_configs").fetchone()
        assert seen == ((2,) if own_rows_only else (3,))
    assert (others.id in set(writer.history()["run_id"])) is not own_rows_only
