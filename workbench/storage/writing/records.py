"""Writing the record: a row before the work, finished once, and read back by id."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from workbench.config import Snapshot
from workbench.errors import AmbiguousRunId, RunNotFound, RunUnderWay
from workbench.provenance import SourceFile
from workbench.runs import Record, Remark, Status
from workbench.storage.database import Database
from workbench.storage.failures import away_or, refuse
from workbench.storage.queries.columns import ALIVE, STATUS
from workbench.storage.queries.labelled import ANY, JOIN
from workbench.storage.schema import config_split
from workbench.storage.schema.tables import (
    backtest_runs,
    config_bases,
    config_text,
    performance_metrics,
    run_configs,
    run_results,
)
from workbench.storage.writing import arrow, content_store, labels
from workbench.storage.writing.content_store import clean, write_environment
from workbench.storage.writing.messages import Ending, Finish, Start
from workbench.storage.writing.record_rows import metrics_row, record_of, run_row
from workbench.storage.writing.ticket import Ticket

if TYPE_CHECKING:
    import psycopg
    import pyarrow as pa

RESULTS = ("equity", "trades", "fills")

# built once: half the cost of a small insert is building it
_NEW_RUN = insert(backtest_runs)
_RUN_IF_NEW = insert(backtest_runs).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
_STATUS = select(backtest_runs.c.status).where(backtest_runs.c.run_id == bindparam("wanted")).with_for_update()
_RESULTS = insert(run_results)
_METRICS = insert(performance_metrics)
_DELETE = text(
    "delete from backtest_runs r "
    f"where r.run_id = :run_id and (:force or r.status <> '{Status.RUNNING.value}' or not {ALIVE})"
)
_END = backtest_runs.update().where(backtest_runs.c.run_id == bindparam("ended_run"))

# an id and the start of one are asked for alike: all ids from the first to the last that start so
_ASKED = (
    "from unnest(%(first)s::uuid[], %(last)s::uuid[]) with ordinality asked(first, last, number) "
    "cross join lateral (select * from backtest_runs where run_id between asked.first and asked.last limit 11) r "
    "left join performance_metrics m on m.run_id = r.run_id"
)
# of the digests, a record has that of its result alone
_OF_RUN = tuple(
    column.key for column in backtest_runs.c if not column.key.endswith("_sha256") or column.key == "result_sha256"
)
_OF_METRICS = tuple(column.key for column in performance_metrics.c if column.key not in _OF_RUN)
_ALL = ", ".join([*(f"r.{name}" for name in _OF_RUN), *(f"m.{name}" for name in _OF_METRICS)])
_CONFIG = " join run_configs c on c.config_sha256 = r.config_sha256"


def _get(*more: str, labelled: bool, joined: str = "") -> str:
    labels, join = ("true, l.name, l.tags", JOIN) if labelled else (f"{ANY}, null, null::text[]", "")
    chosen = ", ".join([f"asked.number, {_ALL}, {labels}, {STATUS}", *more])
    return f"select {chosen} {_ASKED}{joined}{join}"


# with labels and without
_GET = tuple(_get(labelled=labelled) for labelled in (False, True))
_GET_CONFIGURED = tuple(_get("c.base_sha256", "c.own", labelled=labelled, joined=_CONFIG) for labelled in (False, True))
_GET_BASES = "select base_sha256, parts from config_bases where base_sha256 = any(%(wanted)s)"


_COLUMNS = ("number", *_OF_RUN, *_OF_METRICS, "labelled", "label", "tags", "shown_status", "base", "own")
_Found = namedtuple("_Found", _COLUMNS, defaults=(None, None))  # type: ignore[misc]


def _named(_cursor: object) -> Callable[[Sequence[Any]], Any]:
    # the driver's own asks every answer for its names
    return lambda values: _Found(*values)


class Records:
    """The runs of one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._known: dict[bytes, config_split.Common] = {}

    def begin(self, start: Start) -> Ticket:
        """Write the row as ``running`` and hold its lock until the ticket is closed.

        Raises:
            DatabaseUnavailable: nothing was written.
            NotAllowed: this login may only read.
        """
        connection = self.database.connect()
        ticket = Ticket(start, connection)
        try:
            # The lock first: a row that others can see must not look dead. The disk is not waited for here as it is at
            # the end of the run: a killed process loses nothing by that, only a power cut in the first half second.
            connection.execute(
                text("select pg_advisory_lock(run_lock_key(:run_id)), set_config('synchronous_commit', 'off', true)"),
                {"run_id": ticket.run_id},
            )
            content_store.write_config(connection, start.config_sha256, start.config_text, start.sources)
            content_store.write_months(connection, start.months)
            labels.write_group(connection, start)
            connection.execute(_NEW_RUN, run_row(start))
            labels.write_beside(connection, start)
            connection.commit()
        except DBAPIError as error:
            ticket.close()
            refuse(error, self.database.engine().url.username)
            raise away_or(error) from None
        except BaseException:
            ticket.close()
            raise
        return ticket

    def finish(self, ticket: Ticket, finish: Finish) -> None:
        """Write how it ended, results and metrics in one transaction, and release the run.

        If the ticket's connection has died meanwhile, another one is used: the row is still there, still ``running``.

        Raises:
            RunNotFound: it was deleted meanwhile.
            DatabaseUnavailable: the row stays ``running`` and shows as interrupted.
        """
        self._end(ticket, Ending.of(finish))

    def _end(self, ticket: Ticket, ending: Ending) -> None:
        try:
            connection = ticket.connection
            if connection is not None and not connection.closed:
                try:
                    _write_end(connection, ticket.run_id, ending)
                    connection.commit()
                    return
                except DBAPIError as error:
                    if not error.connection_invalidated:
                        connection.rollback()
                        raise _deleted(error, ticket.run_id) or away_or(error) from None
            self.database.close()
            self.store(ticket.start, ending)
        finally:
            ticket.close()

    def store(self, start: Start, ending: Ending | None) -> None:
        """Write a whole run in one transaction, or what of it is not there yet. Does nothing the second time.

        Raises:
            DatabaseUnavailable: nothing was written.
        """

        def work(connection: Connection) -> None:
            content_store.write_config(connection, start.config_sha256, start.config_text, start.sources)
            content_store.write_months(connection, start.months)
            labels.write_group(connection, start)
            if connection.execute(_RUN_IF_NEW, run_row(start)).rowcount:
                labels.write_beside(connection, start)
            status = connection.scalar(_STATUS, {"wanted": start.record.run_id})
            if ending is not None and status == Status.RUNNING.value:
                _write_end(connection, start.record.run_id, ending)

        self._write(work)

    def _write[T](self, work: Callable[[Connection], T]) -> T:
        try:
            return self.database.write(work)
        except DBAPIError as error:
            raise away_or(error) from None

    def find(self, run_id: str) -> UUID:
        """The full id of a unique prefix.

        Raises:
            RunNotFound: no run starts so.
            AmbiguousRunId: several do; the error names up to ten.
        """
        return self.get(run_id).run_id

    def get(self, run_id: str | UUID) -> Record:
        """One run with its metrics, by its id or a unique prefix.

        Raises:
            RunNotFound, AmbiguousRunId: as `find`.
        """
        return self.get_all([run_id])[0]

    def get_all(self, run_ids: Sequence[str | UUID]) -> list[Record]:
        """Several runs, in the order asked for, in one question; else as `get`."""
        return [record_of(row) for row in self._rows(run_ids, _GET)]

    def configured(self, run_ids: Sequence[str | UUID]) -> list[tuple[Record, Snapshot]]:
        """Several runs and their configurations, as `get_all`."""
        rows = self._rows(run_ids, _GET_CONFIGURED)
        commons = self._commons({row.base: row for row in rows})
        return [(record_of(row), commons[row.base].snapshot(row.own)) for row in rows]

    def _commons(self, wanted: Mapping[bytes, Any]) -> Mapping[bytes, config_split.Common]:
        """What their configurations have in common with others, by its digest: read once, for none ever changes."""
        if len(self._known) > 50:  # more than a few searches have
            self._known = {}
        known = self._known
        if unknown := [digest for digest in wanted if digest not in known]:
            parameters = {"wanted": [*wanted]}
            rows = self.database.ask(
                lambda connection: connection.execute(_GET_BASES, parameters, binary=True).fetchall()
            )
            known.update((digest, config_split.Common(parts)) for digest, parts in rows)
            for digest in unknown:
                if digest not in known:  # deleted since the first question
                    raise RunNotFound(str(wanted[digest].run_id))
        return known

    def _rows(self, run_ids: Sequence[str | UUID], statements: Sequence[str]) -> list[Any]:
        spans = [_span(run_id) for run_id in run_ids]
        # as text: a list of ids takes the driver as long as all the rest
        parameters = {
            name: f"{{{','.join([span[end] for span in spans])}}}" for end, name in enumerate(("first", "last"))
        }

        def ask(connection: psycopg.Connection[Any]) -> list[Any]:
            with connection.cursor(binary=True, row_factory=_named) as cursor:
                statement = statements[self.database.labelled]
                return cursor.execute(statement.encode(), parameters, prepare=True).fetchall()

        rows = self.database.ask(ask)
        if rows and rows[0].labelled and not self.database.labelled:
            self.database.labelled = True
            rows = self.database.ask(ask)
        found: dict[int, list[Any]] = {}
        for row in rows:
            found.setdefault(row.number, []).append(row)
        for number, run_id in enumerate(run_ids, start=1):
            if number not in found:
                raise RunNotFound(str(run_id))
            if len(found[number]) > 1:
                raise AmbiguousRunId(str(run_id), [str(row.run_id) for row in found[number][:10]])
        return [found[number][0] for number in range(1, len(spans) + 1)]

    def snapshot(self, run_id: UUID) -> Snapshot:
        """The stored configuration, equal to the one the run was started with."""
        query = (
            select(config_text)
            .select_from(backtest_runs.join(run_configs).join(config_bases))
            .where(backtest_runs.c.run_id == run_id)
        )
        return Snapshot.parse(self._one(query, run_id))

    def sources(self, run_id: UUID) -> tuple[SourceFile, ...]:
        """The recorded modules of the strategy, sorted by name; empty where none could be read."""
        return self.database.read(lambda connection: content_store.read_sources(connection, run_id))

    def environment(self, run_id: UUID) -> dict[str, Any]:
        """Versions, commit and notebook that a run was made with; empty where none was recorded."""
        return self.database.ask(lambda connection: content_store.read_environment(connection, run_id))

    def months(self, fingerprints: Sequence[str]) -> dict[str, tuple[tuple[str, int, str], ...]]:
        """Month, rows and digest of market data, by its fingerprint; those that are not recorded are left out."""
        return self.database.read(lambda connection: content_store.read_months(connection, fingerprints))

    def result(self, run_id: UUID, name: str) -> pa.Table:
        """One of `RESULTS` as an Arrow table; empty, with the same columns, for a run that has none."""
        return self.results([run_id], name)[0]

    def results(self, run_ids: Sequence[UUID], name: str) -> list[pa.Table]:
        """The same of several runs, in one question."""
        query = select(run_results.c.run_id, run_results.c[name]).where(run_results.c.run_id.in_(run_ids))
        packed = self.database.read(lambda connection: {row[0]: row[1] for row in connection.execute(query)})
        return [arrow.unpack(packed[run_id]) if run_id in packed else arrow.empty(name) for run_id in run_ids]

    def remarks(self, run_id: UUID) -> list[Remark]:
        """What was said of a run, and by whom, oldest first."""
        return self.database.ask(lambda connection: labels.read_remarks(connection, run_id))

    def label(
        self,
        run_id: UUID,
        *,
        name: str | None = None,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
        note: str | None = None,
    ) -> None:
        """Call a saved run something else, as `labels.change_labels`.

        Raises:
            RunNotFound, InvalidInput, NotAllowed: nothing was changed.
        """
        changes: dict[str, Any] = {"name": name, "add": add, "remove": remove, "note": note}
        self._write(lambda connection: labels.change_labels(connection, run_id, **changes))

    def delete(self, run_id: UUID, *, force: bool = False) -> None:
        """Remove a run and all that hangs on it; one that is running only by `force`.

        Raises:
            RunNotFound: it is not there.
            RunUnderWay: it is running.
            NotAllowed, DatabaseUnavailable: nothing was deleted.
        """
        if self._removed(run_id, force=force):
            return
        record = self.get(run_id)
        if record.status is Status.RUNNING:
            raise RunUnderWay(str(run_id), by=record.recorded_by, since=record.started_at)
        if not self._removed(run_id, force=force):  # it had ended between the two questions
            raise RunNotFound(str(run_id))

    def _removed(self, run_id: UUID, *, force: bool) -> bool:
        parameters = {"run_id": run_id, "force": force}
        return bool(self._write(lambda connection: connection.execute(_DELETE, parameters).rowcount))

    def _one(self, query: Any, run_id: UUID) -> Any:
        value = self.database.read(lambda connection: connection.scalar(query))
        if value is None:
            raise RunNotFound(str(run_id))
        return value


def _span(run_id: str | UUID) -> tuple[str, str]:
    """The first and the last id that start like this, as hexadecimal digits."""
    digits = run_id.hex if isinstance(run_id, UUID) else "".join(str(run_id).split()).replace("-", "").lower()
    if not digits or len(digits) > 32 or set(digits) - set("0123456789abcdef"):
        raise RunNotFound(str(run_id)[:80], "An id has hexadecimal digits only; ")
    return digits.ljust(32, "0"), digits.ljust(32, "f")


def _deleted(error: DBAPIError, run_id: UUID) -> RunNotFound | None:
    """What to raise where results found no run to join."""
    diagnosis = getattr(error.orig, "diag", None)
    gone = diagnosis is not None and diagnosis.constraint_name == "run_results_run_id_fkey"
    return RunNotFound(str(run_id)) if gone else None


def _write_end(connection: Connection, run_id: UUID, ending: Ending) -> None:
    """Results, metrics, status: in this order, because only a running run can be added to."""
    results = {"run_id": run_id, "bars": ending.bars, "statement": ending.statement, **ending.tables}
    connection.execute(_RESULTS, results)
    if ending.metrics is not None:
        metrics = {"run_id": run_id, "reconciled": ending.reconciled, **metrics_row(ending.metrics)}
        connection.execute(_METRICS, metrics)
    error = ending.error
    ended = {
        "ended_run": run_id,
        "status": ending.status.value,
        "finished_at": ending.finished_at,
        "duration": ending.duration,
        "warnings": [{"code": warning.code, "message": clean(warning.message)} for warning in ending.warnings],
        "error_message": clean(error.message) if error is not None else None,
        "error_trace": clean(error.trace) if error is not None else None,
        "result_sha256": None if ending.digest is None else bytes.fromhex(ending.digest),
        "environment_sha256": write_environment(connection, ending.environment) if ending.environment else None,
    }
    connection.execute(_END, ended)
