"""A pooler before the server: one that gives every transaction another session is refused before any work begins."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.stories.test_record import CLOSES, import_closes, run_script
from tests.support import user_strategies
from tests.support.listening import Listening
from tests.support.poolers import PROGRAM, pooled
from workbench import Workbench
from workbench.errors import DatabasePooled
from workbench.settings import Settings
from workbench.storage import Database

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed")


def on(url: str, tmp_path: Path) -> Listening:
    return Listening(Settings(home=tmp_path / "home", database_url=url))


def occupy(url: str, sessions: int) -> None:
    """Leave the pooler with so many sessions of the server that are free."""
    connections = [psycopg.connect(url, autocommit=True) for _ in range(sessions)]
    for connection in connections:
        connection.pgconn.send_query(b"select pg_sleep(0.05)")
    for connection in connections:
        while connection.pgconn.get_result() is not None:
            pass
        connection.close()


@pytest.mark.parametrize(
    ("mode", "in_turn", "size", "free"),
    [
        ("transaction", False, 20, 0),
        ("transaction", False, 20, 3),
        ("transaction", True, 20, 2),
        ("transaction", True, 20, 3),
        ("transaction", False, 1, 0),
        ("statement", False, 20, 0),
    ],
)
def test_a_pooler_that_shares_sessions_is_refused_in_one_sentence(
    database_url: str, tmp_path: Path, mode: str, in_turn: bool, size: int, free: int
) -> None:
    with pooled(database_url, mode, in_turn=in_turn, size=size) as pooler:
        occupy(pooler.url, free)
        wb = on(pooler.url, tmp_path)
        for verb in (
            wb.history,
            wb.status,
            Database(wb.where).upgrade,
            lambda: Workbench(wb.where).connect(pooler.url),
        ):
            with pytest.raises(DatabasePooled) as caught:
                verb()
            assert str(caught.value) == (
                "DATABASE_URL leads to a pooler that gives every transaction another session of the server: set it to "
                "session mode (pgbouncer: pool_mode = session), or type the address of the server itself."
            )


def test_nothing_is_run_before_a_pooler_that_shares_sessions(database_url: str, tmp_path: Path) -> None:
    with pooled(database_url, "transaction") as pooler:
        wb = on(pooler.url, tmp_path)
        import_closes(wb, tmp_path, CLOSES)
        with pytest.raises(DatabasePooled):
            run_script(wb, {"1": 90})
        assert wb._session.records.outbox.waiting() == []
    directly = on(database_url, tmp_path)
    assert directly.history().empty
    directly.close()


def test_settings_that_a_pooler_does_not_take_are_named(database_url: str, tmp_path: Path) -> None:
    # the newest poolers pass on some of them, and refuse the connection for the others
    with (
        pooled(database_url, "session", ignored="extra_float_digits") as pooler,
        pytest.raises(DatabasePooled, match=r"pool_mode = session and ignore_startup_parameters = options"),
    ):
        on(pooler.url, tmp_path).history()


def test_a_pooler_in_session_mode_is_as_good_as_the_server(database_url: str, tmp_path: Path) -> None:
    with pooled(database_url, "session") as pooler:
        wb = on(pooler.url, tmp_path)
        import_closes(wb, tmp_path, CLOSES)
        seen: list[str] = []
        user_strategies.CALLED["pooled"] = lambda: seen.extend(wb.history()["status"])
        run = run_script(wb, {"1": 90, "7": -90}, call_on=4, note="pooled")
        assert seen == ["running"]
        for _ in range(7):  # the driver prepares what it is asked five times
            assert wb.get(run.id) == run
        assert wb.said == []
        wb.close()


def test_a_pooler_that_comes_to_share_sessions_during_a_run_costs_no_result(database_url: str, tmp_path: Path) -> None:
    with pooled(database_url, "session") as pooler:
        wb = on(pooler.url, tmp_path)
        import_closes(wb, tmp_path, CLOSES)

        def change() -> None:
            pooler.stop()
            pooler.mode = "transaction"
            pooler.start()

        user_strategies.CALLED["changed"] = change
        run = run_script(wb, {"1": 90, "7": -90}, call_on=4, note="changed")
        assert len(run.equity()) == len(CLOSES)
        assert "waiting for the database" in str(run)
        why, where = wb.said
        assert "set it to session mode" in why
        assert where.startswith(f"Run {run.id} waits in ")
        with pytest.raises(DatabasePooled):
            wb.history()
        pooler.stop()
        pooler.mode = "session"
        pooler.start()
        assert wb.get(run.id) == run
        wb.close()
