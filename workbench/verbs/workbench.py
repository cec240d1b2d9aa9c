"""The verbs. The one place where the rooms meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import config, frames, strategies
from workbench.errors import DatabaseUnavailable, InvalidInput
from workbench.runs import Run
from workbench.verbs.plots import Plots
from workbench.verbs.recorded import Recorded
from workbench.verbs.running import key

if TYPE_CHECKING:
    from workbench.catalog import ImportReport, MarketData
    from workbench.config import DataUse, Moment
    from workbench.storage import Query


class Workbench(Recorded):
    """One database, one catalog, and the verbs on them. ``import workbench as wb`` binds the verbs of a default one."""

    def history(
        self,
        strategy: str | type | None = None,
        *,
        strategy_type: str | None = None,
        instrument: str | None = None,
        status: str | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        params: Mapping[str, Any] | None = None,
        order_by: str = "started_at",
        ascending: bool = False,
        limit: int = 20,
        frame: str | None = None,
    ) -> Any:
        """List recorded runs, newest first: filtered, then ordered, then cut.

        Args:
            strategy: display name, key, ``"package.module:Class"`` or the class.
            strategy_type: ``"trend_following"``, ``"mean_reversion"``, ``"momentum"``, or a user's own.
            instrument: an id, or the part before its dot.
            status: ``"running"``, ``"completed"``, ``"failed"`` or ``"interrupted"``.
            since: earliest start of the execution, inclusive, UTC.
            until: latest, inclusive; a date means the whole day.
            params: ``{"fast_period": 10}`` equal, ``[5, 10]`` one of, ``(5, 15)`` or ``(5, None)`` a range, both ends
                inclusive, `wb.PRESENT`, `wb.ABSENT`. Numbers compare as numbers; dots go into nested parameters.
            order_by: ``"started_at"``, ``"total_return"``, ``"sharpe_ratio"``, ``"max_drawdown"``; undefined ones last.
            limit: 1 to 1000 rows.
            frame: ``"pandas"`` or ``"polars"``, for this call.

        Returns:
            A row per run. Ratios are fractions, drawdown <= 0, times aware UTC, undefined metrics missing.
        """
        asked = self._asked(
            strategy=strategy,
            strategy_type=strategy_type,
            instrument=instrument,
            status=status,
            since=since,
            until=until,
            params=params,
            order_by=order_by,
            ascending=ascending,
            limit=limit,
        )
        return self._listed(asked, frames.HISTORY, frame)

    def history_pages(
        self, *, size: int = 1000, after: str | Run | None = None, frame: str | None = None, **filters: Any
    ) -> Iterator[Any]:
        """Go through all runs that match, however many, as frames of `size` rows; filters and order as in `history`.

        None comes twice and none is left out while others write: a page begins where the one before ended, the first
        one behind the run `after`, if one is given. From the second page on, the next one is read while one is used.
        """
        from workbench.storage import MOST, pages, place_of

        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MOST:
            raise InvalidInput(f"size={size!r} must be a whole number from 1 to {MOST}: the rows of one page.")
        if "limit" in filters:
            raise InvalidInput("limit does not go with pages, which give every run. Type size=1000 for a page's rows.")
        asked = self._asked(limit=size, **filters)
        if after is not None:
            asked = replace(asked, after=place_of(self._records.get(key(after)), asked.order_by))
        for page in pages(self._database, asked, tuple(frames.HISTORY), size):
            yield frames.listed(page, frames.HISTORY, self._kind(frame))

    def best(
        self,
        metric: str = "sharpe_ratio",
        strategy: str | type | None = None,
        *,
        limit: int = 20,
        frame: str | None = None,
        **filters: Any,
    ) -> Any:
        """List the best runs by a metric, in the metric's own direction: a drawdown of -0.05 beats one of -0.20.

        Args:
            metric: any metric of which more or less is better: ``"sharpe_ratio"``, ``"total_return"`` …
            strategy: as in `history`, as are all other filters, applied before the limit.
            limit: 1 to 1000 rows.

        Returns:
            The columns of `history`, the metric and what explains it first. Runs without a value are left out.
        """
        from workbench.verbs.filters import ranked_metric

        spec = ranked_metric(metric)
        asked = replace(
            self._asked(strategy=strategy, limit=limit, **filters),
            order_by=metric,
            ascending=not spec.higher_is_better,
            defined=True,
        )
        return self._listed(asked, frames.best(metric), frame)

    def strategy_history(self, strategy: str | type, *, frame: str | None = None, **filters: Any) -> Any:
        """List all runs of a strategy over time, oldest first, every parameter in a column of its own.

        A parameter that is called like a column of `history` gets the prefix ``param_``. Filters as in `history`.
        """
        from workbench.storage import pages

        asked = self._asked(strategy=strategy, ascending=True, limit=1000, **filters)
        return frames.spread(list(pages(self._database, asked, tuple(frames.HISTORY), 1000)), self._kind(frame))

    def details(self, run_id: str | Run, *, frame: str | None = None) -> Any:
        """Everything known of one run as a frame of section, name and value, the values as text in full.

        Raises:
            RunNotFound: no run, or more than one, starts like this.
        """
        ((record, snapshot),) = self._records.configured([key(run_id)])
        return frames.details(record, snapshot, self._records.environment(record.run_id), self._kind(frame))

    def compare(self, *run_ids: str | Run, only_differences: bool = False, frame: str | None = None) -> Any:
        """Put 2 to 10 runs side by side, in the order given: every metric, setting and parameter.

        Args:
            run_ids: ids, unique starts of ids, or runs, of any strategies, instruments and periods.
            only_differences: leave out the rows that are equal in all runs.
            frame: ``"pandas"`` or ``"polars"``, for this call.

        Returns:
            A frame of section, name, differs, best (ids of the best runs) and a column per run, named by its full id,
            whose values are text in full, empty where undefined. Jupyter shows it as a marked table; its `notes` say
            where the numbers do not mean the same.

        Raises:
            RunNotFound: no run, or more than one, starts like this.
            InvalidInput: fewer than two runs, more than ten, or one given twice.
        """
        from workbench.comparison import check_number, compare

        kind = self._kind(frame)
        check_number(run_ids)
        runs = self._records.configured([key(one) for one in run_ids])
        return compare(runs, only_differences=only_differences, kind=kind)

    def delete(self, run_id: str | Run) -> None:
        """Remove a run and all that hangs on it. There is no way back.

        Raises:
            RunNotFound: no run, or more than one, starts like this.
        """
        self._records.delete(run_id.record.run_id if isinstance(run_id, Run) else self._records.find(run_id))

    def strategies(self, *, frame: str | None = None) -> Any:
        """List what can be run: built-in strategies, decorated ones, and those of installed packages."""
        rows = [
            (info.name, info.key, info.type, _signature(info), info.help, info.path) for info in strategies.registered()
        ]
        return frames.build(frames.STRATEGIES, rows, self._kind(frame))

    def instruments(self, *, frame: str | None = None) -> Any:
        """List what can be run on: instrument, bar, first and last close, rows, and where they came from."""
        rows = [
            (one.instrument_id, one.bar, one.first_ns // 1000, one.last_ns // 1000, one.rows, one.source)
            for one in self._catalog.datasets()
        ]
        return frames.build(frames.INSTRUMENTS, rows, self._kind(frame))

    def import_csv(self, path: str | Path, *, instrument: Any, bar: str, **options: Any) -> ImportReport:
        """Bring a CSV file of bars into the catalog.

        Args:
            path: ``.csv`` or ``.csv.gz`` with a time, open, high, low, close and, where known, volume.
            instrument: ``"AAPL.NASDAQ"``, ``"USD/JPY.FXCM"``, ``"BTC/USD.BINANCE"``, or a NautilusTrader instrument.
            bar: ``"1d"``, ``"1m"``, ``"1-DAY-LAST"``, ``"5-MINUTE-BID"``.
            options: ``tz``, ``stamps``, ``kind``, ``currency``, ``replace``, as in `Catalog.import_csv`.

        Raises:
            InvalidMarketData: bad rows, named by file and line. Nothing was written.
        """
        return self._catalog.import_csv(path, instrument=instrument, bar=bar, **options)

    def import_mock(self, **options: Any) -> ImportReport:
        """Make up bars, the same for the same seed, for tests and first steps; see `Catalog.import_mock`."""
        return self._catalog.import_mock(**options)

    def import_sample(self) -> list[ImportReport]:
        """Bring the daily bars that come with the workbench into the catalog: AAPL, GOOG, IBM, MSFT, 2000–2013."""
        return self._catalog.import_sample()

    def status(self) -> dict[str, Any]:
        """Where the record is and how much is in it: home, database, schema, server version, runs by status.

        `waiting` counts the runs that wait on disk for this database, `waiting_elsewhere` those for other ones,
        `refused` the files there that could not be read. Where the database is away now, ``database`` says why and the
        rest of it is empty.
        """
        from workbench.storage import overview

        outbox = self._records.outbox
        try:
            known = overview(self._database)
        except DatabaseUnavailable as away:
            known = {"database": str(away), "schema": None, "server": None, "runs": {}}
        waits = {"waiting": len(outbox.waiting()), "waiting_elsewhere": outbox.elsewhere()}
        return {"home": str(self._where.home), **known, **waits, "refused": len(outbox.refused())}

    @cached_property
    def plot(self) -> Plots:
        """Figures of stored runs."""
        return Plots(
            get_all=self._get_all,
            equity_of=lambda records: self._shelf.tables(records, "equity"),
            trades_of=lambda record: self._shelf.table(record, "trades"),
            market_of=self._market,
            ids_of=lambda strategy: list(self.strategy_history(strategy)["run_id"]),
        )

    def _market(self, use: DataUse) -> MarketData:
        """The bars that a run was fed, as the catalog has them now."""
        first, last = (config.nanoseconds(datetime.fromisoformat(one)) for one in (use.first, use.last))
        return self._catalog.load(self._catalog.find(use.instrument_id, use.bar), first, last + 999)

    def _asked(self, **filters: Any) -> Query:
        from workbench.verbs.filters import question

        return question(**filters)

    def _listed(self, asked: Query, columns: Mapping[str, str], frame: str | None) -> Any:
        from workbench.storage import list_runs

        return frames.listed(list_runs(self._database, asked, tuple(columns)), columns, self._kind(frame))


def _signature(info: strategies.StrategyInfo) -> str:
    try:
        parameters = strategies.parameters(info)
    except InvalidInput as error:  # its module has gone since it was registered; the others can still be run
        return f"cannot be loaded: {error}"
    return ", ".join(one.name if one.required else f"{one.name}={one.default!r}" for one in parameters)
