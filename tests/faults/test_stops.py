"""The server ended in immediate mode under those who write, and started again."""

from __future__ import annotations

import time

import pytest

from tests.faults.conftest import STOPS, Lab, verify
from tests.faults.worker import runs
from workbench.storage.server import embedded


@pytest.mark.timeout(1800)
def test_a_database_that_comes_and_goes_gets_every_run_once(quiet: Lab) -> None:
    workers = [quiet.start(runs) for _ in range(4)]
    for _ in range(STOPS):
        time.sleep(quiet.chance.uniform(0.05, 0.6))
        quiet.stop_at_once()
        for worker in workers:
            worker.listen()
            assert worker.process.is_alive()
        time.sleep(quiet.chance.uniform(0, 0.6))
        assert embedded.start(quiet.folder) == quiet.url
    time.sleep(0.3)
    quiet.place.enough.touch()
    for worker in workers:
        worker.wait()
        assert worker.process.exitcode == 0
    told = quiet.told()
    found = verify(quiet.place.settings, told)
    # nobody was killed, so that everybody told everything
    assert (found.completed, found.interrupted) == (len(told), 0)
    assert len(told) >= STOPS
    print(f"\n{STOPS} stops under 4 processes: {len(told)} told, {found}")
