"""A home in any place, under kills that take its embedded server with them."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import KILLS, SEED, Lab, verify
from tests.faults.worker import Place, runs
from tests.stories.test_record import CLOSES, import_closes
from workbench.settings import Settings
from workbench.storage.server import embedded

NAMES = {
    "spaces and quotes": "my 'work' \"bench\", and more",
    "Unicode": "Übung 市场 🦉",
    "200 characters": "x" * 200,
}


@pytest.fixture(params=NAMES)
def anywhere(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A lab of the embedded database in a home of such a name."""
    folder = Path(tempfile.mkdtemp(prefix="wb-faults-"))
    home = folder / NAMES[request.param]
    place = Place(settings=Settings(home=home), enough=folder / "enough")
    wb = place.workbench()
    import_closes(wb, folder, CLOSES)
    made = Lab(place=place, folder=home / "postgres", url="", chance=random.Random(SEED))
    try:
        yield made
    finally:
        for worker in made.workers:
            worker.kill() if worker.process.is_alive() else None
        embedded.stop(home / "postgres")
        shutil.rmtree(folder)


@pytest.mark.timeout(1800)
def test_a_killed_process_and_its_server_lose_nothing_wherever_the_home_is(anywhere: Lab) -> None:
    kills = max(KILLS // 5, 1)
    for _ in range(kills):
        # the only user of the server, which therefore goes with it; the next one starts it again
        worker = anywhere.start(runs)
        worker.live(anywhere.chance.uniform(0, 0.5), first=True)
        worker.kill()
    told = anywhere.told()
    found = verify(anywhere.place.settings, told)
    assert found.completed >= len(told) > 0
    assert found.completed - len(told) + found.interrupted <= kills
    assert len(os.fsencode(anywhere.place.settings.home)) < 256
    print(f"\n{kills} kills with the server: {len(told)} told, {found}")
