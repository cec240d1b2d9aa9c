"""What an engine's accounts and positions say at the end of a run, by NautilusTrader's own numbers."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from workbench.arrays import Int64Array
from workbench.engine.nautilus1 import ledger as ledgers
from workbench.engine.nautilus1.ledger import EVER, Ledger, worth_of
from workbench.engine.nautilus1.prices import Steps
from workbench.engine.nautilus1.valuation import Block, Market
from workbench.runs import Balance, Holding, Statement


def statement(
    accounts: Sequence[Any],
    held: Sequence[ledgers.Holding],
    books: Ledger,
    several: Sequence[Block],
    market: Market,
    *,
    last: int,
) -> Statement:
    """Draw it up for the moment `last`. Amounts, quantities and average prices are NautilusTrader's own."""
    begin, end = np.zeros(1, dtype=np.int64), np.array([last], dtype=np.int64)

    def rate(currency: str, at: Int64Array = end) -> float | None:
        found = float(market.rates.at(currency, market.currency, at)[0])
        return None if math.isnan(found) else found

    balances = [
        Balance(
            account=account.id.value,
            currency=code.code,
            amount=total.as_double(),
            # of what is nothing no rate is asked for: none that is missing
            rate=rate(code.code) if total.as_double() else None,
        )
        for account in accounts
        for code, total in account.balances_total().items()
    ]
    capital = [
        (start.as_double(), rate(code.code, begin) if start.as_double() else None)
        for account in accounts
        for code, start in account.starting_balances().items()
    ]
    profits = {id(holding): float(books.profits[number]) for number, holding in enumerate(held)}
    commissions: dict[str, float] = defaultdict(float)
    for holding in held:
        for event in holding.position.events:
            commissions[event.commission.currency.code] += event.commission.as_double()
    payments = [(amount, rate(code, np.array([at]))) for at, code, amount in books.payments]
    revalued = [_revalued(name, balance, several, market, end) for name, balance in books.balances.items()]
    return Statement(
        currency=market.currency,
        capital=_sum(capital) or 0.0,
        balances=tuple(balances),
        holdings=tuple(_holding(block, profits, rate, end) for block in several),
        commissions=dict(commissions),
        payments=_sum(payments),
        revaluation=_sum([(gained, 1.0) for gained in revalued]),
    )


def _sum(parts: Sequence[tuple[float, float | None]]) -> float | None:
    """Amounts times rates; None if a rate is not known of an amount."""
    known = all(math.isfinite(amount) and (rate is not None or not amount) for amount, rate in parts)
    return math.fsum(amount * rate for amount, rate in parts if rate is not None) if known else None


def _holding(block: Block, profits: dict[int, float], rate: Any, end: Int64Array) -> Holding:
    one = block.holdings[0]
    price = float(block.price.at(end)[0])
    multiplier, inverse = one.position.multiplier.as_double(), one.instrument.is_inverse
    left = [holding.position for holding in block.holdings if holding.position.is_open]
    value = worth_of(price, inverse)
    held = math.fsum(position.signed_qty for position in left)
    entry = math.fsum(position.signed_qty * worth_of(position.avg_px_open, inverse) for position in left)
    unrealised = (held * value - entry) * multiplier
    settled = rate(one.position.settlement_currency.code)
    worth = 0.0 if one.in_balance else held * value * multiplier if one.premium else unrealised
    realised = [_realised(holding.position) for holding in block.holdings]
    made = math.fsum(change.realised for holding in block.holdings for change in holding.changes)
    profit = math.fsum(profits[id(holding)] for holding in block.holdings if holding.position.is_open)
    gained = _times(unrealised, settled)
    if one.in_balance:
        coins, cost = (float(each[0]) for each in block.at(end))
        base = _times(coins, rate(one.instrument.get_base_currency().code))
        quote = _times(cost * multiplier, settled)
        gained = None if base is None or quote is None else base - quote
    return Holding(
        instrument_id=one.instrument.id.value,
        account=one.account.id.value,
        multiplier=multiplier,
        inverse=inverse,
        price=price,
        open=held,
        charged=math.fsum(change.charged for holding in block.holdings for change in holding.changes),
        cost=math.fsum(change.cost for holding in block.holdings for change in holding.changes),
        worth=_times(worth, settled),
        profit=None if gained is None or math.isnan(profit) else profit + gained,
        gross=math.fsum(realised) + unrealised,
        rounded=math.fsum(realised) - made,
        roundings=10.0**-one.position.settlement_currency.precision
        * sum(0.51 + bool(change.realised) for holding in block.holdings for change in holding.changes),
    )


def _times(amount: float, rate: float | None) -> float | None:
    return 0.0 if amount == 0 else None if rate is None else amount * rate


def _realised(position: Any) -> float:
    """Before commissions, of which NautilusTrader takes off those in the settlement currency alone."""
    settled = position.settlement_currency
    paid = math.fsum(one.as_double() for one in position.commissions() if one.currency == settled)
    return float(position.realized_pnl.as_double()) + paid


def _revalued(name: tuple[str, str], steps: Steps, several: Sequence[Block], market: Market, end: Int64Array) -> float:
    """What a balance in another currency gained by its rate, without what is invested in positions at the moment."""
    account, currency = name
    if currency == market.currency:
        return 0.0
    own = [block for block in several if block.holdings[0].account.id.value == account and block.holdings[0].premium]
    paid = [block for block in own if block.holdings[0].instrument.quote_currency.code == currency]
    coins = [
        block
        for block in own
        if block.holdings[0].in_balance and block.holdings[0].instrument.get_base_currency().code == currency
    ]
    time = np.unique(np.concatenate([steps.time, *(block.when for block in own)]))
    time = time[time <= end[0]]
    amount = steps.at(time)
    for block in paid:
        amount = amount + block.at(time)[1] * block.holdings[0].position.multiplier.as_double()
    for block in coins:
        amount = amount - block.at(time)[0]
    if not amount.any():
        return 0.0
    moments = np.append(time, end)
    rates = market.rates.at(currency, market.currency, np.where(moments == EVER, 0, moments))
    return float((amount * np.diff(rates)).sum())
