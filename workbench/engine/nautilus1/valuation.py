"""Equity of any backtest: several accounts, currencies and instruments, marked to market in one currency.

    equity(t) = sum over currencies of balance(t) * rate(t) + marked value of the open positions(t)

NautilusTrader values an open position at nothing until it is closed, so a position that falls by half and recovers
would show no drawdown. Balances are those of the ledger. The marked value is the unrealised profit on a margin account,
whose balance is not touched by an entry; where the price was paid it is the market value, but for a currency pair of a
cash account, whose base currency is a balance of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from workbench.arrays import FloatArray, Int64Array
from workbench.engine.nautilus1.ledger import Change, Holding, Ledger, worth_of
from workbench.engine.nautilus1.prices import Rates, Steps
from workbench.runs import RunWarning


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Market:
    """What positions and balances are valued with, in the end in `currency`."""

    prices: Mapping[str, Steps]
    rates: Rates
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """All positions of one instrument in one account, and what they are valued at; `priced` if a price was fed.

    `held` and `entry` have one value more than `when`: what was there before its first moment.
    """

    holdings: Sequence[Holding]
    when: Int64Array
    held: FloatArray
    entry: FloatArray
    price: Steps
    priced: bool

    def at(self, time: Int64Array) -> tuple[FloatArray, FloatArray]:
        """Signed quantity, and signed quantity × average entry, at each moment."""
        so_far = np.searchsorted(self.when, time, side="right")
        return self.held[so_far], self.entry[so_far]

    def marked(self, time: Int64Array) -> FloatArray:
        """What the open positions add to the balances, in the settlement currency."""
        holding = self.holdings[0]
        if holding.in_balance:
            return np.zeros(time.shape)
        held, entry = self.at(time)
        multiplier = holding.position.multiplier.as_double()
        if holding.premium:
            return np.asarray(held * self.price.at(time) * multiplier)
        flat = (held == 0) & (entry == 0)
        value = held * worth_of(self.price.at(time), holding.instrument.is_inverse) - entry
        return np.asarray(np.where(flat, 0.0, value) * multiplier)


def blocks(held: Sequence[Holding], market: Market) -> list[Block]:
    """Positions by instrument and account."""
    groups: dict[tuple[str, str], list[Holding]] = {}
    for holding in held:
        groups.setdefault((holding.instrument.id.value, holding.account.id.value), []).append(holding)
    return [_block(several, market.prices.get(name)) for (name, _), several in groups.items()]


def _block(several: Sequence[Holding], price: Steps | None) -> Block:
    changes = sorted((change for one in several for change in one.changes), key=lambda change: change.time)
    when = np.array([change.time for change in changes], dtype=np.int64)
    if several[0].in_balance:
        # of coins all that was bought, for what it cost: what a commission took of them is in their balance
        scale = several[0].position.multiplier.as_double()
        moves = np.array([[each.signed, each.signed * each.price + each.realised / scale] for each in changes])
    else:
        moves = np.array([[each.signed - each.charged, each.entry] for each in changes])
    held, entry = (np.concatenate(([0.0], np.cumsum(column))) for column in moves.T)
    # sums of fractions leave a dust of 1e-12 where the position is flat
    flat = np.isclose(held, 0.0, atol=1e-9 * max(1.0, float(np.abs(moves[:, 0]).max())))
    hedged = np.abs(entry) > 1e-6 * max(1.0, float(np.abs(moves[:, 1]).max()))
    return Block(
        holdings=several,
        when=when,
        held=np.where(flat, 0.0, held),
        entry=np.where(flat & ~hedged, 0.0, entry),
        price=_of_fills(when, changes) if price is None else _with_early(price, when, changes),
        priced=price is not None,
    )


def _with_early(price: Steps, when: Int64Array, changes: Sequence[Change]) -> Steps:
    """A series, and before its first price those of the executions: a price of the future values nothing."""
    early = int(np.searchsorted(when, price.time[0]))
    if not early:
        return price
    before = _of_fills(when[:early], changes[:early])
    return Steps(np.concatenate((before.time, price.time)), np.concatenate((before.value, price.value)))


def _of_fills(when: Int64Array, changes: Sequence[Change]) -> Steps:
    return Steps(when, np.array([change.price for change in changes]))


def worth(ledger: Ledger, several: Sequence[Block], market: Market, time: Int64Array) -> FloatArray:
    """Value all accounts at each moment.

    Args:
        ledger: their balances.
        several: their positions.
        market: prices and rates.
        time: UTC nanoseconds, ascending, shape ``(n,)``.

    Returns:
        The sum in the market's currency, shape ``(n,)``; NaN where no rate is known of something that it holds.
    """
    value = np.zeros(time.shape)
    for (_, currency), balance in ledger.balances.items():
        value += in_currency(balance.at(time), currency, market, time)
    for block in several:
        settled = block.holdings[0].position.settlement_currency.code
        value += in_currency(block.marked(time), settled, market, time)
    return value


def in_currency(amount: FloatArray, currency: str, market: Market, time: Int64Array) -> FloatArray:
    """Amounts of one currency in that of the market; nothing is nothing whether a rate is known or not."""
    if currency == market.currency or not amount.any():
        return amount
    return np.where(amount == 0, 0.0, amount * market.rates.at(currency, market.currency, time))


def said(several: Sequence[Block], market: Market) -> Iterator[RunWarning]:
    """What could not be valued, or only roughly."""
    for name in sorted({block.holdings[0].instrument.id.value for block in several if not block.priced}):
        yield RunWarning(
            code="no_price", message=f"no price of {name} was fed: its positions are valued at the last fill"
        )
    for name in sorted(market.rates.missing - {market.currency}):
        yield RunWarning(
            code="no_rate",
            message=f"no price of {name}/{market.currency} or {market.currency}/{name} was fed: "
            f"what the account has in {name} cannot be valued, and neither can its equity",
        )
