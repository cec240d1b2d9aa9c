"""One embedded server per test process, a fresh database per test, copied from a template that has the schema."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.support.places import new_folder
from workbench import Workbench
from workbench.settings import Settings
from workbench.storage import Database
from workbench.storage.server import embedded

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Real market data that is not part of the product; a test that needs it skips where it is absent."""

collect_ignore = ["golden"]
"""Notebooks whose outputs are compared: `test_golden` runs them with other options than those of this project."""

_numbers = count(1)


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """A home with the sample data in its catalog, shared by all tests that only read it."""
    folder = new_folder("workbench-test-home-")
    Workbench(Settings(home=folder)).import_sample()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The connection string of a server that this test process has for itself."""
    folder = new_folder("workbench-test-server-")
    try:
        with psycopg.connect(embedded.start(folder / "postgres"), autocommit=True) as connection:
            # the databases of tests need not outlive a power cut, and copying one is mostly waiting for the disk
            connection.execute("alter system set fsync = off")
            connection.execute("alter system set max_wal_size = '128MB'")
            # to copy or drop one, the server looks through all the pages that it keeps
            connection.execute("alter system set shared_buffers = '32MB'")
            # tests ask for tables by their names alone, as somebody with psql does who has set this
            connection.execute("alter system set search_path = workbench, public")
            connection.execute("create database template")
        embedded.stop(folder / "postgres")
        uri = embedded.start(folder / "postgres")
        Database(Settings(home=folder, database_url=_address(uri, "template"))).upgrade()
        yield uri
    finally:
        embedded.stop(folder / "postgres")
        shutil.rmtree(folder)


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """An empty database with the schema, dropped afterwards."""
    name = f"test_{next(_numbers)}"
    # files are copied in half the time that writing their pages to the log takes
    create = sql.SQL("create database {} template template strategy file_copy").format(sql.Identifier(name))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(create)
        yield _address(server, name)
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def database_url(server: str) -> Iterator[str]:
    """A database of this test's own, empty, with the schema."""
    with new_database(server) as url:
        yield url


@pytest.fixture
def wb(home: Path, database_url: str) -> Iterator[Workbench]:
    """A workbench with the sample data and an empty record."""
    workbench = Workbench(Settings(home=home, database_url=database_url))
    yield workbench
    workbench.close()


@pytest.fixture
def fresh_wb(tmp_path: Path, database_url: str) -> Iterator[Workbench]:
    """A workbench with an empty catalog and an empty record."""
    workbench = Workbench(Settings(home=tmp_path / "home", database_url=database_url))
    yield workbench
    workbench.close()


@pytest.fixture
def sql_connection(database_url: str) -> Iterator[psycopg.Connection]:
    """A connection past the workbench, as somebody with psql has it."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def _address(uri: str, database: str) -> str:
    """The same server, another database."""
    start, _, rest = uri.partition("/postgres?")
    return f"{start}/{database}?{rest}"
