"""The time stamps of a file → the closes of its bars.

NautilusTrader shows a bar to a strategy at its ``ts_init``, so this must be the bar's *close*: a daily bar stamped
00:00 of its own day would let a strategy know the close a day early.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal, NoReturn
from zoneinfo import ZoneInfo

import numpy as np

from workbench.arrays import BoolArray, Int64Array
from workbench.catalog.bar_spec import DAY_NS, SECOND_NS, BarSpec
from workbench.catalog.checks import Problems
from workbench.catalog.dataset import day
from workbench.checks import word
from workbench.errors import Argument, InvalidInput, InvalidMarketData

_REST = (
    r"(?P<h>\d{1,2}):?(?P<mi>\d{2})(?::?(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?)?\s*"
    r"(?P<o>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$"
)
_DASHED = r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:[T ]\s*" + _REST
_COMPACT = r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:[T ]?\s*" + _REST
_YEAR_LAST = r"^(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>\d{4})(?:[T ]\s*" + _REST
# 8, 12 and 14 digits are dates written without separators
_EPOCH = r"^(?P<n>\d{9,10}|\d{13}|\d{15,16}|1\d{17,18})(?:\.(?P<f>\d{1,9}))?$"
_HOW = "write YYYY-MM-DD, YYYY-MM-DD HH:MM:SS, with an offset if you like, or UNIX time"


@dataclass(frozen=True, slots=True)
class Stamps:
    """What the file says: clock times in nanoseconds as written, and their offsets from UTC where it gives one."""

    wall: Int64Array
    offset: Int64Array
    aware: BoolArray


def parse_stamps(text: Any, label: str, problems: Problems) -> Stamps:
    """Read a column of time stamps (a pyarrow string array), reporting what is not one."""
    import pyarrow.compute as pc

    matched = pc.extract_regex(text, _EPOCH)
    first = next((i for i, value in enumerate(text) if value.as_py()), 0)
    if len(text) and matched[first].is_valid:
        return _epoch(matched, text, problems)
    fields, found = _calendar(text, label)
    wall, valid = _wall_clock(fields)
    problems.add(
        ~(found & valid),
        lambda row: f"{text[row].as_py()!r} is not a time stamp; {_HOW}" if text[row].as_py() else "no time stamp",
    )
    problems.add(
        (fields["y"] < 1970) | (fields["y"] > 2200),
        lambda row: f"{text[row].as_py()!r} is outside 1970 to 2200, the years of NautilusTrader's clock",
    )
    return Stamps(wall, fields["offset"], fields["aware"].astype(np.bool_))


def _epoch(matched: Any, text: Any, problems: Problems) -> Stamps:
    numbers, fraction = _integers(matched, "n"), _fraction(matched)
    largest = int(numbers.max())
    unit = next(
        u for limit, u in ((10**11, SECOND_NS), (10**14, 10**6), (10**17, 10**3), (10**20, 1)) if largest < limit
    )
    matches = matched.is_valid().to_numpy(zero_copy_only=False)
    problems.add(~matches, lambda row: f"{text[row].as_py()!r} is not UNIX time as the first row is")
    whole = numbers * unit + (fraction if unit == SECOND_NS else 0)
    return Stamps(whole, np.zeros_like(whole), np.ones(len(whole), dtype=np.bool_))


def _calendar(text: Any, label: str) -> tuple[dict[str, Int64Array], BoolArray]:
    """Split dates and clock times into numbers; rows that match no form are False in the second value."""
    import pyarrow.compute as pc

    fields: dict[str, Int64Array] = {}
    found: BoolArray = np.zeros(len(text), dtype=np.bool_)
    for pattern in (_DASHED, _COMPACT, _YEAR_LAST):
        if len(text) and found.all():
            break
        matched = pc.extract_regex(text, pattern)
        hit = matched.is_valid().to_numpy(zero_copy_only=False) & ~found
        if pattern == _YEAR_LAST:
            part = _year_last(matched, hit, text, label)
        else:
            part = {name: _integers(matched, name) for name in ("y", "m", "d")}
        part |= {name: _integers(matched, name) for name in ("h", "mi", "s")}
        part["f"] = _fraction(matched)
        part["offset"], part["aware"] = _offsets(matched)
        fields = {name: np.where(hit, values, fields.get(name, values)) for name, values in part.items()}
        found |= hit
    for name in ("y", "m", "d"):
        fields[name] = np.where(found, fields[name], 1970 if name == "y" else 1)
    return fields, found


def _year_last(matched: Any, hit: BoolArray, text: Any, label: str) -> dict[str, Int64Array]:
    """Tell 31/12/2020 from 12/31/2020 by a number above 12 anywhere in the column."""
    a, b = _integers(matched, "a"), _integers(matched, "b")
    if hit.any() and a[hit].max() <= 12 and b[hit].max() <= 12:
        example = text[int(np.flatnonzero(hit)[0])].as_py()
        raise InvalidMarketData(f"{label}: {example!r} may be day/month or month/day, and no row tells; {_HOW}.")
    day_first = bool(hit.any() and a[hit].max() > 12)
    return {"y": _integers(matched, "y"), "m": b if day_first else a, "d": a if day_first else b}


def _wall_clock(fields: dict[str, Int64Array]) -> tuple[Int64Array, BoolArray]:
    year, month, date = fields["y"], fields["m"], fields["d"]
    valid = (month >= 1) & (month <= 12) & (fields["h"] < 24) & (fields["mi"] < 60) & (fields["s"] < 60)
    # keeps the arithmetic below inside int64; the years themselves are checked by the caller
    count = (np.clip(year, 1970, 2200) - 1970) * 12 + np.clip(month, 1, 12) - 1
    starts = count.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    nexts = (count + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    valid &= (date >= 1) & (date <= nexts - starts)
    seconds = (starts + date - 1) * 86_400 + fields["h"] * 3_600 + fields["mi"] * 60 + fields["s"]
    return seconds * SECOND_NS + fields["f"], valid


def _integers(matched: Any, name: str) -> Int64Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.fill_null(pc.struct_field(matched, name), "0")
    number: Int64Array = pc.cast(pc.if_else(pc.equal(text, ""), "0", text), pa.int64()).to_numpy(zero_copy_only=False)
    return number


def _fraction(matched: Any) -> Int64Array:
    """Read the digits after the seconds' point as nanoseconds."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.utf8_rpad(pc.fill_null(pc.struct_field(matched, "f"), "0"), 9, padding="0")
    nanoseconds: Int64Array = pc.cast(text, pa.int64()).to_numpy(zero_copy_only=False)
    return nanoseconds


def _offsets(matched: Any) -> tuple[Int64Array, Int64Array]:
    """Give offsets from UTC in nanoseconds, and 1 where the stamp has one. A file has few different ones."""
    import pyarrow.compute as pc

    codes = pc.dictionary_encode(pc.fill_null(pc.struct_field(matched, "o"), ""))
    known = codes.dictionary.to_pylist()
    values = np.array([_offset_ns(text) for text in known], dtype=np.int64)
    index = codes.indices.to_numpy(zero_copy_only=False)
    return values[index], np.array([text != "" for text in known], dtype=np.int64)[index]


def _offset_ns(text: str) -> int:
    digits = re.sub(r"[^\d]", "", text)
    if not digits:
        return 0
    seconds = int(digits[:2]) * 3_600 + int(digits[2:] or 0) * 60
    return (-seconds if text.startswith("-") else seconds) * SECOND_NS


def zone(tz: str | None) -> ZoneInfo | None:
    """Find a time zone by its IANA name."""
    if tz is None:
        return None
    try:
        return ZoneInfo(word("tz", tz))
    except (KeyError, ValueError, TypeError, OSError) as error:
        why = " is not a time zone. Write an IANA name, such as 'America/New_York'."
        raise InvalidInput(Argument("tz", repr(tz)), why) from error


def closes(
    stamps: Stamps, spec: BarSpec, *, tz: str | None, mark: Literal["open", "close"], problems: Problems
) -> tuple[Int64Array, tuple[str, ...]]:
    """Turn the file's stamps into closes in UNIX nanoseconds, and say what was assumed.

    Daily bars whose stamps are all at midnight name days: day D closes at D 23:59:59 UTC, whatever `mark` says. Any
    other stamp is an instant: `mark` tells whether the bar opens or closes there. Naive stamps are in `tz`, else UTC.
    """
    where = zone(tz)
    days = _local_days(stamps, where) if spec.daily else None
    if days is not None:
        ahead = (spec.step - 1) * DAY_NS if mark == "open" else 0
        return days + ahead + DAY_NS - SECOND_NS, ()
    instants = _instants(stamps, where, problems)
    if mark == "close":
        return instants, ()
    warnings: tuple[str, ...] = ()
    if spec.daily:
        warnings = (
            "stamps of daily bars are not at midnight: they were taken as the bars' opens, so that each closes a day "
            "later. stamps='close' if they are the closes.",
        )
    return instants + spec.interval_ns, warnings


def _local_days(stamps: Stamps, where: ZoneInfo | None) -> Int64Array | None:
    """Give the midnights that daily stamps name, or None if they are not all midnights where they were written."""
    wall = stamps.wall
    if where is not None and stamps.aware.any():
        import pandas as pd

        utc = pd.DatetimeIndex((wall - stamps.offset).astype("datetime64[ns]")).tz_localize("UTC")
        moved = np.asarray(utc.tz_convert(where).tz_localize(None).to_numpy()).astype("datetime64[ns]").astype(np.int64)
        wall = np.where(stamps.aware, moved, wall)
    return None if (wall % DAY_NS).any() else wall


def _instants(stamps: Stamps, where: ZoneInfo | None, problems: Problems) -> Int64Array:
    instants = stamps.wall - stamps.offset
    if where is None or stamps.aware.all():
        return instants
    import pandas as pd

    missing = np.iinfo(np.int64).min
    naive = pd.DatetimeIndex(stamps.wall.astype("datetime64[ns]"))
    local = np.asarray(naive.tz_localize(where, ambiguous="NaT", nonexistent="NaT").asi8)
    shifted = np.asarray(naive.tz_localize(where, ambiguous="NaT", nonexistent="shift_forward").asi8)
    reason = f"in {where.key} because of daylight saving time; give stamps with an offset or in UTC"
    clock = [str(value).replace("T", " ") for value in naive.to_numpy().astype("datetime64[s]")] if len(naive) else []
    gone, twice = ~stamps.aware & (local == missing) & (shifted != missing), ~stamps.aware & (shifted == missing)
    problems.add(gone, lambda row: f"{clock[row]} does not exist {reason}")
    problems.add(twice, lambda row: f"{clock[row]} happens twice {reason}")
    return np.where(stamps.aware | gone | twice, instants, local)


def check_spacing(time: Int64Array, spec: BarSpec, label: str) -> tuple[str, ...]:
    """Refuse bars that cannot be of the length that `bar=` says; warn where it is only unlikely.

    A daily file read as minutes would put each close at the start of its day.
    """
    if len(time) < 3:
        return ()
    closest = int(np.diff(time).min())
    if closest < spec.interval_ns // 2 or (not spec.daily and closest >= DAY_NS):
        _wrong_bar(label, spec, closest)
    if not spec.daily and closest >= 2 * spec.interval_ns:
        return (f"no two bars are closer than {_length(closest)}, but bar= says {spec.step} {spec.unit.lower()}.",)
    return ()


def _wrong_bar(label: str, spec: BarSpec, closest: int) -> NoReturn:
    raise InvalidMarketData(
        f"{label}: bars are {_length(closest)} apart, which are no {spec.step}-{spec.unit} bars. Correct ",
        Argument("bar"),
        ".",
    )


def _length(ns: int) -> str:
    for size, name in ((DAY_NS, "day"), (3_600 * SECOND_NS, "hour"), (60 * SECOND_NS, "minute"), (SECOND_NS, "second")):
        if ns >= size:
            return f"{ns / size:g} {name}{'' if ns == size else 's'}"
    return f"{ns} ns"


def gap_warning(time: Int64Array, spec: BarSpec) -> tuple[str, ...]:
    """Name the days where bars are missing: more than 5 calendar days, or within a day's bars more than 3."""
    limit = (5 if spec.daily else 3) * DAY_NS
    missing = np.diff(time) - spec.interval_ns
    rows = np.flatnonzero(missing > limit)
    if not len(rows):
        return ()
    named = [f"{day(int(time[r]))} to {day(int(time[r + 1]))}" for r in rows[:5]]
    more = f" and {len(rows) - 5:,} more" if len(rows) > 5 else ""
    return (f"no bars from {', '.join(named)}{more}.",)
