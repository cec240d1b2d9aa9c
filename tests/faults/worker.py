"""What a process does until it is killed: runs, saves or waits and delivers, and says of every run when it is told."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.stories.test_record import SCRIPT, run_script
from workbench import Workbench
from workbench.config import Terms
from workbench.engine import Progress, Spec
from workbench.plans.execution import record_run, run_spec
from workbench.runs import Record, Result
from workbench.settings import Settings
from workbench.storage import Database, SafeRecords
from workbench.verbs.planning import plan_of_arguments

ORDERS = {"1": 90.0, "7": -90.0}
NOWHERE = "postgresql://postgres@127.0.0.1:1/none"

type Job = Callable[[Workbench], Iterator[Record]]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a worker records. A file at `enough` tells it to end; one at `go`, if it is given, to begin."""

    settings: Settings
    enough: Path
    go: Path | None = None
    most: int | None = None

    def workbench(self) -> Workbench:
        """One that says nothing."""
        wb = Workbench(self.settings)
        wb.tell = lambda text: None
        return wb


def work(place: Place, job: Job, said: Connection) -> None:
    """Do a job until `enough` is there or `most` is reached. Each record is said once the verb has returned it."""
    wb = place.workbench()
    told = job(wb)
    said.send("ready")
    while place.go is not None and not place.go.exists():
        time.sleep(0.001)
    try:
        for done in range(place.most) if place.most is not None else count():
            if place.enough.exists():
                break
            record = next(told)
            said.send(record if place.most is None else done)
    except BaseException as error:
        said.send(f"{type(error).__name__}: {error}")
        raise
    wb.close()


def runs(wb: Workbench) -> Iterator[Record]:
    """`wb.run`, whole, one after the other."""
    for number in count():
        yield run_script(wb, ORDERS, note=f"{os.getpid()} {number}").record


def saves(wb: Workbench) -> Iterator[Record]:
    """Saving alone, of what one run has brought."""
    spec, done = _done(wb)
    return (record_run(spec, wb._session.records, wb._session.catalog, engine=done, progress=False)[0] for _ in count())


def deliveries(wb: Workbench) -> Iterator[Record]:
    """Three runs that find no database and wait, and the delivery of all that wait."""
    spec, done = _done(wb)
    nowhere = Database(Settings(home=wb.where.home, database_url=NOWHERE))
    away = SafeRecords(nowhere, wb.where.outbox, lambda text: None)

    def go_on() -> Iterator[Record]:
        while True:
            for _ in range(3):
                yield record_run(spec, away, wb._session.catalog, engine=done, progress=False)[0]
            away._held.clear()
            wb._session.records.deliver()

    return go_on()


@dataclass(frozen=True)
class Done:
    """An engine that has run already."""

    result: Result

    def load(self, spec: Spec, catalog: Any) -> None:
        """Nothing to read."""

    def run(self, spec: Spec, data: Any, progress: Progress | None = None) -> Result:
        """What it had."""
        return self.result


def _done(wb: Workbench) -> tuple[Spec, Done]:
    """A spec, and an engine that has its result."""
    asked: dict[str, Any] = {"instrument": "ACME.TEST", "bar": None, "start": None, "end": None, "risk_free": 0.0}
    spec = plan_of_arguments(wb._session, SCRIPT, **asked, params={"orders": ORDERS}, terms=Terms(capital=10_000))
    return spec, Done(run_spec(spec, wb._session.catalog))
