"""What a value must be before it is compared with anything: an array answers every comparison with another array."""

from __future__ import annotations

import math
from typing import Any

from workbench.errors import Argument, InvalidInput


def flag(name: str, value: Any) -> bool:
    """Raises InvalidInput for anything but True and False."""
    if not isinstance(value, bool):
        raise InvalidInput(Argument(name, repr(value)), " must be True or False.")
    return value


def word(name: str, value: Any) -> str:
    """Raises InvalidInput for anything but text."""
    if not isinstance(value, str):
        raise InvalidInput(Argument(name, repr(value)), " is not text.")
    return value


def real(name: str, value: Any) -> float:
    """Raises InvalidInput for anything but a finite number that a float can hold."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    except OverflowError:
        pass
    raise InvalidInput(Argument(name, repr(value)), " is not a finite number.")
