"""A run that is deleted while it runs, and one that cannot be stored for a reason nobody thought of: none is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.stories.test_record import CLOSES, import_closes, run_script
from tests.support import user_strategies
from tests.support.listening import Listening
from tests.support.waiting import eventually
from workbench import Status, Workbench
from workbench.errors import DatabaseUnavailable, InvalidInput, RunDeleted, RunInterrupted, RunNotFound, RunUnderWay
from workbench.settings import Settings

EQUITY = [10_000, 10_000, 10_900, 11_800, 6_400, 8_200, 10_000, 10_000]
"""90 bought at 100 of 10,000 USD leave 1,000; at 110, 120, 60, 80 and 100 they are worth 9,900 … 9,000 beside it."""


@pytest.fixture
def owner(tmp_path: Path, database_url: str) -> Iterator[Listening]:
    """Whoever runs."""
    workbench = Listening(Settings(home=tmp_path / "home", database_url=database_url))
    import_closes(workbench, tmp_path, CLOSES)
    yield workbench
    workbench.close()


@pytest.fixture
def other(tmp_path: Path, database_url: str) -> Iterator[Workbench]:
    """A colleague on the same record."""
    workbench = Workbench(Settings(home=tmp_path / "other", database_url=database_url))
    yield workbench
    workbench.close()


def the_running(other: Workbench) -> str:
    return str(other.history(status="running")["run_id"].item())


def test_a_running_run_is_not_deleted_and_the_refusal_says_whose_it_is(owner: Listening, other: Workbench) -> None:
    refused: list[str] = []

    def delete() -> None:
        with pytest.raises(RunUnderWay) as caught:
            other.delete(the_running(other))
        refused.append(str(caught.value))

    user_strategies.CALLED["kept"] = delete
    run = run_script(owner, {"1": 90}, call_on=4, note="kept")
    stored = other.get(run.id)
    since = f"{run.started_at:%Y-%m-%d %H:%M:%S} UTC"
    assert refused == [
        f"run {run.id[:8]} is running: {stored.record.recorded_by} started it at {since}. "
        "With force=True it is deleted all the same, and what comes of it is not recorded."
    ]
    assert stored == run
    other.delete(run)


def test_whoever_runs_a_run_that_is_deleted_by_force_has_its_result(owner: Listening, other: Workbench) -> None:
    user_strategies.CALLED["forced"] = lambda: other.delete(the_running(other), force=True)
    with pytest.raises(RunDeleted, match=r"was deleted from the record while it ran\. It completed") as caught:
        run_script(owner, {"1": 90, "7": -90}, call_on=4, note="forced")
    run = caught.value.run
    assert run.status is Status.COMPLETED
    assert run.equity()["equity"].tolist() == EQUITY
    assert (len(run.trades()), len(run.fills())) == (1, 2)
    assert run.config.strategy.params["note"] == "forced"
    assert "; deleted" in str(run)
    # it is deleted, and stays so
    owner.close()
    run_script(owner, {"1": 90}, note="next")
    assert len(other.history()) == 1
    with pytest.raises(RunNotFound):
        other.get(run.id)


def test_what_came_of_a_deleted_run_is_kept_in_a_file_that_can_be_recorded_after_all(
    owner: Listening, other: Workbench
) -> None:
    user_strategies.CALLED["kept in a file"] = lambda: other.delete(the_running(other), force=True)
    with pytest.raises(RunDeleted) as caught:
        run_script(owner, {"1": 90}, call_on=4, note="kept in a file")
    (file,) = owner._session.records.outbox.folder.glob("*.deleted")
    assert str(file) in caught.value.args[0]
    file.rename(file.with_suffix(".json"))
    owner.close()
    assert other.history().empty
    assert owner.history()["run_id"].tolist() == [caught.value.run.id]
    assert other.get(caught.value.run.id).equity().equals(caught.value.run.equity())


def test_a_deleted_run_is_in_hand_where_the_disk_takes_nothing(owner: Listening, other: Workbench) -> None:
    folder = owner._session.records.outbox.folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file where the folder would be")
    user_strategies.CALLED["no disk"] = lambda: other.delete(the_running(other), force=True)
    with pytest.raises(RunDeleted, match=r"and nowhere else: .* cannot be written") as caught:
        run_script(owner, {"1": 90, "7": -90}, call_on=4, note="no disk")
    assert caught.value.run.equity()["equity"].tolist() == EQUITY


def test_the_stop_button_stops_a_deleted_run_too(owner: Listening, other: Workbench) -> None:
    user_strategies.CALLED["stopped"] = lambda: other.delete(the_running(other), force=True)
    with pytest.raises(RunInterrupted, match="was deleted from the record"):
        run_script(owner, {"1": 90}, call_on=4, interrupt_on=5, note="stopped")


def test_a_run_that_was_taken_for_a_dead_one_and_deleted_is_recorded_anew(
    owner: Listening, other: Workbench, database_url: str
) -> None:
    def lose_the_connection() -> None:
        seen = other.get(the_running(other))
        user_strategies.cut_connections(database_url)
        with pytest.raises(DatabaseUnavailable):  # its own connection is cut too, and nothing is written twice
            other.delete(seen)
        eventually(lambda: other.get(seen).status is Status.INTERRUPTED)
        other.delete(seen)
        assert other.history().empty

    user_strategies.CALLED["cut"] = lose_the_connection
    run = run_script(owner, {"1": 90, "7": -90}, call_on=4, note="cut")
    assert other.get(run.id) == run


def test_force_is_true_or_false(other: Workbench) -> None:
    with pytest.raises(InvalidInput, match="force='no' must be True or False"):
        other.delete("1a", force="no")  # type: ignore[arg-type]


def test_a_run_that_cannot_be_stored_for_any_reason_waits_until_it_can(owner: Listening, database_url: str) -> None:
    def spoil(statement: str) -> None:
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(statement.encode())

    user_strategies.CALLED["spoilt"] = lambda: spoil("alter table run_results rename to elsewhere")
    run = run_script(owner, {"1": 90, "7": -90}, call_on=4, note="spoilt")
    assert run.equity()["equity"].tolist() == EQUITY
    assert "waiting for the database" in str(run)
    why, where = owner.said
    assert why.startswith("the run could not be stored: ProgrammingError: ")
    assert "\n" not in why
    assert where.startswith(f"Run {run.id} waits in ")
    owner.close()
    assert owner.status()["waiting"] == 1
    spoil("alter table elsewhere rename to run_results")
    owner.close()
    assert owner.get(run.id) == run
    assert owner.said[-1] == "1 run that waited is stored now."


def test_a_run_that_its_database_would_not_have_is_set_aside_and_told(owner: Listening, database_url: str) -> None:
    def forbid() -> None:
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("alter table performance_metrics add constraint none check (total_trades < 0) not valid")

    user_strategies.CALLED["forbidden"] = forbid
    run = run_script(owner, {"1": 90, "7": -90}, call_on=4, note="forbidden")
    assert run.equity()["equity"].tolist() == EQUITY
    owner.close()
    assert (owner.status()["waiting"], owner.status()["refused"]) == (0, 1)
    (told,) = [text for text in owner.said if text.startswith("A run that waited could not be stored: ")]
    assert told.endswith(f"{run.id}.refused.")
