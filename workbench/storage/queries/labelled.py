"""Names and tags of runs: joined once a record has any, for to look for none takes a tenth of a small answer's time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from workbench.storage.database import Database
from workbench.storage.queries import rows
from workbench.storage.queries.rows import Columns

if TYPE_CHECKING:
    import psycopg
    import pyarrow as pa

JOIN = " left join run_labels l on l.run_id = r.run_id"
ANY = "exists (select from run_labels)"


def read_labelled(
    database: Database,
    connection: psycopg.Connection[Any],
    statement: Callable[[str, str], str],
    values: Mapping[str, Any],
    columns: Columns,
    question: str = "false",
) -> tuple[pa.Table, bool]:
    """The rows of a statement, made of a select list and a join of the labels, and the answer to a question."""
    if not database.labelled and (bare := columns.unlabelled) is not None:
        found, (yes, labelled) = rows.read_and_ask(connection, statement(bare.listed, ""), values, bare, question, ANY)
        if not labelled:
            return found, yes
        database.labelled = True
    join = JOIN if columns.unlabelled is not None else ""
    found, (yes,) = rows.read_and_ask(connection, statement(columns.listed, join), values, columns, question)
    return found, yes
