"""The verbs about what can be run, and on what."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

from workbench import frames, strategies
from workbench.errors import InvalidInput
from workbench.frames import FrameKind
from workbench.verbs.session import Session

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    from nautilus_trader.model.instruments import Instrument

    from workbench.catalog import ImportReport


@dataclass(frozen=True, slots=True)
class DataVerbs:
    """Strategies and market data."""

    session: Session

    @overload
    def strategies(self, *, frame: Literal["pandas"] | None = None) -> pd.DataFrame: ...
    @overload
    def strategies(self, *, frame: Literal["polars"]) -> pl.DataFrame: ...
    def strategies(self, *, frame: FrameKind | None = None) -> pd.DataFrame | pl.DataFrame:
        """List what can be run: built-in strategies, decorated ones, and those of installed packages."""
        rows = [
            (info.name, info.key, info.type, _signature(info), info.help, info.path) for info in strategies.registered()
        ]
        return frames.build(frames.STRATEGIES, rows, self.session.kind(frame))  # type: ignore[no-any-return]

    @overload
    def instruments(self, *, frame: Literal["pandas"] | None = None) -> pd.DataFrame: ...
    @overload
    def instruments(self, *, frame: Literal["polars"]) -> pl.DataFrame: ...
    def instruments(self, *, frame: FrameKind | None = None) -> pd.DataFrame | pl.DataFrame:
        """List what can be run on: instrument, bar, first and last close, rows, and where they came from."""
        rows = [
            (data.instrument_id, data.bar, data.first_ns // 1000, data.last_ns // 1000, data.rows, data.source)
            for data in self.session.catalog.datasets()
        ]
        return frames.build(frames.INSTRUMENTS, rows, self.session.kind(frame))  # type: ignore[no-any-return]

    def import_csv(
        self,
        path: str | Path,
        *,
        instrument: str | Instrument,
        bar: str,
        currency: str | None = None,
        tz: str | None = None,
        stamps: Literal["open", "close"] = "open",
        kind: Literal["equity", "fx", "crypto"] | None = None,
        replace: bool = False,
    ) -> ImportReport:
        """Bring a CSV file of bars into the catalog.

        Args:
            path: ``.csv`` or ``.csv.gz`` with a time, open, high, low, close and, where known, volume.
            instrument: ``"AAPL.NASDAQ"``, ``"USD/JPY.FXCM"``, ``"BTC/USD.BINANCE"``, or a NautilusTrader instrument.
            bar: ``"1d"``, ``"1m"``, ``"1-DAY-LAST"``, ``"5-MINUTE-BID"``.
            currency: of an equity, if not USD.
            tz: the time zone of stamps without an offset, if not UTC.
            stamps: whether the file gives the open or the close of each bar.
            kind: what the instrument is, if the id does not tell.
            replace: take the file's values where the catalog has others.

        Raises:
            InvalidMarketData: bad rows, named by file and line. Nothing was written.
        """
        return self.session.catalog.import_csv(
            path,
            instrument=instrument,
            bar=bar,
            currency=currency,
            tz=tz,
            stamps=stamps,
            kind=kind,
            replace=replace,
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
        """Make up bars of a random walk, the same for the same seed, for tests and first steps.

        Args:
            instrument: the id to give it, or a NautilusTrader instrument.
            bar: as in `import_csv`.
            start: first day, ``"YYYY-MM-DD"``.
            end: last day, included.
            seed: another seed is another market.
            start_price: open of the first bar.
            drift: growth a year, a fraction.
            volatility: standard deviation of a year's log return.
            replace: take the place of bars that are there.
        """
        return self.session.catalog.import_mock(
            instrument=instrument,
            bar=bar,
            start=start,
            end=end,
            seed=seed,
            start_price=start_price,
            drift=drift,
            volatility=volatility,
            replace=replace,
        )

    def import_sample(self) -> list[ImportReport]:
        """Bring the daily bars that come with the workbench into the catalog: AAPL, GOOG, IBM, MSFT, 2000–2013."""
        return self.session.catalog.import_sample()


def _signature(info: strategies.StrategyInfo) -> str:
    try:
        parameters = strategies.parameters(info)
    except InvalidInput as error:  # its module has gone since it was registered; the others can still be run
        return f"cannot be loaded: {error}"
    return ", ".join(
        parameter.name if parameter.required else f"{parameter.name}={parameter.default!r}" for parameter in parameters
    )
