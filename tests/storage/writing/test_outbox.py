"""FR-001, §5.8: the database away is not a lost run."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.stories.test_record import CLOSES, SCRIPT, import_closes, run_script
from tests.support import user_strategies
from tests.support.listening import Listening
from tests.support.plausible import varied, write
from workbench import Status, Workbench
from workbench.config import sha256
from workbench.errors import DatabaseUnavailable, InvalidInput, OutboxUnavailable, RunFailed
from workbench.settings import Settings
from workbench.storage.server import embedded
from workbench.storage.writing.messages import from_text

NOWHERE = "postgresql://trader:hunter2@127.0.0.1:1/none"


@pytest.fixture(scope="module")
def stoppable() -> Iterator[tuple[Path, str]]:
    """A server that a test may stop: its folder, and its address as that of a server that nobody starts for us."""
    folder = Path(tempfile.mkdtemp(prefix="workbench-test-away-"))
    try:
        yield folder / "postgres", embedded.start(folder / "postgres")
    finally:
        embedded.stop(folder / "postgres")
        shutil.rmtree(folder)


@pytest.fixture
def away(stoppable: tuple[Path, str], tmp_path: Path) -> Iterator[Listening]:
    """A workbench on that server, which is there now; what it says is in `said`."""
    embedded.start(stoppable[0])
    workbench = Listening(Settings(home=tmp_path / "home", database_url=stoppable[1]))
    workbench._session.database.upgrade()
    for run_id in workbench.history(limit=1000)["run_id"]:
        workbench.delete(run_id)
    import_closes(workbench, tmp_path, CLOSES)
    yield workbench
    workbench.close()


def stop(stoppable: tuple[Path, str]) -> None:
    embedded.stop(stoppable[0])


def waiting(wb: Workbench) -> list[Path]:
    return wb._session.records.outbox.waiting()


def test_a_run_goes_on_without_its_database_and_is_stored_by_the_next_connection(
    away: Listening, stoppable: tuple[Path, str]
) -> None:
    stop(stoppable)
    away.close()
    run = run_script(away, {"1": 90, "7": -90})
    assert run.status is Status.COMPLETED
    assert "waiting for the database" in str(run)
    # whoever holds the run has all of it
    assert run.equity()["equity"].tolist() == [10_000, 10_000, 10_900, 11_800, 6_400, 8_200, 10_000, 10_000]
    assert len(run.trades()) == 1
    assert len(run.fills()) == 2
    assert run.source.startswith('"""Strategies as a user writes them')
    assert run.config.strategy.path == SCRIPT
    known = away.status()
    assert (known["waiting"], known["runs"]) == (1, {})
    assert "cannot be reached" in known["database"]
    embedded.start(stoppable[0])
    # another process, or this one after a while
    later = Workbench(away.where)
    said: list[str] = []
    later.tell = said.append
    stored = later.get(run.id)
    assert (stored.record, stored.config, stored.sources) == (run.record, run.config, run.sources)
    assert stored.equity().equals(run.equity())
    assert stored.trades().equals(run.trades())
    assert later._session.records.environment(run.record.run_id)["python"]
    assert said == ["1 run that waited is stored now."]
    assert (later.status()["waiting"], waiting(later)) == (0, [])
    assert run.verdict is None
    later.close()


def test_a_database_that_goes_during_the_work_loses_nothing(away: Listening, stoppable: tuple[Path, str]) -> None:
    user_strategies.CALLED["away"] = lambda: stop(stoppable)
    run = run_script(away, {"1": 90}, call_on=4, note="away")
    assert run.status is Status.COMPLETED
    assert len(waiting(away)) == 1
    said = "\n".join(away.said)
    assert f"Run {run.id} waits in" in said
    embedded.start(stoppable[0])
    # the row of the start is there already, and is finished once
    assert away.get(run.id).metrics == run.metrics
    assert away.history()["status"].tolist() == ["completed"]
    assert waiting(away) == []


def test_a_failed_run_waits_with_its_trace(away: Listening, stoppable: tuple[Path, str]) -> None:
    stop(stoppable)
    away.close()
    with pytest.raises(RunFailed) as failed:
        run_script(away, {}, raise_on=3)
    embedded.start(stoppable[0])
    stored = away.get(failed.value.run.id)
    assert stored.error is not None
    assert "boom on bar 3" in stored.error.trace
    assert stored == failed.value.run


def test_runs_are_stored_in_the_order_in_which_they_were_made(away: Listening, stoppable: tuple[Path, str]) -> None:
    stop(stoppable)
    away.close()
    runs = [run_script(away, {}, note=str(number)) for number in range(5)]
    assert len(waiting(away)) == 5
    embedded.start(stoppable[0])
    away.history()
    with psycopg.connect(stoppable[1]) as connection:
        # one transaction each, numbered as they came
        rows = connection.execute(
            "select run_id::text from workbench.backtest_runs order by xmin::text::bigint"
        ).fetchall()
    assert [run_id for (run_id,) in rows] == [run.id for run in runs]


def test_a_process_that_dies_half_way_stores_nothing_twice(away: Listening, stoppable: tuple[Path, str]) -> None:
    stop(stoppable)
    away.close()
    run = run_script(away, {"1": 90})
    (file,) = waiting(away)
    copy = file.read_bytes()
    embedded.start(stoppable[0])
    assert len(away.history()) == 1
    # it died after the transaction and before the file was gone
    file.write_bytes(copy)
    again = Workbench(away.where)
    assert len(again.history()) == 1
    assert again.get(run.id) == run
    assert waiting(again) == []
    again.close()


def test_two_processes_that_connect_together_store_each_run_once(
    away: Listening, stoppable: tuple[Path, str], tmp_path: Path
) -> None:
    stop(stoppable)
    away.close()
    runs = {run_script(away, {}, note=str(number)).id for number in range(10)}
    embedded.start(stoppable[0])
    program = textwrap.dedent("""
        import sys; from pathlib import Path
        from workbench import Workbench; from workbench.settings import Settings
        print(len(Workbench(Settings(home=Path(sys.argv[1]), database_url=sys.argv[2])).history(frame="polars")))
    """)
    order = [sys.executable, "-c", program, str(away.where.home), str(away.where.database_url)]
    both = [subprocess.Popen(order, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    for process in both:
        assert process.stdout is not None
        process.stdout.close()
    assert set(away.history()["run_id"]) == runs
    assert waiting(away) == []


def test_a_process_killed_in_a_run_without_a_database_leaves_an_interrupted_one(
    away: Listening, stoppable: tuple[Path, str]
) -> None:
    stop(stoppable)
    program = textwrap.dedent(f"""
        import sys; from pathlib import Path
        from workbench import Workbench; from workbench.settings import Settings
        wb = Workbench(Settings(home=Path(sys.argv[1]), database_url=sys.argv[2]))
        wb.run({SCRIPT!r}, instrument="ACME.TEST", hang_on=3, progress=False)
    """)
    order = [sys.executable, "-c", program, str(away.where.home), str(away.where.database_url)]
    with subprocess.Popen(order, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while "hanging" not in process.stdout.readline():
            assert process.poll() is None
        embedded.start(stoppable[0])
        # it is alive: nobody else touches it
        assert len(away.history()) == 0
        assert len(waiting(away)) == 1
        process.send_signal(signal.SIGKILL)
    later = Workbench(away.where)
    (status,) = later.history()["status"]
    assert status == "interrupted"
    assert later.get(later.history()["run_id"].item()).params["hang_on"] == 3
    assert waiting(later) == []
    later.close()


def test_a_database_that_is_away_for_several_runs_is_away_for_each(
    away: Listening, stoppable: tuple[Path, str]
) -> None:
    run_script(away, {})
    stop(stoppable)
    # the first finds the connection dead that the one before it left, the others find nobody to connect to
    runs = [run_script(away, {}, note=str(number)) for number in range(3)]
    assert [away._session.records.place(run.record.run_id) for run in runs] == ["waiting for the database"] * 3
    embedded.start(stoppable[0])
    assert len(away.history()) == 4


def test_what_a_killed_process_had_not_written_yet_is_removed_and_what_a_living_one_has_is_not(
    away: Listening, stoppable: tuple[Path, str]
) -> None:
    folder = away._session.records.outbox.folder
    folder.mkdir(parents=True)
    dead, living = (folder / f"20260101T000000.000000-{name}.alive" for name in ("dead", "living"))
    for lock in (dead, living):
        lock.touch()
        lock.with_suffix(".part").write_text("{")
    with living.open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        away._session.records.deliver()
        left = {file.name for file in folder.glob("2026*")}
    assert left == {living.name, living.with_suffix(".part").name}


def test_where_nothing_can_be_written_no_work_begins(away: Listening, stoppable: tuple[Path, str]) -> None:
    stop(stoppable)
    away.close()
    block(away)
    with pytest.raises(OutboxUnavailable, match=r"cannot wait for it either: .* Nothing was run\."):
        run_script(away, {"1": 90})
    assert isinstance(OutboxUnavailable("x"), OSError)


def test_a_disk_that_is_full_at_the_end_leaves_the_result_in_hand_and_is_tried_again(
    away: Listening, stoppable: tuple[Path, str]
) -> None:
    def gone() -> None:
        stop(stoppable)
        block(away)

    user_strategies.CALLED["gone"] = gone
    run = run_script(away, {"1": 90}, call_on=4, note="gone")
    assert "not saved" in str(run)
    assert len(run.equity()) == 8
    assert any("could not be saved anywhere" in text for text in away.said)
    embedded.start(stoppable[0])
    assert away.get(run.id) == run
    assert "; saved" in str(run)


def block(wb: Workbench) -> None:
    """A file where the outbox's folder would be: the same as a full or read-only disk, for root too."""
    folder = wb._session.records.outbox.folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("")


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"version": 99}', '{"version": 1}', "\x00" * 100, "[" * 100_000])
def test_a_damaged_file_is_set_aside_and_the_others_are_stored(
    away: Listening, stoppable: tuple[Path, str], damage: str
) -> None:
    stop(stoppable)
    away.close()
    run = run_script(away, {"1": 90})
    (waits,) = waiting(away)
    bad = waits.with_name("20000101T000000.000000-bad.json")
    bad.write_text(damage)
    embedded.start(stoppable[0])
    assert away.history()["run_id"].tolist() == [run.id]
    assert (away.status()["waiting"], away.status()["refused"]) == (0, 1)
    assert bad.with_suffix(".refused").read_text() == damage


@pytest.mark.parametrize(
    ("where", "value"),
    [(("fingerprint", "setup"), "no digest"), (("record", "initial_capital"), "-1"), (("record", "currency"), "\x00")],
)
def test_a_run_that_no_database_would_have_does_not_keep_the_others_waiting(
    away: Listening, stoppable: tuple[Path, str], where: tuple[str, str], value: str
) -> None:
    stop(stoppable)
    away.close()
    bad, good = (run_script(away, {"1": 90}, note=note) for note in ("bad", "good"))
    file = waiting(away)[0]
    raw = json.loads(file.read_text())
    raw[where[0]][where[1]] = value
    file.write_text(json.dumps(raw))
    away.close()
    embedded.start(stoppable[0])
    assert away.history()["run_id"].tolist() == [good.id]
    assert (away.status()["waiting"], away.status()["refused"]) == (0, 1)
    assert bad.id in file.with_suffix(".refused").read_text()


def test_a_run_waits_for_the_database_it_was_meant_for(fresh_wb: Workbench, tmp_path: Path, database_url: str) -> None:
    import_closes(fresh_wb, tmp_path, CLOSES)
    elsewhere = Workbench(Settings(home=fresh_wb.where.home, database_url=NOWHERE))
    elsewhere.tell = lambda text: None
    run_script(elsewhere, {})
    fresh_wb.close()
    assert len(fresh_wb.history()) == 0
    (name,) = fresh_wb.status()["waiting_elsewhere"]
    assert name.startswith("127.0.0.1-1-none-")
    assert elsewhere.status()["waiting"] == 1


def test_a_run_waits_for_the_login_that_made_it(away: Listening, stoppable: tuple[Path, str]) -> None:
    url = stoppable[1]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create role second_login superuser login")
    second = Workbench(Settings(home=away.where.home, database_url=url.replace("postgres@", "second_login@")))
    second.tell = lambda text: None
    stop(stoppable)
    away.close()
    theirs, old, ours = (run_script(wb, {}, note=note) for wb, note in ((second, "a"), (away, "b"), (away, "c")))
    file = waiting(away)[0]
    # earlier versions did not say whom a run is for
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith(' "login"')))
    embedded.start(stoppable[0])
    assert set(away.history()["run_id"]) == {old.id, ours.id}
    folder = away._session.records.outbox.folder.name
    known = away.status()
    assert (known["waiting"], known["waiting_elsewhere"]) == (0, {f"{folder}, login second_login": 1})
    assert (len(waiting(second)), len(second.history()), len(waiting(second))) == (1, 3, 0)
    recorded_by = [away.get(run.id).record.recorded_by for run in (theirs, old, ours)]
    assert recorded_by == ["second_login", "postgres", "postgres"]
    second.close()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("drop role second_login")


@pytest.mark.parametrize(
    ("url", "login"),
    [
        ("postgresql://alice:secret@desk/workbench", "alice"),
        ("postgresql://al%40ice@desk/workbench", "al@ice"),
        ("postgresql://desk/workbench?user=alice", "alice"),
        ("postgresql://desk/workbench", "bob"),
        ("postgresql://[::1/workbench", None),
        (None, None),
    ],
)
def test_the_login_is_that_of_the_address_or_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, url: str | None, login: str | None
) -> None:
    monkeypatch.setenv("PGUSER", "bob")
    assert Settings(home=Path(), database_url=url).login == login


def test_what_waits_is_readable_and_has_no_password(fresh_wb: Workbench, tmp_path: Path) -> None:
    import_closes(fresh_wb, tmp_path, CLOSES)
    elsewhere = Workbench(Settings(home=fresh_wb.where.home, database_url=NOWHERE))
    said: list[str] = []
    elsewhere.tell = said.append
    run = run_script(elsewhere, {"1": 90})
    (file,) = waiting(elsewhere)
    raw = json.loads(file.read_text())
    assert (raw["version"], raw["record"]["run_id"], raw["ending"]["status"]) == (1, run.id, "completed")
    assert "hunter2" not in "".join([file.read_text(), str(file), *said])
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0


def test_a_question_that_guards_against_duplicates_is_not_skipped_in_silence(
    fresh_wb: Workbench, tmp_path: Path
) -> None:
    import_closes(fresh_wb, tmp_path, CLOSES)
    elsewhere = Workbench(Settings(home=fresh_wb.where.home, database_url=NOWHERE))
    for behaviour in ("raise", "reuse"):
        with pytest.raises(DatabaseUnavailable):
            run_script(elsewhere, {}, on_duplicate=behaviour)
    assert elsewhere.status()["waiting"] == 0


def test_a_wrong_address_is_refused_and_does_not_wait(fresh_wb: Workbench, tmp_path: Path) -> None:
    import_closes(fresh_wb, tmp_path, CLOSES)
    wrong = Workbench(Settings(home=fresh_wb.where.home, database_url="mysql://u:hunter2@h/d"))
    with pytest.raises(InvalidInput):
        run_script(wrong, {})


def test_all_kinds_of_runs_are_the_same_after_the_way_through_a_file(
    away: Listening, stoppable: tuple[Path, str]
) -> None:
    stop(stoppable)
    away.close()
    written = [write(away._session.records, made) for made in varied(range(40))]
    texts = [file.read_text() for file in waiting(away)]
    read = {start.record.run_id: ending for start, ending in (from_text(text, sha256) for text in texts)}
    for record in written:
        ending = read[record.run_id]
        assert ending is not None
        assert (ending.status, ending.metrics) == (record.status, record.metrics)
    embedded.start(stoppable[0])
    away.history()
    for record in written:
        stored: Any = away._session.records.get(record.run_id)
        assert (stored.status, stored.metrics, stored.params) == (record.status, record.metrics, record.params)


def test_the_home_may_be_long_and_in_any_script(stoppable: tuple[Path, str], tmp_path: Path) -> None:
    home = tmp_path / ("Ünïcode home 市场 " + "x" * 150)
    wb = Workbench(Settings(home=home, database_url=NOWHERE))
    wb.tell = lambda text: None
    import_closes(wb, tmp_path, CLOSES)
    run = run_script(wb, {"1": 90})
    assert wb.status()["waiting"] == 1
    assert len(run.equity()) == 8
    assert len(os.fsencode(home)) > 150
