"""Runs by their parameters: equal, one of, within a range, present, absent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Numeric, and_, bindparam, case, cast, false, func, or_
from sqlalchemy.dialects.postgresql import JSONB

from workbench.config import ABSENT, PRESENT, plain_value
from workbench.errors import InvalidInput
from workbench.storage.tables import backtest_runs


@dataclass(frozen=True, slots=True, kw_only=True)
class ParamFilter:
    """What one parameter must be. `wanted` is a list for one of several, a pair of numbers or None for a range."""

    name: str
    kind: str
    wanted: Any = None


def param_filters(asked: Mapping[str, Any] | None) -> tuple[ParamFilter, ...]:
    """Read the forms a trader types.

    ``10`` equal; ``[5, 10]`` one of; ``(5, 15)`` from 5 to 15, both inclusive, None for an open end; `PRESENT`;
    `ABSENT`.

    Raises:
        InvalidInput: no mapping, an empty list, or a range that is none.
    """
    if asked is None:
        return ()
    if not isinstance(asked, Mapping):
        raise InvalidInput(f"params={asked!r} is not a mapping. Type params={{'fast_period': 10}}.")
    return tuple(_read(str(name), value) for name, value in asked.items())


def _read(name: str, value: Any) -> ParamFilter:
    if value is PRESENT or value is ABSENT:
        return ParamFilter(name=name, kind="present" if value is PRESENT else "absent")
    if isinstance(value, tuple):
        return ParamFilter(name=name, kind="range", wanted=_range(name, value))
    several = isinstance(value, list | set | frozenset)
    if several and not value:
        raise InvalidInput(f"params: {name}={value!r} is one of nothing. Name at least one value.")
    return ParamFilter(name=name, kind="one_of", wanted=[plain_value(one) for one in (value if several else [value])])


def _range(name: str, value: tuple[Any, ...]) -> tuple[Decimal | None, Decimal | None]:
    try:
        low, high = (None if end is None or isinstance(end, bool) else Decimal(str(end)) for end in value)
    except (ValueError, ArithmeticError) as error:
        raise InvalidInput(f"params: {name}={value!r} is no range. Type {name}=(5, 15), or (5, None).") from error
    if (low is None and high is None) or not all(end is None or end.is_finite() for end in (low, high)):
        raise InvalidInput(f"params: {name}={value!r} is no range. Type {name}=(5, 15), or (5, None).")
    if low is not None and high is not None and high < low:
        raise InvalidInput(f"params: {name}={value!r} ends below its start. Swap them.")
    return low, high


def condition(wanted: ParamFilter) -> ColumnElement[bool]:
    """The filter in SQL. A name with dots is the name itself or a path into nested parameters."""
    paths = [[wanted.name]] + ([wanted.name.split(".")] if "." in wanted.name else [])
    found = or_(*(_at(path, wanted) for path in paths))
    return ~found if wanted.kind == "absent" else found


def _at(path: list[str], wanted: ParamFilter) -> ColumnElement[bool]:
    params = backtest_runs.c.params
    value = func.jsonb_extract_path(params, *path, type_=JSONB)
    if wanted.kind in ("present", "absent"):
        return value.is_not(None)
    if wanted.kind == "range":
        number = cast(value, Numeric)
        ends = zip((number.__ge__, number.__le__), wanted.wanted, strict=True)
        within = and_(*(compare(end) for compare, end in ends if end is not None))
        # inside a case: the cast of a text would be an error, wherever the planner tries it first
        return case((func.jsonb_typeof(value) == "number", within), else_=false())
    # containment has the index; it is true of larger objects too, so equality follows
    return or_(
        *(and_(params.contains(_nested(path, one)), value == bindparam(None, one, JSONB)) for one in wanted.wanted)
    )


def _nested(path: list[str], value: Any) -> Any:
    for name in reversed(path):
        value = {name: value}
    return json.loads(json.dumps(value))
