"""The verbs for backtests that were made elsewhere, and for taking a run elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import Call, InvalidInput
from workbench.verbs.planning import earlier_run
from workbench.verbs.run import Run
from workbench.verbs.running import refuse_deleted
from workbench.verbs.session import Session

if TYPE_CHECKING:
    from workbench.engine import UserEngine


@dataclass(slots=True)
class Recording:
    """What `recording` gives: `run` is the saved run once the block has ended."""

    run: Run | None = None


@dataclass(frozen=True, slots=True)
class RecordVerbs:
    """Runs of the user's own engines, in and out."""

    session: Session

    def record(self, engine: UserEngine, *, risk_free: float = 0.0) -> Run:
        """Record what a NautilusTrader engine of your own has done, after its ``engine.run()``.

        The engine is left as it is. What can be known of it is recorded: strategies, actors and execution algorithms
        with their parameters and source, venues, instruments, and the data that it still holds. The rest is in the
        run's warnings. Where everything is known and the data lie in the catalog, the run can be run again.

        Args:
            engine: a `BacktestEngine` that has run and is not disposed.
            risk_free: rate per year for Sharpe and Sortino, a fraction.

        Returns:
            The recorded `Run`; ``completed``, as nobody says otherwise. For a run that may fail: `recording`.

        Raises:
            InvalidInput: no engine, or one that has not run, was disposed, or is recorded already.
            DatabaseUnavailable: the record cannot be kept.
        """
        return self._taken(engine, risk_free=risk_free, ended=None)

    @contextmanager
    def recording(self, engine: UserEngine, *, risk_free: float = 0.0) -> Iterator[Recording]:
        """Record the run of an engine of your own however it ends: ``with wb.recording(engine): engine.run()``.

        What is raised inside is recorded, as ``failed`` or for the stop button as ``interrupted``, and goes on to you.
        The record is written when the block ends; a process that is killed inside it leaves none.

        Args:
            engine: a `BacktestEngine`; strategies and data may be added inside.
            risk_free: as in `record`.

        Returns:
            An object whose `run` is the recorded `Run` after the block.

        Raises:
            InvalidInput: as in `record`.
        """
        from workbench.engine import native

        native().check_engine(engine)
        recorded = Recording()
        try:
            yield recorded
        except BaseException as error:
            if engine.run_started is not None and not self._is_recorded(engine):
                recorded.run = self._taken(engine, risk_free=risk_free, ended=error)
                status = recorded.run.status.value
                error.add_note(f"recorded as {status}: wb.details({recorded.run.id[:8]!r})")
            raise
        recorded.run = self._taken(engine, risk_free=risk_free, ended=None)

    def export_config(self, run_id: str | Run, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write a run as the JSON of a `BacktestRunConfig`, which NautilusTrader itself can run.

        ``BacktestNode([BacktestRunConfig.parse(path.read_text())]).run()`` gives the same fills where the data, the
        instruments and the strategy are still what they were. Anything such a file cannot express is reported.

        Args:
            path: the file to write.
            overwrite: whether a file that is there may be replaced.

        Raises:
            RunNotFound: no run, or more than one, starts like this.
            InvalidInput: the file is there, its folder is not, or NautilusTrader has no words for this run.
        """
        from workbench.plans.to_run_config import as_run_config, write

        snapshot = self.session.get(run_id).config
        text, notes = as_run_config(snapshot, self.session.catalog)
        file = write(text, path, overwrite=overwrite)
        for note in notes:
            self.session.tell(note)
        return file

    def _is_recorded(self, engine: UserEngine) -> bool:
        return str(engine.run_id) in self.session.engine_runs

    def _taken(self, engine: UserEngine, *, risk_free: float, ended: BaseException | None) -> Run:
        from workbench.engine import native
        from workbench.plans.execution import record_run
        from workbench.plans.from_engine import prepare_engine

        session = self.session
        native().check_engine(engine)
        if (earlier := session.engine_runs.get(str(engine.run_id))) is not None:
            raise InvalidInput("this run of the engine is recorded already: ", Call("get", (earlier[:8],)), ".")
        spec, observed = prepare_engine(engine, session.catalog, risk_free=risk_free, ended=ended)
        earlier_run(session, spec, "notice")
        around = session.where.around
        record, _ = record_run(spec, session.records, session.catalog, engine=observed, progress=False, around=around)
        session.engine_runs[str(engine.run_id)] = str(record.run_id)
        run = Run(record, session.results)
        refuse_deleted(session, run)
        return run
