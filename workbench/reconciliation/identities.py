"""The identities that hold between the results of a run and what the engine's accounts and positions say.

final equity = accounts + open positions
final equity = capital + profits of all trades + open profit + payments + revaluation
signed fills = positions, profit by the fills = profit by the positions, commissions of fills = those of positions
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

from workbench.display.format import number, quantity
from workbench.runs import Fill, Statement, Trade

NEAR = 1e-9
"""How far two sums of the same amounts may differ, relative to their size: what rounding of floats leaves."""


def differences(final: float | None, trades: Sequence[Trade], fills: Sequence[Fill], said: Statement) -> Iterator[str]:
    """Each identity that does not hold, with both numbers.

    Args:
        final: the last value of the equity curve; None if there is none.
        trades: all round trips.
        fills: all executions.
        said: accounts and positions.
    """
    if final is not None:
        yield from _balances(final, said)
        yield from _profits(final, trades, said)
    yield from _positions(fills, said)
    yield from _commissions(fills, said)


def _balances(final: float, said: Statement) -> Iterator[str]:
    parts = [0.0 if one.amount == 0 else one.amount * _known(one.rate) for one in said.balances]
    parts += [_known(one.worth) for one in said.holdings]
    if _differ(final, parts):
        yield (
            f"the equity ends at {_money(final, said)}, and NautilusTrader's accounts and open positions are worth "
            f"{_money(sum(parts), said)}"
        )


def _profits(final: float, trades: Sequence[Trade], said: Statement) -> Iterator[str]:
    earned = [trade.pnl if trade.currency == said.currency else math.nan for trade in trades]
    parts = [said.capital, *earned, *(_known(one.profit) for one in said.holdings)]
    parts += [_known(said.payments), _known(said.revaluation)]
    if _differ(final, parts):
        yield (f"the equity ends at {_money(final, said)}, and capital and all profits make {_money(sum(parts), said)}")


def _positions(fills: Sequence[Fill], said: Statement) -> Iterator[str]:
    bought: dict[str, list[float]] = defaultdict(list)
    spent: dict[str, list[float]] = defaultdict(list)
    terms = {one.instrument_id: one for one in said.holdings}
    for fill in fills:
        signed = fill.quantity if fill.side == "BUY" else -fill.quantity
        bought[fill.instrument_id].append(signed)
        one = terms.get(fill.instrument_id)
        if one is not None:
            spent[fill.instrument_id].append(-signed * _value(fill.price, inverse=one.inverse) * one.multiplier)
    for name in dict.fromkeys([*bought, *terms]):
        mine = [one for one in said.holdings if one.instrument_id == name]
        left = math.fsum([*(one.open for one in mine), *(one.charged for one in mine)])
        if not mine and fill_of_a_spread(name, fills):
            continue
        if _differ(left, bought[name]):
            yield (f"the fills of {name} make {quantity(sum(bought[name]))}, and its positions are {quantity(left)}")
        elif mine:
            open_worth = [one.open * _value(one.price, inverse=one.inverse) * one.multiplier for one in mine]
            rounded = [one.rounded if abs(one.rounded) <= one.roundings else 0.0 for one in mine]
            gross = math.fsum(one.gross for one in mine) - math.fsum(rounded)
            parts = [*spent[name], *open_worth, *(one.cost for one in mine)]
            if _differ(gross, parts):
                made = math.fsum(parts)
                yield (
                    f"the fills of {name} make a profit of {number(made, 'money')}, and its positions "
                    f"{number(gross, 'money')}"
                )


def fill_of_a_spread(name: str, fills: Sequence[Fill]) -> bool:
    """Whether it was traded as a spread, whose legs have the positions."""
    return any(fill.origin == "spread" for fill in fills) and any(fill.instrument_id == name for fill in fills)


def _commissions(fills: Sequence[Fill], said: Statement) -> Iterator[str]:
    paid: dict[str, list[float]] = defaultdict(list)
    for fill in fills:
        paid[fill.currency].append(fill.commission)
    for currency in dict.fromkeys([*paid, *said.commissions]):
        told = said.commissions.get(currency, 0.0)
        if _differ(told, paid[currency]):
            yield (
                f"the fills paid {number(sum(paid[currency]), 'money', currency)} of commissions, and the positions "
                f"{number(told, 'money', currency)}"
            )


def _value(price: float, *, inverse: bool) -> float:
    if not inverse:
        return price
    return -1.0 / price if price else 0.0


def _known(value: float | None) -> float:
    return math.nan if value is None else value


def _differ(told: float, parts: Sequence[float]) -> bool:
    """Whether a number is not the sum of its parts; what is not known differs from nothing."""
    total = math.fsum(parts) if all(map(math.isfinite, parts)) else math.nan
    if math.isnan(total) or math.isnan(told):
        return False
    return abs(told - total) > NEAR * (1.0 + abs(told) + math.fsum(map(abs, parts)))


def _money(value: float, said: Statement) -> str:
    return number(value, "money", said.currency)
