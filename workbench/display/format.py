"""The only formatter: how numbers, money and times are shown to people."""

from __future__ import annotations

from datetime import datetime


def number(value: float | None, unit: str, currency: str = "") -> str:
    """A metric as people read it; a dash where it is undefined.

    ``fraction`` becomes percent, ``money`` gets thousands and its currency, ``ratio`` two decimals.
    """
    if value is None:
        return "–"
    if unit == "fraction":
        return f"{value:.2%}"
    if unit == "money":
        return f"{value:,.2f} {currency}".rstrip()
    return f"{value:,.0f}" if unit == "count" else f"{value:.2f}"


def brief(value: float | None, unit: str) -> str:
    """A metric where room is scarce: money without cents and currency, percent with one decimal or none."""
    if value is None or unit not in ("money", "fraction"):
        return number(value, unit)
    if unit == "money":
        return f"{value:,.0f}"
    return f"{value:.1%}" if abs(value) < 10 else f"{value:,.0%}"


def day(value: datetime) -> str:
    """The date, and the time of day where it is not an end of the day."""
    text = value.isoformat(sep=" ", timespec="minutes")[:16]
    return text[:10] if text.endswith(("00:00", "23:59")) else text


def minute(value: datetime) -> str:
    """A moment in UTC, to the minute: ``2026-01-31 09:30 UTC``."""
    return f"{value:%Y-%m-%d %H:%M} UTC"


def signed(value: float, unit: str, currency: str = "") -> str:
    """A profit or a return as people read it: like `number`, with its sign before a gain as well."""
    text = number(value, unit, currency)
    return text if text.startswith("-") else f"+{text}"


def quantity(value: float) -> str:
    """An amount or a price: thousands separated, as many decimals as it has, at most ten digits."""
    return f"{value:,.10g}"


def seconds(value: float) -> str:
    """A duration in seconds, to the hundredth."""
    return f"{value:.2f} s"
