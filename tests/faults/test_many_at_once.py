"""Many that save at once."""

from __future__ import annotations

import time

import pytest

from tests.faults.conftest import SAVES, Lab, count, verify
from tests.faults.worker import saves

PROCESSES = 8


def timed(lab: Lab, processes: int) -> float:
    """Seconds from the start of all to the end of the last."""
    lab.workers.clear()
    go = lab.place.enough.with_name("go")
    go.unlink(missing_ok=True)
    workers = [lab.start(saves, go=go, most=SAVES) for _ in range(processes)]
    began = time.perf_counter()
    go.touch()
    for worker in workers:
        worker.wait()
        assert worker.process.exitcode == 0
        assert len(worker.told) == SAVES
    return time.perf_counter() - began


@pytest.mark.timeout(1800)
def test_all_that_is_saved_at_once_is_there_once_and_nobody_waits_for_ever(quiet: Lab) -> None:
    alone = timed(quiet, 1)
    together = timed(quiet, PROCESSES)
    found = verify(quiet.place.settings, [])
    assert (found.completed, found.interrupted) == ((PROCESSES + 1) * SAVES, 0)
    wb = quiet.place.workbench()
    deadlocks = "select deadlocks from pg_stat_database where datname = current_database()"
    assert count(wb, deadlocks) == 0
    wb.close()
    speeds = f"{SAVES / alone:,.0f} saves a second alone, {PROCESSES * SAVES / together:,.0f} together"
    print(f"\n{PROCESSES} x {SAVES}: {together:.1f} s, one process {alone:.1f} s; {speeds}")
