"""A backtest on a few bars made by hand."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

import pytest
from nautilus_trader.backtest.config import BacktestEngineConfig
from nautilus_trader.backtest.engine import BacktestEngine
from nautilus_trader.common.config import LoggingConfig
from nautilus_trader.model.currencies import BTC, JPY, USD, USDT
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.enums import AccountType, OmsType
from nautilus_trader.model.events import OrderFilled
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import CurrencyPair, Equity
from nautilus_trader.model.objects import Money, Price, Quantity

DAY = 86_400_000_000_000
CLASSES = {"sma_crossover": "SmaCrossover", "mean_reversion": "MeanReversion", "momentum": "Momentum"}


def equity(*, taker_fee: str = "0", maximum: int | None = None, minimum: int | None = None) -> Equity:
    """A share of 0.01 ticks in USD, in whole pieces."""
    return Equity(
        instrument_id=InstrumentId(Symbol("ACME"), Venue("SIM")),
        raw_symbol=Symbol("ACME"),
        currency=USD,
        price_precision=2,
        price_increment=Price.from_str("0.01"),
        lot_size=Quantity.from_int(1),
        max_quantity=None if maximum is None else Quantity.from_int(maximum),
        min_quantity=None if minimum is None else Quantity.from_int(minimum),
        taker_fee=Decimal(taker_fee),
        maker_fee=Decimal(taker_fee),
        ts_event=0,
        ts_init=0,
    )


def pair(base: Any, quote: Any, *, tick: str, increment: str, taker_fee: str = "0") -> CurrencyPair:
    """A currency pair on the venue SIM."""
    price_increment, size_increment = Price.from_str(tick), Quantity.from_str(increment)
    return CurrencyPair(
        instrument_id=InstrumentId(Symbol(f"{base}/{quote}"), Venue("SIM")),
        raw_symbol=Symbol(f"{base}/{quote}"),
        base_currency=base,
        quote_currency=quote,
        price_precision=price_increment.precision,
        size_precision=size_increment.precision,
        price_increment=price_increment,
        size_increment=size_increment,
        taker_fee=Decimal(taker_fee),
        maker_fee=Decimal(taker_fee),
        ts_event=0,
        ts_init=0,
    )


INSTRUMENTS = {
    "share": equity(),
    "share with fee": equity(taker_fee="0.01"),
    "share of at most 50": equity(maximum=50),
    "share of at least 100": equity(minimum=100),
    "bitcoin": pair(BTC, USDT, tick="0.01", increment="0.000001", taker_fee="0.001"),
    "yen": pair(USD, JPY, tick="0.001", increment="1"),
}
CURRENCIES = {"bitcoin": USDT, "yen": JPY}


@dataclass
class Outcome:
    """What a backtest did: fills as ``"bar side quantity @ price"``, and what is open at the end."""

    fills: list[str] = field(default_factory=list)
    open_quantities: list[str] = field(default_factory=list)
    balances: list[str] = field(default_factory=list)
    iterations: int = 0
    again: list[str] = field(default_factory=list)


class Backtest(Protocol):
    """Run a strategy on closes and say what it did."""

    def __call__(self, key: str, closes: Sequence[float], **options: Any) -> Outcome: ...


@pytest.fixture
def backtest() -> Backtest:
    """Bars whose open, high and low differ from the close: a fill there would show."""
    return _backtest


def _backtest(
    key: str,
    closes: Sequence[float],
    *,
    instrument: str = "share",
    capital: float = 1000,
    currency: Any = None,
    account: str = "MARGIN",
    oms: str = "NETTING",
    latency: Any = None,
    fill_model: Any = None,
    repeat: bool = False,
    beside: tuple[str, dict[str, Any]] | None = None,
    configured: str | None = None,
    **params: Any,
) -> Outcome:
    traded = INSTRUMENTS[instrument]
    currency = currency or CURRENCIES.get(instrument, USD)
    engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), run_analysis=False))
    try:
        engine.add_venue(
            venue=Venue("SIM"),
            oms_type=OmsType[oms],
            account_type=AccountType[account],
            base_currency=None if account == "CASH" and instrument == "bitcoin" else currency,
            starting_balances=[Money(capital, currency)],
            latency_model=latency,
            fill_model=fill_model,
        )
        engine.add_instrument(traded)
        bar_type = BarType.from_str(f"{traded.id}-1-DAY-LAST-EXTERNAL")
        engine.add_data(_bars(traded, bar_type, closes))
        if configured:
            bar_type = BarType.from_str(f"{configured}-1-DAY-LAST-EXTERNAL")
        engine.add_strategy(_strategy(key, bar_type, params))
        if beside:
            engine.add_strategy(_strategy(beside[0], bar_type, beside[1]))
        engine.run()
        outcome = _outcome(engine)
        if repeat:
            engine.reset()
            engine.run()
            outcome.again = _outcome(engine).fills
        return outcome
    finally:
        engine.dispose()


def _strategy(key: str, bar_type: BarType, params: dict[str, Any]) -> Any:
    module = importlib.import_module(f"workbench.strategies.builtin.{key}")
    config = getattr(module, f"{CLASSES[key]}Config")
    return getattr(module, CLASSES[key])(config(instrument_id=bar_type.instrument_id, bar_type=bar_type, **params))


def _bars(instrument: Any, bar_type: BarType, closes: Sequence[float]) -> list[Bar]:
    bars = []
    for i, close in enumerate(closes):
        start = closes[max(i - 1, 0)]
        bars.append(
            Bar(
                bar_type=bar_type,
                open=instrument.make_price(start),
                high=instrument.make_price(max(start, close) * 1.01),
                low=instrument.make_price(min(start, close) * 0.99),
                close=instrument.make_price(close),
                volume=instrument.make_qty(1_000_000),
                ts_event=(i + 1) * DAY,
                ts_init=(i + 1) * DAY,
            )
        )
    return bars


def _outcome(engine: BacktestEngine) -> Outcome:
    events = [e for order in engine.cache.orders() for e in order.events if isinstance(e, OrderFilled)]
    events.sort(key=lambda e: (e.ts_event, e.ts_init, int(str(e.client_order_id).rpartition("-")[2])))
    return Outcome(
        fills=[f"{e.ts_event // DAY - 1} {e.order_side.name} {e.last_qty} @ {e.last_px}" for e in events],
        open_quantities=[str(p.signed_decimal_qty()) for p in engine.cache.positions_open()],
        balances=sorted(str(b.total) for b in engine.cache.accounts()[0].balances().values()),
        iterations=engine.iteration,
    )
