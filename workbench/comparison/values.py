"""Runs → the values of a row of theirs: in full, as people read them, and what they are compared by."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import lru_cache, partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from workbench import frames
from workbench.config import FillChance, code_digest
from workbench.display.format import day, number

if TYPE_CHECKING:
    from workbench.config import Snapshot
    from workbench.runs import Record

type Path = tuple[str, ...]
"""The names of a value, from the outermost in: {"a.b": 1} and {"a": {"b": 1}} are two parameters with one name."""

LONGEST = 60
"""Characters of a value in a view; the frame has it in full."""


class _Nothing(Enum):
    ABSENT = "absent"


ABSENT = _Nothing.ABSENT
"""What a run does not have, as against a value of None."""

# names, and when the definition was made: no terms of a trade. The rates stand under fees
_NO_TERMS = frozenset({"id", "raw_symbol", "ts_event", "ts_init", "maker_fee", "taker_fee"})
_FILL = tuple(one.name for one in fields(FillChance))

_SAME_TEXT = frozenset({str, int, bool, type(None), datetime})
"""Types whose equal values are written alike, as 1.0 and 1.00 are not."""
_PLAIN = frozenset({str, int, float, Decimal, type(None), datetime, _Nothing})
"""Types of nearly all values, which are what they are compared by."""

type Values = tuple[tuple[str, ...], Callable[[int], str], bool]
"""One value of every run: in full, as people read that of a position, and whether they differ, as 10 and 10.0 do not.

What people read is worked out when it is looked at.
"""


def scores(records: Sequence[Record], own: Sequence[str]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Every metric with its value of each run, these of one's own last; None where it is undefined."""
    metrics = [record.metrics for record in records]
    none = (None,) * len(_MEASURED)
    columns = zip(*(none if one is None else _OF_METRICS(one) for one in metrics), strict=True)
    for name, column in zip(_MEASURED, columns, strict=True):
        yield name, column if frames.METRICS.get(name) == frames.TIME else tuple(map(_finite, column))
    for name in own:
        yield name, tuple(None if one is None else _finite(one.custom.get(name)) for one in metrics)


_MEASURED = (*frames.METRICS, "formulas_version")
_OF_METRICS = attrgetter(*_MEASURED)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def of_scores(found: Sequence[Any], unit: str, currencies: Sequence[str]) -> Values:
    """The values of a metric."""
    texts = tuple([str(one) if type(one) is float else frames.text_of(one) for one in found])
    return texts, partial(_shown_score, found, unit, currencies), found.count(found[0]) < len(found)


def _shown_score(found: Sequence[Any], unit: str, currencies: Sequence[str], position: int) -> str:
    value = found[position]
    if value is None:
        return "–"
    return day(value) if isinstance(value, datetime) else number(value, unit, currencies[position])


def params(record: Record) -> dict[Path, Any]:
    """The parameters by their path, nested ones taken apart."""
    return _flat(record.params)


def settings(record: Record, snapshot: Snapshot) -> dict[Path, Any]:
    """All that a run was configured with but its parameters."""
    venue, strategy, data = snapshot.venue, snapshot.strategy, snapshot.data[0]
    definition = snapshot.instruments.get(record.instrument_id, {})
    rates = definition if venue.fees.model == "instrument" else {}
    return {
        ("strategy_name",): record.strategy_name,
        ("strategy_type",): record.strategy_type,
        ("strategy_path",): record.strategy_path,
        # a digest of nothing would be equal to another one of nothing
        ("strategy_code",): code_digest(snapshot) if strategy.code else None,
        ("instrument_id",): record.instrument_id,
        ("bar",): record.bar,
        ("period_start",): record.period_start,
        ("period_end",): record.period_end,
        ("data_source",): record.data_source,
        ("data", "rows"): data.rows,
        ("data", "first"): data.first,
        ("data", "last"): data.last,
        ("data", "fingerprint"): data.fingerprint,
        ("venue",): venue.name,
        ("capital",): venue.capital,
        ("currency",): venue.currency,
        ("account",): venue.account,
        ("oms",): venue.oms,
        ("leverage",): venue.leverage,
        # an amount per order, or the rates of the instrument
        ("fees", "model"): venue.fees.model,
        ("fees", "amount"): venue.fees.amount,
        ("fees", "maker"): rates.get("maker_fee"),
        ("fees", "taker"): rates.get("taker_fee"),
        **{("fill", name): getattr(venue.fill, name) for name in _FILL},
        ("risk_free",): snapshot.risk_free,
        ("periods_per_year",): snapshot.periods_per_year,
        **_flat(snapshot.engine, "engine"),
        **_terms(definition, "instrument"),
        **_others(record, snapshot),
    }


def _terms(definition: Mapping[str, Any], above: str) -> dict[Path, Any]:
    terms = {name: value for name, value in definition.items() if name not in _NO_TERMS and value not in (None, {})}
    return _flat(terms, above)


def _others(record: Record, snapshot: Snapshot) -> dict[Path, Any]:
    """What stands behind the first: the other side of the market, a second venue, strategy or instrument."""
    uses: dict[str, Sequence[Any]] = {"strategy": snapshot.strategies, "data": snapshot.data, "venue": snapshot.venues}
    found: dict[Path, Any] = {}
    for kind, group in uses.items():
        for position, use in enumerate(group[1:], start=2):
            found |= _flat(asdict(use), f"{kind}_{position}")
    for name, definition in snapshot.instruments.items():
        if name != record.instrument_id:
            found |= _terms(definition, f"instrument {name}")
    return found


def _flat(values: Mapping[str, Any], *above: str) -> dict[Path, Any]:
    """Values by their path. An empty mapping is a value."""
    found: dict[Path, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict) and value:
            found |= _flat(value, *above, str(name))
        else:
            found[*above, str(name)] = value
    return found


def of_facts(path: Path, found: Sequence[Any], currencies: Sequence[str]) -> Values:
    """The values of a setting or a parameter, `ABSENT` where a run has none."""
    first, count = found[0], len(found)
    mean = _meaning(path)
    kinds = set(map(type, found))
    if len(kinds) == 1 and kinds <= _SAME_TEXT and found.count(first) == count:
        meant = [mean(first) if mean else first] * count
        texts, differ = (_text(meant[0]),) * count, False
    else:
        meant = [mean(one) for one in found] if mean else list(found)
        texts, keys = tuple(map(_text, meant)), [_key(one) for one in meant]
        differ = keys.count(keys[0]) < count
    show = partial(_shown_money, meant, currencies) if path == ("capital",) else partial(_shown, meant, texts)
    return texts, show, differ


def _meaning(path: Path) -> Callable[[Any], Any] | None:
    """What the stored text of a setting stands for; None where it stands for itself."""
    if path in (("data", "first"), ("data", "last")):
        return datetime.fromisoformat
    if path[0] in ("capital", "leverage", "fees", "instrument") or path[0].startswith("instrument "):
        return _amount
    return None


def _text(value: Any) -> str:
    """As `frames.details` has it."""
    if type(value) is str:
        return value
    if value is ABSENT:
        return ""
    # f: small decimal text such as 0.00000001 comes back as it was
    return f"{value:f}" if isinstance(value, Decimal) else frames.text_of(value)


def _shown_money(meant: Sequence[Any], currencies: Sequence[str], position: int) -> str:
    return number(float(meant[position]), "money", currencies[position])


def _shown(meant: Sequence[Any], texts: Sequence[str], position: int) -> str:
    value, text = meant[position], texts[position]
    if value is ABSENT:
        return "–"
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


def _amount(value: Any) -> Any:
    """Decimal text as the number it is; anything else as it stands."""
    return _number(value) if type(value) is str else value


@lru_cache(maxsize=1000)
def _number(text: str) -> Decimal | str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if number.is_finite() else text


def _key(value: Any) -> Any:
    """What a value is compared by: True is not 1, and 1 is 1.0."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, Mapping):
        return {name: _key(one) for name, one in value.items()}
    return [_key(one) for one in value] if isinstance(value, list | tuple) else value
