"""A strategy that sends whatever orders it is told, of any kind and on any instrument, bar by bar."""

from __future__ import annotations

import msgspec
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.enums import OrderSide
from nautilus_trader.model.identifiers import InstrumentId
from nautilus_trader.trading.config import StrategyConfig
from nautilus_trader.trading.strategy import Strategy


class Order(msgspec.Struct, frozen=True):
    """`kind` is market, limit, stop, bracket or close; prices lie `away` from the last close, as a fraction."""

    bar: int
    instrument: str
    kind: str
    quantity: float
    away: float


class RandomTraderConfig(StrategyConfig, kw_only=True, frozen=True):
    """The orders, and what is to be heard: bars of `driver`."""

    driver: BarType
    orders: list[Order] = msgspec.field(default_factory=list)
    flat_at_end: bool = False


class RandomTrader(Strategy):
    """Sends the orders of each bar of its driver."""

    def __init__(self, config: RandomTraderConfig) -> None:
        super().__init__(config)
        self.seen = 0

    def on_start(self) -> None:
        """Subscribe to all that there is."""
        self.subscribe_bars(self.config.driver)
        for instrument in self.cache.instruments():
            self.subscribe_quote_ticks(instrument.id)

    def on_bar(self, bar: Bar) -> None:
        """Send what is due."""
        self.seen += 1
        for order in self.config.orders:
            if order.bar == self.seen:
                self.send(order)

    def send(self, order: Order) -> None:
        """Send one of them, if there is a price to set its own by."""
        name = InstrumentId.from_str(order.instrument)
        instrument = self.cache.instrument(name)
        last = self.cache.bar(BarType.from_str(f"{name}-1-DAY-LAST-EXTERNAL"))
        price = last.close.as_double() if last is not None else 100.0
        if order.kind == "close":
            self.close_all_positions(name)
            return
        side = OrderSide.BUY if order.quantity > 0 else OrderSide.SELL
        quantity = instrument.make_qty(abs(order.quantity))
        up, down = instrument.make_price(price * (1 + order.away)), instrument.make_price(price * (1 - order.away))
        if order.kind == "market":
            self.submit_order(self.order_factory.market(name, side, quantity))
        elif order.kind == "limit":
            self.submit_order(self.order_factory.limit(name, side, quantity, down if order.quantity > 0 else up))
        elif order.kind == "stop":
            self.submit_order(self.order_factory.stop_market(name, side, quantity, up if order.quantity > 0 else down))
        else:
            profit, loss = (up, down) if order.quantity > 0 else (down, up)
            bracket = self.order_factory.bracket(name, side, quantity, tp_price=profit, sl_trigger_price=loss)
            self.submit_order_list(bracket)

    def on_stop(self) -> None:
        """Close what is open, after the last bar."""
        if self.config.flat_at_end:
            for instrument in self.cache.instruments():
                self.close_all_positions(instrument.id)
