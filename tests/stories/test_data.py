"""Real bars of other markets: what runs on them, and what is refused because it could not trade."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.conftest import SHARED
from tests.stories.test_record import SCRIPT
from workbench import Workbench
from workbench.errors import InvalidInput, PricesNotTradable

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=f"no market data in {SHARED}")


def head(name: str, rows: int, folder: Path) -> Path:
    """The first rows of a file of market data."""
    file = folder / name.removesuffix(".gz")
    with gzip.open(SHARED / name, "rt") as lines:
        file.write_text("".join(line for _, line in zip(range(rows + 1), lines, strict=False)))
    return file


@needs_shared
def test_a_crypto_pair_trades_in_fractions_on_minute_bars_with_cash_and_on_margin(
    fresh_wb: Workbench, tmp_path: Path
) -> None:
    file = head("btc-perp-1m-2022-01.csv.gz", 5_000, tmp_path)
    fresh_wb.import_csv(file, instrument="BTC/USD.BITMEX", bar="1m")
    margin, cash = (
        fresh_wb.run(
            "sma_crossover",
            instrument="BTC/USD.BITMEX",
            fast_period=30,
            slow_period=120,
            account=account,
            progress=False,
        )
        for account in ("margin", "cash")
    )
    assert len(margin.trades()) > 5
    assert (margin.trades()["quantity"] % 1 != 0).all()
    assert margin.config.periods_per_year == 365
    # the two accounts differ by the cents that NautilusTrader rounds a balance to, and so do the sizes
    ours, theirs = margin.fills(), cash.fills()
    assert ours["price"].tolist() == theirs["price"].tolist()
    assert ours["quantity"].tolist() == pytest.approx(theirs["quantity"].tolist(), rel=1e-6)


@needs_shared
def test_bid_bars_alone_are_refused_and_tell_what_to_do(fresh_wb: Workbench, tmp_path: Path) -> None:
    file = head("usdjpy-m1-bid-2013.csv.gz", 500, tmp_path)
    fresh_wb.import_csv(file, instrument="USD/JPY.FXCM", bar="1-MINUTE-BID")
    with pytest.raises(PricesNotTradable, match="1-MINUTE-LAST-EXTERNAL"):
        fresh_wb.run("sma_crossover", instrument="USD/JPY.FXCM", progress=False)
    assert fresh_wb.history().empty


@needs_shared
def test_bid_and_ask_bars_together_trade_at_their_spread(fresh_wb: Workbench, tmp_path: Path) -> None:
    file = head("usdjpy-m1-bid-2013.csv.gz", 3_000, tmp_path)
    fresh_wb.import_csv(file, instrument="USD/JPY.FXCM", bar="1-MINUTE-BID")
    # the same bars 0.02 yen higher
    rows = [line.split(",") for line in file.read_text().splitlines()]
    dearer = [[row[0], *(f"{float(price) + 0.02:.3f}" for price in row[1:])] for row in rows[1:]]
    file.write_text("\n".join(",".join(row) for row in [rows[0], *dearer]) + "\n")
    fresh_wb.import_csv(file, instrument="USD/JPY.FXCM", bar="1-MINUTE-ASK")
    run = fresh_wb.run(
        "sma_crossover",
        instrument="USD/JPY.FXCM",
        bar="1-MINUTE-BID",
        capital="1000000 JPY",
        fast_period=20,
        slow_period=60,
        progress=False,
    )
    assert [data.bar for data in run.config.data] == ["1-MINUTE-BID-EXTERNAL", "1-MINUTE-ASK-EXTERNAL"]
    fills = run.fills()
    assert len(run.trades()) > 5
    # a buy pays the ask of a bar, a sale gets the bid: between the two lie 0.02 yen of bars of one close
    bids = {round(float(row[4]), 3) for row in rows[1:]}
    asks = {round(float(row[4]), 3) for row in dearer}
    assert {round(price, 3) for price in fills.loc[fills["side"] == "BUY", "price"]} <= asks
    assert {round(price, 3) for price in fills.loc[fills["side"] == "SELL", "price"]} <= bids


@pytest.mark.parametrize("bar", ["1-DAY-BID", "1-DAY-ASK"])
def test_on_bids_and_asks_an_order_fills_at_the_bar_that_it_was_sent_on(
    fresh_wb: Workbench, tmp_path: Path, bar: str
) -> None:
    for side, closes in (("BID", (100, 110, 120, 130)), ("ASK", (101, 111, 121, 131))):
        rows = [f"2024-01-0{day},{close},{close},{close},{close},1000000" for day, close in enumerate(closes, 1)]
        file = tmp_path / f"{side}.csv"
        file.write_text("\n".join(["date,open,high,low,close,volume", *rows]))
        fresh_wb.import_csv(file, instrument="ACME.TEST", bar=f"1-DAY-{side}")
    run = fresh_wb.run(SCRIPT, instrument="ACME.TEST", bar=bar, orders={"2": 10, "3": -10}, progress=False)
    # bought on the second day at 110 bid and 111 asked, sold on the third at 120 bid and 121 asked
    assert run.fills()["price"].tolist() == [111, 120]


@needs_shared
def test_capital_of_a_currency_pair_is_in_the_currency_it_settles_in(fresh_wb: Workbench, tmp_path: Path) -> None:
    file = head("usdjpy-m1-bid-2013.csv.gz", 500, tmp_path)
    fresh_wb.import_csv(file, instrument="USD/JPY.FXCM", bar="1-MINUTE-LAST")
    with pytest.raises(InvalidInput, match="capital='10000 JPY'"):
        fresh_wb.run("sma_crossover", instrument="USD/JPY.FXCM", capital="10000 USD", progress=False)


def test_the_mock_source_gives_the_same_bars_for_the_same_seed(fresh_wb: Workbench) -> None:
    fresh_wb.import_mock(instrument="MOCK.SIM", seed=7)
    fresh_wb.import_mock(instrument="MOCK2.SIM", seed=8)
    runs = [fresh_wb.run("momentum", instrument=name, progress=False) for name in ("MOCK", "MOCK2")]
    assert [run.record.data_source for run in runs] == ["mock", "mock"]
    assert runs[0].config.data[0].fingerprint != runs[1].config.data[0].fingerprint
    assert runs[0].trades()["pnl"].tolist() != runs[1].trades()["pnl"].tolist()
