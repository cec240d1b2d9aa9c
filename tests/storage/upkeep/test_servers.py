"""From any server to any other: a record goes there whole, and other people's tables stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from tests.conftest import _address
from tests.support.plausible import varied, write
from tests.support.servers import programs, running
from workbench.errors import DatabaseBehind
from workbench.settings import Settings
from workbench.storage import Database, Records
from workbench.storage.schema.own_schema import OLDEST, refuse_old_server
from workbench.storage.schema.tables import REVISION, metadata
from workbench.storage.upkeep.backup import back_up, restore
from workbench.storage.upkeep.check_rules import by_the_database

VERSIONS = (15, 16, 18)
"""The oldest that the workbench works with, and those that the library brings; Debian's is not everywhere."""
THEIRS = (
    "create table public.alembic_version (version_num text); insert into public.alembic_version values ('f3a1')",
    "create table public.backtest_runs (n int); insert into public.backtest_runs values (7)",
    "create table public.notes (n int primary key, text text); insert into public.notes values (1, 'theirs')",
)


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[int, str]]:
    """A server of each version that this machine has."""
    with ExitStack() as stack:
        yield {
            version: stack.enter_context(running(programs()[version])) for version in VERSIONS if version in programs()
        }


@pytest.fixture(scope="module")
def records(servers: dict[int, str], tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """The backup of a record of each server, its database shared with somebody else's tables."""
    folder = tmp_path_factory.mktemp("backups")
    return {version: recorded(url, version, folder) for version, url in servers.items()}


def recorded(url: str, version: int, folder: Path) -> Path:
    database = new_database(url, f"record_{version}")
    database.upgrade()
    fill(database, range(12))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"create database other_{version} template record_{version}".encode())
    file = back_up(database, folder / f"{version}.backup").file
    database.close()
    return file


def at(server: str, name: str) -> Database:
    return Database(Settings(home=Path(), database_url=_address(server, name)))


def new_database(server: str, name: str) -> Database:
    """A database with somebody else's tables in `public`."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
    with psycopg.connect(_address(server, name)) as connection:
        for statement in THEIRS:
            connection.execute(statement.encode())
    return at(server, name)


def fill(database: Database, numbers: range) -> None:
    records = Records(database)
    for made in varied(numbers):
        write(records, made)
    database.close()


def digest(database: Database) -> dict[str, tuple[str, int]]:
    """Of every table of the record its rows, as text, in one digest, and how many there are."""
    question = "select md5(coalesce(string_agg(t::text, ';' order by t::text), '')), count(*) from workbench.{} t"
    with psycopg.connect(str(database.settings.database_url), options="-c timezone=UTC") as connection:
        tables = (*metadata.tables, "alembic_version")
        return {table: connection.execute(question.format(table).encode()).fetchone() or ("", 0) for table in tables}


def theirs(database: Database) -> list[str]:
    with psycopg.connect(str(database.settings.database_url)) as connection:
        tables = ("alembic_version", "backtest_runs", "notes")
        return [str(connection.execute(f"select t from public.{table} t".encode()).fetchall()) for table in tables]


def there(servers: dict[int, str], version: int) -> str:
    if version not in servers:
        pytest.skip(f"PostgreSQL {version} is not installed here")
    return servers[version]


@pytest.mark.parametrize("to", VERSIONS)
@pytest.mark.parametrize("origin", VERSIONS)
def test_a_record_goes_from_any_server_to_any_other_and_leaves_other_tables_alone(
    servers: dict[int, str], records: dict[int, Path], origin: int, to: int
) -> None:
    source, target = at(there(servers, origin), f"record_{origin}"), at(there(servers, to), f"other_{to}")
    before = theirs(target)
    assert restore(target, records[origin], replace=True) == 12
    assert digest(target) == digest(source)
    empty = {table for table, (_, rows) in digest(source).items() if not rows}
    assert empty == {"source_files", "config_sources", "market_data"}
    assert theirs(target) == before == theirs(source)
    # the record that came goes on
    fill(target, range(30, 31))
    with target.connect() as connection:
        assert list(by_the_database(connection)) == []
    target.close()


def test_the_oldest_server_here_takes_a_database_without_tables_to_a_whole_record(
    servers: dict[int, str], records: dict[int, Path]
) -> None:
    oldest = min(servers)
    database = new_database(servers[oldest], "bare")
    before = theirs(database)
    assert restore(database, records[max(servers)]) == 12
    assert database.revision() == REVISION
    assert theirs(database) == before


def test_a_server_older_than_the_oldest_is_refused_in_words() -> None:
    refuse_old_server(OLDEST * 10_000)
    with pytest.raises(DatabaseBehind, match=r"is PostgreSQL 14 and the workbench needs 15 or newer"):
        refuse_old_server(140_022)
