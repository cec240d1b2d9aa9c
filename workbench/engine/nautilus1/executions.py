"""Every execution of a run, those that no order has among them, and the positions that they made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any


class Listener:
    """Hears every execution of an engine while it runs: a strategy may drop orders and positions from the cache."""

    def __init__(self, engine: Any) -> None:
        self.heard: list[Any] = []
        engine.kernel.msgbus.subscribe(topic="events.order.*", handler=self._hear)

    def _hear(self, event: Any) -> None:
        if type(event).__name__ == "OrderFilled":
            self.heard.append(event)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Executions:
    """What was executed, and every position there was, open or closed.

    `ordered` are the executions that an order of the cache has. `orderless` have none: NautilusTrader closes a position
    at the expiry of its instrument, and fills the legs of a spread, without one. `dropped` were heard, and their orders
    are in the cache no more.
    """

    ordered: Sequence[Any]
    orderless: Sequence[Any]
    dropped: Sequence[Any]
    positions: Sequence[Any]


NOTHING_DONE = Executions(ordered=(), orderless=(), dropped=(), positions=())


def executions(cache: Any, heard: Iterable[Any] = ()) -> Executions:
    """Take all executions out of an engine's cache, with those that were heard and are not in it any more.

    A NETTING venue keeps one position per instrument and leaves the earlier ones as snapshots, so both are read. A
    HEDGING venue leaves nothing of a position whose id the strategy used again: such ones are made anew of their fills,
    and so are those that were dropped.
    """
    orders = cache.orders()
    ordered = [event for order in orders for event in order.events if type(event).__name__ == "OrderFilled"]
    kept = [*cache.position_snapshots(), *cache.positions()]
    placed = {_key(event): event for position in kept for event in position.events}
    known = {_key(event) for event in ordered}
    orderless = {key: event for key, event in placed.items() if key not in known}
    dropped = []
    for event in heard:
        key = _key(event)
        if key not in known and key not in orderless:
            if origin(event) == "order":
                dropped.append(event)
            else:
                orderless[key] = event
    lost = [event for event in (*ordered, *orderless.values(), *dropped) if _key(event) not in placed]
    refused = {order.client_order_id for order in orders if order.is_reduce_only} if lost else set()
    return Executions(
        ordered=ordered,
        orderless=list(orderless.values()),
        dropped=dropped,
        positions=[*kept, *_made_anew(cache, lost, refused)] if lost else kept,
    )


def origin(event: Any) -> str:
    """What it came from: an ``order``, the ``expiry`` of its instrument, or a ``spread`` that it is a leg of."""
    order_id = event.client_order_id.value
    if order_id.startswith("EXPIRATION-LEG-") or any(f"-LEG-{how}-" in order_id for how in ("OTM", "CASH", "EX")):
        return "expiry"
    return "spread" if "-LEG-" in order_id or "-LEG-" in event.venue_order_id.value else "order"


def _key(event: Any) -> tuple[Any, Any]:
    return event.instrument_id, event.trade_id


def _made_anew(cache: Any, lost: Sequence[Any], reduce_only: set[Any]) -> Iterator[Any]:
    """Positions from flat to flat; one that turns over is two.

    Of a spread there is none, its legs have them. NautilusTrader opens none by an order that may only reduce.
    """
    from nautilus_trader.model.position import Position

    under_way: dict[Any, Any] = {}
    for fill in sorted(lost, key=lambda fill: int(fill.ts_event)):
        instrument = cache.instrument(fill.instrument_id)
        if instrument.is_spread():
            continue
        key = (fill.instrument_id, fill.position_id)
        position = under_way.get(key)
        if position is None:
            if fill.client_order_id not in reduce_only:
                under_way[key] = Position(instrument=instrument, fill=fill)
            continue
        rest = None
        if position.is_opposite_side(fill.order_side) and fill.last_qty > position.quantity:
            fill, rest = _split(fill, position.quantity)
        position.apply(fill)
        if position.is_closed:
            yield under_way.pop(key)
        if rest is not None:
            under_way[key] = Position(instrument=instrument, fill=rest)
    yield from under_way.values()


def _split(fill: Any, quantity: Any) -> tuple[Any, Any]:
    """An execution as two, the first of this quantity; the commission goes along by quantity."""
    from nautilus_trader.model.events import OrderFilled
    from nautilus_trader.model.objects import Money, Quantity

    plain = OrderFilled.to_dict(fill)
    share = Money(
        fill.commission.as_decimal() * quantity.as_decimal() / fill.last_qty.as_decimal(), fill.commission.currency
    )
    rest = Quantity(fill.last_qty.as_decimal() - quantity.as_decimal(), fill.last_qty.precision)
    first = {**plain, "last_qty": str(quantity), "commission": str(share)}
    second = {**plain, "last_qty": str(rest), "commission": str(fill.commission - share)}
    return OrderFilled.from_dict(first), OrderFilled.from_dict(second)
