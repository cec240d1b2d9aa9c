"""``ntrader db``: back up, restore, check, roles, and what each says when something is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from tests.support.stretches import SHORT
from workbench import Run, Workbench
from workbench.cli import app

SCRIPT = "tests.support.user_strategies:Script"


@pytest.fixture
def run(wb: Workbench, home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run in the record that the commands are pointed at."""
    monkeypatch.setenv("WORKBENCH_HOME", str(home))
    monkeypatch.setenv("DATABASE_URL", database_url)
    return wb.run(SCRIPT, orders={"1": 10, "5": -10}, **SHORT)


def ntrader(*arguments: str) -> Any:
    done = CliRunner().invoke(app, ["db", *arguments])
    # anything else would be a traceback on the user's screen
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done


def refused(*arguments: str) -> str:
    """The one line that a command says before it ends with an error."""
    done = ntrader(*arguments)
    assert done.exit_code in (1, 2)
    assert done.stdout == ""
    if done.exit_code == 1:
        assert len(done.stderr.splitlines()) == 1
    return str(done.stderr)


def test_a_record_goes_into_a_file_and_back(wb: Workbench, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "my record.backup"
    said = ntrader("backup", str(file)).stdout
    assert said == f"Wrote {file}: 1 runs, {file.stat().st_size / 1e6:,.1f} MB.\n"
    later = wb.run(SCRIPT, note="later", **SHORT)
    assert "has 2 runs" in refused("restore", str(file))
    assert ntrader("restore", str(file), "--replace").stdout == f"Restored 1 runs from {file}.\n"
    assert wb.history()["run_id"].tolist() == [run.id]
    assert later.id != run.id


def test_backup_and_restore_speak_json(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "record.backup"
    assert json.loads(ntrader("backup", str(file), "--json").stdout) == {
        "file": str(file),
        "runs": 1,
        "bytes": file.stat().st_size,
    }
    assert json.loads(ntrader("restore", str(file), "--replace", "--json").stdout) == {"file": str(file), "runs": 1}


def test_a_backup_named_like_an_option_is_a_file_all_the_same(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("--file=x", "-v", "; rm -rf x", "$(touch x)", "'quoted\" name"):
        assert ntrader("backup", "--", name).exit_code == 0
        assert ntrader("restore", "--replace", "--", name).exit_code == 0
        assert (tmp_path / name).is_file()
    assert not (tmp_path / "x").exists()


BAD_FILES = {
    "": "",
    "a folder": ".",
    "in no folder": "no/such/folder/file",
    "below a file": "/etc/passwd/file",
    "too long": "x" * 300,
    "in a folder of others": "/proc/file",
    "a device": "/dev/full",
    "a device of nothing": "/dev/null",
    "a file of others": "/etc/passwd",
    "surrogates": "\udcff",
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_cannot_hold_a_backup_is_refused_in_a_line(
    wb: Workbench, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if name != "surrogates":  # an odd name, but a name
        assert refused("backup", BAD_FILES[name])
    if name not in ("a device of nothing", "a device", "a file of others", "surrogates"):
        assert list(tmp_path.iterdir()) == []
    for option in ((), ("--replace",)):
        assert refused("restore", *option, BAD_FILES[name])
    assert wb.history()["run_id"].tolist() == [run.id]


def test_check_reports_that_nothing_is_damaged(run: Run) -> None:
    done = ntrader("check")
    assert done.exit_code == 0
    assert done.stdout == "Checked 1 runs, measured 1 of them again: nothing is wrong.\n"
    assert json.loads(ntrader("check", "--json").stdout) == {"runs": 1, "remeasured": 1, "findings": []}


def test_each_thing_that_is_wrong_is_a_line_and_the_exit_code_is_1(
    run: Run, sql_connection: psycopg.Connection
) -> None:
    sql_connection.execute("set session_replication_role = replica")
    sql_connection.execute("update performance_metrics set strategy_type = 'x', volatility = 9")
    done = ntrader("check")
    assert done.exit_code == 1
    first, second, last = done.stdout.splitlines()
    assert first == f"run {run.id}: its metrics stand under another strategy, instrument or time"
    assert second.startswith(f"{run.id}: its volatility is stored as 9.0 and is 0.")
    assert last == "Checked 1 runs, measured 1 of them again: 2 things are wrong."
    found = json.loads(ntrader("check", "--json").stdout)["findings"]
    assert [one["subject"] for one in found] == [f"run {run.id}", run.id]


def test_the_roles_are_printed_as_sql_that_psql_takes(run: Run, sql_connection: psycopg.Connection) -> None:
    for options in ((), ("--own-rows-only",), ("--all-rows",)):
        printed = ntrader("roles", *options).stdout
        assert "create role workbench_writer nologin" in printed
        assert ("enable row level security" in printed) is (options == ("--own-rows-only",))
        sql_connection.execute(printed.encode())
        assert [f"{one};" for one in json.loads(ntrader("roles", *options, "--json").stdout)] == printed.splitlines()
    assert sql_connection.execute("select to_regrole('workbench_reader') is not null").fetchone() == (True,)


def test_the_roles_are_made_and_closed_to_own_rows(run: Run, sql_connection: psycopg.Connection) -> None:
    closed = "select relrowsecurity from pg_class where oid = 'backtest_runs'::regclass"
    assert "workbench_writer and workbench_reader are ready" in ntrader("roles", "--apply").stdout
    assert sql_connection.execute(closed.encode()).fetchone() == (False,)
    assert ntrader("roles", "--apply", "--own-rows-only").exit_code == 0
    assert sql_connection.execute(closed.encode()).fetchone() == (True,)


@pytest.mark.parametrize("command", ["check", "backup file", "restore file", "roles --apply"])
@pytest.mark.parametrize(
    "url",
    [
        "postgresql://nobody@127.0.0.1:1/none",
        "postgresql://nobody@no.such.host.invalid/none",
        "mysql://h/d",
        "no url",
        "postgresql://h:port/d",
        "postgresql://127.0.0.1:1/d?sslmode=nonsense",
        "postgresql://127.0.0.1:1/d?nonsense=1",
        "postgresql:///d?host=/no/such/folder",
        "postgresql://127.0.0.1:99999999/d",
        "postgresql://" + "x" * 100_000 + "@127.0.0.1:1/d",
    ],
    ids=lambda url: url[:50],
)
def test_a_database_that_cannot_be_had_is_one_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, url: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if command.startswith("restore"):
        ntrader("backup", "file")
    monkeypatch.setenv("DATABASE_URL", url)
    assert refused(*command.split())
    assert [file.name for file in tmp_path.iterdir()] == (["file"] if command.startswith("restore") else [])


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "more"),
        ("check", "--nonsense"),
        ("roles", "more"),
        ("roles", "--apply", "--nonsense"),
        ("roles", "--own-rows-only=maybe"),
        ("backup",),
        ("backup", "a", "b"),
        ("restore",),
        ("restore", "a", "b"),
        ("restore", "--force", "a"),
    ],
)
def test_a_command_typed_wrong_says_how_it_goes(run: Run, arguments: tuple[str, ...]) -> None:
    said = refused(*arguments)
    assert "Usage: " in said or "does not take a value" in said


@pytest.mark.parametrize("command", ["check", "backup file", "roles --apply"])
def test_a_database_without_tables_is_told_what_to_type(
    run: Run, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", server.replace("/postgres?", "/template1?"))
    assert "ntrader db upgrade" in refused(*command.split())
