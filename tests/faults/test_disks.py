"""A disk that is full and one that cannot be written, both real: a small one of memory, mounted for the test."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.conftest import EQUITY, verify
from tests.faults.worker import NOWHERE, ORDERS
from tests.stories.test_record import CLOSES, import_closes, run_script
from tests.support import user_strategies
from tests.support.listening import Listening
from workbench import Run, Workbench
from workbench.errors import OutboxUnavailable
from workbench.settings import Settings
from workbench.storage.server import embedded

type Disk = Callable[[int], Path]
PAGE = 4096


@pytest.fixture
def disk() -> Iterator[Disk]:
    """Mounts an empty disk of so many megabytes."""
    mounted: list[Path] = []

    def mount(megabytes: int) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="wb-disk-"))
        order = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(folder)]
        done = subprocess.run(order, capture_output=True, text=True, check=False) if os.geteuid() == 0 else None
        if done is None or done.returncode:
            folder.rmdir()
            pytest.skip(
                "to mount a small disk needs root: " + (done.stderr.strip() if done else "this is another user")
            )
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        gone_by = time.monotonic() + 60
        while subprocess.run(["umount", str(folder)], capture_output=True, check=False).returncode:
            assert time.monotonic() < gone_by, f"{folder} is busy"
            time.sleep(0.05)  # the last process of a server that was stopped there is ending
        folder.rmdir()


def fill(folder: Path) -> Path:
    """A file that leaves not one page."""
    ballast = folder / "ballast"
    with ballast.open("ab", buffering=0) as file, suppress(OSError):
        for size in (1 << 20, PAGE):
            with suppress(OSError):
                while file.write(b"x" * size) == size:
                    pass
    return ballast


def read_only(folder: Path, *, on: bool) -> None:
    subprocess.run(["mount", "-o", f"remount,{'ro' if on else 'rw'}", str(folder)], check=True)


def workbench(home: Path, url: str | None) -> Listening:
    return Listening(Settings(home=home, database_url=url))


def during(note: str, what: Callable[[], object]) -> dict[str, object]:
    """Arguments of a run in whose middle something happens."""
    user_strategies.CALLED[note] = what
    return {"call_on": 4, "note": note}


def in_hand(run: Run) -> bool:
    return bool(run.equity()["equity"].tolist() == EQUITY)


def left(wb: Workbench) -> list[str]:
    """What lies in the outbox, but for its lock."""
    return sorted(file.name for file in wb.where.outbox.glob("*") if file.name != ".delivering")


def test_without_a_database_and_without_room_no_work_begins_and_nothing_is_left(disk: Disk, tmp_path: Path) -> None:
    wb = workbench(disk(4) / "home", NOWHERE)
    import_closes(wb, tmp_path, CLOSES)
    run_script(wb, {})
    before = left(wb)
    fill(wb.where.home.parent)
    with pytest.raises(OutboxUnavailable, match=r"No space left on device\. Nothing was run\."):
        run_script(wb, ORDERS, raise_on=1)
    assert left(wb) == before


def test_a_disk_that_fills_during_the_work_leaves_the_result_in_hand_until_there_is_room(
    disk: Disk, tmp_path: Path, database_url: str
) -> None:
    wb = workbench(disk(4) / "home", NOWHERE)
    import_closes(wb, tmp_path, CLOSES)
    ballast: list[Path] = []
    run = run_script(wb, ORDERS, **during("full", lambda: ballast.append(fill(wb.where.home.parent))))
    assert in_hand(run)
    # the mark of its start is on the disk, its end in this session alone
    assert "could not be saved anywhere" in wb.said[-1]
    ballast[0].unlink()
    again = run_script(wb, {})
    assert again.id != run.id
    assert len(wb._session.records.outbox.waiting()) == 2
    assert (in_hand(run), wb._session.records.place(run.record.run_id)) == (True, "waiting for the database")


def test_a_full_disk_under_the_embedded_database_loses_nothing_that_was_saved(disk: Disk, tmp_path: Path) -> None:
    """Data folder, catalog and outbox on one disk of 128 MB, as on a laptop."""
    home = disk(128) / "home"
    wb = workbench(home, None)
    try:
        import_closes(wb, tmp_path, CLOSES)
        saved = run_script(wb, ORDERS)
        ballast = fill(home.parent)
        told: list[Run] = [saved]
        refused = 0
        for number in range(40):
            try:
                told.append(run_script(wb, ORDERS, note=f"{number} " + os.urandom(20_000).hex()))
            except OutboxUnavailable:
                refused += 1
        assert refused
        for run in told:
            assert in_hand(run)
        ballast.unlink()
        after = run_script(wb, ORDERS)
        assert (in_hand(after), wb._session.records.place(after.record.run_id)) == (True, "saved")
        wb.close()
        found = verify(wb.where, [run.record for run in (*told, after)])
        assert found.completed == len(told) + 1
    finally:
        wb.close()
        embedded.stop(home / "postgres")


def test_a_disk_that_cannot_be_written_begins_no_work_and_keeps_no_one_from_reading(
    disk: Disk, tmp_path: Path, database_url: str
) -> None:
    home = disk(4) / "home"
    away = workbench(home, NOWHERE)
    import_closes(away, tmp_path, CLOSES)
    waits = run_script(away, ORDERS)
    there = workbench(home, database_url)
    # what waited for one database waits for another, which is there
    away.where.outbox.rename(there.where.outbox)
    read_only(home.parent, on=True)
    with pytest.raises(OutboxUnavailable, match=r"Read-only file system\. Nothing was run\."):
        run_script(away, ORDERS)
    assert there.history().empty
    run = run_script(there, ORDERS)
    assert (in_hand(run), there._session.records.place(run.record.run_id)) == (True, "saved")
    assert there.status()["waiting"] == 1
    read_only(home.parent, on=False)
    there.close()
    assert set(there.history()["run_id"]) == {run.id, waits.id}
    assert left(there) == []
    there.close()
