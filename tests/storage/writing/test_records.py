"""Ids, prefixes, deletion, and runs whose process is gone."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import psycopg
import pytest

from tests.support.stretches import Stretch
from tests.support.user_strategies import cut_connections
from tests.support.waiting import eventually
from workbench import Run, Workbench
from workbench.errors import AmbiguousRunId, DatabaseUnavailable, InvalidInput, RunNotFound
from workbench.settings import Settings

SCRIPT = "tests.support.user_strategies:Script"


@pytest.fixture
def run(wb: Workbench) -> Run:
    return wb.run(SCRIPT, instrument="AAPL", start="2012-01-03", end="2012-03-01", orders={"1": 10}, progress=False)


def test_a_run_is_found_by_any_unique_start_of_its_id(wb: Workbench, run: Run) -> None:
    for length in (1, 8, 13, 36):
        assert wb.get(run.id[:length]) == run
    assert wb.get(run.id.upper().replace("-", "")) == run
    assert wb.get(f" {run.id[:9]} ") == run
    assert wb.get(run) == run


@pytest.mark.parametrize(
    "wrong", ["", "  ", "xyz", "12345678-1234-1234-1234-123456789abcdef", "%", "' or 1=1 --", "é", "\x00", "-" * 5]
)
def test_an_id_that_is_none_is_refused_and_named(wb: Workbench, run: Run, wrong: str) -> None:
    with pytest.raises(RunNotFound, match=r"wb\.history\(\)"):
        wb.get(wrong)


def test_an_unknown_id_is_named_with_what_to_type(wb: Workbench, run: Run) -> None:
    unknown = "0" if not run.id.startswith("0") else "1"
    for verb in (wb.get, wb.details, wb.delete, wb.plot.equity):
        with pytest.raises(RunNotFound, match=rf"'{unknown}'.*wb\.history\(\)"):
            verb(unknown)


def test_an_ambiguous_start_names_the_candidates(wb: Workbench) -> None:
    day: Stretch = {"instrument": "AAPL", "start": "2012-01-03", "end": "2012-01-03", "progress": False}
    # 17 runs cannot all start with different digits
    ids = [wb.run(SCRIPT, **day).id for _ in range(17)]
    first = next(one[0] for one in ids if sum(other[0] == one[0] for other in ids) > 1)
    same = sorted(one for one in ids if one[0] == first)
    with pytest.raises(AmbiguousRunId) as caught:
        wb.get(first)
    assert caught.value.candidates == same
    assert all(one in str(caught.value) for one in same)


def test_a_deleted_run_is_gone_and_so_are_its_files(
    wb: Workbench, run: Run, sql_connection: psycopg.Connection
) -> None:
    wb.delete(run.id)
    with pytest.raises(RunNotFound):
        wb.get(run.id)
    for table in (
        "backtest_runs",
        "run_results",
        "performance_metrics",
        "run_configs",
        "config_bases",
        "config_sources",
        "source_files",
    ):
        assert sql_connection.execute(f"select count(*) from {table}".encode()).fetchone() == (0,)


def test_equal_configurations_and_sources_are_stored_once(wb: Workbench, sql_connection: psycopg.Connection) -> None:
    for _ in range(3):
        wb.run("momentum", instrument="IBM", end="2001-01-02", progress=False)
    assert sql_connection.execute("select count(*) from run_configs").fetchone() == (1,)
    assert sql_connection.execute(
        "select count(distinct (setup_sha256, code_sha256, data_sha256)) from backtest_runs"
    ).fetchone() == (1,)


def test_a_new_process_finds_the_same_runs(wb: Workbench, run: Run, home: Path, database_url: str) -> None:
    other = Workbench(Settings(home=home, database_url=database_url))
    assert other.get(run.id) == run
    assert other.get(run.id).config == run.config
    assert other.get(run.id).equity().equals(run.equity())
    other.close()


KILLED = """
    import sys
    from pathlib import Path
    from workbench import Workbench
    from workbench.settings import Settings

    wb = Workbench(Settings(home=Path(sys.argv[1]), database_url=sys.argv[2]))
    wb.run("tests.support.user_strategies:Script", instrument="AAPL", hang_on=5, note="killed", progress=False)
"""


def test_a_run_whose_process_was_killed_shows_as_interrupted(wb: Workbench, home: Path, database_url: str) -> None:
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(home), database_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "hanging\n"
        alive = wb.history()
        assert alive["status"].tolist() == ["running"]
        assert wb.history(status="interrupted").empty
        process.kill()
        process.wait()
    eventually(lambda: wb.history(status="running").empty)  # the server notices the closed socket in its own time
    assert wb.history(status="interrupted")["run_id"].tolist() == alive["run_id"].tolist()
    run = wb.get(alive["run_id"].item())
    assert (run.status.value, run.params["note"], run.duration) == ("interrupted", "killed", None)
    assert len(run.equity()) == len(run.trades()) == 0
    assert wb.status()["runs"] == {"running": 0, "completed": 0, "failed": 0, "interrupted": 1}
    wb.delete(run)
    assert wb.history().empty


def test_losing_the_connection_during_the_work_loses_no_run(wb: Workbench, database_url: str) -> None:
    run = wb.run(SCRIPT, instrument="AAPL", orders={"1": 10}, cut_on=5, url=database_url, progress=False)
    assert wb.get(run.id).metrics == run.metrics
    assert wb.history()["status"].tolist() == ["completed"]


def test_a_read_survives_a_restart_of_the_server(wb: Workbench, run: Run, database_url: str) -> None:
    assert len(wb.history()) == 1
    cut_connections(database_url)
    assert len(wb.history()) == 1


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://trader:hunter2@127.0.0.1:1/none",
        "postgresql://trader:hunter2@no-such-host.invalid/none",
    ],
)
def test_an_unreachable_server_is_an_error_without_the_password(tmp_path: Path, url: str) -> None:
    workbench = Workbench(Settings(home=tmp_path, database_url=url))
    with pytest.raises(DatabaseUnavailable) as caught:
        workbench.history()
    shown = f"{caught.value}{caught.value.__cause__}{workbench!r}"
    assert "hunter2" not in shown
    assert "DATABASE_URL" in shown


@pytest.mark.parametrize("url", ["mysql://u:hunter2@h/d", "hunter2", "sqlite:///x", ":// hunter2"])
def test_a_url_that_is_not_postgresql_is_refused_without_showing_it(tmp_path: Path, url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Workbench(Settings(home=tmp_path, database_url=url)).history()
    assert "hunter2" not in str(caught.value)


def test_a_forked_child_uses_connections_of_its_own(wb: Workbench, run: Run) -> None:
    if not hasattr(os, "fork"):
        pytest.skip("this platform has no fork")
    code = textwrap.dedent(f"""
        import os
        from pathlib import Path
        from workbench import Workbench
        from workbench.settings import Settings
        wb = Workbench(Settings(home=Path({str(wb.where.home)!r}), database_url={wb.where.database_url!r}))
        # not a frame: polars itself does not survive a fork
        assert wb.get({run.id!r}).status == "completed"
        pid = os.fork()
        assert wb.get({run.id!r}).status == "completed"
        if pid == 0:
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert wb.get({run.id!r}).status == "completed"
    """)
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=60)
