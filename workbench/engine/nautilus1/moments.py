"""When an account is valued: at every close of a bar, execution and booking, and whenever what it holds has a price."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from workbench.arrays import FloatArray, Int64Array
from workbench.catalog import Feed
from workbench.engine.nautilus1.ledger import Ledger
from workbench.engine.nautilus1.prices import Rates
from workbench.engine.nautilus1.valuation import Block

MINUTE_NS = 60_000_000_000


class Moments(NamedTuple):
    """UTC nanoseconds, ascending, none twice, shape ``(n,)``; `kept` are those that no thinning leaves out."""

    time: Int64Array
    kept: npt.NDArray[np.bool_]


def moments(
    feeds: Sequence[Feed], ledger: Ledger, several: Sequence[Block], rates: Rates, first: int, last: int
) -> Moments:
    """Find the moments of a run, none before `first` or after `last`.

    Kept are every close of a bar, without bars the last tick of each UTC minute, every execution, and every change of a
    balance. Between them lie the ticks of what was held, and of the pairs that turn its currencies into another.
    """
    bars = [feed.time for feed in feeds if feed.is_bar]
    booked = [balance.time[1:][np.diff(balance.value) != 0] for balance in ledger.balances.values()]
    kept = _union(
        [*(bars or [_ends(_union(feed.time for feed in feeds))]), *booked, *(block.when for block in several)]
    )
    ticks = [block.price.time[block.at(block.price.time)[0] != 0] for block in several if block.priced]
    currencies = {currency for _, currency in ledger.balances}
    settled = {block.holdings[0].position.settlement_currency.code for block in several}
    if len(currencies | settled) > 1:
        ticks += [price.time for price in rates.pairs.values()]
    kept = _within(kept, first, last)
    time = _union([kept, _within(_union(ticks), first, last)])
    return Moments(time, np.isin(time, kept, assume_unique=True))


def _union(several: Iterable[Int64Array]) -> Int64Array:
    return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *several]))


def _within(time: Int64Array, first: int, last: int) -> Int64Array:
    return time[np.searchsorted(time, first) : np.searchsorted(time, last, side="right")]


def _ends(time: Int64Array) -> Int64Array:
    """The last of each UTC minute."""
    minute = time // MINUTE_NS
    return time[np.append(minute[1:] != minute[:-1], True)] if len(time) else time


def thinned(at: Moments, value: FloatArray) -> npt.NDArray[np.bool_]:
    """Which values to store: those that are kept, and of the others the last, lowest and highest of each UTC minute.

    The deepest drawdown of what is left is that of all of it.
    """
    if at.kept.all():
        return at.kept
    stay = at.kept.copy()
    loose = np.flatnonzero(~stay)
    minute, values = at.time[loose] // MINUTE_NS, value[loose]
    order = np.lexsort((values, minute))
    bounds = np.flatnonzero(np.append(True, np.diff(minute[order]) != 0))
    ends = np.append(bounds[1:], len(order)) - 1
    varies = values[order[bounds]] != values[order[ends]]
    stay[loose[np.append(np.diff(minute) != 0, True)]] = True
    stay[loose[order[bounds[varies]]]] = True
    stay[loose[order[ends[varies]]]] = True
    return stay
