"""What was fed to an engine: kinds, prices, and digests of its content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nautilus_trader.model.data import BookOrder, OrderBookDelta, OrderBookDeltas, TradeTick
from nautilus_trader.model.enums import AggressorSide, BookAction, OrderSide
from nautilus_trader.model.identifiers import TradeId
from nautilus_trader.model.objects import Price, Quantity

from tests.support.engines import bars, close, instrument, quotes
from workbench.catalog import Catalog, feeds

ACME = instrument("ACME.TEST")


def trade(day: int, price: float, side: AggressorSide = AggressorSide.BUYER) -> TradeTick:
    return TradeTick(ACME.id, Price(price, 2), Quantity(5, 0), side, TradeId(f"T{day}"), close(day), close(day))


def delta(day: int, side: OrderSide, price: float, size: int, action: BookAction = BookAction.ADD) -> OrderBookDelta:
    order = BookOrder(side, Price(price, 2), Quantity(size, 0), order_id=0)
    return OrderBookDelta(ACME.id, action, order, flags=0, sequence=day, ts_event=close(day), ts_init=close(day))


def test_data_are_told_apart_by_instrument_and_kind_and_put_in_order() -> None:
    other = instrument("OTHER.TEST")
    given = [*bars(ACME, [100, 110])[::-1], *quotes(other, [50.0], spread=0.5), trade(3, 7.5)]
    found = feeds(given)
    assert [(feed.instrument_id, feed.kind) for feed in found] == [
        ("ACME.TEST", "1-DAY-LAST-EXTERNAL"),
        ("OTHER.TEST", "QuoteTick"),
        ("ACME.TEST", "TradeTick"),
    ]
    assert found[0].time.tolist() == [close(1), close(2)]
    # the close, the mid of 49.75 and 50.25, the traded price
    assert [feed.price.tolist() for feed in found] == [[100, 110], [50], [7.5]]


def test_the_price_of_a_book_is_its_mid_where_both_sides_are_there() -> None:
    buy, sell = OrderSide.BUY, OrderSide.SELL
    rows = [
        delta(1, buy, 99, 5),
        delta(2, sell, 103, 5),
        delta(3, sell, 101, 2),
        delta(4, sell, 101, 0, BookAction.DELETE),
        delta(5, buy, 99, 0, BookAction.DELETE),
    ]
    (feed,) = feeds(rows)
    assert np.isnan(feed.price[[0, 4]]).all()
    # (99 + 103) / 2, (99 + 101) / 2, and 103 again
    assert feed.price[1:4].tolist() == [101, 100, 101]
    (batched,) = feeds([OrderBookDeltas(ACME.id, rows[:3])])
    assert batched.price.tolist() == [100]
    assert batched.kind == "OrderBookDeltas"


def test_bars_have_the_digest_they_have_in_the_catalog(home: Path) -> None:
    catalog = Catalog(home / "catalog")
    dataset = catalog.find("AAPL.NASDAQ")
    market = catalog.load(dataset, dataset.first_ns, dataset.last_ns)
    (feed,) = feeds(market.bars)
    assert feed.fingerprint == market.fingerprint
    assert feed.months == market.months


CHANGES: dict[str, tuple[list[Any], list[Any]]] = {
    "a close": (bars(ACME, [100, 110]), bars(ACME, [100, 111])),
    "a bid": (quotes(ACME, [100.0]), quotes(ACME, [100.0], spread=0.5)),
    "a traded price": ([trade(1, 100)], [trade(1, 101)]),
    "who traded": ([trade(1, 100)], [trade(1, 100, AggressorSide.SELLER)]),
    "the time of a trade": ([trade(1, 100)], [trade(2, 100)]),
    "a size in the book": ([delta(1, OrderSide.BUY, 99, 5)], [delta(1, OrderSide.BUY, 99, 6)]),
    "a side of the book": ([delta(1, OrderSide.BUY, 99, 5)], [delta(1, OrderSide.SELL, 99, 5)]),
    "a row more": (bars(ACME, [100, 110]), bars(ACME, [100, 110, 110])),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_the_data_changes_the_digest(what: str) -> None:
    (before,), (after,) = map(feeds, CHANGES[what])
    assert before.fingerprint != after.fingerprint
    (again,) = feeds(CHANGES[what][0])
    assert again.fingerprint == before.fingerprint


def test_a_difference_is_located_by_its_month() -> None:
    # 2024 has 31 days in January
    (before,), (after,) = (feeds(bars(ACME, [100] * 31 + [last])) for last in (100, 101))
    assert [month for month, _, _ in before.months] == ["2024-01", "2024-02"]
    assert [one[1] for one in before.months] == [31, 1]
    assert before.months[0] == after.months[0]
    assert before.months[1] != after.months[1]
