"""The half of a pool that runs in each worker: specs in, results out, both pickled, on pipes that nobody else has."""

from __future__ import annotations

import os
import pickle
import queue
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from workbench.engine import Spec
from workbench.errors import WorkbenchError, described
from workbench.metrics import Metrics
from workbench.runs import Result, Status
from workbench.workers.carried import Carried, take
from workbench.workers.child import own_pipes

PROTOCOL = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What all jobs of a batch share: where the session stands, its catalog's folder, what it carries along.

    `stamps` are the times at which the carried modules were last written, in nanoseconds: a worker that imported an
    older file is not used again.
    """

    catalog: Path
    folder: str
    path: tuple[str, ...]
    carried: Carried
    stamps: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one job of a batch, counted from 0.

    `result` has no `cause`: exceptions of a user's own do not travel, their message and trace do. `metrics` are there
    for a completed run. Where a job came to no result, both are None and `failure` says why.
    """

    index: int
    result: Result | None = None
    metrics: Metrics | None = None
    failure: str | None = None


def main() -> None:
    """Take batches and their jobs until the parent closes the pipe or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides: it closes the pipe or kills
    incoming, outgoing = own_pipes()
    jobs: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    receiver = Connection(os.dup(incoming.fileno()), writable=False)
    sender = Connection(os.dup(outgoing.fileno()), readable=False)
    threading.Thread(target=_receive, args=(receiver, jobs), daemon=True, name="workbench-parent").start()
    worker, catalog = os.getpid(), None
    while True:
        message = pickle.loads(jobs.get())
        if isinstance(message, Ground):
            catalog = _settle(message)
        else:
            index, pickled = message
            outcome = _run(index, pickled, catalog)
            if os.getpid() != worker:  # a strategy forked, and its child came back from the run as well
                os._exit(0)
            sender.send_bytes(_pickled(outcome))


def _receive(receiver: Connection, jobs: queue.SimpleQueue[bytes]) -> None:
    """Read ahead of the work, so that the parent never waits to send; end the process with the parent."""
    while True:
        try:
            jobs.put(receiver.recv_bytes())
        except (EOFError, OSError):
            os._exit(0)  # nothing is saved here, so there is nothing to finish


def _settle(ground: Ground) -> Any:
    """Stand where the session stands."""
    from workbench.catalog import Catalog

    os.chdir(ground.folder)
    sys.path[:] = ground.path
    take(ground.carried.to_dict())
    return Catalog(ground.catalog)


def _run(index: int, pickled: bytes, catalog: Any) -> Outcome:
    from workbench.config import without
    from workbench.plans.execution import measured, run_spec, without_secrets

    hidden: Sequence[str] = ()
    try:
        spec: Spec = pickle.loads(pickled)
        hidden = spec.hidden
        result = without_secrets(run_spec(spec, catalog), hidden)
        metrics = measured(result, spec.snapshot) if result.status is Status.COMPLETED else None
    except WorkbenchError as error:
        return Outcome(index=index, failure=without(str(error), hidden))
    except BaseException as error:  # noqa: BLE001 - SystemExit of a strategy, too, is the end of one job alone
        return Outcome(index=index, failure=without(described(error), hidden))
    return Outcome(index=index, result=replace(result, cause=None), metrics=metrics)


def _pickled(outcome: Outcome) -> bytes:
    try:
        return pickle.dumps(outcome, protocol=PROTOCOL)
    except Exception as error:  # noqa: BLE001 - whatever an object of the user's raises
        failure = f"the result cannot be sent: {described(error)}"
        return pickle.dumps(Outcome(index=outcome.index, failure=failure), protocol=PROTOCOL)
