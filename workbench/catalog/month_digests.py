"""The digests of a dataset's months, known without making a single bar: computed once, kept in memory and on disk.

Beside the bars is ``_months.json`` with the digests of all whole months and the files they are of. It is a cache:
a process that cannot write there computes them again, and a cache of other files is ignored.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from workbench.catalog.bar_columns import BarColumns, read_columns
from workbench.catalog.fingerprint import Months, fingerprint, month_digests

FILE = "_months.json"
FORMAT = 1

type Files = tuple[tuple[str, int, int], ...]
"""Path, size and time of change of each Parquet file."""

type Month = tuple[str, int, str, int, int]
"""Name, rows, digest, first and last close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What the bars of a period are: their number, first and last close in UTC nanoseconds, and their digests."""

    rows: int
    first_ns: int
    last_ns: int
    months: Months
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Whole:
    """All months of a dataset; `uniform` if all files have the same decimals, so that each month stands for itself."""

    months: tuple[Month, ...]
    uniform: bool


@lru_cache(maxsize=1_000)
def content(files: Files, start_ns: int, end_ns: int) -> Content | None:
    """What the bars of these files are that close within the period, ends included; None if there are none.

    Whole months come from the cache; of a month that the period cuts, only its rows are read.

    Raises:
        ValueError: a file has columns of another kind than NautilusTrader writes.
    """
    whole = _whole(files)
    months = _within(files, whole, start_ns, end_ns) if whole.uniform else _read(files, start_ns, end_ns)
    read = tuple(months)
    if not read:
        return None
    digests = tuple((name, rows, digest) for name, rows, digest, _, _ in read)
    return Content(
        rows=sum(rows for _, rows, _ in digests),
        first_ns=read[0][3],
        last_ns=read[-1][4],
        months=digests,
        fingerprint=fingerprint(digests),
    )


def _within(files: Files, whole: _Whole, start_ns: int, end_ns: int) -> Iterator[Month]:
    for month in whole.months:
        first, last = month[3:]
        if start_ns <= first and last <= end_ns:
            yield month
        elif first <= end_ns and last >= start_ns:
            yield from _read(files, max(first, start_ns), min(last, end_ns))


def _read(files: Files, start_ns: int, end_ns: int) -> tuple[Month, ...]:
    columns = read_columns([Path(path) for path, _, _ in files], start_ns, end_ns)
    return () if columns is None else _months(columns)


def _months(columns: BarColumns) -> tuple[Month, ...]:
    digests = month_digests(
        columns.time,
        (columns.open, columns.high, columns.low, columns.close),
        columns.volume,
        price_precision=columns.price_precision,
        size_precision=columns.size_precision,
    )
    ends = np.cumsum([rows for _, rows, _ in digests])
    return tuple(
        (name, rows, digest, int(columns.time[end - rows]), int(columns.time[end - 1]))
        for (name, rows, digest), end in zip(digests, ends.tolist(), strict=True)
    )


@lru_cache(maxsize=1_000)
def _whole(files: Files) -> _Whole:
    folder = Path(files[0][0]).parent
    names = [[Path(path).name, size, changed] for path, size, changed in files]
    noted = _noted(folder / FILE, names)
    if noted is None:
        noted = _Whole(months=_read(files, 0, np.iinfo(np.int64).max), uniform=_uniform(files))
        _note(folder / FILE, {"format": FORMAT, "files": names, "uniform": noted.uniform, "months": noted.months})
    return noted


def _uniform(files: Files) -> bool:
    import pyarrow.parquet as pq

    schemas = [pq.read_schema(path).metadata or {} for path, _, _ in files]
    return len({(schema.get(b"price_precision"), schema.get(b"size_precision")) for schema in schemas}) == 1


def _noted(file: Path, names: list[list[Any]]) -> _Whole | None:
    try:
        noted = json.loads(file.read_bytes())
        if noted["format"] != FORMAT or noted["files"] != names:
            return None
        return _Whole(months=tuple(tuple(month) for month in noted["months"]), uniform=bool(noted["uniform"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _note(file: Path, noted: dict[str, Any]) -> None:
    """Write whole or not at all, readable by its owner alone; not where the folder is not ours to write to."""
    with suppress(OSError):
        handle, draft = tempfile.mkstemp(prefix="_months-", dir=file.parent)
        try:
            with os.fdopen(handle, "w") as stream:
                json.dump(noted, stream)
            Path(draft).replace(file)
        except OSError:
            Path(draft).unlink(missing_ok=True)
