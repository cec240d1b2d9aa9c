from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workbench.catalog import Catalog, MarketData
from workbench.catalog.mock import mock_bars
from workbench.errors import InvalidInput, InvalidMarketData

Write = Callable[..., Path]
Load = Callable[..., MarketData]

HEADER = "date,open,high,low,close,volume\n"
FIRST = "2020-01-02,10.00,11.00,9.00,10.50,100\n"
SECOND = "2020-01-03,10.50,12.00,10.00,11.25,200\n"
THIRD = "2020-01-06,11.00,12.00,10.00,11.50,300\n"


def state(folder: Path) -> dict[str, tuple[int, str]]:
    """Every file below a folder, with its time and content."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(f): (f.stat().st_mtime_ns, hashlib.sha256(f.read_bytes()).hexdigest()) for f in files}


def test_rows_come_back_as_they_were(catalog: Catalog, write: Write, load: Load) -> None:
    report = catalog.import_csv(write(HEADER + FIRST + SECOND), instrument="A.X", bar="1d")
    assert (report.rows, report.added, report.replaced, report.warnings) == (2, 2, 0, ())
    assert str(report) == "A.X 1-DAY-LAST-EXTERNAL: 2 rows, 2 added, 2020-01-02 to 2020-01-03"
    data = load("A.X")
    assert data.open.tolist() == [10.0, 10.5]
    assert data.high.tolist() == [11.0, 12.0]
    assert data.low.tolist() == [9.0, 10.0]
    assert data.close.tolist() == [10.5, 11.25]
    assert data.volume.tolist() == [100.0, 200.0]
    assert [str(bar.close) for bar in data.bars] == ["10.50", "11.25"]


def test_the_catalog_is_private_and_nautilustrader_reads_it(catalog: Catalog, write: Write) -> None:
    from nautilus_trader.persistence.catalog import ParquetDataCatalog

    catalog.import_csv(write(HEADER + FIRST), instrument="BTC/USD.X", bar="1d")
    assert catalog.path.stat().st_mode & 0o777 == 0o700
    theirs = ParquetDataCatalog(str(catalog.path))
    assert [str(i.id) for i in theirs.instruments()] == ["BTC/USD.X"]
    assert [str(b.bar_type) for b in theirs.bars()] == ["BTC/USD.X-1-DAY-LAST-EXTERNAL"]


@pytest.mark.parametrize("name", ["again.csv", "again.csv.gz"])
def test_the_same_rows_again_change_nothing(catalog: Catalog, write: Write, name: str) -> None:
    text = (HEADER + FIRST + SECOND).encode()
    catalog.import_csv(write(text), instrument="A.X", bar="1d")
    before = state(catalog.path)
    report = catalog.import_csv(
        write(gzip.compress(text) if name.endswith("gz") else text, name), instrument="A.X", bar="1d"
    )
    assert (report.rows, report.added) == (2, 0)
    assert state(catalog.path) == before


def test_overlapping_files_merge_without_doubles(catalog: Catalog, write: Write, load: Load) -> None:
    catalog.import_csv(write(HEADER + SECOND + THIRD), instrument="A.X", bar="1d")
    report = catalog.import_csv(write(HEADER + FIRST + SECOND), instrument="A.X", bar="1d")
    assert (report.rows, report.added) == (2, 1)
    assert load("A.X").close.tolist() == [10.5, 11.25, 11.5]
    assert catalog.find("A.X").rows == 3


def test_the_order_of_imports_does_not_change_the_fingerprint(catalog: Catalog, write: Write, load: Load) -> None:
    catalog.import_csv(write(HEADER + FIRST + SECOND + THIRD), instrument="A.X", bar="1d")
    catalog.import_csv(write(HEADER + THIRD), instrument="B.X", bar="1d")
    catalog.import_csv(write(HEADER + FIRST + SECOND), instrument="B.X", bar="1d")
    assert load("A.X").fingerprint == load("B.X").fingerprint


def test_other_values_at_the_same_time_are_refused_until_told(catalog: Catalog, write: Write, load: Load) -> None:
    catalog.import_csv(write(HEADER + FIRST + SECOND), instrument="A.X", bar="1d")
    before = state(catalog.path)
    changed = write(HEADER + FIRST.replace("10.50", "10.60") + THIRD, "changed.csv")
    with pytest.raises(
        InvalidMarketData, match=r"changed\.csv, line 2: .* close 10\.50 .* close 10\.60 .*replace=True"
    ):
        catalog.import_csv(changed, instrument="A.X", bar="1d")
    assert state(catalog.path) == before
    report = catalog.import_csv(changed, instrument="A.X", bar="1d", replace=True)
    assert (report.added, report.replaced) == (1, 1)
    assert load("A.X").close.tolist() == [10.6, 11.25, 11.5]


def test_an_old_file_is_not_taken_for_imported_after_its_rows_were_replaced(
    catalog: Catalog, write: Write, load: Load
) -> None:
    old = write(HEADER + FIRST, "old.csv")
    catalog.import_csv(old, instrument="A.X", bar="1d")
    new = write(HEADER + FIRST.replace("10.50", "10.60"), "new.csv")
    catalog.import_csv(new, instrument="A.X", bar="1d", replace=True)
    with pytest.raises(InvalidMarketData):
        catalog.import_csv(old, instrument="A.X", bar="1d")
    assert catalog.import_csv(old, instrument="A.X", bar="1d", replace=True).replaced == 1
    assert load("A.X").close.tolist() == [10.5]


def test_prices_keep_the_decimals_of_the_file(catalog: Catalog, write: Write, shared: Path, load: Load) -> None:
    catalog.import_csv(shared / "usdjpy-m1-bid-2013.csv.gz", instrument="USD/JPY.FXCM", bar="1-MINUTE-BID")
    data = load("USD/JPY.FXCM")
    assert (len(data.bars), data.instrument.price_precision, str(data.instrument.price_increment)) == (
        28_761,
        3,
        "0.001",
    )
    assert (str(data.bars[0].open), str(data.bars[-1].close)) == ("91.715", "92.539")
    assert data.instrument.size_precision == 0


@pytest.mark.parametrize(
    ("name", "kind", "price", "size", "currency"),
    [
        ("A.X", "Equity", 2, 0, "USD"),
        ("BRK.B.NYSE", "Equity", 2, 0, "USD"),
        ("EUR/USD.X", "CurrencyPair", 1, 0, "USD"),
        ("BTC/USDT.X", "CurrencyPair", 1, 8, "USDT"),
        ("NEWCOIN/USD.X", "CurrencyPair", 1, 8, "USD"),
    ],
)
def test_a_name_tells_what_it_is(
    catalog: Catalog, write: Write, name: str, kind: str, price: int, size: int, currency: str
) -> None:
    catalog.import_csv(write(HEADER + "2020-01-02,1.5,1.5,1.5,1.5,100\n"), instrument=name, bar="1d")
    made = catalog.instrument(name)
    assert (type(made).__name__, made.price_precision, made.size_precision) == (kind, price, size)
    assert (made.quote_currency.code, made.taker_fee, made.maker_fee) == (currency, 0, 0)


def test_decimals_written_with_a_power_of_ten_count(catalog: Catalog, write: Write, load: Load) -> None:
    # 1.25e-05 is 0.0000125, seven decimals
    catalog.import_csv(write(HEADER + "2020-01-02,1e-05,1.25e-05,1e-05,1e-05,1e3\n"), instrument="A.X", bar="1d")
    assert [str(bar.high) for bar in load("A.X").bars] == ["0.0000125"]


def test_more_decimals_than_the_instrument_has_are_refused_until_told(
    catalog: Catalog, write: Write, load: Load
) -> None:
    catalog.import_csv(write(HEADER + FIRST), instrument="A.X", bar="1d")
    catalog.import_csv(write(HEADER + "2020-01-02 10:00,5.25,5.25,5.25,5.25,1\n"), instrument="A.X", bar="1h")
    finer = write(HEADER + SECOND + THIRD.replace("11.50", "11.505"), "finer.csv")
    with pytest.raises(InvalidMarketData, match=r"finer\.csv, line 3: a price has 3 decimals and A\.X has 2"):
        catalog.import_csv(finer, instrument="A.X", bar="1d")
    catalog.import_csv(finer, instrument="A.X", bar="1d", replace=True)
    assert str(catalog.instrument("A.X").price_increment) == "0.001"
    assert [str(bar.close) for bar in load("A.X", "1d").bars] == ["10.500", "11.250", "11.505"]
    assert [str(bar.close) for bar in load("A.X", "1h").bars] == ["5.250"]


def test_zeros_at_the_end_are_no_decimals(catalog: Catalog, write: Write) -> None:
    catalog.import_csv(write(HEADER + FIRST), instrument="A.X", bar="1d")
    report = catalog.import_csv(write(HEADER + SECOND.replace("11.25", "11.25000")), instrument="A.X", bar="1d")
    assert report.added == 1


def test_a_given_instrument_is_taken_as_it_is_and_another_one_is_refused_until_told(
    catalog: Catalog, write: Write
) -> None:
    from nautilus_trader.test_kit.providers import TestInstrumentProvider

    ours = TestInstrumentProvider.btcusdt_binance()
    file = write(HEADER + FIRST)
    catalog.import_csv(file, instrument=ours, bar="1d")
    stored = catalog.instrument("BTCUSDT.BINANCE")
    assert (stored.taker_fee, stored.size_precision) == (ours.taker_fee, ours.size_precision)
    cheaper = type(ours).from_dict(type(ours).to_dict(ours) | {"taker_fee": "0"})
    with pytest.raises(InvalidInput, match=r"taker_fee '0\.001' there and '0' here.*replace=True"):
        catalog.import_csv(file, instrument=cheaper, bar="1d")
    assert catalog.instrument("BTCUSDT.BINANCE").taker_fee == ours.taker_fee
    catalog.import_csv(file, instrument=cheaper, bar="1d", replace=True)
    assert catalog.instrument("BTCUSDT.BINANCE").taker_fee == 0


def test_a_name_finds_the_instrument_that_is_there(catalog: Catalog, write: Write) -> None:
    from nautilus_trader.test_kit.providers import TestInstrumentProvider

    catalog.import_csv(write(HEADER + FIRST), instrument=TestInstrumentProvider.btcusdt_binance(), bar="1d")
    catalog.import_csv(write(HEADER + SECOND), instrument="BTCUSDT.BINANCE", bar="1d")
    assert type(catalog.instrument("BTCUSDT.BINANCE")).__name__ == "CurrencyPair"
    with pytest.raises(InvalidInput, match="already in the catalog with kind='crypto', not 'equity'"):
        catalog.import_csv(write(HEADER + THIRD), instrument="BTCUSDT.BINANCE", bar="1d", kind="equity")


def test_another_kind_replaces_the_definition_wholly(catalog: Catalog, write: Write) -> None:
    catalog.import_csv(write(HEADER + FIRST), instrument="XAU/USD.X", bar="1d")
    assert catalog.instrument("XAU/USD.X").size_precision == 8
    catalog.import_csv(write(HEADER + FIRST), instrument="XAU/USD.X", bar="1d", kind="fx", replace=True)
    assert catalog.instrument("XAU/USD.X").size_precision == 0


def test_a_definition_that_would_round_what_is_there_is_refused(catalog: Catalog, write: Write) -> None:
    catalog.import_csv(write(HEADER + FIRST.replace("100\n", "100.5\n")), instrument="XAU/USD.X", bar="1d")
    with pytest.raises(InvalidInput, match="would round bars in the catalog"):
        catalog.import_csv(write(HEADER + SECOND), instrument="XAU/USD.X", bar="1d", kind="fx", replace=True)


def test_names_that_would_share_a_folder_are_refused(catalog: Catalog, write: Write) -> None:
    catalog.import_csv(write(HEADER + FIRST), instrument="BTC/USD.X", bar="1d")
    with pytest.raises(InvalidInput, match=r"same folder as BTC/USD\.X"):
        catalog.import_csv(write(HEADER + FIRST), instrument="BTCUSD.X", bar="1d")


def test_a_missing_volume_is_filled_and_reported(catalog: Catalog, write: Write, load: Load) -> None:
    report = catalog.import_csv(
        write("date,open,high,low,close\n2020-01-02,1,1,1,1\n"), instrument="EUR/USD.X", bar="1d"
    )
    assert load("EUR/USD.X").volume.tolist() == [1_000_000.0]
    assert "there is no volume: every bar gets 1,000,000" in report.warnings[0]


def test_volumes_that_lose_decimals_and_volumes_of_zero_are_said(catalog: Catalog, write: Write, load: Load) -> None:
    text = HEADER + FIRST.replace("100\n", "100.4\n") + SECOND.replace("200\n", "0\n")
    shares = catalog.import_csv(write(text), instrument="A.X", bar="1d")
    coins = catalog.import_csv(write(text), instrument="BTC/USD.X", bar="1d")
    assert load("A.X").volume.tolist() == [100.0, 0.0]
    assert load("BTC/USD.X").volume.tolist() == [100.4, 0.0]
    assert any("1 volume had to be rounded" in warning for warning in shares.warnings)
    assert len(coins.warnings) == 1
    assert coins.warnings[0].startswith("1 bar of volume 0")


def test_a_move_beyond_40_percent_is_warned_of_by_date(catalog: Catalog, write: Write) -> None:
    def one(close: str) -> tuple[str, ...]:
        text = HEADER + f"2020-01-02,100,100,100,100,1\n2020-01-03,{close},{close},{close},{close},1\n"
        return catalog.import_csv(write(text), instrument=f"A{close}.X", bar="1d").warnings

    # 140 / 100 - 1 = 0.4 is not beyond, 59 / 100 - 1 = -0.41 is
    assert one("140") == ()
    assert one("60") == ()
    assert "2020-01-03 (-41.0 %)" in one("59")[0]


def test_an_adjusted_close_that_is_not_used_is_reported(catalog: Catalog, write: Write) -> None:
    text = "Date,Open,High,Low,Close,Adj Close,Volume\n2020-01-02,1,1,1,1,0.5,7\n"
    assert catalog.import_csv(write(text), instrument="A.X", bar="1d").warnings == (
        "there is an adjusted close, which is not used.",
    )


def test_real_and_mock_bars_are_never_mixed(catalog: Catalog, write: Write, load: Load) -> None:
    catalog.import_mock(instrument="A.X", start="2020-01-01", end="2020-01-10")
    assert catalog.find("A.X").source == "mock"
    file = write(HEADER + FIRST)
    with pytest.raises(InvalidInput, match="holds bars of the source 'mock'"):
        catalog.import_csv(file, instrument="A.X", bar="1d")
    report = catalog.import_csv(file, instrument="A.X", bar="1d", replace=True)
    assert report.warnings == ("the bars of the source 'mock' that were there were dropped.",)
    assert load("A.X").close.tolist() == [10.5]
    assert catalog.find("A.X").source == "csv"
    with pytest.raises(InvalidInput, match="holds bars of the source 'csv'"):
        catalog.import_mock(instrument="A.X")


def test_mock_bars_are_the_same_everywhere(catalog: Catalog, load: Load) -> None:
    from workbench.catalog.bar_spec import bar_spec

    kwargs: dict[str, Any] = {"start": "2020-01-01", "end": "2020-01-31", "start_price": 100.0, "drift": 0.0}
    # without drift and volatility the price stays where it is: 23 business days of January 2020 at 100
    flat = mock_bars(bar_spec("1d"), seed=1, volatility=0.0, **kwargs)
    assert (len(flat.time), set(flat.close.tolist())) == (23, {100.0})
    one, two = (mock_bars(bar_spec("1d"), seed=1, volatility=0.2, **kwargs) for _ in range(2))
    assert one.close.tolist() == two.close.tolist()
    assert one.close.tolist() != mock_bars(bar_spec("1d"), seed=2, volatility=0.2, **kwargs).close.tolist()
    # the first normal number of random.Random(1): the inverse normal of 0.13436424411240122 is -1.106, and a quarter of
    # a day's deviation 0.2 * sqrt(1 / 252 / 4) = 0.0063, so that the low of the first bar is at most 100 * (1 - 0.0069)
    assert one.low[0] <= 99.31
    catalog.import_mock()
    assert load("MOCK.SIM").time.tolist() == sorted(load("MOCK.SIM").time.tolist())


def test_mock_volatility_is_what_was_asked_for() -> None:
    import numpy as np

    from workbench.catalog.bar_spec import bar_spec

    table = mock_bars(
        bar_spec("1d"), start="1990-01-01", end="2019-12-31", seed=3, start_price=100.0, drift=0.05, volatility=0.2
    )
    returns = np.diff(np.log(table.close))
    # 7,826 days: the estimate of the deviation has an error of 1 / sqrt(2 * 7826) = 0.8 %, four of them are 3.2 %
    assert returns.std() * np.sqrt(252) == pytest.approx(0.2, rel=0.032)
    assert (table.high >= np.maximum(table.open, table.close)).all()
    assert (table.low <= np.minimum(table.open, table.close)).all()


def test_intraday_mock_bars_run_around_the_clock(catalog: Catalog, load: Load) -> None:
    catalog.import_mock(bar="1h", start="2020-01-04", end="2020-01-05")
    # a Saturday and a Sunday have 48 hours, the first closing at 01:00
    data = load("MOCK.SIM")
    assert (len(data.bars), str(data.time[:1].astype("datetime64[ns]")[0])) == (48, "2020-01-04T01:00:00.000000000")


@pytest.mark.parametrize(
    "arguments",
    [
        {"start": "2020-02-01", "end": "2020-01-01"}, {"start": "soon"}, {"end": None}, {"start": "1969-01-01"},
        {"end": "2300-01-01"}, {"start": "2020-01-04", "end": "2020-01-05"}, {"seed": 1.5}, {"seed": "x"},
        {"seed": True},
        {"start_price": 0}, {"start_price": float("nan")}, {"drift": float("inf")}, {"volatility": -0.1}, {"bar": "1s"},
        {"bar": "x"}, {"instrument": "MOCK"},
    ],
)  # fmt: skip
def test_mock_refuses_what_makes_no_market(catalog: Catalog, arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        catalog.import_mock(**arguments)
    assert not catalog.path.exists()


def test_an_import_leaves_no_staging_behind(catalog: Catalog, write: Write) -> None:
    catalog.import_csv(write(HEADER + FIRST), instrument="A.X", bar="1d")
    assert sorted(file.name for file in catalog.path.iterdir()) == [".workbench.lock", "data"]
