"""wb.connect: another database, or the same as before if it cannot be had."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.support.plausible import Made, write
from tests.support.waiting import eventually
from workbench import Workbench
from workbench.errors import DatabaseBehind, DatabaseUnavailable, InvalidInput
from workbench.settings import Settings


def test_the_verbs_ask_the_database_that_was_connected_last(wb: Workbench, home: Path, database_url: str) -> None:
    write(wb._session.records, Made(number=1))
    other = Workbench(Settings(home=home, database_url="postgresql://nobody@127.0.0.1:1/none"))
    other.connect(database_url)
    assert len(other.history()) == 1
    # the catalog stays where it was
    assert other.instruments()["rows"].tolist() == wb.instruments()["rows"].tolist()
    other.close()


def test_without_a_url_the_environment_tells(
    wb: Workbench, home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(wb._session.records, Made(number=1))
    monkeypatch.setenv("DATABASE_URL", database_url)
    other = Workbench(Settings(home=home, database_url="postgresql://nobody@127.0.0.1:1/none"))
    other.connect()
    assert len(other.history()) == 1
    other.close()


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("postgresql://u:hunter2@127.0.0.1:1/none", DatabaseUnavailable),
        ("mysql://u:hunter2@h/d", InvalidInput),
        ("hunter2", InvalidInput),
        ("", InvalidInput),
        ("template1", DatabaseBehind),
    ],
)
def test_what_cannot_be_connected_leaves_everything_as_it_was(
    wb: Workbench, server: str, url: str, error: type[Exception]
) -> None:
    write(wb._session.records, Made(number=1))
    with pytest.raises(error) as caught:
        wb.connect(server.replace("/postgres?", "/template1?") if url == "template1" else url)
    assert "hunter2" not in str(caught.value)
    assert len(wb.history()) == 1


def test_closing_gives_every_connection_back_and_the_next_verb_connects_again(
    wb: Workbench, sql_connection: psycopg.Connection
) -> None:
    ours = "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'workbench'"
    assert wb.history().empty
    assert sql_connection.execute(ours.encode()).fetchone() == (1,)
    wb.close()
    # the server ends a session in its own time
    eventually(lambda: sql_connection.execute(ours.encode()).fetchone() == (0,))
    assert wb.history().empty
