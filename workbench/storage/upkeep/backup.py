"""The whole record in one file and back, by PostgreSQL's own pg_dump and pg_restore.

Where and as whom they connect stands in their environment, never on a command line that others could list.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, Connection, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError

from workbench.errors import InvalidInput, RecordError
from workbench.storage.database import Database, revision_in
from workbench.storage.pool import session
from workbench.storage.schema.own_schema import SCHEMA, schema_of_record
from workbench.storage.schema.tables import REVISION, metadata
from workbench.storage.server.connections import driver
from workbench.storage.server.pg_binaries import available, environment, last_words, newest
from workbench.storage.upkeep import roles
from workbench.storage.upkeep.archive import FUNCTION_NAMES, TABLES, VERSION, Archive, Rows, seal

_NO_PROMPT = "--no-password"
_PLAIN = ("--no-owner", "--no-privileges", "--data-only", "--encoding=UTF8")
"""A backup is at home on any server, whoever owns the tables there: migrations make them, its rows fill them."""
_INDEXES = text(f"""
select index.relname, pg_get_indexdef(indexrelid) from pg_index
join pg_class index on index.oid = indexrelid join pg_class on_table on on_table.oid = indrelid
where index.relnamespace = '{SCHEMA}'::regnamespace and on_table.relname = any(:tables)
    and not exists (select from pg_constraint where conindid = indexrelid)
""").bindparams(bindparam("tables", list(metadata.tables), ARRAY(Text)))
"""Those that rows are found by, not those that keep a rule."""
_REFERENCES = text(f"""
select relname, confrelid::regclass::text
from pg_class left join pg_constraint on conrelid = pg_class.oid and contype = 'f'
where relnamespace = '{SCHEMA}'::regnamespace and relkind = 'r'
""")
_NEXT_REMARK = text(
    "select setval(pg_get_serial_sequence('run_remarks', 'remark_id'), max(remark_id)) from run_remarks"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A file that holds the whole record."""

    file: Path
    runs: int
    size: int


def back_up(database: Database, file: Path, *, replace: bool = False) -> Backup:
    """Write the record to a file, as it is at one moment, while others go on writing.

    Raises:
        InvalidInput: the file is there already, or cannot be written.
        RecordError: the database cannot be read whole; no file is left.
    """
    file = file.absolute()
    if os.path.lexists(file) and not (replace and file.is_file()):
        raise InvalidInput(f"{file} is there already. Give another name, or --replace.")
    place = database.engine().url  # a database that is behind, ahead or away is refused here
    with psycopg.connect(**_arguments(place)) as connection, _written(file) as beside:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        taken = connection.execute("select (select count(*) from backtest_runs), pg_export_snapshot()").fetchone()
        assert taken is not None
        runs, snapshot = taken
        tables = (f"--table={SCHEMA}.{table}" for table in TABLES)
        what = (*_PLAIN, "--format=custom", *tables, f"--snapshot={snapshot}", "--lock-wait-timeout=30s")
        _dump(_tool("pg_dump", place), *what, f"--file={beside}", known=_environment(place))
        seal(beside)
        return Backup(file=file, runs=runs, size=beside.stat().st_size)


def restore(database: Database, file: Path, *, replace: bool = False) -> int:
    """Put a backup in the place of the record, all or nothing, and bring it to this version's schema.

    Its rows alone are taken, into tables that our migrations make as they were when it was written. Members of the
    roles keep the rights that they have here; in a database that had no record nobody gets any.

    Args:
        replace: whether the runs that are there may go.

    Returns:
        How many runs it has.

    Raises:
        InvalidInput: the file is not a backup or holds more than one, or the record is not empty.
        DatabaseAhead: a newer workbench wrote it, or upgraded the database.
        RecordError: it is damaged, or the database refused it. The record is as it was.
    """
    archive = Archive.read(file.absolute())
    database.close()
    try:
        with database.changing() as connection:
            return _replace(connection, archive, replace=replace)
    except (DBAPIError, psycopg.Error) as error:
        reason = last_words(str(getattr(error, "orig", error)))
        raise RecordError(f"{file.name} cannot be restored: {reason}. The record is as it was.") from None


def _replace(connection: Connection, archive: Archive, *, replace: bool) -> int:
    from workbench.storage.schema.migrate import upgrade

    connection.exec_driver_sql("set local lock_timeout = '30s'")
    readable = own_rows_only = False
    if (place := schema_of_record(connection)) is not None:
        if place != SCHEMA or revision_in(place, connection) != REVISION:
            upgrade(connection)
        connection.exec_driver_sql("lock table backtest_runs in access exclusive mode")
        there = _runs(connection)
        if there and not replace:
            raise InvalidInput(
                f"the record has {there:,} runs, which {archive.file.name} would take the place of. "
                "First: ntrader db backup FILE. Then add --replace"
            )
        readable, own_rows_only = roles.given(connection)
        _clear(connection)
    upgrade(connection, archive.revision, rights=False)
    _fill(connection, archive)
    if archive.revision != REVISION:
        upgrade(connection, rights=False)
    if readable:
        roles.renew(connection, own_rows_only or archive.own_rows_only)
    return _runs(connection)


def _clear(connection: Connection) -> None:
    connection.exec_driver_sql(f"drop table if exists {', '.join(metadata.tables)}")
    for name in FUNCTION_NAMES:
        connection.exec_driver_sql(f"drop function if exists {name}")
    # the table itself stays: in the schema where the record once lay a view shows it to older versions
    connection.exec_driver_sql(f"delete from {VERSION}")


def _fill(connection: Connection, archive: Archive) -> None:
    """Copy the rows in, past the triggers that hold for new runs; indexes are made again when all are there."""
    indexes = connection.execute(_INDEXES).all()
    for name, _ in indexes:
        connection.exec_driver_sql(f"drop index {name}")
    tables = _tables_in_order(connection)
    for table in tables:
        connection.exec_driver_sql(f"alter table {table} disable trigger user")
        with archive.rows(table) as rows:
            _copy(driver(connection), table, rows)
    for table in tables:
        connection.exec_driver_sql(f"alter table {table} enable trigger user")
    if "run_remarks" in tables:
        connection.execute(_NEXT_REMARK)
    for _, definition in indexes:
        connection.exec_driver_sql(definition.replace("%", "%%"))


def _copy(connection: psycopg.Connection[Any], table: str, rows: Rows) -> None:
    """Copy the rows as data: the statement is ours."""
    columns = sql.SQL(", ").join(map(sql.Identifier, rows.columns))
    statement = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(table), columns)
    with connection.cursor() as cursor:
        cursor.execute("select set_config('client_encoding', %s, true)", [rows.encoding])
        with cursor.copy(statement) as copy:
            for line in rows.lines:
                copy.write(line)
        cursor.execute("set local client_encoding = 'UTF8'")


def _tables_in_order(connection: Connection) -> list[str]:
    """The tables of this schema, each after those that it refers to."""
    before: dict[str, set[str]] = {}
    for table, other in connection.execute(_REFERENCES):
        if table in metadata.tables:
            before.setdefault(table, set()).update({other} - {None})
    return list(TopologicalSorter(before).static_order())


@contextmanager
def _written(file: Path) -> Iterator[Path]:
    """A file that appears whole, for its owner only, or not at all."""
    beside = file.with_name(f".{file.name}.part")
    try:
        os.close(os.open(beside, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{file} cannot be written: {getattr(error, 'strerror', error)}.") from None
    try:
        yield beside
        with beside.open("rb") as opened:
            os.fsync(opened.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _runs(connection: Connection) -> int:
    return int(connection.exec_driver_sql("select count(*) from backtest_runs").scalar_one())


def _arguments(place: URL) -> dict[str, Any]:
    """A URL as libpq's own parameters, with what every connection of ours asks for."""
    return place.translate_connect_args(database="dbname", username="user") | dict(place.query) | session(place)


def _environment(place: URL) -> dict[str, str]:
    """Ours, and what libpq reads of the address, password and TLS options from there."""
    arguments = _arguments(place)
    names = {
        option.keyword.decode(): option.envvar.decode()
        for option in psycopg.pq.Conninfo.get_defaults()
        if option.envvar
    }
    return environment() | {names[name]: str(value) for name, value in arguments.items() if name in names}


def _tool(name: str, place: URL) -> str:
    """The program to use: the library's own, which speaks no TLS, for this machine; an installed one for others.

    Raises:
        InvalidInput: none is installed.
    """
    arguments = _arguments(place)
    host, mode = str(arguments.get("host") or ""), arguments.get("sslmode")
    here = host.startswith("/") or host in ("", "localhost", "127.0.0.1", "::1")
    if mode == "disable" or (here and mode in (None, "allow", "prefer")):
        return str(available()[newest()] / name)
    installed = shutil.which(name)
    if installed is None:
        raise InvalidInput(
            f"{name} is not installed, and the one that comes with the workbench speaks no TLS. Install PostgreSQL's "
            "client programs, or, if nobody can listen on the way, add sslmode=disable to DATABASE_URL."
        )
    return installed


def _dump(program: str, *arguments: str, known: dict[str, str]) -> None:
    command = [program, _NO_PROMPT, *arguments]
    done = subprocess.run(command, env=known, capture_output=True, errors="replace", check=False)
    if done.returncode:
        raise RecordError(f"{Path(program).name} failed: {last_words(done.stderr)}")
