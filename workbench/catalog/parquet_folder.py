"""The catalog's folder as it is on disk: which bars, from where, and reading them.

Bars are one folder per bar type, ``data/bar/AAPL.NASDAQ-1-DAY-LAST-EXTERNAL``, instruments one folder per id,
``data/equity/AAPL.NASDAQ``, both without the ``/`` of pairs. Beside the bars that this package wrote lies
``_origin.json``, which NautilusTrader and pyarrow pass over: the files it wrote, and from what.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from workbench.catalog.dataset import Dataset
from workbench.errors import InvalidMarketData

ORIGIN = "_origin.json"

type Signature = tuple[tuple[str, int, int], ...]


def bar_folder(root: Path, bar_type: str) -> Path:
    """Where NautilusTrader keeps these bars."""
    return root / "data" / "bar" / bar_type.replace("/", "")


def instrument_folders(root: Path, instrument_id: str) -> list[Path]:
    """The folders that hold definitions of this instrument, or of one that is spelled the same without ``/``."""
    data = root / "data"
    name = instrument_id.replace("/", "")
    kinds = [kind for kind in sorted(data.iterdir()) if kind.name != "bar"] if data.is_dir() else []
    return [kind / name for kind in kinds if (kind / name).is_dir() and _is_definition(kind / name)]


def parquet_files(folder: Path) -> list[Path]:
    """The folder's Parquet files by name, which begins with the time; none if there is no such folder."""
    return sorted(folder.glob("*.parquet")) if folder.is_dir() else []


def signature(folders: list[Path]) -> Signature:
    """What tells that files have changed: their paths, sizes and times."""
    files = [(file, file.stat()) for folder in folders for file in parquet_files(folder)]
    return tuple((str(file), stat.st_size, stat.st_mtime_ns) for file, stat in files)


def datasets(root: Path, of: str = "") -> list[Dataset]:
    """List what bars there are, from the ends of the Parquet files and not from the bars.

    With `of`, only those in folders that bars of this instrument may be in.
    """
    bars = root / "data" / "bar"
    start = f"{of.replace('/', '')}-" if of else ""
    folders = [folder for folder in bars.iterdir() if folder.name.startswith(start)] if bars.is_dir() else []
    folders = [folder for folder in folders if folder.is_dir()]
    datasets = [dataset for folder in folders if (dataset := _dataset(folder)) is not None]
    return sorted(datasets, key=lambda dataset: (dataset.instrument_id, dataset.bar))


def _dataset(folder: Path) -> Dataset | None:
    footers = [_footer(*entry) for entry in signature([folder])]
    footers = [footer for footer in footers if footer[2]]
    if not footers:
        return None
    instrument_id, bar_type = footers[0][0], footers[0][1]
    return Dataset(
        instrument_id=instrument_id,
        bar=bar_type[len(instrument_id) + 1 :],
        first_ns=min(footer[3] for footer in footers),
        last_ns=max(footer[4] for footer in footers),
        rows=sum(footer[2] for footer in footers),
        source=source(folder),
    )


@lru_cache(maxsize=50_000)
def _footer(path: str, _size: int, _mtime_ns: int) -> tuple[str, str, int, int, int]:
    """Instrument id, bar type, rows, first and last close of one file. Size and time are there for the cache."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            metadata = file.schema_arrow.metadata or {}
            instrument_id, bar_type = metadata[b"instrument_id"].decode(), metadata[b"bar_type"].decode()
            column = file.schema_arrow.get_field_index("ts_init")
            groups = [file.metadata.row_group(i).column(column).statistics for i in range(file.metadata.num_row_groups)]
            rows = file.metadata.num_rows
            if rows and all(group is not None and group.has_min_max for group in groups):
                first, last = min(group.min for group in groups), max(group.max for group in groups)
            else:
                times = file.read(["ts_init"]).column(0).to_pylist()
                first, last = (min(times), max(times)) if times else (0, 0)
    except (pa.ArrowInvalid, KeyError) as error:
        raise InvalidMarketData(f"{path} is not a file of bars ({error}). Restore or delete it.") from error
    return instrument_id, bar_type, rows, int(first), int(last)


def read_bars(folder: Path, start_ns: int | None = None, end_ns: int | None = None) -> list[Any]:
    """Read the bars that close within the period, ends included, oldest first."""
    import pyarrow.parquet as pq
    from nautilus_trader.model.data import Bar
    from nautilus_trader.serialization.arrow.serializer import ArrowSerializer

    within = [("ts_init", ">=", start_ns), ("ts_init", "<=", end_ns)] if start_ns is not None else None
    bars: list[Any] = []
    for path, size, mtime_ns in signature([folder]):
        _, _, rows, first, last = _footer(path, size, mtime_ns)
        if rows and (start_ns is None or (end_ns is not None and first <= end_ns and last >= start_ns)):
            # without partitioning=None a folder called a=b above the catalog would become a column
            table = pq.read_table(path, filters=within, partitioning=None)
            if table.num_rows:
                bars += Bar.from_pyo3_list(ArrowSerializer.deserialize(Bar, table))
    bars.sort(key=lambda bar: int(bar.ts_init))
    return bars


def read_instruments(folders: list[Path]) -> list[Any]:
    """Read every definition in these folders, the newest last."""
    instruments = [instrument for entry in signature(folders) for instrument in _definitions(*entry)]
    return sorted(instruments, key=lambda instrument: int(instrument.ts_init))


@lru_cache(maxsize=10_000)
def _definitions(path: str, _size: int, _mtime_ns: int) -> tuple[Any, ...]:
    """The instruments of one file. Size and time are there for the cache."""
    import pyarrow.parquet as pq
    from nautilus_trader.model import instruments as classes
    from nautilus_trader.serialization.arrow.serializer import ArrowSerializer

    table = pq.read_table(path, partitioning=None)
    cls = getattr(classes, table.schema.metadata[b"class"].decode())
    return tuple(ArrowSerializer.deserialize(cls, table))


def _is_definition(folder: Path) -> bool:
    files = signature([folder])
    return bool(files) and _has_class(*files[0])


@lru_cache(maxsize=10_000)
def _has_class(path: str, _size: int, _mtime_ns: int) -> bool:
    import pyarrow.parquet as pq

    return b"class" in (pq.read_schema(path).metadata or {})


def origin(folder: Path) -> dict[str, Any] | None:
    """What this package noted when it wrote the bars; None if the files are not, or no longer, the ones it wrote."""
    try:
        noted: dict[str, Any] = json.loads((folder / ORIGIN).read_text())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError as error:
        raise InvalidMarketData(f"{folder / ORIGIN} is damaged ({error}). Delete it.") from error
    return noted if noted["files"] == sizes(folder) else None


def source(folder: Path) -> str:
    """``"csv"`` or ``"mock"`` for bars that this package wrote alone, else ``"catalog"``."""
    noted = origin(folder)
    return str(noted["source"]) if noted is not None else "catalog"


def sizes(folder: Path) -> dict[str, int]:
    """The folder's Parquet files and their sizes."""
    return {file.name: file.stat().st_size for file in parquet_files(folder)}
