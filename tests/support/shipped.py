"""NautilusTrader's own examples and the markets they are run on, the same for the same seed everywhere."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from nautilus_trader.backtest.config import BacktestRunConfig
from nautilus_trader.backtest.engine import BacktestEngine
from nautilus_trader.config import ImportableExecAlgorithmConfig
from nautilus_trader.examples.algorithms.twap import TWAPExecAlgorithm
from nautilus_trader.examples.strategies.market_maker import MarketMaker
from nautilus_trader.model.data import Bar, BarType, BookOrder, OrderBookDelta, QuoteTick, TradeTick
from nautilus_trader.model.enums import AggressorSide, BookAction, BookType, OrderSide, RecordFlag
from nautilus_trader.model.identifiers import TradeId
from nautilus_trader.model.objects import Price, Quantity
from nautilus_trader.persistence.catalog import ParquetDataCatalog

from tests.support.engines import FIRST, data_config, engine, importable, instrument, run_config, venue_config
from workbench.engine.nautilus1.run_config import imported
from workbench.strategies import parse_params

PAIR = "EUR/USD.SIM"
BARS = f"{PAIR}-1-MINUTE-LAST-EXTERNAL"
STRATEGIES = "nautilus_trader.examples.strategies"
SECOND = 1_000_000_000
KINDS: Mapping[str, type] = {"bars": Bar, "quotes": QuoteTick, "trades": TradeTick, "book": OrderBookDelta}

BY_BAR: dict[str, Any] = {"instrument_id": PAIR, "bar_type": BARS, "trade_size": "100000"}
STOPS: dict[str, Any] = {
    "atr_period": 20,
    "trailing_atr_multiple": 2.0,
    "trailing_offset_type": "PRICE",
    "trigger_type": "LAST_PRICE",
}
LENIENT = {"reject_stop_orders": False}
"""Else NautilusTrader rejects their entry orders, whose trigger is in the market already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One example: its class and parameters, and which data it is fed."""

    path: str
    params: Mapping[str, Any]
    data: tuple[str, ...] = ("bars",)
    config_name: str = ""
    twap: bool = False
    venue: Mapping[str, Any] = field(default_factory=dict)

    @property
    def config_path(self) -> str:
        module, _, name = self.path.partition(":")
        return f"{module}:{self.config_name or f'{name}Config'}"


def example(module: str, name: str, params: Mapping[str, Any], *data: str, **more: Any) -> Example:
    return Example(path=f"{STRATEGIES}.{module}:{name}", params=params, data=data or ("bars",), **more)


EXAMPLES: dict[str, Example] = {
    "EMA cross": example("ema_cross", "EMACross", BY_BAR),
    "EMA cross, long only": example("ema_cross_long_only", "EMACrossLongOnly", BY_BAR),
    "EMA cross, hedging": example("ema_cross_hedge_mode", "EMACross", BY_BAR, venue={"oms_type": "HEDGING"}),
    "EMA cross, bracket orders": example("ema_cross_bracket", "EMACrossBracket", BY_BAR, venue=LENIENT),
    "EMA cross, bracket of an algorithm": example(
        "ema_cross_bracket_algo", "EMACrossBracketAlgo", BY_BAR, venue=LENIENT
    ),
    "EMA cross by TWAP": example(
        "ema_cross_twap", "EMACrossTWAP", {**BY_BAR, "twap_horizon_secs": 20, "twap_interval_secs": 5}, twap=True
    ),
    "EMA cross, stop entry": example(
        "ema_cross_stop_entry", "EMACrossStopEntry", {**BY_BAR, **STOPS, "trailing_offset": "0.0005"}, venue=LENIENT
    ),
    "EMA cross, trailing stop": example("ema_cross_trailing_stop", "EMACrossTrailingStop", {**BY_BAR, **STOPS}),
    "Bollinger mean reversion": example("bb_mean_reversion", "BBMeanReversion", {**BY_BAR, "bb_std": 1.0}),
    "Volatility market maker": example(
        "volatility_market_maker",
        "VolatilityMarketMaker",
        {**BY_BAR, "atr_period": 20, "atr_multiple": 0.5},
    ),
    "Grid market maker": example(
        "grid_market_maker",
        "GridMarketMaker",
        {"instrument_id": PAIR, "max_position": "500000", "trade_size": "100000", "grid_step_bps": 1},
        "quotes",
    ),
    "Simple quoter": example(
        "simpler_quoter",
        "SimpleQuoterStrategy",
        {"instrument_id": PAIR, "order_qty": "100000"},
        "quotes",
    ),
    "Order book imbalance": example(
        "orderbook_imbalance",
        "OrderBookImbalance",
        {"instrument_id": PAIR, "max_trade_size": "50000"},
        "book",
        venue={"book_type": "L2_MBP"},
    ),
    "Subscribe": example(
        "subscribe",
        "SubscribeStrategy",
        {"instrument_id": PAIR, "quote_ticks": True, "trade_ticks": True},
        "quotes",
        "trades",
    ),
    "Signal": example("signal_strategy", "SignalStrategy", {"instrument_id": PAIR}, "quotes", "trades"),
    "Blank": example("blank", "MyStrategy", {"instrument_id": PAIR}),
}
"""All that a 1.x engine can run and that take a config."""


def write_markets(path: Path, seed: int = 7) -> None:
    """Twelve hours of minute bars and ten minutes of quotes, trades and an order book into a new catalog."""
    chance, pair = random.Random(seed), instrument(PAIR, decimals=5)
    catalog = ParquetDataCatalog(str(path))
    catalog.write_data([pair])
    catalog.write_data(_bars(pair, chance, 720))
    walk = _walk(chance, 600)
    catalog.write_data([_quote(pair, *one) for one in walk])
    catalog.write_data([_trade(pair, chance, *one) for one in walk])
    catalog.write_data(_book(pair, chance, walk))


def _walk(chance: random.Random, steps: int) -> list[tuple[int, int]]:
    """Time and price in points of 0.00001, a step each second."""
    at, points = FIRST, 110_000
    rows = []
    for _ in range(steps):
        points += chance.choice((-3, -2, -1, 0, 1, 2, 3))
        at += SECOND
        rows.append((at, points))
    return rows


def _price(points: int) -> Price:
    return Price(points / 100_000, 5)


def _bars(pair: Any, chance: random.Random, count: int) -> list[Bar]:
    kind, volume = BarType.from_str(BARS), Quantity(1_000_000, pair.size_precision)
    points, rows = 110_000, []
    for minute in range(1, count + 1):
        path = [points + chance.randint(-12, 12) for _ in range(4)]
        first, last = points, path[-1]
        at = FIRST + minute * 60 * SECOND
        high, low = max(first, *path), min(first, *path)
        rows.append(Bar(kind, _price(first), _price(high), _price(low), _price(last), volume, at, at))
        points = last
    return rows


def _quote(pair: Any, at: int, points: int) -> QuoteTick:
    size = Quantity(1_000_000, pair.size_precision)
    return QuoteTick(pair.id, _price(points - 2), _price(points + 2), size, size, at, at)


def _trade(pair: Any, chance: random.Random, at: int, points: int) -> TradeTick:
    side = chance.choice((AggressorSide.BUYER, AggressorSide.SELLER))
    price = points + 2 if side is AggressorSide.BUYER else points - 2
    size = Quantity(chance.randint(1, 50) * 1_000, pair.size_precision)
    return TradeTick(pair.id, _price(price), size, side, TradeId(str(at // SECOND)), at, at)


def _book(pair: Any, chance: random.Random, walk: list[tuple[int, int]]) -> list[OrderBookDelta]:
    """A book of three levels a side, made anew every second."""
    rows = []
    for number, (at, points) in enumerate(walk):
        rows.append(OrderBookDelta.clear(pair.id, number, at, at))
        for level in range(1, 4):
            for side, price in ((OrderSide.BUY, points - 2 * level), (OrderSide.SELL, points + 2 * level)):
                size = Quantity(chance.choice((5, 20, 100, 400)) * 1_000, pair.size_precision)
                order = BookOrder(side, _price(price), size, order_id=0)
                last = level == 3 and side is OrderSide.SELL
                flags = RecordFlag.F_LAST if last else 0
                rows.append(OrderBookDelta(pair.id, BookAction.ADD, order, flags, number, at, at))
    return rows


def configured(one: Example, catalog: Path) -> BacktestRunConfig:
    """The example as a whole configuration."""
    algorithm = ImportableExecAlgorithmConfig(
        exec_algorithm_path="nautilus_trader.examples.algorithms.twap:TWAPExecAlgorithm",
        config_path="nautilus_trader.examples.algorithms.twap:TWAPExecAlgorithmConfig",
        config={},
    )
    return run_config(
        [venue_config("SIM", "1000000 USD", **{"default_leverage": 10.0, **one.venue})],
        [
            data_config(catalog, PAIR, KINDS[kind], **({"bar_spec": "1-MINUTE-LAST"} if kind == "bars" else {}))
            for kind in one.data
        ],
        [importable(one.path, one.params, one.config_path)],
        engine_more={"exec_algorithms": [algorithm]} if one.twap else {},
    )


def by_hand(one: Example, catalog: Path) -> BacktestEngine:
    """The example as a user writes it: an engine that has run."""
    cls, config_class = imported(one.path), imported(one.config_path)
    built = _engine(one, catalog)
    built.add_strategy(cls(config=parse_params(config_class, one.params)))
    if one.twap:
        built.add_exec_algorithm(TWAPExecAlgorithm())
    built.run()
    return built


def market_maker_by_hand(catalog: Path) -> BacktestEngine:
    """The example that takes no config, so that NautilusTrader cannot configure it either."""
    one = example("market_maker", "MarketMaker", {}, "book", venue={"book_type": "L2_MBP"})
    built = _engine(one, catalog)
    built.add_strategy(MarketMaker(instrument(PAIR, decimals=5).id, Decimal(1_000), Decimal(5_000)))
    built.run()
    return built


def _engine(one: Example, catalog: Path) -> BacktestEngine:
    shelf = ParquetDataCatalog(str(catalog))
    book = BookType.L2_MBP if one.venue.get("book_type") else BookType.L1_MBP
    built = engine(
        ("SIM", ["1000000 USD"]),
        oms=one.venue.get("oms_type", "NETTING"),
        book_type=book,
        reject_stop_orders=one.venue.get("reject_stop_orders", True),
        default_leverage=Decimal(10),
    )
    built.add_instrument(shelf.instruments()[0])
    for kind in one.data:
        built.add_data(shelf.query(KINDS[kind]), sort=False)
    built.sort_data()
    return built
