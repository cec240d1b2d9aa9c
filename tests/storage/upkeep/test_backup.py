"""The record in one file and back: every byte of it, or nothing."""

from __future__ import annotations

import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from tests.conftest import _address
from tests.storage.conftest import DUMPS, PASSWORD
from tests.storage.schema.test_schema import dump
from tests.support import plausible
from tests.support.stretches import SHORT
from workbench import Workbench
from workbench.errors import DatabaseAhead, InvalidInput, RecordError, RunFailed
from workbench.runs import Group, Part
from workbench.settings import Settings
from workbench.storage import Database
from workbench.storage.schema.tables import REVISION, metadata
from workbench.storage.server.pg_binaries import available, newest
from workbench.storage.upkeep import roles
from workbench.storage.upkeep.archive import seal
from workbench.storage.upkeep.backup import back_up, restore

SCRIPT = "tests.support.user_strategies:Script"

type Made = Callable[[str], str]


@pytest.fixture
def made(server: str) -> Iterator[Made]:
    """Makes a database from a template and gives its URL."""
    names: list[str] = []

    def make(template: str) -> str:
        names.append(f"made_{len(names)}")
        statement = sql.SQL("create database {} template {}").format(*map(sql.Identifier, (names[-1], template)))
        connection.execute(statement)
        return _address(server, names[-1])

    with psycopg.connect(server, autocommit=True) as connection:
        yield make
        for name in names:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def database(url: str) -> Database:
    return Database(Settings(home=Path(), database_url=url))


def rows(url: str) -> dict[str, list[str]]:
    """Every row of every table, as PostgreSQL writes it out."""
    with psycopg.connect(url) as connection:
        return {
            table: [str(row[0]) for row in connection.execute(f"select t::text from {table} t order by 1".encode())]
            for table in (*metadata.tables, "alembic_version")
        }


@pytest.fixture
def kept(wb: Workbench, database_url: str, tmp_path: Path) -> Path:
    """The backup of a record with a run of each kind, one of them labelled, and one of a group and of several parts."""
    wb.run(SCRIPT, orders={"1": 10, "5": -10}, note="Ünïcode \\ \t «日本»", **SHORT)
    wb.run(SCRIPT, **SHORT)
    with pytest.raises(RunFailed):
        wb.run(SCRIPT, raise_on=3, **SHORT)
    wb.tag(wb.run(SCRIPT, orders={"2": 5}, **SHORT), add=["ema", "daily"])
    group = Group(group_id=uuid4(), kind="sweep", name="periods")
    part = Part(kind="strategy", number=2, key="other", path="a:Other", type="custom")
    plausible.write(wb._session.records, plausible.Made(number=1, group=group, parts=(part,)))
    return back_up(database(database_url), tmp_path / "record.backup").file


@pytest.mark.parametrize("template", ["template", "template0"], ids=["an empty record", "a database without tables"])
def test_every_row_comes_back_byte_for_byte(
    wb: Workbench, kept: Path, database_url: str, made: Made, home: Path, template: str
) -> None:
    other = made(template)
    assert restore(database(other), kept) == 5
    assert rows(other) == rows(database_url)
    assert all(len(found) > 0 for found in rows(other).values())
    restored = Workbench(Settings(home=home, database_url=other))
    for run_id in wb.history()["run_id"]:
        assert restored.get(run_id) == wb.get(run_id)
        assert restored.get(run_id).equity().equals(wb.get(run_id).equity())
        assert restored.get(run_id).trades().equals(wb.get(run_id).trades())
    restored.close()


def test_a_restored_record_is_as_closed_as_before(kept: Path, made: Made, server: str) -> None:
    other = made("template0")
    restore(database(other), kept)
    assert dump(server, "made_0") == dump(server, "template")
    with psycopg.connect(other, autocommit=True) as connection:
        for change in (
            "update backtest_runs set duration = 1",
            "delete from run_results",
            "truncate run_configs cascade",
        ):
            with pytest.raises(psycopg.IntegrityError):
                connection.execute(change.encode())


def test_runs_go_on_in_a_restored_record(kept: Path, made: Made, home: Path) -> None:
    other = made("template0")
    restore(database(other), kept)
    restored = Workbench(Settings(home=home, database_url=other))
    restored.run(SCRIPT, orders={"1": 10, "5": -10}, **SHORT)
    assert len(restored.history()) == 6
    # remarks are numbered on from those that came
    restored.tag(restored.history(tag="ema")["run_id"][0], "again")
    assert len(restored.history(tag="again")) == 1
    restored.close()


def test_a_record_with_runs_is_not_written_over_unless_told(wb: Workbench, kept: Path, database_url: str) -> None:
    before = rows(database_url)
    more = wb.run(SCRIPT, note="later", **SHORT)
    with pytest.raises(InvalidInput, match=r"has 6 runs.*ntrader db backup FILE.*--replace"):
        restore(database(database_url), kept)
    assert len(wb.history()) == 6
    assert restore(database(database_url), kept, replace=True) == 5
    assert rows(database_url) == before
    assert more.id not in set(wb.history()["run_id"])


def damaged(kept: Path, how: str) -> None:
    data = bytearray(kept.read_bytes())
    if how == "cut":
        del data[len(data) * 2 // 3 :]
    elif how == "longer":
        data += b" "
    else:
        data[{"first": 20, "middle": len(data) // 2, "last": -1}[how]] ^= 1
    kept.write_bytes(bytes(data))


@pytest.mark.parametrize("how", ["cut", "longer", "first", "middle", "last"])
def test_a_damaged_backup_leaves_the_record_as_it_was(wb: Workbench, kept: Path, database_url: str, how: str) -> None:
    wb.run(SCRIPT, note="later", **SHORT)
    before = rows(database_url)
    damaged(kept, how)
    with pytest.raises(InvalidInput, match="damaged"):
        restore(database(database_url), kept, replace=True)
    assert rows(database_url) == before


def test_what_the_database_refuses_leaves_the_record_as_it_was(
    wb: Workbench, kept: Path, database_url: str, sql_connection: psycopg.Connection
) -> None:
    wb.run(SCRIPT, note="later", **SHORT)
    before = rows(database_url)
    sql_connection.execute("create view mine as select run_id from backtest_runs")
    with pytest.raises(RecordError, match=r"view mine depends on table backtest_runs.*as it was"):
        restore(database(database_url), kept, replace=True)
    assert rows(database_url) == before


@pytest.mark.parametrize("content", [b"", b"PGDM", b"PGDMP", b"PGDMP" + b"x" * 500, b"create table x();", b"\x00" * 9])
def test_a_file_that_is_no_backup_is_refused(wb: Workbench, tmp_path: Path, database_url: str, content: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(InvalidInput, match=r"is not a backup|is damaged"):
        restore(database(database_url), file)
    assert wb.history().empty


def test_a_file_that_is_not_there_or_a_folder_is_refused(tmp_path: Path, database_url: str) -> None:
    for file in (tmp_path / "nothing", tmp_path):
        with pytest.raises(InvalidInput, match=r"cannot be read|is not a file"):
            restore(database(database_url), file)
    for file in (tmp_path, tmp_path / "no" / "such" / "folder", tmp_path / ("x" * 300)):
        with pytest.raises(InvalidInput, match=r"already|cannot be written"):
            back_up(database(database_url), file)
    assert list(tmp_path.iterdir()) == []


def dumped(url: str, file: Path) -> Path:
    """A backup as versions before 0007 wrote it, definitions and all."""
    subprocess.run([available()[newest()] / "pg_dump", "-Fc", "-f", file, url], check=True)
    seal(file)
    return file


def test_pg_restore_reads_a_backup_too(kept: Path, made: Made, database_url: str) -> None:
    other = made("template")
    with psycopg.connect(other) as connection:
        connection.execute("delete from alembic_version")
    program = available()[newest()] / "pg_restore"
    command: list[str | Path] = [program, "--disable-triggers", "--exit-on-error", f"--dbname={other}", kept]
    subprocess.run(command, check=True, capture_output=True)
    assert rows(other) == rows(database_url)


def test_a_broken_dump_under_a_right_seal_leaves_the_record_as_it_was(
    wb: Workbench, kept: Path, database_url: str
) -> None:
    wb.run(SCRIPT, note="later", **SHORT)
    before = rows(database_url)
    data = kept.read_bytes()
    kept.write_bytes(data[: len(data) * 4 // 5])
    seal(kept)
    with pytest.raises(RecordError):
        restore(database(database_url), kept, replace=True)
    assert rows(database_url) == before


def test_a_backup_of_another_database_is_refused(server: str, made: Made, tmp_path: Path, database_url: str) -> None:
    other, file = made("template0"), tmp_path / "other.backup"
    with psycopg.connect(other) as connection:
        connection.execute("create table alien (n int)")
    with pytest.raises(InvalidInput, match="another database"):
        restore(database(database_url), dumped(other, file))


def test_a_backup_of_a_newer_schema_is_refused(kept: Path, made: Made, tmp_path: Path, database_url: str) -> None:
    other, file = made("template0"), tmp_path / "newer.backup"
    restore(database(other), kept)
    with psycopg.connect(other) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(DatabaseAhead, match=r"schema 9999.*newer workbench"):
        restore(database(database_url), dumped(other, file), replace=True)
    with pytest.raises(DatabaseAhead):
        back_up(database(other), tmp_path / "another.backup")
    with pytest.raises(DatabaseAhead):
        restore(database(other), kept, replace=True)


@pytest.mark.parametrize("file", DUMPS, ids=lambda file: file.stem)
def test_a_backup_of_an_older_schema_is_brought_to_this_one(
    made: Made, tmp_path: Path, file: Path, database_url: str
) -> None:
    old, kept = made("template0"), tmp_path / "old.backup"
    programs = available()[newest()]
    subprocess.run([programs / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", file, old], check=True, capture_output=True)
    assert restore(database(database_url), dumped(old, kept)) == 6
    assert database(database_url).revision() == REVISION


def test_a_file_that_is_there_is_kept_unless_told(kept: Path, database_url: str) -> None:
    before = kept.read_bytes()
    with pytest.raises(InvalidInput, match="already"):
        back_up(database(database_url), kept)
    assert kept.read_bytes() == before
    done = back_up(database(database_url), kept, replace=True)
    assert (done.runs, done.size) == (5, kept.stat().st_size)


def test_a_backup_is_for_its_owners_eyes_and_leaves_no_other_file(kept: Path) -> None:
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [file.name for file in kept.parent.iterdir() if file.is_file()] == [kept.name]


def test_members_of_the_roles_keep_their_rights(
    kept: Path, database_url: str, sql_connection: psycopg.Connection
) -> None:
    roles.apply(database(database_url))
    restore(database(database_url), kept, replace=True)
    granted = "select has_table_privilege(%s, 'backtest_runs', %s)"
    for role, right, may in (
        (roles.READER, "select", True),
        (roles.READER, "insert", False),
        (roles.WRITER, "insert", True),
    ):
        assert sql_connection.execute(granted, [role, right]).fetchone() == (may,)


SPY = """#!/bin/sh
printf '%s\\n' "$0" "$@" >> "{log}.arguments"
env > "{log}.environment"
exec {program} "$@"
"""


def test_a_password_stands_on_no_command_line(desk: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # 127.0.0.2 is another machine to the workbench, so that it takes the programs that are installed
    installed, log = tmp_path / "bin", tmp_path / "seen"
    installed.mkdir()
    for name in ("pg_dump", "pg_restore"):
        spy = installed / name
        spy.write_text(SPY.format(log=log, program=available()[newest()] / name))
        spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{installed}:/usr/bin:/bin")
    away = desk.replace("127.0.0.1", "127.0.0.2")
    file = back_up(database(away), tmp_path / "desk.backup").file
    assert f"PGPASSWORD={PASSWORD}" in log.with_suffix(".environment").read_text()
    assert restore(database(away), file) == 0
    seen = log.with_suffix(".arguments").read_text()
    # what unpacks a file connects to nothing, so it is the library's own
    assert [name for name in ("pg_dump", "pg_restore") if f"{installed / name}\n" in seen] == ["pg_dump"]
    assert "hunter2" not in seen
    assert "hunter2" not in file.read_bytes().decode(errors="replace")


def test_without_programs_that_speak_tls_a_server_elsewhere_is_refused_in_words(
    desk: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    away = desk.replace("127.0.0.1", "127.0.0.2")
    with pytest.raises(InvalidInput, match=r"pg_dump is not installed.*no TLS.*sslmode=disable"):
        back_up(database(away), tmp_path / "desk.backup")
    assert back_up(database(f"{away}?sslmode=disable"), tmp_path / "desk.backup").runs == 0
