"""Waiting for other processes. Who waits says for what after two seconds, and gives up at last."""

from __future__ import annotations

import fcntl
import sys
import time
from collections.abc import Callable

from workbench.errors import Busy

QUIET = 2.0
"""Seconds that somebody waits without a word."""

OFTEN = 0.02
"""Seconds between two attempts: the system's own wait for a lock has no limit."""


def wait_until(attempt: Callable[[], bool], *, patience: float, awaited: str, often: float = OFTEN) -> None:
    """Try again and again until it succeeds.

    Args:
        attempt: whether it has succeeded.
        patience: seconds to wait at most.
        awaited: what is waited for, as in "Waiting for another process that imports data."
        often: seconds between two attempts.

    Raises:
        Busy: it did not succeed in time.
    """
    began, told = time.monotonic(), False
    while not attempt():
        waited = time.monotonic() - began
        if waited > patience:
            raise Busy(f"{awaited} did not end within {patience:,.0f} seconds. Try again later.")
        if waited > QUIET and not told:
            told = True
            say(f"Waiting for {awaited}.")
        time.sleep(often)


def lock(file: int, *, shared: bool = False, patience: float, awaited: str) -> None:
    """Take the lock of an open file, by its number; `shared`, together with others who share it.

    It goes with the process, however that ends.

    Raises:
        Busy: somebody else has held it for longer than `patience` seconds.
    """
    wait_until(lambda: try_lock(file, shared=shared), patience=patience, awaited=awaited)


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
