"""NautilusTrader trades what was imported: a market order on a bar fills at that bar's close."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workbench.catalog import Catalog, MarketData

FX = "timestamp,open,high,low,close\n" + "".join(
    f"2020-01-02 10:0{i}:00,91.7{i}0,91.8{i}0,91.6{i}0,91.7{i}5\n" for i in range(5)
)
CRYPTO = "timestamp,open,high,low,close,volume\n" + "".join(
    f"2020-01-02 10:0{i}:00,4600{i}.0,4610{i}.5,4590{i}.0,4600{i}.5,12.3456789{i}\n" for i in range(5)
)
EQUITY = "date,open,high,low,close,volume\n" + "".join(
    f"2020-01-0{i},10{i}.00,11{i}.00,9{i}.00,10{i}.50,1000\n" for i in range(1, 6)
)
EMPTY = EQUITY.replace(",1000\n", ",0\n")


def fills(data: MarketData, quantity: str, currency: str) -> list[tuple[str, str, int]]:
    """Buy on the second bar; give the fills' quantity, price and time."""
    from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
    from nautilus_trader.config import LoggingConfig
    from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
    from nautilus_trader.model.objects import Currency, Money, Quantity
    from nautilus_trader.trading.strategy import Strategy

    seen: list[tuple[str, str, int]] = []

    class BuyOnSecond(Strategy):
        def on_start(self) -> None:
            self.subscribe_bars(data.bars[0].bar_type)

        def on_bar(self, bar: Any) -> None:
            if bar.ts_init == data.bars[1].ts_init:
                self.submit_order(
                    self.order_factory.market(data.instrument.id, OrderSide.BUY, Quantity.from_str(quantity))
                )

        def on_order_filled(self, event: Any) -> None:
            seen.append((str(event.last_qty), str(event.last_px), event.ts_event))

    engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), run_analysis=False))
    capital = Currency.from_str(currency)
    engine.add_venue(data.instrument.id.venue, OmsType.NETTING, AccountType.MARGIN, [Money(10**9, capital)], capital)
    engine.add_instrument(data.instrument)
    engine.add_data(data.bars)
    engine.add_strategy(BuyOnSecond())
    engine.run()
    engine.dispose()
    return seen


@pytest.mark.parametrize(
    ("text", "instrument", "bar", "quantity", "currency", "close"),
    [
        (EQUITY, "A.X", "1d", "200", "USD", "102.50"),
        (FX, "USD/JPY.X", "1m", "100000", "JPY", "91.715"),
        (CRYPTO, "BTC/USD.X", "1m", "2.12345678", "USD", "46001.5"),
    ],
)
def test_a_market_order_fills_at_the_close_of_its_bar(
    catalog: Catalog,
    write: Callable[..., Path],
    load: Callable[..., MarketData],
    text: str,
    instrument: str,
    bar: str,
    quantity: str,
    currency: str,
    close: str,
) -> None:
    catalog.import_csv(write(text), instrument=instrument, bar=bar)
    data = load(instrument)
    assert fills(data, quantity, currency) == [(quantity, close, int(data.time[1]))]


def test_a_bar_of_volume_zero_fills_one_tick_beyond_its_close_as_warned(
    catalog: Catalog, write: Callable[..., Path], load: Callable[..., MarketData]
) -> None:
    report = catalog.import_csv(write(EMPTY), instrument="A.X", bar="1d")
    assert "fill one tick beyond the close" in report.warnings[0]
    # one share is the least that a bar trades; the tick is 0.01
    assert [fill[:2] for fill in fills(load("A.X"), "200", "USD")] == [("1", "102.50"), ("199", "102.51")]
