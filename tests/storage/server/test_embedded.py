"""The embedded server: made on first use, shared, closed to others, gone when its last user is, whatever happens."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from tests.support.places import new_folder
from tests.support.waiting import eventually
from workbench import Workbench
from workbench.errors import DatabaseAhead, DatabaseBehind, DatabaseUnavailable
from workbench.settings import Settings
from workbench.storage.server import embedded
from workbench.storage.server.pg_binaries import account, available, environment, newest


@pytest.fixture
def lab() -> Iterator[Path]:
    """A folder with a short path: a Unix socket's may have 107 characters."""
    folder = new_folder("wb-embedded-")
    home = folder / "home"
    yield home
    if (home / "postgres").exists():
        embedded.stop(home / "postgres")
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def cold() -> Iterator[Path]:
    """A data folder as its first start leaves it. To make one takes longer than most of what is tested here."""
    folder = new_folder("wb-embedded-")
    embedded.start(folder / "postgres")
    embedded.stop(folder / "postgres")
    yield folder / "postgres"
    shutil.rmtree(folder)


@pytest.fixture
def used(lab: Path, cold: Path) -> None:
    """Make the home one that was used before, its server stopped."""
    lab.mkdir(parents=True)
    subprocess.run(["cp", "-a", cold, lab / "postgres"], check=True)  # its owner, too


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


USER = """
import signal
import sys
from pathlib import Path
from workbench.storage.server import embedded

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # who starts the tests with nohup has it ignored
print(embedded.start(Path(sys.argv[1])), flush=True)
sys.stdin.readline()
"""


@contextmanager
def users(folder: Path, number: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that came at once, and use the server of this folder until they are told to end."""
    command = [sys.executable, "-c", USER, str(folder)]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(number)
    ]
    try:
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate()


def wait_until_stopped(folder: Path) -> None:
    eventually(lambda: servers(folder) == [])


def test_processes_that_start_at_once_share_one_server_and_the_last_one_stops_it(lab: Path) -> None:
    with users(lab / "postgres", 3) as (one, two, three):
        assert len({process.stdout.readline() for process in (one, two, three) if process.stdout}) == 1
        (server,) = servers(lab / "postgres")
        for process in (one, two):
            process.communicate("\n")
        time.sleep(0.3)
        assert servers(lab / "postgres") == [server]
        three.communicate("\n")
        wait_until_stopped(lab / "postgres")


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_the_server_stops_when_its_last_user_is_killed_and_not_when_another_is(
    lab: Path, signal_number: signal.Signals
) -> None:
    with users(lab / "postgres", 2) as (one, two):
        for process in (one, two):
            assert process.stdout is not None
            process.stdout.readline()
        one.send_signal(signal_number)
        one.wait()
        time.sleep(0.3)
        assert len(servers(lab / "postgres")) == 1
        two.send_signal(signal_number)
        two.wait()
        wait_until_stopped(lab / "postgres")
    assert not (lab / "postgres" / "postmaster.pid").exists()


@pytest.mark.usefixtures("used")
def test_nothing_of_the_server_stays_behind(lab: Path) -> None:
    before = set(psutil.pids())
    with users(lab / "postgres", 1) as (user,):
        assert user.stdout is not None
        user.stdout.readline()
        user.communicate("\n")
    wait_until_stopped(lab / "postgres")

    def left() -> list[psutil.Process]:
        ours = (one for one in psutil.process_iter(["cmdline"]) if one.pid not in before)
        return [one for one in ours if str(lab) in " ".join(one.info["cmdline"] or [])]

    # who watched over the server ends a moment after it
    eventually(lambda: left() == [])


@pytest.mark.usefixtures("used")
def test_a_user_that_comes_while_the_server_stops_gets_one(lab: Path) -> None:
    for _ in range(5):
        with users(lab / "postgres", 1) as (user,):
            assert user.stdout is not None
            assert user.stdout.readline().startswith("postgresql://")
            # killed: the next one comes while the keeper stops the server


def left_by(lab: Path, pid: int) -> str:
    """What a server leaves when the machine goes down, with a number that is somebody else's now; its address."""
    uri = embedded.start(lab / "postgres")
    running = lab / "postgres" / "postmaster.pid"
    left = running.read_text()
    embedded.stop(lab / "postgres")
    running.write_text("\n".join([str(pid), *left.splitlines()[1:]]) + "\n")
    return uri


@pytest.mark.usefixtures("used")
def test_a_pid_file_of_another_program_does_not_keep_the_server_from_starting(lab: Path) -> None:
    uri = left_by(lab, os.getpid())
    assert embedded.start(lab / "postgres") == uri
    with psycopg.connect(uri) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


@pytest.mark.usefixtures("used")
def test_a_pid_file_of_another_server_does_not_stop_that_one(lab: Path) -> None:
    other = lab.with_name("other") / "postgres"
    try:
        embedded.start(other)
        (pid,) = servers(other)
        uri = left_by(lab, pid)
        assert embedded.start(lab / "postgres") == uri
        embedded.stop(lab / "postgres")
        assert servers(other) == [pid]
    finally:
        embedded.stop(other)


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize("text", ["", "\n", "no number\n", "-1\n", "999999999\n"])
def test_a_pid_file_that_is_none_does_not_keep_the_server_from_starting(lab: Path, text: str) -> None:
    (lab / "postgres" / "postmaster.pid").write_text(text)
    with psycopg.connect(embedded.start(lab / "postgres")) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


@pytest.mark.usefixtures("used")
def test_a_zombie_is_no_server(lab: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as zombie:
        eventually(lambda: psutil.Process(zombie.pid).status() == psutil.STATUS_ZOMBIE)
        left_by(lab, zombie.pid)
        with psycopg.connect(embedded.start(lab / "postgres")) as connection:
            assert connection.execute("select 1").fetchone() == (1,)


@pytest.mark.usefixtures("used")
def test_a_server_killed_under_us_is_started_again_and_has_everything(lab: Path) -> None:
    with psycopg.connect(embedded.start(lab / "postgres"), autocommit=True) as connection:
        connection.execute("create table kept as select 7 as n")
    (pid,) = servers(lab / "postgres")
    psutil.Process(pid).kill()
    with psycopg.connect(embedded.start(lab / "postgres")) as connection:
        assert connection.execute("select n from kept").fetchone() == (7,)


@pytest.mark.usefixtures("used")
def test_a_moved_home_is_found_while_its_server_runs(lab: Path) -> None:
    embedded.start(lab / "postgres")
    moved = lab.with_name("moved")
    lab.rename(moved)
    try:
        # one server on one folder, whatever it is called: a second would ruin the data
        assert embedded._server((moved / "postgres").resolve()) == servers(lab / "postgres")[0]
    finally:
        embedded.stop(moved / "postgres")


LONG = "a long path " + "ä" * 60 + "/" + "日本 'quoted\" $HOME `x`, and a comma" + "/x" * 30


@pytest.mark.parametrize(
    "name", ["with spaces", "Ünïcode «日本»", "comma, semicolon; 'quote' \"double\" $HOME %41", LONG]
)
def test_a_home_of_any_name_works(lab: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    home = lab / name
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(lab.parent))
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGDATA", "/nowhere")
    try:
        workbench = Workbench(Settings(home=home))
        assert workbench.history().empty
        assert workbench.status()["database"] == f"embedded, in {home / 'postgres'}"
        workbench.close()
    finally:
        embedded.stop(home / "postgres")


def test_the_long_home_is_longer_than_a_socket_may_be() -> None:
    assert len(os.fsencode(LONG)) > 200


def test_a_socket_folder_that_somebody_else_made_is_refused(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = lab.with_name("t")
    (temporary / f"workbench-{os.geteuid()}").mkdir(parents=True)
    (temporary / f"workbench-{os.geteuid()}").chmod(0o777)
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    with pytest.raises(DatabaseUnavailable, match="made by somebody else"):
        embedded.start(lab / ("x" * 100) / "postgres")


def as_nobody(uri: str) -> subprocess.CompletedProcess[str]:
    """A try to connect by another user of the operating system, who says to be the database's own."""
    psql = available()[newest()] / "psql"
    command: list[str | Path] = [psql, uri, "-w", "-Atc", "select 'in'"]
    return subprocess.run(
        command,
        user="nobody",
        group="nogroup",
        extra_groups=[],
        env=environment(),
        cwd="/",
        capture_output=True,
        text=True,
    )


@pytest.mark.usefixtures("used")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_of_the_machine_is_refused_by_folder_by_socket_and_by_the_server_itself(lab: Path) -> None:
    lab.parent.chmod(0o711)
    folder = lab / "postgres"
    uri = embedded.start(folder)
    assert "Permission denied" in as_nobody(uri).stderr
    for place in (lab, folder):
        place.chmod(0o777)
    assert "Permission denied" in as_nobody(uri).stderr
    (folder / ".s.PGSQL.5432").chmod(0o777)
    refused = as_nobody(uri)
    assert 'Peer authentication failed for user "postgres"' in refused.stderr
    assert "in" not in refused.stdout.split()
    folder.chmod(0o700)


@pytest.mark.usefixtures("used")
def test_a_server_that_let_everybody_in_does_no_more(lab: Path) -> None:
    folder = lab / "postgres"
    uri = embedded.start(folder)
    (folder / "pg_hba.conf").write_text("local all all trust\n")
    with psycopg.connect(uri, autocommit=True) as connection:
        before = connection.execute("select pg_conf_load_time()").fetchone()
        embedded.start(folder)
        assert connection.execute("select auth_method from pg_hba_file_rules").fetchall() == [("peer",)]
        eventually(lambda: connection.execute("select pg_conf_load_time()").fetchone() != before)


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701])
def test_a_data_folder_that_others_may_enter_is_refused_with_what_to_type(lab: Path, mode: int) -> None:
    folder = lab / "postgres"
    folder.chmod(mode)
    with pytest.raises(DatabaseUnavailable, match=rf"mode is {mode:o}.*chmod 700"):
        embedded.start(folder)
    folder.chmod(0o700)


@pytest.mark.usefixtures("used")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_data_folder_of_another_user_is_refused(lab: Path) -> None:
    folder = lab / "postgres"
    shutil.chown(folder, "nobody")
    with pytest.raises(DatabaseUnavailable, match="belongs to the user nobody"):
        embedded.start(folder)
    shutil.chown(folder, account().uid)


def test_a_folder_that_holds_something_else_is_refused_and_left_alone(lab: Path) -> None:
    folder = lab / "postgres"
    folder.mkdir(parents=True, mode=0o700)
    shutil.chown(folder, account().uid)
    (folder / "thesis.txt").write_text("mine")
    with pytest.raises(DatabaseUnavailable, match="something else"):
        embedded.start(folder)
    assert [file.name for file in folder.iterdir()] == ["thesis.txt"]


@pytest.mark.usefixtures("used")
def test_a_server_that_cannot_start_says_why(lab: Path) -> None:
    folder = lab / "postgres"
    (folder / "postgresql.conf").write_text("shared_buffers = 'much'\n")
    with pytest.raises(DatabaseUnavailable, match="shared_buffers"):
        embedded.start(folder)


def test_a_killed_first_start_leaves_no_half_of_a_database(lab: Path) -> None:
    half = lab / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    with psycopg.connect(embedded.start(lab / "postgres")) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert not half.exists()


def written_by(lab: Path, version: int) -> Path:
    """A data folder as the workbench would have made it with an older PostgreSQL, with three rows in it."""
    folder = lab / "postgres"
    lab.mkdir(parents=True)
    for parent in (lab.parent, lab):
        parent.chmod(0o711)
    folder.mkdir(mode=0o700)
    owner = account()
    shutil.chown(folder, owner.uid, owner.gid)
    as_owner: dict[str, Any] = {"user": owner.uid, "group": owner.gid, "extra_groups": []} if owner.other else {}

    def tool(name: str, *arguments: str) -> None:
        command = [str(available()[version] / name), "-D", str(folder), *arguments]
        quiet: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
        }
        subprocess.run(command, cwd="/", timeout=60, check=True, **quiet, **as_owner)

    tool("initdb", "-U", "postgres", "--auth=trust", "-E", "utf8")
    tool("pg_ctl", "-w", "-l", str(folder / "log"), "-o", f"-h '' -k {folder}", "start")
    try:
        with psycopg.connect(host=str(folder), user="postgres") as connection:
            connection.execute("create table kept (n int check (n > 0))")
            connection.execute("insert into kept values (1), (2), (3)")
    finally:
        tool("pg_ctl", "-w", "stop")
    return folder


def test_the_data_of_an_older_postgresql_is_brought_over_and_the_old_folder_kept(lab: Path) -> None:
    old = min(available())
    folder = written_by(lab, old)
    with psycopg.connect(embedded.start(folder)) as connection:
        assert connection.info.server_version // 10_000 == newest()
        assert connection.execute("select array_agg(n order by n) from kept").fetchone() == ([1, 2, 3],)
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("insert into kept values (0)")
    assert (lab / f"postgres.{old}" / "PG_VERSION").read_text().strip() == str(old)
    assert sorted(one.name for one in lab.iterdir()) == [
        ".postgres.keeper",
        ".postgres.starting",
        ".postgres.users",
        "postgres",
        f"postgres.{old}",
    ]


@pytest.mark.usefixtures("used")
def test_a_process_killed_between_the_last_two_steps_of_that_loses_nothing(lab: Path) -> None:
    folder = lab / "postgres"
    with psycopg.connect(embedded.start(folder), autocommit=True) as connection:
        connection.execute("create table kept as select 7 as n")
    embedded.stop(folder)
    folder.rename(lab / "postgres.upgraded")
    with psycopg.connect(embedded.start(folder)) as connection:
        assert connection.execute("select n from kept").fetchone() == (7,)


def everything(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file with its mode, time and content."""
    return {
        str(file): (file.stat().st_mode, file.stat().st_mtime_ns, file.read_bytes())
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize(
    ("version", "error", "words"),
    [
        ("15", DatabaseBehind, "PostgreSQL 15 are not here.*ntrader db backup FILE.*ntrader db restore FILE"),
        ("9.6", DatabaseBehind, "PostgreSQL 9.6 are not here.*ntrader db backup FILE"),
        ("99", DatabaseAhead, "Install a newer workbench"),
        ("", DatabaseBehind, "not here"),
    ],
)
def test_data_of_a_version_that_cannot_be_read_is_refused_and_not_touched(
    lab: Path, version: str, error: type[Exception], words: str
) -> None:
    folder = lab / "postgres"
    (folder / "PG_VERSION").write_text(f"{version}\n")
    before = everything(folder)
    with pytest.raises(error, match=words):
        Workbench(Settings(home=lab)).history()
    assert everything(folder) == before


def test_an_upgrade_that_fails_says_why_and_leaves_the_old_data_as_it_was(lab: Path) -> None:
    folder = written_by(lab, min(available()))
    (folder / "global" / "pg_control").write_bytes(b"")
    with pytest.raises(DatabaseBehind, match="pg_controldata"):
        embedded.start(folder)
    assert (folder / "PG_VERSION").read_text().strip() == str(min(available()))
    assert not (lab / "postgres.upgrade").exists()


@pytest.mark.usefixtures("used")
def test_the_server_keeps_pages_in_an_eighth_of_the_memory_from_128_mb_to_4_gb(lab: Path) -> None:
    with psycopg.connect(embedded.start(lab / "postgres")) as connection:
        row = connection.execute(
            "select setting::bigint * 8192 from pg_settings where name = 'shared_buffers'"
        ).fetchone()
    eighth = psutil.virtual_memory().total // 8
    assert row == (min(max(eighth // 2**20 * 2**20, 2**27), 2**32),)
