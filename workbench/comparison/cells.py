"""One run → its values by name: in full, as people read them, and what they are compared by."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench import frames
from workbench.cards import day, number
from workbench.config import code_digest

if TYPE_CHECKING:
    from workbench.config import Snapshot
    from workbench.metrics import MetricSpec
    from workbench.runs import Record

LONGEST = 60
"""Characters of a value in a view; the frame has it in full."""

# names, and when the definition was made: no terms of a trade. The rates stand under fees
_NO_TERMS = frozenset({"id", "raw_symbol", "ts_event", "ts_init", "maker_fee", "taker_fee"})


_SAME_TEXT = frozenset({str, int, bool, type(None), datetime})
"""Types whose equal values are written alike, as 1.0 and 1.00 are not."""
_SINGLE = frozenset({*_SAME_TEXT, float, Decimal})
"""Types of nearly all values: to ask whether one is a mapping takes longer than the rest."""


class Cell(NamedTuple):
    """One value of one run: its text in full, and as people read it, worked out when it is looked at.

    Equal values have equal keys, as 10 and 10.0 have; `number` is that of a metric.
    """

    text: str
    show: Callable[[], str]
    key: Any
    number: float | None = None


ABSENT = Cell(text="", show=partial(str, "–"), key=("absent",))
"""What a run does not have, as against a value of None."""


def metric_cell(record: Record, name: str, spec: MetricSpec | None) -> Cell:
    """A metric of a run; empty where it is undefined, as every metric of a run is that did not complete."""
    value = _score(record, name)
    if value is None:
        return ABSENT
    if isinstance(value, datetime):
        return Cell(text=frames.text_of(value), show=partial(day, value), key=value)
    unit = spec.unit if spec is not None else "ratio"
    show = partial(str, value) if name == "formulas_version" else partial(number, value, unit, record.currency)
    return Cell(text=frames.text_of(value), show=show, key=value, number=value)


def _score(record: Record, name: str) -> datetime | float | None:
    metrics = record.metrics
    if metrics is None:
        return None
    if name == "max_drawdown_at":
        at = metrics.max_drawdown_ns
        return None if at is None else datetime.fromtimestamp(at / 1e9, UTC)
    own = name not in frames.METRICS and name != "formulas_version"
    value: float | None = metrics.custom.get(name) if own else getattr(metrics, name)
    return value if value is not None and math.isfinite(value) else None


def params(record: Record) -> dict[tuple[str, ...], Any]:
    """The parameters by their path, nested ones taken apart."""
    return dict(_flat(record.params))


def settings(record: Record, snapshot: Snapshot) -> dict[tuple[str, ...], Any]:
    """All that a run was configured with but its parameters."""
    venue, strategy = snapshot.venue, snapshot.strategy
    data = snapshot.data[0]
    found = {
        "strategy_name": record.strategy_name,
        "strategy_type": record.strategy_type,
        "strategy_path": record.strategy_path,
        # a digest of nothing would be equal to another one of nothing
        "strategy_code": code_digest(snapshot) if strategy.code else None,
        "instrument_id": record.instrument_id,
        "bar": record.bar,
        "period_start": record.period_start,
        "period_end": record.period_end,
        "data_source": record.data_source,
        "data": {
            "rows": data.rows,
            "first": datetime.fromisoformat(data.first),
            "last": datetime.fromisoformat(data.last),
            "fingerprint": data.fingerprint,
        },
        "venue": venue.name,
        "capital": Decimal(venue.capital),
        "currency": venue.currency,
        "account": venue.account,
        "oms": venue.oms,
        "leverage": Decimal(venue.leverage),
        "fees": _fees(record, snapshot),
        "fill": asdict(venue.fill),
        "risk_free": snapshot.risk_free,
        "periods_per_year": snapshot.periods_per_year,
        "engine": snapshot.engine,
        "instrument": _terms(snapshot.instruments.get(record.instrument_id, {})),
        **_others(record, snapshot),
    }
    money = partial(number, float(venue.capital), "money", venue.currency)
    capital = Cell(text=venue.capital, show=money, key=Decimal(venue.capital))
    return dict(_flat(found)) | {("capital",): capital}


def _fees(record: Record, snapshot: Snapshot) -> dict[str, Any]:
    """The model and what it charges: an amount per order, or the rates of the instrument."""
    fees = snapshot.venue.fees
    definition = snapshot.instruments.get(record.instrument_id, {}) if fees.model == "instrument" else {}
    return {
        "model": fees.model,
        "amount": _amount(fees.amount),
        "maker": _amount(definition.get("maker_fee")),
        "taker": _amount(definition.get("taker_fee")),
    }


def _terms(definition: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _amount(value) for name, value in definition.items() if name not in _NO_TERMS and value not in (None, {})
    }


def _others(record: Record, snapshot: Snapshot) -> dict[str, Any]:
    """What stands behind the first: the other side of the market, a second venue, strategy or instrument."""
    uses: dict[str, Sequence[Any]] = {"strategy": snapshot.strategies, "data": snapshot.data, "venue": snapshot.venues}
    more = {
        f"{kind}_{position}": asdict(use)
        for kind, group in uses.items()
        for position, use in enumerate(group[1:], start=2)
    }
    instruments = {name: _terms(one) for name, one in snapshot.instruments.items() if name != record.instrument_id}
    return more | {f"instrument {name}": terms for name, terms in instruments.items()}


def cells(values: Sequence[Any]) -> list[Cell]:
    """A setting or a parameter of each run; where all have the same, the same cell."""
    first = values[0]
    if type(first) in _SAME_TEXT and all(type(one) is type(first) and one == first for one in values):
        return [plain_cell(first)] * len(values)
    return [one if isinstance(one, Cell) else plain_cell(one) for one in values]


def plain_cell(value: Any) -> Cell:
    """One of them, as `frames.details` has it."""
    # f: small decimal text such as 0.00000001 comes back as it was
    text = f"{value:f}" if isinstance(value, Decimal) else frames.text_of(value)
    return Cell(text=text, show=partial(_shown, value, text), key=_key(value))


def _shown(value: Any, text: str) -> str:
    if isinstance(value, datetime):
        return day(value)
    if value is None:
        return "None"
    if re.fullmatch("[0-9a-f]{64}", text):
        return text[:12]
    return cut(text)


def cut(text: str) -> str:
    """Text for a view, with … in place of the end of a long one."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _flat(values: Mapping[str, Any], *above: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Values by their path. An empty mapping is a value."""
    for name, value in values.items():
        path = (*above, str(name))
        if type(value) not in _SINGLE and isinstance(value, Mapping) and value:
            yield from _flat(value, *path)
        else:
            yield path, value


def _amount(value: Any) -> Any:
    """Decimal text as the number it is; anything else as it stands."""
    if not isinstance(value, str):
        return value
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return value
    return amount if amount.is_finite() else value


def _key(value: Any) -> Any:
    """What a value is compared by: True is not 1, and 1 is 1.0."""
    if isinstance(value, bool):
        return ("bool", value)
    if type(value) in _SINGLE:
        return value
    if isinstance(value, Mapping):
        return {name: _key(one) for name, one in value.items()}
    return [_key(one) for one in value] if isinstance(value, list | tuple) else value
