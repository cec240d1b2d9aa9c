"""Make data/sample from the stocks table of bokeh-sampledata.

    python data/make_sample.py [folder]

Where the prices come from and what is done to them stands in data/README.md.
"""

from __future__ import annotations

import gzip
import hashlib
import sys
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

TICKERS = ("AAPL", "GOOG", "IBM", "MSFT")
# of the table's text in bokeh-sampledata 2026.1: other versions have other prices, and adjust them otherwise
SOURCE_SHA256 = "e73fe05d106b7da1abe8f947264c514afd02cef5c9db4864b9437c84d6bd6069"
TICK = Decimal("0.0001")


def read_table() -> bytes:
    """Give the stocks table as CSV text.

    Raises:
        SystemExit: bokeh-sampledata is another version than the sample was made from.
    """
    from bokeh_sampledata import package_path

    file = Path(package_path("stocks.csv.gz"))
    text = gzip.decompress(file.read_bytes()) if file.exists() else b""
    if hashlib.sha256(text).hexdigest() != SOURCE_SHA256:
        raise SystemExit("this bokeh-sampledata has another stocks table. Install bokeh-sampledata==2026.1.")
    return text


def make(folder: Path) -> list[Path]:
    """Write one file per stock: prices scaled by Adj Close / Close to 4 decimals, volume as it is."""
    rows = [line.split(",") for line in read_table().decode().splitlines()[1:]]
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for ticker in TICKERS:
        lines = ["date,open,high,low,close,volume", *(scaled(row[1:]) for row in rows if row[0] == ticker)]
        file = folder / f"{ticker}.csv"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
        files.append(file)
    return files


def scaled(row: list[str]) -> str:
    """Scale one row; rounding keeps the order of numbers, so high and low still enclose open and close."""
    day, *prices, volume, adjusted = row
    factor = Decimal(adjusted) / Decimal(prices[3])
    rounded = [(Decimal(price) * factor).quantize(TICK, ROUND_HALF_EVEN) for price in prices]
    return ",".join([day, *map(str, rounded), volume])


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "sample"
    for made in make(target):
        print(made)
