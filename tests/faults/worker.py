"""What a process does until it is killed: runs, saves or waits and delivers, and says of every run when it is told."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.stories.test_record import SCRIPT, run_script
from workbench import Workbench
from workbench.config import Terms
from workbench.plans.execution import record_run
from workbench.plans.from_request import Plan
from workbench.runs import Record
from workbench.settings import Settings
from workbench.storage import Database, SafeRecords
from workbench.verbs.planning import plan_of_arguments

ORDERS = {"1": 90.0, "7": -90.0}
NOWHERE = "postgresql://trader@127.0.0.1:1/none"

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
    plan = _done(wb)
    return (record_run(plan, wb._session.records, progress=False)[0] for _ in count())


def deliveries(wb: Workbench) -> Iterator[Record]:
    """Three runs that find no database and wait, and the delivery of all that wait."""
    plan = _done(wb)
    nowhere = Database(Settings(home=wb.where.home, database_url=NOWHERE))
    away = SafeRecords(nowhere, wb.where.outbox, lambda text: None)

    def go_on() -> Iterator[Record]:
        while True:
            for _ in range(3):
                yield record_run(plan, away, progress=False)[0]
            away._held.clear()
            wb._session.records.deliver()

    return go_on()


def _done(wb: Workbench) -> Plan:
    """A plan whose work has been done: to execute it is to have its result."""
    asked: dict[str, Any] = {"instrument": "ACME.TEST", "bar": None, "start": None, "end": None, "risk_free": 0.0}
    plan = plan_of_arguments(wb._session, SCRIPT, **asked, params={"orders": ORDERS}, terms=Terms(capital=10_000))
    result = plan.work(None)
    return replace(plan, work=lambda progress: result)
