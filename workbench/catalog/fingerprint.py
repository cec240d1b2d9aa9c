"""What the data *is*: a digest of its content, whatever files hold it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.arrays import FloatArray, Int64Array

type Months = tuple[tuple[str, int, str], ...]


def month_digests(
    time: Int64Array, prices: tuple[FloatArray, ...], volume: FloatArray, *, price_precision: int, size_precision: int
) -> Months:
    """Digest bars per UTC month of their close, so that a difference can be located.

    Each digest is the SHA-256 of the month's columns one after another: time as little-endian int64, then open, high,
    low, close and volume as little-endian float64. Values are first brought to the float nearest to their decimal:
    NautilusTrader's own floats are one unit in the last place off it now and then, differently on builds with 64 and
    128 bits, and the same data must have the same digest on both.

    Returns:
        ``(month, rows, sha256)`` per month that has bars, oldest first; empty if there are none.
    """
    canonical = [np.round(p, price_precision).astype("<f8") for p in prices]
    canonical.append(np.round(volume, size_precision).astype("<f8"))
    return column_digests(time, canonical)


def column_digests(time: Int64Array, columns: Sequence[npt.NDArray[Any]]) -> Months:
    """Digest any columns per UTC month of `time`, each in a form that is the same on every machine.

    Returns:
        ``(month, rows, sha256)`` per month that has rows, oldest first; empty if there are none.
    """
    canonical = [time.astype("<i8"), *columns]
    month = time.astype("datetime64[ns]").astype("datetime64[M]")
    names, starts = np.unique(month, return_index=True)
    ends = [*starts[1:].tolist(), len(time)]
    return tuple(
        (str(name), end - start, hashlib.sha256(b"".join(c[start:end].tobytes() for c in canonical)).hexdigest())
        for name, start, end in zip(names, starts.tolist(), ends, strict=True)
    )


def fingerprint(months: Months) -> str:
    """Digest the months' digests into one, 64 hexadecimal digits."""
    return hashlib.sha256("".join(f"{name} {rows} {digest}\n" for name, rows, digest in months).encode()).hexdigest()
