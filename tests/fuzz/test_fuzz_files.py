"""Files: market data, configurations, runs that wait."""

from __future__ import annotations

import gzip
import json
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.conftest import Door, anything, check_sentence, fuzz, patience, texts
from tests.support.plausible import EPOCH, Made, snapshot, write
from workbench import Workbench
from workbench.config import Snapshot, sha256
from workbench.engine.nautilus1.run_config import read_run_config
from workbench.errors import InvalidInput, WorkbenchError
from workbench.settings import Settings
from workbench.storage.writing.messages import from_text

pytestmark = patience

HEADERS = [
    "date,open,high,low,close,volume",
    "timestamp;open;high;low;close",
    "Open Time\tOPEN\tHigh\tLow\tClose\tVol",
    "date,time,open,high,low,close",
    '"date","open","high","low","close"',
    "date,date,open,high,low,close",
    "\ufeffdate,open,high,low,close",
    "date",
    ",,,",
    "",
]
CELLS = [
    "2024-01-01",
    "2024-02-30",
    "20240101",
    "1704067200",
    "1704067200000000000",
    "99999999999999999999",
    "01/02/2024",
    "31/12/2024 10:00",
    "2024-03-10 02:30:00",
    "2024-01-01T00:00:00+14:00",
    "0001-01-01",
    "9999-12-31",
    "1",
    "100.5",
    "-1",
    "0",
    "1e308",
    "1e-300",
    "1e999",
    "nan",
    "inf",
    "١٢٣",
    "1,5",
    '"',
    "'; drop table",
    "\x00",
    "a" * 70_000,
    "",
]
_files = count()

cells = st.one_of(st.sampled_from(CELLS), st.text(max_size=8), st.decimals(0, 1000, places=2).map(str))
days = st.dates().map(str)
rows = st.one_of(
    st.lists(cells, max_size=8).map(",".join),
    st.tuples(days, st.decimals(1, 9, places=2)).map(lambda row: f"{row[0]},{row[1]},{row[1]},{row[1]},{row[1]},5"),
)
tables = st.tuples(st.sampled_from(HEADERS), st.lists(rows, max_size=6), st.sampled_from(["\n", "\r\n", "\r"])).map(
    lambda parts: parts[2].join([parts[0], *parts[1]]).encode("utf-8", "surrogatepass")
)
contents = st.one_of(tables, st.binary(max_size=200), tables.map(gzip.compress), tables.map(lambda one: one[:-3]))
values = st.recursive(anything, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))


def shelf(wb: Workbench) -> list[Any]:
    """What the catalog has, file by file."""
    return sorted((str(file), file.stat().st_mtime_ns) for file in wb.where.catalog.rglob("*.parquet"))


@fuzz
@given(contents, st.sampled_from(["1d", "1m", "1h", "1-DAY-BID"]), st.sampled_from([None, "America/New_York"]))
def test_any_file_of_bars_is_imported_or_refused(door: Door, content: bytes, bar: str, tz: str | None) -> None:
    file = door.wb.where.home / f"{next(_files)}.csv"
    file.write_bytes(content)
    before = shelf(door.wb)
    try:
        door.wb.import_csv(file, instrument="FUZZ.TEST", bar=bar, tz=tz, replace=True)
    except WorkbenchError as error:
        check_sentence(error)
        assert shelf(door.wb) == before
    finally:
        file.unlink()


@fuzz
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("instrument", "bar", "tz", "stamps", "kind"), anything)))
def test_any_arguments_of_an_import_are_taken_or_refused(door: Door, asked: dict[str, Any]) -> None:
    file = door.wb.where.home / "good.csv"
    file.write_text("date,open,high,low,close\n2024-01-01,1,1,1,1\n")
    door.tries(lambda: door.wb.import_csv(file, **{"instrument": "FUZZ.TEST", "bar": "1d"} | asked))


@fuzz
@given(anything)
def test_any_path_of_an_import_is_read_or_refused(door: Door, path: Any) -> None:
    door.tries(lambda: door.wb.import_csv(path, instrument="FUZZ.TEST", bar="1d"))


def damaged(raw: Any, path: list[int], value: Any) -> Any:
    """The same JSON with another value somewhere inside; the path goes down by the number of a key or an item."""
    if not path or not isinstance(raw, dict | list) or not raw:
        return value
    if isinstance(raw, dict):
        name = sorted(raw)[path[0] % len(raw)]
        return raw | {name: damaged(raw[name], path[1:], value)}
    at = path[0] % len(raw)
    return [*raw[:at], damaged(raw[at], path[1:], value), *raw[at + 1 :]]


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
paths = st.lists(st.integers(0, 30), min_size=1, max_size=5)


def as_text(value: Any) -> str:
    return json.dumps(value)


def waits(folder: Path) -> str:
    """A run that waits, as its file says it."""
    wb = Workbench(Settings(home=folder, database_url="postgresql://trader@127.0.0.1:1/none"))
    wb.tell = lambda text: None
    write(wb._session.records, Made(number=1))
    (file,) = wb._session.records.outbox.waiting()
    return file.read_text()


@fuzz
@given(st.one_of(st.tuples(paths, plain), texts, st.text()))
def test_any_file_that_waits_is_a_run_or_none(door: Door, given: Any) -> None:
    known = door.wb.where.home / "waits.json"
    if not known.exists():
        known.write_text(waits(door.wb.where.home / "away"))
    text = given if isinstance(given, str) else as_text(damaged(json.loads(known.read_text()), *given))
    try:
        start, _ = from_text(text, sha256)
    except ValueError:
        return
    assert start.record.run_id


@fuzz
@given(st.one_of(st.tuples(paths, plain), texts, st.text()))
def test_any_configuration_is_read_or_refused(door: Door, given: Any) -> None:
    whole = json.loads(snapshot(door.wb.get(door.ids[0]).record).text())
    text = given if isinstance(given, str) else as_text(damaged(whole, *given))
    try:
        Snapshot.parse(text)
    except InvalidInput as error:
        check_sentence(error)


@fuzz
@given(st.one_of(st.tuples(paths, plain), texts, st.text()))
def test_any_configuration_of_nautilus_trader_is_read_or_refused(door: Door, given: Any) -> None:
    native = {
        "venues": [{"name": "TEST", "oms_type": "NETTING", "account_type": "MARGIN", "starting_balances": ["1 USD"]}],
        "data": [{"catalog_path": "x", "data_cls": "nautilus_trader.model.data:Bar", "instrument_id": "ACME.TEST"}],
        "engine": {
            "strategies": [
                {
                    "strategy_path": "tests.support.user_strategies:Script",
                    "config_path": "tests.support.user_strategies:ScriptConfig",
                    "config": {"instrument_id": "ACME.TEST", "bar_type": "ACME.TEST-1-DAY-LAST-EXTERNAL"},
                }
            ]
        },
    }
    text = given if isinstance(given, str) else as_text(damaged(native, *given))

    def read_and_run() -> None:
        door.wb.run(read_run_config(text), progress=False)

    door.tries(read_and_run)


def test_a_whole_configuration_is_read_back_equal(door: Door) -> None:
    whole = snapshot(door.wb.get(door.ids[0]).record)
    assert Snapshot.parse(whole.text()) == whole
    assert EPOCH.year == 2026
