"""Records that older versions wrote, and a server as a desk has it: reached over TCP, with a password."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from tests.conftest import _address
from workbench import Workbench
from workbench.settings import Settings
from workbench.storage import Database
from workbench.storage.server.data_folder import make
from workbench.storage.server.pg_binaries import account, available, environment, newest

DUMPS = sorted((Path(__file__).parent / "schema" / "released").glob("*.sql"))
"""One file a schema, as `schema/released/make.py` wrote it when that was the newest."""
PASSWORD = "hunter2 'pässword\"@:/%s"
"""Half of it is what an error must never show; the other half is what a URL is easily broken by."""


@pytest.fixture(params=DUMPS, ids=lambda file: file.stem)
def old(request: pytest.FixtureRequest, server: str) -> Iterator[tuple[str, str]]:
    """A database as an older version left it, and its schema."""
    name = f"old_{request.param.stem}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} template template0").format(sql.Identifier(name)))
        try:
            url = _address(server, name)
            psql = available()[newest()] / "psql"
            command = [psql, "-q", "-v", "ON_ERROR_STOP=1", "-f", request.param, url]
            subprocess.run(command, check=True, capture_output=True)
            yield url, request.param.stem
        finally:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def upgraded(old: tuple[str, str], tmp_path: Path) -> Iterator[Workbench]:
    url, schema = old
    where = Settings(home=tmp_path, database_url=url)
    assert Database(where).upgrade() == schema
    workbench = Workbench(where)
    yield workbench
    workbench.close()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="session")
def desk() -> Iterator[str]:
    """The URL of a database with the schema, of a login with a password; 127.0.0.2 is the same server."""
    lab, port, owner = Path(tempfile.mkdtemp(prefix="wb-desk-")), free_port(), account()
    lab.chmod(0o711)
    folder = lab / "postgres"
    make(folder, owner)
    with (folder / "pg_hba.conf").open("a") as rules:
        rules.write("host all all 127.0.0.0/8 scram-sha-256\n")
    as_owner: dict[str, Any] = {"user": owner.uid, "group": owner.gid, "extra_groups": []} if owner.other else {}
    place = ("-D", str(folder), "-k", str(folder), "-p", str(port), "-c", "listen_addresses=127.0.0.1,127.0.0.2")
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command: list[str | Path] = [available()[newest()] / "postgres", *place]
    with subprocess.Popen(command, cwd="/", env=environment(), **quiet, **as_owner) as server:
        try:
            ready_by = time.monotonic() + 120
            while True:
                try:
                    connection = psycopg.connect(host=str(folder), port=port, user="postgres", autocommit=True)
                    break
                except psycopg.OperationalError:
                    assert time.monotonic() < ready_by
                    time.sleep(0.05)
            with connection:
                connection.execute("create role head login createrole")
                connection.execute(sql.SQL("alter role head password {}").format(PASSWORD))
                connection.execute("create database desk owner head")
            url = f"postgresql://head:{quote(PASSWORD, safe='')}@127.0.0.1:{port}/desk"
            database = Database(Settings(home=lab, database_url=url))
            database.upgrade()
            yield url
        finally:
            os.kill(server.pid, signal.SIGINT)
            server.wait()
            shutil.rmtree(lab)
