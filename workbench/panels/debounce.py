"""Work that follows typing: done once, a moment after the last change, away from the thread of the controls."""

from __future__ import annotations

import threading
from collections.abc import Callable

DELAY = 0.35
"""Seconds without a change."""


class Debounced:
    """Calls `work` with a question to ask before it shows its answer: is it still wanted, or has all changed again?"""

    def __init__(self, work: Callable[[Callable[[], bool]], None], delay: float = DELAY) -> None:
        self._work = work
        self._delay = delay
        self._guard = threading.Lock()
        self._timer: threading.Timer | None = None

    def soon(self) -> None:
        """Do it when nothing has changed for a moment."""
        with self._guard:
            if self._timer is not None:
                self._timer.cancel()
            timer = threading.Timer(self._delay, lambda: self._work(lambda: self._timer is timer))
            timer.daemon = True
            self._timer = timer
            timer.start()

    def drop(self) -> None:
        """Its answer is not wanted any more, even if it is being worked out just now."""
        with self._guard:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = None

    def wait(self, timeout: float | None = None) -> None:
        """Wait until nothing is left to do."""
        timer = self._timer
        if timer is not None:
            timer.join(timeout)
