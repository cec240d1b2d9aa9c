"""What an engine was fed → the price of every instrument and the rate of every currency at any time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workbench.arrays import FloatArray, Int64Array
from workbench.catalog import Feed

SIDES = ("BID", "ASK")


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """A value that holds until the next one. `time` is ascending, UTC nanoseconds; both have shape ``(n,)``, n > 0."""

    time: Int64Array
    value: FloatArray

    def at(self, when: Int64Array) -> FloatArray:
        """The last known value at each moment; before the first, the first."""
        return np.asarray(self.value[np.maximum(np.searchsorted(self.time, when, side="right") - 1, 0)])


def prices(feeds: Sequence[Feed]) -> dict[str, Steps]:
    """The price series of each instrument that has one.

    Of its quotes, else its trades, else its order book, and of its bars: the last one that is known, of one moment the
    bar's. BID and ASK bars together give their mid.
    """
    by_instrument = {}
    for instrument_id in dict.fromkeys(feed.instrument_id for feed in feeds):
        own = [feed for feed in feeds if feed.instrument_id == instrument_id]
        bars, ticks = _of_bars(own), _of_ticks(own)
        if bars is not None and ticks is not None:
            bars = merged([ticks, bars])
        series = bars or ticks
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


def merged(parts: Sequence[Feed] | Sequence[Steps]) -> Steps | None:
    """Several series of one instrument as one, without the moments at which no price is known; None if none is.

    Of one moment the last series counts.
    """
    if not parts:
        return None
    time = np.concatenate([part.time for part in parts])
    value = np.concatenate([part.price if isinstance(part, Feed) else part.value for part in parts])
    known = ~np.isnan(value)
    order = np.argsort(time[known], kind="stable")
    return Steps(time[known][order], value[known][order]) if known.any() else None


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """What one unit of a currency is worth in another, by the prices of currency pairs, as they are or inverted.

    Where no pair joins two of them, it goes by way of others: the fewest that do. `missing` collects the currencies
    that no fed pair could turn into the one asked for.
    """

    pairs: Mapping[tuple[str, str], Steps]
    missing: set[str] = field(default_factory=set)

    def at(self, source: str, target: str, when: Int64Array) -> FloatArray:
        """The rate at each moment; NaN where none is known."""
        if source == target:
            return np.ones(when.shape)
        way = self._way(source, target)
        if way is None:
            self.missing.add(source)
            return np.full(when.shape, np.nan)
        rate = np.ones(when.shape)
        for pair, inverted in way:
            price = self.pairs[pair].at(when)
            rate = rate / price if inverted else rate * price
        return rate

    def _way(self, source: str, target: str) -> list[tuple[tuple[str, str], bool]] | None:
        """The pairs to go by, each with whether it is to be inverted."""
        ways: dict[str, list[tuple[tuple[str, str], bool]]] = {source: []}
        reached = [source]
        for name in reached:
            for base, quote in self.pairs:
                for one, other, inverted in ((base, quote, False), (quote, base, True)):
                    if one == name and other not in ways:
                        ways[other] = [*ways[name], ((base, quote), inverted)]
                        reached.append(other)
        return ways.get(target)


def rates(instruments: Iterable[Any], series: Mapping[str, Steps]) -> Rates:
    """The rates that the prices of these instruments give.

    Currency pairs come first, of several the first; then what is traded on a coin itself, such as a perpetual.
    """
    pairs: dict[tuple[str, str], Steps] = {}
    for kind in ("CurrencyPair", "CryptoPerpetual"):
        for instrument in instruments:
            price = series.get(instrument.id.value)
            if type(instrument).__name__ == kind and price is not None:
                pairs.setdefault((instrument.base_currency.code, instrument.quote_currency.code), price)
    return Rates(pairs)
