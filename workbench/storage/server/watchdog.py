"""The process that keeps the embedded server: it starts it, and stops it when the last of its users is gone.

A program of its own, of the standard library alone, because it lives as long as the server does. Every user of the
server holds a shared lock on one file for as long as it lives, however it ends; this one waits for the lock to itself.

    python keeper.py USERS_FILE LOG_FILE ACCOUNT COMMAND …

It prints the server's process id. ACCOUNT is empty where the server runs as whoever starts it.
"""

import fcntl
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any


def keep(users: Path, log: Path, account: str, *command: str) -> None:
    """Start the server, in a session and of a parent of its own, and stay until it ends or is needed no more."""
    if os.fork():
        os._exit(0)
    os.setsid()
    os.chdir("/")
    other: dict[str, Any] = {"user": account, "group": account, "extra_groups": []} if account else {}
    with log.open("ab") as lines:
        server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=lines, stderr=lines, umask=0o077, start_new_session=True, **other
        )
    signal.signal(signal.SIGCHLD, _end_with_it)
    print(server.pid, flush=True)  # noqa: T201
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    if server.poll() is None:
        _stop_after_the_last(users, server)


def _stop_after_the_last(users: Path, server: "subprocess.Popen[bytes]") -> None:
    with users.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        server.send_signal(signal.SIGINT)
        # who comes now waits for the lock, and then starts a server of its own
        server.wait()


def _end_with_it(*_: object) -> None:
    with suppress(ChildProcessError):
        os.waitpid(-1, 0)  # where nobody else reaps, it would stay a zombie
    os._exit(0)


if __name__ == "__main__":
    keep(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
