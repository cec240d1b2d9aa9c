"""The process that keeps the embedded server: it starts it, and stops it when the last of its users is gone.

A program of its own, of the standard library alone, because it lives as long as the server does. Every user of the
server holds a shared lock on one file for as long as it lives, however it ends; this one waits for the lock to itself.
On another file it holds a lock as long as it lives: who finds that free begins another one for a server that runs.

    python watchdog.py start USERS_FILE KEEPER_FILE LOG_FILE ACCOUNT COMMAND …
    python watchdog.py keep USERS_FILE KEEPER_FILE PID

The first prints the server's process id. ACCOUNT is empty where the server runs as whoever starts it.
"""

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

STEPS = ((signal.SIGINT, 4.0), (signal.SIGQUIT, 8.0), (signal.SIGKILL, 4.0))
"""PostgreSQL's fast and immediate shutdown, and the end of it; and seconds that each may take.

A server that is told the first while it recovers forgets it, and stays. Told the second, it kills after five seconds
what of it does not end. What was saved survives each of them: after the
second and the third it reads its journal at its next start.
"""


def stop(pid: int, ends: Callable[[float], bool]) -> bool:
    """Stop a server by these steps. Returns whether it has ended."""
    for number, seconds in STEPS:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        if ends(seconds):
            return True
    return False


def start(users: Path, keeper: Path, log: Path, account: str, *command: str) -> None:
    """Start the server, in a session and of a parent of its own, and keep it."""
    _detach()
    here = _be_the_keeper(keeper)
    other: dict[str, Any] = {"user": account, "group": account, "extra_groups": []} if account else {}
    with log.open("ab") as lines:
        server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=lines, stderr=lines, umask=0o077, start_new_session=True, **other
        )
    signal.signal(signal.SIGCHLD, _end_with_it)
    print(server.pid, flush=True)  # noqa: T201
    _be_quiet()

    def ends(seconds: float) -> bool:
        with suppress(subprocess.TimeoutExpired):
            server.wait(seconds)
        return server.returncode is not None

    with here:
        if server.poll() is None:
            _stop_after_the_last(users, server.pid, ends)


def keep(users: Path, keeper: Path, pid: int) -> None:
    """Keep a server that runs and has lost its keeper."""
    _detach()
    here = _be_the_keeper(keeper)
    _be_quiet()

    def ends(seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while _lives(pid) and time.monotonic() < deadline:
            time.sleep(0.02)
        return not _lives(pid)

    def end_with_it() -> None:
        while _lives(pid):
            time.sleep(1.0)
        os._exit(0)

    threading.Thread(target=end_with_it, daemon=True).start()
    with here:
        _stop_after_the_last(users, pid, ends)


def _detach() -> None:
    if os.fork():
        os._exit(0)
    os.setsid()
    os.umask(0o077)
    os.chdir("/")


def _be_the_keeper(keeper: Path) -> IO[bytes]:
    here = keeper.open("ab")
    with suppress(BlockingIOError):  # held by one whose server has just ended; the next user begins another keeper
        fcntl.flock(here, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return here


def _be_quiet() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def _stop_after_the_last(users: Path, pid: int, ends: Callable[[float], bool]) -> None:
    with users.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        # who comes now waits for the lock, and then starts a server of its own
        stop(pid, ends)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _end_with_it(*_: object) -> None:
    with suppress(ChildProcessError):
        os.waitpid(-1, 0)  # where nobody else reaps, it would stay a zombie
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1] == "start":
        start(Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]), *sys.argv[5:])
    else:
        keep(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
