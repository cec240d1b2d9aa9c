"""The names of bars: what a person types, and what NautilusTrader calls it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workbench.errors import Argument, InvalidInput

SECOND_NS = 1_000_000_000
DAY_NS = 86_400 * SECOND_NS

_UNITS = {
    "s": "SECOND", "sec": "SECOND", "second": "SECOND",
    "m": "MINUTE", "min": "MINUTE", "minute": "MINUTE",
    "h": "HOUR", "hour": "HOUR",
    "d": "DAY", "day": "DAY",
}  # fmt: skip
_SECONDS = {"SECOND": 1, "MINUTE": 60, "HOUR": 3_600, "DAY": 86_400}
_PRICES = ("LAST", "BID", "ASK", "MID")
_SHAPE = re.compile(r"(\d{1,5})-?([a-z]+)(?:-([a-z]+))?(?:-([a-z]+))?", re.ASCII)
_EXAMPLES = "'1d', '1h', '5m', '30s', '1-DAY' or '1-MINUTE-BID'"


@dataclass(frozen=True, slots=True, kw_only=True)
class BarSpec:
    """A bar's length and price, as in ``5-MINUTE-BID-EXTERNAL``."""

    step: int
    unit: str
    price: str

    @property
    def name(self) -> str:
        return f"{self.step}-{self.unit}-{self.price}-EXTERNAL"

    @property
    def interval_ns(self) -> int:
        return self.step * _SECONDS[self.unit] * SECOND_NS

    @property
    def daily(self) -> bool:
        """Whether it is counted in days, whose stamps name a day rather than an instant."""
        return self.unit == "DAY"


def bar_spec(text: str) -> BarSpec:
    """Read a bar's name, in NautilusTrader's long form or a short one.

    Raises:
        InvalidInput: it is not a bar, is built inside NautilusTrader (INTERNAL), or has a step that NautilusTrader
            does not take (an hour is not made of 7-minute bars).
    """
    match = _SHAPE.fullmatch(text.strip().lower()) if isinstance(text, str) else None
    unit = _UNITS.get(match[2]) if match else None
    if match is None or unit is None:
        raise InvalidInput(Argument("bar", repr(text)), f" is not a bar. Write {_EXAMPLES}.")
    price, aggregation = (match[3] or "last").upper(), (match[4] or "external").upper()
    if "INTERNAL" in (price, aggregation):
        why = f": INTERNAL bars are made from ticks inside NautilusTrader. Write {_EXAMPLES}."
        raise InvalidInput(Argument("bar", repr(text)), why)
    if price == "EXTERNAL" and match[4] is None:
        price = "LAST"
    if price not in _PRICES or aggregation != "EXTERNAL":
        why = f": the price is one of {', '.join(_PRICES)}. Write {_EXAMPLES}."
        raise InvalidInput(Argument("bar", repr(text)), why)
    spec = BarSpec(step=int(match[1]), unit=unit, price=price)
    _check_step(text, spec)
    return spec


def _check_step(text: str, spec: BarSpec) -> None:
    whole = {"SECOND": 60, "MINUTE": 60, "HOUR": 24}.get(spec.unit)
    if spec.step == 0 or (whole is not None and (spec.step >= whole or whole % spec.step)):
        raise InvalidInput(
            Argument("bar", repr(text)),
            ": NautilusTrader takes seconds and minutes that divide 60, hours that divide 24, and whole days; "
            f"the next unit replaces a full one (60m is '1h'). Write {_EXAMPLES}.",
        )


def bar_name(text: str) -> str:
    """Give the canonical name of a bar: ``"1d"``, ``"1-DAY"`` and ``"1-day-last"`` are ``"1-DAY-LAST-EXTERNAL"``."""
    return bar_spec(text).name
