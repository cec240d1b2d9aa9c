"""Runs that could have been: written through the record's own door, without an engine, so that thousands are quick."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np

from workbench.config import DataUse, Fingerprint, Labels, Snapshot, StrategyUse, VenueUse, sha256
from workbench.metrics import Metrics, measure
from workbench.runs import Equity, Failure, Group, Part, Record, Result, Status
from workbench.storage import Finish, Records, Start
from workbench.strategies import strategy_key

STRATEGIES = {"SMA Crossover": "trend_following", "Momentum": "momentum", "Ünïcode «Owl»": "custom"}
INSTRUMENTS = ("AAPL.NASDAQ", "IBM.NYSE", "BTC/USD.X")
GROUPS = tuple(Group(group_id=UUID(int=number), kind="sweep", name=f"sweep {number}") for number in (1, 2))
OWN = "tail_ratio"
"""A metric of the user's own that some runs have."""
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = np.arange(10, dtype=np.int64) * 86_400_000_000_000
EQUITY = 100.0 + np.cumsum(np.sin(np.arange(10.0)))


@dataclass(frozen=True, kw_only=True)
class Made:
    """What a run shall look like; the rest is filled in."""

    number: int
    strategy: str = "SMA Crossover"
    instrument: str = "AAPL.NASDAQ"
    status: Status = Status.COMPLETED
    params: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    started_at: datetime | None = None
    fingerprint: Fingerprint | None = None
    parts: tuple[Part, ...] = ()
    labels: Labels = field(default_factory=Labels)
    group: Group | None = None


def write(records: Records, made: Made) -> Record:
    """Write one run, finished."""
    record = Record(
        run_id=UUID(hashlib.sha256(f"run {made.number}".encode()).hexdigest()[:32], version=4),
        strategy_key=strategy_key(made.strategy),
        strategy_name=made.strategy,
        strategy_type=STRATEGIES.get(made.strategy, "custom"),
        strategy_path=f"some.module:{strategy_key(made.strategy)}",
        instrument_id=made.instrument,
        bar="1-DAY-LAST-EXTERNAL",
        period_start=EPOCH - timedelta(days=365),
        period_end=EPOCH,
        initial_capital=Decimal(10_000),
        currency="USD",
        data_source="mock",
        params=made.params,
        status=Status.RUNNING,
        started_at=made.started_at or EPOCH + timedelta(minutes=made.number),
        finished_at=None,
        duration=None,
        error=None,
        warnings=(),
        metrics=None,
    )
    text = snapshot(record).text()
    digest = sha256(text)
    start = Start(
        record=record,
        fingerprint=made.fingerprint or Fingerprint(setup=digest, code=digest, data=digest),
        config_text=text,
        config_sha256=digest,
        sources=(),
        parts=made.parts,
        labels=made.labels,
        group=made.group,
    )
    failed = made.status is Status.FAILED
    result = Result(
        status=made.status,
        bars=10,
        equity=Equity(time=DAYS, value=EQUITY),
        trades=(),
        fills=(),
        warnings=(),
        error=Failure(message="boom", trace="Traceback") if failed else None,
    )
    metrics = _metrics(made.metrics) if made.status is Status.COMPLETED else None
    finish = Finish(
        result=result,
        metrics=metrics,
        finished_at=record.started_at + timedelta(seconds=1),
        duration=1.0,
        environment={"metrics": {OWN: {"label": "Tail ratio", "unit": "ratio", "higher_is_better": True}}}
        if metrics is not None and OWN in metrics.custom
        else {},
    )
    with records.begin(start) as ticket:
        records.finish(ticket, finish)
    return replace(record, status=made.status, metrics=metrics, name=made.labels.name, tags=made.labels.tags)


def snapshot(record: Record) -> Snapshot:
    """The configuration that such a run would have had."""
    strategy = StrategyUse(
        path=record.strategy_path,
        config_path=None,
        name=record.strategy_name,
        type=record.strategy_type,
        params=record.params,
        code={},
    )
    data = DataUse(
        instrument_id=record.instrument_id,
        bar=record.bar,
        source=record.data_source,
        rows=10,
        first=record.period_start.isoformat(),
        last=record.period_end.isoformat(),
        fingerprint="00" * 32,
    )
    return Snapshot(
        strategies=(strategy,),
        instruments={},
        data=(data,),
        venues=(VenueUse(name="X", oms="netting", account="margin", currency="USD", capital="10000"),),
        start=record.period_start.isoformat(),
        end=record.period_end.isoformat(),
        periods_per_year=252,
        risk_free=0.0,
        engine={"name": "nautilus_trader", "version": "1.231.0"},
    )


def _metrics(given: Mapping[str, Any]) -> Metrics:
    measured = measure(time=DAYS, equity=EQUITY, initial_capital=100.0, trade_pnls=np.empty(0), periods_per_year=252)
    return replace(measured, **given)


def varied(numbers: range, seed: int = 1) -> list[Made]:
    """Runs of all kinds: skewed strategies, equal and undefined metrics, failed ones, nested parameters."""
    chance = random.Random(seed)
    return [_one(number, chance) for number in numbers]


def _one(number: int, chance: random.Random) -> Made:
    params: dict[str, Any] = {"fast_period": chance.choice([5, 10, 15, 20]), "threshold": chance.choice([0.0, 0.5, 1])}
    if chance.random() < 0.3:
        params["inner"] = {"level": chance.randint(1, 3)}
    if chance.random() < 0.3:
        params["a.b 'c\" ä"] = chance.choice(["x", "10", None, True])
    # a generator of its own: what was drawn before stays what it was
    more = random.Random(number)
    others = []
    if more.random() < 0.2:
        name = more.choice(list(STRATEGIES))
        others.append(Part(kind="strategy", number=2, key=strategy_key(name), path="m:S", type=STRATEGIES[name]))
    if more.random() < 0.2:
        others.append(Part(kind="instrument", number=2, key=more.choice(INSTRUMENTS)))
    return Made(
        number=number,
        parts=tuple(others),
        labels=Labels(
            name=more.choice([None, None, "first try", "Ünïcode «日本»"]),
            tags=tuple(sorted(more.sample(["ema", "daily", "100 %"], more.choice([0, 0, 1, 2])))),
        ),
        group=more.choice([None, None, *GROUPS]),
        strategy=chance.choices(list(STRATEGIES), weights=[6, 3, 1])[0],
        instrument=chance.choice(INSTRUMENTS),
        status=chance.choices([Status.COMPLETED, Status.FAILED, Status.INTERRUPTED], weights=[8, 1, 1])[0],
        params=params,
        metrics={
            "sharpe_ratio": chance.choice([None, 0.5, 1.0, 1.0, chance.gauss(0, 1)]),
            "total_return": chance.choice([None, 0.1, chance.uniform(-1, 3)]),
            "max_drawdown": chance.choice([0.0, -0.2, -0.05]),
            "win_rate": chance.choice([None, 0.0, 0.5, 1.0]),
            **{name: chance.choice([None, chance.uniform(0, 3)]) for name in ("profit_factor", "average_win")},
            **{name: chance.choice([None, chance.gauss(-5, 9)]) for name in ("average_loss", "expectancy")},
            **({"custom": {OWN: more.choice([None, 1.5, more.gauss(0, 1)])}} if more.random() < 0.7 else {}),
        },
        # some start in the same microsecond
        started_at=EPOCH + timedelta(minutes=number // 2),
    )
