"""The embedded server: made on first use, shared, closed to others, gone when its last user is."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from workbench import Workbench
from workbench.settings import Settings
from workbench.storage import embedded


@pytest.fixture
def lab() -> Iterator[Path]:
    """A folder with a short path: a Unix socket's may have 107 characters."""
    with tempfile.TemporaryDirectory(prefix="wb-embedded-") as folder:
        home = Path(folder) / "home"
        yield home
        if (home / "postgres").exists():
            embedded.stop(home / "postgres")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def servers(folder: Path) -> list[int]:
    found = []
    for process in psutil.process_iter(["name", "cmdline"]):
        if process.info["name"].startswith("postgres") and str(folder) in (process.info["cmdline"] or []):
            found.append(process.pid)
    return found


def test_first_use_makes_the_database_with_its_tables(lab: Path) -> None:
    workbench = Workbench(Settings(home=lab))
    assert workbench.history().empty
    assert workbench.status()["database"] == f"embedded, in {lab / 'postgres'}"
    workbench.close()


def test_nobody_but_the_owner_can_read_the_data_and_no_parent_is_opened_for_reading(lab: Path) -> None:
    lab.parent.chmod(0o700)
    embedded.start(lab / "postgres")
    assert mode(lab / "postgres") == 0o700
    for folder in (lab, lab.parent):
        assert not mode(folder) & 0o066, oct(mode(folder))
    # no port is open to anybody: the server listens on a socket inside the folder
    with psycopg.connect(embedded.start(lab / "postgres")) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)


def test_two_processes_share_one_server_and_the_last_one_stops_it(lab: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from workbench.storage import embedded\n"
        "embedded.start(Path(sys.argv[1])); print('up', flush=True); sys.stdin.readline()"
    )
    command = [sys.executable, "-c", code, str(lab / "postgres")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, text=True) as one, subprocess.Popen(command, **pipes, text=True) as two:  # type: ignore[call-overload]
        for process in (one, two):
            assert process.stdout.readline() == "up\n"
        assert len(servers(lab / "postgres")) == 1
        one.communicate("\n")
        assert len(servers(lab / "postgres")) == 1
        two.communicate("\n")
    gone_by = time.monotonic() + 10
    while servers(lab / "postgres") and time.monotonic() < gone_by:
        time.sleep(0.05)
    assert servers(lab / "postgres") == []


def test_a_pid_file_of_another_program_does_not_keep_the_server_from_starting(lab: Path) -> None:
    uri = embedded.start(lab / "postgres")
    running = lab / "postgres" / "postmaster.pid"
    left = running.read_text()
    embedded.stop(lab / "postgres")
    # as after a crash and a restart of the machine: the number belongs to somebody else by now
    running.write_text("\n".join([str(os.getpid()), *left.splitlines()[1:]]) + "\n")
    assert embedded.start(lab / "postgres") == uri
    with psycopg.connect(uri) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_server_killed_under_us_is_started_again_and_has_everything(lab: Path) -> None:
    with psycopg.connect(embedded.start(lab / "postgres"), autocommit=True) as connection:
        connection.execute("create table kept as select 7 as n")
    (pid,) = servers(lab / "postgres")
    psutil.Process(pid).kill()
    with psycopg.connect(embedded.start(lab / "postgres")) as connection:
        assert connection.execute("select n from kept").fetchone() == (7,)
