"""The whole record in one file and back, by PostgreSQL's own pg_dump, pg_restore and psql.

Where and as whom they connect stands in their environment, never on a command line that others could list.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql
from sqlalchemy import URL

from workbench.errors import DatabaseAhead, InvalidInput, RecordError
from workbench.storage.database import Database, connection_url, refuse_newer
from workbench.storage.schema.config_split import CONFIG_TEXT
from workbench.storage.schema.param_index import FUNCTIONS
from workbench.storage.schema.tables import REVISION, RULES, metadata
from workbench.storage.server.pg_binaries import available, environment, last_words, newest
from workbench.storage.upkeep import roles

_MAGIC, _SEAL = b"PGDMP", b"\nworkbench sha256 "
_PIECE = 1 << 20
_NO_PROMPT = "--no-password"
_PLAIN = ("--no-owner", "--no-privileges")
"""A backup is at home on any server, whoever owns the tables there."""
_HAS_ROLES = f"""
select case when to_regrole('{roles.READER}') is null or to_regclass('public.backtest_runs') is null then false
    else has_table_privilege('{roles.READER}', 'public.backtest_runs', 'select') end
"""
"""Rights go with the tables that a restore drops, so that they are given again."""


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
        runs, snapshot = _one(connection, "select (select count(*) from backtest_runs), pg_export_snapshot()")
        what = ("--format=custom", "--schema=public", f"--snapshot={snapshot}", "--lock-wait-timeout=30s")
        _done(_tool("pg_dump", place), *_PLAIN, *what, f"--file={beside}", known=_environment(place))
        _seal(beside)
        return Backup(file=file, runs=runs, size=beside.stat().st_size)


def restore(database: Database, file: Path, *, replace: bool = False) -> int:
    """Put a backup in the place of the record, all or nothing, and bring it to this version's schema.

    Args:
        replace: whether the runs that are there may go.

    Returns:
        How many runs it has.

    Raises:
        InvalidInput: the file is not a backup, or the record is not empty.
        DatabaseAhead: a newer workbench wrote it, or upgraded the database.
        RecordError: it is damaged, or the database refused it. The record is as it was.
    """
    file = file.absolute()
    place = connection_url(database.settings)
    _look(file, place)
    refuse_newer(database.revision())  # one that is away is refused here as well
    with psycopg.connect(**_arguments(place)) as connection:
        there = _runs(connection)
        with_roles = _one(connection, _HAS_ROLES)[0]
    if there and not replace:
        raise InvalidInput(
            f"the record has {there:,} runs, which {file.name} would take the place of. First: ntrader db backup FILE. "
            "Then add --replace"
        )
    database.close()
    _feed(file, place, before=_clear(replace))
    database.upgrade()
    if with_roles:
        roles.apply(database)
    with psycopg.connect(**_arguments(place)) as connection:
        return _runs(connection)


def _look(file: Path, place: URL) -> None:
    """Refuse what is not a backup of ours before anything is touched."""
    try:
        _check_seal(file)
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from None
    only = ("--data-only", "--table=alembic_version", "--file=-")
    data = _done(_tool("pg_restore", place), *only, str(file))
    match = re.search(r"^COPY public\.alembic_version .*\n(\w+)$", data, re.MULTILINE)
    if match is None:
        raise InvalidInput(f"{file} is a backup of another database, not of a workbench's record.")
    if match[1] > REVISION:
        raise DatabaseAhead(
            f"{file} has schema {match[1]} and this workbench knows up to {REVISION}. Install a newer workbench."
        )


def _seal(file: Path) -> None:
    """Write the digest of the file to its end, where pg_restore does not look: it would not see a changed byte."""
    with file.open("r+b") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
        opened.write(_SEAL + digest.encode())


def _check_seal(file: Path) -> None:
    sealed = len(_SEAL) + 64
    if file.exists() and not file.is_file():
        raise InvalidInput(f"{file} is not a file. Give one that ntrader db backup wrote.")
    with file.open("rb") as opened:
        start = opened.read(len(_MAGIC))
        size = opened.seek(0, os.SEEK_END) - sealed
        opened.seek(max(size, 0))
        seal, digest = opened.read(len(_SEAL)), hashlib.sha256()
        stated = opened.read(64).decode(errors="replace")
        opened.seek(0)
        for place in range(0, size, _PIECE):
            digest.update(opened.read(min(_PIECE, size - place)))
    if start != _MAGIC:
        raise InvalidInput(f"{file} is not a backup. Give a file that ntrader db backup wrote.")
    if seal != _SEAL or stated != digest.hexdigest():
        raise InvalidInput(f"{file} is damaged: it is not what ntrader db backup wrote. Take another copy of it.")


def _clear(replace: bool) -> str:
    """The SQL that makes room, in the transaction that fills it."""
    functions = re.findall(r"create function (\w+)\(", "".join((*FUNCTIONS, CONFIG_TEXT, *RULES)))
    still_empty = (
        "do $$ begin if to_regclass('backtest_runs') is not null then if exists (select from backtest_runs) then "
        "raise exception 'somebody has recorded a run meanwhile'; end if; end if; end $$;\n"
    )
    return (
        "begin;\nset local lock_timeout = '30s';\nset local search_path = public;\n"
        f"{'' if replace else still_empty}"
        f"drop table if exists {', '.join(metadata.tables)}, alembic_version;\n"
        + "".join(f"drop function if exists {name};\n" for name in functions)
    )


def _feed(file: Path, place: URL, *, before: str) -> None:
    """Give the backup to psql as one transaction, which ends well only after its last line."""
    unpack = [_tool("pg_restore", place), *_PLAIN, "--schema=public", "--file=-", str(file)]
    take = [_tool("psql", place), _NO_PROMPT, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"]
    known = _environment(place)
    with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as complaints:
        with (
            subprocess.Popen(take, env=known, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors) as psql,
            subprocess.Popen(unpack, env=known, stdout=subprocess.PIPE, stderr=complaints) as source,
        ):
            assert psql.stdin is not None
            assert source.stdout is not None
            try:
                psql.stdin.write(before.encode())
                shutil.copyfileobj(source.stdout, psql.stdin, _PIECE)
                if source.wait() == 0:
                    psql.stdin.write(b"commit;\n")
                psql.stdin.close()
            except BrokenPipeError:
                source.kill()  # psql has ended, and says why
        if psql.returncode or source.returncode:
            message = _read(errors) or _read(complaints)
            raise RecordError(f"{file.name} cannot be restored: {message} The record is as it was.")


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    text = file.read().decode(errors="replace")
    return last_words(text) if text.strip() else ""


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


def _runs(connection: psycopg.Connection) -> int:
    if not _one(connection, "select to_regclass('public.backtest_runs') is not null")[0]:
        return 0
    return int(_one(connection, "select count(*) from public.backtest_runs")[0])


def _one(connection: psycopg.Connection, question: str) -> Any:
    return connection.execute(sql.SQL(question)).fetchone()


def _arguments(place: URL) -> dict[str, Any]:
    """A URL as libpq's own parameters."""
    return place.translate_connect_args(database="dbname", username="user") | dict(place.query)


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


def _done(program: str, *arguments: str, known: dict[str, str] | None = None) -> str:
    command = [program, *([_NO_PROMPT] if known is not None else []), *arguments]
    done = subprocess.run(command, env=known or environment(), capture_output=True, errors="replace", check=False)
    if done.returncode:
        raise RecordError(f"{Path(program).name} failed: {last_words(done.stderr)}")
    return done.stdout
