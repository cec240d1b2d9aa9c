"""What NautilusTrader does not say, or not aloud: it returns normally after all of these."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from workbench.arrays import FloatArray
from workbench.catalog import Feed
from workbench.config import iso
from workbench.display.format import number
from workbench.engine.nautilus1.executions import Executions
from workbench.engine.nautilus1.prices import SIDES
from workbench.engine.nautilus1.valuation import Block
from workbench.runs import RunWarning

_NUMBERS = re.compile(r"\S*\d\S*")


def notices(
    engine: Any,
    done: Executions,
    currency: str,
    rows: int,
    expected: int,
    equity: FloatArray,
    unit: str,
    *,
    pays: bool,
) -> Iterator[RunWarning]:
    """The warnings of a run that came to its end: `rows` of `expected`, which are called `unit`.

    `pays` is whether an account may move without an execution.
    """
    if rows < expected:
        yield RunWarning(
            code="stopped_early",
            message=f"NautilusTrader stopped after {rows} of {expected} {unit}: "
            "the account was overdrawn, or the strategy shut the system down",
        )
    orders = engine.cache.orders()
    gone = _created(engine) - len(orders)
    if done.dropped or ((gone > 0 or not orders) and not _explained(engine, done, pays=pays)):
        what = (
            f"{len(done.dropped)} executions were heard whose" if done.dropped else "some" if gone <= 0 else f"{gone}"
        )
        yield RunWarning(
            code="purged",
            message=f"{what} orders are not in the engine's cache any more: the strategy dropped them from it"
            + ("" if done.dropped else ", so that its fills, trades and equity are not complete"),
        )
    elif not orders:
        yield RunWarning(code="no_orders", message="the strategy placed no order")
    elif not done.ordered:
        yield RunWarning(code="no_fills", message=f"none of {len(orders)} orders was filled")
    low = float(equity.min()) if len(equity) else 1.0
    if low <= 0:
        yield RunWarning(
            code="ruined",
            message=f"the account fell to {number(low, 'money', currency)}; NautilusTrader let it trade on",
        )


def stale_sides(engine: Any, feeds: Sequence[Feed]) -> Iterator[RunWarning]:
    """Bars of one side on which a strategy acts before those of the other side of the same moment are there.

    `feeds` are in the order in which they come.
    """
    bars = [feed for feed in feeds if feed.is_bar]
    sides = [[*feed.kind.split("-"), "", "", ""][2] for feed in bars]
    one_sided: dict[str, list[tuple[str, Feed]]] = {}
    for side, feed in zip(sides, bars, strict=True):
        if side in SIDES:
            one_sided.setdefault(feed.instrument_id, []).append((side, feed))
    pairs = itertools.chain(*(itertools.combinations(several, 2) for several in one_sided.values()))
    for (side, first), (other, second) in pairs:
        same = side != other
        if not same or not engine.kernel.msgbus.has_subscribers(f"data.bars.{first.instrument_id}-{first.kind}"):
            continue
        if len(np.intersect1d(first.time, second.time)):
            yield RunWarning(
                code="stale_side",
                message=f"{side} bars of {first.instrument_id} come before the {other} bars of the same moment, and "
                f"the strategy acts on them: its orders fill at the {other} of the bar before. "
                f"Give the {other} data first.",
            )


def uncharged_funding(feeds: Sequence[Feed], several: Sequence[Block]) -> Iterator[RunWarning]:
    """Funding rates of what was held: NautilusTrader takes them in, and charges nobody."""
    for block in several:
        name = block.holdings[0].instrument.id.value
        rates = [feed.time for feed in feeds if feed.kind == "FundingRateUpdate" and feed.instrument_id == name]
        due = sum(int((block.at(time)[0] != 0).sum()) for time in rates)
        if due:
            yield RunWarning(
                code="funding_not_charged",
                message=f"{due} funding rates of {name} came while it was held: NautilusTrader charges none of them",
            )


def _created(engine: Any) -> int:
    """Orders that the strategies made."""
    return sum(strategy.order_factory.get_client_order_id_count() for strategy in engine.trader.strategies())


def _explained(engine: Any, done: Executions, *, pays: bool) -> bool:
    """Whether the accounts moved by nothing but the executions that are known; then what is gone were no orders."""
    if pays:
        return True
    moments = {event.ts_event for event in (*done.ordered, *done.orderless)}
    for account in engine.cache.accounts():
        states = account.events
        for before, after in itertools.pairwise(states):
            totals = [{str(balance.total) for balance in state.balances} for state in (before, after)]
            if totals[0] != totals[1] and after.ts_event not in moments:
                return False
    return True


def order_warnings(cache: Any) -> Iterator[RunWarning]:
    """Orders that NautilusTrader denied or rejected, counted by reason.

    Reasons that differ in their numbers only, such as an id or a price, are one reason.
    """
    from nautilus_trader.model.events import OrderDenied, OrderRejected

    refused: dict[tuple[str, str], list[str]] = {}
    for order in cache.orders():
        for event in order.events:
            if isinstance(event, OrderDenied | OrderRejected):
                what = "denied" if isinstance(event, OrderDenied) else "rejected"
                # some reasons go on with the order itself, of which no two are the same
                reason = event.reason.partition(" with position ")[0]
                refused.setdefault((what, _NUMBERS.sub("", reason)), []).append(reason)
    for (what, _), reasons in sorted(refused.items()):
        alike = "" if len(set(reasons)) == 1 else ", and alike"
        count = f"{len(reasons)} order{'s' * (len(reasons) > 1)}"
        yield RunWarning(code=f"orders_{what}", message=f"{count} {what}: {reasons[0]}{alike}")


def open_positions(engine: Any) -> Iterator[RunWarning]:
    """Positions that are open at the end, those past the expiry of their instrument apart."""
    now = int(engine.kernel.clock.timestamp_ns())
    for position in engine.cache.positions_open():
        expires = int(getattr(engine.cache.instrument(position.instrument_id), "expiration_ns", 0) or 0)
        if 0 < expires <= now:
            yield RunWarning(
                code="expired_open",
                message=f"{position.side.name.lower()} {position.quantity} {position.instrument_id} is open past its "
                f"expiry on {iso(expires)[:10]}: NautilusTrader had no price to settle it at, and it is valued at the "
                "last one",
            )
            continue
        yield RunWarning(
            code="open_position",
            message=f"{position.side.name.lower()} {position.quantity} {position.instrument_id} still open at the "
            "end, valued at the last close and not counted as a trade",
        )
