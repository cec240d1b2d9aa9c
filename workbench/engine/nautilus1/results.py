"""A NautilusTrader engine of any shape, after its run → Result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from workbench.catalog import Feed
from workbench.engine.nautilus1 import fills_trades
from workbench.engine.nautilus1.digest import digest
from workbench.engine.nautilus1.executions import NOTHING_DONE, Executions, Listener, executions
from workbench.engine.nautilus1.inspect_engine import exchanges
from workbench.engine.nautilus1.ledger import holdings, ledger
from workbench.engine.nautilus1.moments import moments, thinned
from workbench.engine.nautilus1.notices import notices, open_positions, order_warnings, stale_sides, uncharged_funding
from workbench.engine.nautilus1.prices import prices, rates
from workbench.engine.nautilus1.statement import statement
from workbench.engine.nautilus1.valuation import Market, blocks, said, worth
from workbench.errors import described
from workbench.reconciliation import differences
from workbench.runs import UNRECONCILED, Equity, Failure, Fill, Result, RunWarning, Statement, Status, Trade


class Account(NamedTuple):
    """What all accounts of an engine come to."""

    equity: Equity
    trades: tuple[Trade, ...]
    statement: Statement | None
    warnings: tuple[RunWarning, ...]


NO_FILLS: tuple[Fill, ...] = ()
NO_WARNINGS: list[RunWarning] = []
NO_ACCOUNT = Account(Equity(time=np.empty(0, dtype=np.int64), value=np.empty(0)), (), None, ())


def market(feeds: Sequence[Feed], instruments: Sequence[Any], currency: str) -> Market:
    """What these data say about the worth of instruments and currencies, in the end in `currency`."""
    series = prices(feeds)
    return Market(prices=series, rates=rates(instruments, series), currency=currency)


def harvest(
    engine: Any,
    feeds: Sequence[Feed],
    *,
    currency: str,
    expected: int | None,
    ended: BaseException | None = None,
    known: Sequence[RunWarning] = (),
    listener: Listener | None = None,
    unit: str = "rows of data",
) -> Result:
    """Take out of an engine what it did, whole or as far as it came. The engine is left as it is.

    Args:
        engine: after its run, not disposed.
        feeds: what it was fed.
        currency: to value the accounts in.
        expected: rows of data it had to process; None if nobody knows.
        ended: what was raised inside its run, if something was.
        known: warnings from before the run.
        listener: what heard it run, if something did.
        unit: what its rows of data are called.
    """
    rows, cache, guarded = int(engine.iteration), engine.cache, Guarded()
    heard = () if listener is None else listener.heard
    done, account, fills = NOTHING_DONE, NO_ACCOUNT, NO_FILLS
    found = guarded("its executions", lambda: executions(cache, heard), None)
    if found is not None:
        # an account without all that was executed would be a number that looks right
        done = found
        account = guarded("its accounts", lambda: _account(engine, done, feeds, currency, guarded), NO_ACCOUNT)
        fills = guarded("its fills", lambda: fills_trades.fills(done), NO_FILLS)
    equity = account.equity
    status = status_of(ended)
    expected = rows if expected is None else expected
    silent: list[RunWarning] = []
    if ended is None:
        silent += guarded(
            "its warnings",
            lambda: list(notices(engine, done, currency, rows, expected, equity.value, unit, pays=_pays(engine))),
            NO_WARNINGS,
        )
    silent += guarded("the order of its data", lambda: list(stale_sides(engine, feeds)) if fills else [], NO_WARNINGS)
    silent += guarded("what became of its orders", lambda: list(order_warnings(cache)), NO_WARNINGS)
    silent += guarded("what is open", lambda: list(open_positions(engine)), NO_WARNINGS)
    silent += account.warnings
    differing = guarded("whether it reconciles", lambda: unreconciled(account, fills), None)
    silent += differing or []
    return Result(
        status=status,
        bars=rows,
        equity=equity,
        trades=account.trades,
        fills=fills,
        warnings=(*known, *silent, *guarded.warnings),
        digest=digest(cache, [fill for fill in fills if fill.origin == "order"]),
        error=Failure.of(ended) if status is Status.FAILED and ended is not None else None,
        cause=ended,
        statement=account.statement,
        reconciled=None if differing is None else not differing,
    )


class Guarded:
    """Does one piece of arithmetic after another: what fails costs itself alone, and is said; never the run."""

    def __init__(self) -> None:
        self.warnings: list[RunWarning] = []

    def __call__[T](self, what: str, work: Callable[[], T], otherwise: T) -> T:
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - the run is done, and whatever this is, it is recorded
            message = f"{what} could not be worked out: {described(error)}"
            self.warnings.append(RunWarning(code="not_measured", message=message))
            return otherwise


def _account(engine: Any, done: Executions, feeds: Sequence[Feed], currency: str, guarded: Guarded) -> Account:
    accounts = engine.cache.accounts()
    held = holdings(engine.cache, done.positions)
    valued = market(feeds, engine.cache.instruments(), currency)
    books = ledger(accounts, held, valued.rates, currency, pays=_pays(engine))
    several = blocks(held, valued)
    at = moments(feeds, books, several, valued.rates, _began(engine), clock(engine))
    value = worth(books, several, valued, at.time)
    stored = thinned(at, value)
    last = int(at.time[-1]) if len(at.time) else clock(engine)
    told = guarded(
        "what accounts and positions say",
        lambda: statement(accounts, held, books, several, valued, last=last),
        None,
    )
    warnings = guarded(
        "what could not be valued", lambda: [*said(several, valued), *uncharged_funding(feeds, several)], NO_WARNINGS
    )
    return Account(
        equity=Equity(time=at.time[stored], value=value[stored]),
        trades=fills_trades.trades(held, books, valued),
        statement=told,
        warnings=tuple(warnings),
    )


def _pays(engine: Any) -> bool:
    """Whether a module of a venue may pay or charge an account without an execution."""
    return any(exchange.modules for exchange in exchanges(engine))


def unreconciled(account: Account, fills: Sequence[Fill]) -> list[RunWarning] | None:
    """What does not reconcile; None where nobody can tell, as the end of the equity is not known."""
    final = float(account.equity.value[-1]) if len(account.equity.value) else None
    if account.statement is None or final is None or np.isnan(final):
        return None
    texts = differences(final, account.trades, fills, account.statement)
    return [RunWarning(code=UNRECONCILED, message=f"does not reconcile: {text}") for text in texts]


def status_of(ended: BaseException | None) -> Status:
    """What became of a run that this ended, or nothing."""
    stopped = isinstance(ended, KeyboardInterrupt)
    return Status.COMPLETED if ended is None else Status.INTERRUPTED if stopped else Status.FAILED


def clock(engine: Any) -> int:
    """How far the engine's clock came, UTC nanoseconds."""
    return int(engine.kernel.clock.timestamp_ns())


def _began(engine: Any) -> int:
    start = engine.backtest_start
    return np.iinfo(np.int64).min if start is None else int(start.value)
