"""Dates as a trader types them → one period, both ends inclusive, aware UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from workbench.errors import Argument, InvalidPeriod

type Moment = str | date | datetime
"""``"2012-03-01"``, ``"2012-03-01 14:30"``, a date, a datetime or a pandas Timestamp; naive means UTC."""

_TICK = timedelta(microseconds=1)

PERIOD_END_NS = 999
"""Nanoseconds from the last microsecond of a period to its end, which they belong to."""


def period(
    start: Moment | None, end: Moment | None, *, first_ns: int, last_ns: int, of: str
) -> tuple[datetime, datetime]:
    """The period that was asked for; a missing end of it is that of the data.

    A date as `end` means the whole of that day. Nothing is clamped: days before the first or after the last bar
    are refused.

    Raises:
        InvalidPeriod: not a date, `end` before `start`, or a day outside the data named `of`.
    """
    first, last = _from_ns(first_ns), _from_ns(last_ns)
    # left out means the whole days of the data, so that a period is the same whether it was typed or not
    begin = moment("start", first.date() if start is None else start)
    finish = moment("end", last.date() if end is None else end, closing=True)
    if finish < begin:
        before = Argument("start", f"{start or first.date()}")
        raise InvalidPeriod(Argument("end", f"{end or last.date()}"), " is before ", before, ". Swap them.")
    if begin.date() < first.date() or finish.date() > last.date():
        wrong = Argument("start", f"{start}") if begin.date() < first.date() else Argument("end", f"{end}")
        raise InvalidPeriod(
            wrong,
            f" is outside the data: {of} has bars from {first.date()} to {last.date()}. Use ",
            Argument("start", repr(str(max(begin, first).date()))),
            ", ",
            Argument("end", repr(str(min(finish, last).date()))),
            ", or import more data.",
        )
    return begin, finish


def moment(name: str, value: Moment, *, closing: bool = False) -> datetime:
    """Read one date or time as aware UTC; with `closing` a bare date means its last microsecond.

    Raises:
        InvalidPeriod: with the argument's name, the value and what to type instead.
    """
    parsed: date | datetime
    wrong, example = Argument(name, repr(value)), Argument(name, "'2012-03-01'")
    if isinstance(value, str):
        try:
            parsed = date.fromisoformat(value) if len(value.strip()) <= 10 else datetime.fromisoformat(value.strip())
        except ValueError as error:
            raise InvalidPeriod(wrong, f" is not a date ({error}). Type ", example, ".") from error
    elif isinstance(value, date):
        parsed = value
    else:
        raise InvalidPeriod(wrong, f" is a {type(value).__name__}, not a date. Type ", example, ".")
    try:
        return _utc(parsed, closing=closing)
    except OverflowError as error:
        raise InvalidPeriod(wrong, " is at the end of the calendar, and in UTC beyond it.") from error
    except ValueError as error:  # a pandas NaT
        raise InvalidPeriod(f"{name} is {value!r}, not a date. Type ", example, ".") from error


def _utc(parsed: date | datetime, *, closing: bool) -> datetime:
    if not isinstance(parsed, datetime):
        whole = datetime.combine(parsed, time(), UTC)
        return whole + timedelta(days=1) - _TICK if closing else whole
    # a pandas Timestamp becomes a plain datetime here, without its nanoseconds
    plain = datetime.combine(parsed.date(), parsed.time(), parsed.tzinfo)
    return plain.replace(tzinfo=UTC) if plain.tzinfo is None else plain.astimezone(UTC)


def nanoseconds(value: datetime) -> int:
    """Exact UTC nanoseconds of an aware time."""
    return (value - datetime(1970, 1, 1, tzinfo=UTC)) // _TICK * 1000


def _from_ns(ns: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=ns // 1000)
