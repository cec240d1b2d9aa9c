"""Equity of any backtest: several accounts, currencies and instruments, marked to market in one currency.

    equity(t) = sum over currencies of balance(t) * rate(t) + marked value of the open positions(t)

Balances come from the accounts' own events. The marked value is the unrealised profit on a margin account, whose
balance is not touched by an entry; on a cash account, which has paid for what it holds, it is the market value, but for
a currency pair whose base currency is a balance of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.arrays import FloatArray, Int64Array
from workbench.engine.nautilus1.fills_trades import positions
from workbench.engine.nautilus1.prices import Rates, Steps
from workbench.runs import RunWarning, Trade


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Market:
    """What positions and balances are valued with, in the end in `currency`."""

    prices: Mapping[str, Steps]
    rates: Rates
    currency: str


def worth(cache: Any, market: Market, time: Int64Array) -> tuple[FloatArray, list[RunWarning]]:
    """Value all accounts of an engine at each moment.

    Args:
        cache: of the engine; accounts with their events, positions and snapshots of earlier ones.
        time: UTC nanoseconds, ascending, shape ``(n,)``.

    Returns:
        The sum in the market's currency, shape ``(n,)``, and what could not be valued.
    """
    value = np.zeros(time.shape)
    for account in cache.accounts():
        for currency, balance in balances(account).items():
            if balance.value.any():
                value += balance.at(time) * market.rates.at(currency, market.currency, time)
    unpriced: set[str] = set()
    for (instrument_id, _), held in _by_instrument(cache).items():
        instrument = cache.instrument(held[0].instrument_id)
        account = cache.account(held[0].account_id)
        price = market.prices.get(instrument_id)
        if price is None:
            price = _fill_prices(held)
            unpriced.add(instrument_id)
        marked = _marked(instrument, account, held, price.at(time), time)
        if marked is not None and marked.any():
            settled = instrument.get_settlement_currency().code
            value += marked * market.rates.at(settled, market.currency, time)
    return value, [*_unpriced(unpriced), *_no_rate(market)]


def balances(account: Any) -> dict[str, Steps]:
    """Total balance by currency, from the account's events."""
    rows: dict[str, list[tuple[int, float]]] = {}
    for event in account.events:
        for balance in event.balances:
            rows.setdefault(balance.currency.code, []).append((event.ts_event, balance.total.as_double()))
    balances = {}
    for currency, row in rows.items():
        first = account.events[0].ts_event
        # a currency that came later was nothing before
        row = row if row[0][0] <= first else [(first, 0.0), *row]
        balances[currency] = Steps(
            np.array([at for at, _ in row], dtype=np.int64), np.array([total for _, total in row])
        )
    return balances


def trade_profits(trades: Sequence[Trade], market: Market) -> FloatArray:
    """The profit of each round trip in the market's currency, by the rate at its exit; shape ``(n,)``."""
    exits = np.array([trade.exit_time for trade in trades], dtype=np.int64)
    profits = np.array([trade.pnl for trade in trades], dtype=np.float64)
    for currency in {trade.currency for trade in trades}:
        of = np.array([trade.currency == currency for trade in trades])
        profits[of] *= market.rates.at(currency, market.currency, exits[of])
    return profits


def _by_instrument(cache: Any) -> dict[tuple[str, str], list[Any]]:
    """Positions by instrument and account."""
    by_instrument: dict[tuple[str, str], list[Any]] = {}
    for position in positions(cache):
        by_instrument.setdefault((position.instrument_id.value, position.account_id.value), []).append(position)
    return by_instrument


def _marked(instrument: Any, account: Any, of: Sequence[Any], price: FloatArray, time: Int64Array) -> FloatArray | None:
    """What the open positions add to the balance, in the settlement currency; None where the balance has it all."""
    cash = type(account).__name__ != "MarginAccount"
    if cash and account.base_currency is None and instrument.get_base_currency() is not None:
        return None
    multiplier = float(instrument.multiplier)
    held, entry = _held(of, time, inverse=instrument.is_inverse)
    if instrument.is_inverse:
        # profit of an inverse contract is linear in 1 / price
        return (held * (-1 / price) - entry) * multiplier
    return (held * price - (0 if cash else entry)) * multiplier


def _held(of: Sequence[Any], time: Int64Array, *, inverse: bool) -> tuple[FloatArray, FloatArray]:
    """Signed quantity held and signed quantity times average entry, summed over positions, at each moment."""
    changes = sorted(
        (change for position in of for change in _changes(position, inverse)), key=lambda change: change[0]
    )
    when = np.array([at for at, _, _ in changes], dtype=np.int64)
    steps = np.array([[quantity, value] for _, quantity, value in changes]).reshape(-1, 2)
    so_far = np.searchsorted(when, time, side="right")
    held, entry = (np.concatenate(([0.0], np.cumsum(column)))[so_far] for column in steps.T)
    # sums of fractions leave a dust of 1e-12 where the position is flat
    flat = np.isclose(held, 0.0, atol=1e-9 * max(1.0, float(np.abs(steps[:, 0]).max(initial=0.0))))
    hedged = np.abs(entry) > 1e-6 * max(1.0, float(np.abs(steps[:, 1]).max(initial=0.0)))
    return np.where(flat, 0.0, held), np.where(flat & ~hedged, 0.0, entry)


def _changes(position: Any, inverse: bool) -> Iterator[tuple[int, float, float]]:
    """Time, change of the signed quantity, change of signed quantity times average entry, for each fill.

    As NautilusTrader does it: what adds to a position moves its average entry, what reduces it leaves it.
    """
    from nautilus_trader.model.enums import OrderSide

    held, average = 0.0, 0.0
    for fill in position.events:
        quantity, price = fill.last_qty.as_double(), fill.last_px.as_double()
        signed = quantity if fill.order_side == OrderSide.BUY else -quantity
        before = held * (_over(average) if inverse else average)
        if held * signed >= 0:
            average = (abs(held) * average + quantity * price) / (abs(held) + quantity)
        elif quantity > abs(held):
            average = price
        held += signed
        yield fill.ts_event, signed, held * (_over(average) if inverse else average) - before


def _over(price: float) -> float:
    return -1 / price if price else 0.0


def _fill_prices(of: Sequence[Any]) -> Steps:
    fills = sorted((fill.ts_event, fill.last_px.as_double()) for position in of for fill in position.events)
    return Steps(np.array([at for at, _ in fills], dtype=np.int64), np.array([price for _, price in fills]))


def _unpriced(instrument_ids: set[str]) -> Iterator[RunWarning]:
    for name in sorted(instrument_ids):
        yield RunWarning(
            code="no_price", message=f"no price of {name} was fed: its positions are valued at the last fill"
        )


def _no_rate(market: Market) -> Iterator[RunWarning]:
    for name in sorted(market.rates.missing):
        yield RunWarning(
            code="no_rate",
            message=f"no price of {name}/{market.currency} or {market.currency}/{name} was fed: "
            f"what the account has in {name} is not in its equity",
        )
