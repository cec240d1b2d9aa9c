"""What the built-in strategies share: they hold one position in one instrument, and move it at the close of a bar."""

from __future__ import annotations

from abc import abstractmethod
from decimal import Decimal
from typing import Any

from nautilus_trader.model.enums import OrderSide, PositionSide
from nautilus_trader.model.objects import Quantity
from nautilus_trader.trading.strategy import Strategy

from workbench.errors import CurrencyMismatch, InvalidInput
from workbench.strategies.builtin.sizing import Lot, entry_quantity

LONG, SHORT, FLAT = PositionSide.LONG, PositionSide.SHORT, PositionSide.FLAT


class OnePosition(Strategy):
    """Hold one position in one instrument: long, short or none.

    A subclass makes its indicators in `indicators` and says in `on_bar` which side to `hold`. It never sizes an order.

    Orders are market orders sent at the close of a bar. NautilusTrader fills them at the close of that same bar, right
    after `on_bar`, so a price that triggers is also the price that is paid.

    A position still open at the end stays open: the workbench marks it to market.
    """

    @abstractmethod
    def indicators(self) -> list[Any]:
        """Make the indicators, fed with every bar before `on_bar` sees it. Called at each start: a reset is fresh."""

    def on_start(self) -> None:
        """Look up the instrument, refuse what its account cannot do, subscribe to the bars."""
        instrument_id = self.config.instrument_id
        self._instrument = self.cache.instrument(instrument_id)
        if self._instrument is None:
            raise InvalidInput(f"the engine has no instrument {instrument_id}. Add it before the run.")
        self._account = self.cache.account_for_venue(instrument_id.venue)
        if self.config.allow_short and not self._account.is_margin_account:
            raise InvalidInput("allow_short needs a margin account: got a cash account, which cannot sell short")
        self._lot = Lot.of(self._instrument)
        for indicator in self.indicators():
            self.register_indicator_for_bars(self.config.bar_type, indicator)
        self.subscribe_bars(self.config.bar_type)

    def side(self) -> PositionSide:
        """Tell which side this strategy holds now."""
        positions = self._positions()
        return positions[0].side if positions else FLAT

    def hold(self, side: PositionSide, bar: Any) -> None:
        """Go to `side` from wherever the position is; without `allow_short`, short means none.

        Nothing happens if it is there already, or while an order is still on its way to the venue.
        """
        if side == SHORT and not self.config.allow_short:
            side = FLAT
        held = self.side()
        if side == held or self._has_order_on_its_way():
            return
        # before closing: both orders fill after on_bar, so the account still shows the position that goes
        quantity = self._quantity(bar)
        if held != FLAT:
            # by position, not by net quantity: a HEDGING venue would open a second position instead of closing this one
            self.close_all_positions(self.config.instrument_id)
        if side != FLAT and quantity > 0:
            self._enter(side, quantity)

    def _enter(self, side: PositionSide, quantity: Decimal) -> None:
        order = self.order_factory.market(
            instrument_id=self.config.instrument_id,
            order_side=OrderSide.BUY if side == LONG else OrderSide.SELL,
            # not make_qty: it goes through float and rounds to nearest, which may be more than the capital buys
            quantity=Quantity.from_str(f"{quantity:.{self._instrument.size_precision}f}"),
        )
        self.submit_order(order)

    def _quantity(self, bar: Any) -> Decimal:
        currency = self._instrument.get_cost_currency()
        balance = self._account.balance(currency)
        if balance is None:
            held = ", ".join(sorted(c.code for c in self._account.balances()))
            raise CurrencyMismatch(
                f"{self._instrument.id} is paid for in {currency.code}, but the account holds {held}. "
                f"Give the capital in {currency.code}."
            )
        price = bar.close.as_decimal()
        equity = balance.total.as_decimal() + self._closing_value(bar.close)
        free = equity if self._account.is_margin_account else balance.free.as_decimal()
        return entry_quantity(self._lot, price=price, equity=equity, free=free, position_pct=self.config.position_pct)

    def _closing_value(self, price: Any) -> Decimal:
        """What closing at `price` adds to a margin account: the unrealised profit, less the fee."""
        value = Decimal(0)
        for position in self._positions():
            notional = position.notional_value(price).as_decimal()
            value += position.unrealized_pnl(price).as_decimal() - notional * self._lot.taker_fee
        return value

    def _positions(self) -> list[Any]:
        # this strategy's alone: the portfolio's net position would mix in those of others on the same instrument
        return self.cache.positions_open(instrument_id=self.config.instrument_id, strategy_id=self.id)  # type: ignore[no-any-return]

    def _has_order_on_its_way(self) -> bool:
        mine = self.cache.orders_inflight(instrument_id=self.config.instrument_id, strategy_id=self.id)
        return bool(mine)
