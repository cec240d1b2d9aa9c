"""The verbs that give a `Run`, and what is asked of the record before one is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload
from uuid import UUID

from workbench import config, frames
from workbench.checks import flag
from workbench.errors import DatabaseUnavailable, DuplicateRun, InvalidInput, RunFailed, RunInterrupted
from workbench.runs import Record, Run, Status
from workbench.verbs.session import Opened

if TYPE_CHECKING:
    from workbench.config import Amount, Moment, RunConfig
    from workbench.engine import Engine
    from workbench.plans import Spec
    from workbench.reproduction import Changes

ON_DUPLICATE = ("notice", "reuse", "raise", "ignore")


class Running(Opened):
    """The part of a `Workbench` that runs backtests, records them and gives them back."""

    @overload
    def run(self, strategy: list[RunConfig], **arguments: Any) -> list[Run]: ...
    @overload
    def run(self, strategy: str | type | RunConfig, **arguments: Any) -> Run: ...
    def run(
        self,
        strategy: str | type | RunConfig | list[RunConfig],
        *,
        instrument: str | None = None,
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
    ) -> Run | list[Run]:
        """Run one backtest, record it, give it back.

        Args:
            strategy: a registered name or key, ``"package.module:Class"``, or a NautilusTrader Strategy class. Also a
                whole NautilusTrader `BacktestRunConfig`, which says all that follows but `risk_free`, `on_duplicate`
                and `progress` itself; or a list of them, which run in order until one fails.
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
            The recorded `Run`, completed; a list of them for a list. Orders fill at the close of the bar they were
            sent on.

        Raises:
            InvalidInput: in one of its kinds; nothing was run or recorded.
            DuplicateRun: the same was run before, and `on_duplicate` is ``"raise"``.
            RunFailed: the strategy raised; the record is saved as ``failed`` and stands in the error's `run`.
            RunInterrupted: the stop button, a KeyboardInterrupt; the record is saved as ``interrupted``.
            OutboxUnavailable: the database is away and the disk is full; nothing was run. Where only the database is
                away the run goes on, and its record waits on disk for the next connection.
        """
        from workbench.plans.from_request import merged_params, refuse_beside

        behaviour = config.choice("on_duplicate", on_duplicate, ON_DUPLICATE)
        terms = config.Terms(
            capital=capital, account=account, oms=oms, leverage=leverage, fees=fees, slippage=slippage, seed=seed
        )
        asked = {"instrument": instrument, "bar": bar, "start": start, "end": end}
        if not isinstance(strategy, str | type):
            refuse_beside(strategy, {**asked, **terms.changed(), **merged_params(params, more_params)})
            return self._run_configs(strategy, behaviour, risk_free=risk_free, progress=progress)
        plan = self._plan(
            strategy, **asked, params=merged_params(params, more_params), risk_free=risk_free, terms=terms
        )
        if (earlier := self._earlier(plan, behaviour)) is not None:
            return earlier
        return self._execute(plan, progress=progress)

    def _run_configs(self, given: Any, behaviour: str, *, risk_free: float, progress: bool) -> Run | list[Run]:
        from workbench.plans.from_run_config import prepare_config

        runs = []
        for one in given if isinstance(given, list) else [given]:
            plan = prepare_config(one, self._catalog, risk_free=risk_free)
            earlier = self._earlier(plan, behaviour)
            if earlier is None:
                earlier = self._execute(plan, progress=progress)
            runs.append(earlier)
        return runs if isinstance(given, list) else runs[0]

    def get(self, run_id: str | Run) -> Run:
        """The run itself, by its id or any unique start of it.

        Raises:
            RunNotFound: no run, or more than one, starts like this.
        """
        return Run(self._records.get(key(run_id)), self._shelf)

    def rerun(
        self,
        run_id: str | Run,
        *,
        code: Literal["today", "stored"] = "today",
        progress: bool = True,
        **overrides: Any,
    ) -> Run:
        """Do the same thing again, from the stored configuration alone, and say whether it came out the same.

        Args:
            run_id: an id, a unique start of one, or a `Run`.
            code: ``"today"`` for the strategy as it is now, ``"stored"`` for its recorded source.
            progress: show a bar on anything longer than a second.
            overrides: arguments of `run` or parameters to be other than they were, ``end="2013-03-01"``; the run is
                then not judged.

        Returns:
            A new recorded `Run` that names its original in `rerun_of`. Its `verdict` says ``identical``, ``same
            metrics`` or ``different``, and of configuration, seed, code, data and environment what differs. The
            original stays as it is.

        Raises:
            RunNotFound: no run, or more than one, starts like this.
            InvalidInput: strategy or data have gone, or an override is wrong; nothing was run or recorded.
            RunFailed, RunInterrupted, OutboxUnavailable: as for `run`.
        """
        from workbench.plans.from_record import plan_again

        original = self.get(run_id)
        again = plan_again(
            original.record, original.config, original.sources, self._catalog, code=code, overrides=overrides
        )
        with again as plan:
            return self._execute(plan, progress=progress)

    def diff(self, run_id: str | Run, other: str | Run, *, frame: str | None = None) -> Changes:
        """What changed from one run to another, which need not be a re-run of it.

        Returns:
            `Changes`: the frames ``configuration``, ``code``, ``data``, ``environment`` and ``trades``, each without a
            row where nothing differs, and ``verdict``, the same in words.

        Raises:
            RunNotFound: no run, or more than one, starts like this.
        """
        from workbench.reproduction import changes

        before, after = (self._shelf.evidence(self.get(one).record) for one in (run_id, other))
        return changes(before, after, self._kind(frame))

    def find_duplicates(
        self,
        strategy: str | type | RunConfig | Run,
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
        from workbench.plans.from_request import merged_params, refuse_beside
        from workbench.plans.from_run_config import prepare_config
        from workbench.storage import list_duplicates, list_like
        from workbench.verbs.duplicates import run_arguments

        columns = tuple(frames.HISTORY)
        if isinstance(strategy, Run):
            found = list_like(self._database, strategy.record.run_id, columns, limit)
        elif not isinstance(strategy, str | type):
            refuse_beside([strategy], merged_params(params, arguments))
            fingerprint = prepare_config(strategy, self._catalog).fingerprint
            found = list_duplicates(self._database, fingerprint, columns, limit)
        else:
            asked, own = run_arguments(arguments)
            plan = self._plan(strategy, **asked, params=merged_params(params, own))
            found = list_duplicates(self._database, plan.fingerprint, columns, limit)
        return frames.listed(found, frames.DUPLICATES, self._kind(frame))

    def _get_all(self, run_ids: Sequence[str | Run]) -> list[Run]:
        return [Run(record, self._shelf) for record in self._records.get_all([key(one) for one in run_ids])]

    def _execute(self, spec: Spec, *, progress: bool, engine: Engine | None = None) -> Run:
        from workbench.plans.execution import record_run

        record, cause = record_run(
            spec,
            self._records,
            self._catalog,
            engine=engine,
            progress=flag("progress", progress),
            watch=self.watch,
            around=self._where.around,
        )
        return self._ended(record, cause)

    def _ended(self, record: Record, cause: BaseException | None) -> Run:
        """The recorded run; one that did not complete is raised."""
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

    def _plan(self, strategy: str | type, **asked: Any) -> Spec:
        from workbench.plans.from_request import Request, resolve

        if asked["instrument"] is None:
            raise InvalidInput("instrument is missing. wb.instruments() lists them.")
        return resolve(Request(strategy=strategy, **asked), self._catalog)

    def _earlier(self, plan: Spec, behaviour: str) -> Run | None:
        """The run to give back in place of a new one, if that was asked for; says what was run before."""
        from workbench.verbs.duplicates import notice, of_plan

        if behaviour == "ignore":
            return None
        try:
            found = of_plan(plan, self._database, completed=behaviour == "reuse")
        except DatabaseUnavailable:
            # a notice is not worth a run; whoever asked for more than one must know that it was not looked for
            if behaviour == "notice":
                return None
            raise
        if found is None or (behaviour != "notice" and not found.same):
            return None
        if behaviour == "reuse":
            return self.get(found.run_id)
        if behaviour == "raise":
            raise DuplicateRun(notice(found), self.get(found.run_id))
        self.tell(notice(found))
        return None


def key(run_id: str | Run) -> str | UUID:
    """What the record knows a run by."""
    return run_id.record.run_id if isinstance(run_id, Run) else run_id
