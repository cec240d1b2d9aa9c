"""Waiting for what another process or the server does in its own time: a deadline that only a fault ever reaches."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 60.0
"""Seconds. A wait ends as soon as its claim holds, so that a slow machine costs time and never the test."""


def eventually(claim: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Ask again and again until the claim holds. AssertionError: it does not, `seconds` later."""
    deadline = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < deadline, f"not so after {seconds:g} s"
        time.sleep(0.02)
