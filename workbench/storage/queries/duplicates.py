"""Earlier runs of the same thing, known by what they are and not by what they are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workbench.config import Fingerprint
from workbench.errors import RunNotFound
from workbench.storage.database import Database
from workbench.storage.queries.columns import ALIVE, columns
from workbench.storage.queries.labelled import read_labelled
from workbench.storage.queries.rows import TEXT, Column

if TYPE_CHECKING:
    import pyarrow as pa

_SAME = "r.code_sha256 = sought.code and r.data_sha256 = sought.data"
_KIND = Column(
    f"case when {_SAME} then 'same' when r.code_sha256 = sought.code then 'other data' "
    "when r.data_sha256 = sought.data then 'other code' else 'other code and data' end",
    TEXT,
)


def list_duplicates(database: Database, fingerprint: Fingerprint, names: Sequence[str], limit: int) -> pa.Table:
    """Completed and running runs of one set-up, the very same first, newest first: ``kind``, then these columns.

    The kind is ``same``, ``other data``, ``other code`` or ``other code and data``.
    """
    sought = "select %(setup)s::bytea as setup, %(code)s::bytea as code, %(data)s::bytea as data"
    digests = {name: bytes.fromhex(getattr(fingerprint, name)) for name in ("setup", "code", "data")}
    return _list(database, sought, digests, names, limit)


def list_like(database: Database, run_id: UUID, names: Sequence[str], limit: int) -> pa.Table:
    """The same of a recorded run, without itself.

    Raises:
        RunNotFound: it was deleted meanwhile.
    """
    sought = (
        "select setup_sha256 as setup, code_sha256 as code, data_sha256 as data "
        "from backtest_runs where run_id = %(run_id)s"
    )
    rows = _list(database, sought, {"run_id": run_id}, names, limit, but="r.run_id <> %(run_id)s")
    if not len(rows):
        there = "select 1 from backtest_runs where run_id = %(run_id)s"
        if database.ask(lambda connection: connection.execute(there, {"run_id": run_id}).fetchone()) is None:
            raise RunNotFound(str(run_id))
    return rows


def _list(
    database: Database, sought: str, values: Mapping[str, Any], names: Sequence[str], limit: int, but: str = "true"
) -> pa.Table:
    chosen = columns(tuple(names), (("kind", _KIND),))
    parameters = {**values, "limit": limit}

    def statement(listed: str, joined: str) -> str:
        return (
            f"select {listed} from ({sought}) sought join backtest_runs r on r.setup_sha256 = sought.setup "
            f"left join performance_metrics m on m.run_id = r.run_id{joined} "
            f"where (r.status = 'completed' or (r.status = 'running' and {ALIVE})) and {but} "
            f"order by ({_SAME}) desc, r.started_at desc, r.run_id desc limit %(limit)s"
        )

    return database.ask(lambda connection: read_labelled(database, connection, statement, parameters, chosen)[0])
