"""The verbs that run backtests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args, overload

from workbench import config
from workbench.checks import flag
from workbench.config import Labels, check_labels
from workbench.errors import Call, Message, RunDeleted, RunFailed, RunInterrupted
from workbench.runs import Record, Status
from workbench.verbs.planning import earlier_run, plan_of_arguments, plan_of_config
from workbench.verbs.run import Run
from workbench.verbs.session import Session

if TYPE_CHECKING:
    from workbench.config import Account, Amount, Moment, Oms, RunConfig
    from workbench.engine import Engine, Spec

type OnDuplicate = Literal["notice", "reuse", "raise", "ignore"]
ON_DUPLICATE = get_args(OnDuplicate.__value__)


@dataclass(frozen=True, slots=True)
class RunVerbs:
    """Runs, and re-runs."""

    session: Session

    @overload
    def run(
        self,
        strategy: list[RunConfig],
        *,
        risk_free: float = 0.0,
        on_duplicate: OnDuplicate = "notice",
        progress: bool = True,
        name: str | None = None,
        tags: str | Sequence[str] = (),
        note: str | None = None,
    ) -> list[Run]: ...
    @overload
    def run(
        self,
        strategy: str | type | RunConfig,
        *,
        instrument: str | None = None,
        start: Moment | None = None,
        end: Moment | None = None,
        capital: Amount = 100_000,
        bar: str | None = None,
        account: Account = "margin",
        oms: Oms = "netting",
        leverage: Amount = 1,
        fees: Amount | None = None,
        slippage: float = 0.0,
        seed: int | None = None,
        risk_free: float = 0.0,
        params: Mapping[str, object] | None = None,
        on_duplicate: OnDuplicate = "notice",
        progress: bool = True,
        name: str | None = None,
        tags: str | Sequence[str] = (),
        note: str | None = None,
        **more_params: object,
    ) -> Run: ...
    def run(
        self,
        strategy: str | type | RunConfig | list[RunConfig],
        *,
        instrument: str | None = None,
        start: Moment | None = None,
        end: Moment | None = None,
        capital: Amount = 100_000,
        bar: str | None = None,
        account: Account = "margin",
        oms: Oms = "netting",
        leverage: Amount = 1,
        fees: Amount | None = None,
        slippage: float = 0.0,
        seed: int | None = None,
        risk_free: float = 0.0,
        params: Mapping[str, object] | None = None,
        on_duplicate: OnDuplicate = "notice",
        progress: bool = True,
        name: str | None = None,
        tags: str | Sequence[str] = (),
        note: str | None = None,
        **more_params: object,
    ) -> Run | list[Run]:
        """Run one backtest, save it, give it back.

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
            seed: of the chance; drawn and saved where there is chance and none is given.
            risk_free: rate per year for Sharpe and Sortino, a fraction.
            params: strategy parameters, for names that are arguments here; others can be given by keyword.
            on_duplicate: where the same was run before: ``"notice"`` says so and goes on, ``"reuse"`` gives the earlier
                run back, ``"raise"`` refuses, ``"ignore"`` does not look.
            progress: show a bar on anything longer than a second.
            name: what to call the run.
            tags: a word or several, to find it by.
            note: a remark. A parameter of the strategy of one of these names comes first.

        Returns:
            The saved `Run`, completed; a list of them for a list. Orders fill at the close of the bar they were
            sent on.

        Raises:
            InvalidInput: in one of its kinds; nothing was run or saved.
            DuplicateRun: the same was run before, and `on_duplicate` is ``"raise"``.
            RunFailed: the strategy raised; the record is saved as ``failed`` and stands in the error's `run`.
            RunInterrupted: the stop button, a KeyboardInterrupt; the record is saved as ``interrupted``.
            RunDeleted: somebody deleted it by force while it ran; its results are in the error's `run`.
            OutboxUnavailable: the database is away and the disk is full; nothing was run. Where only the database is
                away the run goes on, and its record waits on disk for the next connection.
        """
        from workbench.plans.from_request import merged_params, refuse_beside

        behaviour = config.choice("on_duplicate", on_duplicate, ON_DUPLICATE)
        called = {"name": name, "tags": tags, "note": note}
        own = merged_params(params, {**more_params, **taken_by_strategy(strategy, called)})
        labels = check_labels(**called)
        terms = config.Terms(
            capital=capital, account=account, oms=oms, leverage=leverage, fees=fees, slippage=slippage, seed=seed
        )
        request: dict[str, Any] = {"instrument": instrument, "bar": bar, "start": start, "end": end}
        if not isinstance(strategy, str | type):
            refuse_beside(strategy, {**request, **terms.changed(), **own})
            several: list[Any] = strategy if isinstance(strategy, list) else [strategy]
            runs = [
                self._run(plan_of_config(self.session, each, risk_free=risk_free), behaviour, labels, progress=progress)
                for each in several
            ]
            return runs if isinstance(strategy, list) else runs[0]
        plan = plan_of_arguments(self.session, strategy, **request, params=own, risk_free=risk_free, terms=terms)
        return self._run(plan, behaviour, labels, progress=progress)

    def rerun(
        self,
        run_id: str | Run,
        *,
        code: Literal["today", "stored"] = "today",
        progress: bool = True,
        name: str | None = None,
        tags: str | Sequence[str] = (),
        note: str | None = None,
        **overrides: object,
    ) -> Run:
        """Do the same thing again, from the stored configuration alone, and say whether it came out the same.

        Args:
            run_id: an id, a unique start of one, or a `Run`.
            code: ``"today"`` for the strategy as it is now, ``"stored"`` for its saved source.
            progress: show a bar on anything longer than a second.
            name, tags, note: as for `run`.
            overrides: arguments of `run` or parameters to be other than they were, ``end="2013-03-01"``; the run is
                then not judged.

        Returns:
            A new saved `Run` that names its original in `rerun_of`. Its `verdict` says ``identical``, ``same
            metrics`` or ``different``, and of configuration, seed, code, data and environment what differs. The
            original stays as it is.

        Raises:
            RunNotFound: no run, or more than one, starts like this.
            InvalidInput: strategy or data have gone, or an override is wrong; nothing was run or saved.
            RunFailed, RunInterrupted, RunDeleted, OutboxUnavailable: as for `run`.
        """
        from workbench.plans.from_record import plan_again

        original = self.session.get(run_id)
        called = {"name": name, "tags": tags, "note": note}
        overrides |= taken(called, original.params)
        labels = check_labels(**called)
        again = plan_again(
            original.record, original.config, original.sources, self.session.catalog, code=code, overrides=overrides
        )
        with again as plan:
            return execute(self.session, plan, labels, progress=progress)

    def _run(self, plan: Spec, behaviour: str, labels: Labels, *, progress: bool) -> Run:
        earlier = earlier_run(self.session, plan, behaviour)
        return earlier or execute(self.session, plan, labels, progress=progress)


def taken_by_strategy(strategy: object, called: dict[str, Any]) -> dict[str, Any]:
    """Parameters of the strategy that are called like a label: they keep their meaning, and are no label then."""
    if not isinstance(strategy, str | type) or not any(map(_is_given, called.values())):
        return {}
    from workbench.strategies import find, load, parameter_names

    return taken(called, parameter_names(load(find(strategy))[1]))


def taken(called: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Move what is called like a parameter out of the labels."""
    own = {name: called[name] for name in names if _is_given(called.get(name))}
    called.update(dict.fromkeys(own), **({"tags": ()} if "tags" in own else {}))
    return own


def _is_given(value: object) -> bool:
    # an array answers a comparison with another array
    return value is not None and not (isinstance(value, tuple) and not value)


def execute(
    session: Session, spec: Spec, labels: Labels | None = None, *, progress: bool, engine: Engine | None = None
) -> Run:
    """Run a spec and save it.

    Raises:
        RunFailed, RunInterrupted: it did not complete; the run is saved all the same.
        RunDeleted: it was deleted while it ran.
    """
    from workbench.plans.execution import record_run

    record, cause = record_run(
        spec,
        session.records,
        session.catalog,
        engine=engine,
        progress=flag("progress", progress),
        watch=session.watch,
        around=session.where.around,
        labels=labels or Labels(),
    )
    run = Run(record, session.results)
    refuse_deleted(session, run, cause)
    return _ended(run, record, cause)


def refuse_deleted(session: Session, run: Run, cause: BaseException | None = None) -> None:
    """Hand back a run that is not in the record any more.

    Raises:
        RunDeleted: it was deleted while it ran.
        RunInterrupted: it was, and the stop button was pressed too.
    """
    where = session.records.deleted(run.record.run_id)
    if where is None:
        return
    kind = RunInterrupted if run.status is Status.INTERRUPTED and cause is not None else RunDeleted
    said = (
        f"run {run.id} was deleted from the record while it ran. It {_ENDS[run.status]}; its result is in this error's"
    )
    raise kind(f"{said} `run`, and {where}.", run) from cause


_ENDS = {Status.COMPLETED: "completed", Status.FAILED: "failed", Status.INTERRUPTED: "was interrupted"}


def _ended(run: Run, record: Record, cause: BaseException | None) -> Run:
    if record.status is Status.INTERRUPTED and cause is not None:
        raise RunInterrupted(f"run {run.id} is saved as interrupted", run) from cause
    if record.error is not None:
        raise RunFailed(
            Message(
                f"run {run.id[:8]} failed: {record.error.message}. It is saved with its trace: ",
                Call("details", (run.id[:8],)),
            ),
            run,
        ) from cause
    return run
