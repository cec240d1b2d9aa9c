"""Strategies as a user writes them, in a module of their own. They follow a script, so that results are known."""

import time
from collections.abc import Callable

import msgspec
import psycopg
from nautilus_trader.common.actor import Actor
from nautilus_trader.common.config import ActorConfig
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.enums import OrderSide
from nautilus_trader.model.identifiers import InstrumentId
from nautilus_trader.trading.config import StrategyConfig
from nautilus_trader.trading.strategy import Strategy

CALLED: dict[str, Callable[[], object]] = {}
"""What a test wants to happen in the middle of a run, by the run's note."""


class ScriptConfig(StrategyConfig, kw_only=True, frozen=True):
    """Orders by bar, counted from 1: ``{"1": 90, "7": -90}`` buys 90 at the first and sells them at the seventh."""

    instrument_id: InstrumentId
    bar_type: BarType
    orders: dict[str, float] = msgspec.field(default_factory=dict)
    raise_on: int = 0
    stop_on: int = 0
    interrupt_on: int = 0
    hang_on: int = 0
    cut_on: int = 0
    call_on: int = 0
    url: str = ""
    order_on: str = ""
    note: str = ""


class Script(Strategy):
    """Sends market orders at the bars it was told."""

    def __init__(self, config: ScriptConfig) -> None:
        super().__init__(config)
        self.seen = 0

    def on_start(self) -> None:
        """Subscribe."""
        self.subscribe_bars(self.config.bar_type)

    def on_bar(self, bar: Bar) -> None:
        """Follow the script."""
        self.seen += 1
        if self.seen == self.config.raise_on:
            raise ValueError(f"boom on bar {self.seen}")
        if self.seen == self.config.interrupt_on:
            raise KeyboardInterrupt
        if self.seen == self.config.stop_on:
            self.shutdown_system("enough")
        if self.seen == self.config.hang_on:
            print("hanging", flush=True)
            time.sleep(60)
        if self.seen == self.config.cut_on:
            cut_connections(self.config.url)
        if self.seen == self.config.call_on:
            CALLED[self.config.note]()
        quantity = self.config.orders.get(str(self.seen), 0)
        instrument = self.cache.instrument(self.config.instrument_id)
        if quantity and quantity == -self._held():
            self.close_all_positions(self.config.instrument_id)
        elif quantity:
            side = OrderSide.BUY if quantity > 0 else OrderSide.SELL
            target = InstrumentId.from_str(self.config.order_on or str(self.config.instrument_id))
            order = self.order_factory.market(target, side, instrument.make_qty(abs(quantity)))
            self.submit_order(order)

    def _held(self) -> float:
        return float(sum(position.signed_qty for position in self.cache.positions_open()))


class RaisesAtOnce(Strategy):
    """Raises in its constructor."""

    def __init__(self) -> None:
        super().__init__()
        raise RuntimeError("no licence file")


def cut_connections(url: str) -> None:
    """End every other connection to a database, as a restart of its server would."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )


class RaisesWithItsConfig(Strategy):
    """Raises in its constructor, which takes a config as NautilusTrader gives it to every strategy."""

    def __init__(self, config: StrategyConfig) -> None:
        super().__init__(config)
        raise RuntimeError("no licence file")


class WatcherConfig(ActorConfig, kw_only=True, frozen=True):
    """Which bars to look at."""

    every: int = 1


class Watcher(Actor):
    """Looks on."""

    def __init__(self, config: WatcherConfig) -> None:
        super().__init__(config)


class TakesNothing(Strategy):
    """Takes no config."""

    def __init__(self) -> None:
        super().__init__()
