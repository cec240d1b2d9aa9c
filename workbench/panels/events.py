"""Rings when the record or the catalog may have changed: a cell has been executed, or a run of a panel has ended.

Panels that show the record then ask it again. Nobody polls: a notebook left open over night costs nothing.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from IPython.core.getipython import get_ipython

_HEARD = 8
"""Panels that are told, the newest: a cell that runs again makes a new one, and the old one stays with the kernel."""

_listeners: deque[weakref.WeakMethod[Callable[[], None]]] = deque(maxlen=_HEARD)
_wired: list[object] = []


def listen(answer: Callable[[], None]) -> None:
    """Call this method from now on, for as long as its panel is there."""
    _listeners.append(weakref.WeakMethod(answer))
    shell = get_ipython()
    if shell is not None and shell not in _wired:
        _wired.append(shell)
        shell.events.register("post_run_cell", lambda _result: ring())


def leave(answer: Callable[[], None]) -> None:
    """Call this method no more."""
    with suppress(ValueError):  # newer panels have taken its place
        _listeners.remove(weakref.WeakMethod(answer))


def ring() -> None:
    """Tell everybody."""
    for listener in list(_listeners):
        answer = listener()
        if answer is not None:
            answer()
