"""What a backup file holds, read so that nothing of it is executed.

Such a file is code: definitions, and the statements around its rows, are whatever its writer put there. So of one of
ours only rows are taken, as data for tables that our own migrations made, and one with anything else in it is refused.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from workbench.errors import DatabaseAhead, InvalidInput, RecordError
from workbench.storage.schema.config_split import CONFIG_TEXT
from workbench.storage.schema.own_schema import SCHEMA
from workbench.storage.schema.param_index import FUNCTIONS
from workbench.storage.schema.tables import REVISION, RULES, metadata
from workbench.storage.server.pg_binaries import available, environment, last_words, newest

VERSION = "alembic_version"
TABLES = (*metadata.tables, VERSION)
FUNCTION_NAMES = tuple(re.findall(r"create function (\w+)\(", "".join((*FUNCTIONS, CONFIG_TEXT, *RULES))))

_MAGIC, _SEAL = b"PGDMP", b"\nworkbench sha256 "
_PIECE = 1 << 20
_END = b"\\.\n"
# up to 0006 the record lay in public, and its definitions were in the file too
_PLACE = f"(?:{SCHEMA}|public)"
_AROUND = re.compile(
    rb"(?:--.*|SET \w+ = '?\w*'?;|SELECT pg_catalog\.set_config\('search_path', '', false\);|\\(?:un)?restrict \w+)?\n"
)
"""The lines that pg_restore writes around the rows of a table."""
_ENCODING = re.compile(rb"SET client_encoding = '(\w+)';\n")
_COPY = re.compile(rb'COPY "?%s"?\."?(\w+)"? \(([\w", ]+)\) FROM stdin;\n' % _PLACE.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A backup that has been looked through: nothing but a record is in it."""

    file: Path
    revision: str
    own_rows_only: bool
    """Whether people saw their own runs only; always False in files that hold no definitions."""

    @classmethod
    def read(cls, file: Path) -> Archive:
        """Look a file through before anything is touched.

        Raises:
            InvalidInput: it is not a backup, it is damaged, or more than a record is in it.
            DatabaseAhead: a newer workbench wrote it.
        """
        try:
            _check_seal(file)
        except OSError as error:
            raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from None
        entries = _entries(file)
        if not any(re.match(rf"TABLE DATA {_PLACE} {VERSION} ", entry) for entry in entries):
            raise InvalidInput(f"{file} is a backup of another database, not of a workbench's record.")
        for entry in entries:
            if not _ours().fullmatch(entry):
                raise _refused(file, entry)
        closed = any(entry.startswith("ROW SECURITY ") for entry in entries)
        return cls(file=file, revision=_revision(file), own_rows_only=closed)

    @contextmanager
    def rows(self, table: str) -> Iterator[Rows]:
        """The rows of one table.

        Raises:
            InvalidInput: something else stands in their place.
            RecordError: the file ends before they do.
        """
        with _rows(self.file, table) as rows:
            yield rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The rows of a table in PostgreSQL's text format, a line each."""

    columns: tuple[str, ...]
    encoding: str
    lines: Iterator[bytes]


def seal(file: Path) -> None:
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
        found, digest = opened.read(len(_SEAL)), hashlib.sha256()
        stated = opened.read(64).decode(errors="replace")
        opened.seek(0)
        for place in range(0, size, _PIECE):
            digest.update(opened.read(min(_PIECE, size - place)))
    if start != _MAGIC:
        raise InvalidInput(f"{file} is not a backup. Give a file that ntrader db backup wrote.")
    if found != _SEAL or stated != digest.hexdigest():
        raise InvalidInput(f"{file} is damaged: it is not what ntrader db backup wrote. Take another copy of it.")


def _entries(file: Path) -> list[str]:
    """The table of contents, a line for each thing: what it is, its schema, its name, its owner."""
    done = subprocess.run(_command("--list", str(file)), env=environment(), capture_output=True, check=False)
    if done.returncode:
        raise RecordError(f"pg_restore failed: {last_words(done.stderr.decode(errors='replace'))}")
    lines = done.stdout.decode(errors="replace").split("\n")
    return [re.sub(r"^\d+; \d+ \d+ ", "", line) for line in lines if line and not line.startswith(";")]


@cache
def _ours() -> re.Pattern[str]:
    """What a record may consist of, in the words of a table of contents."""
    tables, functions = "|".join(TABLES), "|".join(FUNCTION_NAMES)
    kinds = (
        rf"(?:TABLE|TABLE DATA|ROW SECURITY) {_PLACE} (?:{tables})",
        rf"(?:CONSTRAINT|FK CONSTRAINT) {_PLACE} (?:{tables}) (?:{tables})_\w+",
        rf"INDEX {_PLACE} (?:{tables})_\w+_idx",
        rf"TRIGGER {_PLACE} (?:{tables}) (?:{functions})",
        rf"POLICY {_PLACE} (?:{tables}) (?:own|new)_rows",
        rf"FUNCTION {_PLACE} (?:{functions})\([\w ,\[\]]*\)",
        rf"STATISTICS {_PLACE} backtest_runs_kinds",
        rf"SEQUENCE(?: SET)? {_PLACE} run_remarks_remark_id_seq",
        rf"(?:SCHEMA -|COMMENT - SCHEMA) {_PLACE}",
    )
    return re.compile(rf"(?:{'|'.join(kinds)}) .+")


def _revision(file: Path) -> str:
    from workbench.storage.schema.migrate import known

    with _rows(file, VERSION) as rows:
        found = [line.decode(errors="replace").strip() for line in rows.lines]
    revision = found[0] if len(found) == 1 else ""
    if re.fullmatch(r"\d{4}", revision) and revision > REVISION:
        raise DatabaseAhead(
            f"{file} has schema {revision} and this workbench knows up to {REVISION}. Install a newer workbench."
        )
    if revision not in known():
        raise InvalidInput(f"{file} is a backup of another database, not of a workbench's record.")
    return revision


@contextmanager
def _rows(file: Path, table: str) -> Iterator[Rows]:
    command = _command("--data-only", f"--table={table}", "--file=-", str(file))
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as unpacking:
        assert unpacking.stdout is not None
        try:
            yield _parsed(file, table, unpacking.stdout)
        finally:
            unpacking.kill()


def _parsed(file: Path, table: str, output: IO[bytes]) -> Rows:
    encoding = "UTF8"
    for line in output:
        if copy := _COPY.fullmatch(line):
            if copy[1].decode() != table:
                raise _refused(file, line.decode(errors="replace"))
            columns = tuple(re.findall(r"\w+", copy[2].decode()))
            return Rows(columns=columns, encoding=encoding, lines=_lines(file, output))
        if named := _ENCODING.fullmatch(line):
            encoding = named[1].decode()
        elif not _AROUND.fullmatch(line):
            raise _refused(file, line.decode(errors="replace"))
    raise RecordError(f"{file} is damaged: it has no rows of {table}. The record is as it was.")


def _lines(file: Path, output: IO[bytes]) -> Iterator[bytes]:
    for line in output:
        if line == _END:
            break
        yield line
    else:
        raise RecordError(f"{file} is damaged: it ends too early. The record is as it was.")
    for line in output:
        if not _AROUND.fullmatch(line):
            raise _refused(file, line.decode(errors="replace"))


def _refused(file: Path, what: str) -> InvalidInput:
    return InvalidInput(
        f"{file} holds something that is no part of a record ({what.strip()[:80]!r}), and nothing of it was executed. "
        "Take backups only from people whose code you would run."
    )


def _command(*arguments: str) -> list[str]:
    # always the library's own: it reads what every older one wrote, and connects to nothing here
    return [str(available()[newest()] / "pg_restore"), *arguments]
