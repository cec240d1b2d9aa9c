"""What a NautilusTrader engine holds after a run → plain values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from workbench.runs import Fill, RunWarning, Trade

_NUMBERS = re.compile(r"\S*\d\S*")


def fills(cache: Any) -> tuple[Fill, ...]:
    """Every execution, oldest first; those of one moment in the order of their orders."""
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
        )
        for event in _filled(cache)
    ]
    return tuple(sorted(fills, key=lambda fill: fill.time))


def positions(cache: Any) -> list[Any]:
    """Every position there was, open or closed.

    A NETTING venue keeps one position per instrument and leaves the earlier ones as snapshots, so both are read. A
    HEDGING venue leaves nothing of a position whose id the strategy used again: such ones are made anew of their fills.
    """
    kept = [*cache.position_snapshots(), *cache.positions()]
    known = {(fill.instrument_id, fill.trade_id) for position in kept for fill in position.events}
    lost = [fill for fill in _filled(cache) if (fill.instrument_id, fill.trade_id) not in known]
    return [*kept, *_made_anew(cache, lost)]


def _filled(cache: Any) -> Iterator[Any]:
    from nautilus_trader.model.events import OrderFilled

    return (event for order in cache.orders() for event in order.events if isinstance(event, OrderFilled))


def _made_anew(cache: Any, lost: list[Any]) -> Iterator[Any]:
    """Positions from flat to flat: NautilusTrader forgets one when it opens the next under its id."""
    from nautilus_trader.model.position import Position

    under_way: dict[Any, Any] = {}
    for fill in sorted(lost, key=lambda fill: int(fill.ts_event)):
        position = under_way.get(fill.position_id)
        if position is None:
            under_way[fill.position_id] = Position(instrument=cache.instrument(fill.instrument_id), fill=fill)
        else:
            position.apply(fill)
            if position.is_closed:
                yield under_way.pop(fill.position_id)
    yield from under_way.values()


def trades(cache: Any) -> tuple[Trade, ...]:
    """Round trips, oldest first."""
    from nautilus_trader.model.enums import OrderSide

    closed = [position for position in positions(cache) if position.is_closed]
    trades = []
    for position in closed:
        currency = position.settlement_currency
        trades.append(
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
    return tuple(sorted(trades, key=lambda trade: (trade.entry_time, trade.exit_time)))


def _entry_value(position: Any) -> float:
    return float(position.avg_px_open * position.peak_qty.as_double() * position.multiplier.as_double())


def order_warnings(cache: Any) -> list[RunWarning]:
    """Orders that NautilusTrader denied or rejected, counted by reason, and positions that are still open.

    Reasons that differ in their numbers only, such as an id or a price, are one reason.
    """
    from nautilus_trader.model.events import OrderDenied, OrderRejected

    refused: dict[tuple[str, str], list[str]] = {}
    for order in cache.orders():
        for event in order.events:
            if isinstance(event, OrderDenied | OrderRejected):
                what = "denied" if isinstance(event, OrderDenied) else "rejected"
                # some reasons go on with the order itself, of which no two are the same
                reason = event.reason.partition(" with position ")[0]
                refused.setdefault((what, _NUMBERS.sub("", reason)), []).append(reason)
    warnings = []
    for (what, _), reasons in sorted(refused.items()):
        alike = "" if len(set(reasons)) == 1 else ", and alike"
        count = f"{len(reasons)} order{'s' * (len(reasons) > 1)}"
        warnings.append(RunWarning(code=f"orders_{what}", message=f"{count} {what}: {reasons[0]}{alike}"))
    for position in cache.positions_open():
        warnings.append(
            RunWarning(
                code="open_position",
                message=f"{position.side.name.lower()} {position.quantity} {position.instrument_id} still open at the "
                "end, valued at the last close and not counted as a trade",
            )
        )
    return warnings
