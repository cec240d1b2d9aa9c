"""The embedded PostgreSQL: started on first use, stopped when its last user is gone.

Every process that uses it holds a shared lock on one file for as long as it lives, and the server's keeper waits for
that lock. So there are no lists of processes that a kill would make wrong.
"""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from workbench.errors import Busy, DatabaseUnavailable
from workbench.files import close_to_others, lock, open_private, say, try_lock
from workbench.files.locks import QUIET
from workbench.storage.server import watchdog
from workbench.storage.server.connections import is_full
from workbench.storage.server.data_folder import check, let_in, make, socket_folder
from workbench.storage.server.pg_binaries import Account, account, available, environment, last_words, newest
from workbench.storage.server.pg_upgrade import bring_over, finish_bringing_over

PATIENCE = 60.0
"""Seconds that a server may take to answer; after a power cut it reads its journal first."""

STOPPING = 5.0
"""Seconds that a server may go on saying that it shuts down before it is stopped by the next step."""

_held: dict[Path, int] = {}
"""The locks of this process, by data folder; a forked child has them too."""


def start(folder: Path, *, patience: float = PATIENCE) -> str:
    """Start the server of this data folder, or join the one that runs; make both on first use.

    Args:
        folder: the data folder.
        patience: seconds to wait at most, for other processes and for the server.

    Returns:
        A libpq connection string over a Unix socket, without a password: the kernel tells the server who connects, and
        it lets the folder's owner in and nobody else.

    Raises:
        DatabaseUnavailable: with the reason and where the server's log is.
        DatabaseBehind: an older PostgreSQL wrote the folder, whose data cannot be brought over.
        DatabaseAhead: a newer one did.
    """
    folder = folder.resolve()
    deadline = time.monotonic() + patience
    try:
        _own(folder.parent)
        with _alone(folder, deadline):
            return _started(folder, account(), deadline)
    except (OSError, subprocess.SubprocessError) as error:
        if isinstance(error, DatabaseUnavailable):
            raise
        raise DatabaseUnavailable(
            f"the embedded PostgreSQL in {folder} does not start: {error}. Set WORKBENCH_HOME to a folder of your own, "
            "on a local disk with room."
        ) from error


def stop(folder: Path) -> None:
    """Stop the server of this data folder, whoever uses it. Does nothing if none runs.

    Raises:
        DatabaseUnavailable: it cannot be stopped.
    """
    folder = folder.resolve()
    if not folder.parent.is_dir():
        return
    with _alone(folder, time.monotonic() + PATIENCE):
        pid = _server(folder)
        if pid is not None:
            _end(folder, pid)
        if folder in _held:
            os.close(_held.pop(folder))


def _own(home: Path) -> None:
    """Make the folder for its owner only; one that exists keeps its mode but for the rights of others to read."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    mode = stat.S_IMODE(home.stat().st_mode)
    if home.stat().st_uid == os.geteuid() and mode & 0o066:
        home.chmod(mode & ~0o066)
    for inside in (home / "catalog", home / "outbox"):
        if inside.is_dir():
            close_to_others(inside)


@contextmanager
def _alone(folder: Path, deadline: float) -> Iterator[None]:
    """Of several processes that start or stop a server, one at a time."""
    file = open_private(_beside(folder, "starting"))
    try:
        _wait_for(folder, file, deadline, "another process that starts or stops the server", shared=False)
        yield
    finally:
        os.close(file)


def _wait_for(folder: Path, file: int, deadline: float, awaited: str, *, shared: bool) -> None:
    try:
        lock(file, shared=shared, patience=max(0.0, deadline - time.monotonic()), awaited=f"{awaited} of {folder}")
    except Busy:
        raise DatabaseUnavailable(
            f"the embedded PostgreSQL in {folder} is busy: {awaited} did not end in time. Try again in a minute. If it "
            f"never ends, see who holds it with: fuser {_beside(folder, 'starting')} {_beside(folder, 'users')}, and "
            "end that process; what was saved stays."
        ) from None


def _started(folder: Path, owner: Account, deadline: float) -> str:
    _let_pass(folder, owner)
    finish_bringing_over(folder)
    if not folder.exists() or not any(folder.iterdir()):
        making = time.monotonic()
        make(folder, owner)
        deadline += time.monotonic() - making  # the first time takes longer, and nobody is waited for
    check(folder, owner)
    if folder not in _held:
        # open until the process ends, so no file of Python's, which would complain of that
        file = open_private(_beside(folder, "users"))
        try:
            _wait_for(folder, file, deadline, "the process that is stopping the server", shared=True)
        except BaseException:
            os.close(file)
            raise
        _held[folder] = file
    log, began = folder / "log", time.monotonic()
    while True:
        logged = log.stat().st_size if log.exists() else 0
        joined = _server(folder)
        pid = _launch(folder, owner) if joined is None else joined
        if joined is not None and let_in(folder, owner):
            os.kill(joined, signal.SIGHUP)
        uri = _answer(folder, pid, deadline)
        if uri is not None:
            _have_it_kept(folder, pid)
            return uri
        remains = _remains(folder)
        if (joined is None and not remains) or time.monotonic() > deadline:
            why = last_words(log.read_bytes()[logged:].decode(errors="replace"))
            raise DatabaseUnavailable(f"the embedded PostgreSQL in {folder} does not start: {why} Its log is {log}.")
        if not _lives(pid) and time.monotonic() - began > STOPPING:
            _kill(remains)
        time.sleep(0.1)  # processes of a server that was killed: they notice and end, unless they stand still


def _have_it_kept(folder: Path, pid: int) -> None:
    """Begin another keeper if the server's own was killed: without one, it would outlive its last user."""
    file = open_private(_beside(folder, "keeper"))
    try:
        free = try_lock(file)
    finally:
        os.close(file)
    if free:
        _watchdog("keep", _beside(folder, "users"), _beside(folder, "keeper"), str(pid))


def _watchdog(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-S", watchdog.__file__, *arguments],
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def _end(folder: Path, pid: int) -> None:
    """Stop a server, step by step.

    Raises:
        DatabaseUnavailable: it is still there, as a process can be that waits for a disk which does not answer.
    """

    def ends(seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while _lives(pid) and time.monotonic() < deadline:
            time.sleep(0.01)
        return not _lives(pid)

    if not watchdog.stop(pid, ends):
        raise DatabaseUnavailable(f"the embedded PostgreSQL in {folder} cannot be stopped: process {pid} does not end.")


def _launch(folder: Path, owner: Account) -> int:
    sockets = socket_folder(folder, owner)
    if not _remains(folder):
        # their number may be another program's by now, or a zombie's, and PostgreSQL would take that for a server
        for left in (folder / "postmaster.pid", sockets / ".s.PGSQL.5432.lock"):
            left.unlink(missing_ok=True)
    bring_over(folder, owner)
    let_in(folder, owner)
    quoted = str(sockets).replace('"', '""')
    server = (str(available()[newest()] / "postgres"), "-D", str(folder), "-p", "5432", "-c", "listen_addresses=")
    # the socket's own mode keeps others out as well, wherever it lies
    access = ("-c", f'unix_socket_directories="{quoted}"', "-c", "unix_socket_permissions=0700")
    files = (_beside(folder, "users"), _beside(folder, "keeper"), folder / "log")
    os.close(open_private(files[1]))
    done = _watchdog("start", *files, owner.other, *server, *access)
    if not done.stdout.strip().isdigit():
        raise DatabaseUnavailable(f"the embedded PostgreSQL in {folder} does not start: {last_words(done.stderr)}")
    return int(done.stdout)


def _answer(folder: Path, pid: int, deadline: float) -> str | None:
    """The connection string, once the server answers; None if it ends before it does."""
    import psycopg

    began, told, leaving = time.monotonic(), False, 0.0
    while _lives(pid):
        uri, now = _uri(folder), time.monotonic()
        reason = "it has not said yet where it listens"
        try:
            if uri is not None:
                psycopg.connect(uri, connect_timeout=2).close()
                return uri
        except psycopg.Error as error:
            reason = last_words(str(error)).rpartition("FATAL: ")[2].strip()
            if is_full(reason):
                return uri  # it answers; who needs a connection waits for one
        leaving = (leaving or now) if "shutting down" in reason else 0.0
        if leaving and now - leaving > STOPPING:
            _end(folder, pid)  # it was told to in the middle of a recovery, after which it stays so for ever
        elif now > deadline:
            at_work = "the database system" in reason  # it starts, recovers or stops, and says so
            last = "" if at_work else f" If it never does, type: kill -9 {pid}, and try again; what was saved stays."
            raise DatabaseUnavailable(
                f"the embedded PostgreSQL in {folder} does not answer yet: {reason.rstrip('.')}. Try again in a minute."
                f"{last}"
            )
        elif now - began > QUIET and not told:
            told = True
            say(f"Waiting for the embedded PostgreSQL in {folder}: {reason}")
        time.sleep(0.01)
    return None


def _uri(folder: Path) -> str | None:
    """From the server's own file: its socket may lie where this process would not look for it."""
    try:
        lines = (folder / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    known = len(lines) > 4 and lines[4]
    return f"postgresql://postgres@/postgres?host={quote(lines[4], safe='')}&port=5432" if known else None


def _server(folder: Path) -> int | None:
    try:
        first = (folder / "postmaster.pid").read_text().partition("\n")[0].strip()
    except FileNotFoundError:
        return None
    return int(first) if first.isdigit() and _serves(int(first), folder) else None


def _remains(folder: Path) -> list[int]:
    """The processes of a server that work in this folder."""
    import psutil

    return [pid for pid in psutil.pids() if _serves(pid, folder)]


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _serves(pid: int, folder: Path) -> bool:
    """Whether a process is PostgreSQL's and works in this folder, by whatever path that was reached."""
    import psutil

    try:
        process = psutil.Process(pid)
        return (
            process.name().startswith("postgres")
            and process.status() != psutil.STATUS_ZOMBIE
            and Path(process.cwd()).samefile(folder)
        )
    except (psutil.Error, OSError):  # it has ended meanwhile, or belongs to another user and so is not ours
        return False


def _lives(pid: int) -> bool:
    import psutil

    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _let_pass(folder: Path, owner: Account) -> None:
    """A server that root starts runs as another user, which passes through these folders and lists none of them."""
    if owner.other:
        for place in (folder, available()[newest()] / "postgres"):
            for parent in place.parents:
                mode = stat.S_IMODE(parent.stat().st_mode)
                if mode & 0o011 != 0o011:
                    parent.chmod(mode | 0o011)


def _beside(folder: Path, name: str) -> Path:
    return folder.with_name(f".{folder.name}.{name}")
