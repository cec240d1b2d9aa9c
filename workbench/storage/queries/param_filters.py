"""Runs by their parameters: equal, one of, within a range, present, absent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from workbench.config import ABSENT, PRESENT, refuse_unstorable
from workbench.errors import InvalidInput
from workbench.storage.schema.param_index import PRESENCE, of_range
from workbench.strategies import plain_value

LONGEST_NAME = 255
"""Characters; each dot among them is a level of nesting, of which the database takes only so many."""
LARGEST = 1000
"""Digits before or after the point of a range's end; no float has half of that."""


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
    refuse_unstorable("the name of a parameter", name)
    if len(name) > LONGEST_NAME:
        raise InvalidInput(f"params: {name[:40]!r}… has {len(name):,} characters; no parameter is called like this.")
    if value is PRESENT or value is ABSENT:
        return ParamFilter(name=name, kind="present" if value is PRESENT else "absent")
    if isinstance(value, tuple):
        return ParamFilter(name=name, kind="range", wanted=_range(name, value))
    several = isinstance(value, list | set | frozenset)
    if several and not value:
        raise InvalidInput(f"params: {name}={value!r} is empty. Name at least one value.")
    return ParamFilter(name=name, kind="one_of", wanted=[plain_value(each) for each in (value if several else [value])])


def _range(name: str, value: tuple[Any, ...]) -> tuple[Decimal | None, Decimal | None]:
    try:
        low, high = (None if end is None or isinstance(end, bool) else Decimal(str(end)) for end in value)
    except (ValueError, ArithmeticError) as error:
        raise InvalidInput(f"params: {name}={value!r} is not a range. Type {name}=(5, 15), or (5, None).") from error
    if (low is None and high is None) or not all(end is None or _writable(end) for end in (low, high)):
        raise InvalidInput(f"params: {name}={value!r} is not a range. Type {name}=(5, 15), or (5, None).")
    if low is not None and high is not None and high < low:
        raise InvalidInput(f"params: {name}={value!r} ends below its start. Swap them.")
    return low, high


def _writable(number: Decimal) -> bool:
    """Whether the database's numbers reach so far."""
    return number.is_finite() and (not number or abs(number.adjusted()) < LARGEST)


def matches(wanted: ParamFilter, number: int, values: dict[str, Any]) -> str:
    """The filter in SQL, its arguments added to `values` under names of this number.

    A name with dots is the name itself or a path into nested parameters.
    """
    condition = " or ".join(_at(path, wanted, f"p{number}_{at}", values) for at, path in enumerate(_paths(wanted.name)))
    return f"not coalesce({condition}, false)" if wanted.kind == "absent" else f"({condition})"


def indexed(wanted: ParamFilter, number: int, values: dict[str, Any]) -> str:
    """What an index can say of the filter: true of all that it matches and of few others. Empty if nothing."""
    if wanted.kind == "absent":
        return ""
    name = f"p{number}_mark"
    values[f"{name}_name"] = wanted.name
    values[f"{name}_places"], values[f"{name}_words"] = _marks(wanted)
    marks = f"name_marks(%({name}_name)s::text, %({name}_places)s::bigint[], %({name}_words)s::text[])"
    return f"param_marks(r.params) && {marks}"


def _marks(wanted: ParamFilter) -> tuple[list[int], list[str]]:
    """Places of numbers, and words, of which a run that matches has one."""
    if wanted.kind == "range":
        return list(of_range(*wanted.wanted)), []
    places: list[int] = []
    words: list[str] = []
    for value in wanted.wanted or ():
        if isinstance(value, str):
            words.append(value)
        elif value is None or isinstance(value, bool):
            words.append(json.dumps(value))
        elif isinstance(value, int | float):
            exact = Decimal(str(value))
            places += of_range(exact, exact)
        else:  # lists and objects have no mark of their own
            return [PRESENCE], []
    return (places, words) if places or words else ([PRESENCE], [])


def _paths(name: str) -> list[list[str]]:
    return [[name], *([name.split(".")] if "." in name else [])]


def _at(path: list[str], wanted: ParamFilter, name: str, values: dict[str, Any]) -> str:
    value = "r.params"
    for depth, step in enumerate(path):
        values[f"{name}_{depth}"] = step
        value += f" -> %({name}_{depth})s::text"
    if wanted.kind in ("present", "absent"):
        return f"({value}) is not null"
    if wanted.kind == "one_of":
        values[name] = [Jsonb(value) for value in wanted.wanted]
        return f"({value}) = any(%({name})s)"
    ends = zip(("low", "high"), (">=", "<="), wanted.wanted, strict=True)
    within = []
    for end, compare, limit in ends:
        if limit is not None:
            values[f"{name}_{end}"] = limit
            within.append(f"({value})::numeric {compare} %({name}_{end})s")
    # inside a case: the cast of a text would be an error, wherever the planner tries it first
    return f"case when jsonb_typeof({value}) = 'number' then {' and '.join(within)} else false end"
