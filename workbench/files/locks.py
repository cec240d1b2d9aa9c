"""Locks between processes. Who waits for one says so after two seconds, and gives up at last."""

from __future__ import annotations

import fcntl
import sys
import time

from workbench.errors import Busy

QUIET = 2.0
"""Seconds that somebody waits without a word."""

OFTEN = 0.02
"""Seconds between two attempts: the system's own wait has no limit."""


def lock(file: int, *, shared: bool = False, patience: float, awaited: str) -> None:
    """Take the lock of an open file. It goes with the process, however that ends.

    Args:
        file: an open file's number.
        shared: together with others who share it.
        patience: seconds to wait at most.
        awaited: who is waited for, as in "Waiting for another process that imports data."

    Raises:
        Busy: somebody else holds it.
    """
    began, told = time.monotonic(), False
    while not try_lock(file, shared=shared):
        waited = time.monotonic() - began
        if waited > patience:
            raise Busy(f"{awaited} did not end within {patience:,.0f} seconds. Try again later.")
        if waited > QUIET and not told:
            told = True
            say(f"Waiting for {awaited}.")
        time.sleep(OFTEN)


def try_lock(file: int, *, shared: bool = False) -> bool:
    """Whether the lock is ours now."""
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def say(text: str) -> None:
    """Tell whoever waits at the terminal or in the notebook; what a command prints is not disturbed."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201
