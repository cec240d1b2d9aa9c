"""What is typed to search by parameter, ``fast_period=5..15``, in the forms that `wb.history` takes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from workbench.config import ABSENT, PRESENT
from workbench.errors import InvalidInput

RANGE = re.compile(r"(?P<low>[-+.\deE]*?)\.\.(?P<high>[-+.\deE]*)")


def wanted_params(expressions: Sequence[str] | None) -> dict[str, Any] | None:
    """``x=10`` equal, ``x=5,10`` one of them, ``x=5..15`` or ``x=5..`` a range; ``x``: has it; ``x=``: has it not.

    Raises:
        InvalidInput: a name is missing or given twice.
    """
    params: dict[str, Any] = {}
    for text in expressions or ():
        name, equals, value = text.partition("=")
        name = name.strip()
        if not name:
            raise InvalidInput(f"{text!r} has no name of a parameter. Type fast_period=5..15")
        if name in params:
            raise InvalidInput(f"parameter {name} is given twice. Type {name}=5,10 for one of several.")
        params[name] = _wanted(value) if equals and value else ABSENT if equals else PRESENT
    return params or None


def _wanted(value: str) -> Any:
    between = RANGE.fullmatch(value)
    if between is not None:
        return tuple(end or None for end in between.group("low", "high"))
    several = [_value(item) for item in value.split(",")] if value[:1] not in '[{"' else [_value(value)]
    return several if len(several) > 1 else several[0]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
