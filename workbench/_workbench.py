"""The verbs. The one place where the rooms meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from workbench import config, frames, strategies
from workbench.errors import DuplicateRun, InvalidInput, RunFailed, RunInterrupted
from workbench.opened import Opened
from workbench.plots import Plots
from workbench.runs import Run, Status

if TYPE_CHECKING:
    from workbench.catalog import ImportReport, MarketData
    from workbench.config import Amount, DataUse, Moment
    from workbench.plan import Plan
    from workbench.storage import Query


ON_DUPLICATE = ("notice", "reuse", "raise", "ignore")


class Workbench(Opened):
    """One database, one catalog, and the verbs on them. ``import workbench as wb`` binds the verbs of a default one."""

    def run(
        self,
        strategy: str | type,
        *,
        instrument: str,
        start: Moment | None = None,
        end: Moment | None = None,
        capital: Amount = 100_000,
        bar: str | None = None,
        account: Literal["margin", "cash"] = "margin",
        oms: Literal["netting", "hedging"] = "netting",
        leverage: Amount = 1,
        fees: Amount | None = None,
        slippage: float = 0.0,
        seed: int | None = None,
        risk_free: float = 0.0,
        params: Mapping[str, Any] | None = None,
        on_duplicate: Literal["notice", "reuse", "raise", "ignore"] = "notice",
        progress: bool = True,
        **more_params: Any,
    ) -> Run:
        """Run one backtest, record it, give it back.

        Args:
            strategy: a registered name or key, ``"package.module:Class"``, or a NautilusTrader Strategy class.
            instrument: an id of the catalog, ``"AAPL.NASDAQ"``; ``"AAPL"`` will do where it is the only one.
            start: first moment, inclusive, UTC; that of the data if left out.
            end: last moment, inclusive; a date means the whole day.
            capital: a number, or text with its currency (``"10000 USD"``): the one that the instrument settles in.
            bar: which bars, ``"1-DAY-LAST"`` or ``"1d"``; needed only where the instrument has several.
            fees: None for the rates of the instrument, 0.001 for 0.1 % of the value, ``"1 USD"`` per order.
            slippage: chance in 0 … 1 that an order fills one tick worse; a tick is the instrument's price increment.
            seed: of the chance; drawn and recorded where there is chance and none is given.
            risk_free: rate per year for Sharpe and Sortino, a fraction.
            params: strategy parameters, for names that are arguments here; others can be given by keyword.
            on_duplicate: where the same was run before: ``"notice"`` says so and goes on, ``"reuse"`` gives the earlier
                run back, ``"raise"`` refuses, ``"ignore"`` does not look.
            progress: show a bar on anything longer than a second.

        Returns:
            The recorded `Run`, completed. Orders fill at the close of the bar they were sent on.

        Raises:
            InvalidInput: in one of its kinds; nothing was run or recorded.
            DuplicateRun: the same was run before, and `on_duplicate` is ``"raise"``.
            RunFailed: the strategy raised; the record is saved as ``failed`` and stands in the error's `run`.
            RunInterrupted: the stop button, a KeyboardInterrupt; the record is saved as ``interrupted``.
            DatabaseUnavailable: the record cannot be kept.
        """
        from workbench.plan import merged_params
        from workbench.recording import record_run

        behaviour = config.choice("on_duplicate", on_duplicate, ON_DUPLICATE)
        plan = self._plan(
            strategy,
            instrument=instrument,
            bar=bar,
            start=start,
            end=end,
            params=merged_params(params, more_params),
            risk_free=risk_free,
            terms=config.Terms(
                capital=capital,
                account=account,
                oms=oms,
                leverage=leverage,
                fees=fees,
                slippage=slippage,
                seed=seed,
            ),
        )
        if (earlier := self._earlier(plan, behaviour)) is not None:
            return earlier
        record, cause = record_run(plan, self._records, progress=progress)
        run = Run(record, self._shelf)
        if record.status is Status.INTERRUPTED and cause is not None:
            raise RunInterrupted(f"run {run.id} is saved as interrupted", run) from cause
        if record.error is not None:
            raise RunFailed(
                f"run {run.id[:8]} failed: {record.error.message}. "
                f"It is saved with its trace: wb.details({run.id[:8]!r})",
                run,
            ) from cause
        return run

    def find_duplicates(
        self,
        strategy: str | type | Run,
        *,
        params: Mapping[str, Any] | None = None,
        limit: int = 20,
        frame: str | None = None,
        **arguments: Any,
    ) -> Any:
        """List earlier runs of the same thing, the very same first, newest first; nothing is run.

        Args:
            strategy: with the other arguments as for `run`; or a `Run`, whose like are looked for.

        Returns:
            The columns of `history` after ``kind``: ``same``; ``other data``, ``other code`` or ``other code and
            data`` for the same configuration. Names, tags and where files lie do not count; failed runs neither.
        """
        from workbench.earlier import run_arguments
        from workbench.plan import merged_params
        from workbench.storage import list_duplicates

        if isinstance(strategy, Run):
            fingerprint = config.fingerprint(strategy.config)
        else:
            asked, own = run_arguments(arguments)
            fingerprint = self._plan(strategy, **asked, params=merged_params(params, own)).fingerprint
        found = list_duplicates(self._database, fingerprint, tuple(frames.HISTORY), limit)
        found = [row for row in found if not isinstance(strategy, Run) or row[1] != strategy.id]
        return frames.build(frames.DUPLICATES, found, self._kind(frame))

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

    def history_pages(self, *, size: int = 1000, frame: str | None = None, **filters: Any) -> Iterator[Any]:
        """Go through all runs that match, however many, as frames of `size` rows; filters and order as in `history`.

        None comes twice and none is left out while others write: a page begins where the one before ended.
        """
        from workbench.storage import pages

        asked = self._asked(limit=size, **filters)
        for rows in pages(self._database, asked, tuple(frames.HISTORY), size):
            yield frames.build(frames.HISTORY, rows, self._kind(frame))

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
        from workbench.asking import ranked_metric

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
        rows = [row for page in pages(self._database, asked, tuple(frames.HISTORY), 1000) for row in page]
        return frames.spread(rows, self._kind(frame))

    def details(self, run_id: str | Run, *, frame: str | None = None) -> Any:
        """Everything known of one run as a frame of section, name and value, the values as text in full.

        Raises:
            RunNotFound: no run, or more than one, starts like this.
        """
        found = self._find(run_id)
        return frames.details(self._records.get(found), self._records.snapshot(found), self._kind(frame))

    def get(self, run_id: str | Run) -> Run:
        """The run itself, by its id or any unique start of it.

        Raises:
            RunNotFound: no run, or more than one, starts like this.
        """
        return Run(self._records.get(self._find(run_id)), self._shelf)

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
        runs = [(self._records.get(one), self._records.snapshot(one)) for one in map(self._find, run_ids)]
        return compare(runs, only_differences=only_differences, kind=kind)

    def delete(self, run_id: str | Run) -> None:
        """Remove a run and all that hangs on it. There is no way back.

        Raises:
            RunNotFound: no run, or more than one, starts like this.
        """
        self._records.delete(self._find(run_id))

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
        """Where the record is and how much is in it: home, database, schema, server version, runs by status."""
        from workbench.storage import overview

        return {"home": str(self._where.home), **overview(self._database)}

    @cached_property
    def plot(self) -> Plots:
        """Figures of stored runs."""
        return Plots(
            get=self.get,
            equity_of=lambda record: self._shelf.table(record, "equity"),
            trades_of=lambda record: self._shelf.table(record, "trades"),
            market_of=self._market,
            ids_of=lambda strategy: list(self.strategy_history(strategy)["run_id"]),
        )

    def _find(self, run_id: str | Run) -> UUID:
        return run_id.record.run_id if isinstance(run_id, Run) else self._records.find(run_id)

    def _market(self, use: DataUse) -> MarketData:
        """The bars that a run was fed, as the catalog has them now."""
        first, last = (config.nanoseconds(datetime.fromisoformat(one)) for one in (use.first, use.last))
        return self._catalog.load(self._catalog.find(use.instrument_id, use.bar), first, last + 999)

    def _plan(self, strategy: str | type, **asked: Any) -> Plan:
        from workbench.plan import Request, prepare

        if asked["instrument"] is None:
            raise InvalidInput("instrument is missing. wb.instruments() lists them.")
        return prepare(Request(strategy=strategy, **asked), self._catalog)

    def _earlier(self, plan: Plan, behaviour: str) -> Run | None:
        """The run to give back in place of a new one, if that was asked for; says what was run before."""
        from workbench.earlier import notice, of_plan

        found = of_plan(plan, self._database, completed=behaviour == "reuse") if behaviour != "ignore" else None
        if found is None or (behaviour != "notice" and not found.same):
            return None
        if behaviour == "reuse":
            return self.get(found.run_id)
        if behaviour == "raise":
            raise DuplicateRun(notice(found), self.get(found.run_id))
        self.tell(notice(found))
        return None

    def _asked(self, **filters: Any) -> Query:
        from workbench.asking import question

        return question(**filters)

    def _listed(self, asked: Query, columns: Mapping[str, str], frame: str | None) -> Any:
        from workbench.storage import list_runs

        return frames.build(columns, list_runs(self._database, asked, tuple(columns)), self._kind(frame))


def _signature(info: strategies.StrategyInfo) -> str:
    try:
        parameters = strategies.parameters(info)
    except InvalidInput as error:  # its module has gone since it was registered; the others can still be run
        return f"cannot be loaded: {error}"
    return ", ".join(one.name if one.required else f"{one.name}={one.default!r}" for one in parameters)
