"""What was executed and held → plain fills and trades."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from workbench.engine.nautilus1.executions import Executions, origin
from workbench.engine.nautilus1.ledger import Holding, Ledger
from workbench.engine.nautilus1.valuation import Market
from workbench.runs import Fill, Trade


def fills(done: Executions) -> tuple[Fill, ...]:
    """Every execution, oldest first; those of one moment in the order of their orders, those without one last."""
    from nautilus_trader.model.enums import LiquiditySide, OrderSide

    liquidity = {LiquiditySide.MAKER: "maker", LiquiditySide.TAKER: "taker"}
    fills = [
        Fill(
            time=event.ts_event,
            instrument_id=event.instrument_id.value,
            order_id=event.client_order_id.value,
            side="BUY" if event.order_side == OrderSide.BUY else "SELL",
            quantity=event.last_qty.as_double(),
            price=event.last_px.as_double(),
            commission=event.commission.as_double(),
            currency=event.commission.currency.code,
            liquidity=liquidity.get(event.liquidity_side, ""),
            origin=origin(event),
        )
        for event in (*done.ordered, *done.dropped, *done.orderless)
    ]
    return tuple(sorted(fills, key=lambda fill: fill.time))


def trades(held: Sequence[Holding], ledger: Ledger, market: Market) -> tuple[Trade, ...]:
    """Round trips, oldest first, in the market's currency; in the settlement's where no rate is known."""
    trades = [
        _trade(holding, float(ledger.profits[number]), float(ledger.commissions[number]), market)
        for number, holding in enumerate(held)
        if holding.position.is_closed
    ]
    return tuple(sorted(trades, key=lambda trade: (trade.entry_time, trade.exit_time)))


def _trade(holding: Holding, profit: float, commission: float, market: Market) -> Trade:
    from nautilus_trader.model.enums import OrderSide

    position = holding.position
    currency, settled = market.currency, position.settlement_currency.code
    entered = _entry_value(position)
    if math.isnan(profit):
        currency, profit = settled, position.realized_pnl.as_double()
        commission = sum(change.commission for change in holding.changes if change.currency == settled)
    elif settled != currency:
        entered *= float(market.rates.at(settled, currency, np.array([position.ts_opened], dtype=np.int64))[0])
    return Trade(
        instrument_id=position.instrument_id.value,
        side="LONG" if position.entry == OrderSide.BUY else "SHORT",
        quantity=position.peak_qty.as_double(),
        entry_time=position.ts_opened,
        entry_price=float(position.avg_px_open),
        exit_time=position.ts_closed,
        exit_price=float(position.avg_px_close),
        pnl=profit,
        commission=commission,
        return_=profit / entered if entered > 0 else math.nan,
        currency=currency,
    )


def _entry_value(position: Any) -> float:
    """What was paid for it, in the settlement currency: of an inverse contract, its quantity over the price."""
    size: float = position.peak_qty.as_double() * position.multiplier.as_double()
    price = float(position.avg_px_open)
    if not position.is_inverse:
        return price * size
    return size / price if price > 0 else math.nan
