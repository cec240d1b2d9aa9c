"""The values that travel: what an engine hands back, and what the record holds of a run."""

from __future__ import annotations

import math
import traceback
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from workbench.arrays import FloatArray, Int64Array
from workbench.errors import described

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from uuid import UUID

    from workbench.metrics import Metrics


class Status(StrEnum):
    """Where a run stands. It leaves `RUNNING` once and never comes back."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


UNRECONCILED = "unreconciled"
"""The code of a warning that says what does not agree with the engine's accounts and positions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunWarning:
    """Something the engine did in silence that the numbers depend on."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a run ended early: one line, and the full stack trace."""

    message: str
    trace: str

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """That of an exception, the user's own file and line in the trace."""
        return cls(message=described(error), trace="".join(traceback.format_exception(error)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Equity:
    """The account's value at every bar, marked to market.

    `time` is the close of each bar, UTC nanoseconds, shape ``(n,)``, ascending; `value` the account value then,
    open positions at that close included, in the account's currency.
    """

    time: Int64Array
    value: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """One round trip: a position from flat to flat, net of its commissions.

    Times are UTC nanoseconds, prices volume-weighted averages, `pnl` and `commission` in `currency`, which is that of
    the run where a rate is known; a commission is positive when it was paid. `return_` is the pnl as a fraction of the
    entry value, NaN where that is not above zero.
    """

    instrument_id: str
    side: str
    quantity: float
    entry_time: int
    entry_price: float
    exit_time: int
    exit_price: float
    pnl: float
    commission: float
    return_: float
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One execution. Quantity is signed by `side` only; the commission is positive when it was paid.

    `origin` is what it came from: an ``order``, the ``expiry`` of its instrument, or a ``spread`` that it is a leg of.
    """

    time: int
    instrument_id: str
    order_id: str
    side: str
    quantity: float
    price: float
    commission: float
    currency: str
    liquidity: str
    origin: str = "order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The total of one currency in one account, and what one unit of it is worth in the run's currency."""

    account: str
    currency: str
    amount: float
    rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """All positions of one instrument in one account, as the engine has them.

    `open` is the signed quantity that is left, valued at `price`; `charged` is what commissions in the coins themselves
    took of it, and `cost` what they had cost, in the settlement currency. `worth` is what it adds to the balances, and
    `profit` what it has made net of commissions, both in the run's currency. `gross` is what all positions there were
    have made before commissions, closed or open, in the settlement currency; `rounded` is what the rounding of its
    money has added to that, at most `roundings`.
    """

    instrument_id: str
    account: str
    multiplier: float
    inverse: bool
    price: float
    open: float
    charged: float
    cost: float
    worth: float | None
    profit: float | None
    gross: float
    rounded: float
    roundings: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Accounts and positions at the end, in the run's currency unless it says otherwise.

    `commissions` are by currency. `payments` are what the accounts got without an execution, negative what they paid.
    `revaluation` is what amounts in other currencies have gained by their rates.
    """

    currency: str
    capital: float
    balances: tuple[Balance, ...]
    holdings: tuple[Holding, ...]
    commissions: Mapping[str, float]
    payments: float | None
    revaluation: float | None

    def plain(self) -> dict[str, Any]:
        """As JSON values; what is no finite number is None."""
        plain: dict[str, Any] = _finite(asdict(self))
        return plain

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """The statement of `plain`."""
        return cls(
            **{
                **plain,
                "balances": tuple(Balance(**balance) for balance in plain["balances"]),
                "holdings": tuple(Holding(**holding) for holding in plain["holdings"]),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What an engine hands back, whole or cut short.

    `digest` is the SHA-256 of all fills and account states, 64 hexadecimal digits: equal for equal behaviour.
    `statement` is what the engine's accounts and positions say at the end, for results to be set against, and
    `reconciled` whether they agree; None where nobody can tell.
    """

    status: Status
    bars: int
    equity: Equity
    trades: tuple[Trade, ...]
    fills: tuple[Fill, ...]
    warnings: tuple[RunWarning, ...]
    digest: str | None = None
    error: Failure | None = None
    cause: BaseException | None = field(default=None, repr=False, compare=False)
    statement: Statement | None = field(default=None, repr=False, compare=False)
    reconciled: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What several runs belong to: a sweep, a walk-forward, a paper session."""

    group_id: UUID
    kind: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A second or further strategy or instrument of a run, by which it is found as by its first."""

    kind: str
    number: int
    key: str
    path: str | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What somebody said of a run: a ``name``, a ``tag``, that a tag was taken off (``untag``), or a ``note``."""

    kind: str
    value: str
    written_at: datetime
    written_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A run as the record holds it; the heavy results stay behind until asked for.

    Times are aware UTC, `duration` seconds. `metrics` is None unless the run completed. A run whose process is gone
    has status `INTERRUPTED`, no `finished_at` and no `duration`. `digest` names the result; None where none was made.
    `recorded_by` is the database's word for who recorded it; a record that was not read back has none. `name` and
    `tags` are those of the moment at which it was read: they can change.
    """

    run_id: UUID
    strategy_key: str
    strategy_name: str
    strategy_type: str
    strategy_path: str
    instrument_id: str
    bar: str
    period_start: datetime
    period_end: datetime
    initial_capital: Decimal
    currency: str
    data_source: str
    params: Mapping[str, object]
    status: Status
    started_at: datetime
    finished_at: datetime | None
    duration: float | None
    error: Failure | None
    warnings: tuple[RunWarning, ...]
    metrics: Metrics | None
    rerun_of: UUID | None = None
    digest: str | None = None
    recorded_by: str | None = field(default=None, compare=False)
    name: str | None = field(default=None, compare=False)
    tags: tuple[str, ...] = field(default=(), compare=False)
    group_id: UUID | None = None


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
