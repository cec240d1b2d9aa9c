from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from workbench.catalog import Catalog, Dataset, MarketData, parquet_folder
from workbench.catalog import catalog as catalog_module
from workbench.errors import BarNotFound, InstrumentNotFound, InvalidInput, InvalidMarketData, InvalidPeriod

Write = Callable[..., Path]
Load = Callable[..., MarketData]

HEADER = "date,open,high,low,close,volume\n"
ROWS = "2020-01-30,10,11,9,10.5,100\n2020-01-31,10.5,12,10,11.25,200\n2020-02-03,11,12,10,11.5,300\n"
SECOND_NS = 10**9


def test_an_empty_catalog_has_no_datasets_and_makes_no_folder(catalog: Catalog) -> None:
    assert catalog.datasets() == []
    assert not catalog.path.exists()


def test_datasets_are_listed_by_instrument_and_bar(catalog: Catalog) -> None:
    for instrument, bar in (("B.X", "1d"), ("A.X", "1h"), ("A.X", "1d"), ("BTC/USD.X", "1d")):
        catalog.import_mock(instrument=instrument, bar=bar, start="2020-01-02", end="2020-01-03")
    found = [(d.instrument_id, d.bar, d.rows) for d in catalog.datasets()]
    # two business days; twice 24 hours
    assert found == [
        ("A.X", "1-DAY-LAST-EXTERNAL", 2),
        ("A.X", "1-HOUR-LAST-EXTERNAL", 48),
        ("B.X", "1-DAY-LAST-EXTERNAL", 2),
        ("BTC/USD.X", "1-DAY-LAST-EXTERNAL", 2),
    ]
    # 2020-01-03 23:59:59 UTC is 18,264 days and a day less a second after 1970-01-01
    assert catalog.datasets()[0].last_ns == (18_265 * 86_400 - 1) * SECOND_NS
    assert catalog.datasets()[3].bar_type == "BTC/USD.X-1-DAY-LAST-EXTERNAL"


def test_find_takes_a_symbol_and_the_only_bar(catalog: Catalog) -> None:
    catalog.import_mock(instrument="AAPL.NASDAQ", bar="1d")
    assert catalog.find("AAPL").bar_type == "AAPL.NASDAQ-1-DAY-LAST-EXTERNAL"
    catalog.import_mock(instrument="AAPL.NASDAQ", bar="1-DAY-BID")
    assert catalog.find("AAPL.NASDAQ").bar == "1-DAY-LAST-EXTERNAL"
    assert catalog.find("AAPL.NASDAQ", "1-day-bid").bar == "1-DAY-BID-EXTERNAL"
    catalog.import_mock(instrument="AAPL.NASDAQ", bar="1h", start="2020-01-01", end="2020-01-02")
    with pytest.raises(
        InvalidInput, match="several bars: 1-DAY-BID-EXTERNAL, 1-DAY-LAST-EXTERNAL, 1-HOUR-LAST-EXTERNAL"
    ):
        catalog.find("AAPL.NASDAQ")


def test_find_names_the_nearest(catalog: Catalog) -> None:
    catalog.import_mock(instrument="AAPL.NASDAQ")
    catalog.import_mock(instrument="AAPL.XETRA")
    with pytest.raises(InstrumentNotFound, match=r"Did you mean 'AAPL\.NASDAQ'"):
        catalog.find("APPL.NASDAQ")
    with pytest.raises(InvalidInput, match=r"several instruments: AAPL\.NASDAQ, AAPL\.XETRA"):
        catalog.find("AAPL")
    with pytest.raises(BarNotFound, match="Did you mean '1-DAY-LAST-EXTERNAL'"):
        catalog.find("AAPL.NASDAQ", "2d")
    with pytest.raises(InvalidInput, match="is not a bar"):
        catalog.find("AAPL.NASDAQ", "daily")
    with pytest.raises(InstrumentNotFound):
        catalog.instrument("NO.WHERE")


def test_a_period_includes_both_its_ends(catalog: Catalog, write: Write) -> None:
    catalog.import_csv(write(HEADER + ROWS), instrument="A.X", bar="1d")
    dataset = catalog.find("A.X")
    last = dataset.last_ns
    assert catalog.load(dataset, dataset.first_ns, last).close.tolist() == [10.5, 11.25, 11.5]
    assert catalog.load(dataset, dataset.first_ns + 1, last).close.tolist() == [11.25, 11.5]
    assert catalog.load(dataset, dataset.first_ns, last - 1).close.tolist() == [10.5, 11.25]
    assert catalog.load(dataset, last, last).close.tolist() == [11.5]


def test_a_period_without_bars_is_an_error(catalog: Catalog, write: Write) -> None:
    catalog.import_csv(write(HEADER + ROWS), instrument="A.X", bar="1d")
    dataset = catalog.find("A.X")
    for start, end in ((0, 1), (dataset.last_ns + 1, dataset.last_ns + 2), (5, 4)):
        with pytest.raises(InvalidPeriod):
            catalog.load(dataset, start, end)


def test_columns_equal_the_bars_and_cannot_be_written(catalog: Catalog, shared: Path, load: Load) -> None:
    catalog.import_csv(shared / "btc-perp-1m-2022-01.csv.gz", instrument="BTC/USD.BINANCE", bar="1m")
    data = load("BTC/USD.BINANCE")
    for name in ("open", "high", "low", "close", "volume"):
        assert getattr(data, name).tolist() == [float(getattr(bar, name)) for bar in data.bars]
    assert data.time.tolist() == [bar.ts_init for bar in data.bars] == [bar.ts_event for bar in data.bars]
    with pytest.raises(ValueError, match="read-only"):
        data.close[0] = 1.0
    # the first row of the file
    assert str(data.bars[0].volume) == "2300413.72950000"


def test_the_fingerprint_is_the_digest_of_the_months(catalog: Catalog, write: Write, load: Load) -> None:
    catalog.import_csv(write(HEADER + ROWS), instrument="A.X", bar="1d")
    data = load("A.X")
    # January: closes of the 30th and 31st, 18,291 and 18,292 days after 1970-01-01, a second before midnight
    times = [(18_292 * 86_400 - 1) * SECOND_NS, (18_293 * 86_400 - 1) * SECOND_NS]
    columns = [[10.0, 10.5], [11.0, 12.0], [9.0, 10.0], [10.5, 11.25], [100.0, 200.0]]
    january = np.array(times, "<i8").tobytes() + b"".join(np.array(column, "<f8").tobytes() for column in columns)
    assert data.months[0] == ("2020-01", 2, hashlib.sha256(january).hexdigest())
    assert [(month, rows) for month, rows, _ in data.months] == [("2020-01", 2), ("2020-02", 1)]
    listed = "".join(f"{month} {rows} {digest}\n" for month, rows, digest in data.months)
    assert data.fingerprint == hashlib.sha256(listed.encode()).hexdigest()


def test_one_changed_value_changes_its_month_only(catalog: Catalog, write: Write, load: Load) -> None:
    catalog.import_csv(write(HEADER + ROWS), instrument="A.X", bar="1d")
    catalog.import_csv(write(HEADER + ROWS.replace("11.5,300", "11.5,301")), instrument="B.X", bar="1d")
    a, b = load("A.X"), load("B.X")
    assert a.months[0] == b.months[0]
    assert a.months[1] != b.months[1]
    assert a.fingerprint != b.fingerprint


def test_the_fingerprint_does_not_depend_on_decimals_or_on_the_width_of_nautilustraders_numbers(
    catalog: Catalog, write: Write, load: Load
) -> None:
    text = HEADER + "2020-01-30,85046.12,85046.12,85046.12,85046.12,1\n"
    catalog.import_csv(write(text), instrument="A.X", bar="1d")
    catalog.import_csv(write(text.replace("85046.12,", "85046.1200,")), instrument="B.X", bar="1d")
    assert load("A.X").fingerprint == load("B.X").fingerprint
    value = np.array([85046.12], "<f8").tobytes()
    content = load("A.X").time.astype("<i8").tobytes() + 4 * value + np.array([1.0], "<f8").tobytes()
    assert load("A.X").months[0][2] == hashlib.sha256(content).hexdigest()


def test_a_second_load_reads_nothing_and_an_import_is_seen(
    catalog: Catalog, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog.import_csv(write(HEADER + ROWS), instrument="A.X", bar="1d")
    dataset = catalog.find("A.X")
    first = catalog.load(dataset, 0, 2**62)
    with monkeypatch.context() as patch:
        patch.setattr(parquet_folder, "read_bars", lambda *_: pytest.fail("read again"))
        first.bars.clear()
        assert len(catalog.load(dataset, 0, 2**62).bars) == 3
    changed = write(HEADER + ROWS.replace("11.25", "11.75"), "changed.csv")
    catalog.import_csv(changed, instrument="A.X", bar="1d", replace=True)
    assert catalog.load(catalog.find("A.X"), 0, 2**62).close.tolist() == [10.5, 11.75, 11.5]


def test_kept_loads_are_bounded_by_rows(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog_module, "CACHED_ROWS", 5)
    catalog.import_mock(start="2020-01-06", end="2020-01-10")
    dataset = catalog.find("MOCK.SIM")
    for start in range(4):
        catalog.load(dataset, dataset.first_ns + start, dataset.last_ns)
    # 5, then three times 4 rows: only one load of 4 fits beside nothing else
    assert [len(data.bars) for data in catalog._loaded.values()] == [4]


def test_bars_that_nautilustrader_wrote_are_listed_and_loaded(catalog: Catalog, write: Write, load: Load) -> None:
    from nautilus_trader.persistence.catalog import ParquetDataCatalog
    from nautilus_trader.test_kit.providers import TestInstrumentProvider
    from nautilus_trader.test_kit.stubs.data import TestDataStubs

    catalog.path.mkdir()
    theirs = ParquetDataCatalog(str(catalog.path))
    theirs.write_data([TestInstrumentProvider.default_fx_ccy("AUD/USD")])
    theirs.write_data([TestDataStubs.bar_5decimal()])
    dataset = catalog.datasets()[0]
    assert (dataset.bar_type, dataset.rows, dataset.source) == ("AUD/USD.SIM-1-MINUTE-BID-EXTERNAL", 1, "catalog")
    assert load("AUD/USD.SIM").instrument.id.value == "AUD/USD.SIM"


def test_rows_that_nautilustrader_adds_to_ours_are_seen(catalog: Catalog, write: Write, load: Load) -> None:
    from nautilus_trader.model.data import Bar
    from nautilus_trader.persistence.catalog import ParquetDataCatalog

    file = write(HEADER + ROWS)
    catalog.import_csv(file, instrument="A.X", bar="1d")
    last = load("A.X").bars[-1]
    later = last.ts_init + 1
    ParquetDataCatalog(str(catalog.path)).write_data(
        [Bar(last.bar_type, last.open, last.high, last.low, last.close, last.volume, later, later)]
    )
    assert (catalog.find("A.X").rows, catalog.find("A.X").source) == (4, "catalog")
    assert catalog.import_csv(file, instrument="A.X", bar="1d").added == 0
    assert len(load("A.X").bars) == 4


def test_a_damaged_file_is_named(catalog: Catalog, write: Write) -> None:
    catalog.import_csv(write(HEADER + ROWS), instrument="A.X", bar="1d")
    file = next(catalog.path.rglob("*A.X-1-DAY*/*.parquet"))
    file.write_bytes(b"not parquet")
    with pytest.raises(InvalidMarketData, match="is not a file of bars"):
        catalog.datasets()


def test_a_dataset_that_is_gone_is_an_error(catalog: Catalog) -> None:
    gone = Dataset(instrument_id="A.X", bar="1-DAY-LAST-EXTERNAL", first_ns=0, last_ns=1, rows=2, source="csv")
    with pytest.raises(InvalidPeriod):
        catalog.load(gone, 0, 1)


def test_importing_the_room_imports_none_of_its_guests() -> None:
    code = "import sys, workbench.catalog; print({'nautilus_trader', 'pandas', 'pyarrow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
