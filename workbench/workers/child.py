"""The child's half: one request in, reports out, both of them lines of JSON on pipes that nobody else has."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from workbench.errors import RunFailed, RunInterrupted, WorkbenchError
from workbench.runs import Status
from workbench.settings import Settings
from workbench.verbs.workbench import Workbench
from workbench.workers.carried import take

GRACE = 5.0
"""Seconds in which a run ends by itself once it was told to; then it is stopped where it stands."""

VERBS = ("run", "rerun")

type Tell = Callable[..., None]


def main() -> None:
    """Wait for one request, answer it, end."""
    # whoever began this may ignore the signal, and a child inherits that
    signal.signal(signal.SIGINT, signal.default_int_handler)
    incoming, outgoing = own_pipes()
    request = json.loads(incoming.readline() or b"null")
    if request is None:  # the parent was gone before it asked
        return
    threading.Thread(target=_end_with, args=(incoming,), daemon=True, name="workbench-parent").start()

    def tell(**message: Any) -> None:
        with suppress(BrokenPipeError):  # nobody is there any more, and `_end_with` has seen it too
            outgoing.write(json.dumps(message).encode() + b"\n")

    _answer(request, tell)


def own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The parent's pipes, moved away from 0 and 1: what a strategy prints must not look like a report."""
    incoming, outgoing = (os.fdopen(os.dup(number), mode, buffering=0) for number, mode in ((0, "rb"), (1, "wb")))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return incoming, outgoing  # type: ignore[return-value]


def _end_with(parent: BinaryIO) -> None:
    """Stop as by the stop button when the parent is gone, whatever became of it."""
    # unbuffered: a reader's lock held at the end of the interpreter would abort it
    while os.read(parent.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(GRACE)
    os._exit(1)


def _answer(request: Mapping[str, Any], tell: Tell) -> None:
    """Do what was asked where the parent stands: its folder, its import path, its record."""
    os.chdir(request["folder"])
    sys.path[:] = request["path"]
    settings = Settings(home=Path(request["home"]), database_url=request["database_url"], **request["around"])
    workbench = Workbench(settings)
    workbench.tell = lambda notice: print(notice, file=sys.stderr)  # noqa: T201 - the parent keeps the last lines
    workbench.watch = _watching(tell)
    verb = request["verb"]
    if verb not in VERBS:
        raise ValueError(f"{verb!r} is not a verb that a worker knows. Known: {', '.join(VERBS)}.")
    try:
        take(request["carried"])
        run = getattr(workbench, verb)(**request["arguments"])
        tell(status=run.status.value, run_id=run.id)
    except RunInterrupted as stopped:
        tell(status=Status.INTERRUPTED.value, run_id=stopped.run.id)
    except RunFailed as failed:
        tell(status=Status.FAILED.value, run_id=failed.run.id, message=str(failed))
    except WorkbenchError as refused:
        tell(message=str(refused))
    except KeyboardInterrupt:
        tell(stopped=True)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        workbench.close()


def _watching(tell: Tell) -> Callable[[str, str], Any]:
    """Report the run as it begins and goes on; once its work is done, let nothing stop it from being saved."""

    @contextmanager
    def watch(run_id: str, title: str) -> Iterator[Callable[[int, int], None]]:
        tell(run_id=run_id, title=title)
        try:
            yield lambda done, total: tell(done=done, total=total)
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    return watch
