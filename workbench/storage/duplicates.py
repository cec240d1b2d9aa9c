"""Earlier runs of the same thing, known by what they are and not by what they are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, select

from workbench.config import Fingerprint
from workbench.runs import Status
from workbench.storage.database import Database
from workbench.storage.query import expressions, is_alive
from workbench.storage.tables import backtest_runs, performance_metrics


def list_duplicates(
    database: Database, fingerprint: Fingerprint, columns: Sequence[str], limit: int
) -> list[tuple[Any, ...]]:
    """Completed and running runs of one set-up, the very same first, newest first: ``kind``, then these columns.

    The kind is ``same``, ``other data``, ``other code`` or ``other code and data``.
    """
    runs = backtest_runs.c
    same_code = runs.code_sha256 == bytes.fromhex(fingerprint.code)
    same_data = runs.data_sha256 == bytes.fromhex(fingerprint.data)
    kind = case(
        (same_code & same_data, "same"),
        (same_code, "other data"),
        (same_data, "other code"),
        else_="other code and data",
    )
    known = expressions()
    statement = (
        select(
            kind.label("kind"),
            *(known[name].label(name) for name in columns),
        )
        .outerjoin_from(backtest_runs, performance_metrics, runs.run_id == performance_metrics.c.run_id)
        .where(runs.setup_sha256 == bytes.fromhex(fingerprint.setup))
        .where(runs.status.in_([Status.COMPLETED.value, Status.RUNNING.value]))
        .where((runs.status == Status.COMPLETED.value) | is_alive())
        .order_by((same_code & same_data).desc(), runs.started_at.desc(), runs.run_id.desc())
        .limit(limit)
    )
    return [tuple(row) for row in database.read(lambda connection: connection.execute(statement).all())]
