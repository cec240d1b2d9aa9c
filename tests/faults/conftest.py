"""The record under faults: real processes, real signals, a real PostgreSQL that waits for the disk.

How much is done is said by one number, the kills of each kind::

    FAULTS=200 python -m pytest tests/faults -s      200 kills of each kind, 50 stops, 8 x 250 saves
    FAULTS_SEED=7 …                                  other moments; a failure names its seed

Without it there are 10 kills, 2 stops and 8 x 12 saves.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import psycopg
import pytest

from tests.faults.worker import Job, Place, work
from tests.stories.test_record import CLOSES, import_closes
from workbench import Workbench
from workbench.runs import Record, Status
from workbench.settings import Settings
from workbench.storage import Database
from workbench.storage.server import embedded
from workbench.storage.upkeep.check import Checkup

KILLS = int(os.environ.get("FAULTS", "10"))
STOPS, SAVES = max(KILLS // 4, 2), KILLS * 5 // 4
SEED = int(os.environ.get("FAULTS_SEED", "1"))

EQUITY = [10_000, 10_000, 10_900, 11_800, 6_400, 8_200, 10_000, 10_000]
"""90 bought at 100 of 10,000 USD leave 1,000; at 110, 120, 60, 80 and 100 they are worth 9,900 … 9,000 beside it."""

# a child of this server has imported everything, and has no thread, socket or lock of the test's own process
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        "tests.faults.worker",
        "tests.support.user_strategies",
        "workbench.plans.from_run_config",
        "workbench.engine.nautilus1.native",
        "polars",
    ]
)


@dataclass(slots=True)
class Worker:
    """A process at work, and what it has told so far."""

    process: Any
    said: Connection
    told: list[Record] = field(default_factory=list)

    def listen(self) -> None:
        """Take in what it has said. A word that was cut short was not told."""
        try:
            while self.said.poll():
                word = self.said.recv()
                assert not isinstance(word, str), word
                self.told.append(word)
        except (EOFError, OSError):
            return

    def live(self, seconds: float, *, first: bool) -> None:
        """Let it go on for so long; with `first`, from the moment on at which it has told its first run."""
        if first:
            assert self.said.poll(60), "the worker tells nothing"
        time.sleep(seconds)
        self.listen()

    def kill(self) -> None:
        """End it as power and memory do: at once."""
        self.process.kill()
        self.wait()

    def wait(self) -> None:
        """Wait for its end and hear its last words."""
        while self.process.is_alive():
            self.process.join(0.02)
            self.listen()  # a full pipe would keep it waiting
        self.listen()
        self.said.close()


@dataclass(slots=True)
class Lab:
    """A server that may be ended, and a home with eight bars."""

    place: Place
    folder: Path
    url: str
    chance: random.Random
    workers: list[Worker] = field(default_factory=list)

    def start(self, job: Job, *, go: Path | None = None, most: int | None = None) -> Worker:
        """Start a process and wait until it is about to begin."""
        ours, theirs = FORKS.Pipe(duplex=False)
        place = Place(settings=self.place.settings, enough=self.place.enough, go=go, most=most)
        process = FORKS.Process(target=work, args=(place, job, theirs))
        process.start()
        theirs.close()
        worker = Worker(process, ours)
        self.workers.append(worker)
        assert ours.poll(60), "the worker does not start"
        assert (word := ours.recv()) == "ready", word
        return worker

    def told(self) -> list[Record]:
        """All that was told by all workers, in no order."""
        return [record for worker in self.workers for record in worker.told]

    def server(self) -> psutil.Process:
        """The server's first process."""
        return psutil.Process(int((self.folder / "postmaster.pid").read_text().partition("\n")[0]))

    def stop_at_once(self) -> None:
        """PostgreSQL's immediate mode: nothing is written any more, as in a power cut of its own."""
        server = self.server()
        family = [server, *server.children()]
        server.send_signal(signal.SIGQUIT)
        psutil.wait_procs(family, timeout=30)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    folder = Path(tempfile.mkdtemp(prefix="wb-faults-"))
    url = embedded.start(folder / "postgres")
    place = Place(settings=Settings(home=folder / "home", database_url=url), enough=folder / "enough")
    Database(place.settings).upgrade()
    wb = place.workbench()
    import_closes(wb, folder, CLOSES)
    made = Lab(place=place, folder=folder / "postgres", url=url, chance=random.Random(SEED))
    with psycopg.connect(url) as connection:
        assert connection.execute("show fsync").fetchone() == ("on",)
    wb.close()
    try:
        yield made
    finally:
        for worker in made.workers:
            worker.kill() if worker.process.is_alive() else None
        embedded.stop(folder / "postgres")
        shutil.rmtree(folder)


@pytest.fixture
def quiet(lab: Lab) -> Iterator[Lab]:
    """The lab with an empty record and no worker."""
    wb = lab.place.workbench()
    wb.history(limit=1)
    with psycopg.connect(lab.url) as connection:
        connection.execute("delete from workbench.backtest_runs")
    lab.place.enough.unlink(missing_ok=True)
    lab.workers.clear()
    yield lab
    wb.close()


@dataclass(frozen=True, kw_only=True)
class Found:
    """How many runs of which end stand in the record."""

    completed: int
    interrupted: int


def verify(settings: Settings, told: Sequence[Record]) -> Found:
    """What every fault must leave: all that was told, whole, once; nothing half; the rest interrupted."""
    wb = Workbench(settings)
    wb.tell = lambda text: None
    ids = all_ids(wb)
    assert len(set(ids)) == len(ids)
    stored = {record.run_id: record for record in wb._session.records.get_all(ids)}
    lost = [record.run_id for record in told if record.run_id not in stored]
    assert not lost, f"{len(lost)} of {len(told)} told runs are lost (FAULTS_SEED={SEED}): {lost[:3]}"
    for record in told:
        assert stored[record.run_id] == record
    by_status = {status: [one for one in ids if stored[one].status is status] for status in Status}
    assert by_status[Status.RUNNING] == by_status[Status.FAILED] == []
    completed = by_status[Status.COMPLETED]
    for equity in wb._session.records.results(completed, "equity"):
        assert equity["equity"].to_pylist() == EQUITY
    assert len({stored[one].digest for one in completed}) == (1 if completed else 0)
    rows = f"select count(*) from {{}} where run_id = any('{{{{{','.join(map(str, completed))}}}}}')"
    for table in ("performance_metrics", "run_results"):
        assert count(wb, f"select count(*) from {table}") == count(wb, rows.format(table)) == len(completed)
    assert list(Checkup(wb._session.database).findings()) == []
    outbox = wb._session.records.outbox.folder
    assert [file.name for file in outbox.glob("*") if file.name != ".delivering"] == []
    wb.close()
    return Found(completed=len(completed), interrupted=len(by_status[Status.INTERRUPTED]))


def all_ids(wb: Workbench) -> list[UUID]:
    """The id of every run, once the server has noticed which processes are gone, and all that waited is stored."""
    gone_by = time.monotonic() + 60
    while True:
        wb._session.records.deliver()
        waits = wb._session.records.outbox.waiting()
        if (not waits and len(wb.history(status="running")) == 0) or time.monotonic() > gone_by:
            pages = list(wb.history_pages(frame="polars"))
            return [UUID(one) for page in pages for one in page["run_id"]]
        time.sleep(0.1)


def count(wb: Workbench, question: str) -> int:
    """One number by SQL."""

    def ask(connection: Any) -> int:
        return int(connection.execute(question).fetchone()[0])

    return wb._session.database.ask(ask)
