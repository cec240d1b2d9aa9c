"""What the accounts of an engine really own and owe, by their executions, and what NautilusTrader booked of it.

Its bookings are taken where they agree with the executions, to the rounding of its money and the spread of its rates.
It books nothing where it knows no rate, where a cash account would be overdrawn, and where an account is frozen; and it
changes a state of an account that it has published already. There the executions count.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from workbench.arrays import FloatArray, Int64Array
from workbench.engine.nautilus1.prices import Rates, Steps

EVER = np.iinfo(np.int64).min
SPREAD = 0.02
"""How far a rate of NautilusTrader's, a bid or an ask, may lie from the one that amounts are converted by here."""

_PREMIUM = ("OPTION", "OPTION_SPREAD", "BINARY_OPTION", "WARRANT")
"""Classes of instruments whose price is paid at every execution, whatever the kind of the account."""


class Change(NamedTuple):
    """What one execution did to its position; `signed` is positive for a purchase, `realised` without commission.

    `charged` is what a commission in the coins themselves took from the quantity, `cost` what they had cost. `entry` is
    how signed quantity × average entry changed: of an inverse contract, signed quantity × (-1 / entry). Money is in the
    settlement currency, the commission in its own.
    """

    time: int
    signed: float
    charged: float
    cost: float
    price: float
    entry: float
    realised: float
    commission: float
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Holding:
    """One position: its instrument, its account, and its changes in their order."""

    position: Any
    instrument: Any
    account: Any
    changes: Sequence[Change]

    @property
    def premium(self) -> bool:
        """Whether its price is paid at every execution, so that it is worth its whole price."""
        return is_cash(self.account) or self.instrument.instrument_class.name in _PREMIUM

    @property
    def in_balance(self) -> bool:
        """Whether the account has it as a balance of its own: coins of a cash account."""
        return (
            is_cash(self.account)
            and self.account.base_currency is None
            and self.instrument.get_base_currency() is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ledger:
    """Balances by account and currency; of each holding, in the currency asked for, its realised profit net of
    commissions and these, NaN where no rate is known; what accounts got without an execution.
    """

    balances: Mapping[tuple[str, str], Steps]
    profits: FloatArray
    commissions: FloatArray
    payments: Sequence[tuple[int, str, float]]


class _Flow(NamedTuple):
    time: int
    holding: int
    currency: str
    amount: float
    converted: bool = False
    before: float = 0.0


def is_cash(account: Any) -> bool:
    """Whether an account pays for what it buys."""
    return type(account).__name__ != "MarginAccount"


def holdings(cache: Any, positions: Sequence[Any]) -> list[Holding]:
    """The positions of an engine with what their executions did."""
    return [
        Holding(
            position=position,
            instrument=cache.instrument(position.instrument_id),
            account=cache.account(position.account_id),
            changes=tuple(_changes(position)),
        )
        for position in positions
    ]


def _changes(position: Any) -> Iterator[Change]:
    """As NautilusTrader does it: what adds to a position moves its average entry, what reduces it leaves it."""
    from nautilus_trader.model.enums import OrderSide

    inverse, multiplier = position.is_inverse, position.multiplier.as_double()
    coin = position.base_currency if position.is_spot_currency else None
    held, average = 0.0, 0.0
    for fill in position.events:
        quantity, price = fill.last_qty.as_double(), fill.last_px.as_double()
        signed = quantity if fill.order_side == OrderSide.BUY else -quantity
        before = held * worth_of(average, inverse)
        realised = 0.0
        if held * signed >= 0:
            average = (abs(held) * average + quantity * price) / (abs(held) + quantity) if held else price
        else:
            # in the order of NautilusTrader's own arithmetic: half a cent is rounded by the last bit of a float
            points = (worth_of(price, inverse) - worth_of(average, inverse)) * (1.0 if held > 0 else -1.0)
            realised = points * min(abs(held), quantity) * multiplier
            if quantity > abs(held):
                average = price
        charged = fill.commission.as_double() if fill.commission.currency == coin else 0.0
        held += signed - charged
        if abs(held) < 1e-9 * quantity:
            held = 0.0
        yield Change(
            fill.ts_event,
            signed,
            charged,
            charged * worth_of(average, inverse) * multiplier,
            price,
            held * worth_of(average, inverse) - before,
            realised,
            fill.commission.as_double(),
            fill.commission.currency.code,
        )


def worth_of(price: Any, inverse: bool) -> Any:
    """What one unit at a price is worth: the profit of an inverse contract is linear in ``-1 / price``."""
    if not inverse:
        return price
    with np.errstate(divide="ignore"):
        return np.divide(-1.0, price) if isinstance(price, np.ndarray) else (-1.0 / price if price else 0.0)


def ledger(
    accounts: Sequence[Any], held: Sequence[Holding], rates: Rates, currency: str, *, pays: bool = False
) -> Ledger:
    """Set what the accounts booked against what the executions make.

    Args:
        accounts: with their events.
        held: the positions of all of them.
        rates: between their currencies.
        currency: that of profits and commissions.
        pays: whether a module of a venue may pay or charge an account; then what was booked beside an execution counts.
    """
    from nautilus_trader.model.objects import Currency

    target = Currency.from_str(currency)
    profits, commissions = np.zeros(len(held)), np.zeros(len(held))
    balances: dict[tuple[str, str], Steps] = {}
    payments: list[tuple[int, str, float]] = []
    for account in accounts:
        own = [(number, holding) for number, holding in enumerate(held) if holding.account is account]
        base = account.base_currency
        earned = _converted([flow for number, one in own for flow in _earned(number, one)], base, rates)
        paid = _converted([flow for number, one in own for flow in _commissions(number, one)], base, rates)
        flows = [*earned, *paid]
        if any(one.premium for _, one in own):
            flows = [*_converted([flow for number, one in own for flow in _paid(number, one)], base, rates), *paid]
        known = [code.code for code in (*account.starting_balances(), *account.balances())]
        names = dict.fromkeys([*known, *(flow.currency for flow in flows)])
        residues: list[_Flow] = []
        for name in names:
            booked = _match(account, name, [flow for flow in flows if flow.currency == name], pays=pays)
            balances[account.id.value, name] = booked.balance
            payments += [(when, name, amount) for when, amount in booked.payments]
            residues += booked.residues
        for several, into in ((earned, (profits,)), (residues, (profits,)), (paid, (profits, commissions))):
            for flow in _converted(several, target, rates, booked=False):
                for array in into:
                    array[flow.holding] += flow.amount
    return Ledger(
        balances=balances,
        # without the dust that sums of fractions leave
        profits=np.round(profits, 9),
        commissions=np.round(-commissions, 9),
        payments=payments,
    )


def _earned(number: int, holding: Holding) -> Iterator[_Flow]:
    """Its realised profit as it was booked; where the whole price is paid, with what the rounding of that has added."""
    settled = holding.position.settlement_currency
    if not holding.premium:
        for change in holding.changes:
            if change.realised:
                yield _Flow(change.time, number, settled.code, _money(change.realised, settled))
        return
    for change in holding.changes:
        exact, booked = _price_paid(change, holding)
        yield _Flow(change.time, number, settled.code, change.realised + booked - exact)


def _price_paid(change: Change, holding: Holding) -> tuple[float, float]:
    """The price of one execution, negative for a purchase: as it is, and as money."""
    exact = -change.signed * change.price * holding.position.multiplier.as_double()
    return exact, _money(exact, holding.instrument.quote_currency)


def _commissions(number: int, holding: Holding) -> Iterator[_Flow]:
    return (_Flow(c.time, number, c.currency, -c.commission) for c in holding.changes if c.commission)


def _paid(number: int, holding: Holding) -> Iterator[_Flow]:
    """The cash that its executions moved: all of the price where it is paid, else the profit."""
    if not holding.premium:
        yield from _earned(number, holding)
        return
    quote = holding.instrument.quote_currency.code
    for change in holding.changes:
        yield _Flow(change.time, number, quote, _price_paid(change, holding)[1])
        if holding.in_balance:
            yield _Flow(change.time, number, holding.instrument.get_base_currency().code, change.signed)


def _converted(flows: Sequence[_Flow], currency: Any, rates: Rates, *, booked: bool = True) -> list[_Flow]:
    """Amounts in one currency, by the rates of their moments, `booked` as money; as they are for None."""
    foreign = {flow.currency for flow in flows} - {None if currency is None else currency.code}
    if currency is None or not foreign:
        return list(flows)
    by_name = {}
    for name in foreign:
        moments = np.array([flow.time for flow in flows if flow.currency == name], dtype=np.int64)
        now, before = (rates.at(name, currency.code, when).tolist() for when in (moments, moments - 1))
        by_name[name] = iter(zip(now, before, strict=True))
    converted = []
    for flow in flows:
        if flow.currency in by_name:
            amount, before = (flow.amount * rate for rate in next(by_name[flow.currency]))
            if booked and not math.isnan(amount):
                amount, before = _money(amount, currency), _money(before, currency)
            flow = flow._replace(currency=currency.code, amount=amount, converted=True, before=before)
        converted.append(flow)
    return converted


def _money(amount: float, currency: Any) -> float:
    """An amount as NautilusTrader keeps it."""
    from nautilus_trader.model.objects import Money

    return float(Money(amount, currency).as_double())


class _Matched(NamedTuple):
    balance: Steps
    payments: list[tuple[int, float]]
    residues: list[_Flow]


def _match(account: Any, currency: str, flows: Sequence[_Flow], *, pays: bool) -> _Matched:
    """One balance of one account: what was booked at each moment against what the executions of that moment make."""
    from nautilus_trader.model.objects import Currency

    start, when, total = _states(account, currency)
    moved = np.array([flow.time for flow in flows], dtype=np.int64)
    amounts = np.array([flow.amount for flow in flows])
    time: Int64Array = np.union1d(when, moved)
    booked = np.zeros(time.shape)
    booked[np.searchsorted(time, when)] = np.diff(total, prepend=start)
    at = np.searchsorted(time, moved)
    made, size, count = (
        np.bincount(at, weights, len(time)) for weights in (amounts, np.abs(amounts), np.ones(len(at)))
    )
    unit = 10.0 ** -Currency.from_str(currency).precision
    # what was made is money as well, so that it agrees to the last cent, but where the engine's rate is another
    foreign = np.array([flow.converted for flow in flows], dtype=float)
    dust = unit * 0.01 + size * 1e-9
    earlier = np.array([flow.before if flow.converted else flow.amount for flow in flows])
    slack = np.abs(earlier - amounts) + np.abs(amounts) * SPREAD + unit * 0.51
    allowed = dust + np.bincount(at, foreign * slack, len(time))
    # of an execution that needs a rate, the engine books all or nothing
    abroad = {(flow.holding, flow.time) for flow in flows if flow.converted}
    at_home = np.array([(flow.holding, flow.time) not in abroad for flow in flows], dtype=float)
    without = np.bincount(at, at_home * amounts, len(time))
    allowed = np.where((np.abs(booked - without) <= dust) & (np.abs(made - without) > dust), dust, allowed)
    # what a tick causes, the engine converts by the rate before it: it looks after the market first
    by_rate_before = np.abs(booked - np.bincount(at, earlier, len(time))) <= dust
    off = booked - made
    executed = count > 0
    left = _left(off, allowed, executed)
    wrong = np.abs(off) > allowed
    # what was booked at another moment than it was made, and what was not booked at all, is as it was made
    change = np.where(wrong & ~(left & pays), made, booked)
    # what nobody can convert is not known from there on
    change = np.where(np.isnan(made), np.nan, change)
    first = dict(zip(reversed(at.tolist()), reversed(flows), strict=True))
    agreed = executed & ~wrong & (off != 0)
    residues = [first[n]._replace(amount=float(off[n])) for n in np.flatnonzero(agreed & ~by_rate_before).tolist()]
    residues += [
        flow._replace(amount=flow.before - flow.amount)
        for n, flow in zip(at.tolist(), flows, strict=True)
        if flow.converted and agreed[n] and by_rate_before[n]
    ]
    return _Matched(
        balance=Steps(np.concatenate(([EVER], time)), start + np.concatenate(([0.0], np.cumsum(change)))),
        payments=[(int(time[n]), float(off[n])) for n in np.flatnonzero(left & pays).tolist()],
        residues=residues,
    )


def _states(account: Any, currency: str) -> tuple[float, Int64Array, FloatArray]:
    """What an account began with, and its total after each of its events: of one moment the last."""
    start = next((m.as_double() for c, m in account.starting_balances().items() if c.code == currency), 0.0)
    last: dict[int, float] = {}
    for event in account.events:
        for balance in event.balances:
            if balance.currency.code == currency:
                last[event.ts_event] = balance.total.as_double()
    when = np.array(sorted(last), dtype=np.int64)
    return start, when, np.array([last[at] for at in when.tolist()])


def _left(off: FloatArray, allowed: FloatArray, executed: Any) -> Any:
    """Where a difference stays: one that the moments right after it undo was booked too early or too late.

    Bookings without any execution among them are payments, whether they undo each other or not.
    """
    left = np.abs(off) > allowed
    waiting: list[int] = []
    for number in np.flatnonzero(left).tolist():
        total, slack = off[number], allowed[number]
        for back in range(len(waiting) - 1, max(-1, len(waiting) - 50), -1):
            total, slack = total + off[waiting[back]], slack + allowed[waiting[back]]
            if abs(total) <= slack and executed[[number, *waiting[back:]]].any():
                left[[number, *waiting[back:]]] = False
                del waiting[back:]
                break
        else:
            waiting.append(number)
    return left
