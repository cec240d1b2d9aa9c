"""The catalog: market data in, market data out."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace as changed
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from workbench.arrays import FloatArray, Int64Array
from workbench.catalog import parquet_folder
from workbench.catalog.bar_file import read_bar_file, read_bytes
from workbench.catalog.bar_spec import bar_spec
from workbench.catalog.dataset import BarTable, Dataset, ImportReport, MarketData, moment
from workbench.catalog.definitions import Kind
from workbench.catalog.fingerprint import fingerprint, month_digests
from workbench.catalog.ingest import Target, check_new, merge, same_import, target
from workbench.catalog.mock import mock_bars
from workbench.catalog.month_digests import Content, content
from workbench.catalog.timestamps import zone
from workbench.catalog.transaction import reading, writing
from workbench.checks import word
from workbench.errors import Argument, BarNotFound, InstrumentNotFound, InvalidInput, InvalidPeriod

if TYPE_CHECKING:
    from nautilus_trader.model.instruments import Instrument

SAMPLE = ("AAPL.NASDAQ", "GOOG.NASDAQ", "IBM.NYSE", "MSFT.NASDAQ")
CACHED_ROWS = 1_000_000


class Catalog:
    """One folder of NautilusTrader's `ParquetDataCatalog`, which is made on the first import.

    Bars that NautilusTrader itself wrote there are listed and loaded like those imported here. Imports from several
    processes wait for each other; a reader sees all of an import or nothing of it.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self._loaded: OrderedDict[tuple[Any, ...], MarketData] = OrderedDict()
        self._guard = threading.Lock()

    def __repr__(self) -> str:
        return f"Catalog({str(self.path)!r})"

    def import_csv(
        self,
        path: str | Path,
        *,
        instrument: str | Instrument,
        bar: str,
        currency: str | None = None,
        tz: str | None = None,
        stamps: Literal["open", "close"] = "open",
        kind: Kind | None = None,
        replace: bool = False,
    ) -> ImportReport:
        """Bring a CSV file of open, high, low, close and volume into the catalog; the same rows again change nothing.

        Columns are found by name, in any order and case: ``timestamp``, ``datetime``, ``date`` (with or without
        ``time``) or ``open time``; ``open``, ``high``, ``low``, ``close``; ``volume`` or ``vol`` if there is one.
        Comma, semicolon or tab; plain or gzipped.

        Args:
            path: the file.
            instrument: an id such as ``"AAPL.NASDAQ"``, ``"USD/JPY.FXCM"``, ``"BTC/USD.BINANCE"``, for which an
                instrument without fees is defined unless the catalog has it; or a NautilusTrader `Instrument`, taken as
                it is.
            bar: ``"1d"``, ``"1h"``, ``"5m"``, ``"1-DAY"``, ``"1-MINUTE-BID"``.
            currency: of an equity, if not USD.
            tz: the time zone of stamps without an offset, if not UTC.
            stamps: whether the file gives the open or the close of each bar. Bars are stored at their close. Daily
                stamps at midnight name the day, whose bar closes at 23:59:59 UTC, in either case.
            kind: ``"equity"``, ``"fx"`` or ``"crypto"``, if the id does not tell.
            replace: take the file's values where the catalog has others, its decimals and the given definition.

        Raises:
            InvalidInput: an argument is wrong, or contradicts what the catalog has.
            InvalidMarketData: the file has bad rows; the message has the lines. Nothing was written.
        """
        spec = bar_spec(bar)
        if word("stamps", stamps) not in ("open", "close"):
            raise InvalidInput(Argument("stamps", repr(stamps)), " must be 'open' or 'close'.")
        zone(tz)
        if not isinstance(path, str | Path):
            raise InvalidInput(f"path={path!r} is not the path of a file.")
        to = target(
            instrument, spec, currency=currency, kind=kind, replace=replace, settings={"tz": tz, "stamps": stamps}
        )
        file = Path(path)
        content, sha256 = read_bytes(file)
        return self._import(
            to, sha256, file.name, lambda: read_bar_file(content, sha256, str(path), spec, tz=tz, mark=stamps)
        )

    def import_mock(
        self,
        *,
        instrument: str | Instrument = "MOCK.SIM",
        bar: str = "1-DAY-LAST",
        start: str = "2020-01-01",
        end: str = "2023-12-31",
        seed: int = 1,
        start_price: float = 100.0,
        drift: float = 0.05,
        volatility: float = 0.2,
        replace: bool = False,
    ) -> ImportReport:
        """Make bars of a random walk, the same for the same arguments everywhere: `mock.mock_bars` has the process.

        Args:
            instrument: an id or an `Instrument`, as in `import_csv`.
            bar: as in `import_csv`.
            start: first day, ``"YYYY-MM-DD"``.
            end: last day, included.
            seed: another seed is another market.
            start_price: open of the first bar.
            drift: growth a year, as a fraction.
            volatility: standard deviation of a year's log return.
            replace: take the place of bars that are there.
        """
        spec = bar_spec(bar)
        to = target(instrument, spec, currency=None, kind=None, replace=replace, settings={})
        table = mock_bars(
            spec, start=start, end=end, seed=seed, start_price=start_price, drift=drift, volatility=volatility
        )
        return self._import(to, table.sha256, table.label, lambda: table)

    def import_sample(self, folder: Path | None = None) -> list[ImportReport]:
        """Import the four sample files, ``AAPL.csv`` and so on; cheap if they are there already."""
        folder = folder or _sample_folder()
        return [
            self.import_csv(Path(folder) / f"{name.partition('.')[0]}.csv", instrument=name, bar="1d")
            for name in SAMPLE
        ]

    def _import(self, to: Target, sha256: str, name: str, read: Callable[[], BarTable]) -> ImportReport:
        with reading(self.path):
            report = same_import(self.path, to, sha256)
            if report is None:
                check_new(self.path, to)
        if report is not None:
            return report
        # checked before the lock is taken, so that a bad file does not even make the folder
        table = read()
        with writing(self.path) as staging:
            return merge(self.path, staging, to, table, name)

    def datasets(self) -> list[Dataset]:
        """List what bars there are, by instrument and bar; empty if the folder does not exist."""
        with reading(self.path):
            return parquet_folder.datasets(self.path)

    def find(self, instrument: str, bar: str | None = None) -> Dataset:
        """Find bars by instrument and bar.

        Args:
            instrument: an id, or its symbol alone if only one venue has it.
            bar: as in `import_csv`; None for the only one, or the only one of LAST prices.

        Raises:
            InstrumentNotFound: with the nearest name.
            BarNotFound: the instrument has others.
            InvalidInput: there are several, and the message lists them.
        """
        available = self._datasets_of(word("instrument", instrument)) or self.datasets()
        instrument_id = _find_id(instrument, sorted({dataset.instrument_id for dataset in available}))
        candidates = [dataset for dataset in available if dataset.instrument_id == instrument_id]
        if bar is not None:
            exact = [dataset for dataset in candidates if dataset.bar == word("bar", bar)]
            return exact[0] if exact else _find_bar(bar_spec(bar).name, candidates)
        last = [dataset for dataset in candidates if "-LAST-" in dataset.bar]
        for only in (candidates, last):
            if len(only) == 1:
                return only[0]
        names = ", ".join(dataset.bar for dataset in candidates)
        raise InvalidInput(f"{instrument_id} has several bars: {names}. Say which with ", Argument("bar"), ".")

    def _datasets_of(self, instrument: str) -> list[Dataset]:
        """The bars of a whole id, without a look at those of all others."""
        if "." not in instrument:
            return []
        with reading(self.path):
            datasets = parquet_folder.datasets(self.path, of=instrument)
        return [dataset for dataset in datasets if dataset.instrument_id == instrument]

    def instrument(self, instrument_id: str) -> Instrument:
        """Give the newest definition of an instrument.

        Raises:
            InstrumentNotFound: the catalog has no definition of it.
        """
        with reading(self.path):
            found: Instrument = self._definition(instrument_id)
            return found

    def load(self, dataset: Dataset, start_ns: int, end_ns: int) -> MarketData:
        """Load the bars that close from `start_ns` to `end_ns`, both included.

        The last loads are kept, up to a million rows in all, until their files change.

        Raises:
            InvalidPeriod: the period has no bars.
            InstrumentNotFound: the catalog has the bars but no definition of their instrument.
        """
        if start_ns > end_ns:
            raise InvalidPeriod(f"the end {moment(end_ns)} is before the start {moment(start_ns)}.")
        folder = parquet_folder.bar_folder(self.path, dataset.bar_type)
        with reading(self.path):
            folders = [folder, *parquet_folder.instrument_folders(self.path, dataset.instrument_id)]
            key = (dataset, start_ns, end_ns, parquet_folder.signature(folders))
            with self._guard:
                data = self._loaded.get(key)
                if data is not None:
                    self._loaded.move_to_end(key)
            if data is None:
                bars = parquet_folder.read_bars(folder, start_ns, end_ns)
                if not bars:
                    raise InvalidPeriod(_no_bars(dataset, start_ns, end_ns))
                data = _columns(dataset, self._definition(dataset.instrument_id), bars)
                self._keep(key, data)
        # the caller's own list: the engine and the user may do with it what they like
        return changed(data, bars=list(data.bars))

    def content(self, dataset: Dataset, start_ns: int, end_ns: int) -> Content:
        """What `load` would give for this period (rows, first and last close, digests), without loading it.

        Raises:
            InvalidPeriod: the period has no bars.
        """
        if start_ns > end_ns:
            raise InvalidPeriod(f"the end {moment(end_ns)} is before the start {moment(start_ns)}.")
        folder = parquet_folder.bar_folder(self.path, dataset.bar_type)
        with reading(self.path):
            try:
                files = parquet_folder.signature([folder])
                fingerprint = content(files, start_ns, end_ns) if files else None
            except ValueError:
                # files that another version of NautilusTrader wrote: it reads them itself
                fingerprint = None
        if fingerprint is not None:
            return fingerprint
        data = self.load(dataset, start_ns, end_ns)
        return Content(
            rows=len(data.bars),
            first_ns=int(data.time[0]),
            last_ns=int(data.time[-1]),
            months=data.months,
            fingerprint=data.fingerprint,
        )

    def _definition(self, instrument_id: str) -> Any:
        instruments = parquet_folder.read_instruments(parquet_folder.instrument_folders(self.path, instrument_id))
        same = [instrument for instrument in instruments if instrument.id.value == instrument_id]
        if not same:
            raise InstrumentNotFound(instrument_id, [instrument.id.value for instrument in instruments])
        return same[-1]

    def _keep(self, key: tuple[Any, ...], data: MarketData) -> None:
        if len(data.bars) > CACHED_ROWS:
            return
        with self._guard:
            self._loaded[key] = data
            while sum(len(kept.bars) for kept in self._loaded.values()) > CACHED_ROWS:
                self._loaded.popitem(last=False)


def _sample_folder() -> Path:
    """The sample of a checkout, or the one inside an installed wheel."""
    package = Path(__file__).resolve().parents[1]
    return next(path for path in (package / "_sample", package.parent / "data" / "sample") if path.is_dir())


def _find_id(name: str, known: list[str]) -> str:
    if name in known:
        return name
    same_symbol = [candidate for candidate in known if candidate.rpartition(".")[0] == name]
    if len(same_symbol) > 1:
        raise InvalidInput(f"{name!r} is several instruments: {', '.join(same_symbol)}. Say which.")
    if not same_symbol:
        raise InstrumentNotFound(str(name), known)
    return same_symbol[0]


def _find_bar(bar: str, candidates: list[Dataset]) -> Dataset:
    for dataset in candidates:
        if dataset.bar == bar:
            return dataset
    raise BarNotFound(bar, [dataset.bar for dataset in candidates])


def _no_bars(dataset: Dataset, start_ns: int, end_ns: int) -> str:
    return (
        f"{dataset.bar_type} has no bars from {moment(start_ns)} to {moment(end_ns)}; it has them from "
        f"{moment(dataset.first_ns)} to {moment(dataset.last_ns)}."
    )


def _columns(dataset: Dataset, instrument: Any, bars: list[Any]) -> MarketData:
    count = len(bars)
    time: Int64Array = np.fromiter((bar.ts_init for bar in bars), np.int64, count)
    columns: dict[str, FloatArray] = {
        name: np.fromiter((float(getattr(bar, name)) for bar in bars), np.float64, count)
        for name in ("open", "high", "low", "close", "volume")
    }
    for column in (time, *columns.values()):
        column.flags.writeable = False
    months = month_digests(
        time,
        (columns["open"], columns["high"], columns["low"], columns["close"]),
        columns["volume"],
        price_precision=bars[0].close.precision,
        size_precision=bars[0].volume.precision,
    )
    return MarketData(
        dataset=dataset,
        instrument=instrument,
        bars=bars,
        time=time,
        **columns,
        months=months,
        fingerprint=fingerprint(months),
    )
