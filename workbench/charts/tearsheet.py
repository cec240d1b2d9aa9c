"""What a tearsheet says of one run, from what is stored; the engine draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from workbench.catalog import common_session
from workbench.charts.equity import Curve
from workbench.charts.labels import text
from workbench.charts.scale import value
from workbench.config import SETTINGS, named_params
from workbench.display.format import day, number
from workbench.metrics import Sample, registered
from workbench.runs import Record

if TYPE_CHECKING:
    from workbench.config import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a tearsheet says of one run. `sample` has its marked-to-market daily returns, the rest is words by name."""

    title: str
    currency: str
    sample: Sample = field(repr=False)
    run: Mapping[str, str]
    account: Mapping[str, str]
    money: Mapping[str, str]
    returns: Mapping[str, str]
    trades: Mapping[str, str]


def sheet(record: Record, snapshot: Snapshot, curve: Curve) -> Sheet:
    """Put a run's stored values into words, and its curve into daily returns."""
    capital = float(record.initial_capital)
    metrics = record.metrics
    words: dict[str, dict[str, str]] = {"money": {}, "fraction": {}, "ratio": {}, "count": {}}
    for name, spec in registered().items():
        if metrics is not None and spec.unit != "time":
            words[spec.unit][spec.label] = number(value(name, record), spec.unit, record.currency)
    rate = words["fraction"].pop(registered()["win_rate"].label, None)
    ended = [record.status.value] if record.error is None else [record.status.value, record.error.message]
    balances = {"Starting balance": capital} | (
        {"Ending balance": float(curve.equity[-1])} if curve.equity.size else {}
    )
    return Sheet(
        title=curve.label,
        currency=record.currency,
        sample=Sample.from_bars(
            time=curve.time,
            equity=curve.equity,
            initial_capital=capital,
            trade_pnls=np.empty(0),
            periods_per_year=snapshot.periods_per_year,
            risk_free=snapshot.risk_free,
            session=common_session(snapshot.instruments.values()),
        ),
        run={
            "Run": str(record.run_id),
            "Status": ": ".join(ended),
            SETTINGS["strategy"].label: record.strategy_name,
            SETTINGS["instrument"].label: record.instrument_id,
            SETTINGS["bar"].label: record.bar,
            "Period": f"{day(record.period_start)} to {day(record.period_end)}",
            "Executed": f"{record.started_at:%Y-%m-%d %H:%M:%S} UTC",
            "Engine": f"{snapshot.engine['name']} {snapshot.engine['version']}",
            "Equity": "marked to market at every bar",
            **{name: text(found) for name, found in named_params(record.params).items()},
        },
        account={name: number(found, "money", record.currency) for name, found in balances.items()},
        money=words["money"],
        returns=words["fraction"] | words["ratio"],
        trades=words["count"] | ({} if rate is None else {"Win rate": rate}),
    )
