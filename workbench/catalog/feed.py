"""What went into an engine, by instrument and kind: when, at which prices, and the digest of its content.

Bars digest as they do in the catalog, so that the same bars are the same data whichever way they came.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from workbench.arrays import FloatArray, Int64Array
from workbench.catalog.content import content
from workbench.catalog.fingerprint import Months, column_digests, fingerprint, month_digests

UNKNOWN = "unknown"
"""What a fingerprint begins with that is equal to no other: nobody can tell what the data are."""

type Columns = tuple[FloatArray, Months]
"""A price per row, NaN where none is known, and the digest of each month."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Feed:
    """One kind of data of one instrument, oldest first.

    `kind` is a bar such as ``"1-DAY-LAST-EXTERNAL"``, or the name of NautilusTrader's class: ``"QuoteTick"``. `time` is
    ``ts_init``; `price` is close, mid, traded price or mid of the book, NaN where there is none. Both have shape
    ``(n,)``.
    """

    instrument_id: str
    kind: str
    time: Int64Array
    price: FloatArray
    months: Months
    fingerprint: str

    @property
    def is_bar(self) -> bool:
        return "-" in self.kind


def feeds(data: Iterable[Any]) -> list[Feed]:
    """Take data of an engine apart, in the order in which their kinds come first."""
    groups: dict[tuple[str, str], list[Any]] = {}
    for item in data:
        groups.setdefault(_name(item), []).append(item)
    return [_feed(name, kind, rows) for (name, kind), rows in groups.items()]


def _name(item: Any) -> tuple[str, str]:
    bar_type = getattr(item, "bar_type", None)
    if bar_type is not None:
        instrument_id = str(bar_type.instrument_id)
        return instrument_id, str(bar_type)[len(instrument_id) + 1 :]
    inner = _inner(item)
    return str(getattr(inner, "instrument_id", "")), type(inner).__name__


def _inner(item: Any) -> Any:
    """Data of a user's own class come wrapped."""
    return getattr(item, "data", item) if type(item).__name__ == "CustomData" else item


def _feed(instrument_id: str, kind: str, rows: list[Any]) -> Feed:
    rows = sorted(rows, key=lambda row: int(row.ts_init))
    time: Int64Array = np.fromiter((row.ts_init for row in rows), np.int64, len(rows))
    read = _bars if "-" in kind else READERS.get(kind, _others)
    price, months = read(rows, time)
    if not months:
        return Feed(
            instrument_id=instrument_id,
            kind=kind,
            time=time,
            price=price,
            months=(),
            fingerprint=f"{UNKNOWN} {uuid4()}",
        )
    return Feed(
        instrument_id=instrument_id,
        kind=kind,
        time=time,
        price=price,
        months=months,
        fingerprint=fingerprint(months),
    )


def _floats(values: Iterable[Any], count: int) -> FloatArray:
    return np.fromiter((value.as_double() for value in values), np.float64, count)


def _bars(rows: Sequence[Any], time: Int64Array) -> Columns:
    count = len(rows)
    names = ("open", "high", "low", "close")
    prices = tuple(_floats((getattr(row, name) for row in rows), count) for name in names)
    volume = _floats((row.volume for row in rows), count)
    first = rows[0]
    months = month_digests(
        time, prices, volume, price_precision=first.close.precision, size_precision=first.volume.precision
    )
    return prices[3], months


def _quotes(rows: Sequence[Any], time: Int64Array) -> Columns:
    count, price, size = len(rows), rows[0].bid_price.precision, rows[0].bid_size.precision
    bid, ask = (_floats((getattr(row, name) for row in rows), count) for name in ("bid_price", "ask_price"))
    sizes = [_floats((getattr(row, name) for row in rows), count) for name in ("bid_size", "ask_size")]
    columns = [*(_rounded(values, price) for values in (bid, ask)), *(_rounded(values, size) for values in sizes)]
    return (bid + ask) / 2, column_digests(time, columns)


def _trades(rows: Sequence[Any], time: Int64Array) -> Columns:
    count = len(rows)
    price, size = _floats((row.price for row in rows), count), _floats((row.size for row in rows), count)
    columns: list[npt.NDArray[Any]] = [
        _rounded(price, rows[0].price.precision),
        _rounded(size, rows[0].size.precision),
        _small(row.aggressor_side for row in rows),
    ]
    return price, column_digests(time, columns)


def _deltas(rows: Sequence[Any], time: Int64Array) -> Columns:
    """Changes of an order book, alone or in batches; the price is the mid of the book after each."""
    single = [delta for row in rows for delta in getattr(row, "deltas", (row,))]
    batch = np.repeat(time, [len(getattr(row, "deltas", (row,))) for row in rows])
    count = len(single)
    columns: list[npt.NDArray[Any]] = [
        _small(delta.action for delta in single),
        _small(delta.order.side for delta in single),
        np.fromiter((delta.flags for delta in single), "<i8", count),
        np.fromiter((delta.order.order_id for delta in single), "<u8", count),
        _rounded(_floats((delta.order.price for delta in single), count), 16),
        _rounded(_floats((delta.order.size for delta in single), count), 16),
    ]
    return _mid_of_book(rows), column_digests(batch, columns)


def _mid_of_book(rows: Sequence[Any]) -> FloatArray:
    from nautilus_trader.model.book import OrderBook
    from nautilus_trader.model.enums import BookType

    book = OrderBook(rows[0].instrument_id, BookType.L2_MBP)
    mid = np.full(len(rows), np.nan)
    for number, row in enumerate(rows):
        book.apply(row)
        bid, ask = book.best_bid_price(), book.best_ask_price()
        if bid is not None and ask is not None:
            mid[number] = (bid.as_double() + ask.as_double()) / 2
    return mid


def _depths(rows: Sequence[Any], time: Int64Array) -> Columns:
    levels = [[*row.bids, *row.asks] for row in rows]
    wide = len(levels[0])
    price = _floats((level.price for row in levels for level in row), len(rows) * wide).reshape(len(rows), wide)
    size = _floats((level.size for row in levels for level in row), len(rows) * wide).reshape(len(rows), wide)
    best = np.array([[row.bids[0].price.as_double(), row.asks[0].price.as_double()] for row in rows])
    return best.mean(axis=1), column_digests(time, [_rounded(price, 16), _rounded(size, 16)])


def _others(rows: Sequence[Any], time: Int64Array) -> Columns:
    """Any other class: no price, and the digest of its content; no months where nobody can tell what that is."""
    price = np.full(len(rows), np.nan)
    texts = [_content(row) for row in rows]
    digests = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts if text is not None]
    if len(digests) < len(rows):
        return price, ()
    return price, column_digests(time, [np.array(digests, dtype="S32")])


def _content(row: Any) -> str | None:
    inner = _inner(row)
    text = content(inner)
    # with the words around it, as it was digested from the first version on
    return repr(row) if text is not None and text == repr(inner) else text


def _rounded(values: FloatArray, precision: int) -> FloatArray:
    """The float nearest to the decimal, as in `month_digests`."""
    return np.round(values, precision).astype("<f8")


def _small(values: Iterable[Any]) -> npt.NDArray[np.int8]:
    return np.array([int(value) for value in values], dtype=np.int8)


READERS: dict[str, Callable[[Sequence[Any], Int64Array], Columns]] = {
    "QuoteTick": _quotes,
    "TradeTick": _trades,
    "OrderBookDelta": _deltas,
    "OrderBookDeltas": _deltas,
    "OrderBookDepth10": _depths,
}
"""How each kind is read; bars are told by their name, and any other by `_others`."""
