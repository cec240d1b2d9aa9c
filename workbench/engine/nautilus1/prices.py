"""What an engine was fed → the price of every instrument and the rate of every currency at any time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workbench.arrays import FloatArray, Int64Array
from workbench.catalog import Feed

MINUTE_NS = 60_000_000_000
SIDES = ("BID", "ASK")


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """A value that holds until the next one. `time` is ascending, UTC nanoseconds; both have shape ``(n,)``, n > 0."""

    time: Int64Array
    value: FloatArray

    def at(self, when: Int64Array) -> FloatArray:
        """The last known value at each moment; before the first, the first."""
        return np.asarray(self.value[np.maximum(np.searchsorted(self.time, when, side="right") - 1, 0)])


def grid(feeds: Sequence[Feed], until: int | None = None) -> Int64Array:
    """The moments at which an account is valued: every close of a bar; without bars the last tick of each UTC minute.

    None is after `until`; shape ``(n,)``, ascending, none twice.
    """
    bars = [feed.time for feed in feeds if feed.is_bar]
    chosen = bars or [feed.time for feed in feeds]
    time: Int64Array = np.unique(np.concatenate(chosen)) if chosen else np.empty(0, dtype=np.int64)
    if not bars and len(time):
        minute = time // MINUTE_NS
        time = time[np.append(minute[1:] != minute[:-1], True)]
    return time if until is None else time[: np.searchsorted(time, until, side="right")]


def prices(feeds: Sequence[Feed]) -> dict[str, Steps]:
    """The price series of each instrument that has one.

    Of its bars, else its quotes, else its trades, else its order book. BID and ASK bars together give their mid.
    """
    by_instrument = {}
    for instrument_id in dict.fromkeys(feed.instrument_id for feed in feeds):
        own = [feed for feed in feeds if feed.instrument_id == instrument_id]
        series = _of_bars(own) or _of_ticks(own)
        if series is not None:
            by_instrument[instrument_id] = series
    return by_instrument


def _of_bars(feeds: Sequence[Feed]) -> Steps | None:
    bars = {side: [feed for feed in feeds if feed.is_bar and f"-{side}-" in feed.kind] for side in SIDES}
    bid, ask = (merged(bars[side]) for side in SIDES)
    last = merged([feed for feed in feeds if feed.is_bar and feed not in bars["BID"] + bars["ASK"]])
    if last is not None or bid is None or ask is None:
        return last or bid or ask
    time: Int64Array = np.union1d(bid.time, ask.time)
    return Steps(time, (bid.at(time) + ask.at(time)) / 2)


def _of_ticks(feeds: Sequence[Feed]) -> Steps | None:
    for kinds in (("QuoteTick",), ("TradeTick",), ("OrderBookDelta", "OrderBookDeltas", "OrderBookDepth10")):
        series = merged([feed for feed in feeds if feed.kind in kinds])
        if series is not None:
            return series
    return None


def merged(feeds: Iterable[Feed]) -> Steps | None:
    """Several series of one instrument as one, without the moments at which no price is known; None if none is."""
    parts = list(feeds)
    if not parts:
        return None
    time, value = (np.concatenate([getattr(part, name) for part in parts]) for name in ("time", "price"))
    known = ~np.isnan(value)
    order = np.argsort(time[known], kind="stable")
    return Steps(time[known][order], value[known][order]) if known.any() else None


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """What one unit of a currency is worth in another, by the prices of currency pairs, as they are or inverted.

    `missing` collects the currencies that no fed pair could turn into the one asked for.
    """

    pairs: Mapping[tuple[str, str], Steps]
    missing: set[str] = field(default_factory=set)

    def at(self, source: str, target: str, when: Int64Array) -> FloatArray:
        """The rate at each moment; 0 where none is known, so that what cannot be valued is left out."""
        if source == target:
            return np.ones(when.shape)
        if (direct := self.pairs.get((source, target))) is not None:
            return direct.at(when)
        if (inverse := self.pairs.get((target, source))) is not None:
            return 1 / inverse.at(when)
        self.missing.add(source)
        return np.zeros(when.shape)


def rates(instruments: Iterable[Any], series: Mapping[str, Steps]) -> Rates:
    """The rates that the prices of these instruments give; only currency pairs count, of several the first."""
    pairs: dict[tuple[str, str], Steps] = {}
    for instrument in instruments:
        price = series.get(instrument.id.value)
        if type(instrument).__name__ == "CurrencyPair" and price is not None:
            pairs.setdefault((instrument.base_currency.code, instrument.quote_currency.code), price)
    return Rates(pairs)
