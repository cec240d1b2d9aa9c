"""What a NautilusTrader engine holds after a run → plain values."""

from __future__ import annotations

from collections import Counter
from typing import Any

from workbench.runs import Fill, RunWarning, Trade


def fills(cache: Any) -> tuple[Fill, ...]:
    """Every execution, oldest first; those of one moment in the order of their orders."""
    from nautilus_trader.model.enums import LiquiditySide, OrderSide
    from nautilus_trader.model.events import OrderFilled

    liquidity = {LiquiditySide.MAKER: "maker", LiquiditySide.TAKER: "taker"}
    found = [
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
        )
        for order in cache.orders()
        for event in order.events
        if isinstance(event, OrderFilled)
    ]
    return tuple(sorted(found, key=lambda fill: fill.time))


def trades(cache: Any) -> tuple[Trade, ...]:
    """Round trips, oldest first.

    A NETTING venue keeps one position per instrument and leaves the earlier ones as snapshots, so both are read.
    """
    from nautilus_trader.model.enums import OrderSide

    closed = [position for position in [*cache.position_snapshots(), *cache.positions()] if position.is_closed]
    found = []
    for position in closed:
        currency = position.settlement_currency
        found.append(
            Trade(
                instrument_id=position.instrument_id.value,
                side="LONG" if position.entry == OrderSide.BUY else "SHORT",
                quantity=position.peak_qty.as_double(),
                entry_time=position.ts_opened,
                entry_price=float(position.avg_px_open),
                exit_time=position.ts_closed,
                exit_price=float(position.avg_px_close),
                pnl=position.realized_pnl.as_double(),
                commission=sum(paid.as_double() for paid in position.commissions() if paid.currency == currency),
                return_=position.realized_pnl.as_double() / _entry_value(position),
                currency=currency.code,
            )
        )
    return tuple(sorted(found, key=lambda trade: (trade.entry_time, trade.exit_time)))


def _entry_value(position: Any) -> float:
    return float(position.avg_px_open * position.peak_qty.as_double() * position.multiplier.as_double())


def order_warnings(cache: Any) -> list[RunWarning]:
    """Orders that NautilusTrader denied or rejected, counted by reason, and positions that are still open."""
    from nautilus_trader.model.events import OrderDenied, OrderRejected

    refused = Counter(
        ("denied" if isinstance(event, OrderDenied) else "rejected", event.reason)
        for order in cache.orders()
        for event in order.events
        if isinstance(event, OrderDenied | OrderRejected)
    )
    found = [
        RunWarning(code=f"orders_{what}", message=f"{count} order{'s' * (count > 1)} {what}: {reason}")
        for (what, reason), count in sorted(refused.items())
    ]
    for position in cache.positions_open():
        found.append(
            RunWarning(
                code="open_position",
                message=f"{position.side.name.lower()} {position.quantity} {position.instrument_id} still open at the "
                "end, valued at the last close and not counted as a trade",
            )
        )
    return found
