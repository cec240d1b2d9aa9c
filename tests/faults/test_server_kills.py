"""Any process of the embedded server is killed and its last user ends: the home answers, and the record is whole.

FAULTS=50 python -m pytest tests/faults/test_server_kills.py -s      50 kills of each kind
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import polars as pl
import psutil
import psycopg
import pytest

from tests.faults.conftest import KILLS, SEED
from tests.support.places import new_folder
from tests.support.stretches import SHORT
from tests.support.waiting import eventually
from workbench import Workbench
from workbench.errors import Busy, DatabaseUnavailable
from workbench.files import locks
from workbench.runs import Record
from workbench.settings import Settings
from workbench.storage.server import embedded

type Saved = tuple[Record, pl.DataFrame]

TIMES = max(KILLS // 10, 1) if KILLS < 50 else KILLS

USER = """
import sys
import psycopg
from pathlib import Path
from workbench.storage.server import embedded
connection = psycopg.connect(embedded.start(Path(sys.argv[1])))
print(connection.info.backend_pid, flush=True)
sys.stdin.readline()
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    folder = new_folder("wb-kills-")
    yield folder
    embedded.stop(folder / "postgres")
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def saved(home: Path) -> Saved:
    """One run, and no server that this process uses."""
    wb = Workbench(Settings(home=home))
    wb.import_sample()
    run = wb.run("momentum", **SHORT)
    whole = run.record, run.equity(frame="polars")
    wb.close()
    leave(home)
    return whole


def leave(home: Path) -> None:
    """Use the server of this home no more; a process has its lock until it ends, as others see it."""
    folder = (home / "postgres").resolve()
    os.close(embedded._held.pop(folder))


def using(folder: Path) -> subprocess.Popen[str]:
    """A process that uses the server, and ends with its input."""
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def server(folder: Path) -> psutil.Process:
    return psutil.Process(int((folder / "postmaster.pid").read_text().partition("\n")[0]))


def keeper(folder: Path) -> psutil.Process:
    """Who watches over the server: it holds the lock of a file of its own."""
    named = str(folder.with_name(f".{folder.name}.keeper"))
    found = [process for process in psutil.process_iter(["cmdline"]) if named in (process.info["cmdline"] or [])]
    (one,) = found
    return one


def checkpointer(folder: Path) -> psutil.Process:
    def found() -> list[psutil.Process]:
        children = server(folder).children()
        return [child for child in children if "checkpointer" in " ".join(child.cmdline())]

    eventually(found)
    return found()[0]


VICTIMS: dict[str, Callable[[Path, int], psutil.Process]] = {
    "backend": lambda _folder, backend: psutil.Process(backend),
    "checkpointer": lambda folder, _backend: checkpointer(folder),
    "postmaster": lambda folder, _backend: server(folder),
    "keeper": lambda folder, _backend: keeper(folder),
}


@pytest.mark.parametrize("victim", VICTIMS)
@pytest.mark.timeout(max(300, 60 * TIMES))
def test_a_home_answers_and_has_everything_whatever_of_its_server_is_killed(
    home: Path, saved: Saved, victim: str
) -> None:
    chance, folder = random.Random(f"{SEED} {victim}"), home / "postgres"
    longest = 0.0
    for number in range(TIMES):
        with using(folder) as user:
            assert user.stdout is not None
            backend = int(user.stdout.readline())
            VICTIMS[victim](folder, backend).kill()
            # the first while the server notices, the others while it recovers or after that
            threading.Event().wait(chance.uniform(0, 6) if number else 0.2)
            user.communicate("\n")
        wb = Workbench(Settings(home=home))
        began = time.monotonic()
        wb.status()
        longest = max(longest, time.monotonic() - began)
        run = wb.get(str(saved[0].run_id))
        assert run.record == saved[0]
        assert run.equity(frame="polars").equals(saved[1])
        wb.close()
        leave(home)
        eventually(lambda: not (folder / "postmaster.pid").exists(), 60)
    print(f"\n{TIMES} kills of a {victim}: status took {longest:.1f} s at most")


@pytest.mark.parametrize("killed", [False, True], ids=["told to stop", "killed"])
def test_a_server_whose_checkpointer_stands_still_is_ended_and_loses_nothing(
    home: Path, saved: Saved, killed: bool
) -> None:
    folder = home / "postgres"
    with using(folder) as user:
        assert user.stdout is not None
        user.stdout.readline()
        running, still = server(folder), checkpointer(folder)
        still.suspend()  # it never writes the last checkpoint, for which a fast shutdown waits
        if killed:
            running.kill()
        user.communicate("\n")
    if not killed:
        # a user who comes before the keeper has noticed is one more, and nothing is stopped
        eventually(lambda: "received fast shutdown request" in (folder / "log").read_text(errors="replace"))
    wb = Workbench(Settings(home=home))
    run = wb.get(str(saved[0].run_id))
    assert run.record == saved[0]
    assert run.equity(frame="polars").equals(saved[1])
    # a process that stands still is gone a moment after it was killed
    eventually(lambda: all(not one.is_running() or one.status() == psutil.STATUS_ZOMBIE for one in (still, running)))
    wb.close()
    leave(home)
    eventually(lambda: not (folder / "postmaster.pid").exists(), 60)


def test_a_server_that_lost_its_keeper_has_another_and_stops_with_its_last_user(home: Path, saved: Saved) -> None:
    folder = home / "postgres"
    embedded.start(folder)
    first = keeper(folder)
    first.kill()
    eventually(lambda: not psutil.pid_exists(first.pid) or first.status() == psutil.STATUS_ZOMBIE)
    running = server(folder)
    embedded.start(folder)
    eventually(lambda: keeper(folder).pid != first.pid)
    assert server(folder) == running
    leave(home)
    eventually(lambda: not running.is_running(), 60)


def test_status_answers_while_the_home_is_locked_and_says_who_is_waited_for(home: Path, saved: Saved) -> None:
    starting = home / ".postgres.starting"
    with starting.open("ab") as file:
        locks.lock(file.fileno(), patience=10, awaited="nobody")
        status = Workbench(Settings(home=home)).status()
    assert status["schema"] is None
    assert "another process that starts or stops the server" in status["database"]
    assert "Try again in a minute" in status["database"]
    assert "fuser" in status["database"]


def test_status_answers_while_the_server_stands_still(home: Path, saved: Saved) -> None:
    embedded.start(home / "postgres")
    process = server(home / "postgres")
    process.suspend()
    try:
        status = Workbench(Settings(home=home)).status()
    finally:
        process.resume()
    assert status["schema"] is None
    assert f"kill -9 {process.pid}" in status["database"]
    leave(home)


def test_a_taken_connection_is_waited_for_in_words_and_at_last_refused(
    home: Path, saved: Saved, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from workbench.storage.server import connections

    uri = embedded.start(home / "postgres")
    taken: list[psycopg.Connection] = []
    with suppress(psycopg.OperationalError):
        while True:
            taken.append(psycopg.connect(uri))
    wb = Workbench(Settings(home=home))
    monkeypatch.setattr(locks, "QUIET", 0.1)
    monkeypatch.setattr(connections, "PATIENCE", 0.5)
    assert "all connections that the database allows are taken" in wb.status()["database"]
    with pytest.raises(DatabaseUnavailable, match=r"all connections that the database allows are taken\. Close"):
        wb.history()
    assert "Waiting for a connection" in capsys.readouterr().err
    monkeypatch.setattr(connections, "PATIENCE", 60.0)
    threading.Timer(0.3, taken.pop().close).start()
    assert list(wb.history()["run_id"]) == [str(saved[0].run_id)]
    for connection in taken:
        connection.close()
    wb.close()
    leave(home)


def test_who_waits_for_a_lock_says_so_once_and_gives_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(locks, "QUIET", 0.05)
    with (tmp_path / "lock").open("ab") as held, (tmp_path / "lock").open("ab") as wanted:
        locks.lock(held.fileno(), patience=0, awaited="nobody")
        with pytest.raises(Busy):
            locks.lock(wanted.fileno(), patience=0.3, awaited="somebody")
        assert capsys.readouterr().err == "Waiting for somebody.\n"
        threading.Timer(0.2, held.close).start()
        locks.lock(wanted.fileno(), patience=60, awaited="somebody")
