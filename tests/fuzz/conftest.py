"""Every door of the workbench against what nobody should type: it works, or one clear sentence says why not.

How much is tried at each door::

    FUZZ=10000 python -m pytest tests/fuzz      that many inputs a door, others each time
    python -m pytest tests/fuzz                 sixty, the same ones each time
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.conftest import _address
from tests.stories.test_record import CLOSES, import_closes, run_script
from workbench import Workbench
from workbench.errors import RunFailed, WorkbenchError
from workbench.settings import Settings

TRIES = int(os.environ.get("FUZZ", "60"))
LONGEST = 600
SECRET = "hunter2"
patience = pytest.mark.timeout(300 + 2 * TRIES)
"""Some inputs are whole runs."""

fuzz = settings(
    max_examples=TRIES,
    deadline=None,
    database=None,
    derandomize="FUZZ" not in os.environ,
    suppress_health_check=list(HealthCheck),
)

TEXTS = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "é\u0301\u202e市场🦉",
    "'; drop table backtest_runs; --",
    '" or 1=1 --',
    "%s %(x)s {0} $1",
    "../../etc/passwd",
    "/dev/null",
    "~",
    "a" * 5_000,
    "." * 3_000,
    "[" * 20_000,
    "1e999999999",
    "-1e400",
    "NaN",
    "Infinity",
    "١٢٣",
    "10 EUR",
    "10 \ud800",
    "2013-02-30",
    "2012-03-01T25:00",
    "2012-03-01T10:00:60",
    "9999-12-31",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01",
    "0001-01-01T00:00+14:00",
    "-0001-01-01",
    "2012-W10",
    "AAPL.NASDAQ",
    "ACME.TEST",
    "sma_crossover",
    "os:system",
    "a.b:C",
    "tests.support.user_strategies:nothing",
    "completed",
    "started_at",
]
VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    2**63,
    10**400,
    float("nan"),
    float("inf"),
    -0.0,
    1e308,
    5e-324,
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("1e999999"),
    b"bytes",
    [],
    [None],
    {},
    {"a": {"b": [1]}},
    (),
    (1,),
    (1, 2, 3),
    (5, None),
    (None, None),
    ("x", "y"),
    (float("nan"), 1),
    (Decimal("1e999999"), None),
    {1, 2},
    object(),
    int,
    len,
    date.max,
    date.min,
    datetime.max,
    datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
    datetime(2013, 3, 10, 2, 30, tzinfo=ZoneInfo("America/New_York")),
    pd.NaT,
    pd.Timestamp("2012-03-01", tz="Asia/Tokyo"),
    np.float64("nan"),
    np.int64(7),
    np.array([1, 2]),
]


texts = st.one_of(
    st.sampled_from(TEXTS),
    st.text(max_size=40),
    st.text(st.characters(codec=None, categories=None), max_size=10),
    st.datetimes().map(str),
    st.decimals().map(str),
)
anything = st.one_of(
    texts,
    st.sampled_from(VALUES),
    st.integers(),
    st.floats(),
    st.binary(max_size=20),
    st.dates(),
    st.datetimes(timezones=st.none() | st.timezones()),
    st.recursive(st.none() | st.integers() | st.text(max_size=5), st.lists, max_leaves=5),
    st.dictionaries(st.text(max_size=5), st.integers() | st.none(), max_size=3),
)


def some(**named: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A few of these arguments."""
    return st.fixed_dictionaries({}, optional=named)


@dataclass(frozen=True, slots=True)
class Door:
    """A workbench with three runs, whose record is looked at after every refusal."""

    wb: Workbench
    url: str
    ids: tuple[str, ...]

    def rows(self) -> list[Any]:
        """How many rows each table has."""
        tables = ("backtest_runs", "run_configs", "run_results", "performance_metrics", "source_files", "market_data")
        question = ", ".join(f"(select count(*) from {table})" for table in tables)
        with psycopg.connect(self.url) as connection:
            return list(connection.execute(f"select {question}".encode()).fetchone() or ())

    def tries(self, verb: Callable[[], Any]) -> WorkbenchError | None:
        """Do it. What is refused is refused in a sentence, and has left nothing; anything else fails the test."""
        before = self.rows()
        try:
            verb()
        except RunFailed as failed:
            check_sentence(failed)
            return failed
        except WorkbenchError as error:
            check_sentence(error)
            assert self.rows() == before
            return error
        return None


def check_sentence(error: Exception) -> None:
    """One that can be read, and tells no secret."""
    said = str(error)
    assert 10 < len(said) < LONGEST, f"{len(said)} characters: {said[:300]}"
    assert SECRET not in said
    said.encode()


@pytest.fixture(scope="module")
def door(server: str) -> Iterator[Door]:
    home = Path(tempfile.mkdtemp(prefix="wb-fuzz-"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("create database fuzz template template")
        url = _address(server, "fuzz")
        wb = Workbench(Settings(home=home, database_url=url.replace("postgres@", f"postgres:{SECRET}@")))
        wb.tell = lambda text: None
        import_closes(wb, home, CLOSES)
        ids = tuple(run_script(wb, {"1": 90, "7": -90}, note=f"run {number}").id for number in range(3))
        yield Door(wb, url, ids)
        wb.close()
        connection.execute("drop database fuzz with (force)")
    shutil.rmtree(home)
