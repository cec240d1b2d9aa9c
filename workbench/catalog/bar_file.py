"""A CSV file → checked columns."""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import numpy as np

from workbench.arrays import FloatArray, Int64Array
from workbench.catalog.bar_spec import BarSpec
from workbench.catalog.checks import Problems, check_order, check_prices, check_volume, move_warning, refuse
from workbench.catalog.dataset import BarTable, many
from workbench.catalog.timestamps import check_spacing, closes, gap_warning, parse_stamps
from workbench.errors import InvalidInput

DEFAULT_VOLUME = 1_000_000
_PRICES = ("open", "high", "low", "close")
_VOLUMES = ("volume", "vol", "vol.")
_STAMPS = ("timestamp", "datetime", "open time", "open_time", "date", "time")
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$"
_NOTHING = {"nan", "na", "n/a", "null", "none", "nil", "-", "--", "#n/a"}


def read_bytes(path: Path) -> tuple[bytes, str]:
    """Read a file, and its SHA-256 as it is on disk."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise InvalidInput(f"there is no file {path}.") from error
    except IsADirectoryError as error:
        raise InvalidInput(f"{path} is a folder; import its files one by one.") from error
    except PermissionError as error:
        raise InvalidInput(f"{path} cannot be read: permission denied.") from error
    except (OSError, ValueError) as error:  # too long a name, a NUL in it, a disk that fails
        reason = getattr(error, "strerror", None) or error
        raise InvalidInput(f"path={str(path)!r} cannot be read: {reason}.") from error
    return content, hashlib.sha256(content).hexdigest()


def read_bar_file(
    content: bytes, sha256: str, label: str, spec: BarSpec, *, tz: str | None, mark: Literal["open", "close"]
) -> BarTable:
    """Read and check an OHLCV file.

    A file without a volume column gets 1,000,000 per bar, NautilusTrader's own default: it lets a market order take a
    quarter of a bar's volume at the close and fills the rest one tick beyond, so that with 0 nearly all would be.

    Raises:
        InvalidMarketData: the file is not what it should be, or has bad rows; the message has the lines.
    """
    text, adjusted = _table(_plain_text(content, label), label)
    line: Int64Array = text.column("line").to_numpy()
    problems = Problems(text.num_rows)
    stamps = parse_stamps(text.column("stamp").combine_chunks(), label, problems)
    time, assumed = closes(stamps, spec, tz=tz, mark=mark, problems=problems)
    problems.add(time < 0, lambda _: "before 1970, where NautilusTrader's clock starts")
    columns, decimals, written = _numbers(text, problems)
    check_prices(columns, 1.7e13, problems)
    check_volume(columns["volume"], 3.4e13, problems)
    check_order(time, line, problems)
    problems.raise_if_any(label, line)
    warnings = (
        *assumed,
        *check_spacing(time, spec, label),
        *gap_warning(time, spec),
        *move_warning(time, columns["close"]),
        *_volume_warning(columns["volume"], "volume" in text.column_names),
        *(("there is an adjusted close, which is not used.",) if adjusted else ()),
    )
    return BarTable(
        label=label,
        source="csv",
        sha256=sha256,
        time=time,
        **columns,
        line=line,
        price_decimals=np.stack([decimals[name] for name in _PRICES]).max(axis=0),
        volume_decimals=decimals["volume"],
        written_decimals=max(written[name] for name in _PRICES),
        warnings=warnings,
    )


def _plain_text(content: bytes, label: str) -> bytes:
    if content.startswith(b"\x1f\x8b"):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            refuse(label, f"is a damaged gzip file ({error})")
    if content.startswith((b"PK\x03\x04", b"PAR1")):
        refuse(label, "is not text but a zip, Excel or Parquet file; save it as CSV")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        refuse(label, f"is not UTF-8 text (line {content.count(b'\n', 0, error.start) + 1}); save it as CSV in UTF-8")
    content = content.removeprefix(b"\xef\xbb\xbf")
    if b"\n" not in content:
        content = content.replace(b"\r", b"\n")
    if not content.strip():
        refuse(label, "is empty")
    return content


def _table(content: bytes, label: str) -> tuple[Any, bool]:
    """Split the text into string columns stamp, open, high, low, close, volume if there is one, and the line number.

    The second value tells whether the file has an adjusted close as well.
    """
    import pyarrow as pa
    import pyarrow.csv

    header, _, body = content.partition(b"\n")
    # a line of blanks alone would not have the header's columns; emptied, it keeps its place in the count of lines
    body = re.sub(rb"(?m)^[ \t]+(?=\r?$)", b"", body)
    delimiter = max(",;\t", key=lambda mark: header.count(mark.encode()))
    names = [name.strip().strip('"').strip() for name in header.decode().split(delimiter)]
    columns = _columns(names, label)
    if not body.strip():
        refuse(label, "has a header and no rows")
    broken: list[Any] = []

    def note(row: Any) -> str:
        broken.append(row)
        return "skip"

    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(body),
            pyarrow.csv.ReadOptions(use_threads=False, column_names=[str(i) for i in range(len(names))]),
            pyarrow.csv.ParseOptions(delimiter=delimiter, ignore_empty_lines=False, invalid_row_handler=note),
            pyarrow.csv.ConvertOptions(
                column_types={str(i): pa.string() for i in range(len(names))}, strings_can_be_null=False, null_values=[]
            ),
        )
    except pa.ArrowInvalid as error:
        refuse(label, f"cannot be split into columns ({error})")
    if broken:
        first = broken[0]
        refuse(
            f"{label}, line {first.number + 1}:",
            f"{first.actual_columns} columns where the header has {first.expected_columns}",
        )
    adjusted = any(name.lower().replace("_", " ") in ("adj close", "adjusted close") for name in names)
    return _named(table, columns), adjusted


def _named(table: Any, found: dict[str, list[int]]) -> Any:
    """Pick and trim the columns, join date and time, and drop rows that are blank lines."""
    import pyarrow as pa
    import pyarrow.compute as pc

    trimmed = {
        name: [pc.utf8_trim_whitespace(table.column(i).combine_chunks()) for i in places]
        for name, places in found.items()
        if places
    }
    columns = {
        name: parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, " ")
        for name, parts in trimmed.items()
    }
    columns["line"] = pa.array(np.arange(2, table.num_rows + 2))
    blank = np.ones(table.num_rows, dtype=np.bool_)
    for i in range(table.num_columns):
        blank &= pc.equal(pc.utf8_trim_whitespace(table.column(i)), "").to_numpy()
    return pa.table(columns).filter(pa.array(~blank)).combine_chunks()


def _columns(names: list[str], label: str) -> dict[str, list[int]]:
    """Find the columns by name, whatever their case; `date` and `time` together are one stamp."""
    lower = [name.lower() for name in names]
    known = {*_STAMPS, *_PRICES, *_VOLUMES}
    twice = sorted({name for name in lower if name in known and lower.count(name) > 1})
    if twice:
        refuse(label, f"has the column {twice[0]!r} twice")
    stamps = [name for name in _STAMPS if name in lower][:1]
    if stamps == ["date"] and "time" in lower:
        stamps = ["date", "time"]
    missing = [name for name in _PRICES if name not in lower]
    if not stamps:
        missing.insert(0, "timestamp (or date)")
    if missing:
        looks_like_data = any(character.isdigit() for character in lower[0])
        hint = "; the first line must be the header" if looks_like_data else ""
        refuse(label, f"has no column {', '.join(missing)}; it has {', '.join(map(repr, names))}{hint}")
    return {
        "stamp": [lower.index(name) for name in stamps],
        **{name: [lower.index(name)] for name in _PRICES},
        "volume": [lower.index(name) for name in _VOLUMES if name in lower][:1],
    }


def _numbers(text: Any, problems: Problems) -> tuple[dict[str, FloatArray], dict[str, Int64Array], dict[str, int]]:
    """Convert the columns to floats: values, the decimals each needs, and the most decimals written."""
    values: dict[str, FloatArray] = {}
    decimals: dict[str, Int64Array] = {}
    written: dict[str, int] = {}
    for name in (*_PRICES, "volume"):
        if name not in text.column_names:
            values[name] = np.full(text.num_rows, float(DEFAULT_VOLUME))
            decimals[name], written[name] = np.zeros(text.num_rows, dtype=np.int64), 0
            continue
        values[name], decimals[name], written[name] = _number(text.column(name).combine_chunks(), name, problems)
    return values, decimals, written


def _number(text: Any, name: str, problems: Problems) -> tuple[FloatArray, Int64Array, int]:
    import pyarrow as pa
    import pyarrow.compute as pc

    good = pc.match_substring_regex(text, _NUMBER)
    problems.add(~good.to_numpy(zero_copy_only=False), lambda row: _not_a_number(name, text[row].as_py()))
    clean = pc.if_else(good, text, "1")
    values: FloatArray = pc.cast(pc.utf8_ltrim(clean, characters="+"), pa.float64()).to_numpy(zero_copy_only=False)
    problems.add(~np.isfinite(values), lambda row: f"{name} {text[row].as_py()} is too large")
    values = np.where(np.isfinite(values), values, 1.0)
    point = pc.match_substring(clean, ".")
    needed = _after_point(pc.if_else(point, pc.utf8_rtrim(clean, characters="0"), clean))
    written = _after_point(clean)
    powers = np.flatnonzero(pc.match_substring_regex(clean, "[eE]").to_numpy(zero_copy_only=False))
    for row in powers.tolist():
        exponent = Decimal(clean[row].as_py()).normalize().as_tuple().exponent
        needed[row] = written[row] = max(0, -int(exponent))
    return values, needed, int(written.max(initial=0))


def _after_point(text: Any) -> Int64Array:
    import pyarrow.compute as pc

    place = pc.find_substring(text, ".").to_numpy(zero_copy_only=False).astype(np.int64)
    length = pc.utf8_length(text).to_numpy(zero_copy_only=False).astype(np.int64)
    return np.where(place < 0, 0, length - place - 1)


def _not_a_number(name: str, text: str) -> str:
    if not text:
        return f"{name} is empty"
    if text.lower() in _NOTHING:
        return f"{name} is missing ({text!r})"
    if text.lower().lstrip("+-") in ("inf", "infinity"):
        return f"{name} is infinite"
    if text.replace(",", "").replace(".", "").isdigit():
        return f"{name} {text!r} is not a number; write it as 1234.5"
    return f"{name} {text[:40]!r} is not a number"


def _volume_warning(volume: FloatArray, given: bool) -> tuple[str, ...]:
    if not given:
        return (
            f"there is no volume: every bar gets {DEFAULT_VOLUME:,}, NautilusTrader's default, so that market orders "
            f"up to {DEFAULT_VOLUME // 4:,} fill at the close.",
        )
    empty = int((volume == 0).sum())
    if not empty:
        return ()
    return (f"{many(empty, 'bar')} of volume 0: market orders there fill one tick beyond the close.",)
