"""A backup file is code: one with anything but a record in it is refused, and nothing of it is executed.

Each file is a real one, made by PostgreSQL's own program of a database with something evil in it or changed byte by
byte afterwards, and has the right digest: whoever can write a file can write that too.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.conftest import new_database
from tests.storage.schema.test_schema import dump
from tests.support.places import new_folder
from tests.support.plausible import Made, write
from workbench.errors import InvalidInput
from workbench.settings import Settings
from workbench.storage import Database, Records
from workbench.storage.server.pg_binaries import available, newest
from workbench.storage.upkeep.archive import seal
from workbench.storage.upkeep.backup import back_up, restore

PROGRAMS = available()[newest()]
MARK = "m" * 120
"""A parameter of one run, whose place in the file something evil can take."""


@pytest.fixture
def trace() -> Iterator[Path]:
    """A file that is there once something evil was executed, by the server or by us."""
    folder = new_folder("wb-evil-")
    folder.chmod(0o777)
    yield folder / "trace"
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


@pytest.fixture
def evil(server: str, tmp_path: Path) -> Iterator[str]:
    """A record of one run, for something evil to be put beside it."""
    with new_database(server) as url:
        record(url, Made(number=1, params={"text": MARK}))
        yield url


@pytest.fixture
def target(server: str) -> Iterator[str]:
    """A record of one other run."""
    with new_database(server) as url:
        record(url, Made(number=2))
        yield url


def database(url: str) -> Database:
    return Database(Settings(home=Path(), database_url=url))


def record(url: str, made: Made) -> None:
    ours = database(url)
    write(Records(ours), made)
    ours.close()


def dumped(url: str, file: Path, *options: str) -> Path:
    subprocess.run([PROGRAMS / "pg_dump", "-Fc", *options, "-f", file, url], check=True)
    return file


def rows(url: str) -> list[tuple[str, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute("select r::text from workbench.backtest_runs r").fetchall()


def refused(url: str, file: Path, trace: Path, why: str) -> None:
    """It is refused in one sentence, the record is as it was, and nothing was executed."""
    seal(file)
    before = rows(url)
    with pytest.raises(InvalidInput, match=why) as caught:
        restore(database(url), file, replace=True)
    assert "nothing of it was executed" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert rows(url) == before
    assert not trace.exists()


RUN = """
create function workbench.evil() returns int language plpgsql as
$$ begin copy (select 1) to program 'touch {trace}'; return 1; end $$;
create function workbench.evil_trigger() returns trigger language plpgsql as
$$ begin perform workbench.evil(); return new; end $$;
create function workbench.evil_event() returns event_trigger language plpgsql as
$$ begin perform workbench.evil(); end $$;
"""
ALONE = "drop function workbench.evil_event, workbench.evil_trigger, workbench.evil; "
BESIDE = {
    "a function": ("", "FUNCTION workbench evil"),
    "a function of another schema": ("create schema other; alter function workbench.evil() set schema other", "other"),
    "a materialised view": (
        f"{ALONE}create materialized view workbench.evil as select now()",
        "MATERIALIZED VIEW workbench evil",
    ),
    "an event trigger": (
        "create event trigger evil on ddl_command_end execute function workbench.evil_event(); "
        "alter event trigger evil disable",
        "evil",
    ),
    "a rule": (
        f"{ALONE}create rule evil as on insert to workbench.run_labels do also notify evil",
        "RULE workbench run_labels evil",
    ),
    "a trigger on a table of ours": (
        f"{ALONE}create trigger evil before insert on workbench.run_labels for each row "
        "execute function suppress_redundant_updates_trigger()",
        "TRIGGER workbench run_labels evil",
    ),
    "a table": (f"{ALONE}create table public.evil (n int)", "TABLE public evil"),
    "a large object": (f"{ALONE}select lo_from_bytea(0, 'x')", "BLOB|LARGE OBJECT"),
}


@pytest.mark.parametrize("what", BESIDE)
def test_a_file_with_something_beside_a_record_is_refused(
    evil: str, target: str, trace: Path, tmp_path: Path, what: str
) -> None:
    statements, why = BESIDE[what]
    with psycopg.connect(evil) as connection:
        connection.execute(f"{RUN.format(trace=trace)}{statements}".encode())
    refused(target, dumped(evil, tmp_path / "evil"), trace, why)


def test_such_a_file_does_execute_where_pg_restore_is_let_at_a_server(
    server: str, evil: str, trace: Path, tmp_path: Path
) -> None:
    """Else the tests here would prove nothing."""
    with psycopg.connect(evil) as connection:
        connection.execute(RUN.format(trace=trace).encode())
        connection.execute("create materialized view public.evil as select workbench.evil()")
    trace.unlink()
    file = dumped(evil, tmp_path / "evil", "--no-owner")
    with new_database(server) as url:
        subprocess.run([PROGRAMS / "pg_restore", f"--dbname={url}", file], check=False, capture_output=True)
    assert trace.exists()


def changed(file: Path, start: bytes, end: bytes, evil: str) -> None:
    """Write something of the same length in the place of what stands from start to end, both included."""
    data = file.read_bytes()
    first = data.index(start)
    last = data.index(end, first) + len(end)
    text = evil.encode()
    assert len(text) <= last - first
    file.write_bytes(data[:first] + text.ljust(last - first) + data[last:])


STATEMENTS = {
    "a program to copy from": "COPY workbench.backtest_runs (params) FROM PROGRAM 'touch {trace}';\n",
    "another statement on a line of its own": "DO $$ begin perform workbench.evil(); end $$;\n"
    "COPY workbench.backtest_runs (run_id) FROM stdin;\n",
    "another statement on the same line": "COPY workbench.backtest_runs (run_id) FROM stdin; drop table run_labels;\n",
    "a command of psql": "\\! touch {trace}\nCOPY workbench.backtest_runs (run_id) FROM stdin;\n",
    "another table": "COPY workbench.run_labels (run_id) FROM stdin;\n",
    "a table elsewhere": "COPY pg_catalog.pg_authid (rolname) FROM stdin;\n",
}


@pytest.mark.parametrize("what", STATEMENTS)
def test_statements_around_the_rows_are_not_executed(
    evil: str, target: str, trace: Path, tmp_path: Path, what: str
) -> None:
    file = dumped(evil, tmp_path / "evil", "--data-only", "--schema=workbench")
    changed(file, b"COPY workbench.backtest_runs (", b"FROM stdin;\n", STATEMENTS[what].format(trace=trace))
    refused(target, file, trace, "is no part of a record")


@pytest.mark.parametrize("after", ["\\! touch {trace}", "DROP TABLE workbench.run_labels;"])
def test_statements_behind_the_rows_are_not_executed(
    evil: str, target: str, trace: Path, tmp_path: Path, after: str
) -> None:
    file = dumped(evil, tmp_path / "evil", "--data-only", "--schema=workbench", "--compress=0")
    data = file.read_bytes()
    place = data.rindex(MARK.encode())
    row = data[data.rindex(rows(evil)[0][0].encode()[1:37], 0, place) : data.index(b"\n", place) + 1]
    # what is left of the row is a line of spaces
    text = "\\.\n" + after.format(trace=trace) + "\n"
    changed(file, row[:50], row[50:], f"{text}{' ' * (len(row) - len(text) - 1)}\n")
    refused(target, file, trace, "is no part of a record")


def test_rows_that_are_statements_are_not_executed(evil: str, target: str, trace: Path, tmp_path: Path) -> None:
    refused(target, dumped(evil, tmp_path / "evil", "--inserts", "--data-only", "--schema=workbench"), trace, "INSERT")


def test_definitions_of_a_file_of_an_older_version_are_not_taken(
    server: str, evil: str, target: str, trace: Path, tmp_path: Path
) -> None:
    with psycopg.connect(evil) as connection:
        connection.execute(RUN.format(trace=trace).replace("evil()", "run_lock_key()").encode())
        connection.execute("drop function workbench.evil_event, workbench.evil_trigger")
        connection.execute("alter table workbench.run_labels alter name set default workbench.run_lock_key()::text")
        connection.execute("alter table workbench.backtest_runs drop constraint backtest_runs_status_is_known")
    file = dumped(evil, tmp_path / "evil")
    seal(file)
    before = rows(evil)
    assert restore(database(target), file, replace=True) == 1
    assert rows(target) == before
    assert not trace.exists()
    name = target.partition("?")[0].rpartition("/")[2]
    assert dump(server, name) == dump(server, "template")


def test_a_backup_takes_nothing_but_the_record_along(evil: str, target: str, trace: Path, tmp_path: Path) -> None:
    with psycopg.connect(evil) as connection:
        connection.execute(RUN.format(trace=trace).encode())
        connection.execute("create table workbench.theirs (n int); create table public.backtest_runs (n int)")
        connection.execute("create view workbench.their_view as select run_id from workbench.backtest_runs")
    ours = database(evil)
    file = back_up(ours, tmp_path / "file").file
    ours.close()
    assert restore(database(target), file, replace=True) == 1
    assert rows(target) == rows(evil)
