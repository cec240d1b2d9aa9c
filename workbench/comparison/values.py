"""Runs → the values of a row of theirs: in full, as people read them, and what they are compared by."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import lru_cache, partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from workbench import frames
from workbench.display.format import day, number

if TYPE_CHECKING:
    from workbench.runs import Record

LONGEST = 60
"""Characters of a value in a view; the frame has it in full."""


class _Nothing(Enum):
    ABSENT = "absent"


ABSENT = _Nothing.ABSENT
"""What a run does not have, as against a value of None."""

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
    columns = zip(*(none if measured is None else _OF_METRICS(measured) for measured in metrics), strict=True)
    for name, column in zip(_MEASURED, columns, strict=True):
        yield name, column if frames.METRICS.get(name) == frames.TIME else tuple(map(_finite, column))
    for name in own:
        yield name, tuple(None if measured is None else _finite(measured.custom.get(name)) for measured in metrics)


_MEASURED = (*frames.METRICS, "formulas_version")
_OF_METRICS = attrgetter(*_MEASURED)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def of_scores(values: Sequence[Any], unit: str, currencies: Sequence[str]) -> Values:
    """The values of a metric."""
    texts = tuple([str(value) if type(value) is float else frames.text_of(value) for value in values])
    return texts, partial(_shown_score, values, unit, currencies), values.count(values[0]) < len(values)


def _shown_score(values: Sequence[Any], unit: str, currencies: Sequence[str], position: int) -> str:
    value = values[position]
    if value is None:
        return "–"
    return day(value) if isinstance(value, datetime) else number(value, unit, currencies[position])


def of_facts(unit: str, values: Sequence[Any], currencies: Sequence[str]) -> Values:
    """The values of a setting or a parameter, `ABSENT` where a run has none."""
    first, count = values[0], len(values)
    mean = _MEANINGS.get(unit)
    kinds = set(map(type, values))
    if len(kinds) == 1 and kinds <= _SAME_TEXT and values.count(first) == count:
        meant = [mean(first) if mean else first] * count
        texts, differ = (_text(meant[0]),) * count, False
    else:
        meant = [mean(value) for value in values] if mean else list(values)
        texts, keys = tuple(map(_text, meant)), [_key(value) for value in meant]
        differ = keys.count(keys[0]) < count
    return texts, partial(_shown, meant, texts, unit, currencies), differ


def _text(value: Any) -> str:
    """As `frames.details` has it."""
    if type(value) is str:
        return value
    if value is ABSENT:
        return ""
    # f: small decimal text such as 0.00000001 comes back as it was
    return f"{value:f}" if isinstance(value, Decimal) else frames.text_of(value)


def _shown(meant: Sequence[Any], texts: Sequence[str], unit: str, currencies: Sequence[str], position: int) -> str:
    value, text = meant[position], texts[position]
    if value is ABSENT:
        return "–"
    if value is None:
        return "None"
    if isinstance(value, datetime):
        return day(value)
    if unit == "money":
        return number(float(value), "money", currencies[position])
    return text[:12] if unit == "digest" else cut(text)


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


_MEANINGS: Mapping[str, Callable[[Any], Any]] = {
    "time": lambda value: value if value is ABSENT else datetime.fromisoformat(value),
    "number": _amount,
    "money": _amount,
}
"""What the stored value of a setting of a unit stands for; of another unit it stands for itself."""


def _key(value: Any) -> Any:
    """What a value is compared by: True is not 1, and 1 is 1.0."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, Mapping):
        return {name: _key(item) for name, item in value.items()}
    return [_key(item) for item in value] if isinstance(value, list | tuple) else value
